"""Changes of an honest graph: each is refused before a loader is called."""

import os

import pytest
import tensorflow as tf
from edits import compute, functions, node, role, saving, serving
from tensorflow.core.framework import types_pb2

from hostile_graph import constant


def planted(operation):
    def edit(meta):
        compute(meta).node_def.add(name="evil", op=operation)

    return edit


def unreachable(meta):
    function = meta.graph_def.library.function.add()
    function.signature.name = "never_called"
    function.node_def.add(name="evil", op="WriteFile")


def in_the_role(name, operation):
    return lambda meta: role(meta, name).node_def.add(name="evil", op=operation)


def saved_again(meta):
    """The first version's rules allowed it: a file written by allowed names alone."""
    save, _ = saving(meta)
    again = meta.graph_def.node.add()
    again.CopyFrom(save)
    again.name = "again"
    again.input[0] = constant(meta.graph_def.node, "name", b"/tmp/written").name
    meta.graph_def.node.add(name="init", op="NoOp", input=["^again"])
    meta.collection_def["saved_model_main_op"].node_list.value[:] = ["init"]


def saved_inside(meta):
    found = compute(meta).node_def.add(name="evil", op="StatefulPartitionedCall")
    found.attr["f"].func.name = role(meta, "save").signature.name


def saved_by_a_loop(meta):
    loop = next(each for f in functions(meta).values() for each in f.node_def if each.op == "While")
    loop.attr["body"].func.name = role(meta, "save").signature.name


def saver_swapped(meta):
    """What saves takes the place of what computes, in the saver's eyes."""
    meta.saver_def.save_tensor_name = meta.saver_def.restore_op_name + ":0"


def saved_by_a_request(meta):
    save, _ = saving(meta)
    signature = meta.signature_def["serving_default"]
    signature.inputs["age"].name = meta.saver_def.filename_tensor_name
    signature.outputs["score"].name = f"{save.name}:0"


def saved_after(meta):
    save, _ = saving(meta)
    node(meta, "NoOp").input.append(f"^{save.name}")


def restored_from_a_constant(meta):
    _, restore = saving(meta)
    restore.input[0] = constant(meta.graph_def.node, "name", b"/etc/passwd").name


def restored_from_a_constant_inside(meta):
    function = role(meta, "restore")
    constant(function.node_def, "name", b"/etc/passwd")
    reading = next(each for each in function.node_def if each.op == "RestoreV2")
    reading.input[0] = "name:output:0"


def asset(meta):
    meta.asset_file_def.add(filename="words").tensor_info.name = "Const:0"


def device(meta):
    compute(meta).node_def[-1].device = "/job:worker/replica:0/task:0/device:CPU:0"


def container(meta):
    next(each for each in meta.graph_def.node if each.op == "VarHandleOp").attr[
        "container"
    ].s = b"x"


def collection(meta):
    meta.collection_def["trainable_variables"].bytes_list.value.append(b"x")


def tags(meta):
    meta.meta_info_def.tags.append("gpu")


def called_by_name(meta):
    """A function with an operation's name takes its place."""
    compute(meta).signature.name = "MatMul"


def attribute_of_a_caller(meta):
    compute(meta).node_def[-1].attr["T"].placeholder = "T"


def function_by_attribute(meta):
    compute(meta).node_def[-1].attr["f"].func.name = role(meta, "save").signature.name


def absent_function(meta):
    call = compute(meta).node_def.add(name="evil", op="PartitionedCall")
    call.attr["f"].func.name = "gone"


def private_attribute(meta):
    compute(meta).node_def[-1].attr["_XlaMustCompile"].b = True


def configuration(meta):
    call = saving(meta)[0]
    config = tf.compat.v1.ConfigProto()
    config.graph_options.rewrite_options.custom_optimizers.add(name="evil")
    call.attr["config_proto"].s = config.SerializeToString()


def no_configuration(meta):
    saving(meta)[0].attr["config_proto"].s = b"\xff"


def handle(meta):
    found = constant(meta.graph_def.node, "evil", b"")
    found.attr["value"].tensor.dtype = types_pb2.DT_RESOURCE
    found.attr["value"].tensor.resource_handle_val.add(name="another model's")


def variant(meta):
    found = constant(compute(meta).node_def, "evil", b"")
    found.attr["value"].tensor.variant_val.add(type_name="tensorflow::DatasetVariantWrapper")


def object_kind(kind):
    return lambda meta: getattr(meta.object_graph_def.nodes.add(), kind).SetInParent()


def object_class(meta):
    meta.object_graph_def.nodes.add().user_object.identifier = "_tf_keras_model"


def own_saver(meta):
    meta.object_graph_def.nodes[0].registered_saver = "x"


def gradient_that_saves(meta):
    found = meta.graph_def.library.registered_gradients.add(registered_op_type="x")
    found.gradient_func = role(meta, "save").signature.name


