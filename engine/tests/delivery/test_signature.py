"""What is signed, by whom, and what a missing signature stops. cosign is stood in for."""

import base64
import json
import os
from pathlib import Path

import pytest

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.delivery import promote, signature
from mainline.k8s.environments import release_path

COSIGN = """#!/bin/sh
echo "$@" >> "$SAID"
cat "$DOCKER_CONFIG/config.json" > "$SAID.login" 2>/dev/null
echo "$DOCKER_CONFIG" > "$SAID.folder"
test -z "$WRONG" || { echo "Error: warming up" >&2; echo "$WRONG" >&2; exit 1; }
"""
IMAGE = "registry.example/o/model@sha256:" + "1" * 64


@pytest.fixture
def cosign(tmp_path, monkeypatch):
    """What the stand-in was told, one line a call."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/cosign"
    program.write_text(COSIGN)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SAID", str(tmp_path / "said"))
    monkeypatch.setenv("WRONG", "")
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    return lambda: (tmp_path / "said").read_text().splitlines()


def test_what_head_names_is_signed(story, cosign, monkeypatch, capsys):
    story.deploy(1)
    monkeypatch.chdir(story.root)
    assert cli.main(["sign", "staging"]) == 0
    image = story.release(1).image
    assert cosign() == [f"sign --yes {image}"]
    assert f"signed    {image}" in capsys.readouterr().out


def test_without_a_release_there_is_nothing_to_sign(story, monkeypatch, capsys):
    story.commit("Code")
    monkeypatch.chdir(story.root)
    assert cli.main(["sign", "production"]) == 1
    assert "production has no release" in capsys.readouterr().err


def test_the_login_is_for_its_registry_and_gone_afterwards(cosign, tmp_path, monkeypatch):
    monkeypatch.setenv("REGISTRY", "registry.example")
    monkeypatch.setenv("REGISTRY_USER", "ada")
    monkeypatch.setenv("REGISTRY_PASSWORD", "s3cret")
    signature.sign(IMAGE)
    auth = json.loads((tmp_path / "said.login").read_text())["auths"]["registry.example"]["auth"]
    assert base64.b64decode(auth) == b"ada:s3cret"
    assert not Path((tmp_path / "said.folder").read_text().strip()).exists()
    signature.sign(IMAGE.replace("registry.example", "elsewhere.example"))
    assert (tmp_path / "said.login").read_text() == ""
    assert "s3cret" not in "".join(cosign())


def test_the_signer_is_the_release_workflow_of_this_repository_s_main(cosign):
    signature.verify(IMAGE)
    [said] = cosign()
    workflow = "https://github.com/o/r/.github/workflows/release.yml@refs/heads/main"
    assert f"--certificate-identity {workflow} " in said
    assert "--certificate-oidc-issuer https://token.actions.githubusercontent.com " in said
    assert said.endswith(IMAGE)


def test_what_cosign_says_is_passed_on_with_what_to_do(cosign, monkeypatch):
    monkeypatch.setenv("WRONG", "no signatures found")
    with pytest.raises(
        MainlineError, match=r"no signatures found. Check that release.yml succeeded"
    ):
        signature.verify(IMAGE)
    with pytest.raises(MainlineError, match="needs `id-token: write`"):
        signature.sign(IMAGE)


def test_without_cosign_nothing_counts_as_signed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    with pytest.raises(MainlineError, match="cosign is not installed"):
        signature.verify(IMAGE)


def test_without_a_repository_nobody_could_have_signed(cosign, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY")
    with pytest.raises(MainlineError, match="GITHUB_REPOSITORY is not set"):
        signature.verify(IMAGE)


def test_an_unsigned_image_is_not_promoted(story, cosign, monkeypatch):
    story.deploy(1)
    monkeypatch.setenv("WRONG", "no signatures found")
    head = story.git.run("rev-parse", "HEAD")
    with pytest.raises(MainlineError, match="is not signed by"):
        promote.run(story.root, override="because", signed=True)
    assert story.git.run("rev-parse", "HEAD") == head
    monkeypatch.setenv("WRONG", "")
    promote.run(story.root, override="because", signed=True)
    assert (story.root / release_path("production")).is_file()


@pytest.mark.parametrize("name", ["docker.io/o/model", "o/model"])
def test_docker_hub_s_login_stands_where_cosign_looks_for_it(cosign, tmp_path, monkeypatch, name):
    monkeypatch.setenv("REGISTRY", "docker.io")
    monkeypatch.setenv("REGISTRY_USER", "ada")
    monkeypatch.setenv("REGISTRY_PASSWORD", "s3cret")
    signature.sign(f"{name}@sha256:{'1' * 64}")
    known = json.loads((tmp_path / "said.login").read_text())["auths"]
    assert list(known) == ["https://index.docker.io/v1/"]


def test_argo_cd_may_be_faster_than_the_signature(cosign, monkeypatch):
    monkeypatch.setenv("WRONG", "no signatures found")
    waited = []

    def sleep(seconds):
        waited.append(seconds)
        if len(waited) == 3:
            monkeypatch.setenv("WRONG", "")

    signature.awaited(IMAGE, sleep)
    assert len(waited) == 3
    assert len(cosign()) == 4


def test_a_signature_is_not_waited_for_for_ever(cosign, monkeypatch):
    monkeypatch.setenv("WRONG", "no signatures found")
    waited = []
    with pytest.raises(MainlineError, match="is not signed by"):
        signature.awaited(IMAGE, waited.append)
    assert sum(waited) == signature.MINUTES * 60


def test_nobody_waits_for_a_cosign_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    waited = []
    with pytest.raises(MainlineError, match="cosign is not installed"):
        signature.awaited(IMAGE, waited.append)
    assert waited == []
