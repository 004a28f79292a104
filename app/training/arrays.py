"""The arrays that a model is trained on: real data in the form of its inputs, or made-up data that fits anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .datasets import Dataset, datasets, path_in_package

Array = NDArray[Any]  # of whatever dtype the model's input has


@dataclass(frozen=True, slots=True)
class Slot:
    """An input or output of the model, one sample of it. `below`: integers in it must be smaller than this.

    `loss` names the loss of an output in snake case.
    """

    shape: tuple[int, ...]
    dtype: str
    below: int | None = None
    loss: str = ""


def read_arrays(
    data: Mapping[str, Any], inputs: Sequence[Slot], outputs: Sequence[Slot], seed: int | None
) -> tuple[list[Array], list[Array]]:
    """One array an input and one a target, of equal length, in random order.

    Raises:
        ValueError: the data cannot take the model's form; the checks before queueing have a better sentence for it.
    """
    if synthetic := data.get("synthetic"):
        return _synthetic(synthetic["samples"], synthetic["seed"], inputs, outputs)
    dataset = datasets()[data["dataset"]]
    features, labels = _read(dataset)
    # Iris and wine are sorted by class, and Keras takes the last rows for validation.
    order = np.random.default_rng(seed).permutation(len(features))
    (slot,), (target,) = inputs, outputs
    x = features[order].reshape(-1, *data["shape"]).astype(slot.dtype)
    return [x], [_target(labels[order], target, len(dataset.classes))]


def _read(dataset: Dataset) -> tuple[Array, Array]:
    features = _load(dataset, dataset.file, dataset.header_lines)
    if dataset.target_file:
        labels = _load(dataset, dataset.target_file, 0)[:, 0]
    else:
        features, labels = features[:, :-1], features[:, -1]
    if dataset.scaling == "unit":
        return np.divide(features, np.float32(dataset.maximum)), labels
    deviation = features.std(axis=0)
    return (features - features.mean(axis=0)) / np.where(deviation > 0, deviation, 1), labels


def _load(dataset: Dataset, file: str, skip: int) -> Array:
    path = path_in_package(dataset.package, file)
    table: Array = np.loadtxt(str(path), delimiter=dataset.delimiter, skiprows=skip, dtype="float32", ndmin=2)
    return table


def _target(labels: Array, slot: Slot, classes: int) -> Array:
    if slot.loss in SPARSE:
        return labels.astype("int32").reshape(-1, *slot.shape[:-1])
    if classes and slot.shape == (classes,):
        values: Array = np.eye(classes, dtype="float32")[labels.astype("int32")]
    else:
        values = labels.astype("float32").reshape(-1, *slot.shape)
    return values * 2 - 1 if slot.loss in SIGNED else values


SPARSE = frozenset({"sparse_categorical_crossentropy"})
"""Losses that take class numbers, without the last axis of the output."""
ONE_HOT = frozenset(
    {"categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge", "kl_divergence"}
)
"""Losses that take a distribution over the last axis."""
SIGNED = frozenset({"hinge", "squared_hinge"})
"""Losses that take -1 and 1."""
ZERO_OR_ONE = frozenset({"binary_crossentropy", "binary_focal_crossentropy", "dice", "tversky"})
"""Losses that take a 0 or 1 for each value of the output."""
POSITIVE = frozenset({"poisson", "mean_squared_logarithmic_error", "mean_absolute_percentage_error"})
"""Losses that are made for positive values."""


def _synthetic(
    samples: int, seed: int, inputs: Sequence[Slot], outputs: Sequence[Slot]
) -> tuple[list[Array], list[Array]]:
    random = np.random.default_rng(seed)
    return [_made_up(random, samples, slot) for slot in inputs], [_made_up_target(random, samples, s) for s in outputs]


def _made_up(random: np.random.Generator, samples: int, slot: Slot) -> Array:
    shape = (samples, *slot.shape)
    if slot.dtype == "bool":
        return random.integers(0, 2, shape).astype("bool")
    if slot.below is not None or slot.dtype.startswith(("int", "uint")):
        return random.integers(0, slot.below or 10, shape).astype(slot.dtype)
    return random.standard_normal(shape, dtype="float32").astype(slot.dtype)


def _made_up_target(random: np.random.Generator, samples: int, slot: Slot) -> Array:
    shape = (samples, *slot.shape)
    if slot.loss in SPARSE:
        return random.integers(0, shape[-1], shape[:-1]).astype("int32")
    if slot.loss in ONE_HOT:
        return np.eye(shape[-1], dtype="float32")[random.integers(0, shape[-1], shape[:-1])]
    if slot.loss in ZERO_OR_ONE:
        return random.integers(0, 2, shape).astype("float32")
    if slot.loss in SIGNED:
        return random.integers(0, 2, shape).astype("float32") * 2 - 1
    values = random.standard_normal(shape, dtype="float32")
    return np.abs(values) + 1 if slot.loss in POSITIVE else values
