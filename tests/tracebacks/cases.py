"""Programs that Keras refuses, as people write them: what each is about, and which layer its message can be told of.

`make oracle` runs each with the installed Keras 3 and tf_keras and keeps the tracebacks (`recorded/`), which
`test_tracebacks.py` reads again. The example of each code is a program too: Keras loads its file.
"""

# ruff: noqa: E501  a program of three lines stands on one
from __future__ import annotations

from typing import Literal, NamedTuple

from graphcore.codes import CODES

Generation = Literal["keras3", "keras2"]
BOTH: tuple[Generation, ...] = ("keras3", "keras2")


class Program(NamedTuple):
    """A program, the code that its message means, and the layer that the message names, where it names one.

    `others` are codes for what the other generation makes of the same program.
    """

    name: str
    code: str
    text: str
    layer: str | None = None
    only: tuple[Generation, ...] = BOTH
    file: str | None = None  # what stands in `model.json`
    is_warned: bool = False  # Keras goes on, and warns


def _fit(
    outputs: str = "1", loss: str = '"mse"', x: str = "(8, 13)", y: str = "np.zeros((8, 1))", more: str = ""
) -> str:
    """A training of a small model on arrays of these shapes."""
    return (
        "import keras\nimport numpy as np\n\n"
        'model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(4, name="hidden"),\n'
        f'                          keras.layers.Dense({outputs}, name="output")])\n'
        f'model.compile("adam", {loss})\n'
        f"model.fit(np.zeros({x}), {y}{more}, verbose=0)\n"
    )


def _functional(*lines: str) -> str:
    return "\n".join(("import keras", "from keras import layers", "", *lines, ""))


_WRITTEN = _functional(
    'x = keras.Input((8, 8, 3), name="image")',
    'y = layers.Dense(4, name="y")(x)',
    'keras.Model(x, y).save("model.keras")',
    'data = open("model.keras", "rb").read()',
)
CUSTOM = "class Linear(layers.Layer):\n    def __init__(self, units=4, **kwargs):\n        super().__init__(**kwargs)\n        self.units = units\n    def call(self, x):\n        return x\n"

