"""Names of Keras's classes, as the installed packages have them: keras 3.15.1, tf_keras 2.21."""

# fmt: off
KERAS3_LAYERS = frozenset((
    "Activation", "ActivityRegularization", "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "Add",
    "AdditiveAttention", "AlphaDropout", "Attention", "AugMix", "AutoContrast", "Average", "AveragePooling1D",
    "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D", "BatchNormalization",
    "Bidirectional", "CategoryEncoding", "CenterCrop", "Concatenate", "ContrastLimitedAdaptiveHistogramEqualization",
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "ConvLSTM1D", "ConvLSTM2D",
    "ConvLSTM3D", "Convolution1D", "Convolution1DTranspose", "Convolution2D", "Convolution2DTranspose",
    "Convolution3D", "Convolution3DTranspose", "Cropping1D", "Cropping2D", "Cropping3D", "CutMix", "Dense",
    "DepthwiseConv1D", "DepthwiseConv2D", "Discretization", "Dot", "Dropout", "ELU", "EinsumDense", "Embedding",
    "Equalization", "Flatten", "FlaxLayer", "GRU", "GRUCell", "GaussianDropout", "GaussianNoise",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalAvgPool1D", "GlobalAvgPool2D",
    "GlobalAvgPool3D", "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D", "GlobalMaxPooling1D",
    "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GroupNormalization", "GroupQueryAttention", "HashedCrossing",
    "Hashing", "Identity", "InputLayer", "IntegerLookup", "JaxLayer", "LSTM", "LSTMCell", "Lambda", "Layer",
    "LayerNormalization", "LeakyReLU", "Masking", "MaxNumBoundingBoxes", "MaxPool1D", "MaxPool2D", "MaxPool3D",
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "Maximum", "MelSpectrogram", "Minimum", "MixUp",
    "MultiHeadAttention", "Multiply", "Normalization", "PReLU", "Permute", "Pipeline", "RMSNormalization", "RNN",
    "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomCrop",
    "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue",
    "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation",
    "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "ReLU", "RepeatVector", "Rescaling",
    "Reshape", "Resizing", "ReversibleEmbedding", "STFTSpectrogram", "SeparableConv1D", "SeparableConv2D",
    "SeparableConvolution1D", "SeparableConvolution2D", "SimpleRNN", "SimpleRNNCell", "Softmax", "Solarization",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "SpectralNormalization", "StackedRNNCells",
    "StringLookup", "Subtract", "TFSMLayer", "TextVectorization", "TimeDistributed", "TorchModuleWrapper",
    "UnitNormalization", "UpSampling1D", "UpSampling2D", "UpSampling3D", "Wrapper", "ZeroPadding1D", "ZeroPadding2D",
    "ZeroPadding3D",
))
"""Layers of `keras.layers`."""

