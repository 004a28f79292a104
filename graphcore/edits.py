"""A document seen flat, and changes to it as reversible diffs: undo, autosave and fixes are one mechanism.

    document                what stands beside the parts below
    model                   the model without its layers
    layer/<path>            a layer's entry without its calls (of a nested model: without its layers)
    call/<path>/<k>         one entry of its inbound_nodes
    view/<what>/<name>      plan/<key>      contracts/<class>

A path joins nested names: `encoder/dense1`. In a name, `~1` is a slash and `~0` a tilde; `~2` at its end is the second
layer of that name. A model without `input_layers`, as a Sequential is, carries `order`, its layers' names in order.

Values are the parsed JSON itself, shared and never changed. A diff maps record keys to values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal, TypeAlias

from .model import JSON, Graph, Layer, TensorRef

Records: TypeAlias = "Mapping[str, JSON]"


class _Gone:
    """Marks what is not there; a record may be null."""

    def __repr__(self) -> str:
        return "GONE"


GONE: Final = _Gone()


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """A change: records that come, that change (from, to), and that go."""

    added: Mapping[str, JSON] = field(default_factory=dict)
    updated: Mapping[str, tuple[JSON, JSON]] = field(default_factory=dict)
    removed: Mapping[str, JSON] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.updated or self.removed)


def records(document: Mapping[str, JSON]) -> dict[str, JSON]:
    """A document's records. Whatever it does not know stays in them."""
    found: dict[str, JSON] = {"document": _without(document, "model", "view", "plan", "contracts")}
    if "model" in document:
        found["model"] = None
        found["model"] = _flatten(document["model"], found)
    for what, named in _items(document.get("view")):
        for name, value in _items(named):
            found[f"view/{what}/{name}"] = value
    for key, value in _items(document.get("plan")):
        found[f"plan/{key}"] = value
    for name, value in _items(document.get("contracts")):
        found[f"contracts/{name}"] = value
    return found


def from_records(records: Records) -> dict[str, JSON]:
    """The document of records; it always can be made."""
    layers: dict[str, list[str]] = {}
    calls: dict[str, list[tuple[int, JSON]]] = {}
    view: dict[str, dict[str, JSON]] = {"positions": {}, "groups": {}, "notes": {}}
    plan: dict[str, JSON] = {}
    contracts: dict[str, JSON] = {}
    for key, value in records.items():
        kind, _, rest = key.partition("/")
        if kind == "layer":
            layers.setdefault(parent_of(rest), []).append(rest)
        elif kind == "call":
            number = last_of(rest)
            calls.setdefault(parent_of(rest), []).append((int(number) if number.isdecimal() else 0, value))
        elif kind == "plan":
            plan[rest] = value
        elif kind == "contracts":
            contracts[rest] = value
        elif kind == "view":
            what, _, name = rest.partition("/")
            view.setdefault(what, {})[name] = value
    rest = records.get("document", {"layerwright": 1})
    document: dict[str, JSON] = {**rest} if isinstance(rest, dict) else {"layerwright": 1}
    if "model" in records:
        document["model"] = _Rebuilding(records, layers, calls).model()
    return {**document, "view": view, "plan": plan} | ({"contracts": contracts} if contracts else {})


def apply(records: Records, diff: GraphDiff) -> dict[str, JSON]:
    """The records after a change."""
    after = {key: value for key, value in records.items() if key not in diff.removed}
    after.update(diff.added)
    after.update((key, to) for key, (_, to) in diff.updated.items())
    return after


def reverse(diff: GraphDiff) -> GraphDiff:
    """The change that takes a change back."""
    return GraphDiff(diff.removed, {key: (to, was) for key, (was, to) in diff.updated.items()}, diff.added)


def squash(first: GraphDiff, second: GraphDiff) -> GraphDiff:
    """One change that does what `first` and then `second` do."""
    before: dict[str, JSON] = {}
    after: dict[str, JSON] = {}
    for diff in (first, second):
        for key, was, to in _changes(diff):
            before.setdefault(key, was)
            after[key] = to
    return _between(before, after)


def diff_of(records: Records, wanted: Mapping[str, JSON]) -> GraphDiff:
    """The change that gives each named record its new value; GONE removes it."""
    return _between({key: records.get(key, GONE) for key in wanted}, wanted)


