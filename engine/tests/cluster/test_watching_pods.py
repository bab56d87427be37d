"""The pods of the workflows `monitor` and `compact`, from clone to what they hand on."""

import base64
import gzip
import json
import random
import socket
import string
from dataclasses import replace
from pathlib import Path

import pytest

from mainline.cluster import handed_verdict, task_compact, task_retrain, task_watch
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.monitoring import monitor, verdict_page
from mainline.monitoring.finding import Finding, Verdict
from mainline.monitoring.verdict_outputs import PAGE
from mainline.monitoring.window import Window
from mainline.request_log.log_store import Store

GATEWAY = "k8s/settings/gateway/settings.yaml"
STORE = "log"  # in the home of a test
MODEL = {"name": "tiny", "environment": "production", "version": "7", "commit": "c" * 40}
VERDICT = Verdict(
    Window.parse("2026-11-22", "2026-11-28"),
    MODEL,
    {"rows": 1000},
    [Finding("drift", "drift.größe", "alarm", "größe moved.", 0.3, bar=0.1, rows=1000)],
)


@pytest.fixture
def watched(cluster, monkeypatch):
    """What `monitor.run` is called with; it writes VERDICT."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    seen: dict = {}

    def run(root: Path, **options: object) -> Verdict:
        seen.update(options, root=root)
        folder = Layout(root).monitor
        VERDICT.write(folder / monitor.FILE)
        verdict_page.write(VERDICT, folder / PAGE)
        return VERDICT

    monkeypatch.setattr(task_watch.monitor, "run", run)
    return seen


def watch(cluster, push: str = "", store: str = STORE) -> tuple[str, str]:
    """The commit and the verdict that the pod hands on."""
    files = {"commit_file": cluster.home / "commit", "verdict_file": cluster.home / "verdict"}
    about = {"revision": "main", "directory": Path(), "environment": "production"}
    task_watch.run(cluster.pod(), **about, store=str(cluster.home / store), push=push, **files)
    commit, verdict = (path.read_text() for path in files.values())
    return commit, verdict


def test_the_watch_hands_on_its_commit_and_the_verdict(cluster, watched, capsys):
    commit, verdict = watch(cluster)
    assert commit == cluster.tip("main")
    assert handed_verdict.unpacked(verdict) == VERDICT
    assert (watched["environment"], watched["store"]) == ("production", str(cluster.home / STORE))
    assert "push" not in watched
    assert watched["record"] is False  # the database would end with the pod
    assert watched["settings_file"] is None
    assert f"there is no {GATEWAY}: the defaults hold" in capsys.readouterr().out


def test_the_watch_goes_by_the_settings_of_the_commit(cluster, watched, monkeypatch):
    cluster.author.write(GATEWAY, "log: {retention_days: 7}\n")
    cluster.push(message="Settings")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow")
    watch(cluster)
    assert watched["settings_file"].read_text() == "log: {retention_days: 7}\n"
    assert watched["record"] is True


def test_the_page_outlives_the_pod_in_the_log_s_store(cluster, watched, capsys):
    for _ in range(2):
        watch(cluster)
    kept = cluster.home / STORE / "monitor/2026-11-28"
    assert sorted(it.name for it in kept.iterdir()) == [PAGE, monitor.FILE]
    assert Verdict.read(kept / monitor.FILE) == VERDICT
    assert "größe moved." in (kept / PAGE).read_text()
    assert f"kept      {kept / PAGE}" in capsys.readouterr().out
    assert Store(str(cluster.home / STORE)).days() == []  # it is no day of the log


def test_a_store_that_takes_no_page_is_said_and_stops_no_retraining(cluster, watched, capsys):
    (cluster.home / "file").write_text("")
    _, verdict = watch(cluster, store="file/log")
    assert handed_verdict.unpacked(verdict) == VERDICT
    said = capsys.readouterr()
    assert str(cluster.home / "file/log/monitor/2026-11-28") in said.err
    assert "kept" not in said.out


def test_a_pushgateway_that_is_down_is_said_and_stops_no_retraining(cluster, watched, capsys):
    with socket.socket() as silent:  # bound, and listens to nobody
        silent.bind(("127.0.0.1", 0))
        _, verdict = watch(cluster, push=f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert handed_verdict.unpacked(verdict) == VERDICT
    said = capsys.readouterr()
    assert "the Pushgateway did not take the series" in said.err
    assert "pushed" not in said.out


def test_the_verdict_is_there_before_the_series_are_pushed(cluster, watched, monkeypatch):
    seen = []

    def push(verdict, url, *, now):
        seen.append((verdict, url, (cluster.home / "verdict").read_text()))

    monkeypatch.setattr(task_watch.series, "push", push)
    watch(cluster, push="http://pushgateway:9091")
    assert seen == [(VERDICT, "http://pushgateway:9091", handed_verdict.packed(VERDICT))]


def test_a_verdict_is_one_short_line_that_a_pod_can_be_told():
    text = handed_verdict.packed(VERDICT)
    assert text.isascii()
    assert not set(text) & set(" \n{}'\"")
    assert text == handed_verdict.packed(VERDICT)


def test_a_verdict_of_a_thousand_figures_is_handed_on():
    many = [
        Finding("quality", f"quality.f1[a={number}]", "quiet", f"{number} says so.", number / 7)
        for number in range(1000)
    ]
    verdict = Verdict(VERDICT.window, MODEL, {}, many)
    text = handed_verdict.packed(verdict)
    assert handed_verdict.unpacked(text) == verdict
    assert len(text) < handed_verdict.MOST


def test_of_a_verdict_that_is_too_long_what_fires_is_handed_on():
    rng = random.Random(0)

    def noise(length: int) -> str:
        return "".join(rng.choices(string.ascii_letters, k=length))

    figure = Finding("quality", "quality.roc_auc", "quiet", "as it was.", 0.8, 0.78, 0.82, rows=900)
    moved = replace(VERDICT.findings[0], details={"bins": noise(2_000)})
    slices = [
        Finding("quality", f"quality.f1[a={place}]", status, noise(400), 0.3)
        for place, status in enumerate(["quiet", "alarm", "unknown"] * 300)
    ]
    verdict = replace(VERDICT, findings=[*slices, figure, moved])
    text = handed_verdict.packed(verdict)
    assert len(text) <= handed_verdict.MOST
    got = handed_verdict.unpacked(text)
    assert got.findings[:2] == [figure, replace(moved, details={})]
    assert got.status == "alarm"
    assert len(got.findings) > 50
    assert {each.status for each in got.findings[2:]} <= {"alarm", "unknown"}
    assert (got.window, got.model, got.counts) == (verdict.window, verdict.model, verdict.counts)


def test_details_go_before_findings(monkeypatch):
    found = [replace(VERDICT.findings[0], status="quiet", details={"a": list(range(5_000))})]
    monkeypatch.setattr(handed_verdict, "MOST", 1_000)
    got = handed_verdict.unpacked(handed_verdict.packed(replace(VERDICT, findings=found)))
    assert got.findings == [replace(found[0], details={})]


def test_a_verdict_that_is_too_long_without_findings_is_one_line(monkeypatch):
    monkeypatch.setattr(handed_verdict, "MOST", 100)
    with pytest.raises(MainlineError, match=r"the verdict has \d+ characters without any finding"):
        handed_verdict.packed(VERDICT)


def test_what_unpacks_to_gigabytes_is_not_unpacked():
    """A few kilobytes of gzip can hold a million times as much."""
    bomb = base64.b64encode(gzip.compress(b" " * 3 * handed_verdict.MOST_JSON)).decode()
    assert len(bomb) < handed_verdict.MOST
    with pytest.raises(MainlineError, match="it has more than 8,000,000 bytes") as error:
        handed_verdict.unpacked(bomb)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read"),
        ("not base64", "cannot be read"),
        (base64.b64encode(b"{}").decode(), "cannot be read"),
        (base64.b64encode(gzip.compress(b"{", mtime=0)).decode(), "cannot be read"),
        (
            base64.b64encode(gzip.compress(json.dumps({"format": 9}).encode(), mtime=0)).decode(),
            "no verdict",
        ),
        (
            base64.b64encode(gzip.compress(b"{}", mtime=0)[:10] + b"\xff" * 9).decode(),
            "cannot be read",
        ),
        (base64.b64encode(gzip.compress(bytes(1000), mtime=0)[:-9]).decode(), "cannot be read"),
    ],
)
def test_what_is_no_verdict_is_one_line(cluster, text, said):
    with pytest.raises(MainlineError, match=said) as error:
        task_retrain.run(cluster.pod(), revision="main", directory=Path(), verdict=text)
    assert str(error.value).startswith("--verdict: ")


def test_a_retraining_is_asked_for_by_the_verdict_at_its_commit(cluster, monkeypatch):
    seen: dict = {}
    monkeypatch.setattr(
        task_retrain.retrain, "run", lambda root, **options: seen.update(options, root=root)
    )
    commit, pod = cluster.tip("main"), cluster.pod()
    text = handed_verdict.packed(VERDICT)
    task_retrain.run(pod, revision=commit, directory=Path(), verdict=text)
    assert Verdict.read(seen["from_verdict"]) == VERDICT
    assert seen["dispatch"] is True
    assert Layout(seen["root"]).pipeline.is_file()


TRIGGER = "\nmonitoring:\n  triggers: {drift: {psi: 0.25, min_rows: 100}}\n"


@pytest.mark.parametrize(("psi", "started"), [(0.3, 1), (0.2, 0)])
def test_only_a_verdict_that_fires_a_trigger_starts_retrain_yml(cluster, psi, started):
    params = cluster.author.root / Layout.params
    cluster.author.write(Layout.params, params.read_text() + TRIGGER)
    commit = cluster.push(message="A trigger")
    finding = replace(VERDICT.findings[0], value=psi)
    verdict = replace(VERDICT, model=MODEL | {"name": "small"}, findings=[finding])
    text = handed_verdict.packed(verdict)
    task_retrain.run(cluster.pod(), revision=commit, directory=Path(), verdict=text)
    assert len(cluster.github.dispatched) == started
    for file, body in cluster.github.dispatched:
        assert (file, body["ref"]) == ("retrain.yml", "main")
        assert body["inputs"]["trigger"] == "drift"
        assert "größe" in body["inputs"]["reason"]
        evidence = json.loads(body["inputs"]["evidence"])
        assert evidence["window"] == verdict.window.as_json()
        assert [it["name"] for it in evidence["findings"]] == [finding.name]


def test_the_log_is_tidied_by_the_settings_of_the_commit(cluster, tmp_path, capsys):
    old = tmp_path / "store/day=2020-01-01/hour=05"
    old.mkdir(parents=True)
    (old / "a.parquet").write_bytes(b"")
    cluster.author.write(GATEWAY, "log: {retention_days: 400}\n")
    cluster.push(message="Settings")
    file = tmp_path / "commit"
    about = {"revision": "main", "directory": Path(), "store": str(tmp_path / "store")}
    task_compact.run(cluster.pod(), **about, commit_file=file)
    assert not old.exists()
    assert "day=2020-01-01: deleted, older than 400 days" in capsys.readouterr().out
    assert file.read_text() == cluster.tip("main")
