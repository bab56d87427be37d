"""A repository of this project's manifests whose main has released often; the models are names."""

import json
import shutil
from pathlib import Path

from mainline.core.layout import Layout
from mainline.git import Git
from mainline.k8s.environments import PRODUCTION, STAGING, release_path
from mainline.packaging.content import version
from mainline.release.release_file import Release

ROOT = Path(__file__).parents[2]


def build(root: Path, releases: int) -> None:
    """Make the repository; each release is one commit to staging and one to production."""
    shutil.copytree(ROOT / "k8s", root / "k8s", ignore=shutil.ignore_patterns(Layout.release.name))
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.com")
    _commit(root, "Manifests")
    for number in range(releases):
        text = release(number).render()
        _figures(root, number)
        for environment in (STAGING, PRODUCTION):
            (root / release_path(environment)).write_text(text)
            _commit(root, f"Model {number} to {environment} (#{number})")


def release(number: int) -> Release:
    """A made-up model; content and digest follow from its number."""
    content = f"sha256:{number + 1:012x}{'c' * 52}"
    digest = f"sha256:{number + 1:012x}{'d' * 52}"
    image = f"registry.example/model@{digest}"
    return Release("model", str(version(content)), image, digest, content)


def git(root: Path, *arguments: str) -> str:
    """What git prints, without the end of line."""
    return Git(root).run(*arguments).strip()


def _figures(root: Path, number: int) -> None:
    auc = {"value": 0.8 + number / 10_000, "low": 0.79, "high": 0.83}
    Layout(root).figures.parent.mkdir(exist_ok=True)
    Layout(root).figures.write_text(json.dumps({"model": {"roc_auc": auc}}))


def _commit(root: Path, subject: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "-q", "-m", subject)
