"""A layer's config → its arguments as rules take them, by the layer's catalog entry."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Any

from .catalog import LOST, ONLY_KERAS1, Catalog, Custom, Known, Stranger
from .catalog.dynamic import as_dynamic, is_dynamic
from .catalog.packages import PACKAGES
from .catalog.params import anything, nothing, serialized, text
from .catalog.policies import FLOAT32, Policy, read_policy
from .catalog.spec import BadValue, OpDef, Param, Taken
from .context import Context, Prepared, located
from .contracts import NONE, Agreed, Contracts
from .diagnostics import Diagnostic, Place, shown
from .model import JSON, Dialect, Layer, Op, TensorRef, exact
from .reasons import named
from .repeats import Alike
from .shapes import RuleError
from .source import escape


def _truth(said: JSON) -> bool:
    if not isinstance(said, bool):
        raise BadValue("true or false")
    return said


def _listed_sizes(name: str) -> Param:
    """Where a layer states what comes in; what stands in the list counts where it is the first of a model."""

    def read(said: JSON) -> JSON:
        if not isinstance(said, (list, str, dict)):
            raise BadValue("a list of sizes, each a whole number, or null for an unknown one")
        return said

    return Param(name, read, {"type": "array"})


# What the file has of a class without a rule: its shape? its weights?
_TAKEN = {
    (True, True): "its shape and weights are taken from the file",
    (True, False): "its shape is taken from the file, its weights are unknown",
    (False, True): "its weights are taken from the file, its shape is unknown",
    (False, False): "its shape and weights are unknown",
}
# What every layer takes, whatever its class says.
COMMON = {
    "name": text("name"),
    "trainable": Param("trainable", _truth, {"type": "boolean"}, True),
    "dtype": Param(
        "dtype",
        lambda said: read_policy(said, "keras3"),
        {"type": ["string", "object", "null"]},
        old=lambda said: read_policy(said, "keras2"),
    ),
    "activity_regularizer": serialized("activity_regularizer"),
}
# And what every layer of Keras 2 takes.
_OLD = {
    "weights": nothing("weights"),
    "dynamic": Param("dynamic", _truth, {"type": "boolean"}, False),
    "implementation": anything("implementation"),
    "batch_input_shape": _listed_sizes("batch_input_shape"),
    "input_shape": _listed_sizes("input_shape"),
}
# These too, and Keras does not look at them while it builds.
UNREAD = frozenset({"autocast"})
# And these where it is the first of a model: Keras makes an InputLayer from them. Keras 3 reads two of them yet.
FIRST = frozenset({"batch_input_shape", "batch_shape", "input_shape", "input_dim", "input_length", "batch_size"})
_FIRST_OF_KERAS2 = frozenset({"input_dim", "batch_size"})
_IN_KERAS2 = {"batch_shape": "batch_input_shape"}
_FIRST_OF_KERAS3 = frozenset({"input_shape", "input_dim"})


class Preparer:
    """Reads the arguments of the layers of one inference."""

    def __init__(
        self,
        catalog: Catalog,
        dialect: Dialect,
        contracts: Contracts = NONE,
        alike: Alike | None = None,
        *,
        stored: Collection[str] = (),
        is_explained: bool = False,
    ) -> None:
        self.catalog = catalog
        self.contracts = contracts
        self.stored = stored  # layers of unknown classes whose weights the file holds
        self.repeats = alike or Alike()
        self.is_explained = is_explained  # numbers among the arguments remember their names
        self.dialect = dialect
        # Models repeat their blocks. Of layers without a problem: by the arguments, and by the number that the file's
        # reader gave to all configs of these.
        self.alike: dict[tuple[Op, bytes], Prepared] = {}
        self.numbered: dict[int, tuple[Op, Prepared]] = {}
        self.policies: dict[bytes, Policy] = {}  # a model has one or two
        self.said: JSON = ...  # the last that was read, and what it is
        self.policy = FLOAT32

    def prepare(self, layer: Layer, path: tuple[str, ...], recorded: Collection[TensorRef] = ()) -> Prepared:
        """Read a layer's arguments, or take those of a layer of its class that says the same but for the name.

        `recorded` are the tensors whose shape the file states.
        """
        config = layer.config
        number = self.repeats.number(config)
        if number is not None:
            known = self.numbered.get(number)
            if known is not None and known[0] == layer.op:
                return known[1]
            made = self._prepare(layer, path, recorded)  # configs of another number say something else
            if _may_be_shared(made):
                self.numbered[number] = (layer.op, made)
            return made
        name = config.get("name")
        if name is not None and name.__class__ is not str:
            return self._prepare(layer, path, recorded)
        said = exact({**config, "name": None})
        if said is None:
            return self._prepare(layer, path, recorded)
        shared = self.alike.get((layer.op, said))
        if shared is not None:
            return shared
        made = self._prepare(layer, path, recorded)
        if _may_be_shared(made):
            self.alike[layer.op, said] = made
        return made

    def _prepare(self, layer: Layer, path: tuple[str, ...], recorded: Collection[TensorRef]) -> Prepared:
        """Read a layer's arguments by its catalog entry."""
        verdict = self.catalog.classify(layer.op, self.dialect)
        policy = self._policy(layer.config.get("dtype")).at(layer.name)
        is_trainable = layer.config.get("trainable", True) is not False
        holds_code = isinstance(verdict, Known) and verdict.entry.kept
        agreed = self.contracts.find(layer) if holds_code or not isinstance(verdict, Known) else None
        if agreed is not None:
            made = self._read_by_contract(layer, agreed, policy, is_trainable, path)
            return made._replace(diagnostics=(_holding_code(layer, path), *made.diagnostics)) if holds_code else made
        if isinstance(verdict, Known):
            return self._read(layer, verdict.entry, policy, is_trainable, path)
        place = Place(f"{layer.origin}/class_name", layer.name, path=path)
        if isinstance(verdict, Stranger):
            is_gone = layer.op.cls in ONLY_KERAS1
            lost = LOST.get(layer.op.cls) if self.dialect == "keras2" else None
            says = "which no Keras after 1 has" if is_gone else lost or "which is none of Keras"
            hint = "build it from layers that Keras has, such as Dense, Multiply and Maximum"
            if not is_gone:
                hint = "register a class of your own with keras.saving.register_keras_serializable, then save the model"
            if verdict.guesses:
                hint = f'did you mean "{verdict.guesses[0]}"'
            problem = Diagnostic(
                "GC201",
                f'Layer "{layer.name}" is of class {layer.op.cls[:80]}, {says}',
                place,
                hint=hint,
                data={"guesses": list(verdict.guesses)},
            )
            return Prepared(None, {}, policy, is_trainable, (problem,), problem)
        said = _TAKEN[TensorRef(layer.name, 0, 0) in recorded, layer.name in self.stored]
        if isinstance(verdict, Custom):
            package = PACKAGES.get(layer.op.registered or layer.op.cls)
            problem = Diagnostic(
                "GC206",
                f'{layer.op.cls[:80]} "{layer.name}" is a custom class: {said}'
                if package is None
                else f'{layer.op.cls[:80]} "{layer.name}" is a custom class, of {package}: {said}',
                place,
                hint="say once what it gives, in a contract: nothing of the class is run here",
            )
        else:
            problem = Diagnostic(
                "GC209",
                f'{layer.op.cls[:80]} "{layer.name}" has no rule here yet: {said}',
                place,
            )
        return Prepared(None, {}, policy, is_trainable, (problem,), declared=True)

    def _policy(self, said: JSON) -> Policy:
        """The policy that a config names, float32 where it names none."""
        try:
            return self._read_policy(said)
        except BadValue:
            return FLOAT32

    def _read_policy(self, said: JSON) -> Policy:
        """A policy, read once for all layers that name it.

        Raises:
            BadValue: it is none.
        """
        if said is self.said:  # a layer's is asked for twice
            return self.policy
        form = exact(said)
        policy = self.policies.get(form) if form is not None else None
        if policy is None:
            policy = read_policy(said, "keras2" if self.dialect == "keras2" else "keras3")
            if form is not None:
                self.policies[form] = policy
        self.said, self.policy = said, policy
        return policy

    def _read_by_contract(
        self, layer: Layer, agreed: Agreed, policy: Policy, is_trainable: bool, path: tuple[str, ...]
    ) -> Prepared:
        """Read a layer's arguments as the contract of its class has them: its constructor is not judged."""
        entry, contract = agreed
        made = self._read(layer, entry, policy, is_trainable, path)
        place = Place(f"{layer.origin}/class_name", layer.name, path=path)
        what = f'{layer.op.cls[:80]} "{layer.name}"'
        wrong = next((problem for problem in made.diagnostics if problem.severity == "error"), None)
        if wrong is not None:
            says = f"{what} cannot be treated as {contract.says[:80]}, as its contract says: {wrong.message}"
            problem = Diagnostic("GC215", says, place, hint="change its contract", data={"contract": True})
            return Prepared(None, {}, policy, is_trainable, (problem,), declared=True)
        if contract.treat_as is not None:
            says = f"{what} is treated as {contract.treat_as[:80]}, as its contract says"
        else:
            shape = contract.says or "the shape that the file records"
            says = f"{what} gives {shape}, as its contract says"
        return made._replace(diagnostics=(Diagnostic("GC214", says, place), *made.diagnostics))

    def _read(self, layer: Layer, entry: OpDef, policy: Policy, is_trainable: bool, path: tuple[str, ...]) -> Prepared:
        found: list[Diagnostic] = []
        failed: Diagnostic | None = None
        defaults, readers, required = self.catalog.form(entry, self.dialect)
        values = dict(defaults)
        config = layer.config
        for key, said in config.items():
            read = readers.get(key)
            if read is None:
                wrong = self._read_common(layer, entry, key, said, path)
                if wrong is not None:
                    found.append(wrong)
                continue
            try:
                values[key] = read(said)
            except Taken as error:
                values[key] = error.value
                found.append(_taken(layer, key, said, error, path))
            except BadValue as error:
                param = entry.by_name[key]
                problem, guess = _bad_value(layer, param, said, error, path)
                found.append(problem)
                if guess is not None:
                    values[key] = param.read(guess)
                elif param.inert:
                    values.setdefault(key, param.default)
                else:
                    failed = failed or problem
        meant = {problem.data.get("guess") for problem in found if problem.code == "GC202"}
        missing = [param for param in required if param.name not in config]
        for param in missing:
            place = Place(f"{layer.origin}/config", layer.name, arg=param.name, path=path)
            problem = Diagnostic(
                "GC203",
                f'{layer.op.cls} "{layer.name}" has no {param.name}, which it needs',
                place,
                hint=f"add {param.name} to its config{_wanted(param)}",
            )
            failed = failed or problem
            if param.name not in meant:
                found.append(problem)
        plain = Prepared(entry, values, policy, is_trainable)
        if failed is None and entry.checks is not None:
            context = Context(layer, plain, self.dialect, {})
            for conflict in _guarded(entry.checks, context):
                problem = located(layer, conflict, Place(layer.origin, layer.name, path=path))
                found.append(problem)
                failed = failed or (problem if problem.severity == "error" else None)
        is_declared = entry.declared or entry.shape is None
        if entry.kept:
            found.append(_holding_code(layer, path))
            context = Context(layer, plain, self.dialect, {})
            is_declared = is_declared or entry.says is None or not entry.says(context)
        if self.dialect == "keras2" and failed is None and is_dynamic(entry, config):
            problem = _unrun(layer, entry, path)
            found.append(problem)
            if entry.dynamic is None:
                failed = problem
            else:
                entry = as_dynamic(entry, entry.dynamic)
        return Prepared(
            entry,
            named(values) if self.is_explained else values,
            policy,
            is_trainable,
            tuple(found),
            failed,
            is_declared,
        )

    def _read_common(
        self, layer: Layer, entry: OpDef, key: str, said: JSON, path: tuple[str, ...]
    ) -> Diagnostic | None:
        """What is wrong with an argument that is not the class's own: every layer takes some."""
        is_old = self.dialect == "keras2"
        takes_name_only = entry.name.startswith("ops.") or (is_old and entry.inputs.form == "source")
        if self.dialect in entry.takes_any_argument and key != "name":
            return None
        if (takes_name_only and key != "name") or (key in entry.lacks and not is_old):
            return self._unknown_argument(layer, entry, key, said, path)
        param = COMMON.get(key) or (_OLD.get(key) if is_old else None)
        if param is None:
            first = _FIRST_OF_KERAS2 if is_old else _FIRST_OF_KERAS3
            is_known = key in UNREAD or (key in first and layer.op.cls != "InputLayer")
            return None if is_known else self._unknown_argument(layer, entry, key, said, path)
        try:
            if key == "dtype":
                self._read_policy(said)
            else:
                (param.old if is_old and param.old is not None else param.read)(said)
        except BadValue as error:
            if key == "dtype" and self.dialect in entry.any_dtype and not isinstance(said, dict):
                return _taken(layer, key, said, Taken(str(error), None), path)
            if not (is_old and entry.inputs.form == "source" and not said):  # it then makes up a name
                return _bad_value(layer, param, said, error, path)[0]
        return None

    def _unknown_argument(self, layer: Layer, entry: OpDef, key: str, said: JSON, path: tuple[str, ...]) -> Diagnostic:
        place = Place(f"{layer.origin}/config/{escape(key)}", layer.name, arg=key, path=path)
        new = entry.renamed.get(key) or (_IN_KERAS2.get(key) if self.dialect == "keras2" else None)
        if new is None:
            close = get_close_matches(key, list(entry.by_name), n=1) if len(key) < 80 else []
            new = close[0] if close else None
        elsewhere = entry.by_name.get(key)
        if key in FIRST and layer.op.cls != "InputLayer" and self.dialect == "keras3":
            hint = "an InputLayer states the shape in Keras 3: remove it here"
        elif elsewhere is not None and elsewhere.lost is not None and (lost := elsewhere.lost(said)) is not None:
            hint = lost
        elif elsewhere is not None and key not in entry.renamed:
            hint = f"{key} belongs to {'Keras 2' if 'keras2' in elsewhere.only else 'Keras 3'}: remove it"
        else:
            hint = f'did you mean "{new}"' if new else "remove it"
        return Diagnostic(
            "GC202",
            f'{layer.op.cls} "{layer.name}" has no argument {key[:80]}',
            place,
            hint=hint,
            data={"argument": key, "guess": new},
        )


