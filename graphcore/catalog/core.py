"""Layers that most models begin with: inputs, dense layers, embeddings, masks, functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, Unranked, broadcast, show
from .low_rank import low_rank, low_rank_cost, low_rank_weights
from .masks import of_places, of_words, passes_in_keras3
from .params import (
    BOTH,
    KERAS2,
    KERAS3,
    activation,
    anything,
    flag,
    integer,
    kernel_and_bias,
    nested_shape,
    nothing,
    nullable,
    number,
    pos_int,
    required,
    serialized,
    strict,
    unread,
)
from .policies import DTYPES, KERAS2_DTYPES, KERAS3_DTYPES, Quantization
from .quantization import (
    Packing,
    by_letters,
    kernel_weights,
    quantization_config,
    reverse_weights,
    settled,
    table_weights,
)
from .rules import (
    are_numbers,
    function_dtype,
    kept_sparse,
    last,
    needs_float,
    per_sample,
    plus,
    refuse_sparse,
    run_dtype,
    same,
    takes_only,
    times,
)
from .spec import (
    All,
    BadValue,
    OldKinds,
    One,
    OpDef,
    Param,
    RuleContext,
    Source,
    Taken,
    WeightSpec,
    autocast,
    compute_dtype,
    is_float,
    needs_rank,
    stays_unranked,
)

OLD_DENSE = {
    "output_dim": "units",
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
}


# Inputs


def _dtype() -> Param:
    """A dtype by name, or null for float32."""
    schema: JSON = {"enum": [*DTYPES, None]}
    return Param("dtype", _dtype_of(KERAS3_DTYPES), schema, "float32", old=_old_dtype)


_ENUMERATED = {1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string", 9: "int64"}
"""TensorFlow's numbers of dtypes, as far as files may have them."""


def _old_dtype(value: JSON) -> str:
    """Keras 2 takes what is nothing to Python for float32, and TensorFlow's numbers."""
    if value is None:
        return "float32"
    if not value or (isinstance(value, (bool, int)) and value in _ENUMERATED):
        raise Taken("a dtype such as float32, int32 or string", _ENUMERATED.get(int(value or 1), "float32"))
    return _dtype_of(KERAS2_DTYPES)(value)


def _dtype_of(names: dict[str, str]) -> Callable[[JSON], str]:
    def read(value: JSON) -> str:
        while isinstance(value, dict):
            inner = value.get("config")
            value = inner.get("name") if isinstance(inner, dict) else None
        if value is None:
            return "float32"
        if not isinstance(value, str) or value not in names:
            raise BadValue("a dtype such as float32, int32 or string")
        return names[value]

    return read


def _shape(name: str, doc: str = "", *, only: Any = ()) -> Param:
    """A list of sizes, null for an unknown one."""
    wanted = "a list of sizes, each a whole number from 0, or null for an unknown one"

    def read(value: JSON) -> Shape | None:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)):
            raise BadValue(wanted)
        for size in value:
            if size is not None and (type(size) is not int or size < 0):
                raise BadValue(wanted)
        return tuple(value)

    one: JSON = {"type": ["integer", "null"], "minimum": 0}
    return Param(name, read, {"anyOf": [{"type": "array", "items": one}, {"type": "null"}]}, None, only=only, doc=doc)


def _size_or_sizes(value: JSON) -> Any:
    """Keras 2 takes a single size too."""
    return (value,) if type(value) is int and value >= 0 else _shape("input_shape").read(value)


def _input_shape(c: RuleContext) -> Shape | None:
    whole: Shape | None = c.batch_shape if c.batch_shape is not None else c.batch_input_shape
    if whole or (whole is not None and c.dialect == "keras3"):
        return whole
    one: Shape | None = c.shape if c.shape is not None else c.input_shape
    return None if one is None else (c.batch_size, *one)


