"""Two gateways on one store while it is down, the server restarts, and one of them is killed.

Clients know what they were answered, so the log is compared with them and not with itself.
"""

import http.client
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.dataset
import pytest

from mainline.request_log.compact import compact
from mainline.request_log.ids import uuid7
from mainline.request_log.log_store import Store
from mainline.request_log.ship_log import run as ship
from mainline.serving import ports
from upstream_stub import answer, upstream

pytestmark = pytest.mark.e2e

DOWN, KILLS = 60.0, 20  # seconds without a store; kills of the second gateway meanwhile
SLOW = 2.0  # seconds: no answer may take as long, whatever happens to the log
FSYNC = 1.0  # the default: what a killed process may lose
CLIENTS, PAUSE = 3, 0.02
BODY = b'{"instances": [{"age": 1.0}]}'


@dataclass
class Gateway:
    """A process, started again after a kill on the same ports and spool."""

    root: Path
    port: int
    words: list[str]
    process: subprocess.Popen | None = None
    killed: list[float] = field(default_factory=list)

    def start(self) -> None:
        with (self.root / "said.txt").open("ab") as said:
            self.process = subprocess.Popen(self.words, stdout=said, stderr=said)
        until = time.monotonic() + 30
        while True:
            with suppress(OSError):
                if asked(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5), uuid7()):
                    return
            assert time.monotonic() < until, (self.root / "said.txt").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.killed.append(time.time())


@dataclass
class Answered:
    request_id: str
    status: int
    at: float
    seconds: float


def asked(connection: http.client.HTTPConnection, request_id: str) -> int:
    connection.request("POST", "/v1/models/tiny:predict", BODY, {"x-request-id": request_id})
    reply = connection.getresponse()
    reply.read()
    assert reply.headers["x-request-id"] == request_id
    return reply.status


def client(port: int, over: threading.Event, found: list[Answered]) -> None:
    """Ask until it is over. What breaks off has no answer, and is asked anew under another id."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while not over.is_set():
        number, start = uuid7(), time.perf_counter()
        try:
            status = asked(connection, number)
        except (OSError, http.client.HTTPException):
            connection.close()
            time.sleep(0.1)
            continue
        found.append(Answered(number, status, time.time(), time.perf_counter() - start))
        time.sleep(PAUSE)


@dataclass
class Story:
    steady: list[Answered]
    shaken: list[Answered]
    killed: list[float]
    logged: Counter
    said: str


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Story:
    root = tmp_path_factory.mktemp("faults")
    store = root / "disk" / "log"
    store.parent.write_text("in the way: no folder can be made here")
    down = threading.Event()
    with upstream(lambda *_: None if down.is_set() else answer()) as server:
        gateways = []
        for number in range(2):
            rest, grpc, metrics = (ports.free("127.0.0.1") for _ in range(3))
            own = root / f"gateway-{number}"
            own.mkdir()
            words = [sys.executable, "-m", "mainline.cli.main", "gateway", "--name=tiny"]
            words += [f"--rest-port={rest}", f"--grpc-port={grpc}", f"--metrics-port={metrics}"]
            words += [f"--spool={own / 'spool'}", f"--store={store}", "--roll-seconds=2"]
            words += [f"--upstream-rest=http://127.0.0.1:{server.port}"]
            gateways.append(Gateway(own, rest, words))
            gateways[-1].start()
        over, found = threading.Event(), ([], [])
        threads = [
            threading.Thread(target=client, args=(gateway.port, over, answers))
            for gateway, answers in zip(gateways, found, strict=True)
            for _ in range(CLIENTS)
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for number in range(KILLS):
            time.sleep(max(0.0, began + DOWN / KILLS * (number + 1) - time.monotonic()))
            gateways[1].kill()
            if number == KILLS // 2:  # the server hangs up for a second, as when it starts anew
                down.set()
                time.sleep(1)
                down.clear()
            gateways[1].start()
        store.parent.unlink()
        store.parent.mkdir()
        time.sleep(3)
        over.set()
        for thread in threads:
            thread.join()
        for gateway in gateways:
            gateway.process.terminate()
            gateway.process.wait(60)
    for gateway in gateways:  # what a killed process left
        ship(gateway.root, gateway.root / "spool", None, str(store), once=True)
    kept = Store(str(store))
    for day in kept.days():
        for hour in kept.hours(day):
            compact(kept, hour)
    table = pyarrow.dataset.dataset(store, partitioning=None).to_table(columns=["request_id"])
    logged = Counter(table["request_id"].to_pylist())
    said = "".join((gateway.root / "said.txt").read_text() for gateway in gateways)
    return Story(*found, gateways[1].killed, logged, said)


def test_the_faults_happened(story):
    assert len(story.killed) == KILLS
    assert min(len(story.steady), len(story.shaken)) > 500
    assert {each.status for each in story.steady} == {200, 502}
    assert "ship" in story.said  # the store's trouble was told


def test_no_answer_waited_for_the_log(story):
    assert max(each.seconds for each in story.steady) < SLOW
    assert max(each.seconds for each in story.shaken) < SLOW


def test_every_row_stands_once(story):
    assert set(story.logged.values()) == {1}


def test_the_gateway_that_was_not_killed_lost_no_answer(story):
    lost = [each for each in story.steady if each.request_id not in story.logged]
    assert lost == []


def test_a_kill_loses_what_the_last_interval_held_and_no_more(story):
    lost = [each for each in story.shaken if each.request_id not in story.logged]
    late = 0.5  # seconds, for the process to be scheduled
    for each in lost:
        assert any(0 <= when - each.at <= FSYNC + late for when in story.killed), each
