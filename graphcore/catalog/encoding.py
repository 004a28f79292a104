"""Layers that turn categories, numbers and texts into indices or vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, show
from .params import KERAS3, anything, flag, integer, said_in_keras3, text
from .rules import takes_only
from .spec import BadValue, Many, OldKinds, One, OpDef, Param, RuleContext, WeightSpec, entries, is_float, needs_rank

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
        yield RuleError("GC205", 'has sparse with output_mode "int"', "use another output_mode", arg="sparse")


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
    return (depth,) if len(rows) == 1 else (rows[0], depth)


def _stated_dtype(c: RuleContext, x: TensorSpec) -> str:
    """The layer's dtype where it states one that fits, int64 for indices otherwise."""
    if _is_wide(c):
        return c.compute_dtype
    said = c.said.get("dtype")
    return c.compute_dtype if said is not None and "int" in c.compute_dtype else "int64"


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


def _categories_dtype(c: RuleContext, x: TensorSpec) -> str:
    if c.dialect == "keras2" and c.compute_dtype not in _COUNTED:
        raise RuleError("GC409", f"cannot count in {c.compute_dtype}", "use float32", arg="dtype")
    return c.compute_dtype


def _encoded_dtype(c: RuleContext, x: TensorSpec) -> str:
    takes_only(c, x, _COUNTED.__contains__)
    return _categories_dtype(c, x)


CATEGORY_ENCODING = OpDef(
    "layers.CategoryEncoding",
    params=(
        integer("num_tokens", least=1, required=True, doc="How many categories there are."),
        _mode(_MODES[1:], "multi_hot"),
        flag("sparse"),
    ),
    inputs=One(),
    kind=lambda c, x: "sparse" if c.sparse else "dense",
    old_kinds=OldKinds("dense", "dense"),
    shape=_categories,
    dtype=_encoded_dtype,
    mask=None,
    group="preprocessing",
    doc="(batch, n) → (batch, num_tokens)",
)


# What a look-up of Keras 2 makes of a sparse tensor


def _looked_up_kind(c: RuleContext, x: TensorSpec) -> str:
    return "sparse" if c.dialect == "keras2" and x.sparse and c.output_mode == "int" else "dense"


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


def _read_boundaries(value: JSON) -> list[float] | None:
    if value is not None and (not isinstance(value, (list, tuple)) or any(type(n) not in (int, float) for n in value)):
        raise BadValue("a list of numbers, or null")
    return None if value is None else list(value)


def _bins_or_boundaries(c: RuleContext) -> Iterator[RuleError]:
    both = (c.bin_boundaries is not None, c.num_bins is not None)
    if c.dialect == "keras2" and not _is_wide(c) and str(c.said.get("dtype")).startswith("mixed_"):
        yield RuleError("GC205", f"cannot give indices as {c.said['dtype']}", "leave dtype out", arg="dtype")
    if all(both) and c.dialect == "keras2":
        yield RuleError("GC205", "has bin_boundaries and num_bins", "give one of them", arg="num_bins")
    elif not any(both) and c.dialect == "keras3":
        yield RuleError("GC203", "needs bin_boundaries or num_bins", "give one of them", arg="bin_boundaries")
    yield from _sparse_needs_vectors(c)


DISCRETIZATION = OpDef(
    "layers.Discretization",
    params=(
        Param("bin_boundaries", _read_boundaries, {"type": ["array", "null"]}, doc="Where bins meet."),
        Param("num_bins", lambda value: _whole(value, 0), {"type": ["integer", "null"], "minimum": 0}),
        anything("epsilon", 0.01),
        _mode(_MODES, "int", takes_old=False),
        flag("sparse"),
    ),
    inputs=One(),
    old_unranked=_indices_unranked,
    kind=_looked_up_kind,
    old_kinds=None,
    shape=_in_bins,
    dtype=_bins_dtype,
    weights=_bins_to_learn,
    mask=None,
    checks=_bins_or_boundaries,
    group="preprocessing",
    doc="(batch, …) → (batch, …), the bin of each number",
)


def _whole(value: JSON, least: int) -> int | None:
    if value is not None and (type(value) is not int or value < least):
        raise BadValue(f"a whole number from {least}, or null")
    return value


# Hashes


