"""LoRA: two small kernels whose product is added to a frozen one.

Source: Keras 3, `enable_lora` of Dense, EinsumDense, Embedding and convolutions.
"""

from __future__ import annotations

from typing import Any

from ..shapes import Dim, RuleError, Shape
from .params import KERAS3, anything, empty_as, integer, nullable
from .rules import times
from .spec import Param, RuleContext, WeightSpec


def low_rank() -> tuple[Param, ...]:
    """The arguments of LoRA."""
    return empty_as(nullable(integer("lora_rank", least=0, only=KERAS3)), 0), anything("lora_alpha", only=KERAS3)


def low_rank_weights(c: RuleContext, shape: Shape, constraint: Any, name: str = "lora_kernel") -> list[WeightSpec]:
    """The two small kernels that `lora_rank` adds to one of a shape: (…, rank) and (rank, last).

    Raises:
        RuleError: conflicting-arguments (GC205), the kernel has a constraint.
    """
    if not c.lora_rank:
        return []
    if constraint:
        says = "has lora_rank and a constraint of the kernel, and Keras takes one of the two"
        raise RuleError("GC205", says, "remove the constraint", arg="lora_rank")
    *head, tail = shape
    return [
        WeightSpec(f"{name}_a", (*head, c.lora_rank), dtype="float32"),
        WeightSpec(f"{name}_b", (c.lora_rank, tail), dtype="float32"),
    ]


def low_rank_product(c: RuleContext, shape: Shape) -> Dim:
    """The multiply-adds of the two small kernels with each other, which a call makes whatever comes in."""
    return times(*shape, c.lora_rank) if c.lora_rank else 0


def low_rank_cost(c: RuleContext, shape: Shape, through: Dim) -> Dim:
    """The multiply-adds that LoRA adds to a call of a layer that may be quantized.

    A quantized kernel takes no sum: what comes in goes through the two small kernels, with `through` multiply-adds for
    each unit of rank.
    """
    how = c.policy.quantization
    if how is not None and how.mode in ("int8", "int4"):
        return times(through, c.lora_rank) if c.lora_rank else 0
    return low_rank_product(c, shape)
