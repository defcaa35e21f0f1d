"""The IR's vocabulary: ONNX's operators at opset 23, and a few of irkit's own. One class each, one file for a family.

``python -m irkit.operators`` prints the table of what each can do.
"""

from irkit.operators.arithmetic import Add, Div, Mul, Neg, Sqrt, Sub
from irkit.operators.base import Operator, operator, registry

OPSET = 23
ONNX_IR_VERSION = 11

__all__ = ["Add", "Div", "Mul", "Neg", "Operator", "Sqrt", "Sub", "operator", "registry"]
