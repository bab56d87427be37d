"""What the API server would say of an object, unknown fields refused.

Kubernetes' own kinds: the schemas that kubernetes-validate brings. Others: the definitions inside
the modules of engine/tools/crds and engine/tools/workflows, read where Go keeps them.
"""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import kubernetes_validate
import yaml
from jsonschema import Draft202012Validator
from rendering import TOOLS

KUBERNETES = "1.36"
MODULES = {
    "github.com/argoproj/argo-cd/v3": ("crds", "manifests/crds/*-crd.yaml"),
    "github.com/argoproj/argo-workflows/v4": ("workflows", "manifests/base/crds/full/argoproj*"),
    "github.com/prometheus-operator/prometheus-operator": (
        "crds",
        "example/prometheus-operator-crd/*.yaml",
    ),
}


class _Loader(yaml.CSafeLoader):
    """YAML as everybody but YAML 1.1 reads it: a lone `=` is text."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: str(node.value))


def problems(found: dict) -> list[str]:
    """Why the API server would refuse `found`."""
    group = found.get("apiVersion", "").rpartition("/")[0]
    if "." in group and not group.endswith(".k8s.io"):
        return _custom(found)
    try:
        used = kubernetes_validate.validate(found, KUBERNETES, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{'.'.join(map(str, error.path))}: {error.message}"]
    except kubernetes_validate.SchemaNotFoundError as error:
        return [error.message]
    # It falls back to an older version without a word.
    return [] if used == KUBERNETES else [f"validated against {used}, not {KUBERNETES}"]


def _custom(found: dict) -> list[str]:
    version, kind = found["apiVersion"], found["kind"]
    schema = definitions().get((version, kind))
    if schema is None:
        return [f"no definition of {kind} in {version}"]
    errors = Draft202012Validator(schema).iter_errors(found)
    said = [f"{'.'.join(map(str, error.path))}: {error.message}" for error in errors]
    # A definition leaves `metadata` to Kubernetes; a ConfigMap's is as good as any.
    bare = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": found["metadata"]}
    return said + problems(bare)


@cache
def definitions() -> dict[tuple[str, str], dict]:
    """Closed JSON schemas by apiVersion and kind."""
    schemas = {}
    for module, (_, pattern) in MODULES.items():
        paths = sorted(_folder(module).glob(pattern))
        assert paths, f"{module} holds no {pattern}"
        for path in paths:
            defined = yaml.load(path.read_text("utf-8"), Loader=_Loader)["spec"]
            for version in defined["versions"]:
                key = f"{defined['group']}/{version['name']}", defined["names"]["kind"]
                schemas[key] = _closed(version["schema"]["openAPIV3Schema"])
                schemas[key]["properties"]["metadata"] = {"type": "object"}
    return schemas


def _folder(module: str) -> Path:
    go = shutil.which("go")
    assert go, "`make check` needs Go 1.25 or later on PATH (https://go.dev/dl)"
    done = subprocess.run(
        [go, "mod", "download", "-json", module],
        cwd=TOOLS / MODULES[module][0],
        env=os.environ | {"GOFLAGS": "-mod=readonly"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Path(json.loads(done.stdout)["Dir"])


def _closed(schema: dict) -> dict:
    """The schema in JSON Schema's words, and nothing beyond what it names."""
    closed = dict(schema)
    if closed.get("x-kubernetes-int-or-string"):
        closed["type"] = ["integer", "string"]
    if closed.get("nullable") and isinstance(closed.get("type"), str):
        closed["type"] = [closed["type"], "null"]
    if "properties" in closed:
        closed["properties"] = {name: _closed(of) for name, of in closed["properties"].items()}
        if not closed.get("x-kubernetes-preserve-unknown-fields"):
            closed.setdefault("additionalProperties", False)
    if isinstance(closed.get("additionalProperties"), dict):
        closed["additionalProperties"] = _closed(closed["additionalProperties"])
    if "items" in closed:
        closed["items"] = _closed(closed["items"])
    return closed
