"""The pipeline's stages: name, and the module whose `run(root)` is the stage."""

STAGES = {
    "ingest": "customer_churn.data.ingest",
    "validate": "customer_churn.data.validate",
    "split": "customer_churn.data.split",
    "train": "customer_churn.model.train",
    "evaluate": "customer_churn.evaluation.evaluate",
    "package": "customer_churn.packaging.package",
    "release": "customer_churn.release.write",
}
