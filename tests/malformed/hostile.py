"""Files that keep every rule of the format and would still do harm, for the C++ runtime: its PROGRAM alone is hostile.

`python -m tests.malformed.hostile NAME…` opens each, makes a session and runs it, and tells in one line how that ended.
"""

from __future__ import annotations

import ctypes
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from irkit.backends.native_abi import Library, SessionOptions, Value, onnxruntime_library
from irkit.backends.native_values import result_of, value_of
from irkit.backends.program import (
    AttributeKind,
    AttributeP,
    DimOp,
    DimP,
    DimToken,
    GraphP,
    NodeP,
    PortP,
    Program,
    TensorP,
    TypeP,
)
from irkit.errors import IrkitError
from irkit.ir import DType
from tests.malformed.builder import Parts, parts

Array = np.ndarray


@dataclass(frozen=True)
class Hostile:
    """One operator, its inputs, and its attributes. constants: inputs that stand in the file, after the others.

    declared: sizes of the inputs in the file, None for open ones; where it is not given, those of the arrays.
    """

    op: str
    inputs: Sequence[Array]
    constants: Sequence[Array] = ()
    attributes: Mapping[str, object] | None = None
    declared: Sequence[Sequence[int]] | None = None
    order: Sequence[int] | None = None  # numbers of values, constants first; -1 is an omitted one
    outputs: int = 1
    dtype: DType | None = None  # of the outputs

    def file(self) -> bytes:
        made = parts("branching")
        made.weights, tensors = bytearray(), []
        for array in self.constants:
            made.weights += bytes(-len(made.weights) % 64)
            data = np.ascontiguousarray(array).tobytes()
            tensors.append(TensorP("", DType.of(array.dtype), array.shape, len(made.weights), len(data)))
            made.weights += data
        made.program = self._program(made, tuple(tensors))
        return made.bytes()

    def _program(self, made: Parts, tensors: tuple[TensorP, ...]) -> Program:
        count, given = len(tensors), len(self.inputs)
        sizes = self.declared or [x.shape for x in self.inputs]
        inputs = [
            PortP(f"x{i}", _type(DType.of(x.dtype), shape))
            for i, (x, shape) in enumerate(zip(self.inputs, sizes, strict=True))
        ]
        dtype = self.dtype or DType.of((*self.inputs, *self.constants)[0].dtype)
        strings = ["", self.op, *sorted(self.attributes or {})]
        node = NodeP(
            op=1,
            inputs=tuple(self.order or [*range(count, count + given), *range(count)]),
            outputs=tuple(range(count + given, count + given + self.outputs)),
            attributes=tuple(
                _attribute(strings.index(name), value)
                for name, value in sorted((self.attributes or {}).items())
            ),
        )
        return Program(
            producer="somebody",
            onnx_ir_version=11,
            opset=23,
            inputs=tuple(inputs),
            outputs=tuple(PortP(f"y{i}", TypeP(dtype=dtype, has_rank=False)) for i in range(self.outputs)),
            strings=tuple(strings),
            tensors=tensors,
            initializers=tuple(range(count)),
            graphs=(GraphP(tuple(range(count, count + given)), node.outputs, (node,)),),
        )


def _type(dtype: DType, shape: Sequence[int]) -> TypeP:
    return TypeP(dtype=dtype, dims=tuple(DimP((DimToken(n, DimOp.CONST),)) for n in shape))


def _attribute(name: int, value: object) -> AttributeP:
    match value:
        case int():
            return AttributeP(name, AttributeKind.INT, i=value)
        case float():
            return AttributeP(name, AttributeKind.FLOAT, f=value)
        case bytes():
            return AttributeP(name, AttributeKind.STRING, s=value)
        case tuple():
            return AttributeP(name, AttributeKind.INTS, ints=value)
    raise TypeError(value)


def ints(*values: int, dtype: type = np.int64) -> Array:
    return np.array(values, dtype)


LEAST64, LEAST32 = ints(-(2**63)), ints(-(2**31), dtype=np.int32)
F = np.float32
GIB = ints(2**28)

