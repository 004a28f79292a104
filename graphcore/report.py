"""What there is to say about a model: graph, inference and problems together, and the sums over them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .catalog.spec import WeightSpec
from .check import kept_calls
from .diagnostics import MOST_SHOWN, Diagnostic, Place, sort_diagnostics
from .excerpt import Excerpt, excerpts
from .inference import Inference, inside_out, is_frozen
from .model import Dialect, Graph
from .shapes import TensorSpec
from .source import Source, locate

_BITS = {"bool": 8, "bfloat16": 16, "complex64": 64, "complex128": 128, "int4": 4, "uint4": 4}
_BITS |= {f"float{n}": n for n in (16, 32, 64)} | {f"{kind}{n}": n for kind in ("int", "uint") for n in (8, 16, 32, 64)}
_BITS |= {"float8_e4m3fn": 8, "float8_e5m2": 8}
BITS: Mapping[str, int] = _BITS
"""The size of one value of a dtype; a string has none."""


@dataclass(frozen=True, slots=True)
class Report:
    """All about one file. Without a graph nothing could be read but the problems.

    `diagnostics` are the first ones in order, `more` counts the rest. `places` has line and column of their pointers,
    `excerpts` what stands there. `text` is kept where there are fixes, which are changes of it.
    """

    graph: Graph | None
    inference: Inference | None
    diagnostics: tuple[Diagnostic, ...] = ()
    more: int = 0
    places: Mapping[str, tuple[int, int]] | None = None
    member: str | None = None
    text: str | None = None
    excerpts: Mapping[str, Excerpt] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether Keras takes the model: there is one, and no error. Errors stand first."""
        return self.graph is not None and (not self.diagnostics or self.diagnostics[0].severity != "error")

    @property
    def dangers(self) -> int:
        """How many things the file was found to be able to do when Keras loads it."""
        return sum("GC801" <= diagnostic.code <= "GC805" for diagnostic in self.diagnostics)

    @property
    def dialect(self) -> Dialect | None:
        """How the file was written."""
        return self.graph.dialect if self.graph is not None else None

    def place(self, at: Place) -> tuple[int, int] | tuple[None, None]:
        """Line and column of a place, from 1; None where there is no text."""
        return (self.places or {}).get(at.pointer, (None, None)) if self._is_in_text(at) else (None, None)

    def excerpt(self, at: Place) -> Excerpt | None:
        """What stands at a place; None where there is no text."""
        return self.excerpts.get(at.pointer) if self._is_in_text(at) else None

    def _is_in_text(self, at: Place) -> bool:
        """Whether a place is in the config, not in another file of an archive."""
        return at.member in (None, self.member)


def make_report(
    graph: Graph | None, inference: Inference | None, found: Iterable[Diagnostic], source: Source | None = None
) -> Report:
    """Sort and bound the problems, and find the lines that they are about."""
    ordered = without_echoes(found)
    shown = ordered[:MOST_SHOWN]
    places, lines = None, {}
    if shown and source is not None and source.text is not None:
        places = locate(source.text, {diagnostic.at.pointer for diagnostic in shown}, has_doubles=source.has_doubles)
        lines = excerpts(source.text, places)
    text = source.text if source is not None and any(diagnostic.fixes for diagnostic in shown) else None
    member = source.member if source is not None else None
    return Report(graph, inference, shown, len(ordered) - len(shown), places, member, text, lines)


# What is said of a layer whose entry or call could not be read in its form, for that reason.
_FORMS = frozenset({"GC101", "GC102", "GC103"})
_ECHOES = frozenset({"GC201", "GC203", "GC401", "GC402"})


