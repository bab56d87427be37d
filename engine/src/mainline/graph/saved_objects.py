"""What Python's loader builds of a model: variables and functions, nothing that runs or reads."""

from collections.abc import Collection
from typing import Any

from .finding import GraphError, shown

KINDS = ("bare_concrete_function", "captured_tensor", "constant", "user_object", "variable")
CLASSES = ("_generic_user_object", "signature_map", "trackable_list_wrapper")
FIELDS = {"children", "dependencies", "registered_name", *KINDS}
REGISTERED = ("", "tf.TrackableConstant")  # a constant of the graph, as Normalization has


def check(meta: Any, files: Collection[str]) -> None:
    """Raises GraphError when an object is of another kind, or leads to a function of `files`.

    These save and restore. Python's loader takes a model's signatures from its objects, not from
    the graph, so a request could call them.
    """
    if set(meta.object_graph_def.concrete_functions) & set(files):
        raise GraphError("an object of the model uses what saves or restores variables")
    for place, node in enumerate(meta.object_graph_def.nodes):
        kind = node.WhichOneof("kind")
        if kind not in KINDS:
            raise GraphError(f"object {place} is of the kind {shown(kind)}")
        named = {node.bare_concrete_function.concrete_function_name}
        if (named | {node.captured_tensor.concrete_function}) & set(files):
            raise GraphError(f"object {place} uses what saves or restores variables")
        if node.user_object.identifier not in ("", *CLASSES) or node.user_object.metadata:
            name = shown(node.user_object.identifier)
            raise GraphError(f"object {place} is of the class {name}")
        if node.registered_name not in REGISTERED:
            raise GraphError(f"object {place} is of the class {shown(node.registered_name)}")
        fields = {field.name for field, _ in node.ListFields()}
        if node.variable.device or fields - FIELDS:
            raise GraphError(f"object {place} has a device, or is saved in a way of its own")
