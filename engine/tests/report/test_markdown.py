import pytest

from mainline.report.markdown import LIMIT, Section, code, escape, fit, table


@pytest.mark.parametrize("text", ["a|b", "a`b", "line\nline", "@you", "<b>", "# x"])
def test_a_code_span_stays_one_cell(text):
    span = code(text)
    assert span.startswith("`")
    assert span.endswith("`")
    assert span.count("`") == 2
    assert "\n" not in span
    assert "|" not in span.replace("\\|", "")


def test_escaped_text_neither_mentions_nor_tags():
    text = escape("@team <img src=x> [l](u) **b** #12")
    assert "@team" not in text
    assert "<img" not in text
    assert "**b**" not in text
    assert "#12" not in text


def test_a_table_has_one_line_a_row():
    assert table(["a", "b"], [["1", "2"]]) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]


def test_a_comment_that_fits_is_whole():
    assert fit([Section(["one"]), Section(["two"])]) == "one\n\ntwo\n"


def test_a_section_too_long_is_cut_by_lines_and_says_how_many():
    section = Section([f"| row {number} |" for number in range(1000)], title="Long", tail=["end"])
    text = fit([Section(["head"]), section], limit=500)
    assert len(text) <= 500
    assert "head" in text
    assert "lines were cut here" in text
    assert text.rstrip().endswith("</details>")
    assert "end" in text


def test_earlier_sections_take_from_the_limit_first():
    text = fit([Section(["a" * 90]), Section(["b" * 90]), Section(["c"])], limit=100)
    assert "a" * 90 in text
    assert "b" not in text


def test_no_comment_passes_githubs_limit_however_long_its_parts_are():
    long = [Section([f"{'x' * 90} {n}" for n in range(3000)], title="L") for _ in range(3)]
    assert len(fit(long)) <= LIMIT < 65_536
