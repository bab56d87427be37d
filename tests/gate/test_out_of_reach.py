"""A champion whose bytes cannot be had, or are not what its release says."""

import shutil

import pytest

from customer_churn.gate.champion import Champion
from project import Project

OTHER = {"train.seed": 42}


def forget_the_champion(project: Project) -> None:
    """A fresh clone without a remote: the cache holds only what this machine made."""
    shutil.rmtree(project.root / ".dvc" / "cache")
    project.retrain(**OTHER)


def test_in_ci_it_closes(project, judge, rule):
    forget_the_champion(project)
    verdict = judge(project, in_ci=True)
    assert not verdict.open
    assert "neither in the DVC cache nor in a remote" in rule(verdict, "champion").why


def test_on_a_laptop_its_recorded_figures_stand_in_and_it_says_so(project, judge, rule):
    forget_the_champion(project)
    verdict = judge(project, in_ci=False)
    champion = rule(verdict, "champion")
    assert champion.outcome == "pass"
    assert "recorded figures stand in" in champion.why
    assert verdict.champion["paired"] is False


@pytest.mark.parametrize("reset", [None, "another question"])
def test_figures_of_another_question_are_not_compared(project, judge, rule, monkeypatch, reset):
    """A laptop does not open what CI is going to close, whatever the reset says."""
    settings = Champion.settings

    def other(self, section, kind):
        found = settings(self, section, kind)
        return found.model_copy(update={"positive": "no"}) if section == "table" else found

    monkeypatch.setattr(Champion, "settings", other)
    forget_the_champion(project)
    project.set(**{"gate.champion.reset": reset})
    champion = rule(judge(project, in_ci=False), "champion")
    assert champion.outcome == "fail"
    assert "neither in the DVC cache nor in a remote" in champion.why
    assert "the two models answer different questions" in champion.why


def test_on_a_laptop_a_worse_figure_than_the_recorded_one_closes(project, judge, rule):
    shutil.rmtree(project.root / ".dvc" / "cache")
    project.retrain(**{"train.epochs": 1, "train.hidden": [1], "train.learning_rate": 0.00001})
    assert rule(judge(project, in_ci=False), "champion").outcome == "fail"


def test_without_recorded_figures_a_laptop_closes_too(project, judge, rule):
    project.git("rm", "-q", "--cached", "metrics/evaluation.json")
    project.git("commit", "-qm", "No figures")
    project.git("branch", "-f", "main", "HEAD")
    forget_the_champion(project)
    champion = rule(judge(project, in_ci=False), "champion")
    assert champion.outcome == "fail"
    assert "Nor are its figures" in champion.why


@pytest.mark.parametrize("in_ci", [True, False])
def test_a_damaged_copy_closes_everywhere(project, judge, rule, in_ci):
    project.retrain(**OTHER)  # first: DVC may mend a file that both models have when it stores one
    cache = project.root / ".dvc" / "cache" / "files"
    for path in cache.rglob("*"):
        if path.is_file() and path.read_bytes().find(b"saved_model_main_op") >= 0:
            path.chmod(0o644)
            path.write_bytes(path.read_bytes() + b"x")
            path.chmod(0o444)  # what nobody may write DVC takes on trust
    champion = rule(judge(project, in_ci=in_ci), "champion")
    assert champion.outcome == "fail"
    assert "damaged" in champion.why


def test_a_release_on_main_that_is_none_closes(project, judge):
    (project.root / "k8s/overlays/staging/release.yaml").write_text("data: 3\n")
    project.commit("Garbage")
    project.git("branch", "-f", "main", "HEAD")
    project.retrain(**OTHER)
    verdict = judge(project)
    assert not verdict.open
    assert "is no release file" in verdict.rules[0].why
