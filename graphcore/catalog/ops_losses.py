"""Operations that compare what is with what should be: cross-entropies, CTC, noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..shapes import RuleError, Shape, show
from .operands import always, axis_of, dtype_of, operation, promoted, tensor, told
from .params import anything, flag, integer, looked_at_late, text, unread
from .spec import OpDef, Param, RuleContext


def _shapes(**operands: Any) -> list[Shape]:
    return [tensor(value, name).shape or () for name, value in operands.items()]


def _equal(target: Any, output: Any) -> Shape:
    """Keras takes an unknown size for no other than an unknown one."""
    wanted, given = _shapes(target=target, output=output)
    if wanted != given:
        raise RuleError("GC405", f"needs equal shapes, gets {show(wanted)} and {show(given)}", inputs=(0, 1))
    return given


def _each(c: RuleContext, target: Any, output: Any) -> Shape:
    return _equal(target, output)


def _of_classes(c: RuleContext, target: Any, output: Any) -> Shape:
    shape = _equal(target, output)
    if not shape:
        raise RuleError("GC403", "needs an axis of classes, gets ()", inputs=(1,))
    return shape[:-1]


def _of_numbers(c: RuleContext, target: Any, output: Any) -> Shape:
    """Source: Keras 3, `SparseCategoricalCrossentropy.compute_output_spec`."""
    wanted, given = _shapes(target=target, output=output)
    axis = axis_of(c.axis, len(given))
    if len(wanted) == len(given) and wanted[-1] == 1:
        wanted = wanted[:-1]
    rest = (*given[:axis], *given[axis + 1 :])
    if wanted != rest:
        raise RuleError("GC405", f"needs a target of {show(rest)}, gets {show(wanted)}", inputs=(0, 1))
    return rest


def _output_type(c: RuleContext, target: Any, output: Any) -> str | None:
    return dtype_of(output)


def _batch(**operands: Any) -> Shape:
    """The first sizes, which must all be the same; unknown is one of them."""
    shapes = _shapes(**operands)
    for name, shape in zip(operands, shapes, strict=True):
        if not shape:
            raise RuleError("GC403", f"needs an axis for the batch in {name}, gets ()")
    firsts = [shape[0] for shape in shapes]
    if any(size != firsts[0] for size in firsts):
        raise RuleError("GC405", f"needs one size of batch, gets {show(tuple(firsts))}")
    return shapes[0]


def _aligned(c: RuleContext, target: Any, output: Any, target_length: Any, output_length: Any) -> Shape:
    return _batch(target=target, output=output, target_length=target_length, output_length=output_length)[:1]


def _aligned_dtype(c: RuleContext, target: Any, output: Any, *_lengths: Any) -> str | None:
    return promoted(output, more=("float32",))


def _strategy() -> Param:
    """A word, at which Keras looks when data come; what is not the other one is greedy to the shape."""
    return unread(text("strategy", "greedy"))


def _decoded(c: RuleContext, inputs: Any, sequence_lengths: Any) -> list[Shape]:
    (shape,) = _shapes(inputs=inputs)
    if len(shape) < 2:
        raise RuleError("GC403", f"needs axes for batch and time, gets {show(shape)}", inputs=(0,))
    paths = 1 if c.strategy == "greedy" else told(c, "top_paths", (int, type(None)))
    return [(paths, *shape[:2]), (shape[0], paths)]


def _decoded_dtypes(c: RuleContext, inputs: Any, sequence_lengths: Any) -> list[str | None]:
    return ["int32", promoted(inputs, more=("float32",))]


def _compared(c: RuleContext, x1: Any, x2: Any) -> Shape:
    a, b = _shapes(x1=x1, x2=x2)
    if len(a) != len(b):
        raise RuleError("GC403", f"needs one rank, gets {show(a)} and {show(b)}", inputs=(0, 1))
    return ()


_LOGITS = flag("from_logits")

ENTRIES: Sequence[OpDef] = (
    operation("BinaryCrossentropy", ["target", "output"], _each, _output_type, "(…), (…) → (…)", _LOGITS),
    operation(
        "CategoricalCrossentropy",
        ["target", "output"],
        _of_classes,
        _output_type,
        "(…, classes), (…, classes) → (…)",
        *(_LOGITS, anything("axis", -1)),
    ),
    operation(
        "SparseCategoricalCrossentropy",
        ["target", "output"],
        _of_numbers,
        _output_type,
        "(…), (…, classes) → (…)",
        *(_LOGITS, integer("axis", -1)),
    ),
    operation(
        "CTCLoss",
        ["target", "output", "target_length", "output_length"],
        _aligned,
        _aligned_dtype,
        "(batch, labels), (batch, time, classes), (batch), (batch) → (batch)",
        anything("mask_index", 0),
    ),
    operation(
        "CTCDecode",
        ["inputs", "sequence_lengths"],
        _decoded,
        _decoded_dtypes,
        "(batch, time, classes), (batch) → (paths, batch, time) and (batch, paths)",
        *(_strategy(), anything("beam_width", 100), looked_at_late(integer("top_paths", 1))),
        *(flag("merge_repeated", True), anything("mask_index", 0)),
    ),
    operation(
        "PSNR",
        ["x1", "x2"],
        _compared,
        always("float32"),
        "(…), (…) → (), how loud the noise is",
        anything("max_val", required=True),
    ),
)
