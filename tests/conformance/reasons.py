"""Why a case of ONNX's suite does not pass: pattern of its name → reason, for each column of the score."""

from __future__ import annotations

import re

_CHANCE = "compares random numbers with those of another generator"
_ROUNDING = (
    "float16 of two roundings: one unit in the last place beside the expected value, as it is in onnxruntime"
)
_BF16 = "onnxruntime has no bfloat16 kernel for the operators behind it"

_EVERYWHERE = {
    r"test_bernoulli": _CHANCE,
    r"test_attention_4d_causal_fp16": _ROUNDING,
}
_INTERPRETER = {
    r"test_gradient_of": "ai.onnx.preview.training.Gradient is not supported: it asks for a gradient inside a graph",
    r"test_cast_e8m0": "Cast at opset 23 does not take float8e8m0 (ONNX lets it from 24 on)",
}
_ONNXRUNTIME = {
    r"_bf16": _BF16,
    r"qk_matmul_bias_.*causal": "onnxruntime leaves the causal part out of the scores that it shows",
    r"test_convinteger_with_padding": "onnxruntime takes the zero point of weights as one number only",
    r"test_dft|test_stft": "exact zeros expected: onnxruntime's Fourier transform is off by 1e-4 of the largest",
    r"test_training_dropout": _CHANCE,
    r"test_image_decoder": "onnxruntime has no ImageDecoder",
    r"test_maxunpool_export_with_output_shape": "onnxruntime reads indices as of the unpadded shape",
    r"test_resize_downsample_scales_.*_align_corners": "onnxruntime computes coordinates from the rounded output size",
    r"test_sequence_map": "onnxruntime expands SequenceMap into a loop that it then refuses",
    r"test_strnormalizer": "onnxruntime needs the locale en_US, which a slim system lacks",
}


def reason(column: str, name: str) -> str:
    """Why the case does not pass, or an empty text."""
    own = _INTERPRETER if column.startswith("interpreter") else _ONNXRUNTIME
    return next((text for pattern, text in {**_EVERYWHERE, **own}.items() if re.search(pattern, name)), "")
