"""Functional models: everything between given input and output tensors, also inner tensors of other models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.base import naming
from irkit.frontends.base.layer import Layer
from irkit.frontends.base.misuse import shown
from irkit.frontends.configuring.custom import custom_object_scope
from irkit.frontends.configuring.describing import described_functional
from irkit.frontends.configuring.rebuilding import rebuilt
from irkit.frontends.models.keras_order import keras_order
from irkit.frontends.models.model import Model
from irkit.frontends.models.prediction import as_input, in_order
from irkit.frontends.ops.replay import redone
from irkit.frontends.tensors.apply import apply
from irkit.frontends.tensors.definition import LayerStep, NodeStep, Scope, Step, current_scope, scope
from irkit.frontends.tensors.input import InputLayer, TensorSpec
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Call, GraphModel, LayerNode, Shape, Value, dims
from irkit.ir.layers import Json
from irkit.ir.source import caller
from irkit.ir.structure import Structure, flatten, unflatten

if TYPE_CHECKING:
    from irkit.operators import Operator


class Functional(Model):
    """A model given by its input and output tensors. Made by `Model(inputs, outputs)`.

    The steps between them are kept, and done again on whatever the model is called with: arrays, or symbolic tensors
    of another model, where its layers then appear under its name.
    """

    def __init__(
        self, inputs: Any, outputs: Any = None, name: str | None = None, trainable: bool = True
    ) -> None:
        super().__init__(name=name or naming.auto_name("functional"), trainable=trainable)
        self._input_leaves, self._inputs_structure = _symbolic_leaves(inputs, "inputs", self)
        self._output_leaves, self._outputs_structure = _symbolic_leaves(outputs, "outputs", self)
        self._steps = steps_between(self._input_leaves, self._output_leaves)
        self._input_layers = [_input_layer(t) for t in self._input_leaves]
        self._variables = _variables_read(self._steps)
        self._ordered_layers = keras_order(
            self._input_layers,
            self._steps,
            [t.value for t in self._input_leaves],
            [t.value for t in self._output_leaves],
        )
        _check_names(self)
        self._tracked["layers"] = list(self._ordered_layers)
        self.built = True

    @property
    def inputs(self) -> list[SymbolicTensor]:
        """The tensors that the model begins with."""
        return list(self._input_leaves)

    @property
    def outputs(self) -> list[SymbolicTensor]:
        """The tensors that the model ends in."""
        return list(self._output_leaves)

    @property
    def input(self) -> Any:  # the structure given as inputs
        return unflatten(self._inputs_structure, self._input_leaves)

    @property
    def output(self) -> Any:  # the structure given as outputs
        return unflatten(self._outputs_structure, self._output_leaves)

    @property
    def layers(self) -> list[Layer]:
        """All layers directly in the model, InputLayers included, in Keras's order."""
        return list(self._ordered_layers)

    @property
    def input_shape(self) -> Any:  # a shape, or a list of shapes
        return _keras_shapes(self._input_leaves)

    @property
    def output_shape(self) -> Any:  # a shape, or a list of shapes
        return _keras_shapes(self._output_leaves)

    @property
    def graph_model(self) -> GraphModel:
        """The whole model as a graph."""
        if self._first is None:
            specs = [TensorSpec(t.shape, t.dtype) for t in self._input_leaves]
            self._with_inputs(self._graph_for(self.input_names, specs, self._inputs_structure))
        assert self._first is not None
        return self._first

    def _with_inputs(self, model: GraphModel) -> None:
        """Put the InputLayers into the layer tree, and its children into Keras's order."""
        children = model.layers.children
        for layer, value in zip(self._input_layers, model.user_inputs, strict=True):
            call = Call((), (value,), layer.source)
            children[layer.name] = LayerNode(layer.name, "InputLayer", layer.config_json(), calls=[call])
        order = {layer.name: i for i, layer in enumerate(self._ordered_layers)}
        model.layers.children = dict(
            sorted(children.items(), key=lambda item: order.get(item[0], len(order)))
        )

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs, in order."""
        return [x.name for x in self._input_layers]

    def _model_for(self, x: object) -> GraphModel:
        return self.graph_model

    def call(
        self, inputs: Any, training: bool | None = None, mask: Any = None
    ) -> Any:  # as the model was given
        """Do the model's steps on `inputs`, which are laid out as the model's own, or named in a dict."""
        tensors = self._given(inputs)
        values: dict[Value, Any] = {t.value: x for t, x in zip(self._input_leaves, tensors, strict=True)}
        values.update(self._variables)
        for step in self._steps:
            values.update(zip(step.outputs, redone_step(step, values, training), strict=True))
        return unflatten(self._outputs_structure, [values[t.value] for t in self._output_leaves])

    def _given(self, inputs: Any) -> list[Any]:  # as call
        """A tensor for each of the model's inputs, in their dtypes."""
        leaves, structure = flatten(inputs, is_operand)
        same = structure == self._inputs_structure
        given = [x for _, x in leaves] if same else in_order(inputs, self.input_names)
        return [_fitted(x, t, n) for x, t, n in zip(given, self._input_leaves, self.input_names, strict=True)]

    def _refuse_tensors(self) -> None:
        """It is made with tensors."""

    @property
    def steps(self) -> list[Step]:
        """What was done between inputs and outputs: calls of layers, and operators outside of them."""
        return list(self._steps)

    @property
    def variables_read(self) -> Mapping[Value, Variable]:
        """Weights that operators outside of layers read."""
        return self._variables

    @property
    def structures(self) -> tuple[Structure, Structure]:
        """How inputs and outputs were given: a tensor, lists, dicts."""
        return self._inputs_structure, self._outputs_structure

    @property
    def operations(self) -> list[Any]:  # layers, and operators of the graph
        """The layers, and the operators that the user applied outside of them, in order."""
        return [*self.layers, *(s.node for s in self._steps if isinstance(s, NodeStep))]

    def get_config(self) -> dict[str, Any]:
        """The architecture in Keras's form: layers, what each was called on, inputs and outputs.

        Raises UnsupportedError for branches and loops outside of layers.
        """
        layers = [*self._input_layers, *(x for x in self.layers if x not in self._input_layers)]
        entries, places = described_functional(layers, self._steps, [t.value for t in self._input_leaves])
        order = {layer.name: i for i, layer in enumerate(self.layers)}
        return {
            "name": self.name,
            "trainable": self.trainable,
            "layers": sorted(entries, key=lambda e: order.get(e["name"], len(order))),
            "input_layers": _listed(self._inputs_structure, self._input_leaves, places),
            "output_layers": _listed(self._outputs_structure, self._output_leaves, places),
        }

    def config_json(self) -> Mapping[str, Json]:
        """What a file keeps of it; the graph and the layer tree beside it say the rest."""
        return {"name": self.name, "trainable": self.trainable}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The model that a configuration describes, Keras's or irkit's; its weights are new."""
        if "input_layers" not in config:
            return cls(**config)  # of a class of the user's
        with custom_object_scope(custom_objects or {}):
            inputs, outputs = rebuilt(config)
        return cls(inputs, outputs, name=config.get("name"), trainable=config.get("trainable", True))


def _listed(structure: Structure, leaves: Sequence[SymbolicTensor], places: Mapping[Value, Any]) -> Any:
    """Places of the tensors, in the structure in which they were given."""
    return unflatten(structure, [list(places[t.value]) for t in leaves])


def leaves_of(tree: Any) -> list[Any]:
    """All tensors of a structure, in order."""
    return [t for _, t in flatten(tree, is_operand)[0]]


def steps_between(inputs: Sequence[SymbolicTensor], outputs: Sequence[SymbolicTensor]) -> list[Step]:
    """The steps that lead from inputs to outputs, in the order in which the user wrote them.

    Raises ArgumentError when an output needs an Input that is not among the inputs.
    """
    given = {t.value for t in inputs}
    makers = {v: s for t in (*inputs, *outputs) for v, s in t.definition.makers.items()}
    needed: dict[Step, None] = {}
    pending = [t.value for t in outputs]
    while pending:
        value = pending.pop()
        step = makers.get(value)
        if value in given or step is None or step in needed:
            continue
        if isinstance(step, LayerStep) and isinstance(step.layer, InputLayer):
            raise ArgumentError(
                f"the outputs depend on the Input '{step.layer.name}', which is not among the inputs.",
                source=str(caller()),
                cure="Add it to the model's inputs.",
            )
        needed[step] = None
        pending.extend(step.inputs)
    return sorted(needed, key=lambda s: s.order)


def redone_step(step: Step, values: Mapping[Value, Any], training: bool | None) -> list[Any]:
    """What `step` gives for other tensors."""
    where = current_scope()
    told = where.training if training is None else training
    with scope(Scope(where.path, step.source, where.capturing, told)):
        if isinstance(step, NodeStep) and step.node.op.subgraphs:
            result = redone(step.node, values)
        elif isinstance(step, NodeStep):
            result = apply(
                cast("Operator", step.node.op),
                *(values[v] if v else None for v in step.node.inputs),
                count=len(step.outputs),
            )
        else:
            result = step.layer(*replaced(step.args, values), **replaced(step.kwargs, values))
    return leaves_of(result)


def replaced(tree: Any, values: Mapping[Value, Any]) -> Any:  # the same structure
    """Arguments of a step, with the tensors that stand for today's values."""
    if isinstance(tree, SymbolicTensor):
        return values.get(tree.value, tree)
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(replaced(x, values) for x in tree))
    if isinstance(tree, list | tuple):
        return type(tree)(replaced(x, values) for x in tree)
    if isinstance(tree, dict):
        return {k: replaced(x, values) for k, x in tree.items()}
    return tree


