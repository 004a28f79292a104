"""Keras in safe mode refuses files with code in them, and loads their safe copies with the stub's placeholders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import graphcore
from graphcore.source import Limits
from graphcore.stub import to_stub

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_keras_loads_a_safe_copy_with_placeholders(tmp_path: Path, suffix: str) -> None:
    import keras

    payload = f"{tmp_path}/payload-was-here"
    x = keras.Input((4,))
    y = keras.layers.Lambda(lambda z: z * Path(payload).write_text(""), output_shape=(4,), name="code")(x)
    model = keras.Model(x, keras.layers.Dense(3, name="after")(y))
    Path(payload).unlink(missing_ok=True)
    file, copy = tmp_path / f"model{suffix}", tmp_path / f"safe{suffix}"
    model.save(file)
    with pytest.raises(ValueError, match="lambda"):
        keras.models.load_model(file)

    taken = graphcore.copy_safely(file, copy, Limits())
    assert graphcore.make_safe(file.read_bytes()).taken == taken
    assert [danger.diagnostic.code for danger in taken] == ["GC801"]
    assert b"payload-was-here" not in copy.read_bytes()
    graph, _ = graphcore.read(copy)
    assert graph is not None
    stub = to_stub(graphcore.infer(graph))
    assert stub is not None
    try:
        exec(compile(stub, "placeholders.py", "exec"), _named("placeholders"))
        loaded = keras.models.load_model(copy)
    finally:
        keras.saving.get_custom_objects().clear()
    assert not Path(payload).exists()
    assert type(loaded.get_layer("code")).__name__ == "LambdaPlaceholder"
    before, after = model.get_layer("after").get_weights(), loaded.get_layer("after").get_weights()
    assert [one.tolist() for one in after] == [one.tolist() for one in before]


def test_tf_keras_loads_a_safe_copy_with_placeholders(tmp_path: Path) -> None:
    import tf_keras

    payload = f"{tmp_path}/payload-was-here"
    x = tf_keras.Input((4,))
    y = tf_keras.layers.Lambda(lambda z: z * Path(payload).write_text(""), output_shape=(4,), name="code")(x)
    model = tf_keras.Model(x, tf_keras.layers.Dense(3, name="after")(y))
    Path(payload).unlink()
    for form in ("json", "h5"):
        file, copy = tmp_path / f"model.{form}", tmp_path / f"safe.{form}"
        model.save(file) if form == "h5" else file.write_text(model.to_json())
        copy.write_bytes(graphcore.make_safe(file.read_bytes()).data)
        placeholder = type("LambdaPlaceholder", (tf_keras.layers.Layer,), {})
        with tf_keras.utils.custom_object_scope({"layerwright>LambdaPlaceholder": placeholder}):
            if form == "h5":
                loaded = tf_keras.models.load_model(copy)
            else:
                loaded = tf_keras.models.model_from_json(copy.read_text())
        assert type(loaded.get_layer("code")) is placeholder
    assert not Path(payload).exists()


def _named(name: str) -> dict[str, Any]:
    return {"__name__": name}