PROGRAMS = (
    # files
    Program("load-missing", "GC701", 'import keras\n\nmodel = keras.models.load_model("models/best.keras")\n'),
    Program("load-missing-h5", "GC701", 'import keras\n\nmodel = keras.models.load_model("best.h5")\n'),
    Program(
        "load-half-archive",
        "GC005",
        _WRITTEN + 'open("half.keras", "wb").write(data[: len(data) // 2])\nkeras.models.load_model("half.keras")\n',
        only=("keras3",),
    ),
    Program(
        "load-half-h5",
        "GC005",
        _functional(
            "model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])",
            'model.save("model.h5")',
            'data = open("model.h5", "rb").read()',
            'open("half.h5", "wb").write(data[: len(data) // 2])',
            'keras.models.load_model("half.h5")',
        ),
    ),
    Program(
        "load-text-as-h5",
        "GC005",
        'import keras\n\nopen("m.h5", "w").write("<html>")\nkeras.models.load_model("m.h5")\n',
    ),
    Program(
        "load-weights-as-model",
        "GC006",
        _functional(
            "model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])",
            'model.save_weights("model.weights.h5")',
            'keras.models.load_model("model.weights.h5")',
        ),
    ),
    Program("load-json", "GC001", "import keras\n\nkeras.models.model_from_json(\"{'class_name': 'Sequential'}\")\n"),
    Program(
        "load-saved-model",
        "GC702",
        'import keras\nimport os\n\nos.mkdir("saved")\nkeras.models.load_model("saved")\n',
        only=("keras3",),
    ),
    Program(
        "load-weights-of-other-sizes",
        "GC008",
        _functional(
            'keras.Sequential([keras.Input((8,)), layers.Dense(4, name="y")]).save_weights("w.weights.h5")',
            'model = keras.Sequential([keras.Input((8,)), layers.Dense(5, name="y")])',
            'model.load_weights("w.weights.h5")',
        ),
        only=("keras3",),
    ),
    Program(
        "load-weights-of-other-sizes-h5",
        "GC008",
        _functional(
            'keras.Sequential([keras.Input((8,)), layers.Dense(4, name="y")]).save_weights("w.h5")',
            'model = keras.Sequential([keras.Input((8,)), layers.Dense(5, name="y")])',
            'model.load_weights("w.h5")',
        ),
        only=("keras2",),
    ),
    Program(
        "load-weights-of-more-layers",
        "GC008",
        _functional(
            'keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(2)]).save_weights("w.h5")',
            "model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])",
            'model.load_weights("w.h5")',
        ),
        only=("keras2",),
    ),
    Program(
        "load-weights-that-are-not-there",
        "GC008",
        _functional(
            'keras.Sequential([keras.Input((8,)), layers.Dense(4)]).save_weights("w.weights.h5")',
            "model = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(2)])",
            'model.load_weights("w.weights.h5")',
        ),
        only=("keras3",),
    ),
    Program(
        "set-weights",
        "GC008",
        _functional(
            "import numpy as np",
            'layer = layers.Dense(4, name="y")',
            "layer.build((None, 8))",
            "layer.set_weights([np.zeros((8, 4))])",
        ),
    ),
    # classes
    Program(
        "custom-layer",
        "GC206",
        _functional(
            CUSTOM,
            'x = keras.Input((8,), name="x")',
            'text = keras.Model(x, Linear(name="linear")(x)).to_json()',
            "keras.models.model_from_json(text)",
        ),
    ),
    Program(
        "custom-layer-of-keras-2",
        "GC206",
        "import keras\n\n"
        'layer = {"class_name": "Linear", "config": {"name": "linear"}}\n'
        'config = {"class_name": "Sequential", "config": {"name": "s", "layers": [layer]}}\n'
        "keras.models.model_from_config(config)\n",
        only=("keras2",),
    ),
    Program(
        "custom-layer-without-config",
        "GC703",
        _functional(
            "@keras.saving.register_keras_serializable()",
            "class Scale(layers.Layer):",
            "    def __init__(self, factor):",
            "        super().__init__()",
            "        self.factor = factor",
            "    def call(self, x):",
            "        return self.factor * x",
            "",
            'x = keras.Input((8,), name="x")',
            "model = keras.Model(x, Scale(2)(x))",
            "keras.models.model_from_json(model.to_json())",
        ),
    ),
    Program(
        "lambda-loaded",
        "GC207",
        _functional(
            'x = keras.Input((8,), name="x")',
            'text = keras.Model(x, layers.Lambda(lambda t: t * 2, name="double")(x)).to_json()',
            "keras.models.model_from_json(text)",
        ),
        only=("keras3",),
    ),
    Program(
        "lambda-loaded-archive",
        "GC207",
        _functional(
            'x = keras.Input((8,), name="x")',
            'keras.Model(x, layers.Lambda(lambda t: t * 2, name="double")(x)).save("model.keras")',
            'keras.models.load_model("model.keras")',
        ),
    ),
    Program(
        "lambda-without-shape",
        "GC207",
        _functional(
            'x = keras.Input((8,), name="x")',
            "import numpy as np",
            'y = layers.Lambda(lambda t: np.asarray(t) * 2, name="double")(x)',
        ),
        only=("keras3",),
    ),
    Program(
        "old-key-in-new-keras",
        "GC202",
        'import keras\n\nkeras.layers.Dense(4, name="y", batch_input_shape=(None, 8))\nkeras.layers.GRU(4, name="g", time_major=False)\n',
        layer=None,
        only=("keras3",),
    ),
    Program(
        "new-key-in-old-keras",
        "GC202",
        'import keras\n\nkeras.layers.InputLayer(batch_shape=(None, 8), name="x")\n',
        only=("keras2",),
    ),
    Program(
        "groups-of-a-depthwise-convolution",
        "GC202",
        "import keras\n\n"
        "keras.layers.DepthwiseConv2D.from_config({'name': 'depthwise', 'kernel_size': (3, 3), 'groups': 1})\n",
        layer="depthwise",
    ),
    Program("unknown-argument", "GC202", 'import keras\n\nkeras.layers.Dense(units=4, activaton="relu", name="y")\n'),
    Program(
        "unknown-argument-of-call",
        "GC202",
        _functional("x = keras.Input((8,))", 'layers.Dense(4, name="y")(x, traning=True)'),
    ),
    Program("missing-argument", "GC203", "import keras\n\nkeras.layers.Dense()\n"),
    Program("missing-arguments", "GC203", "import keras\n\nkeras.layers.Conv2D()\n"),
    Program("negative-units", "GC204", 'import keras\n\nkeras.layers.Dense(-4, name="y")\n'),
    Program("units-as-text", "GC204", _functional("x = keras.Input((8,))", 'layers.Dense("4", name="y")(x)')),
    Program("no-filters", "GC204", 'import keras\n\nkeras.layers.Conv2D(0, 3, name="c")\n'),
    Program("unknown-activation", "GC204", 'import keras\n\nkeras.layers.Dense(4, activation="reluu", name="y")\n'),
    Program(
        "unknown-initializer", "GC204", 'import keras\n\nkeras.layers.Dense(4, kernel_initializer="he", name="y")\n'
    ),
    Program(
        "unknown-regularizer", "GC204", 'import keras\n\nkeras.layers.Dense(4, kernel_regularizer="l3", name="y")\n'
    ),
    Program("unknown-padding", "GC204", 'import keras\n\nkeras.layers.Conv2D(4, 3, padding="sme", name="c")\n'),
    Program(
        "unknown-data-format", "GC204", 'import keras\n\nkeras.layers.Conv2D(4, 3, data_format="first", name="c")\n'
    ),
    Program("kernel-of-three-sizes", "GC204", 'import keras\n\nkeras.layers.Conv2D(4, (3, 3, 3), name="c")\n'),
    Program("pool-of-no-size", "GC204", 'import keras\n\nkeras.layers.MaxPooling2D(0, name="p")\n'),
    Program("dropout-above-one", "GC204", 'import keras\n\nkeras.layers.Dropout(50, name="d")\n'),
    Program(
        "attention-without-heads",
        "GC204",
        'import keras\n\nkeras.layers.MultiHeadAttention(num_heads=0, key_dim=8, name="a")\n',
        only=("keras3",),
    ),
    Program("no-layer-in-wrapper", "GC204", 'import keras\n\nkeras.layers.TimeDistributed("dense")\n'),
    Program(
        "wrong-axis-of-norm",
        "GC204",
        _functional("x = keras.Input((8,))", 'layers.BatchNormalization(axis=5, name="bn")(x)'),
    ),
    Program(
        "strides-and-dilation",
        "GC205",
        'import keras\n\nkeras.layers.Conv2D(4, 3, strides=2, dilation_rate=2, name="c")\n',
    ),
    Program("groups-and-filters", "GC205", 'import keras\n\nkeras.layers.Conv2D(5, 3, groups=2, name="c")\n'),
    Program(
        "groups-and-channels",
        "GC205",
        _functional("x = keras.Input((8, 8, 3))", 'layers.Conv2D(4, 3, groups=2, name="c")(x)'),
    ),
    Program(
        "embedding-of-no-words", "GC204", 'import keras\n\nkeras.layers.Embedding(-1, 8, name="e")\n', only=("keras2",)
    ),
    # wiring
    Program(
        "two-of-a-name",
        "GC301",
        _functional(
            "x = keras.Input((8,))", 'y = layers.Dense(4, name="y")(x)', 'keras.Model(x, layers.Dense(4, name="y")(y))'
        ),
        layer="y",
    ),
    Program(
        "input-forgotten",
        "GC307",
        _functional(
            'a = keras.Input((8,), name="a")',
            'b = keras.Input((8,), name="b")',
            'y = layers.Add(name="y")([a, b])',
            "keras.Model(a, y)",
        ),
    ),
    Program(
        "input-in-the-middle",
        "GC307",
        _functional(
            'a = keras.Input((8,), name="a")',
            'h = layers.Dense(4, name="h")(a)',
            'b = keras.Input((4,), name="b")',
            'y = layers.Dense(4, name="y")(h)',
            "keras.Model(b, y)",
        ),
    ),
    Program(
        "no-inputs",
        "GC704",
        _functional("model = keras.Sequential([layers.Dense(4)])", "model.summary()", "model.count_params()"),
    ),
    Program("never-called", "GC704", _functional('layer = layers.Dense(4, name="y")', "layer.output")),
    Program(
        "sequential-of-a-tensor",
        "GC708",
        _functional("model = keras.Sequential([keras.Input((8,)), layers.Dense(4)(keras.Input((8,)))])"),
    ),
    Program("class-not-instance", "GC708", _functional("keras.Sequential([keras.Input((8,)), layers.Flatten])")),
    Program("tensor-is-none", "GC708", _functional("x = keras.Input((8,))", 'y = layers.Dense(4, name="y")(None)')),
    Program(
        "list-instead-of-call",
        "GC708",
        _functional("x = keras.Input((8,))", 'y = layers.Add(name="y")', "keras.Model(x, y)"),
    ),
    Program(
        "no-such-layer",
        "GC302",
        _functional(
            'model = keras.Sequential([keras.Input((8,)), layers.Dense(4, name="hidden")])', 'model.get_layer("hiden")'
        ),
        layer="hiden",
    ),
    # counts and ranks
    Program("one-to-add", "GC401", _functional("x = keras.Input((8,))", 'layers.Add(name="y")(x)')),
    Program("one-in-a-list-to-add", "GC401", _functional("x = keras.Input((8,))", 'layers.Concatenate(name="y")(x)')),
    Program("three-to-subtract", "GC401", _functional("x = keras.Input((8,))", 'layers.Subtract(name="y")([x, x, x])')),
    Program("two-to-dense", "GC401", _functional("x = keras.Input((8,))", 'layers.Dense(4, name="y")([x, x])')),
    Program(
        "two-to-a-model",
        "GC401",
        _functional(
            'x = keras.Input((8,), name="x")',
            'inner = keras.Model(x, layers.Dense(4)(x), name="inner")',
            "z = keras.Input((8,))",
            "inner([z, z])",
        ),
        layer="inner",
    ),
    Program(
        "attention-without-value",
        "GC402",
        _functional("x = keras.Input((5, 8))", 'layers.MultiHeadAttention(2, 4, name="a")(x)'),
    ),
    Program(
        "convolution-of-a-vector",
        "GC403",
        _functional("x = keras.Input((784,))", 'layers.Conv2D(8, 3, name="c")(x)'),
        layer="c",
    ),
    Program(
        "convolution-of-images-without-channels",
        "GC403",
        _functional("x = keras.Input((28, 28))", 'layers.Conv2D(8, 3, name="c")(x)'),
        layer="c",
    ),
    Program(
        "recurrent-of-a-vector", "GC403", _functional("x = keras.Input((8,))", 'layers.LSTM(4, name="r")(x)'), layer="r"
    ),
    Program(
        "recurrent-after-recurrent",
        "GC403",
        _functional(
            "x = keras.Input((5, 8))", 'h = layers.LSTM(4, name="first")(x)', 'layers.LSTM(4, name="second")(h)'
        ),
        layer="second",
    ),
    Program(
        "pooling-of-a-vector",
        "GC403",
        _functional("x = keras.Input((8,))", 'layers.GlobalAveragePooling2D(name="p")(x)'),
        layer="p",
    ),
    Program(
        "max-pooling-of-a-vector",
        "GC403",
        _functional("x = keras.Input((8,))", 'layers.MaxPooling2D(name="p")(x)'),
        layer="p",
    ),
    Program(
        "flatten-and-upsample",
        "GC403",
        _functional("x = keras.Input((8,))", 'layers.UpSampling2D(name="u")(x)'),
        layer="u",
        only=("keras2",),
    ),
    Program(
        "concatenate-of-ranks",
        "GC403",
        _functional("x = keras.Input((8,))", "z = keras.Input((4, 8))", 'layers.Concatenate(name="y")([x, z])'),
    ),
    Program("permute-of-rank", "GC403", _functional("x = keras.Input((8,))", 'layers.Permute((2, 1), name="p")(x)')),
    # sizes
    Program(
        "add-of-sizes",
        "GC404",
        _functional("x = keras.Input((8,))", "z = keras.Input((9,))", 'layers.Add(name="y")([x, z])'),
    ),
    Program(
        "add-of-images",
        "GC404",
        _functional("x = keras.Input((28, 28, 32))", "z = keras.Input((14, 14, 64))", 'layers.Add(name="y")([x, z])'),
    ),
    Program(
        "multiply-of-sizes",
        "GC404",
        _functional("x = keras.Input((8,))", "z = keras.Input((9,))", 'layers.Multiply(name="y")([x, z])'),
    ),
    Program("operator-of-sizes", "GC404", _functional("x = keras.Input((8,))", "z = keras.Input((9,))", "x + z")),
    Program(
        "concatenate-of-sizes",
        "GC405",
        _functional(
            "x = keras.Input((28, 28, 8))", "z = keras.Input((27, 27, 8))", 'layers.Concatenate(name="y")([x, z])'
        ),
    ),
    Program(
        "dot-of-sizes",
        "GC405",
        _functional("x = keras.Input((8,))", "z = keras.Input((9,))", 'layers.Dot(axes=1, name="y")([x, z])'),
    ),
    Program("matmul-of-sizes", "GC405", _functional("x = keras.Input((4, 8))", "z = keras.Input((9, 4))", "x @ z")),
    Program("reshape-of-sizes", "GC406", _functional("x = keras.Input((8,))", 'layers.Reshape((3, 3), name="r")(x)')),
    Program(
        "reshape-with-an-open-size",
        "GC406",
        _functional("x = keras.Input((8,))", 'layers.Reshape((3, -1), name="r")(x)'),
    ),
    Program(
        "convolution-too-large", "GC407", _functional("x = keras.Input((8, 8, 3))", 'layers.Conv2D(4, 9, name="c")(x)')
    ),
    Program(
        "one-dimensional-convolution-too-large",
        "GC407",
        _functional("x = keras.Input((2, 3))", 'layers.Conv1D(4, 3, name="c")(x)'),
    ),
    Program(
        "pooling-too-large", "GC407", _functional("x = keras.Input((1, 1, 3))", 'layers.MaxPooling2D(name="p")(x)')
    ),
    Program(
        "cropping-too-large", "GC407", _functional("x = keras.Input((4, 4, 3))", 'layers.Cropping2D(3, name="c")(x)')
    ),
    Program(
        "four-stages-too-many",
        "GC407",
        _functional(
            "x = y = keras.Input((28, 28, 1))",
            "for i in range(4):",
            '    y = layers.Conv2D(8 * 2**i, 3, name=f"conv2d_{2 * i}")(y)',
            '    y = layers.MaxPooling2D(name=f"pool_{i}")(y)',
        ),
    ),
    Program(
        "dense-of-an-open-size",
        "GC408",
        _functional("x = keras.Input((None,))", 'layers.Dense(4, name="y")(x)'),
        layer=None,
    ),
    Program(
        "flatten-of-an-open-size",
        "GC408",
        _functional("x = keras.Input((None, 8))", 'h = layers.Flatten(name="f")(x)', 'layers.Dense(4, name="y")(h)'),
    ),
    Program(
        "convolution-of-open-channels",
        "GC408",
        _functional("x = keras.Input((8, 8, None))", 'layers.Conv2D(4, 3, name="c")(x)'),
    ),
    Program(
        "lstm-of-an-open-size",
        "GC408",
        _functional("x = keras.Input((5, None))", 'layers.LSTM(4, name="r")(x)'),
        only=("keras2",),
    ),
    Program(
        "text-to-dense", "GC409", _functional('x = keras.Input((8,), dtype="string")', 'layers.Dense(4, name="y")(x)')
    ),
    Program(
        "shared-for-two-sizes",
        "GC411",
        _functional('y = layers.Dense(4, name="y")', "y(keras.Input((8,)))", "y(keras.Input((9,)))"),
        layer="y",
    ),
    Program(
        "shared-convolution-for-two-sizes",
        "GC411",
        _functional('c = layers.Conv2D(4, 3, name="c")', "c(keras.Input((8, 8, 3)))", "c(keras.Input((8, 8, 1)))"),
        layer="c",
    ),
    # training and running
    Program("fit-other-columns", "GC503", _fit(x="(8, 12)")),
    Program("fit-images-as-vectors", "GC503", _fit(x="(8, 4, 13, 2)")),
    Program("fit-other-counts", "GC503", _fit(y="np.zeros((7, 1))")),
    Program("fit-texts", "GC503", _fit().replace("np.zeros((8, 13))", 'np.array([["a"] * 13] * 8)')),
    Program("fit-objects", "GC503", _fit().replace("np.zeros((8, 13))", "np.array([[None] * 13] * 8)")),
    Program("fit-lists", "GC503", _fit().replace("np.zeros((8, 13))", "[[0.0] * 13] * 8"), only=("keras3",)),
    Program(
        "predict-one-sample",
        "GC503",
        _functional(
            "import numpy as np",
            'model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(4, 3, name="c")])',
            "model.predict(np.zeros((28, 28, 1)), verbose=0)",
        ),
    ),
    Program(
        "predict-other-size",
        "GC503",
        _functional(
            "import numpy as np",
            'model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(4, 3, name="c")])',
            "model.predict(np.zeros((2, 32, 32, 3)), verbose=0)",
        ),
    ),
    Program("fit-two-inputs", "GC503", _fit().replace("np.zeros((8, 13))", "[np.zeros((8, 13)), np.zeros((8, 13))]")),
    Program(
        "fit-labels-without-classes",
        "GC502",
        _fit(loss='"sparse_categorical_crossentropy"', y="np.full(8, 34)", outputs="10"),
    ),
    Program(
        "fit-one-hot-to-labels",
        "GC502",
        _fit(loss='"sparse_categorical_crossentropy"', y="np.eye(10)[[1] * 8]", outputs="10"),
    ),
    Program(
        "fit-labels-to-one-hot", "GC504", _fit(loss='"categorical_crossentropy"', y="np.zeros((8, 1))", outputs="10")
    ),
    Program("fit-binary-of-two", "GC504", _fit(loss='"binary_crossentropy"', y="np.zeros((8, 1))", outputs="2")),
    Program("fit-logits-of-two", "GC504", _fit(loss="keras.losses.BinaryCrossentropy(from_logits=True)", outputs="2")),
    Program("fit-other-targets", "GC504", _fit(y="np.zeros((8, 3))", outputs="2")),
    Program(
        "fit-frozen",
        "GC501",
        _fit().replace('model.compile("adam", "mse")', 'model.trainable = False\nmodel.compile("adam", "mse")'),
        is_warned=True,
    ),
    Program("fit-uncompiled", "GC505", _fit().replace('model.compile("adam", "mse")\n', "")),
    Program("fit-without-loss", "GC505", _fit(loss="None")),
    Program("unknown-loss", "GC506", _fit(loss='"msee"')),
    Program("unknown-optimizer", "GC506", _fit().replace('"adam"', '"adamm"')),
    Program("unknown-metric", "GC506", _fit(loss='"mse", metrics=["acuracy"]')),
    Program(
        "old-optimizer-argument",
        "GC506",
        "import keras\n\nkeras.optimizers.Adam(lr=0.001, decay=1e-6)\n",
        only=("keras3",),
    ),
    Program(
        "losses-for-other-outputs",
        "GC505",
        _functional(
            "import numpy as np",
            'x = keras.Input((8,), name="x")',
            'model = keras.Model(x, {"a": layers.Dense(1, name="a")(x)})',
            'model.compile("adam", {"b": "mse"})',
            'model.fit(np.zeros((4, 8)), {"a": np.zeros((4, 1))}, verbose=0)',
        ),
    ),
    Program(
        "checkpoint-without-ending",
        "GC706",
        "import keras\n\nkeras.callbacks.ModelCheckpoint('best')\n",
        only=("keras3",),
    ),
    # Python around the model
    Program(
        "plot-without-graphviz",
        "GC709",
        _functional(
            "import os",
            "os.environ['PATH'], path = '/nowhere', os.environ['PATH']",
            "model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])",
            "try:",
            "    keras.utils.plot_model(model)",
            "finally:",
            "    os.environ['PATH'] = path",
        ),
    ),
    Program(
        "tensorflow-function",
        "GC705",
        _functional("import tensorflow as tf", 'x = keras.Input((8,), name="x")', "y = tf.reduce_mean(x, axis=-1)"),
        only=("keras3",),
    ),
    Program("numpy-function", "GC705", _functional("import numpy as np", "x = keras.Input((8,))", "np.log(x)")),
    Program("if-on-tensor", "GC705", _functional("x = keras.Input((8,))", "if x > 0:", "    print(x)")),
    Program("for-over-tensor", "GC705", _functional("x = keras.Input((8,))", "for row in x:", "    print(row)")),
    Program("shape-of-tensor", "GC705", _functional("x = keras.Input((8,))", "float(x)"), only=("keras3",)),
    Program("old-module", "GC706", "from keras.layers.core import Dense\n"),
    Program("old-module-of-engine", "GC706", "from keras.engine.topology import Layer\n"),
    Program("old-name", "GC706", "from keras.layers import CuDNNLSTM\n", only=("keras3",)),
    Program("old-layer", "GC706", "import keras\n\nkeras.layers.CuDNNGRU(4)\n", only=("keras3",)),
    Program("old-utility", "GC706", "from keras.utils import np_utils\n"),
    Program("old-text", "GC706", "from keras.preprocessing.text import Tokenizer\n", only=("keras3",)),
    Program(
        "old-method",
        "GC706",
        _functional(
            "model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])", "model.predict_classes([[0] * 8])"
        ),
    ),
    Program(
        "old-save-format",
        "GC706",
        _functional("model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])", 'model.save("saved_model")'),
        only=("keras3",),
    ),
    Program(
        "old-weights-name",
        "GC706",
        _functional("model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])", 'model.save_weights("best.h5")'),
        only=("keras3",),
    ),
    Program(
        "no-weights-yet",
        "GC704",
        _functional("model = keras.Sequential([layers.Dense(4)])", 'model.save_weights("w.weights.h5")'),
        only=("keras2",),
    ),
    Program(
        "out-of-memory",
        "GC707",
        _functional("x = keras.Input((10_000_000,))", 'layers.Dense(10_000_000, name="y")(x)'),
    ),
    # what people ask of layers and models that cannot be
    Program(
        "frames-without-time",
        "GC403",
        _functional('layers.TimeDistributed(layers.Conv2D(4, 3, name="c"))(keras.Input((28, 28, 1)))'),
        only=("keras3",),
    ),
    Program(
        "number-beyond-embedding",
        "GC503",
        _functional(
            "import numpy as np",
            "model = keras.Sequential([keras.Input((3,)), layers.Embedding(5, 2)])",
            "model.predict(np.full((1, 3), 9), verbose=0)",
        ),
    ),
    Program("length-of-tensor", "GC705", _functional("len(keras.Input((8,)))"), only=("keras3",)),
    Program("float-of-tensor", "GC705", _functional("float(keras.Input((1,)))"), only=("keras2",)),
    Program(
        "model-of-arrays", "GC708", _functional("import numpy as np", "keras.Model(np.zeros((2, 8)), np.zeros((2, 8)))")
    ),
    Program(
        "weights-of-another-shape",
        "GC008",
        _functional(
            "import numpy as np",
            'model = keras.Sequential([keras.Input((8,)), layers.Dense(3)], name="m")',
            "model.set_weights([np.zeros((8, 4)), np.zeros(4)])",
        ),
        "m",
    ),
    Program("attention-on-one", "GC401", _functional('layers.Attention(name="a")(keras.Input((5, 8)))')),
    Program("two-open-sizes", "GC204", _functional('layers.Reshape((-1, -1, 3), name="r")(keras.Input((24,)))')),
    Program("filters-as-text", "GC204", _functional('layers.Conv2D("32", 3)')),
    Program("shape-of-one-number", "GC204", _functional("keras.Input(shape=8)"), only=("keras3",)),
    Program(
        "call-without-self",
        "GC703",
        _functional("class Mine(layers.Layer):", "    def call(x):", "        return x", "Mine()(keras.Input((8,)))"),
    ),
    Program(
        "no-super",
        "GC703",
        _functional(
            "class Mine(layers.Layer):",
            "    def __init__(self):",
            "        self.inner = layers.Dense(2)",
            "Mine()(keras.Input((8,)))",
        ),
    ),
    Program(
        "class-weight-of-two",
        "GC505",
        _functional(
            "import numpy as np",
            "x = keras.Input((8,))",
            "model = keras.Model(x, [layers.Dense(1)(x), layers.Dense(1)(x)])",
            'model.compile("sgd", ["mse", "mse"])',
            "model.fit(np.zeros((2, 8)), [np.zeros((2, 1))] * 2, class_weight={0: 1.0, 1: 2.0}, verbose=0)",
        ),
    ),
    Program(
        "losses-for-more-outputs",
        "GC505",
        _functional(
            "import numpy as np",
            "x = keras.Input((8,))",
            "model = keras.Model(x, [layers.Dense(1)(x), layers.Dense(1)(x)])",
            'model.compile("sgd", ["mse"] * 3)',
            "model.fit(np.zeros((2, 8)), [np.zeros((2, 1))] * 2, verbose=0)",
        ),
        only=("keras3",),
    ),
    Program(
        "fit-numbers-as-categories",
        "GC504",
        _fit("3", '"categorical_crossentropy"', y="np.zeros((8,))"),
    ),
    Program(
        "loss-of-no-output",
        "GC506",
        _functional(
            "import numpy as np",
            "x = keras.Input((8,))",
            'model = keras.Model(x, [layers.Dense(1, name="a")(x), layers.Dense(1, name="b")(x)])',
            'model.compile("sgd", {"a": "mse", "c": "mse"})',
            "model.fit(np.zeros((2, 8)), [np.zeros((2, 1))] * 2, verbose=0)",
        ),
    ),
    Program(
        "two-inputs-in-a-sequential",
        "GC708",
        _functional(
            "model = keras.Sequential([keras.Input((8,))])",
            "model.add(keras.Input((9,)))",
        ),
        only=("keras3",),
    ),
    Program(
        "concat-of-types",
        "GC409",
        _functional(
            "import numpy as np",
            "import tensorflow as tf",
            "x = keras.Input((4,))",
            "y = tf.concat([x, np.zeros((3, 4))], 1)",
        ),
        only=("keras2",),
    ),
    Program(
        "config-of-keras-2-without-a-module",
        "GC101",
        'import keras\n\nkeras.models.model_from_json(\'{"class_name": "Sequential", "config": {"name": "s", "layers": []}}\')\n',
        only=("keras3",),
    ),
    Program(
        "custom-class-with-a-module-in-keras-2",
        "GC206",
        'import keras\n\nkeras.models.model_from_json(\'{"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers":'
        ' [{"module": "mine.layers", "class_name": "Att", "config": {"name": "att"}, "registered_name": "mine>Att"}]}}\')\n',
        only=("keras2",),
    ),
    Program(
        "predict-of-another-size",
        "GC503",
        _functional(
            "import numpy as np",
            'model = keras.Sequential([keras.Input((8,)), layers.Dense(3, name="out")])',
            "model.predict(np.zeros((2, 9)), verbose=0)",
        ),
    ),
)


def programs(generation: str) -> list[Program]:
    """All programs that a generation is asked to run, the examples of the codes among them."""
    return [program for program in (*PROGRAMS, *_examples()) if generation in program.only]


def _examples() -> list[Program]:
    """Loading the example of each code, but for those about contracts, which are ours: no Keras reads one."""
    load = 'import keras\n\nmodel = keras.models.model_from_json(open("model.json").read())\n'
    return [
        Program(f"example-{code.id}", code.id, load, file=code.example.text, only=_generation(code.example.text))
        for code in CODES.values()
        if code.example.kind == "model" and '"contracts"' not in code.example.text
    ] + [
        Program(f"example-{code.id}", code.id, code.example.text)
        for code in CODES.values()
        if code.example.kind == "program"
    ]


def _generation(text: str) -> tuple[Generation, ...]:
    return ("keras2",) if '"keras_version": "2' in text else ("keras3",)
