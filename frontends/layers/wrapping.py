"""Layers around a layer. Keras: https://keras.io/api/layers/recurrent_layers/"""

from __future__ import annotations

from typing import Any

from irkit.errors import ArgumentError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import Shape, need_least_rank, one_of
from irkit.frontends.layers.inner import copy_of, inner_layer
from irkit.frontends.resolve import described
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["Bidirectional", "TimeDistributed", "Wrapper"]


@layer
class Wrapper(Layer):
    """Base of layers around a layer: builds the one inside, and calls it."""

    layer: Any

    def setup(self) -> None:
        self.layer = inner_layer(self.layer)

    def build(self, input_shape: Shape) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True

    def call(self, *args: Any, **kwargs: Any) -> Any:  # as the layer inside
        return self.layer(*args, **kwargs)


class TimeDistributed(Wrapper):
    """The same layer at every step.

    (batch, steps, …) → (batch, steps, …)
    """

    supports_masking = True

    def build(self, input_shape: Shape) -> None:
        super().build((input_shape[0], *input_shape[2:]))

    def check_inputs(self, inputs: object, *_: object) -> None:
        need_least_rank(inputs, 3, "batch, steps, …")

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:
        batch, steps, *rest = inputs.shape
        # the steps of all samples are one large batch
        y: Tensor = self.layer(ops.reshape(inputs, (-1, *rest)), training=training)
        front = (-1, steps) if isinstance(steps, int) else (batch, steps)
        return ops.reshape(y, (*front, *y.shape[1:]))


_MERGES = ("sum", "mul", "concat", "ave", None)


class Bidirectional(Layer):
    """A recurrent layer from first step to last, another from last to first, and their outputs merged.

    merge_mode: "concat", "sum", "mul", "ave", or None for both in a list.
    """

    def __init__(
        self,
        layer: Any,  # a layer, or its configuration
        merge_mode: str | None = "concat",
        weights: Any = None,  # arrays
        backward_layer: Any = None,  # as layer
        **arguments: Any,  # of Layer
    ) -> None:
        super().__init__(**arguments)
        self.merge_mode = one_of("merge_mode", merge_mode, _MERGES)
        given = inner_layer(layer)
        if not hasattr(given, "go_backwards"):
            raise ArgumentError(
                f"{given.shown} is no recurrent layer.", cure="Give it an LSTM, a GRU, a SimpleRNN or an RNN."
            )
        # copies, so that the given one keeps its name and can be used elsewhere
        self.forward_layer = copy_of(given, name=_prefixed("forward_", given.name), **_zeroing(given))
        self.backward_layer = _backward(
            given, inner_layer(backward_layer) if backward_layer is not None else None
        )
        if self.forward_layer.go_backwards == self.backward_layer.go_backwards:
            raise ArgumentError("the two layers must walk in opposite directions: set go_backwards of one.")
        self._given_weights = weights

    @property
    def layer(self) -> Any:  # the layer that walks forward
        return self.forward_layer

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        base = {name: getattr(self, name) for name in ("name", "trainable", "dtype")}
        layers = {"layer": described(self.forward_layer), "backward_layer": described(self.backward_layer)}
        return {**base, "merge_mode": self.merge_mode, **layers}

    def build(self, input_shape: Shape) -> None:
        for inner in (self.forward_layer, self.backward_layer):
            inner.build(input_shape)
            inner.built = True
        if self._given_weights is not None:
            self.set_weights(self._given_weights)

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,  # a list: the first half is for the forward layer
        mask: Tensor | None = None,
        training: bool | None = None,
    ) -> Any:  # a tensor; a list where the layers return states
        half = len(initial_state) // 2 if initial_state is not None else 0
        first, second = (initial_state[:half], initial_state[half:]) if half else (None, None)
        there = self.forward_layer(sequences, initial_state=first, mask=mask, training=training)
        back = self.backward_layer(sequences, initial_state=second, mask=mask, training=training)
        states: list[Tensor] = []
        if self.forward_layer.return_state:
            (there, *states), (back, *more) = there, back
            states += more
        if self.forward_layer.return_sequences:
            back = ops.flip(back, axis=1)
        merged = self._merged(there, back)
        if not states:
            return merged
        return [*merged, *states] if isinstance(merged, list) else [merged, *states]

    def compute_mask(self, sequences: Any, previous_mask: Any = None) -> Any:  # masks or None
        """As the layers inside."""
        mask = self.forward_layer.compute_mask(sequences, previous_mask)
        own = mask[0] if self.forward_layer.return_state else mask
        outputs = [own, own] if self.merge_mode is None else [own]
        if self.forward_layer.return_state:
            return [*outputs, *mask[1:], *mask[1:]]
        return outputs if self.merge_mode is None else own

    def _merged(self, there: Tensor, back: Tensor) -> Any:  # a tensor, or both in a list
        if self.merge_mode is None:
            return [there, back]
        if self.merge_mode == "concat":
            return ops.concatenate([there, back], axis=-1)
        if self.merge_mode == "mul":
            return ops.multiply(there, back)
        total = ops.add(there, back)
        return ops.divide(total, 2) if self.merge_mode == "ave" else total


def _zeroing(layer: Any) -> dict[str, bool]:  # a recurrent layer
    """Padding gives zeros in both directions: what stands there would differ between them."""
    return {"zero_output_for_mask": True} if layer.return_sequences else {}


def _prefixed(prefix: str, name: str) -> str:
    return prefix + name.removeprefix("forward_").removeprefix("backward_")


def _backward(forward: Any, given: Any) -> Any:  # recurrent layers
    """The layer that walks the other way."""
    if given is not None:
        return given
    changes = {"name": _prefixed("backward_", forward.name), "go_backwards": not forward.go_backwards}
    return copy_of(forward, **changes, **_zeroing(forward))
