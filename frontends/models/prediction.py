"""Running a graph on many samples: arrays are put into the graph's order and dtypes, cut into batches, and joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from irkit import execution
from irkit.errors import ShapeError
from irkit.frontends.base.misuse import shown
from irkit.frontends.tensors import state
from irkit.frontends.tensors.tensor import EagerTensor
from irkit.ir import Array, DType, GraphModel, TensorType, Type
from irkit.ir.source import caller
from irkit.ir.structure import flatten, unflatten

PROGRESS_FROM = 8  # batches; fewer are over before a bar could be read


def arrange(model: GraphModel, x: Any) -> list[Array]:  # an array, or a list or dict of arrays
    """The arrays in `x` in the order of the graph's inputs, converted to its dtypes.

    A dict is matched by the inputs' names, a list by their order. Raises ShapeError naming the input.
    """
    inputs = model.user_inputs
    given = _as_declared(model, x)
    if given is None:
        given = in_order(x, [v.name for v in inputs])
    return [as_input(a, v.name, v.type) for a, v in zip(given, inputs, strict=True)]


def _as_declared(model: GraphModel, x: Any) -> list[Any] | None:  # as arrange
    """The arrays of a dict that is laid out as the one of which the model was made; None for any other."""
    if not isinstance(x, Mapping) or model.signature is None:
        return None
    leaves, structure = flatten(dict(x), lambda v: not isinstance(v, dict))
    return [v for _, v in leaves] if structure == model.signature.inputs else None


def in_order(x: Any, names: Sequence[str]) -> list[Any]:  # as arrange
    """What `x` gives for each of the inputs called `names`. Raises ShapeError."""
    if isinstance(x, Mapping):
        missing, unknown = [n for n in names if n not in x], [str(k) for k in x if k not in names]
        if missing or unknown:
            problem = (
                f"has no input {', '.join(unknown)}" if unknown else f"needs the input {', '.join(missing)}"
            )
            raise ShapeError(
                f"the model {problem}.", source=str(caller()), cure=f"Its inputs are {', '.join(names)}."
            )
        return [x[n] for n in names]
    if len(names) == 1:
        return [x[0] if isinstance(x, list | tuple) and len(x) == 1 and hasattr(x[0], "__array__") else x]
    if not isinstance(x, list | tuple) or len(x) != len(names):
        count = f"{len(x)} arrays" if isinstance(x, list | tuple) else f"one {type(x).__name__}"
        raise ShapeError(
            f"the model has {len(names)} inputs. Received: {count}.",
            source=str(caller()),
            cure=f"Give a list in this order, or a dict: {', '.join(names)}.",
        )
    return list(x)


def as_input(x: Any, name: str, type_: Type) -> Array:  # anything numpy can read
    """`x` in the dtype of the input called `name`. Raises ShapeError where that would lose something."""
    if not isinstance(type_, TensorType):
        return x  # type: ignore[no-any-return]  # a list of arrays for a sequence
    array = x.array if isinstance(x, EagerTensor) else _numbers(x, name, type_)
    wanted = type_.dtype.numpy
    if array.dtype == wanted:
        return array
    found = DType.of(array.dtype)
    lossy = array.dtype.kind == "f" and wanted.kind in "iub"
    if found is not type_.dtype and (lossy or DType.string in (found, type_.dtype)):
        raise ShapeError(
            f"input '{name}' takes {type_.dtype}. Received: {found}.",
            source=str(caller()),
            cure=f"Convert it: {name}.astype({str(type_.dtype)!r}).",
        )
    return array.astype(wanted)


def _numbers(x: Any, name: str, type_: TensorType) -> Array:  # what the user gave
    try:
        array = np.asarray(x)
    except ValueError:
        raise ShapeError(
            f"input '{name}' must be {type_}. Received: rows of different lengths.",
            source=str(caller()),
            cure="Pad the rows to one length.",
        ) from None
    if array.dtype == object and (x is None or type_.dtype is not DType.string):
        raise ShapeError(
            f"input '{name}' must be {type_}. Received: {shown(x)}.",
            source=str(caller()),
            cure="Give an array of numbers.",
        )
    if isinstance(x, str | bytes):
        raise ShapeError(
            f"input '{name}' must be {type_}. Received: {shown(x)}.",
            source=str(caller()),
            cure="Give the contents as an array; files are read by you, e.g. by np.load.",
        )
    return array


class Prediction:
    """A model made ready by one backend."""

    __slots__ = ("_executable", "_model")

    def __init__(self, model: GraphModel, backend: str) -> None:
        self._model = model
        self._executable = execution.backend(backend).prepare(model)

    def run(self, x: Any, batch_size: int, verbose: str | int = 0, steps: int | None = None) -> Any:
        """The outputs for all samples in `x`, in the structure that the model returns."""
        arrays = arrange(self._model, x)
        samples = _sample_count(arrays, [v.name for v in self._model.user_inputs])
        if samples is None or (samples <= batch_size and steps is None):
            outputs = state.run(self._executable, self._model, arrays)
        else:
            batches = [
                state.run(self._executable, self._model, b)
                for b in _shown(_batches(arrays, samples, batch_size, steps), verbose)
            ]
            outputs = [np.concatenate(parts) for parts in zip(*batches, strict=True)]
        return unflatten(self._model.signature.outputs, outputs)


def _sample_count(arrays: Sequence[Array], names: Sequence[str]) -> int | None:
    counts = {n: len(a) for n, a in zip(names, arrays, strict=True) if np.ndim(a)}
    if len(set(counts.values())) > 1:
        found = ", ".join(f"{n}: {c}" for n, c in counts.items())
        raise ShapeError(
            f"all inputs must have the same number of samples; found {found}.",
            source=str(caller()),
            cure="Cut the arrays to one length.",
        )
    return next(iter(counts.values()), None)


def _batches(arrays: Sequence[Array], samples: int, size: int, steps: int | None) -> list[list[Array]]:
    starts = range(0, samples, size)[:steps]
    return [[a[i : i + size] for a in arrays] for i in starts]


def _shown(batches: list[list[Array]], verbose: str | int) -> Iterator[list[Array]]:
    """The batches, with a progress bar when there are many and nobody asked for silence."""
    if verbose in (0, "0") or len(batches) < PROGRESS_FROM:
        return iter(batches)
    from tqdm import tqdm  # noqa: PLC0415  # a heavy package, needed for long inputs only

    return iter(tqdm(batches, unit="batch", leave=False))
