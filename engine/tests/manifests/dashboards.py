"""Grafana dashboards as code: what Grafana needs of them, and the queries that they hold."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from rendering import ROOT

FILES = sorted((ROOT / "k8s/components").glob("*/*.json"))
SOURCE = {"type": "prometheus", "uid": "${source}"}
PANELS = {"timeseries", "stat", "table"}
COLUMNS = 24  # of Grafana's grid
OLDEST, NEWEST = (
    36,
    42,
)  # schemas that Grafana 10 to 12 take without a migration that loses something
VARIABLE = re.compile(r"\$\{?(\w+)\}?")
VALUES = re.compile(r"label_values\((\w+), (\w+)\)")


def read(path: Path) -> dict:
    return json.loads(path.read_text())


def queries(dashboard: dict) -> Iterator[tuple[str, str]]:
    """Each query, with every variable at *all*; those of variables as a count of their values."""
    for each in dashboard["templating"]["list"]:
        if each["type"] == "query":
            metric, label = VALUES.fullmatch(each["query"]).groups()
            yield f"variable {each['name']}", f"count by ({label}) ({metric})"
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield f"{panel['title']}/{target['refId']}", VARIABLE.sub(".*", target["expr"])


def problems(dashboard: dict) -> Iterator[str]:
    """What Grafana would refuse, or draw otherwise than it is written."""
    for key in ("title", "uid"):
        if not dashboard.get(key):
            yield f"it has no {key}"
    if not re.fullmatch(r"[a-z0-9-]{1,40}", dashboard.get("uid") or "-"):
        yield "its uid is not of 1 to 40 small letters, digits and dashes"
    if "id" in dashboard:
        yield "it has an id, which is another one in each Grafana"
    if not OLDEST <= dashboard.get("schemaVersion", 0) <= NEWEST:
        yield f"its schemaVersion is not from {OLDEST} to {NEWEST}"
    variables = {it["name"]: it for it in dashboard.get("templating", {}).get("list", [])}
    source = variables.get("source", {})
    if (source.get("type"), source.get("query")) != ("datasource", "prometheus"):
        yield "it has no variable `source` for the datasource"
    yield from (f"{where} names the datasource {found}" for where, found in _sources(dashboard))
    used = set(VARIABLE.findall(json.dumps(dashboard))) - {"__all", "__rate_interval"}
    yield from (f"there is no variable {it}" for it in sorted(used - set(variables)))
    for panel in dashboard.get("panels", []):
        yield from _of_panel(panel)
    for one, other in combinations(dashboard.get("panels", []), 2):
        if _overlap(one["gridPos"], other["gridPos"]):
            yield f"{one['title']} and {other['title']} overlap"


def _of_panel(panel: dict) -> Iterator[str]:
    name, place = panel.get("title", ""), panel["gridPos"]
    if not name:
        yield "a panel has no title"
    if panel.get("type") not in PANELS:
        yield f"{name} is of the type {panel.get('type')}"
    if panel.get("datasource") != SOURCE:
        yield f"{name} has not the datasource of the variable"
    if place["x"] + place["w"] > COLUMNS:
        yield f"{name} is wider than the grid"
    targets = panel.get("targets") or []
    if not targets or not all(it.get("expr") for it in targets):
        yield f"{name} asks nothing"
    if len({it.get("refId") for it in targets}) < len(targets):
        yield f"{name} has a refId twice"


def _sources(value: object, where: str = "it") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        if "datasource" in value and value["datasource"] != SOURCE:
            yield value.get("title") or value.get("name") or where, value["datasource"]
        for inside in value.values():
            yield from _sources(inside, where)
    elif isinstance(value, list):
        for inside in value:
            yield from _sources(inside, where)


def _overlap(one: dict, other: dict) -> bool:
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size]
        for at, size in (("x", "w"), ("y", "h"))
    )
