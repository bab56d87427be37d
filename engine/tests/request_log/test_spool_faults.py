"""The spool on a full disk, after a kill, with a wrong clock: counts add up."""

import errno
import os
import shutil
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


def test_what_a_failing_sync_may_have_lost_is_counted_as_lost_and_is_not_shipped(
    opened, tmp_path, monkeypatch, capsys
):
    """The first record reaches the disk, the next two do not, and the fourth does."""
    real, failing = os.fsync, []

    def sync(file):
        if failing:
            raise OSError(errno.EIO, "Input/output error")
        real(file)

    monkeypatch.setattr(open_segment.os, "fsync", sync)
    log, given = opened(fsync_seconds=0.05), [exchange() for _ in range(4)]
    for count, each in enumerate(given):
        failing[:] = [count] if count in (1, 2) else []
        log.write(each)
        until(lambda: sums(log.counts()) == count + 1)  # noqa: B023  called at once
    log.close(5)
    counts = log.counts()
    assert (counts.written, counts.dropped["disk"], counts.accepted) == (2, 2, 4)
    assert logged(tmp_path / "spool") == [given[0], given[3]]
    assert capsys.readouterr().err.count("the spool's disk fails: [Errno 5] Input") == 1


def test_what_is_killed_between_two_syncs_is_counted_once(opened, tmp_path):
    """Records that wait for the disk have numbers, and the file of a killed process has them."""
    log = opened(fsync_seconds=3600)
    for _ in range(3):
        log.write(exchange())
    until(lambda: len(logged(tmp_path / "spool")) == 3)
    assert log.counts().written == 0
    copy = shutil.copytree(tmp_path / "spool", tmp_path / "killed")
    again = RequestLog(copy, DEFAULT)
    counts = again.counts()
    again.close(5)
    assert (counts.accepted, counts.written, counts.lost_before) == (3, 3, 0)


@pytest.mark.parametrize("place", ["mkdir", "open", "pwrite"])
def test_a_new_spool_on_a_full_disk_drops_and_counts_until_there_is_room(
    opened, tmp_path, monkeypatch, capsys, place
):
    """Neither the folder, the lock nor the counters can be made at first."""
    monkeypatch.setattr(request_log, "LOOK", 0.05)
    where = {"mkdir": Path, "open": Path, "pwrite": os}[place]
    real, full = getattr(where, place), [True]

    def fails(*of, **more):
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*of, **more)

    monkeypatch.setattr(where, place, fails)
    log = opened()
    for _ in range(3):
        log.write(exchange())
    until(lambda: log.counts().dropped["disk"] == 3)
    full.clear()
    until((tmp_path / "spool/counters").exists)
    kept = exchange()
    until(lambda: log.write(kept) or log.counts().written)
    log.close(5)
    counts = Spool(tmp_path / "spool").counters().counts()
    assert counts.written == len(logged(tmp_path / "spool")) > 0
    assert counts.dropped["disk"] >= 3
    assert sums(counts) == counts.accepted
    assert capsys.readouterr().err.count("the spool's disk fails: [Errno 28] No space") == 1


def test_a_spool_whose_disk_stays_full_ends_well(opened, monkeypatch, capsys):
    def fails(*_, **__):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(Path, "mkdir", fails)
    log = opened(fsync_seconds=0.01)
    log.write(exchange())
    until(lambda: log.counts().dropped["disk"] == 1)
    log.close(5)
    assert log.counts().accepted == 1
    assert capsys.readouterr().err.count("\n") == 1


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
