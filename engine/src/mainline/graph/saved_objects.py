"""What Python's loader builds of a model: variables and functions, nothing that runs or reads."""

from typing import Any

from .finding import GraphError, shown

KINDS = ("bare_concrete_function", "captured_tensor", "constant", "user_object", "variable")
CLASSES = ("_generic_user_object", "signature_map", "trackable_list_wrapper")
FIELDS = {"children", "dependencies", "registered_name", *KINDS}
REGISTERED = ("", "tf.TrackableConstant")  # a constant of the graph, as Normalization has


def check(meta: Any) -> None:
    """Raises GraphError when an object is of another kind."""
    for place, node in enumerate(meta.object_graph_def.nodes):
        kind = node.WhichOneof("kind")
        if kind not in KINDS:
            raise GraphError(f"object {place} is of the kind {shown(kind)}")
        if node.user_object.identifier not in ("", *CLASSES) or node.user_object.metadata:
            name = shown(node.user_object.identifier)
            raise GraphError(f"object {place} is of the class {name}")
        if node.registered_name not in REGISTERED:
            raise GraphError(f"object {place} is of the class {shown(node.registered_name)}")
        fields = {field.name for field, _ in node.ListFields()}
        if node.variable.device or fields - FIELDS:
            raise GraphError(f"object {place} has a device, or is saved in a way of its own")
