"""What the model's calls cost, in the unit of `evaluation.costs`."""

from mainline.evaluation import costs
from mainline.evaluation.rows import Rows
from mainline.monitoring.finding import Finding
from mainline.monitoring.labels import Labelled
from mainline.monitoring.quality import at_threshold, few, shown
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.params.monitoring import MonitoringSettings

KIND = "business"
MONTH = 30  # days


def findings(
    watched: Watched, reference: Reference, found: Labelled, settings: MonitoringSettings
) -> list[Finding]:
    """Figures that are shown and never alarm; those that have no price are left out.

    `business.predictions` is what all predictions of a month cost by themselves; `business.calls`
    is what the right and wrong calls cost for each entity and period with a label,
    `business.month` for all of a month. An entity that asks often has many predictions, and counts
    once a period there.
    """
    price, table = settings.costs.prediction, watched.table
    made = []
    scale = MONTH / found.window.days
    if price:
        value = price * found.asked * scale
        said = f"{found.asked * scale:,.0f} predictions a month cost {value:,.4g}."
        made.append(Finding(KIND, f"{KIND}.predictions", "quiet", said, value, rows=found.asked))
    evaluation = at_threshold(watched, reference)
    if table.task != "binary" or evaluation.costs is None or evaluation.threshold is None:
        return made
    if len(found.rows) < settings.min_rows:
        return [*made, few(KIND, f"{KIND}.calls", len(found.rows), settings.min_rows)]
    rows = Rows.of(found.target, found.rows["entity"])
    of_calls = costs.section(rows, found.scores, evaluation.threshold, evaluation.costs, evaluation)
    cost, saving = of_calls["cost"], of_calls["saving"]
    if None in cost.values():
        said = "the cost of calls cannot be computed: scores are not numbers."
        return [*made, Finding(KIND, f"{KIND}.calls", "unknown", said, rows=len(rows))]
    value, low, high = cost["value"], cost["low"], cost["high"]
    released = (reference.figures.get("costs") or {}).get("cost", {}).get("value")
    each = f"{shown(value, low, high)} a prediction"
    said = f"Calls at the threshold {evaluation.threshold:g} cost {each}"
    said += "" if released is None else f"; {released:.4g} at release"
    details = {"released": released, "saving": saving, "threshold": evaluation.threshold}
    name, count = f"{KIND}.calls", len(rows)
    calls = Finding(KIND, name, "quiet", f"{said}.", value, low, high, rows=count, details=details)
    times = found.predictions * scale
    value, low, high = value * times, low * times, high * times
    said = (
        f"For {times:,.0f} entities and periods a month, each once, that is "
        f"{shown(value, low, high)}, if those without a label cost as much."
    )
    name, count = f"{KIND}.month", found.predictions
    return [*made, calls, Finding(KIND, name, "quiet", said, value, low, high, rows=count)]
