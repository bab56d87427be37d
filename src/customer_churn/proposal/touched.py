"""Whether a proposal touches anything that a model is made of, or that a model makes."""

from pathlib import Path
from typing import Any

from customer_churn.core import paths
from customer_churn.core.strict_yaml import read_yaml
from customer_churn.git import Git
from customer_churn.loop.pipeline import GENERATED

PIPELINE = Path("dvc.yaml")


def touched(git: Git, base: str) -> list[str]:
    """Changed paths, since the branch left `base`, that the pipeline reads or writes.

    Where the two share no history, everything counts as changed that differs.
    """
    watched = [*watched_paths(git.root), *GENERATED]
    return [
        path for path, _, _ in git.changed(git.fork_point(base) or base) if _below(path, watched)
    ]


def watched_paths(root: Path) -> list[str]:
    """What `dvc.yaml` depends on, beside itself and its settings."""
    pipeline = read_yaml((root / PIPELINE).read_text(encoding="utf-8"), name=str(PIPELINE))
    stages: dict[str, Any] = pipeline.get("stages", {})
    found = {str(path) for stage in stages.values() for path in stage.get("deps", [])}
    return sorted({str(PIPELINE), str(paths.PARAMS), ".dvc/config", *found})


def _below(path: str, watched: list[str]) -> bool:
    return any(path == name or path.startswith(f"{name}/") for name in watched)
