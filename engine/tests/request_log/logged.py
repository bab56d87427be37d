"""What a spool holds, for tests."""

import time
from pathlib import Path

from mainline.request_log.counters import Counts
from mainline.request_log.settings import LogSettings
from mainline.request_log.spool import Spool, exchanges

DEFAULT = LogSettings()
SAID = "the value of a customer"


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
