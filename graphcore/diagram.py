"""A graph and what is known about it as boxes and wires, as Keras's `plot_model` draws them. Knows no renderer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count as count_up
from itertools import takewhile
from typing import Any, Literal, NamedTuple

from .catalog import CATALOG, Catalog
from .catalog.rules import plus
from .catalog.spec import OpDef
from .check import check_graph
from .inference import Inference, count, is_frozen
from .model import Graph, Layer, NodeKey, TensorRef, has_output
from .name_pattern import in_range
from .render.plain_text import thousands
from .report import activation_bytes
from .shapes import TensorSpec, show

MOST_NESTED = 30
"""Models in models that are opened; deeper ones stay boxes. Renderers go into frames by recursion."""
MOST_TEXT = 1_000
"""Characters of a cell: a Concatenate may have 100,000 inputs."""

Path = tuple[str, ...]
Heat = Literal["parameters", "multiply_adds", "activation_bytes"]
HEATS: Mapping[str, str] = {
    "parameters": "Parameters",
    "multiply_adds": "Multiply-adds",
    "activation_bytes": "Activation bytes",
}
"""What layers can be coloured by, and how it is written."""


class Options(NamedTuple):
    """What boxes show; the names are those of `plot_model`'s arguments."""

    show_shapes: bool = False
    show_dtype: bool = False
    show_layer_names: bool = True
    expand_nested: bool = False
    show_layer_activations: bool = False
    show_trainable: bool = False
    layer_range: tuple[str, str] | None = None
    heat: Heat | None = None


class Cell(NamedTuple):
    """A fact in a box: `Input shape` and `(None, 8)`."""

    label: str
    text: str


class Warmth(NamedTuple):
    """An amount of a layer, and how warm that is beside the largest one: 0 for nothing, 5 for the most, else None."""

    cell: Cell
    step: int | None


class Box(NamedTuple):
    """One layer, however often it is called. `name` is None where names are not shown.

    `is_trainable` is None where it is not shown. `marks` are the codes of the errors that are here.
    """

    name: str | None
    class_name: str
    activation: str | None
    cells: tuple[Cell, ...]
    is_trainable: bool | None
    marks: tuple[str, ...]
    warmth: Warmth | None = None


class Frame(NamedTuple):
    """A model around its boxes: numbers of boxes, and the frames of models inside."""

    name: str
    items: tuple[int | Frame, ...]


class Diagram(NamedTuple):
    """Boxes by number, the frame around all of them, and each wire once: from, to."""

    boxes: tuple[Box, ...]
    frame: Frame
    wires: tuple[tuple[int, int], ...]


def draw_diagram(graph: Graph, inference: Inference, options: Options, *, catalog: Catalog = CATALOG) -> Diagram:
    """The diagram of a model.

    Raises:
        ValueError: `layer_range` names no layers of this model, or is no pattern.
    """
    drawing = _Drawing(options, catalog, _marks(graph, inference))
    frame, _ = drawing.frame(graph, inference, ())
    boxes = drawing.boxes if options.heat is None else _warmed(drawing.boxes, drawing.amounts, options.heat)
    return Diagram(tuple(boxes), frame, tuple(drawing.wires))


def _warmed(boxes: Sequence[Box], amounts: Sequence[int | None], heat: Heat) -> Iterator[Box]:
    most = max((amount for amount in amounts if amount is not None), default=0)
    for box, amount in zip(boxes, amounts, strict=True):
        text = "unknown" if amount is None else thousands(amount)
        yield box._replace(warmth=Warmth(Cell(HEATS[heat], text), None if amount is None else _step(amount, most)))


