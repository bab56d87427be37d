"""Spools with something in them, and commands as processes of their own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from exchanges import METADATA, exchange

from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings
from mainline.request_log.shipped_segments import ship
from mainline.request_log.spool import Spool

HOUR = 1_700_006_400.0  # a day begins


@pytest.fixture
def spool(tmp_path) -> Path:
    """The spool of this test."""
    return tmp_path / "spool"


@pytest.fixture
def store(tmp_path) -> Path:
    """The store of this test, in a folder."""
    return tmp_path / "store"


@pytest.fixture
def fill(spool):
    """A function: log exchanges into closed segments, `each` a segment. Returns them."""

    def call(*given, count=3, each=1000, folder=spool, **changes):
        given = given or [exchange(**({"time": time.time()} | changes)) for _ in range(count)]
        for start in range(0, len(given), each):
            log = RequestLog(folder, LogSettings())
            log.signature("7", METADATA)
            for one in given[start : start + each]:
                log.write(one)
            log.close(10)
        assert not Spool(folder).opened()
        return list(given)

    return call


@pytest.fixture
def command():
    """A function: start `mainline` with arguments as a process."""
    started = []

    def call(*arguments, **options) -> subprocess.Popen:
        environment = os.environ | options.pop("environment", {})
        words = [sys.executable, "-m", "mainline.cli.main", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(words, env=environment, **pipes | options))
        return started[-1]

    yield call
    for each in started:
        if each.poll() is None:
            each.kill()
        each.communicate()


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


@pytest.fixture
def fill_store(spool, store, fill):
    """A function: ship exchanges of one hour, `each` a file. Returns them."""

    def call(*given, count=30, each=10, into=store):
        given = given or [exchange(time=HOUR + place) for place in range(count)]
        fill(*given, each=each)
        ship(Spool(spool), LogSettings(store=str(into)))
        return list(given)

    return call
