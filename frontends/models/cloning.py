"""clone_model: the same architecture with new layers and new weights. Keras: keras.models.clone_model"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends.base.layer import Layer
from irkit.frontends.base.misuse import shown
from irkit.frontends.models.functional import Functional, leaves_of, redone_step, replaced
from irkit.frontends.models.model import Model
from irkit.frontends.models.sequential import Sequential
from irkit.frontends.tensors.definition import LayerStep
from irkit.frontends.tensors.input import Input
from irkit.frontends.tensors.tensor import SymbolicTensor
from irkit.ir import Value
from irkit.ir.source import caller
from irkit.ir.structure import unflatten

Clone = Callable[[Any], Any]  # layer → layer


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Clone | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
    **_: object,
) -> Any:  # a model of the same style
    """A model with new layers in the place of those of `model`.

    Args:
        model: Sequential or functional.
        input_tensors: to begin with, instead of new Inputs.
        clone_function: layer → the layer in its place; by default one made from its configuration.
        call_function: (layer, *args, **kwargs) → what to put in the place of its call.
        recursive: whether layers of inner models are cloned by clone_function too.
    """
    clone = clone_function or _from_configuration
    if recursive:
        clone = _into_models(clone, call_function)
    if isinstance(model, Sequential):
        return _sequential(model, input_tensors, clone)
    if isinstance(model, Functional):
        return _functional(model, input_tensors, clone, call_function)
    raise UnsupportedError(
        f"only Sequential and functional models can be cloned. Received: {shown(model)}.",
        source=str(caller()),
        cure="Make another one: type(model).from_config(model.get_config()), or call its class again.",
    )


def _from_configuration(layer: Layer) -> Any:  # a layer
    if isinstance(layer, Sequential | Functional):
        return clone_model(layer)
    return type(layer).from_config(layer.get_config())


def _into_models(clone: Clone, call_function: Any) -> Clone:  # as in clone_model
    def cloned(layer: Any) -> Any:  # a layer
        if isinstance(layer, Sequential | Functional):
            return clone_model(layer, None, clone, call_function, recursive=True)
        return clone(layer)

    return cloned


def _checked(made: Any) -> Layer:  # what a clone_function returned
    if not isinstance(made, Layer):
        raise ArgumentError(
            f"clone_function must return a layer. Received: {shown(made)}.", source=str(caller())
        )
    return made


def _sequential(model: Sequential, tensors: Any, clone: Clone) -> Sequential:
    begin = [tensors] if tensors is not None else [_new_input(t) for t in model.inputs]
    copies = [_checked(clone(x)) for x in model.layers]
    return Sequential([*begin, *copies], name=model.name, trainable=model.trainable)


def _new_input(tensor: SymbolicTensor) -> SymbolicTensor:
    return Input(batch_shape=tuple(tensor.shape), dtype=str(tensor.dtype), name=tensor.name)


def _functional(model: Functional, tensors: Any, clone: Clone, call: Any) -> Model:
    """The steps of `model` done again with other layers."""
    begin = [_new_input(t) for t in model.inputs] if tensors is None else leaves_of(tensors)
    values: dict[Value, Any] = {t.value: x for t, x in zip(model.inputs, begin, strict=True)}
    values.update(model.variables_read)
    copies: dict[Layer, Layer] = {}
    for step in model.steps:
        if not isinstance(step, LayerStep):
            values.update(zip(step.outputs, redone_step(step, values, None), strict=True))
            continue
        layer = copies.get(step.layer)
        if layer is None:
            layer = copies[step.layer] = _checked(clone(step.layer))
        args, kwargs = replaced(step.args, values), replaced(step.kwargs, values)
        result = call(layer, *args, **kwargs) if call else layer(*args, **kwargs)
        values.update(zip(step.outputs, leaves_of(result), strict=True))
    outputs = [values[t.value] for t in model.outputs]
    return Functional(
        unflatten(model.structures[0], begin),
        unflatten(model.structures[1], outputs),
        name=model.name,
        trainable=model.trainable,
    )
