"""A champion whose bytes cannot be had, or are not what its release says."""

import shutil

import pytest

from mainline.core.errors import MainlineError
from mainline.dvc.outputs import OutOfReachError
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.opponent import meet
from mainline.git import Git


def met(project):
    git = Git(project.root)
    return meet(Candidate(project.root), Champion.at(git, git.known("main")), 1).problem


def test_without_cache_and_remote_it_is_out_of_reach(copy_of):
    project = copy_of("second")
    shutil.rmtree(project.root / ".dvc" / "cache")
    problem = met(project)
    assert isinstance(problem, OutOfReachError)
    assert "neither in the DVC cache nor in a remote" in str(problem)


def test_a_damaged_copy_is_told_from_one_out_of_reach(copy_of):
    """That closes on a laptop too, where recorded figures would stand in."""
    project = copy_of("second")
    for path in (project.root / ".dvc" / "cache" / "files").rglob("*"):
        if path.is_file() and path.read_bytes().find(b"saved_model_main_op") >= 0:
            path.chmod(0o644)
            path.write_bytes(path.read_bytes() + b"x")
            path.chmod(0o444)  # what nobody may write DVC takes on trust
    problem = met(project)
    assert isinstance(problem, MainlineError)
    assert not isinstance(problem, OutOfReachError)
    assert "damaged" in str(problem)


@pytest.mark.parametrize("text", [None, "model: 3"])
def test_figures_that_were_not_committed_are_an_error(settings, text):
    if text is not None:
        (settings.root / "metrics").mkdir()
        (settings.root / "metrics/evaluation.json").write_text(text)
        settings.merge()
    champion = Champion(Git(settings.root), "main", release=None)
    with pytest.raises(MainlineError, match=r"metrics/evaluation\.json"):
        champion.figures()
