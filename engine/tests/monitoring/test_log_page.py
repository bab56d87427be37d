"""Evidently's page of a window of the log: its inputs beside the training rows."""

from types import SimpleNamespace

import logged_window
import numpy as np
import pandas as pd
import pytest

from mainline.core.table import TableSettings
from mainline.monitoring import evidently_page, log_page
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.window import Window

WINDOW = Window.parse(logged_window.DAY, logged_window.DAY)
TABLE = TableSettings(
    entity="id",
    time="day",
    target="left",
    positive="yes",
    numbers=["age", "income"],
    categories=["city"],
)


def inputs(count: int = 50) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    cities = pd.Series(rng.choice(["bonn", "ulm"], count), dtype="str")
    frame = pd.DataFrame({"age": rng.normal(40, 9, count), "income": rng.normal(3, 1, count)})
    return frame.assign(city=cities)


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """The two tables that Evidently gets, and the line, for a log with these inputs."""

    def drawn(logged: pd.DataFrame, **columns) -> tuple[str, pd.DataFrame]:
        logged_window.write(tmp_path / "log", logged_window.rows(logged, **columns))
        seen = {}

        def save(reference, current, numbers, texts, path) -> None:
            seen.update(reference=reference, current=current, numbers=numbers, texts=texts)
            path.write_text("page")

        monkeypatch.setattr(evidently_page, "_save", save)
        watched, reference = SimpleNamespace(table=TABLE), SimpleNamespace(train=inputs(80))
        with LogTable.opened(str(tmp_path / "log"), WINDOW) as log:
            said = log_page.write(watched, reference, log, tmp_path / "evidently.html")
        return said, seen.get("current", pd.DataFrame())

    return drawn


def test_the_window_s_inputs_are_drawn_under_the_names_of_the_table(drawn, tmp_path):
    said, current = drawn(inputs())
    assert said == f"{tmp_path / 'evidently.html'}, at most 100,000 rows of each table"
    assert list(current.columns) == ["age", "income", "city"]
    expected = inputs().astype({"age": "float32", "income": "float32"})
    assert sorted(current["age"]) == sorted(expected["age"].astype("float64"))
    assert (tmp_path / "evidently.html").read_text() == "page"


def test_what_was_not_answered_is_not_drawn(drawn):
    _, current = drawn(inputs(), status=[200] * 20 + [500] * 30)
    assert len(current) == 20


def test_no_more_than_a_sample_leaves_the_log(drawn, monkeypatch):
    monkeypatch.setattr(evidently_page, "MOST", 10)
    _, current = drawn(inputs())
    assert len(current) == 10


def test_an_input_that_is_not_logged_is_named(drawn):
    said, current = drawn(inputs().drop(columns="city"))
    assert said.endswith("without city")
    assert list(current.columns) == ["age", "income"]


def test_a_log_without_inputs_has_no_page_and_stops_nothing(drawn, tmp_path):
    said, _ = drawn(inputs()[[]].assign(other=1.0))
    assert said == "no page of Evidently: the log holds no input of this model."
    assert not (tmp_path / "evidently.html").exists()
