"""The pipeline's stages: name, and the module whose `run(root)` is the stage."""

STAGES = {
    "ingest": "mainline.data.ingest",
    "validate": "mainline.data.validate",
    "split": "mainline.data.split",
    "train": "mainline.model.train",
    "evaluate": "mainline.evaluation.evaluate",
    "package": "mainline.packaging.package",
    "release": "mainline.release.write",
}
