"""Where every file of a project stands. `dvc.yaml` names the same files."""

import os
from dataclasses import dataclass
from pathlib import Path


class Place:
    """A file or folder of a layout: `Layout.params` is its name, `Layout(root).params` the file.

    A name is below the model's directory, or below the git root for what all models share.
    """

    def __init__(self, name: str, *, shared: bool = False) -> None:
        self.name, self.shared = Path(name), shared

    def __get__(self, layout: "Layout | None", owner: type | None = None) -> Path:
        if layout is None:
            return self.name
        return (layout.top if self.shared else layout.root) / self.name


@dataclass(frozen=True)
class Layout:
    """The files of the model in the directory `root`, which is the git root or lies below it."""

    root: Path

    # Of the model: in its directory.
    params = Place("params.yaml")
    pipeline = Place("dvc.yaml")
    lock = Place("dvc.lock")
    # ingest, validate, split
    table = Place("data/table.parquet")
    catalogue = Place("data/catalogue.json")
    validation = Place("data/validation.json")
    validation_page = Place("data/validation.md")
    split = Place("data/split")
    split_counts = Place("metrics/split.json")
    # train
    trained = Place("models/trained")
    baseline = Place("models/baseline.joblib")
    curve = Place("plots/training.csv")
    # evaluate
    figures = Place("metrics/evaluation.json")
    candidates = Place("metrics/candidates.json")
    metrics = Place("metrics")
    plots = Place("plots")
    # package, release
    saved_model = Place("dist/model")
    image = Place("dist/image")
    descriptor = Place("dist/descriptor.json")
    model_card = Place("dist/model-card.md")
    overlays = Place("k8s/overlays")
    release = Place("k8s/overlays/staging/release.yaml")
    # what live sources answered, taken outside the pipeline
    snapshots = Place("data/snapshots")
    snapshots_dvc = Place("data/snapshots.dvc")
    manifest = Place("data/snapshots.json")
    # outside the pipeline
    verdict = Place("reports/gate.json")
    comment = Place("reports/comment.md")
    drift = Place("reports/drift.html")
    seconds = Place("reports/train.json")
    costs = Place("reports/costs.json")
    last_run = Place("reports/last-run.json")
    database = Place("mlflow.db")
    artifacts = Place("mlartifacts")
    trials = Place("tune.db")
    search = Place("reports/tune")
    monitor = Place("reports/monitor")
    experiments = Place("reports/experiments")

    # Of all models: at the git root.
    engine = Place("engine.yaml", shared=True)
    manifests = Place("k8s", shared=True)
    base = Place("k8s/base/kustomization.yaml", shared=True)
    settings = Place("k8s/settings/kustomization.yaml", shared=True)
    components = Place("k8s/components", shared=True)
    train_lock = Place("requirements/train.txt", shared=True)
    run_lock = Place("requirements/run.txt", shared=True)
    gpu_lock = Place("requirements/gpu.txt", shared=True)
    source = Place("src", shared=True)
    engine_lock = Place("requirements/engine.txt", shared=True)
    engine_source = Place("engine/src", shared=True)  # only where the engine itself is developed
    vendor = Place("vendor", shared=True)
    pyproject = Place("pyproject.toml", shared=True)
    dockerfile = Place("Dockerfile", shared=True)
    workflows = Place(".github/workflows", shared=True)
    rules = Place(".github/rulesets/main.json", shared=True)
    owners = Place(".github/CODEOWNERS", shared=True)
    dvc = Place(".dvc", shared=True)
    dvc_ignore = Place(".dvcignore", shared=True)
    dvc_config = Place(".dvc/config", shared=True)
    dvc_config_local = Place(".dvc/config.local", shared=True)
    dvc_cache = Place(".dvc/cache/files/md5", shared=True)
    dvc_busy = Place(".dvc/tmp/rwlock", shared=True)
    one_run = Place(".dvc/tmp/one-run.lock", shared=True)

    @property
    def top(self) -> Path:
        """The git root; `root` itself where there is no git."""
        here = self.root.resolve()
        found = next((at for at in (here, *here.parents) if (at / ".git").exists()), here)
        return self.root if found == here else found

    @property
    def directory(self) -> Path:
        """The model's directory below the git root; `.` where they are the same."""
        return self.root.resolve().relative_to(self.top.resolve())

    def seen(self, name: Path | str) -> str:
        """A name below the git root, as seen from the model's directory: `../../src`."""
        return os.path.relpath(name, self.directory)
