"""One step of a plan: a closure that reads slots of the frame, calls a kernel and writes slots.

The inner loop of the interpreter is ``for step in steps: step(frame)``. Closures made for one, two and three
inputs cost 0.1 µs beside the kernel; one general form costs three times that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

Frame: TypeAlias = list[Any]  # the values of one call, by slot; slot 0 is None for ever
Step: TypeAlias = Callable[[Frame], None]
Kernel: TypeAlias = Callable[..., Any]

ABSENT = 0


def make_step(kernel: Kernel, inputs: Sequence[int], outputs: Sequence[int], dead: Sequence[int]) -> Step:
    """The step that puts kernel(*inputs) into `outputs` and then forgets the slots in `dead`."""
    dead = tuple(dead)
    if len(outputs) != 1:
        return _many_outputs(kernel, tuple(inputs), tuple(outputs), dead)
    match len(inputs):
        case 1:
            return _one_input(kernel, inputs[0], outputs[0], dead)
        case 2:
            return _two_inputs(kernel, inputs[0], inputs[1], outputs[0], dead)
        case 3:
            return _three_inputs(kernel, inputs[0], inputs[1], inputs[2], outputs[0], dead)
    return _many_inputs(kernel, tuple(inputs), outputs[0], dead)


def _one_input(kernel: Kernel, a: int, out: int, dead: tuple[int, ...]) -> Step:
    def step(frame: Frame) -> None:
        result = kernel(frame[a])
        frame[out] = result[0] if result.__class__ is tuple else result
        for slot in dead:
            frame[slot] = None

    return step


def _two_inputs(kernel: Kernel, a: int, b: int, out: int, dead: tuple[int, ...]) -> Step:
    def step(frame: Frame) -> None:
        result = kernel(frame[a], frame[b])
        frame[out] = result[0] if result.__class__ is tuple else result
        for slot in dead:
            frame[slot] = None

    return step


def _three_inputs(kernel: Kernel, a: int, b: int, c: int, out: int, dead: tuple[int, ...]) -> Step:
    def step(frame: Frame) -> None:
        result = kernel(frame[a], frame[b], frame[c])
        frame[out] = result[0] if result.__class__ is tuple else result
        for slot in dead:
            frame[slot] = None

    return step


def _many_inputs(kernel: Kernel, inputs: tuple[int, ...], out: int, dead: tuple[int, ...]) -> Step:
    read: Callable[[Frame], Any] = itemgetter(*inputs) if inputs else lambda _: ()

    def step(frame: Frame) -> None:
        result = kernel(*read(frame))
        frame[out] = result[0] if result.__class__ is tuple else result
        for slot in dead:
            frame[slot] = None

    return step


def _many_outputs(
    kernel: Kernel, inputs: tuple[int, ...], outputs: tuple[int, ...], dead: tuple[int, ...]
) -> Step:
    def step(frame: Frame) -> None:
        result = kernel(*[frame[slot] for slot in inputs])
        results = result if result.__class__ is tuple else (result,)
        for slot, one in zip(outputs, results, strict=False):  # a kernel may make more than the node has
            frame[slot] = one
        for slot in dead:
            frame[slot] = None

    return step
