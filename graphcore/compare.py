"""What makes one model another: layers that came and went, that are called or say something else, and what it does.

Layers are the same by their names; where a name is gone, by their place (a layer of the class behind the same layers),
then by what they say. Both models are compared in Keras 3's terms, so that generations of Keras may be compared; an
argument that one file leaves out and the other states as its default is no difference.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .catalog import CATALOG, Catalog, Known
from .catalog.objects import class_today
from .catalog.policies import read_policy
from .catalog.spec import BadValue, Param
from .edits import GONE
from .migrate import migrate
from .model import JSON, Graph, Layer, Node, Object, Op, TensorRef, Value, exact
from .prepare import COMMON
from .report import Report, weigh
from .shapes import Shape

Kind = Literal["added", "removed", "changed"]
_MOST_NESTED = 40
"""Levels of a value that are compared piece by piece; deeper ones as they stand."""


class Shapes(NamedTuple):
    """The shapes of outputs, None where they are not known."""

    each: tuple[Shape | None, ...]


class Change(NamedTuple):
    """An argument, a call as Python writes it, or `Shapes`. A side that does not say it is `GONE`."""

    what: str
    before: JSON | Shapes
    after: JSON | Shapes


class Difference(NamedTuple):
    """What became of a layer. `path` names it in the later model, in nested ones joined by slashes.

    `was` is its path in the earlier one where that is another.
    """

    kind: Kind
    path: str
    cls: str
    was: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences of two models: of layers in the later one's order, of the models themselves, and their sizes.

    `params` are parameters before and after, None where not all weights are known; `same` counts the layers that are
    no others.
    """

    layers: tuple[Difference, ...]
    model: tuple[Change, ...]
    params: tuple[int | None, int | None]
    same: int

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.layers and not self.model


def compare(before: Report, after: Report, catalog: Catalog = CATALOG) -> Comparison:
    """What makes one model the other.

    Raises:
        ValueError: one of them has no graph.
    """
    if before.graph is None or after.graph is None:
        raise ValueError("a file without a graph cannot be compared")
    sides = tuple(_Side(report, migrate(report.graph, catalog)) for report in (before, after) if report.graph)
    walk = _Walk(sides[0], sides[1], catalog)
    walk.through()
    return Comparison(tuple(walk.layers), tuple(walk.model), (sides[0].params, sides[1].params), walk.same)


class _Side:
    """One of the two models, and what is known of it."""

    def __init__(self, report: Report, graph: Graph) -> None:
        self.graph = graph
        self.inference = report.inference
        self.params = None if report.inference is None else weigh(report.inference).totals(report.inference).total

    def shapes(self, refs: Iterable[TensorRef]) -> Shapes:
        """The shapes of tensors; those inside of nested models are not asked."""
        return Shapes(tuple(None if self.inference is None else self.inference.spec(ref).shape for ref in refs))


class _Walk:
    """Two models in step, and what was found to differ."""

    def __init__(self, before: _Side, after: _Side, catalog: Catalog) -> None:
        self.before = before
        self.after = after
        self.catalog = catalog
        self.layers: list[Difference] = []
        self.model: list[Change] = []
        self.same = 0

    def through(self) -> None:
        """Compare the models, the nested ones in them, and what was said beside them."""
        old, new = self.before.graph, self.after.graph
        waiting = [(old, new, "", "")]
        while waiting:
            waiting += self._graphs(*waiting.pop())
        self.model += self._arguments(old.config, new.config, _MODEL)
        self.model += self._arguments(_compiled(old), _compiled(new), _MODEL, "compiled with ")
        self.model += self._shape_change(old.output_refs, new.output_refs)

    def _graphs(self, old: Graph, new: Graph, was: str, path: str) -> list[tuple[Graph, Graph, str, str]]:
        """Compare two graphs, whose layers' paths begin so, and give the pairs of nested ones in them."""
        names = _paired(old, new)
        partners = {to: name for name, to in names.items()}
        calls = _calls_of(old), _calls_of(new)
        self.layers += [
            Difference("removed", was + name, layer.op.cls) for name, layer in old.layers.items() if name not in names
        ]
        inside = []
        for name, layer in new.layers.items():
            partner = partners.get(name)
            if partner is None:
                self.layers.append(Difference("added", path + name, layer.op.cls))
                continue
            former = old.layers[partner]
            changes = list(self._changes(former, layer))
            changes += _call_changes(calls[0][partner], calls[1][name], names, self._words_of_call(layer.op))
            if changes and not path:
                changes += self._shape_change([TensorRef(partner, 0, 0)], [TensorRef(name, 0, 0)])
            moved = was + partner if was + partner != path + name else None
            if changes or moved is not None:
                self.layers.append(Difference("changed", path + name, layer.op.cls, moved, tuple(changes)))
            else:
                self.same += 1
            if former.body is not None and layer.body is not None:
                inside.append((former.body, layer.body, f"{was}{partner}/", f"{path}{name}/"))
        self.model += _ends_changes(old, new, names, path)
        return inside

    def _words_of_call(self, op: Op) -> tuple[str, ...]:
        """What the arguments of a call are called that may stand without their names."""
        kind = self.catalog.classify(op, "keras3")
        signature = kind.entry.call if isinstance(kind, Known) else None
        return () if signature is None else signature.names

    def _shape_change(self, before: Sequence[TensorRef], after: Sequence[TensorRef]) -> Iterator[Change]:
        shapes = self.before.shapes(before), self.after.shapes(after)
        if shapes[0] != shapes[1]:
            yield Change("output shape" if len(before) == len(after) == 1 else "output shapes", *shapes)

    def _changes(self, before: Layer, after: Layer) -> Iterator[Change]:
        """What two layers say differently, class and arguments."""
        if before.op.cls != after.op.cls:
            yield Change("class", before.op.cls, after.op.cls)
        yield from self._arguments(before.config, after.config, after.op)

    def _arguments(
        self, before: Mapping[str, JSON], after: Mapping[str, JSON], op: Op, way: str = "", depth: int = 0
    ) -> Iterator[Change]:
        """Arguments of one class that differ, those of an object of one class among them by its own: `layer.units`."""
        kind = self.catalog.classify(op, "keras3")
        params = kind.entry.by_name if isinstance(kind, Known) else {}
        for key in dict.fromkeys((*before, *after)):
            old, new = before.get(key, GONE), after.get(key, GONE)
            if key in _RECORDS or says_same(old, new, params.get(key) or COMMON.get(key)):
                continue
            if depth < _MOST_NESTED and _are_of_one_class(old, new):
                inner = Op(old["class_name"], new.get("module"), new.get("registered_name"))
                yield from self._arguments(old["config"], new["config"], inner, f"{way}{key}.", depth + 1)
            else:
                yield Change(f"{way}{key}", old, new)


