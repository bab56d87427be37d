from verdicts import verdict

from mainline.report import report
from mainline.report.data import lines

MOVES = [
    ["income", "median", "45.5", "4.55e+04", "1.7e+03 interquartile ranges, at most 0.2", True],
    ["age", "mean", "43.5", "43.6", "0.01 standard deviations, at most 0.1", False],
]
DATA = {
    "as_of": "2026-05-31",
    "moves": MOVES,
    "of": 83,
    "notes": ["city: new since main's snapshot: @trier (41 rows)."],
    "accepted": None,
}


def test_what_moved_most_is_shown(repository):
    text = report.render(repository, verdict(data=DATA))
    assert "<summary>Data checks</summary>" in text
    assert "These 2 of 83 statistics moved most since main's snapshot as of 2026-05-31" in text
    assert (
        "| `income` | median | 45.5 | 4.55e+04 | 1.7e+03 interquartile ranges, at most 0.2 | ❌ |"
    ) in text
    assert "| `age` | mean | 43.5 | 43.6 | 0.01 standard deviations, at most 0.1 | ✅ |" in text


def test_names_from_the_data_are_no_mentions():
    assert "- city: new since main's snapshot: @\u200btrier (41 rows)." in lines(verdict(data=DATA))


def test_a_reason_is_shown_first_and_marks_what_it_accepts():
    shown = lines(verdict(data=DATA | {"accepted": "now in *cents*"}))
    assert shown[0] == "**Accepted in this proposal:** now in \\*cents\\*"
    assert any(line.startswith("| `income`") and line.endswith("| accepted |") for line in shown)


def test_without_a_comparison_the_rule_says_why():
    rule = {"name": "snapshot", "why": "the table is main's"}
    assert lines(verdict(rules=[rule])) == ["The table is main's."]
    assert lines(verdict(rules=[])) == ["The table was not compared with main's."]
