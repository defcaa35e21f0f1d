"""Drawn configurations of layers: options and shapes that nobody chose, for each class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.conformance.keras_layers import Case, Inner

Draw = Callable[[st.SearchStrategy[Any]], Any]
ACTIVATIONS = [None, "relu", "tanh", "sigmoid", "gelu", "elu", "softplus", "swish", "leaky_relu"]
small = st.integers(1, 4)
flag = st.booleans()


def _spatial(draw: Draw, rank: int, least: int = 5) -> tuple[int, ...]:
    return tuple(draw(st.integers(least, least + 5)) for _ in range(rank))


def _image(draw: Draw, rank: int, channels: int, least: int = 5) -> tuple[tuple[int, ...], str]:
    """A shape without the batch, and where its channels are."""
    sizes = _spatial(draw, rank, least)
    if draw(flag):
        return (*sizes, channels), "channels_last"
    return (channels, *sizes), "channels_first"


def _one_or_each(draw: Draw, rank: int, most: int) -> Any:
    one = st.integers(1, most)
    return draw(st.one_of(one, st.tuples(*[one] * rank)))


@st.composite
def convolutions(draw: Draw) -> Case:
    rank, groups = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    shape, data_format = _image(draw, rank, groups * draw(small), 7)
    paddings = (
        ["valid", "same", "causal"] if rank == 1 and data_format == "channels_last" else ["valid", "same"]
    )
    arguments = {
        "filters": groups * draw(small),
        "kernel_size": _one_or_each(draw, rank, 3),
        "padding": draw(st.sampled_from(paddings)),
        "data_format": data_format,
        "groups": groups,
        "activation": draw(st.sampled_from(ACTIVATIONS)),
        "use_bias": draw(flag),
    }
    arguments["strides" if draw(flag) else "dilation_rate"] = _one_or_each(draw, rank, 2)
    return Case(f"Conv{rank}D", arguments, (shape,))


@st.composite
def transposed(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    shape, data_format = _image(draw, rank, draw(small), 3)
    arguments = {
        "filters": draw(small),
        "kernel_size": _one_or_each(draw, rank, 3),
        "strides": _one_or_each(draw, rank, 3),
        "padding": draw(st.sampled_from(["valid", "same"])),
        "data_format": data_format,
        "use_bias": draw(flag),
    }
    return Case(f"Conv{rank}DTranspose", arguments, (shape,))


@st.composite
def depthwise(draw: Draw) -> Case:
    rank, separable = draw(st.integers(1, 2)), draw(flag)
    shape, data_format = _image(draw, rank, draw(small), 6)
    arguments = {
        **({"filters": draw(small)} if separable else {}),
        "kernel_size": draw(st.integers(1, 3)),
        "strides": draw(st.integers(1, 2)),
        "padding": draw(st.sampled_from(["valid", "same"])),
        "depth_multiplier": draw(st.integers(1, 3)),
        "data_format": data_format,
        "activation": draw(st.sampled_from(ACTIVATIONS)),
    }
    return Case(f"{'Separable' if separable else 'Depthwise'}Conv{rank}D", arguments, (shape,))


@st.composite
def pooling(draw: Draw) -> Case:
    rank, kind = draw(st.integers(1, 3)), draw(st.sampled_from(["Max", "Average"]))
    shape, data_format = _image(draw, rank, draw(small))
    arguments = {
        "pool_size": _one_or_each(draw, rank, 4),
        "strides": draw(st.one_of(st.none(), small)),
        "padding": draw(st.sampled_from(["valid", "same"])),
        "data_format": data_format,
    }
    return Case(f"{kind}Pooling{rank}D", arguments, (shape,))


@st.composite
def recurrent(draw: Draw) -> Case:
    cls = draw(st.sampled_from(["SimpleRNN", "GRU", "LSTM"]))
    arguments: dict[str, Any] = {
        "units": draw(small),
        "activation": draw(st.sampled_from(["tanh", "relu", "sigmoid", "softsign", "gelu"])),
        "use_bias": draw(flag),
        "return_sequences": draw(flag),
        "return_state": draw(flag),
        "go_backwards": draw(flag),
    }
    if cls == "GRU":
        arguments["reset_after"] = draw(flag)
    if cls != "SimpleRNN":
        arguments["recurrent_activation"] = draw(st.sampled_from(["sigmoid", "hard_sigmoid", "tanh"]))
    case = Case(cls, arguments, ((draw(st.integers(1, 6)), draw(small)),))
    wrapped = draw(flag) and not arguments["return_state"]
    if not wrapped:
        return case
    merge = draw(st.sampled_from(["concat", "sum", "mul", "ave", None]))
    return Case("Bidirectional", {"layer": Inner(cls, arguments), "merge_mode": merge}, case.shapes)


@st.composite
def normalizing(draw: Draw) -> Case:
    cls = draw(st.sampled_from(["BatchNormalization", "LayerNormalization", "GroupNormalization"]))
    rank = draw(st.integers(1, 3))
    shape = (*_spatial(draw, rank - 1, 3), 4 * draw(st.integers(1, 2)))
    arguments: dict[str, Any] = {
        "epsilon": draw(st.sampled_from([1e-3, 1e-2, 0.1])),
        "center": draw(flag),
        "scale": draw(flag),
    }
    if cls == "GroupNormalization":
        arguments["groups"] = draw(st.sampled_from([1, 2, 4]))
    elif cls == "BatchNormalization":
        arguments["axis"] = draw(st.sampled_from([-1, rank]))
    return Case(cls, arguments, (shape,))


@st.composite
def dense(draw: Draw) -> Case:
    shape = (*_spatial(draw, draw(st.integers(0, 2)), 1), draw(st.integers(1, 9)))
    arguments = {"units": draw(st.integers(1, 9)), "activation": draw(st.sampled_from(ACTIVATIONS))}
    return Case("Dense", {**arguments, "use_bias": draw(flag)}, (shape,))


@st.composite
def attention(draw: Draw) -> Case:
    width, target, source = draw(st.integers(2, 8)), draw(st.integers(1, 6)), draw(st.integers(1, 6))
    arguments = {
        "num_heads": draw(st.integers(1, 3)),
        "key_dim": draw(small),
        "value_dim": draw(st.one_of(st.none(), small)),
        "output_shape": draw(st.one_of(st.none(), small)),
        "use_bias": draw(flag),
    }
    call = {"use_causal_mask": draw(flag), "return_attention_scores": draw(flag)}
    return Case("MultiHeadAttention", arguments, ((target, width), (source, width)), call=call, spread=True)


@st.composite
def reshaping(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    shape, data_format = _image(draw, rank, draw(small))
    pair = st.tuples(st.integers(0, 2), st.integers(0, 2))
    around = draw(pair) if rank == 1 else draw(st.tuples(*[pair] * rank))
    kinds: dict[str, dict[str, Any]] = {
        "ZeroPadding": {"padding": around, "data_format": data_format},
        "Cropping": {"cropping": around, **({} if rank == 1 else {"data_format": data_format})},
    }
    kind = draw(st.sampled_from(sorted(kinds)))
    return Case(f"{kind}{rank}D", kinds[kind], (shape,))


STRATEGIES = {
    "convolutions": convolutions(),
    "transposed convolutions": transposed(),
    "depthwise convolutions": depthwise(),
    "pooling": pooling(),
    "recurrent": recurrent(),
    "normalizing": normalizing(),
    "dense": dense(),
    "attention": attention(),
    "reshaping": reshaping(),
}
