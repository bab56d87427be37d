"""From a commit to a branch and a pull request; git, DVC and the processes of stages are real."""

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout


def test_what_one_pod_made_the_next_one_takes(cluster, capsys):
    commit = cluster.stages("main")
    assert commit == cluster.tip("main")
    assert "Running stage 'ingest'" in capsys.readouterr().out
    cluster.propose(commit)
    said = capsys.readouterr().out
    print(said)
    assert "Stage 'ingest' is cached" in said
    assert "Running stage 'ingest'" not in said
    branch = f"train-{commit[:12]}"
    assert cluster.branches() == ["main", branch]
    assert cluster.origin.resolve(f"{branch}^") == commit
    changed = cluster.origin.run("show", "--format=", "--name-only", branch).split()
    assert str(Layout.lock) in changed
    assert str(Layout.release) in changed
    [pull] = cluster.github.pulls
    assert (pull["head"]["ref"], pull["base"]) == (branch, "main")
    assert f"pull request {pull['html_url']}" in said
    cluster.propose(commit)  # the pod is retried after all was done
    assert len(cluster.github.pulls) == 1
    assert cluster.origin.resolve(f"{branch}^") == commit


def test_a_closed_gate_pushes_nothing_to_git(cluster, capsys):
    cluster.open = False
    with pytest.raises(MainlineError, match="The gate is closed: quality"):
        cluster.propose("main", "ingest,train")
    assert "Figures." in capsys.readouterr().out
    assert cluster.branches() == ["main"]
    assert cluster.github.pulls == []
