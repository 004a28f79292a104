"""Calls of methods of ragged and sparse tensors as tf_keras writes them, and the files that hold them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from graphcore.catalog.tf_methods import METHODS, PARTS
from graphcore.model import JSON

Input = tuple[tuple[int | None, ...], str, str]
"""Shape, dtype, and whether it is ragged, sparse or dense."""
N = None


class Row(NamedTuple):
    """A layer's class and arguments, its call as a file holds it, and the inputs `in0`, `in1`, …"""

    cls: str
    config: dict[str, JSON]
    call: JSON
    inputs: tuple[Input, ...]

    @property
    def title(self) -> str:
        """The row as a key of a record."""
        return json.dumps(self)

    def file(self) -> str:
        """A model that makes the call."""
        layers = [_entry("x", self.cls, {**self.config, "trainable": True, "dtype": "float32"}, [self.call])]
        for i, (shape, dtype, kind) in enumerate(self.inputs):
            said = {"batch_input_shape": shape, "dtype": dtype, "sparse": kind == "sparse", "ragged": kind == "ragged"}
            layers.append(_entry(f"in{i}", "InputLayer", said, []))
        ends = {"input_layers": [_tensor(i) for i in range(len(self.inputs))], "output_layers": [["x", 0, 0]]}
        config = {"name": "m", "layers": layers, **ends}
        return json.dumps({"class_name": "Functional", "config": config, "keras_version": "2.21.0"})


def _entry(name: str, cls: str, config: dict[str, Any], calls: list[JSON]) -> dict[str, JSON]:
    return {"class_name": cls, "config": {**config, "name": name}, "name": name, "inbound_nodes": calls}


def _tensor(i: int, *more: JSON) -> list[JSON]:
    return [f"in{i}", 0, 0, *more]


RAGGED = ((N, N), (2, N), (N, N, 4), (N, N, N), (N, 3, N), (2, N, N, 5), (N, 3, N, 2), (3, 2, N, 4))
SPARSE = ((N, 4), (2, 4), (N, N), (N, 3, 4))
DENSE = ((N, 4), (2, 3, 4), (N,))
SHAPES: dict[str, tuple[tuple[int | None, ...], ...]] = {"ragged": RAGGED, "sparse": SPARSE, "dense": DENSE}
ARGUMENTS: dict[str, tuple[tuple[list[JSON], dict[str, JSON]], ...]] = {
    "nrows": (([], {}), (["int32"], {}), ([], {"out_type": "int32"})),
    "row_lengths": (([], {}), *(([], {"axis": axis}) for axis in (0, 1, 2, 3))),
    "bounding_shape": (([], {}), *(([], {"axis": axis}) for axis in (0, 1, [0, 1])), ([], {"out_type": "int32"})),
    "with_row_splits_dtype": ((["int32"], {}), (["int64"], {})),
    "merge_dims": tuple(([a, b], {}) for a, b in ((0, 1), (1, 2), (0, 2), (1, 1), (2, 1), (-2, -1), (2, 3), (1, 9))),
    "to_tensor": (
        ([], {}),
        *((([], {"shape": shape})) for shape in ([N, 5], [N, N, 5], [2, 3, 4], [N] * 4, 5)),
        ([0.0], {}),
        ([], {"default_value": 1.0, "shape": [N, 7]}),
    ),
    "to_sparse": (([], {}), (["a", 1], {})),
}
"""Arguments of methods, by position and by name; of the others none."""
VALUES: tuple[Input, ...] = tuple(
    (shape, dtype, "dense")
    for shape, dtype in (((N,), "float32"), ((6,), "int32"), ((N, 3), "float32"), ((4, 2), "int64"))
)


def _parts() -> Iterator[Row]:
    names = sorted({name for table in PARTS.values() for name in table})
    for name, (kind, shapes), dtype in product(names, SHAPES.items(), ("float32", "int32")):
        for shape in shapes:
            yield Row("InstanceProperty", {"attr_name": name}, _tensor(0, {}), ((shape, dtype, kind),))


