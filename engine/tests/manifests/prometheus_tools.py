"""Tools of Prometheus, as Debian packages them: rules against series, a server on loopback."""

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from prometheus_client.metrics_core import Metric

START, STEP, STEPS = 1_767_225_600, 60, 120  # seconds since 1970, of each step, number of them
END = START + STEP * (STEPS - 1)
COUNTED = ("_total", "_bucket", "_count", "_sum")
PATIENCE = 30.0  # seconds that a server may take to start
Labels = dict[str, str]


def tool(name: str) -> str:
    """Debian and Ubuntu: `apt-get install prometheus prometheus-alertmanager`."""
    path = shutil.which(name)
    assert path, (
        f"{name} is not on PATH: `apt-get install prometheus prometheus-alertmanager` (Debian)"
    )
    return path


def run(*command: str) -> subprocess.CompletedProcess[str]:
    called = [tool(command[0]), *command[1:]]
    return subprocess.run(called, capture_output=True, text=True, check=False)


def rules_file(spec: dict, folder: Path) -> Path:
    """The `spec` of a PrometheusRule as Prometheus reads it."""
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump(spec))
    return path


def tested(
    spec: dict,
    series: dict[str, str],
    *,
    alert: str,
    at: str,
    expected: list[tuple[Labels, str]],
    folder: Path,
) -> subprocess.CompletedProcess[str]:
    """What promtool says of these alerts at a time: labels and summary of each, all of them.

    `series` has values for every five minutes from 1970 on.
    """
    alerts = [
        {"exp_labels": labels, "exp_annotations": {"summary": summary}}
        for labels, summary in expected
    ]
    test = {
        "rule_files": [str(rules_file(spec, folder))],
        "evaluation_interval": "5m",
        "tests": [
            {
                "interval": "5m",
                "input_series": [
                    {"series": each, "values": values} for each, values in series.items()
                ],
                "alert_rule_test": [
                    {"eval_time": at, "alertname": alert, "exp_alerts": alerts},
                ],
            }
        ],
    }
    path = folder / "test.yaml"
    path.write_text(yaml.safe_dump(test))
    return run("promtool", "test", "rules", str(path))


def over_time(families: Iterable[Metric], labels: Labels) -> Iterator[str]:
    """OpenMetrics of two hours: what counts grows by its value each minute, the rest stays."""
    for family in families:
        yield f"# TYPE {family.name} {family.type}"
        for sample in family.samples:
            if sample.name.endswith("_created"):
                continue
            pairs = (sample.labels | labels).items()
            named = ",".join(f'{name}="{value}"' for name, value in pairs)
            grows = family.type != "gauge" and sample.name.endswith(COUNTED)
            for step in range(STEPS):
                value = sample.value * (step + 1) if grows else sample.value
                yield f"{sample.name}{{{named}}} {value} {START + STEP * step}"


@contextmanager
def server(lines: Iterable[str], folder: Path) -> Iterator[str]:
    """The address of a Prometheus on loopback that holds these lines of OpenMetrics alone."""
    samples, settings = folder / "samples.txt", folder / "prometheus.yaml"
    samples.write_text("\n".join([*lines, "# EOF\n"]))
    settings.write_text("{}\n")
    made = run(
        *("promtool", "tsdb", "create-blocks-from", "openmetrics", str(samples)),
        str(folder / "data"),
    )
    assert made.returncode == 0, made.stdout + made.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [
            tool("prometheus"),
            f"--config.file={settings}",
            f"--storage.tsdb.path={folder / 'data'}",
            "--storage.tsdb.retention.time=100y",
            "--log.level=error",
            f"--web.listen-address={address}",
        ]
    )
    try:
        ready(f"http://{address}", process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait()


def ready(url: str, process: subprocess.Popen) -> None:
    """Wait until a server that was started here answers. Fails when it ends instead."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        try:
            with urllib.request.urlopen(f"{url}/-/ready", timeout=PATIENCE):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")


def asked(url: str, query: str) -> list[dict]:
    """The series of a query at the end of the two hours. Raises ValueError if it is no PromQL."""
    asking = urllib.parse.urlencode({"query": query, "time": END})
    try:
        with urllib.request.urlopen(f"{url}/api/v1/query?{asking}", timeout=PATIENCE) as answer:
            return list(json.load(answer)["data"]["result"])
    except urllib.error.HTTPError as error:
        raise ValueError(json.load(error)["error"]) from None
