"""Print cpp_runtime/src/operator_table.inc: the closed table of operators that the C++ runtime accepts.

    python scripts/operator_table.py > cpp_runtime/src/operator_table.inc

The rows come from the schemas of the installed onnx package, at the opset that irkit pins. Operators whose
attributes PROGRAM cannot express (sparse tensors, types) lose those attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx

if TYPE_CHECKING:
    from onnx.defs import OpSchema

OPSETS = {"": 23, "ai.onnx.ml": 5}
# ONNX's names → those of AttributeKind in the code that flatc makes.
KINDS = {"FLOAT": "float_", "INT": "int_"} | {
    name: name.lower() for name in ("STRING", "TENSOR", "GRAPH", "FLOATS", "INTS", "STRINGS")
}
MANY = 2**31 - 1  # how onnx.defs says "variadic"


def schemas() -> list[OpSchema]:
    """The version of each operator that the pinned opsets mean, sorted by domain and name."""
    latest: dict[tuple[str, str], OpSchema] = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        key = (schema.domain, schema.name)
        if schema.since_version > OPSETS.get(schema.domain, 0):
            continue
        if key not in latest or latest[key].since_version < schema.since_version:
            latest[key] = schema
    return [latest[key] for key in sorted(latest) if not latest[key].deprecated]


def attributes(schema: OpSchema) -> list[str]:
    """Rows of the attribute table, sorted as PROGRAM sorts them."""
    return [
        f'ATTRIBUTE("{name}", {KINDS[attribute.type.name]}, {str(attribute.required).lower()})'
        for name, attribute in sorted(schema.attributes.items())
        if attribute.type.name in KINDS
    ]


def row(schema: OpSchema, first: int, count: int) -> str:
    """One row of the operator table."""
    counts = (schema.min_input, schema.max_input, schema.min_output, schema.max_output)
    numbers = ", ".join("many" if n == MANY else str(n) for n in counts)
    # Programs are stamped with opsets from 21 on, so all that is older counts as 21.
    since = max(schema.since_version, 21) if schema.domain == "" else 21
    return f'OPERATOR("{schema.domain}", "{schema.name}", {since}, {numbers}, {first}, {count})'


def main() -> None:
    """Print both tables."""
    rows: list[str] = []
    lines: list[str] = []
    for schema in schemas():
        own = attributes(schema)
        rows.append(row(schema, len(lines), len(own)))
        lines += own
    print("// Made by scripts/operator_table.py; never edited.")
    print("// Sorted by domain and name; attributes by name.")
    print("// ATTRIBUTE(name, kind, required)")
    print("// OPERATOR(domain, name, since opset, inputs at least, at most, outputs at least, at most,")
    print("//          first attribute, number of attributes)")
    print("#ifdef ATTRIBUTE", *lines, "#endif", "#ifdef OPERATOR", *rows, "#endif", sep="\n")


if __name__ == "__main__":
    main()
