"""The list of operations, and what a setting may add to it."""

import pytest
import tensorflow as tf
from tensorflow.python.framework import op_def_registry

from mainline.graph.operations import COMPUTE, MAIN, REACHING, RESTORE, SAVE, why_not


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


# Stateless, as TensorFlow says. They read files, send, share state, run code or end the process.
DANGEROUS = """
    Abort Batch BatchFunction CacheDataset CacheDatasetV2 Copy CopyHost DebugIdentity
    DebugIdentityV2 DebugIdentityV3 DebugNanCount DebugNumericSummary DebugNumericSummaryV2
    DecodeProtoV2 EncodeProto GenerateVocabRemapping ImmutableConst InitializeTableFromTextFile
    InitializeTableFromTextFileV2 MatchingFiles PyFuncStateless ReadFile RegisterDataset
    RegisterDatasetV2 SnapshotDataset SnapshotDatasetV2 Unbatch XlaCustomCall
    XlaCustomCallV2
"""


@pytest.mark.parametrize("name", DANGEROUS.split())
def test_no_setting_allows_what_reaches_out_without_state(name):
    assert op_def_registry.get(name) is not None  # TensorFlow has it
    assert why_not(name) == "it can reach files, the network, the process or other code"
    assert name not in COMPUTE | MAIN | RESTORE | SAVE


@pytest.mark.parametrize("name", ["RandomUniform", "NoSuchOperation", "PlaceholderV9", "ReadFile"])
def test_a_setting_does_not_allow_state_or_what_is_unknown(name, copy, refused):
    refused(copy, f"`gate.operations` names {name}: ", frozenset({name}))
