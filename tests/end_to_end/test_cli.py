"""The command `irkit` on a saved file: what it prints and writes, and one line for each mistake."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from click.testing import CliRunner

import irkit as keras
from irkit.cli import main


@pytest.fixture
def file(tmp_path):
    model = keras.Sequential(
        [keras.Input((4,), name="x"), keras.layers.Dense(3, activation="relu", name="dense")], name="net"
    )
    model.save(tmp_path / "net.irk")
    return tmp_path / "net.irk"


def irkit(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_summary_prints_the_table(file):
    result = irkit("summary", file)
    assert result.exit_code == 0
    assert "dense (Dense)" in result.output and "Total params: 15" in result.output


def test_check_accepts_a_sound_file_and_refuses_a_broken_one(file):
    assert irkit("check", file).exit_code == 0
    broken = file.with_name("broken.irk")
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    broken.write_bytes(data)
    result = irkit("check", broken)
    assert result.exit_code == 1
    assert "WEIGHTS" in result.output and "Traceback" not in result.output


def test_info_tells_ports_and_bytes(file):
    output = irkit("info", file, "--bytes").output
    assert "input x: float32[batch, 4]" in output and "output dense: float32[batch, 3]" in output
    assert f"{file.stat().st_size:,} bytes" in output


def test_run_writes_what_predict_gives(file, tmp_path):
    x = np.random.default_rng(0).random((2, 4), dtype=np.float32)
    np.save(tmp_path / "x.npy", x)
    for backend in ("interpreter", "onnxruntime"):
        result = irkit(
            "run",
            file,
            "--input",
            f"x={tmp_path / 'x.npy'}",
            "--output",
            tmp_path / "y.npy",
            "--backend",
            backend,
        )
        assert result.exit_code == 0, result.output
        np.testing.assert_allclose(np.load(tmp_path / "y.npy"), keras.load(file).predict(x), rtol=1e-6)


def test_export_writes_an_onnx_model(file, tmp_path):
    assert irkit("export", file, tmp_path / "net.onnx").exit_code == 0
    assert [i.name for i in onnx.load(tmp_path / "net.onnx").graph.input] == ["x"]


@pytest.mark.parametrize("ending", ["svg", "png", "pdf", "dot"])
def test_plot_draws_in_every_format(file, tmp_path, ending):
    result = irkit("plot", file, "-o", tmp_path / f"net.{ending}")
    assert result.exit_code == 0, result.output
    beginning = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph"}[ending]
    assert (tmp_path / f"net.{ending}").read_bytes().startswith(beginning)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "FILE"], "the model needs the input x"),
        (["run", "FILE", "--input", "y=missing.npy"], "the model has no input called 'y'"),
        (["plot", "FILE", "-o", "net.bmp"], "a picture must end in one of"),
        (["run", "FILE", "--input", "x=FILE"], "not a .npy file"),
    ],
)
def test_mistakes_are_one_message_without_a_traceback(file, arguments, message):
    result = irkit(*(a.replace("FILE", str(file)) for a in arguments))
    assert result.exit_code != 0
    assert message in result.output and "Traceback" not in result.output
