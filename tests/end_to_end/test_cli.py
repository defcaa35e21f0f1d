"""The command `irkit` on a saved file: what it prints and writes, and one line for each mistake."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import onnx
import pytest
from click.testing import CliRunner

import irkit as keras
from irkit import serialize
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


def test_digest_is_the_sha256_of_a_file_that_is_sound(file, tmp_path):
    assert irkit("digest", file).output == f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}  {file}\n"
    broken = tmp_path / "broken.irk"
    broken.write_bytes(file.read_bytes()[:-1])
    failed = irkit("digest", broken)
    assert failed.exit_code == 1 and "sha256:" not in failed.output


def test_the_map_of_bytes_has_no_holes(file):
    ends = {0: 0, 1: 0}
    for span in serialize.byte_map(file):
        assert span.depth or span.start == ends[0]
        ends[span.depth] = span.end
    assert ends == {0: file.stat().st_size, 1: file.stat().st_size}


def test_a_model_runs_in_the_sandbox_as_outside(file, tmp_path):
    np.save(tmp_path / "x.npy", np.ones((2, 4), np.float32))
    outside = irkit("run", file, "--input", tmp_path / "x.npy", "--output", tmp_path / "y.npy")
    assert outside.exit_code == 0
    command = [sys.executable, "-m", "irkit.cli", "run", file, "--sandbox", "--input", tmp_path / "x.npy"]
    inside = subprocess.run([*command, "--output", tmp_path / "z.npy"], capture_output=True, text=True)
    assert inside.returncode == 0, inside.stderr
    assert np.array_equal(np.load(tmp_path / "y.npy"), np.load(tmp_path / "z.npy"))


def test_a_loop_without_end_ends_in_the_sandbox(tmp_path):
    from irkit import operators as ops
    from irkit.ir import Graph, tensor
    from tests.sample_models import modelled

    graph = Graph("main")
    x = graph.input("x", tensor("float32", (1,)))
    body = Graph("body", graph)
    body.input("trip", tensor("int64", ()))
    go_on = body.input("go_on", tensor("bool", ()))
    y = body.input("y", tensor("float32", (1,)))
    body.set_outputs([go_on, *body.add(ops.Neg(), [y])])
    graph.set_outputs(graph.add(ops.Loop(body=body), [None, None, x], count=1))
    serialize.save(modelled(graph), tmp_path / "endless.irk")
    np.save(tmp_path / "x.npy", np.ones(1, np.float32))
    command = ["run", "--sandbox", "--seconds=2", f"--input={tmp_path / 'x.npy'}", tmp_path / "endless.irk"]
    run = subprocess.run([sys.executable, "-m", "irkit.cli", *command], capture_output=True, text=True)
    assert run.returncode == 1
    assert "the model was stopped: its limit is 2 seconds of computing" in run.stderr
