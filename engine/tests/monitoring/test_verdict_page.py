"""The page of a verdict: alarms first, one table a kind, text of others escaped."""

import re

import pytest
from verdicts_of_windows import FOUND, UNKNOWN, VERDICT, of

from mainline.monitoring import verdict_page
from mainline.monitoring.finding import Finding

PAGE = verdict_page.text(VERDICT)


def sections(page: str) -> list[str]:
    return re.findall(r"^## (.*)$", page, re.MULTILINE)


def test_alarms_come_first_then_what_could_not_be_computed_then_a_table_of_each_kind():
    assert sections(PAGE) == [
        *("Alarms", "Not computed"),
        *("Quality", "Concept drift", "Data drift", "Prediction drift", "Business", "Service"),
    ]
    tables = re.findall(r"^\| --- ", PAGE, re.MULTILINE)
    assert len(tables) == len(sections(PAGE)) - 2 + 1  # and that of the counts


def test_the_head_says_what_was_watched_and_what_came_of_it():
    first, _, second, *_ = PAGE.splitlines()
    assert first == "# Alarm: churn, 2026-11-22 to 2026-11-28"
    assert second == (
        "Production runs version `68311111413957` of commit `0123456789ab`. "
        "Of 7 figures: 2 alarms, 1 could not be computed, 4 quiet."
    )
    assert "| 104,230 | 98,112 | 41,007 | 37 | 512 | 9,120 |" in PAGE


def test_a_quiet_window_lists_no_alarms():
    page = verdict_page.text(of(FOUND[0]))
    assert sections(page) == ["Data drift"]
    assert page.startswith("# Quiet: ")
    assert "Of 1 figure: 0 alarms, 1 quiet." in page


def test_what_could_not_be_computed_is_no_alarm_and_not_quiet():
    page = verdict_page.text(of(UNKNOWN, FOUND[0]))
    assert page.startswith("# Unknown: ")
    assert "- `concept.loss`: 1 week has labels; 3 are needed." in page
    assert "## Alarms" not in page


def test_the_worst_of_a_kind_stands_above_the_others():
    rows = [line for line in PAGE.splitlines() if re.search(r"`(age|income)`", line)]
    assert ["`income`" in it for it in rows] == [True, False]
    assert rows[0].startswith("| **alarm** | `income` | 0.3127 | 0.1 | 104,230 | income moved")


def test_a_column_that_is_empty_for_a_whole_kind_is_left_out():
    headers = [line for line in PAGE.splitlines() if line.startswith("|  | figure")]
    assert "|  | figure | value | bar | rows | says |" in headers
    assert "|  | figure | says |" in headers  # and concept no figure at all


def test_an_interval_is_shown_whole():
    assert "| 0.7412 (0.7203 to 0.7611) | 0.8 | 4,511 |" in PAGE


def test_text_of_others_breaks_no_table_and_makes_no_link():
    bad = Finding("drift", "drift.a|b`c", "alarm", "<img src=x> [a](http://b) @you #1 | x\n\n# y")
    page = verdict_page.text(of(bad))
    assert "<img" not in page
    assert not re.search(r"(?<!\\)\]\(http", page)
    assert "@you" not in page
    assert "\n# y" not in page
    [row] = [line for line in page.splitlines() if line.startswith("| **alarm**")]
    assert len(re.findall(r"(?<!\\)\|", row)) == len(("", "figure", "says")) + 1


def test_a_kind_of_a_later_version_is_shown():
    assert sections(verdict_page.text(of(Finding("weather", "rain", "quiet", "None.")))) == [
        "weather"
    ]


def test_a_window_without_figures():
    assert "No figure was computed." in verdict_page.text(of())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (0.0, "0"),
        (0.000123456, "0.0001235"),
        (3.0, "3"),
        (1234.5678, "1,235"),
        (-0.25, "-0.25"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_numbers_are_short(value, shown):
    assert verdict_page.number(value) == shown


def test_evidently_s_page_is_named_when_it_lies_beside(tmp_path):
    path = tmp_path / "reports" / "page.md"
    verdict_page.write(VERDICT, path)
    assert path.read_text() == PAGE
    assert "evidently.html" not in PAGE
    (path.parent / "evidently.html").write_text("")
    verdict_page.write(VERDICT, path)
    assert "(evidently.html)" in path.read_text()
