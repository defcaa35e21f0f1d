"""The C interface of the C++ runtime (cpp_runtime/include/irkit/irkit.h) as ctypes sees it."""

from __future__ import annotations

import ctypes as c
import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from irkit.errors import (
    ArgumentError,
    AssertionFailed,
    AssumptionError,
    ExecutionError,
    FormatError,
    GraphError,
    IrkitError,
    LimitError,
    ShapeError,
    UnsupportedError,
)

LIBRARY = "IRKIT_LIBRARY"  # environment variable: path of libirkit.so
MAX_RANK = 32
KIND_TENSOR, KIND_SEQUENCE, KIND_OPTIONAL = 0, 1, 2  # irkit_kind

# irkit_code → the exception of the same name
ERRORS: Mapping[int, type[IrkitError]] = {
    1: ShapeError,
    2: GraphError,
    3: FormatError,
    4: LimitError,
    5: AssumptionError,
    6: AssertionFailed,
    7: UnsupportedError,
    10: ArgumentError,
}


class Tensor(c.Structure):
    """irkit_tensor."""

    _fields_ = [
        ("dtype", c.c_int),
        ("rank", c.c_int32),
        ("dims", c.c_int64 * MAX_RANK),
        ("data", c.c_void_p),
        ("size", c.c_size_t),
    ]


class Value(c.Structure):
    """irkit_value."""

    _fields_ = [
        ("kind", c.c_int),
        ("tensors", c.POINTER(Tensor)),
        ("count", c.c_size_t),
    ]


class SessionOptions(c.Structure):
    """irkit_session_options."""

    _fields_ = [
        ("struct_size", c.c_size_t),
        ("library", c.c_char_p),
        ("threads", c.c_int32),
        ("disable_prepacking", c.c_int32),
        ("optimization", c.c_int),
        ("disable_arena", c.c_int32),
        ("log_level", c.c_int),
        ("log", c.c_void_p),
        ("log_user", c.c_void_p),
        ("provider", c.c_char_p),
        ("disable_spinning", c.c_int32),
        ("profile", c.c_int32),
        ("timeout_microseconds", c.c_uint64),
    ]


class RunOptions(c.Structure):
    """irkit_run_options."""

    _fields_ = [
        ("struct_size", c.c_size_t),
        ("canceller", c.c_void_p),
        ("timeout_microseconds", c.c_uint64),
    ]


class NodeTimeStruct(c.Structure):
    """irkit_node_time."""

    _fields_ = [
        ("struct_size", c.c_size_t),
        ("op", c.c_char_p),
        ("layer", c.c_char_p),
        ("source", c.c_char_p),
        ("calls", c.c_uint64),
        ("microseconds", c.c_uint64),
    ]


_POINTER, _POINTERS = c.c_void_p, c.POINTER(c.c_void_p)
_VALUES, _TENSOR = c.POINTER(Value), c.POINTER(Tensor)

# function → the type of its result and those of its arguments
_DECLARED: Mapping[str, tuple[Any, list[Any]]] = {
    "irkit_model_open": (_POINTER, [c.c_char_p, _POINTER, _POINTERS]),
    "irkit_model_free": (None, [_POINTER]),
    "irkit_session_create": (_POINTER, [_POINTER, c.POINTER(SessionOptions), _POINTERS]),
    "irkit_session_free": (None, [_POINTER]),
    "irkit_run_values": (
        _POINTER,
        [_POINTER, _VALUES, c.c_size_t, _VALUES, c.c_size_t, c.POINTER(RunOptions), _POINTERS],
    ),
    "irkit_result_free": (None, [_POINTER]),
    "irkit_session_get_state": (_POINTER, [_POINTER, c.c_char_p, _TENSOR, _POINTERS]),
    "irkit_session_set_state": (_POINTER, [_POINTER, c.c_char_p, _TENSOR]),
    "irkit_session_reset_states": (_POINTER, [_POINTER]),
    "irkit_session_end_profile": (_POINTER, [_POINTER, _POINTERS]),
    "irkit_profile_count": (c.c_size_t, [_POINTER]),
    "irkit_profile_get": (_POINTER, [_POINTER, c.c_size_t, c.POINTER(NodeTimeStruct)]),
    "irkit_profile_free": (None, [_POINTER]),
    "irkit_error_code": (c.c_int, [_POINTER]),
    "irkit_error_message": (c.c_char_p, [_POINTER]),
    "irkit_error_layer": (c.c_char_p, [_POINTER]),
    "irkit_error_source": (c.c_char_p, [_POINTER]),
    "irkit_error_free": (None, [_POINTER]),
}


class Library:
    """The functions that we use, with their types. Raises UnsupportedError where the library is not to be
    found."""

    def __init__(self) -> None:
        self.path = _found()
        library = c.CDLL(str(self.path))
        for name, (result, arguments) in _DECLARED.items():
            function = getattr(library, name, None)
            if function is None:
                raise UnsupportedError(
                    f"The C++ runtime {self.path} is older than this irkit: it has no {name}.",
                    cure="Build it again with scripts/build_runtime.sh.",
                )
            function.restype, function.argtypes = result, arguments
        self.open, self.free_model = library.irkit_model_open, library.irkit_model_free
        self.create, self.free_session = library.irkit_session_create, library.irkit_session_free
        self.run, self.free_result = library.irkit_run_values, library.irkit_result_free
        self.get_state, self.set_state = library.irkit_session_get_state, library.irkit_session_set_state
        self.reset_states = library.irkit_session_reset_states
        self.end_profile, self.free_profile = library.irkit_session_end_profile, library.irkit_profile_free
        self.profile_count, self.get_profile = library.irkit_profile_count, library.irkit_profile_get
        self._library = library

    def check(self, error: int | None) -> None:
        """Raise what the C function returned, if it returned an error."""
        if not error:
            return
        library = self._library
        kind = ERRORS.get(library.irkit_error_code(error), ExecutionError)
        message, layer, source = (
            f(error).decode()
            for f in (library.irkit_error_message, library.irkit_error_layer, library.irkit_error_source)
        )
        library.irkit_error_free(error)
        raise kind(message, source=source, layer=f"layer '{layer}'" if layer else "")


def _found() -> Path:
    """libirkit.so: where the environment says, beside the package, or where CMake builds it."""
    for path in _places():
        if path.is_file():
            return path
    raise UnsupportedError(
        "The C++ runtime (libirkit.so) is not to be found.",
        cure=f"Build it with scripts/build_runtime.sh, or set {LIBRARY} to its path.",
    )


def _places() -> Iterator[Path]:
    if os.environ.get(LIBRARY):
        yield Path(os.environ[LIBRARY])
        return
    here = Path(__file__).resolve().parent  # backends/ of the repository, or irkit/backends of a wheel
    yield here / "libirkit.so"
    yield here.parent / "libirkit.so"
    yield here.parent / "build" / "cpp_runtime" / "libirkit.so"


def onnxruntime_library() -> str | None:
    """The shared library in onnxruntime's wheel, which need not be imported for that; None when there is
    none."""
    spec = find_spec("onnxruntime")
    folder = Path(spec.origin).parent / "capi" if spec is not None and spec.origin else None
    found = sorted(folder.glob("libonnxruntime.so.1*")) if folder is not None else []
    return str(found[-1]) if found else None
