"""Pieces of a Grafana dashboard as JSON values, and its text."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

Json = dict[str, Any]
Place = tuple[int, int, int, int]  # x, y, width, height on a grid of 24 columns
SOURCE: Json = {"type": "prometheus", "uid": "${source}"}
SCHEMA = 39  # Grafana 10 to 12 take it
NOW: Json = {"instant": True, "range": False}  # the newest value alone


@dataclass(frozen=True)
class Panel:
    """A panel; `targets` are made by `target`, `unit` is one of Grafana's names of units."""

    title: str
    place: Place
    targets: list[Json]
    type: str = "timeseries"
    unit: str = "none"
    description: str = ""
    defaults: Json = field(default_factory=dict)
    overrides: list[Json] = field(default_factory=list)
    transformations: list[Json] = field(default_factory=list)

    def as_json(self) -> Json:
        """As Grafana reads it."""
        x, y, width, height = self.place
        return {
            "title": self.title,
            "type": self.type,
            "datasource": SOURCE,
            "gridPos": {"h": height, "w": width, "x": x, "y": y},
            **({"description": self.description} if self.description else {}),
            "fieldConfig": {
                "defaults": {"unit": self.unit, **self.defaults},
                "overrides": self.overrides,
            },
            "targets": [
                {"refId": letter, **each}
                for letter, each in zip(ascii_uppercase, self.targets, strict=False)
            ],
            **({"transformations": self.transformations} if self.transformations else {}),
        }


def target(expr: str, legend: str = "", **more: Any) -> Json:
    """A query in PromQL; `legend` may name labels as `{{arm}}`."""
    return {"expr": expr, **({"legendFormat": legend} if legend else {}), **more}


def hidden(*columns: str) -> list[Json]:
    """Transformations of a table that leave columns out."""
    named = dict.fromkeys(columns, True)
    return [{"id": "organize", "options": {"excludeByName": named}}]


def variable(label: str, metric: str) -> Json:
    """A variable with the values that a label of a series has."""
    return {
        "name": label,
        "type": "query",
        "datasource": SOURCE,
        "query": f"label_values({metric}, {label})",
        "includeAll": True,
        "multi": True,
        "refresh": 2,
    }


def text(
    title: str,
    uid: str,
    variables: list[Json],
    panels: Iterable[Panel],
    *,
    refresh: str,
    since: str,
) -> str:
    """The file of a dashboard; `refresh` and `since` are durations like `5m` and `30d`."""
    source = {"name": "source", "type": "datasource", "query": "prometheus"}
    made = {
        "title": title,
        "uid": uid,
        "schemaVersion": SCHEMA,
        "timezone": "browser",
        "refresh": refresh,
        "time": {"from": f"now-{since}", "to": "now"},
        "templating": {"list": [source, *variables]},
        "panels": [each.as_json() for each in panels],
    }
    return json.dumps(made, indent=2) + "\n"
