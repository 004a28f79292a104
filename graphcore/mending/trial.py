"""A change of a file, tried: applied, read again and inferred to the end of the graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..check import contradicted
from ..diagnostics import Diagnostic
from ..inference import Inference
from ..judge import Judged, judge_again
from ..model import JSON, NodeKey
from ..patch import Patch, patched, put, remove
from ..source import Limits

# Recorded shapes that a fix corrects. Keras never reads them; beyond, a change upstream would rewrite the whole file.
MOST_RECORDS = 200


class Tries:
    """How often a model may still be tried."""

    def __init__(self, judged: Judged, limits: Limits) -> None:
        calls = max(1, _calls(judged))
        self.limits = limits
        self.left = min(limits.tries, limits.tried_calls // calls)
        self.known: dict[tuple[int, str], Trial | None] = {}

    def of(self, judged: Judged, patch: Patch) -> Trial | None:
        """What a patch makes of a judged file, each once; None where there are no more tries, or nothing changes."""
        key = (id(judged), repr(patch))
        if key not in self.known:
            if self.left <= 0:
                return None
            self.left -= 1
            self.known[key] = _tried(judged, patch, self.limits)
        return self.known[key]


@dataclass(frozen=True, slots=True)
class Trial:
    """A file after a change. `stages` are patches to be made one after the other."""

    before: Judged
    after: Judged
    stages: tuple[Patch, ...]
    gone: Counter[tuple[Any, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        gone = Counter(map(identity, self.before.found))
        gone.subtract(Counter(map(identity, self.after.found)))
        object.__setattr__(self, "gone", gone)

    def solves(self, problem: Diagnostic) -> bool:
        """Whether a problem is gone; it may have given way to another."""
        return self.after.graph is not None and self.gone[identity(problem)] > 0

    def new_errors(self) -> list[Diagnostic]:
        """Errors that were not there before: at another place, or of another argument, axis or input there."""
        left = Counter(map(identity, self.before.errors))
        found = []
        for error in self.after.errors:
            if left[identity(error)] > 0:
                left[identity(error)] -= 1
            else:
                found.append(error)
        return found

    def is_revealed(self, error: Diagnostic) -> bool:
        """Whether a new error stands at a call of which nothing was known before: it was only hidden."""
        known: Inference | None = self.before.inference
        for name in error.at.path:
            known = known.bodies.get(name) if known is not None else None
        key = NodeKey(error.at.layer or "", error.at.node_index or 0)
        return known is not None and known.specs.get(key) is not None and known.specs[key][0].shape is None


def _calls(judged: Judged) -> int:
    """The layers and calls of a file, whichever are more, those of nested models included."""
    graphs = [judged.graph] if judged.graph is not None else []
    count = 0
    for graph in graphs:  # grows on the way
        count += max(len(graph.layers), len(graph.nodes))
        graphs.extend(layer.body for layer in graph.layers.values() if layer.body is not None)
    return count


def identity(problem: Diagnostic) -> tuple[Any, ...]:
    """What tells a problem from others though places move in the file."""
    at = problem.at
    where = at.layer if at.layer is not None else at.pointer
    return problem.code, at.path, where, at.node_index, at.arg, at.input, problem.data.get("axis")


def _tried(judged: Judged, patch: Patch, limits: Limits) -> Trial | None:
    value = _value(judged)
    changed = patched(value, patch)
    after = judge_again(judged, changed, limits)
    if after.graph is None or after.inference is None:
        return Trial(judged, after, (patch,))
    settling = tuple(_settling(judged, after))
    if not settling:
        return Trial(judged, after, (patch,))
    settled = judge_again(after, patched(changed, settling), limits)
    return Trial(judged, settled, (patch, settling))


def _value(judged: Judged) -> JSON:
    return judged.source.value if judged.source is not None else None


def _settling(before: Judged, after: Judged) -> Iterator[Any]:
    """What a change makes wrong of what the file recorded: `build_config` goes, shapes of tensors are corrected."""
    known = set(map(identity, before.found))
    for problem in after.found:
        pointer = problem.at.pointer
        if problem.code in ("GC208", "GC210") and pointer.endswith("/build_config") and identity(problem) not in known:
            yield remove(pointer)
    stale = [(inside, wrong) for inside, wrong in _wrong_records(after) if wrong]
    if not stale:
        return
    wrong_before = {shape for _, wrong in _wrong_records(before) for shape in wrong.items()}
    left = MOST_RECORDS
    for inside, wrong in stale:
        for key, tensors in inside.inbound.items():
            for way, ref in tensors:
                if ref in wrong and (ref, wrong[ref]) not in wrong_before and left > 0:
                    left -= 1
                    shape = wrong[ref][1]
                    yield put(f"{inside.graph.nodes[key].origin}/{way}/config/shape", list(shape))


def _wrong_records(judged: Judged) -> Iterator[tuple[Inference, dict[Any, Any]]]:
    insides = [judged.inference] if judged.inference is not None else []
    for inside in insides:  # grows on the way
        if inside.graph.dialect in ("keras3", "document"):
            yield inside, dict(contradicted(inside.graph, inside))
        insides.extend(inside.bodies.values())
