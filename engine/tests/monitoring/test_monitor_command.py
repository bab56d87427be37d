"""The command `monitor` in a project with a champion: the verdict, and one line for bad input."""

import json
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest
from logged_window import DAY, rows, write

from mainline.core.errors import MainlineError, SettingsError
from mainline.core.layout import Layout
from mainline.monitoring import monitor
from mainline.monitoring.finding import Verdict
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.monitoring.window import Window
from mainline.release.release_file import Release
from mainline.request_log.settings import STORE

MODEL = {"name": "small", "environment": "staging", "version": "7", "commit": "c"}
LIGHT = """
import sys
import mainline.monitoring.monitor
slow = {"tensorflow", "duckdb", "mlflow", "evidently", "dvc"}
print(*sorted(slow & sys.modules.keys()))
"""


def log(project, day=DAY, **others):
    """Write the table's own rows into the log; `others` replace columns."""
    table = pd.read_parquet(Layout(project.root).table)
    watched = Watched.of(project.root)
    scores = others.pop("scores", 0.1)
    changes = others.pop("inputs", {})
    plain = {"version": watched.version, "entity": table[watched.table.entity].tolist()}
    inputs = table[watched.table.features].assign(**changes)
    write(project.root / STORE, rows(inputs, day=day, score=scores, **(plain | others)))


def named(verdict, kind):
    return {each.name: each for each in verdict.of_kind(kind)}


def test_the_verdict_is_written_and_printed(project, capsys):
    log(project)
    found = monitor.run(project.root, record=False, as_of="2026-07-07")
    path = Layout(project.root).monitor / "verdict.json"
    assert Verdict.read(path) == found
    assert str(found.window) == "2026-06-30 to 2026-07-06"
    assert found.model == {
        "name": "small",
        "environment": "staging",
        "version": Release.read(project.root).version,
        "commit": project.git("rev-parse", "main").strip(),
    }
    assert found.counts["rows"] == found.counts["requests"] > 1000
    assert found.counts["entities"] < found.counts["rows"]
    assert {each.status for each in found.of_kind("drift", "service")} == {"quiet"}
    assert named(found, "prediction")["prediction.scores"].status == "alarm"  # all are 0.1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(
        f"small {found.model['version']} in staging, 2026-06-30 to 2026-07-06"
    )
    assert said[1].startswith("alarm   scores has drifted")
    assert "verdict: alarm" in said
    assert project.git("status", "--porcelain", str(Layout.monitor)) == ""


def test_the_reference_is_what_the_release_was_made_of(project):
    reference = Reference(Watched.of(project.root))
    test = pd.read_parquet(Layout(project.root).split / "test.parquet")
    pd.testing.assert_frame_equal(reference.test.reset_index(drop=True), test)
    assert reference.scores.shape == (len(test),)
    assert reference.figures["rows"] == len(test)


def test_without_the_model_s_bytes_the_inputs_are_watched_all_the_same(project, monkeypatch):
    log(project)
    gone = [path for path in (project.root / ".dvc/cache/files").rglob("*") if path.is_file()]
    for path in gone:
        if path.read_bytes()[:4] != b"PAR1":
            path.unlink()
    found = monitor.run(project.root)
    assert len(named(found, "drift")) == 10
    assert {each.status for each in found.of_kind("drift")} == {"quiet"}
    of = named(found, "prediction")["prediction.computed"]
    assert of.status == found.status == "unknown"
    assert "neither in the DVC cache nor in a remote" in of.sentence


def test_without_the_table_there_is_no_drift_but_latency(project):
    log(project)
    for path in (project.root / ".dvc/cache/files").rglob("*"):
        if path.is_file():
            path.unlink()
    found = monitor.run(project.root)
    assert named(found, "drift")["drift.computed"].status == "unknown"
    assert "service.p99_ms[main]" in named(found, "service")


def test_the_window_that_is_asked_for(project):
    for day in ("2026-07-01", "2026-07-03", "2026-07-05"):
        log(project, day)
    window = {"first": "2026-07-02", "last": "2026-07-04"}
    assert monitor.run(project.root, **window).window.as_json() == {
        "from": "2026-07-02",
        "to": "2026-07-04",
    }
    assert str(monitor.run(project.root, first="2026-07-04").window) == "2026-07-04 to 2026-07-05"
    assert str(monitor.run(project.root, last="2026-07-03").window) == "2026-06-27 to 2026-07-03"
    assert str(monitor.run(project.root, as_of="2026-07-05").window) == "2026-06-27 to 2026-07-03"


