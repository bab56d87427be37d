"""Statuses set, and what is known of a commit read."""

import pytest

from github_stub import Fault
from mainline.core.errors import MainlineError
from mainline.github.statuses import Statuses

SHA = "c" * 40


def run(number, name, conclusion):
    status = "completed" if conclusion else "in_progress"
    return {"id": number, "name": name, "status": status, "conclusion": conclusion}


def test_set_with_a_description_that_fits(github, api):
    github.faults = [Fault(502)]
    Statuses(api).set(SHA, "gate", "failure", "closed:\n" + "x" * 300, "https://example.com/run")
    [status] = github.statuses
    assert (status["context"], status["state"], status["sha"]) == ("gate", "failure", SHA)
    assert len(status["description"]) == 140
    assert "\n" not in status["description"]


def test_no_state_is_made_up(api):
    with pytest.raises(MainlineError, match="not 'green'"):
        Statuses(api).set(SHA, "gate", "green", "")


def test_check_runs_and_statuses_of_all_pages(github, api):
    github.check_runs = [run(n, f"check {n}", "success") for n in range(130)]
    github.check_runs += [run(200, "e2e", None), run(201, "lint", "cancelled")]
    Statuses(api).set(SHA, "gate", "success", "open")
    known = Statuses(api).known(SHA)
    assert len(known) == 133
    assert (known["check 129"], known["e2e"]) == ("success", "pending")
    assert (known["lint"], known["gate"]) == ("failure", "success")


def test_a_newer_run_of_a_name_wins(github, api):
    github.check_runs = [run(9, "lint", "success"), run(3, "lint", "cancelled")]
    assert Statuses(api).known(SHA) == {"lint": "success"}


@pytest.mark.parametrize("conclusion", ["failure", None])
def test_a_status_does_not_outvote_the_check_of_its_name(github, api, conclusion):
    github.check_runs = [run(1, "test", conclusion)]
    Statuses(api).set(SHA, "test", "success", "trust me")
    Statuses(api).set(SHA, "scan", "success", "of another service")
    known = Statuses(api).known(SHA)
    assert known == {"test": "failure" if conclusion else "pending", "scan": "success"}
