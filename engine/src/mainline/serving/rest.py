"""The REST API: turns method, path and body into status and JSON, without a socket."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from tensorflow_serving.apis import get_model_status_pb2

from mainline.serving import json_body, json_inputs, json_outputs, metadata
from mainline.serving.model import ServedModel
from mainline.serving.refused import RefusedError, invalid

_MODEL = r"(?i:/v1/models)/([^/:]+)(?:(?i:/versions)/([0-9]+)|(?i:/labels)/([^/:]+))?"
_ASK = re.compile(_MODEL + ":(classify|regress|predict)")
_LOOK = re.compile(_MODEL + "(/(?i:metadata))?")
_KNOWN = re.compile("(?i:/v1/)")
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
_LARGEST = 2**63 - 1
PAGE = "<HTML><HEAD>\n<TITLE>{0} {1}</TITLE>\n</HEAD><BODY>\n<H1>{1}</H1>\n</BODY></HTML>\n"
HTML = "text/html"


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    body: bytes
    kind: str = "application/json"


def error(status: int, message: str) -> Answer:
    """An error response."""
    return Answer(status, json_outputs.text({"error": message}, indent=4))


def answer(model: ServedModel, method: str, target: str, body: bytes, origin: str = "") -> Answer:
    """The response to a request. This function never raises.

    `target` is that of the request line, with query and fragment; `origin` is the header. A query
    is part of the path, so `:predict?a=1` is malformed, as in TensorFlow Serving.
    """
    path = target if target.startswith("/") else _path_of_url(target)
    early = _without_model(method, path, origin)
    if early:
        return early
    try:
        return Answer(200, _answer(model, method, path, body))
    except RefusedError as refused:
        return error(refused.http, str(refused))
    except Exception as unexpected:  # a defect of ours must still be answered
        return error(500, f"{type(unexpected).__name__}: {str(unexpected)[:200]}")


def _without_model(method: str, path: str, origin: str) -> Answer | None:
    """The responses of TensorFlow Serving's HTTP layer; None for other requests."""
    if method not in _METHODS:
        return _page(501, "Not Implemented")
    if method == "OPTIONS":  # as without `--enable_cors_support`
        return Answer(200 if re.match("https?://", origin) else 400, b"", HTML)
    if _BAD_ESCAPE.search(path):
        return _page(400, "Bad Request")
    return None if _KNOWN.match(path) else _page(404, "Not Found")


def _page(status: int, words: str) -> Answer:
    return Answer(status, PAGE.format(status, words).encode(), HTML)


def _path_of_url(target: str) -> str:
    """Path, query and fragment of an absolute URL; empty for other text."""
    try:
        parts = urlsplit(target)
    except ValueError:  # such as a bracket without an IPv6 address
        return ""
    return parts._replace(scheme="", netloc="").geturl() if parts.netloc else ""


def _answer(model: ServedModel, method: str, path: str, body: bytes) -> bytes:
    if method == "POST" and (found := _ASK.fullmatch(path)):
        spec = _spec(found)
        if found[4] == "predict":
            return _predict(model, spec, body)
        model.check(spec.name, spec.version, spec.label)
        raise invalid(f"The embedded server answers :predict only, not :{found[4]}.")
    if method == "GET" and (found := _LOOK.fullmatch(path)):
        spec = _spec(found)
        if found[4] == "/metadata":
            model.check(spec.name, spec.version, spec.label)
            return json_outputs.text(metadata.metadata_json(model), indent=1)
        request = get_model_status_pb2.GetModelStatusRequest()
        spec.fill(request.model_spec)
        return json_outputs.text(metadata.status_json(model, request), indent=1)
    if method == "GET" and path.lower() == "/v1/models":
        raise invalid("Missing model name in request.")
    raise invalid(f"Malformed request: {method} {path[:300]}")


@dataclass(frozen=True)
class _Spec:
    name: str
    version: int | None
    label: str | None

    def fill(self, message: Any) -> None:
        """Fill the ModelSpec of a status request; like TensorFlow Serving, ignore a label."""
        message.name = self.name
        if self.version is not None:
            message.version.value = self.version


def _spec(found: "re.Match[str]") -> _Spec:
    """The model that a path names. Names may be percent-encoded."""
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
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise invalid("'signature_name' key must be a string value.")
    model.check(spec.name, spec.version, spec.label)
    signature = model.signature(name)
    outputs = model.run(signature, json_inputs.inputs(document, signature.inputs))
    rows = json_inputs.ROWS in document
    return json_outputs.predictions(outputs) if rows else json_outputs.columns(outputs)
