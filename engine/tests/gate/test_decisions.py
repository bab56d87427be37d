"""Whole decisions: every rule of a case is asked, and one that fails closes the gate."""

import shutil

import numpy as np
import pandas as pd
from judging import failed, forge_the_table, judge, rule

from mainline.core.files import json_text, read_json, write_json
from mainline.core.layout import Layout
from mainline.data import ingest
from mainline.gate import candidate
from mainline.packaging.saved_model import Scorer

INTEGRITY = ["pipeline", "graph", "repackaged", "bytes", "data", "validation", "split", "figures"]
INTEGRITY += ["card"]
QUALITY = ["roc_auc", "log_loss", "baseline", "slices", "noise", "missing", "unknown"]
QUALITY += ["demographic_parity", "cost", "size", "server"]
BESIDE = ["champion", "latency"]
EVERY = [*INTEGRITY, "snapshot", *QUALITY, *BESIDE]
TIE = "+0.0000 (+0.0000 to +0.0000)"


def names(verdict):
    return [rule.name for rule in verdict.rules]


def test_a_model_that_is_not_worse_opens_after_every_rule(verdicts):
    verdict = verdicts("second", status=True)
    assert (verdict.case, verdict.open) == ("proposal", True), verdict.headline
    assert names(verdict) == EVERY
    assert "read again, gives the same table" in rule(verdict, "data").why
    assert verdict.champion["paired"] is True
    assert verdict.measured["drift"]["same"] is True


def test_what_a_proposal_loosens_does_not_help_it(verdicts):
    verdict = verdicts("loosened")
    assert not verdict.open
    assert names(verdict) == EVERY
    assert set(failed(verdict)) >= {"roc_auc", "baseline", "champion"}
    assert rule(verdict, "figures").outcome == "pass"
    assert rule(verdict, "roc_auc").bar == ">= 0.6"
    assert rule(verdict, "champion").margin == "0.03"
    assert "gender=" in rule(verdict, "slices").why
    assert rule(verdict, "latency").outcome == "pass"
    assert any("gate.champion.reset has no effect" in note for note in verdict.notes)
    for key in (
        "gate.bars.roc_auc.min changes from 0.6 to 0.01",
        "gate.latency.ratio changes from 1000.0 to None",
        "evaluation.confidence changes",
        "train.baseline.max_iter changes",
    ):
        assert any(note.startswith(key) for note in verdict.notes), key


def test_the_first_model_needs_only_bars_and_baseline(verdicts):
    verdict = verdicts("unreleased")
    assert (verdict.case, verdict.open) == ("first", True), verdict.headline
    assert names(verdict) == [name for name in EVERY if name not in BESIDE]
    assert rule(verdict, "snapshot").why == "main has no snapshot yet: nothing to compare with"
    assert verdict.data is None
    assert set(verdict.measured) == {"latency", "candidates"}
    assert verdict.measured["latency"]["candidate"]["p99_ms"] > 0
    assert "ratio" not in verdict.measured["latency"]


def test_the_same_model_is_nothing_to_propose(verdicts):
    verdict = verdicts("champion")
    assert (verdict.case, verdict.open) == ("same", True), verdict.headline
    assert names(verdict) == INTEGRITY
    assert "this is the model that main has" in verdict.headline
    assert rule(verdict, "data").why == "the catalogue describes the table"  # nothing was asked
    assert verdict.measured == {}


def test_an_equal_model_is_judged_and_passes_with_a_difference_of_zero(verdicts):
    verdict = verdicts("repackaged")
    assert (verdict.case, verdict.open) == ("proposal", True), verdict.headline
    assert names(verdict) == EVERY
    assert rule(verdict, "champion").figure == TIE


def test_the_same_model_beside_a_forged_table_is_judged_by_it(project):
    forge_the_table(project)
    verdict = judge(project)
    assert verdict.case == "proposal"
    assert not verdict.open
    assert "read again, gives other rows" in rule(verdict, "data").why
    assert rule(verdict, "snapshot").figure.startswith("income")
    assert verdict.data["moves"][0][0] == "income"
    assert {"data", "snapshot"} <= set(failed(verdict))
    assert rule(verdict, "roc_auc").outcome == "pass"


