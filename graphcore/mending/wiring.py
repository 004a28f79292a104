"""Proposals for wires: names that nothing has, circles, ends that are missing, layers that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches

from ..model import JSON, NodeKey, TensorRef
from ..patch import Change, Patch, insert, put, remove
from ..shapes import Shape, may_agree, show
from ..source import escape
from .arguments import NEARLY_SURE, likeness, renaming
from .branches import one_sided_join, second_branch
from .case import Case, Proposal, last, listed
from .lost import after, built_for, idle, loose_end

MOST_CLOSE = 3


def other_name(case: Case) -> Iterator[Proposal]:
    """Two layers of a name: references mean the first, so the second gets another."""
    layer = case.layer
    if layer is None:
        return
    said = case.at(f"{layer.origin}/config/name")
    name = case.at(f"{layer.origin}/name")
    stem = name if isinstance(name, str) else said if isinstance(said, str) else layer.name
    if isinstance(name, str) and isinstance(said, str) and said != name:
        yield Proposal(f"Name it {listed([name])} in its config too", (put(f"{layer.origin}/config/name", name),))
    first = case.graph.layers.get(stem)
    if first is not None and first is not layer and case.at(first.origin) == case.at(layer.origin):
        yield Proposal(f"Remove the second {listed([stem])}, which says the same", (remove(layer.origin),))
    free = case.free_name(f"{stem}_1")
    changes = tuple(renaming(case, layer.name, free))
    yield Proposal(f"Rename the second {listed([stem])} to {listed([free])}", changes)


def near_layer(case: Case) -> Iterator[Proposal]:
    """A tensor of no layer: one of a name that is spelt alike, else what the layer may have taken."""
    missing = _missing(case)
    if missing is None:
        return
    name = missing.layer
    places = _places(case, name)
    is_input = any(ref.layer == name for ref in case.graph.input_refs)
    others = [other for other in case.graph.layers if not is_input or _is_other_input(case, other)]
    close = get_close_matches(name, others, MOST_CLOSE) if len(name) < 200 else []
    if not close:
        close = [other for other in others if other.lower() == name.lower()]
    unused = {ref.layer for ref in idle(case)}
    where = f" in {len(places)} places" if len(places) > 1 else ""
    for n, other in enumerate(close):
        is_sure = n == 0 and likeness(name, other) >= NEARLY_SURE and (len(close) == 1 or other in unused)
        title = f"Write {listed([other])} in place of {listed([name])}{where}"
        yield Proposal(title, tuple(put(pointer, other) for pointer in places), is_sure)
    if close and likeness(name, close[0]) >= NEARLY_SURE:
        return
    if is_input:
        yield from _lost_input(case, name)
        for other in others:
            if other not in close:
                title = f"Write {listed([other])} in place of {listed([name])}{where}"
                yield Proposal(title, tuple(put(pointer, other) for pointer in places))
        return
    takers = {key.layer for key in case.graph.nodes if any(ref.layer == name for ref in case.inbound(key))}
    sources = [ref for ref in _sources(case, case.problem.at.layer, takers) if ref.node == 0]
    for other in dict.fromkeys(ref.layer for ref in sources):
        if other not in close:
            title = f"Connect {listed([other])} in place of {listed([name])}"
            yield Proposal(title, tuple(put(pointer, other) for pointer in places))


def _is_other_input(case: Case, name: str) -> bool:
    """Whether a name that is none may be meant for this layer, where an input is meant: one that is not listed yet."""
    calls = [key for key in case.graph.nodes if key.layer == name]
    is_listed = any(ref.layer == name for ref in case.graph.input_refs)
    return not is_listed and bool(calls) and not case.inbound(calls[0])


def _lost_input(case: Case, name: str) -> Iterator[Proposal]:
    """An input layer that is gone, of the shape that the calls on it recorded, or that a layer of it was built for."""
    if case.graph.kind == "sequential":
        return
    ref = TensorRef(name, 0, 0)
    spec = case.graph.declared.get(ref)
    takers = [key.layer for key in case.graph.nodes if case.inbound(key) == [ref]]
    built = (shape for taker in takers if (shape := built_for(case, taker)) is not None)
    shape = spec.shape if spec is not None and spec.shape else next(built, None)
    if not shape:
        return
    dtype = spec.dtype if spec is not None else None
    config: dict[str, JSON] = {
        "batch_input_shape" if case.is_old else "batch_shape": list(shape),
        "dtype": dtype or "float32",
    }
    entry = case.new_layer("InputLayer", name, config, [])
    entry = {**entry, "inbound_nodes": []} if isinstance(entry, dict) else entry
    title = f"Add an InputLayer {listed([name])} of shape {show(shape)}"
    yield Proposal(title, (insert(f"{case.graph.origin}/layers/0", entry),))


def _missing(case: Case) -> TensorRef | None:
    """The reference that names nothing."""
    call = case.call
    if call is not None:
        ways = case.known.inbound.get(call, ())
        return next((ref for way, ref in ways if way == case.problem.at.arg), None)
    for side, refs in _sides(case):
        for pointer, ref in zip(case.end_pointers(side), refs, strict=False):
            if pointer == case.problem.at.pointer or pointer.startswith(f"{case.problem.at.pointer}/"):
                return ref
    return None


def _sides(case: Case) -> tuple[tuple[str, list[TensorRef]], ...]:
    return ("input_layers", case.graph.input_refs), ("output_layers", case.graph.output_refs)


def _places(case: Case, name: str) -> list[str]:
    """Where the file names a layer as one that gives a tensor."""
    found = []
    for key in case.graph.nodes:
        for pointer, ref in zip(case.tensor_pointers(key), case.inbound(key), strict=False):
            if ref.layer == name:
                found.append(f"{pointer}/{'config/keras_history/0' if _is_new(case.at(pointer)) else '0'}")
    for side, refs in _sides(case):
        for pointer, ref in zip(case.end_pointers(side), refs, strict=False):
            if ref.layer == name:
                found.append(f"{pointer}/0")
    return found


def _is_new(tensor: JSON) -> bool:
    return isinstance(tensor, dict)


def _sources(case: Case, name: str | None, takers: Collection[str] = ()) -> list[TensorRef]:
    """Tensors that a layer, or an output, may have taken: what it was built for, what nothing takes, what is near.

    None that comes, in the end, from the layer itself, or from others that take the same tensor.
    """
    order = {layer: n for n, layer in enumerate(case.graph.layers)}
    here = order.get(name, len(order)) if name is not None else len(order)
    behind = after(case, {*takers, *([name] if name is not None else [])})
    unused = set(idle(case))
    built = built_for(case, name)

    def rank(ref: TensorRef) -> tuple[bool, bool, bool, int]:
        distance = here - order[ref.layer]
        return not _fits(case.shape(ref), built), ref not in unused, distance < 0, abs(distance)

    every = sorted((TensorRef(*key, 0) for key in case.graph.nodes if key.layer not in behind), key=rank)
    free = [ref for ref in every if ref in unused]
    others = [ref for ref in every if ref not in unused and order[ref.layer] < here]
    return sorted([*free[:MOST_CLOSE], *others[: 1 if free or name is None else 2]], key=rank)


def _fits(shape: Shape | None, built: Shape | None) -> bool:
    return built is None or (shape is not None and may_agree(shape, built))


def near_call(case: Case) -> Iterator[Proposal]:
    """A call that is not there: one that is."""
    missing = _missing(case)
    if missing is None or missing.layer not in case.graph.layers:
        return
    whose = listed([missing.layer])
    calls = [key.index for key in case.graph.nodes if key.layer == missing.layer]
    for index in sorted(calls, key=lambda index: abs(index - missing.node))[:MOST_CLOSE]:
        yield from _instead(case, missing, missing._replace(node=index), f"Name call {index} of {whose}")
    if not calls:
        pointer = f"{case.graph.layers[missing.layer].origin}/inbound_nodes/0"
        for refs in _first_inputs(case, missing.layer):
            call = case.new_call(refs, is_list=_takes_many(case, missing.layer))
            title = f"Connect {listed([ref.layer for ref in refs])} to {listed([missing.layer])}"
            yield Proposal(title, (insert(pointer, call),))


def _takes_many(case: Case, name: str) -> bool:
    entry = case.entry(name)
    return entry is not None and entry.inputs.form == "many"


def _first_inputs(case: Case, name: str) -> Iterator[list[TensorRef]]:
    """What a layer that lost all its inputs may have taken; a layer that joins, two that nothing takes."""
    sources = _sources(case, name)
    if _takes_many(case, name):
        unused = set(idle(case))
        two = [ref for ref in sources if ref in unused][:2]
        if len(two) == 2:
            yield two[::-1]  # as they stand in the file
        return
    yield from ([ref] for ref in sources)


def near_output(case: Case) -> Iterator[Proposal]:
    """An output that the layer does not have: one that it has."""
    missing = _missing(case)
    if missing is None:
        return
    whose = listed([missing.layer])
    count = len(case.known.specs.get(missing.call, ()))
    for index in sorted(range(count), key=lambda index: abs(index - missing.tensor))[:MOST_CLOSE]:
        yield from _instead(case, missing, missing._replace(tensor=index), f"Take output {index} of {whose}")
    if "return_state" in case.values(missing.layer) and missing.tensor in (1, 2):
        change = case.set(missing.layer, "return_state", True)
        yield Proposal(f"Set return_state of {listed([missing.layer])} to true", (change,))


def _instead(case: Case, old: TensorRef, new: TensorRef, title: str) -> Iterator[Proposal]:
    """One tensor in place of another, where the problem is."""
    if (call := case.call) is not None:
        for i, (way, ref) in enumerate(case.known.inbound[call]):
            if ref == old and way == case.problem.at.arg:
                yield Proposal(title, case.feed(call, i, new))
        return
    for side, refs in _sides(case):
        for pointer, ref in zip(case.end_pointers(side), refs, strict=False):
            if ref == old:
                end = case.end(new) if side == "output_layers" else [new.layer, case.number(new), new.tensor]
                yield Proposal(title, (put(pointer, end),))


def use_or_remove(case: Case) -> Iterator[Proposal]:
    """Layers that lead nowhere: an output of the model, or away with them."""
    names = [name for name in case.problem.data.get("layers", ()) if name in case.graph.layers]
    call = case.call
    if not names:
        return
    is_input = call is not None and not case.inbound(call)
    if call is not None and not is_input:
        ends = case.end_pointers("output_layers")
        pointer = f"{case.graph.origin}/output_layers"
        said = case.at(pointer)
        new = case.end(TensorRef(call.layer, call.index, 0))
        if isinstance(said, list) and said and isinstance(said[0], str):
            yield Proposal(f"Make {listed(names[:1])} an output too", (put(pointer, [said, new]),))
        elif isinstance(said, list) and len(ends) == len(said):
            yield Proposal(f"Make {listed(names[:1])} an output", (insert(f"{pointer}/{len(said)}", new),))
    calls = [key for key in case.graph.nodes if key.layer == names[0]]
    if len(calls) > 1:  # another call of it is used
        if call == calls[-1] and not case.consumers(call):
            origin = case.graph.nodes[call].origin
            yield Proposal(f"Remove call {call.index} of {listed(names[:1])}", (remove(origin),))
        return
    gone = set(names)
    kept = {ref.layer for key in case.graph.nodes if key.layer not in gone for ref in case.inbound(key)}
    alone = [name for name in names if name not in kept]
    changes: list[Change] = [remove(case.graph.layers[name].origin) for name in alone]
    for pointer, ref in zip(case.end_pointers("input_layers"), case.graph.input_refs, strict=False):
        if ref.layer in gone:
            if last(pointer) == "input_layers":
                return
            changes.append(remove(pointer))
    if alone:
        yield Proposal(f"Remove {listed(alone)}", tuple(changes))


def open_circle(case: Case) -> Iterator[Proposal]:
    """A circle: without the wire that closes it, which leads from a later layer of the file to an earlier one."""
    names = [name for name in case.problem.data.get("layers", ()) if name in case.graph.layers]
    order = {name: n for n, name in enumerate(case.graph.layers)}
    circle = set(names)
    wires = [
        (key, i, ref)
        for key in case.graph.nodes
        if key.layer in circle
        for i, ref in enumerate(case.inbound(key))
        if ref.layer in circle
    ]
    wires.sort(key=lambda wire: order[wire[0].layer] - order[wire[2].layer])
    for key, i, ref in wires[:MOST_CLOSE]:
        title = f"Cut the wire from {listed([ref.layer])} to {listed([key.layer])}"
        if (patch := _without_tensor(case, key, i)) and len(case.inbound(key)) > 2:
            yield Proposal(title, patch)
        outside = [other for other in case.inbound(key) if other.layer not in circle]
        if outside and (patch := case.bypass([key.layer])) and _feeds_itself(case, key, outside[0]):
            yield Proposal(f"Take {listed([key.layer])} out", _fed_around(case, key.layer, outside[0]))
        before = _outside(case, key.layer, circle)
        if before is not None:
            fed = f"Feed {listed([key.layer])} from {listed([before.layer])} in place of {listed([ref.layer])}"
            yield Proposal(fed, case.feed(key, i, before))


def _feeds_itself(case: Case, key: NodeKey, outside: TensorRef) -> bool:
    return len(case.inbound(key)) > 1 and outside.layer != key.layer


def _fed_around(case: Case, name: str, source: TensorRef) -> Patch:
    """Without a layer: who took from it takes `source`."""
    changes: list[Change] = [remove(case.graph.layers[name].origin)]
    for key in case.graph.nodes:
        if key.layer != name:
            for i, ref in enumerate(case.inbound(key)):
                if ref.layer == name:
                    changes += case.feed(key, i, source)
    for pointer, ref in zip(case.end_pointers("output_layers"), case.graph.output_refs, strict=False):
        if ref.layer == name:
            changes.append(put(pointer, case.end(source)))
    return tuple(changes)


def _outside(case: Case, name: str, circle: set[str]) -> TensorRef | None:
    """The last tensor before a layer in the file that does not lie on the circle."""
    found = None
    for key in case.graph.layers:
        if key == name:
            break
        if key not in circle and NodeKey(key, 0) in case.graph.nodes:
            found = TensorRef(key, 0, 0)
    return found


def _without_tensor(case: Case, key: NodeKey, i: int) -> Patch:
    """A call without one of the tensors of its list."""
    pointers = case.tensor_pointers(key)
    if i >= len(pointers) or not last(pointers[i]).isdecimal():
        return ()
    return (remove(pointers[i]),)


def one_more_input(case: Case) -> Iterator[Proposal]:
    """An input layer that the model does not name among its inputs."""
    call = case.call
    pointer = f"{case.graph.origin}/input_layers"
    said = case.at(pointer)
    if call is None:
        return
    end = [call.layer, call.index, 0]
    title = f"Make {listed([call.layer])} an input of the model"
    if isinstance(said, dict):
        yield Proposal(title, (put(f"{pointer}/{escape(call.layer)}", end),))
    elif isinstance(said, list) and said and isinstance(said[0], str):
        yield Proposal(title, (put(pointer, [said, end]),))
    elif isinstance(said, list):
        yield Proposal(title, (insert(f"{pointer}/{len(said)}", end),))
    for ref in case.graph.input_refs:
        if case.shape(ref) == case.shape(TensorRef(*call, 0)):
            changes = _fed_around(case, call.layer, ref)
            yield Proposal(f"Take {listed([ref.layer])} in place of {listed([call.layer])}", changes)


def some_output(case: Case) -> Iterator[Proposal]:
    """A model without outputs: what nothing takes is what it gives."""
    taken = {ref.call for tensors in case.known.inbound.values() for _, ref in tensors}
    ends = [TensorRef(*key, 0) for key in case.graph.nodes if key not in taken and case.inbound(key)]
    pointer = f"{case.graph.origin}/output_layers"
    if ends:
        said = [case.end(ref) for ref in ends]
        names = [ref.layer for ref in ends]
        outputs = "the output" if len(ends) == 1 else "the outputs"
        yield Proposal(f"Make {listed(names)} {outputs} of the model", (put(pointer, said),))
        if len(ends) > 1:
            title = f"Make {listed(names[-1:])} the output of the model"
            yield Proposal(title, (put(pointer, said[-1:]),))


def other_count(case: Case) -> Iterator[Proposal]:
    """Too many or too few tensors: join them, leave some out, or take the layer out where it has nothing to join."""
    call, layer = case.call, case.layer
    if call is None or layer is None or case.graph.kind == "sequential":
        return
    refs, pointers, node = case.inbound(call), case.tensor_pointers(call), case.graph.nodes[call]
    entry = case.entry(layer.name)
    form = entry.inputs.form if entry is not None else "model"
    if not pointers or len(pointers) < len(refs):
        return
    if form == "many" and len(refs) == 1:
        if layer.name and len([key for key in case.graph.nodes if key.layer == layer.name]) == 1:
            yield Proposal(f"Take {listed([layer.name])} out: it has nothing to join", case.bypass([layer.name]))
        unused = set(idle(case))
        free = [ref for ref in _sources(case, layer.name) if ref in unused]
        free.sort(key=lambda other: case.shape(other) != case.shape(refs[0]))
        alike = [ref for ref in free if case.shape(ref) == case.shape(refs[0])]
        if not alike:
            yield from second_branch(case, call)
        for other in free:
            record = case.new_call([refs[0], other], is_list=True)
            yield Proposal(f"Connect {listed([other.layer])} too", (put(node.origin, record),))
        return
    most = entry.inputs.most if entry is not None and form == "many" else 1
    if most is None or len(refs) <= most:
        return
    if form == "one":
        for cls in ("Concatenate", "Add"):
            yield Proposal(f"Put {_a(cls)} before {listed([layer.name])}", _joined(case, call, refs, cls))
    spare = [ref.layer for ref in refs[most:]]
    if form == "one" and isinstance(case.at(node.origin), dict):  # a list of one tensor is none to Keras 3
        left: Patch = (put(f"{node.origin}/args/0", case.at(pointers[0])),)
    else:
        left = tuple(remove(pointer) for pointer in pointers[most:])
    yield Proposal(f"Leave out {listed(spare)}", left)
    if form == "many":
        yield Proposal(f"Make {listed([layer.name])} an Add", (put(f"{layer.origin}/class_name", "Add"),))


def _a(cls: str) -> str:
    return f"{'an' if cls[0] in 'AEIOU' else 'a'} {cls}"


def _joined(case: Case, call: NodeKey, refs: Sequence[TensorRef], cls: str) -> Patch:
    """All tensors of a call, joined by a layer before it."""
    name = case.free_name(cls.lower())
    entry = case.new_layer(cls, name, {}, refs, is_list=True)
    origin = case.graph.nodes[call].origin
    if case.is_old:
        record: JSON = [[name, 0, 0, {}]]
    else:
        history = {"shape": [None], "dtype": "float32", "keras_history": [name, 0, 0]}
        record = {"args": [{"class_name": "__keras_tensor__", "config": history}], "kwargs": {}}
    return insert(case.graph.layers[call.layer].origin, entry), put(origin, record)


def some_input(case: Case) -> Iterator[Proposal]:
    """Nothing is connected where a tensor is needed: what comes in already, or what stands before in the file."""
    call, layer = case.call, case.layer
    if call is None or layer is None or case.graph.kind == "sequential":
        return
    node, refs, arg = case.graph.nodes[call], case.inbound(call), case.problem.at.arg
    record = case.at(node.origin)
    if arg is not None and refs:
        sources, unused = _sources(case, layer.name), idle(case)
        free = [ref for ref in sources if ref in unused]
        for ref in dict.fromkeys([*free, refs[0], *sources]):
            too = " too" if ref == refs[0] else ""
            title = f"Connect {listed([ref.layer])} to {arg} of {listed([layer.name])}{too}"
            yield Proposal(title, _named_input(case, call, arg, ref))
    elif refs and isinstance(record, dict) and record.get("args") == []:  # what it got by name is still there
        for ref in _sources(case, layer.name):
            title = f"Connect {listed([ref.layer])} to {listed([layer.name])}"
            yield Proposal(title, (put(f"{node.origin}/args", [case.tensor(ref)]),))
    elif not refs:
        for first in _first_inputs(case, layer.name):
            title = f"Connect {listed([ref.layer for ref in first])} to {listed([layer.name])}"
            new = case.new_call(first, is_list=_takes_many(case, layer.name))
            named = record.get("kwargs") if isinstance(record, dict) else None
            kept = {**new, "kwargs": named} if isinstance(new, dict) and isinstance(named, dict) else new
            yield Proposal(title, (put(node.origin, kept),))


def _named_input(case: Case, call: NodeKey, arg: str, ref: TensorRef) -> Patch:
    """One more tensor of a call, by the name of its argument."""
    origin = case.graph.nodes[call].origin
    record = case.at(origin)
    if isinstance(record, dict):
        return (put(f"{origin}/kwargs/{escape(arg)}", case.tensor(ref)),)
    pointers = case.tensor_pointers(call)
    said = case.at(pointers[0]) if pointers else None
    if not isinstance(said, list) or not case.is_old:
        return ()
    named = said[3] if len(said) > 3 and isinstance(said[3], dict) else {}
    leaf = [*said[:3], {**named, arg: [ref.layer, case.number(ref), ref.tensor]}]
    return (put(pointers[0], leaf),)


def one_layer_each(case: Case) -> Iterator[Proposal]:
    """A shared layer whose inputs need other weights: a layer of its own for the call."""
    call, layer = case.call, case.layer
    if call is None or layer is None or layer.body is not None or case.graph.kind == "sequential":
        return
    node = case.graph.nodes[call]
    entry = case.at(layer.origin)
    if not isinstance(entry, dict) or last(layer.origin) == "":
        return
    name = case.free_name(layer.name)
    config = entry.get("config")
    made = {key: value for key, value in entry.items() if key != "build_config"}
    made["name"] = name
    made["config"] = {**config, "name": name} if isinstance(config, dict) else config
    made["inbound_nodes"] = [case.at(node.origin)]
    at = int(last(layer.origin)) + 1
    changes: list[Change] = [insert(f"{layer.origin.rpartition('/')[0]}/{at}", made), remove(node.origin)]
    changes += _moved(case, call, name)
    yield Proposal(f"Give call {call.index} of {listed([layer.name])} a layer of its own", tuple(changes))


def _moved(case: Case, call: NodeKey, name: str) -> Iterator[Change]:
    """References to a call that becomes a layer's own; later calls move up."""

    def moved(ref: TensorRef) -> TensorRef | None:
        if ref.layer != call.layer or ref.node < call.index:
            return None
        return TensorRef(name, 0, ref.tensor) if ref.node == call.index else ref._replace(node=ref.node - 1)

    for key in case.graph.nodes:
        for i, ref in enumerate(case.inbound(key)):
            if (new := moved(ref)) is not None:
                yield from case.feed(key, i, new)
    for pointer, ref in zip(case.end_pointers("output_layers"), case.graph.output_refs, strict=False):
        if (new := moved(ref)) is not None:
            yield put(pointer, case.end(new))


PROPOSERS: Mapping[str, Sequence[Callable[[Case], Iterator[Proposal]]]] = {
    "GC301": (other_name,),
    "GC302": (near_layer,),
    "GC303": (near_call,),
    "GC304": (near_output,),
    "GC305": (loose_end, one_sided_join, use_or_remove),
    "GC306": (open_circle,),
    "GC307": (one_more_input,),
    "GC308": (some_output,),
    "GC401": (other_count,),
    "GC402": (some_input,),
    "GC411": (one_layer_each,),
}
