"""The catalog: every class of layer and operation that is known, found by how a file names it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

from ..model import JSON, Dialect, Op
from . import (
    activations,
    applications,
    attention,
    augmentation,
    core,
    encoding,
    merging,
    normalization,
    ops_array,
    ops_control,
    ops_einsum,
    ops_image,
    ops_linalg,
    ops_losses,
    ops_math,
    ops_nn,
    ops_places,
    ops_ranges,
    ops_signals,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
    signals,
    tf_methods,
    tf_ops,
    windows,
    wrappers,
)
from .names import KERAS2_LAYERS, KERAS3_LAYERS, OPERATIONS
from .packages import PACKAGES
from .spec import OpDef, Param, entries

ENTRIES: tuple[OpDef, ...] = entries(
    core.ENTRIES,
    windows.ENTRIES,
    normalization.ENTRIES,
    activations.ENTRIES,
    regularization.ENTRIES,
    applications.ENTRIES,
    recurrent.ENTRIES,
    merging.ENTRIES,
    reshaping.ENTRIES,
    attention.ENTRIES,
    preprocessing.ENTRIES,
    wrappers.ENTRIES,
    ops_math.ENTRIES,
    ops_array.ENTRIES,
    ops_nn.ENTRIES,
    ops_image.ENTRIES,
    ops_linalg.ENTRIES,
    ops_einsum.ENTRIES,
    ops_signals.ENTRIES,
    ops_ranges.ENTRIES,
    ops_places.ENTRIES,
    ops_losses.ENTRIES,
    ops_control.ENTRIES,
    tf_ops.ENTRIES,
    tf_methods.ENTRIES,
    augmentation.ENTRIES,
    encoding.ENTRIES,
    signals.ENTRIES,
)


class Known(NamedTuple):
    """A class with an entry."""

    entry: OpDef


class Unruled(NamedTuple):
    """A class of Keras that has no entry yet."""

    cls: str


class Custom(NamedTuple):
    """A user's class."""

    cls: str


class Stranger(NamedTuple):
    """A name that is nobody's, and those that it may have meant."""

    cls: str
    guesses: tuple[str, ...]


Kind = Known | Unruled | Custom | Stranger


