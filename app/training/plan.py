"""How a model is trained: the plan's keys and what each is where it is left out. The checks stand in graphcore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# As in Keras's `compile` and `fit`; `loss` alone has no default.
DEFAULTS: Mapping[str, Any] = {
    "optimizer": "adam",
    "loss_weights": None,
    "metrics": [],
    "epochs": 1,
    "batch_size": 32,
    "validation_split": 0.0,
    "shuffle": True,
    "seed": None,
    "run_eagerly": False,
    "jit_compile": False,
    "mixed_precision": False,
    "frozen": [],
    "initial_weights": None,
    "callbacks": [],
}


def complete(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with every key."""
    return {**DEFAULTS, **plan}
