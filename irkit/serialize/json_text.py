"""JSON as it stands in a file: keys sorted, no spaces. Reading refuses every other spelling of the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from irkit.errors import ArgumentError, FormatError, LimitError
from irkit.ir.layers import Json


def to_json(value: Mapping[str, Json], what: str) -> str:
    """Raises ArgumentError for what JSON has no words for. what: the name of the thing, for the error."""
    try:
        text = _dump(value)
        plain = json.loads(text)
    except (RecursionError, TypeError, ValueError) as error:
        raise ArgumentError(
            f"{what} cannot be saved: {error}.",
            cure="Return plain numbers, strings, lists and dicts from get_config().",
        ) from None
    # keys that were no strings are sorted anew; what was a tuple is a list
    return text if isinstance(value, dict) and plain == value else _dump(plain)


def from_json(text: str, what: str, most: int) -> dict[str, Json]:
    """The object that `text`, of at most `most` bytes, holds. Raises FormatError or LimitError."""
    if len(text) > most or len(text.encode()) > most:
        raise LimitError(f"{what} has more than {most:,} bytes.")
    try:
        value = json.loads(text)
        canonical = _dump(value)
    except (RecursionError, ValueError) as error:
        raise FormatError(f"{what} is not JSON: {error}.") from None
    if not isinstance(value, dict) or canonical != text:
        raise FormatError(f"{what} is not a JSON object in its canonical form.")
    return cast("dict[str, Json]", value)


def _dump(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
