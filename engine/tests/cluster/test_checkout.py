"""What a pod is told wrong: each is one line, and no stage runs."""

import os
import re
import sys
from pathlib import Path

import pytest

from mainline.cluster.checkout import FOLDER, clone
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.lock.engine_file import EngineFile


def refused(cluster, revision: str = "main", directory: Path = Path()) -> str:
    """The message, which is one line."""
    with pytest.raises(MainlineError) as found:
        clone(cluster.pod(), revision, directory)
    assert len(str(found.value).splitlines()) == 1
    return str(found.value)


def test_a_branch_a_tag_and_a_commit(cluster):
    first = cluster.tip("main")
    second = cluster.push("change", "Second")
    cluster.origin.run("tag", "v1", first)
    for revision, expected in (("change", second), ("v1", first), (first, first)):
        found = clone(cluster.pod(), revision)
        assert found.commit == expected
        assert Git(found.root).resolve("HEAD") == expected
        assert Git(found.root).main() == "refs/remotes/origin/main"


def test_a_commit_on_no_branch(cluster):
    """As the merge of a pull request, which GitHub makes."""
    merge = cluster.push("gone", "Merge")
    cluster.origin.run("update-ref", "refs/pull/7/merge", merge)
    cluster.origin.run("update-ref", "-d", "refs/heads/gone")
    assert clone(cluster.pod(), merge).commit == merge


@pytest.mark.parametrize(
    "revision", ["", "nothing", "--upload-pack=x", "main main", "0" * 40, "fd4740c"]
)
def test_a_revision_that_is_not_there(cluster, revision):
    said = refused(cluster, revision)
    assert f"/o/r has no revision '{revision}'. Expected a branch, a tag or all 40 digits" in said


def test_a_branch_and_a_tag_of_one_name(cluster):
    cluster.origin.run("tag", "change", cluster.tip("main"))
    cluster.push("change", "Second")
    assert "'change' is a branch and a tag of" in refused(cluster, "change")


def test_a_repository_that_is_not_there(cluster, monkeypatch):
    monkeypatch.setenv("REPOSITORY", f"{cluster.git.url}/o/other")
    assert re.search(r"git clone failed: .*/o/other.*\. Check REPOSITORY", refused(cluster))


def test_a_repository_that_asks_for_a_login(cluster, monkeypatch):
    cluster.git.private = True
    assert clone(cluster.pod(), "main").commit == cluster.tip("main")
    monkeypatch.delenv("GITHUB_TOKEN")
    said = refused(cluster)
    assert "could not read Username" in said
    assert "GITHUB_TOKEN" in said


def test_a_server_that_does_not_answer(cluster):
    cluster.git.close()
    assert "git clone failed: unable to access" in refused(cluster)


def test_no_repository_is_named(cluster, monkeypatch):
    monkeypatch.delenv("REPOSITORY")
    assert refused(cluster).startswith("REPOSITORY is not set")


def test_a_password_in_the_address_is_not_printed(cluster, monkeypatch):
    monkeypatch.setenv("REPOSITORY", "https://me:hunter2@example.com/o/r")
    assert "REPOSITORY holds a user or a password" in refused(cluster)
    assert "hunter2" not in refused(cluster)


def test_the_token_goes_to_the_repository_s_server_alone(cluster, monkeypatch):
    cluster.git.private = True
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.example")
    assert "could not read Username" in refused(cluster)


@pytest.mark.parametrize(
    ("server", "api"),
    [("https://ghe.example", "https://ghe.example/api/v3"), ("https://github.com", None)],
)
def test_the_token_goes_to_the_api_of_the_repository_s_server(cluster, monkeypatch, server, api):
    monkeypatch.setenv("REPOSITORY", f"{server}/o/r")
    for name in ("GITHUB_API_URL", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("mainline.cluster.checkout.run_git", lambda *_: sys.exit())
    with pytest.raises(SystemExit):
        clone(cluster.pod(), "main")
    assert os.environ.get("GITHUB_API_URL") == api


def test_a_folder_that_is_not_empty(cluster):
    pod = cluster.pod()
    clone(pod, "main")
    with pytest.raises(MainlineError, match=f"{FOLDER} exists already"):
        clone(pod, "main")


@pytest.mark.parametrize("directory", ["models/other", "..", "/"])
def test_a_directory_without_a_model(cluster, directory):
    said = refused(cluster, directory=Path(directory))
    assert f"there is no {Layout.pipeline} in directory '{directory}'" in said


@pytest.mark.parametrize("what", ["version", "code"])
def test_an_image_with_another_engine(cluster, what):
    author = cluster.author
    file = EngineFile.read(author.root)
    other = (
        {"version": "9.9.9"} if what == "version" else {"stages": file.stages | {"train": "0" * 64}}
    )
    EngineFile(**({"version": file.version, "stages": file.stages} | other)).write(author.root)
    cluster.push()
    said = refused(cluster)
    assert said.startswith("engine.yaml: this image holds another engine than the commit names.")
    assert "9.9.9" in said or "code 000000000000" in said


def test_a_commit_without_an_engine(cluster):
    (cluster.author.root / "engine.yaml").unlink()
    cluster.push()
    assert "engine.yaml" in refused(cluster)
