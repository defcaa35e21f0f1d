"""What onnxruntime says when it fails, told with the layer and the user's line: its messages name the
node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from irkit.errors import ExecutionError, IrkitError, UnsupportedError

if TYPE_CHECKING:
    from irkit.backends.lowering import Lowered

# A node is called "layer|graph.index" (proto/README.md §7); what onnxruntime fused keeps that and adds to it.
_NODE = re.compile(r"\|(\d+)\.(\d+)(?=['\")/_ ])")
_PREFIX = re.compile(r"^\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : ")
_STATUS = re.compile(r".*Status Message: ", re.DOTALL)


def run_error(lowered: Lowered, error: Exception) -> IrkitError:
    """An error of a run: AssertionFailed or ExecutionError. The innermost node is named last."""
    text = _PREFIX.sub("", str(error))
    problem = f"onnxruntime failed: {_STATUS.sub('', text).strip() or text}"
    found = _NODE.findall(text)
    told = (
        lowered.failure(int(found[-1][0]), int(found[-1][1]), problem) if found else ExecutionError(problem)
    )
    if isinstance(told, ExecutionError) and not told.cure and "out of data bounds" in text:
        told.cure = "An index must be below the size that it looks up in, e.g. Embedding's input_dim."
    return told


def creation_error(lowered: Lowered, error: Exception) -> IrkitError:
    """An error from before the first run: onnxruntime lacks an operator or an element type, or folded an
    Assert."""
    located = run_error(lowered, error)
    if not isinstance(located, ExecutionError):
        return located
    return UnsupportedError(
        located.problem.replace("failed:", "cannot run the model:"),
        source=located.source,
        layer=located.layer,
        cure="The interpreter may.",
    )