def test_new_data_is_measured_against_the_champions_and_shown(verdicts):
    verdict = verdicts("july")
    assert verdict.open, verdict.headline
    assert names(verdict) == EVERY
    found = verdict.measured
    assert set(found) == {"latency", "stability", "drift", "candidates", "erosion"}
    assert found["erosion"] == {"of": 1}
    assert "problem" not in str(found)
    assert {"tenure_months", "churned"} <= {each["name"] for each in found["drift"]["columns"]}
    assert found["drift"]["rows"][1] > found["drift"]["rows"][0]
    assert found["stability"]["rank_correlation"] > 0
    worth = found["stability"]["columns"].values()  # of two models, not of one beside itself
    assert any(each["candidate"] != each["champion"] for each in worth)
    assert found["latency"]["champion"]["p99_ms"] > 0
    json_text(verdict.to_json())


def test_a_rollback_is_waived_and_asks_no_source(copy_of, monkeypatch):
    project = copy_of("rolled_back")
    monkeypatch.setattr(ingest, "read", lambda *_: 1 / 0)
    verdict = judge(project)
    assert (verdict.case, verdict.open) == ("rollback", True), verdict.headline
    assert names(verdict) == EVERY
    for each in verdict.rules:
        assert each.outcome == ("pass" if each.name in INTEGRITY else "waived"), each
    assert verdict.champion["difference"]["low"] < 1  # what going back costs is shown
    [note] = [note for note in verdict.notes if "released the same bytes" in note]
    assert f"in {project.git('rev-parse', '--short', 'main~1').strip()} Champion" in note


def test_a_rollback_beside_a_forged_table_closes(copy_of):
    project = copy_of("rolled_back")
    forge_the_table(project)
    verdict = judge(project)
    assert verdict.case == "rollback"
    assert not verdict.open
    assert "read again, gives other rows" in rule(verdict, "data").why
    assert rule(verdict, "snapshot").outcome == "fail"


def test_a_branch_that_main_has_left_behind_closes(copy_of):
    project = copy_of("rolled_back")
    project.git("symbolic-ref", "HEAD", "refs/heads/older")
    project.git("branch", "-q", "older", "main~1")
    verdict = judge(project)
    assert verdict.case == "behind"
    assert failed(verdict) == ["base"]
    assert "git merge origin/main" in rule(verdict, "base").why


def test_forged_figures_close_although_dvc_finds_nothing_out_of_date(project):
    path = Layout(project.root).figures
    figures = read_json(path, made_by="the test")
    figures["model"]["roc_auc"]["value"] = 0.97
    write_json(path, figures)
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project, status=True)
    assert verdict.case == "same"
    assert failed(verdict) == ["figures", "card"]
    assert "committed as 0.97" in rule(verdict, "figures").why


def test_scores_that_are_no_numbers_close_every_rule_that_needs_them(copy_of, monkeypatch):
    class Broken(Scorer):
        def score(self, frame):
            return np.full(len(frame), np.nan)

    monkeypatch.setattr(candidate, "Scorer", Broken)
    verdict = judge(copy_of("second"))
    assert not verdict.open
    for name in ("roc_auc", "log_loss", "baseline", "slices", "champion", "figures"):
        assert rule(verdict, name).outcome == "fail", name
    assert json_text(verdict.to_json())  # it can be written: NaN is no JSON


def test_bytes_that_are_no_model_close_every_rule_that_needs_them(project):
    (Layout(project.root).saved_model / "saved_model.pb").write_bytes(b"garbage")
    verdict = judge(project)
    assert not verdict.open
    for name in ("graph", "bytes", "figures", "champion"):
        assert rule(verdict, name).outcome == "fail"


def test_a_missing_model_closes(project):
    shutil.rmtree(Layout(project.root).saved_model)
    assert failed(judge(project)) == ["candidate"]


def test_a_table_without_its_target_closes_instead_of_crashing(project):
    path = Layout(project.root).table
    pd.read_parquet(path).drop(columns="churned").to_parquet(path, index=False)
    verdict = judge(project)
    assert not verdict.open
    assert rule(verdict, "figures").outcome == "fail"


def test_a_champion_out_of_reach_opens_on_a_laptop_alone(copy_of):
    project = copy_of("second")
    shutil.rmtree(project.root / ".dvc" / "cache")
    verdict = judge(project, in_ci=False)
    assert failed(verdict) == []
    assert "CI will close it" in verdict.headline
    assert "recorded figures are used" in rule(verdict, "champion").why
    assert rule(verdict, "latency").outcome == "waived"
