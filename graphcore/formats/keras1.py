"""How Keras 1 is told from Keras 2: by its words. Its calls are recorded like those of Keras 2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model import JSON

_CLASSES = frozenset(
    {
        "Convolution1D",
        "Convolution2D",
        "Convolution3D",
        "AtrousConvolution1D",
        "AtrousConvolution2D",
        "Deconvolution2D",
        "SeparableConvolution2D",
        "Merge",
        "TimeDistributedDense",
        "MaxoutDense",
        "Highway",
    }
)
_WORDS = frozenset(
    {
        "nb_filter",
        "nb_row",
        "nb_col",
        "border_mode",
        "subsample",
        "dim_ordering",
        "W_regularizer",
        "b_regularizer",
        "W_constraint",
        "inner_init",
        "inner_activation",
        "input_dtype",
        "dropout_W",
    }
)


def speaks(entries: Iterable[JSON]) -> bool:
    """Whether layers have classes or arguments that only Keras 1 knew.

    Nobody looks inside nested models: their sizes are not bounded yet, and the outermost layers of a file of Keras 1
    state an `input_dtype` at least.
    """
    for entry in entries:
        if isinstance(entry, Mapping):
            config = entry.get("config")
            cls = entry.get("class_name")
            if (isinstance(cls, str) and cls in _CLASSES) or (
                isinstance(config, dict) and not _WORDS.isdisjoint(config)
            ):
                return True
    return False
