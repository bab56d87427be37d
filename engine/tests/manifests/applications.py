"""The Applications that our ApplicationSet makes, its templates rendered as Argo CD does."""

from pathlib import Path
from typing import Any

import rendering
import yaml

from mainline.check.manifests import of


def applications(k8s: Path, argocd: list[dict]) -> dict[str, dict[str, Any]]:
    """By environment, for the files that the generator finds in `k8s`."""
    (found,) = of(argocd, "ApplicationSet")
    spec = found["spec"]
    assert spec["goTemplate"] is True
    (generator,) = spec["generators"]
    (pattern,) = [one["path"] for one in generator["git"]["files"]]
    paths = sorted(k8s.parent.glob(pattern))
    return {path.parent.name: _application(spec, path, k8s.parent) for path in paths}


def _application(spec: dict[str, Any], path: Path, root: Path) -> dict[str, Any]:
    folder = path.parent.relative_to(root)
    values = yaml.safe_load(path.read_text())
    values["path"] = {"path": folder.as_posix(), "basename": folder.name}
    question = {"options": spec["goTemplateOptions"], "values": values}
    application = rendering.argo(template=spec["template"], **question)
    patch = rendering.argo(template=spec.get("templatePatch", ""), **question)
    kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
    return kind | _merged(application, yaml.safe_load(patch) or {})


def _merged(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """As a merge patch; lists would be replaced, and our patch has none."""
    merged = dict(old)
    for key, value in patch.items():
        assert not isinstance(value, list)
        both = isinstance(value, dict) and isinstance(old.get(key), dict)
        merged[key] = _merged(old[key], value) if both else value
    return merged
