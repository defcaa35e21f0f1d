"""Reading sizes back from their text, e.g. "2*((width + 1)//2)" or "max(a, b)". Input may come from a stranger."""

from __future__ import annotations

import re

from irkit.errors import FormatError
from irkit.ir import dims
from irkit.ir.dims import Dim

MAX_LENGTH = 1024  # characters of one expression
MAX_DEPTH = 32  # of brackets in one expression

_TOKEN = re.compile(r"\s*(?:(?P<int>[0-9]{1,19})|(?P<name>[^\W\d]\w*)|(?P<op>//|[-+*%(),]))")
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "//": 2, "%": 2}


def parse(text: str) -> Dim:
    """The size that `text` describes. Raises FormatError for anything else, however long or deeply nested."""
    if len(text) > MAX_LENGTH:
        raise FormatError(f"A size is written in {len(text)} characters; at most {MAX_LENGTH} are allowed.")
    reader = _Reader(text)
    result = reader.expression(0, 0)
    if reader.token:
        reader.fail("the end")
    return result


class _Reader:
    """Precedence climbing over the tokens; its recursion is bounded by MAX_DEPTH."""

    def __init__(self, text: str) -> None:
        self.text, self.position, self.token = text, 0, ""
        self.advance()

    def advance(self) -> str:
        taken = self.token
        rest = self.text[self.position :]
        match = _TOKEN.match(rest)
        if match is None and rest.strip():
            raise FormatError(f"Size {self.text!r}: character {rest.strip()[0]!r} has no meaning here.")
        self.token = match.group().strip() if match else ""
        self.position += match.end() if match else len(rest)
        return taken

    def fail(self, expected: str) -> None:
        raise FormatError(f"Size {self.text!r}: expected {expected}, found {self.token or 'the end'!r}.")

    def expect(self, token: str) -> None:
        if self.advance() != token:
            self.fail(repr(token))

    def expression(self, level: int, depth: int) -> Dim:
        left = self.operand(depth)
        while _PRECEDENCE.get(self.token, -1) > level:
            operator = self.advance()
            right = self.expression(_PRECEDENCE[operator], depth)
            left = self.apply(operator, left, right)
        return left

    def apply(self, operator: str, left: Dim, right: Dim) -> Dim:
        if operator in ("//", "%") and right == 0:
            raise FormatError(f"Size {self.text!r}: division by zero.")
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "//":
                return dims.floordiv(left, right)
            case _:
                return dims.mod(left, right)

    def operand(self, depth: int) -> Dim:
        if depth > MAX_DEPTH:
            raise FormatError(f"Size {self.text!r}: nested more than {MAX_DEPTH} deep.")
        token = self.advance()
        if token == "-":
            return -self.operand(depth + 1)
        if token == "(":
            inner = self.expression(0, depth + 1)
            self.expect(")")
            return inner
        if token in ("min", "max") and self.token == "(":
            return self.call(token, depth)
        if token.isascii() and token.isdigit():  # "²" is a digit too
            return int(token)
        if token.isidentifier() and token not in ("min", "max"):
            return dims.symbol(token)
        raise FormatError(f"Size {self.text!r}: expected a size, found {token or 'the end'!r}.")

    def call(self, name: str, depth: int) -> Dim:
        self.expect("(")
        arguments = [self.expression(0, depth + 1)]
        while self.token == ",":
            self.advance()
            arguments.append(self.expression(0, depth + 1))
        self.expect(")")
        return (dims.minimum if name == "min" else dims.maximum)(*arguments)