def is_operand(x: object) -> bool:
    """Whether `x` is one tensor, in whatever form."""
    return isinstance(x, Tensor | Variable | np.ndarray | np.generic)


def _check_names(model: Functional) -> None:
    """Raises ArgumentError when two layers are called alike: weights and layers are found by name."""
    first: dict[str, Layer] = {}
    for layer in model.layers:
        if first.setdefault(layer.name, layer) is not layer:
            raise ArgumentError(
                f"two layers are called '{layer.name}'.",
                source=str(layer.source),
                layer=model.shown,
                cure="Give each a name of its own.",
            )


def _symbolic_leaves(tree: object, what: str, model: Model) -> tuple[list[SymbolicTensor], Structure]:
    try:
        leaves, structure = flatten(tree, lambda x: isinstance(x, SymbolicTensor))
    except ArgumentError:  # something in it can never be one
        leaves, structure = [], {}
    if not leaves or isinstance(tree, Layer):
        raise ArgumentError(
            f"{what} must be tensors made by Input and layers. Received: {shown(tree)}.",
            source=str(caller()),
            layer=model.shown,
            cure="Write Model(x, y) with x = Input(shape) and y = layer(x); does every call() return its result?",
        )
    return [x for _, x in leaves], structure


def _input_layer(tensor: SymbolicTensor) -> InputLayer:
    """The InputLayer that made `tensor`, or a new one that stands for an inner tensor."""
    step = tensor.definition.makers.get(tensor.value)
    if isinstance(step, LayerStep) and isinstance(step.layer, InputLayer):
        return step.layer
    name = step.layer.name if isinstance(step, LayerStep) else tensor.name
    return InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype, name=f"{name}_output".replace("/", "_"))


