"""Proposals for a layer's class and arguments: names and words that are misspelt, values of another type, too many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import islice
from math import gcd
from typing import Any

from ..catalog import CATALOG, GONE
from ..class_likeness import classes_like
from ..diagnostics import Diagnostic, shown
from ..model import JSON
from ..patch import Change, put, remove, rename
from ..prepare import COMMON, FIRST, UNREAD
from ..source import escape
from .case import Case, Proposal, around, listed
from .lost import is_trace_of_lost_wire, lost_wire

# From here on a word is the other, misspelt: "Desne" and "Dense" are alike by 0.8.
NEARLY_SURE = 0.8
# Classes of Keras that a custom one may be, where several fit alike: poolings of two kinds have three ranks each.
MOST_LIKE = 6
TAKEN_BY_ALL = frozenset({*COMMON, *FIRST, *UNREAD})


def likeness(a: str, b: str) -> float:
    """How alike two words are: 1 where only their case differs, 0.9 where only letters have changed places."""
    a, b = a.lower(), b.lower()
    if sorted(a) == sorted(b):
        return 1.0 if a == b else 0.9
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def other_class(case: Case) -> Iterator[Proposal]:
    """A class that is spelt alike, in every layer of that name."""
    layer = case.layer
    guesses = case.problem.data.get("guesses", ())
    if layer is None:
        return
    same = [other for other in case.graph.layers.values() if other.op == layer.op]
    old = layer.op.cls
    for n, guess in enumerate(guesses):
        changes: list[Change] = []
        for other in same:
            changes.append(put(f"{other.origin}/class_name", guess))
            if other.op.registered == old:
                changes.append(put(f"{other.origin}/registered_name", guess))
        is_sure = n == 0 and old not in GONE and likeness(old, guess) >= NEARLY_SURE
        where = f"{len(same)} layers" if len(same) > 1 else listed([layer.name])
        yield Proposal(_made_another(where, guess, old), tuple(changes), is_sure)


def _made_another(where: str, new: str, old: str) -> str:
    if new.startswith(("A", "E", "I", "LSTM", "O", "RMS", "RNN", "Up")):  # as they are spoken
        return f"Make {where} an {new} in place of {old[:40]}"
    return f"Make {where} a {new} in place of {old[:40]}"


def known_class(case: Case) -> Iterator[Proposal]:
    """A custom class that was written with the arguments of one of Keras: treated as that, or made that.

    Only a document can hold the user's word; any other file must name the other class.
    """
    layer = case.layer
    if layer is None or case.problem.data.get("guesses"):  # a name that is misspelt is none of its own
        return
    same = [other for other in case.graph.layers.values() if other.op == layer.op]
    own = layer.op.registered or layer.op.cls
    where = f"{len(same)} layers" if len(same) > 1 else listed([layer.name])
    for entry in islice(classes_like(layer, CATALOG, case.dialect), MOST_LIKE):
        if case.judged.graph is not None and case.judged.graph.dialect == "document":
            said = case.at("/contracts")
            contract = {"treat_as": entry.cls}
            change = (
                put(f"/contracts/{escape(own)}", contract)
                if isinstance(said, dict)
                else put("/contracts", {own: contract})
            )
            yield Proposal(f"Treat {layer.op.cls[:40]} as {entry.cls}", (change,))
        changes: list[Change] = []
        for other in same:
            changes.append(put(f"{other.origin}/class_name", entry.cls))
            here = case.at(other.origin)
            if isinstance(here, dict) and not case.is_old:
                changes.append(put(f"{other.origin}/module", "keras.layers"))
                changes.append(put(f"{other.origin}/registered_name", None))
            elif isinstance(here, dict):
                changes += [remove(f"{other.origin}/{key}") for key in ("module", "registered_name") if key in here]
            known = CATALOG.form(entry, case.dialect).readers
            strange = [key for key in other.config if key not in known and key not in TAKEN_BY_ALL]
            changes += [remove(f"{other.origin}/config/{escape(key)}") for key in strange]
        yield Proposal(_made_another(where, entry.cls, layer.op.cls), tuple(changes))


def other_argument(case: Case) -> Iterator[Proposal]:
    """An argument that the class has not: another name for it, or without it; in every layer that says the same."""
    layer, key = case.layer, case.problem.data.get("argument")
    if layer is None or not isinstance(key, str):
        return
    guess = case.problem.data.get("guess")
    alike = [other for other in _alike(case) if other.data.get("argument") == key]
    origins = [around(other.at.pointer) for other in alike]
    where = f"{len(alike)} layers" if len(alike) > 1 else listed([layer.name])
    if guess and guess not in layer.config:
        changes = tuple(rename(f"{origin}/{escape(key)}", guess) for origin in origins)
        yield Proposal(f"Rename {key} of {where} to {guess}", changes, likeness(key, guess) >= NEARLY_SURE)
    entry = case.entry(layer.name)
    elsewhere = entry.by_name.get(key) if entry is not None else None
    if elsewhere is not None and elsewhere.lost is not None and elsewhere.lost(layer.config.get(key)) is not None:
        return  # without it the layer would do something else, and nothing would say so
    changes = tuple(remove(f"{origin}/{escape(key)}") for origin in origins)
    yield Proposal(f"Remove {key} from {where}", changes, all(_says_nothing(case, other, key) for other in alike))


# Depthwise and separable convolutions of Keras 2 have these of Conv, and read them nowhere.
_UNREAD = frozenset({"kernel_initializer", "kernel_regularizer", "kernel_constraint"})
# What older or newer classes hold as their default: without it they do what they did.
_DEFAULTS: Mapping[str, tuple[JSON, ...]] = {"groups": (1,), "time_major": (False,), "implementation": (1, 2)}


def _says_nothing(case: Case, problem: Diagnostic, key: str) -> bool:
    """Whether an argument that a class has not holds what the class does anyway."""
    value = case.at(problem.at.pointer)
    entry = case.entry(problem.at.layer or "")
    if value is None or (key in _DEFAULTS and value in _DEFAULTS[key]):
        return True
    param = entry.by_name.get(key) if entry is not None else None
    if param is not None and key in _UNREAD and param.only:
        return True
    return param is not None and not param.required and bool(value == param.default)


def _alike(case: Case) -> list[Diagnostic]:
    """The problems of the same code, in layers of the same class of the same model."""
    layer, problem = case.layer, case.problem
    found = []
    for other in case.judged.found:
        if other.code == problem.code and other.at.path == problem.at.path and layer is not None:
            its = case.graph.layers.get(other.at.layer or "")
            if its is not None and its.op == layer.op:
                found.append(other)
    return found


def missing_argument(case: Case) -> Iterator[Proposal]:
    """An argument without a default: what the file's own records say that it was."""
    layer, arg = case.layer, case.problem.at.arg
    if layer is None or arg is None:
        return
    for value in _recorded(case, layer.name, arg):
        if case.reads(layer.name, arg, value):
            yield Proposal(f"Give {listed([layer.name])} {arg} {shown(value)}", (case.set(layer.name, arg, value),))


