"""The form of a catalog entry: all that is known about one class of layer or operation, in one value.

Rules are pure functions of a context `c` and the inputs, in the form that `inputs` names:

    Source()          rule(c)                  no tensor comes in
    One(…)            rule(c, x)               x: TensorSpec
    Many(…)           rule(c, xs)              xs: list of TensorSpec, a list in the call
    Call("a", "b?")   rule(c, a, b)            the call's arguments by name: values with a TensorSpec for each tensor;
                                               "b?" may be missing and is then None
    All()            rule(c, xs)              xs: every tensor of the call, wherever it stands

They are never called while the shape of a tensor that comes in is unknown, unless the entry `takes_unknown`.
A rule answers or raises `RuleError`, for any rank and any unknown sizes inside a shape. The sizes that `shape` gives
explain themselves (`reasons`), because it is run on numbers that remember: so it adds, multiplies and divides what it
was given, and asks `is_whole(size)`, not `type(size) is int`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TypeGuard

from ..model import JSON, Dialect, Layer
from ..shapes import RuleError, Shape, TensorSpec
from .calls import KERAS2_CALLS, KERAS3_CALLS, MOST, Signature

Group = Literal[
    "core",
    "convolution",
    "pooling",
    "normalization",
    "activation",
    "regularization",
    "reshaping",
    "merging",
    "recurrent",
    "attention",
    "preprocessing",
    "wrappers",
    "operations",
    "applications",
    "legacy",
]


class BadValue(ValueError):
    """An argument that a layer cannot take; the text says what it takes: `a whole number above 0`."""


class Taken(BadValue):
    """A value that is not what a layer wants, and that Keras takes all the same, as `value`."""

    def __init__(self, wanted: str, value: Any) -> None:
        super().__init__(wanted)
        self.value = value


@dataclass(frozen=True, slots=True)
class Param:
    """An argument of a constructor. `read` gives the rule's value of a JSON value, or raises `BadValue`.

    `default` is a value as `read` gives it. `only`: the dialects whose class has the argument; empty means all.
    `inert`: it changes no shape, dtype or weight, so the rest can be inferred though its value is bad. `old`: how Keras
    2 reads it, where that differs. `lost`: the way out for a value that a class without the argument cannot be told.
    `is_path`: Keras takes a text for the path of a file, and reads that.
    """

    name: str
    read: Callable[[JSON], Any]
    schema: JSON
    default: Any = None
    required: bool = False
    only: tuple[Dialect, ...] = ()
    doc: str = ""
    inert: bool = False
    old: Callable[[JSON], Any] | None = None
    lost: Callable[[JSON], str | None] | None = None
    is_path: bool = False


class WeightSpec(NamedTuple):
    """One variable of a layer. Its dtype is the layer's variable dtype where None."""

    name: str
    shape: Shape
    trainable: bool = True
    dtype: str | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """The tensors that a call takes. Ranks count the batch axis.

    `built_by`: what `build` takes the shapes of, by the names of its arguments; a name with "?" may be left out.
    """

    form: Literal["source", "one", "many", "call", "all"]
    min_rank: int = 0
    max_rank: int | None = None
    least: int = 1
    most: int | None = 1
    names: tuple[str, ...] = ()
    built_by: tuple[str, ...] = ("input",)


def Source() -> Inputs:
    """No tensor comes in."""
    return Inputs("source", least=0, most=0)


def One(min_rank: int = 0, max_rank: int | None = None, *, rank: int | None = None) -> Inputs:
    """One tensor, of a rank between these or of exactly `rank`."""
    return Inputs("one", rank or min_rank, rank or max_rank)


def Many(least: int = 2, most: int | None = None) -> Inputs:
    """A list of tensors."""
    return Inputs("many", least=least, most=most)


def Call(*names: str, least: int = 1, built_by: tuple[str, ...] | None = None) -> Inputs:
    """Arguments by name, as the call's signature has them; a name with "?" may be left out."""
    return Inputs("call", least=least, most=None, names=names, built_by=names if built_by is None else built_by)


def All() -> Inputs:
    """Every tensor of the call, in order: of a class whose call nobody knows."""
    return Inputs("all", least=0, most=None)


OldKind = Literal["refused", "kept", "dense", "steps"]


class OldKinds(NamedTuple):
    """What a layer of Keras 2 makes of a sparse tensor and of a ragged one: TensorFlow refuses most.

    `steps`: its first output is of that kind where it has all steps, and the others are dense.
    """

    sparse: OldKind = "refused"
    ragged: OldKind = "refused"


REFUSES = OldKinds()


class Function(NamedTuple):
    """How Python calls an operation: the function of `keras.ops`, or of a room of it, that makes one.

    `name` is where it is not the class's in snake case. `before`: arguments of the class that it takes before those of
    the call. `by_place`: how many of the call's it takes before others of the class; the rest are given by name.
    `always`: arguments of which it has another default than the class. `gives_many`: tensors in a list or a tuple, also
    where there is one.
    """

    name: str = ""
    room: str = ""
    before: tuple[str, ...] = ()
    by_place: int | None = None
    always: tuple[str, ...] = ()
    gives_many: bool = False


