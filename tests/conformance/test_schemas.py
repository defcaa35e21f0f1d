"""What irkit's classes say of an operator is what ONNX's schemas say."""

from __future__ import annotations

from typing import Any

import onnx
import pytest
from onnx.defs import OpSchema

from irkit.ir import DType
from irkit.ir.types import ANY
from irkit.operators import OPSET, Operator
from irkit.operators.attributes import AttributeSpec
from irkit.operators.catalogue import CHANGED, OLDEST, ONNX
from irkit.operators.registry import all_operators
from irkit.operators.rows import output_range

OURS = [cls for cls in all_operators() if cls.domain == ""]
MANY = 2**31 - 1
SPARSE = {("Constant", "sparse_value")}  # irkit has no sparse tensors
# Where ONNX writes a default that means "not given", or none although the text names one.
OTHER_DEFAULTS = {
    ("DequantizeLinear", "output_dtype"),
    ("QuantizeLinear", "output_dtype"),
    ("QuantizeLinear", "precision"),
    ("RNN", "activations"),
    ("SequenceEmpty", "dtype"),
}
MORE_DTYPES = {("Einsum", "Inputs")}  # bfloat16, which MatMul takes as well


def schema(cls: type[Operator]) -> OpSchema:
    return onnx.defs.get_schema(cls.__name__, OPSET, "")


def many(number: int | None) -> int:
    return MANY if number is None else number


def test_the_catalogue_is_onnx_s() -> None:
    latest: dict[str, OpSchema] = {}
    for s in onnx.defs.get_all_schemas_with_history():
        if s.domain == "" and s.since_version <= OPSET:
            latest[s.name] = max(latest.get(s.name, s), s, key=lambda x: x.since_version)
    assert {n: s.since_version for n, s in latest.items() if not s.deprecated} == ONNX


@pytest.mark.parametrize("cls", OURS)
def test_version_and_numbers_of_inputs_and_outputs(cls: type[Operator]) -> None:
    s = schema(cls)
    assert cls.since == s.since_version
    assert (cls.parameters.least, many(cls.parameters.most)) == (s.min_input, s.max_input)
    least, most = output_range(cls)
    assert (least, many(most)) == (s.min_output, s.max_output)


@pytest.mark.parametrize("cls", [c for c in OURS if c.since > OLDEST and c.__name__ not in CHANGED])
def test_operators_that_are_stamped_older_mean_the_same_there(cls: type[Operator]) -> None:
    new, old = schema(cls), onnx.defs.get_schema(cls.__name__, OLDEST, "")
    assert {n: (a.type, str(a.default_value)) for n, a in new.attributes.items()} == {
        n: (a.type, str(a.default_value)) for n, a in old.attributes.items()
    }
    assert [(i.name, i.option) for i in new.inputs] == [(i.name, i.option) for i in old.inputs]
    assert [(o.name, o.option) for o in new.outputs] == [(o.name, o.option) for o in old.outputs]
    before = {c.type_param_str: set(c.allowed_type_strs) for c in old.type_constraints}
    added = {t for c in new.type_constraints for t in set(c.allowed_type_strs) - before[c.type_param_str]}
    assert {t for t in added if t.startswith("tensor(")} <= {"tensor(bfloat16)", "tensor(float4e2m1)"}


@pytest.mark.parametrize("cls", OURS)
def test_attributes_and_their_defaults(cls: type[Operator]) -> None:
    theirs = {n: a for n, a in schema(cls).attributes.items() if (cls.__name__, n) not in SPARSE}
    assert {s.name: int(s.kind) for s in cls.specs} == {n: kind_of(a) for n, a in theirs.items()}
    for spec in cls.specs:
        assert spec.is_required == theirs[spec.name].required
        if (cls.__name__, spec.name) not in OTHER_DEFAULTS:
            assert same_default(spec, theirs[spec.name]), f"{spec.name}: {spec.default!r}"


def kind_of(attribute: Any) -> int:
    return int(onnx.AttributeProto.AttributeType.Value(attribute.type.name))


def same_default(spec: AttributeSpec, attribute: Any) -> bool:
    if not attribute.default_value.name:
        return spec.is_required or spec.default is None
    theirs = onnx.helper.get_attribute_value(attribute.default_value)
    if isinstance(theirs, float):
        return isinstance(spec.default, float) and abs(theirs - spec.default) <= 1e-6 * abs(theirs)
    theirs = tuple(theirs) if isinstance(theirs, list) else theirs
    return spec.default == (theirs.decode() if isinstance(theirs, bytes) else theirs)


@pytest.mark.parametrize("cls", OURS)
def test_element_types_of_inputs(cls: type[Operator]) -> None:
    s = schema(cls)
    allowed = {t.type_param_str: t.allowed_type_strs for t in s.type_constraints}
    for name, formal in zip(cls.parameters.names, s.inputs, strict=True):
        theirs = {t[7:-1] for t in allowed.get(formal.type_str, [formal.type_str]) if t.startswith("tensor(")}
        ours = {onnx_name(d) for d in cls.dtypes.get(name, ANY)} - {"float8e8m0"}
        if theirs and (cls.__name__, formal.name) not in MORE_DTYPES:
            assert ours == theirs, f"{name}: also {ours - theirs}, not {theirs - ours}"


def onnx_name(dtype: DType) -> str:
    return {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)
