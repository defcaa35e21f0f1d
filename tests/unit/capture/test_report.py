"""The report of a capture: for people, as a dict, in the file and on the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import irkit as keras
from irkit import serialize
from irkit.cli import main
from irkit.errors import FormatError
from irkit.frontends.capture.report import KEY, CaptureReport, Kind, from_json
from irkit.ir.source import Source


@pytest.fixture
def report():
    made = CaptureReport()
    made.add(Kind.BAKED, "global RATE = 0.25", Source("model.py", 12))
    made.add(Kind.UNROLLED, "for: 3 turns", Source("model.py", 14))
    made.add(Kind.BAKED, "attribute cfg.name = 'é'", Source("model.py", 13))
    return made


def test_text_groups_the_entries_by_what_became_of_them(report):
    assert str(report).splitlines() == [
        "baked (read from outside, and fixed in the graph):",
        "  model.py:12  global RATE = 0.25",
        "  model.py:13  attribute cfg.name = 'é'",
        "unrolled (loops of Python, repeated in the graph):",
        "  model.py:14  for: 3 turns",
    ]


def test_the_same_entry_twice_is_told_once(report):
    report.add(Kind.BAKED, "global RATE = 0.25", Source("model.py", 12))
    assert len(report.entries) == 3


def test_as_dict_is_plain_and_json_brings_it_back(report):
    assert report.as_dict()["unrolled"] == [["model.py:14", "for: 3 turns"]]
    again = from_json(report.to_json())
    assert again.as_dict() == report.as_dict()
    assert again.to_json() == report.to_json()


def test_a_long_report_fits_into_a_file(report):
    for i in range(10_000):
        report.add(Kind.DROPPED, f"entry number {i}", Source("model.py", i))
    text = report.to_json()
    assert len(text.encode()) < 65_536
    assert "more" in from_json(text).of(Kind.DROPPED)[-1].text


@pytest.mark.parametrize(
    "text", ["", "[]", '{"baked": 3}', '{"unknown": [["a:1", "x"]]}', '{"baked": [["a:b", "x"]]}']
)
def test_a_strangers_report_is_refused(text):
    with pytest.raises(FormatError):
        from_json(text)


def test_explain_prints_the_report_of_the_file(report, tmp_path):
    model = keras.Sequential([keras.Input((2,), name="x"), keras.layers.ReLU()], name="net").graph_model
    path = tmp_path / "net.irk"
    serialize.save(model, path)
    plain = CliRunner().invoke(main, ["explain", str(path)]).output
    assert "x: float32[batch, 2]" in plain and "was not captured" in plain
    model.metadata[KEY] = report.to_json()
    serialize.save(model, path)
    assert str(report) in CliRunner().invoke(main, ["explain", str(path)]).output
    assert "see `irkit explain`" in CliRunner().invoke(main, ["info", str(path)]).output
