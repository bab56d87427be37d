"""Segments become files in the store: the same ones after any crash, and deleted only then."""

import errno
import os
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from exchanges import exchange
from stored import files, ids, rows

from mainline.core.errors import DataError
from mainline.request_log import segment_files, shipped_segments
from mainline.request_log.log_store import Store
from mainline.request_log.settings import LogSettings
from mainline.request_log.shipped_segments import ship
from mainline.request_log.spool import Spool

HOUR = 1_700_006_400.0  # a day begins


@pytest.fixture
def settings(store):
    return LogSettings(store=str(store))


def test_rows_are_in_the_folder_of_their_hour(spool, store, settings, fill):
    given = fill(exchange(time=HOUR - 1), exchange(time=HOUR), exchange(time=HOUR + 1))
    (segment,) = Spool(spool).closed()
    ship(Spool(spool), settings)
    name = f"{segment.stem}.parquet"
    assert files(store) == [f"day=2023-11-14/hour=23/{name}", f"day=2023-11-15/hour=00/{name}"]
    found = rows(store)
    assert ids(found) == ids(given)
    assert {row["input_age"] for row in found} == {40.5}
    assert Spool(spool).closed() == []
    assert Spool(spool).shipped_rows() == 3


def test_row_groups_and_compression(spool, store, settings, fill, monkeypatch):
    monkeypatch.setattr(segment_files, "PIECE", 10)
    monkeypatch.setattr(segment_files, "GROUP", 100)
    fill(count=250)
    ship(Spool(spool), settings)
    (path,) = store.rglob("*.parquet")
    about = pq.read_metadata(path)
    sizes = [about.row_group(n).num_rows for n in range(about.num_row_groups)]
    assert sizes == [100, 100, 50]
    assert about.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.parametrize("point", ["convert", "create", "move", "size", "delete", "count"])
def test_a_crash_at_any_point_repeats_to_the_same_files(
    spool, store, settings, fill, monkeypatch, point
):
    given = fill(count=40, each=20)
    names = [f"{path.stem}.parquet" for path in Spool(spool).closed()]
    calls = []

    def crash(*_):
        calls.append(point)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return real(*_)

    where, name = {
        "convert": (segment_files, "files"),
        "create": (Store, "_path"),
        "move": (Store, "put"),
        "size": (shipped_segments, "whole"),
        "delete": (type(spool), "unlink"),
        "count": (shipped_segments, "_count"),
    }[point]
    real = getattr(where, name)
    with monkeypatch.context() as patch:
        patch.setattr(where, name, crash)
        with pytest.raises(KeyboardInterrupt):
            ship(Spool(spool), settings)
    ship(Spool(spool), settings)
    assert [each.rpartition("/")[2] for each in files(store)] == sorted(names)
    assert ids(rows(store)) == ids(given)


def test_a_segment_stays_until_the_store_has_it(spool, store, settings, fill):
    given = fill()
    store.write_text("a file")
    with pytest.raises((DataError, OSError)) as raised:
        ship(Spool(spool), settings)
    assert "\n" not in str(raised.value)
    assert len(Spool(spool).closed()) == 1
    store.unlink()
    ship(Spool(spool), settings)
    assert ids(rows(store)) == ids(given)


def test_a_full_store_keeps_the_segment_and_no_half_file(spool, store, settings, fill, monkeypatch):
    fill()
    real = Store.writing

    def full(self, *of):
        with real(self, *of) as stream:
            stream.write(b"PAR1")
            raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(Store, "writing", contextmanager(full))
    with pytest.raises(OSError, match="No space left"):
        ship(Spool(spool), settings)
    assert files(store) == []
    assert len(Spool(spool).closed()) == 1


def test_a_file_is_on_the_disk_before_its_segment_is_deleted(
    spool, store, settings, fill, monkeypatch
):
    fill(time=HOUR)
    (segment,) = Spool(spool).closed()
    synced = []

    def noted(file):
        path = Path(f"/proc/self/fd/{file}").resolve()
        there = any(store.rglob("*.parquet"))
        synced.append((path.name if path.is_dir() else path.name[:5], there, segment.exists()))

    monkeypatch.setattr(os, "fsync", noted)
    ship(Spool(spool), settings)
    assert synced == [
        (f".{segment.name[:4]}", False, True),
        ("hour=00", True, True),
        ("day=2023-11-15", True, True),
        ("store", True, True),
    ]


@pytest.mark.parametrize(("wrong", "kept"), [(errno.EIO, 1), (errno.EINVAL, 0), (errno.EACCES, 0)])
def test_a_disk_that_fails_keeps_the_segment(spool, settings, fill, monkeypatch, wrong, kept):
    """The others are of a file system, or of rights, that do not allow it."""
    fill()

    def fails(_):
        raise OSError(wrong, "no")

    monkeypatch.setattr(os, "fsync", fails)
    with suppress(OSError):
        ship(Spool(spool), settings)
    assert len(Spool(spool).closed()) == kept


def test_a_bucket(spool, fill, object_store):
    where = {"LocationConstraint": object_store.meta.region_name}
    object_store.create_bucket(Bucket="requests", CreateBucketConfiguration=where)
    given = fill(time=HOUR)
    (segment,) = Spool(spool).closed()
    ship(Spool(spool), LogSettings(store="s3://requests/log"))
    (found,) = object_store.list_objects_v2(Bucket="requests", Prefix="log/")["Contents"]
    assert found["Key"] == f"log/day=2023-11-15/hour=00/{segment.stem}.parquet"
    place = Store("s3://requests/log")
    assert place.days() == ["2023-11-15"]
    (hour,) = place.hours("2023-11-15")
    (path,) = place.files(hour)
    assert place.opened(path).read().num_rows == len(given)
    place.delete(path)
    place.delete(path)
    assert place.files(hour) == []
    place.delete_day("2023-11-15")
    assert place.days() == []
