#!/usr/bin/python3
"""Writes tests/fuzz/corpus: for each operator a small model, for fuzzing to start from.

Needs Debian's python3-onnx. Run in this folder.
"""

import os

from onnx import TensorProto as T
from onnx import helper as h

IMAGE = (1, 2, 4, 4)


def const(*values, dims=None, kind=None):
    """A weight: integers or floats, as the values are."""
    kind = kind or (T.INT64 if isinstance(values[0], int) else T.FLOAT)
    return kind, (len(values),) if dims is None else dims, values


def ramp(*dims):
    count = 1
    for dim in dims:
        count *= dim
    return T.FLOAT, dims, [0.25 * (i % 7) - 0.75 for i in range(count)]


# operator, operands (a shape for an input, a weight, None if left out), attributes, outputs
OPS = [
    ("Conv", [IMAGE, ramp(3, 2, 3, 3), ramp(3)], dict(pads=[1, 1, 1, 1], strides=[2, 2])),
    ("Conv", [IMAGE, ramp(2, 1, 2, 2)], dict(group=2, dilations=[2, 2], auto_pad="SAME_UPPER")),
    ("ConvTranspose", [IMAGE, ramp(2, 3, 3, 3)], dict(strides=[2, 2], output_padding=[1, 1])),
    ("MaxPool", [IMAGE], dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1)),
    ("MaxPool", [IMAGE], dict(kernel_shape=[2, 2], strides=[2, 2]), 2),
    ("AveragePool", [IMAGE], dict(kernel_shape=[2, 2], count_include_pad=1, pads=[1, 0, 1, 0])),
    ("LpPool", [IMAGE], dict(kernel_shape=[2, 2], p=3)),
    ("GlobalAveragePool", [IMAGE], {}), ("GlobalMaxPool", [IMAGE], {}),
    ("GlobalLpPool", [IMAGE], {}),
    ("MaxUnpool", [(1, 1, 2, 2), const(0, 3, 9, 15, dims=(1, 1, 2, 2))],
     dict(kernel_shape=[2, 2], strides=[2, 2])),
    ("BatchNormalization", [IMAGE] + [const(0.5, 1.5)] * 4, dict(epsilon=0.1)),
    ("InstanceNormalization", [IMAGE] + [const(0.5, 1.5)] * 2, {}),
    ("LayerNormalization", [(2, 4), ramp(4), ramp(4)], {}),
    ("GroupNormalization", [IMAGE, const(1.0, 2.0), const(0.0, 1.0)], dict(num_groups=2)),
    ("LpNormalization", [(2, 4)], dict(axis=1)), ("MeanVarianceNormalization", [IMAGE], {}),
    ("LRN", [IMAGE], dict(size=3)),
    ("Gemm", [(2, 3), ramp(4, 3), ramp(4)], dict(transB=1, alpha=0.5, beta=2.0)),
    ("MatMul", [(2, 1, 3), ramp(2, 3, 2)], {}), ("Einsum", [(2, 3), (3, 4)], dict(equation="ij,jk")),
    ("Softmax", [(2, 4)], dict(axis=-1)), ("LogSoftmax", [(2, 4)], {}), ("Hardmax", [(2, 4)], {}),
    ("Clip", [(2, 4), const(-1.0, dims=()), const(1.0, dims=())], {}),
    ("PRelu", [IMAGE, ramp(2, 1, 1)], {}), ("Where", [const(1, 0, kind=T.BOOL), (2, 2), (2, 2)], {}),
    ("Pad", [IMAGE, const(0, 0, 1, 1, 0, 0, 1, 1)], dict(mode="reflect")),
    ("Pad", [IMAGE, const(0, 0, -1, 1, 0, 0, 1, 1), const(2.0, dims=())], {}),
    ("Reshape", [(2, 6), const(3, -1)], {}), ("Expand", [(2, 1), const(3, 2, 4)], {}),
    ("Tile", [(2, 1), const(2, 3)], {}), ("Transpose", [(2, 3, 4)], dict(perm=[2, 0, 1])),
    ("Squeeze", [(1, 3, 1), const(0)], {}), ("Unsqueeze", [(3,), const(0, 2)], {}),
    ("Flatten", [IMAGE], dict(axis=2)), ("Concat", [(2, 3), (2, 2)], dict(axis=1)),
    ("Split", [(2, 6), const(2, 4)], dict(axis=1), 2),
    ("Slice", [(4, 6), const(3, 0), const(-9, 6), const(0, 1), const(-1, 2)], {}),
    ("Gather", [(3, 4), const(2, -1)], dict(axis=1)),
    ("GatherElements", [(2, 2), const(1, 0, dims=(1, 2))], dict(axis=0)),
    ("GatherND", [(2, 2), const(1, 0, dims=(1, 2))], {}),
    ("ScatterElements", [(3, 3), const(2, 0, dims=(1, 2)), (1, 2)], {}),
    ("ScatterND", [(4, 2), const(1, 3, dims=(2, 1)), (2, 2)], dict(reduction="add")),
    ("OneHot", [const(1, 3), const(4, dims=()), const(0.0, 1.0)], {}),
    ("TopK", [(2, 5), const(2)], dict(largest=0), 2), ("ArgMax", [(2, 5)], dict(axis=1)),
    ("CumSum", [(2, 3), const(1, dims=())], dict(reverse=1)), ("Trilu", [(3, 3)], dict(upper=0)),
    ("DepthToSpace", [(1, 4, 2, 2)], dict(blocksize=2, mode="CRD")),
    ("SpaceToDepth", [IMAGE], dict(blocksize=2)),
    ("Resize", [IMAGE, None, const(1.0, 1.0, 2.0, 0.5)], dict(mode="linear")),
    ("Resize", [IMAGE, None, None, const(1, 2, 3, 7)], dict(mode="cubic")),
    ("GridSample", [IMAGE, (1, 3, 3, 2)], {}), ("Upsample", [IMAGE, const(1.0, 1.0, 2.0, 2.0)], {}),
    ("ReduceSum", [(2, 3, 4), const(1)], dict(keepdims=0)),
    ("Range", [const(0, dims=()), const(6, dims=()), const(2, dims=())], {}),
    ("ConstantOfShape", [const(2, 3)], {}), ("Shape", [(2, 3)], {}), ("Size", [(2, 3)], {}),
    ("EyeLike", [(3, 4)], dict(k=1)), ("NonZero", [const(0.0, 1.0, 2.0)], {}),
    ("Compress", [(3, 2), const(1, 0, 1, kind=T.BOOL)], dict(axis=0)),
    ("Unique", [const(2, 1, 2)], {}, 4), ("ReverseSequence", [(3, 2), const(1, 3)], {}),
    ("Cast", [(2, 2)], dict(to=T.INT32)), ("CastLike", [(2, 2), const(1)], {}),
    ("Dropout", [(2, 2)], {}, 2), ("Identity", [(2, 2)], {}), ("Pow", [(2, 2), const(2.0)], {}),
    ("Mod", [(2, 2), const(0.75)], dict(fmod=1)), ("Sum", [(2, 2), (2, 1), (1, 2)], {}),
    ("Min", [(2, 2), (2, 1)], {}), ("Max", [(2, 2), (2, 1)], {}), ("Mean", [(2, 2), (2, 1)], {}),
    ("Det", [(2, 3, 3)], {}),
    ("LSTM", [(2, 1, 3), ramp(1, 8, 3), ramp(1, 8, 2)], dict(hidden_size=2), 3),
    ("GRU", [(2, 1, 3), ramp(1, 6, 3), ramp(1, 6, 2)], dict(hidden_size=2), 2),
    ("RNN", [(2, 1, 3), ramp(1, 2, 3), ramp(1, 2, 2)], dict(hidden_size=2), 2),
    ("QuantizeLinear", [(2, 2), const(0.1, dims=()), const(3, dims=(), kind=T.UINT8)], {}),
    ("DequantizeLinear", [const(1, 2, kind=T.UINT8), const(0.1, dims=())], {}),
    ("RoiAlign", [IMAGE, const(0.0, 0.0, 3.0, 3.0, dims=(1, 4)), const(0)],
     dict(output_height=2, output_width=2)),
]
for name in ("Add", "Sub", "Mul", "Div", "Equal", "Greater", "LessOrEqual"):
    OPS.append((name, [(2, 3), (3,)], {}))
