"""Explaining Python's own errors where the mistake is the user's: layers made or called with arguments that do not fit.

Nothing here costs anything while all goes well: it is asked when an error has happened.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from irkit.errors import ArgumentError

_SHOWN = 80  # characters of a value


def of_making(
    cls: type, init: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> ArgumentError | None:
    """What is wrong with cls(*args, **kwargs), None when the arguments fit."""
    problem = _unbound(init, (None, *args), kwargs)
    if not problem:
        return None
    return ArgumentError(
        f"{cls.__name__} cannot be made: {problem}.",
        cure=f"Its arguments are {_parameters(init, 1)}.",
    )


def of_calling(
    call: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], *, needs_tensor: bool
) -> ArgumentError | None:
    """What is wrong with layer(*args, **kwargs), None when the arguments fit.

    needs_tensor: whether the layer computes with tensors and was given none.
    """
    problem = _unbound(call, args, kwargs)
    if problem:
        return ArgumentError(
            f"cannot be called like this: {problem}.",
            cure=f"It is called on {_parameters(call)}. "
            "Where a layer takes several tensors as one argument, give a list.",
        )
    if needs_tensor:
        return ArgumentError(
            f"is called on a tensor or an array. Received: {', '.join(map(shown, args)) or 'nothing'}.",
            cure="Give it what Input or another layer returned, or np.asarray(…).",
        )
    return None


def shown(value: object) -> str:
    """`value` for a message: a layer or class by its name, anything else by the start of its repr."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {value.__name__}"
    text = str(getattr(value, "shown", "")) or repr(value).replace("\n", " ")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _unbound(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Why `function` cannot take these arguments; "" when it can."""
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError as error:
        return str(error)
    return ""


def _parameters(function: Callable[..., Any], skipped: int = 0) -> str:
    names = [
        str(p).split(":")[0].split("=")[0].strip() for p in inspect.signature(function).parameters.values()
    ]
    return ", ".join(names[skipped:]) or "nothing"
