"""What `call` of each layer takes, as the installed packages have it: keras 3.15.1, tf_keras 2.21."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Signature(NamedTuple):
    """What may be given to a layer: arguments by position or by name, and `by_name` alone.

    `flags` are asked for their truth while Keras builds, so that none is a tensor. `plain`: all that may stand by name
    beside the first argument and needs no further look. `more`: others by position, too; `others`: by any name.
    """

    names: tuple[str, ...]
    by_name: frozenset[str]
    flags: frozenset[str]
    plain: frozenset[str]
    more: bool
    others: bool

    def has(self, name: str) -> bool:
        """Whether something may be given by this name."""
        return self.others or name in self.by_name or name in self.names


def signature(text: str) -> Signature:
    """A signature by its arguments: `query value flag! | mask **`.

    "!" stands behind a flag, "|" behind what may come by position. Both Keras take `training` for every layer, and tell
    it to those whose call has it.

    >>> signature("inputs mask").names
    ('inputs', 'mask')
    """
    before, _, after = (_words(part) for part in text.partition("|"))
    names = tuple(word.rstrip("!") for word in before)
    by_name = frozenset(word.rstrip("!") for word in (*after, "training")).difference(names)
    flags = frozenset(word.rstrip("!") for word in (*before, *after) if "!" in word)
    plain = by_name.union(names[1:]) - flags
    return Signature(names, by_name, flags, plain, "*" in text.split(), "**" in text.split())


def _words(text: str) -> list[str]:
    return [word for word in text.split() if word[0] not in "*|"]


OPEN_OPERATIONS = frozenset({"Einsum", "Meshgrid", "Rearrange", "Switch"})
"""Operations of Keras 3 whose call takes more than it names."""

_RECURRENT = ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "SimpleRNN")
_NOISE = ("AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise")
_SPATIAL = ("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
# fmt: off
_IMAGES = (
    "AugMix", "AutoContrast", "CenterCrop", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "Equalization",
    "MaxNumBoundingBoxes", "MixUp", "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter",
    "RandomContrast", "RandomCrop", "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation",
    "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "Resizing", "Solarization",
)
_OLD_IMAGES = (
    "RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip", "RandomHeight", "RandomRotation",
    "RandomTranslation", "RandomWidth", "RandomZoom",
)
# fmt: on


def _each(told: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, Signature]:
    return {cls: found for text, classes in told for found in (signature(text),) for cls in classes}


MOST = signature("inputs")
"""What the call of a layer takes that is not among the others."""
MODEL_CALLS: Mapping[str, Signature] = dict.fromkeys(
    ("Functional", "Model", "Sequential"), signature("inputs training mask")
)
"""What the call of a nested model takes, in both Keras; a user's model may take others."""
KERAS3_CALLS: Mapping[str, Signature] = _each(
    (
        ("", ("InputLayer",)),
        ("* **", ("Layer",)),
        ("* | training **", ("TorchModuleWrapper",)),
        ("inputs | training", _IMAGES),
        ("inputs | count_weights", ("CategoryEncoding",)),
        ("inputs mask", ("GlobalAveragePooling1D", "Softmax")),
        ("inputs mask training", ("Lambda",)),
        ("inputs mask training return_attention_scores! use_causal_mask", ("AdditiveAttention", "Attention")),
        ("inputs reverse!", ("ReversibleEmbedding",)),
        ("inputs states training!", ("GRUCell", "LSTMCell")),
        ("inputs states training **", ("StackedRNNCells",)),
        (
            "inputs training",
            (*_NOISE, *_SPATIAL, "Dense", "EinsumDense", "FlaxLayer", "JaxLayer", "SpectralNormalization"),
        ),
        ("inputs training **", ("TFSMLayer",)),
        ("inputs training mask", ("BatchNormalization", "Pipeline", "TimeDistributed")),
        (
            "query value key query_mask value_mask key_mask attention_mask return_attention_scores! training"
            " use_causal_mask",
            ("GroupQueryAttention", "MultiHeadAttention"),
        ),
        ("sequence states training!", ("SimpleRNNCell",)),
        ("sequences initial_state mask training", (*_RECURRENT, "Bidirectional", "RNN")),
        ("x", ("RMSNormalization",)),
    )
)
"""What the call of each other class of Keras 3 takes."""
KERAS2_CALLS: Mapping[str, Signature] = _each(
    (
        ("args kwargs", ("ClassMethod",)),
        ("inputs * **", ("ActivityRegularization", "InputLayer", "Layer", "SlicingOpLambda", "TFOpLambda")),
        ("inputs count_weights", ("CategoryEncoding",)),
        ("inputs mask", ("GlobalAveragePooling1D", "GroupNormalization", "Softmax")),
        ("inputs mask training", ("Lambda",)),
        (
            "inputs initial_state constants | mask training",
            (*_RECURRENT, "Bidirectional", "CuDNNGRU", "CuDNNLSTM", "RNN"),
        ),
        ("inputs mask training return_attention_scores use_causal_mask", ("AdditiveAttention", "Attention")),
        ("inputs states constants training **", ("StackedRNNCells",)),
        ("inputs states training", ("GRUCell", "LSTMCell", "SimpleRNNCell")),
        ("inputs training!", _OLD_IMAGES),
        ("inputs training", (*_NOISE, *_SPATIAL)),
        ("inputs training mask", ("BatchNormalization", "SyncBatchNormalization", "TimeDistributed")),
        ("obj", ("InstanceProperty",)),
        ("obj args kwargs", ("InstanceMethod",)),
        (
            "query value key attention_mask return_attention_scores! training use_causal_mask!",
            ("MultiHeadAttention",),
        ),
    )
)
"""What the call of each other class of tf_keras takes."""
