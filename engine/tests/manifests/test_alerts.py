"""Alerts of the gateway and of the monitor, run by promtool: good, bad and absent series."""

import subprocess

import prometheus_tools
import pytest
import yaml
from rendering import RELEASE

from mainline.check.manifests import name, of
from mainline.monitoring import series
from mainline.monitoring.finding import Finding, Verdict
from mainline.monitoring.window import Window

pytestmark = pytest.mark.check

POD = {"namespace": "production", "pod": "server-1"}
WARNING = {"severity": "warning"}
WINDOW = Window.parse("2026-11-22", "2026-11-28")
FINDINGS = [Finding("drift", "drift.age", "alarm", "It moved.", 0.3, 0.2, 0.4, 0.1, 9)]
MODEL = {"model": RELEASE.name, "environment": "production"}
WATCHED = f'model="{RELEASE.name}",environment="production"'
WINDOW_END = f"mainline_monitor_window_end_timestamp_seconds{{{WATCHED}}}"
LAST_RUN = f"mainline_monitor_last_run_timestamp_seconds{{{WATCHED}}}"
DROPPED = 'gateway_log_dropped_total{namespace="production",pod="server-1",reason="spool"}'
LOST = 'gateway_log_lost_total{namespace="production",pod="server-1"}'
OLDEST = 'gateway_spool_oldest_seconds{namespace="production",pod="server-1"}'
NOW = "0+300x400"  # a run every five minutes, which is the step of all series


def status(kind: str, figure: str, instance: str = "a") -> str:
    own = f'kind="{kind}",name="{figure}",instance="{instance}"'
    return f"mainline_monitor_status{{{WATCHED},{own}}}"


@pytest.fixture
def tested(rendered, tmp_path):
    """What promtool says of an alert, by the rules of an overlay that is watched."""
    rules = {name(it): it["spec"] for it in of(rendered["watched"], "PrometheusRule")}
    owner = {
        rule["alert"]: spec
        for spec in rules.values()
        for group in spec["groups"]
        for rule in group["rules"]
    }

    def tested(alert: str, series: dict[str, str], at: str, *expected):
        return prometheus_tools.tested(
            owner[alert], series, alert=alert, at=at, expected=[*expected], folder=tmp_path
        )

    return tested


LOSES = (POD | WARNING, "server-1 in production loses rows of the request log")
BEHIND = (
    POD | WARNING,
    "server-1 in production has rows of the request log that are not in the store after 16m 40s",
)
GATEWAY = {
    "nothing is dropped": ("GatewayLogLosesRows", {DROPPED: "7x20", LOST: "7x20"}, "1h"),
    "rows are dropped": ("GatewayLogLosesRows", {DROPPED: "0+1x20"}, "30m", LOSES),
    "a restarted process counts what it lost": (
        *("GatewayLogLosesRows", {LOST: "_x5 3x20"}, "30m"),
        LOSES,
    ),
    "what was lost long ago": ("GatewayLogLosesRows", {LOST: "_x5 3x20"}, "1h"),
    "the gateway is not there: loses": ("GatewayLogLosesRows", {}, "1h"),
    "rows are in the store": ("GatewayLogIsBehind", {OLDEST: "60x20"}, "1h"),
    "rows wait": ("GatewayLogIsBehind", {OLDEST: "1000x20"}, "1h", BEHIND),
    "rows wait for less than five minutes": ("GatewayLogIsBehind", {OLDEST: "1000x20"}, "4m"),
    "the gateway is not there: behind": ("GatewayLogIsBehind", {}, "1h"),
}


def alarm(kind: str, says: str) -> tuple[dict[str, str], str]:
    return MODEL | WARNING | {"kind": kind}, f"{RELEASE.name} in production: {says}"


