"""Many small steps down: the best of main's last releases is compared, too."""

import shutil
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from arrays import model as of_arrays
from judging import knowing
from released import A, B, C, merged

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.dvc.outputs import OutOfReachError
from mainline.evaluation.settings import EvaluationSettings
from mainline.gate import challenge, erosion
from mainline.gate.bars import in_force
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.opponent import Common, NotComparableError, Opponent
from mainline.gate.standing import remembered, standing
from mainline.git import Git
from mainline.params.gate import ChampionSettings
from mainline.release.release_file import Release

TABLE = TableSettings(entity="id", target="y", positive="1", numbers=["x"])
EVALUATION = EvaluationSettings(threshold=0.5, resamples=100)
ROWS, STEPS = 4000, 10
MAINS = "sha256:main's"


def champion(project):
    git = Git(project.root)
    return Champion.at(git, git.known("main"))


def contents(project):
    return "".join(each.release.content[7] for each in standing(champion(project)))


@pytest.mark.parametrize(
    ("history", "stand"),
    [
        ((A,), "a"),
        ((A, B, C), "cba"),
        ((A, B, A), "a"),
        ((A, B, A, C), "ca"),
        ((A, B, C, B), "ba"),
        ((A, B, A, B), "ba"),  # the rollback itself was taken back
    ],
)
def test_a_release_that_main_went_back_behind_does_not_stand(settings, history, stand):
    for content in history:
        merged(settings, content, 0.8)
    assert contents(settings) == stand


def test_a_release_file_of_an_older_format_is_left_out(settings):
    merged(settings, A, 0.8)
    Layout(settings.root).release.write_text("data: 3\n")
    settings.merge("Garbage")
    merged(settings, C, 0.8)
    assert contents(settings) == "ca"


def best(project, memory=10):
    """The contents of those that were recorded better than the champion, the best first."""
    now = champion(project)
    found = erosion.better(now, erosion.comparable(now, memory, "roc_auc"))
    return "".join(each.release.content[7] for each in found)


def test_the_best_recorded_release_within_memory_comes_first(settings):
    merged(settings, A, 0.83)
    merged(settings, B, 0.82)
    merged(settings, C, 0.81)
    assert best(settings) == "ab"
    assert best(settings, memory=2) == "b"
    assert best(settings, memory=1) == best(settings, memory=0) == ""


@pytest.mark.parametrize(("memory", "asked"), [(0, "c"), (1, "c"), (2, "cb"), (40, "cba")])
def test_what_may_be_asked_for_follows_main_s_own_memory(settings, memory, asked):
    for content in (A, B, C):
        merged(settings, content, 0.8, **{"gate.champion.memory": memory})
    git = Git(settings.root)
    settings.set(**{"gate.champion.memory": 3})
    settings.commit("A proposal's memory does not count")
    found = remembered(git, git.known("main"))
    assert "".join(each.release.content[7] for each in found) == asked


def test_a_main_without_a_release_has_nothing_to_ask_for(settings):
    git = Git(settings.root)
    assert remembered(git, git.known("main")) == []


def test_a_champion_that_is_as_good_is_the_best(settings):
    merged(settings, A, 0.82)
    merged(settings, B, None)
    merged(settings, C, 0.82)
    assert best(settings) == ""


@pytest.mark.parametrize("change", ["split.salt", "evaluation.seed", "table.numbers"])
def test_figures_under_other_settings_are_not_comparable(settings, change):
    merged(settings, A, 0.9, **{change: ["tenure_months"] if "table" in change else 5})
    settings.git("checkout", "-q", "main~1", "--", "params.yaml")
    merged(settings, B, 0.82)
    merged(settings, C, 0.81)
    assert best(settings) == "b"


def test_a_proposal_does_not_choose_the_best_by_other_settings(settings):
    merged(settings, A, 0.83)
    merged(settings, B, 0.82)
    settings.set(**{"evaluation.seed": 5})
    settings.commit("Other questions")
    assert best(settings) == "a"


def test_a_rollback_s_release_is_forgotten_however_good_it_looked(settings):
    for content, figure in ((A, 0.8), (B, 0.99), (A, 0.8), (C, 0.79)):
        merged(settings, content, figure)
    assert best(settings) == "a"


@pytest.fixture
def proposal():
    """Models of which each is a little worse than the one before; the rows they share."""
    rng = np.random.default_rng(3)
    target = (rng.uniform(size=ROWS) < 0.3).astype(int)
    signal, noise = target + rng.normal(size=ROWS), rng.normal(size=ROWS)
    frame = pd.DataFrame({"id": np.arange(ROWS).astype(str), "y": target, "x": 0.0})

    def make(step):
        scores = 1 / (1 + np.exp(-(signal + 0.08 * step * noise)))
        made = of_arrays(frame, TABLE, scores, scores, EVALUATION)
        return SimpleNamespace(**vars(made), table=TABLE, evaluation=EVALUATION)

    return make


def asked(**settings):
    champion = ChampionSettings(**{"margin": 0.01} | settings)
    gate = SimpleNamespace(champion=champion)
    return SimpleNamespace(gate=gate, evaluation=EVALUATION, reset=None)


