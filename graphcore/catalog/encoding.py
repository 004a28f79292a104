"""Layers that turn categories, numbers and texts into indices or vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

from ..diagnostics import shown
from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, show
from .params import (
    KERAS2,
    KERAS3,
    anything,
    compared,
    flag,
    integer,
    is_function,
    nested_shape,
    one_of,
    said_in_keras3,
    unread,
)
from .policies import read_policy
from .rules import takes_only
from .spec import (
    AS_IT_COMES,
    BadValue,
    Dynamic,
    Many,
    OldKinds,
    One,
    OpDef,
    Param,
    RuleContext,
    Taken,
    WeightSpec,
    entries,
    is_float,
    is_whole,
    needs_rank,
)

_MODES = ("int", "one_hot", "multi_hot", "count")


_OLD_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


def _mode(modes: tuple[str, ...], default: str, *, takes_old: bool = True) -> Param:
    def read(value: JSON) -> str:
        mode = _OLD_MODES.get(value, value) if takes_old and isinstance(value, str) else value
        if mode not in modes:
            raise BadValue("one of " + ", ".join(f'"{one}"' for one in modes))
        return str(mode)

    return Param("output_mode", read, {"enum": list(modes)}, default, doc="Indices, or vectors of 0 and 1 or counts.")


def _is_wide(c: RuleContext) -> bool:
    return bool(c.output_mode != "int")


def _sparse_needs_vectors(c: RuleContext) -> Iterator[RuleError]:
    if c.sparse and not _is_wide(c):
        yield RuleError(
            "GC205",
            'has sparse with output_mode "int"',
            "use another output_mode",
            arg="sparse",
            data={"beside": ["output_mode"]},
        )


def _counted(c: RuleContext, shape: Shape, depth: Dim) -> Shape:
    """What TensorFlow's bincount makes in Keras 2: at most two axes."""
    if c.output_mode == "int":
        return shape
    rows: Shape = shape if shape else (1,)
    if c.output_mode == "one_hot" and rows[-1] != 1:
        rows = (*rows, 1)
    if len(rows) > 2:
        says = f"makes rank {len(rows)} of {show(shape)}, and output_mode {c.output_mode} allows 2"
        raise RuleError("GC403", says, "put a Reshape or a Flatten before it", inputs=(0,))
    return (depth,) if len(rows) == 1 else (None if c.sparse else rows[0], depth)


def _counted_dtype(c: RuleContext) -> str:
    if c.dialect == "keras2" and c.compute_dtype not in _COUNTED:
        raise RuleError("GC409", f"cannot count in {c.compute_dtype}", "use float32", arg="dtype")
    return c.compute_dtype


def _is_no_index_dtype(c: RuleContext) -> Iterator[RuleError]:
    """What tf_keras wants to be a dtype by itself where the layer gives indices: no policy, and nothing."""
    said = c.said.get("dtype")
    is_dtype = said and isinstance(said, (str, int)) and not str(said).startswith("mixed_")
    if c.dialect == "keras2" and not _is_wide(c) and said is not None and not is_dtype:
        yield RuleError("GC205", f"cannot give indices as {shown(said)}", "leave dtype out", arg="dtype")


def _stated_dtype(c: RuleContext, x: TensorSpec) -> str:
    """The layer's dtype where it states one that fits, int64 for indices otherwise."""
    if _is_wide(c):
        return _counted_dtype(c)
    said = c.said.get("dtype")
    return c.compute_dtype if said is not None and "int" in c.compute_dtype else "int64"


_INDICES = Dynamic(AS_IT_COMES.shape, _stated_dtype)
"""What Keras 2 says of a layer that it does not run: as many as come in, also where it counts them."""


def _indices_unranked(c: RuleContext, x: TensorSpec) -> None:
    if c.output_mode != "int":  # to count along the last axis
        needs_rank(c)


# Categories

_COUNTED = ("int32", "int64", "float32", "float64")
"""What TensorFlow puts into bins, and counts, and what Keras 2 counts in."""


