"""Lowering: a model → the Program that is deployed (PROGRAM section, ONNX), with the fewest nodes."""

from irkit.backends.lowering.lower import lower
from irkit.backends.lowering.lowered import Lowered

__all__ = ["Lowered", "lower"]