def test_a_log_that_has_ended_is_said_where_the_window_is_the_log_s_end(project, monkeypatch):
    log(project)
    monkeypatch.setattr(
        monitor, "judged", lambda _, __, table, ___: Verdict(table.window, MODEL, {}, [])
    )
    monkeypatch.setattr(monitor, "with_labels", lambda verdict, *_: verdict)
    monkeypatch.setattr(monitor, "told", lambda _: "")
    monkeypatch.setattr(monitor.verdict_outputs, "write", lambda *_, **__: None)

    def said(**options):
        return [each.sentence for each in monitor.run(project.root, **options).findings]

    assert said(as_of="2026-07-07") == said(as_of=DAY) == said(last=DAY, as_of="2026-09-01") == []
    for options in ({}, {"first": "2026-07-01"}):
        [sentence] = said(as_of="2026-07-09", **options)
        assert sentence.startswith(
            "the log has no row after 2026-07-06, and yesterday was 2026-07-08"
        )


def test_copies_are_no_rows_no_requests_and_no_errors(project):
    log(project)
    plain = pd.read_parquet(next((project.root / STORE).rglob("*.parquet")))
    log(project, "2026-07-05", arm="shadow", status=500, entity="a copy")
    with LogTable.opened(
        str(project.root / STORE), Window.ending(date.fromisoformat(DAY), 7)
    ) as table:
        counts = monitor._counts(Watched.of(project.root), table)
    assert counts["rows"] == counts["requests"] == len(plain)
    assert counts["errors"] == 0
    assert counts["entities"] == plain["entity"].nunique()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(
            {"first": "2026-07-09", "last": "2026-07-01"}, "begins on 2026-07-09", id="order"
        ),
        pytest.param({"last": "tomorrow"}, "--to: a day is written as", id="no day"),
        pytest.param({"as_of": "1.7.2026"}, "--as-of: a day is written as", id="no day to be"),
        pytest.param({"first": "2027-01-01"}, "begins on 2027-01-01", id="after the log"),
    ],
)
def test_a_wrong_window_is_one_line(project, options, said):
    log(project)
    with pytest.raises(SettingsError, match=said) as error:
        monitor.run(project.root, **options)
    assert "\n" not in str(error.value)


def test_the_log_of_another_model_is_one_line(project):
    log(project, version="123")
    with pytest.raises(MainlineError, match=r"log of another model: .* most are of version 123"):
        monitor.run(project.root)


def test_no_log_yet_is_one_line(project):
    with pytest.raises(MainlineError, match=r"reports/requests: no prediction is logged yet\."):
        monitor.run(project.root)


def test_without_a_release_there_is_nothing_to_watch(unreleased):
    with pytest.raises(MainlineError, match="main has released no model to production or staging"):
        monitor.run(unreleased.root)


def test_production_is_watched_when_it_has_a_release_and_its_own_commit_made_it(project):
    first = Watched.of(project.root)
    path = Layout(project.root).release
    production = project.root / Layout.overlays / "production/release.yaml"
    production.parent.mkdir(parents=True, exist_ok=True)
    production.write_text(path.read_text())
    project.merge("Promotion")
    project.retrain(**{"train.seed": 42})
    project.merge("Another model")
    found = Watched.of(project.root)
    assert (found.environment, found.version) == ("production", first.version)
    assert found.champion.commit == first.champion.commit
    staging = Watched.of(project.root, "staging")
    assert staging.version != found.version
    assert found.known == {first.version, staging.version}


def test_an_unknown_environment_is_one_line(project):
    with pytest.raises(MainlineError, match="there is no environment 'paris'"):
        Watched.of(project.root, "paris")


def test_what_is_monitored_can_be_set(project):
    log(project, scores=0.9)
    project.set(monitoring={"window_days": 2, "prediction": {"psi": 50.0, "mean": 0.95}})
    found = monitor.run(project.root)
    assert str(found.window) == "2026-07-05 to 2026-07-06"
    assert named(found, "prediction")["prediction.scores"].status == "quiet"


def test_the_settings_of_the_log_say_what_it_leaves_out(project, tmp_path):
    settings = tmp_path / "gateway.yaml"
    settings.write_text(f"log: {{leave_out: [age], store: {project.root / STORE}}}\n")
    log(project)
    path = next((project.root / STORE).rglob("*.parquet"))
    pd.read_parquet(path).drop(columns="input_age").to_parquet(path)
    found = named(monitor.run(project.root, settings_file=settings), "drift")["drift.age"]
    assert (found.status, found.sentence) == (
        "quiet",
        "age is left out of the log by its settings.",
    )


def test_the_command_loads_nothing_that_is_slow_before_it_is_needed():
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_equal_windows_have_equal_bytes(project):
    log(project)
    texts = []
    for place in ("a", "b"):
        monitor.run(project.root, out=project.root / place)
        texts.append((project.root / place / "verdict.json").read_bytes())
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["status"] == "alarm"
