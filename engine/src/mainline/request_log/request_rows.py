"""The rows that a request asks about, as columns of raw values: from JSON or from tensors."""

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mainline.request_log import messages, tensors
from mainline.request_log.exchange import MOST_OF_FAILED, Exchange
from mainline.request_log.input_types import SERVED

LARGEST = 256 << 20  # bytes of an answered body after decompression; the proxy's limit is lower
PREDICT = "/Predict"  # the end of the method of gRPC


@dataclass
class Asked:
    """`columns` hold `rows` raw values by input; both are empty for an unreadable body."""

    rows: int = 0
    columns: dict[str, list[Any]] = field(default_factory=dict)
    signature: str = ""


def asked(exchange: Exchange, inputs: Iterable[str]) -> Asked:
    """The rows of a request; only columns named in `inputs` are read.

    Raises ValueError when the body is no request of its protocol, has too many values to fill up,
    or belongs to a request that failed and has a key twice or is large.
    """
    if exchange.protocol == "grpc":
        named = exchange.target.endswith(PREDICT)
        return _of_tensors(exchange.request, set(inputs)) if named else Asked()
    return _of_json(exchange, list(inputs))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


_PLAIN, _STRICT = json.JSONDecoder(), json.JSONDecoder(object_pairs_hook=_object)


def json_of(body: bytes, *, strict: bool = False, most: int = LARGEST) -> Any:
    """A body in JSON, also if it is compressed. Text that is not UTF-8 gets a replacement mark.

    With `strict`, a key that stands twice in an object is an error. Raises ValueError, also for
    more than `most` bytes.
    """
    if body[:2] == b"\x1f\x8b":  # gzip; no JSON begins so
        inflate = zlib.decompressobj(31)
        try:
            body = inflate.decompress(body, most + 1)
        except zlib.error:
            raise ValueError("not gzip") from None
    if len(body) > most:
        raise ValueError("too large")
    text = body.decode("utf-8-sig", errors="replace").lstrip()
    try:  # the server reads no further than the first document, either
        return (_STRICT if strict else _PLAIN).raw_decode(text)[0]
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _of_json(exchange: Exchange, inputs: list[str]) -> Asked:
    failed = exchange.failed
    document = json_of(exchange.request, strict=failed, most=MOST_OF_FAILED if failed else LARGEST)
    if not isinstance(document, dict):
        raise ValueError("no object")
    signature = text_of(document.get("signature_name") or SERVED) or ""
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
    return _aligned(listed, signature)


def _columns_of_rows(rows: list[Any], inputs: list[str]) -> dict[str, list[Any]]:
    named = all(isinstance(row, dict) and "b64" not in row for row in rows)
    if not named:
        return {inputs[0]: rows} if len(inputs) == 1 else {}
    return {name: [row.get(name) for row in rows] for name in inputs}


def _aligned(columns: dict[str, list[Any]], signature: str) -> Asked:
    """Columns of one length: the shorter ones are filled up with nulls."""
    count = max(map(len, columns.values()), default=0)
    if sum(count - len(values) for values in columns.values()) > tensors.MOST_FILLED:
        raise ValueError("the lengths of columns differ too much")
    filled = {name: values + [None] * (count - len(values)) for name, values in columns.items()}
    return Asked(count, filled, signature)


def _of_tensors(body: bytes, inputs: set[str]) -> Asked:
    request = parsed(messages.PredictRequest, body)
    columns, room = {}, tensors.MOST_FILLED
    for name in inputs & set(request.inputs):  # reading a name that is missing would add it
        tensor = tensors.read(request.inputs[name], room)
        room -= tensor.filled
        columns[name] = rows_of(tensor)
    return _aligned(columns, request.model_spec.signature_name or SERVED)


def parsed(kind: Any, body: bytes) -> Any:
    """A message of a kind. Raises ValueError."""
    try:
        return kind.FromString(body)
    except Exception as error:  # protobuf's DecodeError has a base of its own in each of its cores
        raise ValueError(type(error).__name__) from None


def rows_of(tensor: tensors.Tensor) -> list[Any]:
    """The values by row: single ones, or a flat list for each row.

    Raises TensorError for rows without values: a few bytes can claim any number of them.
    """
    values = list(tensor.values)
    if len(tensor.shape) <= 1:
        return values
    count = tensor.shape[0]
    if len(values) < count:
        raise tensors.TensorError(f"{count} rows have no values")
    width = len(values) // count if count else 0
    return [values[row * width : (row + 1) * width] for row in range(count)]


def text_of(value: Any) -> str | None:
    """The text of a JSON string, of `{"b64": "..."}`, or of bytes; None for any other value."""
    try:
        if isinstance(value, dict) and set(value) == {"b64"}:
            value = base64.b64decode(value["b64"] + "==")  # the server needs no padding
        if isinstance(value, bytes):
            return value.decode()
        if isinstance(value, str):
            value.encode()
            return value
    except (ValueError, TypeError):  # no base64, no UTF-8, or half of a surrogate pair
        return None
    return None
