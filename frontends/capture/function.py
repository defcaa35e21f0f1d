"""@irkit.function: a Python function that runs as a graph, made anew whenever what it was made from has changed.

    @irkit.function
    def step(x): …

    step(x)         captured by the first call, run by onnxruntime from then on
    step.stats()    how often what happened

Each graph belongs to one signature (dtypes, structure, plain values; exact sizes at first, open ones as soon as a
second size is seen) and to the facts that were read outside (guards.py). Where capture refuses, the function runs
eagerly, as if it were not decorated, and one line of log says why. A graph that fails at run time has changed nothing;
then, too, the function runs eagerly, and raises what it raises.
"""

from __future__ import annotations

import functools
import inspect
import logging
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from types import MethodType
from typing import Any

import numpy as np
from numpy import ndarray

from irkit.errors import AssumptionError, CaptureError, IrkitError, ShapeError, UnsupportedError
from irkit.frontends.capture import arguments, runtime
from irkit.frontends.capture.compiled import Compiled, Options, compiled
from irkit.frontends.capture.foreign import StandsFor
from irkit.frontends.capture.sizes_seen import Pattern, Shapes, fits, relaxed
from irkit.frontends.capture.speculation import Profile
from irkit.frontends.tensors.definition import current_scope
from irkit.frontends.tensors.tensor import EagerTensor
from irkit.ir import Array
from irkit.ir.source import Source

log = logging.getLogger("irkit")

MAX_GRAPHS = 32  # of one function; further signatures run eagerly
MAX_KEPT = 8  # of one signature, for facts that change to and fro, and sizes
MAX_RECAPTURES = 16  # for one signature whose guards fail again and again
_KNOWN_SHAPES = 1024
DEFAULT = Options()
KEPT_AS = "_irkit_function_"  # how the attributes of objects begin that hold the functions of their methods


@dataclass(slots=True)
class Stats:
    """What calls of a function came to. refused: why, for the signatures that run eagerly."""

    graph_calls: int = 0
    eager_calls: int = 0
    captures: int = 0
    guard_failures: int = 0
    relaxations: int = 0
    failed_runs: int = 0
    failed_assumptions: int = 0
    refused: list[str] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class _Signature:
    """All that is known for calls with one key.

    ready: by exact shapes, the graph used last. graphs: all. seen: shapes, for relaxation.
    profile: for speculation. rigid: sizes stay exact. refusal: why calls run eagerly.
    """

    ready: dict[Shapes, Compiled] = field(default_factory=dict)
    graphs: list[Compiled] = field(default_factory=list)
    seen: list[Shapes] = field(default_factory=list)
    profile: Profile = field(default_factory=Profile)
    captures: int = 0
    rigid: bool = False
    refusal: str | None = None


