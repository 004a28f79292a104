"""Calls of every known function of TensorFlow in Keras 2, drawn, and the files that hold them.

A call begins as a row of the tables or one from here. Then sizes, ranks, dtypes and operands change as in calls of
operations, and arguments by what they are: another axis, a flag turned, a size in a list. Further arguments come from
the function's own signature, where `VALUES` knows what they take. All is drawn from the function's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

from graphcore.catalog.tf_ops import FUNCTIONS
from graphcore.model import JSON
from graphcore.shapes import TensorSpec
from tests.graphcore import cases_tf_b
from tests.graphcore.cases_ops import OperationCase

from .drawing_operations import mapped, operands, tensors_of
from .function_rows import ROWS as OWN

ROWS = (*cases_tf_b.ROWS, *OWN)
DTYPES = (
    *("float32", "float16", "float64", "bfloat16", "int32", "int64", "uint8", "int8", "bool", "string", "complex64"),
)
OTHERS: tuple[Any, ...] = (2, 0.5, True, None, (1.0, 2.0), ((1,), (2,)), "x")
"""What may stand where a tensor does."""
_AXES = (None, 0, 1, -1, 2, -2, 3)
_PADDING, _FORMATS = ("SAME", "VALID", "same", "x"), (None, "NHWC", "NCHW", "NWC", "channels_last")
VALUES: Mapping[str, Sequence[Any]] = {
    **dict.fromkeys(("axis", "dim"), (*_AXES, (0,), (1, 0), (-1, 1), ())),
    "perm": (None, (0, 1), (1, 0), (0, 2, 1), (2, 1, 0), (0, 3, 1, 2)),
    **dict.fromkeys(("keepdims", "exclusive", "reverse", "transpose_a", "transpose_b", "adjoint_a"), (True, False)),
    **dict.fromkeys(("antialias", "preserve_aspect_ratio", "compute_uv", "full_matrices", "adjoint"), (True, False)),
    **dict.fromkeys(("align_corners", "half_pixel_centers", "sorted", "pad_end", "lower", "uniform"), (True, False)),
    **dict.fromkeys(("dtype", "out_type", "output_type", "output_dtype", "Tidx"), DTYPES[:9]),
    "padding": _PADDING,
    "data_format": _FORMATS,
    "batch_dims": (0, 1, 2, -1),
    "method": ("bilinear", "nearest", "area", "bicubic", "x"),
    "direction": ("ASCENDING", "DESCENDING"),
    "side": ("left", "right"),
    "mode": ("CONSTANT", "REFLECT", "SYMMETRIC"),
    "ord": ("euclidean", 1, 2, "fro"),
    "approximate": (True, False),
    "alpha": (0.1, 0.0, 2),
    "num": (None, 1, 3, 4, 5),
    "k": (0, 1, 2, 4, 5),
    "depth": (0, 1, 5),
    "maxlen": (None, 1, 6),
    "minlength": (None, 0, 5),
    "unit": ("BYTE", "UTF8_CHAR"),
    "norm": (None, "ortho"),
    "fft_length": (None, (4,), (8,), (5,), (4, 6)),
    "dilations": (None, 1, 2, (1, 2), (1, 2, 2, 1)),
}
"""What arguments take, by their names; the others change by what stands there."""


def functions() -> list[str]:
    """Every function that has a rule."""
    return sorted(FUNCTIONS)


def drawn(function: str, optional: Sequence[str]) -> Iterator[OperationCase]:
    """Calls of a function, without end; `optional` are arguments that it takes besides those of the rows."""
    random = Random(function)
    begins = [row for row in ROWS if row.cls == function]
    more = [name for name in optional if name in VALUES]
    yield from random.sample(begins, min(len(begins), 8))
    while True:
        yield _changed(random.choice(begins), more, random)


def _changed(case: OperationCase, optional: Sequence[str], random: Random) -> OperationCase:
    named = dict(case.config)
    for name in [name for name in named if name != "name" and not any(True for _ in tensors_of(named[name]))]:
        if random.random() < 0.35:
            named[name] = _other(name, named[name], random)
    if optional and random.random() < 0.5:
        name = random.choice(optional)
        named[name] = random.choice(VALUES[name])
    both: tuple[Any, ...] = (case.args, named)
    for _ in range(random.choice((0, 1, 1, 2))):
        both = operands(both, random, DTYPES, OTHERS)
    return OperationCase(case.cls, both[1], both[0])


def _other(name: str, value: Any, random: Random) -> Any:
    if name in VALUES and not isinstance(value, (list, tuple)):
        return random.choice(VALUES[name])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return random.choice((-1, 0, 1, 2, 3, 5))
    if isinstance(value, float):
        return random.choice((-1.0, 0.0, 0.5, 2.0))
    if isinstance(value, (list, tuple)) and value:
        at = random.randrange(len(value))
        way = random.random()
        if way < 0.12:
            return [*value[:at], *value[at + 1 :]]
        if way < 0.24:
            return [*value, value[at]]
        return [*value[:at], _other("", value[at], random), *value[at + 1 :]]
    return value


# As a file holds them


def written(case: OperationCase) -> dict[str, JSON]:
    """A call as a record holds it: `{"T": [shape, dtype]}` for a tensor."""
    return {"args": _written(case.args), "named": _written(case.config)}


def _written(value: Any) -> JSON:
    if isinstance(value, TensorSpec):
        return {"T": [value.shape, value.dtype]}
    if isinstance(value, Mapping):
        return {key: _written(one) for key, one in value.items()}
    return [_written(one) for one in value] if isinstance(value, (tuple, list)) else value


def read(function: str, said: Mapping[str, JSON]) -> OperationCase:
    """A call of a function, of what `written` gives."""
    return OperationCase(function, _read(said["named"]), _read(said["args"]))


def _read(value: JSON) -> Any:
    if isinstance(value, dict):
        if set(value) == {"T"}:
            shape, dtype = value["T"]
            return TensorSpec(tuple(shape), dtype)
        return {key: _read(one) for key, one in value.items()}
    return tuple(_read(one) for one in value) if isinstance(value, list) else value


def file_of(case: OperationCase) -> dict[str, Any]:
    """A model that calls the function once, as a file of tf_keras holds it."""
    numbers = count()

    def named(spec: TensorSpec) -> list[JSON]:
        return [f"in{next(numbers)}", 0, 0]

    (first,), config = mapped(case.args, named), mapped(dict(case.config), named)
    specs = list(tensors_of((case.args, case.config)))
    layers = [
        _entry("InputLayer", {"batch_input_shape": spec.shape, "dtype": spec.dtype, "name": f"in{i}"}, [])
        for i, spec in enumerate(specs)
    ]
    made = "SlicingOpLambda" if case.cls == "__operators__.getitem" else "TFOpLambda"
    layers.append(_entry(made, {"name": "x", "trainable": True, "dtype": "float32", "function": case.cls}, []))
    layers[-1]["inbound_nodes"] = [_call(case.args[0], first, config)]
    ends = {"input_layers": [[f"in{i}", 0, 0] for i in range(len(specs))], "output_layers": [["x", 0, 0]]}
    model = {"name": "m", "layers": layers, **ends}
    return {"class_name": "Functional", "config": model, "keras_version": "2.21.0", "backend": "tensorflow"}


def _call(spec: Any, first: Any, named: dict[str, Any]) -> JSON:
    if isinstance(spec, TensorSpec):
        return [*first, named]
    if isinstance(spec, (list, tuple)) and any(isinstance(one, TensorSpec) for one in spec):
        tensors = [
            [*one, {}] if isinstance(of, TensorSpec) else _constant(one) for one, of in zip(first, spec, strict=True)
        ]
        tensors[-1][-1] = named
        return tensors
    return [*_constant(first), named]


def _constant(value: Any) -> list[JSON]:
    return ["_CONSTANT_VALUE", -1, value]


def _entry(cls: str, config: Mapping[str, JSON], nodes: list[JSON]) -> dict[str, Any]:
    return {"class_name": cls, "config": dict(config), "name": config["name"], "inbound_nodes": nodes}
