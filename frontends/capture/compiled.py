"""One graph of a function, ready to run: the executable, the guards, and how results are laid out."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from irkit import execution
from irkit.errors import UnsupportedError
from irkit.frontends.capture.arguments import mapped_call
from irkit.frontends.capture.capturing import Captured, capture
from irkit.frontends.capture.sizes_seen import Pattern
from irkit.frontends.capture.speculation import Answers, Question, assuming
from irkit.frontends.tensors import state
from irkit.frontends.tensors.input import TensorSpec
from irkit.frontends.tensors.tensor import EagerTensor
from irkit.ir import Array, DType, GraphModel
from irkit.ir.structure import SINGLE


@dataclass(frozen=True, slots=True)
class Options:
    """How a function is made a graph and run.

    speculate: assume what never changed, see speculation.py. backend: who computes; None: onnxruntime where it is
    installed, else the interpreter. threads: for the kernels of one call; None: as many as there are cores.
    """

    speculate: bool = False
    backend: str | None = None
    threads: int | None = None


class Compiled:
    """pattern: the sizes of the inputs that it is for. guards: whether what was read outside still holds.

    run: the results for inputs of the right dtypes and ranks, as the function gives them: with tensors.
    assumed: what the graph checks, see speculation.py.
    again: the same, for inputs of dtypes and shapes that `run` took before.
    """

    __slots__ = ("_again", "_run", "again", "assumed", "captured", "guards", "model", "pattern", "run")

    def __init__(
        self,
        captured: Captured,
        pattern: Pattern,
        options: Options,
        assumed: Mapping[Question, Answers],
    ) -> None:
        self.captured, self.pattern, self.assumed = captured, pattern, assumed
        self.model, self.guards = captured.graph_model, captured.guards
        self._run = _runner(self.model, options)
        self._again = _again(self._run)
        single = self.model.signature.outputs == SINGLE

        self.run: Callable[[Sequence[Array]], Any] = self._run_one if single else self._run_all

        self.again: Callable[[Sequence[Array]], Any] = self._again_one if single else self._run_all

    def _again_one(self, arrays: Sequence[Array]) -> Any:
        return EagerTensor(self._again(arrays)[0])

    def _run_one(self, arrays: Sequence[Array]) -> Any:
        return EagerTensor(self._run(arrays)[0])

    def _run_all(self, arrays: Sequence[Array]) -> Any:
        return self.captured.rebuilt(self._run(arrays))


def _runner(model: GraphModel, options: Options) -> Callable[[Sequence[Array]], list[Array]]:
    executable = _prepared(model, options)
    return (lambda arrays: state.run(executable, model, arrays)) if model.states else executable.run


def _again(run: Callable[[Sequence[Array]], list[Array]]) -> Callable[[Sequence[Array]], list[Array]]:
    """The backend's own quicker way, where it has one."""
    again: Callable[[Sequence[Array]], list[Array]] = getattr(
        getattr(run, "__self__", None), "run_again", run
    )
    return again


def _prepared(model: GraphModel, options: Options) -> execution.Executable:
    """By the backend asked for; else by onnxruntime, or the interpreter where that is missing or cannot."""
    if options.backend is not None:
        return execution.backend(options.backend).prepare(model, threads=options.threads)
    if _has_onnxruntime():
        try:
            return execution.backend("onnxruntime").prepare(model, threads=options.threads)
        except UnsupportedError:  # of an element type, for example, that only the interpreter knows
            pass
    return execution.backend("interpreter").prepare(model)


@cache
def _has_onnxruntime() -> bool:
    return importlib.util.find_spec("onnxruntime") is not None


def compiled(
    python: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    pattern: Pattern,
    options: Options,
    answers: Mapping[Question, Answers],
) -> Compiled:
    """`python`, captured for arguments like these, with the sizes of `pattern`. answers: to be assumed.

    Raises CaptureError, UnsupportedError, and whatever the program itself raises.
    """
    sizes = iter(pattern)

    def spec(x: Any) -> TensorSpec:  # a tensor or array
        return TensorSpec(
            next(sizes), str(DType.of(x.array.dtype if isinstance(x, EagerTensor) else x.dtype))
        )

    positional, named = mapped_call(spec, args, kwargs)
    with assuming(answers) as assumptions:
        captured = capture(python, *positional, **named)
    return Compiled(captured, pattern, options, assumptions.made)