def without_echoes(given: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The problems in order, but for those that follow from a form that was reported: a config of null has no units."""
    found = sort_diagnostics(given)
    forms = {d.at.pointer for d in found if d.code in _FORMS}
    if not forms:
        return found
    outputs = any("/output_layers" in d.at.pointer or "output_layers" in d.message for d in found if d.code in _FORMS)
    listless = tuple(f"{d.at.pointer.removesuffix('/layers')}/" for d in found if _has_no_list(d))
    return tuple(
        d
        for d in found
        if not (d.code in _ECHOES and (_is_within(d.at.pointer, forms) or _is_around(d.at.pointer, forms)))
        and not (d.code in ("GC308", "GC104") and d.at.pointer.endswith("/output_layers") and outputs)
        and not (d.code == "GC302" and d.at.pointer.startswith(listless))
    )


def _has_no_list(found: Diagnostic) -> bool:
    """Whether nothing is known of a model's layers."""
    return (found.code == "GC102" and found.at.pointer.endswith("/layers")) or (
        found.code == "GC101" and found.message.endswith("has no list of layers")
    )


def _is_around(pointer: str, pointers: set[str]) -> bool:
    """Whether one of them lies inside: a call whose tensor cannot be read has nothing connected."""
    return any(inner.startswith(f"{pointer}/") for inner in pointers)


def _is_within(pointer: str, pointers: set[str]) -> bool:
    while pointer:
        if pointer in pointers:
            return True
        pointer = pointer.rpartition("/")[0]
    return False


class Weighing(NamedTuple):
    """What the weights of a layer come to. None: unknown."""

    trainable: int | None
    non_trainable: int | None
    trainable_bytes: int | None
    non_trainable_bytes: int | None


class Totals(NamedTuple):
    """Sums over a model's layers, each once; None where one of them is unknown. `known` sums those that are known."""

    trainable: int | None
    non_trainable: int | None
    total: int | None
    known: int
    trainable_bytes: int | None
    non_trainable_bytes: int | None


class Weighed:
    """The weighings of a model's layers and of those inside it."""

    def __init__(self, by_model: Mapping[int, Mapping[str, Weighing]], known: Mapping[int, int]) -> None:
        self._by_model = by_model
        self._known = known  # what is known of the parameters of nested models

    def layer(self, inference: Inference, name: str) -> Weighing:
        """A layer of the model or of a nested one, as it says itself: a frozen one trains nothing."""
        weighing = self._by_model[id(inference)].get(name, _UNKNOWN)
        return _all_frozen(weighing) if is_frozen(inference.graph, inference.graph.layers[name]) else weighing

    def totals(self, inference: Inference) -> Totals:
        """The sums over the layers that Keras keeps, as the whole model says. A shared layer counts once."""
        totals = _add_up(inference, self._by_model[id(inference)], self._known)
        if not is_frozen(inference.graph):
            return totals
        weighing = _all_frozen(Weighing(totals.trainable, totals.non_trainable, *totals[4:]))
        return Totals(*weighing[:2], totals.total, totals.known, *weighing[2:])


_NOTHING = Weighing(0, 0, 0, 0)
_UNKNOWN = Weighing(None, None, None, None)


def weigh(inference: Inference) -> Weighed:
    """What the weights of each layer come to. Those of a nested model are its layers', each once."""
    done: dict[int, Mapping[str, Weighing]] = {}
    known_of: dict[int, int] = {}
    for known in inside_out(inference):
        weighed = {}
        for name, weights in known.weights.items():
            body = known.bodies.get(name)
            if body is not None:
                total = _add_up(body, done[id(body)], known_of)
                known_of[id(body)] = total.known
                weighed[name] = Weighing(total.trainable, total.non_trainable, *total[4:])
            elif weights:
                weighed[name] = _weigh(weights, known.prepared[name].policy.variable)
            else:
                weighed[name] = _UNKNOWN if weights is None else _NOTHING
        done[id(known)] = weighed
    return Weighed(done, known_of)


def _all_frozen(weighing: Weighing) -> Weighing:
    trainable, non_trainable, size, other_size = weighing
    return Weighing(0, _sum(trainable, non_trainable), 0, _sum(size, other_size))


def _sum(*parts: int | None) -> int | None:
    return None if None in parts else sum(part for part in parts if part is not None)


def _weigh(weights: Iterable[WeightSpec], variable_dtype: str) -> Weighing:
    trainable = non_trainable = 0
    bits = other_bits = 0
    for weight in weights:
        if None in weight.shape:
            return _UNKNOWN
        values = math.prod(weight.shape)  # type: ignore[arg-type]  # None is not among them
        if weight.trainable:
            trainable += values
            bits += values * BITS.get(weight.dtype or variable_dtype, 0)
        else:
            non_trainable += values
            other_bits += values * BITS.get(weight.dtype or variable_dtype, 0)
    return Weighing(trainable, non_trainable, bits // 8, other_bits // 8)


def _add_up(inference: Inference, weighed: Mapping[str, Weighing], known_of: Mapping[int, int]) -> Totals:
    called = dict.fromkeys(key.layer for key in kept_calls(inference))
    sums: list[int | None] = [0, 0, 0, 0]
    known = 0
    for name in called:
        parts = weighed.get(name, _UNKNOWN)
        for i, part in enumerate(parts):
            total = sums[i]
            if part is None:
                sums[i] = None
            elif total is not None:
                sums[i] = total + part
        body = inference.bodies.get(name)
        known += (parts.trainable or 0) + (parts.non_trainable or 0) if body is None else known_of[id(body)]
    trainable, non_trainable = sums[:2]
    total = None if trainable is None or non_trainable is None else trainable + non_trainable
    return Totals(trainable, non_trainable, total, known, sums[2], sums[3])


def activation_bytes(outputs: Iterable[TensorSpec]) -> int | None:
    """The size of what a call gives for one sample; None where a size besides the batch is unknown."""
    total = 0
    for spec in outputs:
        shape, dtype = spec.shape, spec.dtype
        bits = BITS.get(dtype or "")
        if shape is None or bits is None or None in shape[1:]:
            return None
        total += math.prod(shape[1:]) * bits // 8  # type: ignore[arg-type]  # None is not among them
    return total
