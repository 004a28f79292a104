"""The lists of names in the catalog are those of the installed packages."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import Any

import pytest

from graphcore.catalog import names
from graphcore.catalog.params import ACTIVATIONS, KERAS2_ACTIVATIONS

pytestmark = pytest.mark.keras
ABSTRACT = {"Initializer", "Regularizer", "Constraint", "initializer", "regularizer", "constraint"}


def classes_of(module: ModuleType, base: type) -> set[str]:
    """Names of a module's classes that derive from another."""
    return {name for name, one in vars(module).items() if inspect.isclass(one) and issubclass(one, base)}


def takes(get: Any, name: str) -> bool:
    """Whether one of Keras's `get` functions knows a name."""
    try:
        get(name)
    except Exception:  # each raises something else
        return False
    return True


def test_layers_of_keras_3() -> None:
    import keras

    assert classes_of(keras.layers, keras.layers.Layer) == names.KERAS3_LAYERS


def test_layers_of_tf_keras() -> None:
    import tf_keras
    from tf_keras.src.layers import serialization

    serialization.populate_deserializable_objects()
    found = serialization.LOCAL.ALL_OBJECTS
    known = {n for n, one in found.items() if inspect.isclass(one) and issubclass(one, tf_keras.layers.Layer)}

    def is_found(name: str) -> bool:
        try:
            tf_keras.layers.deserialize({"class_name": name, "config": {}})
        except Exception as error:  # arguments are missing, but the class is there
            return "Could not locate class" not in str(error)
        return True

    assert {name for name in known if is_found(name)} == names.KERAS2_LAYERS


def test_operations_of_keras_3() -> None:
    import keras.src.ops as package
    from keras.src.ops.operation import Operation

    found: set[str] = set()
    for one in pkgutil.iter_modules(package.__path__):
        if not one.name.endswith("_test"):
            module = importlib.import_module(f"keras.src.ops.{one.name}")
            own = classes_of(module, Operation)
            found |= {name for name in own if vars(module)[name].__module__ == module.__name__}
    assert found - {"Operation"} == names.OPERATIONS


@pytest.mark.parametrize("what", ["initializers", "regularizers", "constraints"])
def test_serialized_objects(what: str) -> None:
    import tf_keras

    known = vars(names)
    ours, old = known[f"KERAS3_{what.upper()}"], known[f"KERAS2_{what.upper()}"]
    module = importlib.import_module(f"keras.src.{what}")
    assert ours == set(module.ALL_OBJECTS_DICT) - ABSTRACT
    assert [name for name in sorted(old) if not takes(getattr(tf_keras, what).get, name)] == []
    assert [name for name in sorted(ours - old) if takes(getattr(tf_keras, what).get, name)] == []


def test_activations() -> None:
    import keras
    import tf_keras
    from keras.src import activations

    assert set(ACTIVATIONS) == set(activations.ALL_OBJECTS_DICT)
    assert [name for name in ACTIVATIONS if not takes(keras.activations.get, name)] == []
    assert [name for name in ACTIVATIONS if takes(tf_keras.activations.get, name)] == sorted(KERAS2_ACTIVATIONS)
