"""Scores are the server's, in the input's order, in one partition or in many."""

from contextlib import closing

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scored import manifests, names, table

from mainline.release.release_file import Release
from mainline.scoring import score
from mainline.scoring.partition import Partition
from mainline.serving.client import RestClient
from mainline.serving.embedded import serving
from mainline.serving.served import Served
from mainline.serving.staged import golden

FEATURES = ["age", "income", "city", "plan"]


@pytest.fixture(params=["binary", "multiclass", "regression"])
def task_root(request, tiny_run, task_run):
    return tiny_run if request.param == "binary" else task_run[request.param]


def test_a_row_gets_the_score_that_the_server_gives(task_root, run, rows, frame):
    release = Release.read(task_root)
    found = table(run(root=task_root)).to_pandas()
    asked = frame[FEATURES].astype(object)
    asked["plan"] = asked["plan"].fillna("")
    records = asked.where(asked.notna(), None).to_dict("records")
    model = task_root / "dist/model"
    with (
        serving(Served(model, "tiny", int(release.version))) as server,
        closing(RestClient(server.rest, "tiny")) as client,
    ):
        answer = client.predict(records)
    within = golden(model).within
    scores = np.array(found["score"].tolist())
    assert np.abs(scores - np.array(answer.scores)).max() <= within
    assert ("label" in found) is bool(answer.labels)
    assert found.get("label", pd.Series()).tolist() == answer.labels
    assert (found["model_version"] == int(release.version)).all()
    assert found["error"].isna().all()


def test_rows_keep_their_order_number_and_key(run, frame):
    found = table(run()).to_pandas()
    assert found["row"].tolist() == list(range(1, len(frame) + 1))
    assert found["who"].tolist() == frame["who"].tolist()
    assert list(found.columns) == ["row", "who", "model_version", "score", "error"]


def test_partitions_are_the_whole_and_one_may_be_empty(run, tmp_path):
    whole, parts = run(into=tmp_path / "whole"), tmp_path / "parts"
    for number in range(8, 0, -1):  # in any order; there are 6 row groups
        run(into=parts, partition=f"{number}/8")
    assert table(parts).equals(table(whole))
    counts = [each["partition"]["rows"] for each in manifests(parts)]
    assert sum(counts) == table(whole).num_rows
    assert counts.count(0) == 2
    assert len({each["input"]["content"] for each in manifests(parts)}) == 1


def test_a_folder_is_read_in_the_order_of_its_names_without_hidden_files(run, frame, tmp_path):
    folder = tmp_path / "in"
    for name, part in {"b/1": frame[:90], "a": frame[90:200], "b/0": frame[200:]}.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        part.to_parquet(path, index=False)
    for name in ("_SUCCESS", ".a.parquet", "_temporary/x.parquet", "notes.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("no rows")
    found = table(run(folder)).to_pandas()
    wanted = pd.concat([frame[90:200], frame[200:], frame[:90]])
    assert found["who"].tolist() == wanted["who"].tolist()


def test_the_file_and_its_manifest_say_what_they_were_made_of(run, tiny_run, frame):
    folder = run(partition="2/3")
    [manifest] = manifests(folder)
    release = Release.read(tiny_run)
    assert names(folder) == ["_part-0002-of-0003.json", "part-0002-of-0003.parquet"]
    assert manifest["model"]["content"] == release.content
    assert manifest["input"]["rows"] == len(frame)
    assert manifest["failed"] == 0
    written = table(folder).schema.metadata[b"mainline.scores"]
    assert written in (folder / "_part-0002-of-0003.json").read_bytes()


@pytest.mark.parametrize("count", [1, 2, 3, 7, 16, 9999])
def test_every_row_group_is_in_one_partition_in_order(count):
    groups, total = [(0, 5), (5, 100), (105, 1), (106, 40), (146, 40)], 186
    owner = [
        [k for k in range(1, count + 1) if Partition(k, count).owns(start, rows, total)]
        for start, rows in groups
    ]
    assert all(len(each) == 1 for each in owner)
    assert owner == sorted(owner)


def test_batches_of_any_size_give_the_same(run, tmp_path, monkeypatch):
    whole = run(into=tmp_path / "whole")
    monkeypatch.setattr(score, "BATCH", 7)
    small = run(into=tmp_path / "small")
    one, other = table(whole), table(small)
    assert one.drop(["score"]).equals(other.drop(["score"]))
    apart = np.abs(one["score"].to_numpy() - other["score"].to_numpy())
    assert apart.max() < 1e-6


def test_the_time_column_is_carried_where_the_input_has_it(run, tiny_run, frame, tmp_path):
    root = tmp_path / "timed"
    root.mkdir()
    for name in ("dist", "k8s"):
        (root / name).symlink_to(tiny_run / name)
    params = (tiny_run / "params.yaml").read_text()
    (root / "params.yaml").write_text(params.replace("entity: who", "entity: who\n  time: day"))
    day = pa.array([None, *range(1, len(frame))], pa.timestamp("ms"))
    frame.assign(day=day.to_pandas().to_numpy()).to_parquet(tmp_path / "in.parquet")
    found = table(run(tmp_path / "in.parquet", root=root))
    assert found.column_names[:3] == ["row", "who", "day"]
    assert found["day"].to_pylist()[1] == day[1].as_py()
    without = table(run(root=root, into=tmp_path / "without"))
    assert without.column_names[:3] == ["row", "who", "model_version"]


@pytest.mark.parametrize("groups", [0, 1])
def test_an_input_without_rows_gives_an_output_without_rows(run, frame, tmp_path, groups, capsys):
    path, table_of = tmp_path / "in.parquet", pa.Table.from_pandas(frame, preserve_index=False)
    with pq.ParquetWriter(path, table_of.schema) as writer:
        for _ in range(groups):
            writer.write_table(table_of.slice(0, 0))
    folder = run(path, partition="1/2")
    assert table(folder).num_rows == 0
    assert table(folder).schema.equals(table(run(into=tmp_path / "full")).schema)
    assert manifests(folder)[0]["partition"]["rows"] == 0
    if not groups:
        assert "1/2 is empty: the input has 0 row groups" in capsys.readouterr().out
