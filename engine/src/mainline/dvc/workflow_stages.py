"""The command `workflows`: which stages of dvc.yaml each pod of the workflow `train` runs.

`data` runs all stages that lead to `train`, `package` those that are left. Kustomize puts the names
from stages.yaml into the workflow.
"""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.dvc.graph import needs
from mainline.k8s.workflow_files import STAGES

TRAIN = "train"
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
    found = tasks(needs(root))
    return TEMPLATE + "".join(f'  {name}: "{",".join(of)}"\n' for name, of in found.items())


def tasks(needed: dict[str, set[str]]) -> dict[str, list[str]]:
    """The names of the stages by task (`data`, `train`, `package`), each after those it needs.

    `needed` is the result of `needs`. Raises MainlineError if the stage `train` is missing.
    """
    if TRAIN not in needed:
        raise MainlineError(
            f"has no stage '{TRAIN}'.",
            found=", ".join(needed) or "no stage",
            where=Layout.pipeline,
            hint=f"The workflow gives the GPU to the stage with the name '{TRAIN}'.",
        )
    order = sorted(
        needed, key=lambda name: len(needed[name])
    )  # a stage has more ancestors than each of them
    before = needed[TRAIN]
    return {
        "data": [name for name in order if name in before],
        TRAIN: [TRAIN],
        "package": [name for name in order if name not in before | {TRAIN}],
    }
