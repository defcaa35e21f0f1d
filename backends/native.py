"""The C++ runtime from Python, through its C interface: what a deployed model will do, to the bit.

Native().prepare(model, threads=1, timeout=0.1).run([x])
"""

from __future__ import annotations

import ctypes as c
import math
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from irkit.backends.inputs import InputCheck
from irkit.backends.native_abi import (
    Library,
    NodeTimeStruct,
    RunOptions,
    SessionOptions,
    Tensor,
    Value,
    onnxruntime_library,
)
from irkit.backends.native_values import array_of, result_of, tensor_of, value_of
from irkit.errors import ArgumentError, UnknownNameError
from irkit.ir.weights import Weight
from irkit.serialize import save

if TYPE_CHECKING:
    from irkit.ir import Array, GraphModel

_LONGEST = 1e9  # seconds
OPTIMIZATIONS = {"all": 0, "extended": 1, "basic": 2, "none": 3}


@cache
def _library() -> Library:
    return Library()


class Settings(NamedTuple):
    """What a session is made with. threads: 0 for as many as there are cores. seconds: for each call; 0: any time."""

    threads: int = 0
    optimization: int = 0
    seconds: float = 0.0
    profile: bool = False


class Native:
    """The backend called "native"."""

    def prepare(
        self,
        model: GraphModel,
        *,
        threads: int | None = None,
        optimization: str = "all",
        timeout: float | None = None,
        profile: bool = False,
    ) -> NativeModel:
        """`model`, saved and opened by the C++ runtime. Its graph must not change afterwards; its weights
        may be set.

        timeout: seconds after which a call ends with an ExecutionError, also one in an endless loop. profile: measure
        each node, for `end_profile`. Raises ArgumentError, UnsupportedError (also when the library is not to be found).
        """
        if optimization not in OPTIMIZATIONS:
            known = ", ".join(OPTIMIZATIONS)
            raise ArgumentError(f"There is no optimization {optimization!r}.", cure=f"There are {known}.")
        if timeout is not None and not 0 < timeout < _LONGEST:
            raise ArgumentError(
                f"A timeout of {timeout} seconds is impossible.", cure="Give a positive number."
            )
        return NativeModel(
            model, Settings(threads or 0, OPTIMIZATIONS[optimization], timeout or 0.0, profile)
        )


class NativeModel:
    """A model in a session of the C++ runtime. Calls may overlap in several threads."""

    def __init__(self, model: GraphModel, settings: Settings) -> None:
        self._model, self._settings = model, settings
        self._check = InputCheck(model)
        self._outputs = len(model.user_outputs)
        self._options = RunOptions(
            struct_size=c.sizeof(RunOptions), timeout_microseconds=math.ceil(settings.seconds * 1e6)
        )
        self._session: c.c_void_p | None = None
        self.states = NativeStates(model)
        self._enter()

    def run(self, inputs: Sequence[Any]) -> list[Any]:
        """Arrays (lists for sequences, None for an absent optional) for the user's inputs → the user's outputs. See
        irkit.execution.Executable."""
        taken = self._check(inputs)
        if Weight.writes is not self._writes:
            self._enter()
        kept: list[object] = []  # memory that the call reads
        given = (Value * len(taken))(*[value_of(x, kept) for x in taken])
        made = (Value * self._outputs)()
        result = c.c_void_p()
        library, session, options = _library(), self._session, c.byref(self._options)
        library.check(library.run(session, given, len(taken), made, self._outputs, options, c.byref(result)))
        try:
            return [result_of(value) for value in made]
        finally:
            library.free_result(result)

    def end_profile(self) -> list[NodeTime]:
        """What each node took since the session was made, the slowest first. Once only. Raises ArgumentError."""
        library, profile = _library(), c.c_void_p()
        library.check(library.end_profile(self._session, c.byref(profile)))
        try:
            return [_node_time(library, profile, i) for i in range(library.profile_count(profile))]
        finally:
            library.free_profile(profile)

    def _enter(self) -> None:
        """Make a session with the weights of this moment, and the states of the one before."""
        for weight in self._model.graph.weights:
            weight.data  # noqa: B018  # drawn now, since drawing a lazy weight counts as a write
        self._writes = Weight.writes
        before = {name: self.states[name] for name in self.states} if self._session else {}
        self._session = _session(self._model, self._settings)
        weakref.finalize(self, _library().free_session, self._session)
        self.states.enter(self._session, before)


class NativeStates:
    """The states of a session of the C++ runtime, by name. See irkit.execution.States."""

    def __init__(self, model: GraphModel) -> None:
        self._names = model.state_names

    def enter(self, session: c.c_void_p, values: Mapping[str, Array]) -> None:
        """Work on this session, which begins with these values."""
        self._session = session
        for name, value in values.items():
            self[name] = value

    def reset(self) -> None:
        """Back to the values that the model was saved with."""
        _library().check(_library().reset_states(self._session))

    def __getitem__(self, name: str) -> Array:
        library, value, result = _library(), Tensor(), c.c_void_p()
        library.check(library.get_state(self._session, self._known(name), c.byref(value), c.byref(result)))
        try:
            return array_of(value)
        finally:
            library.free_result(result)

    def __setitem__(self, name: str, value: Array) -> None:
        kept: list[object] = []
        given = tensor_of(np.asarray(value), kept)
        _library().check(_library().set_state(self._session, self._known(name), c.byref(given)))

    def _known(self, name: str) -> bytes:
        if name not in self._names:
            known = f"It has {', '.join(self._names)}." if self._names else "It has no states."
            raise UnknownNameError(f"the model has no state called {name!r}.", cure=known)
        return name.encode()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _session(model: GraphModel, settings: Settings) -> c.c_void_p:
    """A session from a file that is gone as soon as it is mapped."""
    library, opened, session = _library(), c.c_void_p(), c.c_void_p()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.irk"
        save(model, path)
        library.check(library.open(str(path).encode(), None, c.byref(opened)))
    found = onnxruntime_library()
    options = SessionOptions(
        struct_size=c.sizeof(SessionOptions),
        library=found.encode() if found else None,
        threads=settings.threads,
        optimization=settings.optimization,
        log_level=2,
        profile=settings.profile,
    )
    try:
        library.check(library.create(opened, c.byref(options), c.byref(session)))
    finally:
        library.free_model(opened)
    return session


class NodeTime(NamedTuple):
    """What a node took in all its calls. op: onnxruntime's, perhaps of several nodes together."""

    op: str
    layer: str
    source: str
    calls: int
    seconds: float


def _node_time(library: Library, profile: c.c_void_p, index: int) -> NodeTime:
    found = NodeTimeStruct(struct_size=c.sizeof(NodeTimeStruct))
    library.check(library.get_profile(profile, index, c.byref(found)))
    op, layer, source = (text.decode() for text in (found.op, found.layer, found.source))
    return NodeTime(op, layer, source, found.calls, found.microseconds * 1e-6)