HOSTILE: Mapping[str, Callable[[], Hostile]] = {
    "Div of int64 by -1": lambda: Hostile("Div", [LEAST64, ints(-1)]),
    "Div of int32 by -1": lambda: Hostile("Div", [LEAST32, ints(-1, dtype=np.int32)]),
    "Div of int64 by 0": lambda: Hostile("Div", [LEAST64, ints(0)]),
    "Div of int32 by 0 in the file": lambda: Hostile("Div", [LEAST32], [ints(0, dtype=np.int32)]),
    "Mod of int64 by -1": lambda: Hostile("Mod", [LEAST64, ints(-1)]),
    "Mod of int32 by 0": lambda: Hostile("Mod", [LEAST32, ints(0, dtype=np.int32)]),
    "Mod of uint8 by 0": lambda: Hostile("Mod", [ints(3, dtype=np.uint8), ints(0, dtype=np.uint8)]),
    "LayerNormalization without its scale": lambda: Hostile(
        "LayerNormalization", [np.ones((2, 3), F), np.ones(3, F)], order=[0, -1, 1]
    ),
    "LayerNormalization with its last input omitted": lambda: Hostile(
        "LayerNormalization", [np.ones((2, 3), F), np.ones(3, F)], order=[0, 1, -1]
    ),
    "Min of nothing": lambda: Hostile("Min", [np.ones(2, F)], order=[-1, 0]),
    "Split of nothing": lambda: Hostile("Split", [np.ones(2, F)], order=[-1, 0], outputs=2),
    "GatherND with many batch dims": lambda: Hostile(
        "GatherND", [np.ones((2, 3), F), np.zeros((2, 1), np.int64)], attributes={"batch_dims": 7}
    ),
    "GatherND with negative batch dims": lambda: Hostile(
        "GatherND", [np.ones((2, 3), F), np.zeros((2, 1), np.int64)], attributes={"batch_dims": -1}
    ),
    "Attention without heads": lambda: Hostile(
        "Attention", [np.ones((1, 2, 4), F)] * 3, attributes={"q_num_heads": 0, "kv_num_heads": 0}
    ),
    "Attention with too many heads": lambda: Hostile(
        "Attention", [np.ones((1, 2, 4), F)] * 3, attributes={"q_num_heads": 2**40, "kv_num_heads": 3}
    ),
    "Attention with more heads than numbers": lambda: Hostile(
        "Attention", [np.ones((1, 2, 4), F)] * 3, attributes={"q_num_heads": 8, "kv_num_heads": 8}
    ),
    "Attention whose heads do not divide": lambda: Hostile(
        "Attention", [np.ones((1, 2, 4), F)] * 3, attributes={"q_num_heads": 3, "kv_num_heads": 2}
    ),
    "Reshape by a shape of 2³¹ numbers": lambda: Hostile(
        "Reshape", [np.ones(4, F), ints(2, 2)], declared=[(4,), (2**31,)]
    ),
    "Expand by a shape of 2³¹ numbers": lambda: Hostile(
        "Expand", [np.ones(4, F), ints(2, 4)], declared=[(4,), (2**31,)]
    ),
    "a bomb of 1 GiB in a few bytes": lambda: Hostile("ConstantOfShape", [], [GIB], dtype=DType.float32),
    "a bomb of 2⁶² bytes": lambda: Hostile("ConstantOfShape", [], [ints(2**30, 2**30)], dtype=DType.float32),
    "a bomb of a negative size": lambda: Hostile("ConstantOfShape", [], [ints(-1)], dtype=DType.float32),
    "Range of 2⁶² numbers": lambda: Hostile(
        "Range", [], [np.array(0), np.array(2**62), np.array(1)], dtype=DType.int64
    ),
    "Range without end": lambda: Hostile(
        "Range", [], [np.array(0), np.array(5), np.array(0)], dtype=DType.int64
    ),
    "Tile by 2⁴⁰": lambda: Hostile("Tile", [np.ones(4, F)], [ints(2**40)]),
    "Pad by 2⁴⁰": lambda: Hostile("Pad", [np.ones(4, F)], [ints(2**40, 0)]),
    "Pad that takes more than there is": lambda: Hostile("Pad", [np.ones(4, F)], [ints(-9, -9)]),
    "Gather beyond the end": lambda: Hostile("Gather", [np.ones(4, F), ints(2**40)]),
    "Gather before the start": lambda: Hostile("Gather", [np.ones(4, F), ints(-(2**40))]),
    "GatherElements beyond the end": lambda: Hostile("GatherElements", [np.ones(4, F), ints(99)]),
    "ScatterND beyond the end": lambda: Hostile(
        "ScatterND", [np.ones(4, F), ints(99).reshape(1, 1), np.ones(1, F)]
    ),
    "Slice with a step of 0": lambda: Hostile("Slice", [np.ones(4, F)], [ints(0), ints(4), ints(0), ints(0)]),
    "TopK of a negative number": lambda: Hostile("TopK", [np.ones(4, F)], [ints(-1)], outputs=2),
    "TopK of more than there is": lambda: Hostile("TopK", [np.ones(4, F)], [ints(2**40)], outputs=2),
    "OneHot of depth -1": lambda: Hostile(
        "OneHot", [ints(1)], [ints(-1), np.array([0, 1], F)], dtype=DType.float32
    ),
    "Resize to 2⁴⁰": lambda: Hostile(
        "Resize", [np.ones((1, 1, 4, 4), F)], [ints(1, 1, 2**40, 2**40)], order=[1, -1, -1, 0]
    ),
    "BitShift by 200": lambda: Hostile(
        "BitShift", [ints(1, dtype=np.uint8), ints(200, dtype=np.uint8)], attributes={"direction": b"LEFT"}
    ),
    "Conv of no group": lambda: Hostile(
        "Conv", [np.ones((1, 1, 4, 4), F)], [np.ones((1, 1, 2, 2), F)], attributes={"group": 0}
    ),
    "Conv whose kernel is said to be larger": lambda: Hostile(
        "Conv",
        [np.ones((1, 1, 4, 4), F)],
        [np.ones((1, 1, 2, 2), F)],
        attributes={"kernel_shape": (2**31, 2)},
    ),
    "MaxPool of a huge kernel": lambda: Hostile(
        "MaxPool", [np.ones((1, 1, 4, 4), F)], attributes={"kernel_shape": (2**40, 2**40)}
    ),
    "DepthToSpace by 0": lambda: Hostile(
        "DepthToSpace", [np.ones((1, 4, 2, 2), F)], attributes={"blocksize": 0}
    ),
    "SpaceToDepth by 2⁴⁰": lambda: Hostile(
        "SpaceToDepth", [np.ones((1, 4, 2, 2), F)], attributes={"blocksize": 2**40}
    ),
    "CumSum along axis 99": lambda: Hostile("CumSum", [np.ones(4, F)], [np.array(99)]),
    "Squeeze of axis 2⁴⁰": lambda: Hostile("Squeeze", [np.ones((1, 4), F)], [ints(2**40)]),
    "Transpose by axes that are not there": lambda: Hostile(
        "Transpose", [np.ones((2, 3), F)], attributes={"perm": (5, -7)}
    ),
    "EyeLike far off the diagonal": lambda: Hostile("EyeLike", [np.ones((2, 3), F)], attributes={"k": 2**62}),
    "Trilu far off the diagonal": lambda: Hostile("Trilu", [np.ones((2, 3), F)], [np.array(-(2**63))]),
    "Unique along axis 9": lambda: Hostile("Unique", [np.ones((2, 3), F)], attributes={"axis": 9}),
    "ReverseSequence longer than it is": lambda: Hostile(
        "ReverseSequence", [np.ones((4, 2), F), ints(99, 99)]
    ),
    "Compress of more than there is": lambda: Hostile("Compress", [np.ones(2, F), np.ones(9, bool)]),
    "GridSample of no number": lambda: Hostile(
        "GridSample", [np.ones((1, 1, 2, 2), F), np.full((1, 2, 2, 2), np.nan, F)]
    ),
    "RoiAlign of a batch that is not there": lambda: Hostile(
        "RoiAlign", [np.ones((1, 1, 4, 4), F), np.ones((1, 4), F), ints(99)]
    ),
    "NonMaxSuppression of 2⁶² boxes": lambda: Hostile(
        "NonMaxSuppression", [np.ones((1, 2, 4), F), np.ones((1, 1, 2), F)], [ints(2**62)], dtype=DType.int64
    ),
}


