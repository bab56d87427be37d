"""The log never waits, and its counts add up: after kills, on full disks, with full queues."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest
from exchanges import METADATA, exchange

from mainline.core.errors import MainlineError
from mainline.request_log import open_segment, request_log
from mainline.request_log.counters import Counts
from mainline.request_log.exchange import MOST_OF_FAILED
from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings
from mainline.request_log.spool import Spool, exchanges, set_aside

DEFAULT = LogSettings()
SAID = "the value of a customer"


@pytest.fixture
def opened(tmp_path):
    """A function: a log on the spool of this test; it is closed at the end."""
    logs = []

    def call(**settings) -> RequestLog:
        logs.append(RequestLog(tmp_path / "spool", LogSettings(**settings)))
        return logs[-1]

    yield call
    for each in logs:
        each.close(5)


def logged(folder: Path) -> list:
    spool = Spool(folder)
    return [each for path in (*spool.closed(), *spool.opened()) for each in exchanges(path)]


def until(true, seconds=5.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def sums(counts: Counts) -> int:
    kept = counts.written + counts.lost_before
    return kept + counts.dropped["disk"] + counts.dropped["spool"]


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
    held, go = Event(), Event()

    def slow(*_):
        held.set()
        go.wait(10)
        raise OSError(errno.EIO, "gone")

    monkeypatch.setattr(open_segment.os, "write", slow)
    log = opened()
    log.write(exchange())
    held.wait(5)
    count = request_log.QUEUED + 500
    start = time.thread_time()
    for each in [exchange()] * count:
        log.write(each)
    seconds = (time.thread_time() - start) / count
    counts = log.counts()
    assert counts.accepted == request_log.QUEUED + 1 or counts.dropped["queue"] > 0
    assert counts.accepted + counts.dropped["queue"] == count + 1
    go.set()
    until(lambda: sums(log.counts()) == log.counts().accepted)
    assert log.counts().written == 0
    assert seconds < 50e-6  # about 2 µs; the bound is for a busy machine


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


def test_above_its_size_the_spool_takes_no_more(opened, tmp_path):
    log = opened(spool_mb=1, roll_mb=1)
    for _ in range(8):
        log.write(exchange(request=bytes(2**18)))
        time.sleep(0.03)
    log.close(5)
    counts = log.counts()
    assert counts.dropped["spool"] >= 2
    assert sums(counts) == counts.accepted == 8
    assert len(logged(tmp_path / "spool")) == counts.written


def test_room_in_the_spool_is_seen_again(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(request_log, "LOOK", 0.01)
    log = opened(spool_mb=1, roll_mb=1)
    log.write(exchange(request=bytes(2**20)))
    until(lambda: Spool(tmp_path / "spool").closed())
    Spool(tmp_path / "spool").closed()[0].unlink()  # shipped
    until(lambda: log.counts().spool_bytes == 0)
    log.write(exchange())
    until(lambda: log.counts().written == 2)


@pytest.mark.parametrize("room", [0, 100, 1000])
def test_a_full_disk_drops_whole_exchanges(opened, tmp_path, monkeypatch, room):
    """The disk takes `room` bytes more, then none for a while, then all."""
    monkeypatch.setattr(request_log, "LOOK", 0.2)
    real, left = os.write, [room]

    def full(file, data):
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = real(file, data[: left[0]])
        left[0] -= taken
        return taken

    log = opened()
    monkeypatch.setattr(open_segment.os, "write", full)
    given = [exchange() for _ in range(20)]
    for each in given:
        log.write(each)
    until(lambda: log.counts().dropped["disk"] > 0)
    monkeypatch.setattr(open_segment.os, "write", real)
    time.sleep(0.3)
    log.write(given[-1])
    log.close(5)
    counts = log.counts()
    assert sums(counts) == counts.accepted == 21
    found = logged(tmp_path / "spool")
    assert len(found) == counts.written == room // len_of(given[0]) + 1
    assert found[-1] == given[-1]


def len_of(each) -> int:
    return len(request_log.record_bytes.encode(1, each))


def test_a_real_limit_on_the_size_of_a_file(tmp_path):
    """Of a process of its own: the limit cannot be raised again."""
    program = f"""
