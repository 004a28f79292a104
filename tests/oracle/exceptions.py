"""What is known to differ from Keras, or has no rule, with the reason. `docs/coverage.md` says the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Excuse(NamedTuple):
    """Differences of one kind: the generation, what they are about and what is said of them begins with or contains."""

    generation: str
    about: str
    part: str
    why: str


WITHOUT_ENTRY = {
    "keras3": {
        "Wrapper": "abstract: its call is that of a class that derives from it",
    },
    "keras2": {
        **dict.fromkeys(
            (
                "AbstractRNNCell",
                "BaseRandomLayer",
                "BatchNormalizationBase",
                "DeviceWrapper",
                "_RNNCellWrapper",
                "Wrapper",
            ),
            "abstract: tf_keras derives its layers from it and writes none",
        ),
        **dict.fromkeys(
            ("DropoutWrapper", "ResidualWrapper"),
            "a cell of TensorFlow 1, which holds a function; kept and drawn",
        ),
        **dict.fromkeys(("Functional", "Model", "Sequential"), "a model: read as one, at any depth"),
        **dict.fromkeys(("LinearModel", "WideDeepModel"), "a subclass of Model, which has no layers in its config"),
        **dict.fromkeys(("DenseFeatures", "SequenceFeatures"), "made of TensorFlow's feature columns, which are code"),
        "TensorFlowOpLayer": "a node of a TensorFlow 1 graph as a protocol buffer; kept and drawn",
    },
}
"""Layers of `keras.layers` and `tf_keras.layers` that have no entry."""

_NOT_FOUND = "tf_keras writes it and cannot find the class again"
UNREADABLE = {
    **dict.fromkeys(("RandomFourierFeatures", "DynamicEmbedding", "DynamicLookup", "PreprocessingLayer"), _NOT_FOUND),
    "SpectralNormalization": "tf_keras cannot build it",
}
"""Layers of tf_keras that a file may name and no Keras can read: we refuse them, too."""

DRAWN: tuple[Excuse, ...] = (
    Excuse("keras2", "", "virtual_batch_size", "tf_keras writes the axis that it moved, and cannot read it again"),
    Excuse("keras2", "RNN", "(None, 3, 7, 4)", "a stack of cells multiplies along the last axis, whatever the rank"),
    Excuse("keras3", "SpatialDropout", "dtype=mixed_float16", "it writes the dtype of its variables for its policy"),
    Excuse("keras3", "Pipeline", "Keras refuses it", "Keras 3 runs its layers, and image layers then look at ranks"),
    Excuse("keras3", "InputLayer", "batch_input_shape=[None]", "without a call, a word of Keras 2 makes a file of it"),
)
"""Drawn cases of layers: `about` is the class."""

_SPREAD = "a sequence with an axis more than the first one: tf_keras multiplies each step as TensorFlow broadcasts it"
LATER = (
    *(Excuse("keras2", cls, "needs rank", _SPREAD) for cls in ("ConvLSTM", "GRU", "RNN")),
    Excuse("keras3", "Reshape", "[2, None, 0]} (12,) ()", "a size of 0 beside an unknown one: Keras 3 loses the call"),
)
"""Later calls of layers: `about` is the class."""


_TO_CELLS = "gives other arguments on to its cells, and a cell of the user's may take them"
_NO_MASK = "the input itself as its mask, of a shape that no mask has"
FORMS: tuple[Excuse, ...] = (
    Excuse("keras2", "StackedRNNCells", "Keras refuses it", _TO_CELLS),
    *(
        Excuse("keras2", cls, "{'constants': 'a tensor'}", "constants are for cells of the user's")
        for cls in ("Bidirectional", "ConvLSTM", "RNN", "SimpleRNN")
    ),
    Excuse("keras2", "Bidirectional", "{'initial_state': 'a tensor'}", "tf_keras wants a list of two states"),
    *(Excuse("keras2", cls, "{'mask': 'a tensor'}", _NO_MASK) for cls in ("Bidirectional", "GlobalAv")),
)
"""Calls with arguments that they may not have: `about` is the class."""


SPECIAL: tuple[Excuse, ...] = (
    Excuse(
        "keras3", "Pipeline", "Keras refuses it", "Keras 3 runs its layers, and TensorFlow some on dense tensors only"
    ),
    Excuse("keras2", "Multiply", "Keras gives", "TensorFlow multiplies a sparse tensor by a dense one"),
    Excuse("keras2", "", "Keras forgets sizes", "TensorFlow loses sizes of sparse and ragged tensors on its way"),
    Excuse("keras2", "Attention", "Keras refuses it", "TensorFlow multiplies ragged tensors of one kind only"),
)
"""Sparse and ragged inputs: `about` is the class."""

DRAWN_OPERATIONS: tuple[Excuse, ...] = (
    Excuse(
        "keras3",
        "DepthwiseConv",
        "'strides': [2, 1]",
        "NumPy makes two axes of one with two strides: it is built and never runs",
    ),
)
"""Drawn calls of operations that Keras answers differently."""

DRAWN_FUNCTIONS: tuple[Excuse, ...] = (
    Excuse(
        "keras2", "nn.max_pool1d", "'data_format'", "any other format is channels first to it, and none to its windows"
    ),
    Excuse("keras2", "nn.avg_pool", "'ksize': -1", "TensorFlow looks at the size of a window when the model runs"),
    Excuse("keras2", "compat.v1.where", "(1.0, 2.0)", "TensorFlow takes a list of numbers for truths, and no tensor"),
    Excuse("keras2", "gather", "'batch_dims': 2", "TensorFlow does not look at it where the indices are constant"),
    *(
        Excuse("keras2", name, part, "a constant stands where tensors do, and TensorFlow makes one of it")
        for name, part in (
            *(("gather_nd", "((1,), (2,))"), ("identity_n", "((2, "), ("math.igamma", "(0.5,)")),
            *(("math.segment_max", "((1,), (2,))"), ("tensor_scatter_nd_sub", "((1.0, 2.0)")),
            *(("tensor_scatter_nd_max", "'updates': 0.5"), ("nn.batch_normalization", "})(2,)")),
            ("keras.backend.binary_crossentropy", "'output': 2"),
        )
    ),
    *(
        Excuse("keras2", f"signal.{name}", part, "frames of no width or no step: TensorFlow divides by 0")
        for name, part in (("stft", "'frame_step': 0"), ("stft", "'frame_length': 0"), ("frame", "'frame_step': -1"))
    ),
    Excuse("keras2", "gather_nd", "'batch_dims': 2", "TensorFlow does not hold the batches against each other there"),
    Excuse(
        "keras2", "compat.v1.nn.softmax_cross_entropy_with_logits", "'axis': -2", "labels of another rank than logits"
    ),
    Excuse("keras2", "compat.v1.nn.moments", "'axes': ()", "TensorFlow loses the shape of an empty tensor there"),
    Excuse("keras2", "linalg.lstsq", "(2, None, None, None)", "TensorFlow lets batches of another rank pass"),
    Excuse("keras2", "nn.conv2d_transpose", "'strides': 0", "TensorFlow looks at the stride when the model runs"),
    Excuse("keras2", "linalg.diag", "None), dtype", "TensorFlow counts an unknown size as -1 there"),
)
"""Drawn calls of functions of TensorFlow that tf_keras answers differently."""

METHODS: tuple[Excuse, ...] = (
    Excuse(
        "keras2",
        "ClassMethod",
        '"float32", "ragged"]]] tf_keras: None',
        "TensorFlow reads a row's length by position as int32, and a ragged tensor counts its rows in int64",
    ),
)
"""Calls of methods of ragged tensors that tf_keras answers differently."""

WITHOUT_RULE = {
    "Arange": "Keras makes a range of numbers only: no symbolic tensor comes in, so no node",
    "ForiLoop": "Keras does not write it: it is made with a function",
    "WhileLoop": "Keras does not write it: it is made with functions",
    "Function": "a graph of operations, which Keras writes as a model",
    "SegmentReduction": "abstract: Keras derives its segment operations from it",
}
"""Classes of `keras.src.ops` that have no entry."""

FEW_CALLS = {
    "math.invert_permutation": "vectors of int32 and int64 only",
    **dict.fromkeys(("eye", "range"), "one number, which no input of tf_keras is: asked about sizes of one"),
}
"""Functions of TensorFlow with fewer than 15 accepted drawn calls, and why."""

FEW_ANSWERS = {
    "AdaptiveAveragePool": "Keras writes it and cannot load it",
    "AdaptiveMaxPool": "Keras writes it and cannot load it",
    "AllClose": "always one bool",
    "PSNR": "always one float",
    "Size": "always one whole number",
}
"""Operations that give fewer than 8 different answers, or fewer than 25, whatever goes in."""


def unexcused(excuses: tuple[Excuse, ...], generation: str, told: Iterable[tuple[str, str]]) -> list[str]:
    """Differences, each beside what it is about, that no excuse is for, and the excuses that are for none."""
    every = list(told)
    left = [says for about, says in every if not is_excused(excuses, generation, about, says)]
    needless = [
        f"no difference is left: {one}"
        for one in excuses
        if one.generation == generation
        and not any(is_excused((one,), generation, about, says) for about, says in every)
    ]
    return left + needless


def is_excused(excuses: tuple[Excuse, ...], generation: str, about: str, says: str) -> bool:
    """Whether a difference is one of those."""
    return any(one.generation == generation and about.startswith(one.about) and one.part in says for one in excuses)