def _step(amount: int, most: int) -> int:
    """5 down to half of the most, each step below down to half of the one above it."""
    return 0 if amount == 0 else max(1, 6 - (most // amount).bit_length())


def _amount(name: str, inference: Inference, heat: Heat) -> int | None:
    """How much of something all calls of a layer have; None where it is unknown."""
    if heat == "parameters":
        weights = inference.weights.get(name)
        return None if weights is None else plus(*count(weights))
    calls = list(takewhile(inference.inbound.__contains__, (NodeKey(name, i) for i in count_up())))
    if heat == "multiply_adds":
        return plus(*(inference.costs.get(key) for key in calls))
    return plus(*(activation_bytes(inference.specs.get(key, ())) for key in calls))


def _marks(graph: Graph, inference: Inference) -> Mapping[tuple[Path, str], list[str]]:
    """The codes of errors by the layer where they are; errors inside a nested model mark it too."""
    marks: dict[tuple[Path, str], list[str]] = {}
    for problem in (*inference.diagnostics, *check_graph(graph, inference)):
        if problem.severity != "error":
            continue
        at = problem.at
        places = [(at.path[:i], name) for i, name in enumerate(at.path)]
        if at.layer is not None:
            places.append((at.path, at.layer))
        for place in places:
            codes = marks.setdefault(place, [])
            if problem.code not in codes:
                codes.append(problem.code)
    return marks


class _Scope:
    """A model that is drawn as a frame: the boxes of its layers, and the scopes of those that are frames themselves."""

    def __init__(self, graph: Graph, drawn: tuple[str, ...]) -> None:
        self.graph = graph
        self.drawn = drawn
        self.boxes: dict[str, int] = {}
        self.scopes: dict[str, _Scope] = {}


class _Drawing:
    def __init__(self, options: Options, catalog: Catalog, marks: Mapping[tuple[Path, str], list[str]]) -> None:
        self.options = options
        self.catalog = catalog
        self.marks = marks
        self.boxes: list[Box] = []
        self.amounts: list[int | None] = []
        self.wires: dict[tuple[int, int], None] = {}

    def frame(self, graph: Graph, inference: Inference, path: Path) -> tuple[Frame, _Scope]:
        """A model's boxes and frames. Recursive, `MOST_NESTED` deep."""
        scope = _Scope(graph, _drawn_layers(graph, self.options.layer_range if not path else None))
        items: list[int | Frame] = []
        for name in scope.drawn:
            layer = graph.layers[name]
            body = inference.bodies.get(name)
            is_opened = self.options.expand_nested and layer.body is not None and len(path) < MOST_NESTED
            if is_opened and layer.body is not None:
                inside = body if body is not None else Inference(layer.body)
                frame, scope.scopes[name] = self.frame(layer.body, inside, (*path, name))
                items.append(frame)
            else:
                scope.boxes[name] = len(self.boxes)
                items.append(len(self.boxes))
                self.boxes.append(self._box(layer, inference, path))
                if self.options.heat is not None:
                    self.amounts.append(_amount(name, inference, self.options.heat))
        self._wire(scope, inference)
        return Frame(graph.name, tuple(items)), scope

    def _box(self, layer: Layer, inference: Inference, path: Path) -> Box:
        options, name = self.options, layer.name
        entry = self.catalog.find(layer.op, "keras2" if inference.graph.dialect == "keras2" else "keras3")
        cells: list[Cell] = []
        if options.show_shapes:
            if entry is None or entry.inputs.form != "source":
                cells.append(Cell("Input shape", _shapes(*_inputs(layer, inference))))
            cells.append(Cell("Output shape", _shapes(*_outputs(layer, inference))))
        if options.show_dtype:
            cells.append(Cell("Output dtype", _dtypes(*_outputs(layer, inference))))
        is_trainable = None
        if options.show_trainable and inference.weights.get(name):
            is_trainable = not is_frozen(inference.graph, layer)
        return Box(
            name if options.show_layer_names else None,
            layer.op.cls,
            _activation(layer, entry) if options.show_layer_activations else None,
            tuple(cells),
            is_trainable,
            tuple(self.marks.get((path, name), ())),
        )

    def _wire(self, scope: _Scope, inference: Inference) -> None:
        """The wires of one model, into and out of the frames inside it."""
        for key, tensors in inference.inbound.items():
            if key.layer not in scope.boxes and key.layer not in scope.scopes:
                continue
            for i, (_, ref) in enumerate(tensors):
                start, end = _start(scope, ref), _end(scope, key.layer, i)
                if start is not None and end is not None:
                    self.wires[start, end] = None


def _drawn_layers(graph: Graph, layer_range: tuple[str, str] | None) -> tuple[str, ...]:
    """The layers that have a box. Keras counts the input of a Sequential among no layers."""
    inputs = {ref.layer for ref in graph.input_refs} if graph.kind == "sequential" else ()
    names = [name for name in graph.layers if name not in inputs]
    return tuple(names if layer_range is None else in_range(names, layer_range))


def _start(scope: _Scope, ref: TensorRef) -> int | None:
    """The box that gives a tensor: inside a frame, the one that makes this output of the model."""
    while ref.layer in scope.scopes:
        scope = scope.scopes[ref.layer]
        outputs = scope.graph.output_refs
        if not has_output(ref, len(outputs)):
            return None
        ref = outputs[ref.tensor]
    return scope.boxes.get(ref.layer)


def _end(scope: _Scope, name: str, i: int) -> int | None:
    """The box that takes the input number `i` of a layer: inside a frame, the one for this input of the model."""
    while name in scope.scopes:
        scope = scope.scopes[name]
        if scope.graph.kind == "sequential":
            if not scope.drawn:
                return None
            name = scope.drawn[0]
        else:
            inputs = scope.graph.input_refs
            if i >= len(inputs):
                return None
            name = inputs[i].layer
    return scope.boxes.get(name)


Tree = Any
"""A tensor (a TensorRef or its TensorSpec), or a tuple or dict of such trees; None where a layer is never called."""
Show = Callable[[TensorSpec], str]


def _inputs(layer: Layer, inference: Inference) -> tuple[Tree, Inference]:
    """What comes into the first call; into a Functional, its own inputs as it names them."""
    body = inference.bodies.get(layer.name)
    if body is not None and layer.body is not None and layer.body.kind == "functional":
        return layer.body.inputs, body
    tensors = inference.inbound.get(NodeKey(layer.name, 0))
    return None if tensors is None else _single([ref for _, ref in tensors]), inference


def _outputs(layer: Layer, inference: Inference) -> tuple[Tree, Inference]:
    body = inference.bodies.get(layer.name)
    if body is not None and layer.body is not None and layer.body.kind == "functional":
        return layer.body.outputs, body
    outputs = inference.specs.get(NodeKey(layer.name, 0))
    return None if outputs is None else _single(list(outputs)), inference


def _single(tensors: list[Any]) -> Tree:
    return tensors[0] if len(tensors) == 1 else tensors


def _shapes(tree: Tree, inference: Inference) -> str:
    """As Keras prints them: a tuple, a list of them, names and tuples without braces."""
    if isinstance(tree, dict):
        text = ", ".join(f"{key}: {_printed(value, inference, _shape)}" for key, value in tree.items())
    else:
        text = _printed(tree, inference, _shape)
    return text.replace("{", "").replace("}", "")


def _shape(spec: TensorSpec) -> str:
    return show(spec.shape)


def _dtypes(tree: Tree, inference: Inference) -> str:
    text = _printed(tree, inference, lambda spec: "unknown" if spec.dtype is None else repr(spec.dtype))
    return text if isinstance(tree, (list, tuple, dict)) and not isinstance(tree, TensorRef) else text.strip("'")


def _printed(tree: Tree, inference: Inference, shown: Show) -> str:
    """A tree as Python prints it, as far as anybody reads."""
    parts: list[str] = []
    length = 0
    stack: list[Any] = [tree]
    while stack and length < MOST_TEXT:
        value = stack.pop()
        if isinstance(value, TensorRef):
            value = inference.spec(value)
        if isinstance(value, dict):
            stack.append("}")
            for i, key in reversed(list(enumerate(value))):
                stack += [value[key], f"{', ' if i else ''}{key!r}: "]
            value = "{"
        elif isinstance(value, (list, tuple)):
            stack.append("]")
            for i in range(len(value) - 1, -1, -1):
                stack += [value[i], ", "] if i else [value[i]]
            value = "["
        elif isinstance(value, TensorSpec):
            value = shown(value)
        elif value is None:
            value = "unknown"
        parts.append(value)
        length += len(value)
    return "".join(parts)


def _activation(layer: Layer, entry: OpDef | None) -> str | None:
    """The name of the function that a layer ends with, None where it has no such argument."""
    param = entry.by_name.get("activation") if entry is not None else None
    if param is None:
        return None
    said = layer.config.get("activation", param.default)
    if isinstance(said, dict):
        config = said.get("config")
        inner = config.get("name") if isinstance(config, dict) else config
        return str(inner if isinstance(inner, str) else said.get("class_name"))
    if said is None:
        return "linear"
    return _FUNCTIONS.get(str(said), str(said))


# Names under which Keras finds a function of another name.
_FUNCTIONS = {"swish": "silu", "hard_swish": "hard_silu"}
