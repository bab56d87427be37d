"""A person sees the last predictions: of the store and of the spool."""

import time

import pytest
from exchanges import METADATA, exchange

from mainline.core.errors import MainlineError, SettingsError
from mainline.request_log import segment_files
from mainline.request_log.read import Log
from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings
from mainline.request_log.shipped_segments import ship
from mainline.request_log.show_log import run
from mainline.request_log.spool import Spool


@pytest.fixture
def show(spool, store, tmp_path, capsys):
    """A function: the lines that the command prints, without the first."""

    def call(last=10):
        run(tmp_path, last, spool, None, str(store))
        head, *lines = capsys.readouterr().out.splitlines()
        assert head.split()[0] == "time"
        return lines

    return call


def test_no_log_yet_is_one_line(show, store, spool):
    with pytest.raises(MainlineError) as raised:
        show()
    assert str(raised.value).startswith(
        f"{store}: no prediction is logged yet. `make serve` starts"
    )
    assert "\n" not in str(raised.value)
    assert not store.exists()
    assert not spool.exists()
    with pytest.raises(SettingsError, match="--last must be 1 or more"):
        show(0)


def test_a_prediction_shows_at_once(show, spool):
    log = RequestLog(spool, LogSettings())
    log.signature("7", METADATA)
    log.write(exchange(request_id="an-id", entity="c1"))
    time.sleep(1.5)
    (line,) = show()
    log.close(5)
    assert line.startswith("2023-11-14 22:13:20  an-id ")
    for part in ("an-id", " 7 ", " 0.25 ", " c1 ", "age=40.5, plan=basic, visits=-", " 200"):
        assert part in line


def test_the_last_ones_of_many_files_and_hours(show, spool, store, fill, monkeypatch):
    monkeypatch.setattr(segment_files, "PIECE", 2)
    monkeypatch.setattr(segment_files, "GROUP", 4)
    start = 1_700_006_400.0
    given = [exchange(time=start + 600 * place, request_id=f"id-{place}") for place in range(40)]
    fill(*reversed(given), each=7)
    ship(Spool(spool), LogSettings(store=str(store)))
    given += fill(exchange(time=start + 600 * 40, request_id="id-40"))
    for last in (1, 2, 5, 13, 100):
        found = [line.split()[2] for line in show(last)]
        assert found == [each.request_id for each in given[-last:]]


def test_a_row_between_spool_and_store_shows_once(show, spool, store, fill):
    fill(count=1)
    (segment,) = Spool(spool).closed()
    copy = segment.read_bytes()
    ship(Spool(spool), LogSettings(store=str(store)))
    segment.write_bytes(copy)
    assert len(show()) == 1


def test_another_store_is_read_without_the_spool_here(fill, store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fill(folder=tmp_path / "reports/spool")
    assert len(Log.of(tmp_path, None, None, None).last(10)) == 3
    with pytest.raises(MainlineError, match="no prediction is logged yet"):
        Log.of(tmp_path, None, None, str(store)).last(10)


def test_errors_classes_and_other_arms(show, fill):
    fill(
        exchange(status=400, problem="duplicate key", time=1.0, request=b"{"),
        exchange(arm="shadow", time=2.0),
        exchange(response=b'{"predictions": [{"score": [0.25, 0.75], "label": "b"}]}', time=3.0),
        exchange(version="", status=503, entity="x\x1b[31m" + "y" * 50, time=4.0),
    )
    refused, shadow, classes, down = show()
    assert refused.split()[4:] == ["-", "-", "-", "400", "duplicate", "key"]
    assert shadow.endswith("200 shadow")
    assert " b 0.75 " in classes
    assert "\x1b" not in down
    assert "…" in down
    assert down.endswith("503")