SNAKE = Function()


def needs_rank(c: RuleContext, *_inputs: Any) -> Shape | None:
    """What most layers of Keras 2 do with an input that states no shape.

    Raises:
        RuleError: rank-mismatch (GC403).
    """
    hint = "give the input its shape, the batch first, null for a size that is not known"
    raise RuleError("GC403", "needs to know how many axes come in, and its input states no shape", hint, inputs=(0,))


def stays_unranked(c: RuleContext, *_inputs: Any) -> Shape | None:
    """What comes out has no shape, either."""
    return None


def of_rank(rank: int) -> Rule:
    """What comes out has so many axes, whatever comes in."""
    return lambda c, *_inputs: (None,) * rank


class Inner(NamedTuple):
    """What a layer inside another gives. Its weights may be what nobody can make, where its outputs are known."""

    outputs: tuple[TensorSpec, ...]
    made: tuple[WeightSpec, ...] | RuleError
    multiply_adds: int | None = None
    drops_masks: bool = False

    @property
    def weights(self) -> tuple[WeightSpec, ...]:
        """The variables.

        Raises:
            RuleError: unknown-size (GC408).
        """
        if isinstance(self.made, RuleError):
            raise self.made
        return self.made


class RuleContext(Protocol):
    """What a rule may ask besides its inputs: each parameter as an attribute, and what stands here."""

    layer: Layer
    dialect: Dialect  # "keras2" or "keras3"
    compute_dtype: str  # of the layer's policy
    variable_dtype: str
    policy: Any  # a Policy of catalog.policies: how the kernel is quantized, what inner layers compute in
    call: Mapping[str, Any]  # the call's arguments but for the inputs, tensors as TensorSpec: mask, initial_state, …
    said: Mapping[str, JSON]  # the config as the file has it
    built: Sequence[WeightSpec] | None  # what an earlier call made
    stored: Sequence[WeightSpec] | None  # what the file holds of its weights
    first: Sequence[Any] | None  # what came in then, in the form of the rule's inputs
    is_asked_only: bool  # for a shape: Keras 3 then checks no rank, and computes no masks

    def infer(
        self, inner: JSON, *inputs: TensorSpec, first: tuple[TensorSpec, ...] | None = None, **call: Any
    ) -> Inner:
        """What a serialized layer among the arguments makes of these inputs. Its RuleError comes through.

        It is only asked for its shape where `first` is None. Else it is called: for the first time where that is
        empty, or again, with what it got then.
        """

    def __getattr__(self, name: str) -> Any:
        """A parameter's value."""


Rule = Callable[..., Any]


def same_dtype(c: RuleContext, *inputs: Any) -> str | None:
    """The dtype of the first tensor that comes in, floats cast to the layer's compute dtype.

    Keras 3 casts where a layer is called, and not where it is asked for a shape alone.
    """
    first = first_of(inputs)
    if first is None or (c.is_asked_only and c.dialect == "keras3"):
        return None if first is None else first.dtype
    return autocast(c, first.dtype)


def compute_dtype(c: RuleContext, *_inputs: Any) -> str:
    """The layer's compute dtype, whatever comes in."""
    return c.compute_dtype


def autocast(c: RuleContext, dtype: str | None) -> str | None:
    """What a layer makes of an input's dtype: floats become its compute dtype, in tf_keras if that is one."""
    if dtype == c.compute_dtype:
        return dtype
    is_cast = dtype is not None and is_float(dtype) and (c.dialect == "keras3" or is_float(c.compute_dtype))
    return c.compute_dtype if is_cast else dtype


def mask_of(c: RuleContext, x: TensorSpec) -> Shape | None:
    """The mask that a call names, or else the tensor's own; tf_keras takes a null that is named for none."""
    said = c.call.get("mask")
    if said is None and c.dialect == "keras2" and "mask" in c.call:
        return None
    return said.shape if isinstance(said, TensorSpec) else x.mask


def passes(c: RuleContext, *inputs: Any) -> Shape | None:
    """The mask of the first tensor goes on."""
    first = first_of(inputs)
    return None if first is None else mask_of(c, first)


class Dynamic(NamedTuple):
    """What a layer of Keras 2 says of its outputs where it is dynamic: it is asked for shapes then, and never run.

    `shape` and `kind` as in an entry; None where it says what it gives, and a dense tensor.
    """

    shape: Rule | None = None
    dtype: Rule = compute_dtype
    kind: Rule | None = None


AS_IT_RUNS = Dynamic()
AS_IT_COMES = Dynamic(lambda c, *inputs: None if (x := first_of(inputs)) is None else x.shape)


def is_float(dtype: str) -> bool:
    """Whether a dtype is one of the floats."""
    return dtype.startswith(("float", "bfloat"))


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether an argument of a call is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def no_products(c: RuleContext, *_given: Any) -> int:
    """No multiply-adds: values move, or each is changed on its own."""
    return 0


