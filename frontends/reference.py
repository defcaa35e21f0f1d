"""python -m irkit.frontends.reference ops|layers: the tables in docs/, from the functions and classes themselves."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from irkit.errors import UnsupportedError
from irkit.frontends import layers, ops
from irkit.frontends.layers.augmenting import Augmentation
from irkit.frontends.layers.foreign import REASONS

NOT_AVAILABLE = (
    "Not available."  # how the docstring of a function begins that only says why it cannot be done
)
PARTS = ("image", "linalg", "nn", "numpy")


def functions() -> Mapping[str, Callable[..., Any]]:
    """Every function of irkit.ops by name; those of its parts only where they stand nowhere else."""
    own = {n: getattr(ops, n) for n in ops.__all__ if n not in PARTS}
    for part in PARTS:
        module: ModuleType = getattr(ops, part)
        for name in _public(module):
            own.setdefault(name if name in own else f"{part}.{name}", getattr(module, name))
    return dict(sorted(own.items()))


def _public(module: ModuleType) -> Iterator[str]:
    for name, value in sorted(vars(module).items()):
        own = inspect.isfunction(value) and not name.startswith("_") and not hasattr(ops, name)
        if own and (value.__module__ == module.__name__ or name in getattr(module, "__all__", ())):
            yield name


def reason_against(function: Callable[..., Any]) -> str:
    """Why it cannot be done, "" where it can."""
    if not (function.__doc__ or "").startswith(NOT_AVAILABLE):
        return ""
    parameters = inspect.signature(function).parameters.values()
    try:
        function(*(None for p in parameters if p.default is p.empty))
    except UnsupportedError as error:
        return error.problem
    raise AssertionError(f"{function.__name__} says that it is not available, and is.")


def first_line(thing: Any) -> str:  # a function or class
    """The first line of its docstring, fit for a table."""
    return (inspect.getdoc(thing) or "").partition("\n")[0].replace("|", "\\|")


def ops_table() -> str:
    """docs/ops.md"""
    found = functions()
    refused = {name: reason for name, f in found.items() if (reason := reason_against(f))}
    rows = [
        f"| {name} | {'no' if name in refused else 'yes'} | {refused.get(name) or first_line(f)} |"
        for name, f in found.items()
    ]
    return "\n".join(
        [
            "# irkit.ops",
            "",
            "Made by `python -m irkit.frontends.reference ops`. Keras's functions on tensors: names, arguments and",
            f"results are those of Keras 3. {len(found) - len(refused)} of {len(found)} work, on values and in graphs.",
            "",
            "| function | works | what it does, or why not |",
            "| --- | --- | --- |",
            *rows,
        ]
    )


def layers_table() -> str:
    """docs/layers.md"""
    rows = []
    for family, names in layers.FAMILIES.items():
        for name in names:
            cls = getattr(layers, name)
            rows.append(
                f"| {name} | {_state(name, cls)} | {REASONS.get(name, (first_line(cls),))[0]} | {family}.py |"
            )
    others = ", ".join(f"{alias} ({name})" for alias, name in layers.ALIASES.items())
    return "\n".join(
        [
            "# irkit.layers",
            "",
            "Made by `python -m irkit.frontends.reference layers`. Names, arguments, weights, results are Keras 3's.",
            "“at inference”: changes images only while a model is trained, which irkit does not do.",
            "",
            "| layer | works | what it is, or why not | file |",
            "| --- | --- | --- | --- |",
            *sorted(rows),
            "",
            f"Other names: {others}.",
        ]
    )


def _state(name: str, cls: Any) -> str:  # a class, or a function
    if name in REASONS:
        return "no"
    random = isinstance(cls, type) and issubclass(cls, Augmentation) and cls.seen is Augmentation.seen
    return "at inference" if random and name != "MaxNumBoundingBoxes" else "yes"


TABLES = {"ops": ops_table, "layers": layers_table}


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m irkit.frontends.reference", description=__doc__)
    parser.add_argument("table", choices=TABLES)
    print(TABLES[parser.parse_args().table]())  # noqa: T201  # a command talks


if __name__ == "__main__":
    main()
