"""Parts of a proposal, without a model."""

from pathlib import Path

import pytest

from mainline.core.errors import MainlineError, StageFailedError
from mainline.proposal import fork, touched, words
from mainline.proposal.secrets import masked, withheld
from mainline.proposal.touched import watched_paths

ROOT = Path(__file__).parents[3]


def test_every_stage_s_inputs_are_watched():
    watched = watched_paths(ROOT)
    for name in ("params.yaml", "dvc.yaml", "data/snapshots.json", "requirements/train.txt"):
        assert name in watched


def test_a_secret_does_not_reach_the_comment(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "abcdefgh12345678")
    assert masked("s3: abcdefgh12345678 refused") == "s3: *** refused"


def test_no_output_ends_the_block_it_is_shown_in():
    text = words.stopped(StageFailedError("", stage="train", lines=["````", "@everyone <b>"]))
    opening, *_, closing = [line for line in text.splitlines() if line.startswith("`````")]
    assert (opening, closing) == ("`````text", "`````")


def test_a_refusal_mentions_nobody():
    assert "@everyone" not in words.refused("no @everyone <img>")
    assert "![](" not in words.refused("an output: '![](http://e)'")


def test_training_sees_no_credentials_of_ours():
    ours = ("GITHUB_TOKEN", "PUSH_TOKEN", "REGISTRY_PASSWORD", "DOCKER_CONFIG")
    asks = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
    given = dict.fromkeys([*ours, asks, "AWS_SESSION_TOKEN", "PATH"], "value")
    assert set(withheld(given)) == {"AWS_SESSION_TOKEN", "PATH"}


def test_what_is_touched_is_said_and_set(remoted, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    (remoted.root / "README.md").write_text("More words.\n")
    remoted.commit("Words")
    touched.run(remoted.root, against=None)
    assert capsys.readouterr().out == "nothing that a model depends on has changed\n"
    [network] = remoted.root.glob("src/*/network.py")
    name = network.relative_to(remoted.root).as_posix()
    for change in ("metrics/split.json", "dvc.lock", name):
        (remoted.root / change).write_text("changed\n")
    remoted.commit("A model")
    touched.run(remoted.root, against=None)
    assert capsys.readouterr().out == f"dvc.lock\nmetrics/split.json\n{name}\n"
    assert (tmp_path / "output").read_text().split() == ["model=false", "model=true"]


def test_a_base_that_is_not_there_decides_nothing(remoted):
    with pytest.raises(MainlineError, match="git knows no revision 'origin/gone'"):
        touched.run(remoted.root, against="origin/gone")


def test_a_fork_may_change_words_only(remoted):
    (remoted.root / "README.md").write_text("More words.\n")
    remoted.commit("Words")
    fork.run(remoted.root, against=None)
    remoted.set(**{"train.seed": 6})
    remoted.commit("Seed")
    with pytest.raises(MainlineError, match=r"touches a model \(params.yaml\)"):
        fork.run(remoted.root, against=None)
