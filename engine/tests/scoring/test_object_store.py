"""Input and output in S3: the same scores, whole objects only, one line for what is not there."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs
from scored import manifests, table

from mainline.core.errors import DataError
from mainline.core.places import Place
from mainline.scoring import output, parquet_input, score
from mainline.scoring.scores import BatchScorer


@pytest.fixture
def bucket(object_store, rows, request):
    """A bucket of this test with the rows in two files."""
    name = f"bucket-{abs(hash(request.node.name))}"
    where = {"LocationConstraint": object_store.meta.region_name}
    object_store.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    whole = pq.read_table(rows)
    for number, part in enumerate((whole[:200], whole[200:])):
        sink = pa.BufferOutputStream()
        pq.write_table(part, sink, row_group_size=50)
        body = sink.getvalue().to_pybytes()
        object_store.put_object(Bucket=name, Key=f"in/{number}.parquet", Body=body)
    return name


@pytest.fixture
def keys(object_store, bucket):
    """A function: the objects below `out`, without markers of folders."""

    def listed() -> list[str]:
        found = object_store.list_objects_v2(Bucket=bucket, Prefix="out/").get("Contents", [])
        return [each["Key"] for each in found if not each["Key"].endswith("/")]

    return listed


def test_the_scores_are_those_of_local_files(run, bucket, keys, tmp_path, capsys):
    local = table(run())
    for number in (1, 2):
        run(f"s3://{bucket}/in", f"s3://{bucket}/out", partition=f"{number}/2")
    assert keys() == [
        "out/_part-0001-of-0002.json",
        "out/_part-0002-of-0002.json",
        "out/part-0001-of-0002.parquet",
        "out/part-0002-of-0002.parquet",
    ]
    system, path = fs.FileSystem.from_uri(f"s3://{bucket}/out")
    assert pq.read_table(path, filesystem=system).equals(local)
    run(f"s3://{bucket}/in", f"s3://{bucket}/out", partition="2/2")
    assert "2/2 is finished" in capsys.readouterr().out
    run(f"s3://{bucket}/in/", tmp_path / "mixed")
    assert table(tmp_path / "mixed").equals(local)
    assert manifests(tmp_path / "mixed")[0]["input"]["files"] == 2


def test_an_object_that_is_written_again_is_another_input(run, bucket, object_store):
    run(f"s3://{bucket}/in/0.parquet", f"s3://{bucket}/out")
    body = object_store.get_object(Bucket=bucket, Key="in/1.parquet")["Body"].read()
    object_store.put_object(Bucket=bucket, Key="in/0.parquet", Body=body)
    with pytest.raises(DataError, match=r"s3://.*/out/part-.* holds other scores: input.content"):
        run(f"s3://{bucket}/in/0.parquet", f"s3://{bucket}/out")


def test_an_object_that_changes_while_it_is_read(run, bucket, keys, object_store, monkeypatch):
    read = parquet_input.Source.read

    def changed(self, *arguments):
        yield from read(self, *arguments)
        body = object_store.get_object(Bucket=bucket, Key="in/1.parquet")["Body"].read()
        object_store.put_object(Bucket=bucket, Key="in/0.parquet", Body=body)

    monkeypatch.setattr(parquet_input.Source, "read", changed)
    with pytest.raises(DataError, match=r"s3://.*/in/0.parquet: changed while it was read"):
        run(f"s3://{bucket}/in", f"s3://{bucket}/out")
    assert keys() == []


def test_an_error_leaves_no_object(run, bucket, keys, monkeypatch):
    monkeypatch.setattr(score, "BATCH", 20)
    real, calls = BatchScorer.score, []

    def fails(*of):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*of)

    monkeypatch.setattr(BatchScorer, "score", fails)
    with pytest.raises(KeyboardInterrupt):
        run(f"s3://{bucket}/in", f"s3://{bucket}/out")
    assert keys() == []


def test_a_temporary_object_is_removed_when_it_is_old(run, bucket, keys, object_store, monkeypatch):
    left = "out/.part-0001-of-0001.parquet.0123456789ab"
    object_store.put_object(Bucket=bucket, Key=left, Body=b"PAR1")
    run(f"s3://{bucket}/in", f"s3://{bucket}/out")
    assert left in keys()
    object_store.delete_object(Bucket=bucket, Key="out/_part-0001-of-0001.json")
    monkeypatch.setattr(output, "LEFT", output.LEFT * -1)
    run(f"s3://{bucket}/in", f"s3://{bucket}/out")
    assert left not in keys()
    assert len(keys()) == 2


def test_what_is_not_there(run, bucket, tmp_path):
    for where, options, said in (
        ("s3://no-such-bucket/in", {}, "s3://no-such-bucket/in: the bucket 'no-such-bucket' does"),
        (f"s3://{bucket}/none", {}, f"s3://{bucket}/none: does not exist."),
        (
            "s3://",
            {},
            "'s3://' cannot be read. Expected a local path, s3://bucket/prefix or gs://bucket/prefix.",
        ),
        (f"s3://{bucket}/in", {"into": "s3://no-such-bucket/out"}, "'no-such-bucket' does not"),
        (f"s3://{bucket}/in", {"into": f"s3://{bucket}/in/out"}, "lies in INPUT"),
        (f"s3://{bucket}", {"into": f"s3://{bucket}/in/out"}, "lies in INPUT"),
    ):
        with pytest.raises(Exception, match=said) as raised:
            run(where, **({"into": tmp_path / "scores"} | options))
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("rest", ["out", "out/", "out?region=eu-central-1", "o%20t"])
def test_a_folder_in_a_place_keeps_the_rest_of_its_uri(bucket, rest):
    outer = Place.of(f"s3://{bucket}/{rest}")
    inner = outer.below("7-ab")
    assert inner.path == f"{outer.path}/7-ab"
    assert Place.of(inner.uri).path == inner.path
    assert inner.uri.partition("?")[2] == outer.uri.partition("?")[2]


def test_a_folder_in_a_local_place(tmp_path):
    assert Place.of(f"{tmp_path}/a?b/").below("7-ab").uri == f"{tmp_path}/a?b/7-ab"
    assert Place.of("/").below("7-ab").uri == "/7-ab"


def test_without_a_login(run, bucket, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(DataError, match=r"^s3://"):
        run("s3://another-bucket/in")
