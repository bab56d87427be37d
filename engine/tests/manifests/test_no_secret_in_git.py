"""Secrets are named here, and live in the cluster. Needs no tool, so it always runs."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
FOLDERS = ("k8s", ".github")  # where a manifest or a workflow stands
CREDENTIAL = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|gh[pousr]_\w{20,}|github_pat_\w{20,}|AKIA[0-9A-Z]{16}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}|(?i:bearer|basic) (?!\$)[\w.~+/-]{16,}"
)


def problems(text: str, *, manifest: bool = True) -> list[str]:
    """Why a file, a manifest or not, must not be in git."""
    said = ["looks like a credential"] if CREDENTIAL.search(text) else []
    for found in yaml.safe_load_all(text) if manifest else ():
        if isinstance(found, dict):
            if found.get("kind") in ("Secret", "SealedSecret"):
                said.append("a Secret")
            if "secretGenerator" in found:
                said.append("a Secret made by Kustomize")
    return said


def files() -> list[Path]:
    """All of the folders, whatever their suffix says."""
    found = []
    for folder in FOLDERS:
        inside = sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())
        assert inside, folder
        found += inside
    return found


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_holds_a_secret(path):
    assert problems(path.read_text("utf-8"), manifest=path.suffix in (".yaml", ".yml")) == []


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Secret\nstringData: {token: x}\n",
        "kind: ConfigMap\n---\nkind: Secret\n",
        "secretGenerator:\n  - name: token\n",
        "data:\n  a: ghp_" + "a" * 36,
        "data:\n  a: |\n    -----BEGIN RSA " + "PRIVATE KEY-----\n",
        "value: Bearer " + "a" * 30,
    ],
)
def test_one_would_be_noticed(text):
    assert problems(text)


def test_a_name_is_no_secret():
    assert problems("value: Bearer $promotion-token\n") == []
