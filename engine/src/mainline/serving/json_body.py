"""Parses a request's body as a JSON object."""

import json
import math
from typing import Any

from mainline.serving.refused import invalid


def parse(body: bytes) -> dict[str, Any]:
    """The object in `body`. NaN, Infinity and -Infinity are numbers. Other JSON is refused."""
    try:
        document = _decode(body.decode("utf-8-sig"))
    except RecursionError:
        raise invalid("JSON Parse error: nested too deeply") from None
    except ValueError as error:  # also text that is not UTF-8
        raise invalid(f"JSON Parse error: {str(error)[:200]}") from None
    if not isinstance(document, dict):
        raise invalid(f"JSON Value: {short(document)} Is not object")
    return document


def short(value: Any) -> str:
    """A JSON value for an error message, in at most 100 characters."""
    try:
        text = json.dumps(value)
    except RecursionError:
        return "(nested deeply)"
    return text if len(text) <= 100 else f"{text[:100]}..."


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("Number too big to be stored in double")
    return number


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float).decode
