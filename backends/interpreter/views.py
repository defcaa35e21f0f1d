"""Which operators' results share memory with their inputs: some may, some never do."""

from __future__ import annotations

_VIEWS = """
    Cast CastLike Concat Dropout Einsum Expand Flatten Gather Identity If Loop Max Mean Min Optional
    OptionalGetElement Pad ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Reshape Resize Scan SequenceAt
    SequenceConstruct SequenceErase SequenceInsert Slice Split SplitToSequence Squeeze Sum Tile Transpose
    Unsqueeze
"""
VIEWS = frozenset(_VIEWS.split())

# Operators whose result never is, that often stand in models. (Of the others the planner believes that it may be.)
_FRESH = """
    AveragePool BatchNormalization Conv ConvTranspose Gelu Gemm GlobalAveragePool GlobalMaxPool HardSigmoid
    HardSwish InstanceNormalization LRN LayerNormalization LeakyRelu LogSoftmax MatMul MaxPool Pow
    RMSNormalization Relu Sigmoid Softmax Softplus Where
"""
FRESH = frozenset(_FRESH.split())
