"""Argument sets for every operation of Keras 3, drawn from the schemas of the catalog, and the files that hold them.

A case begins as a row of the tables. Then one size is changed wherever it stands, or one axis, one rank, one dtype or
one operand; and arguments are drawn anew from what their schemas allow, edge values among them. Everything is drawn
from the class's name, so the same catalog and tables give the same cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

from graphcore.catalog import CATALOG
from graphcore.catalog.spec import OpDef
from graphcore.model import JSON, Object
from graphcore.shapes import Dim, Shape, TensorSpec
from tests.graphcore import cases_ops, cases_ops_b
from tests.graphcore.cases_ops import DTYPES, OperationCase, array

from .drawing import EDGES as ALL_EDGES
from .drawing import MISSING, value_of

ROWS = (*cases_ops.CASES, *cases_ops_b.CASES)
EDGES = [value for value in ALL_EDGES if value != {}]
"""An object is no argument of any operation: Python takes an empty one for an empty list."""
SIZES = (None, None, 0, 1, 2, 3, 4, 5, 8, 12)
OTHERS: tuple[Any, ...] = (2, 0.5, True, None, [1.0, 2.0], array([1.0, 2.0, 3.0]), array(2, "int32"), "x")
"""What may stand where a tensor does."""


def classes() -> list[str]:
    """Every operation whose rule can be asked."""
    return sorted(name for name, entry in CATALOG.tables["keras3", True].items() if not entry.kept)


def drawn(cls: str) -> Iterator[OperationCase]:
    """Cases of a class, without end."""
    entry = CATALOG.tables["keras3", True][cls]
    random = Random(cls)
    begins = [row._replace(cls=cls) for row in ROWS if row.cls in (cls, _SAME.get(cls))]
    while True:
        yield _changed(random.choice(begins), entry, random)


_SAME = {"Abs": "Absolute", "Conj": "Conjugate"}
"""Classes that are another one by another name."""


def _changed(case: OperationCase, entry: OpDef, random: Random) -> OperationCase:
    config = dict(case.config)
    for param in random.sample(entry.params, min(len(entry.params), random.choice((0, 0, 1, 1, 2)))):
        is_edge = bool(param.schema) and not param.inert and random.random() < 0.12
        value = random.choice(EDGES) if is_edge else value_of(param.schema, random)
        if value is not MISSING:
            config[param.name] = value
    args = case.args
    for _ in range(random.choice((0, 1, 1, 2))):
        args = operands(args, random, DTYPES, OTHERS)
    return OperationCase(case.cls, config, args)


def operands(args: tuple[Any, ...], random: Random, dtypes: Sequence[str], others: Sequence[Any]) -> tuple[Any, ...]:
    """What goes into a call, with a size, an axis, a rank, a dtype or an operand changed."""
    tensors = list(tensors_of(args))
    one, way = random.choice(tensors), random.random()
    if way < 0.45:  # a size, wherever it stands
        sizes = [dim for spec in tensors for dim in spec.shape or ()]
        old, new = (random.choice(sizes) if sizes else None), random.choice(SIZES)
        change = _renamed(old, new)
    elif way < 0.6:  # an axis in front of all
        change = _deeper(random.choice((2, None)))
    elif way < 0.7:
        change = _typed(random.choice(dtypes))
    elif way < 0.78:
        change = _one(one, _typed(random.choice(dtypes)))
    elif way < 0.92:
        change = _one(one, lambda spec: TensorSpec(_reshaped(spec.shape or (), random), spec.dtype))
    else:
        other = random.choice(others)
        change = _one(one, lambda spec: other)
    changed: tuple[Any, ...] = mapped(args, change)
    return changed if any(True for _ in tensors_of(changed)) else args


Change = Callable[[TensorSpec], Any]


def _renamed(old: Dim, new: Dim) -> Change:
    return lambda spec: TensorSpec(tuple(new if dim == old else dim for dim in spec.shape or ()), spec.dtype)


def _deeper(front: Dim) -> Change:
    return lambda spec: TensorSpec((front, *(spec.shape or ())), spec.dtype)


def _typed(dtype: str) -> Change:
    return lambda spec: TensorSpec(spec.shape, dtype)


def _one(chosen: TensorSpec, change: Change) -> Change:
    return lambda spec: change(spec) if spec is chosen else spec


def _reshaped(shape: Shape, random: Random) -> Shape:
    way = random.random()
    if way < 0.15:
        return (*shape, random.choice((1, 3)))
    if way < 0.3 or not shape:
        return shape[:-1]
    axis = random.randrange(len(shape))
    return (*shape[:axis], random.choice(SIZES), *shape[axis + 1 :])


def tensors_of(value: Any) -> Iterator[TensorSpec]:
    """The tensors of a call, in order."""
    if isinstance(value, TensorSpec):
        yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from tensors_of(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from tensors_of(one)


def mapped(value: Any, change: Change) -> Any:
    """What goes into a call, with each tensor changed."""
    if isinstance(value, TensorSpec):
        return change(value)
    if isinstance(value, (tuple, list)):
        return tuple(mapped(one, change) for one in value)
    if isinstance(value, dict):
        return {key: mapped(one, change) for key, one in value.items()}
    return value


# As a file holds them


def written(case: OperationCase) -> dict[str, JSON]:
    """A call as a record holds it: its arguments as in a file, tensors from `in0`, `in1`, …"""
    numbers = count()
    return {"config": dict(case.config), "args": [_written(value, numbers) for value in case.args]}


def _written(value: Any, numbers: Iterator[int]) -> JSON:
    if isinstance(value, TensorSpec):
        config = {"shape": value.shape, "dtype": value.dtype, "keras_history": [f"in{next(numbers)}", 0, 0]}
        return {"class_name": "__keras_tensor__", "config": config}
    if isinstance(value, Object):
        return {"class_name": value.cls, "config": value.config}
    return [_written(one, numbers) for one in value] if isinstance(value, (tuple, list)) else value


def read(cls: str, said: Mapping[str, JSON]) -> OperationCase:
    """A call of an operation, of what `written` gives."""
    return OperationCase(cls, said["config"], tuple(_read(value) for value in said["args"]))


def _read(value: JSON) -> Any:
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        return TensorSpec(tuple(value["config"]["shape"]), value["config"]["dtype"])
    if isinstance(value, dict) and "class_name" in value:
        return Object(value["class_name"], config=value["config"])
    return tuple(_read(one) for one in value) if isinstance(value, list) else value


def file_of(case: OperationCase, module: str) -> dict[str, Any]:
    """A model that calls the operation once, as a file of Keras 3."""
    layers = [
        _entry("InputLayer", "keras.layers", {"batch_shape": spec.shape, "dtype": spec.dtype, "name": f"in{i}"}, [])
        for i, spec in enumerate(tensors_of(case.args))
    ]
    names = [layer["name"] for layer in layers]
    call = {"args": written(case)["args"], "kwargs": {}}
    layers.append(_entry(case.cls, module, {**case.config, "name": "x"}, [call]))
    ends = {"input_layers": [[name, 0, 0] for name in names], "output_layers": [["x", 0, 0]]}
    config = {"name": "m", "trainable": True, "layers": layers, **ends}
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": config}


def _entry(cls: str, module: str, config: Mapping[str, JSON], nodes: list[JSON]) -> dict[str, Any]:
    made = {"module": module, "class_name": cls, "config": dict(config), "registered_name": cls}
    return {**made, "name": config["name"], "inbound_nodes": nodes}
