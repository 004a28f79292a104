"""TensorFlow's functions of texts."""

from __future__ import annotations

from typing import Any

from ..shapes import RuleError, Shape, TensorSpec, show
from .spec import is_whole
from .tf_operands import (
    Arguments,
    Function,
    dtype_said,
    renamed,
    table,
    tensor,
    tensors,
    unified,
)
from .tf_reductions import reduction


def _text(dtype: str, *others: str) -> Function:
    """Of texts, each on its own, in this dtype or in one of the others that are said."""

    def rule(x: Any, named: Arguments) -> TensorSpec:
        if tensor(x).dtype not in (None, "string"):
            raise RuleError("GC409", f"needs texts, gets {x.dtype}", inputs=(0,))
        buckets = named.get("num_buckets", 1)
        if is_whole(buckets) and buckets < 1:
            raise RuleError("GC204", f"hashes into 1 bucket or more, not {buckets}")
        said = dtype_said(named.get("out_type")) or dtype
        if others and said not in others:
            raise RuleError("GC204", f"gives {', '.join(others)}, not {said}")
        return TensorSpec(x.shape, said)

    return rule


def _text_joined(x: Any, named: Arguments) -> TensorSpec:
    given = tensors(x)
    if any(one.dtype not in (None, "string") for one in given):
        raise RuleError("GC409", "joins texts", "use strings.as_string first", inputs=(0,))
    shape: Shape = ()
    for one in given:
        if shape and one.shape:
            if len(shape) != len(one.shape):
                raise RuleError("GC403", f"cannot join {show(shape)} with {show(one.shape)}", inputs=(0,))
            shape = unified(shape, one.shape)
        else:
            shape = shape or one.shape or ()
    return TensorSpec(shape, "string")


def _text_reduced(x: Any, named: Arguments) -> TensorSpec:
    _text("string")(x, {})
    return reduction(x, renamed(named, keep_dims="keepdims"))


def _text_of(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(tensor(x).shape, "string")


def _parts_of_text(x: Any, named: Arguments) -> TensorSpec:
    """A ragged axis more."""
    shape = _text("string")(x, {}).shape or ()
    return TensorSpec((None, None) if len(shape) == 1 else (*shape, None), "string", ragged=True)


FUNCTIONS: dict[str, Function] = {
    **table(_text("int32"), "strings.length", "compat.v1.strings.length"),
    **table(
        _text("string"),
        *("strings.strip", "strings.substr", "compat.v1.strings.substr", "io.decode_base64"),
        *("io.encode_base64", "strings.lower", "strings.upper", "strings.regex_replace"),
    ),
    **table(_text("bool"), "strings.regex_full_match"),
    **table(
        _text("int64"),
        *("strings.to_hash_bucket", "strings.to_hash_bucket_strong", "compat.v1.strings.to_hash_bucket"),
        "strings.to_hash_bucket_fast",
    ),
    **table(_text("float32", "float32", "float64", "int32", "int64"), "compat.v1.strings.to_number"),
    **table(_text_joined, "strings.join"),
    **table(_text_reduced, "strings.reduce_join"),
    **table(_text_of, "strings.as_string"),
    **table(_parts_of_text, "strings.split", "strings.bytes_split"),
    **table(_text("float32", "float32", "float64", "int32", "int64"), "strings.to_number"),
}
