"""A simulated quarter in one process tree: 100,000 requests, late labels, a model trained anew.

Each request is one row over HTTP on a connection that stays open, through the gateway to the
embedded server, which answers some hundreds a second. Two models are trained besides the first.
"""

import json
from contextlib import suppress

import psutil
import pytest

from mainline.core.layout import Layout
from mainline.demo import project_copy
from mainline.demo.quarter import MONTHS, Quarter
from project import ROOT

REQUESTS = 100_000
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> tuple[Quarter, list]:
    """The quarter, and the verdict of each month."""
    quarter = Quarter.begun(project_copy.copied(ROOT, tmp_path_factory.mktemp("quarter")))
    counts = [REQUESTS // 3] * 2 + [REQUESTS - REQUESTS // 3 * 2]
    with quarter.served() as served:
        verdicts = [served.lived(month, n) for month, n in zip(MONTHS, counts, strict=True)]
    return quarter, verdicts


@pytest.fixture(scope="module")
def better(lived):
    """The retraining that September's verdict asks for."""
    return lived[0].retrained(MONTHS[-1])


def alarms(verdict) -> set[str]:
    return {each.name for each in verdict.findings if each.status == "alarm"}


def test_every_request_is_in_the_log(lived):
    _, verdicts = lived
    assert sum(verdict.counts["requests"] for verdict in verdicts) == REQUESTS
    assert [verdict.counts["errors"] for verdict in verdicts] == [0, 0, 0]


def test_the_first_month_is_silent(lived):
    july = lived[1][0]
    assert (july.status, alarms(july)) == ("quiet", set())  # nothing is unknown either


def test_the_second_month_drifts_and_says_which_column(lived):
    _, (_, august, _) = lived
    drifted = {name for name in alarms(august) if name.startswith("drift.")}
    assert drifted == {"drift.discount_share"}
    assert "quality.roc_auc" not in alarms(august)


def test_the_third_month_s_quality_falls(lived):
    _, (july, _, september) = lived
    before, after = (
        next(each for each in verdict.findings if each.name == "quality.roc_auc")
        for verdict in (july, september)
    )
    assert before.value - after.value > 0.05
    assert "quality.roc_auc" in alarms(september)


def test_a_branch_is_made_with_its_reason_and_its_model_is_better(lived, better):
    quarter, _ = lived
    assert better.branch.startswith("retrain/")
    assert "roc_auc" in better.reason
    assert better.open
    verdict = json.loads(Layout(quarter.project.root).verdict.read_text())
    assert verdict["case"] == "retrain"
    assert verdict["champion"]["difference"]["low"] > 0
    assert better.now > better.before + 0.05


def test_a_model_that_is_not_better_is_closed(lived, better):
    """July's rows say nothing new."""
    quarter, _ = lived
    quarter.project.commit("The model")
    quarter.project.git.run("switch", "--quiet", "main")
    closed = quarter.retrained(MONTHS[0], "--reason", "July is over")
    assert not closed.open
    verdict = json.loads(Layout(quarter.project.root).verdict.read_text())
    assert verdict["case"] == "retrain"
    assert verdict["champion"]["difference"]["low"] <= 0


def test_nothing_is_left_running(lived):
    root = str(lived[0].project.root.parent)
    left = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            left += [process] if process.cwd().startswith(root) else []
    assert left == []
