"""What the model card says of cost, groups, worse inputs and columns."""

from mainline.packaging.behaviour import lines

NOTHING = {"value": None, "low": None, "high": None}


def estimate(value):
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


EVALUATION = {
    "costs": {
        "prices": {"false_positive": 1.0, "false_negative": 8.0, "true_positive": 0.0},
        "cost": estimate(0.39),
        "saving": estimate(0.2),
        "nobody": 0.62,
        "everybody": 0.92,
        "at_half": 0.5,
    },
    "fairness": {"gender": {"groups": {}, "differences": {"equalized_odds": estimate(0.06)}}},
    "robustness": {
        "rows": 10,
        "noise": {"0.1": estimate(0.01)},
        "missing": {f"c{number}": estimate(number / 100) for number in range(9)},
        "unknown": {"every category": estimate(0.03)},
    },
    "importance": {
        "columns": {
            "weak": {"value": 0.01, "deviation": 0.0},
            "strong": {"value": 0.2, "deviation": 0.01},
        }
    },
}


def card(**changed):
    return "\n".join(lines(EVALUATION | changed, "ROC AUC"))


def test_each_part_has_its_section():
    text = card()
    assert "Prices: false positive 1, false negative 8. The threshold" in text
    assert "Calling no row positive costs 0.6200, every row 0.9200." in text
    assert "| `gender` | 0.0600 (0.0500 to 0.0700) |" in text
    assert (
        "| noise of 0.1 standard deviations on every number | 0.0100 (0.0000 to 0.0200) |" in text
    )
    assert text.index("| `strong` | 0.2000 |") < text.index("| `weak` | 0.0100 |")
    assert "carry the same information" in text


def test_of_many_columns_the_five_that_cost_most_are_named():
    text = card()
    assert [f"`c{number}` missing" in text for number in range(9)] == [False] * 4 + [True] * 5


def test_what_has_no_figure_says_none_and_comes_first():
    missing = {"a": estimate(0.5), "gone": NOTHING}
    text = card(
        robustness={"rows": 10, "missing": missing},
        importance={"columns": {"gone": {"value": None, "deviation": None}}},
        costs=EVALUATION["costs"] | {"cost": NOTHING, "nobody": None, "everybody": None},
    )
    assert text.index("| `gone` missing | none |") < text.index("| `a` missing |")
    assert "a row costs none. Calling no row positive costs none, every row none." in text


def test_a_task_without_these_parts_has_none_of_the_sections():
    assert lines({}, "R²") == []
