"""The REST surface: method, path and body to status and JSON, with no socket in sight."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from tensorflow_serving.apis import classification_pb2, get_model_status_pb2, regression_pb2

from customer_churn.serving import examples, json_body, json_inputs, json_outputs, metadata
from customer_churn.serving.model import ServedModel
from customer_churn.serving.refused import RefusedError, invalid

_MODEL = r"/v1/models/([^/:]+)(?:/versions/([0-9]+)|/labels/([^/:]+))?"
_ASK = re.compile(_MODEL + r":(classify|regress|predict)", re.IGNORECASE)
_LOOK = re.compile(_MODEL + r"(/metadata)?", re.IGNORECASE)
_KNOWN = re.compile(r"/v1/.*", re.IGNORECASE | re.DOTALL)
_LARGEST = 2**63 - 1
NO_PAGE = b"""<HTML><HEAD>
<TITLE>404 Not Found</TITLE>
</HEAD><BODY>
<H1>Not Found</H1>
</BODY></HTML>
"""


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: bytes
    kind: str = "application/json"


def error(status: int, message: str) -> Answer:
    """The one shape of all errors."""
    return Answer(status, json_outputs.text({"error": message}))


def answer(model: ServedModel, method: str, target: str, body: bytes) -> Answer:
    """Whatever is asked, an answer: no exception leaves this function.

    `target` is as it stood in the request line, with a query or a host if the client sent one.
    """
    try:
        path = urlsplit(target).path
    except ValueError:  # such as a bracket that no IPv6 address follows
        return error(400, "Malformed request target")
    if not _KNOWN.fullmatch(path):
        return Answer(404, NO_PAGE, "text/html")
    try:
        return Answer(200, _answer(model, method, path, body))
    except RefusedError as refused:
        return error(refused.http, str(refused))
    except Exception as unexpected:  # a mistake of ours must not end the connection unanswered
        return error(500, f"{type(unexpected).__name__}: {str(unexpected)[:200]}")


def _answer(model: ServedModel, method: str, path: str, body: bytes) -> bytes:
    if method == "POST" and (found := _ASK.fullmatch(path)):
        return _ACTIONS[found[4].lower()](model, _spec(found), body)
    if method == "GET" and (found := _LOOK.fullmatch(path)):
        spec = _spec(found)
        if found[4] is None:
            request = get_model_status_pb2.GetModelStatusRequest()
            spec.fill(request.model_spec)
            return json_outputs.text(metadata.status_json(model, request))
        model.check(spec.name, spec.version, spec.label)
        return json_outputs.text(metadata.metadata_json(model))
    if method == "GET" and path.lower() == "/v1/models":
        raise invalid("Missing model name in request.")
    raise invalid(f"Malformed request: {method} {path}")


@dataclass(frozen=True)
class _Spec:
    name: str
    version: int | None
    label: str | None

    def fill(self, message: Any) -> None:
        """Into the ModelSpec of a protobuf request."""
        message.name = self.name
        if self.version is not None:
            message.version.value = self.version
        if self.label is not None:
            message.version_label = self.label


def _spec(found: "re.Match[str]") -> _Spec:
    """Which model a path names; names may be percent-encoded."""
    version = None
    if found[2] is not None:
        digits = found[2].lstrip("0") or "0"
        version = int(digits) if len(digits) < 20 else _LARGEST + 1
        if version > _LARGEST:
            raise invalid(f"Failed to convert version: {found[2][:40]} to numeric.")
    label = None if found[3] is None else unquote(found[3])
    return _Spec(unquote(found[1]), version, label)


def _predict(model: ServedModel, spec: _Spec, body: bytes) -> bytes:
    document = json_body.parse(body)
    name = json_body.signature_name(document)
    model.check(spec.name, spec.version, spec.label)
    signature = model.signature(name)
    outputs = model.run(signature, json_inputs.inputs(document, signature.inputs))
    rows = json_inputs.ROWS in document
    return json_outputs.predictions(outputs) if rows else json_outputs.columns(outputs)


def _classify(model: ServedModel, spec: _Spec, body: bytes) -> bytes:
    request = _examples(classification_pb2.ClassificationRequest(), spec, body)
    found = examples.classify(model, request).result.classifications
    results = [
        [[each.label, json_outputs.decimal(each.score)] for each in row.classes] for row in found
    ]
    return json_outputs.text({"results": results})


def _regress(model: ServedModel, spec: _Spec, body: bytes) -> bytes:
    request = _examples(regression_pb2.RegressionRequest(), spec, body)
    found = examples.regress(model, request).result.regressions
    return json_outputs.text({"results": [json_outputs.decimal(each.value) for each in found]})


def _examples(request: Any, spec: _Spec, body: bytes) -> Any:
    document = json_body.parse(body)
    request.model_spec.signature_name = json_body.signature_name(document)
    spec.fill(request.model_spec)
    examples.fill(document, request.input)
    return request


_ACTIONS: dict[str, Callable[[ServedModel, _Spec, bytes], bytes]] = {
    "predict": _predict,
    "classify": _classify,
    "regress": _regress,
}