class Function(StandsFor):
    """A callable that runs `python` as a graph.  name: in log lines."""

    def __init__(self, python: Callable[..., Any], options: Options = DEFAULT) -> None:
        functools.update_wrapper(self, python, updated=())
        self.python = python
        self.options = options
        self._signatures: dict[Hashable, _Signature] = {}
        self._quick: dict[tuple[np.dtype[Any], tuple[int, ...]], Compiled] = {}  # for calls with one tensor
        self._graph_calls = 0
        self._stats = Stats()
        self._lock = threading.RLock()

    @property
    def __code__(self) -> Any:  # as a function has; whoever looks at a layer's `call` finds the user's
        return self.python.__code__

    # ---- calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if current_scope().capturing is not None:
            return self.inline(args, kwargs)
        if len(args) == 1 and not kwargs:  # the commonest call, without the detours of the general one
            x = args[0]
            array = x.array if x.__class__ is EagerTensor else x
            if array.__class__ is ndarray:
                graph = self._quick.get((array.dtype, array.shape))
                if graph is not None and graph.guards.hold():
                    return self._run(graph, graph.again, (array,), args, kwargs)
        call = arguments.read(args, kwargs)
        signature = self._signatures.get(call.key)
        if signature is not None:
            graph = signature.ready.get(call.shapes)
            if graph is not None and graph.guards.hold():
                return self._run(graph, graph.run, call.arrays, args, kwargs)
        return self._missed(call, args, kwargs)

    def inline(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The call as a part of another capture."""
        session = runtime.current()
        return self.run_eagerly(args, kwargs) if session is None else session.call(self.python, args, kwargs)

    def _run(
        self,
        graph: Compiled,
        run: Callable[[Sequence[Array]], Any],
        arrays: Sequence[Array],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        """The results of `graph`, by one of its ways to run; should it fail, those of the function itself."""
        try:
            result = run(arrays)
        except IrkitError as error:
            return self._failed(graph, args, kwargs, error)
        self._graph_calls += 1
        return result

    def _failed(
        self, graph: Compiled, args: tuple[Any, ...], kwargs: dict[str, Any], error: IrkitError
    ) -> Any:
        """A graph that failed has changed nothing: the call runs eagerly."""
        self._stats.failed_runs += 1
        log.debug("irkit: a graph of %s failed, so it runs eagerly: %s", self._told(), error)
        call = arguments.read(args, kwargs)
        signature = self._signatures[call.key]
        if graph.assumed:
            self._drop(signature, graph)
            self._stats.failed_assumptions += 1
            return signature.profile.relax(lambda: self.eager(*args, **kwargs), graph.assumed)
        if graph.pattern != call.shapes and isinstance(error, ShapeError | AssumptionError):
            # open sizes made demands that these inputs do not meet: from now on, exact sizes
            signature.rigid = True
            self._drop(signature, graph)
        return self.eager(*args, **kwargs)

    def _drop(self, signature: _Signature, graph: Compiled) -> None:
        with self._lock:
            signature.graphs = [g for g in signature.graphs if g is not graph]
            signature.ready.clear()
            self._quick.clear()

    def eager(self, *args: Any, **kwargs: Any) -> Any:
        """The call without a graph. Arrays become tensors, as for a layer."""
        self._stats.eager_calls += 1
        positional, named = arguments.mapped_call(arguments.as_tensor, args, kwargs)
        return self.run_eagerly(positional, named)

    def run_eagerly(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The user's own code, as it stands there."""
        return self.python(*args, **kwargs)

    # ---- when there is no graph yet

    def _missed(self, call: arguments.Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if arguments.any_symbolic(args, kwargs):  # a functional model is being defined
            return self.run_eagerly(args, kwargs)
        with self._lock:
            signature = self._signatures.setdefault(call.key, _Signature())
            if self.options.speculate and not signature.profile.ready and not signature.refusal:
                return signature.profile.run(lambda: self.eager(*args, **kwargs))
            graph = None if signature.refusal else self._graph_for(signature, call, args, kwargs)
        if graph is None:
            return self.eager(*args, **kwargs)
        failures = self._stats.failed_runs
        result = self._run(graph, graph.run, call.arrays, args, kwargs)
        alone = len(args) == 1 and not kwargs and isinstance(args[0], ndarray | EagerTensor)
        if alone and self._stats.failed_runs == failures:
            self._quick[call.arrays[0].dtype, call.shapes[0]] = graph
        return result

    def _graph_for(
        self, signature: _Signature, call: arguments.Call, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Compiled | None:
        """A graph whose guards hold: one of open sizes that fits, or a new one. None: the call runs eagerly."""
        if len(signature.ready) >= _KNOWN_SHAPES:
            signature.ready.clear()
            self._quick.clear()
        for graph in signature.graphs:
            if fits(graph.pattern, call.shapes) and graph.guards.hold():
                signature.ready[call.shapes] = graph
                return graph
        self._note_failures(signature, call)
        made = self._captured(signature, call, args, kwargs)
        if made is not None:
            del signature.graphs[MAX_KEPT - 1 :]
            signature.graphs.insert(0, made)  # those whose facts do not hold now may be wanted again
            signature.ready[call.shapes] = made
        return made

    def _note_failures(self, signature: _Signature, call: arguments.Call) -> None:
        for graph in signature.graphs:
            if fits(graph.pattern, call.shapes):
                self._stats.guard_failures += 1
                log.debug("irkit: %s is captured again: %s", self._told(), "; ".join(graph.guards.broken()))

    def _captured(
        self, signature: _Signature, call: arguments.Call, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Compiled | None:
        if (
            signature.captures >= MAX_RECAPTURES
            or sum(len(s.graphs) for s in self._signatures.values()) >= MAX_GRAPHS
        ):
            self._refuse(signature, f"{self._stats.captures} graphs were made, and none serves for long")
            return None
        reason = ""
        answers = signature.profile.stable() if self.options.speculate else {}
        for pattern in self._patterns(signature, call.shapes):
            try:
                made = compiled(self.python, args, kwargs, pattern, self.options, answers)
            except (CaptureError, UnsupportedError) as error:
                reason = str(error)
            except Exception as error:  # noqa: BLE001  # the program's own mistake: its eager run tells it better
                reason = f"{type(error).__name__}: {error}"
            else:
                signature.captures += 1
                self._stats.captures += 1
                self._stats.relaxations += pattern != call.shapes
                return made
            signature.rigid = True
        self._refuse(signature, reason)
        return None

    def _patterns(self, signature: _Signature, shapes: Shapes) -> list[Pattern]:
        """What to leave open: the sizes that were seen to differ; where that is refused, none."""
        if shapes not in signature.seen:
            signature.seen.append(shapes)
        exact: Pattern = shapes
        if signature.rigid or len(signature.seen) == 1:
            return [exact]
        return [relaxed(signature.seen), exact]

    def _refuse(self, signature: _Signature, reason: str) -> None:
        signature.refusal = reason
        self._stats.refused.append(reason)
        log.warning("irkit: %s runs eagerly: %s", self._told(), " ".join(reason.split()))

    def _told(self) -> str:
        code = getattr(inspect.unwrap(self.python), "__code__", None)
        name = getattr(self.python, "__qualname__", None) or getattr(self.python, "shown", "a function")
        return (
            f"{name} ({Source(code.co_filename.rpartition('/')[2], code.co_firstlineno)})"
            if code
            else str(name)
        )

    # ---- looking at it

    def stats(self) -> Stats:
        """What calls came to so far."""
        return replace(self._stats, graph_calls=self._graph_calls, refused=list(self._stats.refused))

    @property
    def graphs(self) -> list[Compiled]:
        """The graphs that were made and still serve."""
        return [g for s in self._signatures.values() for g in s.graphs]

    def reset(self) -> None:
        """Forget every graph, and why others were refused."""
        with self._lock:
            self._signatures.clear()
            self._quick.clear()
            self._stats, self._graph_calls = Stats(), 0

    # ---- as a method

    def __get__(self, instance: Any, owner: type | None = None) -> Function:
        """The function of one object: its graphs are kept by the object, and go when it goes."""
        if instance is None:
            return self
        kept = getattr(instance, "__dict__", None)
        if kept is None:
            raise UnsupportedError(
                f"objects of {type(instance).__name__} cannot keep the graphs of their method {self._told()}.",
                cure="Leave out __slots__, or decorate a function that takes the object.",
            )
        name = f"{KEPT_AS}{self.python.__name__}"
        found: Function | None = kept.get(name)
        if found is None or found.python.__self__ is not instance:  # type: ignore[attr-defined]  # a method
            method = MethodType(self.python, instance)
            found = kept[name] = Function(method, self.options)
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies begin without graphs."""
        return type(self), (self.python, self.options)


def function(
    python: Callable[..., Any] | None = None,
    *,
    speculate: bool = False,
    backend: str | None = None,
    threads: int | None = None,
) -> Any:
    """Make a function, method or layer run as a graph. Use it as a decorator, with or without arguments.

    Args:
        python: what runs; calls on arrays give tensors.
        speculate: also assume what never changed in the first calls, which run eagerly; see speculation.py.
        backend: who computes: "onnxruntime" where it is installed, else "interpreter".
        threads: for the kernels of one call; as many as there are cores when not given.
    """
    options = Options(speculate, backend, threads)
    if python is None:
        return functools.partial(function, speculate=speculate, backend=backend, threads=threads)
    return Function(python, options)
