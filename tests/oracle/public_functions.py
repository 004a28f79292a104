"""Public functions of TensorFlow that tf_keras records where a tensor of Keras goes in, and why some have no rule."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

_FUNCTIONS = (
    "cond",
    "case",
    "foldl",
    "foldr",
    "scan",
    "py_func",
    "numpy_function",
    "map_",
    "with_space",
    "rnn",
    "_mdct",
)
WHY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("looks at a tensor and gives none", ("debugging.", ".print.", "no_op", "compat.v1.Print")),
    ("reads, writes or decodes files and records", ("io.", "audio.", "compat.v1.io.")),
    ("takes functions, which tf_keras cannot write", _FUNCTIONS),
    ("takes tensors one by one, and tf_keras loses all but the first", ("einsum", "meshgrid", "strings.format")),
    ("a gradient of another function", ("backprop", "args_gradient", "vars_gradient", "channel_gradient", "rows_grad")),
    ("of quantized numbers", ("quantiz",)),
    ("draws at random", ("random", "sampler", "dropout")),
    ("of ragged or sparse tensors", ("ragged", "sparse", "sets.", "unicode", "string_split", "ngrams")),
    ("a loss or a search of a whole batch", ("ctc_", "nce_loss", "sampled_softmax", "non_max", "losses.", "bounding")),
    ("of TensorFlow 1", ("compat.v1.",)),
)
"""Reasons, and what names hold for which they are given; the first one counts."""


def reason(name: str) -> str:
    """Why a function has no rule."""
    return next((why for why, parts in WHY if any(part in f".{name}." for part in parts)), "no rule yet")


def dispatched() -> list[str]:
    """The names that tf_keras writes for functions which it records, of an installed TensorFlow."""
    import tensorflow as tf
    from tensorflow.python.util import dispatch, tf_decorator, tf_export

    found = set()
    for one in (*_callables(tf), *_callables(tf.compat.v1)):
        inner = tf_decorator.unwrap(one)[1]
        if hasattr(one, dispatch.FALLBACK_DISPATCH_ATTR) or hasattr(inner, dispatch.FALLBACK_DISPATCH_ATTR):
            name = tf_export.get_canonical_name_for_symbol(one, add_prefix_to_v1_names=True)
            if name is not None and tf_export.get_symbol_from_name(name) is not None:
                found.add(name)
    return sorted(found)


_OTHERS = frozenset({"keras", "raw_ops", "compat", "lite", "estimator"})


def _callables(top: ModuleType) -> Iterator[Any]:
    waiting, seen = [top], {id(top)}
    while waiting:
        module = waiting.pop()
        for name in dir(module):
            if (name.startswith("_") and name != "__operators__") or (module is top and name in _OTHERS):
                continue
            one = getattr(module, name, None)
            if inspect.ismodule(one):
                if "_api" in str(vars(one).get("__name__")) and id(one) not in seen:
                    seen.add(id(one))
                    waiting.append(one)
            elif callable(one) and not inspect.isclass(one):
                yield one
