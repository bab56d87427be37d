"""What `mainline monitor` writes besides the verdict, and that the push comes last."""

import pytest
from verdicts_of_windows import VERDICT

from mainline.core.errors import MainlineError
from mainline.monitoring import mlflow_window, verdict_outputs


@pytest.fixture
def recorded(monkeypatch):
    """The files that were handed to MLflow."""
    seen: list[str] = []

    def record(_root, _verdict, files) -> str:
        seen.extend(path.name for path in files)
        return "recorded"

    monkeypatch.setattr(mlflow_window, "record", record)
    return seen


def test_the_page_and_the_run_are_written_and_series_only_when_asked_for(
    tmp_path, recorded, capsys
):
    folder = tmp_path / "monitor"
    VERDICT.write(folder / "verdict.json")
    verdict_outputs.write(tmp_path, VERDICT, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["page.md", "verdict.json"]
    assert recorded == ["page.md", "verdict.json"]
    said = capsys.readouterr().out
    assert said.splitlines() == [f"page      {folder / 'page.md'}", "record    recorded"]


def test_no_run_is_written_when_nobody_keeps_it(tmp_path, recorded):
    verdict_outputs.write(tmp_path, VERDICT, tmp_path / "monitor", record=False)
    assert recorded == []


def test_a_pushgateway_that_is_not_there_leaves_everything_else(tmp_path, recorded):
    textfile = tmp_path / "node" / "monitor.prom"
    with pytest.raises(MainlineError, match="did not take the series"):
        verdict_outputs.write(
            tmp_path,
            VERDICT,
            tmp_path / "monitor",
            textfile=textfile,
            push="http://127.0.0.1:9",
        )
    assert "mainline_monitor_status" in textfile.read_text()
    assert recorded == ["page.md"]
