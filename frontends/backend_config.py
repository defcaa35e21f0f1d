"""Settings that hold for everything made after they are set, and small questions about tensors and types.

Keras: https://keras.io/api/utils/config_utils/, https://keras.io/api/utils/backend_utils/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from irkit.errors import ArgumentError
from irkit.frontends.base.naming import checked_name, get_uid, reset_uids
from irkit.frontends.tensors.dtypes import DTypeLike, floatx, result_type, set_floatx, standardize_dtype
from irkit.frontends.tensors.tensor import SymbolicTensor
from irkit.ir import DType
from irkit.ir.types import FLOATS, INTEGERS, SMALL_FLOATS

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "name_scope",
    "reset_uids",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]

DATA_FORMATS = ("channels_last", "channels_first")
_epsilon = 1e-7
_image_data_format = "channels_last"


def epsilon() -> float:
    """The small number that keeps logarithms and quotients finite: 1e-7."""
    return _epsilon


def set_epsilon(value: float) -> None:
    """Change `epsilon`."""
    global _epsilon  # noqa: PLW0603  # Keras's setting
    _epsilon = float(value)


def image_data_format() -> str:
    """Where images have their channels when a layer does not say: "channels_last"."""
    return _image_data_format


def set_image_data_format(data_format: str) -> None:
    """Change `image_data_format`. Raises ArgumentError for an unknown format."""
    global _image_data_format  # noqa: PLW0603  # Keras's setting
    _image_data_format = data_format_or_default(data_format)


def data_format_or_default(data_format: str | None) -> str:
    """`data_format`, or the setting where it is None. Raises ArgumentError."""
    if data_format is None:
        return _image_data_format
    found = str(data_format).lower()
    if found not in DATA_FORMATS:
        raise ArgumentError(
            f"unknown data_format {data_format!r}, expected one of 'channels_last', 'channels_first'."
        )
    return found


def backend() -> str:
    """Who computes: "irkit"."""
    return "irkit"


def clear_session(free_memory: bool = True) -> None:
    """Count automatic names anew. There is nothing else to clear: graphs live as long as their tensors."""
    reset_uids()


def is_keras_tensor(x: object) -> bool:
    """Whether `x` is a symbolic tensor, the result of Input or of a layer called on one."""
    return isinstance(x, SymbolicTensor)


@contextmanager
def name_scope(name: str, caller: object = None, **_: object) -> Iterator[str]:
    """Accepted as Keras's, and without effect: a weight's path is made of the layers around it, which have names."""
    yield checked_name(name)


def is_float_dtype(dtype: DTypeLike) -> bool:
    """Whether it is a floating type."""
    return DType.of(dtype) in FLOATS | SMALL_FLOATS


def is_int_dtype(dtype: DTypeLike) -> bool:
    """Whether it is a type of whole numbers, signed or not."""
    return DType.of(dtype) in INTEGERS
