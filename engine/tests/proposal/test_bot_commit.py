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
