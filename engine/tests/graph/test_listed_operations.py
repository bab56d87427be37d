"""The list of operations, and what a setting may add to it."""

import pytest
import tensorflow as tf
from tensorflow.python.framework import op_def_registry

from mainline.graph.operations import COMPUTE, MAIN, REACHING, RESTORE, SAVE


def registry() -> list:
    return [op_def_registry.get(name) for name in dir(tf.raw_ops) if name[0] != "_"]


def test_no_listed_operation_reaches_beyond_the_graph():
    ours = {"ReadVariableOp", "ResourceGather", "StatefulPartitionedCall", "While"}
    stateful = {each.name for each in registry() if each and each.is_stateful}
    assert COMPUTE & stateful == ours
    reaching = {name for name in COMPUTE if REACHING.search(name)}
    assert reaching == ours | {"PartitionedCall", "StatelessWhile"}
    assert MAIN & stateful == {"ReadVariableOp", "StatefulPartitionedCall", "VarHandleOp"}
    assert not {"SaveV2", "MergeV2Checkpoints", "RestoreV2"} & (COMPUTE | MAIN)
    assert not {"SaveV2", "MergeV2Checkpoints"} & RESTORE
    assert "RestoreV2" not in SAVE


@pytest.mark.parametrize("name", ["RandomUniform", "NoSuchOperation", "PlaceholderV9", "ReadFile"])
def test_a_setting_does_not_allow_state_or_what_is_unknown(name, copy, refused):
    refused(copy, f"`gate.operations` names {name}: ", frozenset({name}))
