"""The scores in an answer: one number for each row, or several, and a label."""

import math
from typing import Any, NamedTuple

from mainline.request_log import messages, tensors
from mainline.request_log.exchange import Exchange
from mainline.request_log.request_rows import PREDICT, json_of, parsed, rows_of, text_of

OUTPUT, LABEL = "score", "label"  # the names of packaging/saved_model.py
_LISTS = ("predictions", "results")  # of predict, of classify and regress


class Score(NamedTuple):
    """One number (a probability, an amount), or one for each class in `scores`, and a label."""

    score: float | None = None
    scores: list[float] | None = None
    label: str | None = None


def scores(exchange: Exchange) -> list[Score]:
    """A score for each row of the answer; none for an error. Raises ValueError for other bytes."""
    if exchange.failed:
        return []
    if exchange.protocol == "grpc":
        return _of_tensors(exchange.response) if exchange.target.endswith(PREDICT) else []
    document = json_of(exchange.response)
    if not isinstance(document, dict):
        raise ValueError("no object")
    for name in _LISTS:
        if isinstance(document.get(name), list):
            return [_of_value(value) for value in document[name]]
    outputs = document.get("outputs")
    return _of_columns(outputs if isinstance(outputs, dict) else {OUTPUT: outputs})


def _of_tensors(body: bytes) -> list[Score]:
    outputs = parsed(messages.PredictResponse, body).outputs
    return _of_columns({name: rows_of(tensors.read(proto)) for name, proto in outputs.items()})


def _of_columns(columns: dict[str, Any]) -> list[Score]:
    listed = {
        name: value if isinstance(value, list) else [value] for name, value in columns.items()
    }
    count = max(map(len, listed.values()), default=0)
    rows = ({n: v[row] for n, v in listed.items() if row < len(v)} for row in range(count))
    return [_of_value(row) for row in rows]


def _of_value(value: Any) -> Score:
    """A number, a list of numbers, an object of outputs, or pairs of label and number."""
    if isinstance(value, dict):
        return _of_value(_served(value))._replace(label=text_of(value.get(LABEL)))
    if isinstance(value, list) and value and all(_pair(each) for each in value):
        best = max(value, key=lambda pair: -math.inf if math.isnan(pair[1]) else pair[1])
        return Score(scores=[pair[1] for pair in value], label=text_of(best[0]))
    numbers = _numbers(value)
    if len(numbers) == 1:
        return Score(score=numbers[0])
    return Score(scores=numbers or None)


def _served(outputs: dict[str, Any]) -> Any:
    """The output `score`, or else all outputs in the order of their names."""
    if OUTPUT in outputs:
        return outputs[OUTPUT]
    return [outputs[name] for name in sorted(outputs)]


def _pair(value: Any) -> bool:
    """Whether it is a label with its number, as classify answers."""
    return isinstance(value, list) and [type(each) for each in value] == [str, float]


def _numbers(value: Any) -> list[float]:
    if isinstance(value, list):
        return [number for each in value for number in _numbers(each)]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return []
    try:
        return [float(value)]
    except OverflowError:  # a whole number beyond a double
        return [math.inf if value > 0 else -math.inf]
