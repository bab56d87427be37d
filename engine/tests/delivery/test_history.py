from datetime import timedelta

import pytest

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.delivery import history, rollback
from mainline.delivery.deployments import deployments
from mainline.git import Git


def test_each_change_of_the_file_is_a_deployment_with_its_figures(story, capsys):
    story.deploy(1)
    story.commit("Words")
    story.merge(2, "Merge pull request #12 from ada/change")
    story.deploy(1, "Back (#13)")
    story.promote(1)
    found = deployments(story.git, "main", "staging")
    assert [each.release.version for each in found] == [
        story.release(number).version for number in (1, 2, 1)
    ]
    assert [each.pull for each in found] == [None, 12, 13]
    assert [each.rollback for each in found] == [False, False, True]
    history.run(story.root, None)
    said = capsys.readouterr().out
    staging, production = said.split("production\n")
    assert staging.count("ROC AUC 0.8010 (0.7900 to 0.8300)") == 2
    assert "rollback" in staging.splitlines()[1]  # newest first
    assert "Promote model 1 (Ada)" in production
    assert "ROC AUC 0.8010" in production


def test_lead_time_runs_from_the_first_commit_of_the_change(story, monkeypatch):
    story.deploy(1)
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-03-01T10:00:00Z")
    story.git.run("switch", "-q", "-c", "slow")
    story.commit("An idea")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-03-03T10:00:00Z")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-03T10:00:00Z")
    story.propose(2)
    story.commit("Model")
    story.git.run("switch", "-q", "main")
    story.git.run("merge", "-q", "--no-ff", "-m", "Merge", "slow")
    assert deployments(story.git, "main", "staging")[-1].lead == timedelta(days=2)


def test_git_is_not_asked_again_and_again(story, monkeypatch, capsys):
    """Once a deployment for its figures: what grew with the square of them took minutes."""
    counts, calls, run = [], [], Git._call
    monkeypatch.setattr(Git, "_call", lambda *a, **k: calls.append(a) or run(*a, **k))
    for number in (1, 11):
        for each in range(number, 2 * number):
            story.deploy(each)
        calls.clear()
        history.run(story.root, "staging")
        counts.append((len(capsys.readouterr().out.splitlines()) - 1, len(calls)))
    (few, calls_of_few), (many, calls_of_many) = counts
    assert calls_of_many - calls_of_few <= 2 * (many - few)


@pytest.mark.parametrize(
    "line", ["history", "trace 1", "verify", "rollback staging", "promote --override why"]
)
def test_a_part_of_the_history_is_not_taken_for_the_whole(
    story, tmp_path, monkeypatch, capsys, line
):
    """The oldest commit of a shallow clone looks as if it had made all that it holds."""
    for number in (1, 2):
        story.deploy(number)
    story.git.run("clone", "-q", "--depth", "1", f"file://{story.root}", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert cli.main(line.split()) == 1
    assert "`git fetch --unshallow` brings the rest" in capsys.readouterr().err


def test_an_old_file_that_nobody_can_read_stops_nobody(story, capsys):
    story.deploy(1)
    for text in ("data: {version: of another form}\n", story.release(2).render()):
        story.write(Layout.release, text)
        story.commit("Deploy")
    story.deploy(3)
    history.run(story.root, "staging")
    shown = [line.split()[2] for line in capsys.readouterr().out.splitlines()[1:5]]
    expected = [story.release(number).version for number in (3, 2, 1)]
    assert shown == [*expected[:2], "unreadable", expected[2]]
    rollback.run(story.root, "staging")
    assert Layout(story.root).release.read_text() == story.release(2).render()


def test_a_newest_file_that_nobody_can_read_is_said(story):
    story.deploy(1)
    story.write(Layout.release, "data: {version: of another form}\n")
    story.commit("Deploy")
    with pytest.raises(MainlineError, match="is not a release file"):
        history.run(story.root, "staging")


def test_a_wrong_name_is_said_and_nothing_else(story, monkeypatch, capsys):
    story.deploy(1)
    monkeypatch.chdir(story.root)
    assert cli.main(["history", "prod"]) == 1
    said = capsys.readouterr()
    assert (said.out, "no environment 'prod'" in said.err) == ("", True)


def test_before_the_first_release_there_is_nothing(story, capsys):
    story.commit("Code")
    history.run(story.root, "production")
    assert capsys.readouterr().out == "production\n  nothing yet\n"


@pytest.mark.parametrize(
    ("seconds", "words"), [(40, "40 s"), (720, "12 min"), (12_600, "3.5 h"), (181_440, "2.1 d")]
)
def test_spans_read_well(seconds, words):
    assert history.lasted(timedelta(seconds=seconds)) == words
