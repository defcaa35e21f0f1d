"""More calls of irkit.ops: shapes, indices, products, networks, images, signals. See keras_ops_cases."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.conformance.keras_ops_cases import (
    ALL,
    BOOL,
    CASES,
    F32,
    NUMBERS,
    Call,
    Draw,
    arrays,
    case,
    cases,
    shapes,
)

__all__ = ["CASES"]

MIXED = ("float32", "int32", "bool")

# ---- shapes


@case("reshape")
def _(draw: Draw) -> Call:
    x = draw(arrays(MIXED, (2, 3, 4)))
    return (x, draw(st.sampled_from([(6, 4), (-1,), (4, -1, 3), (2, 12), (24, 1)]))), {}


@case("transpose")
def _(draw: Draw) -> Call:
    x = draw(arrays(MIXED))
    return (x,), draw(st.sampled_from([{}, {"axes": draw(st.permutations(range(x.ndim)))}]))


@case("squeeze")
def _(draw: Draw) -> Call:
    return (draw(arrays(MIXED, (1, 3, 1))),), {"axis": draw(st.sampled_from([None, 0, -1, (0, 2)]))}


@case("expand_dims")
def _(draw: Draw) -> Call:
    x = draw(arrays(MIXED))
    return (x, draw(st.integers(-x.ndim - 1, x.ndim))), {}


@cases("swapaxes", "moveaxis")
def _(draw: Draw, name: str) -> Call:
    x = draw(arrays(MIXED, shapes(2, 4)))
    axis = st.integers(-x.ndim, x.ndim - 1)
    return (x, draw(axis), draw(axis)), {}


@case("flip")
def _(draw: Draw) -> Call:
    x = draw(arrays(MIXED, shapes(1, 3)))
    return (x,), {"axis": draw(st.sampled_from([None, 0, -1]))}


@cases("fliplr", "flipud")
def _(draw: Draw, name: str) -> Call:
    return (draw(arrays(F32, shapes(2, 3))),), {}


@case("rot90")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, shapes(2, 3))),), {"k": draw(st.integers(-1, 4))}


@case("roll")
def _(draw: Draw) -> Call:
    x = draw(arrays(MIXED, shapes(1, 3)))
    return (x, draw(st.integers(-5, 5))), {"axis": draw(st.sampled_from([None, 0, -1]))}


@case("broadcast_to")
def _(draw: Draw) -> Call:
    return (draw(arrays(MIXED, (3, 1))), draw(st.sampled_from([(3, 4), (2, 3, 1), (3, 1)]))), {}


@case("tile")
def _(draw: Draw) -> Call:
    return (draw(arrays(MIXED, (2, 3))), draw(st.sampled_from([(2, 1), (1, 2), (2, 1, 3)]))), {}


@case("repeat")
def _(draw: Draw) -> Call:
    x = draw(arrays(MIXED, (2, 3)))
    return draw(st.sampled_from([((x, 2), {}), ((x, 3), {"axis": 1}), ((x, [1, 2]), {"axis": 0})]))


@cases("concatenate", "stack", "hstack", "vstack", "dstack")
def _(draw: Draw, name: str) -> Call:
    shape = draw(shapes(1, 3))
    xs = [draw(arrays(MIXED, shape)) for _ in range(draw(st.integers(1, 3)))]
    options = (
        {"axis": draw(st.integers(-len(shape), len(shape) - 1))} if name in ("concatenate", "stack") else {}
    )
    return (xs,), options


@case("append")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 3))), draw(arrays(F32, (2, 3)))), {
        "axis": draw(st.sampled_from([None, 0, 1]))
    }


@cases("split", "array_split")
def _(draw: Draw, name: str) -> Call:
    x = draw(arrays(MIXED, (4, 6)))
    return (x, draw(st.sampled_from([2, [1, 3], 1] if name == "split" else [3, 4]))), {
        "axis": draw(st.sampled_from([0, -2]))
    }


@cases("hsplit", "vsplit", "dsplit")
def _(draw: Draw, name: str) -> Call:
    return (draw(arrays(F32, (2, 4, 6))), 2), {}


@case("unstack")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 3))),), {"axis": draw(st.integers(-2, 1))}


@case("pad")
def _(draw: Draw) -> Call:
    x = draw(arrays(("float32", "int32"), (3, 4)))
    mode = draw(st.sampled_from(["constant", "reflect", "symmetric"]))
    options = {"constant_values": 2} if mode == "constant" and draw(st.booleans()) else {}
    return (x, draw(st.sampled_from([((1, 2), (0, 1)), ((0, 0), (2, 1))]))), {"mode": mode, **options}


@case("meshgrid")
def _(draw: Draw) -> Call:
    return tuple(draw(arrays(F32, (n,))) for n in (2, 3)), {"indexing": draw(st.sampled_from(["xy", "ij"]))}


# ---- creation


@case("arange")
def _(draw: Draw) -> Call:
    return draw(
        st.sampled_from(
            [
                ((5,), {}),
                ((1, 7, 2), {}),
                ((0.0, 1.0, 0.25), {}),
                ((3,), {"dtype": "float32"}),
                ((5, 0, -2), {}),
            ]
        )
    )


@cases("linspace", "logspace", "geomspace")
def _(draw: Draw, name: str) -> Call:
    low, high = draw(st.sampled_from([(1.0, 2.0), (0.5, 4.0)]))
    return (low, high), {"num": draw(st.integers(2, 6)), "endpoint": draw(st.booleans())}


@cases("eye", "tri")
def _(draw: Draw, name: str) -> Call:
    return draw(st.sampled_from([((3,), {}), ((3, 4), {"k": 1}), ((2, 4), {"k": -1, "dtype": "int32"})]))


@cases("zeros", "ones", "identity")
def _(draw: Draw, name: str) -> Call:
    return (draw(st.sampled_from([3, 2])) if name == "identity" else (2, 3),), draw(
        st.sampled_from([{}, {"dtype": "int32"}])
    )


@case("full")
def _(draw: Draw) -> Call:
    return ((2, 3), draw(st.sampled_from([2, 1.5]))), draw(st.sampled_from([{}, {"dtype": "int32"}]))


@case("full_like")
def _(draw: Draw) -> Call:
    return (draw(arrays(NUMBERS)), 3), draw(st.sampled_from([{}, {"dtype": "float32"}]))


@cases("bartlett", "blackman", "hamming", "hanning")
def _(draw: Draw, name: str) -> Call:
    return (draw(st.integers(2, 9)),), {}


@case("kaiser")
def _(draw: Draw) -> Call:
    return (draw(st.integers(2, 9)), 4.0), {}


# ---- indices


@case("take")
def _(draw: Draw) -> Call:
    x = draw(arrays(MIXED, (3, 4)))
    return (x, draw(arrays(("int32",), shapes(0, 2), 0, 2))), {
        "axis": draw(st.sampled_from([None, 0, 1, -1]))
    }


@case("take_along_axis")
def _(draw: Draw) -> Call:
    x = draw(arrays(F32, (3, 4)))
    return (x, draw(arrays(("int32",), (3, 2), 0, 3))), {"axis": 1}


@case("get_item")
def _(draw: Draw) -> Call:
    x = draw(arrays(MIXED, (3, 4, 5)))
    part = st.one_of(
        st.integers(-3, 2),
        st.slices(3),
        st.just(slice(None)),
        st.just(slice(None, None, -1)),
    )
    key = tuple(draw(st.lists(part, min_size=1, max_size=3)))
    extra = draw(st.sampled_from([(), (Ellipsis,), (None,)]))
    return (x, extra + key), {}


@case("nonzero")
def _(draw: Draw) -> Call:
    return (draw(arrays(ALL, shapes(1, 3), -1, 1)),), {}


@cases("sort", "argsort")
def _(draw: Draw, name: str) -> Call:
    x = draw(arrays(NUMBERS, shapes(1, 3)))
    if name == "argsort":
        x = np.unique(x)
    return (x,), {"axis": draw(st.integers(-x.ndim, x.ndim - 1))}


@case("top_k")
def _(draw: Draw) -> Call:
    return (np.unique(draw(arrays(("float32", "int32"), (3, 5)))).reshape(-1), 1), {}


@case("in_top_k")
def _(draw: Draw) -> Call:
    return (draw(arrays(("int32",), (3,), 0, 3)), draw(arrays(F32, (3, 4)))), {"k": draw(st.integers(1, 3))}


@case("searchsorted")
def _(draw: Draw) -> Call:
    edges = np.sort(draw(arrays(F32, (5,))))
    return (edges, draw(arrays(F32, shapes(1, 1)))), {"side": draw(st.sampled_from(["left", "right"]))}


@case("digitize")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32)), np.array([-2.0, 0.0, 1.5, 4.0], "float32")), {}


@case("bincount")
def _(draw: Draw) -> Call:
    x = draw(arrays(("int32",), shapes(1, 2), 0, 6))
    options: dict[str, Any] = {"minlength": draw(st.sampled_from([0, 9]))}
    if draw(st.booleans()):
        options["weights"] = draw(arrays(F32, x.shape))
    return (x,), options


@case("histogram")
def _(draw: Draw) -> Call:
    values = (
        np.random.default_rng(draw(st.integers(0, 999))).normal(size=8).astype("float32")
    )  # none on an edge
    return (values,), draw(st.sampled_from([{}, {"bins": 4}, {"bins": 3, "range": (-4.0, 4.0)}]))


@case("unravel_index")
def _(draw: Draw) -> Call:
    return (draw(arrays(("int32",), (4,), 0, 23)), (2, 3, 4)), {}


@cases("segment_sum", "segment_max", "segment_min", "segment_prod")
def _(draw: Draw, name: str) -> Call:
    ids = draw(
        st.permutations([0, 1, 2, 2, 0])
    )  # what an empty segment gives, differs between Keras's backends
    return (draw(arrays(F32, (5, 2))), np.array(ids, "int32")), {"num_segments": 3}


@case("one_hot")
def _(draw: Draw) -> Call:
    x = draw(arrays(("int32", "int64"), shapes(1, 2), -1, 4))
    return (x, 4), {"axis": draw(st.sampled_from([-1, 0, 1]))}


@case("multi_hot")
def _(draw: Draw) -> Call:
    return (draw(arrays(("int32",), (3, 2), 0, 3)), 4), {}


@cases("diag", "diagflat", "diagonal", "trace", "tril", "triu")
def _(draw: Draw, name: str) -> Call:
    rank = {"diag": (1, 2), "diagflat": (1, 2)}.get(name, (2, 3))
    x = draw(arrays(NUMBERS if name == "trace" else MIXED, shapes(*rank)))
    key = "offset" if name in ("diagonal", "trace") else "k"
    return (x,), {key: draw(st.integers(-1, 1))}


@case("vander")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (3,))),), {
        "N": draw(st.sampled_from([None, 2, 5])),
        "increasing": draw(st.booleans()),
    }


@case("slice")
def _(draw: Draw) -> Call:
    return (draw(arrays(MIXED, (4, 5))), (draw(st.integers(0, 2)), 1), (2, 3)), {}


@case("slice_update")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (4, 5))), (draw(st.integers(0, 2)), 1), draw(arrays(F32, (2, 3)))), {}


@case("scatter")
def _(draw: Draw) -> Call:
    return (draw(arrays(("int32",), (4, 1), 0, 4)), draw(arrays(F32, (4,))), (5,)), {}


@case("scatter_update")
def _(draw: Draw) -> Call:
    places = np.array([[0, 1], [2, 0], [1, 2]])
    reduction = draw(st.sampled_from([None, "add", "max", "min", "mul"]))
    return (draw(arrays(F32, (3, 3))), places, draw(arrays(F32, (3,)))), {"reduction": reduction}


@case("cast")
def _(draw: Draw) -> Call:
    return (draw(arrays(ALL, None, 0, 8)), draw(st.sampled_from(["float32", "int32", "bool", "int64"]))), {}


@case("saturate_cast")
def _(draw: Draw) -> Call:
    x = draw(arrays(("float32", "int32"), None, -300, 300))
    to = ["int8", "uint8"] + (["float32"] if x.dtype == "float32" else [])  # Keras wraps integers around
    return (x, draw(st.sampled_from(to))), {}


@case("rearrange")
def _(draw: Draw) -> Call:
    x = draw(arrays(F32, (2, 6, 4)))
    return draw(
        st.sampled_from(
            [
                ((x, "a b c -> c a b"), {}),
                ((x, "a (h w) c -> a h w c"), {"h": 2}),
                ((x, "a b c -> (b a) c"), {}),
            ]
        )
    )


# ---- products


@cases("matmul", "dot", "inner")
def _(draw: Draw, name: str) -> Call:
    n = draw(st.integers(1, 4))
    options = [((3, n), (n, 2) if name != "inner" else (2, n)), ((n,), (n,)), ((3, n), (n,))]
    if name == "matmul":
        options += [((2, 3, n), (n, 2)), ((2, 1, 3, n), (2, n, 2))]
    a, b = draw(st.sampled_from(options))
    dtype = draw(st.sampled_from(["float32", "int32", "int8"] if name == "matmul" else ["float32"]))
    return (draw(arrays((dtype,), a)), draw(arrays((dtype,), b))), {}


@case("tensordot")
def _(draw: Draw) -> Call:
    a, b = draw(arrays(F32, (2, 3, 4))), draw(arrays(F32, (3, 4, 5)))
    return (a, b), {"axes": draw(st.sampled_from([2, ((1, 2), (0, 1)), ((2,), (1,))]))}


@case("einsum")
def _(draw: Draw) -> Call:
    a, b = draw(arrays(F32, (2, 3, 4))), draw(arrays(F32, (2, 4, 5)))
    return (draw(st.sampled_from(["bij,bjk->bik", "bij,bjk->bk", "bij, cjk -> bcik"])), a, b), {}


@cases("outer", "vdot", "kron")
def _(draw: Draw, name: str) -> Call:
    return (draw(arrays(F32, (2, 3))), draw(arrays(F32, (2, 3)))), {}


@case("cross")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 3))), draw(arrays(F32, (2, 3)))), {}


@case("correlate")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (6,))), draw(arrays(F32, (3,)))), {
        "mode": draw(st.sampled_from(["valid", "same", "full"]))
    }


@case("corrcoef")
def _(draw: Draw) -> Call:
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    return (rng.normal(size=(3, 6)).astype("float32"),), {}


@case("cdist")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (3, 4))), draw(arrays(F32, (2, 4)))), {}


@cases("inv", "det", "slogdet", "logdet", "solve", "lu_factor", "qr", "pinv", "matrix_rank", "lstsq")
def _(draw: Draw, name: str) -> Call:
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    n = draw(st.integers(1, 5))
    shape = (n, n) if name == "lu_factor" else (*draw(st.sampled_from([(), (2,)])), n, n)
    if name in ("qr", "pinv", "matrix_rank", "lstsq"):
        shape = (draw(st.integers(n, 6)), n)
    a = rng.normal(size=shape).astype("float32")
    if name in ("solve", "lstsq"):
        return (a, rng.normal(size=(*shape[:-1], 2)).astype("float32")), {}
    return (a,), {}


@cases("cholesky", "cholesky_inverse", "solve_triangular")
def _(draw: Draw, name: str) -> Call:
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    a = rng.normal(size=(4, 4)).astype("float32")
    positive = a @ a.T + 4 * np.eye(4, dtype="float32")
    if name == "cholesky":
        return (positive,), {"upper": draw(st.booleans())}
    lower = np.linalg.cholesky(positive)
    if name == "cholesky_inverse":
        return (lower,), {}
    return (lower, rng.normal(size=(4, 2)).astype("float32")), {"lower": True}


@case("norm")
def _(draw: Draw) -> Call:
    x = draw(arrays(F32, (3, 4)))
    options = draw(
        st.sampled_from(
            [
                {},
                {"axis": 0},
                {"axis": 1, "ord": 1},
                {"ord": np.inf, "axis": -1},
                {"ord": "fro"},
                {"ord": 3, "axis": 0},
            ]
        )
    )
    return (x,), {**options, "keepdims": draw(st.booleans())}


# ---- networks


@cases("conv", "depthwise_conv", "separable_conv", "conv_transpose")
def _(draw: Draw, name: str) -> Call:
    rank = draw(st.integers(1, 2))
    channels, filters = 3, draw(st.sampled_from([2, 4]))
    grid = tuple(draw(st.integers(4, 7)) for _ in range(rank))
    window = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    x = draw(arrays(F32, (2, *grid, channels), -2, 2))
    stride = draw(st.integers(1, 2))
    options: dict[str, Any] = {"padding": draw(st.sampled_from(["valid", "same"])), "strides": stride}
    if name == "conv" and stride == 1:
        options["dilation_rate"] = draw(st.integers(1, 2)) if max(window) < 3 else 1
    if name == "separable_conv":
        kernels = (
            draw(arrays(F32, (*window, channels, 2), -2, 2)),
            draw(arrays(F32, (*(1,) * rank, 6, filters), -2, 2)),
        )
        return (x, *kernels), options
    last = {
        "conv": (channels, filters),
        "depthwise_conv": (channels, 2),
        "conv_transpose": (filters, channels),
    }[name]
    return (x, draw(arrays(F32, (*window, *last), -2, 2))), options


@cases("max_pool", "average_pool")
def _(draw: Draw, name: str) -> Call:
    rank = draw(st.integers(1, 2))
    x = draw(arrays(F32, (2, *(draw(st.integers(3, 7)) for _ in range(rank)), 2)))
    return (x, draw(st.integers(1, 3))), {
        "padding": draw(st.sampled_from(["valid", "same"])),
        "strides": draw(st.sampled_from([None, 1, 2])),
    }


@cases("adaptive_max_pool", "adaptive_average_pool")
def _(draw: Draw, name: str) -> Call:
    return (draw(arrays(F32, (2, 7, 6, 2))), draw(st.sampled_from([1, 2, 3, (2, 3), (7, 6)]))), {}


@case("batch_normalization")
def _(draw: Draw) -> Call:
    x = draw(arrays(F32, (2, 4, 3)))
    vectors = [draw(arrays(F32, (3,), 0.25, 2)) for _ in range(4)]
    options = {"offset": vectors[2], "scale": vectors[3]} if draw(st.booleans()) else {}
    return (x, vectors[0], vectors[1], -1), options


@cases("layer_normalization", "rms_normalization")
def _(draw: Draw, name: str) -> Call:
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    return (rng.normal(size=(2, 4, 3)).astype("float32"),), {"axis": draw(st.sampled_from([-1, 1]))}


@case("moments")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 4, 3))),), {
        "axes": draw(st.sampled_from([[0], [0, 1], [-1]])),
        "keepdims": draw(st.booleans()),
    }


@case("normalize")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (3, 4))),), {
        "axis": draw(st.sampled_from([0, -1])),
        "order": draw(st.sampled_from([1, 2, 3])),
    }


@case("dot_product_attention")
def _(draw: Draw) -> Call:
    q, k, v = (draw(arrays(F32, (2, 3, 2, 4), -2, 2)) for _ in range(3))
    options: dict[str, Any] = {"is_causal": draw(st.booleans())}
    if draw(st.booleans()):
        options["mask"] = draw(arrays(BOOL, (2, 1, 3, 3)))
    return (q, k, v), options


@cases("categorical_crossentropy", "binary_crossentropy", "sparse_categorical_crossentropy")
def _(draw: Draw, name: str) -> Call:
    logits = draw(st.booleans())
    output = draw(arrays(F32, (3, 4), *((-4, 4) if logits else (0.1, 0.9))))
    target = draw(arrays(("int32",), (3,), 0, 3) if name.startswith("sparse") else arrays(F32, (3, 4), 0, 1))
    return (target, output), {"from_logits": logits}


@case("psnr")
def _(draw: Draw) -> Call:
    a = draw(arrays(F32, (2, 3)))
    return (a, a + np.float32(0.5), 10.0), {}


@case("ctc_loss")
def _(draw: Draw) -> Call:
    target = draw(arrays(("int32",), (2, 3), 1, 3))
    output = draw(arrays(F32, (2, 6, 4), -3, 3))
    return (target, output, np.array([3, 2], "int32"), np.array([6, 5], "int32")), {}


@case("ctc_decode")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 5, 4), -3, 3)), np.array([5, 4], "int32")), {
        "merge_repeated": draw(st.booleans())
    }


@cases("unfold")
def _(draw: Draw, name: str) -> Call:
    return (draw(arrays(F32, (2, 3, 5, 6))), 2), draw(
        st.sampled_from([{}, {"padding": 1}, {"stride": 2, "dilation": 2}])
    )


@case("fold")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 8, 12))), (4, 5), 2), {}


@cases("depth_to_space", "space_to_depth")
def _(draw: Draw, name: str) -> Call:
    return (draw(arrays(F32, (2, 4, 4, 8))), 2), {
        "data_format": draw(st.sampled_from(["channels_last", "channels_first"]))
    }


# ---- signals


@cases("fft", "fft2", "ifft2")
def _(draw: Draw, name: str) -> Call:
    shape = draw(shapes(2, 3))
    return ((draw(arrays(F32, shape)), draw(arrays(F32, shape))),), {}


@case("rfft")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 7))),), {"fft_length": draw(st.sampled_from([None, 8, 5]))}


@case("irfft")
def _(draw: Draw) -> Call:
    x = tuple(draw(arrays(F32, (2, 5))) for _ in range(2))
    return (x,), {"fft_length": draw(st.sampled_from([None, 8, 9]))}


@case("extract_sequences")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 12))), 4, draw(st.sampled_from([1, 2, 4]))), {}


@case("stft")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 24))), 6, 3, 8), {
        "center": draw(st.booleans()),
        "window": draw(st.sampled_from(["hann", "hamming", None])),
    }


@case("istft")
def _(draw: Draw) -> Call:
    x = tuple(draw(arrays(F32, (2, 6, 5))) for _ in range(2))
    return (x, 8, 2, 8), {"center": True}


# ---- images


def _image(draw: Draw, channels: int = 3) -> np.ndarray:
    batch = draw(st.sampled_from([(2,), ()]))
    size = tuple(draw(st.integers(4, 9)) for _ in range(2))
    return draw(arrays(F32, (*batch, *size, channels), 0, 1))


@case("image.resize")
def _(draw: Draw) -> Call:
    how = draw(st.sampled_from(["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]))
    size = (draw(st.integers(2, 12)), draw(st.integers(2, 12)))
    options = {"antialias": draw(st.booleans())} if how in ("bilinear", "bicubic") else {}
    aspect = draw(st.sampled_from([{}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}]))
    return (_image(draw), size), {"interpolation": how, **options, **aspect}


@cases("image.rgb_to_grayscale", "image.rgb_to_hsv", "image.hsv_to_rgb")
def _(draw: Draw, name: str) -> Call:
    return (np.round(_image(draw), 2),), {}  # TensorFlow and JAX disagree about the tiniest colours


@case("image.pad_images")
def _(draw: Draw) -> Call:
    return (_image(draw), 1, 2), {"target_height": 12, "target_width": 13}


@case("image.crop_images")
def _(draw: Draw) -> Call:
    return (_image(draw), 1, 0), {"target_height": 2, "right_cropping": 1}


@case("image.extract_patches")
def _(draw: Draw) -> Call:
    return (_image(draw), draw(st.sampled_from([2, (2, 3)]))), draw(
        st.sampled_from([{}, {"strides": 1, "padding": "same"}])
    )


@case("image.gaussian_blur")
def _(draw: Draw) -> Call:
    # with more channels, or windows that are not square, Keras's backends differ from each other
    return (_image(draw, 1),), {"kernel_size": (3, 3), "sigma": (1.0, 1.0)}


@case("image.affine_transform")
def _(draw: Draw) -> Call:
    angle = draw(st.floats(-0.5, 0.5))
    row = [np.cos(angle), -np.sin(angle), 0.3, np.sin(angle), np.cos(angle), -0.4, 0, 0]
    x = draw(arrays(F32, (2, 6, 7, 3), 0, 1))
    return (x, np.array([row] * 2, "float32")), {"interpolation": "bilinear"}


@case("image.map_coordinates")
def _(draw: Draw) -> Call:
    places = draw(arrays(F32, (2, 5), 0.25, 3.75))
    mode = draw(st.sampled_from(["constant", "nearest", "wrap", "mirror", "reflect"]))
    return (draw(arrays(F32, (5, 6))), places), {"order": 1, "fill_mode": mode}


@case("image.sobel_edges")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (2, 5, 6, 2))),), {}


@case("image.ssim")
def _(draw: Draw) -> Call:
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    a, b = (rng.uniform(size=(2, 12, 13, 3)).astype("float32") for _ in range(2))
    return (a, b), {}


@case("image.perspective_transform")
def _(draw: Draw) -> Call:
    x = draw(arrays(F32, (1, 6, 7, 2), 0, 1))
    corners = np.array([[[0, 0], [6, 0], [0, 5], [6, 5]]], "float32")
    moved = corners + draw(arrays(F32, (1, 4, 2), 0, 1))
    return (x, corners, moved), {}
