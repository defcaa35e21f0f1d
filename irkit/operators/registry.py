"""Which operators there are, in which file, and how to find one by name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from irkit.errors import AttributeRangeError, UnsupportedError
from irkit.operators.base import Operator, registry

OPSET = 23  # of ai.onnx: the semantics that irkit's operators follow
ONNX_IR_VERSION = 11

# File → its operators; a test compares this with each file's __all__. One line a family, or a wrapped one.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "acoustics": (
        "BlackmanWindow",
        "HammingWindow",
        "HannWindow",
        "MelWeightMatrix",
    ),
    "along_axis": (
        "ArgMax",
        "ArgMin",
        "CumSum",
    ),
    "arithmetic": (
        "Add",
        "Div",
        "Mean",
        "Mod",
        "Mul",
        "Neg",
        "Pow",
        "Sub",
        "Sum",
    ),
    "attention": ("Attention", "RotaryEmbedding"),
    "bits": ("BitCast", "FromPowersOfTwo", "PowersOfTwo", "TwoBits"),
    "bitwise": (
        "BitShift",
        "BitwiseAnd",
        "BitwiseNot",
        "BitwiseOr",
        "BitwiseXor",
    ),
    "casts": (
        "Cast",
        "CastLike",
    ),
    "chance": (
        "Bernoulli",
        "Dropout",
        "Multinomial",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
    ),
    "comparison": (
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "IsInf",
        "IsNaN",
        "Less",
        "LessOrEqual",
    ),
    "constants": (
        "Constant",
        "ConstantOfShape",
        "EyeLike",
        "Range",
    ),
    "control_flow": ("If", "Loop", "Scan"),
    "convolution": ("Conv", "ConvTranspose"),
    "deformable": ("Col2Im", "DeformConv"),
    "elementary": (
        "Abs",
        "Acos",
        "Acosh",
        "Asin",
        "Asinh",
        "Atan",
        "Atanh",
        "Ceil",
        "Cos",
        "Cosh",
        "Exp",
        "Floor",
        "Log",
        "Reciprocal",
        "Round",
        "Sign",
        "Sin",
        "Sinh",
        "Sqrt",
        "Tan",
        "Tanh",
    ),
    "error_function": ("Erf",),
    "extrema": (
        "Clip",
        "Max",
        "Min",
    ),
    "fourier": ("DFT", "STFT"),
    "identity": (
        "Assert",
        "Identity",
    ),
    "indexing": (
        "Compress",
        "Gather",
        "GatherElements",
        "GatherND",
        "NonZero",
        "OneHot",
        "ReverseSequence",
        "Trilu",
    ),
    "integer_products": (
        "ConvInteger",
        "MatMulInteger",
        "QLinearConv",
        "QLinearMatMul",
    ),
    "joining": ("Concat", "Split"),
    "linear": ("Det", "Einsum", "Gemm", "MatMul"),
    "logic": (
        "And",
        "Not",
        "Or",
        "Where",
        "Xor",
    ),
    "losses": (
        "NegativeLogLikelihoodLoss",
        "SoftmaxCrossEntropyLoss",
    ),
    "ngrams": ("TfIdfVectorizer",),
    "normalisation": (
        "BatchNormalization",
        "GroupNormalization",
        "InstanceNormalization",
        "LRN",
        "LayerNormalization",
        "LpNormalization",
        "MeanVarianceNormalization",
        "RMSNormalization",
    ),
    "optionals": ("Optional", "OptionalGetElement", "OptionalHasElement"),
    "ordering": ("TopK", "Unique"),
    "pooling": (
        "AveragePool",
        "GlobalAveragePool",
        "GlobalLpPool",
        "GlobalMaxPool",
        "LpPool",
        "MaxPool",
        "MaxUnpool",
    ),
    "quantization": (
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "QuantizeLinear",
    ),
    "rearranging": ("DepthToSpace", "SpaceToDepth"),
    "rectifiers": (
        "Celu",
        "Elu",
        "HardSigmoid",
        "HardSwish",
        "LeakyRelu",
        "PRelu",
        "Relu",
        "Selu",
        "Shrink",
        "ThresholdedRelu",
    ),
    "recurrent": ("GRU", "LSTM", "RNN"),
    "reductions": (
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "ReduceSumSquare",
    ),
    "regions": ("MaxRoiPool", "NonMaxSuppression", "RoiAlign"),
    "resize": ("Resize",),
    "sampling": ("AffineGrid", "GridSample", "ImageDecoder"),
    "scattering": ("ScatterElements", "ScatterND"),
    "sequences": (
        "ConcatFromSequence",
        "SequenceAt",
        "SequenceConstruct",
        "SequenceEmpty",
        "SequenceErase",
        "SequenceInsert",
        "SequenceLength",
        "SequenceMap",
        "SplitToSequence",
    ),
    "shape": ("Expand", "Flatten", "Reshape", "Shape", "Size", "Squeeze", "Tile", "Transpose", "Unsqueeze"),
    "sigmoids": (
        "Gelu",
        "Mish",
        "Sigmoid",
        "Softplus",
        "Softsign",
    ),
    "slicing": ("CenterCropPad", "Pad", "Slice"),
    "softmax": (
        "Hardmax",
        "LogSoftmax",
        "Softmax",
    ),
    "strings": (
        "RegexFullMatch",
        "StringConcat",
        "StringNormalizer",
        "StringSplit",
    ),
}

# Operators that are not ai.onnx's.
DOMAINS: Mapping[str, str] = dict.fromkeys(("Assert", *FAMILIES["bits"]), "irkit")

_family_of = {(DOMAINS.get(name, ""), name): family for family, names in FAMILIES.items() for name in names}


def find(domain: str, name: str) -> type[Operator] | None:
    """The class of an operator ("" and "ai.onnx" are the same domain), or None."""
    key = ("" if domain == "ai.onnx" else domain, name)
    if key not in registry and key in _family_of:
        importlib.import_module(f"irkit.operators.{_family_of[key]}")
    return registry.get(key)


def all_operators() -> list[type[Operator]]:
    """Every operator, sorted by domain and name. Imports all families."""
    return [cls for key in sorted(_family_of) if (cls := find(*key)) is not None]


def make(domain: str, name: str, attributes: Mapping[str, object]) -> Operator:
    """The operator `name` of `domain` with these attributes, which may come from a stranger.

    Raises UnsupportedError for an unknown operator, AttributeRangeError for unknown, missing or wrong attributes.
    """
    cls = find(domain, name)
    if cls is None:
        raise UnsupportedError(f"operator {domain + '.' if domain else ''}{name} is not supported.")
    known = {s.name for s in cls.specs}
    for given in attributes:
        if given not in known:
            raise AttributeRangeError(f"{name} has no attribute '{given}'.")
    for spec in cls.specs:
        if spec.is_required and spec.name not in attributes:
            raise AttributeRangeError(f"{name} needs its attribute '{spec.name}'.")
    return cls(**attributes)
