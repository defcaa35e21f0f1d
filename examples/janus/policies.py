"""The policies of A3C and PPO, acting in small worlds that stand in the same program."""

from __future__ import annotations

import numpy as np

import irkit
from examples.janus import Case
from irkit import layers, ops


class A3C(irkit.Model):
    """A recurrent policy over a film of frames; where an episode ended, it forgets."""

    def __init__(self, units: int = 32, actions: int = 4) -> None:
        super().__init__()
        self.convolutions = [
            layers.Conv2D(8, 3, strides=2, activation="elu", padding="same") for _ in range(3)
        ]
        self.cell = layers.LSTMCell(units)
        self.policy, self.value = layers.Dense(actions), layers.Dense(1)
        self.units = units

    def look(self, frame):
        x = frame[None]
        for convolution in self.convolutions:
            x = convolution(x)
        return ops.reshape(x, (1, -1))

    def call(self, frames, ended):
        h = c = ops.zeros((1, self.units))
        total, last = 0.0, 0
        for frame, end in zip(frames, ended):  # noqa: B905  # rows of tensors
            _, (h, c) = self.cell(self.look(frame), [h, c])
            probabilities = ops.softmax(self.policy(h))[0]
            last = probabilities.argmax()
            if probabilities[last] > 0.3:
                total = total + self.value(h)[0, 0]
            if end:
                h, c = h * 0, c * 0
        return probabilities, total, last


class PPO(irkit.Model):
    """A policy that balances a pole on a cart until it falls: the world's equations are a part of the program."""

    def __init__(self, most: int = 60) -> None:
        super().__init__()
        self.hidden = [layers.Dense(32, activation="tanh") for _ in range(2)]
        self.mean, self.value = layers.Dense(1), layers.Dense(1)
        self.most = most

    def act(self, state, deterministic: bool, noise):
        x = state[None]
        for layer in self.hidden:
            x = layer(x)
        action = self.mean(x)[0, 0]
        if not deterministic:
            action = action + 0.1 * noise
        return ops.clip(action, -1.0, 1.0), self.value(x)[0, 0]

    def call(self, state, noise, deterministic: bool = True):
        reward, turn = 0.0, 0
        while turn < self.most:
            action, value = self.act(state, deterministic, noise[turn])
            state = world(state, 10 * action)
            if abs(state[0]) > 2.4 or abs(state[2]) > 0.21:
                reward = reward - 10
                break
            reward = reward + 1 + 0 * value
            turn += 1
        return state, reward, turn


def world(state, force):
    """One hundredth of a second of a cart with a pole (Barto, Sutton, Anderson 1983)."""
    x, v, angle, spin = state
    sin, cos = ops.sin(angle), ops.cos(angle)
    push = (force + 0.05 * spin * spin * sin) / 1.1
    twist = (9.8 * sin - cos * push) / (0.5 * (4.0 / 3.0 - 0.1 * cos * cos / 1.1))
    pull = push - 0.05 * twist * cos / 1.1
    return ops.stack([x + 0.02 * v, v + 0.02 * pull, angle + 0.02 * spin, spin + 0.02 * twist])


def cases() -> list[Case]:
    """Films of several lengths; poles that stand more or less upright."""
    rng = np.random.default_rng(0)
    films = [rng.standard_normal((n, 24, 24, 2)).astype(np.float32) for n in (6, 3, 8)]
    ends = [rng.random(len(film)) < 0.3 for film in films]
    starts = [np.array(s, np.float32) for s in ((0, 0, 0.02, 0), (0, 0, 0.15, 0), (1, 1, -0.05, 0.1))]
    noise = rng.standard_normal(60).astype(np.float32)
    frames = (irkit.TensorSpec(("frames", 24, 24, 2)), irkit.TensorSpec(("frames",), "bool"))
    state = (irkit.TensorSpec((4,)), irkit.TensorSpec((60,)))
    return [
        Case("A3C", A3C(), list(zip(films, ends, strict=True)), frames),
        Case("PPO", PPO(), [(s, noise) for s in starts], state),
    ]
