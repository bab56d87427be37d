"""The comment's charts, parsed by the package that GitHub draws them with."""

import pytest
from verdicts import judged, verdict

from mainline.core.layout import Layout
from mainline.report import report
from mermaid import parse

pytestmark = pytest.mark.check


def test_every_chart_of_the_comment_parses(repository, tmp_path):
    path = tmp_path / "comment.md"
    path.write_text(report.render(repository, verdict()))
    done = parse(path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"block {number}: xychart" for number in (1, 2, 3)]


def test_charts_of_amounts_below_zero_and_large_parse(repository, tmp_path):
    tenths = Layout(repository.root).plots / "calibration.csv"
    tenths.write_text("mean_score,observed,rows\n-123456.7,-120000,50\n1e-5,1e5,50\n")
    path = tmp_path / "comment.md"
    about = {"target": {"mean": 1.0, "deviation": 2.0}}
    path.write_text(report.render(repository, judged("regression", **about)))
    done = parse(path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"block {number}: xychart" for number in (1, 2)]


@pytest.mark.parametrize("body", ["xychart-beta\n    line [1, x]", "no chart at all"])
def test_a_broken_chart_is_noticed(tmp_path, body):
    path = tmp_path / "comment.md"
    path.write_text(f"```mermaid\n{body}\n```\n")
    assert parse(path).returncode == 1


def test_a_comment_without_charts_is_noticed(tmp_path):
    path = tmp_path / "comment.md"
    path.write_text("nothing here\n")
    assert parse(path).returncode == 1