def _recorded(case: Case, name: str, arg: str) -> Iterator[JSON]:
    """What an argument may have been, from shapes that were recorded, and else what most people write."""
    if arg in ("units", "filters", "output_dim"):
        for ref, spec in case.graph.declared.items():
            if ref.layer == name and spec.shape and spec.shape[-1]:
                yield spec.shape[-1]
    if arg == "kernel_size":
        yield 3
    if arg == "rate":
        yield 0.5


def other_value(case: Case) -> Iterator[Proposal]:
    """A value that the layer refuses: the word that is meant, the same in another type, or Keras's default."""
    layer, arg = case.layer, case.problem.at.arg
    if layer is None or arg is None or arg not in layer.config:
        return
    said = layer.config[arg]
    entry = case.entry(layer.name)
    param = entry.by_name.get(arg) if entry is not None else None
    guess = case.problem.data.get("guess")
    alike = [other for other in _alike(case) if other.at.arg == arg and case.at(other.at.pointer) == said]
    names = [other.at.layer or "" for other in alike] or [layer.name]
    where = f"{len(names)} layers" if len(names) > 1 else listed(names)

    def proposal(value: JSON, *, safe: bool = False) -> Proposal:
        changes = tuple(case.set(name, arg, value) for name in names)
        return Proposal(f"Set {arg} of {where} to {shown(value)}", changes, safe)

    if guess is None and param is not None and isinstance(said, str):
        guess = next(iter(get_close_matches(said[:80], _words(param.schema), 1)), None)
    if isinstance(guess, str):
        yield proposal(guess, safe=isinstance(said, str) and likeness(said, guess) >= NEARLY_SURE)
    for value, is_same in _readings(said):
        if case.reads(layer.name, arg, value):
            yield proposal(value, safe=is_same)
    for value in _in_bounds(param.schema if param is not None else {}, said):
        if case.reads(layer.name, arg, value):
            yield proposal(value)
    if param is not None and not param.required:
        changes = tuple(case.unset(name, arg) for name in names)
        yield Proposal(f"Remove {arg} from {where}: {shown(_plain(param.default))} is its default", changes)


