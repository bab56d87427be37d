"""Latency, drift and importances in the comment."""

import pytest
from verdicts import verdict

from mainline.report import report


def column(name: str, psi: float | None, **changed: object) -> dict[str, object]:
    whole = {
        "name": name,
        "kind": "number",
        "rows": [100, 120],
        "psi": psi,
        "ks": 0.1,
        "nulls": [0.0, 0.25],
        "unseen": None,
        "vanished": None,
        "moved": "median 1 → 2",
        "note": "",
    }
    return whole | changed


def drifted(*columns: dict[str, object]) -> dict[str, object]:
    found = {"same": False, "rows": [100, 120], "target": "left", "columns": list(columns)}
    return {"drift": found | {"some": 0.1, "much": 0.25}}


def shown(repository, measured) -> str:
    return report.render(repository, verdict(measured=measured))


def test_what_moved_stands_in_one_line_and_in_a_folded_table_most_first(repository):
    text = shown(
        repository,
        drifted(column("age", 0.01), column("left", 0.12), column("x", 0.4), column("y", None)),
    )
    assert "moved: **much** in `x` 0.40, **some** in `left` 0.12 (PSI" in text
    table = text[text.index("Data drift against the champion's") :]
    places = [table.index(f"| `{name}`") for name in ("x", "left", "age", "y")]
    assert places == sorted(places)
    assert "| `left` (target) | 0.120 | 0.100 | 0.0% | 25.0% |" in table
    assert text.index("**much**") < text.index("| rule |")


def test_where_nothing_moved_no_line_disturbs(repository):
    text = shown(repository, drifted(column("age", 0.01)))
    assert "training data moved" not in text
    assert "| `age` | 0.010 |" in text


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"same": True}, "both models were trained on the same rows"),
        ({"problem": "no such table | @all"}, "no such table \\| @\u200ball"),
    ],
)
def test_the_same_rows_and_a_table_out_of_reach_are_said(repository, found, said):
    assert said in shown(repository, {"drift": found | {"some": 0.1, "much": 0.25}})


def test_names_and_values_of_a_table_cannot_mark_up(repository):
    evil = column("`|@all", 0.5, moved="<b>|@all 0% → 9%", note="#1", unseen=1200, vanished=3)
    text = shown(repository, drifted(evil))
    assert "1,200 new, 3 gone" in text
    assert "<b>" not in text
    for line in text.splitlines():
        if "@all" in line:
            assert line.replace("\\|", "").count("|") in (0, 8)


def test_latency_is_one_line_with_both_and_the_ratio(repository):
    times = {"p50_ms": 0.1, "p99_ms": 0.2}
    found = {"candidate": times, "calls": 10}
    alone = shown(repository, {"latency": found})
    assert "p50 0.1 ms, p99 0.2 ms." in alone
    ratio = {"value": 1.5, "low": 1, "high": 2}
    both = found | {"champion": {"p50_ms": 0.1, "p99_ms": 0.13}, "ratio": ratio}
    assert "p99 is **1.50** times the champion's" in shown(repository, {"latency": both})


def test_what_could_not_be_measured_says_why(repository):
    problems = {name: {"problem": f"no {name}"} for name in ("latency", "stability")}
    text = shown(repository, problems)
    assert "Latency was not measured: no latency" in text
    assert "Not compared with the champion: no stability" in text


def test_importances_stand_beside_those_of_the_champion(repository):
    worth = {"value": 0.12, "deviation": 0.01}
    columns = {
        "age": {"candidate": worth, "champion": worth, "ranks": [1.0, 3.0]},
        "new": {"candidate": worth, "champion": None, "ranks": None},
        "odd": {"candidate": {"value": None, "deviation": None}, "champion": worth, "ranks": None},
    }
    found = {"rank_correlation": 0.5, "columns": columns, "rows": 4000, "figure": "ROC AUC"}
    text = shown(repository, {"stability": found})
    assert "rank correlation 0.50; `age` moved most, by 2 ranks" in text
    assert "| `age` | +0.1200 ± 0.0100 | +0.1200 ± 0.0100 | 1 | 3 |" in text
    assert "| `new` | +0.1200 ± 0.0100 | not read |  |  |" in text
    assert "| `odd` | none |" in text


def test_columns_are_listed_once_and_a_reason_is_given_once(repository):
    judged = verdict(
        measured={"stability": {"problem": "no bytes"}, "latency": {"problem": "none"}}
    )
    own = {"rows": 9, "shuffles": 3, "columns": {"age": {"value": 0.1, "deviation": 0.01}}}
    judged["candidate"]["figures"]["importance"] = own
    waived = {"name": "latency", "figure": "none", "bar": "", "margin": "", "outcome": "waived"}
    judged["rules"] = [waived | {"why": "no bytes"}]
    text = report.render(repository, judged)
    assert "| `age` | 0.1000 ± 0.0100 |" in text
    assert "Not compared with the champion: no bytes" in text
    assert "Latency was not measured" not in text
    worth = {"value": 0.12, "deviation": 0.01}
    both = {"age": {"candidate": worth, "champion": worth, "ranks": [1.0, 1.0]}}
    found = {"rank_correlation": None, "columns": both, "rows": 9, "figure": "ROC AUC"}
    judged["measured"] = {"stability": found}
    text = report.render(repository, judged)
    assert text.count("<summary>What the model looks at</summary>") == 1
    assert text.count("| `age` |") == 1


def test_a_verdict_of_old_has_none_of_it(repository):
    text = report.render(repository, verdict())
    assert "Data drift" not in text
    assert "Latency" not in text
