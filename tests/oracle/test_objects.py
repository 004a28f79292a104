"""The table of initializers, regularizers and constraints says what the installed Keras's classes do."""

from __future__ import annotations

import inspect

import keras
import pytest

from graphcore.catalog.objects import CONSTRAINTS, INITIALIZERS, REGULARIZERS, ObjectClass

pytestmark = pytest.mark.keras

ROOMS = (
    (keras.initializers, INITIALIZERS, keras.initializers.Initializer),
    (keras.regularizers, REGULARIZERS, keras.regularizers.Regularizer),
    (keras.constraints, CONSTRAINTS, keras.constraints.Constraint),
)
CASES = [(room, cls, one) for room, table, _ in ROOMS for cls, one in table.items()]


@pytest.mark.parametrize(("room", "table", "base"), ROOMS)
def test_every_class_of_keras_is_there(room: object, table: dict[str, ObjectClass], base: type) -> None:
    classes = {one.__name__ for one in vars(room).values() if inspect.isclass(one) and one is not base}
    assert set(table) == classes


@pytest.mark.parametrize(("room", "cls", "one"), CASES)
def test_arguments_and_defaults_are_those_of_keras(room: object, cls: str, one: ObjectClass) -> None:
    made = getattr(room, cls)
    own = "__init__" in vars(made)
    said = inspect.signature(made).parameters.values() if own or one.arguments else ()
    assert {parameter.name: parameter.default for parameter in said} == one.defaults
    # What a form leaves out is Keras's to fill in.
    config = made.from_config({each.name: each.default for each in one.arguments if each.required}).get_config()
    assert [name for name, value in one.defaults.items() if config.get(name, value) != pytest.approx(value)] == []


@pytest.mark.parametrize(("room", "cls", "one"), CASES)
def test_words_are_what_keras_takes(room: object, cls: str, one: ObjectClass) -> None:
    for argument in one.arguments:
        for word in argument.schema.get("enum", ()):
            getattr(room, cls)(**{argument.name: word})


@pytest.mark.parametrize(("room", "cls", "one"), [case for case in CASES if case[2].aliases])
def test_aliases_are_the_class(room: object, cls: str, one: ObjectClass) -> None:
    for alias in one.aliases:
        assert type(room.get(alias)) is getattr(room, cls)  # type: ignore[attr-defined]


def test_a_constant_without_its_value_is_one_that_keras_cannot_read() -> None:
    with pytest.raises(KeyError):
        keras.initializers.Constant.from_config({})
