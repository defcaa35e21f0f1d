"""What can run a model. Backends stand above this file and are found by name, so that frontends need not know them."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from irkit.errors import ArgumentError
from irkit.ir import Array, DType, GraphModel

# Names of our own backends; others announce themselves as entry points of the group "irkit.backends".
_BUILT_IN: Mapping[str, str] = {
    "interpreter": "irkit.backends.interpreter:Interpreter",
    "onnxruntime": "irkit.backends.onnxruntime:OnnxRuntime",
    "native": "irkit.backends.native:Native",
}
_EXPORT = "irkit.backends.onnx_export:export_onnx"
_LOWERING = "irkit.backends.lowering:lower"
_CHECK = "irkit.backends.program_check:check_program"


class States(Protocol):
    """What an executable keeps from call to call, by name. Empty for a model without states."""

    def __getitem__(self, name: str) -> Array: ...

    def __setitem__(self, name: str, value: Array) -> None:
        """Raises ShapeError when dtype or shape differ."""

    def __iter__(self) -> Iterator[str]: ...

    def __len__(self) -> int: ...

    def reset(self) -> None:
        """Back to the values that the model was saved with."""


class Executable(Protocol):
    """A model that is ready to run."""

    @property
    def states(self) -> States:
        """The states that its calls share; replaced by a call that succeeds, left alone by one that fails."""

    def run(self, inputs: Sequence[Any]) -> list[Any]:
        """Arrays (lists for sequences, None for an absent optional) for the user's inputs → the user's outputs.

        Raises ShapeError when dtypes, sizes or constraints do not fit, AssumptionError, AssertionFailed,
        ExecutionError.
        """


class Backend(Protocol):
    """Makes models executable."""

    def prepare(self, model: GraphModel, **options: object) -> Executable:
        """`model`, ready to run. Raises UnsupportedError for what the backend cannot do, ArgumentError for options."""


class StoredTensor(NamedTuple):
    """A line of the table of contents of WEIGHTS. name: the weight's path, "" for a constant. offset: in WEIGHTS."""

    name: str
    dtype: DType
    dims: tuple[int, ...]
    offset: int
    length: int


class Lowered(Protocol):
    """The deployed form of a model, as it stands in the PROGRAM section of a file."""

    @property
    def tensors(self) -> Sequence[Array]:
        """Data that the program refers to by number; a file puts it into its WEIGHTS section.

        A weight's own array (`weight.data`, the same object) is stored once, under the weight's name.
        """

    def to_bytes(self, ir_hash: int, table: Sequence[StoredTensor], numbers: Sequence[int]) -> bytes:
        """The section's bytes. ir_hash: XXH3-64 of the IR section. table: every tensor in WEIGHTS, sorted by offset,
        which is `Program.tensors`. numbers: for each of `tensors`, which line of the table it is; no line twice."""

    def onnx_bytes(self) -> bytes:
        """The onnx.ModelProto with all its data inside, for programs that know nothing of irkit."""


def lower(model: GraphModel) -> Lowered:
    """The deployed form of `model`. Raises UnsupportedError for what no runtime could execute."""
    lowered: Lowered = _load(_LOWERING)(model)
    return lowered


def check_program(section: bytes, ir_hash: int) -> list[StoredTensor]:
    """The table of contents of WEIGHTS in a PROGRAM section, which keeps every rule of the format.

    ir_hash: XXH3-64 of the IR section. Raises FormatError, GraphError, LimitError, UnsupportedError.
    """
    table: list[StoredTensor] = _load(_CHECK)(section, ir_hash)
    return table


def export_onnx(model: GraphModel, path: str) -> None:
    """Write `model` as an ONNX file. Raises UnsupportedError, OSError."""
    _load(_EXPORT)(model, path)


def backend(name: str) -> Backend:
    """The backend called `name`. Raises ArgumentError with the names that exist."""
    if name in _BUILT_IN:
        found = _load(_BUILT_IN[name])
    else:
        others = {e.name: e for e in importlib.metadata.entry_points(group="irkit.backends")}
        if name not in others:
            known = ", ".join(sorted({*_BUILT_IN, *others}))
            raise ArgumentError(f"There is no backend called {name!r}.", cure=f"There are {known}.")
        found = others[name].load()
    made: Backend = found()
    return made


def _load(place: str) -> Any:  # noqa: ANN401  # whatever stands there
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)
