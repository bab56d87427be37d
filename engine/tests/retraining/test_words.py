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
from mainline.report.markdown import LIMIT
from mainline.retraining import request_body, told_evidence
from mainline.retraining.asked import Asked
from mainline.retraining.newer_rows import Rows
from mainline.retraining.reason import MOST, cleaned, in_markdown

LIVE = re.compile(r"[@#]\w|://|(?<!\\)[\[\]`*_|~]|<", re.ASCII)
MAIN = SimpleNamespace(
    name="churn",
    by_time=False,
    data=SimpleNamespace(as_of=date(2026, 6, 30)),
    monitoring=MonitoringSettings(),
)
TEXTS = st.text(st.sampled_from("ab @#[]()<>!-`*_|~\\:/\n\u202e\u200b&w."), max_size=60)
PIECES = [request_body.END, "<!-- retrain-reason:", "<!-- /retrain-reason:", "drift", "event"]
PIECES += ["<!-- retrain-rows:", "0123456789ab", " -->", "<", "!--", "\n", "\u200b", "`", "| "]
LIES = st.lists(st.sampled_from(PIECES) | TEXTS, max_size=6).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**4000) | st.floats() | LIES,
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


HASH = f"sha256:{'c' * 64}"
SKIPS = ["[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"]
SKIPS += ["***NO_CI***", "skip-checks: true", "Skip-Checks:true"]


@pytest.mark.parametrize("line", ["fixes #7", "@ada", "see https://evil.example", *SKIPS])
def test_in_git_it_is_text(line):
    asked = Asked(("event",), cleaned(f"why {line}"), {}, line)
    said = request_body.message("Retrain", asked)
    assert re.search(r"#7|@ada|://", said) is None
    assert line not in said


@pytest.mark.parametrize("line", SKIPS)
def test_a_body_that_becomes_the_message_of_a_squash_skips_no_workflow(line):
    proof = {"findings": [{"name": line, "sentence": line}], "window": {"from": line}}
    for shown in (proof, {"other": line}):
        asked = Asked(("event",), line, shown, line)
        assert line not in request_body.body(MAIN, Rows(date(2026, 7, 31), 10, 1), asked)


EVIDENCE = st.dictionaries(
    st.sampled_from(["findings", "window", "model", "counts", "other"]), VALUES, max_size=4
)


@given(st.lists(st.tuples(LIES.filter(str.strip), EVIDENCE), min_size=2, max_size=4))
def test_any_evidence_can_be_shown_and_its_section_is_found_again(given_reasons):
    found = []
    for text, proof in given_reasons:
        try:
            found.append(Asked(("event",), cleaned(text), proof, "ada"))
        except MainlineError:
            return
    rows = Rows(date(2026, 7, 31), 10, 1, content=HASH)
    body = request_body.body(MAIN, rows, found[0])
    for each in found[1:]:
        body = request_body.joined(body, each)
    keys = {request_body.key(each) for each in found}
    assert len(request_body.SECTION.findall(body)) == len(keys)
    assert body.count(request_body.END) == 1
    assert request_body.triggers(body) == {"event"}
    assert request_body.rows_of(body) == HASH
    again = request_body.joined(body, found[0])
    assert again == body or len(keys) < len(found)


LONG = {"marks": request_body.END * 9, "wide": "x" * 9000, "escaped": "&" * 500, "none": ""}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_the_first_body_fits(text):
    finding = {"name": text, "sentence": text, "rows": 10**4000, "value": 10**4000}
    asked = Asked(("event",), (text or "why")[:MOST], {"findings": [finding] * 25}, text)
    said = request_body.body(MAIN, Rows(date(2026, 7, 31), 10, 1), asked)
    assert len(said) <= LIMIT
    assert len(request_body.SECTION.findall(said)) == said.count(request_body.END) == 1


def test_evidence_that_is_too_long_is_not_shown(monkeypatch):
    monkeypatch.setattr(told_evidence, "SHOWN", 10)
    assert told_evidence.lines({"other": "words"}) == ["The evidence is too long to be shown here."]


def test_a_reason_of_another_sender_replaces_none():
    first, other = (Asked(("drift",), f"age, says {by}", {}, by) for by in ("ada", "bob"))
    body = request_body.body(MAIN, Rows(date(2026, 7, 31), 10, 1), first)
    body = request_body.joined(body, other)
    assert "age, says ada" in body
    assert "age, says bob" in body
    again = request_body.joined(body, Asked(("drift",), "more, says bob", {}, "bob"))
    assert "age, says ada" in again
    assert "age, says bob" not in again


def test_a_mark_within_a_line_is_none():
    asked = Asked(("event",), "why", {}, "ada")
    assert request_body.joined(f"By hand, > {request_body.END}", asked) is None
    assert request_body.joined(f"By hand.\r\n{request_body.END}\r\n", asked) is not None


@given(EVIDENCE, st.integers(100, 3000))
def test_compact_evidence_is_short_enough(proof, most):
    text = told_evidence.compact(proof, most)
    assert len(text) <= most
    assert isinstance(told_evidence.parsed(text), dict)