def _may_be_shared(made: Prepared) -> bool:
    """Whether what was read is that of any layer that says the same but for its name."""
    return made.entry is not None and not made.diagnostics and not made.policy.parts


def _holding_code(layer: Layer, path: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(
        "GC207",
        f'{layer.op.cls} "{layer.name}" holds code: it is drawn and kept, never run',
        Place(layer.origin, layer.name, path=path),
        hint="safe mode refuses it too; Keras's own layers or a custom class can replace it",
    )


def _bad_value(
    layer: Layer, param: Param, said: JSON, error: BadValue, path: tuple[str, ...]
) -> tuple[Diagnostic, JSON]:
    """The problem, and the value that was probably meant: the rest is inferred as if it stood there."""
    place = Place(f"{layer.origin}/config/{escape(param.name)}", layer.name, arg=param.name, path=path)
    schemas = (param.schema, *param.schema.get("anyOf", ()))
    options = [option for one in schemas for option in one.get("enum", ()) if isinstance(option, str)]
    close = get_close_matches(said, options, n=1) if isinstance(said, str) and len(said) < 80 else []
    guess = close[0] if close else None
    hint = f'did you mean "{guess}"' if guess else _way_out(param, said)
    message = f'{layer.op.cls} "{layer.name}" has {param.name} {shown(said)}; it takes {error}'
    return Diagnostic("GC204", message, place, hint=hint, data={"argument": param.name, "guess": guess}), guess


def _way_out(param: Param, said: JSON) -> str:
    """What to do about a value that the argument does not take; which it takes is in the message."""
    if isinstance(said, str):
        try:
            plain = {"true": True, "false": False}.get(said.lower()) if said.isalpha() else json.loads(said)
            param.read(plain)
        except (ValueError, RecursionError, BadValue):
            pass
        else:
            return f"write {shown(plain)} without quotes"
    if param.required or param.default is None:
        return f"give {param.name} such a value"
    return f"remove {param.name} to have its default, {shown(param.default)}, or give it such a value"


def _wanted(param: Param) -> str:
    """What an argument takes, behind a colon; nothing where null is refused for another reason."""
    try:
        param.read(None)
    except BadValue as error:
        return f": {error}"
    return ""


def _taken(layer: Layer, key: str, said: JSON, error: Taken, path: tuple[str, ...]) -> Diagnostic:
    place = Place(f"{layer.origin}/config/{escape(key)}", layer.name, arg=key, path=path)
    message = f'{layer.op.cls} "{layer.name}" has {key} {shown(said)}, which Keras takes for {shown(error.value)}'
    return Diagnostic("GC210", message, place, hint=f"{key} takes {error}")


def _unrun(layer: Layer, entry: OpDef, path: tuple[str, ...]) -> Diagnostic:
    """What dynamic means for a layer of Keras 2, or that it cannot be."""
    place = Place(f"{layer.origin}/config/dynamic", layer.name, arg="dynamic", path=path)
    hint = "remove dynamic: it is for layers whose call is Python code"
    if entry.dynamic is None:
        says = f'{layer.op.cls} "{layer.name}" is dynamic, and Keras 2 cannot tell its shape without running it'
        return Diagnostic("GC204", says, place, hint=hint)
    says = f'{layer.op.cls} "{layer.name}" is dynamic: Keras 2 makes no weights of it before the model runs'
    return Diagnostic("GC210", says, place, hint=hint)


def _guarded(checks: Any, context: Context) -> Iterable[RuleError]:
    try:
        return list(checks(context))
    except RuleError as error:
        return [error]
