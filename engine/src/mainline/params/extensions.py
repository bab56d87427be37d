"""Do the project's functions fit, and the options that `params.yaml` gives them?"""

from pathlib import Path

from mainline import project
from mainline.core.table import TableSettings
from mainline.data.settings import DataSettings
from mainline.data.sources.python import PythonSource
from mainline.model.settings import TrainSettings
from mainline.process.imports import importing


def check(root: Path, data: DataSettings, table: TableSettings, train: TrainSettings) -> None:
    """Raises SettingsError naming the function or the key that does not fit."""
    if isinstance(data.source, PythonSource):
        data.source.check(root)
    project.functions(root, "checks", ("frame",))
    with importing():  # TensorFlow takes seconds, and other commands read params without it
        from mainline.evaluation.project_metrics import Metrics  # noqa: PLC0415
        from mainline.model.design import Design  # noqa: PLC0415

    Metrics.of(root, table.task)
    Design.of(root, table, train)
