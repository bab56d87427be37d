"""Simulated customers that ask a gateway over HTTP, day by day."""

import http.client
import json
import threading
from collections.abc import Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.demo.simulated_clock import SimulatedClock

CONNECTIONS = 8
NOON = timedelta(hours=12)


@dataclass(frozen=True)
class Request:
    """One customer, and the body with their row."""

    entity: str
    body: bytes


def days(month: date) -> list[date]:
    """The days of a month."""
    count = (pd.Timestamp(month) + pd.offsets.MonthEnd(0)).day
    return [month + timedelta(days=number) for number in range(count)]


def asking(
    rows: pd.DataFrame, table: TableSettings, month: date, count: int
) -> Iterator[tuple[date, list[Request]]]:
    """`count` requests of the customers of a month, spread over its days.

    `rows` has one row a customer. All are asked about before one is asked about again.
    """
    rng = np.random.default_rng(month.toordinal())
    rounds = -(-count // len(rows))
    order = np.concatenate([rng.permutation(len(rows)) for _ in range(rounds)])[:count]
    bodies = [_request(row, table) for row in rows.to_dict("records")]
    for day, places in zip(days(month), np.array_split(order, len(days(month))), strict=True):
        yield day, [bodies[place] for place in places]


def ask(
    url: str, model: str, each: Iterator[tuple[date, list[Request]]], clock: SimulatedClock
) -> int:
    """Ask over connections that stay open; a day begins when the one before is answered.

    Returns the number of requests. Raises MainlineError when one is not answered well.
    """
    count = 0
    caller = _Caller(url, model)
    with ThreadPoolExecutor(CONNECTIONS) as workers:
        for day, requests in each:
            clock.set(datetime.combine(day, datetime.min.time(), UTC) + NOON)
            count += sum(workers.map(caller.ask, requests))
    return count


class _Caller:
    """One connection for each thread."""

    def __init__(self, url: str, model: str) -> None:
        self._address = urlsplit(url).netloc
        self._path = f"/v1/models/{model}:predict"
        self._own = threading.local()

    def ask(self, request: Request) -> int:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = http.client.HTTPConnection(
                self._address, timeout=30
            )
        headers = {"Content-Type": "application/json", "x-entity-key": request.entity}
        try:
            connection.request("POST", self._path, request.body, headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise MainlineError(f"the gateway does not answer: {error}") from None
        if answer.status != 200:
            raise MainlineError(f"the gateway answers {answer.status}: {body[:200]!r}")
        return 1


def _request(row: Mapping[Hashable, Any], table: TableSettings) -> Request:
    values: dict[str, Any] = {name: float(row[name]) for name in table.numbers}
    for name in table.categories:
        values[name] = row[name] if isinstance(row[name], str) else ""
    return Request(str(row[table.entity]), json.dumps({"instances": [values]}).encode())
