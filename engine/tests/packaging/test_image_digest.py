"""The digest is a function of the model's files: names and bytes, and nothing around them."""

import os
import time
from pathlib import Path
from random import Random

import pytest

from mainline.packaging import content, image

FILES = {"b/two": b"2", "a": b"1", "b/three": b"3"}


def write(directory, files=FILES, mode=0o644):
    for name, data in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(mode)
    return directory


def named(directory):
    return content.content_hash(directory), image.build(directory, "tiny", 7).digest


@pytest.fixture
def expected(tmp_path):
    return named(write(tmp_path / "expected"))


def test_order_of_creation_mode_and_time_of_files_say_nothing(tmp_path, expected):
    other = write(tmp_path / "other", dict(reversed(FILES.items())), mode=0o600)
    os.utime(other / "a", (1, 1))
    (other / "empty").mkdir()
    assert named(other) == expected


def test_the_order_in_which_a_file_system_lists_files_says_nothing(tmp_path, expected, monkeypatch):
    directory, real = write(tmp_path / "listed"), Path.rglob
    orders, listed = Random(1), set()

    def rglob(self, pattern):
        found = sorted(real(self, pattern))
        orders.shuffle(found)
        listed.add(tuple(path.name for path in found))
        return iter(found)

    monkeypatch.setattr(Path, "rglob", rglob)
    for _ in range(20):
        assert named(directory) == expected
    assert len(listed) > 5  # what names a model was shown that many orders


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_umask_says_nothing(tmp_path, expected, umask):
    before = os.umask(umask)
    try:
        directory = tmp_path / "umask"
        for name, data in FILES.items():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_bytes(data)
        found = named(directory)
        assert image.build(directory, "tiny", 7).digest == expected[1]
    finally:
        os.umask(before)
    assert found == expected


def test_time_zone_and_locale_say_nothing(tmp_path, expected, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    time.tzset()
    try:
        assert named(write(tmp_path / "elsewhere")) == expected
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "change", [{"a": b"0"}, {"b/two": b"2 "}, {"new": b""}], ids=["bit", "length", "file"]
)
def test_any_change_of_the_files_changes_content_version_and_digest(tmp_path, expected, change):
    changed = named(write(tmp_path / "changed", FILES | change))
    assert changed[0] != expected[0]
    assert content.version(changed[0]) != content.version(expected[0])
    assert changed[1] != expected[1]


def test_a_renamed_file_changes_both(tmp_path, expected):
    renamed = {"c" if name == "a" else name: data for name, data in FILES.items()}
    changed = named(write(tmp_path / "renamed", renamed))
    assert changed[0] != expected[0]
    assert changed[1] != expected[1]


def test_name_and_version_of_the_model_are_part_of_the_digest(tmp_path, expected):
    directory = write(tmp_path / "same")
    assert image.build(directory, "other", 7).digest != expected[1]
    assert image.build(directory, "tiny", 8).digest != expected[1]