_MODEL = Op("Model")
_RECORDS = frozenset({"name", "build_input_shape"})
"""What is in a config and no argument of anybody: layers are told apart elsewhere, and how one was built follows."""


def says_same(before: JSON, after: JSON, param: Param | None = None) -> bool:
    """Whether two values of an argument mean the same; `GONE` means its default."""
    if param is not None and param.name == "dtype":
        return _policy(before) == _policy(after)
    given = [_plain(None if value is GONE else value) for value in (before, after)]
    if exact(given[0]) == exact(given[1]) or _short(given[0]) == _short(given[1]) != "":
        return True
    if param is None:
        return False
    meant = [_meant(value, param) for value in (before, after)]
    return meant[0] is not None and (meant[0] == meant[1] or _short(meant[0]) == _short(meant[1]) != "")


def _meant(said: JSON, param: Param) -> JSON:
    """What a rule would get; None where it would get nothing."""
    if said is GONE:
        return param.default
    try:
        return param.read(said)
    except BadValue:
        return None


def _policy(said: JSON) -> object:
    try:
        return read_policy(None if said is GONE else said, "keras3")
    except BadValue:
        return exact(said)


def _are_of_one_class(before: JSON, after: JSON) -> bool:
    return all(isinstance(one, dict) and isinstance(one.get("config"), dict) for one in (before, after)) and (
        isinstance(before["class_name"], str) and _class_of(before) == _class_of(after)
    )


