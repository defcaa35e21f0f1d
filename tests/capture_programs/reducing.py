"""A program made smaller while it still shows what is looked for: lines and blocks are taken out in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator


def reduced(text: str, shows: Callable[[str], bool], tries: int = 400) -> str:
    """The smallest text found for which `shows` is true; `shows` must refuse what is no program."""
    left = tries
    while True:
        for candidate in _smaller(text.splitlines()):
            left -= 1
            if left < 0:
                return text
            if shows(candidate):
                text = candidate
                break
        else:
            return text


def _smaller(lines: list[str]) -> Iterator[str]:
    """Without a line and what stands under it (the longest blocks first); or with a block in its header's place."""
    blocks = [(start, _end(lines, start)) for start in range(len(lines)) if lines[start].strip()]
    for start, end in sorted(blocks, key=lambda b: b[0] - b[1]):
        yield _text(lines[:start] + lines[end:])
        if end > start + 1 and lines[start].startswith(" "):
            inside = [line.removeprefix("    ") for line in lines[start + 1 : end]]
            yield _text(lines[:start] + inside + lines[end:])


def _end(lines: list[str], start: int) -> int:
    depth = _depth(lines[start])
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or _depth(lines[end]) > depth):
        end += 1
    return end


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
