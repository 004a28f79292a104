"""Proposals for what is wrong with a file's form: a key that is missing or stands twice, a value of another type."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..check import contradicted
from ..formats.modules import HOMES
from ..model import JSON, TensorRef
from ..patch import put, remove, single
from .case import Case, Proposal, around, last, listed
from .lost import is_trace_of_lost_wire, lost_wire


def single_key(case: Case) -> Iterator[Proposal]:
    """A key that stands twice: the last value counts already."""
    pointer = case.problem.at.pointer
    yield Proposal(f'Remove the values of "{last(pointer)}" that do not count', (single(pointer),), safe=True)


def missing_key(case: Case) -> Iterator[Proposal]:
    """A key that Keras takes without asking, where its value is known."""
    pointer = case.problem.at.pointer
    here = case.at(pointer)
    if not isinstance(here, dict):
        return
    config = here.get("config")
    for key, value in _missing(case, pointer, here):
        if key not in here:
            yield Proposal(f'Add "{key}": {_shown(value)}', (put(f"{pointer}/{key}", value),), safe=True)
    if "name" not in here and isinstance(config, dict) and "name" not in config:
        name = case.problem.at.layer or case.graph.name
        yield Proposal(f'Name the model "{name}"', (put(f"{pointer}/config/name", name),), safe=True)


def _missing(case: Case, pointer: str, here: Mapping[str, JSON]) -> Iterator[tuple[str, JSON]]:
    """What belongs to an object of this form."""
    if pointer.endswith(("/kwargs", "/args")):
        return
    cls, config = here.get("class_name"), here.get("config")
    is_layer = last(around(pointer)) == "layers"
    if is_layer:
        name = case.problem.at.layer
        said = config.get("name") if isinstance(config, dict) else None
        yield "name", said if isinstance(said, str) else name or last(pointer)
        yield "inbound_nodes", []
        yield "config", {"name": here.get("name")}
    elif "layers" in here:  # a model's config
        yield "name", case.graph.name
        inputs = [[key.layer, 0, 0] for key in case.graph.nodes if not case.inbound(key)]
        yield "input_layers", inputs
        yield "output_layers", [case.end(ref) for ref in _ends(case)]
    elif isinstance(config, dict) and "layers" in config:
        if isinstance(cls, str) and not case.is_old:
            yield "module", HOMES.get(cls, "keras")
        yield "class_name", "Sequential" if case.graph.kind == "sequential" else "Functional"
    elif "keras_history" in here:
        yield "dtype", "float32"
        yield "shape", [None]


def _ends(case: Case) -> list[TensorRef]:
    """The tensors that nothing takes."""
    taken = {ref.call for tensors in case.known.inbound.values() for _, ref in tensors}
    return [TensorRef(*key, 0) for key in case.graph.nodes if key not in taken and case.inbound(key)]


def right_type(case: Case) -> Iterator[Proposal]:
    """A value of another type: the same in the type that is wanted, or nothing in its place."""
    pointer = case.problem.at.pointer
    here = case.at(pointer)
    if here is None and last(around(pointer)) == "layers":
        yield Proposal("Remove the empty entry", (remove(pointer),), safe=True)
    for value in _converted(here):
        yield Proposal(f"Write {_shown(value)} in place of {_shown(here)}", (put(pointer, value),), safe=True)
    if last(pointer) in ("module", "registered_name"):
        yield Proposal(f"Remove {last(pointer)}", (remove(pointer),))
    if last(pointer) == "config" and last(around(around(pointer))) == "layers":
        yield Proposal("Write an empty config", (put(pointer, {"name": case.problem.at.layer}),))
    if last(pointer) == "shape":
        yield Proposal("Write a shape that is open", (put(pointer, [None]),), safe=True)


def _converted(value: JSON) -> Iterator[JSON]:
    """The same thing in another type."""
    if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 10:
        yield int(value)
    if isinstance(value, bool):
        return
    if isinstance(value, (int, float)):
        yield str(value)
        if isinstance(value, float) and value.is_integer():
            yield int(value)
    if isinstance(value, list) and len(value) == 3:
        numbers = [int(v) if isinstance(v, (str, float)) and _is_whole(v) else v for v in value[1:]]
        if numbers != value[1:]:
            yield [value[0], *numbers]
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        yield [*value, 0]


def _is_whole(value: str | float) -> bool:
    return value.is_integer() if isinstance(value, float) else value.lstrip("-").isdecimal() and len(value) < 10


def whole_call(case: Case) -> Iterator[Proposal]:
    """The record of a call in the form that Keras writes."""
    pointer = case.problem.at.pointer
    here = case.at(pointer)
    if isinstance(here, dict):
        args, kwargs = here.get("args"), here.get("kwargs")
        changes = []
        if not isinstance(kwargs, dict):
            changes.append(put(f"{pointer}/kwargs", {}))
        if not isinstance(args, list):
            changes.append(put(f"{pointer}/args", [] if args is None else [args]))
        if changes:
            yield Proposal("Write the call with its args and kwargs", tuple(changes), safe=True)
    if last(pointer) == "keras_history" and isinstance(here, list) and here and isinstance(here[0], str):
        rest = [int(v) if isinstance(v, (int, str, float)) and _is_number(v) else 0 for v in [*here[1:3], 0, 0][:2]]
        yield Proposal(f"Write {_shown([here[0], *rest])} as keras_history", (put(pointer, [here[0], *rest]),))
    if last(pointer) == "inbound_nodes" and isinstance(here, list):
        yield Proposal("Remove the calls of the input", (put(pointer, []),), safe=True)
    if last(around(pointer)) == "inbound_nodes" and not here:
        yield Proposal("Remove the empty record of a call", (remove(pointer),))


def _is_number(value: int | float | str) -> bool:
    return not isinstance(value, bool) and (isinstance(value, int) or _is_whole(value))


def one_name(case: Case) -> Iterator[Proposal]:
    """An oddity: the name in the config is not the one that references mean."""
    pointer = case.problem.at.pointer
    name = case.problem.at.layer
    if pointer.endswith("/config/name") and name is not None:
        yield Proposal(f"Name it {listed([name])} in its config too", (put(pointer, name),), safe=True)
    if last(pointer) == "inbound_nodes":
        yield Proposal("Remove the calls of the input", (put(pointer, []),), safe=True)
    yield from _counted_from_0(case)


def _counted_from_0(case: Case) -> Iterator[Proposal]:
    """A reference that counts calls back from the last one, with the number that Keras takes it for."""
    pointer = case.problem.at.pointer
    for side, refs in (("input_layers", case.graph.input_refs), ("output_layers", case.graph.output_refs)):
        for at, ref in zip(case.end_pointers(side), refs, strict=False):
            if at == pointer:
                number = case.number(ref, is_output=side == "output_layers")
                yield Proposal(f"Name call {number} of {listed([ref.layer])}", (put(f"{at}/1", number),), safe=True)
    for key in case.graph.nodes:
        for at, ref in zip(case.tensor_pointers(key), case.inbound(key), strict=False):
            if at == pointer:
                place = f"{at}/config/keras_history/1" if isinstance(case.at(at), dict) else f"{at}/1"
                change = put(place, case.number(ref))
                yield Proposal(f"Name call {case.number(ref)} of {listed([ref.layer])}", (change,), safe=True)


def _shown(value: JSON) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def home_of_model(case: Case) -> Iterator[Proposal]:
    """The module of a model's class where an older Keras had it: where Keras 3 has it."""
    pointer = case.problem.at.pointer
    here = case.at(around(pointer))
    cls = here.get("class_name") if isinstance(here, dict) else None
    if last(pointer) == "module" and case.problem.at.layer is None and isinstance(cls, str) and cls in HOMES:
        yield Proposal(f'Write "module": {_shown(HOMES[cls])}', (put(pointer, HOMES[cls]),), safe=True)


def true_record(case: Case) -> Iterator[Proposal]:
    """Recorded shapes that are wrong: those that are computed. Keras never reads them.

    Where there are errors they stay, and where a wire may be lost it is not safe: they may be the only trace of it.
    """
    if case.judged.errors:
        return
    wrong = contradicted(case.graph, case.known)
    changes = []
    for key, tensors in case.known.inbound.items():
        for way, ref in tensors:
            if ref in wrong:
                changes.append(put(f"{case.graph.nodes[key].origin}/{way}/config/shape", list(wrong[ref][1])))
    if changes:
        count = "the recorded shape" if len(changes) == 1 else f"{len(changes)} recorded shapes"
        safe = not is_trace_of_lost_wire(case, case.graph.layers)
        yield Proposal(f"Correct {count} to what is computed", tuple(changes), safe)


PROPOSERS: Mapping[str, Sequence[Callable[[Case], Iterator[Proposal]]]] = {
    "GC003": (single_key,),
    "GC101": (missing_key,),
    "GC102": (right_type,),
    "GC103": (whole_call,),
    "GC104": (one_name,),
    "GC201": (home_of_model,),
    "GC410": (lost_wire, true_record),
}
