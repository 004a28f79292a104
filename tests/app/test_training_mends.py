"""What is offered for a training that is refused, and that it works then."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from app.training.requests import Prepared, Refused, prepare
from graphcore import CODES, edits

from .configs import functional, layer, regressor, source

BOSTON = {"dataset": "boston-housing"}
DIGITS = {"dataset": "digits"}


def classifier(units: int, shape: tuple[int, ...] = (64,)) -> dict[str, Any]:
    return functional(source("x", *shape), layer("Dense", "y", "x", units=units))


def request(model: Any, data: Any, **plan: Any) -> dict[str, Any]:
    document = {"layerwright": 1, "model": model, "view": {"positions": {}, "groups": {}, "notes": {}}, "plan": {}}
    return {"model": document, "data": data, "plan": {"loss": "mse", **plan}}


def refused(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    answer = prepare(json.dumps(wanted).encode())
    assert isinstance(answer, Refused)
    return answer.diagnostics


CASES = [
    (
        request(classifier(1), DIGITS, loss="sparse_categorical_crossentropy"),
        [("GC502", ['Give "y" 10 units', 'Set loss to "mse"', 'Set loss to "mae"'])],
    ),
    (
        request(regressor(), BOSTON, loss="sparse_categorical_crossentropy"),
        [("GC502", ['Set loss to "mse"', 'Set loss to "mae"'])],
    ),
    (
        request(classifier(1, (8,)), BOSTON),
        [("GC503", ['Give "x" the shape (13,)', "Train on synthetic data, which fits any model"])],
    ),
    (
        request(classifier(3), DIGITS, loss="sparse_categorical_crossentropy"),
        [("GC504", ['Give "y" 10 units', "Train on synthetic data, which fits any model"])],
    ),
    (request(regressor(), BOSTON, loss="msee"), [("GC506", ["Set loss to mse"])]),
    (request(regressor(), BOSTON, epochs=0), [("GC505", [])]),
]


@pytest.mark.parametrize(("wanted", "offered"), CASES)
def test_each_change_that_is_offered_works(wanted: dict[str, Any], offered: list[tuple[str, list[str]]]) -> None:
    problems = refused(wanted)
    assert [(one["code"], [fix["title"] for fix in one["fixes"]]) for one in problems] == offered
    for fix in problems[0]["fixes"]:
        records = edits.records({**wanted["model"], "plan": {**wanted["plan"], "data": wanted["data"]}})
        diff = fix["diff"]
        after = edits.apply(
            records, edits.GraphDiff(diff["added"], {k: tuple(v) for k, v in diff["updated"].items()}, diff["removed"])
        )
        document = edits.from_records(after)
        plan = dict(document["plan"])
        data = plan.pop("data")
        assert isinstance(prepare(json.dumps({"model": document, "data": data, "plan": plan}).encode()), Prepared)


def test_frozen_layers_are_offered_to_be_trained() -> None:
    (problem,) = refused(json.loads(CODES["GC501"].example.text))
    assert [fix["title"] for fix in problem["fixes"]] == ["Train the 1 frozen layer"]


def test_a_change_that_only_moves_a_problem_is_not_offered() -> None:
    wanted = request(classifier(7), DIGITS, loss="mse", epochs=-1)
    before = copy.deepcopy(wanted)
    assert [one["fixes"] for one in refused(wanted)] == [[]]
    assert wanted == before
