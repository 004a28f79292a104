"""Layers of other packages, by the names that files of Keras 2 write for them: without a module, and without `>`."""

from __future__ import annotations

from collections.abc import Mapping

PACKAGES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "QActivation", "QAdaptiveActivation", "QAveragePooling2D", "QBatchNormalization", "QBidirectional",
            "QConv1D", "QConv2D", "QConv2DBatchnorm", "QConv2DTranspose", "QDense", "QDenseBatchnorm",
            "QDepthwiseConv2D", "QDepthwiseConv2DBatchnorm", "QGRU", "QGlobalAveragePooling2D", "QLSTM",
            "QMobileNetSeparableConv2D", "QSeparableConv1D", "QSeparableConv2D", "QSimpleRNN",
        ),
        "QKeras",
    ),
    **dict.fromkeys(
        ("ClusterWeights", "PruneLowMagnitude", "QuantizeLayer", "QuantizeWrapper", "QuantizeWrapperV2"),
        "tensorflow-model-optimization",
    ),
    "KerasLayer": "tensorflow-hub",
    **dict.fromkeys(("SeqSelfAttention", "SeqWeightedAttention"), "keras-self-attention"),
    **dict.fromkeys(("EmbeddingSimilarity", "PositionEmbedding", "TokenEmbedding"), "keras-bert"),
    "TCN": "keras-tcn",
    "CRF": "keras-contrib",
    "FixedDropout": "efficientnet",
}  # fmt: skip
"""Classes that are no misspelt ones of Keras, and where they come from."""
