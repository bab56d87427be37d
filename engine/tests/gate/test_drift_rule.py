"""Drift of training rows: shown always, judged against a bar, and never a traceback."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.data.settings import SplitSettings
from mainline.gate import drift, training_rows

ROWS = 3000
SPLIT = SplitSettings(by="entity", salt="s")
TABLE = TableSettings(
    entity="who", target="left", positive="yes", numbers=["age"], categories=["city"]
)


def customers(seed: int, age: float = 40) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = {
        "who": [f"c{row}" for row in range(ROWS)],
        "age": rng.normal(age, 10, ROWS),
        "city": pd.Series(rng.choice(["bonn", "ulm"], ROWS)).astype("str"),
        "left": rng.integers(0, 2, ROWS).astype(np.int8),
    }
    return pd.DataFrame(frame)


def candidate(frame, table=TABLE, split=SPLIT):
    """As much of a candidate as drift asks for; it trains on all rows."""
    parts = pd.Series("train", index=frame.index)
    return SimpleNamespace(
        root=Path("without a model"), frame=frame, table=table, split=split, parts=parts
    )


def champion(frame, table=TABLE, split=SPLIT):
    settings = {"table": table, "split": split}
    return SimpleNamespace(
        settings=lambda section, _: settings[section],
        table=lambda: frame,
        git=None,
        commit="c0ffee",
    )


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Whether main's lock names the very table of the candidate."""
    found = {"same": False}
    monkeypatch.setattr(training_rows, "same_file", lambda *_: found["same"])
    return found


def test_the_champions_training_rows_are_the_reference():
    theirs = customers(1)
    theirs.loc[:99, "city"] = "köln"
    found = drift.measured(candidate(customers(2, age=50)), champion(theirs))
    by_name = {each["name"]: each for each in found["columns"]}
    assert list(by_name) == ["age", "city", "left"]
    assert found["rows"][0] < 0.75 * ROWS  # of the champion's split, training rows only
    assert found["rows"][1] == ROWS
    assert by_name["age"]["psi"] > 0.5
    assert by_name["city"]["vanished"] == 1
    assert by_name["left"]["kind"] == "category"
    assert by_name["left"]["psi"] < 0.01


def test_of_the_same_table_and_split_nothing_is_read(known):
    known["same"] = True
    theirs = champion(None)
    found = drift.measured(candidate(customers(1)), theirs)
    assert found == {"same": True}
    assert drift.rule(found, 0.1).outcome == "pass"


def test_the_same_table_under_another_split_is_not_fetched_but_compared(known):
    known["same"] = True
    other = SplitSettings(by="entity", salt="other")
    found = drift.measured(candidate(customers(1)), champion(None, split=other))
    assert found["rows"][0] < found["rows"][1]


@pytest.mark.parametrize(("age", "outcome"), [(40, "pass"), (60, "fail")])
def test_the_column_that_moved_most_is_held_to_the_bar(age, outcome):
    found = drift.measured(candidate(customers(2, age)), champion(customers(1)))
    judged = drift.rule(found, 0.1)
    assert (judged.outcome, judged.bar) == (outcome, "PSI <= 0.1")
    if outcome == "fail":
        assert "age moved most: median " in judged.why


def test_columns_of_one_table_only_are_shown_and_not_judged():
    wider = TABLE.model_copy(update={"numbers": ["age", "income"], "categories": []})
    found = drift.measured(
        candidate(customers(2).assign(income=1.0), wider), champion(customers(1))
    )
    judged = drift.rule(found, 0.1)
    assert [each["name"] for each in found["columns"]] == ["age", "income", "city", "left"]
    assert judged.outcome == "pass"
    assert "1 columns of only one table" in judged.why


def test_without_a_figure_the_rule_closes():
    nobody = customers(1).iloc[:0]
    for ours, theirs in ((nobody, customers(1)), (customers(1), nobody)):
        judged = drift.rule(drift.measured(candidate(ours), champion(theirs)), 10.0)
        assert judged.outcome == "fail"
        assert "no rows on one side" in judged.why


def test_with_no_column_in_common_the_rule_closes():
    found = {"same": False, "columns": [{"kind": "absent"}]}
    assert drift.rule(found, 10.0).outcome == "fail"


def test_settings_of_the_champion_that_do_not_parse_are_the_callers_to_report():
    theirs = champion(customers(1))

    def refuse(*_):
        raise MainlineError("no section 'split'")

    theirs.settings = refuse
    with pytest.raises(MainlineError, match="no section"):
        drift.measured(candidate(customers(1)), theirs)
