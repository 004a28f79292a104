"""Why a tensor has its shape: each rule explains itself, and what it says is what was inferred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcore.catalog import CATALOG, ENTRIES
from graphcore.catalog.tf_ops import FUNCTIONS
from graphcore.infer import explain, infer
from graphcore.inference import Inference
from graphcore.model import Dialect, Graph, NodeKey, Op, TensorRef
from graphcore.reasons import Reason, Source
from graphcore.shapes import Shape, TensorSpec
from tests.graphcore import cases_ops, cases_ops_b
from tests.graphcore.cases import Case
from tests.graphcore.test_laws import shapes
from tests.graphcore.test_rules_a import call
from tests.oracle import answers, drawing, drawing_functions, operating

CALL = NodeKey("x", 0)
DIALECTS: tuple[Dialect, ...] = ("keras3", "keras2")
Row = TypeVar("Row")
OPERATIONS = (*cases_ops.CASES, *cases_ops_b.CASES)
LAYERS = sorted(
    {
        entry.cls
        for entry in ENTRIES
        if not entry.kept and entry.shape is not None and not entry.name.startswith(("ops.", "tf."))
    }
)
"""Every class of layer with a rule for its shape."""
NUMBER = re.compile(r"(-?\d+|None)$")


def models_of(cls: str) -> list[Graph]:
    """Rows of a class as models, spread over all that there are, in each dialect that has it."""
    if cls.startswith("ops."):
        return [operating.model_of(row) for row in _spread([row for row in OPERATIONS if f"ops.{row.cls}" == cls])]
    if cls.startswith("tf."):
        rows = _spread([row for row in drawing_functions.ROWS if f"tf.{row.cls}" == cls])
        return [operating.model_of_function(row) for row in rows]
    graphs = [answers.model_of(case, dialect) for case, dialect in _spread(rows_of_class(cls))]
    return [graph for graph in graphs if graph is not None]


def rows_of_class(cls: str) -> list[tuple[Case, Dialect]]:
    """Rows of a class of layer in each dialect that has it."""
    return [
        (case._replace(cls=cls), dialect)
        for dialect in DIALECTS
        if (entry := CATALOG.find(Op(cls), dialect)) is not None
        for case in drawing.rows_of(cls, entry, dialect)
    ]


def _spread(rows: list[Row]) -> list[Row]:
    return rows[:: max(1, len(rows) // 24)]


# The length of something decides: of a vocabulary, of bounds, of a list of tensors or indices, of an array among the
# operands; the number of axes, or of parts of each value; the next power of two; and slices that run backwards.
COUNTED = {
    *("Discretization", "IntegerLookup", "StringLookup", "TextVectorization", "Rescaling", "Normalization"),
    *("Stack", "Take", "Append", "GetItem", "stack", "gather", "shape", "nn.bias_add", "__operators__.getitem"),
    *("Ndim", "SobelEdges", "ViewAsReal", "image.grayscale_to_rgb", "image.rgb_to_hsv", "image.hsv_to_rgb"),
    *("image.rgb_to_yiq", "image.rgb_to_yuv", "image.yiq_to_rgb", "image.yuv_to_rgb", "image.sobel_edges"),
    *("signal.stft", "strided_slice", "where"),
}


def _counts(found: Inference) -> bool:
    layer = found.graph.layers["x"]
    call = found.graph.nodes[CALL]
    has_array = any(not isinstance(one, TensorRef) for one in call.args) or not {"y", "b"}.isdisjoint(call.kwargs)
    function = str(layer.config.get("function")).removeprefix("compat.v1.")
    windows = [layer.config.get(name) for name in ("strides", "dilation_rate")]
    # Only whole numbers remember their names.
    has_fraction = any(isinstance(one, float) for value in windows if isinstance(value, list) for one in value)
    return has_array or has_fraction or not COUNTED.isdisjoint({layer.op.cls, function})


CLASSES = (
    *LAYERS,
    *sorted({f"ops.{case.cls}" for case in OPERATIONS}),
    *sorted({f"tf.{case.cls}" for case in drawing_functions.ROWS}),
)


# They hold code, or their rule is that of another class. TensorFlow's functions are walked by name.
WITHOUT_ROWS = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "ops.Abs", "ops.Conj"}
WITHOUT_ROWS |= {entry.name for entry in ENTRIES if entry.kept and entry.name.startswith("ops.")}


def test_every_entry_is_walked() -> None:
    names = {entry.name if entry.name.startswith("ops.") else entry.cls for entry in ENTRIES} - drawing.OPERATIONS
    assert names - set(CLASSES) == WITHOUT_ROWS
    assert {f"tf.{name}" for name in FUNCTIONS} <= set(CLASSES)


def test_a_cell_in_a_layer_is_explained_by_the_layer() -> None:
    cell = {"class_name": "GRUCell", "module": "keras.layers", "registered_name": None, "config": {"units": 6}}
    (reasons,) = explain(call("RNN", {"cell": [cell]}, (None, 7, 4)), CALL)
    assert [reason.text for reason in reasons or ()] == ["the same as the input's", "units = 6"]


def judged(graph: Graph) -> list[str]:
    """What is wrong with the reasons of a model's one layer."""
    found = infer(graph)
    specs = found.specs[CALL]
    return [
        problem
        for spec, reasons in zip(specs, explain(found, CALL), strict=True)
        for problem in _wrong(found, spec, reasons)
    ]