def as_json(diff: GraphDiff) -> dict[str, JSON]:
    """A change as fixes carry it and as the editor reads it."""
    updated = {key: [was, to] for key, (was, to) in diff.updated.items()}
    return {"added": dict(diff.added), "updated": updated, "removed": dict(diff.removed)}


def from_json(value: Mapping[str, JSON]) -> GraphDiff:
    """The change that `as_json` gave."""
    updated = {key: (was, to) for key, (was, to) in value.get("updated", {}).items()}
    return GraphDiff(value.get("added", {}), updated, value.get("removed", {}))


# --- paths ------------------------------------------------------------------------------------------------------------


def path_of(graph: Graph, names: Sequence[str]) -> str:
    """The path of a layer of a graph, named by its keys: those of the nested models around it, then its own."""
    parts = []
    inside: Graph | None = graph
    for name in names:
        layer = inside.layers.get(name) if inside is not None else None
        said = said_name(inside, layer) if inside is not None and layer is not None else name
        parts.append(escape_name(said) + name[len(said) :])
        inside = layer.body if layer is not None else None
    return "/".join(parts)


def said_name(graph: Graph, layer: Layer) -> str:
    """The name that a layer has in its file: a second one of a name is kept as `name~2`."""
    stem, tilde, number = layer.name.rpartition("~")
    if not tilde or not number.isdecimal() or stem not in graph.layers:
        return layer.name
    return layer.name if layer.config.get("name") == layer.name else stem


def escape_name(name: str) -> str:
    """A name as a part of a path. The empty path is the model itself: a layer without a name must not have it."""
    if not name:
        return "~"
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


def unescape_name(part: str) -> str:
    """The name that a part of a path stands for."""
    if part == "~":
        return ""
    return part.replace("~1", "/").replace("~0", "~")


def parent_of(path: str) -> str:
    """The path of the model that a layer lies in; "" is the outermost."""
    return path.rpartition("/")[0]