def _input_checks(c: RuleContext) -> Iterator[RuleError]:
    shape = _input_shape(c)
    key = "batch_input_shape" if c.dialect == "keras2" else "batch_shape"
    if shape is None:
        if c.dialect == "keras3":
            yield RuleError("GC203", "has no shape, which it needs", f"give {key}: [null, 28, 28, 1] for images")
        return
    one = "input_shape" if c.input_shape is not None else "shape"
    if (c.batch_shape or c.batch_input_shape) and (c.shape is not None or c.input_shape):
        yield RuleError("GC205", f"has both {one} and {key}", f"remove {one}", arg=one, data={"beside": [key]})
    if c.batch_size is not None and (c.batch_shape or c.batch_input_shape) and c.dialect == "keras3":
        yield RuleError(
            "GC205", f"has both batch_size and {key}", "remove batch_size", arg="batch_size", data={"beside": [key]}
        )
    if c.sparse and c.ragged:
        yield RuleError(
            "GC205",
            "is both sparse and ragged",
            "set one of the two to false",
            arg="ragged",
            data={"beside": ["sparse"]},
        )


def _input_spec(c: RuleContext) -> TensorSpec:
    shape = _input_shape(c)
    # To tf_keras a tensor with every size known is not ragged, whatever it is called.
    is_ragged = c.ragged and (c.dialect == "keras3" or shape is None or None in shape[1:])
    is_unranked = shape is None and c.dialect == "keras2"
    return (Unranked if is_unranked else TensorSpec)(shape, c.dtype, c.sparse, is_ragged)


def _input(only: Any) -> OpDef:
    """Keras 3 takes any further argument, Keras 2 none; it knows no `batch_shape`."""
    is_3 = only == KERAS3
    return OpDef(
        "layers.InputLayer",
        params=(
            _shape("batch_shape", "the whole shape, the batch first", only=KERAS3),
            _shape("batch_input_shape"),
            _shape("shape", only=KERAS3),
            replace(_shape("input_shape"), old=_size_or_sizes),
            nullable(integer("batch_size")),
            _dtype(),
            flag("sparse"),
            flag("ragged"),
            flag("optional"),
            nothing("input_tensor"),
            nothing("type_spec", only=KERAS2),
        ),
        inputs=Source(),
        shape=_input_spec,
        dtype=None,
        checks=_input_checks,
        renamed={"batch_input_shape": "batch_shape", "input_dtype": "dtype"}
        if is_3
        else {"batch_shape": "batch_input_shape"},
        takes_any_argument=KERAS3 if is_3 else (),
        only=only,
        palette=is_3,
        doc="→ (batch, …)",
    )


INPUTS = (_input(KERAS3), _input(KERAS2))


# Dense


def _old_units(value: JSON) -> int:
    """Keras 2 makes a whole number of what is none, and takes 0; true is one to Python, and none to TensorFlow."""
    try:
        units = -1 if isinstance(value, bool) else int(value)
    except (TypeError, ValueError, OverflowError):
        units = -1
    if units < 0:
        raise BadValue("a whole number above 0")
    return units


def _dense_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    shape = (last(c, x), c.units)
    kernel = Packing(shape, *shape, scale=(c.units,))
    added = low_rank_weights(c, shape, c.kernel_constraint)
    return kernel_weights(kernel, settled(c), (c.units,) if c.use_bias else None, added)


def _dense_cost(c: RuleContext, x: TensorSpec, y: Shape) -> Dim:
    size = (x.shape or (None,))[-1]
    through = times(*y[1:-1], plus(size, c.units))
    return plus(times(per_sample(y), size), low_rank_cost(c, (size, c.units), through))


