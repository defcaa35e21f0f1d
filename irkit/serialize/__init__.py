"""The model file: one file that holds a whole model, and no code. proto/README.md is its specification."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from irkit.serialize.container import Kind as Kind
    from irkit.serialize.container import Section as Section
    from irkit.serialize.container import Verify as Verify
    from irkit.serialize.model_file import FileInfo as FileInfo
    from irkit.serialize.model_file import info as info
    from irkit.serialize.model_file import load as load
    from irkit.serialize.model_file import load_samples as load_samples
    from irkit.serialize.model_file import save as save
    from irkit.serialize.spans import Span as Span
    from irkit.serialize.spans import byte_map as byte_map
    from irkit.serialize.spans import digest as digest
    from irkit.serialize.vectors import Sample as Sample

# Imported when first used: a program that defines a model and runs it needs no protobuf.
_PLACES = {
    "FileInfo": "model_file",
    "Kind": "container",
    "Sample": "vectors",
    "Span": "spans",
    "byte_map": "spans",
    "digest": "spans",
    "Section": "container",
    "Verify": "container",
    "info": "model_file",
    "load": "model_file",
    "load_samples": "model_file",
    "save": "model_file",
}

__all__ = [
    "FileInfo",
    "Kind",
    "Sample",
    "Section",
    "Span",
    "Verify",
    "byte_map",
    "digest",
    "info",
    "load",
    "load_samples",
    "save",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # one of the names above
    if name not in _PLACES:
        raise AttributeError(f"module 'irkit.serialize' has no attribute {name!r}")
    return getattr(importlib.import_module(f"irkit.serialize.{_PLACES[name]}"), name)
