"""Subclassed layers and models: weights once, flags, nesting, and Python control flow in `call`."""

from __future__ import annotations

import irkit
from irkit import layers, ops
from tests.capture_programs.program import Program, call, guarded, matrix, must, spec, vector

ROWS = [call(matrix((1, 2), (3, 4))), call(matrix((-1, -2), (-3, -4))), call(matrix((0.5, -2), (1, 1)))]


def dense(units: int, name: str | None = None, **options: object) -> layers.Dense:
    """A dense layer that is the same whenever it is made."""
    return layers.Dense(
        units, kernel_initializer=irkit.initializers.GlorotUniform(seed=units), name=name, **options
    )


class Gated(irkit.Model):
    """Branches on what it computes."""

    def __init__(self, depth=2, **kwargs):
        super().__init__(**kwargs)
        self.first, self.second = dense(2, "first"), dense(2, "second")
        self.depth = depth

    def call(self, x, training=False):
        for _ in range(self.depth):
            x = self.first(x)
            if x.sum() > 0:
                x = self.second(x) + 1
        if training:
            x = x * 100
        return x


@must("a subclassed model with a branch in call")
def subclassed_model() -> Program:
    return Program(Gated(), ROWS)


@must("a subclassed model with an open batch")
def model_with_open_batch() -> Program:
    return Program(
        Gated(), [*ROWS, call(matrix((1, 2))), call(matrix((1, 2), (3, 4), (-50, 6)))], (spec(None, 2),)
    )


@must("the training flag")
def training_flag() -> Program:
    calls = [*ROWS, call(ROWS[0].args[0], training=True, fits=False)]
    return Program(Gated(), calls)


@must("a layer called several times keeps one set of weights")
def shared_layer() -> Program:
    layer = dense(2)

    def f(x):
        y = layer(x)
        while y.sum() < 10:
            y = layer(y) + 1
        return layer(y)

    return Program(f, ROWS)


@must("layers in lists and dictionaries")
def layers_in_containers() -> Program:
    class Stack(irkit.Model):
        def __init__(self):
            super().__init__()
            self.steps = [dense(3, "a"), dense(2, "b")]
            self.heads = {"up": dense(1, "up"), "down": dense(1, "down")}

        def call(self, x):
            for step in self.steps:
                x = ops.relu(step(x))
            if x.sum() > 1:
                return self.heads["up"](x)
            return self.heads["down"](x)

    return Program(Stack(), ROWS)


@must("layers and models nested in each other")
def nested_models() -> Program:
    class Block(irkit.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.inner = dense(units)

        def call(self, x):
            y = self.inner(x)
            if y.mean() > x.mean():
                return y
            return x - y

    class Outer(irkit.Model):
        def __init__(self):
            super().__init__()
            self.blocks = [Block(2), Block(2)]
            self.gate = Gated(1)

        def call(self, x):
            for block in self.blocks:
                x = block(x)
            return self.gate(x)

    return Program(Outer(), ROWS)


@must("a Sequential and a functional model inside a function")
def other_styles_inside() -> Program:
    sequential = irkit.Sequential([irkit.Input((2,)), dense(3, activation="tanh"), dense(2)])
    start = irkit.Input((2,))
    functional = irkit.Model(start, dense(2)(start) + start)

    def f(x):
        return sequential(x) if x.sum() > 0 else functional(x)

    return Program(f, ROWS)


@must("a recurrent cell in a loop over time")
def recurrent_cell() -> Program:
    cell = layers.GRUCell(
        3, kernel_initializer=irkit.initializers.GlorotUniform(seed=1), recurrent_initializer="ones"
    )

    def f(x):
        state = ops.zeros((1, 3))
        for row in x:
            state, _ = cell(row[None], [state])
        return state

    return Program(f, [*ROWS, call(matrix((1, 2)))], (spec(None, 2),))


@must("weights of one's own")
def own_weights() -> Program:
    class Scaled(irkit.Layer):
        def build(self, shape):
            self.scale = self.add_weight(shape=(2,), initializer="ones", name="scale")

        def call(self, x):
            if (x * self.scale).sum() > 0:
                return x * self.scale + 1
            return x

    layer = Scaled()
    layer(matrix((0, 0)))
    layer.scale.assign([2.0, 3.0])
    return Program(layer, ROWS)


@guarded("weights set after capture: a file keeps those that it was saved with")
def weights_set_later() -> Program:
    layer = dense(2)
    layer(matrix((0, 0)))

    def f(x):
        return layer(x)

    def change():
        layer.set_weights([layer.get_weights()[0] * 2 + 1, layer.get_weights()[1] + 1])

    return Program(f, [ROWS[0], call(ROWS[1].args[0], before=change, changed=True)], reads=(layer.name,))


@guarded("layers made inside call")
def layer_made_inside() -> Program:
    class Careless(irkit.Layer):
        def call(self, x):
            return dense(2)(x)

    return Program(Careless(), ROWS)


@guarded("a number kept in the layer")
def counter_in_layer() -> Program:
    class Counting(irkit.Layer):
        def __init__(self):
            super().__init__()
            self.n = 0

        def call(self, x):
            self.n += 1
            return x * self.n

    layer = Counting()
    return Program(layer, ROWS, outside=lambda: layer.n)


@guarded("a tensor kept in the layer")
def tensor_kept_in_layer() -> Program:
    class Remembering(irkit.Layer):
        def __init__(self):
            super().__init__()
            self.last = None

        def call(self, x):
            y = x if self.last is None else x + self.last
            self.last = x
            return y

    return Program(Remembering(), ROWS)


@guarded("explicit state in a Variable")
def state_in_a_variable() -> Program:
    total = irkit.Variable(vector(0, 0), trainable=False)

    def f(x):
        total.assign(total + x)
        return total * 2

    calls = [call(vector(1, 2)), call(vector(3, 4)), call(vector(5, 6))]
    return Program(f, calls, outside=lambda: total.numpy().tolist())


@guarded("state assigned under a condition and in a loop")
def state_in_branches() -> Program:
    total = irkit.Variable(vector(0, 0), trainable=False)

    def f(x):
        if x.sum() > 0:
            total.assign(total + x)
        for row in x:
            total.assign(total + row)
        return x + total

    calls = [call(vector(1, 2)), call(vector(-3, -4)), call(vector(5, 6))]
    return Program(f, calls, outside=lambda: total.numpy().tolist())


@guarded("state of a call that fails is not committed")
def state_of_a_failed_call() -> Program:
    total = irkit.Variable(vector(0), trainable=False)

    def f(x):
        assert x[0] > 0, "must be positive"
        total.assign(total + x)
        return total + 0

    calls = [call(vector(1)), call(vector(-3)), call(vector(5))]
    return Program(f, calls, outside=lambda: total.numpy().tolist())


@guarded("dropout while training")
def dropout_while_training() -> Program:
    layer = layers.Dropout(0.5)

    def f(x):
        return layer(x, training=True)

    return Program(f, [call(vector(*range(1, 40))) for _ in range(3)], varies=True)


@must("dropout at inference")
def dropout_at_inference() -> Program:
    layer = layers.Dropout(0.5)

    def f(x, training=False):
        return layer(x, training=training) + 1

    return Program(f, ROWS)
