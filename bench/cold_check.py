"""A check of a model that was never seen, against Keras and against reading the same JSON."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import graphcore

from .figures import Figure, Section, interleaved, shown, times
from .models import texts

ROUNDS = 5
OF_KERAS = 100
OF_JSON = 10


def measure() -> Section:
    """Models of keras.applications, and a transformer."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    keras = importlib.import_module("keras")  # takes seconds, so nothing else of bench waits for it
    figures = []
    for name, text in texts(keras).items():
        figures += list(_figures(keras, name, text))
    how = (
        f"In one process, in turns, the median of {ROUNDS} rounds. A check is all of it: reading, inference, problems, "
        "report. Every round gets a text that it has not seen, so nothing can be remembered. All three are timed with "
        "Python's cycle collector as it is for a user: on, and going through all that TensorFlow and Keras keep alive; "
        "a check pauses it while it runs."
    )
    return Section("Check of a model seen for the first time", how, figures)


def _figures(keras: Any, name: str, text: str) -> Iterator[Figure]:
    layers = len(json.loads(text)["config"]["layers"])
    numbers = count()

    def unseen() -> str:
        return text.replace('"name": "', f'"name": "r{next(numbers)}_', 1)

    def build() -> object:
        keras.utils.clear_session()
        return keras.models.model_from_json(unseen())

    assert graphcore.check(unseen()).ok
    acts = (lambda: graphcore.check(unseen()), build, lambda: json.loads(unseen()))
    checked, built, read = interleaved(acts, ROUNDS)
    yield Figure(f"{name}, {layers} layers: a check", f"{shown(checked)}, {checked / layers * 1e6:.0f} µs a layer")
    is_met = built >= OF_KERAS * checked
    yield Figure(
        f"{name}: faster than `model_from_json` ({shown(built)})", times(built / checked), f"≥ {OF_KERAS} ×", is_met
    )
    is_met = checked <= OF_JSON * read
    yield Figure(f"{name}: of `json.loads` ({shown(read)})", times(checked / read), f"≤ {OF_JSON} ×", is_met)
