"""The series of a verdict: as Prometheus reads a textfile, and as a Pushgateway gets them."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from prometheus_client.parser import text_string_to_metric_families
from verdicts_of_windows import FOUND, MODEL, VERDICT, WINDOW, of

from mainline.core.errors import MainlineError
from mainline.monitoring import series
from mainline.monitoring.finding import Finding

NOW = 1_795_000_000.0
WATCHED = {"model": "churn", "environment": "production"}


def samples(text: str) -> dict[tuple[str, ...], float]:
    """By name and the labels' values, without model and environment, which all have."""
    found = {}
    for family in text_string_to_metric_families(text):
        for it in family.samples:
            assert it.labels.items() >= WATCHED.items()
            own = [value for key, value in it.labels.items() if key not in WATCHED]
            found[it.name.removeprefix("mainline_monitor_"), *own] = it.value
    return found


@pytest.fixture(scope="module")
def found():
    return samples(series.text(VERDICT, now=NOW))


def test_the_state_of_each_figure_is_a_number(found):
    states = {key[1:]: value for key, value in found.items() if key[0] == "status"}
    assert len(states) == len(FOUND)
    assert states["drift", "drift.income"] == 2
    assert states["concept", "concept.loss"] == 1
    assert states["drift", "drift.age"] == 0


def test_figures_have_their_value_interval_and_bar(found):
    figure = ("quality", "quality.roc_auc[gender=male]")
    named = {name: found[name, *figure] for name in ("value", "low", "high", "bar")}
    assert named == {"value": 0.7412, "low": 0.7203, "high": 0.7611, "bar": 0.8}


def test_a_figure_that_is_not_there_has_no_series(found):
    assert ("value", "concept", "concept.loss") not in found
    nan = Finding("drift", "drift.x", "unknown", "No number.", float("nan"), bar=float("inf"))
    kept = samples(series.text(of(nan), now=NOW))
    assert ("status", "drift", "drift.x") in kept
    assert not {("value", "drift", "drift.x"), ("bar", "drift", "drift.x")} & kept.keys()


def test_counts_version_and_times(found):
    assert found["window_size", "rows"] == 104_230
    assert found["version_info", MODEL["version"]] == 1
    assert found["last_run_timestamp_seconds",] == NOW
    assert found["window_end_timestamp_seconds",] == WINDOW.end.timestamp()


def test_names_of_columns_cannot_break_the_format():
    bad = Finding("drift", 'drift.a"b\n} 1\nup 1', "alarm", "…", 1.0)
    [found] = [it for it in samples(series.text(of(bad), now=NOW)) if it[0] == "value"]
    assert found[2] == bad.name


def test_a_textfile_is_whole(tmp_path):
    path = tmp_path / "textfile" / "monitor.prom"
    series.write(VERDICT, path, now=NOW)
    assert path.read_text() == series.text(VERDICT, now=NOW)
    assert [it.name for it in path.parent.iterdir()] == ["monitor.prom"]


class Pushgateway(BaseHTTPRequestHandler):
    """Answers `status`, and keeps what it got."""

    status = 200

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((self.path, body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def pushgateway():
    server = HTTPServer(("127.0.0.1", 0), type("Handler", (Pushgateway,), {}))
    server.got = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def url(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_a_push_replaces_the_group_of_this_model_and_environment(pushgateway):
    series.push(VERDICT, url(pushgateway), now=NOW)
    [(path, body)] = pushgateway.got
    assert path == "/metrics/job/mainline_monitor/environment/production/model/churn"
    assert samples(body) == samples(series.text(VERDICT, now=NOW))


def test_a_pushgateway_that_refuses_is_one_line(pushgateway):
    pushgateway.RequestHandlerClass.status = 400
    with pytest.raises(MainlineError, match=r"did not take the series: HTTP Error 400") as error:
        series.push(VERDICT, url(pushgateway), now=NOW)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "ftp://127.0.0.1:9", "http://[::1"])
def test_a_pushgateway_that_is_not_there_is_one_line(address):
    with pytest.raises(MainlineError, match="the Pushgateway did not take the series") as error:
        series.push(VERDICT, address, now=NOW)
    assert str(error.value).startswith(f"{address}: ")
