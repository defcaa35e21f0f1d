"""The interpreter: runs a graph with the operators' own numpy kernels, along a plan made once.

    Interpreter().prepare(model).run([x])

It is also the referee: with float64=True every float is float64 from the inputs to the outputs.
"""

from irkit.backends.interpreter.interpreter import Interpreter, PlannedModel

__all__ = ["Interpreter", "PlannedModel"]
