"""A graph without what it says about the process: numbers in names, and the machine's devices.

Numbers count what the process has traced before. Counted anew from 0 in the same order, they leave
the same bytes in every process: an export can be repeated and compared.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from mainline.graph.attributes import CONFIG

NUMBERED = re.compile(r"(.*_|CustomGradient-|)([0-9]+)", re.DOTALL)
# Kinds of objects, and their field with the name of a function.
FUNCTION_OF = {
    "bare_concrete_function": "concrete_function_name",
    "captured_tensor": "concrete_function",
}


def renumbered(data: bytes) -> bytes:
    """The bytes of `saved_model.pb` with numbers and devices that do not depend on the process."""
    saved = SavedModel.FromString(data)
    (meta,) = saved.meta_graphs
    library = meta.graph_def.library
    known = _renamed(set(_names(library)))
    functions = "|".join(re.escape(each.signature.name) for each in library.function)
    inside = re.compile(rf"({functions})(?![0-9])")
    for function in library.function:
        function.signature.name = known[function.signature.name]
        _arguments(function, lambda name: inside.sub(lambda found: known[found[0]], name))
        for values in function.arg_attr.values():
            _replace(values.attr["_user_specified_name"], known)
    library.function.sort(key=lambda each: _number(each.signature.name))
    for gradient in library.registered_gradients:
        gradient.gradient_func = known[gradient.gradient_func]
        gradient.registered_op_type = known[gradient.registered_op_type]
    library.registered_gradients.sort(key=lambda each: _number(each.registered_op_type))
    inner = (node for function in library.function for node in function.node_def)
    for node in (*meta.graph_def.node, *inner):
        for key, value in node.attr.items():
            if value.WhichOneof("value") == "func":
                value.func.name = known[value.func.name]
            elif key == "_gradient_op_type":
                _replace(value, known)
            elif key == "config_proto":
                value.s = CONFIG.SerializeToString()
    _objects(meta.object_graph_def, known)
    found: bytes = saved.SerializeToString(deterministic=True)
    return found


def _names(library: Any) -> Iterator[str]:
    for function in library.function:
        yield function.signature.name
        for values in function.arg_attr.values():
            name = values.attr["_user_specified_name"].s.decode()
            if name.isdecimal():
                yield name
    for gradient in library.registered_gradients:
        yield gradient.registered_op_type


def _number(name: str) -> int:
    found = NUMBERED.fullmatch(name)
    return int(found[2]) if found else -1


def _renamed(names: set[str]) -> dict[str, str]:
    numbers = sorted({_number(name) for name in names} - {-1})
    places = {number: str(place) for place, number in enumerate(numbers)}
    return {
        name: name[: -len(found[2])] + places[int(found[2])] if found else name
        for name, found in ((name, NUMBERED.fullmatch(name)) for name in names)
    }


def _arguments(function: Any, renamed: Callable[[str], str]) -> None:
    """A loop's condition has arguments that are named after it."""
    names = {each.name: renamed(each.name) for each in function.signature.input_arg}
    for each in function.signature.input_arg:
        each.name = names[each.name]
    for node in function.node_def:
        node.input[:] = [names.get(each, each) for each in node.input]
    for key, each in function.ret.items():
        function.ret[key] = names.get(each, each)


def _replace(value: Any, known: dict[str, str]) -> None:
    value.s = known.get(value.s.decode(), value.s.decode()).encode()


def _objects(objects: Any, known: dict[str, str]) -> None:
    functions = objects.concrete_functions
    named = {known[name]: each.SerializeToString() for name, each in functions.items()}
    functions.clear()
    for name, each in named.items():
        functions[name].MergeFromString(each)
    for node in objects.nodes:
        for kind, key in FUNCTION_OF.items():
            if node.WhichOneof("kind") == kind:
                value = getattr(node, kind)
                setattr(value, key, known[getattr(value, key)])
