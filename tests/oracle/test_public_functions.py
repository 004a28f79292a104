"""Every public function of TensorFlow that tf_keras can write has a rule, or is listed with the reason."""

from __future__ import annotations

import pytest

from graphcore.catalog.tf_ops import FUNCTIONS

from . import records
from .public_functions import dispatched

ELSEWHERE = {
    *("keras.backend.batch_flatten", "keras.backend.binary_crossentropy"),
    *("keras.backend.categorical_crossentropy", "saturate_cast", "compat.v1.cast", "compat.v1.reshape"),
    *("linalg.l2_normalize", "nn.l2_normalize", "nn.sigmoid", "nn.softplus", "nn.tanh"),
}
"""Functions with a rule that are no names of their own to TensorFlow: files may have them all the same."""


def test_what_has_a_rule_is_public() -> None:
    assert set(FUNCTIONS) - set(records.read("layers", "public-functions-keras2")) == ELSEWHERE


@pytest.mark.keras
def test_the_list_is_that_of_the_installed_tensorflow() -> None:
    assert records.read("layers", "public-functions-keras2") == dispatched()
