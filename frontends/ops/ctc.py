"""Connectionist temporal classification: sequences of labels without known places.  https://doi.org/10.1145/1143844.1143891"""

from __future__ import annotations

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends.ops.activation import log_softmax
from irkit.frontends.ops.arithmetic import add, multiply, negative
from irkit.frontends.ops.comparison import equal, greater_equal, less, logical_or, where
from irkit.frontends.ops.creation import arange, zeros_like
from irkit.frontends.ops.functions import logaddexp
from irkit.frontends.ops.gathering import take_along_axis
from irkit.frontends.ops.indexing import getitem
from irkit.frontends.ops.joining import concatenate
from irkit.frontends.ops.operands import Operand, cast_to, floating, tensor
from irkit.frontends.ops.reduction import argmax, max, sum
from irkit.frontends.ops.sequences import scan
from irkit.frontends.ops.shaping import broadcast_to, expand_dims, moveaxis
from irkit.frontends.ops.sorting import argsort
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["ctc_decode", "ctc_loss"]

_NEVER = -1e5  # the logarithm of a probability of nothing, as Keras has it
_HEAD, _TAIL = (slice(None), slice(0, 1)), (slice(None), slice(1, None))
_FRONT = (slice(None), slice(None, -1))


def ctc_loss(
    target: TensorLike,
    output: TensorLike,
    target_length: TensorLike,
    output_length: TensorLike,
    mask_index: int = 0,
) -> Tensor:
    """−ln of the probability of each target: (n, labels), (n, time, classes), (n,), (n,) → (n,)."""
    logits = floating(output)
    logits = cast_to(logits, DType.float32) if logits.type.dtype.bits < 32 else logits
    labels = cast_to(tensor(target), DType.int32)
    logs = log_softmax(logits)
    label_places = expand_dims(labels, 1)
    emitted = take_along_axis(logs, broadcast_to(label_places, [*logs.shape[:2], labels.shape[1]]), -1)
    blanks = getitem(logs, (..., slice(mask_index, mask_index + 1)))
    over = greater_equal(arange(logs.shape[1]), expand_dims(cast_to(tensor(output_length), DType.int32), 1))
    state = _start(logs, labels)
    steps = (moveaxis(emitted, 1, 0), moveaxis(blanks, 1, 0), moveaxis(expand_dims(over, -1), 1, 0))
    repeats = _repeats(labels, logs)

    def turn(
        before: tuple[Tensor, Tensor], now: tuple[Tensor, Tensor, Tensor]
    ) -> tuple[tuple[Tensor, Tensor], None]:
        return _after(before, now, repeats), None

    (blank, label), _ = scan(turn, state, steps)
    ends = _joined_by(blank, label)
    length = cast_to(expand_dims(tensor(target_length), 1), DType.int64)
    return negative(getitem(take_along_axis(ends, length, 1), (slice(None), 0)))


def _start(logs: Tensor, labels: Operand) -> tuple[Tensor, Tensor]:
    """At first no label has been said."""
    none = add(multiply(cast_to(labels, logs.type.dtype), 0.0), _NEVER)
    first = zeros_like(getitem(none, _HEAD))
    return concatenate([first, none], 1), none


def _repeats(labels: Operand, logs: Tensor) -> Tensor:
    """1 where a label is the same as the next: then a blank must stand between them."""
    same = cast_to(equal(getitem(labels, _FRONT), getitem(labels, _TAIL)), logs.type.dtype)
    return concatenate([same, zeros_like(cast_to(getitem(labels, _HEAD), logs.type.dtype))], 1)


def _joined_by(blank: Tensor, more: Tensor) -> Tensor:
    """Ways that end in a blank, and those that come in by a label."""
    return concatenate([getitem(blank, _HEAD), logaddexp(getitem(blank, _TAIL), more)], 1)


def _after(
    before: tuple[Tensor, Tensor], now: tuple[Tensor, Tensor, Tensor], repeats: Tensor
) -> tuple[Tensor, Tensor]:
    """One step of time: what is said goes on, or a blank, or the next label comes."""
    blank, label = before
    emitted, silent, over = now
    open_ways = _joined_by(blank, add(label, multiply(repeats, _NEVER)))
    next_label = logaddexp(add(getitem(open_ways, _FRONT), emitted), add(label, emitted))
    closing = add(add(label, silent), multiply(add(negative(repeats), 1.0), _NEVER))
    next_blank = _joined_by(add(open_ways, silent), closing)
    return where(over, blank, next_blank), where(over, label, next_label)


def ctc_decode(
    inputs: TensorLike,
    sequence_lengths: TensorLike,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int | None = 0,
) -> tuple[Tensor, Tensor]:
    """The most probable labels: (n, time, classes), (n,) → (1, n, time) int32 filled up with −1, and scores (n, 1).

    strategy: "greedy". Raises UnsupportedError for "beam_search".
    """
    if strategy == "beam_search":
        raise UnsupportedError(
            "beam_search keeps a set of paths of changing size, which no operator does.",
            cure="Use strategy='greedy'.",
        )
    if strategy != "greedy":
        raise ArgumentError(f"strategy must be 'greedy' or 'beam_search'. Received: {strategy!r}.")
    logits = floating(inputs)
    blank = mask_index if mask_index is not None else int(logits.shape[-1]) - 1
    time = arange(logits.shape[1])
    over = greater_equal(time, expand_dims(cast_to(tensor(sequence_lengths), DType.int32), 1))
    best = where(over, blank, argmax(logits, -1))
    scores = where(over, 0.0, max(logits, -1))
    silent = equal(best, blank)
    if merge_repeated:
        same = equal(getitem(best, _TAIL), getitem(best, _FRONT))
        first = less(getitem(best, _HEAD), 0)
        silent = logical_or(silent, concatenate([first, same], 1))
    labels = where(silent, -1, best)
    order = argsort(where(silent, cast_to(tensor(logits.shape[1]), DType.int32), time), -1)
    moved = take_along_axis(labels, order, -1)
    return expand_dims(cast_to(moved, DType.int32), 0), expand_dims(negative(sum(scores, 1)), 1)
