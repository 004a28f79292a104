"""Drawn calls of operations and functions: asked about until enough were accepted, read from a record, compared."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from graphcore.model import JSON, Dialect
from tests.graphcore.cases_ops import OperationCase

from .answers import Answer
from .exceptions import Excuse, is_excused


class Enough(NamedTuple):
    """When to stop asking: so many calls `accepted` with so many `distinct` answers among them.

    Or twice as many accepted ones, after `least` calls: it has no more to say. `refused` calls are kept, the next
    ones forgotten; `most` are tried.
    """

    accepted: int
    distinct: int
    refused: int
    most: int
    least: int = 0


def answered(
    cases: Iterable[OperationCase],
    written: Callable[[OperationCase], dict[str, JSON]],
    ask: Callable[[OperationCase], Answer],
    enough: Enough,
) -> list[dict[str, Any]]:
    """Calls as a record holds them, with the answers to them."""
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    told: set[str] = set()
    accepted = refused = 0
    for case in islice(cases, enough.most):
        said = written(case)
        text = json.dumps(said)
        if text in seen:
            continue
        seen.add(text)
        outputs = ask(case).outputs
        if outputs is None:
            refused += 1
            if refused > enough.refused:
                continue
        else:
            told.add(json.dumps(outputs))
            accepted += 1
        found.append({**said, "outputs": outputs})
        if accepted >= enough.accepted and len(told) >= enough.distinct:
            break
        if accepted >= 2 * enough.accepted and len(seen) > enough.least:
            break
    return found


Call = tuple[OperationCase, Any]
"""A recorded call, and what Keras gave for it; None where it refused."""


def recorded(record: Mapping[str, list[Any]], read: Callable[[str, Any], OperationCase]) -> list[Call]:
    """Every call of a record, `read` from its name and what was written of it."""
    return [(read(name, said), _answer(said["outputs"])) for name, cases in record.items() for said in cases]


def _answer(outputs: Any) -> Any:
    if outputs is None:
        return None
    return tuple((None if shape is None else tuple(shape), dtype) for shape, dtype in outputs)


def differing(
    calls: Iterable[Call], ask: Callable[[OperationCase], Answer], dialect: Dialect, excuses: tuple[Excuse, ...]
) -> list[str]:
    """Differences between Keras's answers and ours in words, but for those that are excused."""
    found = []
    for case, theirs in calls:
        ours = ask(case)
        if ours.outputs != theirs or ours.why.startswith("GC901"):
            says = f"{case.title} Keras: {theirs} we: {ours.outputs} {ours.why}"
            if not is_excused(excuses, dialect, case.cls, says):
                found.append(says)
    return found


def seldom_taken(calls: Iterable[Call], names: Iterable[str], accepted: int, distinct: int = 0) -> set[str]:
    """The names of which fewer calls were accepted, or with fewer different answers."""
    taken: Counter[str] = Counter()
    answers: defaultdict[str, set[Any]] = defaultdict(set)
    for case, answer in calls:
        if answer is not None:
            taken[case.cls] += 1
            answers[case.cls].add(answer)
    return {name for name in names if taken[name] < accepted or len(answers[name]) < distinct}