def ending(hostile: Hostile) -> str:
    library, opened, session = Library(), ctypes.c_void_p(), ctypes.c_void_p()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.irk"
        path.write_bytes(hostile.file())
        try:
            library.check(library.open(str(path).encode(), None, ctypes.byref(opened)))
        except IrkitError as error:
            return f"refused when opened: {type(error).__name__}: {error.problem}"
    found = onnxruntime_library()
    options = SessionOptions(
        struct_size=ctypes.sizeof(SessionOptions),
        library=found.encode() if found else None,
        threads=1,
        optimization=0,  # all
        log_level=2,
    )
    try:
        library.check(library.create(opened, ctypes.byref(options), ctypes.byref(session)))
    except IrkitError as error:
        return f"refused as a session: {type(error).__name__}: {error.problem}"
    return _run(library, session, hostile)


def _run(library: Library, session: ctypes.c_void_p, hostile: Hostile) -> str:
    kept: list[object] = []
    count = len(hostile.inputs)
    given = (Value * max(count, 1))(*[value_of(x, kept) for x in hostile.inputs])
    made, result = (Value * hostile.outputs)(), ctypes.c_void_p()
    try:
        library.check(library.run(session, given, count, made, hostile.outputs, None, ctypes.byref(result)))
    except IrkitError as error:
        return f"refused when run: {type(error).__name__}: {error.problem}"
    return f"ran: {[getattr(result_of(value), 'shape', None) for value in made]}"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in sys.argv[1:]:
        start = time.process_time()
        end = ending(HOSTILE[name]())
        print(json.dumps({"name": name, "end": end, "seconds": time.process_time() - start}), flush=True)


if __name__ == "__main__":
    main()
