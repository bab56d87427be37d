"""Simulated customers: whom they are, when they ask, and what the gateway's log says of it."""

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.demo import customers
from mainline.demo.dated_gateway import DatedLog
from mainline.demo.simulated_clock import SimulatedClock
from mainline.request_log.exchange import Exchange
from mainline.request_log.settings import LogSettings
from mainline.request_log.spool import Spool, exchanges
from mainline.serving.http_thread import HttpThread
from mainline.serving.rest_paths import Answer

TABLE = TableSettings.model_validate(
    {
        "entity": "who",
        "target": "left",
        "positive": "yes",
        "numbers": ["age"],
        "categories": ["city"],
    }
)
ROWS = pd.DataFrame(
    {"who": ["a", "b", "c"], "age": [1.5, np.nan, 3.0], "city": ["ulm", None, "bonn"], "left": "no"}
)
JULY = date(2026, 7, 1)


def test_all_are_asked_about_before_one_is_asked_about_again():
    days = list(customers.asking(ROWS, TABLE, JULY, 70))
    assert [day for day, _ in days] == customers.days(JULY)
    asked = [request.entity for _, requests in days for request in requests]
    assert len(asked) == 70
    assert all(len({*asked[place : place + 3]}) == 3 for place in range(0, 69, 3))
    assert sorted(Counter(asked).values()) == [23, 23, 24]


def test_a_body_has_the_inputs_and_no_more():
    bodies = {
        request.entity: json.loads(request.body)["instances"][0]
        for _, requests in customers.asking(ROWS, TABLE, JULY, 3)
        for request in requests
    }
    assert bodies["a"] == {"age": 1.5, "city": "ulm"}
    assert np.isnan(bodies["b"].pop("age"))
    assert bodies["b"] == {"city": ""}


class Answers:
    """A server that keeps what it got, with the time on the clock."""

    def __init__(self, clock: SimulatedClock, status: int = 200) -> None:
        self.clock, self.status, self.got = clock, status, []

    def __call__(self, *_: object) -> Answer:
        self.got.append(self.clock.now())
        return Answer(self.status, b"{}")


@pytest.fixture
def clock(tmp_path):
    return SimulatedClock(tmp_path / "clock")


@pytest.fixture
def serving(clock):
    started = []

    def serve(status: int = 200) -> tuple[Answers, str]:
        answers = Answers(clock, status)
        started.append(HttpThread(("127.0.0.1", 0), answers))
        return answers, f"http://127.0.0.1:{started[-1].port}"

    yield serve
    for each in started:
        each.stop()


def test_a_day_begins_when_the_one_before_is_answered(clock, serving):
    answers, url = serving()
    assert customers.ask(url, "tiny", customers.asking(ROWS, TABLE, JULY, 62), clock) == 62
    noons = [datetime.fromtimestamp(each, UTC) for each in answers.got]
    assert noons == sorted(noons)
    assert Counter(noon.date() for noon in noons) == dict.fromkeys(customers.days(JULY), 2)


def test_an_answer_that_is_no_prediction_ends_it(clock, serving):
    _, url = serving(503)
    with pytest.raises(MainlineError, match="the gateway answers 503"):
        customers.ask(url, "tiny", customers.asking(ROWS, TABLE, JULY, 3), clock)


def test_nobody_there_is_one_line(clock, free_port):
    with pytest.raises(MainlineError, match="the gateway does not answer"):
        customers.ask(
            f"http://127.0.0.1:{free_port}", "tiny", customers.asking(ROWS, TABLE, JULY, 3), clock
        )


def test_the_log_has_the_time_of_the_clock_that_another_process_sets(tmp_path, clock):
    log = DatedLog(SimulatedClock(tmp_path / "clock"), tmp_path / "spool", LogSettings())
    about = {"protocol": "rest", "target": "/v1/models/tiny:predict", "arm": "main", "status": 200}
    given = Exchange(
        **about, time=1.0, request_id="r", problem="", seconds=0.1, version="7", digest="",
        entity="a", caller="", encoding="", request=b"{}", response=b"{}",
    )  # fmt: skip
    noon = datetime(2026, 7, 3, 12, tzinfo=UTC)
    clock.set(noon)
    log.write(given)
    log.close(5)
    spool = Spool(Path(tmp_path / "spool"))
    [found] = [each for path in spool.closed() for each in exchanges(path)]
    assert found.time == noon.timestamp()
