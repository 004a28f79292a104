"""What a script brings along: classes that keras.layers has not, and stand-ins for those that the file has not."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Op
from ..python_text import in_docstring

APPLICATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "LayerScale": (
        '''\
@saving.register_keras_serializable("layerwright")
class LayerScale(layers.Layer):
    """A learned factor a channel, as in keras.applications.ConvNeXt."""

    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, _):
        start = initializers.Constant(self.init_values)
        self.gamma = self.add_weight(shape=(self.projection_dim,), initializer=start)

    def call(self, x):
        return x * self.gamma

    def get_config(self):
        config = {"init_values": self.init_values, "projection_dim": self.projection_dim}
        return {**super().get_config(), **config}
''',
        ("initializers", "layers", "saving"),
    ),
    "StochasticDepth": (
        '''\
@saving.register_keras_serializable("layerwright")
class StochasticDepth(layers.Layer):
    """Drops the whole batch's residual at random, as in keras.applications.ConvNeXt."""

    def __init__(self, drop_path_rate, **kwargs):
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x, training=None):
        if not training:
            return x
        keep = 1 - self.drop_path_rate
        shape = (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
        return (x / keep) * ops.floor(keep + random.uniform(shape, 0, 1))

    def get_config(self):
        return {**super().get_config(), "drop_path_rate": self.drop_path_rate}
''',
        ("layers", "ops", "random", "saving"),
    ),
    "CustomScaleLayer": (
        '''\
@saving.register_keras_serializable("layerwright")
class CustomScaleLayer(layers.Layer):
    """The first input, and the second one scaled, as in keras.applications.InceptionResNetV2."""

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        return inputs[0] + inputs[1] * self.scale

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}
''',
        ("layers", "saving"),
    ),
}
"""Classes of keras.applications: the text of each, and what that takes from keras."""

NAMED = '''\
def named(tensor, name):
    """Give the operation behind a tensor the name that it has in the file."""
    first = tensor[0] if isinstance(tensor, (list, tuple)) else tensor
    first._keras_history.operation.name = name
    return tensor
'''


def stand_in(name: str, op: Op, base: str) -> str:
    """A class or function that says when it is called that it is not in the file."""
    said = in_docstring(f"{op.module}.{op.cls}" if op.module else op.registered or op.cls)
    says = f'raise NotImplementedError("{name} is not in the file: import it in place of this class")'
    doc = f'"""Stands for {said}, which the file names and does not hold: import yours instead."""'
    if base == "function":
        return f"def {name}(x):\n    {doc}\n    {says.replace('class', 'function')}\n"
    over = "(layers.Layer)" if base == "layers" else ""
    return f"class {name}{over}:\n    {doc}\n\n    def __init__(self, **arguments):\n        {says}\n"
