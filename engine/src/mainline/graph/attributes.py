"""The attributes of a node. A name on the list is not enough: an attribute may hold a program."""

from typing import Any

from google.protobuf.message import DecodeError
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import config_pb2

from .finding import GraphError, shown
from .operations import CALLS, LOOPS

CALLED = {**dict.fromkeys(CALLS, ("f",)), **dict.fromkeys(LOOPS, ("body", "cond"))}
DEVICES = ("", "/device:CPU:0", "/device:CPU:*")
OPAQUE = (types_pb2.DT_RESOURCE, types_pb2.DT_VARIANT)  # values that name or hold other objects
PRIVATE = (
    "_class",
    "_collective_manager_ids",
    "_gradient_op_type",
    "_has_manual_control_dependencies",
    "_lower_using_switch_merge",
    "_num_original_outputs",
    "_output_shapes",
    "_parallel_iterations",
    "_read_only_resource_inputs",
    "_stateful_parallelism",
)
# What TensorFlow writes into each call, without the machine's devices.
CONFIG = config_pb2.ConfigProto(allow_soft_placement=True)
CONFIG.experimental.SetInParent()
DEVICE_FIELDS = ("device_count", "gpu_options", "pluggable_device_options")


def check(node: Any, where: str) -> list[str]:
    """The functions that a node calls. Raises GraphError when an attribute is not allowed."""
    if node.device not in DEVICES:
        raise GraphError(f"{where} asks for the device {shown(node.device)}")
    if node.op == "Placeholder" and node.attr["dtype"].type in OPAQUE:
        raise GraphError(f"{where} takes a value that is neither number nor text")
    called = []
    for name, value in node.attr.items():
        if value.WhichOneof("value") == "func" and name in CALLED.get(node.op, ()):
            called.append(value.func.name)
            if value.func.attr:
                raise GraphError(f"{where} gives attributes to the function that it calls")
        else:
            _plain(name, value, where)
    return called


def _plain(name: str, value: Any, where: str) -> None:
    """Numbers, texts, types and shapes, which TensorFlow writes in these places."""
    if name.startswith("_") and name not in PRIVATE:
        raise GraphError(f"{where} has the attribute {shown(name)}")
    if value.WhichOneof("value") == "placeholder":
        raise GraphError(f"{where} takes its attribute {shown(name)} from its caller")
    if value.WhichOneof("value") == "func" or value.list.func:
        raise GraphError(f"{where} calls a function by its attribute {shown(name)}")
    if name == "container" and value.s:
        raise GraphError(f"{where} names the container {shown(value.s.decode('latin-1'))}")
    if (name == "config_proto" and not _usual(value.s)) or (name == "executor_type" and value.s):
        raise GraphError(f"{where} has settings of its own ({name})")
    for tensor in [value.tensor, *value.list.tensor]:
        if tensor.dtype in OPAQUE or tensor.resource_handle_val or tensor.variant_val:
            raise GraphError(f"{where} holds a value that is neither number nor text")


def _usual(value: bytes) -> bool:
    try:
        config = config_pb2.ConfigProto.FromString(value)
    except DecodeError:
        return False
    for name in DEVICE_FIELDS:
        config.ClearField(name)
    return not value or bool(config == CONFIG)
