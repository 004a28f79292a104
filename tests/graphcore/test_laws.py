"""Laws that every layer's entry keeps: total, monotone, pure. Arguments are drawn from schemas, inputs of any rank."""

from __future__ import annotations

import copy
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcore.catalog import CATALOG
from graphcore.model import Dialect, Op
from graphcore.shapes import Shape
from tests.graphcore.cases import Case
from tests.oracle.answers import Answer, ask_us
from tests.oracle.drawing import OPERATIONS, changed, rows_of

DIALECTS: tuple[Dialect, ...] = ("keras3", "keras2")
DTYPES = ("float32", "float16", "float64", "int32", "int64", "uint8", "bool", "string")
EXAMPLES = 30
"""Of each entry and dialect; all take 30 seconds."""

dims = st.one_of(st.none(), st.integers(0, 12), st.just(1), st.sampled_from((1, 2, 3, 4, 32)))
shapes = st.lists(dims, max_size=6).map(tuple)


def entries() -> list[tuple[str, Dialect]]:
    """Every class of layer with an entry that has a rule, once for each dialect whose Keras has it."""
    found: dict[tuple[int, Dialect], str] = {}
    for dialect in DIALECTS:
        for name, entry in CATALOG.tables[dialect, False].items():
            if not entry.kept and name not in OPERATIONS:
                found.setdefault((id(entry), dialect), entry.cls)
    return sorted((cls, dialect) for (_, dialect), cls in found.items())


NEVER_CALLED = {("Layer", "keras3")}
"""The base of all layers has no call."""
ROWS_OF = {"CuDNNGRU": "GRU", "CuDNNLSTM": "LSTM"}
"""Old names without rows of their own, and the class whose arguments they share."""


@pytest.mark.parametrize(("cls", "dialect"), entries())
def test_laws(cls: str, dialect: Dialect) -> None:
    entry = CATALOG.find(Op(cls), dialect)
    assert entry is not None
    like = CATALOG.find(Op(ROWS_OF.get(cls, cls)), dialect)
    assert like is not None
    rows = [case._replace(cls=cls) for case in rows_of(ROWS_OF.get(cls, cls), like, dialect)]
    assert any(_keeps_laws(case, dialect, Random(cls)) for case in rows) or (cls, dialect) in NEVER_CALLED

    @settings(max_examples=EXAMPLES)
    @given(st.data(), st.randoms(use_true_random=False))
    def law(data: st.DataObject, random: Random) -> None:
        case = changed(data.draw(st.sampled_from(rows)), entry, dialect, random)
        if data.draw(st.booleans()):
            case = case._replace(
                inputs=tuple(data.draw(shapes) for _ in case.inputs),
                dtypes=tuple(data.draw(st.sampled_from(DTYPES)) for _ in case.inputs),
            )
        _keeps_laws(case, dialect, random)

    law()


def _keeps_laws(case: Case, dialect: Dialect, random: Random) -> bool:
    """Hold a case to the laws; whether it was answered."""
    config = copy.deepcopy(case.config)
    answer = ask_us(case, dialect)
    assert not _crashed(answer), (case.title, answer.why)
    assert (ask_us(case, dialect), case.config) == (answer, config)
    if answer.outputs is None:
        return False
    learned, forgotten = _learn(case, random.randint(1, 12), random), _forget(case, random)
    _check_kept(case, learned, answer, ask_us(learned, dialect))
    _check_kept(forgotten, case, ask_us(forgotten, dialect), answer)
    return True


def _crashed(answer: Answer) -> bool:
    """Whether a rule neither answered nor refused."""
    return answer.outputs is None and answer.why.startswith("GC901")


def _learn(case: Case, size: int, random: Random) -> Case:
    """The case with some of the sizes known that are unknown in it."""
    return case._replace(
        inputs=tuple(
            tuple(size if dim is None and random.random() < 0.6 else dim for dim in shape) for shape in case.inputs
        )
    )


def _forget(case: Case, random: Random) -> Case:
    """The case with some of its sizes unknown."""
    return case._replace(
        inputs=tuple(tuple(None if random.random() < 0.4 else dim for dim in shape) for shape in case.inputs)
    )


def _check_kept(case: Case, learned: Case, before: Answer, after: Answer) -> None:
    """What was answered is answered again, where the size that was learned is not refused."""
    if before.outputs is None or after.outputs is None or _loses_an_axis(case, learned):
        return
    assert len(before.outputs) == len(after.outputs), (case.title, learned.inputs)
    for (shape, dtype), (shape_after, dtype_after) in zip(before.outputs, after.outputs, strict=True):
        assert is_kept(shape, shape_after), (case.title, learned.inputs, shape, shape_after)
        assert dtype == dtype_after, (case.title, learned.inputs)
    if before.weights is not None:
        assert after.weights is not None, (case.title, learned.inputs)
        assert len(before.weights) == len(after.weights), (case.title, learned.inputs)


def _loses_an_axis(case: Case, learned: Case) -> bool:
    """Whether a size that was learned is that of an axis which Keras takes off: one-hot vectors of one value."""
    if case.config.get("output_mode") != "one_hot":
        return False
    pairs = zip(case.inputs, learned.inputs, strict=True)
    return any(after[-1:] == (1,) and before[-1:] == (None,) for before, after in pairs)


def is_kept(before: Shape | None, after: Shape | None) -> bool:
    """Whether a shape that was answered is neither vaguer nor another one."""
    if before is None:
        return True
    return (
        after is not None
        and len(before) == len(after)
        and all(a is None or a == b for a, b in zip(before, after, strict=True))
    )
