"""Operators on tensors of strings, which are numpy arrays of Python's str."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, DType, Shape, TensorType, dims
from irkit.operators.arithmetic import Binary
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import fresh

__all__ = ["RegexFullMatch", "StringConcat", "StringNormalizer", "StringSplit"]

_STRING = frozenset({DType.string})
_CHANGES: Mapping[str, Callable[[str], str]] = {"LOWER": str.lower, "UPPER": str.upper, "NONE": str}
_TO_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_TO_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
# what C's locale does: it knows the case of ASCII's letters only
_ASCII_CHANGES: Mapping[str, Callable[[str], str]] = {
    "LOWER": lambda text: text.translate(_TO_LOWER),
    "UPPER": lambda text: text.translate(_TO_UPPER),
    "NONE": str,
}


@operator(since=20)
class StringConcat(Binary):
    """a followed by b.  https://onnx.ai/onnx/operators/onnx__StringConcat.html"""

    dtypes = {"a": _STRING, "b": _STRING}

    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(a + b, object)


@operator(since=20)
class RegexFullMatch(Operator):
    """Whether the whole of a string matches: string (…) → bool (…).

    pattern: in RE2's syntax; what Python's `re` has no word for is refused.
    https://onnx.ai/onnx/operators/onnx__RegexFullMatch.html
    """

    dtypes = {"x": _STRING}
    pattern: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._compiled()

    def _compiled(self) -> re.Pattern[str]:
        """The pattern; digits, words and spaces are ASCII's in RE2. (`re` keeps what it compiled.)"""
        if self.pattern is None:
            raise AttributeRangeError("RegexFullMatch needs its attribute 'pattern'.")
        try:
            return re.compile(self.pattern, re.ASCII)
        except re.error as error:
            raise AttributeRangeError(f"pattern {self.pattern!r} cannot be read: {error}.") from None

    def infer(self, x: TensorType) -> TensorType:
        return x.with_dtype(DType.bool)

    def run(self, x: Array) -> Array:
        match = self._compiled().fullmatch
        return np.array([match(text) is not None for text in x.flat], bool).reshape(x.shape)


@operator(since=20)
class StringSplit(Operator):
    """Strings cut at a delimiter, filled up with "" to the same number of pieces; and how many each had.

    string (…) → string (…, most), int64 (…)  https://onnx.ai/onnx/operators/onnx__StringSplit.html
    delimiter: None or "" for runs of white space. maxsplit: how many cuts at most, from the left.
    """

    dtypes = {"x": _STRING}
    delimiter: str | None = None
    maxsplit: int | None = attribute(None, at_least=0)

    def infer(
        self, x: TensorType, *, known: Sequence[Array | None] = (None,)
    ) -> tuple[TensorType, TensorType]:
        if x.shape is None:
            return x, x.with_dtype(DType.int64)
        most = fresh("pieces") if known[0] is None else self.run(known[0])[0].shape[-1]
        most = 0 if 0 in x.shape else most
        return x.with_shape((*x.shape, most)), x.with_dtype(DType.int64)

    def run(self, x: Array) -> tuple[Array, Array]:
        cuts = -1 if self.maxsplit is None else self.maxsplit
        pieces = [text.split(self.delimiter or None, cuts) for text in x.flat]
        counts = np.array([len(p) for p in pieces], np.int64)
        table = np.full((x.size, counts.max(initial=0)), "", object)
        for row, found in zip(table, pieces, strict=True):
            row[: len(found)] = found
        return table.reshape(*x.shape, table.shape[1]), counts.reshape(x.shape)


@operator(since=10)
class StringNormalizer(Operator):
    """Strings without stop words, in one case: (n) → (m), or (1, n) → (1, m); one "" if none is left.

    case_change_action: "LOWER", "UPPER" or "NONE". is_case_sensitive: whether stop words are. locale: "C"
    or "POSIX" for ASCII's letters only; for any other one this kernel changes case as Unicode says.
    https://onnx.ai/onnx/operators/onnx__StringNormalizer.html
    """

    dtypes = {"x": _STRING}
    case_change_action: str = attribute("NONE", one_of=("LOWER", "UPPER", "NONE"))
    is_case_sensitive: bool = False
    locale: str | None = None
    stopwords: tuple[str, ...] | None = None

    def infer(self, x: TensorType, *, known: Sequence[Array | None] = (None,)) -> TensorType:
        if x.shape is None:
            return x
        if len(x.shape) not in (1, 2) or (
            len(x.shape) == 2 and isinstance(x.shape[0], int) and x.shape[0] != 1
        ):
            raise ShapeError(f"StringNormalizer takes (n) or (1, n), not {x}.")
        lead: Shape = (1,) * (len(x.shape) - 1)
        if known[0] is not None:
            return x.with_shape((*lead, self.run(known[0]).size))
        count = x.shape[-1]
        if self.stopwords and count not in (0, 1):
            return x.with_shape((*lead, fresh("words")))
        return x.with_shape((*lead, dims.maximum(count, 1)))

    def run(self, x: Array) -> Array:
        changes = _ASCII_CHANGES if self.locale in ("C", "POSIX") else _CHANGES
        same = changes["NONE" if self.is_case_sensitive else "LOWER"]
        stops = {same(word) for word in self.stopwords or ()}
        change = changes[self.case_change_action]
        words = [change(word) for word in x.flat if same(word) not in stops] or [""]
        return np.array(words, object).reshape(*x.shape[:-1], len(words))
