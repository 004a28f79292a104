"""Argument sets for every layer of both Keras, drawn from the schemas of the catalog, and the files that hold them.

A case begins as a row of the tables: arguments and inputs that belong together. One to three arguments are then drawn
anew from what their schemas allow, edge values among them, and sometimes sizes, ranks and dtypes of the inputs change.
Everything is drawn from the class's name, so the same catalog and tables give the same cases.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from graphcore.catalog import CATALOG
from graphcore.catalog.names import KERAS2_LAYERS, KERAS3_LAYERS
from graphcore.catalog.spec import OpDef
from graphcore.model import JSON, Dialect, Op
from graphcore.shapes import Shape
from tests.graphcore import cases_a, cases_b
from tests.graphcore.cases import Case

from .answers import arguments, dtype_of

LAYERS: dict[Dialect, frozenset[str]] = {"keras3": KERAS3_LAYERS, "keras2": KERAS2_LAYERS}
OPERATIONS = {"TFOpLambda", "SlicingOpLambda", "InstanceProperty", "InstanceMethod", "ClassMethod"}
"""Layers that are operations: each function and method has cases of its own."""
EDGES: tuple[JSON, ...] = (None, 0, -1, 1, 1.5, 2.0, "x", [], [1], [1, 2], [2, 2, 2], {})
"""Values that a schema may or may not allow."""
DTYPES = ("float32", "float16", "bfloat16", "float64", "int32", "int64", "uint8", "bool", "string")
POLICIES = ("float16", "mixed_float16", "float64", "mixed_bfloat16", "float32", None)
PLAIN: tuple[Shape, ...] = ((None, 4), (None, 5, 4), (None, 6, 7, 3), (2, 5, 6, 3))
"""Inputs of layers that no table has."""
GROUPED = {"head_dim": 4, "num_query_heads": 6, "num_key_value_heads": 2}
CELLS: list[dict[str, Any]] = [
    {"module": "keras.layers", "class_name": "GRUCell", "config": {"units": units}} for units in (3, 5)
]
STEPS = [
    {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}},
    {"module": "keras.layers", "class_name": "Rescaling", "config": {"scale": 2.0, "offset": 0.0}},
    {"module": "keras.layers", "class_name": "RandomFlip", "config": {}},
]
BEGINS = (
    *(
        Case("HashedCrossing", {"num_bins": 5, **mode}, ((n, 1), (n, 1)), (dtype, dtype))
        for mode in ({}, {"output_mode": "one_hot"})
        for n in (None, 4)
        for dtype in ("int64", "string")
    ),
    *(Case("HashedCrossing", {"num_bins": 5}, (shape, shape), ("int32", "int32")) for shape in ((None,), (7,), ())),
    *(
        Case("HashedCrossing", {"num_bins": bins, "output_mode": "one_hot"}, ((n, 1), (n, 1)), ("int64", "int64"))
        for bins in (3, 7)
        for n in (2, 6)
    ),
    *(Case("RandomColorDegeneration", {"factor": 0.1}, ((None, 5, 5, channels),)) for channels in (1, 3, None)),
    *(
        Case("Pipeline", {"layers": layers}, (shape,))
        for layers in (STEPS[:1], STEPS[1:], STEPS, [*STEPS, *STEPS[:1]])
        for shape in PLAIN
    ),
    *(Case("MaxNumBoundingBoxes", {"max_number": 3}, (shape,)) for shape in PLAIN),
    *(Case("AddLoss", {"unconditional": False}, (shape,)) for shape in PLAIN),
    *(
        Case("MelSpectrogram", {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 8}, (shape,))
        for shape in ((None, 400), (2, 100), (None, None), (300,))
    ),
    *(
        Case("STFTSpectrogram", {"frame_length": 16, **more}, (shape,))
        for more in ({}, {"mode": "stft"}, {"mode": "real", "expand_dims": True}, {"data_format": "channels_first"})
        for shape in ((None, 100, 2), (2, 64, 1), (None, None, 3), (None, 90, 100))
    ),
    *(
        Case("StackedRNNCells", {"cells": cells}, ((n, 4), *((n, cell["config"]["units"]) for cell in cells)))
        for cells in (CELLS, CELLS[:1], CELLS[::-1], [*CELLS, *CELLS[:1]])
        for n in (None, 1, 2, 4, 5, 7, 9)
    ),
    *(
        Case(cls, {"units": units}, ((n, 4), *((n, units),) * states))
        for cls, states in (("SimpleRNNCell", 1), ("GRUCell", 1), ("LSTMCell", 2))
        for units in (1, 2, 3, 6, 8)
        for n in (None, 2)
    ),
    *(
        Case("AddMetric", {"aggregation": how, "metric_name": "m"}, (shape,))
        for how in ("mean", None)
        for shape in (*PLAIN, (None,), (3,))
    ),
    *(
        Case("Embedding", {"input_dim": 9, "output_dim": size}, (shape,), ("int32",))
        for size in (1, 6)
        for shape in ((None,), (2, 3), (None, None), (None, 2, 3))
    ),
    *(
        Case("Equalization", {}, (shape,), (dtype,))
        for dtype in ("uint8", "int32", "float16")
        for shape in ((None, 8, 9, 3), (None, None, None, 1), (4, 5, 3), (2, 8, 8, 4))
    ),
    *(
        Case("GroupNormalization", {"groups": 2}, (shape,))
        for shape in ((2, 4), (3, 2, 6), (None, None, 2), (1, 2, 2, 8))
    ),
    *(
        Case("GroupQueryAttention", GROUPED, ((n, long, size), (n, 6, size)))
        for n in (None, 2)
        for long, size in ((3, 4), (None, 6), (7, 1))
    ),
    *(
        Case("SpatialDropout3D", {"rate": 0.5}, ((*sizes, 5),))
        for sizes in ((None, 2, 3, 4), (2, 2, 2, 2), (None,) * 4)
    ),
    *(Case("PReLU", {}, (shape,)) for shape in ((2, 3), (None, 5, 2), (3, 2, 2), (1, 1))),
    *(Case("RandomWidth", {"factor": 0.3}, (shape,)) for shape in ((2, 5, 6, 1), (None, 7, 8, 4), (5, 4, 3))),
    *(Case("LayerScale", {"init_values": 1e-6, "projection_dim": shape[-1]}, (shape,)) for shape in PLAIN),
    *(Case("CustomScaleLayer", {"scale": 0.1}, (shape, shape)) for shape in PLAIN),
    *(Case("SyncBatchNormalization", {}, (shape,)) for shape in PLAIN),
)
"""Arguments that fit, of layers that no table has, or of whose answers it has few. They are asked first."""
USUAL = frozenset(
    ("zeros", "ones", "glorot_uniform", "he_normal", "random_normal", "l1", "l2", "non_neg", "max_norm", "unit_norm")
)
"""Initializers, regularizers and constraints that every weight takes; others fit some ranks only."""
MISSING = object()
"""No value: a schema names none."""


def classes(dialect: Dialect) -> list[str]:
    """Every layer of a Keras that has an entry whose rule can be asked."""
    table = CATALOG.tables[dialect, False]
    return sorted(name for name in LAYERS[dialect] - OPERATIONS if name in table and not table[name].kept)


def drawn(cls: str, dialect: Dialect) -> Iterator[Case]:
    """Cases of a class, without end; the rows that they begin with come first."""
    entry = CATALOG.find(Op(cls), dialect)
    assert entry is not None
    random = Random(f"{cls}/{dialect}")
    begins = [case._replace(cls=cls, only=()) for case in rows_of(cls, entry, dialect)]
    own = [case for case in begins if case in BEGINS or case._replace(cls=entry.cls) in BEGINS]
    yield from own
    rows = [case for case in begins if case not in own]
    yield from random.sample(rows, min(len(rows), 6))
    while True:
        yield changed(random.choice(begins), entry, dialect, random)


def rows_of(cls: str, entry: OpDef, dialect: Dialect) -> list[Case]:
    """What cases of a class begin with: rows of the tables, else rows of their own."""
    names = {cls, entry.cls}
    rows = [case for case in (*cases_a.CASES, *cases_b.CASES, *BEGINS) if case.cls in names]
    own = [case for case in rows if not case.only or dialect in case.only]
    return own or rows or [Case(cls, {}, (shape,)) for shape in PLAIN]


def changed(case: Case, entry: OpDef, dialect: Dialect, random: Random) -> Case:
    """A case with some arguments, sizes and dtypes drawn anew."""
    config = dict(case.config)
    params = [param for param in entry.params if not param.only or dialect in param.only]
    for param in random.sample(params, min(len(params), random.choice((0, 1, 1, 2, 3)))):
        is_edge = param.schema and not param.inert and random.random() < 0.12
        edges = (None, 0, 1) if param.schema == {"type": "boolean"} else EDGES
        value = random.choice(edges) if is_edge else value_of(param.schema, random)
        if value is not MISSING and not (value is None and param.name.endswith("_initializer")):
            config[param.name] = value
        elif random.random() < 0.1:
            config.pop(param.name, None)
    if random.random() < 0.12 and not _is_cell(case.cls):
        config["dtype"] = random.choice(POLICIES)
    if random.random() < 0.06:
        config["trainable"] = False
    dtypes = case.dtypes
    if case.inputs and random.random() < 0.15:
        dtypes = tuple(dtype_of(case, i) for i in range(len(case.inputs)))
        dtypes = (random.choice(DTYPES), *dtypes[1:])
    inputs = case.inputs
    if random.random() < 0.5 and not _is_cell(case.cls):
        inputs = tuple(_reshaped(shape, random) for shape in inputs)
    return case._replace(config=config, inputs=inputs, dtypes=dtypes)


def _is_cell(cls: str) -> bool:
    """Cells are called by RNN, whose states fit; called alone they take whatever TensorFlow broadcasts."""
    return "Cell" in cls


def _reshaped(shape: Shape, random: Random) -> Shape:
    way = random.random()
    if way < 0.06:
        return (*shape, random.choice((1, 3)))
    if way < 0.12:
        return shape[:-1]
    if way < 0.6 and shape:
        axis = random.randrange(len(shape))
        return (*shape[:axis], random.choice((None, 1, 2, 3, 5, 8, 11)), *shape[axis + 1 :])
    return shape


def value_of(schema: Any, random: Random) -> Any:
    """A value that a schema allows; `MISSING` where it names none."""
    if "anyOf" in schema:
        return value_of(random.choice(schema["anyOf"]), random)
    if "enum" in schema:
        usual = [one for one in schema["enum"] if one in USUAL]
        return random.choice(usual or schema["enum"])
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = random.choice(kind)
    least, most = schema.get("minimum"), schema.get("maximum")
    if kind == "integer":
        first = -2 if least is None else least
        return random.choice([i for i in (first, first + 1, 1, 2, 3, 4, 6) if i >= first])
    if kind == "number":
        low, high = (-1.0 if least is None else least), (2.0 if most is None else most)
        return random.choice([low, high, *(x for x in (0, 0.1, 0.5, 1) if low <= x <= high)])
    if kind == "array":
        first, last = schema.get("minItems", 0), schema.get("maxItems", 3)
        items = schema.get("items") or {"type": "integer"}
        listed = [value_of(items, random) for _ in range(random.randint(first, last))]
        return MISSING if MISSING in listed else listed
    return {"boolean": random.random() < 0.5, "string": "a", "null": None}.get(kind, MISSING)


# Files


def file_of(case: Case, dialect: Dialect, written: Mapping[str, JSON] | None = None) -> dict[str, Any]:
    """A model that calls the layer once, as a file of the dialect holds it. `written`: the layer as Keras wrote it."""
    return (_file_of_keras3 if dialect == "keras3" else _file_of_keras2)(case, written)


def _file_of_keras3(case: Case, written: Mapping[str, JSON] | None) -> dict[str, Any]:
    names = [f"in{i}" for i in range(len(case.inputs))]
    layers = [
        _of_keras3("InputLayer", {"batch_shape": list(shape), "dtype": dtype_of(case, i), "name": names[i]}, [])
        for i, shape in enumerate(case.inputs)
    ]
    tensors = tuple(
        {
            "class_name": "__keras_tensor__",
            "config": {"shape": list(shape), "dtype": dtype_of(case, i), "keras_history": [names[i], 0, 0]},
        }
        for i, shape in enumerate(case.inputs)
    )
    nodes = []
    if case.inputs:
        args, kwargs = _arguments(case, "keras3", tensors)
        nodes = [{"args": list(args), "kwargs": kwargs}]
    layers.append(dict(written) if written is not None else _of_keras3(case.cls, {**case.config, "name": "x"}, nodes))
    config = {"name": "m", "trainable": True, "layers": layers, **_ends(names)}
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": config}


def _of_keras3(cls: str, config: dict[str, Any], nodes: list[Any]) -> dict[str, Any]:
    made = {"module": "keras.layers", "class_name": cls, "config": config, "registered_name": None}
    return {**made, "name": config["name"], "inbound_nodes": nodes}


def _file_of_keras2(case: Case, written: Mapping[str, JSON] | None) -> dict[str, Any]:
    names = [f"in{i}" for i in range(len(case.inputs))]
    layers: list[dict[str, Any]] = [
        {
            "class_name": "InputLayer",
            "config": {"batch_input_shape": list(shape), "dtype": dtype_of(case, i), "name": names[i]},
            "name": names[i],
            "inbound_nodes": [],
        }
        for i, shape in enumerate(case.inputs)
    ]
    nodes: list[Any] = []
    if names:
        (first, *_), kwargs = _arguments(case, "keras2", tuple([name, 0, 0] for name in names))
        several = first if isinstance(first[0], list) else [first]
        nodes = [[[*one, kwargs if i == 0 else {}] for i, one in enumerate(several)]]
    own = {"class_name": case.cls, "config": {**case.config, "name": "x"}, "name": "x", "inbound_nodes": nodes}
    layers.append(dict(written) if written is not None else own)
    config = {"name": "m", "layers": layers, **_ends(names)}
    return {"class_name": "Functional", "config": config, "keras_version": "2.21.0", "backend": "tensorflow"}


def _arguments(case: Case, dialect: Dialect, tensors: tuple[Any, ...]) -> tuple[Sequence[Any], dict[str, Any]]:
    entry = CATALOG.find(Op(case.cls), dialect)
    assert entry is not None
    return arguments(entry.inputs, tensors, copy.deepcopy(dict(case.call)))


def _ends(names: list[str]) -> dict[str, Any]:
    inputs = [[name, 0, 0] for name in names] or [["x", 0, 0]]
    return {"input_layers": inputs, "output_layers": [["x", 0, 0]]}


def text_of(model: Mapping[str, JSON]) -> str:
    """A file's text."""
    return json.dumps(model)
