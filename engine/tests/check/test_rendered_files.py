"""Dashboards and alerts in k8s/components are what the engine renders."""

import re
from pathlib import Path

import pytest
import yaml

from mainline.check import engine_files, rendered_files
from mainline.gateway import gateway_dashboard, metrics
from mainline.k8s import alert_file, grafana
from mainline.monitoring import model_alerts, model_dashboard, series

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("path", rendered_files.rendered(), ids=lambda it: it.name)
def test_the_committed_file_is_the_rendered_one(path):
    """After a change: `python -m mainline.check.engine_files` at the top."""
    assert (ROOT / path).read_text() == rendered_files.rendered()[path]


def test_every_dashboard_and_rule_of_the_components_is_rendered():
    components = ROOT / "k8s/components"
    found = {it for it in components.rglob("*") if it.suffix == ".json" or it.name == "alerts.yaml"}
    assert found == {ROOT / path for path in rendered_files.rendered()}


def test_an_edited_file_is_rendered_anew_before_its_hash_is_taken(project, monkeypatch, tmp_path):
    [path, *_] = rendered_files.rendered()
    (project / path).write_text("{}\n")
    monkeypatch.setattr(engine_files, "HASHES", tmp_path / "hashes.json")
    engine_files.made(project)
    assert (project / path).read_text() == rendered_files.rendered()[path]
    assert not [it for it in engine_files.files(project) if list(engine_files.as_shipped(it))]


def test_a_renamed_series_is_renamed_in_what_asks_for_it(monkeypatch):
    monkeypatch.setattr(series, "LAST_RUN", "mainline_monitor_newest_run")
    monkeypatch.setattr(metrics, "SCORE", "gateway_answer")
    asked = [model_dashboard.render(), model_alerts.render(), gateway_dashboard.render()]
    assert not re.search("last_run_timestamp|gateway_score", "".join(asked))
    assert "mainline_monitor_newest_run{" in asked[0]
    assert asked[1].count("mainline_monitor_newest_run") == 2
    assert "gateway_answer_bucket{" in asked[2]


def test_an_alert_is_the_same_after_yaml():
    summary = 'a "quoted" {{ $value }}: # no comment'
    made = alert_file.Alert("A", "up == 0\nor absent(up)", summary, "5m", ("Why.",))
    read = yaml.safe_load(alert_file.text("some", ("About.",), [made]))
    [group] = read["spec"]["groups"]
    assert (read["metadata"]["name"], group["name"]) == ("some", "some")
    assert group["rules"] == [
        {
            "alert": "A",
            "expr": "up == 0\nor absent(up)\n",
            "for": "5m",
            "labels": {"severity": "warning"},
            "annotations": {"summary": summary},
        }
    ]


def test_each_query_of_a_panel_has_a_letter_of_its_own():
    panel = grafana.Panel("P", (0, 0, 1, 1), [grafana.target("up"), grafana.target("down")])
    assert [it["refId"] for it in panel.as_json()["targets"]] == ["A", "B"]
