"""Segments become files in the store: the same ones after any crash, and deleted only then."""

import errno
import os
import signal
import socket
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from exchanges import METADATA, exchange
from stored import files, ids, rows, until

from mainline.core.errors import DataError, MainlineError, SettingsError
from mainline.request_log import segment_files, shipped_segments
from mainline.request_log.log_store import Store
from mainline.request_log.settings import LogSettings
from mainline.request_log.ship_log import run
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


@pytest.mark.parametrize(("wrong", "kept"), [(errno.EIO, 1), (errno.EINVAL, 0)])
def test_a_disk_that_fails_keeps_the_segment(spool, settings, fill, monkeypatch, wrong, kept):
    """EINVAL is of a file system that cannot do it."""
    fill()

    def fails(_):
        raise OSError(wrong, "no")

    monkeypatch.setattr(os, "fsync", fails)
    with suppress(OSError):
        ship(Spool(spool), settings)
    assert len(Spool(spool).closed()) == kept


@pytest.mark.parametrize("wrong", [{"leave_out": ["aeg", "plan"]}, {"hash": ["entiy", "entity"]}])
def test_no_row_is_shipped_while_the_settings_name_what_is_no_input(
    spool, store, fill, wrong, monkeypatch
):
    """A misspelt column would stand in the store as it came."""
    monkeypatch.setenv("LOG_HASH_KEY", "k" * 16)
    given = fill(entity="c1")
    slip = next(iter(wrong.values()))[0]
    with pytest.raises(SettingsError, match=f"names {slip}, no input of version 7; ") as raised:
        ship(Spool(spool), LogSettings(store=str(store), **wrong))
    assert "\n" not in str(raised.value)
    assert files(store) == []
    assert len(Spool(spool).closed()) == 1
    ship(Spool(spool), LogSettings(store=str(store), leave_out=["age", "plan"]))
    assert ids(rows(store)) == ids(given)
    assert not {"input_age", "input_plan"} & rows(store)[0].keys()


def test_a_version_that_drops_a_column_waits_until_the_settings_say_that_it_may(spool, store, fill):
    """The name may be that of a column that this version calls otherwise."""
    fill(count=1)
    (Spool(spool).signatures / "8.json").write_text(METADATA.decode().replace('"plan"', '"tariff"'))
    fill(count=1, version="8")
    settings = LogSettings(store=str(store), leave_out=["plan"])
    with pytest.raises(SettingsError, match="names plan, no input of version 8; "):
        ship(Spool(spool), settings)
    assert [row["version"] for row in rows(store)] == ["7"]
    lenient = LogSettings(
        store=str(store), leave_out=["plan", "tariff"], may_lack=["plan", "tariff"]
    )
    ship(Spool(spool), lenient)
    assert [row["version"] for row in rows(store)] == ["7", "8"]
    assert all("input_plan" not in row and "input_tariff" not in row for row in rows(store))


def test_without_a_signature_no_name_can_be_told(spool, store, opened):
    log = opened()
    log.write(exchange(version="", status=503, entity="c1"))
    log.close(5)
    with pytest.raises(SettingsError, match=r"names plan, no input of version \(none is known\); "):
        ship(Spool(spool), LogSettings(store=str(store), leave_out=["plan"]))
    ship(Spool(spool), LogSettings(store=str(store), leave_out=["entity"]))
    assert [row["entity"] for row in rows(store)] == [None]


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


def test_once_ships_what_a_killed_gateway_left(spool, store, fill):
    given = fill()
    (segment,) = Spool(spool).closed()
    segment.rename(segment.with_suffix(".open"))
    run(spool, spool, None, str(store), once=True)
    assert ids(rows(store)) == ids(given)
    run(spool, spool, None, str(store), once=True)


def test_once_says_that_something_stays(spool, store, fill):
    fill()
    store.write_text("a file")
    with pytest.raises(MainlineError, match="not all of it could be shipped"):
        run(spool, spool, None, str(store), once=True)


def test_the_process_ships_and_drains_at_its_end(spool, store, fill, command):
    first = fill()
    shipper = command("log", "ship", "--spool", spool, "--store", store)
    until(lambda: store.exists() and len(rows(store)) == 3)
    second = fill(count=500)
    shipper.send_signal(signal.SIGTERM)
    said = shipper.communicate(timeout=30)
    assert (shipper.returncode, said) == (0, ("", ""))
    assert ids(rows(store)) == ids(first + second)


def test_two_shippers_do_not_share_a_spool(spool, store, fill, command):
    fill()
    command("log", "ship", "--spool", spool, "--store", store)
    until(store.exists)
    other = command("log", "ship", "--spool", spool, "--store", store)
    said = other.communicate(timeout=30)[1]
    assert other.returncode == 1
    assert "another shipper works in this spool" in said
    assert said.count("\n") == 1


@pytest.mark.nightly
def test_a_store_that_is_down_for_a_while(spool, fill, command, object_store):
    """Nothing is lost: the shipper tries again, and says so in a line each time."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    given = fill(count=50, each=10)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    shipper = command(
        "log", "ship", "--spool", spool, "--store", "s3://later/log", environment=address
    )
    assert "Could not connect to server" in shipper.stderr.readline()
    assert len(Spool(spool).closed()) == 5
    where = {"LocationConstraint": object_store.meta.region_name}
    object_store.create_bucket(Bucket="later", CreateBucketConfiguration=where)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    try:
        until(lambda: not Spool(spool).closed(), 60)
        until(lambda: Spool(spool).shipped_rows() == len(given))
    finally:
        server.stop()
    shipper.terminate()
    said = shipper.communicate(timeout=30)[1]
    assert shipper.returncode == 0
    assert said.count("log ship: ") == said.count("\n") <= 10
    assert len(object_store.list_objects_v2(Bucket="later")["Contents"]) == 5


def test_a_store_that_stays_down_ends_the_drain_in_time(spool, store, fill, command, tmp_path):
    fill()
    store.write_text("a file")
    (tmp_path / "gateway.yaml").write_text(f"log: {{store: {store}, drain_seconds: 1.5}}\n")
    shipper = command("log", "ship", "--spool", spool, "--settings", tmp_path / "gateway.yaml")
    assert "Not a directory" in shipper.stderr.readline()  # it runs, and has tried
    start = time.monotonic()
    shipper.terminate()
    said = shipper.communicate(timeout=30)[1]
    assert time.monotonic() - start < 10
    assert f"segments that stay in {spool}: 1" in said
    assert len(Spool(spool).closed()) == 1


def test_the_watcher_has_no_arrow_and_no_settings_library(spool, store, fill, command):
    """A killed child or a slow store never leaves its memory behind."""
    given = fill(count=2000)
    shipper = command("log", "ship", "--spool", spool, "--store", store)
    until(lambda: not Spool(spool).closed())
    maps = Path(f"/proc/{shipper.pid}/maps").read_text()
    for name in ("arrow", "numpy", "pydantic", "yaml", "libssl", "_ssl"):
        assert name not in maps
    shipper.terminate()
    shipper.wait(30)
    assert ids(rows(store)) == ids(given)
