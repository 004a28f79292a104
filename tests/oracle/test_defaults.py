"""Defaults of arguments are those of the installed Keras, and what a layer begins with that a hand adds is accepted."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import graphcore
from graphcore.catalog import CATALOG
from graphcore.catalog.spec import OpDef, Param
from graphcore.model import Dialect
from graphcore.render.catalog import starting_config
from graphcore.shapes import Shape
from tests.graphcore.cases import Case

from .drawing import LAYERS, file_of, text_of

OF_BASES = {"rank", "cell", "conv_op", "pool_function", "pool_mode", "pool_dimensions", "filters", "factor"}
OF_BASES |= {"call_fn", "score_mode", "vocabulary_dtype", "synchronized"}
"""Arguments of base classes that their layers set themselves."""
OF_ALL = {"name", "dtype", "trainable", "activity_regularizer", "force_generator", "rng_type", "seed"}
"""Arguments that every layer takes, or every random one."""
UNREAD = {"call_training_endpoint", "native_serialization_platforms"}
"""Arguments of layers that are kept and never run, in no file of theirs."""
UNWRITTEN = {"cls_ref"}
"""The class that a ClassMethod calls: it goes into the constructor, and into a file as `cls_symbol`."""


def builds_of(dialect: Dialect) -> dict[str, type]:
    """The class that a Keras makes of each name of a layer."""
    if dialect == "keras3":
        import keras

        return {name: getattr(keras.layers, name) for name in LAYERS[dialect]}
    from tf_keras.src.layers import serialization

    serialization.populate_deserializable_objects()
    # The names of TensorFlow 1's classes are read as those of today.
    return {name: serialization.LOCAL.ALL_OBJECTS[name.removesuffix("V1")] for name in LAYERS[dialect]}


def signature(cls: type) -> dict[str, inspect.Parameter]:
    """The arguments of a class's constructor, those of its bases too where it hands them on."""
    found: dict[str, inspect.Parameter] = {}
    for base in cls.__mro__:
        if base.__name__ in ("Layer", "BaseRandomLayer") or "__init__" not in vars(base):
            continue
        parameters = inspect.signature(inspect.unwrap(base.__init__)).parameters.values()  # type: ignore[misc]
        named = [one for one in parameters if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
        found = {one.name: one for one in named[1:]} | found
        if not any(one.kind is one.VAR_KEYWORD for one in parameters):
            break
    return found


def differing(cls: type, entry: OpDef, dialect: Dialect) -> Iterator[str]:
    """What the catalog says otherwise than a class's constructor."""
    known = {param.name: param for param in entry.params if not param.only or dialect in param.only}
    for name, one in signature(cls).items():
        param = known.get(name)
        if param is None:
            if name not in OF_BASES | OF_ALL | UNREAD | UNWRITTEN:
                yield f"{name}: unknown here"
        elif one.default is inspect.Parameter.empty:
            if not param.required and name not in OF_BASES:
                yield f"{name}: required, and {param.default!r} here"
        elif _plain(param.default) not in (_plain(one.default), _plain(_read(param, one.default, dialect))):
            yield f"{name}: {one.default!r}, and {param.default!r} here"


def _read(param: Param, default: Any, dialect: Dialect) -> Any:
    read = param.old if dialect == "keras2" and param.old is not None else param.read
    try:
        return read(json.loads(json.dumps(default)))
    except ValueError:  # a default that a file may not say
        return default


def _plain(value: Any) -> Any:
    """A value as it compares: names of initializers in any case, lists as tuples."""
    if isinstance(value, str):
        return value.lower()
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.keras
@pytest.mark.parametrize("dialect", ("keras3", "keras2"))
def test_defaults_are_those_of_keras(dialect: Dialect) -> None:
    table = CATALOG.tables[dialect, False]
    wrong = {
        name: told
        for name, cls in sorted(builds_of(dialect).items())
        if (entry := table.get(name)) is not None and (told := list(differing(cls, entry, dialect)))
    }
    assert wrong == {}


PALETTE = [
    entry
    for entry in CATALOG.entries
    if entry.palette
    and not entry.kept
    and entry.name.startswith("layers.")
    and (not entry.only or "keras3" in entry.only)
]
SHAPES: tuple[Shape, ...] = (
    *((None, 64), (None, 10, 64), (None, 16, 32, 64), (None, 8, 16, 16, 32), (None, 4, 9, 9, 9, 3)),
    *((None, 1), (None, 1000, 1), (None, 32, 32, 3)),
)


def begun(entry: OpDef) -> Iterator[dict[str, Any]]:
    """Models that call a layer as it begins, on inputs of all kinds."""
    need = len([name for name in entry.inputs.names if not name.endswith("?")]) or max(entry.inputs.least, 0)
    for shape in SHAPES:
        for dtype in ("float32", "int32", "string", "float16"):
            yield file_of(Case(entry.cls, starting_config(entry), (shape,) * need, (dtype,) * need), "keras3")


def accepted(entry: OpDef) -> list[dict[str, Any]]:
    """Those of them that we accept."""
    return [model for model in begun(entry) if graphcore.check(text_of(model)).ok]


@pytest.mark.parametrize("entry", PALETTE, ids=lambda entry: entry.cls)
def test_a_layer_begins_with_arguments_that_fit(entry: OpDef) -> None:
    said = {param.name for param in entry.params if param.required and (not param.only or "keras3" in param.only)}
    assert said <= set(starting_config(entry))
    assert accepted(entry)


@pytest.mark.keras
def test_keras_takes_what_a_layer_begins_with() -> None:
    import keras

    wrong = []
    for entry in PALETTE:
        keras.utils.clear_session(free_memory=False)
        model = accepted(entry)[0]
        report = graphcore.check(text_of(model))
        assert report.inference is not None
        (ref,) = report.inference.graph.output_refs
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            built = keras.models.model_from_json(text_of(model))
        first = keras.tree.flatten(built.output)[0]
        if tuple(first.shape) != report.inference.spec(ref).shape:
            wrong.append((entry.cls, first.shape, report.inference.spec(ref)))
    assert wrong == []
