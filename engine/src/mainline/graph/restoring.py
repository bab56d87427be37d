"""The two functions that touch files: one saves the variables, one restores them.

Only these may hold such operations. So each is called once, by the node that the saver names, with
the file name that the loader gives, and nothing else in the graph leads to it.
"""

from collections import Counter
from typing import Any

from .finding import GraphError, shown


class Saver:
    """The nodes that the saver names, and the functions that they call."""

    def __init__(self, meta: Any, called: dict[str, list[str]]) -> None:
        """`called` are the functions that each node of the main graph calls, by its name."""
        saver = meta.saver_def
        self.filename = bare(saver.filename_tensor_name)
        self.nodes = {"save": bare(saver.save_tensor_name), "restore": bare(saver.restore_op_name)}
        nodes = {node.name: node for node in meta.graph_def.node}
        if self.filename not in nodes or nodes[self.filename].op != "Placeholder":
            raise GraphError("the saver's file name is not an input of the graph")
        self.functions = {}
        for role, name in self.nodes.items():
            if len(called.get(name, [])) != 1:
                raise GraphError(f"the saver names no node that calls a {role} function")
            self.functions[role] = called[name][0]
            inputs = nodes[name].input
            if not inputs or bare(inputs[0]) != self.filename or inputs[0].startswith("^"):
                raise GraphError(f"the {role} function does not get the loader's file name")
            if self.filename in map(bare, inputs[1:]):
                raise GraphError(f"the {role} function gets the loader's file name twice")

    def check(self, meta: Any, calls: Counter[str]) -> None:
        """Raises GraphError when something else leads to a file. `calls` counts every function."""
        for role, function in self.functions.items():
            if calls[function] != 1:
                raise GraphError(f"the {role} function {shown(function)} is called more than once")
        named = set(self.nodes.values())
        for node in meta.graph_def.node:
            used = set(map(bare, node.input))
            if used & named or (self.filename in used and node.name not in named):
                raise GraphError(f"node {shown(node.name)} uses what saves or restores variables")
        for name, signature in meta.signature_def.items():
            for tensor in [*signature.inputs.values(), *signature.outputs.values()]:
                if bare(tensor.name) in named | {self.filename}:
                    raise GraphError(
                        f"signature {shown(name)} uses what saves or restores variables"
                    )


def reads_what_it_is_given(function: Any) -> None:
    """Raises GraphError when a restore function reads another file than the loader's."""
    given = [each.name for each in function.signature.input_arg][:1]
    reading = [node for node in function.node_def if node.op == "RestoreV2"]
    if any(list(node.input)[:1] != given for node in reading):
        raise GraphError("the restore function reads another file than the loader names")


def bare(name: str) -> str:
    """The node of a tensor's or a control input's name."""
    return name.removeprefix("^").partition(":")[0]
