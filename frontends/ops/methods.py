"""What tensors offer beyond the functions of Keras: irkit.tensor, and what some methods hand on to."""

from __future__ import annotations

import importlib
from typing import Any

from irkit.errors import UnsupportedError
from irkit.frontends.ops.arithmetic import floor_divide, mod
from irkit.frontends.ops.core import convert_to_tensor
from irkit.frontends.ops.operands import rank_of
from irkit.frontends.ops.shaping import swapaxes
from irkit.frontends.tensors.dtypes import DTypeLike
from irkit.frontends.tensors.tensor import EagerTensor, Tensor, TensorLike
from irkit.ir.source import caller

ARRAY_API = (
    "2021.12",
    "2022.12",
    "2023.12",
    "2024.12",
)  # versions of the standard, of which we have what ONNX has


def tensor(x: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """An eager tensor with the values of `x`, copied: later changes of `x` do not change it.

    Arrays keep their type; Python's numbers become int32, float32 or bool. Raises ArgumentError for what is no tensor.
    """
    made = convert_to_tensor(x, dtype)
    return EagerTensor(made.array.copy()) if isinstance(made, EagerTensor) else made


def divmod_method(x1: TensorLike, x2: TensorLike) -> tuple[Tensor, Tensor]:
    """⌊x1 / x2⌋ and what remains."""
    return floor_divide(x1, x2), mod(x1, x2)


def matrix_transpose_method(x: Tensor) -> Tensor:
    """The last two axes exchanged."""
    return swapaxes(x, rank_of(x) - 2, rank_of(x) - 1)


def array_namespace(api_version: str | None) -> Any:  # a module
    """The functions of the array API standard."""
    if api_version is not None and api_version not in ARRAY_API:
        raise UnsupportedError(
            f"there is no version {api_version!r} of the array API here.",
            source=str(caller()),
            cure=f"There are {', '.join(ARRAY_API)}.",
        )
    return importlib.import_module(
        "irkit.frontends.array_api"
    )  # made of functions of this package, so above it
