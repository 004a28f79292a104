"""Which class of Keras may have written a config: a subclass is written with the arguments of the class it extends."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from .catalog import Catalog, Known
from .catalog.spec import BadValue, OpDef
from .model import Dialect, Layer, Op
from .prepare import COMMON, UNREAD

LEAST_SHARED = 3
"""Arguments that both must have: `rate` and `seed` alone are those of a dozen classes."""
LEAST_PART = 0.5
"""Of a class's arguments so many must be there: Keras leaves out those of LoRA, older versions what came later. And of
what is said so many must be the class's: strides and padding alone make no pooling of a convolution."""


def classes_like(layer: Layer, catalog: Catalog, dialect: Dialect) -> list[OpDef]:
    """The classes whose arguments a layer's config holds: of those that fit best, the ones that take its values.

    Several only where they fit alike, as Dropout's do; the one with the likest name first.
    """
    said = layer.config.keys() - COMMON.keys() - UNREAD
    ranked = []
    for entry in _layers(catalog, dialect):
        _, readers, required = catalog.form(entry, dialect)
        shared = said & readers.keys()
        is_like = (
            len(shared) >= LEAST_SHARED
            and len(shared) >= LEAST_PART * max(len(readers), len(said))
            and all(param.name in shared for param in required)
        )
        if is_like:
            likeness = SequenceMatcher(None, entry.cls, layer.op.cls[:80], autojunk=False).ratio()
            fit = (-len(shared), len(readers) - len(shared))
            ranked.append((fit, -likeness, entry.cls, entry, shared))
    ranked.sort(key=lambda one: one[:3])
    return [
        entry
        for fit, *_, entry, shared in ranked
        if fit == ranked[0][0] and all(_takes(entry, layer, name, catalog, dialect) for name in shared)
    ]


def _layers(catalog: Catalog, dialect: Dialect) -> Iterator[OpDef]:
    """The layers that a file of the dialect may name and that take a tensor."""
    for entry in catalog.entries:
        if entry.name.startswith("layers.") and not entry.kept and entry.inputs.form != "source":
            verdict = catalog.classify(Op(entry.cls, "keras.layers"), dialect)
            if isinstance(verdict, Known) and verdict.entry is entry:
                yield entry


def _takes(entry: OpDef, layer: Layer, name: str, catalog: Catalog, dialect: Dialect) -> bool:
    try:
        catalog.form(entry, dialect).readers[name](layer.config[name])
    except BadValue:
        return False
    return True
