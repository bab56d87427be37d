"""Faults of logs under load, with counts that add up: processes of their own, one store.

`tests/e2e/test_gateway_under_faults.py` has whole gateways, and clients who measure their answers.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from exchanges import exchange
from stored import ids, rows, until

from mainline.request_log.compact import compact
from mainline.request_log.log_store import Store
from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings
from mainline.request_log.ship_log import run as ship
from mainline.request_log.spool import Spool

KILLS = 2
GATEWAY = f"""
import json, os, sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from exchanges import METADATA, exchange
from pathlib import Path
from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings

spool, seconds, settings = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])
log = RequestLog(Path(spool), LogSettings(**settings))
log.signature("7", METADATA)
print("ready", flush=True)
end, asked = time.monotonic() + seconds, 0
while time.monotonic() < end:
    log.write(exchange(time=time.time()))
    asked += 1
    time.sleep(0.0005)
log.close(10)
print(json.dumps({{"asked": asked, **vars(log.counts())}}))
"""


@pytest.fixture
def gateway():
    """A function: start a gateway that logs for a time, on a spool."""
    started = []

    def call(spool, seconds, **settings) -> subprocess.Popen:
        words = [sys.executable, "-c", GATEWAY, spool, str(seconds), json.dumps(settings)]
        started.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "ready\n"
        return started[-1]

    yield call
    for each in started:
        each.kill()
        each.communicate()


def ended(process) -> dict:
    """What a gateway says at its end."""
    return json.loads(process.communicate(timeout=60)[0])


def compacted(store) -> list[dict]:
    kept = Store(str(store))
    for day in kept.days():
        for hour in kept.hours(day):
            compact(kept, hour)
    return rows(store)


def test_two_gateways_and_a_crash_between_on_one_store(tmp_path, store, gateway):
    """Every answer stands once after compaction, though one segment was shipped twice."""
    spools = [tmp_path / "one", tmp_path / "two"]
    running = [gateway(spool, 1.2, roll_seconds=0.3) for spool in spools]
    counts = [ended(each) for each in running]
    shutil.copytree(spools[0], tmp_path / "copy")  # as if its segments had not been deleted
    for spool in (*spools, tmp_path / "copy"):
        ship(tmp_path, spool, None, str(store), once=True)
    twice = len(rows(store))
    found = compacted(store)
    assert len(found) == len(set(ids(found))) == sum(each["asked"] for each in counts) == twice
    for each in counts:
        assert each["accepted"] == each["written"] == each["asked"] > 100


def test_a_store_that_is_down_costs_no_row(tmp_path, spool, store, gateway, command):
    store.write_text("down")
    shipper = command("log", "ship", "--spool", spool, "--store", store)
    running = gateway(spool, 1.5, roll_seconds=0.2)
    time.sleep(1)
    store.unlink()
    counts = ended(running)
    until(lambda: not Spool(spool).closed(), 60)
    shipper.terminate()
    shipper.communicate(timeout=30)
    assert len(set(ids(rows(store)))) == len(rows(store)) == counts["asked"]


def test_a_full_spool_drops_and_counts_while_answers_go_on(tmp_path, spool, store, gateway):
    """1 MB for about 2,000 rows, shipped never, then at the end."""
    running = gateway(spool, 3, spool_mb=1, roll_mb=1)
    counts = ended(running)
    ship(tmp_path, spool, None, str(store), once=True)
    assert counts["accepted"] == counts["written"] + counts["dropped"]["spool"] == counts["asked"]
    assert len(rows(store)) == counts["written"]


def test_the_clock_goes_back_an_hour_and_rows_stay_once(tmp_path, spool, store):
    log = RequestLog(spool, LogSettings())
    now = 1_700_006_400.0
    given = [exchange(time=now + place) for place in range(5)]
    given += [exchange(time=now + place - 3600) for place in range(5)]
    for each in given:
        log.write(each)
    log.close(5)
    ship(tmp_path, spool, None, str(store), once=True)
    assert len(list(store.rglob("*.parquet"))) == 2
    assert ids(compacted(store)) == ids(given)


def test_killed_under_load_with_its_shipper(tmp_path, spool, store, gateway, command):
    """Gateway and shipper are killed together; then: accepted = in the store + counted as lost."""
    for turn in range(KILLS):
        shipper = command("log", "ship", "--spool", spool, "--store", store)
        running = gateway(spool, 60, roll_seconds=0.15)
        time.sleep(0.4 + 0.031 * turn)
        running.send_signal(signal.SIGKILL)
        shipper.send_signal(signal.SIGKILL)
        running.wait()
        shipper.wait()
        time.sleep(0.1)  # its child ends with it
    ship(tmp_path, spool, None, str(store), once=True)
    counts = Spool(spool).counters().counts()
    found = compacted(store)
    assert len(found) == len(set(ids(found))) == counts.written
    assert counts.accepted == len(found) + counts.lost_before
    assert len(found) > 100 * KILLS
    assert counts.lost_before < 200 * KILLS
