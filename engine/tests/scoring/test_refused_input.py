"""What cannot be scored is one clear line, and nothing is written."""

import errno
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scored import names

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.scoring import parquet_input


@pytest.fixture
def refused(run, tmp_path):
    """A function: the one line that refuses it; no output may be left."""

    def call(*arguments, **options) -> str:
        with pytest.raises(MainlineError) as raised:
            run(*arguments, **options)
        said = str(raised.value)
        assert "\n" not in said
        folder = options.get("into", tmp_path / "scores")
        assert not folder.is_dir() or names(folder) == []
        return said

    return call


@pytest.fixture
def written(tmp_path):
    """A function: a frame or a table as the one file of an input. Returns the file."""

    def call(rows) -> object:
        path = tmp_path / "in/rows.parquet"
        path.parent.mkdir(exist_ok=True)
        made = rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows)
        pq.write_table(made, path, row_group_size=50)
        return path

    return call


def test_a_missing_column(refused, written, frame):
    said = refused(written(frame.drop(columns=["age", "who"])))
    assert "in/rows.parquet: no column 'who', 'age'; it has: 'income', 'city', 'plan'" in said


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("age", "old", "Found large_string, expected numbers"),
        ("age", pd.Timestamp("2026-01-01"), "Found timestamp"),
        ("city", 1.5, "Found double, expected text or whole numbers"),
        ("city", pd.Timestamp("2026-01-01"), "expected text or whole numbers"),
    ],
)
def test_a_wrong_type(refused, written, frame, column, values, expected):
    said = refused(written(frame.assign(**{column: values})))
    assert f"in/rows.parquet: column '{column}' has the wrong type. " in said
    assert expected in said


def test_a_column_that_is_there_twice(refused, written, frame):
    table = pa.Table.from_pandas(frame, preserve_index=False)
    said = refused(written(table.append_column("age", table["age"])))
    assert "column 'age' is there 2 times" in said


def test_a_key_of_two_types(refused, written, frame):
    written(frame).rename(written(frame).with_name("0.parquet"))
    said = refused(written(frame.assign(who=1)).parent)
    assert "in/rows.parquet: column 'who' has the wrong type. Found int64, expected" in said


def test_an_input_that_is_not_there_or_empty(refused, tmp_path):
    assert "none: does not exist." in refused(tmp_path / "none")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "empty: has no Parquet file. Their names end in .parquet." in refused(empty)


@pytest.mark.parametrize("content", [b"", b"who,age\n1,2\n", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_file_that_is_no_parquet(refused, written, frame, content):
    path = written(frame)
    path.write_bytes(content)
    assert "in/rows.parquet: no Parquet file: " in refused(path)


def test_a_damaged_footer(refused, written, frame):
    path = written(frame)
    content = bytearray(path.read_bytes())
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    assert "in/rows.parquet: no Parquet file: " in refused(path)


def test_a_damaged_page_in_the_middle(refused, written, frame):
    path = written(frame)
    chunk = pq.read_metadata(path).row_group(3).column(1)
    content = bytearray(path.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    content[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(content)
    assert "in/rows.parquet: damaged: " in refused(path)


def test_a_truncated_file(refused, written, frame):
    path = written(frame)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "in/rows.parquet: no Parquet file: " in refused(path)


@pytest.mark.parametrize("when", ["between batches", "at the end"])
def test_an_input_that_changes_while_it_is_read(
    refused, written, frame, monkeypatch, tmp_path, when
):
    path = written(frame)
    read = parquet_input.Source.read

    def changed(self, *arguments):
        batches = list(read(self, *arguments))
        for place, batch in enumerate(batches):
            yield batch
            if place == (0 if when == "between batches" else len(batches) - 1):
                written(frame[:150])

    monkeypatch.setattr(parquet_input.Source, "read", changed)
    assert "in/rows.parquet: changed while it was read." in refused(path)


@pytest.mark.parametrize("share", ["0/3", "4/3", "a/b", "3", "1/0", "-1/3", "1/10000", "٣/٣"])
def test_a_wrong_partition(refused, share):
    assert f"--partition '{share}' is no share" in refused(partition=share)


def test_an_output_in_the_input(refused, written, frame):
    path = written(frame)
    assert "lies in INPUT" in refused(path.parent, into=path.parent / "scores")
    link = path.parents[1] / "link"
    link.symlink_to(path.parent)
    assert "lies in INPUT" in refused(path.parent, into=link / "scores")


def test_an_output_that_is_a_file(refused, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert "file: is a file; the output is a folder." in refused(into=tmp_path / "file")
    assert "Not a directory." in refused(into=tmp_path / "file/below")


def test_another_scheme(refused):
    assert "'ftp://bucket/rows' cannot be read." in refused("ftp://bucket/rows")


def test_a_key_named_like_a_column_of_the_output(refused, tiny_run, written, frame, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    for name in ("dist", "k8s"):
        (root / name).symlink_to(tiny_run / name)
    params = Layout(tiny_run).params.read_text().replace("entity: who", "entity: error")
    Layout(root).params.write_text(params)
    said = refused(written(frame.rename(columns={"who": "error"})), root=root)
    assert "the key column 'error' has the name of a column of the output" in said


def test_a_model_that_is_not_there(refused, tiny_run, tmp_path):
    root = tmp_path / "root"
    shutil.copytree(tiny_run / "k8s", root / "k8s")
    shutil.copy(tiny_run / "params.yaml", root)
    assert "dist/model does not exist" in refused(root=root)
    said = refused(root=root, environment="production")
    assert "production has no release" in said
    assert "there is no environment 'live'" in refused(root=root, environment="live")


@pytest.mark.parametrize("place", ["parquet_input.pq.read_metadata", "output.Output._sweep"])
def test_without_permission(refused, written, frame, monkeypatch, place):
    """The system's error is made here: root, who runs these tests in CI, may do everything."""

    def closed(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(f"mainline.scoring.{place}", closed)
    assert "Permission denied" in refused(written(frame))
