"""Writes a model in MLflow's format: SavedModel, signature, an input example and the loader."""

import tempfile
from pathlib import Path

import mlflow
import pandas as pd
from mlflow import MlflowClient, pyfunc
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import Array

from mainline import graph
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.requirements import locked
from mainline.core.table import TableSettings
from mainline.packaging.settings import operations
from mainline.release.release_file import Release
from mainline.serving.staged import golden

MODEL = "model"  # the run's folder that a registered version refers to
GRAPH = Path(graph.__file__).parent  # the loader and what it imports
PACKAGE, LOADER = "saved_model_graph", "saved_model_pyfunc"
NEEDS = ("tensorflow", "numpy", "pandas")  # imports of the loader
DATA, CODE, EXAMPLE = "saved_model", "code", "input_example.json"


def log(
    client: MlflowClient, run_id: str, root: Path, table: TableSettings, release: Release
) -> None:
    """Add the model of `root` to a run, so that `mlflow.pyfunc.load_model` can load it.

    `mlflow.pyfunc.save_model` writes the same files, but scans all installed packages (1.2 s).
    TensorFlow is not imported.
    """
    lock = Layout(root).train_lock.read_text(encoding="utf-8")
    typical = pd.DataFrame(golden(Layout(root).saved_model).rows[:1])[table.features]
    model = Model(
        run_id=run_id,
        signature=ModelSignature(inputs(table), outputs(table)),
        saved_input_example_info={
            "artifact_path": EXAMPLE,
            "type": "dataframe",
            "pandas_orient": "split",
        },
        metadata={
            "version": release.version,
            "content": release.content,
            "operations": sorted(operations(root)),
        },
    )
    pyfunc.add_to_model(model, loader_module=f"{PACKAGE}.{LOADER}", data=DATA, code=CODE)
    with tempfile.TemporaryDirectory() as scratch:
        written = Path(scratch)
        model.save(written / "MLmodel")
        needs = [f"mlflow=={mlflow.__version__}"]
        needs += [f"{name}=={locked(lock, name)}" for name in NEEDS]
        write_text(written / "requirements.txt", "\n".join([*needs, ""]))
        write_text(written / EXAMPLE, typical.to_json(orient="split", index=False))
        client.log_artifacts(run_id, scratch, MODEL)
    for file in sorted(GRAPH.glob("*.py")):
        client.log_artifact(run_id, str(file), f"{MODEL}/{CODE}/{PACKAGE}")
    client.log_artifacts(run_id, str(Layout(root).saved_model), f"{MODEL}/{DATA}")


def inputs(table: TableSettings) -> Schema:
    """The schema of the inputs. Every feature is required; a missing number is NaN."""
    numbers = [ColSpec(DataType.double, name) for name in table.numbers]
    return Schema([*numbers, *(ColSpec(DataType.string, name) for name in table.categories)])


def outputs(table: TableSettings) -> Schema:
    """The schema of the columns that `predict` returns, in order."""
    if table.task != "multiclass":
        return Schema([ColSpec(DataType.double, "score")])
    return Schema([ColSpec(DataType.string, "label"), ColSpec(Array(DataType.double), "score")])
