"""Where the manifests of Argo Workflows stand. Not in `Layout`, which every stage imports."""

from pathlib import Path

FOLDER = Path("pipelines/argo")  # below the model's directory
STAGES = FOLDER / "stages.yaml"
BASE = FOLDER / "base"  # below the git root
