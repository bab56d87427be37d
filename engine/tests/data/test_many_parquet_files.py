import hashlib
import subprocess

import fsspec
import pandas as pd
import pytest


@pytest.fixture
def parts(project, rows):
    """The rows in three files below `sales/`, partitioned by city."""
    project.source["path"] = "sales"

    def write(frame, name):
        path = project.root / "sales" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(path, index=False)
        return path

    south = rows[rows["city"] == "south"].drop(columns="city")
    write(south.head(8), "city=south/part-0.parquet")
    write(south.tail(-8), "city=south/part-1.parquet")
    write(rows[rows["city"] == "north"].drop(columns="city"), "city=north/part-0.parquet")
    return write


@pytest.mark.parametrize(
    "path", ["sales", "sales/", "sales/*/*.parquet", "sales/city=*/*", "sales/**/*.parquet"]
)
def test_all_files_are_one_table_and_folders_are_columns(project, rows, parts, path):
    project.source["path"] = path

    table = project.ingest()

    pd.testing.assert_frame_equal(
        table[["id", "city"]], rows[["id", "city"]].sort_values("id", ignore_index=True)
    )


def test_a_pattern_takes_some(project, parts):
    project.source["path"] = "sales/city=south/*.parquet"

    assert project.ingest()["city"].unique().tolist() == ["south"]


def test_the_day_can_stand_in_the_path(project, rows, parts):
    parts(rows, "day=2026-06-30/a.parquet")
    project.source["path"] = "sales/day={as_of}/"

    assert len(project.ingest()) == 60


def test_other_file_systems(project, rows):
    for number, part in enumerate((rows.head(20), rows.tail(40))):
        with fsspec.open(f"memory://lake/t/day=2026-01-0{number + 1}/x.parquet", "wb") as file:
            part.to_parquet(file, index=False)
    project.params["table"]["time"] = "day"
    for path in ("memory://lake/t/", "memory://lake/t/day=*/*.parquet"):
        project.source["path"] = path

        assert project.ingest()["day"].value_counts().tolist() == [40, 20]


def test_what_is_no_value_in_a_folder_is_none_in_the_column(project, rows, parts):
    parts(rows.head(1).assign(id="x"), "city=__HIVE_DEFAULT_PARTITION__/a.parquet")
    table = project.refused()
    assert "'city', and its folder names it, too" in table

    parts(
        rows.head(1).assign(id="x").drop(columns="city"),
        "city=__HIVE_DEFAULT_PARTITION__/a.parquet",
    )
    assert project.ingest().set_index("id")["city"].isna()["x"]


def test_folders_are_decoded(project, rows, parts):
    parts(rows.head(1).assign(id="x").drop(columns="city"), "city=B%2FC%20d/a.parquet")

    assert project.ingest().set_index("id")["city"]["x"] == "B/C d"


def test_the_pin_is_what_sha256sum_says(project, parts):
    command = "find * -type f | LC_ALL=C sort | xargs sha256sum"
    said = subprocess.run(
        command, shell=True, cwd=project.root / "sales", check=True, capture_output=True
    ).stdout
    project.source["sha256"] = hashlib.sha256(said).hexdigest()
    assert len(project.ingest()) == 60

    (project.root / "sales/city=north/part-0.parquet").rename(
        project.root / "sales/city=north/part-9.parquet"
    )
    assert "not the file that data.source.sha256 names" in project.refused()


def test_marks_of_those_who_wrote_it_are_no_rows(project, parts):
    for name in ("_SUCCESS", ".part-0.parquet.crc", "_temporary/part-0.parquet"):
        path = project.root / "sales" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")

    assert len(project.ingest()) == 60


def test_a_file_that_is_no_parquet_is_named(project, parts):
    (project.root / "sales/city=north/part-1.parquet.tmp").write_bytes(b"x")

    assert "'city=north/part-1.parquet.tmp' is no Parquet file by its name" in project.refused()


def test_names_without_an_end_by_setting(project, rows):
    (project.root / "sales").mkdir()
    rows.to_parquet(project.root / "sales/000000_0", index=False)
    project.source.update(path="sales", format="parquet")

    assert len(project.ingest()) == 60


def test_a_damaged_file_is_named(project, parts):
    path = project.root / "sales/city=south/part-1.parquet"
    path.write_bytes(path.read_bytes()[:-20])

    assert "sales/city=south/part-1.parquet is not a whole Parquet file" in project.refused()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="age"), "b.parquet has no column 'age', which sales/a"),
        (lambda f: f.assign(more=1), "a.parquet has no column 'more', which sales/b"),
        (lambda f: f.assign(age="x"), "b.parquet holds column 'age' as"),
    ],
)
def test_what_does_not_fit_is_named(project, rows, change, said):
    (project.root / "sales").mkdir()
    rows.to_parquet(project.root / "sales/a.parquet", index=False)
    change(rows).to_parquet(project.root / "sales/b.parquet", index=False)
    project.source["path"] = "sales"

    assert said in project.refused()


def test_fractions_and_nulls_in_one_file_only_fit(project, rows):
    (project.root / "sales").mkdir()
    half = rows.head(30).assign(age=None), rows.tail(30).assign(age=rows["age"] + 0.5)
    project.source["path"] = "sales"
    for name, part in zip("abc", [rows.head(5).assign(id=list("vwxyz")), *half], strict=True):
        part.to_parquet(project.root / f"sales/{name}.parquet", index=False)

    assert project.ingest()["age"].isna().sum() == 30


def test_an_empty_directory(project):
    (project.root / "sales").mkdir()
    project.source["path"] = "sales"

    assert project.refused() == "sales (data.source.path) holds no Parquet file."


def test_a_pattern_that_fits_nothing(project):
    project.source["path"] = "none/*.parquet"

    assert project.refused() == "none/*.parquet (data.source.path) holds no Parquet file."


def test_csv_in_a_directory_is_refused(project, parts):
    project.source["format"] = "csv"

    assert "those are read as Parquet" in project.refused()