def _plain(value: JSON, depth: int = 0) -> JSON:
    """A value without the homes of its classes and their arguments that are null; lists and tuples alike."""
    if depth > _MOST_NESTED:
        return value
    if isinstance(value, dict):
        if "class_name" in value and isinstance(value.get("config"), dict):
            said = {key: item for key, item in value["config"].items() if item is not None}
            value = {"class_name": _class_of(value), "config": said}
        return {key: _plain(value[key], depth + 1) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    return value


def _class_of(said: Mapping[str, JSON]) -> JSON:
    name = said["class_name"]
    return class_today(name) if isinstance(name, str) else name


def _short(value: JSON) -> str:
    """The name of a class that is said without arguments, as `glorot_uniform` or as an object; else nothing."""
    if isinstance(value, dict):
        value = _plain(value).get("class_name") if not _plain(value).get("config", True) else None
    return value.replace("_", "").lower() if isinstance(value, str) else ""


# --- which layer is which ---------------------------------------------------------------------------------------------


def _paired(before: Graph, after: Graph) -> dict[str, str]:
    """The later names of layers that are the same in both, by their earlier ones."""
    names = {name: name for name in before.layers if name in after.layers}
    free = {name: None for name in after.layers if name not in names}
    for match in (_by_place, _by_words, _by_place):
        if len(names) < len(before.layers) and free:
            match(before, after, names, free)
    return names


def _by_place(before: Graph, after: Graph, names: dict[str, str], free: dict[str, None]) -> None:
    """Pair layers of one class whose calls take the same layers' outputs, in the file's order: earlier ones first."""
    feeders = _feeders(after)
    places: defaultdict[tuple[object, ...], deque[str]] = defaultdict(deque)
    for name in free:
        places[after.layers[name].op.cls, *feeders[name]].append(name)
    for name, feeding in _feeders(before).items():
        if name in names:
            continue
        found = places.get((before.layers[name].op.cls, *(names.get(feeder) for feeder in feeding)))
        if found:
            names[name] = found.popleft()
            del free[names[name]]


def _by_words(before: Graph, after: Graph, names: dict[str, str], free: dict[str, None]) -> None:
    """Pair layers of one class that say the same, in the file's order."""
    said: defaultdict[object, list[str]] = defaultdict(list)
    for name in reversed(free):
        said[_words(after.layers[name])].append(name)
    for name, layer in before.layers.items():
        if name not in names and said.get(_words(layer)):
            names[name] = said[_words(layer)].pop()
            del free[names[name]]


def _words(layer: Layer) -> tuple[str, bytes | None]:
    config = {key: value for key, value in layer.config.items() if key != "name"}
    return layer.op.cls, exact(_plain(config))


def _feeders(graph: Graph) -> dict[str, list[str]]:
    """The layers whose outputs each layer takes, call by call; of a Sequential the layer before."""
    if graph.kind == "sequential":
        order = list(graph.layers)
        return {name: order[i - 1 : i] if i else [] for i, name in enumerate(order)}
    found: dict[str, list[str]] = {name: [] for name in graph.layers}
    for key, node in graph.nodes.items():
        found[key.layer] += [ref.layer for _, ref in node.tensors()]
    return found


# --- calls ------------------------------------------------------------------------------------------------------------


def _calls_of(graph: Graph) -> dict[str, list[Node]]:
    """Each layer's calls; those of a Sequential are not said but follow from its order."""
    found: dict[str, list[Node]] = {name: [] for name in graph.layers}
    if graph.kind == "functional":
        for node in graph.nodes.values():
            found[node.key.layer].append(node)
    return found


def _call_changes(
    before: list[Node], after: list[Node], names: Mapping[str, str], words: Sequence[str]
) -> Iterator[Change]:
    """Calls that take other tensors or arguments; a tensor of a layer that has another name now is the same."""
    most = max(len(before), len(after))
    for i in range(most):
        old, new = (calls[i] if i < len(calls) else None for calls in (before, after))
        if old is None or new is None or _tree(_given(old, words), names) != _tree(_given(new, words), {}):
            sides = (GONE if node is None else said_call(node) for node in (old, new))
            yield Change("call" if most == 1 else f"call {i}", *sides)


def _given(node: Node, words: Sequence[str]) -> dict[str, Value]:
    """A call's arguments by name, or place where they have none; one that is None is not given."""
    placed = {(words[i] if i < len(words) else str(i)): value for i, value in enumerate(node.args)}
    return {**placed, **{key: value for key, value in node.kwargs.items() if value is not None}}


def _tree(value: Value, names: Mapping[str, str]) -> object:
    """What equals the tree of another call that says the same, layers called by their later names."""
    if isinstance(value, TensorRef):
        return ("tensor", names.get(value.layer, value.layer), value.node, value.tensor)
    if isinstance(value, Object):
        return ("object", value.cls, exact(_plain(value.config)))
    if isinstance(value, dict):
        return ("dict", *((key, _tree(value[key], names)) for key in sorted(value)))
    if isinstance(value, (tuple, list)):
        return ("list", *(_tree(item, names) for item in value))
    return ("value", type(value).__name__, value)


def said_call(node: Node) -> str:
    """A call as a reader of Python would write its arguments: `flatten, value=keys`."""
    parts = [*map(_said, node.args)]
    parts += [f"{key}={_said(value)}" for key, value in node.kwargs.items() if value is not None]
    return ", ".join(parts)


def _said(value: Value) -> str:
    if isinstance(value, TensorRef):
        return said_tensor(value)
    if isinstance(value, Object):
        return f"{value.cls}(…)"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_said(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(map(_said, value)) + "]"
    return repr(value)


def said_tensor(ref: TensorRef) -> str:
    """A tensor by its layer, `layer:call` or `layer:call:output` where it is not the first, as `explain` takes it."""
    return ":".join((ref.layer, *map(str, (ref.node, ref.tensor) if ref.tensor else (ref.node,) if ref.node else ())))


# --- models -----------------------------------------------------------------------------------------------------------


def _ends_changes(before: Graph, after: Graph, names: Mapping[str, str], path: str) -> Iterator[Change]:
    """Inputs and outputs that are others; those of a Sequential follow from its layers."""
    at = f"{path.rstrip('/')}: " if path else ""
    if before.kind != after.kind:
        yield Change(f"{at}class", before.op.cls, after.op.cls)
    elif before.kind == "functional":
        for what, old, new in (("inputs", before.inputs, after.inputs), ("outputs", before.outputs, after.outputs)):
            if _tree(old, names) != _tree(new, {}):
                yield Change(f"{at}{what}", _said(old), _said(new))


def _compiled(graph: Graph) -> Mapping[str, JSON]:
    """What the model was compiled with: optimizer, loss, metrics."""
    said = graph.extras.get("compile_config")
    return said if isinstance(said, dict) else {}
