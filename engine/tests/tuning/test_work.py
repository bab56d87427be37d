"""Trials of one study: how many run, which ones again, and what a killed process leaves."""

import sqlite3

import pytest
from made_up import FOREVER, SPACE, TODAY, loss, settings
from optuna.storages._heartbeat import HeartbeatThread
from optuna.trial import TrialState

from mainline.core.errors import MainlineError
from mainline.tuning import study
from mainline.tuning.study import VALUES, Trials
from mainline.tuning.work import ERROR, Work

pytestmark = pytest.mark.filterwarnings("ignore:.*experimental")


def test_as_many_trials_as_asked_and_today_s_values_first(search):
    trials = search()
    assert [each.state for each in trials.every] == [TrialState.COMPLETE] * 4
    values = [each.user_attrs[VALUES] for each in trials.every]
    assert values[0] == TODAY
    for each in values[1:]:
        assert isinstance(each["train.epochs"], int)
        assert 2 <= each["train.epochs"] <= 9
        assert each["train.options.hidden"] in SPACE["train.options.hidden"]["choices"]
        assert each["train.learning_rate"] == float(f"{each['train.learning_rate']:.4g}")
    assert len({each["train.learning_rate"] for each in values}) == 4
    assert trials.complete[0].value == min(map(loss, values))


def test_a_finished_study_repeats_nothing_and_more_trials_go_on(search):
    before = search()
    assert search() == before
    after = search(trials=6)
    assert after.every[:4] == before.every
    assert len(after.finished) == 6
    drawn = [each.user_attrs[VALUES]["train.learning_rate"] for each in after.every]
    assert len({*drawn}) == 6, "it does not draw the same values again"


def test_other_values_of_today_are_tried_too(search):
    search()
    other = TODAY | {"train.epochs": 9}
    trials = search(today=other)
    assert len(trials.every) == 5
    assert trials.every[-1].user_attrs[VALUES] == other


def test_no_trial_begins_after_the_limit(search):
    assert search(until=0).finished == []


def test_an_exception_is_tried_again_once_and_then_recorded(search):
    tried: list[dict] = []

    def fails(values, trial):
        tried.append(values)
        if values == TODAY:
            raise ValueError("no\nloss")
        return loss(values)

    trials = search(fails)
    assert tried.count(TODAY) == 2
    [failed] = trials.among(TrialState.FAIL)
    assert failed.user_attrs[ERROR] == "no loss"
    assert len(trials.finished) == 4
    assert len(trials.complete) == 3


def test_one_that_works_the_second_time_counts_once(search):
    tried: list[dict] = []

    def fails_first(values, trial):
        tried.append(values)
        if len(tried) == 1:
            raise MemoryError
        return loss(values)

    trials = search(fails_first)
    assert tried.count(TODAY) == 2
    assert len(tried) == 5
    assert len(trials.complete) == 4


def test_the_last_trial_is_begun_by_one_process_alone(url):
    tune = settings(trials=2)
    opened = study.opened(url, "s", tune)
    work = Work(opened, tune, TODAY, loss)
    work.run(FOREVER)
    work._one()  # as a process that looked before the last trial began
    trials = Trials.of(opened)
    assert len(trials.every) == 2
    assert len(opened.trials) == 3


def test_today_s_values_are_tried_by_one_process_alone(url):
    tune = settings(trials=3)
    opened = study.opened(url, "s", tune)
    work = Work(opened, tune, TODAY, loss)
    for _ in range(2):  # both found none
        opened.enqueue_trial(work._parameters(), {study.TODAY: True})
    work.run(FOREVER)
    trials = Trials.of(opened)
    assert len(trials.complete) == 3
    assert sum(each.user_attrs[VALUES] == TODAY for each in trials.complete) == 1


@pytest.fixture
def quick(monkeypatch):
    """Less patience with what another process has left."""
    monkeypatch.setattr(study, "BEAT", 1)
    monkeypatch.setattr(study, "GRACE", 1)


