"""Every outcome of `reproduce`, with a pipeline of shell scripts that DVC runs for real."""

import re
import tempfile
from pathlib import Path

import pytest

from mainline.cli import main as cli
from mainline.proposal import machine
from mainline.proposal.machine import Machine
from repository import commit


def said(capfd, *arguments: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = cli.main(["reproduce", *arguments])
    return code, *capfd.readouterr()


def everything(root: Path) -> dict[str, bytes]:
    """Checkout, cache and git's own configuration."""
    kept = [path for path in root.rglob("*") if path.is_file() and ".dvc/tmp" not in str(path)]
    return {str(path): path.read_bytes() for path in kept}


def test_the_same_bytes_are_said_with_both_machines(tiny, capfd, monkeypatch, tmp_path):
    made = tiny.release()
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    code, out, err = said(capfd)
    assert code == 0, err
    assert "Reproduced, byte for byte: staging's release, version " in out
    assert "Running stage 'ingest'" in out
    assert "Running stage 'train'" in out
    assert "read from the source again" in out
    assert Machine.parse(tiny.git.trailer(made, "Trained-on")).device in out
    text = summary.read_text()
    assert text.startswith("## ✅ Reproduced, byte for byte")
    assert text.count("| same |") == 6
    assert "differs" not in text


def test_nothing_of_this_person_is_touched_and_nothing_is_left(
    tiny, capfd, in_process, tmp_path, monkeypatch
):
    tiny.release()
    tiny.write("notes.txt", "not committed")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = everything(tiny.root)
    for source_there in (True, False):
        if not source_there:
            tiny.source.unlink()
        assert said(capfd)[0] == 0
        assert everything(tiny.root) == before
        assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_nothing_is_left_when_it_is_stopped(tiny, capfd, in_process, tmp_path, monkeypatch, stop):
    tiny.release()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    def stopped(*_):
        assert list(scratch.iterdir())
        raise stop

    monkeypatch.setattr("mainline.reproduce.reproduce.compare", stopped)
    assert said(capfd)[0] == (130 if stop is KeyboardInterrupt else 1)
    assert list(scratch.iterdir()) == []


def test_other_bytes_on_the_same_machine_are_a_failure(tiny, capfd, in_process, monkeypatch):
    tiny.release()
    monkeypatch.setenv("NOISE", "x")
    code, out, _ = said(capfd)
    assert code == 1
    assert "NOT reproduced" in out
    assert "Other bytes on the same CPU class and Python" in out
    assert re.search(r"other bytes\s+dist/model$", out, re.MULTILINE)


def test_other_bytes_on_another_machine_are_explained(tiny, capfd, in_process, monkeypatch):
    tiny.release()
    monkeypatch.setattr(machine, "_cpu", lambda: "CPU other")
    monkeypatch.setenv("NOISE", "x")
    code, out, _ = said(capfd)
    assert code == 0
    assert "Reproduced within tolerance, as on another machine" in out
    assert re.search(r"CPU class\s+CPU other\n\s+committed: CPU ", out)


def test_another_machine_explains_no_other_figures(tiny, capfd, in_process, monkeypatch):
    tiny.release()
    monkeypatch.setattr(machine, "_cpu", lambda: "CPU other")
    monkeypatch.setenv("AUC", "0.79")
    code, out, _ = said(capfd)
    assert code == 1
    assert "model.roc_auc is committed as 0.8, computed as 0.79" in out


@pytest.mark.parametrize("trailer", ["", "Trained-on: CPU x, Python 3.11, lock 0", "Trained-on: x"])
def test_where_no_machine_is_on_record_figures_have_to_do(
    tiny, capfd, in_process, monkeypatch, trailer
):
    tiny.release(recorded=False)
    if trailer:  # of another lock, or of no kind that is known
        tiny.git.run("commit", "--quiet", "--amend", "-m", f"Model\n\n{trailer}")
    monkeypatch.setenv("NOISE", "x")
    code, out, _ = said(capfd)
    assert code == 0
    assert "what machine it should be is not recorded" in out
    monkeypatch.setenv("AUC", "0.79")
    assert said(capfd)[0] == 1


@pytest.mark.parametrize("auc", ["null", '"high"'])
def test_a_figure_that_is_no_number_is_a_failure(tiny, capfd, in_process, monkeypatch, auc):
    tiny.release(recorded=False)
    monkeypatch.setenv("AUC", auc)
    code, out, _ = said(capfd)
    assert code == 1
    assert "the figures differ" in out


def test_a_lock_whose_figures_were_edited_is_a_failure(tiny, capfd, in_process):
    tiny.release()
    path = tiny.root / "metrics/evaluation.json"
    path.write_text(path.read_text().replace("0.8", "0.9"))
    commit(tiny.git, "Better")
    code, out, _ = said(capfd, "HEAD")
    assert code == 1
    assert "the figures differ" in out
    assert "model.roc_auc is committed as 0.9, computed as 0.8" in out