KERAS2_LAYERS = frozenset((
    "AbstractRNNCell", "Activation", "ActivityRegularization", "Add", "AddLoss", "AddMetric", "AdditiveAttention",
    "AlphaDropout", "Attention", "Average", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "AvgPool1D",
    "AvgPool2D", "AvgPool3D", "BaseRandomLayer", "BatchNormalization", "BatchNormalizationBase",
    "BatchNormalizationV1", "BatchNormalizationV2", "Bidirectional", "CategoryEncoding", "CenterCrop", "ClassMethod",
    "Concatenate", "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "ConvLSTM1D",
    "ConvLSTM2D", "ConvLSTM3D", "Convolution1D", "Convolution1DTranspose", "Convolution2D", "Convolution2DTranspose",
    "Convolution3D", "Convolution3DTranspose", "Cropping1D", "Cropping2D", "Cropping3D", "Dense", "DenseFeatures",
    "DepthwiseConv1D", "DepthwiseConv2D", "DeviceWrapper", "Discretization", "Dot", "Dropout", "DropoutWrapper", "ELU",
    "EinsumDense", "Embedding", "Flatten", "Functional", "GRU", "GRUCell", "GRUCellV1", "GRUCellV2", "GRUV1", "GRUV2",
    "GaussianDropout", "GaussianNoise", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
    "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D", "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D",
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GroupNormalization", "HashedCrossing",
    "Hashing", "Identity", "InputLayer", "InstanceMethod", "InstanceProperty", "IntegerLookup", "LSTM", "LSTMCell",
    "LSTMCellV1", "LSTMCellV2", "LSTMV1", "LSTMV2", "Lambda", "Layer", "LayerNormalization", "LeakyReLU",
    "LinearModel", "LocallyConnected1D", "LocallyConnected2D", "Masking", "MaxPool1D", "MaxPool2D", "MaxPool3D",
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "Maximum", "Minimum", "Model", "MultiHeadAttention", "Multiply",
    "Normalization", "PReLU", "Permute", "RNN", "RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip",
    "RandomHeight", "RandomRotation", "RandomTranslation", "RandomWidth", "RandomZoom", "ReLU", "RepeatVector",
    "Rescaling", "Reshape", "ResidualWrapper", "Resizing", "SeparableConv1D", "SeparableConv2D",
    "SeparableConvolution1D", "SeparableConvolution2D", "SequenceFeatures", "Sequential", "SimpleRNN", "SimpleRNNCell",
    "SlicingOpLambda", "Softmax", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "StackedRNNCells",
    "StringLookup", "Subtract", "SyncBatchNormalization", "TFOpLambda", "TensorFlowOpLayer", "TextVectorization",
    "ThresholdedReLU", "TimeDistributed", "UnitNormalization", "UpSampling1D", "UpSampling2D", "UpSampling3D",
    "WideDeepModel", "Wrapper", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "_RNNCellWrapper",
))
"""Layers that `tf_keras` finds by a bare name."""

