"""What the comment folds away of a model's behaviour, and what it lifts above the fold."""

import pytest
from verdicts import estimate, verdict

from mainline.report import report

TITLES = ("Cost of wrong calls", "Robustness", "Fairness", "What the model looks at")
NOTHING = {"value": None, "low": None, "high": None}


def behaviour():
    return {
        "threshold": 0.1032,
        "costs": {
            "prices": {"false_positive": 1.0, "false_negative": 8.0},
            "cost": estimate(0.39),
            "saving": estimate(0.23),
            "nobody": 0.62,
            "everybody": 0.92,
            "at_half": 0.54,
        },
        "robustness": {
            "rows": 1000,
            "noise": {"0.1": estimate(0.01)},
            "missing": {"age": estimate(0.02), "tenure": estimate(0.05)},
            "unknown": {"every category": estimate(0.015)},
        },
        "fairness": {
            "gender": {
                "groups": {
                    "gender=male": {"rows": 900, "judged": True, "selection_rate": estimate(0.2)},
                    "gender=a|b`@x": {"rows": 9, "judged": False, "selection_rate": estimate(0.5)},
                },
                "differences": {"demographic_parity": estimate(0.06)},
            }
        },
        "importance": {
            "rows": 1000,
            "shuffles": 3,
            "columns": {
                "age": {"value": 0.02, "deviation": 0.001},
                "tenure": {"value": 0.04, "deviation": 0.002},
            },
        },
    }


@pytest.fixture
def comment(repository):
    def write(change=lambda parts: None, **candidate):
        judged, parts = verdict(), behaviour()
        change(parts)
        judged["candidate"]["figures"] |= parts
        judged["candidate"] |= candidate
        return report.render(repository, judged)

    return write


def test_every_part_is_folded_away_and_nothing_else_is_said(comment):
    text = comment()
    for title in TITLES:
        assert f"<summary>{title}</summary>" in text
    assert "⚠️" not in text


def test_figures_without_these_parts_have_no_such_sections(repository):
    text = report.render(repository, verdict())
    assert not any(title in text for title in TITLES)


def test_costs_stand_beside_other_ways_to_call(comment):
    text = comment(at_champions_threshold={"threshold": 0.2, "cost": 0.41})
    assert (
        "| scores from 0.1032, the cheapest on validation rows | 0.3900 (0.3800 to 0.4000) |"
        in text
    )
    assert "| scores from 0.2, the champion's | 0.4100 |" in text
    assert "| no row | 0.6200 |" in text
    assert "the champion's" not in comment()


def test_the_column_that_costs_most_comes_first(comment):
    text = comment()
    assert text.index("| `tenure` missing |") < text.index("| `age` missing |")
    assert "| `tenure` | 0.0400 ± 0.0020 | ████████████████████ |" in text
    assert "| `age` | 0.0200 ± 0.0010 | ██████████ |" in text


def test_a_group_with_few_rows_says_so_and_cannot_break_the_table(comment):
    assert "| `gender=a\\|b'@x` (too few to compare) | 9 |" in comment()


def test_a_wide_table_is_cut_and_says_so(comment):
    def widen(parts):
        many = {f"c{number}": estimate(0.001 * number) for number in range(40)}
        parts["robustness"]["missing"] = many
        columns = {name: {"value": 0.001, "deviation": 0.0} for name in many}
        parts["importance"]["columns"] = columns

    text = comment(widen)
    assert "| `c39` missing |" in text
    assert "| `c3` missing |" not in text
    assert "_25 more columns cost less._" in text
    assert "_25 more columns matter less._" in text


def dear(parts):
    parts["costs"]["saving"] = {"value": 0.01, "low": -0.02, "high": 0.04}


def no_costs(parts):
    parts["costs"] |= {"saving": NOTHING, "cost": NOTHING, "nobody": None, "at_half": None}
    del parts["threshold"]


def no_answer(parts):
    parts["robustness"]["missing"]["age"] = NOTHING


def unfair(parts):
    parts["fairness"]["gender"]["differences"]["demographic_parity"] = estimate(0.3)


def not_compared(parts):
    parts["fairness"]["gender"]["differences"]["demographic_parity"] = NOTHING


def one_column(parts):
    parts["importance"]["columns"]["tenure"]["value"] = 0.4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            dear,
            "not clearly save money compared with calling no row or every row positive: 0.0100",
        ),
        (
            no_costs,
            "not clearly save money compared with calling no row or every row positive: none",
        ),
        (no_answer, "no figure when inputs are worse (missing: `age`)"),
        (unfair, "Groups of `gender` differ in demographic parity: 0.3000 (0.2900 to 0.3100)"),
        (not_compared, "Groups of `gender` could not be compared by demographic parity"),
        (one_column, "`tenure` alone has 95% of the importance"),
    ],
)
def test_what_stands_out_is_one_line_above_the_fold(comment, change, said):
    text = comment(change)
    assert f"⚠️ {said}" in text or said in text.split("⚠️")[1]
    assert text.count("⚠️") == 1
    assert text.index("⚠️") < text.index("<details>")
    assert "could not be written" not in text


def test_no_importance_at_all_draws_no_bar(comment):
    def idle(parts):
        parts["importance"]["columns"] = {
            "age": {"value": None, "deviation": None},
            "tenure": {"value": 0.0, "deviation": 0.0},
        }

    text = comment(idle)
    assert "| `age` | none |  |" in text
    assert "█" not in text
