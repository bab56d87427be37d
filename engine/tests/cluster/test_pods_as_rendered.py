"""The workflow's pods from clone to branch, with the commands and rights that pipelines/argo gives.

Real: the rendered manifests, `mainline`, git over HTTP with a token, DVC with a remote in a
directory and one that speaks S3 (moto), the stages of the small project, its gate. Not real:
GitHub's API (tests/github_stub.py) and what pods.py names. In CI the pods run in a sandbox with
this environment's Python (bubblewrap). `make pods` runs them in the image of the Dockerfile.
"""

import os
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest
from pods import Workflow
from runtimes import Image, in_sandbox

from git_server import GitServer
from github_stub import GitHub
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.process.children import environment
from mainline.release.release_file import Release
from mainline.scoring import score
from project import Project, stored

TOKEN = "the-token-of-the-pods"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-central-1"}


@pytest.fixture(scope="module")
def s3():
    """The address of an S3 server with a bucket."""
    import boto3  # noqa: PLC0415
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    login = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **login)
    client.create_bucket(Bucket="models")
    yield url
    server.stop()


@pytest.fixture(scope="module")
def run_here(shared, tmp_path_factory) -> tuple[Project, Release]:
    """A branch with other settings and no model, and what `mainline run` makes of it here."""
    project = stored("champion", shared).copy(tmp_path_factory.mktemp("author") / "project")
    project.set(**{"train.seed": 6, "validation.min_rows": 1001})
    project.commit("Another seed, another rule")
    again = project.copy(project.root.parent / "run")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "mainline", "run"],
        cwd=again.root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return project, Release.read(again.root)


@pytest.fixture
def github_here():
    stub = GitHub()
    yield stub
    stub.close()


def remoted(project: Project, remote: str, s3: str, storage) -> dict[str, str]:
    """Commit a DVC remote on main and on the branch, and push main's model. Returns its login."""
    config = Layout(project.root).dvc_config
    local = Layout(project.root).dvc_config_local
    if remote == "directory":
        url, more, login = "/remote", "", {}
        local.write_text(f"['remote \"r\"']\n    url = {storage}\n")
    else:
        url, more, login = f"s3://models/{storage.name}", f"    endpointurl = {s3}\n", KEYS
    text = (
        f"[core]\n    analytics = false\n    remote = r\n['remote \"r\"']\n    url = {url}\n{more}"
    )
    for branch in ("main", "proposal"):
        project.git("switch", "-q", "--force", branch)
        config.write_text(text)
        project.commit("A DVC remote")
        if branch == "main":
            project.dvc("checkout", "--force", "--quiet")
            with pytest.MonkeyPatch.context() as patch:
                for name, value in login.items():
                    patch.setenv(name, value)
                project.dvc("push", "--quiet")
    return login


def rows_to_score(author: Project, tmp_path):
    """A folder that pods may write to, with test rows in two row groups."""
    folder = tmp_path / "rows"
    folder.mkdir()
    folder.chmod(0o777)
    rows = pq.read_table(author.root.parent / "run" / Layout.split / "test.parquet")
    pq.write_table(rows, folder / "rows.parquet", row_group_size=rows.num_rows // 2 + 1)
    return folder


def scored_as_here(folder, author: Project) -> None:
    """Two pods have scored all rows as this machine does, in the folder that `plan` named."""
    root = author.root.parent / "run"
    score.run(root, source=str(folder / "rows.parquet"), into=str(folder / "here"))
    [made] = (folder / "scores").iterdir()
    assert made.name.startswith(f"{Release.read(root).version}-")
    assert len(list(made.glob("part-*-of-0002.parquet"))) == 2
    there, here = (pq.read_table(each) for each in (made, folder / "here"))
    assert there.drop(["score"]) == here.drop(["score"])
    assert np.allclose(there["score"], here["score"], rtol=0, atol=1e-6)


def runs(run_here, tmp_path, github, s3, remote, runtime):
    author, expected = run_here
    project = author.copy(tmp_path / "author")
    storage = tmp_path / "storage"
    storage.mkdir()
    login = remoted(project, remote, s3, storage)
    storage.chmod(0o777)
    for path in storage.rglob("*"):
        path.chmod(0o777)
    origin = tmp_path / "origins/o/r"
    subprocess.run(["git", "clone", "-q", "--bare", str(project.root), str(origin)], check=True)
    git = GitServer(tmp_path / "origins", TOKEN)
    told = login | {
        "REPOSITORY": f"{git.url}/o/r",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": github.url,
    }
    shared = {"/remote": storage, "/rows": rows_to_score(author, tmp_path)}
    workflow = Workflow("train", runtime, tmp_path / "cluster", told, shared)
    scoring = Workflow("score", runtime, tmp_path / "cluster", told, shared)
    try:
        workflow.submit(revision="proposal")
        scoring.submit(
            revision="proposal",
            environment="staging",
            input="/rows/rows.parquet",
            output="/rows/scores",
            partitions="2",
        )
    finally:
        git.close()
        for name, log in (workflow.logs | scoring.logs).items():
            print(f"=== {name}\n{log}")
    scored_as_here(shared["/rows"], author)
    made = Git(origin).run("show", f"proposal:{Layout.release}")
    assert Release.parse(made, name="release") == expected
    head = project.git("rev-parse", "HEAD").strip()
    assert Git(origin).resolve("proposal^") == head
    [pull] = github.pulls
    assert pull["head"]["ref"] == "proposal"
    for name, ran in (("data", "validate"), ("train", "train"), ("package", "evaluate, package")):
        assert f"stages    {ran}" in workflow.logs[name]
        assert "the run cache did not hold" not in workflow.logs[name]


@pytest.mark.e2e
@pytest.mark.parametrize("remote", ["directory", "s3"])
def test_the_pods_make_what_a_run_here_makes(run_here, tmp_path, github_here, s3, remote):
    runs(run_here, tmp_path, github_here, s3, remote, in_sandbox)


@pytest.mark.image
@pytest.mark.parametrize("remote", ["directory", "s3"])
def test_the_image_s_pods_make_what_a_run_here_makes(run_here, tmp_path, github_here, s3, remote):
    name = os.environ.get("MAINLINE_TEST_IMAGE", "")
    assert name, "MAINLINE_TEST_IMAGE names no image: `make image` builds one"
    runs(run_here, tmp_path, github_here, s3, remote, Image(name))
