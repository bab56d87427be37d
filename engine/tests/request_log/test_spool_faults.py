"""The spool on a full disk, after a kill, with a wrong clock: counts add up."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from exchanges import exchange
from logged import DEFAULT, logged, sums, until

from mainline.request_log import open_segment, request_log
from mainline.request_log.request_log import RequestLog
from mainline.request_log.spool import Spool


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