OPERATIONS = frozenset((
    "Abs", "Absolute", "AdaptiveAveragePool", "AdaptiveMaxPool", "Add", "AffineTransform", "All", "AllClose", "Amax",
    "Amin", "Angle", "Any", "Append", "Arange", "Arccos", "Arccosh", "Arcsin", "Arcsinh", "Arctan", "Arctan2",
    "Arctanh", "Argmax", "Argmin", "Argpartition", "Argsort", "Array", "ArraySplit", "AssociativeScan", "Average",
    "AveragePool", "BatchNorm", "BinaryCrossentropy", "Bincount", "BitwiseAnd", "BitwiseInvert", "BitwiseLeftShift",
    "BitwiseNot", "BitwiseOr", "BitwiseRightShift", "BitwiseXor", "BroadcastTo", "CDist", "CTCDecode", "CTCLoss",
    "Cast", "CategoricalCrossentropy", "Cbrt", "Ceil", "Celu", "Cholesky", "CholeskyInverse", "Clip", "Concatenate",
    "Cond", "Conj", "Conjugate", "Conv", "ConvTranspose", "ConvertToTensor", "Copy", "Corrcoef", "Correlate", "Cos",
    "Cosh", "CountNonzero", "CropImages", "Cross", "Cumprod", "Cumsum", "Deg2rad", "DepthToSpace", "DepthwiseConv",
    "Det", "Diag", "Diagflat", "Diagonal", "Diff", "Digitize", "Divide", "DivideNoNan", "Dot", "DotProductAttention",
    "Dsplit", "Dstack", "Eig", "Eigh", "Einsum", "ElasticTransform", "Elu", "EmptyLike", "Equal", "Erf", "Erfc",
    "Erfinv", "Exp", "Exp2", "ExpandDims", "Expm1", "ExtractPatches", "ExtractSequences", "FFT", "FFT2", "Fabs",
    "Flip", "Fliplr", "Flipud", "Floor", "FloorDivide", "Fmax", "Fmin", "Fmod", "Fold", "ForiLoop", "Full", "FullLike",
    "Function", "GaussianBlur", "Gcd", "Gelu", "Geomspace", "GetItem", "Glu", "Greater", "GreaterEqual", "HSVToRGB",
    "HardShrink", "HardSigmoid", "HardSilu", "HardTanh", "Heaviside", "Histogram", "Hsplit", "Hstack", "Hypot", "I0",
    "IFFT2", "IRFFT", "ISTFT", "Imag", "InTopK", "Inner", "Inv", "IsIn", "Isclose", "Isfinite", "Isinf", "Isnan",
    "Isneginf", "Isposinf", "Isreal", "JVP", "Kron", "LayerNorm", "Lcm", "Ldexp", "LeakyRelu", "LeftShift", "Less",
    "LessEqual", "Linspace", "Log", "Log10", "Log1p", "Log2", "LogSigmoid", "LogSoftmax", "Logaddexp", "Logaddexp2",
    "Logdet", "LogicalAnd", "LogicalNot", "LogicalOr", "LogicalXor", "Logspace", "Logsumexp", "Lstsq", "LuFactor",
    "Map", "MapCoordinates", "Matmul", "MatrixRank", "Max", "MaxPool", "Maximum", "Mean", "Median", "Meshgrid", "Min",
    "Minimum", "Mod", "Moments", "Moveaxis", "MultiHot", "Multiply", "NanToNum", "Nanargmax", "Nanargmin",
    "Nancumprod", "Nancumsum", "Nanmax", "Nanmean", "Nanmedian", "Nanmin", "Nanpercentile", "Nanprod", "Nanquantile",
    "Nanstd", "Nansum", "Nanvar", "Ndim", "Negative", "Nextafter", "Nonzero", "Norm", "Normalize", "NotEqual",
    "OneHot", "OnesLike", "Outer", "PSNR", "Pad", "PadImages", "Percentile", "PerspectiveTransform", "Pinv", "Polar",
    "Power", "Prod", "Ptp", "Qr", "Quantile", "RFFT", "RGBToGrayscale", "RGBToHSV", "RMSNorm", "Rad2deg", "Ravel",
    "Real", "Rearrange", "Reciprocal", "Relu", "Relu6", "Repeat", "Reshape", "Resize", "RightShift", "Roll", "Rot90",
    "Round", "Rsqrt", "SSIM", "STFT", "SVD", "SaturateCast", "ScaleAndTranslate", "Scan", "Scatter", "ScatterUpdate",
    "SearchSorted", "SegmentMax", "SegmentMin", "SegmentProd", "SegmentReduction", "SegmentSum", "Select", "Selu",
    "SeparableConv", "Sigmoid", "Sign", "Signbit", "Silu", "Sin", "Sinc", "Sinh", "Size", "Slice", "SliceUpdate",
    "Slogdet", "SobelEdges", "SoftShrink", "Softmax", "Softplus", "Softsign", "Solve", "SolveTriangular", "Sort",
    "SpaceToDepth", "SparseCategoricalCrossentropy", "SparsePlus", "SparseSigmoid", "Sparsemax", "Split", "Sqrt",
    "Square", "Squareplus", "Squeeze", "Stack", "Std", "StopGradient", "Subtract", "Sum", "Swapaxes", "Switch", "Take",
    "TakeAlongAxis", "Tan", "Tanh", "TanhShrink", "Tensordot", "Threshold", "Tile", "TopK", "Trace", "Transpose",
    "Trapezoid", "Tril", "Triu", "TrueDivide", "Trunc", "Unfold", "Unique", "UnravelIndex", "Unstack", "Vander", "Var",
    "Vdot", "VectorizedMap", "View", "ViewAsComplex", "ViewAsReal", "Vsplit", "Vstack", "Where", "WhileLoop",
    "ZerosLike",
))
"""Classes of `keras.src.ops`."""

KERAS3_INITIALIZERS = frozenset((
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "IdentityInitializer",
    "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "OrthogonalInitializer", "RandomNormal", "RandomUniform",
    "STFT", "STFTInitializer", "TruncatedNormal", "VarianceScaling", "Zeros", "constant", "glorot_normal",
    "glorot_uniform", "he_normal", "he_uniform", "identity", "lecun_normal", "lecun_uniform", "normal", "one", "ones",
    "orthogonal", "random_normal", "random_uniform", "stft", "truncated_normal", "uniform", "variance_scaling", "zero",
    "zeros",
))
"""Names of initializers that Keras 3 takes."""

