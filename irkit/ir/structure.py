"""How Python arguments and results are laid out: nested lists, tuples, dicts and records around tensors.

A structure is plain JSON, so that it can stand in a file:
    {"kind": "tensor", "index": 0}                    the tensor number 0 of the flat list
    {"kind": "none"}                                  None
    {"kind": "static", "value": 3}                    a Python bool, int, float or str that was fixed at capture
    {"kind": "list" | "tuple", "items": [...]}
    {"kind": "dict", "items": {"key": ...}}           keys sorted; of captured programs with their "order"
    {"kind": "record", "name": "Point", "fields": {"x": ...}}   namedtuple or dataclass
    {"kind": "number", "type": "int", "index": 0}     a bool, int or float of Python, which tensor 0 holds; in results
    {"kind": "arguments", "order": ["x", "n"], "optional": ["n"], "items": {"x": ...}}   of a captured function, by
            name; order: of those that may be given by position; optional: those whose default was captured
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, TypeAlias

from irkit.errors import ArgumentError
from irkit.ir.layers import Json

Structure: TypeAlias = Mapping[str, Json]
MAX_NESTING = 32

SINGLE: Structure = {"kind": "tensor", "index": 0}


def flatten(
    tree: object, is_leaf: Callable[[object], bool], path: str = ""
) -> tuple[list[tuple[str, Any]], Structure]:
    """The leaves of `tree`, each with its path ("['mask']", "[0].x"), and the structure around them.

    Raises ArgumentError where something is neither a leaf, nor a container, nor a plain Python value.
    """
    leaves: list[tuple[str, Any]] = []
    return leaves, _flatten(tree, is_leaf, path, leaves, 0)


def _flatten(
    tree: object, is_leaf: Callable[[object], bool], path: str, leaves: list[tuple[str, Any]], depth: int
) -> Structure:
    if depth > MAX_NESTING:
        raise ArgumentError(f"{path or 'the argument'} is nested more than {MAX_NESTING} deep.")
    if is_leaf(tree):
        leaves.append((path, tree))
        return {"kind": "tensor", "index": len(leaves) - 1}
    if tree is None:
        return {"kind": "none"}
    if isinstance(tree, bool | int | float | str):
        return {"kind": "static", "value": tree}
    children, kind = _children(tree)
    if children is None:
        raise ArgumentError(
            f"{path or 'the argument'} is a {type(tree).__name__}, which cannot go into a graph."
        )
    inner = {key: _flatten(v, is_leaf, path + step, leaves, depth + 1) for key, step, v in children}
    if kind in ("list", "tuple"):
        return {"kind": kind, "items": list(inner.values())}
    if kind == "dict":
        return {"kind": kind, "items": inner}
    return {"kind": "record", "name": type(tree).__name__, "fields": inner}


def _children(tree: object) -> tuple[list[tuple[str, str, object]] | None, str]:
    """(key, path step, child) of a container, and its kind."""
    if isinstance(tree, tuple) and hasattr(
        tree, "_fields"
    ):  # a namedtuple has no class of its own to ask for
        return [(f, f".{f}", getattr(tree, f)) for f in tree._fields], "record"
    if isinstance(tree, list | tuple):
        kind = "list" if isinstance(tree, list) else "tuple"
        return [(str(i), f"[{i}]", v) for i, v in enumerate(tree)], kind
    if isinstance(tree, Mapping):
        return [(str(k), f"[{k!r}]", tree[k]) for k in sorted(tree, key=str)], "dict"
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return [(f.name, f".{f.name}", getattr(tree, f.name)) for f in dataclasses.fields(tree)], "record"
    return None, ""


def unflatten(structure: Structure, leaves: Sequence[Any]) -> Any:  # noqa: ANN401  # whatever the structure says
    """The tree again. Records come back as SimpleNamespace, since their class may not exist here."""
    match structure["kind"]:
        case "tensor":
            return leaves[structure["index"]]  # type: ignore[index]  # an int, by the kind
        case "none":
            return None
        case "static":
            return structure["value"]
        case "list" | "tuple" as kind:
            items = [unflatten(s, leaves) for s in structure["items"]]  # type: ignore[union-attr, arg-type]
            return items if kind == "list" else tuple(items)
        case "dict":
            return {k: unflatten(structure["items"][k], leaves) for k in keys(structure)}  # type: ignore[index, call-overload, arg-type]
        case "record":
            fields = structure["fields"]
            return SimpleNamespace(**{k: unflatten(s, leaves) for k, s in fields.items()})  # type: ignore[union-attr, arg-type]
        case "number":
            return leaves[structure["index"]].item()  # type: ignore[index]  # an int, by the kind
        case "arguments":
            return {k: unflatten(s, leaves) for k, s in structure["items"].items()}  # type: ignore[union-attr, arg-type]
        case kind:
            raise ArgumentError(f"A structure of kind {kind!r} is not known.")


def keys(structure: Structure) -> list[str]:
    """The keys of a dict, in the order in which they stood there, where that is known."""
    names = structure.get("order") or structure["items"]
    return [str(name) for name in names]  # type: ignore[union-attr]  # a list or a dict


def check(structure: Structure, count: int) -> None:
    """A stranger's structure: every tensor below `count` appears. Raises ArgumentError."""
    pending: list[tuple[object, int]] = [(structure, 0)]
    seen: set[int] = set()
    while pending:
        part, depth = pending.pop()
        if not isinstance(part, dict) or depth > MAX_NESTING:
            raise ArgumentError("A structure is malformed or nested too deeply.")
        match part:
            case {"kind": "tensor", "index": int(index)} if 0 <= index < count:
                seen.add(index)
            case {"kind": "number", "type": "bool" | "int" | "float", "index": int(index)} if (
                0 <= index < count
            ):
                seen.add(index)
            case {
                "kind": "arguments",
                "order": list(order),
                "optional": list(some),
                "items": dict(items),
            } if depth == 0 and _are_keys([*order, *some], items):
                pending += [(i, depth + 1) for i in items.values()]
            case {"kind": "dict", "items": dict(items), "order": order} if not (
                isinstance(order, list) and len(order) == len(items) and _are_keys(order, items)
            ):
                raise ArgumentError("A structure orders other keys than those of its dict.")
            case {"kind": "none"} | {"kind": "static", "value": bool() | int() | float() | str()}:
                continue
            case {"kind": "list" | "tuple", "items": list(items)}:
                pending += [(i, depth + 1) for i in items]
            case {"kind": "dict", "items": dict(items)} | {
                "kind": "record",
                "name": str(),
                "fields": dict(items),
            }:
                pending += [(i, depth + 1) for i in items.values()]
            case _:
                raise ArgumentError(f"A structure has an unknown part: {str(part)[:80]}.")
    if len(seen) != count:
        raise ArgumentError(f"A structure names {len(seen)} of {count} tensors.")


def _are_keys(names: Sequence[object], items: Mapping[str, object]) -> bool:
    """Whether all names are keys of `items`."""
    return all(isinstance(n, str) and n in items for n in names)
