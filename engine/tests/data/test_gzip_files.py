import gzip
import hashlib

import pytest

from mainline.data.sources import address


@pytest.fixture
def packed(project):
    """The rows packed; written under the name that the test gives."""

    def write(name="rows.csv.gz", content=None):
        if content is None:
            content = gzip.compress((project.root / "rows.csv").read_bytes())
        project.source["path"] = name
        (project.root / name).write_bytes(content)
        return content

    return write


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.csv", "rows"])
def test_the_first_bytes_say_that_it_is_packed_not_the_name(project, packed, name):
    plain = project.ingest()
    packed(name)

    assert project.ingest().equals(plain)


def test_several_packed_pieces_one_after_the_other(project, packed):
    content = (project.root / "rows.csv").read_bytes()
    packed(content=gzip.compress(content[:200]) + gzip.compress(content[200:]))

    assert len(project.ingest()) == 60


def test_packed_parquet(project, packed, rows):
    packed("rows.parquet.gz", gzip.compress(project.parquet(rows).read_bytes()))

    assert len(project.ingest()) == 60


def test_a_pin_is_that_of_the_stored_bytes(project, packed):
    project.source["sha256"] = hashlib.sha256(packed()).hexdigest()
    assert len(project.ingest()) == 60

    project.source["sha256"] = "0" * 64
    assert ": not the file that data.source.sha256 names" in project.refused()


@pytest.mark.parametrize("cut", [5, 60, -4])
def test_cut_off(project, packed, cut):
    packed(content=packed()[:cut])

    assert "rows.csv.gz is not a whole gzip file (damaged or cut off?)" in project.refused()


def test_damaged(project, packed):
    content = bytearray(packed())
    content[40] ^= 0xFF
    packed(content=bytes(content))

    assert "rows.csv.gz is not a whole gzip file" in project.refused()


def test_nothing_inside(project, packed):
    packed(content=gzip.compress(b""))

    assert project.refused() == "rows.csv.gz is empty once it is unpacked."


def test_what_grows_without_end_is_no_table(project, packed, monkeypatch):
    monkeypatch.setattr(address, "HARMLESS", 1 << 20)
    monkeypatch.setattr(address, "CHUNK", 1 << 16)
    packed(content=gzip.compress(b"a,b\n" * (1 << 20)))

    assert "unpacks to more than" in project.refused()


def test_text_in_pieces_is_text(project, rows, monkeypatch):
    """A character of several bytes may lie across two of them."""
    monkeypatch.setattr("mainline.data.sources.delimited.PIECE", 7)
    project.csv(rows.assign(city="Zürich-日本"))
    assert project.ingest()["city"].unique().tolist() == ["Zürich-日本"]

    project.csv("id,age,city,left\nä,30,Zürich,yes\nb,30,".encode() + b"\xe9\n")
    assert "byte 0xe9 in line 3" in project.refused()
