"""What a PROGRAM section must be (proto/README.md §4), checked by the rules and in the order of the C++ runtime.

The graphs in it are checked in `irkit.backends.graph_check`, the bytes of its tensors by irkit.serialize.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from irkit.backends.graph_check import check_graphs
from irkit.backends.program import DimOp, Program, TypeKind, from_flatbuffer
from irkit.errors import FormatError, LimitError, UnsupportedError
from irkit.execution import StoredTensor
from irkit.ir import DType, limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from irkit.backends.program import DimP, PortP, TensorP, TypeP

_RESERVED = re.compile(r"_[vw][0-9]+")
_LAST_DTYPE = DType.float8e8m0
_STACK = 64  # numbers that a size may need at once


def check_program(data: bytes, ir_hash: int) -> list[StoredTensor]:
    """The tensors of a section that keeps every rule. Raises FormatError, GraphError, LimitError, UnsupportedError."""
    program = from_flatbuffer(data)
    _check_stamps(program, ir_hash)
    _check_strings(program)
    _check_types(program)
    tensors = [_checked_tensor(tensor) for tensor in program.tensors]
    check_graphs(program)
    return tensors


def _check_stamps(program: Program, ir_hash: int) -> None:
    if program.ir_hash != ir_hash:
        raise FormatError("it was made from another model than section IR.")
    if not 21 <= program.opset <= 23:
        raise UnsupportedError(f"opset {program.opset}; this irkit knows 21 to 23.", cure="Update irkit.")
    if program.onnx_ir_version not in (10, 11):
        raise UnsupportedError(
            f"ONNX IR version {program.onnx_ir_version}; this irkit knows 10 and 11.", cure="Update irkit."
        )


def _check_strings(program: Program) -> None:
    if not program.strings or program.strings[0]:
        raise FormatError("string 0 must be empty.")
    _check_distinct(program.strings, "a string")
    keys = [entry.key.encode() for entry in program.metadata]
    if any(first >= second for first, second in pairwise(keys)):
        raise FormatError("the metadata is not sorted.")


def _check_distinct(names: Sequence[str], what: str) -> None:
    if len(set(names)) != len(names):
        raise FormatError(f"{what} stands twice.")


# ---- inputs, outputs, and what is known about their sizes


def _check_types(program: Program) -> None:
    _check_distinct(program.symbols, "a symbol")
    if "" in program.symbols:
        raise FormatError("a symbol without a name.")
    names = [port.name for port in (*program.inputs, *program.outputs)]
    _check_distinct(names, "the name of an input or output")
    if any(not name or _RESERVED.fullmatch(name) for name in names):
        raise FormatError("the name of an input or output is empty or reserved.")
    count = len(program.symbols)
    bound = _checked_ports(program.inputs, count)
    _checked_ports(program.outputs, count)
    if missing := set(range(count)) - bound:
        raise FormatError(f"no input says the size of symbol '{program.symbols[min(missing)]}'.")
    for constraint in program.constraints:
        _check_dim(constraint.left, count)
        _check_dim(constraint.right, count)
    _check_numbers((a.input for a in program.assumptions), -1, len(program.inputs), "input of an assumption")
    _check_states(program)


def _check_states(program: Program) -> None:
    if any(not state.name for state in program.states):
        raise FormatError("a state without a name.")
    _check_numbers((s.input for s in program.states), 0, len(program.inputs), "input of a state")
    _check_numbers((s.output for s in program.states), 0, len(program.outputs), "output of a state")
    _check_numbers((s.initial for s in program.states), -1, len(program.tensors), "tensor of a state")


def _check_numbers(numbers: Iterable[int], least: int, end: int, what: str) -> None:
    for number in numbers:
        if not least <= number < end:
            raise FormatError(f"number {number} of the {what}.")


def _checked_ports(ports: Iterable[PortP], symbols: int) -> set[int]:
    """Numbers of the symbols that stand alone as a size of a tensor."""
    bound = set[int]()
    for port in ports:
        if port.type is None:
            raise FormatError(f"'{port.name}' has no type.")
        _check_type(port.type, port.name, symbols)
        if port.type.kind == TypeKind.TENSOR:
            alone = [dim.tokens[0] for dim in port.type.dims if len(dim.tokens) == 1]
            bound |= {token.value for token in alone if token.op == DimOp.SYMBOL}
    return bound


def _check_type(type_: TypeP, name: str, symbols: int) -> None:
    holds_more = type_.kind == TypeKind.OPTIONAL
    if type_.kind > TypeKind.OPTIONAL or type_.element_kind > (TypeKind.SEQUENCE if holds_more else 0):
        raise FormatError(f"'{name}' is of no known kind.")
    if not 1 <= type_.dtype <= _LAST_DTYPE:
        raise FormatError(f"'{name}' has no known dtype.")
    if type_.dims and not type_.has_rank:
        raise FormatError(f"'{name}' has sizes but no rank.")
    for dim in type_.dims:
        _check_dim(dim, symbols)
        if len(dim.tokens) == 1 and dim.tokens[0].op == DimOp.CONST and dim.tokens[0].value < 0:
            raise FormatError(f"'{name}' has a negative size.")


def _check_dim(dim: DimP | None, symbols: int) -> None:
    """Postfix tokens that leave one number."""
    if dim is None or not dim.tokens:
        raise FormatError("a size without tokens.")
    depth = 0
    for value, op in dim.tokens:
        if op > DimOp.MAX:
            raise FormatError("an unknown operation in a size.")
        if op <= DimOp.SYMBOL:
            depth += 1
            if op == DimOp.SYMBOL and not 0 <= value < symbols:
                raise FormatError("a size names no symbol.")
        elif depth < 2 or value:
            raise FormatError("an operation in a size lacks an operand, or carries a value.")
        else:
            depth -= 1
        if depth > _STACK:
            raise LimitError(f"a size needs more than {_STACK} numbers at once.")
    if depth != 1:
        raise FormatError(f"a size leaves {depth} numbers instead of one.")


def _checked_tensor(tensor: TensorP) -> StoredTensor:
    """A line of the table of contents of WEIGHTS, whose bytes are still to be looked at."""
    if not 1 <= tensor.dtype <= _LAST_DTYPE:
        raise FormatError(f"tensor '{tensor.name}' has no known dtype.")
    if any(size < 0 for size in tensor.dims):
        raise FormatError(f"tensor '{tensor.name}' has a negative size.")
    if math.prod(tensor.dims) > limits.SIZE:
        raise LimitError(f"tensor '{tensor.name}' has too many elements.")
    return StoredTensor(tensor.name, DType(tensor.dtype), tensor.dims, tensor.offset, tensor.length)