def _words(schema: JSON) -> list[str]:
    """The words that a schema allows."""
    parts = (schema, *schema.get("anyOf", ())) if isinstance(schema, dict) else ()
    return [word for part in parts for word in part.get("enum", ()) if isinstance(word, str)]


def _readings(said: JSON) -> Iterator[tuple[JSON, bool]]:
    """What a value may stand for, and whether that is the same but for its type."""
    if isinstance(said, dict) and said.get("class_name") in ("Policy", "PolicyV1"):  # what Keras 2 calls a policy
        config = said.get("config")
        yield config.get("name") if isinstance(config, dict) else None, True
    if isinstance(said, str):
        text = said.strip().strip("()[]")
        if re.fullmatch(r"-?\d{1,9}", text):
            yield int(text), True
        elif re.fullmatch(r"-?\d{0,9}\.\d{1,9}", text):
            yield float(text), True
        elif re.fullmatch(r"-?\d{1,9}(\s*,\s*-?\d{1,9})+", text):
            yield [int(part) for part in text.split(",")], True
        if text.lower() in ("true", "false"):
            yield text.lower() == "true", True
        if text.lower() in ("none", "null", ""):
            yield None, True
        yield said.lower(), True
    if isinstance(said, float) and said.is_integer():
        yield int(said), True
    if isinstance(said, int) and not isinstance(said, bool) and said < 0:
        yield -said, False
    if isinstance(said, list):
        whole = [int(v) if isinstance(v, float) and v.is_integer() else v for v in said]
        whole = [int(v) if isinstance(v, str) and v.strip().isdecimal() and len(v) < 10 else v for v in whole]
        yield whole, True
        yield [abs(v) if type(v) is int else v for v in whole], False
        if whole:
            yield whole[0], False
        for length in (1, 2, 3):
            yield (whole * length)[:length], False


def _in_bounds(schema: Any, said: JSON) -> Iterator[JSON]:
    """The nearest number that a schema allows."""
    for one in (schema, *schema.get("anyOf", ())) if isinstance(schema, dict) else ():
        if isinstance(said, (int, float)) and not isinstance(said, bool):
            if "minimum" in one and said < one["minimum"]:
                yield one["minimum"]
            if "maximum" in one and said > one["maximum"]:
                yield one["maximum"]


def _plain(value: Any) -> JSON:
    return list(value) if isinstance(value, tuple) else value


