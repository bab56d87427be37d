"""An output folder holds whole files of one set of scores, after any end of any run."""

import os
import resource
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from scored import manifests, names, table

from mainline.core.errors import DataError
from mainline.process.outage import outage
from mainline.scoring import manifest, score
from mainline.scoring.scores import BatchScorer

WHOLE = ["_part-0001-of-0001.json", "part-0001-of-0001.parquet"]


@pytest.fixture
def scored(monkeypatch):
    """The batches that were scored since the test began."""
    calls, real = [], BatchScorer.score
    monkeypatch.setattr(BatchScorer, "score", lambda *of: calls.append(1) or real(*of))
    return calls


@pytest.fixture
def other(run, picky, tmp_path):
    """A function: another model's scores of a partition."""
    rows = {"who": ["a", "b"], "age": 1.0, "plan": ["1", "2"]}
    pd.DataFrame(rows).to_parquet(tmp_path / "other.parquet", row_group_size=1)
    return lambda into, **options: run(tmp_path / "other.parquet", into, picky, **options)


def test_a_finished_partition_is_not_scored_again(run, scored, capsys):
    folder = run(partition="1/2")
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    capsys.readouterr()
    del scored[:]
    run(partition="1/2")
    assert capsys.readouterr().out == (
        "score     1/2 is finished: part-0001-of-0002.parquet and its manifest are there\n"
    )
    assert not scored
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    run(partition="2/2")
    assert scored


@pytest.mark.parametrize("lost", WHOLE)
def test_a_partition_without_one_of_its_files_is_scored(run, lost):
    folder = run()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / lost).unlink()
    run()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_other_content_at_the_same_names_is_refused(run, other, tmp_path):
    folder = other(tmp_path / "scores")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(DataError) as raised:
        run()
    said = str(raised.value)
    assert "scores/part-0001-of-0001.parquet: holds other scores: model.name is picky," in said
    assert "model.version is" in said
    assert "input.content is" in said
    assert "partition.rows is 2, not 300" in said
    assert said.endswith("Choose another OUTPUT, or remove the files that are there.")
    (folder / WHOLE[1]).unlink()
    with pytest.raises(DataError, match=r"_part-0001-of-0001.json: holds other scores"):
        run()
    assert {path: path.read_bytes() for path in folder.iterdir()} == {
        path: before[path] for path in folder.iterdir()
    }


def test_other_partitions_of_another_model_or_division_are_refused(run, other, tmp_path):
    other(tmp_path / "scores", partition="1/2")
    with pytest.raises(DataError, match=r"_part-0001-of-0002.json: holds other scores: model.name"):
        run(partition="2/2")
    with pytest.raises(DataError, match="is one of 2 partitions; this run makes 3"):
        run(partition="3/3")


@pytest.mark.parametrize("text", ["{", "[]", "{}", "\0"])
def test_files_of_another_program_are_not_replaced(run, tmp_path, text):
    folder = tmp_path / "scores"
    folder.mkdir()
    (folder / WHOLE[0]).write_text(text)
    with pytest.raises(DataError, match="`mainline score` did not write this file"):
        run()
    (folder / WHOLE[0]).unlink()
    pq.write_table(
        pq.read_table(run(into=tmp_path / "x")).replace_schema_metadata(), folder / WHOLE[1]
    )
    with pytest.raises(DataError, match="`mainline score` did not write this file"):
        run()
    (folder / WHOLE[1]).write_text(text)
    with pytest.raises(DataError, match=r"part-0001-of-0001.parquet: "):
        run()
    assert (folder / WHOLE[1]).read_text() == text


def test_two_runs_at_once_write_the_same_bytes(run, tmp_path):
    alone = run(into=tmp_path / "alone")
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: run(), range(3)))
    for name in WHOLE:
        assert (tmp_path / "scores" / name).read_bytes() == (alone / name).read_bytes()
    assert names(tmp_path / "scores") == WHOLE


