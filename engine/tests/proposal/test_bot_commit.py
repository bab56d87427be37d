"""The bot's commit: its trailer, and a pipeline that never comes to rest."""

import pytest

from mainline.core.errors import MainlineError
from mainline.proposal import commit as bot
from tiny_pipeline import Tiny, release


@pytest.fixture
def made(tiny: Tiny) -> Tiny:
    """The pipeline has run, and its files are not committed."""
    tiny.release(1)
    tiny.write("release.txt", release(2).render())
    tiny.dvc("repro", "--quiet")
    return tiny


@pytest.mark.parametrize("machine", ["CPU x86_64", ""])
def test_the_trailer_says_trained_on_only_where_it_was_trained(made, machine):
    commit = bot.commit(made.root, machine=machine)
    assert made.git.trailer(commit, "Trained-on") == machine


def test_a_pipeline_that_makes_something_else_each_time_stops(made):
    commit = bot.commit(made.root)
    assert bot.commit(made.root) is None
    made.write("metrics/evaluation.json", '{"clock": 1}\n')
    with pytest.raises(MainlineError, match=r"makes other files: metrics/evaluation\.json"):
        bot.commit(made.root)
    assert made.git.resolve("HEAD") == commit


def test_a_merge_with_the_same_files_is_not_the_commit_that_was_judged(made, tmp_path):
    """It holds main's newest commit as its second parent, and not what that brought."""
    head, origin = made.git.known("HEAD"), tmp_path / "origin.git"
    made.git.run("clone", "--quiet", "--bare", str(made.root), str(origin))
    made.git.run("remote", "add", "origin", str(origin))
    main = made.git.run("commit-tree", f"{head}^{{tree}}", "-p", head, "-m", "Main").strip()
    commit = bot.commit(made.root)
    merge = made.git.run("commit-tree", f"{commit}^{{tree}}", "-p", head, "-p", main, "-m", "Merge")
    made.git.run("push", "--quiet", "origin", f"{merge.strip()}:refs/heads/proposal")
    with pytest.raises(MainlineError, match="the branch has a newer commit"):
        bot.push(made.root, "proposal")
