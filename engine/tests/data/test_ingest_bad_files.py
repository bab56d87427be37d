import socket

import pytest


def test_missing_file(project):
    (project.root / "rows.csv").unlink()

    assert project.refused() == "rows.csv (data.source.path) does not exist."


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_empty_file(project, content):
    project.csv(content)

    assert project.refused().startswith("rows.csv is empty")


@pytest.mark.parametrize("content", ["id,age,city,left", "id,age,city,left\n"])
def test_header_only(project, content):
    project.csv(content)

    assert project.refused() == "rows.csv has column names and no row."


def test_csv_cut_off_in_mid_row(project):
    project.csv("id,age,city,left\na,30,north,yes\nb,31,no")

    message = project.refused()

    assert "rows.csv is damaged or cut off: row 3 (the header is row 1)" in message
    assert "Expected 4 columns, got 3" in message


def test_csv_cut_off_inside_quotes(project):
    project.csv('id,age,city,left\na,30,north,yes\nb,31,south,"n')

    assert "rows.csv is damaged or cut off: it has an odd number of quotation" in project.refused()


def test_csv_cut_off_inside_a_quoted_header(project):
    project.csv('id,age,"ci')

    assert "cut off" in project.refused()


def test_parquet_cut_off(project, rows):
    path = project.parquet(rows)
    path.write_bytes(path.read_bytes()[:-100])

    message = project.refused()

    assert message.startswith("rows.parquet is not a whole Parquet file (damaged or cut off?)")


def test_parquet_with_damaged_pages(project, rows):
    path = project.parquet(rows)
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(bytes(content))

    assert "rows.parquet is not a whole Parquet file" in project.refused()


def test_parquet_without_rows(project, rows):
    project.parquet(rows.head(0))

    assert project.refused() == "rows.parquet has column names and no row."


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_text_that_is_not_utf8(project, mark):
    project.csv(mark + "id,age,city,left\na,30,Zürich,yes\n".encode("latin-1"))

    message = project.refused()

    assert "rows.csv is not UTF-8 text: byte 0xfc in line 2." in message
    assert "iconv" in message


def test_two_columns_of_one_name(project):
    project.csv("id,age,age,city,left\na,30,31,north,yes\n")

    assert project.refused() == "rows.csv names these columns twice: 'age'."


def test_address_that_cannot_be_reached(project):
    with socket.socket() as free:  # a port that was ours a moment ago has no listener
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    project.source["path"] = f"http://127.0.0.1:{port}/rows.csv"

    message = project.refused()

    assert f"http://127.0.0.1:{port}/rows.csv (data.source.path) cannot be read" in message


def test_kind_of_address_that_does_not_exist(project):
    project.source["path"] = "gopher://somewhere/rows.csv"

    assert "gopher://somewhere/rows.csv (data.source.path) cannot be read" in project.refused()


def test_other_bytes_than_the_pinned_ones(project):
    project.source["sha256"] = "0" * 64

    message = project.refused()

    assert f", expected {'0' * 64}. " in message
    assert "change data.as_of and data.source.sha256 together" in message
