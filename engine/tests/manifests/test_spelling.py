"""Every name is one that Kubernetes takes, also where a project has the longest names."""

import tomllib

import pytest
import rendering
from applications import applications
from rendering import ROOT

from mainline.check import spelling

pytestmark = pytest.mark.check

LONGEST = "z" * 45


def everything(k8s, rendered):
    made = applications(k8s, rendered["argocd"]).values()
    # An ApplicationSet's template is judged by what it makes.
    return [*made, *(it for objects in rendered.values() for it in objects if named(it))]


def named(found: dict) -> bool:
    return found["kind"] != "ApplicationSet"


def test_every_name_is_taken(k8s, rendered):
    for found in everything(k8s, rendered):
        assert list(spelling.problems(found)) == []


def test_the_longest_names_are_taken(k8s):
    """45 characters, the limit of cookiecutter/names.py."""
    slug = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"]
    for path in k8s.rglob("*.yaml"):
        path.write_text(path.read_text().replace(slug, LONGEST))
    folders = [k8s / "overlays" / name for name in rendering.ENVIRONMENTS]
    folders += [k8s / "argocd", k8s / "namespaces"]
    rendered = {folder.name: rendering.render(folder) for folder in folders}
    found = everything(k8s, rendered)
    assert any(LONGEST in it["metadata"]["name"] for it in found)
    for one in found:
        assert list(spelling.problems(one)) == []


def test_the_limit_is_the_one_of_new_projects():
    text = (ROOT / "cookiecutter/names.py").read_text()
    assert f"LONGEST_SLUG = {len(LONGEST)} " in text
