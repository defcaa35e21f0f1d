"""Which operators ai.onnx has at irkit's opset, each with the version that defines it there."""

from __future__ import annotations

from collections.abc import Mapping

_TEXT = """
    Abs:13 Acos:22 Acosh:22 Add:14 AffineGrid:20 And:7 ArgMax:13 ArgMin:13 Asin:22 Asinh:22 Atan:22
    Atanh:22 Attention:23 AveragePool:22 BatchNormalization:15 Bernoulli:22 BitShift:11
    BitwiseAnd:18 BitwiseNot:18 BitwiseOr:18 BitwiseXor:18 BlackmanWindow:17 Cast:23 CastLike:23
    Ceil:13 Celu:12 CenterCropPad:18 Clip:13 Col2Im:18 Compress:11 Concat:13 ConcatFromSequence:11
    Constant:23 ConstantOfShape:23 Conv:22 ConvInteger:10 ConvTranspose:22 Cos:22 Cosh:22 CumSum:14
    DFT:20 DeformConv:22 DepthToSpace:13 DequantizeLinear:23 Det:22 Div:14 Dropout:22
    DynamicQuantizeLinear:11 Einsum:12 Elu:22 Equal:19 Erf:13 Exp:13 Expand:13 EyeLike:22 Flatten:23
    Floor:13 GRU:22 Gather:13 GatherElements:13 GatherND:13 Gelu:20 Gemm:13 GlobalAveragePool:22
    GlobalLpPool:22 GlobalMaxPool:22 Greater:13 GreaterOrEqual:16 GridSample:22
    GroupNormalization:21 HammingWindow:17 HannWindow:17 HardSigmoid:22 HardSwish:22 Hardmax:13
    Identity:23 If:23 ImageDecoder:20 InstanceNormalization:22 IsInf:20 IsNaN:20 LRN:13 LSTM:22
    LayerNormalization:17 LeakyRelu:16 Less:13 LessOrEqual:16 Log:13 LogSoftmax:13 Loop:23
    LpNormalization:22 LpPool:22 MatMul:13 MatMulInteger:10 Max:13 MaxPool:22 MaxRoiPool:22
    MaxUnpool:22 Mean:13 MeanVarianceNormalization:13 MelWeightMatrix:17 Min:13 Mish:22 Mod:13
    Mul:14 Multinomial:22 Neg:13 NegativeLogLikelihoodLoss:22 NonMaxSuppression:11 NonZero:13 Not:1
    OneHot:11 Optional:15 OptionalGetElement:18 OptionalHasElement:18 Or:7 PRelu:16 Pad:23 Pow:15
    QLinearConv:10 QLinearMatMul:21 QuantizeLinear:23 RMSNormalization:23 RNN:22 RandomNormal:22
    RandomNormalLike:22 RandomUniform:22 RandomUniformLike:22 Range:11 Reciprocal:13 ReduceL1:18
    ReduceL2:18 ReduceLogSum:18 ReduceLogSumExp:18 ReduceMax:20 ReduceMean:18 ReduceMin:20
    ReduceProd:18 ReduceSum:13 ReduceSumSquare:18 RegexFullMatch:20 Relu:14 Reshape:23 Resize:19
    ReverseSequence:10 RoiAlign:22 RotaryEmbedding:23 Round:22 STFT:17 Scan:23 ScatterElements:18
    ScatterND:18 Selu:22 SequenceAt:11 SequenceConstruct:11 SequenceEmpty:11 SequenceErase:11
    SequenceInsert:11 SequenceLength:11 SequenceMap:17 Shape:23 Shrink:9 Sigmoid:13 Sign:13 Sin:22
    Sinh:22 Size:23 Slice:13 Softmax:13 SoftmaxCrossEntropyLoss:13 Softplus:22 Softsign:22
    SpaceToDepth:13 Split:18 SplitToSequence:11 Sqrt:13 Squeeze:23 StringConcat:20
    StringNormalizer:10 StringSplit:20 Sub:14 Sum:13 Tan:22 Tanh:13 TfIdfVectorizer:9
    ThresholdedRelu:22 Tile:13 TopK:11 Transpose:23 Trilu:14 Unique:11 Unsqueeze:23 Where:16 Xor:7
"""

ONNX: Mapping[str, int] = {name: int(since) for name, since in (entry.split(":") for entry in _TEXT.split())}

OLDEST = 21  # the oldest opset that irkit writes
# Defined anew since then; the others of a later version only allow more types of elements.
CHANGED = frozenset(
    {"Attention", "DequantizeLinear", "Dropout", "QuantizeLinear", "RMSNormalization", "RotaryEmbedding"}
)


def oldest(name: str, since: int) -> int:
    """The oldest opset, of those that irkit writes, in which an operator of ai.onnx means the same as at `since`."""
    return max(since, OLDEST) if name in CHANGED else OLDEST
