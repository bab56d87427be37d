"""A graph's operations and structure, read from its bytes. Nothing is loaded or run."""

from collections import Counter
from typing import Any

from google.protobuf.message import DecodeError
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow.python.framework import op_def_registry

from . import attributes, saved_objects
from .finding import GraphError, shown
from .operations import COMPUTE, MAIN, RESTORE, SAVE, why_not
from .restoring import Saver, bare, reads_what_it_is_given

META = {
    "collection_def",
    "graph_def",
    "meta_info_def",
    "object_graph_def",
    "saver_def",
    "signature_def",
}
INFO = {
    "function_aliases",
    "stripped_default_attrs",
    "stripped_op_list",
    "tags",
    "tensorflow_git_version",
    "tensorflow_version",
}
FUNCTION = {"arg_attr", "attr", "control_ret", "node_def", "ret", "signature"}
OF_FUNCTIONS = ("_construction_context", "_input_shapes")
MAIN_OP = "saved_model_main_op"
INIT = "__saved_model_init_op"


def check(data: bytes, also: frozenset[str] = frozenset()) -> None:
    """Raises GraphError that says what is not allowed and where.

    `data` are the bytes of `saved_model.pb`. `also` are operations beyond the engine's own list.
    """
    meta = _meta(data)
    main = meta.graph_def.node
    called = {node.name: _checked(node, MAIN, "the main graph") for node in main}
    if len(called) != len(main):
        raise GraphError("two nodes of the main graph have one name")
    saver = Saver(meta, called)
    calls = Counter(name for names in called.values() for name in names)
    functions = {each.signature.name: each for each in meta.graph_def.library.function}
    if len(functions) != len(meta.graph_def.library.function):
        raise GraphError("two functions have one name")
    for name, function in functions.items():
        calls.update(_function(name, function, saver, _listed(also)))
    absent = sorted(calls.keys() - functions.keys())
    if absent:
        raise GraphError(f"the function {shown(absent[0])} is called and is not there")
    saver.check(meta, calls)
    _gradients(meta.graph_def.library, saver)
    _signatures(meta)
    saved_objects.check(meta, saver.functions.values())


def _meta(data: bytes) -> Any:
    try:
        saved = SavedModel.FromString(data)
    except DecodeError:
        raise GraphError("its graph cannot be read") from None
    size = saved.ByteSize()
    saved.DiscardUnknownFields()
    if saved.ByteSize() != size:
        raise GraphError("its graph has fields that this version of TensorFlow does not know")
    if len(saved.meta_graphs) != 1:
        raise GraphError(f"it holds {len(saved.meta_graphs)} graphs, not one")
    meta = saved.meta_graphs[0]
    if list(meta.meta_info_def.tags) != ["serve"]:
        raise GraphError(f"its graph is tagged {shown(list(meta.meta_info_def.tags))}, not serve")
    if meta.asset_file_def:
        raise GraphError(f"it has the asset {shown(meta.asset_file_def[0].filename)}")
    _only(meta, META, "its graph")
    _only(meta.meta_info_def, INFO, "its description")
    _only(meta.graph_def, {"library", "node", "versions"}, "its graph")
    return meta


def _only(message: Any, names: set[str], what: str) -> None:
    found = sorted({field.name for field, _ in message.ListFields()} - names)
    if found:
        raise GraphError(f"{what} has the field {found[0]}")


def _listed(also: frozenset[str]) -> frozenset[str]:
    """The engine's list and `also`."""
    for name in sorted(also):
        reason = _unlistable(name)
        if reason:
            raise GraphError(f"`gate.operations` names {shown(name)}: {reason}")
    return COMPUTE | also


def _unlistable(name: str) -> str | None:
    about = op_def_registry.get(name)
    if why_not(name) or about is None:
        return why_not(name) or "TensorFlow has no operation of this name"
    functions = any(each.type in ("func", "list(func)") for each in about.attr)
    return "it keeps state or calls functions" if about.is_stateful or functions else None


def _checked(node: Any, allowed: frozenset[str], place: str) -> list[str]:
    where = f"node {shown(node.name)} in {place}"
    if node.op not in allowed:
        raise GraphError(f"the operation {shown(node.op)} is not allowed: {where}. {_hint(node)}")
    return attributes.check(node, f"{where} ({node.op})")


def _hint(node: Any) -> str:
    reason = "it is allowed elsewhere" if node.op in COMPUTE else _unlistable(node.op)
    if reason:
        return f"No setting allows it here: {reason}"
    return (
        f"If the model needs it, add {node.op} to `gate.operations` in params.yaml, which the "
        "model's owners review; the gate applies main's list, so merge that line first"
    )


def _function(name: str, function: Any, saver: Saver, listed: frozenset[str]) -> list[str]:
    """The functions that it calls."""
    place = f"function {shown(name)}"
    _only(function, FUNCTION, place)
    if name in listed | MAIN | SAVE | RESTORE:
        raise GraphError(f"{place} has the name of an operation")
    if function.signature.attr:
        raise GraphError(f"{place} takes attributes from its caller")
    for key, value in function.attr.items():
        if key not in OF_FUNCTIONS or value.WhichOneof("value") == "func" or value.list.func:
            raise GraphError(f"{place} has the attribute {shown(key)}")
    roles = {saver.functions["save"]: SAVE, saver.functions["restore"]: RESTORE}
    if name == saver.functions["restore"]:
        reads_what_it_is_given(function)
    called: list[str] = []
    for node in function.node_def:
        called += _checked(node, roles.get(name, listed), place)
    return called


def _gradients(library: Any, saver: Saver) -> None:
    """Functions of gradients are in the library, and checked there."""
    named = {each.gradient_func for each in [*library.gradient, *library.registered_gradients]}
    if named & set(saver.functions.values()):
        raise GraphError("a gradient uses what saves or restores variables")


def _signatures(meta: Any) -> None:
    """Inputs are placeholders, and what runs after a load does nothing."""
    nodes = {node.name: node for node in meta.graph_def.node}
    first = [bare(each.name) for each in meta.signature_def[INIT].outputs.values()]
    del meta.signature_def[INIT]
    for name, collection in meta.collection_def.items():
        if name != MAIN_OP or collection.WhichOneof("kind") != "node_list":
            raise GraphError(f"it has the collection {shown(name)}")
        first += map(bare, collection.node_list.value)
    for name in first:
        if name not in nodes or nodes[name].op != "NoOp" or nodes[name].input:
            raise GraphError(f"node {shown(name)} runs when the model is loaded")
    for name, signature in meta.signature_def.items():
        _only(signature, {"inputs", "method_name", "outputs"}, f"signature {shown(name)}")
        for each in [*signature.inputs.values(), *signature.outputs.values()]:
            if each.WhichOneof("encoding") != "name" or bare(each.name) not in nodes:
                raise GraphError(f"signature {shown(name)} names no tensor of the graph")
        if any(nodes[bare(each.name)].op != "Placeholder" for each in signature.inputs.values()):
            raise GraphError(f"signature {shown(name)} feeds what is not an input")
