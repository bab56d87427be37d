"""Where each step leaves what it makes, relative to the repository. `dvc.yaml` names the same."""

from pathlib import Path

PARAMS = Path("params.yaml")
PIPELINE = Path("dvc.yaml")
LOCK = Path("dvc.lock")

# ingest, validate, split
TABLE = Path("data/table.parquet")
CATALOGUE = Path("data/catalogue.json")
VALIDATION = Path("data/validation.json")
VALIDATION_PAGE = Path("data/validation.md")
SPLIT = Path("data/split")
SPLIT_COUNTS = Path("metrics/split.json")

# train
TRAINED = Path("models/trained")
BASELINE = Path("models/baseline.joblib")
CURVE = Path("plots/training.csv")

# evaluate
FIGURES = Path("metrics/evaluation.json")
PLOTS = Path("plots")

# package, release
SAVED_MODEL = Path("dist/model")
IMAGE = Path("dist/image")
DESCRIPTOR = Path("dist/descriptor.json")
MODEL_CARD = Path("dist/model-card.md")
RELEASE = Path("k8s/overlays/staging/release.yaml")
KUSTOMIZATIONS = "k8s/**/kustomization.yaml"

# What live sources answered, taken outside the pipeline
SNAPSHOTS = Path("data/snapshots")
SNAPSHOTS_DVC = Path("data/snapshots.dvc")
MANIFEST = Path("data/snapshots.json")

# outside the pipeline
VERDICT = Path("reports/gate.json")
COMMENT = Path("reports/comment.md")
