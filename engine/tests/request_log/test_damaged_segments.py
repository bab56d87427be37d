"""Segments and exchanges that cannot be converted: kept aside, and the others are shipped."""

import os
import signal

import pytest
from exchanges import exchange
from stored import ids, rows

from mainline.request_log import segment_files, typed_rows, watch_spool
from mainline.request_log.settings import LogSettings
from mainline.request_log.ship_log import run
from mainline.request_log.ship_settings import Shipping
from mainline.request_log.shipped_segments import ship
from mainline.request_log.spool import Spool

SAID = "the value of a customer"


@pytest.fixture
def settings(store):
    return LogSettings(store=str(store))


def test_a_damaged_segment_is_kept_and_what_is_whole_is_shipped(
    spool, store, settings, fill, capsys
):
    given = fill(count=2)
    (segment,) = Spool(spool).closed()
    data = bytearray(segment.read_bytes())
    data[-1] ^= 1
    segment.write_bytes(data)
    more = fill(count=2)
    ship(Spool(spool), settings)
    assert ids(rows(store)) == ids([given[0], *more])
    assert [path.name for path in spool.glob("*-*")] == [f"{segment.stem}.damaged"]
    assert "its end is damaged" in capsys.readouterr().err


def test_a_segment_that_cannot_be_converted_does_not_stop_the_others(
    spool, store, settings, fill, monkeypatch, capsys
):
    fill(count=1)
    (bad,) = Spool(spool).closed()
    more = fill(count=2)
    real = segment_files.files

    def fails(path, *of):
        if path == bad:
            raise ValueError(SAID)
        return real(path, *of)

    monkeypatch.setattr(segment_files, "files", fails)
    ship(Spool(spool), settings)
    assert ids(rows(store)) == ids(more)
    assert bad.with_suffix(".damaged").exists()
    said = capsys.readouterr().err
    assert "could not be converted" in said
    assert "log ship: ValueError" in said
    assert "customer" not in said
    monkeypatch.undo()
    run(spool, spool, None, settings.store, once=True)
    assert len(rows(store)) == 3


def test_one_exchange_that_cannot_be_converted_is_a_row_without_inputs(
    spool, store, settings, fill, monkeypatch, capsys
):
    real = typed_rows.typed

    def fails(values, *of):
        if 13 in values:
            raise ValueError(SAID)
        return real(values, *of)

    monkeypatch.setattr(typed_rows, "typed", fails)
    given = fill(exchange(), exchange(request=b'{"instances": [{"age": 13}]}'), exchange())
    ship(Spool(spool), settings)
    found = {row["request_id"]: row for row in rows(store)}
    assert found.keys() == {each.request_id for each in given}
    bad = found.pop(given[1].request_id)
    assert (bad["input_age"], bad["problem"]) == (None, "unreadable")
    assert {(row["input_age"], row["problem"]) for row in found.values()} == {(40.5, "")}
    assert "customer" not in capsys.readouterr().err
    assert not list(spool.glob("*.damaged"))


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("how", ["killed", "memory"])
def test_a_segment_at_which_two_processes_die_is_set_aside(
    spool, store, fill, monkeypatch, capfd, how, once
):
    fill(count=1)
    (bad,) = Spool(spool).closed()
    more = fill(count=2)
    real = segment_files.files

    def dies(path, *of):
        if path == bad and how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if path == bad:
            raise MemoryError
        return real(path, *of)

    monkeypatch.setattr(segment_files, "files", dies)
    monkeypatch.setattr(watch_spool, "PAUSE", 0.01)
    settings = LogSettings(store=str(store))
    if once:
        run(spool, spool, None, settings.store, once=True)
    else:
        chosen = Shipping.of(settings).text()
        assert watch_spool.ship_round(str(spool), chosen, [float("inf")])
    assert ids(rows(store)) == ids(more)
    assert [path.name for path in spool.glob("*-*")] == [f"{bad.stem}.damaged"]
    assert "two processes died at it" in capfd.readouterr().err
