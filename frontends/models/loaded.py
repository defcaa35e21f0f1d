"""Models that came from a file: no class of the user's is needed to run, show, cut or reuse them."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from irkit import execution, serialize
from irkit.errors import IrkitError, UnsupportedError
from irkit.frontends.base.layer import Layer
from irkit.frontends.models.files import not_read, path_of
from irkit.frontends.models.model import Model
from irkit.frontends.models.prediction import arrange
from irkit.frontends.tensors import state
from irkit.frontends.tensors.definition import Definition, LayerStep, Record, current_scope
from irkit.frontends.tensors.input import InputLayer
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import GraphModel, LayerNode, TensorType, Value
from irkit.ir.extract import copy_nodes
from irkit.ir.structure import flatten, unflatten

if TYPE_CHECKING:
    from irkit.serialize import Verify


class LoadedLayer(Layer):
    """A layer of a loaded model: its name, configuration and weights, and the tensors that it took and gave."""

    def __init__(self, node: LayerNode) -> None:
        super().__init__(name=node.name, trainable=node.trainable)
        self._class_name, self.config = node.class_name, node.config
        self._tracked["weights"] = [Variable.of(w) for w in node.weights]
        self._tracked["layers"] = [LoadedLayer(child) for child in node.children.values()]
        self.built = True

    @property
    def class_name(self) -> str:
        """As it was saved."""
        return self._class_name

    @property
    def layers(self) -> list[Layer]:
        """The layers in it."""
        return self.sublayers()

    def call(self, *args: object, **kwargs: object) -> object:
        """Not possible: the file has what this layer computed in its model, not how it would treat other inputs."""
        raise UnsupportedError(
            "a layer that came from a file cannot be called alone.",
            cure="Call the model, or cut one out: irkit.Model(model.input, layer.output).",
        )

    def get_config(self) -> dict[str, Any]:
        """As it was saved."""
        return dict(self.config or {"name": self.name})


class LoadedModel(Model):
    """A model read from a file by ``irkit.load``."""

    def __init__(self, model: GraphModel) -> None:
        super().__init__(name=model.name)
        self._first = model
        self._eager: execution.Executable | None = None
        self._initial = [weight.data for weight in model.states]
        self._definition = _definition_of(model)
        self._tracked["layers"] = [self._with_tensors(node) for node in model.layers.children.values()]
        self._tracked["weights"] = [Variable.of(w) for w in model.layers.weights]
        self.built = True

    def _with_tensors(self, node: LayerNode) -> LoadedLayer:
        layer = LoadedLayer(node)
        for call in node.calls:
            inputs, outputs = (
                tuple(SymbolicTensor(v, self._definition) for v in vs) for vs in (call.inputs, call.outputs)
            )
            layer._nodes.append((inputs, outputs, inputs, outputs[0] if len(outputs) == 1 else list(outputs)))
        return layer

    @property
    def class_name(self) -> str:
        """As it was saved."""
        return self.graph_model.layers.class_name

    def trace(self, *inputs: Any) -> GraphModel:  # ignored
        """The graph, as it was loaded."""
        return self.graph_model

    def reset_states(self) -> None:
        """Give all states the values that they were saved with."""
        for weight, initial in zip(self.graph_model.states, self._initial, strict=True):
            weight.data = initial

    @property
    def inputs(self) -> list[SymbolicTensor]:
        return [SymbolicTensor(v, self._definition) for v in self.graph_model.user_inputs]

    @property
    def outputs(self) -> list[SymbolicTensor]:
        return [SymbolicTensor(v, self._definition) for v in self.graph_model.user_outputs]

    @property
    def input(self) -> Any:  # the structure that the model takes
        return unflatten(self.graph_model.signature.inputs, self.inputs)

    @property
    def output(self) -> Any:  # the structure that the model gives
        return unflatten(self.graph_model.signature.outputs, self.outputs)

    @property
    def metadata(self) -> Mapping[str, str]:
        """Free texts that were saved with the model."""
        return self.graph_model.metadata

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:  # as saved
        """The model's outputs. A loaded model always computes as at inference."""
        if training:
            raise UnsupportedError(
                "a loaded model computes as at inference; training=True has no meaning for it."
            )
        model = self.graph_model
        leaves = [
            x for _, x in flatten(inputs, lambda x: isinstance(x, SymbolicTensor | EagerTensor | Variable))[0]
        ]
        definition = current_scope().capturing or next(
            (x.definition for x in leaves if isinstance(x, SymbolicTensor)), None
        )
        outputs = self._evaluated(inputs) if definition is None else self._copied(leaves, definition.find())
        return unflatten(model.signature.outputs, outputs)

    def _evaluated(self, inputs: Any) -> list[EagerTensor]:
        model = self.graph_model
        if self._eager is None:
            self._eager = execution.backend("interpreter").prepare(model)
        return [EagerTensor(a) for a in state.run(self._eager, model, arrange(model, inputs))]

    def _copied(self, tensors: list[Any], definition: Definition) -> list[SymbolicTensor]:
        """The model's nodes as a part of the graph being defined, with its layers under this model's path."""
        model, where = self.graph_model, current_scope()
        mapping: dict[Value, Value] = {}
        given = [*tensors, *map(Variable.of, model.states)]
        for value, tensor in zip(model.graph.inputs, given, strict=True):
            mapping[value] = (
                state.value_of(tensor.weight, definition) if isinstance(tensor, Variable) else tensor.value
            )
        weight_of = {v: w for w, v in model.graph.weights.items()}
        copy_nodes(model.graph.nodes, definition.graph, mapping, weight_of, where.layer)
        for path, node in model.layers.walk():
            layer = LoadedLayer(node)
            for call in node.calls:
                inputs, outputs = (tuple(mapping[v] for v in vs) for vs in (call.inputs, call.outputs))
                definition.records.append(
                    Record((*where.path, *path.split("/")), layer, inputs, outputs, call.source)
                )
        made = [SymbolicTensor(mapping[v], definition) for v in model.graph.outputs]
        for weight, tensor in zip(model.states, made[len(model.user_outputs) :], strict=True):
            state.write(weight, tensor, definition)
        return made[: len(model.user_outputs)]


