"""Metadata requests: signatures, and the state of the served version."""

from typing import Any

from google.protobuf import json_format
from tensorflow_serving.apis import get_model_metadata_pb2, get_model_status_pb2

from mainline.serving.model import ServedModel
from mainline.serving.predict import check_spec, identify
from mainline.serving.refused import RefusedError, invalid, not_found

FIELD = "signature_def"


def metadata(model: ServedModel, request: Any) -> Any:
    """The GetModelMetadataResponse. Refuses unsupported fields."""
    check_spec(model, request)
    if not request.metadata_field:
        raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
    for field in request.metadata_field:
        if field != FIELD:
            raise invalid(f"Metadata field {field} is not supported")
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    identify(response.model_spec, model)
    response.metadata[FIELD].Pack(_signatures(model))
    return response


def metadata_json(model: ServedModel) -> dict[str, Any]:
    """The same for REST, without protobuf's Any. 64-bit numbers are text, as usual in protobuf."""
    spec = get_model_metadata_pb2.GetModelMetadataResponse().model_spec
    identify(spec, model)
    return {
        "model_spec": _json(spec, keep_names=True),
        "metadata": {FIELD: _json(_signatures(model), keep_names=True)},
    }


def status(model: ServedModel, request: Any) -> Any:
    """The GetModelStatusResponse. The state is always AVAILABLE."""
    try:
        check_spec(model, request)
    except RefusedError as refused:
        raise _in_words_of_status(refused, request) from None
    response = get_model_status_pb2.GetModelStatusResponse()
    entry = response.model_version_status.add()
    entry.version = model.version
    entry.state = get_model_status_pb2.ModelVersionStatus.AVAILABLE
    entry.status.SetInParent()
    return response


def status_json(model: ServedModel, request: Any) -> dict[str, Any]:
    """The same for REST."""
    return _json(status(model, request), keep_names=False)


def _in_words_of_status(refused: RefusedError, request: Any) -> RefusedError:
    spec = request.model_spec
    if refused.http != 404:
        return refused
    if spec.HasField("version"):
        return not_found(f"Could not find version {spec.version.value} of model {spec.name}")
    return not_found(f"Could not find any versions of model {spec.name}")


def _signatures(model: ServedModel) -> Any:
    found = get_model_metadata_pb2.SignatureDefMap()
    for name, signature in model.signatures.items():
        found.signature_def[name].CopyFrom(signature)
    return found


def _json(message: Any, *, keep_names: bool) -> dict[str, Any]:
    return json_format.MessageToDict(
        message, always_print_fields_with_no_presence=True, preserving_proto_field_name=keep_names
    )
