"""Every name is one that Kubernetes takes, also where a project has the longest names."""

import sys

import pytest
import rendering
import spelling
from applications import applications
from objects import of
from rendering import ROOT

pytestmark = pytest.mark.check


def everything(k8s, rendered):
    made = applications(k8s, rendered["argocd"]).values()
    # An ApplicationSet's template is judged by what it makes.
    return [*made, *(it for objects in rendered.values() for it in objects if named(it))]


def named(found: dict) -> bool:
    return found["kind"] != "ApplicationSet"


def test_every_name_is_taken(k8s, rendered):
    for found in everything(k8s, rendered):
        assert list(spelling.problems(found)) == []


def test_the_longest_names_are_taken(k8s, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests/template")
    from project_template import NEW, OLD, names, render  # noqa: PLC0415

    longest = names.Names(
        "Z" * names.LONGEST_TITLE,
        "z" * names.LONGEST_SLUG,
        "z" * names.LONGEST_PACKAGE,
        NEW.owner,
        NEW.registry,
    )
    substitution = render.Substitution(OLD, longest)
    for path in k8s.rglob("*.yaml"):
        path.write_text(substitution(path.read_text()))
    folders = [k8s / "overlays" / name for name in rendering.ENVIRONMENTS]
    folders += [k8s / "argocd", k8s / "namespaces"]
    rendered = {folder.name: rendering.render(folder) for folder in folders}
    found = everything(k8s, rendered)
    assert any("z" * names.LONGEST_SLUG in it["metadata"]["name"] for it in found)
    for one in found:
        assert list(spelling.problems(one)) == []
    sys.modules.pop("project_template", None)


@pytest.mark.parametrize(
    "metadata",
    [
        {"name": "Upper"},
        {"name": "under_score"},
        {"name": "z" * 64},
        {"name": "x", "namespace": "z" * 64},
        {"name": "x", "labels": {"a": "z" * 64}},
        {"name": "x", "labels": {"a": "sha256:abc"}},
        {"name": "x", "labels": {"z" * 64: "a"}},
        {"name": "x", "labels": {"a/b/c": "d"}},
        {"name": "x", "annotations": {f"prefix.io/{'z' * 64}": "a"}},
        {"name": "x", "annotations": {"a": 1}},
    ],
)
def test_a_wrong_name_is_noticed(rendered, metadata):
    (job,) = of(rendered["staging"], "Job")
    assert list(spelling.problems({"kind": "Job", "metadata": metadata}))
    job["spec"]["template"]["metadata"] = metadata
    del metadata["name"]
    if metadata.keys() & {"labels", "annotations"}:
        assert list(spelling.problems(job))
