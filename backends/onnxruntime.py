"""onnxruntime in Python: a lowered model in a session, with the weights where they are.

    OnnxRuntime().prepare(model, threads=1).run([x])

Sessions are kept for as long as their model lives, one for each set of options, and made anew after a weight
was set. (Writing *into* the array of a weight is not seen: onnxruntime may have packed it.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import onnxruntime as ort

from irkit.backends.inputs import InputCheck
from irkit.backends.lowering import lower
from irkit.backends.ort_errors import creation_error, run_error
from irkit.backends.ort_values import ExoticRun, is_exotic
from irkit.backends.states import SessionStates
from irkit.errors import ArgumentError
from irkit.ir import TensorType
from irkit.ir.weights import Weight
from irkit.serialize.tensors import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from irkit.backends.lowering import Lowered
    from irkit.ir import Array, GraphModel

OPTIMIZATIONS = {"none": 0, "basic": 1, "extended": 2, "all": 99}
_SILENT = 4  # errors come as exceptions, not on stderr


class Options(NamedTuple):
    """What a session is made with. threads: for the kernels of one call; None: as many as there are cores. profile:
    how the file begins that onnxruntime writes its times to."""

    providers: tuple[str, ...] = ("CPUExecutionProvider",)
    threads: int | None = None
    optimization: str = "all"
    profile: str = ""


class OnnxRuntime:
    """The backend called "onnxruntime"."""

    def prepare(
        self,
        model: GraphModel,
        *,
        providers: Sequence[str] | None = None,
        threads: int | None = None,
        optimization: str = "all",
        profile: str = "",
    ) -> OnnxRuntimeModel:
        """`model` in a session. Its graph must not change afterwards; its weights may be set.

        providers: of onnxruntime, in order of preference. optimization: "none", "basic", "extended" or "all".
        profile: where onnxruntime writes what each kernel takes, when `session.end_profiling()` is called.
        Raises ArgumentError, UnsupportedError.
        """
        if optimization not in OPTIMIZATIONS:
            known = ", ".join(OPTIMIZATIONS)
            raise ArgumentError(f"There is no optimization {optimization!r}.", cure=f"There are {known}.")
        missing = [p for p in providers or () if p not in ort.get_available_providers()]
        if missing:
            known = ", ".join(ort.get_available_providers())
            raise ArgumentError(f"This onnxruntime has no provider {missing[0]}.", cure=f"It has {known}.")
        given = Options() if providers is None else Options(tuple(providers))
        return OnnxRuntimeModel(
            model, given._replace(threads=threads, optimization=optimization, profile=profile)
        )


class OnnxRuntimeModel:
    """A model in a session. Calls may overlap in several threads."""

    def __init__(self, model: GraphModel, options: Options) -> None:
        self._model, self._options = model, options
        self._check = InputCheck(model)
        self.states = SessionStates(model)
        self._stateful = bool(model.states)
        # for arrays of dtypes and shapes that `run` took before: it need not look at them again
        self.run_again: Callable[[Sequence[Any]], list[Any]] = self.run if model.states else self._computed
        self._enter()

    def run(self, inputs: Sequence[Any]) -> list[Any]:
        """Arrays in the order of the user's inputs → the user's outputs. See irkit.execution.Executable."""
        taken = self._check(inputs)
        return self.states.run(self._computed, taken) if self._stateful else self._computed(taken)

    def _computed(self, taken: Sequence[Any]) -> list[Any]:
        if Weight.writes is not self._writes:
            self._enter()
        try:
            return self._run(self._outputs, dict(zip(self._inputs, taken, strict=True)), None)
        except Exception as error:  # noqa: BLE001  # onnxruntime's exceptions have no common base
            raise run_error(self._lowered, error) from None

    @property
    def lowered(self) -> Lowered:
        """What the session runs."""
        return self._lowered

    @property
    def session(self) -> ort.InferenceSession:
        """onnxruntime's own session, for profiling and the like."""
        return self._session

    def _enter(self) -> None:
        """Take the session that holds the weights of this moment."""
        held = _session(self._model, self._options)
        program = held.lowered.program
        self._lowered, self._session, self._writes = held.lowered, held.session, held.writes
        self._inputs = [port.name for port in program.inputs]
        self._outputs = [port.name for port in program.outputs]
        self._run = self._runner()

    def _runner(self) -> Callable[[list[str], dict[str, Any], None], list[Any]]:
        inputs, outputs = (
            [v.type for v in vs] for vs in (self._model.graph.inputs, self._model.graph.outputs)
        )
        if any(is_exotic(t) for t in (*inputs, *outputs)):
            return ExoticRun(self._session, inputs, outputs)
        # `session.run` looks at the names again, which takes as long as a small layer
        inner = getattr(self._session, "_sess", None)
        run: Callable[[list[str], dict[str, Any], None], list[Any]] = (inner or self._session).run
        if all(isinstance(t, TensorType) and t.shape for t in outputs):
            return run
        return lambda *given: [np.asarray(r) if isinstance(r, np.generic) else r for r in run(*given)]


