"""The REST API: turns method, path and body into status and JSON, without a socket."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tensorflow_serving.apis import get_model_status_pb2

from mainline.serving import json_body, json_inputs, json_outputs, metadata
from mainline.serving.model import ServedModel
from mainline.serving.refused import RefusedError, invalid
from mainline.serving.rest_paths import ASK, LOOK, Answer, error, path_of, refusal

_LARGEST = 2**63 - 1


def answer(model: ServedModel, method: str, target: str, body: bytes, origin: str = "") -> Answer:
    """The response to a request. This function never raises.

    `target` is that of the request line, with query and fragment; `origin` is the header.
    """
    path = path_of(target)
    if early := refusal(method, path, origin):
        return early
    try:
        return Answer(200, _answer(model, path, body))
    except RefusedError as refused:
        return error(refused.http, str(refused))
    except Exception as unexpected:  # a defect of ours must still be answered
        return error(500, f"{type(unexpected).__name__}: {str(unexpected)[:200]}")


def _answer(model: ServedModel, path: str, body: bytes) -> bytes:
    if found := ASK.fullmatch(path):
        spec = _spec(found)
        if found[4] == "predict":
            return _predict(model, spec, body)
        model.check(spec.name, spec.version, spec.label)
        raise invalid(f"The embedded server answers :predict only, not :{found[4]}.")
    look = LOOK.fullmatch(path)
    assert look is not None  # noqa: S101  `refusal` has answered all others
    spec = _spec(look)
    if look[4] == "/metadata":
        model.check(spec.name, spec.version, spec.label)
        return json_outputs.text(metadata.metadata_json(model), indent=1)
    request = get_model_status_pb2.GetModelStatusRequest()
    spec.fill(request.model_spec)
    return json_outputs.text(metadata.status_json(model, request), indent=1)


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