class Form(NamedTuple):
    """An entry's arguments in a dialect: values where a file says nothing, what reads the others, what must be said."""

    defaults: Mapping[str, Any]
    readers: Mapping[str, Callable[[JSON], Any]]
    required: tuple[Param, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Entries, found by the class that a file names. Extended with custom layers it is a new value."""

    entries: tuple[OpDef, ...]
    tables: Mapping[tuple[Dialect, bool], Mapping[str, OpDef]] = field(init=False, repr=False, compare=False)
    # Filled when they are asked for: a model has few classes, and all forms would take as long as half of the import.
    _forms: dict[tuple[int, bool], Form] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        dialects: tuple[Dialect, ...] = ("keras3", "keras2", "keras1")
        tables = {
            (dialect, is_operation): _table(self.entries, dialect, is_operation)
            for dialect in dialects
            for is_operation in (False, True)
        }
        for is_operation in (False, True):
            tables["document", is_operation] = tables["keras3", is_operation]
        object.__setattr__(self, "tables", tables)

    def extended(self, *more: OpDef) -> Catalog:
        """These entries too; one of a name that is taken replaces it."""
        return Catalog((*self.entries, *more))

    def find(self, op: Op, dialect: Dialect) -> OpDef | None:
        """The entry of a class, None where it is a user's or has none."""
        if is_custom(op):
            return None
        return self.tables[dialect, is_operation(op)].get(op.cls)

    def form(self, entry: OpDef, dialect: Dialect) -> Form:
        """How an entry's arguments are read; also one that a contract made."""
        is_old = dialect == "keras2"
        if self.tables["keras2" if is_old else "keras3", entry.name.startswith("ops.")].get(entry.cls) is not entry:
            return _form(entry, is_old)  # nothing holds it, so its id may be another's tomorrow
        key = (id(entry), is_old)
        found = self._forms.get(key)
        if found is None:
            found = self._forms[key] = _form(entry, is_old)
        return found

    def classify(self, op: Op, dialect: Dialect) -> Kind:
        """What a class is: known, without an entry, a user's, or nobody's."""
        if is_custom(op):
            return Custom(op.cls)
        table = self.tables[dialect, is_operation(op)]
        entry = table.get(op.cls)
        if entry is not None:
            return Known(entry)
        if op.cls in _names(op, dialect):
            return Unruled(op.cls)
        if op.cls in GONE:
            return Stranger(op.cls, (GONE[op.cls],))
        known = {*table, *_names(op, dialect)}
        return Stranger(op.cls, tuple(get_close_matches(op.cls[:80], sorted(known), 3, 0.7)))


def _form(entry: OpDef, is_old: bool) -> Form:
    dialect: Dialect = "keras2" if is_old else "keras3"
    known = [param for param in entry.params if not param.only or dialect in param.only]
    others = [param for param in entry.params if param.only and dialect not in param.only]
    everywhere = (*others, *known)  # an argument may differ
    return Form(
        {param.name: param.default for param in everywhere if not param.required},
        {param.name: param.old if is_old and param.old is not None else param.read for param in known},
        tuple(param for param in known if param.required),
    )


def _table(all_entries: tuple[OpDef, ...], dialect: Dialect, wants_operations: bool) -> dict[str, OpDef]:
    """Entries by class. Other names count where the dialect's Keras knows them; files of Keras 1 may use any."""
    table: dict[str, OpDef] = {}
    known = KERAS2_LAYERS if dialect == "keras2" else KERAS3_LAYERS
    judged = "keras3" if dialect == "keras1" else dialect
    for entry in all_entries:
        if (not entry.only or judged in entry.only) and entry.name.startswith("ops.") == wants_operations:
            for alias in entry.aliases:
                if wants_operations or dialect == "keras1" or alias in known:
                    table.setdefault(alias, entry)
            table[entry.cls] = entry
    return table


def _names(op: Op, dialect: Dialect) -> frozenset[str]:
    if is_operation(op):
        return OPERATIONS
    return KERAS2_LAYERS if dialect == "keras2" else KERAS3_LAYERS


GONE = {"CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU"}
"""Classes that no Keras has any more, and what took their place."""
LOST = {
    **dict.fromkeys(
        ("DynamicEmbedding", "DynamicLookup", "PreprocessingLayer", "RandomFourierFeatures"),
        "which tf_keras writes and cannot read again",
    ),
    "SpectralNormalization": "which tf_keras has and cannot build",
}
"""Classes of `tf_keras` that no file of Keras 2 brings back, and why."""
ONLY_KERAS1 = frozenset({"Highway", "MaxoutDense"})
"""Classes that went with Keras 1, and that nothing took the place of."""
_OURS = ("keras", "tf_keras", "tensorflow")
_OPERATIONS = ("keras.src.ops", "keras.ops")


def is_operation(op: Op) -> bool:
    """Whether a file means an operation of `keras.ops`, some of which are named like layers."""
    return op.module is not None and op.module.startswith(_OPERATIONS)


def is_custom(op: Op) -> bool:
    """Whether a class is a user's, by how Keras registers and writes those.

    A package before `>`, a module that is not Keras's, a registered name without a module, or the name of a layer that
    a package is known for.
    """
    module, registered = op.module, op.registered
    if registered is not None and (">" in registered or module is None):
        # tf_keras registers a class of its applications with a package: Custom>CustomScaleLayer.
        return not registered.startswith("Keras>") and ".src.applications." not in (module or "")
    if module is None:
        return ">" in op.cls or op.cls in PACKAGES
    return module.partition(".")[0] not in _OURS


CATALOG = Catalog(ENTRIES)
classify = CATALOG.classify
