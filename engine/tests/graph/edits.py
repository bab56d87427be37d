"""The parts of a graph that tests of hostile graphs change."""


def functions(meta):
    return {each.signature.name: each for each in meta.graph_def.library.function}


def role(meta, name):
    """The save or the restore function."""
    return next(each for key, each in functions(meta).items() if f"traced_{name}" in key)


def compute(meta):
    """The largest function that computes."""
    return max(
        (each for key, each in functions(meta).items() if "traced" not in key),
        key=lambda each: len(each.node_def),
    )


def node(meta, name):
    return next(each for each in meta.graph_def.node if each.name == name)


def saving(meta):
    """The node that saves, and the one that restores."""
    saver = meta.saver_def
    return node(meta, saver.save_tensor_name.split(":")[0]), node(meta, saver.restore_op_name)


def serving(meta):
    """The object that Python's loader makes the signature of."""
    nodes = meta.object_graph_def.nodes
    children = (child for each in nodes for child in each.children)
    return nodes[next(c.node_id for c in children if c.local_name == "serving_default")]
