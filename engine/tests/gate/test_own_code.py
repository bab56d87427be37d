"""What a proposal's own checks.py and metrics.py said is shown beside main's, and not judged."""

import pytest
from judging import append, edit

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.gate import own_code
from mainline.report import beside_code


def shown(candidate) -> str:
    measured = {own_code.NAME: own_code.said(candidate)}
    verdict = {"measured": measured, "candidate": {"figures": candidate.figures}}
    return "\n".join(beside_code.lines(verdict))


def test_with_main_s_code_nothing_is_shown(outside):
    assert own_code.said(outside) == {}
    assert shown(outside) == ""
    assert beside_code.lines({"measured": {}, "candidate": {}}) == []


def test_its_own_figures_are_beside_main_s(outside):
    append(outside, "metrics", "\n# another one\n")
    figures = Layout(outside.root).figures
    for which in ("model", "baseline"):
        edit(figures, f"{which}.new_one", {"value": 3.5, "low": 3.25, "high": 3.75})
    edit(figures, "metrics.new_one", "New.")
    edit(figures, "model.lift_at_tenth.value", 9.25)
    text = shown(outside)
    main = outside.figures["model"]["lift_at_tenth"]["value"]
    row = next(line for line in text.splitlines() if "`lift_at_tenth`" in line)
    assert "| 9.25" in row
    assert f"{main:.2f}"[:3] in row.split("|")[-2]
    assert "| `new_one` | 3.500 (3.250 to 3.750) | 3.500 (3.250 to 3.750) | not in it |" in text
    assert "checks.py" not in text


def test_its_own_checks_are_shown(outside):
    append(outside, "checks", "\n# another one\n")
    text = shown(outside)
    assert "| `tenure_is_whole` | Tenure is a whole number of months. | 0 rows " in text
    assert "metrics.py" not in text


@pytest.mark.parametrize(
    ("module", "place", "key", "value"),
    [
        ("metrics", "figures", "model.lift_at_tenth.value", "| [open](http://e)"),
        ("metrics", "figures", "model.lift_at_tenth", None),
        ("metrics", "figures", "metrics", 3),
        ("checks", "validation", "checks", None),
        ("checks", "validation", "checks.tenure_is_whole", []),
    ],
)
def test_what_is_no_result_is_not_shown(outside, module, place, key, value):
    append(outside, module, "\n# another one\n")
    edit(getattr(Layout(outside.root), place), key, value)
    with pytest.raises(MainlineError, match="cannot be read"):
        own_code.said(outside)
    said = {"measured": {own_code.NAME: {"problem": "cannot be read"}}, "candidate": {}}
    assert "cannot be read" in beside_code.lines(said)[0]


def test_foreign_text_is_escaped(outside):
    append(outside, "checks", "\n# another one\n")
    edit(
        Layout(outside.root).validation,
        "checks",
        {"`a`|": {"observed": "| [x](http://e) @all", "expected": "<b>", "passed": "yes"}},
    )
    [row] = [line for line in shown(outside).splitlines() if "http" in line]
    assert row == ("| `'a'\\|` | &lt;b> | \\| \\[x\\](http://e) @\u200ball | ❌ |")
