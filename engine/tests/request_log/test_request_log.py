"""The log never waits, and its counts add up."""

import errno
import os
import time
from threading import Event

import pytest
from exchanges import METADATA, exchange
from logged import DEFAULT, SAID, logged, sums, until

from mainline.core.errors import MainlineError
from mainline.request_log import open_segment, request_log
from mainline.request_log.exchange import MOST_OF_FAILED
from mainline.request_log.request_log import RequestLog
from mainline.request_log.spool import Spool, set_aside

HELD = 10.0  # seconds for which the disk takes nothing


def test_what_is_written_is_in_the_spool(opened, tmp_path):
    log, given = opened(), [exchange() for _ in range(1000)]
    for each in given:
        log.write(each)
    log.close(5)
    assert logged(tmp_path / "spool") == given
    assert [path.suffix for path in (tmp_path / "spool").glob("*-*")] == [".segment"]
    counts = opened().counts()
    assert (counts.accepted, counts.written, counts.lost_before) == (1000, 1000, 0)
    assert counts.spool_bytes == sum(p.stat().st_size for p in (tmp_path / "spool").glob("*-*"))
    assert 0 <= counts.oldest_seconds < 60


def test_a_log_without_exchanges_has_no_segment(opened, tmp_path):
    opened().close(5)
    assert list((tmp_path / "spool").glob("*-*")) == []


def test_after_the_end_an_exchange_is_dropped_and_counted(opened):
    log = opened()
    log.close(5)
    log.close(5)
    assert opened().counts().dropped == {"disk": 0, "queue": 0, "spool": 0}


def test_a_segment_is_closed_by_age_and_by_size(opened, tmp_path):
    log = opened(roll_seconds=0.1, roll_mb=1)
    log.write(exchange())
    until(lambda: Spool(tmp_path / "spool").closed())
    for _ in range(3):
        log.write(exchange(request=bytes(2**20)))
    until(lambda: len(Spool(tmp_path / "spool").closed()) >= 3)
    log.close(5)
    assert len(logged(tmp_path / "spool")) == 4


def test_the_signature_is_kept(opened, tmp_path):
    log = opened()
    log.signature("7", METADATA)
    log.signature("../8", METADATA)
    until(lambda: Spool(tmp_path / "spool").metadata())
    assert list(Spool(tmp_path / "spool").metadata()) == ["7"]
    assert not list(tmp_path.glob("*.json"))


def test_a_name_in_the_settings_that_is_no_input_is_said_with_the_signature(
    opened, tmp_path, capsys
):
    log = opened(leave_out=["agee", "plan"], hash=[])
    log.signature("7", METADATA)
    until(lambda: Spool(tmp_path / "spool").metadata())
    log.close(5)
    said = capsys.readouterr().err
    assert said.startswith(
        "request log: rows wait in the spool: log.leave_out or log.hash names agee,"
    )
    assert said.count("\n") == 1


def test_a_sample_is_the_same_for_all_arms_and_holds_every_error(opened, tmp_path):
    log, given = opened(sample=0.3), [exchange() for _ in range(1000)]
    for each in given:
        log.write(each)
        log.write(exchange(request_id=each.request_id, arm="shadow"))
    log.write(exchange(status=503))
    log.write(exchange(problem="duplicate key", status=400))
    log.write(exchange(protocol="grpc", status=0))
    log.close(5)
    found = logged(tmp_path / "spool")
    arms = [{e.request_id for e in found if e.arm == arm and e.status == 200 and not e.problem}
            for arm in ("main", "shadow")]  # fmt: skip
    assert arms[0] == arms[1]
    assert 200 < len(arms[0]) < 400
    assert sum(each.failed for each in found) == 2


def test_main_in_the_place_of_a_challenger_is_sampled_as_other_answers(opened, tmp_path):
    log = opened(sample=0.0)
    for status in (0, 200):
        log.write(exchange(problem="challenger unreachable", status=status))
    log.close(5)
    assert logged(tmp_path / "spool") == []


def test_two_gateways_never_share_a_spool(opened, tmp_path):
    opened()
    with pytest.raises(MainlineError, match="another gateway works in this spool") as raised:
        opened()
    assert "\n" not in str(raised.value)


def test_a_spool_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises((MainlineError, OSError)) as raised:
        RequestLog(tmp_path / "file", DEFAULT)
    assert "\n" not in str(raised.value)


def test_a_full_queue_drops_and_never_waits(opened, monkeypatch):
    """Who waited for the disk would wait for `HELD` seconds."""
    held, go = Event(), Event()

    def slow(*_):
        held.set()
        go.wait(HELD)
        raise OSError(errno.EIO, "gone")

    monkeypatch.setattr(open_segment.os, "write", slow)
    log = opened()
    log.write(exchange())
    held.wait(5)
    count = request_log.QUEUED + 500
    start = time.monotonic()
    for each in [exchange()] * count:
        log.write(each)
    assert time.monotonic() - start < HELD / 2
    counts = log.counts()
    assert counts.accepted == request_log.QUEUED + 1 or counts.dropped["queue"] > 0
    assert counts.accepted + counts.dropped["queue"] == count + 1
    go.set()
    until(lambda: sums(log.counts()) == log.counts().accepted)
    assert log.counts().written == 0


def test_large_bodies_are_bounded_by_bytes(opened, monkeypatch):
    monkeypatch.setattr(request_log, "PAUSE", 30)
    log = opened()
    for _ in range(10):
        log.write(exchange(request=bytes(4 << 20)))
    counts = log.counts()
    assert (counts.accepted, counts.dropped["queue"]) == (3, 7)


@pytest.mark.parametrize(
    "failed", [{"status": 503}, {"status": 413, "problem": "too large"}, {"status": 404}]
)
def test_of_a_failed_request_no_large_body_is_kept(opened, tmp_path, failed):
    log = opened(sample=0.0)
    for size in (100, MOST_OF_FAILED + 1, 4 << 20):
        log.write(exchange(request=bytes(size), **failed))
    log.close(5)
    assert [len(each.request) for each in logged(tmp_path / "spool")] == [100, 0, 0]
    assert log.counts().spool_bytes < 2000


def test_a_segment_that_was_set_aside_does_not_wait(opened, tmp_path, capsys):
    log = opened()
    log.write(exchange())
    log.close(5)
    (segment,) = Spool(tmp_path / "spool").closed()
    set_aside(segment, "two processes died at it")
    os.utime(segment.with_suffix(".damaged"), (1, 1))
    counts = opened().counts()
    assert counts.spool_bytes > 0
    assert counts.oldest_seconds == 0
    assert "kept as" in capsys.readouterr().err


def test_a_defect_is_said_without_its_message(opened, monkeypatch, capsys):
    def fails(*_):
        raise ValueError(SAID)

    monkeypatch.setattr(request_log.record_bytes, "encode", fails)
    log = opened()
    log.write(exchange())
    log.close(5)
    said = capsys.readouterr().err
    assert "request log: ValueError" in said
    assert "customer" not in said
