"""An archive is unpacked as far as a training would have packed it, and no further."""

import stat
import warnings
import zipfile
from pathlib import Path

import pytest
from parcels import LINK, about, archive, entry, stored

from mainline.core.errors import MainlineError
from mainline.outside import unzip as unzipping
from mainline.outside.unzip import unzip

DEFLATED = zipfile.ZIP_DEFLATED

HOSTILE = (
    "../evil",
    "files/../../evil",
    "files/..",
    "/etc/passwd",
    "files//etc/passwd",
    "C:/evil",
    "files\\..\\evil",
    "files/.git/config",
    "objects/../proposed.json",
    "files/a\nb",
    "files/ä",
    "other/file",
    "proposed.json.bak",
    "files",
)


@pytest.fixture
def unpacked(tmp_path: Path):
    def run(content: bytes) -> set[str]:
        place = tmp_path / "artifact.zip"
        place.write_bytes(content)
        unzip(place, tmp_path / "into")
        found = [path for path in (tmp_path / "into").rglob("*") if path.is_file()]
        return {path.relative_to(tmp_path / "into").as_posix() for path in found}

    return run


def only_inside(folder: Path) -> bool:
    return {path.name for path in folder.iterdir()} <= {"artifact.zip", "into"}


def test_what_a_training_packs_is_unpacked(unpacked):
    metric, thing = ("files/metrics/evaluation.json", b"{}"), stored(b"bytes")
    found = unpacked(archive(("proposed.json", about()), metric, thing, ("files/plots/", b"")))
    assert found == {"proposed.json", metric[0], thing[0]}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_elsewhere(unpacked, tmp_path, name):
    with pytest.raises(MainlineError, match="is not unpacked"):
        unpacked(archive(("proposed.json", about()), (name, b"evil")))
    assert only_inside(tmp_path)


@pytest.mark.parametrize("attributes", [LINK, stat.S_IFIFO << 16, stat.S_IFBLK << 16])
def test_a_link_or_a_device(unpacked, attributes):
    with pytest.raises(MainlineError, match="of kind"):
        unpacked(archive((entry("files/metrics/x.json", attributes), b"/etc/passwd")))


def test_a_name_that_comes_twice(unpacked):
    twice = [("files/metrics/x.json", b"1"), ("files/metrics/x.json", b"2")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = archive(*twice)
    with pytest.raises(MainlineError, match="FileExistsError"):
        unpacked(content)


def test_a_file_that_is_a_folder_for_the_next(unpacked):
    with pytest.raises(MainlineError, match="is not unpacked"):
        unpacked(archive(("files/a", b"1"), ("files/a/b", b"2")))


def test_too_many(unpacked, monkeypatch):
    monkeypatch.setattr(unzipping, "MEMBERS", 3)
    with pytest.raises(MainlineError, match="4 members, expected at most 3"):
        unpacked(archive(*[(f"files/metrics/{n}", b"") for n in range(4)]))


def test_too_large_is_refused_before_a_byte_is_written(unpacked, monkeypatch, tmp_path):
    monkeypatch.setattr(unzipping, "BYTES", 100_000)
    content = archive(("proposed.json", about()), ("files/x", bytes(10**7)), how=DEFLATED)
    assert len(content) < 100_000
    with pytest.raises(MainlineError, match="expected at most 100,000"):
        unpacked(content)
    assert list((tmp_path / "into").iterdir()) == []


def test_of_an_archive_that_says_less_no_more_is_read(unpacked, monkeypatch, tmp_path):
    monkeypatch.setattr(unzipping, "BYTES", 100_000)
    content = archive(("files/metrics/x", bytes(10**7)), how=DEFLATED)
    sizes = [(10**7).to_bytes(4, "little"), (1000).to_bytes(4, "little")]
    assert content.count(sizes[0]) == 2  # before the member, and in the list at the end
    with pytest.raises(MainlineError, match="Bad CRC-32"):
        unpacked(content.replace(*sizes))
    assert (tmp_path / "into/files/metrics/x").stat().st_size <= 1000


def test_all_together_too_large(unpacked, monkeypatch):
    monkeypatch.setattr(unzipping, "BYTES", 100)
    with pytest.raises(MainlineError, match="120 bytes, expected at most 100"):
        unpacked(archive(*[(f"files/metrics/{n}", bytes(40)) for n in range(3)]))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_whose_blocks_have_no_bound_in_memory(unpacked, method):
    with pytest.raises(MainlineError, match=f"of method {method}, expected stored or deflated"):
        unpacked(archive(("files/metrics/x", bytes(10**6)), how=method))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(100)])
def test_no_archive(unpacked, content):
    with pytest.raises(MainlineError, match="expected a zip archive"):
        unpacked(content)


def test_a_damaged_member(unpacked):
    content = archive(("files/metrics/x", b"figures figures figures"))
    with pytest.raises(MainlineError, match="Bad CRC-32"):
        unpacked(content.replace(b"figures", b"forged!", 1))
