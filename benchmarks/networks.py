"""Whole networks, one call: irkit beside onnxruntime on torch's own export of the same network, and beside torch.

    python -m benchmarks.networks [--rounds 20] [--threads 1] [--only resnet50 mobilenet_v2 encoder lstm]

irkit's networks are written as for Keras, channels last; torch's are in torch_networks.py. Competitors take turns in
every round; least and median of the rounds in milliseconds, and the ratio of the least to onnxruntime's. Weights are
random: only the speed is compared.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import irkit as keras
from benchmarks import torch_networks
from irkit import execution
from irkit.layers import (
    LSTM,
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    GlobalAveragePooling2D,
    LayerNormalization,
    MaxPooling2D,
    MultiHeadAttention,
    ReLU,
    ZeroPadding2D,
)


def _conv(x: keras.KerasTensor, outputs: int, kernel: int, stride: int = 1) -> keras.KerasTensor:
    if stride > 1 and kernel > 1:
        x = ZeroPadding2D(kernel // 2)(x)
        x = Conv2D(outputs, kernel, stride, padding="valid", use_bias=False)(x)
    else:
        x = Conv2D(outputs, kernel, stride, padding="same", use_bias=False)(x)
    return BatchNormalization()(x)


def _bottleneck(x: keras.KerasTensor, width: int, stride: int) -> keras.KerasTensor:
    y = ReLU()(_conv(x, width, 1, stride))
    y = _conv(ReLU()(_conv(y, width, 3)), 4 * width, 1)
    if stride > 1 or x.shape[-1] != 4 * width:
        x = _conv(x, 4 * width, 1, stride)
    return ReLU()(Add()([x, y]))


def resnet50() -> keras.Model:
    """As in torch_networks."""
    inputs = keras.Input((224, 224, 3))
    x = ReLU()(_conv(inputs, 64, 7, 2))
    x = MaxPooling2D(3, 2)(ZeroPadding2D(1)(x))  # behind a ReLU, a zero at the border is as good as nothing
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for i in range(blocks):
            x = _bottleneck(x, width, 2 if i == 0 and width > 64 else 1)
    return keras.Model(inputs, Dense(1000)(GlobalAveragePooling2D()(x)))


def _inverted(x: keras.KerasTensor, outputs: int, stride: int, factor: int) -> keras.KerasTensor:
    y = ReLU(6.0)(_conv(x, x.shape[-1] * factor, 1)) if factor > 1 else x
    if stride > 1:
        y = DepthwiseConv2D(3, stride, padding="valid", use_bias=False)(ZeroPadding2D(1)(y))
    else:
        y = DepthwiseConv2D(3, stride, padding="same", use_bias=False)(y)
    y = _conv(ReLU(6.0)(BatchNormalization()(y)), outputs, 1)
    return Add()([x, y]) if stride == 1 and x.shape[-1] == outputs else y


def mobilenet_v2() -> keras.Model:
    """As in torch_networks."""
    inputs = keras.Input((224, 224, 3))
    x = ReLU(6.0)(_conv(inputs, 32, 3, 2))
    for factor, outputs, blocks, stride in torch_networks.MOBILENET:
        for i in range(blocks):
            x = _inverted(x, outputs, stride if i == 0 else 1, factor)
    x = GlobalAveragePooling2D()(ReLU(6.0)(_conv(x, 1280, 1)))
    return keras.Model(inputs, Dense(1000)(x))


def encoder() -> keras.Model:
    """As in torch_networks."""
    x = inputs = keras.Input((128, 256))
    x = LayerNormalization(epsilon=1e-5)(Add()([x, MultiHeadAttention(8, 32)(x, x)]))
    y = Dense(256)(Activation("gelu")(Dense(1024)(x)))
    return keras.Model(inputs, LayerNormalization(epsilon=1e-5)(Add()([x, y])))


def lstm() -> keras.Model:
    """As in torch_networks."""
    return keras.Sequential([keras.Input((100, 256)), LSTM(256, return_sequences=True)])


# name → irkit's, torch's, shape of the input in irkit (torch's is channels first)
NETWORKS: dict[str, tuple[Callable[[], keras.Model], Callable[[], torch.nn.Module], tuple[int, ...]]] = {
    "resnet50": (resnet50, torch_networks.resnet50, (1, 224, 224, 3)),
    "mobilenet_v2": (mobilenet_v2, torch_networks.mobilenet_v2, (1, 224, 224, 3)),
    "encoder": (encoder, torch_networks.encoder, (8, 128, 256)),
    "lstm": (lstm, torch_networks.Lstm, (32, 100, 256)),
}


def competitors(name: str, threads: int, folder: Path) -> dict[str, Callable[[], object]]:
    """What is timed, by name. The first is the peer that ratios are to."""
    make, make_torch, shape = NETWORKS[name]
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    net = make_torch().eval()
    theirs = torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2)) if x.ndim == 4 else x)
    torch.onnx.export(net, (theirs,), str(folder / f"{name}.onnx"), dynamo=True, verbose=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        folder / f"{name}.onnx", options, providers=["CPUExecutionProvider"]
    )
    fed = {session.get_inputs()[0].name: theirs.numpy()}
    model = make()
    model.save(folder / f"{name}.irk")
    graph = keras.load(folder / f"{name}.irk").graph_model
    ours = execution.backend("onnxruntime").prepare(graph, threads=threads)
    native = execution.backend("native").prepare(graph, threads=threads)

    def in_torch() -> None:
        with torch.inference_mode():
            net(theirs)

    return {
        "onnxruntime on torch's export": lambda: session.run(None, fed),
        "irkit, onnxruntime in Python": lambda: ours.run([x]),
        "irkit, C++ runtime": lambda: native.run([x]),
        "torch": in_torch,
    }


def measured(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each call, in turn."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return times


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    print(f"{platform.processor() or platform.machine()}, {given.threads} thread(s), ms per call")
    for name in given.only:
        with tempfile.TemporaryDirectory() as folder:
            times = measured(competitors(name, given.threads, Path(folder)), given.rounds)
        peer = min(next(iter(times.values())))
        print(f"\n{name:>32} {'min':>8} {'median':>8} {'ratio':>6}")
        for who, found in times.items():
            print(
                f"{who:>32} {1e3 * min(found):>8.2f} {1e3 * statistics.median(found):>8.2f} {min(found) / peer:>6.2f}"
            )


if __name__ == "__main__":
    main()
