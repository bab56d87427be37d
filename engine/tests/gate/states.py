"""The states of the small project that only the gate's tests need."""

from live_source import from_database, july

from project import POOR, STATES, Project

# A poor model in a proposal that loosens everything it is measured by.
LOOSE = POOR | {
    "gate.bars": {"roc_auc": {"min": 0.01}},
    "gate.champion": {"margin": 0.9, "min_rows": 1, "reset": "I would rather not compare"},
    "gate.slices": {"largest_gap": 0.9, "min_rows": 1},
    "gate.latency": {"ratio": None},
    "evaluation.slices": {},
    "evaluation.fairness": {},
    "evaluation.confidence": 0.51,
    "train.baseline": {"max_iter": 1, "max_leaf_nodes": 2},
}


def _repackaged(project: Project) -> None:
    """Main's model in other bytes."""
    project.set(**{"package.golden_rows": 8})
    project.run("package", "release")


def _rolled_back(project: Project) -> None:
    """Main has released the second model too; the working tree has the first again."""
    first = project.git("rev-parse", "HEAD").strip()
    project.merge("Second model")
    project.git("checkout", "-q", first, "--", ".")
    project.dvc("checkout", "--quiet")


STATES |= {
    "loosened": ("champion", lambda project: project.retrain(**LOOSE)),
    "july": (
        "champion",
        lambda project: project.retrain(
            "ingest", "validate", "split", **{"data.as_of": "2026-07-31"}
        ),
    ),
    "repackaged": ("champion", _repackaged),
    "rolled_back": ("second", _rolled_back),
    "live": ("champion", from_database),
    "live_july": ("live", july),
}
