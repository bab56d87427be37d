"""The alerts on watched models: k8s/components/model-monitoring/alerts.yaml."""

from mainline.k8s.alert_file import Alert, text
from mainline.monitoring import series
from mainline.monitoring.finding import Status

BY = ", ".join(series.WATCHED)
MODEL = "{{ $labels.model }} in {{ $labels.environment }}"
AGO = "{{ $value | humanizeDuration }} ago"
LATE = 93_600  # seconds: 26 hours
STOPPED = 180_000  # seconds: 50 hours
ABOUT = (
    "Mainline renders this file. docs/monitoring.md says what to do for each alert. Several",
    "targets may hold the same figure, as textfiles on two machines do: `max by` makes one of",
    "them.",
)


def render() -> str:
    """Their file."""
    return text("model-monitoring", ABOUT, _alerts())


def _alerts() -> list[Alert]:
    return [
        _in_state("ModelAlarm", "alarm", "alarm"),
        _in_state("ModelFigureUnknown", "unknown", "could not be computed"),
        Alert(
            "ModelMonitorDidNotRun",
            f"time() - max by ({BY}) ({series.LAST_RUN}) > {LATE}",
            f"{MODEL} was watched {AGO}",
            why=("The schedule is daily, and a run may start two hours late.",),
        ),
        # Kustomize writes both values: between the first two quotes, and between the next two.
        Alert(
            "ModelMonitorMissing",
            f"""
absent(
  {series.LAST_RUN}{{model="set-by-release",environment="set-by-overlay"}}
)
""",
            f"{MODEL} has no series of `mainline monitor`",
            wait="26h",
            why=("A new model has a day for its first run.",),
        ),
        Alert(
            "ModelLogStopped",
            f"time() - max by ({BY}) ({series.WINDOW_END}) > {STOPPED}",
            f"{MODEL}: the last whole day of the log ended {AGO}",
            why=(
                "A daily run's window ends with yesterday, so its end is a day and a half old at "
                "most.",
            ),
        ),
    ]


def _in_state(name: str, status: Status, words: str) -> Alert:
    expr = f"""
count by ({BY}, kind) (
  max by ({BY}, kind, name) ({series.STATUS}) == {series.LEVELS[status]}
)
"""
    told = f"{{{{ $value }}}} of its figures on {{{{ $labels.kind }}}} {words}"
    return Alert(name, expr, f"{MODEL}: {told}")
