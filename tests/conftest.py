"""What several tests need: the built C++ runtime, driven by the onnxruntime library that Python uses."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from hypothesis import settings

# In CI a failure must be the change's own: drawn examples are the same in every run. Elsewhere they are new each time.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def runtime() -> Path:
    """The program irkit-run. `scripts/test.sh` builds it first; without it these tests are skipped."""
    root = Path(__file__).parent.parent
    built = Path(os.environ.get("IRKIT_RUN", root / "build/cpp_runtime/irkit-run"))
    if not built.exists():
        pytest.skip(f"{built} is not built: run scripts/build_runtime.sh")
    os.environ.setdefault("IRKIT_ONNXRUNTIME_LIBRARY", str(_library()))
    return built


def _library() -> Path:
    """The wheel's library: bit-equality is promised for one and the same."""
    spec = importlib.util.find_spec("onnxruntime")
    assert spec is not None and spec.origin is not None
    return next((Path(spec.origin).parent / "capi").glob("libonnxruntime.so.1.*"))
