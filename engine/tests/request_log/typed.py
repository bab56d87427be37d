"""Rows of the log from exchanges, for tests."""

import json

from exchanges import METADATA, exchange

from mainline.request_log.input_types import of_versions
from mainline.request_log.settings import LogSettings
from mainline.request_log.typed_columns import Privacy
from mainline.request_log.typed_rows import TypedRows

TYPES = of_versions({"7": json.loads(METADATA)}, {"7"})
FULL = {"age": 40.5, "visits": 3, "plan": "basic"}


def rows(*given, types=TYPES, **settings) -> list[dict]:
    collected = TypedRows(types, Privacy(LogSettings(**settings)))
    for each in given:
        collected.add(each)
    return collected.table().to_pylist()


def asked(*instances, answer=None, **changes):
    """An exchange about rows, with a score of 0.5 for each."""
    body = json.dumps({"instances": list(instances)}).encode()
    answer = {"predictions": [0.5] * len(instances)} if answer is None else answer
    return exchange(request=body, response=json.dumps(answer).encode(), **changes)


def inputs(row: dict) -> dict:
    return {
        name.removeprefix("input_"): value
        for name, value in row.items()
        if name.startswith("input_")
    }