def _methods() -> Iterator[Row]:
    names = sorted({name for table in METHODS.values() for name in table})
    for name, (kind, shapes) in product(names, SHAPES.items()):
        for shape in shapes:
            one: Input = (shape, "float32", kind)
            if name.startswith("with_") and name.endswith("values"):
                for values in VALUES:
                    call = _tensor(0, {"args": [_tensor(1)], "kwargs": {}})
                    yield Row("InstanceMethod", {"attr_name": name}, call, (one, values))
                continue
            for args, kwargs in ARGUMENTS.get(name, (([], {}),)):
                call = _tensor(0, {"args": args, "kwargs": kwargs})
                yield Row("InstanceMethod", {"attr_name": name}, call, (one,))


def _made(name: str, kwargs: dict[str, JSON], inputs: tuple[Input, ...], *more: JSON) -> Row:
    """A class method on all inputs, with more arguments by position."""
    args = [_tensor(i, {"kwargs": kwargs}) for i in range(len(inputs))]
    args += [_constant(one, kwargs) for one in more]
    return Row("ClassMethod", {"cls_symbol": "RaggedTensor", "method_name": name}, args, inputs)


def _constant(value: JSON, kwargs: dict[str, JSON]) -> JSON:
    """A constant as tf_keras writes it: lists come apart."""
    if isinstance(value, list):
        return [_constant(one, kwargs) for one in value]
    return ["_CONSTANT_VALUE", -1, value, {"kwargs": kwargs}]


def _makers() -> Iterator[Row]:
    rows: tuple[Input, ...] = (((N,), "int64", "dense"), ((4,), "int64", "dense"), ((N, 2), "int64", "dense"))
    for values in (*VALUES, ((N, N, 2), "string", "dense"), ((N, N), "float32", "ragged")):
        for by in ("row_splits", "row_lengths", "row_starts", "row_limits", "value_rowids"):
            for each in (*rows, ((N,), "int32", "dense")):
                yield _made(f"from_{by}", {}, (values, each))
            yield _made(f"from_{by}", {"validate": False}, (values,), [0, 2, 3])
        yield _made("from_value_rowids", {"nrows": 4}, (values, rows[0]))
        for length in (3, 2, 1):
            yield _made("from_uniform_row_length", {}, (values,), length)
        yield _made("from_uniform_row_length", {"uniform_row_length": 3}, (values,))
        yield _made("from_uniform_row_length", {"uniform_row_length": 3, "nrows": 2}, (values,))
    for shape in ((N, 5), (2, 5, 6), (N, N, 6), (N, 3, 4, 5), (7,)):
        for ranks in (1, 2, 3, 0):
            for kwargs in ({}, {"padding": 0.0}, {"lengths": [1, 2]}):
                yield _made("from_tensor", {"ragged_rank": ranks, **kwargs}, ((shape, "float32", "dense"),))
        lengths = {"lengths": _tensor(1)}
        row = _made("from_tensor", lengths, ((shape, "float32", "dense"),))
        yield row._replace(inputs=(*row.inputs, rows[0]))
    for kind, of_kind in SHAPES.items():
        yield from (_made("from_sparse", {}, ((one, "float32", kind),)) for one in of_kind)


ROWS: tuple[Row, ...] = tuple({row.title: row for part in (_parts, _methods, _makers) for row in part()}.values())


def ask_tf_keras(asked: Any, row: Row) -> JSON:
    """What a Generation answers about a row: shape, dtype and kind of all that comes out; None where it refuses."""
    from .asking import flat, spec_of  # imports Keras

    def ask() -> dict[str, Any]:
        (node,) = asked.build(row.file()).get_layer("x")._inbound_nodes
        return {"outputs": [[*spec_of(one), asked.kind(one)] for one in flat(node.outputs)]}

    return asked.answer(ask)["outputs"]
