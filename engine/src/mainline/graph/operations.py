"""The operations that a graph may hold, and those that no setting allows.

Chosen by what they can do: compute from their inputs, and read the model's own variables. Decoders
and sparse, ragged and quantised operations are left out: they had most of TensorFlow's memory bugs.
"""

import re

CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
LOOPS = frozenset({"StatelessWhile", "While"})

MAIN = CALLS | {"Const", "NoOp", "Placeholder", "ReadVariableOp", "VarHandleOp"}
RESTORES = "AssignVariableOp Const Identity NoOp RestoreV2"
SAVES = """
    Const DisableCopyOnRead Identity MergeV2Checkpoints NoOp Pack ReadVariableOp SaveV2 Select
    ShardedFilename StaticRegexFullMatch StringJoin
"""
RESTORE, SAVE = frozenset(RESTORES.split()), frozenset(SAVES.split())
# What the engine's own layers, trees and encoding are made of.
OURS = """
    Add AddN AddV2 ArgMax BiasAdd Bitcast BitwiseAnd Cast ConcatV2 Const Einsum Equal ExpandDims
    Fill FloorDiv GatherV2 Identity IsNan Less LessEqual LowerBound MatMul Maximum Mean Minimum Mul
    Neg NoOp Pack ReadVariableOp RealDiv Relu Reshape ResourceGather RightShift SelectV2 Shape
    Sigmoid Softmax SplitV StridedSlice StringToHashBucketFast Sub Sum TensorListConcatV2
    TensorListReserve TensorListSetItem Transpose
"""
# What other networks and features of tables are made of.
LAYERS = """
    Abs All Any ArgMin AvgPool BatchMatMulV2 BroadcastTo Bucketize Ceil ClipByValue
    Conv2D Cos Cosh Cumsum DenseBincount DepthwiseConv2dNative DivNoNan Elu EnsureShape Erf Erfc
    Exp Expm1 Floor FloorMod GatherNd Greater GreaterEqual IdentityN
    IsFinite IsInf LeakyRelu Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr
    Max MaxPool MulNoNan NotEqual OneHot OnesLike Pad PadV2 Pow PreventGradient Prod Range
    Rank Reciprocal Relu6 ReverseV2 Round Rsqrt Selu Sign Sin Sinh Size Slice Softplus Softsign
    Split Sqrt Square SquaredDifference Squeeze StopGradient Tan Tanh Tile TopKV2 TruncateDiv
    Unpack UpperBound Xdivy Xlogy ZerosLike
"""
TEXTS = """
    AsString RegexFullMatch RegexReplace StaticRegexFullMatch StaticRegexReplace StringJoin
    StringLength StringLower StringStrip StringToNumber StringUpper Substr
"""
COMPUTE = CALLS | LOOPS | frozenset(f"{OURS} {LAYERS} {TEXTS}".split())

NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
# Files, network, process, Python, other code, state, and operations that call functions.
REACHING = re.compile(
    r"Abort|Anonymous|Assert|Assign|Barrier|^Batch$|Cache|Call|Case$|Checkpoint|Collective|^Copy"
    r"|Custom|Dataset|Debug|DTensor|Dump|File|For$|Func|Host|If$|Immutable|Iterator|Load|MapDefun"
    r"|Mutex|Nccl|Partitioned|Print|Proto|Py|Queue|Read|Recv|Register|Remote|Resource|Restore|Rpc"
    r"|Save|Send|Session|ShardedFilename|Snapshot|Stage|Summary|SymbolicGradient|Table|TPU|Tpu"
    r"|Unbatch|Variable|Vocab|While$|Write|Xla"
)


def why_not(name: str) -> str | None:
    """Why no setting may allow an operation of this name; None when one may."""
    if not NAME.fullmatch(name):
        return "it is not the name of an operation"
    if REACHING.search(name):
        return "it can reach files, the network, the process or other code"
    return None
