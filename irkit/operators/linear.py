"""Products of matrices and tensors."""

from __future__ import annotations

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, DType, Shape, TensorType, broadcast, unify
from irkit.ir.types import FLOATS, NUMERIC
from irkit.operators.base import Operator, operator
from irkit.operators.rules import broadcast_shapes, rounded, same_dtype, show, stretched, widened

__all__ = ["Det", "Einsum", "Gemm", "MatMul"]

MULTIPLIABLE = FLOATS | {DType.int32, DType.int64, DType.uint32, DType.uint64}


def product_shape(a: Shape | None, b: Shape | None) -> Shape | None:
    """Shape of the matrix product, as numpy.matmul has it: the leading sizes broadcast. Raises ShapeError."""
    if a is None or b is None:
        return None
    if not a or not b:
        raise ShapeError(
            f"a matrix product needs vectors or matrices; the shapes are {show(a)} and {show(b)}."
        )
    rows, left = ((a[-2],), a[:-2]) if len(a) > 1 else ((), ())
    columns, right = ((b[-1],), b[:-2]) if len(b) > 1 else ((), ())
    try:
        unify(a[-1], b[-2] if len(b) > 1 else b[0])
    except ShapeError:
        raise ShapeError(
            f"the last size of {show(a)} must equal the last but one of {show(b)}."
            if len(b) > 1
            else f"the last size of {show(a)} must equal that of {show(b)}.",
            cure="Transpose one of them: its last two axes swap places.",
        ) from None
    batch = broadcast_shapes(left, right)
    assert batch is not None
    return (*batch, *rows, *columns)


@operator(since=13)
class MatMul(Operator):
    """Matrix product; leading axes are batches.  https://onnx.ai/onnx/operators/onnx__MatMul.html

    (…, m, k), (…, k, n) → (…, m, n), vectors as in numpy.matmul; floats, 32- and 64-bit integers
    """

    dtypes = {"A": MULTIPLIABLE, "B": MULTIPLIABLE}

    def infer(self, A: TensorType, B: TensorType) -> TensorType:
        return TensorType(same_dtype(A, B), product_shape(A.shape, B.shape))

    def run(self, A: Array, B: Array) -> Array:
        return rounded(np.asarray(np.matmul(widened(A), widened(B))), A.dtype)


@operator(since=13)
class Gemm(Operator):
    """alpha · A′ · B′ + beta · C, where ′ transposes if asked to.  https://onnx.ai/onnx/operators/onnx__Gemm.html

    (m, k), (k, n), broadcast to (m, n) → (m, n); floats, 32- and 64-bit integers
    """

    alpha: float = 1.0
    beta: float = 1.0
    transA: bool = False
    transB: bool = False

    dtypes = {"A": MULTIPLIABLE, "B": MULTIPLIABLE, "C": MULTIPLIABLE}

    def infer(self, A: TensorType, B: TensorType, C: TensorType | None = None) -> TensorType:
        dtype = same_dtype(A, B, C)
        if A.shape is None or B.shape is None:
            return TensorType(dtype, None)
        for name, shape in (("A", A.shape), ("B", B.shape)):
            if len(shape) != 2:
                raise ShapeError(f"{name} must be a matrix; its shape is {show(shape)}.")
        (m, k), (l, n) = A.shape[:: -1 if self.transA else 1], B.shape[:: -1 if self.transB else 1]
        try:
            unify(k, l)
        except ShapeError:
            raise ShapeError(f"A' of {show((m, k))} and B' of {show((l, n))} do not multiply.") from None
        return TensorType(dtype, stretched(C.shape, (m, n), "C") if C is not None else (m, n))

    def run(self, A: Array, B: Array, C: Array | None = None) -> Array:
        a, b = widened(A), widened(B)
        y = np.matmul(a.T if self.transA else a, b.T if self.transB else b)
        y = _scaled(y, self.alpha)
        if C is not None:
            y = y + _scaled(widened(C), self.beta)
        return rounded(y, A.dtype)