def _variables_read(steps: Sequence[Step]) -> dict[Value, Variable]:
    """Weights that the user's own operators read, outside of any layer."""
    read = {v for s in steps if isinstance(s, NodeStep) for v in s.inputs}
    weights = {
        v: w
        for s in steps
        if isinstance(s, NodeStep) and s.node.graph
        for w, v in s.node.graph.weights.items()
    }
    return {v: Variable.of(w) for v, w in weights.items() if v in read}


def _fitted(x: Any, like: SymbolicTensor, name: str) -> Any:  # a tensor in any form
    """`x` in the dtype of the model's input, its shape checked. Raises ShapeError naming the input."""
    tensor = x if isinstance(x, Tensor | Variable) else EagerTensor(as_input(x, name, like.type))
    if isinstance(tensor, EagerTensor):
        tensor = EagerTensor(as_input(tensor.array, name, like.type))
    found, expected = tensor.type.shape or (), like.type.shape or ()
    fits = len(found) == len(expected) and all(
        dims.equal(a, b) is not False for a, b in zip(found, expected, strict=True)
    )
    if not fits:
        raise ShapeError(
            f"input '{name}' must be {like.type}. Received: {tensor.type}.",
            cure=_missing_batch(found, expected),
        )
    return tensor


def _missing_batch(found: Shape, expected: Shape) -> str:
    if len(found) == len(expected) - 1:
        return "A batch axis is missing: give x[None] for one sample."
    return "Change the data's shape, or the shape given to Input."


def _keras_shapes(tensors: Sequence[SymbolicTensor]) -> Any:  # a shape, or a list of shapes
    shapes = [tuple(d if isinstance(d, int) else None for d in t.shape) for t in tensors]
    return shapes[0] if len(shapes) == 1 else shapes
