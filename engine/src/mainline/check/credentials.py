"""What must not be in git: credentials and Secrets."""

import re
from collections.abc import Iterator
from pathlib import PurePath

import yaml

LOOKS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|gh[pousr]_\w{20,}|github_pat_\w{20,}|AKIA[0-9A-Z]{16}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}|(?i:bearer|basic) (?!\$)[\w.~+/-]{16,}"
)


def none_in_git(file: tuple[str, str]) -> Iterator[str]:
    """No file of k8s, pipelines or .github holds a credential or a Secret; the cluster has them."""
    path, text = file
    if LOOKS.search(text):
        yield "it holds what looks like a credential"
    if PurePath(path).suffix not in (".yaml", ".yml"):
        return
    for found in yaml.safe_load_all(text):
        if isinstance(found, dict) and found.get("kind") in ("Secret", "SealedSecret"):
            yield f"it holds a {found['kind']}"
        if isinstance(found, dict) and "secretGenerator" in found:
            yield "it makes a Secret by secretGenerator"


RULES = (none_in_git,)
