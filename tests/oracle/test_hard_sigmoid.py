"""GC216: what the two Keras compute as hard_sigmoid."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.keras


def test_the_two_keras_differ_by_a_twelfth_at_most() -> None:
    import keras
    import numpy as np
    import tensorflow as tf
    import tf_keras

    x = np.linspace(-4, 4, 8001, dtype="float32")
    new = np.array(keras.activations.hard_sigmoid(x))
    old = np.array(tf_keras.activations.hard_sigmoid(tf.constant(x)))
    assert np.allclose(old, np.clip(0.2 * x + 0.5, 0, 1), atol=1e-6)
    assert np.allclose(new, np.clip(x + 3, 0, 6) / 6, atol=1e-6)
    assert 0.083 < np.abs(new - old).max() < 0.0835
