"""Captured: a program as a graph, to be called, saved and looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from irkit import execution, serialize, show
from irkit.errors import ArgumentError, AssumptionError, IrkitError, UnsupportedError
from irkit.frontends.capture import parameters
from irkit.frontends.capture.guards import Guards
from irkit.frontends.capture.report import KEY, CaptureReport, from_json
from irkit.frontends.capture.values import children, rebuilt
from irkit.frontends.models.debugging import Comparison, compared, intermediate
from irkit.frontends.models.files import not_written, path_of
from irkit.frontends.tensors import state
from irkit.frontends.tensors.tensor import EagerTensor
from irkit.ir import Array, GraphModel, TensorType
from irkit.ir.source import caller
from irkit.ir.structure import unflatten


@dataclass(frozen=True, slots=True)
class Place:
    """In a result: the place of output number `index`; kind: "tensor", or a number of Python."""

    index: int
    kind: str


class Captured:
    """A program that became a graph. Call it with arguments like those that it was captured with.

    report: what was fixed, assumed, unrolled and checked. graph_model: the graph.
    """

    def __init__(
        self,
        function: Callable[..., Any] | None,
        model: GraphModel,
        report: CaptureReport,
        guards: Guards,
        rebuild: Callable[[Sequence[EagerTensor]], Any],
    ) -> None:
        self.graph_model, self.report, self.guards = model, report, guards
        self._function, self._rebuild = function, rebuild
        self._executables: dict[str, execution.Executable] = {}

    @property
    def name(self) -> str:
        return self.graph_model.name

    @property
    def graph(self) -> Any:
        """The graph itself."""
        return self.graph_model.graph

    @classmethod
    def of(cls, model: GraphModel) -> Captured:
        """A captured program that came from a file: there is nothing outside of it. Records become SimpleNamespace."""
        text = model.metadata.get(KEY)
        report = CaptureReport() if text is None else from_json(text)
        return cls(
            None, model, report, Guards(()), lambda tensors: unflatten(model.signature.outputs, tensors)
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the program returns for these arguments; tensors in the place of arrays.

        Raises AssumptionError where something differs that the graph has fixed, AssertionFailed where a check of the
        program fails, ShapeError, ExecutionError.
        """
        return self.run(args, kwargs)

    def run(self, args: Sequence[Any], kwargs: dict[str, Any], backend: str = "onnxruntime") -> Any:
        """As a call, by the backend of that name."""
        inputs = self._inputs(args, kwargs)
        executable = self._executables.get(backend)
        if executable is None:
            executable = self._executables[backend] = execution.backend(backend).prepare(self.graph_model)
        return self.rebuilt(state.run(executable, self.graph_model, inputs))

    def _inputs(self, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Array]:
        """The graph's inputs, after everything that it assumes was looked at."""
        self.guards.demand()
        structure = self.graph_model.signature.inputs
        inputs = parameters.arrays(structure, self._bound(args, kwargs), len(self.graph_model.user_inputs))
        _check_dtypes(self.graph_model, inputs)
        return inputs

    def _bound(self, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        if self._function is None:
            return parameters.bound_by(self.graph_model.signature.inputs, args, kwargs)
        return parameters.bind(self._function, args, kwargs)

    def rebuilt(self, outputs: Sequence[Array]) -> Any:
        """The result as the program gives it, from the graph's outputs."""
        return self._rebuild([EagerTensor(np.asarray(x)) for x in outputs])

    def debug(self, *args: Any, **kwargs: Any) -> Comparison:
        """Run the graph in the interpreter beside the program itself, eagerly: what differs first, and where.

        Variables are afterwards what they were. Raises UnsupportedError for a file, which holds no program.
        """
        function = self._function
        if function is None:
            raise UnsupportedError(
                "a captured file holds no program to compare its graph with.",
                source=str(caller()),
                cure="Debug what irkit.capture returned, or look at intermediate results.",
            )
        inputs = self._inputs(args, kwargs)
        positional, named = _tensors(list(args)), _tensors(kwargs)
        return compared(self.graph_model, inputs, lambda: function(*positional, **named))

    def intermediate(self, layer: str, *args: Any, **kwargs: Any) -> Any:
        """What the layer at the path `layer` gives for these arguments; a list where it is called several times."""
        return intermediate(self.graph_model, self._inputs(args, kwargs), layer)

    def save(
        self, filepath: str | os.PathLike[str], *, onnx: bool = False, strip_sources: bool = False
    ) -> None:
        """Write the graph to one `.irk` file, as Model.save does."""
        path = path_of(filepath, "save")
        if not path.endswith(".irk"):
            raise ArgumentError(f"a model file ends in '.irk'. Received: {path!r}.", source=str(caller()))
        try:
            serialize.save(self.graph_model, path, onnx=onnx, strip_sources=strip_sources)
        except (OSError, IrkitError) as error:
            raise not_written(error, path) from None

    def summary(self, print_fn: Callable[[str], Any] | None = None) -> None:
        """Print the table of layers."""
        (print_fn or print)(show.summary(self.graph_model))

    def __repr__(self) -> str:
        return f"<Captured {self.name}: {len(self.graph_model.graph)} nodes>"


def _tensors(tree: Any) -> Any:
    """The structure with tensors in the place of arrays, as eager programs take them."""
    if isinstance(tree, np.ndarray | np.generic):
        return EagerTensor(np.asarray(tree))
    parts = children(tree)
    return tree if parts is None else rebuilt(tree, [_tensors(p) for p in parts[1]])


def _check_dtypes(model: GraphModel, inputs: Sequence[Array]) -> None:
    for value, array in zip(model.user_inputs, inputs, strict=True):
        type_ = value.type
        if (
            isinstance(type_, TensorType)
            and array.dtype != type_.dtype.numpy
            and array.dtype.kind not in "OUS"
        ):
            raise AssumptionError(
                f"the graph was captured with '{value.name}' of {type_.dtype}; it is {array.dtype}.",
                source=str(caller()),
                cure=f"Convert it: {value.name}.astype({str(type_.dtype)!r}), or capture again.",
            )


def placed(template: Any, tensors: Sequence[EagerTensor]) -> Any:
    """A result with the tensors, and the numbers of Python that they hold, in their places."""
    if isinstance(template, Place):
        tensor = tensors[template.index]
        return tensor if template.kind == "tensor" else tensor.item()
    parts = children(template)
    return template if parts is None else rebuilt(template, [placed(p, tensors) for p in parts[1]])
