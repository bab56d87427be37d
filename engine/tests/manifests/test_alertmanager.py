"""The routes and the silence that docs/monitoring.md shows, by Alertmanager's own tools."""

import json
import re
import shlex
import socket
import subprocess
import time
import urllib.request

import prometheus_tools
import pytest
import yaml
from rendering import ROOT

pytestmark = pytest.mark.check

PAGE = (ROOT / "docs/monitoring.md").read_text()
[ROUTES] = re.findall(r"```yaml\n(route:.*?)```", PAGE, re.DOTALL)
[SILENCE] = re.findall(r"```sh\n(amtool .*?)```", PAGE, re.DOTALL)
[MODEL] = re.findall(r"model=(\S+)", SILENCE)
LABELS = {"model": MODEL, "environment": "production"}


@pytest.fixture
def routes(tmp_path):
    path = tmp_path / "alertmanager.yaml"
    path.write_text(ROUTES)
    return path


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return prometheus_tools.run("amtool", *arguments)


def test_amtool_takes_the_routes_and_refuses_a_receiver_that_is_not_there(routes):
    done = amtool("check-config", str(routes))
    assert done.returncode == 0, done.stderr
    routes.write_text(ROUTES.replace("- name: on-call", "- name: on-cal"))
    assert amtool("check-config", str(routes)).returncode == 1


@pytest.mark.parametrize(
    ("receiver", "alert"),
    [
        ("on-call", {"alertname": "ModelAlarm", "kind": "quality"}),
        ("on-call", {"alertname": "ModelAlarm", "kind": "service"}),
        ("model-team", {"alertname": "ModelAlarm", "kind": "drift"}),
        ("model-team", {"alertname": "ModelFigureUnknown", "kind": "quality"}),
        ("model-team", {"alertname": "ModelMonitorMissing"}),
        ("model-team", {"alertname": "GatewayLogIsBehind"}),
    ],
)
def test_an_alert_goes_to_its_receiver(routes, receiver, alert):
    labels = [f"{name}={value}" for name, value in (alert | LABELS).items()]
    done = amtool("config", "routes", "test", f"--config.file={routes}", *labels)
    assert (done.returncode, done.stdout.strip()) == (0, receiver)


def test_the_page_names_every_alert_and_no_other():
    rules = ROOT / "k8s/components/model-monitoring/alerts.yaml"
    [group] = yaml.safe_load(rules.read_text())["spec"]["groups"]
    table = PAGE.partition("\n## Alarms\n")[2].partition("\n### ")[0]
    assert {it["alert"] for it in group["rules"]} == set(re.findall(r"^\| `(\w+)`", table, re.M))


@pytest.fixture
def alertmanager(tmp_path):
    """The address of one on loopback that tells nobody."""
    path = tmp_path / "alone.yaml"
    path.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [
            prometheus_tools.tool("prometheus-alertmanager"),
            f"--config.file={path}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address={address}",
            "--cluster.listen-address=",
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        prometheus_tools.ready(f"http://{address}", process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait()


def states(url: str, *alerts: dict[str, str]) -> list[str]:
    """What becomes of these alerts."""
    body = json.dumps([{"labels": each} for each in alerts]).encode()
    request = urllib.request.Request(f"{url}/api/v2/alerts", body)
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request).close()
    end = time.monotonic() + prometheus_tools.PATIENCE
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{url}/api/v2/alerts") as answer:
            found = {it["labels"]["kind"]: it["status"]["state"] for it in json.load(answer)}
        if "unprocessed" not in found.values() and len(found) == len(alerts):
            return [found[each["kind"]] for each in alerts]
        time.sleep(0.05)
    raise AssertionError(found)


def test_the_silence_on_the_page_holds_for_what_it_names_alone(alertmanager):
    command = SILENCE.replace("\\\n", " ").replace("http://localhost:9093", alertmanager)
    done = amtool(*shlex.split(command)[1:])
    assert done.returncode == 0, done.stderr
    alarm = {"alertname": "ModelAlarm"} | LABELS
    drift, quality = alarm | {"kind": "drift"}, alarm | {"kind": "quality"}
    assert states(alertmanager, drift, quality) == ["suppressed", "active"]
