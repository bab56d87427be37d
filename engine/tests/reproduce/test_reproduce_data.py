"""Where the rows come from when a model is made again."""

import shutil
from pathlib import Path

import pytest

from mainline.cli import main as cli
from mainline.core.layout import Layout

BATCH = "data/kept/one.csv"


def said(capfd, *arguments: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = cli.main(["reproduce", *arguments])
    return code, *capfd.readouterr()


@pytest.mark.parametrize("remote", [False, True], ids=["cache", "remote"])
@pytest.mark.parametrize("change", ["gone", "other"])
def test_a_source_that_fails_or_changed_is_said_and_the_copy_taken(
    tiny, capfd, in_process, tmp_path, change, remote
):
    tiny.release()
    if remote:
        tiny.dvc("remote", "add", "--quiet", "--default", "store", str(tmp_path / "store"))
        tiny.dvc("push", "--quiet")
        shutil.rmtree(tiny.root / ".dvc/cache")
    tiny.source.unlink() if change == "gone" else tiny.source.write_text("other rows\n")
    code, out, err = said(capfd)
    assert code == 0, err
    assert "Reproduced, byte for byte" in out
    why = {"gone": "the source could not be read", "other": "the source gives other rows today"}
    assert f"taken by content ({why[change]})" in out


@pytest.mark.parametrize("there", [True, False])
def test_batches_that_dvc_tracks_are_brought(tiny, capfd, in_process, there):
    tiny.write("data/kept/one.csv", "rows\n")
    tiny.dvc("add", "--quiet", "data/kept")
    tiny.write("ingest.sh", (tiny.root / "ingest.sh").read_text().replace('"$SOURCE"', BATCH))
    tiny.release()
    if not there:
        listing = tiny.git.show("HEAD", Path("data/kept.dvc")).split("md5: ")[1].split()[0]
        (tiny.root / ".dvc/cache/files/md5" / listing[:2] / listing[2:]).unlink()
    code, out, err = said(capfd)
    assert code == 0, err
    assert "Reproduced, byte for byte" in out
    assert ("read again from data/kept" in out) == there
    assert ("taken by content (the source could not be read)" in out) != there


def test_data_out_of_reach_is_said(tiny, capfd, in_process):
    tiny.release()
    tiny.source.unlink()
    shutil.rmtree(tiny.root / ".dvc/cache")
    code, _, err = said(capfd)
    assert code == 1
    assert "the source could not be read, and no copy of what was trained on is in reach" in err
    assert "data/table.parquet" in err


def test_a_damaged_copy_is_not_trained_on(tiny, capfd, in_process):
    tiny.release()
    tiny.source.unlink()
    for path in (tiny.root / ".dvc/cache/files").rglob("*"):
        if path.is_file() and path.read_text() == "rows\n":
            path.chmod(0o644)
            path.write_text("others\n")
    code, _, err = said(capfd)
    assert code == 1
    assert "the copy of data/table.parquet that DVC has is damaged" in err


def test_nothing_is_taken_from_a_cache_in_place_of_a_training(tiny, capfd):
    """Neither from the cache of this person's settings, nor from its run cache."""
    tiny.release()
    out = said(capfd)[1]
    assert "is cached" not in out
    assert out.count("Running stage") == 2


def test_a_stage_that_fails_is_said(tiny, capfd, monkeypatch):
    tiny.release()
    monkeypatch.setenv("NOISE", "%")
    tiny.write("train.sh", "exit 3\n")
    tiny.git.run("commit", "-qam", "Broken")
    code, _, err = said(capfd, "HEAD")
    assert code == 1
    assert "stopped at the error above" in err
    assert "Traceback" not in err


def test_a_pipeline_without_a_table_is_said(tiny, capfd, in_process):
    tiny.release()
    text = Layout(tiny.root).pipeline.read_text()
    tiny.write(Layout.pipeline, text.replace("data/table.parquet", "data/rows.parquet"))
    tiny.git.run("commit", "-qam", "Renamed")
    assert "makes data/table.parquet" in said(capfd, "HEAD")[2]
