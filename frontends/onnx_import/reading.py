"""Getting the ModelProto: from a path, from bytes, or as it is. Weights in other files only when asked for."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, Union

import numpy as np

from irkit.errors import FormatError, UnsupportedError

if TYPE_CHECKING:
    import onnx

Source: TypeAlias = Union["str | os.PathLike[str]", bytes, "onnx.ModelProto"]


def read(source: Source) -> onnx.ModelProto:
    """The message. Raises FormatError where it is not one, OSError."""
    import onnx  # noqa: PLC0415  # only who imports a model pays for it
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    if isinstance(source, onnx.ModelProto):
        return source
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except (DecodeError, ValueError) as error:
        raise FormatError(f"this is not an ONNX model: {error}.") from None
    if not model.HasField("graph"):
        raise FormatError("this is not an ONNX model: there is no graph in it.")
    return model


class ExternalData:
    """Files beside the model that hold its weights. folder: None where they are not to be read."""

    def __init__(self, folder: str | None) -> None:
        self.folder = folder
        self._files: dict[str, np.ndarray] = {}

    def read(self, tensor: onnx.TensorProto) -> np.ndarray:
        """The bytes of a tensor. Raises UnsupportedError unless allowed, FormatError for a wrong path or place."""
        facts = {entry.key: entry.value for entry in tensor.external_data}
        location = facts.get("location", "")
        if self.folder is None:
            raise UnsupportedError(
                f"the data of '{tensor.name}' is in another file, '{location[:80]}'.",
                cure="irkit.import_onnx(path, external_data=True) reads it, from beside the model.",
            )
        data = self._file(location)
        start, length = _number(facts, "offset", 0), _number(facts, "length", len(data))
        length = min(length, len(data) - start) if "length" not in facts else length
        if start < 0 or length < 0 or start + length > len(data):
            raise FormatError(f"the data of '{tensor.name}' lies outside its file '{location[:80]}'.")
        return data[start : start + length]

    def _file(self, location: str) -> np.ndarray:
        if location not in self._files:
            self._files[location] = _mapped(str(self.folder), location)
        return self._files[location]


def _number(facts: dict[str, str], key: str, default: int) -> int:
    try:
        return int(facts.get(key, default))
    except ValueError:
        raise FormatError(f"{key} of external data is {facts[key][:40]!r}, not a number.") from None


def _mapped(folder: str, location: str) -> np.ndarray:
    """The file at `location` in `folder`: below it, through no link. Raises FormatError."""
    parts = location.replace("\\", "/").split("/")
    if not location or "\0" in location or any(p in ("", "..") for p in parts) or ":" in parts[0]:
        raise FormatError(f"external data must lie beside the model, not at {location[:80]!r}.")
    try:
        handle = _opened(folder, [p for p in parts if p != "."])
    except OSError as error:
        raise FormatError(
            f"external data {location[:80]!r} cannot be read: {error.strerror}; links are not followed."
        ) from None
    with os.fdopen(handle, "rb") as file:
        size = os.fstat(handle).st_size
        return np.memmap(file, np.uint8, "r") if size else np.zeros(0, np.uint8)


def _opened(folder: str, parts: list[str]) -> int:
    """Opened step by step, so that no part of the path can be a link."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = inner
        handle = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    finally:
        os.close(at)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, "not a plain file")
    return handle