class _Held(NamedTuple):
    """A session, what it was made from, and the data of the weights in it."""

    session: ort.InferenceSession
    lowered: Lowered
    data: dict[Weight, Array]
    writes: object


_sessions: WeakKeyDictionary[GraphModel, dict[Options, _Held]] = WeakKeyDictionary()


def _session(model: GraphModel, options: Options) -> _Held:
    """The session for `model`, from before when its weights are still the same."""
    held = _sessions.setdefault(model, {})
    data = {
        w: w.data for w in model.graph.weights
    }  # drawing a lazy weight counts as a write, so this comes first
    writes = Weight.writes
    found = held.get(options)
    if found is None or any(found.data.get(w) is not array for w, array in data.items()):
        lowered = lower(model)
        found = _Held(_made(lowered, options), lowered, data, writes)
    held[options] = found._replace(writes=writes)
    return held[options]


def _made(lowered: Lowered, options: Options) -> ort.InferenceSession:
    """A session whose large initializers are the weights' own memory: to onnxruntime each is a file of its
    own."""
    proto = lowered.model_proto(inline=False)
    files = {}
    for number, initializer in zip(lowered.program.initializers, proto.graph.initializer, strict=True):
        if initializer.HasField("data_location"):
            files[initializer.name] = data = memoryview(encode(lowered.tensors[number]))
            for entry, value in zip(
                initializer.external_data, (initializer.name, "0", str(data.nbytes)), strict=True
            ):
                entry.value = value  # location, offset, length
    session = _created(lowered, proto.SerializeToString(), options, files)
    session.irkit_files = files  # onnxruntime reads this memory as long as the session lives
    return session


def _created(
    lowered: Lowered, data: bytes, options: Options, files: Mapping[str, memoryview]
) -> ort.InferenceSession:
    """The session. Where the last level of onnxruntime's optimisation refuses a model (of 0 channels, for
    example), the level below may not."""
    try:
        return ort.InferenceSession(data, _settings(options, files), providers=list(options.providers))
    except Exception as error:  # noqa: BLE001  # onnxruntime's exceptions have no common base
        if options.optimization == "all" and "NOT_IMPLEMENTED" not in str(error):
            return _created(lowered, data, options._replace(optimization="extended"), files)
        raise creation_error(lowered, error) from None


def _settings(options: Options, files: Mapping[str, memoryview]) -> ort.SessionOptions:
    settings = ort.SessionOptions()
    settings.log_severity_level = _SILENT
    settings.graph_optimization_level = ort.GraphOptimizationLevel(OPTIMIZATIONS[options.optimization])
    if options.profile:
        settings.enable_profiling, settings.profile_file_prefix = True, options.profile
    if options.threads is not None:
        settings.intra_op_num_threads = options.threads
    # without this entry, which onnxruntime knows from 1.31 on, it copies
    settings.add_session_config_entry("session.use_external_initializer_file_buffers_directly", "1")
    if files:
        lengths = [data.nbytes for data in files.values()]
        settings.add_external_initializers_from_files_in_memory(list(files), list(files.values()), lengths)
    return settings
