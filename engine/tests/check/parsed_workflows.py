"""This repository's workflows, as rules see them."""

from pathlib import Path

from mainline.check.workflows import Workflow
from mainline.core.strict_yaml import read_yaml

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))


def parsed(text: str, name: str = "good.yml") -> Workflow:
    return Workflow(name, text, read_yaml(text, name=name))


def ours() -> list[Workflow]:
    return [parsed(path.read_text(), path.name) for path in FILES]