def tensors_of(tree: Any) -> Iterator[Any]:
    """Every TensorSpec of a tree, in order."""
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, TensorSpec):
            yield value
        elif isinstance(value, dict):
            stack.extend(value[key] for key in sorted(value, reverse=True))
        elif isinstance(value, (tuple, list)):
            stack.extend(reversed(value))


def first_of(inputs: Sequence[Any]) -> TensorSpec | None:
    """The first TensorSpec of a rule's inputs, which are trees; None where there is none."""
    first = inputs[0] if inputs else None
    return first if isinstance(first, TensorSpec) else next(tensors_of(inputs), None)


@dataclass(frozen=True, slots=True)
class OpDef:
    """One class: `name` is `layers.Dense`, `ops.Add` or `applications.LayerScale`.

    `shape` gives a Shape, a list of Shapes for several outputs, or None for unknown; `dtype` one dtype for all outputs
    or a list; None as a rule means that nothing is known, and what the file declares stands. `weights` gives the
    variables that `build` makes, in Keras's order. `cost(c, *inputs, y)` gives the multiply-adds of a call for one
    sample, y the first output's shape: those of matrix products and convolutions, which nearly all time goes into;
    what is done once for each value counts as none. None as a rule: nobody can know. `checks` yield what conflicts
    between arguments, before any input is known. `renamed` maps old arguments to Keras 3's, or to "" where they are
    gone. `aliases` are other class names. `mask` gives the shape of the first output's mask, or a list with that of
    each; None as a rule drops it. `kept`: drawn and never run (Lambda). `palette`: offered where a hand adds layers.
    `only`: the dialects that have the class.
    """

    name: str
    params: tuple[Param, ...] = ()
    inputs: Inputs = field(default_factory=One)
    shape: Rule | None = None
    dtype: Rule | None = same_dtype
    weights: Rule | None = None
    mask: Rule | None = passes
    begins_mask: bool = False  # a mask begins here; where it has `mask_zero`, only if that is true
    cost: Rule | None = no_products
    checks: Callable[[RuleContext], Iterable[RuleError]] | None = None
    group: Group = "core"
    aliases: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    doc: str = ""
    only: tuple[Dialect, ...] = ()
    takes_unknown: bool = False
    takes_any_argument: tuple[Dialect, ...] = ()  # what it does not know is passed over
    subclassed: bool = False  # a user's class is treated so: its call may take more
    kept: bool = False
    function: Function | None = SNAKE  # of an operation; None where it is a subscript
    unwritten: str = ""  # why no source makes it: continues the sentence that begins with the layer
    says: Callable[..., bool] | None = None  # whether a layer that is kept says what it gives, by its rules
    palette: bool = True
    declared: bool = False  # the answer is what the file declares: no rule can know
    kind: Rule | None = None  # "sparse" or "ragged" where its outputs are; "dense" for all where None
    old_kinds: OldKinds | None = REFUSES  # what Keras 2 makes of such; as in Keras 3 where None
    states: int | None = None  # how many a recurrent cell keeps
    lacks: tuple[str, ...] = ()  # what other layers take and its constructor in Keras 3 does not
    any_dtype: tuple[Dialect, ...] = ()  # its constructor drops what it is told, unless it is an object
    chooses_dtype: bool = False  # where Keras 3 is told no dtype, it is another than that of most layers
    old_unranked: Rule | None = needs_rank  # the shape that Keras 2 makes of an input without one; None: nobody knows
    delegates: bool = False  # its variables are those of layers that it holds
    unchecked: tuple[Dialect, ...] = ()  # a later call may need other weights, and fails only when the model runs
    noticed: Callable[..., bool] | None = None  # of these inputs it is noticed all the same
    keeps_rank: tuple[Dialect, ...] = ()  # a later call must have the first one's rank
    gives_back: tuple[Dialect, ...] = ()  # what comes out is the very tensor that comes in, unless it is cast
    keeps: Rule | None = None  # the sizes that it must have too, from the first one's input; None in them for any
    filled: Callable[[str], bool] = is_float  # dtypes that Keras 2 can make its weights in
    dynamic: Dynamic | None = AS_IT_RUNS  # what Keras 2 says of it where it is not run; None: nothing, it refuses
    reuses: tuple[Dialect, ...] = ()  # `shape` says what a later call makes of other sizes with the weights there are
    by_name: Mapping[str, Param] = field(init=False, repr=False, compare=False)
    call: Signature | None = field(init=False, repr=False, compare=False)  # what a layer's call takes in Keras 3
    old_call: Signature | None = field(init=False, repr=False, compare=False)  # and in Keras 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {param.name: param for param in self.params})
        is_layer = self.name.startswith("layers.") and not self.subclassed
        object.__setattr__(self, "call", KERAS3_CALLS.get(self.cls, MOST) if is_layer else None)
        object.__setattr__(self, "old_call", KERAS2_CALLS.get(self.cls, MOST) if is_layer else None)

    @property
    def cls(self) -> str:
        """The class's own name: `Dense`."""
        return self.name.rpartition(".")[2]


def entries(*groups: Sequence[OpDef]) -> tuple[OpDef, ...]:
    """Tables, joined."""
    return tuple(entry for group in groups for entry in group)
