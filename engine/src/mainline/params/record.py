"""The section `record` of `params.yaml`."""

from mainline.core.config import Settings


class RecordSettings(Settings):
    """Where models are recorded in MLflow.

    `experiment` null means the model's name. `tracking_uri` null means a SQLite file here;
    MLFLOW_TRACKING_URI, when set, wins.
    """

    experiment: str | None = None
    tracking_uri: str | None = None
