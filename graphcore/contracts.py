"""Contracts: what a user says of a class whose code is not here, so that inference goes on past its layers.

    {"my>Attention": {"output": "(batch, time, units)", "weights": {"kernel": "(channels, units)"}},
     "Conv": {"treat_as": "Conv2D"}}

A class is found by its `registered_name`, else by its `class_name`; `Lambda/scale` is the one layer of that name. A
contract makes a catalog entry of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from keyword import iskeyword
from pathlib import Path
from typing import Any, NamedTuple

from .catalog import Catalog, Known
from .catalog.params import BOTH
from .catalog.spec import All, BadValue, OpDef, Param, RuleContext, WeightSpec, same_dtype
from .diagnostics import Diagnostic, Place, shown
from .model import JSON, Dialect, Layer, Op
from .shape_rule import BadRule, Written, bound, made, read_shapes, read_size
from .shapes import Dim, RuleError, Shape, TensorSpec
from .source import escape

MOST_BYTES = 1_000_000
"""A file of contracts is written by hand."""
BESIDE = (".contracts.json", ".contracts.toml")
"""What stands behind a model's name in the name of its contracts' file: `model.keras` and `model.contracts.json`."""

_KEYS = ("treat_as", "inputs", "output", "dtype", "weights", "non_trainable", "parameters")
# What a draft holds for its reader.
_NOTES = ("seen", "note")
# Names that stand for the same axis wherever they stand.
_FIXED = {"batch": 0, "channels": -1, "features": -1}


class BadContract(ValueError):
    """A contract that cannot be read: the keys that lead to the place, and what is wrong there."""

    def __init__(self, keys: tuple[str, ...], says: str) -> None:
        super().__init__(f"{' → '.join(keys)}: {says}" if keys else says)
        self.keys = keys
        self.says = says


@dataclass(frozen=True, slots=True)
class Contract:
    """What is said of one class. `treat_as` names a class of Keras, and then nothing else is said.

    `inputs` give names to the axes that come in. `weights` are shapes by name, `non_trainable` those that are not
    trained, `parameters` a number where shapes are not said.
    """

    treat_as: str | None = None
    inputs: Written | None = None
    output: Written | None = None
    dtype: tuple[str, ...] = ()
    weights: Mapping[str, Written] = field(default_factory=dict)
    non_trainable: Mapping[str, Written] = field(default_factory=dict)
    parameters: Written | None = None

    @property
    def says(self) -> str:
        """What it says of outputs, in a few words."""
        return self.treat_as if self.treat_as is not None else "" if self.output is None else self.output.text

    def written(self) -> Iterator[Written]:
        """All that names may stand in."""
        yield from filter(None, (self.output, self.parameters))
        yield from self.weights.values()
        yield from self.non_trainable.values()


class Agreed(NamedTuple):
    """A contract, and the catalog entry that it makes."""

    entry: OpDef
    contract: Contract


class Contracts(NamedTuple):
    """Contracts by class, and what is wrong with those that cannot be read."""

    agreed: Mapping[str, Agreed]
    diagnostics: tuple[Diagnostic, ...]

    def find(self, layer: Layer) -> Agreed | None:
        """What is said of a layer or its class, None where nothing is."""
        if not self.agreed:
            return None
        op = layer.op
        names = (f"{op.cls}/{layer.name}", op.registered or op.cls, op.cls)
        return next((self.agreed[name] for name in names if name in self.agreed), None)


NONE = Contracts({}, ())


def contracts_of(said: JSON, catalog: Catalog, dialect: Dialect) -> Contracts:
    """The contracts of a document, as entries beside those of a catalog. One that cannot be read is a problem."""
    if not said:
        return NONE
    agreed: dict[str, Agreed] = {}
    found = []
    for name, one in said.items() if isinstance(said, dict) else ((None, said),):
        try:
            contract = read_contract(one)
            agreed[name or ""] = Agreed(_entry(name or "", contract, catalog, dialect), contract)
        except BadContract as error:
            keys = (*(() if name is None else (name,)), *error.keys)
            pointer = "".join(f"/{escape(key)}" for key in ("contracts", *keys))
            about = "The contracts" if name is None else f'The contract of "{name[:80]}"'
            says = f"{about} cannot be read: {error}"
            place = Place(pointer, arg=error.keys[0] if error.keys else None)
            found.append(Diagnostic("GC215", says, place, data={"class": name}))
    return Contracts(agreed, tuple(found))


def read_file(path: Path) -> dict[str, JSON]:
    """The contracts of a file, JSON or by its name TOML, each looked through.

    Raises:
        OSError: it cannot be read.
        BadContract: it does not hold contracts.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise BadContract((), f"the file has more than {MOST_BYTES:,} bytes")
    try:
        text = data.decode()
        said = _from_toml(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadContract((), f"the file is no {'TOML' if path.suffix == '.toml' else 'JSON'}: {error}") from None
    if not isinstance(said, dict):
        raise BadContract((), "the file takes an object, with a contract for each class")
    for name, one in said.items():
        try:
            read_contract(one)
        except BadContract as error:
            raise BadContract((name, *error.keys), error.says) from None
    return said


def _from_toml(text: str) -> JSON:
    import tomllib

    return tomllib.loads(text)


def beside(model: Path) -> Path | None:
    """The file of contracts that lies beside a model: `model.contracts.json` for `model.keras`; None without one."""
    if not model.name:  # a folder by a dot
        return None
    names = dict.fromkeys(stem + end for stem in (model.stem, model.name) for end in BESIDE)
    return next((path for name in names if (path := model.parent / name).is_file()), None)


# --- one contract -----------------------------------------------------------------------------------------------------


def read_contract(said: JSON) -> Contract:
    """A contract as JSON has it.

    Raises:
        BadContract: it cannot be read.
    """
    if not isinstance(said, dict):
        raise BadContract((), f"it takes an object, this is {shown(said)}")
    for key in said:
        if key not in (*_KEYS, *_NOTES):
            raise BadContract((key,), f"a contract takes {', '.join(_KEYS)}")
    treat_as = said.get("treat_as")
    if treat_as is not None:
        more = [key for key in _KEYS[1:] if key in said]
        if not isinstance(treat_as, str):
            raise BadContract(("treat_as",), "it takes the name of a class of Keras, as in Conv2D")
        if more:
            raise BadContract((more[0],), "a class that is treated as another says nothing else")
        return Contract(treat_as)
    if "weights" in said and "parameters" in said:
        raise BadContract(("parameters",), "the weights say it already")
    return Contract(
        None,
        _shapes(said, "inputs"),
        _shapes(said, "output"),
        _dtypes(said.get("dtype")),
        _weights(said, "weights"),
        _weights(said, "non_trainable"),
        _size(said.get("parameters")),
    )


def _shapes(said: Mapping[str, JSON], key: str) -> Written | None:
    value = said.get(key)
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        value = ", ".join(one if one.strip().startswith(("(", "[")) else f"({one})" for one in value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadContract((key,), 'it takes a text, as in "(batch, time, 64)", or a list of such')
    return _written((key,), value)


def _written(keys: tuple[str, ...], text: str) -> Written:
    try:
        return read_shapes(text)
    except BadRule as error:
        raise BadContract(keys, str(error)) from None


def _dtypes(value: JSON) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise BadContract(("dtype",), 'it takes a dtype, as in "float32", or one for each output')
    return tuple(listed)


def _weights(said: Mapping[str, JSON], key: str) -> Mapping[str, Written]:
    value = said.get(key, {})
    if not isinstance(value, dict):
        raise BadContract((key,), 'it takes shapes by name, as in {"kernel": "(channels, units)"}')
    found = {}
    for name, one in value.items():
        text = f"({', '.join(map(str, one))}{',' if one else ''})" if isinstance(one, list) else one
        if not isinstance(text, str):
            raise BadContract((key, name), "it takes a shape")
        found[name] = _written((key, name), text)
        if len(found[name].shapes) != 1:
            raise BadContract((key, name), "a weight has one shape")
    return found


def _size(value: JSON) -> Written | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise BadContract(("parameters",), "it takes a whole number, or a text that comes to one")
    try:
        return read_size(str(value))
    except BadRule as error:
        raise BadContract(("parameters",), str(error)) from None


# --- the entry that it makes ------------------------------------------------------------------------------------------


def _entry(name: str, contract: Contract, catalog: Catalog, dialect: Dialect) -> OpDef:
    if contract.treat_as is not None:
        return _treated(contract.treat_as, catalog, dialect)
    # The arguments of the class's config are read as they are: what its constructor takes is not judged.
    params = tuple(Param(word, _as_said, {}) for word in _words(contract))
    entry = OpDef(
        f"custom.{name.replace('.', '_')}",
        params,
        All(),
        shape=None if contract.output is None else lambda c, xs: _outputs(contract, c, xs),
        dtype=same_dtype if not contract.dtype else lambda c, xs: _kinds(contract, c, xs),
        weights=lambda c, xs: list(_variables(contract, c, xs)),
        cost=None,
        mask=None,
        takes_unknown=True,
        takes_any_argument=BOTH,
        palette=False,
    )
    return entry


def _treated(name: str, catalog: Catalog, dialect: Dialect) -> OpDef:
    verdict = catalog.classify(Op(name, "keras.layers"), dialect)
    if not isinstance(verdict, Known):
        raise BadContract(("treat_as",), f'Keras has no class "{name[:80]}" that is known here')
    if verdict.entry.kept:
        raise BadContract(("treat_as",), f"{name[:80]} holds code, which is never run here")
    # A subclass may have arguments of its own, its call too.
    return replace(verdict.entry, takes_any_argument=BOTH, subclassed=True)


def _words(contract: Contract) -> list[str]:
    return list(dict.fromkeys(name for written in contract.written() for name in written.names()))


def _as_said(value: JSON) -> Any:
    if isinstance(value, list):
        return tuple(_as_said(one) for one in value)
    if isinstance(value, (int, str)) or value is None:
        return value
    raise BadValue("a whole number")


def _outputs(contract: Contract, c: RuleContext, xs: list[TensorSpec]) -> list[Shape] | Shape | None:
    assert contract.output is not None
    shapes = _made(contract, contract.output, c, xs)
    return shapes[0] if len(shapes) == 1 else shapes  # type: ignore[return-value]  # one of several may be unknown


def _kinds(contract: Contract, c: RuleContext, xs: list[TensorSpec]) -> str | list[str]:
    count = 1 if contract.output is None else len(contract.output.shapes)
    kinds = contract.dtype
    if len(kinds) not in (1, count):
        raise _misfit(contract, f"it says {len(kinds)} dtypes for {count} outputs")
    return kinds[0] if len(kinds) == 1 else list(kinds)


def _variables(contract: Contract, c: RuleContext, xs: list[TensorSpec]) -> Iterator[WeightSpec]:
    for shapes, is_trainable in ((contract.weights, True), (contract.non_trainable, False)):
        for name, written in shapes.items():
            shape = _made(contract, written, c, xs)[0]
            yield WeightSpec(name, (None,) if shape is None else shape, is_trainable)
    if contract.parameters is not None:
        yield WeightSpec("parameters", _made(contract, contract.parameters, c, xs)[0] or (None,))
    elif not contract.weights and not contract.non_trainable:
        yield from c.stored or (WeightSpec("unknown", (None,)),)


def _made(contract: Contract, written: Written, c: RuleContext, xs: list[TensorSpec]) -> list[Shape | None]:
    shapes = [x.shape for x in xs]
    first = shapes[0] if shapes else None
    try:
        named = {} if contract.inputs is None else bound(contract.inputs, shapes)
        sizes = {name: _meaning(name, contract, c, named, first) for name in written.names()}
        return made(written, sizes, first)
    except BadRule as error:
        raise _misfit(contract, str(error)) from None


def _meaning(name: str, contract: Contract, c: RuleContext, named: Mapping[str, Dim], first: Shape | None) -> Any:
    """What a name stands for: an axis that the contract names, an argument of the layer, else the axis in its place.

    Raises:
        BadRule: none of them.
    """
    if name in named:
        return named[name]
    if name in c.said:
        return getattr(c, name)
    axis = axis_of(name, contract, {*named, *c.said})
    if axis is None:
        says = f'{name} is no argument of it, and no axis: name what comes in, as in "inputs": "(batch, {name})"'
        raise BadRule(says)
    if first is None:
        return None
    if not -len(first) <= axis < len(first):
        raise BadRule(f"{name} is no argument of it, and its input of rank {len(first)} has no axis {axis}")
    return first[axis]


def axis_of(name: str, contract: Contract, known: Collection[str]) -> int | None:
    """The axis of the first tensor that a name stands for where it is none of those that are `known`."""
    if name in _FIXED:
        return _FIXED[name]
    return None if contract.output is None else contract.output.place(name, {*known, *_FIXED})


def suggestion(configs: Sequence[Mapping[str, JSON]], calls: Sequence[tuple[Shape, Shape]]) -> str | None:
    """A rule that gives what was recorded of the calls of a class; None where its arguments and axes do not say it.

    A call is the first shape that comes in, and the one that comes out.

    >>> suggestion([{"units": 4}], [((None, 9, 8), (None, 9, 4))])
    '(batch, axis1, units)'
    """
    ranks = {(len(given), len(made)) for given, made in calls}
    if len(ranks) != 1:
        return None
    rank_in, rank = ranks.pop()
    words = []
    for axis in range(rank):
        sizes = [made[axis] for _, made in calls]
        names = [name for name in configs[0] if name.isidentifier() and not iskeyword(name) and name not in _FIXED]
        arguments = (n for n in names if type(configs[0][n]) is int and [c.get(n) for c in configs] == sizes)
        same = axis < rank_in and [given[axis] for given, _ in calls] == sizes
        last = rank_in > 1 and [given[-1] for given, _ in calls] == sizes and axis == rank - 1
        argument = next(arguments, None) if len(configs) == len(calls) else None
        if axis == 0 and same:
            words.append("batch")
        elif argument is not None:
            words.append(argument)
        elif last or (same and axis == rank_in - 1):
            words.append("channels")
        elif same:
            words.append(f"axis{axis}")
        elif len(set(sizes)) == 1:
            words.append(str(sizes[0]))
        else:
            return None
    return f"({', '.join(words)}{',' if rank == 1 else ''})"


def _misfit(contract: Contract, says: str) -> RuleError:
    hint = f"change its contract, {contract.says}"
    return RuleError("GC215", f"does not fit its contract: {says}", hint, data={"contract": True})