for name in ("Relu", "LeakyRelu", "Elu", "Celu", "Selu", "Sigmoid", "HardSigmoid", "HardSwish",
             "Softplus", "Softsign", "Mish", "Gelu", "ThresholdedRelu", "Shrink", "Tanh", "Erf",
             "Exp", "Log", "Sqrt", "Reciprocal", "Abs", "Neg", "Sign", "Floor", "Round", "Sin",
             "Tan", "Acos", "Atanh", "Sinh", "IsNaN", "IsInf"):
    OPS.append((name, [(2, 2)], {}))
for name in ("ReduceMean", "ReduceMax", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum",
             "ReduceLogSumExp", "ReduceSumSquare"):
    OPS.append((name, [(2, 3)], dict(axes=[1])))

OPSET = {"GroupNormalization": 18, "Mish": 18, "Gelu": 20, "Upsample": 9}

os.makedirs("corpus", exist_ok=True)
seen = {}
for row in OPS:
    op, operands, attributes = row[:3]
    n_outputs = row[3] if len(row) > 3 else 1
    names, inputs, weights = [], [], []
    for i, operand in enumerate(operands):
        name = "abcdefgh"[i]
        names.append("" if operand is None else name)
        if operand is None:
            continue
        if operand and isinstance(operand[-1], (list, tuple)):
            kind, dims, values = operand
            weights.append(h.make_tensor(name, kind, dims, values))
        else:
            inputs.append(h.make_tensor_value_info(name, T.FLOAT, operand))
    outputs = ["y", "z", "u", "v"][:n_outputs]
    node = h.make_node(op, names, outputs, **attributes)
    graph = h.make_graph([node], "", inputs,
                         [h.make_empty_tensor_value_info(o) for o in outputs], weights)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", OPSET.get(op, 17))])
    model.producer_name = ""
    seen[op] = seen.get(op, 0) + 1
    with open("corpus/%s-%d.onnx" % (op, seen[op]), "wb") as f:
        f.write(model.SerializeToString())
