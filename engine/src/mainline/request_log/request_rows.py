"""The rows that a request asks about, as columns of raw values: from JSON or from tensors."""

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mainline.request_log import messages, tensors
from mainline.request_log.exchange import Exchange
from mainline.request_log.input_types import SERVED

LARGEST = 256 << 20  # bytes of a body after decompression; the proxy's limit is lower
PREDICT = "/Predict"  # the end of the method of gRPC


@dataclass
class Asked:
    """`columns` hold `rows` raw values by input; both are empty for an unreadable body."""

    rows: int = 0
    columns: dict[str, list[Any]] = field(default_factory=dict)
    signature: str = ""


def asked(exchange: Exchange, inputs: Iterable[str]) -> Asked:
    """The rows of a request; only columns named in `inputs` are read.

    Raises ValueError when the body is no request of its protocol, or has a key twice in a request
    that failed.
    """
    if exchange.protocol == "grpc":
        return _of_tensors(exchange) if exchange.target.endswith(PREDICT) else Asked()
    return _of_json(exchange, list(inputs))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


_PLAIN, _STRICT = json.JSONDecoder(), json.JSONDecoder(object_pairs_hook=_object)


def json_of(body: bytes, *, strict: bool = False) -> Any:
    """A body in JSON, also if it is compressed. Text that is not UTF-8 gets a replacement mark.

    With `strict`, a key that stands twice in an object is an error. Raises ValueError.
    """
    if body[:2] == b"\x1f\x8b":  # gzip; no JSON begins so
        inflate = zlib.decompressobj(31)
        try:
            body = inflate.decompress(body, LARGEST)
        except zlib.error:
            raise ValueError("not gzip") from None
    text = body.decode("utf-8-sig", errors="replace").lstrip()
    try:  # the server reads no further than the first document, either
        return (_STRICT if strict else _PLAIN).raw_decode(text)[0]
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _of_json(exchange: Exchange, inputs: list[str]) -> Asked:
    document = json_of(exchange.request, strict=exchange.failed)
    if not isinstance(document, dict):
        raise ValueError("no object")
    signature = document.get("signature_name") or SERVED
    signature = signature if isinstance(signature, str) else ""
    rows = document.get("instances", document.get("examples"))
    if isinstance(rows, list):
        return Asked(len(rows), _columns_of_rows(rows, inputs), signature)
    columns = document.get("inputs")
    if columns is None:
        raise ValueError("no rows")
    if not isinstance(columns, dict) or set(columns) == {"b64"}:
        columns = {inputs[0]: columns} if len(inputs) == 1 else {}
    listed = {
        name: value if isinstance(value, list) else [value]
        for name, value in columns.items()
        if name in inputs
    }
    count = max(map(len, listed.values()), default=0)
    return Asked(
        count, {name: _filled(values, count) for name, values in listed.items()}, signature
    )


def _columns_of_rows(rows: list[Any], inputs: list[str]) -> dict[str, list[Any]]:
    named = all(isinstance(row, dict) and "b64" not in row for row in rows)
    if not named:
        return {inputs[0]: rows} if len(inputs) == 1 else {}
    return {name: [row.get(name) for row in rows] for name in inputs}


def _filled(values: list[Any], count: int) -> list[Any]:
    return values + [None] * (count - len(values))


def _of_tensors(exchange: Exchange) -> Asked:
    request = parsed(messages.PredictRequest, exchange.request)
    columns = {name: rows_of(tensor) for name, tensor in request.inputs.items()}
    count = max(map(len, columns.values()), default=0)
    filled = {name: _filled(values, count) for name, values in columns.items()}
    return Asked(count, filled, request.model_spec.signature_name or SERVED)


def parsed(kind: Any, body: bytes) -> Any:
    """A message of a kind. Raises ValueError."""
    try:
        return kind.FromString(body)
    except Exception as error:  # protobuf's DecodeError has a base of its own in each of its cores
        raise ValueError(type(error).__name__) from None


def rows_of(proto: Any) -> list[Any]:
    """The values of a tensor by row: single ones, or a flat list for each row."""
    tensor = tensors.read(proto)
    values = list(tensor.values)
    if len(tensor.shape) <= 1:
        return values
    count = tensor.shape[0]
    width = len(values) // count if count else 0
    return [values[row * width : (row + 1) * width] for row in range(count)]


def text_of(value: Any) -> str | None:
    """The text of a JSON string, of `{"b64": "..."}`, or of bytes; None for any other value."""
    try:
        if isinstance(value, dict) and set(value) == {"b64"}:
            value = base64.b64decode(f"{value['b64']}==")  # the server needs no padding
        if isinstance(value, bytes):
            return value.decode()
        if isinstance(value, str):
            value.encode()
            return value
    except (ValueError, TypeError):  # no base64, no UTF-8, or half of a surrogate pair
        return None
    return None