def _scaled(x: Array, factor: float) -> Array:
    """x · factor in the dtype of x; an integer factor keeps integers exact."""
    if factor == 1:
        return x
    if x.dtype.kind in "iu" and not factor.is_integer():
        return np.asarray(x * factor).astype(x.dtype)
    return np.asarray(x * np.asarray(factor).astype(x.dtype))


@operator(since=12)
class Einsum(Operator):
    """Einstein summation, e.g. "bij,bjk->bik".  https://onnx.ai/onnx/operators/onnx__Einsum.html

    one size for each letter of the result; an ellipsis stands for axes that broadcast; numbers
    """

    equation: str

    dtypes = {"Inputs": NUMERIC}

    def infer(self, *Inputs: TensorType) -> TensorType:
        dtype = same_dtype(*Inputs)
        terms, result = self._terms()
        if len(terms) != len(Inputs):
            raise ShapeError(f"equation '{self.equation}' has {len(terms)} terms for {len(Inputs)} inputs.")
        sizes: dict[str, Dim] = {}
        ellipses: list[Shape | None] = []
        for term, type_ in zip(terms, Inputs, strict=True):
            ellipses.append(self._read(term, type_.shape, sizes))
        if any(t.shape is None for t in Inputs):
            return TensorType(dtype, None)
        ellipsis = broadcast_shapes(*ellipses) or ()
        before, dots, after = result.partition("…")
        middle = ellipsis if dots else ()
        return TensorType(dtype, (*(sizes[c] for c in before), *middle, *(sizes[c] for c in after)))

    def _terms(self) -> tuple[list[str], str]:
        """The terms and the result of the equation, one character for each label, "…" for an ellipsis."""
        left, arrow, result = self.equation.replace(" ", "").replace("...", "…").partition("->")
        terms = left.split(",")
        letters = left.replace(",", "").replace("…", "")
        if not all(c.isascii() and c.isalpha() for c in letters) or any(t.count("…") > 1 for t in terms):
            raise AttributeRangeError(
                f"equation '{self.equation}' must name axes by letters.",
                cure='As in "ij,jk->ik" or "...i->...".',
            )
        if not arrow:
            alone = sorted(c for c in set(letters) if letters.count(c) == 1)
            result = ("…" if "…" in left else "") + "".join(alone)
        if len(set(result)) != len(result) or not set(result) <= {*letters, "…"}:
            raise AttributeRangeError(
                f"the result of '{self.equation}' must name axes of its terms, each once."
            )
        return terms, result

    def _read(self, term: str, shape: Shape | None, sizes: dict[str, Dim]) -> Shape | None:
        """Enter the sizes of the letters of `term` into `sizes`; returns those of its ellipsis."""
        if shape is None:
            return None
        before, dots, after = term.partition("…")
        named = len(before) + len(after)
        if len(shape) < named or (not dots and len(shape) > named):
            raise ShapeError(f"term '{term.replace('…', '...')}' does not fit a shape of {show(shape)}.")
        last = len(shape) - len(after)
        for letter, size in zip(before + after, shape[: len(before)] + shape[last:], strict=True):
            sizes[letter] = broadcast(sizes[letter], size) if letter in sizes else size
        return shape[len(before) : last]

    def run(self, *Inputs: Array) -> Array:
        y = np.einsum(self.equation.replace(" ", ""), *map(widened, Inputs), optimize=len(Inputs) > 1)
        return rounded(np.array(y, order="C"), Inputs[0].dtype)


@operator(since=22)
class Det(Operator):
    """Determinants of square matrices.  https://onnx.ai/onnx/operators/onnx__Det.html

    (…, n, n) → (…); floats
    """

    dtypes = {"X": FLOATS}

    def infer(self, X: TensorType) -> TensorType:
        if X.shape is None:
            return X
        if len(X.shape) < 2:
            raise ShapeError(f"X must be a square matrix, or a batch of them; its shape is {show(X.shape)}.")
        unify(X.shape[-2], X.shape[-1])
        return X.with_shape(X.shape[:-2])

    def run(self, X: Array) -> Array:
        return rounded(np.asarray(np.linalg.det(widened(X))), X.dtype)
