"""A run that is repeated, and a pipeline that never comes to rest."""

import json

import pytest

from mainline.proposal import propose


def run(project, **options) -> bool:
    return propose.run(project.root, against=None, **{"post": True, "push": True} | options)


def test_a_repeated_run_takes_the_commit_that_it_made_before(seeded, judged, comment, github):
    head = seeded.git("rev-parse", "HEAD").strip()
    assert run(seeded)
    made = seeded.git("rev-parse", "origin/proposal").strip()
    said = comment()
    seeded.git("reset", "-q", "--hard", head)  # as the job that is run again checks out
    seeded.set()
    seeded.git("-c", "user.name=x", "-c", "user.email=x@example.com", "status")
    assert run(seeded)
    assert seeded.git("ls-remote", "origin", "refs/heads/proposal").split()[0] == made
    assert comment() == said
    assert [status["sha"] for status in github.statuses] == [made, made]


def test_a_pipeline_that_makes_something_else_each_time_stops(seeded, judged, comment, monkeypatch):
    assert run(seeded)
    made = seeded.git("rev-parse", "HEAD").strip()

    def restless(root, **_):
        path = root / "metrics/evaluation.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"clock": 1}))
        seeded.dvc("commit", "--force", "--quiet")
        return ["evaluate"]

    monkeypatch.setattr(propose, "reproduce", restless)
    assert not run(seeded)
    assert "running it again makes other files: " in comment()
    assert "metrics/evaluation.json" in comment()
    assert seeded.git("ls-remote", "origin", "refs/heads/proposal").split()[0] == made


@pytest.mark.parametrize(("stages", "trailer"), [(["train"], True), (["package"], False)])
def test_the_trailer_says_trained_on_only_where_it_was_trained(
    seeded, judged, comment, monkeypatch, stages, trailer
):
    train = propose.reproduce
    monkeypatch.setattr(propose, "reproduce", lambda root, **_: stages if train(root) else [])
    assert run(seeded)
    shown = seeded.git("log", "-1", "--format=%(trailers)")
    assert ("Trained-on: " in shown) == trailer
    assert ("the model was trained here" in comment()) == trailer


def test_a_defect_of_ours_is_told_and_takes_back_what_was_said(
    seeded, judged, comment, monkeypatch, capsys
):
    assert run(seeded)
    assert "made up" in comment()
    monkeypatch.setattr(propose, "reproduce", lambda *_, **__: 1 / 0)
    assert not run(seeded)
    assert "ZeroDivisionError" in comment()
    assert "made up" not in comment()
    assert "Traceback" in capsys.readouterr().err


def test_a_laptop_knows_main_without_an_event(remoted, untrained, monkeypatch, capsys):
    for name in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "CI"):
        monkeypatch.delenv(name)
    (remoted.root / "README.md").write_text("More words.\n")
    remoted.commit("Words")
    assert run(remoted, post=False, push=False)
    assert "## ✅ No model is touched" in capsys.readouterr().out  # printed, as it would be posted


def test_the_comment_names_the_commit_and_the_log(seeded, judged, comment):
    assert run(seeded)
    [line] = [line for line in comment().splitlines() if "[the whole log](" in line]
    assert line.startswith("Commit c0ffeec0ffee, ")