def test_a_process_that_is_killed_before_its_first_sign_of_life(url, search, quick):
    opened = study.opened(url, "s", settings())
    work = Work(opened, settings(), TODAY, loss)
    opened.enqueue_trial(work._parameters(), {study.TODAY: True})
    opened.ask()
    trials = search()
    assert len(trials.complete) == 4
    assert trials.complete[0].number < 5
    assert [each.user_attrs[VALUES] for each in trials.complete].count(TODAY) == 1


def test_a_trial_that_has_values_has_given_a_sign_of_life(search, tmp_path, monkeypatch):
    monkeypatch.setattr(HeartbeatThread, "_record_heartbeat", lambda *_: None)  # not yet
    signs: list[int] = []

    def look(values, trial):
        with sqlite3.connect(tmp_path / "tune.db") as database:
            asked = "SELECT count(*) FROM trial_heartbeats WHERE trial_id = ?"
            signs.append(database.execute(asked, (trial._trial_id,)).fetchone()[0])
        return loss(values)

    search(look)
    assert signs == [1] * 4


def test_a_process_that_is_killed_before_it_puts_a_failed_trial_back(url, search, quick):
    opened = study.opened(url, "s", settings())
    opened.tell(opened.ask(), state=TrialState.FAIL)
    assert Trials.of(opened).finished == []
    trials = search()
    assert len(trials.complete) == 4
    assert [study.retried(each) for each in trials.every].count([0]) == 1


def test_a_trial_whose_process_is_killed_twice_is_recorded_and_not_repeated(url, search, quick):
    opened = study.opened(url, "s", settings())
    work = Work(opened, settings(), TODAY, loss)
    opened.enqueue_trial(work._parameters(), {study.TODAY: True})
    for _ in range(2):  # no process says more of either: it is killed
        opened.tell(opened.ask(), state=TrialState.FAIL)
        if not study.retried(opened.trials[-1]):
            study.retry(opened, opened.trials[-1])
    trials = search()
    [failed] = trials.failed
    assert study.retried(failed) == [0]
    assert len(trials.finished) == 4
    assert len(trials.complete) == 3
    assert all(each.user_attrs[VALUES] != TODAY for each in trials.complete)


def test_a_trial_is_put_back_by_one_process_alone(url, search):
    opened = study.opened(url, "s", settings())
    opened.tell(opened.ask(), state=TrialState.FAIL)
    for _ in range(2):
        study.retry(opened, opened.trials[0])
    trials = search()
    assert len(trials.complete) == len(trials.every) == 4
    assert len(opened.trials) == 6


def test_a_database_that_fails_in_between_is_one_line(search, tmp_path):
    def breaks(values, trial):
        (tmp_path / "tune.db").write_bytes(b"no database" * 1000)
        return loss(values)

    with pytest.raises(MainlineError, match="the study's database failed: ") as found:
        search(breaks)
    assert "sqlalche.me" not in str(found.value)
    assert len(str(found.value).splitlines()) == 1


@pytest.mark.nightly
def test_a_killed_process_loses_one_trial_which_another_repeats(url, process):
    killed = process.start(url, 1, 30)
    [number] = process.until("begun", 1)
    killed.kill()
    killed.wait()
    assert process.start(url, 2, 0).wait(120) == 0
    every = study.opened(url, "s", settings(trials=8)).trials
    assert every[int(number)].state == TrialState.FAIL
    again = [each for each in every if int(number) in study.retried(each)]
    assert [each.params for each in again] == [every[int(number)].params]
    trials = Trials(every)
    assert len(process.noted("ended")) == 8
    assert sum(each.state == TrialState.COMPLETE for each in trials.every) == 8


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "postgresql+psycopg://me:hunter2@127.0.0.1:1/none",
            "postgresql+psycopg://127.0.0.1:1/none",
        ),
        ("sqlite:////nowhere/at/all.db", "unable to open database file"),
        ("nonsense", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_used(monkeypatch, address, said):
    monkeypatch.setattr(study, "ATTEMPTS", 1)
    with pytest.raises(MainlineError, match="the study cannot be opened") as found:
        study.opened(address, "s", settings())
    assert said in str(found.value)
    assert "hunter2" not in str(found.value)
    assert "TUNE_STORAGE" in str(found.value)