def fewer_arguments(case: Case) -> Iterator[Proposal]:
    """Arguments that cannot stand together: each at its default, or at the size that fits the other."""
    layer = case.layer
    if layer is None:
        return
    entry = case.entry(layer.name)
    if entry is None:
        return
    names = dict.fromkeys((case.problem.at.arg or "", *case.problem.data.get("beside", ())))
    named = [param for name in names if (param := entry.by_name.get(name)) is not None and name in layer.config]
    for param in named:
        if not param.required:
            default = shown(_plain(param.default))
            title = f"Remove {param.name} from {listed([layer.name])}: {default} is its default"
            yield Proposal(title, (case.unset(layer.name, param.name),))
    values = case.values(layer.name)
    for param in named:
        value = values.get(param.name)
        for other in named:
            factor = values.get(other.name)
            if type(value) is int and type(factor) is int and value > factor > 0 and value % factor:
                up = (value // factor + 1) * factor
                title = f"Set {param.name} of {listed([layer.name])} to {up}, a multiple of {other.name}"
                yield Proposal(title, (case.set(layer.name, param.name, up),))


def axes_from_one(case: Case) -> Iterator[Proposal]:
    """Axes that were counted from 0, which is the batch."""
    layer, arg = case.layer, case.problem.at.arg
    said = layer.config.get(arg or "") if layer is not None else None
    if layer is None or arg != "dims" or not isinstance(said, list) or any(type(axis) is not int for axis in said):
        return
    if sorted(said) == list(range(len(said))):
        axes = [axis + 1 for axis in said]
        yield Proposal(f"Set {arg} of {listed([layer.name])} to {shown(axes)}", (case.set(layer.name, arg, axes),))


def divisor(case: Case) -> Iterator[Proposal]:
    """Groups that do not divide the channels: the largest number below that divides both, then the channels alone."""
    layer, (channels, groups) = case.layer, (case.problem.data.get("channels"), case.problem.data.get("groups"))
    if layer is None or type(channels) is not int or type(groups) is not int or groups < 2:
        return
    below = next((n for n in range(min(groups, channels // 2), 1, -1) if channels % n == 0), 1)
    for number in dict.fromkeys((gcd(channels, groups), below)):
        if number > 1:
            title = f"Set groups of {listed([layer.name])} to {number}, which divides {channels}"
            yield Proposal(title, (case.set(layer.name, "groups", number),))


def without_build_config(case: Case) -> Iterator[Proposal]:
    """A `build_config` that does not fit: without it Keras builds the layer from what comes in.

    It is not safe where it may be the only trace of a wire that was lost.
    """
    found = [
        other
        for other in case.judged.found
        if other.code == case.problem.code and other.at.pointer.endswith("/build_config")
    ]
    if case.problem not in found:
        return
    names = [other.at.layer or "" for other in found]
    where = listed(names) if len(names) <= 2 else f"{len(names)} layers"
    changes = tuple(remove(other.at.pointer) for other in found)
    safe = case.problem.code == "GC208" and not is_trace_of_lost_wire(case, names)
    yield Proposal(f"Remove build_config from {where}", changes, safe)


def valid_name(case: Case) -> Iterator[Proposal]:
    """A name with a slash, which Keras 3 refuses: an underscore in its place, in all places that mean it."""
    layer = case.layer
    pointer = case.problem.at.pointer
    if not pointer.endswith("/name"):
        return
    if layer is None or "/" not in layer.name:
        said = case.at(pointer)
        if isinstance(said, str) and "/" in said:
            yield Proposal(f"Name it {listed([said.replace('/', '_')])}", (put(pointer, said.replace("/", "_")),), True)
        return
    name = case.free_name(layer.name.replace("/", "_"))
    yield Proposal(f"Rename {listed([layer.name])} to {listed([name])}", tuple(renaming(case, layer.name, name)), True)


def renaming(case: Case, name: str, to: str) -> Iterator[Change]:
    """A layer's new name, in its entry and in all that refers to it."""
    origin = case.graph.layers[name].origin
    entry = case.at(origin)
    if isinstance(entry, dict):
        if "name" in entry:
            yield put(f"{origin}/name", to)
        if isinstance(entry.get("config"), dict) and "name" in entry["config"]:
            yield put(f"{origin}/config/name", to)
    for key in case.graph.nodes:
        pointers = case.tensor_pointers(key)
        for pointer, ref in zip(pointers, case.inbound(key), strict=False):
            if ref.layer == name:
                yield put(f"{pointer}/{_place_of_name(case.at(pointer))}", to)
    for side, refs in (("input_layers", case.graph.input_refs), ("output_layers", case.graph.output_refs)):
        for pointer, ref in zip(case.end_pointers(side), refs, strict=False):
            if ref.layer == name:
                yield put(f"{pointer}/0", to)


def _place_of_name(tensor: JSON) -> str:
    return "config/keras_history/0" if isinstance(tensor, dict) else "0"


def default_axes(case: Case) -> Iterator[Proposal]:
    """An argument that names an axis that is not there: Keras's default."""
    layer, arg = case.layer, case.problem.at.arg
    entry = case.entry(layer.name) if layer is not None else None
    if layer is None or entry is None:
        return
    for name in (arg, "axis", "axes", "data_format"):
        param = entry.by_name.get(name or "")
        if param is not None and not param.required and param.name in layer.config:
            title = f"Remove {param.name} from {listed([layer.name])}: {shown(_plain(param.default))} is its default"
            yield Proposal(title, (case.unset(layer.name, param.name),))


PROPOSERS: Mapping[str, Sequence[Callable[[Case], Iterator[Proposal]]]] = {
    "GC201": (other_class, known_class),
    "GC202": (other_argument,),
    "GC203": (missing_argument,),
    "GC204": (valid_name, axes_from_one, other_value, fewer_arguments),
    "GC205": (divisor, fewer_arguments, other_value),
    "GC206": (known_class,),
    "GC208": (lost_wire, without_build_config),
    "GC210": (other_value, without_build_config, fewer_arguments),
}
