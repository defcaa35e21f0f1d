"""What `import irkit` may not pull in: packages slow to load, which most programs never need."""

import subprocess
import sys

import pytest

HEAVY = ("onnx", "onnxruntime", "keras", "torch", "sklearn", "scipy", "graphviz_pure")


def imported_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*(name.partition('.')[0] for name in sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(result.stdout.split())


@pytest.mark.parametrize("modules", ["irkit", "irkit.frontends", "irkit.layers, irkit.models"])
def test_importing_pulls_nothing_heavy(modules: str) -> None:
    assert imported_by(f"import {modules}").isdisjoint(HEAVY)
