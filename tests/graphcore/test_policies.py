"""What `dtype` of a layer may be, as keras 3.15 and tf_keras 2.21 answered for a Dropout; None: refused."""

from __future__ import annotations

from typing import Any

import pytest

import graphcore
from graphcore.catalog.policies import read_policy
from graphcore.catalog.spec import BadValue
from tests.app.configs import functional, layer, source


def policy(cls: str, **config: Any) -> dict[str, Any]:
    return {"class_name": cls, "config": config}


FLOAT32 = ("float32", "float32")
ROWS: list[tuple[Any, tuple[str, str] | None, tuple[str, str] | None]] = [
    ("float32", FLOAT32, FLOAT32),
    ("half", None, ("float16", "float16")),
    ("double", None, ("float64", "float64")),
    ("int32", ("int32", "int32"), ("int32", "int32")),
    ("int8", None, ("int8", "int8")),
    ("", None, FLOAT32),
    ("x", None, None),
    ("mixed_float16", ("float16", "float32"), ("float16", "float32")),
    ("mixed_bfloat16", ("bfloat16", "float32"), ("bfloat16", "float32")),
    ("mixed_float32", None, None),
    ("int8_from_float32", FLOAT32, None),
    ("int8_from_mixed_bfloat16", ("bfloat16", "float32"), None),
    ("float8_from_float32", FLOAT32, None),
    ("int4_from_float32", FLOAT32, None),
    ("qint8", None, ("qint8", "qint8")),
    (None, FLOAT32, FLOAT32),
    (True, None, FLOAT32),
    (0, None, FLOAT32),
    (3, None, ("int32", "int32")),
    (-1, None, None),
    (2.5, None, None),
    ([], None, FLOAT32),
    ([2], None, None),
    ({}, None, None),
    (policy("Zeros"), None, None),
    (policy("DTypePolicy", name="float16"), ("float16", "float16"), None),
    (policy("DTypePolicy"), FLOAT32, None),
    ({"class_name": "DTypePolicy"}, FLOAT32, None),
    (policy("DTypePolicy", name="int8_from_float32"), None, None),
    (policy("DTypePolicy", name="float32", x=1), None, None),
    (policy("Policy", name="mixed_float16"), None, ("float16", "float32")),
    (policy("QuantizedDTypePolicy", mode="int8", source_name="float32"), FLOAT32, None),
    (policy("QuantizedDTypePolicy", mode="int8"), FLOAT32, None),
    (policy("QuantizedDTypePolicy", mode="int9", source_name="float32"), None, None),
    (policy("DTypePolicyMap", default_policy=None, policy_map={}), FLOAT32, None),
    (policy("DTypePolicyMap"), None, None),
    ({"name": "float32"}, None, None),
]


@pytest.mark.parametrize(("said", "new", "old"), ROWS, ids=lambda value: repr(value)[:60])
def test_policies_are_read_as_keras_reads_them(said: Any, new: Any, old: Any) -> None:
    assert [_read(said, "keras3"), _read(said, "keras2")] == [new, old]


def _read(said: Any, dialect: Any) -> tuple[str, str] | None:
    try:
        policy = read_policy(said, dialect)
    except BadValue:
        return None
    return policy.compute, policy.variable


@pytest.mark.parametrize(
    ("argument", "value"), [("name", 3), ("trainable", None), ("trainable", 1), ("dtype", "flaot32")]
)
def test_arguments_of_every_layer_are_looked_at(argument: str, value: Any) -> None:
    entry = layer("Dense", "d", ["x"], units=2)
    entry["config"][argument] = value
    (found,) = graphcore.check(functional(source("x", 3), entry)).diagnostics
    assert (found.code, found.at.pointer) == ("GC204", f"/config/layers/1/config/{argument}")


def test_operation_takes_no_arguments_of_layers() -> None:
    entry = layer("Add", "a", ["x"], trainable=True)
    entry["module"] = "keras.src.ops.numpy"
    entry["inbound_nodes"][0]["args"] *= 2
    (found,) = graphcore.check(functional(source("x", 3), entry)).diagnostics
    assert (found.code, found.at.arg) == ("GC202", "trainable")
