"""Sequential: one layer after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irkit.errors import ArgumentError
from irkit.frontends.base.layer import Layer
from irkit.frontends.base.misuse import shown
from irkit.frontends.configuring.objects import deserialize_keras_object, serialize_keras_object
from irkit.frontends.models.model import Model
from irkit.frontends.tensors.definition import LayerStep, Scope, current_scope, scope
from irkit.frontends.tensors.input import Input, InputLayer, TensorSpec
from irkit.frontends.tensors.tensor import SymbolicTensor
from irkit.ir import GraphModel
from irkit.ir.layers import Json
from irkit.ir.source import caller
from irkit.ir.structure import SINGLE


class Sequential(Model):
    """A model that is a list of layers. Keras: https://keras.io/api/models/sequential/

    Args:
        layers: Input (or InputLayer) may come first; without it the model is built when it is first called.
        name: "sequential" when not given.
    """

    def __init__(
        self,
        layers: Sequence[Layer | SymbolicTensor] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name or "", trainable=trainable)
        self._layers: list[Layer] = []
        self._start: SymbolicTensor | None = None
        self._end: Any = None
        if isinstance(layers, Layer | SymbolicTensor):
            raise ArgumentError(
                f"a Sequential takes a list of layers. Received: {shown(layers)}.",
                source=str(caller()),
                cure="Write Sequential([first, second, …]).",
            )
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: Layer | SymbolicTensor) -> None:
        """Append a layer. Raises ShapeError at once when it cannot take what comes before it."""
        if isinstance(layer, SymbolicTensor | InputLayer):
            self._begin(layer)
            return
        if not isinstance(layer, Layer):
            raise ArgumentError(
                f"a Sequential holds layers. Received: {shown(layer)}.",
                source=str(caller()),
                layer=self.shown,
                cure=f"Write {layer.__name__}(…), which makes a layer."
                if isinstance(layer, type)
                else "Make a layer of it, e.g. layers.Activation(function) or layers.Lambda(function).",
            )
        if any(x.name == layer.name for x in self._layers):
            raise ArgumentError(
                f"two layers are called '{layer.name}'.",
                source=str(layer.source),
                layer=self.shown,
                cure="Give each a name of its own.",
            )
        if self._start is not None:
            self._end = self._through(layer, self._end)
        self._layers.append(layer)
        self._changed()

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer off and return it."""
        if not self._layers:
            raise ArgumentError(
                "there is no layer to take off.",
                source=str(caller()),
                layer=self.shown,
                cure="Add one first.",
            )
        layer = self._layers.pop()
        if self._start is not None:
            self._end = layer.input
        self._changed()
        return layer

    def _begin(self, first: SymbolicTensor | InputLayer) -> None:
        if self._layers or self._start is not None:
            raise ArgumentError(
                "Input must come first, and once.",
                source=str(caller()),
                layer=self.shown,
                cure="Write Sequential([Input(shape), …]).",
            )
        self._start = self._end = first.output if isinstance(first, InputLayer) else first

    def _changed(self) -> None:
        self._tracked["layers"] = list(self._layers)
        self.built = self._start is not None
        self._forget()

    @staticmethod
    def _through(layer: Layer, x: Any) -> Any:  # a tensor, or a structure of tensors
        """Call `layer`, and let errors name the line where it was made."""
        where = current_scope()
        with scope(Scope(where.path, layer.source, where.capturing, where.training)):
            return layer(x)

    def build(self, input_shape: Any = None) -> None:  # a shape
        """Fix the shape of the input (with the batch axis), as an Input at the front would."""
        where = current_scope()
        open_batch = isinstance(input_shape, tuple) and input_shape[:1] == (None,)
        if self._start is None and input_shape is not None and (not where.path or open_batch):
            with scope(Scope(source=where.source, training=where.training)):
                self._start = self._end = Input(batch_shape=tuple(input_shape))
                for layer in self._layers:
                    self._end = self._through(layer, self._end)
            self._changed()

    def call(
        self, inputs: Any, training: bool | None = None, mask: Any = None
    ) -> Any:  # as the first layer's
        """One layer after the other."""
        where = current_scope()
        with scope(
            Scope(where.path, where.source, where.capturing, where.training if training is None else training)
        ):
            x = inputs
            for layer in self._layers:
                x = self._through(layer, x)
        return x

    @property
    def graph_model(self) -> GraphModel:
        """The whole model as a graph."""
        if self._first is None and self._start is not None:
            self._graph_for([self._start.name], [TensorSpec(self._start.shape, self._start.dtype)], SINGLE)
        return super().graph_model

    def _model_for(self, x: object) -> GraphModel:
        return self.graph_model if self._start is not None else self.trace(x)

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the Input."""
        return list(self._layers)

    @property
    def inputs(self) -> list[SymbolicTensor]:
        return [] if self._start is None else [self._start]

    @property
    def outputs(self) -> list[SymbolicTensor]:
        return [] if self._start is None else [self._end]

    @property
    def input(self) -> Any:  # a tensor
        return self._known(self._start)

    @property
    def output(self) -> Any:  # a tensor
        return self._known(self._end)

    def _known(self, tensor: Any) -> Any:
        if tensor is None:
            raise ArgumentError(
                "the shape of the input is not known yet.",
                source=str(caller()),
                layer=self.shown,
                cure="Put Input(shape) first.",
            )
        return tensor

    def get_config(self) -> dict[str, Any]:
        """Name, and the layers in order, the Input first, in Keras's form."""
        begin = [] if self._start is None else [self._start.definition.makers[self._start.value]]
        layers: list[Any] = [*(step.layer for step in begin if isinstance(step, LayerStep)), *self._layers]
        return {
            "name": self.name,
            "trainable": self.trainable,
            "layers": serialize_keras_object(layers),
            "build_input_shape": None if self._start is None else list(_keras_shape(self._start)),
        }

    def config_json(self) -> Mapping[str, Json]:
        """What a file keeps of it; the graph and the layer tree beside it say the rest."""
        return {"name": self.name, "trainable": self.trainable}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The model that a configuration describes, Keras's or irkit's; its weights are new."""
        if "layers" not in config:
            return cls(**config)  # of a class of the user's
        layers = deserialize_keras_object(config["layers"], custom_objects)
        model = cls(layers, name=config.get("name"), trainable=config.get("trainable", True))
        shape = config.get("build_input_shape")
        if shape is not None and not model.inputs and all(isinstance(d, int | None) for d in shape):
            model.build(tuple(shape))
        return model


def _keras_shape(tensor: SymbolicTensor) -> tuple[int | None, ...]:
    return tuple(d if isinstance(d, int) else None for d in tensor.shape)
