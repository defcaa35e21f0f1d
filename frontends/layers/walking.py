"""Walking along the steps of a sequence with a function of one step, where ONNX has no operator for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from irkit.errors import UnsupportedError
from irkit.frontends import ops
from irkit.frontends.tensors.tensor import Tensor

# (input of one step, states) → (output, new states)
Step: TypeAlias = Callable[[Tensor, list[Tensor]], tuple[Tensor, list[Tensor]]]


def zero_state(sequences: Tensor, *sizes: int) -> Tensor:
    """Zeros (batch, *sizes) for the batch of `sequences`."""
    return ops.zeros((sequences.shape[0], *sizes), dtype=sequences.dtype)


def refuse_stateful(stateful: bool) -> None:
    """Raises UnsupportedError for a layer that is to keep its state from call to call."""
    if stateful:
        raise UnsupportedError(
            "stateful=True keeps a state from call to call, which is not supported.",
            cure="Use return_state=True and pass initial_state yourself.",
        )


def with_states(output: Tensor, states: Sequence[Tensor], wanted: bool) -> Any:  # a tensor, or a list
    """The output, and where they are wanted the last states."""
    return [output, *states] if wanted else output


def step_mask(given: Any, sequences: bool, states: int) -> Any:  # masks or None
    """Mask of what a recurrent layer returns: that of its steps where it returns `sequences`; states have none."""
    first = given[0] if isinstance(given, list) else given
    own = first if sequences else None
    return [own, *[None] * states] if states else own


def walked(
    step: Step,
    sequences: Tensor,
    states: Sequence[Tensor],
    mask: Tensor | None = None,
    backwards: bool = False,
    zero_masked: bool = False,
) -> tuple[Tensor, list[Tensor]]:
    """Outputs of all steps, in the order of the steps, and the last states.

    mask: (batch, steps), false where a step is left out: states stay, the output is the one before (or zero).
    """
    slices = [_steps_first(sequences)]
    if mask is None:
        last, outputs = ops.scan(
            lambda carry, x: step(x[0], list(carry))[::-1], list(states), slices, reverse=backwards
        )
        return _batch_first(outputs), list(last)
    slices.append(ops.expand_dims(ops.transpose(ops.cast(mask, "bool")), -1))
    first = ops.zeros_like(step(slices[0][0], list(states))[0])  # its shape; the steps overwrite it
    (last, _), outputs = ops.scan(
        lambda carry, x: _masked(step, carry, x[0], x[1], zero_masked),
        (list(states), first),
        slices,
        reverse=backwards,
    )
    return _batch_first(outputs), list(last)


def _masked(
    step: Step, carry: tuple[list[Tensor], Tensor], x: Tensor, seen: Tensor, zero_masked: bool
) -> tuple[tuple[list[Tensor], Tensor], Tensor]:
    states, before = carry
    output, new = step(x, list(states))
    output = _chosen(seen, output, ops.zeros_like(output) if zero_masked else before)
    kept = [_chosen(seen, n, s) for n, s in zip(new, states, strict=True)]
    return (kept, output), output


def _chosen(seen: Tensor, new: Tensor, old: Tensor) -> Tensor:
    """`new` for samples whose step is seen, else `old`. seen: (batch, 1)"""
    wide = seen if new.ndim == seen.ndim else ops.reshape(seen, (-1, *(1,) * (new.ndim - 1)))
    chosen = ops.where(wide, new, old)
    assert isinstance(chosen, Tensor)
    return chosen


def _steps_first(x: Tensor) -> Tensor:
    return ops.transpose(x, (1, 0, *range(2, x.ndim)))


_batch_first = _steps_first
