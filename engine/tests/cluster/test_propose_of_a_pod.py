"""The pods of a workflow one after another; git, DVC and the processes of stages are real."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from mainline.cluster import part
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from tiny_pipeline import INGEST, TRAIN


@pytest.mark.e2e
@pytest.mark.parametrize("cluster", [".", "models/second"], indirect=True)
def test_what_one_pod_made_the_next_one_takes(cluster, capsys):
    commit = cluster.check("main")
    assert commit == cluster.tip("main")
    cluster.stages(commit)
    assert "Running stage 'ingest'" in capsys.readouterr().out
    cluster.stages(commit)  # the pod is retried after it has pushed
    assert "stages    nothing ran here" in capsys.readouterr().out
    cluster.propose(commit)
    said = capsys.readouterr().out
    assert "Stage 'ingest' is cached" in said
    assert "stages    train ran here" in said
    branch = f"train-{commit[:12]}"
    assert cluster.branches() == ["main", branch]
    assert cluster.origin.resolve(f"{branch}^") == commit
    changed = cluster.origin.run("show", "--format=", "--name-only", branch).split()
    generated = (Layout.lock, Layout.release, Layout.figures)
    assert {str(cluster.directory / path) for path in generated} <= {*changed}
    [pull] = cluster.github.pulls
    assert (pull["head"]["ref"], pull["base"]["ref"]) == (branch, "main")
    assert f"pull request {pull['html_url']}" in said
    tip = cluster.tip(branch)
    cluster.propose(commit)  # the pod is retried after all was done
    assert cluster.tip(branch) == tip
    assert len(cluster.github.pulls) == 1


@pytest.mark.e2e
def test_a_run_cache_that_is_lost_is_made_again_and_that_is_said(cluster, capsys):
    commit = cluster.tip("main")
    cluster.stages(commit)
    shutil.rmtree(cluster.home / "storage")
    cluster.propose(commit)
    said = capsys.readouterr().out
    assert "restore   the run cache did not hold ingest: run again here" in said
    assert "stages    train ran here" in said
    assert len(cluster.github.pulls) == 1


@pytest.mark.e2e
def test_a_pod_that_is_killed_runs_again(cluster, tmp_path, capsys):
    """As a process that a lost node ends: nothing is left but what the pod before it pushed."""
    wait = f'touch "{tmp_path}/started"\nuntil [ -e "{tmp_path}/go" ]; do sleep 0.1; done\n'
    cluster.author.write("train.sh", f"{wait}{TRAIN}")
    cluster.push()
    commit = cluster.tip("main")
    cluster.stages(commit)
    command = [sys.executable, "-P", "-m", "mainline", "task", "propose", f"--revision={commit}"]
    pod = subprocess.Popen([*command, "--stages=train"], cwd=cluster.pod(), start_new_session=True)
    while not (tmp_path / "started").exists():
        assert pod.poll() is None
        time.sleep(0.1)
    os.killpg(pod.pid, signal.SIGKILL)
    pod.wait()
    (tmp_path / "go").touch()
    assert cluster.branches() == ["main"]
    cluster.propose(commit)
    said = capsys.readouterr().out
    assert "Stage 'ingest' is cached" in said
    assert "stages    train ran here" in said
    assert len(cluster.github.pulls) == 1


@pytest.mark.e2e
def test_stages_see_no_token_and_the_last_line_names_the_failure(cluster, tmp_path):
    """As a process: what the workflow's status shows is the end of its output."""
    cluster.author.write(
        "ingest.sh", f'{INGEST}env > "{tmp_path}/seen"\necho "ingest: no rows" >&2; exit 1\n'
    )
    cluster.push()
    command = [sys.executable, "-P", "-m", "mainline", "task", "stages", "--revision=main"]
    done = subprocess.run(
        [*command, "--stages=ingest"],
        cwd=cluster.pod(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "task stages: stage ingest failed: no rows"
    assert "SOURCE=" in (tmp_path / "seen").read_text()
    assert "GITHUB_TOKEN" not in (tmp_path / "seen").read_text()


def test_no_dvc_remote(cluster, monkeypatch):
    monkeypatch.setattr(part, "repro", lambda *_, **__: pytest.fail("ran"))
    cluster.author.share(Layout.dvc_config, "[core]\n    analytics = false\n")
    cluster.push()
    with pytest.raises(MainlineError, match="no DVC remote is set"):
        cluster.stages("main")


def test_a_dvc_remote_that_refuses(cluster, monkeypatch):
    monkeypatch.setattr(part, "repro", lambda *_, **__: pytest.fail("ran"))
    (cluster.home / "storage").write_text("in the way")
    with pytest.raises(MainlineError, match="the DVC remote 'r' does not answer"):
        cluster.stages("main")


def test_settings_that_are_wrong(cluster):
    cluster.author.write(Layout.params, "train: {seed: 1}\nnonsense: 1\n")
    cluster.push()
    with pytest.raises(MainlineError) as found:
        cluster.stages("main")
    assert "params.yaml: 'data' is missing. params.yaml: 'table' is missing." in str(found.value)
    assert len(str(found.value).splitlines()) == 1
