"""What a layer costs: operations and memory for one sample, counted by hand here."""

from __future__ import annotations

from typing import Any

import numpy as np

import irkit
from irkit import layers


def rows(model: irkit.Model) -> dict[str, dict[str, Any]]:
    found = model.summary(as_dict=True, expand_nested=True)
    assert found is not None
    return {str(row["path"]): row for row in found}


def test_products_count_twice_and_elements_once() -> None:
    model = irkit.Sequential(
        [
            irkit.Input((28, 28, 1)),
            layers.Conv2D(8, 3, use_bias=False, name="conv"),
            layers.Flatten(name="flat"),
            layers.Dense(10, use_bias=False, name="dense"),
            layers.ReLU(name="relu"),
        ]
    )
    found = rows(model)
    assert found["conv"]["flops"] == 2 * 26 * 26 * 8 * 3 * 3
    assert found["flat"]["flops"] == 0
    assert found["dense"]["flops"] == 2 * (26 * 26 * 8) * 10
    assert found["relu"]["flops"] == 10
    assert found["conv"]["bytes"] == 26 * 26 * 8 * 4


def test_a_recurrence_counts_each_step() -> None:
    model = irkit.Sequential([irkit.Input((7, 3)), layers.LSTM(5, use_bias=False, name="lstm")])
    assert rows(model)["lstm"]["flops"] == 2 * 7 * 4 * 5 * (3 + 5)


def test_grouped_convolutions_and_shared_layers_count_what_they_do() -> None:
    x = irkit.Input((6, 4))
    shared = layers.Dense(4, use_bias=False, name="shared")
    grouped = layers.Conv1D(8, 3, groups=2, padding="same", use_bias=False, name="grouped")
    model = irkit.Model(x, grouped(shared(shared(x))))
    found = rows(model)
    assert found["shared"]["flops"] == 2 * 2 * 6 * 4 * 4
    assert found["grouped"]["flops"] == 2 * 6 * 8 * 3 * 2


def test_columns_stand_in_the_table_when_asked_for() -> None:
    model = irkit.Sequential([irkit.Input((4,)), layers.Dense(300)])
    lines: list[str] = []
    model.summary(print_fn=lines.append, show_flops=True, show_memory=True)
    assert "FLOPs" in lines[0] and "Memory" in lines[0]
    assert "1.17 KB" in lines[0]  # 300 floats
    assert "Total FLOPs: 2,700 for one sample" in lines[0]  # 2·4·300, and 300 biases
    model.summary(print_fn=lines.append)
    assert "FLOPs" not in lines[1]


def test_an_operator_outside_of_layers_has_its_row() -> None:
    x = irkit.Input((4,))
    model = irkit.Model(x, layers.Dense(4, use_bias=False, name="d")(x) + x)
    assert rows(model)["add"]["flops"] == 4
    assert np.asarray(model.predict(np.zeros((1, 4), "float32"), verbose=0)).shape == (1, 4)
