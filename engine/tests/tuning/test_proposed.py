"""What comes of a study: a page, and a branch that changes values of params.yaml alone."""

import re
from types import SimpleNamespace

import pytest
from made_up import SPACE, TODAY, loss, settings

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.tuning import page, proposed, study
from mainline.tuning.job import Job
from mainline.tuning.objective import FIGURE, GROUPS, SECONDS, SHIPS
from mainline.tuning.result import Result
from mainline.tuning.result import gain as gain_of
from mainline.tuning.study import Trials
from mainline.tuning.work import Work
from repository import commit, repository

pytestmark = pytest.mark.filterwarnings("ignore:.*experimental")
PARAMS = """\
train:
  learning_rate: 0.0123456   # small
  epochs: 3
  options:
    hidden: [8]
"""


def noted(values, trial) -> float:
    """The loss of ten groups, better in most of them."""
    found = loss(values)
    trial.set_user_attr(FIGURE, 0.8)
    trial.set_user_attr(SHIPS, "blend")
    trial.set_user_attr(SECONDS, 61.5)
    trial.set_user_attr(GROUPS, [[2 * (found + 0.001 * k) for k in range(-5, 6)], [2.0] * 11])
    return found


@pytest.fixture
def git(tmp_path):
    made = repository(tmp_path)
    (tmp_path / "params.yaml").write_text(PARAMS)
    (tmp_path / ".gitignore").write_text("/reports/\n/tune.db*\n")
    commit(made)
    return made


@pytest.fixture
def result(git, tiny_table, url):
    """A function: an objective to the result of 5 trials."""

    def of(objective=noted, today=TODAY) -> tuple[Result, object]:
        tune = settings(trials=5)
        job = Job(git.root, tiny_table, tune, {}, today)
        opened = study.opened(url, "tune-0123456789ab", tune)
        Work(opened, tune, today, objective).run(float("inf"))
        return Result.of(job, Trials.of(opened)), opened

    return of


def test_a_branch_with_one_commit_that_changes_values_alone(git, result):
    found, _ = result()
    head, status = git.resolve("HEAD"), git.run("status", "--porcelain")
    made = proposed.branch(git, "tune-x", found)
    assert git.resolve("tune-x") == made
    assert git.resolve("tune-x^") == git.resolve("HEAD") == head
    assert git.run("diff", "--name-only", "HEAD", "tune-x") == "params.yaml\n"
    best = found.best.user_attrs["values"]
    text = PARAMS.replace("0.0123456", str(best["train.learning_rate"])).replace("[8]", "[16, 16]")
    text = text.replace("epochs: 3", f"epochs: {best['train.epochs']}")
    assert git.run("show", "tune-x:params.yaml") == text
    assert git.run("status", "--porcelain") == status, "index and working tree are the person's"
    message = git.run("log", "-1", "--format=%B", "tune-x")
    assert "The best of 5 trials lowers the loss on validation rows by 0.0" in message
    assert "| 0 (today) | `0.0123456` | `[8]` | `3` | 0.1023 | 0.8000 | blend | 62 |" in message
    assert proposed.branch(git, "tune-x", found) == made, "it is there already"


def test_a_branch_with_something_else_is_not_replaced(git, result):
    git.run("branch", "tune-x")
    with pytest.raises(MainlineError, match="the branch tune-x exists with other settings"):
        proposed.branch(git, "tune-x", result()[0])


def test_what_is_not_committed_is_refused_first(git):
    proposed.settled(git, TODAY)
    (git.root / "params.yaml").write_text(PARAMS + "# more\n")
    with pytest.raises(MainlineError, match=r"not committed: params.yaml"):
        proposed.settled(git, TODAY)


def test_a_gain_that_may_be_chance_is_called_so(result):
    found, _ = result()
    assert found.gain.low == pytest.approx(found.gain.value) == found.gain.high
    assert "chance" not in found.sentence
    ours, theirs = (
        SimpleNamespace(user_attrs={GROUPS: [each, [1.0] * 4]})
        for each in ([1.0, 2.0, 3.0, 4.0], [0.0, 2.5, 2.0, 5.0])
    )
    gain = gain_of(ours, theirs)
    assert gain.value == pytest.approx(0.125)
    assert gain.low < 0 < gain.high


def test_nothing_better_than_today(result):
    best = {"train.learning_rate": 0.01, "train.options.hidden": [16, 16], "train.epochs": 3}
    found, _ = result(today=best)
    assert not found.better
    assert found.sentence.startswith("No other settings of 5 trials have a lower loss than today's")


def test_the_page_needs_no_other_file_and_shows_every_setting(result):
    found, opened = result()
    page.write(opened, found)
    text = (Layout(found.job.root).search / page.NAME).read_text()
    assert text.count("<svg") == 2 + len(SPACE)
    for path in SPACE:
        assert f'aria-label="{path}"' in text
    assert re.findall(r"\b(?:src|href|url)\b", text) == []
    assert "<td>0 (today)</td>" in text
    assert "nan" not in text


def test_all_trials_failed(result):
    def fails(values, trial):
        raise ValueError("no memory <here>")

    with pytest.raises(MainlineError, match=r"every trial failed\. The first one: no memory"):
        result(fails)


def test_today_failed_and_failures_are_on_the_page(result):
    def fails(values, trial):
        if values == TODAY:
            raise ValueError("no memory <here>")
        return noted(values, trial)

    with pytest.raises(MainlineError, match="no loss of today's values to compare with: no memory"):
        result(fails)

    def others(values, trial):
        if trial.number % 2 == 1:
            raise ValueError("no memory <here>")
        return noted(values, trial)

    found, opened = result(others, {**TODAY, "train.epochs": 5})
    page.write(opened, found)
    text = (Layout(found.job.root).search / page.NAME).read_text()
    assert "failed: no memory &lt;here&gt;" in text