def last_of(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


def join_path(parent: str, name: str) -> str:
    """The path of a layer named `name` in the model at `parent`."""
    return f"{parent}/{escape_name(name)}" if parent else escape_name(name)


def model_key(path: str) -> str:
    """The key of the record that holds a model's inputs and outputs."""
    return f"layer/{path}" if path else "model"


# --- intents ----------------------------------------------------------------------------------------------------------


def set_argument(records: Records, path: str, name: str, value: JSON) -> GraphDiff:
    """Give an argument of a layer a value; GONE goes back to Keras's default."""
    change = _Change(records)
    entry = records.get(f"layer/{path}")
    if isinstance(entry, dict):
        said = entry.get("config")
        config = said if isinstance(said, dict) else {}
        config = _without(config, name) if value is GONE else {**config, name: value}
        change.set(f"layer/{path}", {**entry, "config": config})
        change.forget_shapes([path])
    return change.diff()


def set_field(records: Records, path: str, key: str, value: JSON) -> GraphDiff:
    """Give a key of a layer's entry (`class_name`, `build_config`) a value; GONE removes it. Recorded shapes stay."""
    entry = records.get(model_key(path))
    if not isinstance(entry, dict):
        return GraphDiff()
    changed = _without(entry, key) if value is GONE else {**entry, key: value}
    return diff_of(records, {model_key(path): changed})


def rename_argument(records: Records, path: str, name: str, to: str) -> GraphDiff:
    """Call an argument of a layer by another name, at its place."""
    change = _Change(records)
    entry = records.get(f"layer/{path}")
    if isinstance(entry, dict) and isinstance(entry.get("config"), dict) and name in entry["config"]:
        config = {to if key == name else key: value for key, value in entry["config"].items()}
        change.set(f"layer/{path}", {**entry, "config": config})
        change.forget_shapes([path])
    return change.diff()


def rename_layer(records: Records, path: str, name: str) -> GraphDiff:
    """Rename a layer and whatever speaks of it. A name that is taken or empty changes nothing."""
    change = _Change(records)
    entry = records.get(f"layer/{path}")
    parent = parent_of(path)
    to = join_path(parent, name)
    if not isinstance(entry, dict) or not name or f"layer/{to}" in records:
        return GraphDiff()
    old = _name_in(entry, path)
    for key, value in records.items():
        moved = _moved_key(key, path, to)
        if moved is not None:
            change.set(key, GONE)
            change.set(moved, value)
    renamed = dict(entry)
    if isinstance(entry.get("config"), dict):
        renamed["config"] = {**entry["config"], "name": name}
    if "name" in entry or "config" not in renamed:
        renamed["name"] = name
    change.set(f"layer/{to}", renamed)
    if join_path(parent, old) == path:  # no reference can mean a second layer of a name
        change.redirect(parent, old, lambda ref: ref._replace(layer=name), forget=False)
    change.rename_in_order(parent, last_of(path), last_of(to))
    return change.diff()


def connect(records: Records, source: TensorRef, path: str, node_index: int = 0, arg: str = "args/0") -> GraphDiff:
    """Make a tensor the argument of a call (`args/0`, `args/0/1`, `kwargs/value`); a new one is added at its end."""
    change = _Change(records)
    if not isinstance(records.get(f"layer/{path}"), dict):
        return GraphDiff()
    key = f"call/{path}/{node_index}"
    call = records.get(key, {"args": [], "kwargs": {}})
    change.set(key, _set_at(call, arg.split("/"), keras_tensor(source)))
    change.forget_shapes([path])
    return change.diff()


def delete_layers(records: Records, paths: Sequence[str], wire: Literal["keep", "cut"] = "keep") -> GraphDiff:
    """Delete layers; keeping the wire, who took a layer's output takes what the layer took first."""
    change = _Change(records)
    for path in paths:
        entry = change.get(f"layer/{path}")
        if not isinstance(entry, dict):
            continue
        parent, name = parent_of(path), _name_in(entry, path)
        fed = next((ref for ref, _ in tensors_of(change.get(f"call/{path}/0"))), None)
        instead = fed if wire == "keep" else None
        for key in records:
            if _moved_key(key, path, path) is not None:
                change.set(key, GONE)
        if join_path(parent, name) == path:
            change.redirect(parent, name, lambda _, instead=instead: instead)  # type: ignore[misc]  # bound at once
        change.rename_in_order(parent, last_of(path), None)
    return change.diff()


def set_ends(
    records: Records, side: Literal["input_layers", "output_layers"], ends: JSON, parent: str = ""
) -> GraphDiff:
    """Give a functional model other inputs or outputs: the tree as the config has it, with our numbers."""
    model = records.get(model_key(parent))
    if not isinstance(model, dict) or not isinstance(model.get("config"), dict):
        return GraphDiff()
    changed = {**model, "config": {**model["config"], side: ends}}
    return diff_of(records, {model_key(parent): changed})


def keras_tensor(ref: TensorRef) -> dict[str, JSON]:
    """A tensor as calls hold it, without a recorded shape: it is inferred."""
    return {"class_name": "__keras_tensor__", "config": {"dtype": "float32", "keras_history": list(ref)}}


def tensors_of(call: JSON) -> list[tuple[TensorRef, str]]:
    """The tensors that a call's record takes, in the order written, with their ways: `args/0/1`, `kwargs/value`."""
    found: list[tuple[TensorRef, str]] = []

    def note(tensor: JSON, way: str) -> JSON:
        ref = history_of(tensor)
        if ref is not None:
            found.append((ref, way))
        return tensor

    map_tensors(call, note)
    return found


def map_tensors(value: JSON, replace: Callable[[JSON, str], JSON], way: str = "") -> JSON:
    """The value with each `__keras_tensor__` in it replaced; parts without one stay the same object.

    Recursion is bounded: a call nested deeper than its reader allows is left as it is.
    """
    return _map(value, replace, way, 0)


def history_of(tensor: JSON) -> TensorRef | None:
    """What a `__keras_tensor__` names; None where it names nothing."""
    config = tensor.get("config") if isinstance(tensor, dict) else None
    history = config.get("keras_history") if isinstance(config, dict) else None
    if not isinstance(history, list) or len(history) < 3:
        return None
    layer, node, index = history[:3]
    return TensorRef(layer, node, index) if type(layer) is str and type(node) is int and type(index) is int else None


# --- inside -----------------------------------------------------------------------------------------------------------

_MOST_NESTED = 64
_DROPPED: Final[dict[str, JSON]] = {"class_name": "dropped"}


def _flatten(model: JSON, found: dict[str, JSON]) -> JSON:
    """The record of a model; those of its layers go into `found`, nested ones after what they lie in."""
    top, waiting = _split(model, "")
    while waiting:
        path, entry = waiting.pop()
        key = f"layer/{path}"
        found[key] = None  # its place, before what is inside it
        record, inner = _split(entry, path)
        calls = entry.get("inbound_nodes") if isinstance(entry, dict) else None
        if isinstance(calls, list):
            record = _without(record, "inbound_nodes")
            found.update((f"call/{path}/{k}", call) for k, call in enumerate(calls))
        found[key] = record
        waiting += inner
    return top


def _split(model: JSON, parent: str) -> tuple[JSON, list[tuple[str, JSON]]]:
    """A model without its layers, and these by path, last first; anything else is itself, without layers."""
    config = model.get("config") if isinstance(model, dict) else None
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        return model, []
    names: list[str] = []
    taken: set[str] = set()
    entries: list[tuple[str, JSON]] = []
    for entry in config["layers"]:
        name = _unique(escape_name(_name_of(entry)), taken)
        names.append(name)
        entries.append((f"{parent}/{name}" if parent else name, entry))
    record: dict[str, JSON] = {**model, "config": _without(config, "layers")}
    if not holds_layers(record):
        record["order"] = names
    return record, entries[::-1]


def holds_layers(record: JSON) -> bool:
    """Whether a record stands for a model, outermost or nested."""
    if not isinstance(record, dict):
        return False
    return isinstance(record.get("order"), list) or (
        isinstance(record.get("config"), dict) and "input_layers" in record["config"]
    )


def is_sequential(record: JSON) -> bool:
    """Whether a model's record is that of a Sequential."""
    return isinstance(record, dict) and record.get("class_name") == "Sequential"


class _Rebuilding:
    """Records on their way into a model, insides first."""

    def __init__(
        self,
        records: Records,
        layers: Mapping[str, list[str]],
        calls: Mapping[str, list[tuple[int, JSON]]],
    ) -> None:
        self.records = records
        self.layers = layers
        self.calls = calls

    def model(self) -> JSON:
        models = [""]
        for path in models:  # grows on the way
            models += [inner for inner in self.layers.get(path, ()) if holds_layers(self.records.get(f"layer/{inner}"))]
        made: dict[str, JSON] = {}
        for path in reversed(models):
            made[path] = self._rebuild(self.records.get(model_key(path)), path, made)
        return made[""]

    def _rebuild(self, record: JSON, path: str, made: Mapping[str, JSON]) -> JSON:
        if not holds_layers(record):
            return record
        config = record.get("config")
        places = {name: i for i, name in enumerate(record.get("order") or ()) if isinstance(name, str)}
        paths = sorted(self.layers.get(path, ()), key=lambda inner: places.get(last_of(inner), len(places)))
        entries = [self._entry(inner, made, is_chain=is_sequential(record)) for inner in paths]
        return {
            **_without(record, "order"),
            "config": {**(config if isinstance(config, dict) else {}), "layers": entries},
        }

    def _entry(self, path: str, made: Mapping[str, JSON], *, is_chain: bool) -> JSON:
        entry = made[path] if path in made else self.records.get(f"layer/{path}")
        own = [call for _, call in sorted(self.calls.get(path, ()), key=lambda numbered: numbered[0])]
        if not isinstance(entry, dict) or "inbound_nodes" in entry or (is_chain and not own):
            return entry
        return {**entry, "inbound_nodes": own}


class _Change:
    """Records with a change in the making."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.wanted: dict[str, JSON] = {}

    def get(self, key: str) -> JSON:
        value = self.wanted[key] if key in self.wanted else self.records.get(key, GONE)
        return None if value is GONE else value

    def has(self, key: str) -> bool:
        return (self.wanted[key] if key in self.wanted else self.records.get(key, GONE)) is not GONE

    def set(self, key: str, value: JSON) -> None:
        self.wanted[key] = value

    def keys(self) -> list[str]:
        return [key for key in dict.fromkeys([*self.records, *self.wanted]) if self.has(key)]

    def diff(self) -> GraphDiff:
        return diff_of(self.records, self.wanted)

    def redirect(
        self, parent: str, name: str, to: Callable[[TensorRef], TensorRef | None], *, forget: bool = True
    ) -> None:
        """Rewrite every reference to a layer within one model; None takes the tensor out of lists, null elsewhere."""
        touched: list[str] = []
        prefix = f"call/{parent}/" if parent else "call/"
        for key in self.keys():
            path = parent_of(key[5:])
            if not key.startswith(prefix) or parent_of(path) != parent:
                continue
            call = self.get(key)
            replaced = map_tensors(call, lambda tensor, _: _redirected(tensor, name, to))
            if replaced is not call:
                self.set(key, _without_dropped(replaced))
                touched.append(path)
        self._redirect_ends(model_key(parent), name, to)
        if forget:
            self.forget_shapes(touched)

    def _redirect_ends(self, key: str, name: str, to: Callable[[TensorRef], TensorRef | None]) -> None:
        model = self.get(key)
        if not isinstance(model, dict) or not isinstance(model.get("config"), dict):
            return
        config = dict(model["config"])
        for side in ("input_layers", "output_layers"):
            if side in config:
                config[side] = _map_ends(config[side], name, to, 0)
        if config != model["config"]:
            self.set(key, {**model, "config": config})

    def rename_in_order(self, parent: str, name: str, to: str | None) -> None:
        owner = self.get(model_key(parent))
        if isinstance(owner, dict) and isinstance(owner.get("order"), list) and name in owner["order"]:
            order = [to if said == name else said for said in owner["order"] if said != name or to is not None]
            self.set(model_key(parent), {**owner, "order": order})

    def forget_shapes(self, changed: Sequence[str]) -> None:
        """Drop what the file recorded downstream of changed layers: their tensors' shapes and `build_config`."""
        if not changed:
            return
        consumers: dict[str, list[str]] = {}
        for key in self.keys():
            if key.startswith("call/"):
                path = parent_of(key[5:])
                for ref, _ in tensors_of(self.get(key)):
                    consumers.setdefault(join_path(parent_of(path), ref.layer), []).append(path)
        chains = self._chains()
        seen = dict.fromkeys(changed)
        front = list(seen)
        while front:
            path = front.pop()
            self._forget_at(path, seen)
            parent = parent_of(path)
            after = [*consumers.get(path, ()), *chains.get(path, ()), *((parent,) if parent else ())]
            for consumer in after:
                if consumer not in seen:
                    seen[consumer] = None
                    front.append(consumer)
        for path in seen:
            self._forget_tensors(path, seen)

    def _chains(self) -> dict[str, list[str]]:
        """Who follows whom inside of Sequentials."""
        follows: dict[str, list[str]] = {}
        for key in self.keys():
            record = self.get(key) if key == "model" or key.startswith("layer/") else None
            order = record.get("order") if isinstance(record, dict) and is_sequential(record) else None
            if isinstance(order, list):
                parent = key[6:] if key != "model" else ""
                paths = [f"{parent}/{name}" if parent else str(name) for name in order]
                for one, other in pairwise(paths):
                    follows[one] = [other]
        return follows

    def _forget_at(self, path: str, changed: Mapping[str, None]) -> None:
        entry = self.get(f"layer/{path}")
        if isinstance(entry, dict) and "build_config" in entry:
            self.set(f"layer/{path}", _without(entry, "build_config"))

    def _forget_tensors(self, path: str, changed: Mapping[str, None]) -> None:
        parent = parent_of(path)

        def forget(tensor: JSON, _: str) -> JSON:
            ref = history_of(tensor)
            if ref is None or "shape" not in tensor["config"] or join_path(parent, ref.layer) not in changed:
                return tensor
            return {**tensor, "config": _without(tensor["config"], "shape")}

        k = 0
        while self.has(key := f"call/{path}/{k}"):
            call = self.get(key)
            forgotten = map_tensors(call, forget)
            if forgotten is not call:
                self.set(key, forgotten)
            k += 1


def _redirected(tensor: JSON, name: str, to: Callable[[TensorRef], TensorRef | None]) -> JSON:
    ref = history_of(tensor)
    if ref is None or ref.layer != name:
        return tensor
    target = to(ref)
    if target is None:
        return _DROPPED
    return tensor if target == ref else {**tensor, "config": {**tensor["config"], "keras_history": list(target)}}


def _without_dropped(value: JSON, depth: int = 0) -> JSON:
    if depth > _MOST_NESTED:
        return value
    if isinstance(value, list):
        return [_without_dropped(item, depth + 1) for item in value if item is not _DROPPED]
    if isinstance(value, dict):
        return {key: None if item is _DROPPED else _without_dropped(item, depth + 1) for key, item in value.items()}
    return value


def _map_ends(ends: JSON, name: str, to: Callable[[TensorRef], TensorRef | None], depth: int) -> JSON:
    """Ends are one reference, or lists and objects of them."""
    if isinstance(ends, list):
        if len(ends) == 3 and isinstance(ends[0], str) and type(ends[1]) is int and type(ends[2]) is int:
            target = to(TensorRef(*ends)) if ends[0] == name else None
            return ends if ends[0] != name else None if target is None else list(target)
        if depth < _MOST_NESTED:
            mapped = [(end, _map_ends(end, name, to, depth + 1)) for end in ends]
            return [new for old, new in mapped if new is not None or old is None]
    if isinstance(ends, dict) and depth < _MOST_NESTED:
        return {key: _map_ends(end, name, to, depth + 1) for key, end in ends.items()}
    return ends


def _map(value: JSON, replace: Callable[[JSON, str], JSON], way: str, depth: int) -> JSON:
    if depth > _MOST_NESTED:
        return value
    if isinstance(value, list):
        items = [_map(item, replace, f"{way}/{i}" if way else str(i), depth + 1) for i, item in enumerate(value)]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__keras_tensor__":
        return replace(value, way)
    named = {key: _map(item, replace, f"{way}/{key}" if way else key, depth + 1) for key, item in value.items()}
    return value if all(named[key] is item for key, item in value.items()) else named


def _set_at(value: JSON, way: Sequence[str], leaf: JSON) -> JSON:
    """The value with `leaf` at a way; what is missing on it is made."""
    if not way:
        return leaf
    head, *rest = way
    if isinstance(value, list) or (head.isdecimal() and not isinstance(value, dict)):
        items = list(value) if isinstance(value, list) else []
        at = min(int(head), len(items)) if head.isdecimal() else len(items)
        items[at : at + 1] = [_set_at(items[at] if at < len(items) else None, rest, leaf)]
        return items
    fields = value if isinstance(value, dict) else {}
    return {**fields, head: _set_at(fields.get(head), rest, leaf)}


def _moved_key(key: str, path: str, to: str) -> str | None:
    """Where a record of the layer at `path`, or inside it, goes when the layer goes to `to`; None for others'."""
    for prefix in ("layer/", "call/", "view/positions/", "view/groups/", "view/notes/"):
        head = prefix + path
        if key.startswith(head) and key[len(head) : len(head) + 1] in ("", "/"):
            return f"{prefix}{to}{key[len(head) :]}"
    return None


def _name_of(entry: JSON) -> str:
    if isinstance(entry, dict):
        if isinstance(entry.get("name"), str):
            return str(entry["name"])
        config = entry.get("config")
        if isinstance(config, dict) and isinstance(config.get("name"), str):
            return str(config["name"])
    return "unnamed"


def _name_in(entry: Mapping[str, JSON], path: str) -> str:
    config = entry.get("config")
    for holder in (entry, config):
        if isinstance(holder, dict) and isinstance(holder.get("name"), str):
            return str(holder["name"])
    return unescape_name(last_of(path))


def _unique(name: str, taken: set[str]) -> str:
    key, n = name, 2
    while key in taken:
        key = f"{name}~{n}"
        n += 1
    taken.add(key)
    return key


def _changes(diff: GraphDiff) -> Iterator[tuple[str, JSON, JSON]]:
    for key, value in diff.removed.items():
        yield key, value, GONE
    for key, value in diff.added.items():
        yield key, GONE, value
    for key, (was, to) in diff.updated.items():
        yield key, was, to


def _between(before: Mapping[str, Any], after: Mapping[str, Any]) -> GraphDiff:
    added: dict[str, JSON] = {}
    updated: dict[str, tuple[JSON, JSON]] = {}
    removed: dict[str, JSON] = {}
    for key, to in after.items():
        was = before[key]
        if was is GONE and to is not GONE:
            added[key] = to
        elif was is not GONE and to is GONE:
            removed[key] = was
        elif was is not GONE and not _says_same(was, to):
            updated[key] = (was, to)
    return GraphDiff(added, updated, removed)


def _says_same(a: JSON, b: JSON) -> bool:
    """Equal as JSON: Python holds 1, 1.0 and True for the same."""
    if a is b:
        return True
    return a == b and repr(a) == repr(b)


def _items(value: JSON) -> Iterable[tuple[str, JSON]]:
    return value.items() if isinstance(value, dict) else ()


def _without(value: Mapping[str, JSON], *keys: str) -> dict[str, JSON]:
    return {key: inner for key, inner in value.items() if key not in keys}
