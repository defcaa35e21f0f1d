"""What several tests need: the built C++ runtime, driven by the onnxruntime library that Python uses."""

from __future__ import annotations

import importlib.util
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

# In CI a failure must be the change's own: drawn examples are the same in every run. Elsewhere they are new each time.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many comparisons with Keras are run."""
    parser.addoption(
        "--keras",
        choices=("sample", "all"),
        default="sample",
        help="comparisons with Keras: a sample, or all",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of tests marked `keras(every=n)` each n-th case is kept, the same in every run; with --keras=all, every one."""
    if config.getoption("--keras") == "all":
        return
    seen: Counter[str] = Counter()
    kept, dropped = [], []
    for item in items:
        marker = item.get_closest_marker("keras")
        name = item.nodeid.partition("[")[0]
        (kept if marker is None or seen[name] % marker.kwargs["every"] == 0 else dropped).append(item)
        seen[name] += 1
    if len(kept) > 1:  # whoever asks for one case by name gets it
        items[:] = kept
        config.hook.pytest_deselected(items=dropped)


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