import resource, sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from exchanges import exchange
from pathlib import Path
from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
log = RequestLog(Path({str(tmp_path)!r}) / "spool", LogSettings())
for _ in range(200):
    log.write(exchange())
log.close(5)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    counts = Spool(tmp_path / "spool").counters().counts()
    assert counts.accepted == sums(counts) == 200
    assert counts.dropped["disk"] > 0
    assert 0 < len(logged(tmp_path / "spool")) == counts.written


def test_a_failing_sync_ends_the_segment(opened, tmp_path, monkeypatch):
    def fails(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(open_segment.os, "fsync", fails)
    log = opened(fsync_seconds=0.05)
    log.write(exchange())
    until(lambda: Spool(tmp_path / "spool").closed())
    log.write(exchange())
    log.close(5)
    assert len(logged(tmp_path / "spool")) == log.counts().written == 2


def test_the_disk_has_what_is_older_than_the_interval(opened, monkeypatch):
    synced = []
    monkeypatch.setattr(open_segment.os, "fsync", lambda _: synced.append(time.monotonic()))
    log = opened(fsync_seconds=0.2)
    end = time.monotonic() + 1.1
    while time.monotonic() < end:
        log.write(exchange())
        time.sleep(0.01)
    assert 3 <= len(synced) <= 7
    before = len(synced)
    time.sleep(0.5)  # nothing new, nothing to do
    assert len(synced) - before <= 1


def test_the_clock_goes_back_an_hour(opened, tmp_path, monkeypatch):
    log = opened(roll_seconds=0.1)
    log.write(exchange(time=time.time()))
    until(lambda: Spool(tmp_path / "spool").closed())
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    monkeypatch.setattr(time, "time_ns", lambda: int((real() - 3600) * 1e9))
    log.write(exchange(time=time.time()))
    until(lambda: len(Spool(tmp_path / "spool").closed()) == 2)
    assert log.counts().oldest_seconds == 0
    times = sorted(each.time for each in logged(tmp_path / "spool"))
    assert times[1] - times[0] > 3500


WRITER = f"""
import os, sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from exchanges import exchange
from pathlib import Path
from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings
log = RequestLog(Path(sys.argv[1]), LogSettings(roll_seconds=0.3))
print("ready", flush=True)
while True:
    log.write(exchange(request=os.urandom(200)))
    time.sleep(0.0002)
"""


def killed_after(seconds: float, folder: Path) -> None:
    """A gateway that writes all the time, killed."""
    with subprocess.Popen([sys.executable, "-c", WRITER, folder], stdout=subprocess.PIPE) as done:
        assert done.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        done.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.e2e)])
def test_a_killed_process_loses_little_and_says_how_much(tmp_path, times):
    folder = tmp_path / "spool"
    for run in range(times):
        killed_after(0.1 + 0.037 * run, folder)
        accepted = Spool(folder).counters().accepted
        log = RequestLog(folder, DEFAULT)
        counts = log.counts()
        log.close(5)
        found = logged(folder)
        assert counts.accepted == accepted == len(found) + counts.lost_before
        assert len({each.request_id for each in found}) == len(found)
        assert Spool(folder).opened() == []
    assert counts.written > 100 * times
    assert counts.lost_before < 300 * times  # what a queue holds in 20 ms, and a busy machine


def test_a_torn_tail_is_cut_and_counted(opened, tmp_path, capsys):
    log = opened()
    log.write(exchange())
    log.write(exchange())
    log.close(5)
    path = Spool(tmp_path / "spool").closed()[0]
    torn = path.rename(path.with_suffix(".open"))
    os.truncate(torn, torn.stat().st_size - 1)
    counters = Spool(tmp_path / "spool").counters()
    counters.through = 0  # as if the process had been killed before it counted them
    counters.passed(0)
    counts = opened().counts()
    assert (counts.accepted, counts.written, counts.lost_before) == (2, 1, 1)
    assert len(logged(tmp_path / "spool")) == 1
    said = capsys.readouterr().err
    assert "torn bytes cut" in said
    assert "1 lost by an earlier kill" in said