def _wrong(found: Inference, spec: TensorSpec, reasons: tuple[Reason, ...] | None) -> Iterator[str]:
    if spec.shape is None or reasons is None:
        if (spec.shape is None) != (reasons is None):
            yield f"{spec.shape}: {reasons}"
        return
    if len(spec.shape) != len(reasons):
        yield f"{spec.shape} has {len(reasons)} reasons"
    for dim, reason in zip(spec.shape, reasons, strict=True):
        sizes = [(found.spec(found.inbound[CALL][i][1]).shape or ())[axis] for i, axis in reason.sources]
        number = NUMBER.search(reason.text)
        if reason.is_same:
            if sizes != [dim]:
                yield f"{reason.text} is {sizes}, not {dim}"
        elif dim is None:
            if "run" not in reason.text and (number is None or number[1] != "None"):
                yield f"unknown, but: {reason.text}"
        elif number is None or number[1] != str(dim):
            yield f"{dim}, but: {reason.text}"
        if found.inbound[CALL] and reason.text.startswith("given by the call"):
            yield f"the rule cannot be asked again: {dim}"
        if reason.text.startswith("comes to") and dim not in (0, 1) and not _counts(found):
            yield f"{reason.text}"


@pytest.mark.parametrize("cls", CLASSES)
def test_reasons_end_in_the_size_that_was_inferred(cls: str) -> None:
    wrong = [(graph.layers["x"].config, problems) for graph in models_of(cls) if (problems := judged(graph))]
    assert not wrong


@pytest.mark.parametrize("cls", LAYERS)
def test_reasons_hold_whatever_comes_in(cls: str) -> None:
    @settings(max_examples=20)
    @given(st.sampled_from(rows_of_class(cls)), st.data())
    def law(row: tuple[Case, Dialect], data: st.DataObject) -> None:
        case, dialect = row
        inputs = tuple(data.draw(shapes) for _ in case.inputs)
        graph = answers.model_of(case._replace(inputs=inputs), dialect)
        assert graph is None or not judged(graph)

    law()


@pytest.mark.parametrize(
    ("cls", "config", "shape", "texts"),
    [
        ("Dense", {"units": 64}, (None, 784), ["the same as the input's", "units = 64"]),
        (
            "Conv2D",
            {"filters": 8, "kernel_size": 7, "strides": 2},
            (None, 230, None, 3),
            ["the same as the input's", "(230 - 7)//2 + 1 = 112", "(None - 7)//2 + 1 = None", "filters = 8"],
        ),
        (
            "Conv1D",
            {"filters": 8, "kernel_size": 3, "padding": "same", "strides": 2},
            (None, 9, 3),
            ["the same as the input's", "ceil(9/2) = 5", "filters = 8"],
        ),
        (
            "Conv1D",
            {"filters": 8, "kernel_size": 3, "dilation_rate": 2},
            (None, 9, 3),
            ["the same as the input's", "9 - (2*(3 - 1) + 1) + 1 = 5", "filters = 8"],
        ),
        ("Flatten", {}, (None, 7, 7, 512), ["the same as the input's", "7*7*512 = 25088"]),
        ("Flatten", {}, (None, None, 512), ["the same as the input's", "None*512 = None"]),
        (
            "ZeroPadding2D",
            {"padding": 3},
            (None, 224, 224, 3),
            ["the same as the input's", "224 + 3 + 3 = 230", "224 + 3 + 3 = 230", "the same as the input's"],
        ),
        (
            "Reshape",
            {"target_shape": [-1, 4]},
            (None, 6, 2),
            ["the same as the input's", "6*2//4 = 3", "target_shape[1] = 4"],
        ),
        ("GlobalMaxPooling1D", {}, (None, 9, 4), ["the same as the input's", "the same as the input's, axis 2"]),
        (
            "STFTSpectrogram",
            {"frame_length": 20, "expand_dims": True},
            (None, 100, 2),
            [
                "the same as the input's",
                "(100 - 20)//10 + 1 = 9",
                "(20 + 12)//2 + 1 = 17",
                "the same as the input's, axis 2",
            ],
        ),
        ("LSTM", {"units": 5}, (None, 7, 4), ["the same as the input's", "units = 5"]),
    ],
)
def test_says(cls: str, config: dict[str, Any], shape: Shape, texts: list[str]) -> None:
    (reasons,) = explain(call(cls, config, shape), CALL)
    assert [reason.text for reason in reasons or ()] == texts


def test_leads_to_the_arguments_and_sizes_behind_a_size() -> None:
    (reasons,) = explain(call("Conv1D", {"filters": 8, "kernel_size": 7, "strides": 2}, (None, 230, 3)), CALL)
    assert reasons is not None
    assert reasons[1].sources == (Source(0, 1),)
    assert (reasons[1].args, reasons[1].arg) == (("kernel_size", "strides"), None)
    assert (reasons[2].sources, reasons[2].arg) == ((), "filters")
