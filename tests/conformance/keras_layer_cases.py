"""Configurations of layers: for each class, a grid of its options."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from tests.conformance.keras_layers import Case, Inner

IMAGE, VOLUME, SEQUENCE = (9, 8, 4), (6, 7, 5, 2), (10, 4)
FIRST = {1: (4, 10), 2: (4, 9, 8), 3: (2, 6, 7, 5)}
LAST = {1: SEQUENCE, 2: IMAGE, 3: VOLUME}


def grid(cls: str, shapes: Any, options: dict[str, list[Any]], **extra: Any) -> Iterator[Case]:
    """A case for every combination of options. shapes: of one input, or of several in a list."""
    several = tuple(shapes) if isinstance(shapes, list) else (shapes,)
    for values in itertools.product(*options.values()):
        yield Case(cls, dict(zip(options, values, strict=True)), several, **extra)


def in_both_formats(cls: str, rank: int, options: dict[str, list[Any]]) -> Iterator[Case]:
    """`grid` with channels_last and channels_first."""
    yield from grid(cls, LAST[rank], options)
    yield from grid(cls, FIRST[rank], options | {"data_format": ["channels_first"]})


def convolutions() -> Iterator[Case]:
    for rank in (1, 2, 3):
        paddings = ["valid", "same", "causal"] if rank == 1 else ["valid", "same"]
        base: dict[str, list[Any]] = {
            "filters": [4],
            "kernel_size": [1, 3, (2, 3, 1)[:rank]],
            "padding": paddings,
        }
        name = f"Conv{rank}D"
        yield from in_both_formats(name, rank, base | {"strides": [1, 2]})
        yield from in_both_formats(
            name, rank, base | {"dilation_rate": [2], "groups": [2], "use_bias": [False]}
        )
        yield from grid(name, LAST[rank], base | {"activation": ["relu"]})
        yield from in_both_formats(
            f"{name}Transpose", rank, base | {"padding": ["valid", "same"], "strides": [1, 2, 3]}
        )
        yield from grid(
            f"{name}Transpose",
            LAST[rank],
            base | {"padding": ["valid", "same"], "strides": [2], "output_padding": [0, 1]},
        )
        yield from grid(
            f"{name}Transpose", LAST[rank], base | {"padding": ["valid", "same"], "dilation_rate": [2]}
        )
    for rank in (1, 2):
        options: dict[str, list[Any]] = {
            "kernel_size": [3, (2, 1)[:rank]],
            "padding": ["valid", "same"],
            "depth_multiplier": [1, 2],
        }
        strided = options | {"strides": [1, 2]}
        yield from in_both_formats(f"DepthwiseConv{rank}D", rank, strided)
        yield from in_both_formats(
            f"DepthwiseConv{rank}D", rank, options | {"dilation_rate": [2], "activation": ["relu"]}
        )
        yield from in_both_formats(f"SeparableConv{rank}D", rank, {"filters": [5]} | strided)


def pooling() -> Iterator[Case]:
    for rank in (1, 2, 3):
        sizes: list[Any] = [2, 3, (2, 1, 3)[:rank]]
        for kind in ("Max", "Average"):
            options = {"pool_size": sizes, "strides": [None, 1, 2], "padding": ["valid", "same"]}
            yield from in_both_formats(f"{kind}Pooling{rank}D", rank, options)
            yield from in_both_formats(f"Global{kind}Pooling{rank}D", rank, {"keepdims": [False, True]})
            yield from in_both_formats(f"Adaptive{kind}Pooling{rank}D", rank, {"output_size": [1, 2, 4]})


def reshaping() -> Iterator[Case]:
    for rank in (1, 2, 3):
        yield from in_both_formats("Flatten", rank, {})
    yield from grid("Flatten", (5,), {})
    yield from grid("Reshape", (4, 6), {"target_shape": [(24,), (6, 4), (-1,), (3, -1, 2), (2, 3, 4)]})
    yield from grid("Permute", IMAGE, {"dims": [(1, 2, 3), (3, 1, 2), (2, 1, 3)]})
    yield from grid("RepeatVector", (5,), {"n": [1, 3]})
    yield from in_both_formats("ZeroPadding1D", 1, {"padding": [1, (0, 2)]})
    yield from in_both_formats("ZeroPadding2D", 2, {"padding": [1, (1, 2), ((0, 1), (2, 3))]})
    yield from in_both_formats("ZeroPadding3D", 3, {"padding": [1, (1, 0, 2), ((0, 1), (2, 3), (1, 1))]})
    yield from grid("Cropping1D", SEQUENCE, {"cropping": [1, (0, 2), (3, 0)]})
    yield from in_both_formats("Cropping2D", 2, {"cropping": [0, 1, (1, 2), ((0, 1), (2, 3))]})
    yield from in_both_formats("Cropping3D", 3, {"cropping": [1, (1, 0, 2), ((0, 1), (2, 3), (1, 1))]})
    yield from grid("UpSampling1D", SEQUENCE, {"size": [1, 2, 3]})
    yield from in_both_formats(
        "UpSampling2D", 2, {"size": [1, 2, (2, 3)], "interpolation": ["nearest", "bilinear", "bicubic"]}
    )
    yield from in_both_formats("UpSampling3D", 3, {"size": [2, (1, 2, 3)]})


def normalization() -> Iterator[Case]:
    flags = {"center": [True, False], "scale": [True, False]}
    for shape in ((5,), SEQUENCE, IMAGE, VOLUME):
        yield from grid("BatchNormalization", shape, flags | {"axis": [-1, 1], "epsilon": [1e-3, 0.1]})
        # Keras rounds too much (2e-5) where it normalizes two numbers
        wide = shape if shape != VOLUME else (3, 4, 5, 6)
        yield from grid("LayerNormalization", wide, flags | {"axis": [-1, 1], "epsilon": [1e-3]})
    yield from grid("LayerNormalization", IMAGE, {"axis": [(1, 2), (2, 3), [1, 2, 3], (1, 3)]})
    yield from grid("GroupNormalization", IMAGE, flags | {"groups": [1, 2, 4, -1]})
    yield from grid("GroupNormalization", (4, 9, 8), {"groups": [1, 2, -1], "axis": [1]})
    yield from grid("RMSNormalization", IMAGE, {"axis": [-1], "epsilon": [1e-6, 0.1]})
    yield from grid("UnitNormalization", IMAGE, {"axis": [-1, 1, (1, 2)]})


def merging() -> Iterator[Case]:
    for cls in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        yield Case(cls, {}, (SEQUENCE, SEQUENCE))
        yield Case(cls, {}, (SEQUENCE, (1, 4)))
        yield Case(cls, {}, (SEQUENCE, (4,)))
        if cls != "Subtract":
            yield Case(cls, {}, (SEQUENCE, SEQUENCE, SEQUENCE))
    yield from grid("Concatenate", [SEQUENCE, SEQUENCE, SEQUENCE], {"axis": [-1, 1, 2]})
    yield from grid("Concatenate", [(3, 4), (3, 6)], {"axis": [-1]})
    yield from grid("Dot", [(5,), (5,)], {"axes": [1, -1, (1, 1)], "normalize": [False, True]})
    yield from grid("Dot", [(5, 3), (5, 4)], {"axes": [1, (1, 1)], "normalize": [False, True]})
    yield from grid("Dot", [(3, 5), (5, 4)], {"axes": [(2, 1)]})
    yield from grid("Dot", [(3, 5), (5,)], {"axes": [(2, 1)]})


def plain_layers() -> Iterator[Case]:
    for shape in ((5,), SEQUENCE, IMAGE):
        yield from grid(
            "Dense",
            shape,
            {"units": [1, 6], "activation": [None, "relu", "softmax"], "use_bias": [True, False]},
        )
    for name in (
        "relu",
        "sigmoid",
        "tanh",
        "softmax",
        "gelu",
        "elu",
        "selu",
        "softplus",
        "softsign",
        "silu",
        "swish",
        "linear",
        "exponential",
        "hard_sigmoid",
        "mish",
        "leaky_relu",
        "relu6",
        "log_softmax",
        "hard_silu",
    ):
        yield Case("Activation", {"activation": name}, (SEQUENCE,))
    yield from grid(
        "ReLU", SEQUENCE, {"max_value": [None, 0.5], "negative_slope": [0.0, 0.1], "threshold": [0.0, 0.3]}
    )
    yield from grid("LeakyReLU", SEQUENCE, {"negative_slope": [0.3, 0.0, 0.01]})
    yield from grid("ELU", SEQUENCE, {"alpha": [1.0, 0.3]})
    yield from grid("PReLU", IMAGE, {"shared_axes": [None, (1, 2), [1]]})
    yield from grid("Softmax", IMAGE, {"axis": [-1, 1, (1, 2)]})
    yield from grid(
        "Rescaling", IMAGE, {"scale": [1 / 255, 2.0, [1.0, 2.0, 3.0, 4.0]], "offset": [0.0, -1.0]}
    )
    yield from grid("Embedding", (6,), {"input_dim": [11], "output_dim": [1, 5]}, integers=11)
    yield from grid("Embedding", (2, 3), {"input_dim": [11], "output_dim": [4]}, integers=11)
    yield Case("Identity", {}, (SEQUENCE,))
    yield Case("ActivityRegularization", {"l1": 0.1}, (SEQUENCE,))
    for cls, rank in (("SpatialDropout1D", 1), ("SpatialDropout2D", 2), ("SpatialDropout3D", 3)):
        yield Case(cls, {"rate": 0.5}, (LAST[rank],))
    for cls in ("Dropout", "GaussianDropout", "AlphaDropout"):
        yield Case(cls, {"rate": 0.5, "seed": 3}, (SEQUENCE,))
    yield Case("GaussianNoise", {"stddev": 0.5}, (SEQUENCE,))


def recurrent() -> Iterator[Case]:
    for cls in ("SimpleRNN", "GRU", "LSTM"):
        ways = {
            "return_sequences": [False, True],
            "return_state": [False, True],
            "go_backwards": [False, True],
        }
        yield from grid(cls, SEQUENCE, {"units": [1, 5]} | ways)
        yield from grid(cls, SEQUENCE, {"units": [3], "use_bias": [False]})
        yield from grid(
            cls, SEQUENCE, {"units": [3], "activation": ["relu", "sigmoid", "linear", "softsign", "elu"]}
        )
        # a function that ONNX's operators lack
        yield from grid(cls, SEQUENCE, {"units": [3], "activation": ["gelu"]} | ways)
        if cls != "SimpleRNN":
            yield from grid(
                cls, SEQUENCE, {"units": [3], "recurrent_activation": ["hard_sigmoid", "relu", "tanh"]}
            )
    yield from grid(
        "GRU",
        SEQUENCE,
        {"units": [3], "reset_after": [False], "return_sequences": [True, False], "use_bias": [True, False]},
    )


def attention() -> Iterator[Case]:
    flags: dict[str, list[Any]] = {"use_bias": [True, False], "value_dim": [None, 3]}
    two = {"spread": True}
    yield from grid(
        "MultiHeadAttention", [(6, 8), (5, 8)], {"num_heads": [1, 2], "key_dim": [4]} | flags, **two
    )
    yield from grid(
        "MultiHeadAttention",
        [(6, 8), (6, 8)],
        {"num_heads": [2], "key_dim": [4], "output_shape": [5, (3,)]},
        **two,
    )
    yield from grid(
        "MultiHeadAttention",
        [(3, 4, 8), (3, 4, 8)],
        {"num_heads": [2], "key_dim": [4], "attention_axes": [None, 1, (1, 2)]},
        **two,
    )
    causal = {"call": {"use_causal_mask": True, "return_attention_scores": True}}
    yield from grid(
        "MultiHeadAttention", [(6, 8), (6, 8)], {"num_heads": [2], "key_dim": [4]}, **two, **causal
    )
    heads: dict[str, list[Any]] = {"head_dim": [4], "num_query_heads": [4], "num_key_value_heads": [1, 2, 4]}
    yield from grid("GroupQueryAttention", [(6, 8), (5, 8)], heads | {"use_bias": [True, False]}, **two)
    for shapes in ([(6, 8), (5, 8)], [(6, 8), (5, 8), (5, 8)]):
        yield from grid("Attention", shapes, {"use_scale": [True, False], "score_mode": ["dot", "concat"]})
        yield from grid("AdditiveAttention", shapes, {"use_scale": [True, False]})
        yield from grid(
            "Attention", shapes, {}, call={"use_causal_mask": True, "return_attention_scores": True}
        )
    for equation, shape, out, bias in (
        ("ab,bc->ac", (5,), 7, "c"),
        ("abc,cd->abd", (4, 5), (None, 7), "d"),
        ("...x,xy->...y", (4, 5), 7, "y"),
        ("abc,cde->abde", (4, 5), (None, 2, 3), "de"),
        ("ab...,bc->ac...", (4, 5, 6), 7, "c"),
    ):
        yield from grid(
            "EinsumDense", shape, {"equation": [equation], "output_shape": [out], "bias_axes": [None, bias]}
        )


def wrapping() -> Iterator[Case]:
    for cls in ("SimpleRNN", "GRU", "LSTM"):
        for options in ({}, {"return_sequences": True}, {"return_sequences": True, "return_state": True}):
            yield from grid(
                "Bidirectional",
                SEQUENCE,
                {
                    "layer": [Inner(cls, {"units": 3, **options})],
                    "merge_mode": ["concat", "sum", "mul", "ave", None],
                },
            )
        cell: dict[str, list[Any]] = {
            "cell": [
                Inner(f"{cls}Cell", {"units": 3}),
                [Inner(f"{cls}Cell", {"units": 3}), Inner(f"{cls}Cell", {"units": 2})],
            ]
        }
        ways = {
            "return_sequences": [False, True],
            "return_state": [False, True],
            "go_backwards": [False, True],
        }
        yield from grid("RNN", SEQUENCE, cell | ways)
    for inner, shape in (
        (Inner("Dense", {"units": 3}), SEQUENCE),
        (Inner("Conv2D", {"filters": 2, "kernel_size": 3}), (4, *IMAGE)),
        (Inner("Flatten", {}), (4, *IMAGE)),
    ):
        yield from grid("TimeDistributed", shape, {"layer": [inner]})


def preprocessing() -> Iterator[Case]:
    for shape in (SEQUENCE, IMAGE):
        yield from grid("Normalization", shape, {"mean": [0.5], "variance": [2.0], "invert": [False, True]})
    yield from grid(
        "Normalization", SEQUENCE, {"mean": [[1.0, 2.0, 3.0, 4.0]], "variance": [[1.0, 2.0, 3.0, 4.0]]}
    )
    ways = {"interpolation": ["nearest", "bilinear"]}
    yield from in_both_formats("Resizing", 2, {"height": [5, 18], "width": [12]} | ways)
    yield from in_both_formats("Resizing", 2, {"height": [18], "width": [12], "interpolation": ["bicubic"]})
    yield from grid("Resizing", IMAGE, {"height": [5], "width": [12], "crop_to_aspect_ratio": [True]})
    yield from grid("Resizing", IMAGE, {"height": [5], "width": [12], "pad_to_aspect_ratio": [True]})
    yield from in_both_formats("CenterCrop", 2, {"height": [3, 9], "width": [4, 5]})
    yield from grid("CenterCrop", IMAGE, {"height": [12], "width": [4]})
    for shape in ((4,), (1,), (3, 4)):
        modes: dict[str, list[Any]] = {"output_mode": ["multi_hot", "one_hot", "count"]}
        yield from grid("CategoryEncoding", shape, {"num_tokens": [6]} | modes, integers=6)
        yield from grid(
            "Discretization",
            shape,
            {"bin_boundaries": [[-1.0, 0.0, 0.5]]} | modes | {"output_mode": ["int", *modes["output_mode"]]},
        )


CASES = [
    *preprocessing(),
    *wrapping(),
    *attention(),
    *plain_layers(),
    *convolutions(),
    *pooling(),
    *reshaping(),
    *normalization(),
    *merging(),
    *recurrent(),
]
