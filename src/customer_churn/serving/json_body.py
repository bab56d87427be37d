"""A request's body as a JSON object, as strictly as TensorFlow Serving reads it."""

import json
import math
from typing import Any

from customer_churn.serving.refused import invalid


def parse(body: bytes) -> dict[str, Any]:
    """The object in `body`; bare NaN and infinities are numbers in it. Refuses anything else."""
    if not body:
        raise invalid("JSON Parse error: The document is empty")
    try:
        text = body.decode("utf-8-sig")
        document = json.loads(text, object_pairs_hook=_object, parse_float=_float)
    except RecursionError:
        raise invalid("JSON Parse error: nested too deeply") from None
    except ValueError as error:  # bad JSON, bad UTF-8, a number with thousands of digits
        raise invalid(f"JSON Parse error: {str(error)[:200]}") from None
    if not isinstance(document, dict):
        raise invalid(f"JSON Value: {short(document)} Is not object")
    return document


def signature_name(document: dict[str, Any]) -> str:
    """The signature that is asked for; empty for the default."""
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise invalid(
            f"JSON Value: {short(name)} not formatted correctly. "
            "'signature_name' key must be a string value."
        )
    return name


def short(value: Any) -> str:
    """A JSON value for an error message, which must not repeat megabytes."""
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
