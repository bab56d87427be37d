"""Every query of both dashboards, asked of a real Prometheus that holds our own series."""

import copy
import math
import re
from types import SimpleNamespace

import dashboards
import prometheus_tools
import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from mainline.gateway.metrics import Metrics
from mainline.monitoring import series
from mainline.monitoring.finding import Finding, Verdict
from mainline.monitoring.window import Window
from mainline.request_log.counters import Counts

pytestmark = pytest.mark.check

FOLDERS = {"gateway.json": "gateway-monitoring", "monitor.json": "model-monitoring"}
PLACE = {"namespace": "production", "pod": "server-1"}
QUERIES = [
    pytest.param(query, id=f"{path.stem}/{where}")
    for path in dashboards.FILES
    for where, query in dashboards.queries(dashboards.read(path))
]
KINDS = ("drift", "prediction", "quality", "concept", "importance", "business", "service", "labels")
MODELS = (("churn", "production"), ("churn", "staging"), ("fraud", "production"))


def of_the_gateway() -> list:
    """What a gateway exports after some requests."""
    dropped = dict.fromkeys(("queue", "spool", "disk"), 2)
    counts = Counts(accepted=9, written=9, dropped=dropped, lost_before=1, shipped_rows=8)
    metrics = Metrics(lambda: counts, lambda: 3)
    for arm, code in (("main", 200), ("main", 500), ("challenger", 200)):
        asked = SimpleNamespace(protocol="rest", arm=arm, status=code, problem="", seconds=0.02)
        metrics.count(asked)
        metrics.observe_scores(arm, [0.2, 0.4, 0.9])
    return list(metrics.registry.collect())


def of_the_monitor() -> list:
    """What the monitor exports of windows of several models."""
    found: dict[str, Metric] = {}
    for watched in MODELS:
        for family in of_a_model(*watched):
            if family.name in found:
                found[family.name].samples += family.samples
            else:
                found[family.name] = family
    return list(found.values())


def of_a_model(name: str, environment: str) -> list:
    """What the monitor exports of a window with a figure of each kind."""
    window = Window.parse("2025-12-25", "2025-12-31")
    model = {"name": name, "environment": environment, "version": "7", "commit": "c" * 40}
    counts = {"rows": 9, "requests": 8, "entities": 7, "errors": 1, "labelled": 5}
    findings = [
        Finding(kind, f"{kind}.{state}", state, "It says so.", value, value - 0.1, value + 0.1, 0.5)
        for kind in KINDS
        for state, value in (("quiet", 0.3), ("alarm", 0.8), ("unknown", None))
        if value is not None
    ]
    findings.append(Finding("quality", "quality.f1", "unknown", "There are no labels."))
    text = series.text(Verdict(window, model, counts, findings), now=prometheus_tools.START)
    return list(text_string_to_metric_families(text))


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    lines = [
        line
        for families in (of_the_gateway(), of_the_monitor())
        for line in prometheus_tools.over_time(families, PLACE)
    ]
    with prometheus_tools.server(lines, tmp_path_factory.mktemp("prometheus")) as url:
        yield url


def test_the_dashboards_are_those_of_the_components():
    assert {it.name: it.parent.name for it in dashboards.FILES} == FOLDERS
    assert len({dashboards.read(it)["uid"] for it in dashboards.FILES}) == len(FOLDERS)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_returns_series(prometheus, query):
    found = prometheus_tools.asked(prometheus, query)
    assert found
    assert all(math.isfinite(float(it["value"][1])) for it in found)


OF_MODELS = [
    it
    for it in QUERIES
    if it.id.startswith("monitor/") and not re.search(r"variable|Alarms|Not computed|Since", it.id)
]


@pytest.mark.parametrize("query", OF_MODELS)
def test_with_all_chosen_each_model_has_its_own_series(prometheus, query):
    found = [it["metric"] for it in prometheus_tools.asked(prometheus, query)]
    assert {(it["model"], it["environment"]) for it in found} == set(MODELS)
    mixed = re.sub(r"model, environment, ", "", query)
    assert mixed != query
    assert len(prometheus_tools.asked(prometheus, mixed)) == len(found) / len(MODELS)


def test_alarms_are_counted_of_all_models(prometheus):
    asked = {it.id: it.values[0] for it in QUERIES}
    for panel, each in (("Alarms", len(KINDS)), ("Not computed", 1)):
        [found] = prometheus_tools.asked(prometheus, asked[f"monitor/{panel}/A"])
        assert float(found["value"][1]) == each * len(MODELS)


def test_a_query_of_another_name_returns_none_and_a_wrong_one_an_error(prometheus):
    assert prometheus_tools.asked(prometheus, "sum(rate(gateway_answers_total[5m]))") == []
    with pytest.raises(ValueError, match="parse error"):
        prometheus_tools.asked(prometheus, "sum(rate(gateway_requests_total[5m])")


@pytest.mark.parametrize("path", dashboards.FILES, ids=lambda it: it.stem)
def test_grafana_takes_a_dashboard(path):
    assert list(dashboards.problems(dashboards.read(path))) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it.pop("uid"), "it has no uid"),
        (lambda it: it.update(uid="A" * 41), "its uid is not of 1 to 40"),
        (lambda it: it.update(id=7), "it has an id"),
        (lambda it: it.update(schemaVersion=12), "its schemaVersion"),
        (lambda it: it["templating"]["list"].pop(0), "it has no variable `source`"),
        (
            lambda it: it["panels"][0].update(datasource={"type": "prometheus", "uid": "P18"}),
            "names the datasource",
        ),
        (lambda it: it["panels"][0].pop("datasource"), "has not the datasource of the variable"),
        (lambda it: it["panels"][0].update(type="graph"), "is of the type graph"),
        (lambda it: it["panels"][0].update(targets=[]), "asks nothing"),
        (lambda it: it["panels"][0]["targets"][0].update(expr="up{a=~'$b'}"), "no variable b"),
        (lambda it: it["panels"][0]["gridPos"].update(w=25), "is wider than the grid"),
        (lambda it: it["panels"].append(copy.deepcopy(it["panels"][0])), "overlap"),
        (
            lambda it: it["panels"][0]["targets"].append(it["panels"][0]["targets"][0]),
            "has a refId twice",
        ),
    ],
)
@pytest.mark.parametrize("path", dashboards.FILES, ids=lambda it: it.stem)
def test_a_flaw_is_seen(path, change, said):
    made = dashboards.read(path)
    change(made)
    assert any(said in it for it in dashboards.problems(made))
