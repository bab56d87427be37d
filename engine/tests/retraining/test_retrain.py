"""The branch of a retraining, made on a laptop: one commit, and nothing else changes."""

import subprocess
from datetime import date, timedelta

import pytest
from newer import BRANCH, JULY, JUNE, PARAMS, drifted, verdict

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.retraining import retrain


def run(small, **options):
    retrain.run(small.root, **({"reason": "new prices"} | options))


def test_a_branch_with_one_commit_that_changes_the_day_alone(small, capsys):
    git, status = small.git, small.git.run("status", "--porcelain")
    run(small, reason="new prices, fixes #7 @ada")
    assert git.run("diff", "--name-only", "main", BRANCH) == "params.yaml\n"
    assert git.show(BRANCH, Layout.params) == PARAMS.replace(JUNE, JULY)
    assert git.resolve(f"{BRANCH}^") == git.resolve("origin/main")
    assert (git.branch(), git.run("status", "--porcelain")) == ("main", status)
    said = git.run("log", "-1", "--format=%B", BRANCH)
    assert said.startswith(f"Retrain churn on rows up to {JULY}\n\nReason: new prices, fixes #")
    assert "#7" not in said
    assert "@ada" not in said
    out = capsys.readouterr().out
    assert f"prepared: branch {BRANCH} has 60 rows to learn from" in out
    assert f"next: git push -u origin {BRANCH}" in out


def test_the_newest_day_that_the_source_has_is_taken(small):
    small.rows("2026-08-09", 70)
    small.rows("2026-08-10", 80)  # today is not over
    run(small)
    assert small.git.branch() == "main"
    assert small.git.resolve("retrain/churn-2026-08-09")


def test_without_a_day_in_its_path_a_source_is_asked_as_of_yesterday(small):
    small.rows("now", 90)
    small.params(PARAMS.replace("rows-{as_of}", "rows-now"))
    run(small)
    assert small.git.resolve("retrain/churn-2026-08-09")


def test_a_day_of_one_s_own(small):
    small.rows("2026-08-09", 70)
    run(small, as_of=JULY)
    assert small.git.resolve(BRANCH)


@pytest.mark.parametrize("rows", ["the same", "no newer file"])
def test_nothing_to_learn_is_one_line_and_no_branch(small, capsys, rows):
    if rows == "the same":
        small.rows(JULY, 40)
    else:
        (small.root / f"rows-{JULY}.csv").unlink()
    run(small)
    out = capsys.readouterr().out
    assert out.startswith("retrain   nothing to learn: ")
    assert out.count("\n") == 1
    assert small.git.run("branch", "--list", "retrain/*") == ""


def test_what_a_verdict_fires(small, tmp_path, capsys):
    verdict(drifted()).write(tmp_path / "verdict.json")
    retrain.run(small.root, from_verdict=tmp_path / "verdict.json")
    said = small.git.run("log", "-1", "--format=%B", BRANCH)
    assert "Reason: drift.age is 0.6; the newest training rows are of 2026-06-30, 40 days" in said
    assert "Trigger: drift, schedule" in said


def test_a_quiet_verdict_does_nothing(small, tmp_path, capsys):
    small.params(PARAMS.replace("every_days: 30", "every_days: 300"))
    verdict(drifted(0.01, status="quiet")).write(tmp_path / "verdict.json")
    retrain.run(small.root, from_verdict=tmp_path / "verdict.json")
    assert "no trigger of monitoring.triggers fires" in capsys.readouterr().out
    assert small.git.run("branch", "--list", "retrain/*") == ""


def test_the_same_again_changes_nothing_and_another_branch_is_not_replaced(small):
    small.params(PARAMS.replace("triggers:", "triggers:\n    event: {cool_down_days: 0}"))
    run(small)
    made = small.git.resolve(BRANCH)
    run(small, reason="for another reason")
    assert small.git.resolve(BRANCH) == made
    small.git.run("branch", "-f", BRANCH, "main")
    with pytest.raises(MainlineError, match="exists with other settings"):
        run(small)


def test_a_trigger_rests_after_its_retraining_and_a_person_does_not(small, capsys, monkeypatch):
    run(small, trigger="drift")
    made = date.fromisoformat(small.git.run("log", "-1", "--format=%cs", BRANCH).strip())
    monkeypatch.setattr(retrain, "_today", lambda: made)
    run(small, trigger="drift")
    assert capsys.readouterr().out.splitlines()[-1].startswith("rests     drift, until ")
    small.rows(str(made - timedelta(days=1)), 99)
    run(small, trigger="drift,event")
    made_by = small.git.run("log", "-1", "--format=%B", f"retrain/churn-{made - timedelta(days=1)}")
    assert "Trigger: event\n" in made_by


def refused(small, **options) -> str:
    with pytest.raises(MainlineError) as error:
        run(small, **options)
    assert small.git.run("branch", "--list", "retrain/*") == ""
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"reason": None}, "a retraining needs a reason"),
        ({"reason": " \u200b\n"}, "a retraining needs a reason"),
        ({"reason": "x" * 501}, "the reason is too long. Found 501 characters"),
        ({"trigger": "drfit"}, "no trigger 'drfit'; did you mean 'drift'?"),
        ({"trigger": "importance"}, "'monitoring.triggers.importance' is not set"),
        ({"evidence": "{"}, "the evidence is no JSON"),
        ({"evidence": "[1]"}, "the evidence is no JSON object"),
        ({"evidence": "nowhere.json"}, "the evidence cannot be read"),
        ({"evidence": '{"a": "' + "x" * 60_000 + '"}'}, "the evidence is too large"),
        ({"as_of": "yesterday"}, "is not a day"),
        ({"as_of": "2026-08-11"}, "--as-of is in the future. Found 2026-08-11"),
        ({"as_of": JUNE}, "not after main's data.as_of. Found 2026-06-30"),
        ({"as_of": "2026-07-02"}, "rows-2026-07-02.csv"),
        ({"dispatch": True, "push": True}, "--dispatch leaves the branch to retrain.yml"),
        ({"dispatched": True}, "exclude each other"),
        ({"push": True}, "GITHUB_REPOSITORY is not set"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_bad_input_is_refused_in_one_line(small, options, why):
    assert why in refused(small, **options)


def test_settings_that_are_not_main_s(small):
    with (small.root / "params.yaml").open("a") as file:
        file.write("# mine\n")
    assert "params.yaml is not main's, and a retraining starts at main" in refused(small)


def test_main_may_forbid_it_to_persons(small):
    small.params(PARAMS.replace("triggers:", "triggers:\n    event: null"))
    assert "'monitoring.triggers.event' is not set" in refused(small)


def test_a_verdict_of_another_model(small, tmp_path):
    verdict(drifted(), name="fraud").write(tmp_path / "verdict.json")
    said = refused(small, reason=None, from_verdict=tmp_path / "verdict.json")
    assert "the verdict is of another model. Found fraud, expected churn" in said


def test_a_file_that_is_pinned_by_its_hash(small):
    pinned = 'path: "rows-{as_of}.csv", sha256: "' + "a" * 64 + '"'
    small.params(PARAMS.replace('path: "rows-{as_of}.csv"', pinned))
    assert "data.source.sha256 names one file" in refused(small)


def test_a_clone_without_main(small):
    for name in ("refs/remotes/origin/main", "refs/heads/main"):
        small.git.run("update-ref", "-d", name)
    subprocess.run(["git", "-C", str(small.root), "branch", "-q", "other"], check=False)
    with pytest.raises(MainlineError, match="neither origin/main nor main is known"):
        run(small)