@pytest.mark.parametrize(
    ("theirs", "found"),
    [("1/2", "_part-0001-of-0002.json"), ("2/2", "part-0002-of-0002.parquet")],
)
def test_scores_that_another_run_puts_there_meanwhile_are_an_error(
    run, other, tmp_path, monkeypatch, theirs, found
):
    real, calls = manifest.text, []

    def meanwhile(*of):
        calls.append(1)
        if len(calls) == 2:  # the scores are there, the manifest is not
            other(tmp_path / "scores", partition=theirs)
        return real(*of)

    check = score.Output.finished
    with monkeypatch.context() as patch:
        patch.setattr(manifest, "text", meanwhile)
        patch.setattr(score.Output, "finished", lambda *of: check(*of) if len(calls) == 4 else None)
        with pytest.raises(DataError, match=rf"/{found}: holds other scores: model.name is picky"):
            run(partition="2/2")


def test_what_another_run_finished_meanwhile_stays(run, other, tmp_path, monkeypatch):
    real, folder = BatchScorer.score, tmp_path / "scores"
    theirs: list[bytes] = []

    def meanwhile(*of):
        monkeypatch.setattr(BatchScorer, "score", real)
        other(folder)
        theirs.extend((folder / name).read_bytes() for name in WHOLE)
        return real(*of)

    monkeypatch.setattr(BatchScorer, "score", meanwhile)
    with pytest.raises(DataError, match=r"holds other scores: model.name is "):
        run()
    assert names(folder) == WHOLE
    assert [(folder / name).read_bytes() for name in WHOLE] == theirs


def test_an_error_leaves_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setattr(score, "BATCH", 20)
    real, calls = BatchScorer.score, []

    def fails(*of):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*of)

    monkeypatch.setattr(BatchScorer, "score", fails)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert names(tmp_path / "scores") == []


def test_a_full_disk_leaves_nothing_and_keeps_its_name(run, tmp_path, monkeypatch):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def loaded(*asked):
        """The model is there; from now on no file may grow."""
        found = BatchScorer(*asked)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        return found

    monkeypatch.setattr(score, "BatchScorer", loaded)
    try:
        with pytest.raises(OSError, match="File too large") as raised:
            run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "part-0001-of-0001.parquet: File too large." in str(outage(raised.value))
    assert names(tmp_path / "scores") == []


def test_a_killed_run_leaves_temporary_files_alone_and_the_next_one_is_whole(
    run, tiny_run, frame, tmp_path
):
    source, folder, root = tmp_path / "many.parquet", tmp_path / "scores", tmp_path / "root"
    many = pd.concat([frame] * 1000)
    many.to_parquet(source, row_group_size=30_000)
    shutil.copytree(tiny_run, root)
    (root / "dvc.yaml").touch()
    line = [sys.executable, "-m", "mainline.cli.main", "score", str(source), str(folder)]
    with subprocess.Popen(line, cwd=root, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not (folder.exists() and names(folder)):
            time.sleep(0.001)
        process.kill()
    assert process.returncode == -9
    [left] = names(folder)
    assert left.startswith(".part-0001-of-0001.parquet.")
    run(source)
    assert names(folder) == [left, *WHOLE]  # it could belong to a run on another machine
    assert table(folder)["who"].to_pylist() == many["who"].tolist()
    (folder / WHOLE[0]).unlink()
    hours_ago = time.time() - 2 * 3600
    os.utime(folder / left, (hours_ago, hours_ago))
    run(source)
    assert names(folder) == WHOLE
    assert manifests(folder)[0]["partition"]["rows"] == len(many)


def test_the_command_line_exits_with_1_and_one_line(tiny_run, rows, tmp_path):
    root = Path(shutil.copytree(tiny_run, tmp_path / "root"))
    (root / "dvc.yaml").touch()
    line = [sys.executable, "-m", "mainline.cli.main", "score", str(rows), "out"]
    done = subprocess.run(
        [*line, "--partition", "7/6"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "score: --partition '7/6' is no share of the input. Expected k/n with 1 <= k <= n <= 9999, "
        "as 3/16.\n"
    )
