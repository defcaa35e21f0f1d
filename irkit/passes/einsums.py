"""Einsums of two tensors that are matrix products, with reshapes and transpositions around them where needed.

abc,cde→abde                  Reshape(x · Reshape(w, (c, d·e)), (a, b, d, e)); a bias behind it moves before it
aecd,abcd→acbe                Transpose(q) · Transpose(k)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from irkit import operators as o
from irkit.ir.types import FLOATS, TensorType
from irkit.passes.rewriting import (
    add_beside,
    constant_beside,
    graph_of,
    is_single,
    may_replace,
    replace,
    shape_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irkit.ir import Dim, Graph, Node, Value
    from irkit.passes.report import Report


def multiply_einsums(graph: Graph, report: Report) -> bool:
    """Write einsums as matrix products, for which runtimes have their fastest code."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            if node.graph is not None and isinstance(node.op, o.Einsum):
                _rewrite(node, report)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


@dataclass(frozen=True, slots=True)
class Product:
    """What the letters of an einsum are: of both and the result, of the left, summed over, and of the right.

    swapped: the operands change places, so that the result's axes come in order.
    """

    left: str
    right: str
    result: str
    shared: str
    rows: str
    summed: str
    columns: str
    swapped: bool = False

    @classmethod
    def of(cls, equation: str) -> Product | None:
        """None where it is no matrix product."""
        inputs, _, result = equation.replace(" ", "").partition("->")
        operands = inputs.split(",")
        if (
            len(operands) != 2
            or "->" not in equation
            or "." in equation
            or any(len(set(x)) < len(x) for x in (*operands, result))
        ):
            return None
        left, right = operands
        found = cls._sorted(left, right, result)
        if found.result != found.shared + found.rows + found.columns:
            turned = cls._sorted(right, left, result, swapped=True)
            found = turned if turned.result == turned.shared + turned.rows + turned.columns else found
        return found if found._is_plain() else None

    @classmethod
    def _sorted(cls, left: str, right: str, result: str, swapped: bool = False) -> Product:
        shared = "".join(x for x in result if x in left and x in right)
        rows = "".join(x for x in result if x in left and x not in right)
        columns = "".join(x for x in result if x in right and x not in left)
        summed = "".join(x for x in right if x in left and x not in result)
        return cls(left, right, result, shared, rows, summed, columns, swapped)

    def _is_plain(self) -> bool:
        """Every letter has a part; and with shared axes, one axis is a row, a column and summed."""
        used = set(self.shared + self.rows + self.summed + self.columns)
        complete = used == set(self.left + self.right) and bool(self.summed) and set(self.result) <= used
        one_each = len(self.rows) == len(self.columns) == len(self.summed) == 1
        return complete and (one_each if self.shared else bool(self.rows and self.columns))


def _rewrite(node: Node, report: Report) -> None:
    equation, type_ = cast("o.Einsum", node.op).equation, node.outputs[0].type
    product = Product.of(equation)
    if product is None or not isinstance(type_, TensorType) or type_.dtype not in FLOATS:
        return
    operands = [cast("Value", v) for v in node.inputs]
    left, right = operands[::-1] if product.swapped else operands
    sizes = _sizes(product, left, right)
    if sizes is None:
        return
    last = _bias_after(node, product) if len(product.columns) > 1 else None
    end = node if last is None else last
    made = _product(node, product, left, right, sizes)
    if last is not None:
        bias = _reshaped(last, _bias_of(node, last), [_all(product.columns, sizes)])
        made = add_beside(last, o.Add(), made, bias)[0]
    made = _unfolded(end, product, made, sizes)
    if may_replace(end, [made]):
        replace(end, [made], report, "multiply_einsums", f"{equation} is a matrix product")
        if last is not None:
            graph_of(node).remove(node)


def _sizes(product: Product, left: Value, right: Value) -> dict[str, Dim] | None:
    """Sizes of the letters; None where axes must be joined whose sizes are not known."""
    shapes = shape_of(left), shape_of(right)
    if shapes[0] is None or shapes[1] is None:
        return None
    sizes = dict(zip(product.right, shapes[1], strict=True)) | dict(zip(product.left, shapes[0], strict=True))
    if any(sizes[x] != size for x, size in zip(product.right, shapes[1], strict=True)):
        return None  # one of them may be 1, which an einsum spreads
    joined = [*product.summed] if len(product.summed) > 1 else []
    joined += [*product.columns] if len(product.columns) > 1 or len(product.summed) > 1 else []
    return sizes if all(isinstance(sizes[x], int) and sizes[x] for x in joined) else None


def _product(node: Node, product: Product, left: Value, right: Value, sizes: dict[str, Dim]) -> Value:
    """(shared, rows, columns joined)"""
    a = _permuted(node, left, product.left, product.shared + product.rows + product.summed)
    b = _permuted(node, right, product.right, product.shared + product.summed + product.columns)
    if len(product.summed) > 1:
        a = _reshaped(node, a, [*[0] * len(product.rows), _all(product.summed, sizes)])
    if len(product.summed) > 1 or len(product.columns) > 1:
        b = _reshaped(node, b, [_all(product.summed, sizes), _all(product.columns, sizes)])
    return add_beside(node, o.MatMul(), a, b)[0]


def _unfolded(node: Node, product: Product, made: Value, sizes: dict[str, Dim]) -> Value:
    """In the order and with the axes of the result."""
    if len(product.columns) > 1:
        made = _reshaped(
            node, made, [*[0] * len(product.rows), *(cast("int", sizes[x]) for x in product.columns)]
        )
    return _permuted(node, made, product.shared + product.rows + product.columns, product.result)


def _all(letters: str, sizes: dict[str, Dim]) -> int:
    return (
        -1
        if not all(isinstance(sizes[x], int) for x in letters)
        else math.prod(cast("int", sizes[x]) for x in letters)
    )


def _reshaped(node: Node, value: Value, sizes: Sequence[int]) -> Value:
    """0 stands for the size that is there."""
    return add_beside(node, o.Reshape(), value, constant_beside(node, np.array(sizes, np.int64)))[0]


def _permuted(node: Node, value: Value, letters: str, wanted: str) -> Value:
    if letters == wanted:
        return value
    return add_beside(node, o.Transpose(perm=tuple(letters.index(x) for x in wanted)), value)[0]


def _bias_after(node: Node, product: Product) -> Node | None:
    """The Add that alone reads the einsum, of something that has the columns' shape."""
    if not is_single(node) or not product.result.endswith(product.columns):
        return None
    ((reader, _),) = node.outputs[0].uses
    if (
        reader.op.name != "Add"
        or reader.op.domain
        or reader.graph is not node.graph
        or len(set(reader.inputs)) < 2
    ):
        return None
    shape = shape_of(_bias_of(node, reader))
    result = shape_of(node.outputs[0]) or ()
    return (
        reader if shape is not None and shape == tuple(result[len(result) - len(product.columns) :]) else None
    )


def _bias_of(node: Node, add: Node) -> Value:
    a, b = (cast("Value", v) for v in add.inputs)
    return b if a is node.outputs[0] else a
