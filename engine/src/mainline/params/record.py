"""The section `record` of `params.yaml`."""

from mainline.core.config import Settings


class RecordSettings(Settings):
    """`tracking_uri` null means a SQLite file here; MLFLOW_TRACKING_URI, when set, wins."""

    experiment: str = "customer-churn"
    tracking_uri: str | None = None
