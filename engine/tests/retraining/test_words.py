"""Words of others: cleaned, bounded, and text in Markdown, git and a body that is found again."""

import re
import unicodedata
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainline.core.errors import MainlineError
from mainline.params.monitoring import MonitoringSettings
from mainline.retraining import request_body, told_evidence
from mainline.retraining.asked import Asked
from mainline.retraining.newer_rows import Rows
from mainline.retraining.reason import MOST, cleaned, in_git, in_markdown

LIVE = re.compile(r"[@#]\w|://|(?<!\\)[\[\]`*_|~]|<", re.ASCII)
MAIN = SimpleNamespace(
    name="churn",
    by_time=False,
    data=SimpleNamespace(as_of=date(2026, 6, 30)),
    monitoring=MonitoringSettings(),
)
TEXTS = st.text(st.sampled_from("ab @#[]()<>!-`*_|~\\:/\n\u202e\u200b&w."), max_size=60)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@given(st.text(max_size=700))
def test_a_reason_is_one_visible_line(text):
    try:
        line = cleaned(text)
    except MainlineError:
        return
    assert 0 < len(line) <= MOST
    assert line == " ".join(line.split())
    assert not any(unicodedata.category(sign)[0] == "C" for sign in line)
    assert cleaned(line) == line


@given(TEXTS)
def test_in_markdown_it_is_text(text):
    assert LIVE.search(in_markdown(text)) is None


@pytest.mark.parametrize("line", ["fixes #7", "@ada", "see https://evil.example"])
def test_in_git_it_is_text(line):
    assert re.search(r"#7|@ada|://", in_git(line)) is None


EVIDENCE = st.dictionaries(
    st.sampled_from(["findings", "window", "model", "counts", "other"]), VALUES, max_size=4
)


@given(st.lists(st.tuples(TEXTS.filter(str.strip), EVIDENCE), min_size=2, max_size=4))
def test_any_evidence_can_be_shown_and_its_section_is_found_again(given_reasons):
    found = []
    for text, proof in given_reasons:
        try:
            found.append(Asked(("event",), cleaned(text), proof, "ada"))
        except MainlineError:
            return
    body = request_body.body(MAIN, Rows(date(2026, 7, 31), 10, 1), found[0])
    for each in found[1:]:
        body = request_body.joined(body, each)
    keys = {request_body.key(each) for each in found}
    assert len(request_body.SECTION.findall(body)) == len(keys)
    assert body.count(request_body.END) == 1
    again = request_body.joined(body, found[0])
    assert again == body or len(keys) < len(found)


@given(EVIDENCE, st.integers(100, 3000))
def test_compact_evidence_is_short_enough(proof, most):
    text = told_evidence.compact(proof, most)
    assert len(text) <= most
    assert isinstance(told_evidence.parsed(text), dict)
