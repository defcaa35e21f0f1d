"""The one door through which operators are used: on values they compute, on symbolic tensors they add a node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit import operators as op
from irkit.errors import CaptureError
from irkit.frontends.tensors import watching
from irkit.frontends.tensors.definition import Definition, Scope, current_scope
from irkit.frontends.tensors.eager import compute
from irkit.frontends.tensors.state import value_of
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Array, DType, Value
from irkit.ir.source import caller
from irkit.operators import Operator

Operand = Tensor | Variable | Array | None


def apply(operator: Operator, *inputs: Operand, count: int | None = None) -> Any:
    """Use `operator` on tensors, variables or arrays; None is an omitted input.

    Returns a tensor, or a tuple of tensors where the operator has several outputs (count: how many are wanted).
    Raises ShapeError and its kin with the user's line.
    """
    where = current_scope()
    arrays = [x.array for x in inputs if x.__class__ is EagerTensor]
    definition = None if len(arrays) == len(inputs) else _definition(inputs, where)
    results: Sequence[Tensor]
    if definition is not None:
        results = _symbolic(operator, inputs, count, where, definition)
    else:
        results = compute(
            operator, arrays if len(arrays) == len(inputs) else [_array(x) for x in inputs], count, where
        )
        if watching.look is not None:
            watching.look(operator, where, results)
    return results[0] if len(results) == 1 else tuple(results)


def apply_one(operator: Operator, *inputs: Operand) -> Tensor:
    """`apply` for an operator with one output."""
    result: Tensor = apply(operator, *inputs, count=1)
    return result


def definition_of(tensors: Sequence[object]) -> Definition | None:
    """The one definition that the symbolic tensors among `tensors` belong to (merged if need be), or None."""
    found: Definition | None = None
    for tensor in tensors:
        if isinstance(tensor, SymbolicTensor):
            mine = tensor.definition
            found = mine if found is None or found is mine else found.merge(mine)
    return found


def _definition(inputs: Sequence[Operand], where: Scope) -> Definition | None:
    found = definition_of(inputs)
    if where.capturing is None:
        if found is None and where.home is not None and any(isinstance(x, Variable) for x in inputs):
            return where.home.find()  # what is made of weights alone must follow them when they change
        return _still_open(found, None)
    if found is not None:
        return _still_open(where.capturing.merge(found), where.capturing.find())
    # while a model is captured, a weight must stay a weight: computing with its values would bake them
    return where.capturing.find() if any(isinstance(x, Variable) for x in inputs) else None


def _still_open(found: Definition | None, here: Definition | None) -> Definition | None:
    """`found`, unless it is the inside of a branch or loop that the program has left. Raises CaptureError."""
    if found is not None and found.outer is not None and found is not here:
        raise CaptureError(
            "A tensor made inside a branch or loop is used outside of it.",
            source=str(caller()),
            cure="Return it from the function given to cond, while_loop, scan or map.",
        )
    return found


def symbolic_value(operand: Operand, definition: Definition) -> Value | None:
    """The value that stands for `operand` in the definition's graph."""
    if operand is None:
        return None
    if isinstance(operand, SymbolicTensor):
        value = operand.value
        return value if definition.stand_in is None else definition.stand_in(value)
    if isinstance(operand, Variable):
        return value_of(operand.weight, definition)
    array = operand.array if isinstance(operand, EagerTensor) else np.asarray(operand)
    return definition.graph.add(
        op.Constant(value=array), layer=current_scope().layer, source=current_scope().source
    )[0]


def _symbolic(
    operator: Operator, inputs: Sequence[Operand], count: int | None, where: Scope, definition: Definition
) -> list[Tensor]:
    source = where.source or caller()
    values = [symbolic_value(x, definition) for x in inputs]
    outputs = definition.graph.add(operator, values, count=count, layer=where.layer, source=source)
    if operator.name == "Assert" and values[0] is not None:
        definition.checks.append(values[0])
    if not where.path and where.capturing is None:
        for value in values:
            if value is not None and value.producer is not None and value not in definition.makers:
                definition.log_node(value.producer)  # the constant made for an array
        definition.log_node(outputs[0].producer)  # type: ignore[arg-type]  # just made
    return [SymbolicTensor(v, definition) for v in outputs]


def _array(x: Operand) -> Array | None:
    if isinstance(x, EagerTensor):
        return x.array
    if isinstance(x, Variable):
        return x.weight.data
    return None if x is None else np.asarray(x)


def constant(value: Array, dtype: DType | None = None) -> EagerTensor:
    """An eager tensor that holds `value`."""
    return EagerTensor(np.asarray(value, None if dtype is None else dtype.numpy))
