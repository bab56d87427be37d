"""`make image`: what it calls, what a build may read, and how the image is named."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
SETTINGS = yaml.safe_load((ROOT / "k8s/settings/kustomization.yaml").read_text())
[NAME] = [it["newName"] for it in SETTINGS["images"] if it["name"] == "mainline/commands"]


@pytest.fixture
def tree(tmp_path):
    """A repository with what `make image` looks at, and a PATH without an engine."""
    (tmp_path / "requirements").mkdir()
    for name in ("Makefile", "pyproject.toml", "Dockerfile", "requirements/engine.txt"):
        shutil.copy2(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    for name in ("make", "sh", "bash", "git", "awk", "cut", "grep", "test", "echo"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    return tmp_path


def make(tree, *arguments, engines=()):
    """Run it with engines that write down how they were called."""
    for name in engines:
        path = tree / "bin" / name
        path.write_text(f'#!/bin/sh\necho {name} "$@" >> "{tree}/calls"\n')
        path.chmod(0o755)
    done = subprocess.run(
        ["make", *arguments],
        cwd=tree,
        env={"PATH": str(tree / "bin"), "HOME": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    calls = tree / "calls"
    return done, calls.read_text().splitlines() if calls.exists() else []


def revision(tree):
    command = ["git", "-C", str(tree), "rev-parse", "HEAD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_target_with_its_revision_under_the_name_that_the_cluster_knows(tree):
    done, calls = make(tree, "image", engines=["docker"])
    assert done.returncode == 0, done.stderr
    sha = revision(tree)
    [call] = calls
    assert call.startswith(f"docker build --target cli --build-arg REVISION={sha} --tag {NAME}:")
    assert call.endswith(f"-{sha[:12]} .")


@pytest.mark.parametrize("target", ["gpu", "gateway"])
def test_another_target_has_a_tag_of_its_own(tree, target):
    _, [call] = make(tree, "image", f"TARGET={target}", "FLAGS=--quiet", engines=["podman"])
    assert call.startswith(f"podman build --target {target} ")
    assert call.endswith(f"-{revision(tree)[:12]}-{target} --quiet .")


@pytest.mark.parametrize(
    ("there", "first"),
    [(["docker", "podman", "buildah"], "docker"), (["buildah", "podman"], "podman")],
)
def test_engines_in_their_order(tree, there, first):
    _, [call] = make(tree, "image", engines=there)
    assert call.startswith(f"{first} ")


def test_an_engine_that_is_wanted(tree):
    _, [call] = make(tree, "image", "BUILDER=buildah", engines=["docker", "buildah"])
    assert call.startswith("buildah ")


def test_without_an_engine(tree):
    done, calls = make(tree, "image")
    assert done.returncode != 0
    assert "make image needs docker, podman or buildah on PATH" in done.stdout
    assert calls == []


def test_pushed_only_when_told_and_only_to_somebody_s_registry(tree):
    done, calls = make(tree, "image", "PUSH=1", "IMAGE=ghcr.io/acme/x", engines=["docker"])
    assert done.returncode == 0, done.stderr
    assert [call.split()[1] for call in calls] == ["build", "push"]
    assert calls[1].startswith("docker push ghcr.io/acme/x:")
    nobody = "-".join(("your", "org"))
    (tree / "calls").unlink()
    done, calls = make(tree, "image", "PUSH=1", f"IMAGE=ghcr.io/{nobody}/x", engines=["docker"])
    assert done.returncode == 0, done.stderr
    assert [call.split()[1] for call in calls] == ["build"]
    assert f"not pushed: IMAGE names the placeholder owner {nobody}" in done.stdout


def test_its_name_is_asked_for_by_ci(tree):
    done, _ = make(tree, "-s", "image-name", engines=["docker"])
    assert done.stdout.startswith(f"{NAME}:")
    assert done.stdout.endswith(f"-{revision(tree)[:12]}\n")
    done, _ = make(tree, "-s", "image-name", f"REVISION={'0123456789' * 4}", engines=["docker"])
    assert done.stdout.endswith("-012345678901\n")


def test_a_build_reads_what_is_listed_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {
        *("LICENSE", "README.md", "pyproject.toml", "requirements", "src", "vendor"),
        *("engine/README.md", "engine/pyproject.toml", "engine/src"),
    }
