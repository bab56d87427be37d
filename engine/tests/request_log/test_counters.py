"""The counters' page reaches the disk through its file, and a failing disk stops nothing."""

import os
from pathlib import Path

import pytest

from mainline.request_log import counters
from mainline.request_log.counters import Counters


@pytest.fixture
def made(tmp_path):
    return Counters.of(tmp_path / "counters")


def test_the_page_is_written_by_its_file(made, monkeypatch):
    """`mmap.flush` would hold the interpreter, and every answer, for as long as the disk takes."""
    synced = []
    monkeypatch.setattr(counters, "_sync", lambda file: synced.append(os.pread(file, 40, 0)[32:]))
    made.accept()
    made.flush()
    assert synced == [(1).to_bytes(8, "little")]


def test_a_failing_disk_stops_nothing(made, monkeypatch):
    def fails(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(counters, "_sync", fails)
    made.accept()
    made.flush()
    assert made.counts().accepted == 1


def test_the_file_is_closed_with_the_object(tmp_path):
    def opened():
        return len(list(Path("/proc/self/fd").iterdir()))

    before = opened()
    for _ in range(3):
        Counters.of(tmp_path / "counters").accept()
    assert opened() == before
    assert Counters.of(tmp_path / "counters").accepted == 3