def _categories(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2":
        return _counted(c, shape, c.num_tokens)
    if not shape:
        return (c.num_tokens,)
    keeps_last = c.output_mode == "one_hot" and (shape[-1] != 1 or len(shape) == 1)
    return (*shape, c.num_tokens) if keeps_last else (*shape[:-1], c.num_tokens)


def _categories_said(c: RuleContext, x: TensorSpec) -> Shape:
    """What Keras 2 says of a layer that it does not run."""
    shape = x.shape or ()
    return (*shape, c.num_tokens) if c.output_mode == "one_hot" and shape[-1:] != (1,) else (*shape[:-1], c.num_tokens)


def _encoded_dtype(c: RuleContext, x: TensorSpec) -> str:
    takes_only(c, x, _COUNTED.__contains__)
    return _counted_dtype(c)


def _categories_kind(c: RuleContext, x: TensorSpec) -> str:
    return "sparse" if c.sparse else "dense"


CATEGORY_ENCODING = OpDef(
    "layers.CategoryEncoding",
    params=(
        integer("num_tokens", least=1, required=True, doc="How many categories there are."),
        _mode(_MODES[1:], "multi_hot"),
        flag("sparse"),
    ),
    inputs=One(),
    kind=_categories_kind,
    old_kinds=OldKinds("dense", "dense"),
    shape=_categories,
    dynamic=Dynamic(_categories_said, lambda c, x: "int64", _categories_kind),
    dtype=_encoded_dtype,
    mask=None,
    group="preprocessing",
    doc="(batch, n) → (batch, num_tokens)",
)


# What a look-up of Keras 2 makes of a sparse tensor


def _looked_up_kind(c: RuleContext, x: TensorSpec) -> str:
    return "sparse" if c.dialect == "keras2" and x.sparse and c.output_mode == "int" else "dense"


def _hashed_kind(c: RuleContext, x: TensorSpec) -> str:
    return "ragged" if c.dialect == "keras2" and x.ragged and c.output_mode == "int" else _looked_up_kind(c, x)


# Numbers in bins


def _bins(c: RuleContext) -> Dim:
    if c.dialect == "keras2":
        return len(c.bin_boundaries or ()) + 1
    if c.bin_boundaries is not None:
        return len(c.bin_boundaries) + 1
    bins: int = c.num_bins
    return bins


def _in_bins(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2":
        return _counted(c, shape, _bins(c))
    if c.output_mode == "int":
        return shape
    depth = _bins(c)
    if c.output_mode == "one_hot":
        return (*shape[:-1], depth) if len(shape) > 1 and shape[-1] == 1 else (*shape, depth)
    return (shape[0], *shape[2:], depth) if len(shape) >= 2 else (depth,)


def _bins_dtype(c: RuleContext, x: TensorSpec) -> str:
    if c.dialect == "keras2":
        made = _stated_dtype(c, x)
        if is_float(made) or not is_float(x.dtype or ""):  # floats are not cast to whole numbers
            takes_only(c, x, _COUNTED.__contains__)
        elif x.dtype not in _COUNTED:
            raise RuleError("GC409", f"cannot take {x.dtype}", "cast the input to float32", inputs=(0,))
        return made
    return c.compute_dtype if _is_wide(c) else "int32"


def _bins_to_learn(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    """What Keras 2 learns boundaries in."""
    is_learned = c.dialect == "keras2" and c.bin_boundaries is None
    return [WeightSpec("summary", (2, None), False, "float32")] if is_learned else []


_BOUNDARIES = "a list of numbers, or null"


def _read_boundaries(value: JSON) -> list[float] | None:
    """Keras 3 looks at their number only, until data come."""
    if value is None:
        return None
    if not isinstance(value, (list, tuple)):
        raise Taken(_BOUNDARIES, list(value) if isinstance(value, (str, dict)) else value)
    if any(type(n) not in (int, float) for n in value):
        raise Taken(_BOUNDARIES, list(value))
    return list(value)


def _read_old_boundaries(value: JSON) -> list[float] | None:
    is_listed = value is None or isinstance(value, (list, tuple))
    if not is_listed or any(not isinstance(n, (int, float)) for n in value or ()):
        raise BadValue(_BOUNDARIES)
    return _read_boundaries(value)


def _bins_or_boundaries(c: RuleContext) -> Iterator[RuleError]:
    both = (c.bin_boundaries is not None, c.num_bins is not None)
    yield from _is_no_index_dtype(c)
    if all(both) and c.dialect == "keras2":
        yield RuleError(
            "GC205",
            "has bin_boundaries and num_bins",
            "give one of them",
            arg="num_bins",
            data={"beside": ["bin_boundaries"]},
        )
    elif c.dialect == "keras3" and isinstance(c.bin_boundaries, (int, float)) and c.output_mode != "int":
        says = f"counts its bin_boundaries, which are {shown(c.bin_boundaries)}"
        yield RuleError("GC204", says, "give a list of numbers", arg="bin_boundaries")
    elif not any(both) and c.dialect == "keras3":
        yield RuleError("GC203", "needs bin_boundaries or num_bins", "give one of them", arg="bin_boundaries")
    elif c.bin_boundaries is None and _is_wide(c) and isinstance(c.num_bins, float):
        says = f"has num_bins {shown(c.num_bins)}; it takes a whole number from 0, or null"
        yield RuleError("GC204", says, "use a whole number", arg="num_bins")
    yield from _sparse_needs_vectors(c)


DISCRETIZATION = OpDef(
    "layers.Discretization",
    lacks=("trainable", "activity_regularizer", "autocast"),
    params=(
        Param(
            "bin_boundaries",
            _read_boundaries,
            {"type": ["array", "null"], "items": {"type": "number"}},
            old=_read_old_boundaries,
            doc="Where bins meet.",
        ),
        compared(
            Param("num_bins", lambda value: _whole(value, 0), {"type": ["integer", "null"], "minimum": 0}),
            lambda bins: bins >= 0,
        ),
        anything("epsilon", 0.01),
        _mode(_MODES, "int", takes_old=False),
        flag("sparse"),
    ),
    inputs=One(),
    old_unranked=_indices_unranked,
    kind=_looked_up_kind,
    old_kinds=None,
    shape=_in_bins,
    dynamic=_INDICES,
    dtype=_bins_dtype,
    weights=_bins_to_learn,
    mask=None,
    checks=_bins_or_boundaries,
    group="preprocessing",
    doc="(batch, …) → (batch, …), the bin of each number",
)


def _whole(value: JSON, least: int) -> int | None:
    if isinstance(value, bool) and value >= least:
        raise Taken(f"a whole number from {least}, or null", int(value))
    if value is not None and (type(value) is not int or value < least):
        raise BadValue(f"a whole number from {least}, or null")
    return value


# Hashes


def _hashed(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2":
        return _counted(c, _masked(c, x), c.num_bins)
    return shape if c.output_mode == "int" else (*shape[:-1], c.num_bins)


def _masked(c: RuleContext, x: TensorSpec) -> Shape:
    """What tf_keras hashes: it runs the layer, and compares what comes in with the masked value, a bin of its own."""
    shape = x.shape or ()
    if c.mask_value is None or c.num_bins == 1:
        return shape
    kind = str if x.dtype == "string" else int
    if x.dtype is not None and any(not isinstance(value, kind) for value in _flat(c.mask_value)):
        says = f"has mask_value {shown(c.mask_value)}, and gets {x.dtype}"
        raise RuleError("GC409", says, "give a mask_value of the input's dtype, or null", arg="mask_value", inputs=(0,))
    try:
        return broadcast(shape, _shape_of_masked(c.mask_value))
    except RuleError:
        says = f"cannot compare {show(shape)} with mask_value {shown(c.mask_value)}"
        raise RuleError("GC404", says, "give one value, or null", arg="mask_value", inputs=(0,)) from None


def _read_old_mask_value(value: JSON) -> JSON:
    """One value, or lists of lists of them that NumPy makes an array of."""
    _shape_of_masked(value)
    return value


def _flat(value: JSON) -> Iterator[JSON]:
    waiting = [value]
    while waiting:  # no recursion: lists nest deeply
        one = waiting.pop()
        if isinstance(one, (list, tuple)):
            waiting += one
        else:
            yield one


def _shape_of_masked(value: JSON) -> tuple[int, ...]:
    return nested_shape(value, (int, float, str, type(None)), "a whole number, a text, or null")


def _hash_dtype(c: RuleContext, x: TensorSpec) -> str:
    """Keras 2 makes texts of whole numbers."""
    takes_only(c, x, lambda dtype: dtype == "string" or "int" in dtype)
    return _stated_dtype(c, x)


def _hash_fits(c: RuleContext) -> Iterator[RuleError]:
    said = c.said.get("dtype")
    if c.dialect == "keras3" and not _is_wide(c) and said is not None and c.compute_dtype not in ("int32", "int64"):
        says = f'needs dtype int32 or int64 with output_mode "int", has {c.compute_dtype}'
        yield RuleError("GC205", says, "leave dtype out", arg="dtype")
    if c.dialect == "keras3" and _is_wide(c) and type(c.num_bins) is float:
        says = f"has num_bins {c.num_bins}; it takes a whole number above 0"
        yield RuleError("GC204", says, "use a whole number", arg="num_bins")
    yield from _is_no_index_dtype(c)
    yield from _sparse_needs_vectors(c)


_SALT = "a whole number, two of them, or null"


def _read_salt(value: JSON) -> JSON:
    """Keras 3 looks at the length of a pair, and not at what stands in it."""
    if isinstance(value, bool):
        raise Taken(_SALT, int(value))
    is_pair = isinstance(value, (list, tuple)) and len(value) == 2
    if value is not None and type(value) is not int and not is_pair:
        raise BadValue(_SALT)
    return value


def _read_old_salt(value: JSON) -> JSON:
    salt = _read_salt(value)
    if isinstance(salt, (list, tuple)) and any(not isinstance(n, (int, float)) for n in salt):
        raise BadValue(_SALT)
    return salt


def _salt(**more: Any) -> Param:
    schema = {"anyOf": [{"type": ["integer", "null"]}, {"type": "array", "minItems": 2, "maxItems": 2}]}
    return Param("salt", _read_salt, schema, inert=True, old=_read_old_salt, **more)


def _bins_of_hashes() -> Param:
    """A whole number; both Keras take others, too."""
    plain = integer("num_bins", least=1, required=True, doc="How many hashes there are.")

    def read(value: JSON) -> Any:
        if isinstance(value, float) and 1 <= value < inf:
            raise Taken("a whole number above 0", value)
        return plain.read(value)

    return replace(plain, read=read)


def _bins_of_pairs() -> Param:
    """A whole number, at which Keras 3 looks where it makes a size of it; TensorFlow counts to others, too."""
    plain = integer("num_bins", required=True)

    def read_old(value: JSON) -> Any:
        if isinstance(value, float) and 1 <= value < inf:
            raise Taken("a whole number from 0", value)
        return integer("num_bins", least=0).read(value)

    return replace(unread(plain), old=read_old)


HASHING = OpDef(
    "layers.Hashing",
    params=(
        _bins_of_hashes(),
        replace(anything("mask_value"), old=_read_old_mask_value),
        _salt(),
        _mode(_MODES, "int", takes_old=False),
        flag("sparse"),
    ),
    inputs=One(),
    old_unranked=_indices_unranked,
    kind=_hashed_kind,
    old_kinds=None,
    shape=_hashed,
    dynamic=_INDICES,
    dtype=_hash_dtype,
    mask=None,
    checks=_hash_fits,
    chooses_dtype=True,
    group="preprocessing",
    doc="(batch, …) → (batch, …), a hash of each value",
)


def _crossed(c: RuleContext, xs: list[TensorSpec]) -> Shape:
    """Keras 3 states a shape for two inputs of any rank and one last size; Keras 2 runs it."""
    first = xs[0].shape or ()
    if c.dialect == "keras2":
        for i, x in enumerate(xs):
            if x.dtype is not None and x.dtype != "string" and "int" not in x.dtype:
                raise RuleError("GC409", f"needs whole numbers or texts, gets {x.dtype}", inputs=(i,))
            if x.shape != first:
                raise RuleError("GC404", f"needs one shape, gets {show(first)} and {show(x.shape)}", inputs=(i,))
        if not first or len(first) > 2 or (len(first) == 2 and first[-1] != 1):
            raise RuleError("GC403", f"needs rank 1, or a last size of 1, gets {show(first)}", inputs=(0,))
        rows: Shape = (None, *first[1:]) if first else ()
        return _counted(c, rows, c.num_bins)
    if len(xs) != 2:
        raise RuleError("GC401", f"takes 2 tensors, gets {len(xs)}")
    second = xs[1].shape or ()
    if not first or not second or first[-1] != second[-1]:
        says = f"needs two tensors of one last size, gets {show(first)} and {show(second)}"
        raise RuleError("GC404", says, inputs=(1,))
    if c.output_mode == "int":
        return first
    return (*first, c.num_bins) if first[-1] != 1 else (*first[:-1], c.num_bins)


def _crossed_dtype(c: RuleContext, xs: list[TensorSpec]) -> str:
    """Keras 3 states the layer's dtype, floats too."""
    if _is_wide(c):
        return _counted_dtype(c)
    if c.dialect == "keras3" and c.said.get("dtype") is not None:
        return c.compute_dtype
    return _stated_dtype(c, xs[0])


def _crossing_fits(c: RuleContext) -> Iterator[RuleError]:
    said = c.said.get("dtype")
    if c.dialect == "keras3":
        try:
            read_policy(said, c.dialect)
        except BadValue as error:
            yield RuleError("GC204", f"has dtype {shown(said)}; it takes {error}", "leave dtype out", arg="dtype")
    if c.dialect == "keras2" and not _is_wide(c) and said is not None and "int" not in c.compute_dtype:
        yield RuleError("GC205", f'needs whole numbers with output_mode "int", has {c.compute_dtype}', arg="dtype")
    bins = c.said.get("num_bins")
    if _is_wide(c) and bins is not None and (not isinstance(bins, int) or bins < 0):
        yield RuleError("GC204", f"has num_bins {shown(bins)}; it takes a whole number from 0", arg="num_bins")


HASHED_CROSSING = OpDef(
    "layers.HashedCrossing",
    params=(
        _bins_of_pairs(),
        _mode(("int", "one_hot"), "int", takes_old=False),
        flag("sparse"),
    ),
    inputs=Many(2),
    shape=_crossed,
    dynamic=None,
    dtype=_crossed_dtype,
    mask=None,
    checks=_crossing_fits,
    chooses_dtype=True,
    takes_any_argument=KERAS3,
    group="preprocessing",
    doc="[(batch, 1), (batch, 1)] → (batch, 1), a hash of both values",
)


# Vocabularies

_LOOKUP_MODES = (*_MODES, "tf_idf")


class _Special(NamedTuple):
    """What stands before the words of a vocabulary: a mask, where indices are wanted, and what unknown words become."""

    mask: JSON
    unknown: JSON
    unknown_ones: int
    inverts: bool = False

    def tokens(self, c: RuleContext) -> list[JSON]:
        """These tokens, in order."""
        return [
            *([self.mask] if self.mask is not None and not _is_wide(c) else []),
            *[self.unknown] * self.unknown_ones,
        ]


def _special(c: RuleContext) -> _Special:
    return _Special(c.mask_token, c.oov_token, c.num_oov_indices, c.invert)


_OF_TEXTS = _Special("", "[UNK]", 1)
"""What TextVectorization has there."""


def _words(vocabulary: Sequence[JSON], special: Sequence[JSON]) -> Sequence[JSON]:
    """The words of a vocabulary, which begins with all special tokens or has none."""
    start = len(special)
    return vocabulary[start:] if list(vocabulary[:start]) == special else vocabulary


def _depth(c: RuleContext, special: _Special) -> Dim:
    """The size of the vocabulary with its special tokens, None where it is learned or stands in a file."""
    if c.pad_to_max_tokens:
        size: Dim = c.max_tokens
        return size
    if not isinstance(c.vocabulary, (list, tuple)):
        known: Dim = c.vocabulary_size
        if known is not None and (not is_whole(known) or known < 0):
            says = f"has vocabulary_size {shown(known)}; it takes {_SIZE}"
            raise RuleError("GC204", says, arg="vocabulary_size")
        return known
    tokens = special.tokens(c)
    return len(tokens) + len(_words(c.vocabulary, tokens))


def _vocabulary_fits(c: RuleContext, special: _Special) -> Iterator[RuleError]:
    """What both Keras look at when they are given a vocabulary.

    Source: Keras 3 and tf_keras, `IndexLookup.set_vocabulary`.
    """
    weights, is_weighed = c.idf_weights, c.output_mode == "tf_idf"
    if weights is not None and not is_weighed:
        yield RuleError(
            "GC205",
            "has idf_weights without output_mode tf_idf",
            "leave them out",
            arg="idf_weights",
            data={"beside": ["output_mode"]},
        )
    has_words = c.vocabulary is not None or (c.dialect == "keras3" and c.has_input_vocabulary)
    if is_weighed and weights is None and has_words:
        yield RuleError(
            "GC205",
            "has a vocabulary with output_mode tf_idf, and no idf_weights",
            "give a number for each of its words",
            arg="idf_weights",
            data={"beside": ["vocabulary", "output_mode"]},
        )
    is_open = c.vocabulary is None and c.vocabulary_size is None and not c.pad_to_max_tokens
    if c.dialect == "keras2" and _is_wide(c) and is_open:
        says = f"needs a vocabulary, or max_tokens with pad_to_max_tokens, for output_mode {c.output_mode}"
        yield RuleError(
            "GC205",
            says,
            "give a vocabulary",
            arg="vocabulary",
            data={"beside": ["max_tokens", "pad_to_max_tokens", "output_mode"]},
        )
    if not isinstance(c.vocabulary, (list, tuple)):
        return
    if is_weighed and weights is not None and len(weights) != len(c.vocabulary):
        says = f"has {len(weights)} idf_weights for a vocabulary of {len(c.vocabulary)}"
        yield RuleError(
            "GC205", says, "give a number for each of its words", arg="idf_weights", data={"beside": ["vocabulary"]}
        )
    yield from _words_fit(c, special)


def _words_fit(c: RuleContext, special: _Special) -> Iterator[RuleError]:
    tokens = special.tokens(c)
    words = _words(c.vocabulary, tokens)
    if len(set(words)) < len(words):
        word = next(word for word, count in Counter(words).items() if count > 1)
        yield RuleError(
            "GC204", f"has {shown(word)} in its vocabulary more than once", "name it once", arg="vocabulary"
        )
    kept = {"mask_token": special.mask, **({"oov_token": special.unknown} if special.inverts else {})}
    for name, token in kept.items():
        if any(one in words for one in (token if isinstance(token, (list, tuple)) else [token])):
            says = f"has its {name} {shown(token)} among the words of its vocabulary"
            hint = f"let the vocabulary begin with {shown(tokens)}, or leave these out"
            yield RuleError("GC205", says, hint, arg="vocabulary", data={"beside": [name]})
    size = len(tokens) + len(words)
    if c.max_tokens is not None and size > c.max_tokens:
        says = f"has a vocabulary of {size} with its special tokens, and max_tokens {c.max_tokens}"
        yield RuleError(
            "GC205", says, f"make max_tokens {size} or more", arg="max_tokens", data={"beside": ["vocabulary"]}
        )
    if c.vocabulary_size not in (None, size) and _is_wide(c) and not c.pad_to_max_tokens:
        says = f"has a vocabulary of {size} with its special tokens, and vocabulary_size {c.vocabulary_size}"
        yield RuleError(
            "GC205", says, "leave vocabulary_size out", arg="vocabulary_size", data={"beside": ["vocabulary"]}
        )


def _looked_up(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.output_mode == "int":
        return shape
    depth = _depth(c, _special(c))
    if c.dialect == "keras2":
        return _counted(c, shape, depth)
    return _vectors(c, shape, depth)


def _looked_up_said(c: RuleContext, x: TensorSpec) -> Shape:
    """What Keras 2 says of a layer that it does not run."""
    shape = x.shape or ()
    return shape if c.output_mode == "int" else (*shape[:1], _depth(c, _special(c)))


def _vectors(c: RuleContext, shape: Shape, depth: Dim) -> Shape:
    if c.output_mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1):
        return (*shape, depth)
    return (*shape[:-1], depth)


def _lookup_dtype(c: RuleContext, x: TensorSpec) -> str:
    if c.dialect == "keras3":
        return "float32" if _is_wide(c) else "int64"
    if _is_wide(c):
        return _counted_dtype(c) if _states_dtype(c) else "float32"
    if c.invert:
        return str(c.vocabulary_dtype) if c.layer.op.cls == "IntegerLookup" else "string"
    return c.compute_dtype if _states_dtype(c) else "int64"


def _states_dtype(c: RuleContext) -> bool:
    """Whether a look-up of Keras 2 has a dtype of its own; old files have that of the vocabulary there."""
    is_old = c.said.get("dtype") in (("int64", 9) if c.layer.op.cls == "IntegerLookup" else ("string", 7))
    return "dtype" in c.said and not (is_old and (_is_wide(c) or c.layer.op.cls != "IntegerLookup"))


def _index_dtype_fits(c: RuleContext) -> Iterator[RuleError]:
    """TensorFlow keeps indices in two dtypes, and looks words up by one."""
    if c.dialect == "keras2" and not _is_wide(c) and _states_dtype(c):
        is_by_number = c.invert and c.layer.op.cls == "IntegerLookup"
        if c.compute_dtype not in (("int64",) if is_by_number else ("int32", "int64")):
            says = f"has dtype {shown(c.said['dtype'])}, and gives indices"
            yield RuleError("GC205", says, "leave dtype out", arg="dtype", data={"beside": ["output_mode"]})


def _width_is_known(c: RuleContext) -> Iterator[RuleError]:
    """What is padded to a number of tokens must say the number."""
    if c.pad_to_max_tokens and c.max_tokens is None:
        yield RuleError(
            "GC205",
            "has pad_to_max_tokens without max_tokens",
            "give max_tokens",
            arg="pad_to_max_tokens",
            data={"beside": ["max_tokens"]},
        )


def _lookup_fits(c: RuleContext) -> Iterator[RuleError]:
    if c.max_tokens is not None and c.max_tokens <= 1:
        yield RuleError("GC204", f"needs max_tokens above 1, has {c.max_tokens}", arg="max_tokens")
    yield from _width_is_known(c)
    if c.invert and _is_wide(c):
        yield RuleError(
            "GC205",
            f'has invert with output_mode "{c.output_mode}"',
            'use "int"',
            arg="invert",
            data={"beside": ["output_mode"]},
        )
    yield from _index_dtype_fits(c)
    if isinstance(c.num_oov_indices, float) and isinstance(c.vocabulary, (list, tuple)):
        says = f"has num_oov_indices {c.num_oov_indices}; it takes a whole number from 0"
        yield RuleError("GC204", says, "use a whole number", arg="num_oov_indices")
        return
    yield from _vocabulary_fits(c, _special(c))
    kind = int if c.layer.op.cls == "IntegerLookup" else str
    if c.invert and not isinstance(c.oov_token, kind):
        says = f"has invert, and oov_token {shown(c.oov_token)}: it gives back words of its vocabulary"
        yield RuleError("GC205", says, "give an oov_token of their kind", arg="oov_token", data={"beside": ["invert"]})
    yield from _integers_fit(c)
    yield from _sparse_needs_vectors(c)


def _integers_fit(c: RuleContext) -> Iterator[RuleError]:
    if c.layer.op.cls != "IntegerLookup":
        return
    if c.dialect == "keras2" and c.vocabulary_dtype != "int64" and (not c.invert or c.vocabulary is None):
        says = f"has vocabulary_dtype {c.vocabulary_dtype}: TensorFlow finds places of int64 only"
        yield RuleError("GC205", says, "use int64", arg="vocabulary_dtype")
    if c.dialect == "keras3" and c.salt is not None and c.oov_method != "farmhash":
        yield RuleError(
            "GC205",
            f"has salt with oov_method {c.oov_method}",
            'use oov_method "farmhash"',
            arg="salt",
            data={"beside": ["oov_method"]},
        )


_INTEGERS = "a list of whole numbers, the path of a file with them, or null"
_TEXTS = "a list of texts, the path of a file with them, or null"


def _listed(value: JSON, wanted: str) -> Sequence[JSON] | None:
    """The words of a vocabulary; None where it is learned or stands in a file.

    Raises:
        BadValue: it is something else, or holds lists.
    """
    if value is None or isinstance(value, str):
        return None
    if not isinstance(value, (list, tuple)) or not value or any(one is None or _is_nested(one) for one in value):
        raise BadValue(wanted)
    return value


def _is_nested(value: JSON) -> bool:
    return isinstance(value, (list, tuple, dict))


def _read_texts(value: JSON) -> JSON:
    """A vocabulary of texts; NumPy makes texts of numbers beside one."""
    words = _listed(value, _TEXTS)
    if words is not None and not all(type(word) is str for word in words):
        if not any(isinstance(word, str) for word in words):
            raise BadValue(_TEXTS)
        raise Taken(_TEXTS, [str(word) for word in words])
    return value


def _read_integers(value: JSON) -> JSON:
    """A vocabulary of whole numbers; NumPy makes such of what comes to one."""
    words = _listed(value, _INTEGERS)
    if words is not None and not all(type(word) is int for word in words):
        try:
            for word in words:
                int(word)
        except ValueError:
            raise BadValue(_INTEGERS) from None
        raise Taken(_INTEGERS, list(words))
    return value


_MASK = {int: "a whole number or null", str: "a text or null"}


def _read_mask(kind: type) -> Callable[[JSON], JSON]:
    """A token of a vocabulary, or null. Keras takes a list of them for what it compares with."""

    def read(value: JSON) -> JSON:
        if value is None or type(value) is kind:
            return value
        if isinstance(value, bool) and kind is int:
            raise Taken(_MASK[kind], int(value))
        if isinstance(value, (list, tuple)) and value and all(type(one) is kind for one in value):
            raise Taken(_MASK[kind], list(value))
        raise BadValue(_MASK[kind])

    return read


def _read_old_mask(kind: type) -> Callable[[JSON], JSON]:
    """tf_keras makes a whole number of it first, and compares with one."""
    read = _read_mask(kind)

    def read_one(value: JSON) -> JSON:
        if isinstance(value, (list, tuple)) and len(value) != 1:
            raise BadValue(_MASK[kind])
        if kind is int and isinstance(value, (float, str)):
            raise Taken(_MASK[kind], _as_integer(value, _MASK[kind]))
        return read(value)

    return read_one


def _read_old_unknown(value: JSON) -> JSON:
    """What unknown numbers become in tf_keras, which makes a whole number of it."""
    if isinstance(value, (list, tuple)):
        raise Taken(_MASK[int], [_as_integer(one, _MASK[int]) for one in value])
    return value if value is None else _as_integer(value, _MASK[int])


def _as_integer(value: JSON, wanted: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise BadValue(wanted) from None


_WEIGHTS = "a list of numbers, or null"


def _read_weights(value: JSON) -> JSON:
    if value is not None and (
        not isinstance(value, (list, tuple)) or any(not isinstance(one, (int, float)) for one in value)
    ):
        raise BadValue(_WEIGHTS)
    return value


def _idf_weights() -> Param:
    schema = {"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "null"}]}
    return Param("idf_weights", _read_weights, schema, inert=True)


_SIZE = "a whole number from 0, or null"


def _read_size(value: JSON) -> JSON:
    """How many words there are; Keras looks at it where vectors are wanted."""
    if value is not None and (type(value) is not int or value < 0):
        raise Taken(_SIZE, value)
    return value


def _vocabulary(read: Callable[[JSON], JSON], kind: str) -> Param:
    schema = {"type": ["array", "null"], "items": {"type": kind}}
    return Param("vocabulary", read, schema, is_path=True)


def _weights_of_words(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    """What tf_keras keeps of them, as long as the vocabulary turns out."""
    is_kept = c.dialect == "keras2" and c.output_mode == "tf_idf"
    return [WeightSpec("idf_weights", (None,), False, "float32")] if is_kept else []


def _lookup(cls: str, kind: type, oov_token: Any, vocabulary: Param, doc: str, *params: Param) -> OpDef:
    name = "integer" if kind is int else "string"
    return OpDef(
        f"layers.{cls}",
        params=(
            compared(
                Param("max_tokens", lambda value: _whole(value, -(2**31)), {"type": ["integer", "null"], "minimum": 2}),
                lambda tokens: tokens > 1,
            ),
            compared(
                integer(
                    "num_oov_indices", 1, least=0, doc="How many indices there are for what is not in the vocabulary."
                ),
                lambda many: many >= 0,
            ),
            Param(
                "mask_token",
                _read_mask(kind),
                {"type": [name, "null"]},
                old=_read_old_mask(kind),
            ),
            replace(anything("oov_token", oov_token), old=_read_old_unknown if kind is int else None),
            vocabulary,
            _idf_weights(),
            flag("invert", doc="From indices to tokens."),
            _mode(_LOOKUP_MODES, "int"),
            flag("sparse"),
            flag("pad_to_max_tokens"),
            Param("vocabulary_size", _read_size, {"type": ["integer", "null"], "minimum": 0}),
            anything("has_input_vocabulary"),
            _salt(only=KERAS3),
            one_of("oov_method", ("floormod", "farmhash"), "floormod", inert=True, only=KERAS3),
            *params,
        ),
        inputs=One(),
        old_unranked=_indices_unranked,
        kind=_looked_up_kind,
        old_kinds=None,
        shape=_looked_up,
        dynamic=Dynamic(_looked_up_said, _lookup_dtype),
        dtype=_lookup_dtype,
        weights=_weights_of_words,
        mask=None,
        checks=_lookup_fits,
        any_dtype=KERAS3,
        lacks=("activity_regularizer", "autocast"),
        group="preprocessing",
        doc=doc,
    )


INTEGER_LOOKUP = _lookup(
    "IntegerLookup",
    int,
    -1,
    _vocabulary(_read_integers, "integer"),
    "(batch, …) → (batch, …), the place of each number in a vocabulary",
    one_of("vocabulary_dtype", ("int64",), "int64", only=KERAS3),
    one_of("vocabulary_dtype", ("int64", "int32"), "int64", only=KERAS2),
)
STRING_LOOKUP = _lookup(
    "StringLookup",
    str,
    "[UNK]",
    _vocabulary(_read_texts, "string"),
    "(batch, …) → (batch, …), the place of each text in a vocabulary",
    anything("encoding", "utf-8"),
)


# Texts


def _vectorized(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2":
        return _vectorized_old(c, shape)
    if c.output_mode == "int":
        if not shape:
            raise RuleError("GC403", "needs a batch axis, gets ()", inputs=(0,))
        return (shape[0], _filled_up(c))
    tokens: Shape = (*shape, None) if c.split is not None else shape if len(shape) > 1 else (*shape, 1)
    return _vectors(c, tokens, _depth(c, _OF_TEXTS))


def _filled_up(c: RuleContext) -> int | None:
    """How many places each text fills.

    Raises:
        RuleError: bad-value (GC204), less than none.
    """
    length: int | None = c.output_sequence_length
    if length is not None and length < 0:
        says = f"has output_sequence_length {length}; it takes a whole number from 0, or null"
        raise RuleError("GC204", says, arg="output_sequence_length")
    return length


def _vectorized_old(c: RuleContext, shape: Shape) -> Shape:
    texts = shape
    if c.split is not None:
        if len(shape) > 1:
            if shape[-1] != 1:
                says = f"needs rank 1, or a last size of 1, to split texts; gets {show(shape)}"
                raise RuleError("GC403", says, inputs=(0,))
            texts = shape[:-1]
        # Splitting a list of texts at spaces forgets how many there are.
        texts = (*texts, None) if len(texts) != 1 or c.split == "character" else (None, None)
    elif c.ngrams is not None:
        texts = (*texts[:-1], None)
    if c.output_mode == "int":
        if c.output_sequence_length is None or not texts:
            return texts
        if c.split is None and None in texts:  # TensorFlow fills up what it cannot count, and forgets all sizes
            return (None,) * len(texts)
        if c.split is None and c.output_sequence_length < 0:  # it is where a slice ends
            return (*texts[:-1], max(0, (texts[-1] or 0) + c.output_sequence_length))
        return (*texts[:-1], _filled_up(c))
    return _counted(c, texts, _depth(c, _OF_TEXTS))


def _vectorized_said(c: RuleContext, x: TensorSpec) -> Shape:
    """What Keras 2 says of a layer that it does not run."""
    length = c.output_sequence_length if c.output_mode == "int" else _depth(c, _OF_TEXTS)
    return (*(x.shape or ())[:1], length)


def _text_dtype(c: RuleContext, x: TensorSpec) -> str:
    return "float32" if _is_wide(c) else "int64"


def _text_fits(c: RuleContext) -> Iterator[RuleError]:
    if c.dialect == "keras2" and c.said.get("dtype", "string") not in ("string", 7):
        says = f"has dtype {shown(c.said['dtype'])}; it takes texts only"
        yield RuleError("GC204", says, "leave dtype out", arg="dtype")
    if c.dialect == "keras2" and c.output_mode == "one_hot":
        yield RuleError("GC204", "takes no output_mode one_hot", "use multi_hot", arg="output_mode")
    if _is_wide(c) and c.output_sequence_length is not None:
        yield RuleError(
            "GC205",
            f'has output_sequence_length with output_mode "{c.output_mode}"',
            'use "int", or leave it out',
            arg="output_sequence_length",
            data={"beside": ["output_mode"]},
        )
    if c.ragged and _is_wide(c):
        yield RuleError(
            "GC205",
            f'has ragged with output_mode "{c.output_mode}"',
            'use "int"',
            arg="ragged",
            data={"beside": ["output_mode"]},
        )
    if c.dialect == "keras2" and c.ragged and c.output_sequence_length is not None:
        yield RuleError(
            "GC205",
            "has ragged and output_sequence_length",
            "leave one of them out",
            arg="ragged",
            data={"beside": ["output_sequence_length"]},
        )
    yield from _width_is_known(c)
    yield from _sparse_needs_vectors(c)
    yield from _vocabulary_fits(c, _OF_TEXTS)


def _ways(name: str, *options: str) -> Param:
    """How texts are prepared: a word for it, a serialized function, or null for not at all."""
    listed = ", ".join(f'"{option}"' for option in options)
    wanted = f"one of {listed}, a serialized function, or null"

    def read(value: JSON) -> JSON:
        if value is not None and not is_function(value) and (not isinstance(value, str) or value not in options):
            raise BadValue(wanted)
        return value

    schema: JSON = {"anyOf": [{"enum": list(options)}, {"type": ["object", "null"]}]}
    return Param(name, read, schema, options[0], required=True, inert=True)


def _read_ngrams(value: JSON) -> JSON:
    is_list = isinstance(value, (list, tuple)) and all(isinstance(one, int) for one in value)
    if value is not None and not isinstance(value, int) and not is_list:
        raise BadValue("a whole number, a list of them, or null")
    return value


def _read_old_ngrams(value: JSON) -> JSON:
    """A list, which a file has in the place of a tuple, is none to tf_keras."""
    if value is not None and not isinstance(value, int):
        raise BadValue("a whole number or null")
    return value


def _ngrams() -> Param:
    whole: JSON = {"type": "integer", "minimum": 1}
    schema: JSON = {"anyOf": [whole, {"type": "array", "items": whole}, {"type": "null"}]}
    return Param("ngrams", _read_ngrams, schema, inert=True, old=_read_old_ngrams)


TEXT_VECTORIZATION = OpDef(
    "layers.TextVectorization",
    params=(
        Param("max_tokens", lambda value: _whole(value, 2), {"type": ["integer", "null"], "minimum": 2}),
        _ways("standardize", "lower_and_strip_punctuation", "lower", "strip_punctuation"),
        _ways("split", "whitespace", "character"),
        *said_in_keras3(_ngrams()),
        _mode(_LOOKUP_MODES, "int"),
        Param("output_sequence_length", lambda value: _whole(value, -(2**31)), {"type": ["integer", "null"]}),
        flag("pad_to_max_tokens"),
        _vocabulary(_read_texts, "string"),
        _idf_weights(),
        flag("sparse"),
        flag("ragged"),
        anything("encoding", "utf-8"),
        Param("vocabulary_size", _read_size, {"type": ["integer", "null"], "minimum": 0}),
        anything("has_input_vocabulary"),
    ),
    inputs=One(),
    old_kinds=OldKinds(ragged="dense"),
    shape=_vectorized,
    dynamic=Dynamic(_vectorized_said, _text_dtype),
    dtype=_text_dtype,
    weights=_weights_of_words,
    mask=None,
    checks=_text_fits,
    group="preprocessing",
    doc="(batch,) of texts → (batch, output_sequence_length)",
)

ENTRIES = entries(
    (CATEGORY_ENCODING, DISCRETIZATION, HASHING, HASHED_CROSSING, INTEGER_LOOKUP, STRING_LOOKUP, TEXT_VECTORIZATION)
)