def _hashed(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2":
        return _counted(c, shape, c.num_bins)
    return shape if c.output_mode == "int" else (*shape[:-1], c.num_bins)


def _hash_dtype(c: RuleContext, x: TensorSpec) -> str:
    """Keras 2 makes texts of whole numbers."""
    takes_only(c, x, lambda dtype: dtype == "string" or "int" in dtype)
    return _stated_dtype(c, x)


def _hash_fits(c: RuleContext) -> Iterator[RuleError]:
    said = c.said.get("dtype")
    if c.dialect == "keras3" and not _is_wide(c) and said is not None and c.compute_dtype not in ("int32", "int64"):
        says = f'needs dtype int32 or int64 with output_mode "int", has {c.compute_dtype}'
        yield RuleError("GC205", says, "leave dtype out", arg="dtype")
    yield from _sparse_needs_vectors(c)


def _read_salt(value: JSON) -> JSON:
    is_pair = isinstance(value, (list, tuple)) and len(value) == 2
    if value is not None and type(value) is not int and not is_pair:
        raise BadValue("a whole number, two of them, or null")
    return value


HASHING = OpDef(
    "layers.Hashing",
    params=(
        integer("num_bins", least=1, required=True, doc="How many hashes there are."),
        anything("mask_value"),
        Param("salt", _read_salt, {"type": ["integer", "array", "null"]}),
        _mode(_MODES, "int", takes_old=False),
        flag("sparse"),
    ),
    inputs=One(),
    kind=_looked_up_kind,
    old_kinds=None,
    shape=_hashed,
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
        return _categories_dtype(c, xs[0])
    if c.dialect == "keras3" and c.said.get("dtype") is not None:
        return c.compute_dtype
    return _stated_dtype(c, xs[0])


def _crossing_fits(c: RuleContext) -> Iterator[RuleError]:
    said = c.said.get("dtype")
    if c.dialect == "keras2" and not _is_wide(c) and said is not None and "int" not in c.compute_dtype:
        yield RuleError("GC205", f'needs whole numbers with output_mode "int", has {c.compute_dtype}', arg="dtype")


HASHED_CROSSING = OpDef(
    "layers.HashedCrossing",
    params=(
        replace(integer("num_bins", required=True), old=integer("num_bins", least=1).read),
        _mode(("int", "one_hot"), "int", takes_old=False),
        flag("sparse"),
    ),
    inputs=Many(2),
    shape=_crossed,
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


def _depth(c: RuleContext, mask_token: Any, oov_token: Any, oovs: int) -> Dim:
    """The size of the vocabulary with its special tokens, None where it is learned or stands in a file."""
    if c.pad_to_max_tokens:
        size: Dim = c.max_tokens
        return size
    if not isinstance(c.vocabulary, (list, tuple)):
        known: Dim = c.vocabulary_size
        return known
    has_mask = mask_token is not None and c.output_mode == "int"
    special = [*([mask_token] if has_mask else []), *[oov_token] * oovs]
    start = len(special)
    stated = list(c.vocabulary[:start]) == special
    return len(c.vocabulary) if stated else start + len(c.vocabulary)


def _looked_up(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.output_mode == "int":
        return shape
    depth = _depth(c, c.mask_token, c.oov_token, c.num_oov_indices)
    if c.dialect == "keras2":
        return _counted(c, shape, depth)
    return _vectors(c, shape, depth)


def _vectors(c: RuleContext, shape: Shape, depth: Dim) -> Shape:
    if c.output_mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1):
        return (*shape, depth)
    return (*shape[:-1], depth)


def _lookup_dtype(c: RuleContext, x: TensorSpec) -> str:
    if c.dialect == "keras3":
        return "float32" if _is_wide(c) else "int64"
    if _is_wide(c):
        return "float32" if "int" in c.compute_dtype else c.compute_dtype
    if c.invert:
        return str(c.vocabulary_dtype) if c.layer.op.cls == "IntegerLookup" else "string"
    return "int64"


def _lookup_fits(c: RuleContext) -> Iterator[RuleError]:
    if c.max_tokens is not None and c.max_tokens <= 1:
        yield RuleError("GC204", f"needs max_tokens above 1, has {c.max_tokens}", arg="max_tokens")
    if c.pad_to_max_tokens and c.max_tokens is None:
        yield RuleError("GC205", "has pad_to_max_tokens without max_tokens", "give max_tokens", arg="pad_to_max_tokens")
    if c.invert and _is_wide(c):
        yield RuleError("GC205", f'has invert with output_mode "{c.output_mode}"', 'use "int"', arg="invert")
    if c.idf_weights is not None and c.output_mode != "tf_idf":
        yield RuleError("GC205", "has idf_weights without output_mode tf_idf", "leave them out", arg="idf_weights")
    is_open = c.vocabulary is None and c.vocabulary_size is None and not c.pad_to_max_tokens
    if c.dialect == "keras2" and _is_wide(c) and is_open:
        says = f"needs a vocabulary, or max_tokens with pad_to_max_tokens, for output_mode {c.output_mode}"
        yield RuleError("GC205", says, "give a vocabulary", arg="vocabulary")
    yield from _sparse_needs_vectors(c)


def _read_vocabulary(value: JSON) -> JSON:
    if isinstance(value, (list, tuple)) and not value:
        raise BadValue("a list of tokens that is not empty, or null")
    return value


def _lookup(cls: str, oov_token: Any, doc: str, *params: Param) -> OpDef:
    return OpDef(
        f"layers.{cls}",
        params=(
            Param("max_tokens", lambda value: _whole(value, -(2**31)), {"type": ["integer", "null"], "minimum": 2}),
            integer("num_oov_indices", 1, least=0, doc="How many indices there are for what is not in the vocabulary."),
            anything("mask_token"),
            anything("oov_token", oov_token),
            Param("vocabulary", _read_vocabulary, {"type": ["array", "null"]}),
            anything("idf_weights"),
            flag("invert", doc="From indices to tokens."),
            _mode(_LOOKUP_MODES, "int"),
            flag("sparse"),
            flag("pad_to_max_tokens"),
            Param("vocabulary_size", lambda value: _whole(value, 0), {"type": ["integer", "null"]}),
            anything("has_input_vocabulary"),
            anything("salt", only=KERAS3),
            *params,
        ),
        inputs=One(),
        old_unranked=_indices_unranked,
        kind=_looked_up_kind,
        old_kinds=None,
        shape=_looked_up,
        dtype=_lookup_dtype,
        mask=None,
        checks=_lookup_fits,
        group="preprocessing",
        doc=doc,
    )


INTEGER_LOOKUP = _lookup(
    "IntegerLookup",
    -1,
    "(batch, …) → (batch, …), the place of each number in a vocabulary",
    text("vocabulary_dtype", "int64"),
    anything("oov_method", "floormod", only=KERAS3),
)
STRING_LOOKUP = _lookup(
    "StringLookup",
    "[UNK]",
    "(batch, …) → (batch, …), the place of each text in a vocabulary",
    anything("encoding", "utf-8"),
    anything("vocabulary_dtype", "string"),
    anything("oov_method", "floormod", only=KERAS3),
)


# Texts


def _vectorized(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2":
        return _vectorized_old(c, shape)
    if c.output_mode == "int":
        if not shape:
            raise RuleError("GC403", "needs a batch axis, gets ()", inputs=(0,))
        return (shape[0], c.output_sequence_length)
    tokens: Shape = (*shape, None) if c.split is not None else shape if len(shape) > 1 else (*shape, 1)
    return _vectors(c, tokens, _depth(c, "", "[UNK]", 1))


def _vectorized_old(c: RuleContext, shape: Shape) -> Shape:
    texts = shape
    if c.split is not None:
        if len(shape) > 1:
            if shape[-1] != 1:
                says = f"needs rank 1, or a last size of 1, to split texts; gets {show(shape)}"
                raise RuleError("GC403", says, inputs=(0,))
            texts = shape[:-1]
        # Splitting a list of texts forgets how many there are.
        texts = (*texts, None) if len(texts) != 1 else (None, None)
    if c.output_mode == "int":
        if c.output_sequence_length is not None and texts:
            return (*texts[:-1], c.output_sequence_length or None)
        return texts
    return _counted(c, texts, _depth(c, "", "[UNK]", 1))


def _text_dtype(c: RuleContext, x: TensorSpec) -> str:
    return "float32" if _is_wide(c) else "int64"


def _text_fits(c: RuleContext) -> Iterator[RuleError]:
    if c.dialect == "keras2" and c.output_mode == "one_hot":
        yield RuleError("GC204", "takes no output_mode one_hot", "use multi_hot", arg="output_mode")
    if _is_wide(c) and c.output_sequence_length is not None:
        yield RuleError(
            "GC205",
            f'has output_sequence_length with output_mode "{c.output_mode}"',
            'use "int", or leave it out',
            arg="output_sequence_length",
        )
    if c.ragged and _is_wide(c):
        yield RuleError("GC205", f'has ragged with output_mode "{c.output_mode}"', 'use "int"', arg="ragged")
    if c.pad_to_max_tokens and c.max_tokens is None:
        yield RuleError("GC205", "has pad_to_max_tokens without max_tokens", "give max_tokens", arg="pad_to_max_tokens")


TEXT_VECTORIZATION = OpDef(
    "layers.TextVectorization",
    params=(
        Param("max_tokens", lambda value: _whole(value, 2), {"type": ["integer", "null"], "minimum": 2}),
        anything("standardize", "lower_and_strip_punctuation", required=True),
        anything("split", "whitespace", required=True),
        *said_in_keras3(anything("ngrams")),
        _mode(_LOOKUP_MODES, "int"),
        Param("output_sequence_length", lambda value: _whole(value, -(2**31)), {"type": ["integer", "null"]}),
        flag("pad_to_max_tokens"),
        Param("vocabulary", _read_vocabulary, {"type": ["array", "null"]}),
        anything("idf_weights"),
        flag("sparse"),
        flag("ragged"),
        anything("encoding", "utf-8"),
        Param("vocabulary_size", lambda value: _whole(value, 0), {"type": ["integer", "null"]}),
        anything("has_input_vocabulary"),
    ),
    inputs=One(),
    old_kinds=OldKinds(ragged="dense"),
    shape=_vectorized,
    dtype=_text_dtype,
    mask=None,
    checks=_text_fits,
    group="preprocessing",
    doc="(batch,) of texts → (batch, output_sequence_length)",
)

ENTRIES = entries(
    (CATEGORY_ENCODING, DISCRETIZATION, HASHING, HASHED_CROSSING, INTEGER_LOOKUP, STRING_LOOKUP, TEXT_VECTORIZATION)
)
