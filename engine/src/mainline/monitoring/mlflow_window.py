"""One MLflow run for each window that was watched, to compare windows with each other."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

from mainline.monitoring.finding import Verdict
from mainline.params import params
from mainline.tracking.mlflow_attempt import attempted, place

WINDOW = "monitor.window"
LATER = "run `mainline monitor` again"
DAY = 86400  # seconds


def record(root: Path, verdict: Verdict, files: Sequence[Path]) -> str:
    """Write the run of this window and version anew, with `files` as artifacts. Returns a line.

    The experiment is that of the models, with `-monitor` at its end. MLflow is only a copy, so its
    errors are part of the line. Raises MainlineError when `params.yaml` is wrong.
    """
    settings = params.check(root)
    experiment = f"{settings.record.experiment or settings.package.name}-monitor"

    def write(address: str | None) -> str:
        number = _write(root, verdict, files, experiment, address)
        return f"recorded in MLflow ({place(address)}) as run {number[:8]}"

    return attempted(write, settings.record.tracking_uri, LATER)


def _write(
    root: Path, verdict: Verdict, files: Sequence[Path], experiment: str, address: str | None
) -> str:
    from mlflow.entities import Metric  # noqa: PLC0415  MLflow is heavy and may be absent

    from mainline.tracking import mlflow_client  # noqa: PLC0415  as above

    client, number = mlflow_client.opened(root, address, experiment)
    tags = _tags(verdict)
    same = " AND ".join(f"tags.`{name}` = '{tags[name]}'" for name in _IDENTITY)
    for old in client.search_runs([number], same):
        client.delete_run(old.info.run_id)
    made = client.create_run(number, run_name=f"{tags['environment']} {verdict.window}", tags=tags)
    run = str(made.info.run_id)
    end = verdict.window.end.timestamp()
    when, step = int(end * 1000), int(end // DAY)  # a point for each day on the axis of steps
    figures = [Metric(name, value, when, step) for name, value in metrics(verdict).items()]
    for start in range(0, len(figures), 1000):  # MLflow accepts a thousand per call
        client.log_batch(run, metrics=figures[start : start + 1000])
    for path in files:
        client.log_artifact(run, str(path))
    client.set_terminated(run)
    return run


_IDENTITY = (WINDOW, "environment", "model.version")


def _tags(verdict: Verdict) -> dict[str, str]:
    model = verdict.model
    return {
        WINDOW: str(verdict.window),
        "status": verdict.status,
        "environment": str(model.get("environment", "")),
        "model.version": str(model.get("version", "")),
        "model.commit": str(model.get("commit", "")),
    }


def metrics(verdict: Verdict) -> dict[str, float]:
    """Figures and counts by the names that MLflow allows.

    `quality.roc_auc[gender=male]` is `quality.roc_auc/gender_male`.
    """
    found = {
        re.sub(r"[^\w. :/-]", "_", each.name.replace("[", "/").replace("]", "")): each.value
        for each in verdict.findings
        if each.value is not None and math.isfinite(each.value)
    }
    return found | {f"count.{name}": float(value) for name, value in verdict.counts.items()}
