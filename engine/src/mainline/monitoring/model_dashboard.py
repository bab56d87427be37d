"""The Grafana dashboard of watched models: k8s/components/model-monitoring/monitor.json.

Every query groups by model and environment: with *All* chosen, none stands in for another.
"""

from typing import Any

from mainline.k8s.grafana import NOW, Panel, Place, hidden, target, text, variable
from mainline.monitoring import series
from mainline.monitoring.finding import Status

BY = ", ".join(series.WATCHED)
WHERE = ", ".join(f'{label}=~"${label}"' for label in series.WATCHED)
WHOSE = " ".join(f"{{{{{label}}}}}" for label in series.WATCHED)
STATES = f"max by ({BY}, kind, name) ({series.STATUS}{{{WHERE}}})"
COLOURS: dict[Status, str] = {"quiet": "green", "unknown": "yellow", "alarm": "red"}
LATE = 93_600  # seconds: a run is daily, and may start two hours late
HALF, FULL = 12, 24


def render() -> str:
    """Its file."""
    variables = [variable(label, series.STATUS) for label in series.WATCHED]
    return text("Model", "mainline-monitor", variables, _panels(), refresh="5m", since="30d")


def _panels() -> list[Panel]:
    return [
        _counted("Alarms", "alarm", 0),
        _counted("Not computed", "unknown", 6),
        _age("Since the last run", series.LAST_RUN, 12, _steps("red", LATE)),
        _age("Since the end of the window", series.WINDOW_END, 18, {}),
        Panel(
            "Figures that are not quiet",
            (0, 4, HALF, 8),
            [target(f"{STATES} > {series.LEVELS['quiet']}", format="table", **NOW)],
            type="table",
            description="The page of the verdict says more about each.",
            defaults={"mappings": [_words()], "custom": {"cellOptions": {"type": "color-text"}}},
            transformations=hidden("Time"),
        ),
        Panel(
            "Rows of the window",
            (HALF, 4, HALF, 8),
            [target(f"max by ({BY}, of) ({series.SIZE}{{{WHERE}}})", f"{WHOSE}: {{{{of}}}}")],
            unit="short",
            defaults={"min": 0},
        ),
        _figures(
            "Quality",
            "quality",
            (0, 12, HALF, 8),
            interval=True,
            about="Of predictions whose label is known.",
        ),
        _figures("Concept drift", "concept", (HALF, 12, HALF, 8), interval=True),
        _figures("Data drift", "drift", (0, 20, HALF, 8), about="PSI of each input."),
        _figures("Prediction drift", "prediction", (HALF, 20, HALF, 8)),
        _figures("Importance", "importance", (0, 28, HALF, 8)),
        _figures("Business", "business", (HALF, 28, HALF, 8)),
        _figures("Service", "service", (0, 36, HALF, 8)),
        _figures("Labels", "labels", (HALF, 36, HALF, 8)),
        Panel(
            "Version",
            (0, 44, FULL, 4),
            [
                target(
                    f"max by ({BY}, version) ({series.VERSION}{{{WHERE}}})", format="table", **NOW
                )
            ],
            type="table",
            transformations=hidden("Time", "Value"),
        ),
    ]


def _counted(title: str, status: Status, x: int) -> Panel:
    expr = f"count({STATES} == {series.LEVELS[status]}) or vector(0)"
    return Panel(
        title,
        (x, 0, 6, 4),
        [target(expr, **NOW)],
        type="stat",
        defaults=_steps(COLOURS[status], 1),
    )


def _age(title: str, metric: str, x: int, colours: dict[str, Any]) -> Panel:
    """Of the model that waits longest; of a model, its newest."""
    newest = f"max by ({BY}) ({metric}{{{WHERE}}})"
    return Panel(
        title,
        (x, 0, 6, 4),
        [target(f"time() - min({newest})", **NOW)],
        type="stat",
        unit="s",
        description="Of the model that waits longest.",
        defaults=colours,
    )


def _figures(
    title: str, kind: str, place: Place, *, interval: bool = False, about: str = ""
) -> Panel:
    """Each figure of a kind beside its bar, which is a dashed line."""
    legend = f"{WHOSE}: {{{{name}}}}"
    ends = [(series.LOW, ", lower end"), (series.HIGH, ", upper end")] if interval else []
    asked = [(series.VALUE, ""), *ends, (series.BAR, ", bar")]
    where = f'{WHERE}, kind="{kind}"'
    targets = [
        target(f"max by ({BY}, name) ({metric}{{{where}}})", legend + ending)
        for metric, ending in asked
    ]
    bars = _lines(
        "/, bar$/",
        {
            "custom.lineStyle": {"fill": "dash", "dash": [8, 8]},
            "color": {"mode": "fixed", "fixedColor": "red"},
        },
    )
    shadow = _lines(
        "/ end$/",
        {
            "custom.lineWidth": 0,
            "custom.fillOpacity": 8,
            "custom.hideFrom": {"legend": True, "tooltip": False, "viz": False},
        },
    )
    overrides = [bars, shadow] if interval else [bars]
    return Panel(title, place, targets, description=about, overrides=overrides)


def _lines(named: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "matcher": {"id": "byRegexp", "options": named},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
    }


def _steps(colour: str, since: int) -> dict[str, Any]:
    steps = [{"color": "green", "value": None}, {"color": colour, "value": since}]
    return {"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": steps}}


def _words() -> dict[str, Any]:
    options = {
        str(level): {"text": status, "color": COLOURS[status], "index": level}
        for status, level in series.LEVELS.items()
    }
    return {"type": "value", "options": options}
