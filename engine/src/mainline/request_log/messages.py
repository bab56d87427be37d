"""TensorFlow Serving's messages, as far as the gateway reads them, without TensorFlow.

The wire has field numbers and no names, so the public numbers below are all that is needed. Fields
that are not listed are kept as unknown fields. The classes have a package of their own, so they do
not clash with TensorFlow's.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

# Name, number, type; `*` marks a repeated field, `map` a map from text.
_FIELDS = """
Dimension: size 1 int64
TensorShape: dim 2 *Dimension, unknown_rank 3 bool
TensorProto: dtype 1 int32, tensor_shape 2 TensorShape, tensor_content 4 bytes,
  float_val 5 *float, double_val 6 *double, int_val 7 *int32, string_val 8 *bytes,
  int64_val 10 *int64, bool_val 11 *bool, half_val 13 *int32, uint32_val 16 *uint32,
  uint64_val 17 *uint64
Version: value 1 int64
ModelSpec: name 1 string, version 2 Version, signature_name 3 string, version_label 4 string
PredictRequest: model_spec 1 ModelSpec, inputs 2 map TensorProto, output_filter 3 *string
PredictResponse: outputs 1 map TensorProto, model_spec 2 ModelSpec
Answered: model_spec 2 ModelSpec
GetModelMetadataRequest: model_spec 1 ModelSpec, metadata_field 2 *string
GetModelMetadataResponse: model_spec 1 ModelSpec
Status: error_code 1 int32, error_message 2 string
ModelVersionStatus: version 1 int64, state 2 int32, status 3 Status
GetModelStatusRequest: model_spec 1 ModelSpec
GetModelStatusResponse: model_version_status 1 *ModelVersionStatus
"""
_PACKAGE = "mainline.request_log"
_Field = descriptor_pb2.FieldDescriptorProto


def _add(message: Any, name: str, number: str, kind: str) -> None:
    """Add a field. A map is a repeated message with a key and a value, by protobuf's rule."""
    field = message.field.add(name=name, number=int(number), label=_Field.LABEL_OPTIONAL)
    if kind.startswith("map "):
        entry = message.nested_type.add(name=f"{name.title()}Entry")
        entry.options.map_entry = True
        _add(entry, "key", "1", "string")
        _add(entry, "value", "2", kind.removeprefix("map "))
        kind = f"*{message.name}.{entry.name}"
    if kind.startswith("*"):
        field.label = _Field.LABEL_REPEATED
    kind = kind.removeprefix("*")
    if kind[0].isupper():
        field.type, field.type_name = _Field.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
    else:
        field.type = _Field.Type.Value(f"TYPE_{kind.upper()}")


def _classes() -> dict[str, Any]:
    name = "mainline/request_log/messages.proto"
    file = descriptor_pb2.FileDescriptorProto(name=name, package=_PACKAGE, syntax="proto3")
    for line in _FIELDS.strip().replace("\n  ", " ").splitlines():
        title, _, fields = line.partition(": ")
        message = file.message_type.add(name=title)
        for field in fields.split(", "):
            _add(message, *field.split(" ", 2))
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    found = pool.FindFileByName(name).message_types_by_name
    return {title: message_factory.GetMessageClass(about) for title, about in found.items()}


_made = _classes()
TensorProto: Any = _made["TensorProto"]
PredictRequest: Any = _made["PredictRequest"]
PredictResponse: Any = _made["PredictResponse"]
Answered: Any = _made["Answered"]  # what answers to Predict, Classify and Regress have in common
GetModelMetadataRequest: Any = _made["GetModelMetadataRequest"]
GetModelMetadataResponse: Any = _made["GetModelMetadataResponse"]
GetModelStatusRequest: Any = _made["GetModelStatusRequest"]
GetModelStatusResponse: Any = _made["GetModelStatusResponse"]
