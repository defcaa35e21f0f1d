"""Errors of files, told with the file's name, the user's line and a cure."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeVar

from irkit.errors import ArgumentError, FileError, IrkitError, MissingFileError
from irkit.frontends.base.misuse import shown
from irkit.ir.source import caller

M = TypeVar("M")


def not_written(error: Exception, path: str) -> IrkitError:
    """What a failed save means."""
    folder = Path(path).parent
    if not isinstance(error, OSError):
        return _placed(error, path, "Give another name, or other data.")
    if not folder.exists():
        problem, cure = f"there is no folder '{folder}'.", f"Make it first: os.makedirs({str(folder)!r})."
        return MissingFileError(problem, source=str(caller()), layer=path, cure=cure)
    return FileError(
        f"cannot be written: {_reason(error)}.",
        source=str(caller()),
        layer=path,
        cure="Save it elsewhere, or make room.",
    )


def not_read(error: Exception, path: str, kind: str) -> IrkitError:
    """What a failed load means. kind: of file that is expected, e.g. "a model saved by irkit (.irk)"."""
    if not isinstance(error, OSError):
        return _placed(error, path, f"Is the file complete? Give {kind}, and save or download it again.")
    if isinstance(error, FileNotFoundError):
        cure = f"Look for it from the working directory, {_folder_shown()}, or give the whole path."
        return MissingFileError("there is no such file.", source=str(caller()), layer=path, cure=cure)
    return FileError(
        f"cannot be read: {_reason(error)}.",
        source=str(caller()),
        layer=path,
        cure=f"Give the path of {kind}.",
    )


def _placed(error: Exception, path: str, cure: str) -> IrkitError:
    assert isinstance(error, IrkitError)
    error.at(str(caller()), path)
    error.cure = error.cure or cure
    return error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _folder_shown() -> str:
    return f"'{Path.cwd().name}'"  # its name tells enough, and nothing about the machine


def path_of(filepath: object, what: str) -> str:
    """The path of a file as text. Raises FileError for what is none, such as a model in its place."""
    if isinstance(filepath, str | os.PathLike):
        return os.fspath(filepath)
    raise FileError(
        f"{what} takes the path of a file. Received: a {type(filepath).__name__}.",
        source=str(caller()),
        cure="Give a str or a Path; look at the order of the arguments.",
    )


def model_of(model: Any, kind: type[M], what: str) -> M:  # what the user gave
    """`model`, which must be of that kind. Raises ArgumentError."""
    if isinstance(model, kind):
        return model
    raise ArgumentError(
        f"{what} takes a model first. Received: {shown(model)}.",
        source=str(caller()),
        cure=f"Write {what}(model, path).",
    )
