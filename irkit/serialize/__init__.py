"""The model file: one file that holds a whole model, and no code. proto/README.md is its specification."""

from irkit.serialize.container import Kind, Section
from irkit.serialize.model_file import FileInfo, info, load, load_samples, save
from irkit.serialize.vectors import Sample

__all__ = ["FileInfo", "Kind", "Sample", "Section", "info", "load", "load_samples", "save"]
