"""The process that ships: what it leaves, how it ends, and what it does beside another one."""

import signal
import socket
import time
from pathlib import Path

import pytest
from stored import ids, rows, until

from mainline.core.errors import MainlineError
from mainline.request_log.ship_log import run
from mainline.request_log.spool import Spool


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