def _dense_shape(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if len(shape) == 1 and c.use_bias and c.dialect == "keras2":  # in a later call, where the layer is built
        hint = "set use_bias to false, or use a second layer"
        raise RuleError("GC403", f"adds its bias to rank 2 or more, gets {show(shape)}", hint, inputs=(0,))
    return (*shape[:-1], c.units)


DENSE = OpDef(
    "layers.Dense",
    unchecked=KERAS2,
    noticed=lambda x: len(x.shape or ()) == 2 or None not in (x.shape or ()),
    params=(
        replace(pos_int("units"), old=_old_units),
        activation(),
        flag("use_bias", True),
        *kernel_and_bias(),
        *low_rank(),
        quantization_config(),
    ),
    inputs=One(min_rank=2),
    old_kinds=OldKinds("dense", "kept"),
    shape=_dense_shape,
    dtype=compute_dtype,
    weights=_dense_weights,
    cost=_dense_cost,
    aliases=("TimeDistributedDense",),
    renamed=OLD_DENSE,
    doc="(batch, …, in) → (batch, …, units)",
)


# A dense step by an equation


@lru_cache(256)
def _letters(equation: str) -> tuple[str, str, str, str] | None:
    """Letters of input, kernel and output, and where the dots stand: "", "left" or "right".

    Source: Keras 3, `_analyze_einsum_string`, which matches from the left and lets a tail stand.
    """
    text = equation.replace("...", "0")
    if found := re.match("([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)", text):
        return found[1], found[2], found[3], ""
    if found := re.match("0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)", text):
        return found[1], found[2], found[3], "left"
    if found := re.match("([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0", text):
        return found[1], found[2], found[3], "right"
    return None


def _einsum_checks(c: RuleContext) -> Iterator[RuleError]:
    letters = _letters(c.equation)
    if letters is None:
        yield RuleError(
            "GC204",
            f'has equation "{c.equation[:60]}"',
            "write it like abc,cd->abd, ...x,xy->...y or ab...,bc->ac...",
            arg="equation",
        )
        return
    given, kernel, out, _ = letters
    for letter in out:
        if letter not in given and letter not in kernel:
            yield RuleError(
                "GC204",
                f'has equation "{c.equation}", whose output {letter} is neither in the input nor in the kernel',
                f"put {letter} into the kernel's letters",
                arg="equation",
            )
    for letter in kernel:
        if letter not in given and letter not in out:
            yield RuleError(
                "GC204",
                f'has equation "{c.equation}", whose kernel letter {letter} is neither in the input nor in the output',
                f"put {letter} into the input's or the output's letters",
                arg="equation",
            )
    for letter in c.bias_axes or "":
        if letter not in out:
            yield RuleError(
                "GC205",
                f'has bias_axes "{c.bias_axes}", and {letter} is no axis of its output {out}',
                f"choose from {out}",
                arg="bias_axes",
            )


class _Einsum:
    """The sizes of a dense step by an equation, for one input.

    Source: Keras 3 and tf_keras, `_analyze_split_string`.
    """

    def __init__(self, c: RuleContext, x: TensorSpec) -> None:
        letters = _letters(c.equation)
        shape = x.shape or ()
        if letters is None or not shape:
            raise RuleError("GC403", f"needs rank 1 or more, gets {show(x.shape)}", inputs=(0,))
        given, self.kernel, self.out, self.dots = letters
        self.given, dots = given, self.dots
        more = len(shape) - len(given)
        if more < 0 or (more and not dots and c.dialect == "keras2"):
            raise RuleError(
                "GC403",
                f'needs rank {len(given)} for equation "{c.equation}", gets {show(shape)} of rank {len(shape)}',
                inputs=(0,),
            )
        full: list[Dim] = [shape[0], *c.output_shape]
        if more and dots == "left":
            full[1:1] = reversed(shape[1:more])
        elif more:
            full.extend(shape[len(shape) - more :])
        self.shape: Shape = tuple(full)
        self.more = shape[:more] if dots == "left" else shape[len(shape) - more :]
        self.is_left = dots == "left"
        self.tail = 0 if dots == "left" else more
        head = more if dots == "left" else 0
        self.inputs = {letter: shape[i + head] for i, letter in enumerate(given)}
        places = {letter: i + head for i, letter in enumerate(self.out)}
        if places and max(places.values()) >= len(full):
            raise RuleError(
                "GC205",
                f'has output_shape {show(c.output_shape)}, too short for the output {self.out} of "{c.equation}"',
                "give a size for each output letter but the batch, null for one that the input has",
                arg="output_shape",
            )
        self.outputs = {letter: full[place] for letter, place in places.items()}
        for letter in given:
            here, there = self.inputs[letter], self.outputs.get(letter)
            if there is not None and here != there:
                raise RuleError(
                    "GC405",
                    f"has output_shape {show(c.output_shape)}, where {letter} is {there}, and gets {show(shape)}, "
                    f"where {letter} is {'unknown' if here is None else here}",
                    f"write null for {letter} in output_shape",
                    arg="output_shape",
                    inputs=(0,),
                )

    def run_shape(self) -> Shape:
        """What Keras 2 gives, which runs the equation: the input's sizes, then the kernel's."""
        kernel = dict(zip(self.kernel, self.kernel_shape("keras2"), strict=True))
        out = tuple(self.inputs[letter] if letter in self.inputs else kernel.get(letter) for letter in self.out)
        return (*self.more, *out) if self.is_left else (*out, *self.more)

    def kernel_shape(self, dialect: str) -> Shape:
        """Sizes of the kernel's letters; Keras 3 asks the output first."""
        first, second = (self.inputs, self.outputs) if dialect == "keras2" else (self.outputs, self.inputs)
        return tuple(first[letter] if letter in first else second[letter] for letter in self.kernel)

    def packing(self, kernel: Shape, how: Quantization | None) -> Packing:
        """How the kernel lies when it is packed.

        Raises:
            RuleError: conflicting-arguments (GC205), Keras does not quantize by this equation.
        """
        if self.dots and how is not None and how.mode != "float8":  # Keras takes the length of a rank, and fails
            says = f'is quantized as {how.mode}, and its equation "{self.given},{self.kernel}->{self.out}" has dots'
            raise RuleError("GC205", says, "write a letter for each axis of the input", arg="equation")
        return by_letters(self.given, self.kernel, self.out, kernel, how)

    def bias_shape(self, axes: str | None) -> Shape | None:
        """Sizes of the bias from its first axis on, 1 where it is shared."""
        if axes is None:
            return None
        start = min((self.out.find(letter) for letter in axes), default=0)
        sizes = (self.outputs[letter] if letter in axes else 1 for letter in self.out[start:])
        return (*sizes, *(1,) * self.tail)


def _einsum_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    sizes = _Einsum(c, x)
    kernel, bias_shape = sizes.kernel_shape(c.dialect), sizes.bias_shape(c.bias_axes)
    for what, shape in (("kernel", kernel), ("bias", bias_shape or ())):
        if None in shape:
            raise RuleError(
                "GC408",
                f'needs a {what} of {show(shape)} for equation "{c.equation}" on {show(x.shape)}',
                "give each of these axes a size in the input or in output_shape",
                inputs=(0,),
            )
    how = settled(c)
    added = low_rank_weights(c, kernel, c.kernel_constraint)
    return kernel_weights(sizes.packing(kernel, how), how, bias_shape, added)


def _einsum_cost(c: RuleContext, x: TensorSpec, y: Shape) -> Dim:
    sizes = _Einsum(c, x)
    summed = [size for letter, size in sizes.inputs.items() if letter not in sizes.outputs]
    out = per_sample(sizes.run_shape())
    kernel = sizes.kernel_shape(c.dialect)
    once = times(out, *summed)
    tail = kernel[-1]
    through = None if once is None or not tail else plus(once // tail, out)
    return plus(once, low_rank_cost(c, kernel, through))


def _output_shape() -> Param:
    plain = _shape("output_shape")

    def read(value: JSON) -> Any:
        if value is None:
            raise BadValue("a size or a list of sizes, null for one that the input has")
        return plain.read([int(value)] if isinstance(value, int) else value)

    def read_old(value: JSON) -> Any:
        return plain.read(value) if isinstance(value, bool) else read(value)

    schema: JSON = {"anyOf": [{"type": "integer"}, {"type": "array"}]}
    return Param("output_shape", read, schema, required=True, old=read_old)


def _bias_axes() -> Param:
    """Letters in a text or a list; none at all is no least one to Keras."""

    def read(value: JSON) -> str | None:
        if value is None:
            return None
        is_listed = isinstance(value, list) and all(isinstance(letter, str) for letter in value)
        if not value or not (is_listed or isinstance(value, str)):
            raise BadValue("letters of the output, or null")
        if isinstance(value, list):
            raise Taken("letters of the output, or null", "".join(value))
        return str(value)

    return Param("bias_axes", read, {"type": ["string", "null"]})


def _equation() -> Param:
    def read(value: JSON) -> str:
        if not isinstance(value, str):
            raise BadValue("an equation such as abc,cd->abd")
        return value

    return Param("equation", read, {"type": "string"}, required=True)


EINSUM_DENSE = OpDef(
    "layers.EinsumDense",
    unchecked=KERAS3,
    params=(
        _equation(),
        _output_shape(),
        activation(),
        _bias_axes(),
        *kernel_and_bias(),
        *low_rank(),
        anything("gptq_unpacked_column_size", only=KERAS3),
        quantization_config(),
    ),
    inputs=One(min_rank=1),
    dynamic=None,
    shape=lambda c, x: _Einsum(c, x).run_shape() if c.dialect == "keras2" else _Einsum(c, x).shape,
    dtype=needs_float,
    weights=_einsum_weights,
    mask=None,
    cost=_einsum_cost,
    checks=_einsum_checks,
    keeps_rank=KERAS3,
    doc="axes by an equation: (batch, …, in) → (batch, …, *output_shape)",
)


# Embedding


def _embedding_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    shape = (c.input_dim, c.output_dim)
    return table_weights(c, low_rank_weights(c, shape, c.embeddings_constraint, "lora_embeddings"))


def _embedded_kind(c: RuleContext, x: TensorSpec) -> str:
    return "ragged" if x.ragged else "dense"


def _embedding_cost(c: RuleContext, x: TensorSpec, y: Shape) -> Dim:
    return low_rank_cost(c, (c.input_dim, c.output_dim), per_sample(y))


def _embedding_checks(c: RuleContext) -> Iterator[RuleError]:
    if c.dialect == "keras2" and c.sparse and c.mask_zero:
        yield RuleError(
            "GC205",
            "has both sparse and mask_zero",
            "set one of the two to false",
            arg="sparse",
            data={"beside": ["mask_zero"]},
        )


EMBEDDING = OpDef(
    "layers.Embedding",
    params=(
        strict(pos_int("input_dim")),
        strict(pos_int("output_dim")),
        serialized("embeddings_initializer", "uniform"),
        serialized("embeddings_regularizer"),
        serialized("activity_regularizer"),
        serialized("embeddings_constraint"),
        flag("mask_zero"),
        anything("input_length"),
        flag("sparse", only=KERAS2),
        nothing("weights"),
        *low_rank(),
        quantization_config(),
    ),
    inputs=One(),
    kind=_embedded_kind,
    old_kinds=OldKinds("dense", "kept"),
    shape=lambda c, x: (*(x.shape or ()), c.output_dim),
    dtype=compute_dtype,
    weights=_embedding_weights,
    mask=of_words,
    begins_mask=True,
    cost=_embedding_cost,
    checks=_embedding_checks,
    renamed={
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
        "dropout": "",
    },
    doc="(batch, …) of whole numbers → (batch, …, output_dim)",
)


def _reversible_shape(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    return (*shape[:-1], c.input_dim) if c.call.get("reverse") else (*shape, c.output_dim)


def _reversible_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    """Those of an embedding, and a kernel for the way back where it has one of its own."""
    return [*_embedding_weights(c, x), *([] if c.tie_weights else reverse_weights(c))]


def _reversible_cost(c: RuleContext, x: TensorSpec, y: Shape) -> Dim:
    if not c.call.get("reverse"):
        return _embedding_cost(c, x, y)
    added = low_rank_cost(c, (c.input_dim, c.output_dim), 0) if c.tie_weights else 0
    return plus(times(per_sample(x.shape), c.input_dim), added)


REVERSIBLE_EMBEDDING = OpDef(
    "layers.ReversibleEmbedding",
    params=(
        strict(pos_int("input_dim")),
        strict(pos_int("output_dim")),
        flag("tie_weights", True),
        serialized("embeddings_initializer", "uniform"),
        serialized("embeddings_regularizer"),
        serialized("embeddings_constraint"),
        flag("mask_zero"),
        anything("reverse_dtype"),
        anything("logit_soft_cap"),
        anything("input_length"),
        nothing("weights"),
        *low_rank(),
        quantization_config(),
    ),
    inputs=One(),
    shape=_reversible_shape,
    dtype=compute_dtype,
    weights=_reversible_weights,
    mask=None,
    cost=_reversible_cost,
    only=KERAS3,
    doc="(batch, …) of whole numbers → (batch, …, output_dim), or back with reverse",
)


# The rest


def _activated(c: RuleContext, x: TensorSpec) -> Shape | None:
    if c.dialect == "keras2" and c.activation == "softmax" and len(x.shape or ()) < 2:
        raise RuleError("GC403", f"needs rank 2 or more for softmax, gets {show(x.shape)}", inputs=(0,))
    if c.dialect == "keras2" and isinstance(c.activation, str) and c.activation not in ("linear", "tanh"):
        refuse_sparse(x)
    return x.shape


def _activated_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    name = c.activation
    return function_dtype(c, x, name if isinstance(name, str) else "linear")


def _activated_unranked(c: RuleContext, x: TensorSpec) -> None:
    if c.activation == "softmax":
        needs_rank(c)


ACTIVATION = OpDef(
    "layers.Activation",
    params=(required(activation()),),
    inputs=One(),
    old_unranked=_activated_unranked,
    old_kinds=OldKinds("kept", "kept"),
    shape=_activated,
    dtype=_activated_dtype,
    group="activation",
    doc="(…) → (…)",
)


def _mask_value() -> Param:
    """Keras 3 does not look at it until data come; to Keras 2 it is a number, or numbers for the last axes."""
    plain = number("mask_value", 0.0)

    def read_old(value: JSON) -> Any:
        try:
            return plain.read(value)
        except Taken:
            raise
        except BadValue as error:
            if not isinstance(value, list):
                raise
            nested_shape(value)
            raise Taken(str(error), value) from None

    return replace(unread(plain), old=read_old)


def _masked(c: RuleContext, x: TensorSpec) -> Shape | None:
    """In Keras 2 what comes in, compared with the value and multiplied by whether it differs."""
    if c.dialect == "keras3" or x.shape is None:
        return x.shape
    compared = broadcast(x.shape, nested_shape(c.mask_value))
    return broadcast(x.shape, (*compared[:-1], 1))


def _masked_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    if c.dialect == "keras2" and isinstance(c.mask_value, float) and x.dtype is not None and not is_float(x.dtype):
        says = f"compares {x.dtype} with mask_value {c.mask_value}"
        raise RuleError("GC409", says, "make mask_value a whole number", arg="mask_value", inputs=(0,))
    takes_only(c, x, are_numbers)
    return run_dtype(c, x)


MASKING = OpDef(
    "layers.Masking",
    params=(_mask_value(),),
    inputs=One(min_rank=1),
    old_unranked=stays_unranked,
    old_kinds=OldKinds(ragged="kept"),
    shape=_masked,
    dtype=_masked_dtype,
    mask=of_places,
    begins_mask=True,
    doc="(batch, steps, …) → (batch, steps, …)",
)

IDENTITY = OpDef(
    "layers.Identity",
    inputs=One(),
    old_unranked=stays_unranked,
    kind=kept_sparse,
    old_kinds=OldKinds("kept", "kept"),
    shape=same,
    mask=passes_in_keras3,
    dynamic=None,
    doc="(…) → (…)",
)


def _listed(value: JSON) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _is_said(c: RuleContext) -> bool:
    """Whether a Lambda says what it gives: Keras 3 takes it at its word, tf_keras runs it."""
    said = c.output_shape  # a list with code in it is that of a function of Keras 1
    return c.dialect == "keras3" and isinstance(said, tuple) and not any(isinstance(size, str) for size in said)


def _said_checks(c: RuleContext) -> Iterator[RuleError]:
    said = c.output_shape
    is_older = "output_shape_type" in c.said  # of Keras 1, which may have a name or bytecode there
    if c.dialect == "keras2" or is_older or said is None or (isinstance(said, dict) and "class_name" in said):
        return
    if not isinstance(said, tuple) or any(
        size is not None and (not isinstance(size, int) or size < 0) for size in said
    ):
        says = "has an output_shape that Keras 3 cannot read"
        hint = "write a list of sizes without the batch, null for an unknown one"
        yield RuleError("GC204", says, hint, arg="output_shape")


def _said_shape(c: RuleContext, xs: Sequence[TensorSpec]) -> Shape | None:
    """The batch of the first tensor, and the sizes that are said.

    Source: Keras 3, `Lambda.compute_output_shape`.
    """
    first = xs[0].shape if xs else None
    if first is None:
        return (None, *map(_size, c.output_shape))
    if not first:
        says = "has an output_shape, which needs the batch of its input, and gets ()"
        raise RuleError("GC403", says, "remove output_shape, or give the input a batch", inputs=(0,))
    return (first[0], *map(_size, c.output_shape))


def _size(said: JSON) -> Dim:
    return int(said) if isinstance(said, bool) else said


LAMBDA = OpDef(
    "layers.Lambda",
    params=(
        anything("function", required=True),
        anything("function_type"),
        anything("module"),
        Param("output_shape", _listed, {}),
        anything("output_shape_type"),
        anything("output_shape_module"),
        anything("mask"),
        anything("arguments"),
    ),
    inputs=All(),
    old_unranked=None,
    shape=_said_shape,
    dtype=compute_dtype,
    mask=None,
    cost=None,
    checks=_said_checks,
    says=_is_said,
    takes_any_argument=BOTH,
    takes_unknown=True,
    kept=True,
    unwritten="holds code, which is never written out",
    palette=False,
    doc="code of the file's author: (batch, …) → (batch, *output_shape), else what the file records",
)


def _code(cls: str, doc: str, *params: Param, unwritten: str) -> OpDef:
    """A layer that holds code, or names what holds it."""
    return OpDef(
        f"layers.{cls}",
        params=params,
        inputs=One(),
        mask=None,
        takes_any_argument=BOTH,
        takes_unknown=True,
        kept=True,
        unwritten=unwritten,
        palette=False,
        only=KERAS3,
        doc=doc,
    )


_FUNCTIONS = tuple(anything(name) for name in ("init_fn", "params", "state", "seed"))
CODE = (
    _code(
        "TFSMLayer",
        "a function of a SavedModel: (…) → what the file says",
        anything("filepath", required=True),
        anything("call_endpoint", "serve"),
        unwritten="reads a saved model from a path",
    ),
    _code(
        "TorchModuleWrapper",
        "a module of PyTorch: (…) → what the file says",
        anything("module", required=True),
        anything("output_shape"),
        unwritten="holds a pickled module",
    ),
    _code(
        "JaxLayer",
        "a function of JAX: (…) → what the file says",
        anything("call_fn", required=True),
        *_FUNCTIONS,
        unwritten="calls functions that are not in the file",
    ),
    _code(
        "FlaxLayer",
        "a module of Flax: (…) → what the file says",
        anything("module", required=True),
        anything("method", required=True),
        anything("variables"),
        anything("call_fn"),
        *_FUNCTIONS,
        unwritten="calls a module that is not in the file",
    ),
)


def _nothing_called(c: RuleContext, x: TensorSpec) -> Shape:
    raise RuleError("GC205", "is the class that layers derive from, and has no call", "use one of Keras's layers")


ABSTRACT = (
    OpDef(
        "layers.Layer",
        inputs=One(),
        shape=_nothing_called,
        mask=None,
        only=KERAS3,
        palette=False,
        doc="the base of all layers",
    ),
    OpDef(
        "layers.Layer",
        inputs=One(),
        old_kinds=OldKinds("kept", "kept"),
        shape=same,
        mask=None,
        old_unranked=stays_unranked,
        dynamic=None,
        only=KERAS2,
        palette=False,
        doc="the base of all layers: (…) → (…)",
    ),
)
"""Keras 2 gives the base class a call that changes nothing."""


def _given_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    """It casts nothing."""
    return x.dtype


def _read_name(value: JSON) -> JSON:
    if not isinstance(value, str):
        raise BadValue("a name")
    return value


def _metric_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    takes_only(c, x, are_numbers)
    return autocast(c, x.dtype)


LOSSES = (
    OpDef(
        "layers.AddLoss",
        params=(anything("unconditional", required=True),),
        inputs=One(),
        old_unranked=stays_unranked,
        old_kinds=OldKinds("kept", "kept"),
        shape=same,
        dtype=_given_dtype,
        dynamic=None,
        mask=None,
        only=KERAS2,
        palette=False,
        doc="what `model.add_loss` leaves: (…) → (…)",
    ),
    OpDef(
        "layers.AddMetric",
        params=(anything("aggregation"), Param("metric_name", _read_name, {"type": "string"}, required=True)),
        inputs=One(),
        old_unranked=stays_unranked,
        old_kinds=OldKinds(ragged="kept"),
        shape=same,
        dtype=_metric_dtype,
        dynamic=None,
        mask=None,
        only=KERAS2,
        palette=False,
        doc="what `model.add_metric` leaves: (…) → (…)",
    ),
)

ENTRIES = (
    *INPUTS,
    DENSE,
    EINSUM_DENSE,
    EMBEDDING,
    REVERSIBLE_EMBEDDING,
    ACTIVATION,
    MASKING,
    IDENTITY,
    LAMBDA,
    *CODE,
    *ABSTRACT,
    *LOSSES,
)
