"""The command `workflows`: which stages of dvc.yaml each pod of the workflow `train` runs.

`data` runs all stages that lead to `train`, `package` those that are left. Kustomize puts the names
from stages.yaml into the workflow.
"""

from pathlib import Path, PurePosixPath
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.k8s.workflow_files import STAGES

TRAIN = "train"
OUTPUTS = ("outs", "metrics", "plots")
TEMPLATE = """\
# Written by `mainline workflows` from dvc.yaml: the stages of each pod. It goes to no cluster.
apiVersion: v1
kind: ConfigMap
metadata:
  name: stages
  annotations:
    config.kubernetes.io/local-config: "true"
data:
"""


def run(root: Path) -> None:
    """Write `pipelines/argo/stages.yaml`. Raises MainlineError for a dvc.yaml without `train`."""
    text, path = rendered(root), root / STAGES
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        print(f"{STAGES} is up to date", flush=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
    print(f"{STAGES} is written", flush=True)


def rendered(root: Path) -> str:
    """The text of stages.yaml. Raises MainlineError for a dvc.yaml that cannot be divided."""
    path = Layout(root).pipeline
    if not path.is_file():
        raise MainlineError("does not exist, so this is not a project.", where=path)
    values = read_yaml(path.read_text(encoding="utf-8"), name=str(Layout.pipeline))
    found = tasks(values.get("stages") or {})
    return TEMPLATE + "".join(f'  {name}: "{",".join(of)}"\n' for name, of in found.items())


def tasks(stages: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """The names of the stages by task (`data`, `train`, `package`), each after those it needs.

    Raises MainlineError when there is no stage `train`, a stage stands for several, or two need
    each other.
    """
    if TRAIN not in stages:
        raise MainlineError(
            f"has no stage '{TRAIN}'.",
            found=", ".join(stages) or "no stage",
            where=Layout.pipeline,
            hint=f"The workflow gives the GPU to the stage with the name '{TRAIN}'.",
        )
    for name, stage in stages.items():
        if not isinstance(stage, dict) or {"foreach", "matrix"} & stage.keys():
            raise MainlineError(
                f"the stage '{name}' is not one stage with deps and outs.",
                expected="no `foreach` and no `matrix`",
                where=Layout.pipeline,
            )
    before = _ancestors(TRAIN, stages, ())
    order = list(dict.fromkeys(it for name in stages for it in _ancestors(name, stages, ())))
    return {
        "data": [name for name in order if name in before and name != TRAIN],
        TRAIN: [TRAIN],
        "package": [name for name in order if name not in before],
    }


def _ancestors(name: str, stages: dict[str, dict[str, Any]], above: tuple[str, ...]) -> list[str]:
    """The stage itself, after all that it needs."""
    if name in above:
        raise MainlineError(
            "stages need each other.", found=" -> ".join((*above, name)), where=Layout.pipeline
        )
    needed = _paths(stages[name], "deps")
    found = [
        one
        for other, stage in stages.items()
        if any(_meet(dep, out) for dep in needed for out in _paths(stage, *OUTPUTS))
        for one in _ancestors(other, stages, (*above, name))
    ]
    return list(dict.fromkeys((*found, name)))


def _paths(stage: dict[str, Any], *kinds: str) -> list[PurePosixPath]:
    entries = (entry for kind in kinds for entry in stage.get(kind) or [])
    names = (next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries)
    return [PurePosixPath(stage.get("wdir", "."), str(name)) for name in names]


def _meet(one: PurePosixPath, other: PurePosixPath) -> bool:
    """Whether they are one file or folder, or one holds the other."""
    return one.is_relative_to(other) or other.is_relative_to(one)
