"""Weights alone in a file: safetensors, or those of a model saved as .irk. Found again by their paths."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit import serialize
from irkit.errors import ArgumentError, IrkitError, ShapeError, UnsupportedError
from irkit.frontends.base.layer import Layer
from irkit.frontends.base.naming import free_name
from irkit.frontends.models.files import not_read, not_written, path_of
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Array
from irkit.ir.source import caller

if TYPE_CHECKING:
    from types import ModuleType

_KINDS = "a .safetensors file, or a model saved by irkit (.irk)"


def weights_by_path(layer: Layer) -> dict[str, Variable]:
    """Every weight of `layer` by the names of the layers around it and its own: "block/dense/kernel"."""
    found: dict[str, Variable] = {}
    seen: set[Variable] = set()
    pending: list[tuple[str, Layer]] = [("", layer)]
    while pending:
        prefix, current = pending.pop()
        for variable in current.own_variables():
            if variable not in seen:
                seen.add(variable)
                found[free_name(f"{prefix}{variable.name}", found)] = variable
        pending.extend((f"{prefix}{inner.name}/", inner) for inner in reversed(current.sublayers()))
    return found


def renumbered(paths: Iterable[str]) -> dict[str, str]:
    """Each path with its automatic names counted from the start: two copies of a model made in one program differ
    only in those (dense_3 and dense_7 of one, dense_8 and dense_9 of the other)."""
    found: dict[str, str] = {}
    counts: dict[str, list[int]] = {}
    split = {p: [_stem(part) for part in p.split("/")] for p in paths}
    for parts in split.values():
        for level, (stem, number) in enumerate(parts):
            counts.setdefault(_around(parts, level) + stem, []).append(number)
    for path, parts in split.items():
        names = []
        for level, (stem, number) in enumerate(parts):
            place = sorted(set(counts[_around(parts, level) + stem])).index(number)
            names.append(f"{stem}_{place}" if place else stem)
        found[path] = "/".join(names)
    return found


def _around(parts: Sequence[tuple[str, int]], level: int) -> str:
    """The names before `level`, as a path."""
    return "".join(f"{stem}_{number}/" for stem, number in parts[:level])


def _stem(name: str) -> tuple[str, int]:
    """An automatic name's word and number: dense_3 → (dense, 3)."""
    match = re.fullmatch(r"(.*?)_(\d+)", name)
    return (match[1], int(match[2])) if match else (name, 0)


def save_weights(
    model: Layer,
    filepath: str | os.PathLike[str],
    overwrite: bool = True,
    max_shard_size: float | None = None,
) -> None:
    """Write the weights of `model` to a .safetensors file. Raises ArgumentError, UnsupportedError, OSError."""
    path = _known_kind(path_of(filepath, "save_weights"), ("safetensors",))
    if not overwrite and Path(path).exists():
        raise ArgumentError(
            f"{path!r} exists.", source=str(caller()), cure="Give overwrite=True, or another name."
        )
    if max_shard_size is not None:
        raise UnsupportedError("weights are written to one file; max_shard_size is not supported.")
    arrays = {name: np.ascontiguousarray(v.numpy()) for name, v in weights_by_path(model).items()}
    try:
        _safetensors().save_file(arrays, path)
    except (OSError, IrkitError) as error:
        raise not_written(error, path) from None


def load_weights(
    model: Layer, filepath: str | os.PathLike[str], skip_mismatch: bool = False, **_: object
) -> None:
    """Take the weights of a .safetensors or .irk file, each by its path. skip_mismatch: leave out what does not fit.

    Nothing changes when something is missing or does not fit. Raises ShapeError naming it, FormatError, OSError.
    """
    path = _known_kind(path_of(filepath, "load_weights"), ("safetensors", "irk"))
    try:
        given = _of_model_file(path) if path.endswith(".irk") else _safetensors().load_file(path)
    except (OSError, IrkitError, ValueError) as error:
        raise not_read(error, path, _KINDS) from None
    mine = weights_by_path(model)
    if mine.keys() != given.keys():
        given = _renamed(given, mine)
    fitting = {n: v for n, v in mine.items() if n in given and given[n].shape == tuple(v.shape)}
    if not skip_mismatch and (len(fitting) < len(mine) or len(given) > len(mine)):
        raise ShapeError(
            f"{path!r} does not hold the weights of {getattr(model, 'shown', 'the model')}.",
            source=str(caller()),
            facts=_differences(mine, given)[:8],
            cure="Load them into a model of the same architecture, or give skip_mismatch=True to take what fits.",
        )
    for name, variable in fitting.items():
        variable.assign(given[name])


def _renamed(given: Mapping[str, Array], mine: Mapping[str, Variable]) -> dict[str, Array]:
    """`given` under the paths of `mine`, where the two differ in automatic numbers only; else as it is."""
    theirs, ours = renumbered(given), {v: k for k, v in renumbered(mine).items()}
    if {*theirs.values()} != ours.keys():
        return dict(given)
    return {ours[theirs[path]]: array for path, array in given.items()}


def _differences(mine: Mapping[str, Variable], given: Mapping[str, Array]) -> list[str]:
    missing = [f"{n}: {tuple(v.shape)} is missing in the file" for n, v in mine.items() if n not in given]
    unknown = [f"{n}: {a.shape} is not in the model" for n, a in given.items() if n not in mine]
    wrong = [
        f"{n}: {tuple(v.shape)}, in the file {given[n].shape}"
        for n, v in mine.items()
        if n in given and given[n].shape != tuple(v.shape)
    ]
    return [*wrong, *missing, *unknown]


def _known_kind(path: str, kinds: tuple[str, ...]) -> str:
    if path.endswith(tuple(f".{k}" for k in kinds)):
        return path
    told = "Keras's .weights.h5 is not supported. " if path.endswith(".h5") else ""
    raise ArgumentError(
        f"{told}A file of weights ends in {' or '.join(f'.{k}' for k in kinds)}. Received: {path!r}.",
        source=str(caller()),
        cure="Write e.g. 'model.safetensors'.",
    )


def _of_model_file(path: str) -> dict[str, Array]:
    model = serialize.load(path)
    return {name: np.asarray(weight.data) for weight, name in model.weight_paths().items()}


def _safetensors() -> ModuleType | Any:  # safetensors.numpy
    try:
        from safetensors import numpy as found  # noqa: PLC0415  # an extra
    except ImportError:
        raise UnsupportedError(
            "safetensors is not installed.",
            source=str(caller()),
            cure='Install it: pip install "irkit[safetensors]".',
        ) from None
    return found