KERAS2_INITIALIZERS = frozenset((
    "Constant", "ConstantV2", "GlorotNormal", "GlorotNormalV2", "GlorotUniform", "GlorotUniformV2", "HeNormal",
    "HeNormalV2", "HeUniform", "HeUniformV2", "Identity", "IdentityV2", "LecunNormal", "LecunNormalV2", "LecunUniform",
    "LecunUniformV2", "Ones", "OnesV2", "Orthogonal", "OrthogonalV2", "RandomNormal", "RandomNormalV2",
    "RandomUniform", "RandomUniformV2", "TruncatedNormal", "TruncatedNormalV2", "VarianceScaling", "VarianceScalingV2",
    "Zeros", "ZerosV2", "constant", "glorot_normal", "glorot_normalV2", "glorot_uniform", "glorot_uniformV2",
    "he_normal", "he_normalV2", "he_uniform", "he_uniformV2", "identity", "lecun_normal", "lecun_normalV2",
    "lecun_uniform", "lecun_uniformV2", "normal", "one", "ones", "orthogonal", "random_normal", "random_uniform",
    "truncated_normal", "uniform", "variance_scaling", "zero", "zeros",
))
"""Names of initializers that tf_keras takes."""

KERAS3_REGULARIZERS = frozenset((
    "L1", "L1L2", "L2", "OrthogonalRegularizer", "l1", "l1l2", "l2", "orthogonal_regularizer",
))
"""Names of regularizers that Keras 3 takes."""

KERAS2_REGULARIZERS = frozenset((
    "L1", "L1L2", "L2", "OrthogonalRegularizer", "l1", "l1_l2", "l1l2", "l2", "orthogonal_regularizer",
))
"""Names of regularizers that tf_keras takes."""

KERAS3_CONSTRAINTS = frozenset((
    "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "max_norm", "min_max_norm", "non_neg", "unit_norm",
))
"""Names of constraints that Keras 3 takes."""

KERAS2_CONSTRAINTS = frozenset((
    "MaxNorm", "MinMaxNorm", "NonNeg", "RadialConstraint", "UnitNorm", "max_norm", "maxnorm", "min_max_norm",
    "non_neg", "nonneg", "radial_constraint", "unit_norm", "unitnorm",
))
"""Names of constraints that tf_keras takes."""

_SEEDED = ("dtype", "seed")
ARGUMENTS: dict[str, frozenset[str]] = {
    name: frozenset(arguments)
    for name, arguments in {
        "constant": ("dtype", "value"),
        **dict.fromkeys(("glorotnormal", "glorotuniform", "henormal", "heuniform", "lecunnormal", "lecununiform"),
                        (*_SEEDED, "input_axes", "output_axes")),
        **dict.fromkeys(("identity", "identityinitializer"), ("dtype", "gain")),
        **dict.fromkeys(("orthogonal", "orthogonalinitializer"), (*_SEEDED, "gain")),
        **dict.fromkeys(("randomnormal", "truncatednormal"), (*_SEEDED, "mean", "stddev")),
        "randomuniform": (*_SEEDED, "minval", "maxval"),
        **dict.fromkeys(("stft", "stftinitializer"), ("side", "window", "scaling", "periodic")),
        "variancescaling": (*_SEEDED, "scale", "mode", "distribution", "input_axes", "output_axes"),
        **dict.fromkeys(("ones", "zeros"), ("dtype",)),
        "l1": ("l1",), "l2": ("l2",), "l1l2": ("l1", "l2"), "orthogonalregularizer": ("factor", "mode"),
        "maxnorm": ("max_value", "axis"), "minmaxnorm": ("min_value", "max_value", "rate", "axis"),
        "nonneg": (), "radialconstraint": (), "unitnorm": ("axis",),
    }.items()
}
"""What initializers, regularizers and constraints take, by their names without case and underscores."""