QUIET = {status("drift", "drift.age"): "0x400", status("quality", "quality.roc_auc"): "0x400"}
DRIFTED = QUIET | {
    status("drift", "drift.income"): "2x400",
    status("drift", "drift.income", "b"): "2x400",  # the same figure of another target
    status("drift", "drift.tenure"): "2x400",
    status("quality", "quality.roc_auc"): "1x400",
}
NOT_RUN = (MODEL | WARNING, f"{RELEASE.name} in production was watched 1d 3h 0m 0s ago")
MISSING = (MODEL | WARNING, f"{RELEASE.name} in production has no series of `mainline monitor`")
STOPPED = (
    MODEL | WARNING,
    f"{RELEASE.name} in production: the last whole day of the log ended 2d 3h 0m 0s ago",
)
MONITOR = {
    "quiet: alarm": ("ModelAlarm", QUIET, "1h"),
    "columns drift": (
        "ModelAlarm",
        DRIFTED,
        "1h",
        alarm("drift", "2 of its figures on drift alarm"),
    ),
    "an alarm is over": ("ModelAlarm", {status("drift", "drift.age"): "2x5 0x20"}, "1h"),
    "no series: alarm": ("ModelAlarm", {}, "1h"),
    "quiet: unknown": ("ModelFigureUnknown", QUIET, "1h"),
    "a figure is unknown": (
        *("ModelFigureUnknown", DRIFTED, "1h"),
        alarm("quality", "1 of its figures on quality could not be computed"),
    ),
    "no series: unknown": ("ModelFigureUnknown", {}, "1h"),
    "runs each day": ("ModelMonitorDidNotRun", {LAST_RUN: NOW}, "27h"),
    "a day and an hour ago": ("ModelMonitorDidNotRun", {LAST_RUN: "0x400"}, "25h"),
    "more than a day ago": ("ModelMonitorDidNotRun", {LAST_RUN: "0x400"}, "27h", NOT_RUN),
    "no series: did not run": ("ModelMonitorDidNotRun", {}, "27h"),
    "has series": ("ModelMonitorMissing", {LAST_RUN: "0x400"}, "27h"),
    "a new model": ("ModelMonitorMissing", {}, "25h"),
    "no series: missing": ("ModelMonitorMissing", {}, "27h", MISSING),
    "only another model has series": (
        *("ModelMonitorMissing", {LAST_RUN.replace(RELEASE.name, "another"): "0x400"}, "27h"),
        MISSING,
    ),
    "only another environment has series": (
        *("ModelMonitorMissing", {LAST_RUN.replace("production", "staging"): "0x400"}, "27h"),
        MISSING,
    ),
    "the window ended last night": ("ModelLogStopped", {WINDOW_END: "0x700"}, "36h"),
    "the log has ended": ("ModelLogStopped", {WINDOW_END: "0x700"}, "51h", STOPPED),
    "no series: stopped": ("ModelLogStopped", {}, "51h"),
    "the series ended": ("ModelMonitorMissing", {LAST_RUN: "0x10 _x400"}, "28h", MISSING),
}
CASES = GATEWAY | MONITOR


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_alert_against_series(tested, case):
    done = tested(*case)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("case", [it for it in CASES.values() if len(it) > 3], ids=lambda it: it[0])
def test_an_alert_that_does_not_fire_is_seen(tested, case):
    """Promtool compares all alerts: one that is missing, too many or with other words fails."""
    alert, series, at, (labels, summary) = case
    for expected in ([], [(labels, f"{summary}!")], [(labels | {"severity": "page"}, summary)]):
        done = tested(alert, series, at, *expected)
        assert done.returncode == 1
        assert "FAILED" in done.stdout + done.stderr


def test_promtool_reads_every_rule(rendered, tmp_path):
    found = of(rendered["watched"], "PrometheusRule")
    assert {name(it) for it in found} == {"gateway", "model-monitoring"}
    for each in found:
        path = prometheus_tools.rules_file(each["spec"], tmp_path)
        done = prometheus_tools.run("promtool", "check", "rules", str(path))
        assert done.returncode == 0, done.stderr
        path.write_text(path.read_text().replace(" > ", " >> "))
        assert prometheus_tools.run("promtool", "check", "rules", str(path)).returncode == 1


def test_the_series_are_named_as_prometheus_asks():
    model = {"name": RELEASE.name, "environment": "production"}
    text = series.text(Verdict(WINDOW, model, {"rows": 1}, FINDINGS), now=1.0)
    command = [prometheus_tools.tool("promtool"), "check", "metrics"]

    def said(text: str) -> str:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert said(text) == ""
    assert "_count" in said(text.replace("window_size", "window_count"))


def test_each_alert_has_a_case_that_fires_and_one_that_does_not(rendered):
    for each in of(rendered["watched"], "PrometheusRule"):
        for rule in yaml.safe_load(yaml.safe_dump(each["spec"]))["groups"][0]["rules"]:
            cases = [it for it in CASES.values() if it[0] == rule["alert"]]
            assert {len(it) > 3 for it in cases} == {True, False}, rule["alert"]


def test_the_model_s_name_comes_from_its_release_and_the_environment_from_the_overlay(rendered):
    [rules] = [it for it in of(rendered["watched"], "PrometheusRule") if name(it) != "gateway"]
    assert f"{{{WATCHED}}}" in str(rules)
    assert "set-by-" not in str(rules)
