"""The lists of names in the catalog are those of the installed packages."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import Any

import pytest

from graphcore.catalog import CATALOG, Stranger, Unruled, names
from graphcore.catalog.params import ACTIVATIONS, KERAS2_ACTIVATIONS
from graphcore.model import Dialect, Op

from .exceptions import UNREADABLE, WITHOUT_ENTRY

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


def public_layers(module: ModuleType, base: type) -> dict[str, type]:
    """The layers of a module and of those below it, by their public names."""
    found: dict[str, type] = {}
    waiting, seen = [module], {id(module)}
    while waiting:
        for name, one in vars(waiting.pop()).items():
            if inspect.ismodule(one) and "keras" in one.__name__ and ".src" not in one.__name__ and id(one) not in seen:
                seen.add(id(one))
                waiting.append(one)
            elif inspect.isclass(one) and issubclass(one, base):
                found[name] = one
    return found


def judged(dialect: Dialect, layers: dict[str, type]) -> tuple[set[str], set[str]]:
    """Public names of layers that are no class here, and of those that have no entry."""
    kinds = {name: CATALOG.classify(Op(name, cls.__module__), dialect) for name, cls in layers.items()}
    strangers = {name for name, kind in kinds.items() if isinstance(kind, Stranger)}
    return strangers, {name for name, kind in kinds.items() if isinstance(kind, Unruled)}


def test_every_public_layer_of_keras_3_is_known() -> None:
    import keras

    strangers, unruled = judged("keras3", public_layers(keras.layers, keras.layers.Layer))
    assert strangers == set()
    assert unruled <= set(WITHOUT_ENTRY["keras3"])


def test_every_public_layer_of_tf_keras_is_known() -> None:
    import tf_keras
    import tf_keras.api._v1.keras.layers as of_tensorflow_1

    base = tf_keras.layers.Layer
    layers = {**public_layers(of_tensorflow_1, base), **public_layers(tf_keras.layers, base)}
    strangers, unruled = judged("keras2", layers)
    assert strangers == set(UNREADABLE)
    assert unruled <= set(WITHOUT_ENTRY["keras2"])
    assert [name for name in strangers if is_read(name)] == []
    assert {"Convolution2D", "GlobalMaxPool2D", "SyncBatchNormalization", "CuDNNLSTM", "Rescaling"} <= set(layers)


def is_read(name: str) -> bool:
    """Whether tf_keras makes a layer of a class's name."""
    import tf_keras

    try:
        made = tf_keras.layers.deserialize({"class_name": name, "config": {}})
    except Exception:  # each raises something else
        return False
    return isinstance(made, tf_keras.layers.Layer)  # of some it gives the name back


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
