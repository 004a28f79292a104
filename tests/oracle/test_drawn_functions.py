"""Drawn calls of every function of TensorFlow that files of Keras 2 may hold."""

from __future__ import annotations

import pytest

from . import records
from .drawing_functions import functions, read
from .drawn_calls import Call, differing, recorded, seldom_taken
from .exceptions import DRAWN_FUNCTIONS, FEW_CALLS
from .operating import ask_us_of_function

ONE_IN = 240
"""Calls of which one is asked live, as a file."""
LEAST = 15
"""Accepted calls of each function."""


def calls() -> list[Call]:
    """Every recorded call, and what tf_keras gave for it."""
    return recorded(records.read("drawn", "functions-keras2"), read)


def test_agrees_with_what_tf_keras_said() -> None:
    every = calls()
    assert sorted({case.cls for case, _ in every}) == functions()
    assert differing(every, ask_us_of_function, "keras2", DRAWN_FUNCTIONS) == []


def test_every_function_was_taken_often_enough() -> None:
    assert seldom_taken(calls(), functions(), LEAST) == set(FEW_CALLS)


@pytest.mark.keras
def test_tf_keras_says_the_same_again() -> None:
    from .asking import Generation
    from .asking_functions import ask_by_file

    asked = Generation("keras2")
    assert [case for case, theirs in calls()[::ONE_IN] if ask_by_file(asked, case).outputs != theirs] == []
