"""What a decision costs: it parses each text once and asks git for each committed file once."""

from collections import Counter

import pytest
import yaml

from mainline.core import strict_yaml
from mainline.gate import alternatives, gate, latency, stability
from mainline.git import Git


@pytest.fixture
def told(project, monkeypatch) -> dict[str, Counter]:
    """How often each text was parsed, and each question was put to git. Nothing is timed long."""
    project.set(**{"evaluation.sample": 400})  # main has not judged it so: every rule is asked
    monkeypatch.setattr(latency, "SECONDS", latency.SECONDS / 10)
    monkeypatch.setattr(stability, "ROWS", 500)
    monkeypatch.setattr(alternatives, "cost", lambda *_: {"p99_ms": 1.0, "rows_per_second": 1000})
    counts = {"parsed": Counter(), "asked": Counter()}
    strict_yaml._parsed.cache_clear()
    load, call = yaml.load, Git._call

    def parse(text, **how):
        counts["parsed"][text] += 1
        return load(text, **how)

    def ask(self, *arguments, **how):
        counts["asked"][arguments] += 1
        return call(self, *arguments, **how)

    monkeypatch.setattr(yaml, "load", parse)
    monkeypatch.setattr(Git, "_call", ask)
    return counts


def test_one_decision(project, told):
    verdict = gate.run(project.root, in_ci=False)

    assert verdict.case == "proposal"
    assert verdict.champion["paired"]
    parsed, asked = told["parsed"], told["asked"]
    assert set(parsed.values()) == {1}
    assert len(parsed) <= 10  # params, locks, release, catalogue, figures, manifest, dvc.yaml
    assert max(n for question, n in asked.items() if question[0] in ("show", "ls-tree")) == 1
    assert asked.total() <= 35