def _definition_of(model: GraphModel) -> Definition:
    """The model's graph as a definition, so that models can be cut out of it."""
    definition = Definition(model.graph)
    for value in model.graph.inputs:
        layer = _input_layer(value, definition)
        record = Record((layer.name,), layer, (), (value,), layer.source)
        definition.makers[value] = LayerStep(layer, (), {}, (), (value,), layer.source, -1)
        definition.records.append(record)
    for node in model.graph.nodes:
        definition.log_node(node)
    return definition


def _input_layer(value: Value, definition: Definition) -> InputLayer:
    """Sequences, optionals and tensors of unknown rank, which only imported models take, have no shape to show."""
    name = value.name.replace("/", "_") or "input"
    if not isinstance(value.type, TensorType) or value.type.shape is None:
        return InputLayer(batch_shape=(), name=name)
    shape = SymbolicTensor(value, definition).shape
    return InputLayer(batch_shape=shape, dtype=str(value.type.dtype), name=name)


def load(
    filepath: str | os.PathLike[str], *, verify: Verify = "auto", backend: str = "onnxruntime"
) -> LoadedModel:
    """The model in a `.irk` file.

    verify: whether the checksum of the weights is computed: "auto" (up to 64 MiB), "always" or "never". Everything
    else in the file is always verified. The weights are mapped, not read.
    backend: who runs a captured program when it is called.

    Raises FormatError or LimitError, with the byte offset, for a file that is not what it should be; OSError.
    """
    path = path_of(filepath, "load")
    try:
        model = serialize.load(path, verify=verify)
        if model.signature.inputs["kind"] == "arguments":
            # capture is a large part of irkit, which other files do not need
            captured = importlib.import_module("irkit.frontends.capture.loaded").LoadedCapture(model, backend)
            assert isinstance(captured, LoadedModel)
            return captured
        return LoadedModel(model)
    except (OSError, IrkitError) as error:
        raise not_read(error, path, "a file that model.save wrote") from None