@pytest.fixture
def judged(monkeypatch):
    """The rule, against releases that are recorded better and their opponents, the best first."""

    def call(candidate, *met, content="sha256:new", **settings):
        releases = [Release("small", f"4{place}", "", "", "") for place in range(len(met))]
        known = {Champion(Git(Path()), each.version * 20, each): 0.9 for each in releases}
        opponents = iter(met)
        monkeypatch.setattr(erosion, "comparable", lambda *_: known)
        monkeypatch.setattr(erosion, "meet", lambda *_: next(opponents))
        candidate.content = content
        now = Champion(Git(Path()), "c" * 40, Release("small", "50", "", "", MAINS))
        return erosion.judge(candidate, now, asked(**settings))

    return call


def against(ours, theirs):
    rows = ours.frame
    return Opponent(common=Common(rows, rows, ours.scores, theirs.scores, "the same test rows"))


def test_ten_steps_that_are_each_not_worse_do_not_lose_ten_margins(proposal, judged):
    models = [proposal(step) for step in range(STEPS + 1)]
    how = {"retrain": False, "in_ci": True}
    passed = []
    for before, model in pairwise(models):
        step, _ = challenge.judge(model, None, against(model, before), asked(), **how)
        assert step.outcome == "pass", step
        [whole] = judged(model, against(model, models[0])).rules
        passed.append(whole.outcome == "pass")
    aucs = [model.figures["model"]["roc_auc"]["value"] for model in models]
    lost = [aucs[0] - each for each in aucs[1:]]
    assert lost[-1] > 0.05  # what the champion rule alone lets through
    assert passed[0]
    assert not passed[-1]
    assert max(fall for fall, fine in zip(lost, passed, strict=True) if fine) < 0.02
    assert "may be worse by" in whole.why
    said = "worse than version 40 (404040404040), the best of the last 1, by 0."
    assert whole.said.startswith(said)
    assert whole.said.endswith("allowed up to 0.02")
    assert "version 40 (404040404040), the best of the last 1" in whole.why


def test_the_margin_follows_the_champion_s_unless_it_has_a_number(proposal, judged):
    model, before = proposal(3), proposal(0)
    assert judged(model, against(model, before)).rules[0].margin == "0.02"
    [rule] = judged(model, against(model, before), erosion=0.5).rules
    assert (rule.outcome, rule.margin) == ("pass", "0.5")
    assert judged(model, against(model, before), erosion=0.001).rules[0].outcome == "fail"


@pytest.mark.parametrize(
    "gone", [OutOfReachError("gone"), NotComparableError("too few rows"), MainlineError("damaged")]
)
def test_an_old_release_that_cannot_be_compared_blocks_no_work(proposal, judged, gone):
    """The next best takes its place, and a note says so."""
    model = proposal(5)
    found = judged(model, Opponent(problem=gone))
    assert found.rules == []
    assert f"left out of the rule `erosion`: {gone}" in found.notes[0]
    assert found.about["problem"] == str(gone)
    found = judged(model, Opponent(problem=gone), against(model, proposal(0)))
    assert [each.outcome for each in found.rules] == ["fail"]
    assert len(found.notes) == 1
    assert found.about["best"]["version"] == "41"


def test_the_bytes_of_the_best_are_fetched_from_its_own_commit(copy_of):
    """Main went from the best model to the second; the best is proposed as if it were new."""
    project = copy_of("rolled_back")
    bars = in_force(Git(project.root), "main")
    asked = [champion(project), bars]
    itself = erosion.judge(Candidate(project.root), *asked)
    assert (itself.rules, itself.about["of"]) == ([], 2)
    assert itself.about["best"]["seed"] == 17
    assert 0.5 < itself.about["best"]["figure"]["value"] < 1
    other = {"content": "sha256:other", "scorer": Candidate(project.root).scorer}
    found = erosion.judge(knowing(project.root, **other), *asked)
    [rule] = found.rules
    assert (rule.outcome, rule.figure) == ("pass", "+0.0000 (+0.0000 to +0.0000)")
    assert found.about["best"]["commit"] == project.git("rev-parse", "main~1").strip()
    shutil.rmtree(project.root / ".dvc/cache")
    found = erosion.judge(knowing(project.root, **other), *asked)
    assert found.rules == []
    assert "neither in the DVC cache nor in a remote" in found.notes[0]


@pytest.mark.parametrize("broken", [Opponent(problem=ZeroDivisionError("hostile")), Opponent()])
def test_what_breaks_off_closes(proposal, judged, broken):
    [rule] = judged(proposal(0), broken).rules
    assert rule.outcome == "fail"


def test_main_s_own_model_is_not_held_to_a_better_one(proposal, judged):
    """A proposal of other settings alone, of a shorter memory perhaps, loses nothing."""
    found = judged(proposal(5), against(proposal(5), proposal(0)), content=MAINS)
    assert (found.rules, found.notes) == ([], [])


def test_a_difference_without_an_interval_closes(proposal, judged):
    model = proposal(0)
    nothing = SimpleNamespace(scores=np.full(ROWS, np.nan))
    [rule] = judged(model, against(model, nothing)).rules
    assert rule.outcome == "fail"
    assert "has no interval" in rule.why