def signature_that(name, *, listed):
    """Python's loader takes the signature from the object. Both functions touch files."""

    def edit(meta):
        function = role(meta, name).signature.name
        if listed:
            meta.object_graph_def.concrete_functions[function].SetInParent()
        else:
            serving(meta).bare_concrete_function.concrete_function_name = function

    return edit


def captured_of_the_saver(meta):
    found = meta.object_graph_def.nodes.add().captured_tensor
    found.concrete_function = role(meta, "save").signature.name


def fed_elsewhere(meta):
    signature = meta.signature_def["serving_default"]
    signature.inputs["age"].name = "StatefulPartitionedCall:0"


CHANGES = {
    **{
        f"{name} in a function": (planted(name), f"the operation {name} is not allowed")
        for name in (
            "ReadFile",
            "WriteFile",
            "PyFuncStateless",
            "InitializeTableFromTextFile",
            "ImmutableConst",
            "XlaCustomCall",
            "DebugIdentity",
            "AssignVariableOp",
            "RestoreV2",
            "StatelessIf",
        )
    },
    "an unreachable function": (unreachable, "WriteFile is not allowed: node evil in function nev"),
    "ReadFile where it saves": (in_the_role("save", "ReadFile"), "ReadFile is not allowed"),
    "ReadFile where it restores": (in_the_role("restore", "ReadFile"), "ReadFile is not allowed"),
    "SaveV2 where it restores": (in_the_role("restore", "SaveV2"), "SaveV2 is not allowed"),
    "saved again": (saved_again, "is called more than once"),
    "saved inside": (saved_inside, "is called more than once"),
    "saved by a loop": (saved_by_a_loop, "is called more than once"),
    "saver swapped": (saver_swapped, " is not allowed"),
    "saved by a request": (saved_by_a_request, "signature serving_default uses what saves"),
    "saved after the load": (saved_after, "uses what saves or restores"),
    "restored from a constant": (
        restored_from_a_constant,
        "the restore function does not get the loader's file name",
    ),
    "restored from a constant inside": (
        restored_from_a_constant_inside,
        "the restore function reads another file",
    ),
    "an asset": (asset, "it has the asset words"),
    "a device": (device, "asks for the device /job:worker/replica:0/task:0/device:CPU:0"),
    "a container": (container, "names the container x"),
    "a collection": (collection, "it has the collection trainable_variables"),
    "another tag": (tags, "not serve"),
    "called by name": (called_by_name, "function MatMul has the name of an operation"),
    "an attribute of a caller": (attribute_of_a_caller, "takes its attribute T from its caller"),
    "a function by attribute": (function_by_attribute, "calls a function by its attribute f"),
    "an absent function": (absent_function, "the function gone is called and is not there"),
    "a private attribute": (private_attribute, "has the attribute _XlaMustCompile"),
    "a configuration": (configuration, "has settings of its own (config_proto)"),
    "a configuration that is none": (no_configuration, "settings of its own (config_proto)"),
    "a handle": (handle, "holds a value that is neither number nor text"),
    "a variant": (variant, "holds a value that is neither number nor text"),
    "an object that is an asset": (object_kind("asset"), "is of the kind asset"),
    "an object that is a resource": (object_kind("resource"), "is of the kind resource"),
    "an object of Keras": (object_class, "is of the class _tf_keras_model"),
    "an object's own saver": (own_saver, "saved in a way of its own"),
    "a gradient that saves": (gradient_that_saves, "a gradient uses what saves"),
    **{
        f"a signature that {name}s, {how}": (signature_that(name, listed=listed), said)
        for name in ("save", "restore")
        for how, listed, said in (
            ("as a function of the objects", True, "an object of the model uses what saves or"),
            ("by its name", False, " uses what saves or restores variables"),
        )
    },
    "a tensor of the saver": (captured_of_the_saver, " uses what saves or restores variables"),
    "a signature fed elsewhere": (fed_elsewhere, "feeds what is not an input"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_an_honest_graph(change, edited, refused):
    edit, said = CHANGES[change]
    refused(edited(edit), said)


def test_names_out_of_the_graph_cannot_break_a_message(edited, refused):
    said = refused(edited(planted("Read\n# [x](http://e) @all <b>" + "y" * 500)), "Read?")
    assert "\n" not in said
    assert len(said) < 1000


def test_a_second_graph(copy, refused):
    path = copy / "saved_model.pb"
    path.write_bytes(path.read_bytes() * 2)  # protobuf joins what is repeated
    refused(copy, "it holds 2 graphs, not one")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_graph(share, copy, refused):
    path = copy / "saved_model.pb"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    refused(copy, "")


def test_a_huge_graph_is_not_read(copy, refused):
    os.truncate(copy / "saved_model.pb", 1 << 40)  # a terabyte of holes
    refused(copy, "saved_model.pb is larger than 67,108,864 bytes")


def test_fields_of_another_version(copy, refused):
    path = copy / "saved_model.pb"
    path.write_bytes(path.read_bytes() + b"\xf2\x3f\x01x")  # field 1022
    refused(copy, "fields that this version of TensorFlow does not know")
