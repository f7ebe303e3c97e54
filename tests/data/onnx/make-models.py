#!/usr/bin/python3
"""Writes the small models that tests/engine/test-onnx-reader.c reads.

Needs Debian's python3-onnx. Run in this folder; the results are committed, so that the tests need
neither Python nor that package.
"""

import os
import struct

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h


def info(name, shape=(1, 4), kind=T.FLOAT):
    return h.make_tensor_value_info(name, kind, shape)


def save(name, nodes, inputs=None, outputs=None, weights=(), opset=13, ir=8, functions=(),
         imports=(), **graph):
    inputs = [info("x")] if inputs is None else inputs
    outputs = [info("y")] if outputs is None else outputs
    g = h.make_graph(nodes, "g", inputs, outputs, list(weights), **graph)
    opsets = [h.make_opsetid("", opset)] if opset else []
    opsets += [h.make_opsetid(domain, 1) for domain in imports]
    m = h.make_model(g, opset_imports=opsets or [h.make_opsetid("other", 1)],
                     functions=list(functions), producer_name="make-models")
    m.ir_version = ir
    m.producer_version = "1"
    m.doc_string = "a test"
    m.metadata_props.add(key="classes", value="cat,dog")
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "wb") as f:
        f.write(m.SerializeToString())
    return m


def weight(name="w", dims=(1, 4), kind=T.FLOAT, raw=None, **fields):
    t = T(name=name, data_type=kind)
    t.dims.extend(dims)
    if raw is not None:
        t.raw_data = raw
    for field, values in fields.items():
        getattr(t, field).extend(values)
    return t


ONES = struct.pack("<4f", 1, 1, 1, 1)
add_w = h.make_node("Add", ["x", "w"], ["y"], name="add")
relu = h.make_node("Relu", ["x"], ["y"], name="relu")


def bfloat16(values):
    return (np.array(values, "<f4").view("<u4") >> 16).astype("<u2")


# Every element type: the values below are those that the test expects.
FLOATS = [0.0, -1.5, 65504.0, 2.0**-24]
BF16 = [0.0, -1.5, 65536.0, 2.0**-120]
DOUBLES = [0.0, -1.5, 0.1, 1e300]
RAW = [
    ("float", T.FLOAT, np.array(FLOATS, "<f4").tobytes()),
    ("double", T.DOUBLE, np.array(DOUBLES, "<f8").tobytes()),
    ("float16", T.FLOAT16, np.array(FLOATS, "<f2").tobytes()),
    ("bfloat16", T.BFLOAT16, bfloat16(BF16).tobytes()),
    ("uint8", T.UINT8, bytes([0, 1, 128, 255])),
    ("int8", T.INT8, bytes([0, 1, 128, 255])),
    ("uint16", T.UINT16, np.array([0, 1, 32768, 65535], "<u2").tobytes()),
    ("int16", T.INT16, np.array([0, 1, -32768, -1], "<i2").tobytes()),
    ("uint32", T.UINT32, np.array([0, 1, 2**31, 2**32 - 1], "<u4").tobytes()),
    ("int32", T.INT32, np.array([0, 1, -2**31, -1], "<i4").tobytes()),
    ("uint64", T.UINT64, np.array([0, 1, 2**32, 2**63 - 1], "<u8").tobytes()),
    ("int64", T.INT64, np.array([0, 1, -2**63, -1], "<i8").tobytes()),
    ("bool", T.BOOL, bytes([0, 1, 1, 0])),
    ("uint4", 21, bytes([0x10, 0xF8])),
    ("int4", 22, bytes([0x10, 0xF8])),
]
TYPED = [
    ("float", T.FLOAT, {"float_data": FLOATS}),
    ("double", T.DOUBLE, {"double_data": DOUBLES}),
    ("float16", T.FLOAT16, {"int32_data": np.array(FLOATS, "<f2").view("<u2").tolist()}),
    ("bfloat16", T.BFLOAT16, {"int32_data": bfloat16(BF16).tolist()}),
    ("uint8", T.UINT8, {"int32_data": [0, 1, 128, 255]}),
    ("int8", T.INT8, {"int32_data": [0, 1, -128, -1]}),
    ("uint16", T.UINT16, {"int32_data": [0, 1, 32768, 65535]}),
    ("int16", T.INT16, {"int32_data": [0, 1, -32768, -1]}),
    ("uint32", T.UINT32, {"uint64_data": [0, 1, 2**31, 2**32 - 1]}),
    ("int32", T.INT32, {"int32_data": [0, 1, -2**31, -1]}),
    ("uint64", T.UINT64, {"uint64_data": [0, 1, 2**32, 2**63 - 1]}),
    ("int64", T.INT64, {"int64_data": [0, 1, -2**63, -1]}),
    ("bool", T.BOOL, {"int32_data": [0, 1, 1, 0]}),
    ("uint4", 21, {"int32_data": [0x10, 0xF8]}),
    ("int4", 22, {"int32_data": [0x10, 0xF8]}),
]
save("types-raw.onnx", [relu], weights=[weight(n, (2, 2), k, raw=r) for n, k, r in RAW]
     + [weight("scalar", (), T.FLOAT, raw=struct.pack("<f", 3)),
        weight("empty", (0, 2**35), T.FLOAT, raw=b"")])
save("types-typed.onnx", [relu], weights=[weight(n, (2, 2), k, **f) for n, k, f in TYPED])

# What a file says about shapes, in both ways of listing weights.
dims = [h.make_tensor_value_info("x", T.FLOAT, ["N", 3, None, 8])]
save("shapes.onnx", [relu], inputs=dims, outputs=[info("y", ["N", 3, None, 8])],
     value_info=[info("y", [9]), info("nowhere", [9])])
save("old-inputs.onnx", [add_w], inputs=[info("x"), info("w")], weights=[weight(raw=ONES)], ir=3)
save("new-inputs.onnx", [add_w], inputs=[info("w"), info("x")], weights=[weight(raw=ONES)])
save("unordered.onnx", [h.make_node("Relu", ["a"], ["y"]), h.make_node("Relu", ["x"], ["a"])])
save("pass-through.onnx", [], outputs=[info("x")])

# Names: none, the same twice, another domain's, left-out inputs.
save("names.onnx", [h.make_node("Relu", ["x"], ["a"]),
                    h.make_node("Relu", ["a"], ["b"], name="twin"),
                    h.make_node("Relu", ["b"], ["c"], name="twin"),
                    h.make_node("Clip", ["c", "", "six"], ["y"], name="clip", domain="ai.onnx")],
     weights=[weight("six", (), T.FLOAT, float_data=[6])])

# Before set 7, broadcast and axis placed the second operand: here on the first axes of two.
rows = weight("w", (2,), raw=ONES[:4] + struct.pack("<f", 3))
save("older.onnx", [h.make_node("Mul", ["x", "w"], ["a"], name="mul", broadcast=1, axis=0),
                    h.make_node("Add", ["a", "v"], ["b"], name="add", broadcast=1),
                    h.make_node("PRelu", ["b", "w"], ["c"], name="prelu"),
                    h.make_node("Add", ["c", "x"], ["y"])], opset=6, ir=3,
     inputs=[info("x", (2, 2))], outputs=[info("y", (2, 2))],
     weights=[rows, weight("v", (2,), float_data=[0, -6])])

# Quantised: (x · w as integers, w of two columns with scales of their own) + bias, twice: with
# scales known beforehand, and with those of x found on the way. w is [[1, -1], [2, 0.375]].
table = weight("w", (2, 2), T.INT8, raw=bytes([12, 252, 22, 7]))
quant = [weight("sx", (), T.FLOAT, float_data=[0.5]), weight("zx", (), T.UINT8, int32_data=[8]),
         table, weight("sw", (2,), T.FLOAT, float_data=[0.1, 0.125]),
         weight("zw", (2,), T.INT8, int32_data=[2, 4])]
both = h.make_node("Concat", ["y1", "y2"], ["y"], axis=1)
save("quantized.onnx",
     [h.make_node("QuantizeLinear", ["x", "sx", "zx"], ["q"], name="quantize"),
      h.make_node("QLinearMatMul", ["q", "sx", "zx", "w", "sw", "zw", "sy", "zy"], ["p"],
                  name="product"),
      h.make_node("DequantizeLinear", ["p", "sy", "zy"], ["y1"]),
      h.make_node("DynamicQuantizeLinear", ["x"], ["d", "sd", "zd"], name="dynamic"),
      h.make_node("MatMulInteger", ["d", "w", "zd", "zw"], ["i"], name="integers"),
      h.make_node("Cast", ["i"], ["f"], to=T.FLOAT),
      h.make_node("Mul", ["f", "sd"], ["g"]), h.make_node("Mul", ["g", "sw"], ["y2"]), both],
     inputs=[info("x", (1, 2))],
     weights=quant + [weight("sy", (), T.FLOAT, float_data=[0.25]),
                      weight("zy", (), T.UINT8, int32_data=[100])])

# The range of a quantised value follows from the element type of its zero point, wherever that
# comes from: a weight, a Constant, a Cast, an attribute.
one = weight("one", (), T.FLOAT, float_data=[1])
save("zero-points.onnx",
     [h.make_node("Split", ["x"], ["a", "b", "c", "d"], axis=1),
      h.make_node("QuantizeLinear", ["a", "one", "z8"], ["qa"], name="weight"),
      h.make_node("Constant", [], ["u8"], value=weight("", (), T.UINT8, int32_data=[0])),
      h.make_node("QuantizeLinear", ["b", "one", "u8"], ["qb"], name="constant"),
      h.make_node("Cast", ["z64"], ["i8"], to=T.INT8),
      h.make_node("Reshape", ["i8", "scalar"], ["i8s"]),
      h.make_node("QuantizeLinear", ["c", "one", "i8s"], ["qc"], name="cast"),
      h.make_node("QuantizeLinear", ["d", "one"], ["qd"], name="attribute", output_dtype=T.INT16),
      h.make_node("Concat", ["qa", "qb", "qc", "qd"], ["y"], axis=1)],
     weights=[one, weight("z8", (), T.INT8, int32_data=[-1]),
              weight("z64", (1,), T.INT64, int64_data=[2]),
              weight("scalar", (0,), T.INT64)], opset=21, ir=10)

# Constant nodes.
save("constants.onnx",
     [h.make_node("Constant", [], ["t"], value=weight("", (2,), T.INT64, int64_data=[3, 4])),
      h.make_node("Constant", [], ["f"], value_float=1.5),
      h.make_node("Constant", [], ["fs"], value_floats=[1.5, 2.5]),
      h.make_node("Constant", [], ["i"], value_int=-7),
      h.make_node("Constant", [], ["is"], value_ints=[5, 6]), relu])

# Attributes of every kind; LeakyRelu ignores those it does not know.
kinds = h.make_node("LeakyRelu", ["x"], ["y"], name="leaky", alpha=0.25, i=-3, s="text",
                    floats=[1.0, 2.0], ints=[1, -2, 3], strings=["a", "b"],
                    t=weight("", (2,), T.FLOAT, float_data=[7, 8]))
kinds.attribute.add(name="untyped", i=5)
kinds.attribute.add(name="empty", type=onnx.AttributeProto.INTS)
save("attributes.onnx", [kinds])

# External data.
with open("outside.bin", "wb") as f:
    f.write(ONES)
os.makedirs("external/sub", exist_ok=True)
with open("external/sub/weights.bin", "wb") as f:
    f.write(b"\0" * 4 + struct.pack("<4f", 1, 2, 3, 4))


def external(name, location, kind=T.FLOAT, **keys):
    w = weight(kind=kind)
    w.data_location = T.EXTERNAL
    if location is not None:
        keys = {"location": location, **keys}
    for key, value in keys.items():
        w.external_data.add(key=key, value=str(value))
    save("external/" + name, [add_w], weights=[w])


external("good.onnx", "sub/weights.bin", offset=4, length=16)
external("no-length.onnx", "sub/../sub/weights.bin", offset=4)
external("passwd.onnx", "../../../../../../../../../../../../etc/passwd")
external("absolute.onnx", "/etc/passwd", length=16)
external("beside.onnx", "../outside.bin", length=16)
external("link.onnx", "link.bin", length=16)
external("folder.onnx", "sub", length=16)
external("missing.onnx", "none.bin", length=16)
external("nameless.onnx", None, length=16)
external("short.onnx", "sub/weights.bin", offset=8)
external("beyond.onnx", "sub/weights.bin", offset=8, length=16)
external("far.onnx", "sub/weights.bin", offset=2**62, length=16)
external("number.onnx", "sub/weights.bin", offset="-4", length=16)

# Functions: one calls another; attributes by reference; names inside must not meet those outside.
inner = h.make_function("my", "Scale", ["a"], ["b"],
                        [h.make_node("Constant", [], ["k"]), h.make_node("Mul", ["a", "k"], ["b"])],
                        [h.make_opsetid("", 13)], ["factor"])
inner.node[0].attribute.add(name="value_float", ref_attr_name="factor",
                            type=onnx.AttributeProto.FLOAT)
leaky = h.make_node("LeakyRelu", ["t"], ["b"], name="leaky")
leaky.attribute.add(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT)
scale = h.make_node("Scale", ["x"], ["t"], name="scale", domain="my")
scale.attribute.add(name="factor", ref_attr_name="gain", type=onnx.AttributeProto.FLOAT)
outer = h.make_function("my", "Layer", ["x", "bias"], ["b", "x"],
                        [scale, leaky, h.make_node("Identity", ["b"], ["a"])],
                        [h.make_opsetid("", 13), h.make_opsetid("my", 1)], ["gain", "slope"])
# attribute_proto, field 11 of FunctionProto, is newer than this package: slope defaults to 0.5
default = onnx.AttributeProto(name="slope", f=0.5, type=onnx.AttributeProto.FLOAT)
content = default.SerializeToString()
outer.MergeFromString(bytes([11 << 3 | 2, len(content)]) + content)
calls = [h.make_node("Layer", ["x"], ["a", "same"], name="one", domain="my", gain=2.0, slope=0.25),
         h.make_node("Layer", ["a", "same"], ["b"], name="two", domain="my", gain=3.0),
         h.make_node("Add", ["b", "same"], ["y"])]
save("function.onnx", calls, functions=[inner, outer], imports=["my"])


def function(name, nodes, inputs=("a",), outputs=("b",)):
    return h.make_function("my", name, list(inputs), list(outputs), nodes,
                           [h.make_opsetid("", 13), h.make_opsetid("my", 1)])


def call(op, x="x", y="y", **more):
    return h.make_node(op, [x] if isinstance(x, str) else x, [y], domain="my", **more)


save("function-recursive.onnx", [call("F", name="f")], imports=["my"],
     functions=[function("F", [call("G", "a", "b")]), function("G", [call("F", "a", "b")])])
bomb = [function("F%d" % i, [call("F%d" % (i + 1), "a", "t"), call("F%d" % (i + 1), "t", "b")])
        for i in range(40)]
save("function-bomb.onnx", [call("F0", name="f")], imports=["my"],
     functions=bomb + [function("F40", [h.make_node("Relu", ["a"], ["b"])])])
save("function-twice.onnx", [call("F")], imports=["my"],
     functions=[function("F", [h.make_node("Relu", ["a"], ["b"])])] * 2)
save("function-empty.onnx", [call("F")], imports=["my"], functions=[function("F", [])])
save("function-undefined.onnx", [call("F", name="f")], imports=["my"],
     functions=[function("F", [h.make_node("Relu", ["x"], ["b"], name="inside")])])
save("function-misfit.onnx", [call("F", ["x", "x"], name="f")], imports=["my"],
     functions=[function("F", [h.make_node("Relu", ["a"], ["b"])])])


# Branches.
def branch(nodes, output, weights=()):
    return h.make_graph(nodes, "branch", [], [info(output)], list(weights))


def make_if(cond, name, then, other, out):
    return h.make_node("If", [cond], [out], name=name, then_branch=then, else_branch=other)


yes = weight("yes", (), T.BOOL, int32_data=[1])
then = branch([h.make_node("Add", ["x", "w"], ["t"], name="add")], "t", [weight(raw=ONES)])
other = branch([h.make_node("NonSense", ["x"], ["t"])], "t")
nested = branch([make_if("yes", "again", branch([h.make_node("Mul", ["w", "t"], ["y"])], "y"),
                         other, "deep")], "deep", [weight(raw=ONES)])
save("if.onnx", [make_if("yes", "first", then, other, "a"),
                 h.make_node("Identity", ["yes"], ["also"]),
                 h.make_node("Not", ["also"], ["no"]),
                 h.make_node("Relu", ["a"], ["t"]),
                 make_if("no", "second", other, nested, "b"),
                 make_if("yes", "third", branch([], "b"), other, "y")], weights=[yes])
save("if-data.onnx", [h.make_node("Cast", ["x"], ["c"], to=T.BOOL),
                      make_if("c", "depends", then, branch([], "x"), "y")],
     inputs=[info("x", (1,))])
save("if-no-branch.onnx", [h.make_node("If", ["yes"], ["y"], name="half", else_branch=other)],
     weights=[yes])
save("if-outputs.onnx", [h.make_node("If", ["yes"], ["y", "z"], name="wide", then_branch=then,
                                     else_branch=other)], weights=[yes])

# Beyond us.
save("unsupported.onnx",
     [h.make_node("Wobble", ["x"], ["a"], name="first"),
      h.make_node("Gelu", ["a"], ["b"], name="second", domain="com.microsoft"),
      h.make_node("TreeEnsembleClassifier", ["b"], ["c"], name="third", domain="ai.onnx.ml",
                  classlabels_strings=["a"]),
      h.make_node("Wobble", ["c"], ["y"])], imports=["com.microsoft", "ai.onnx.ml"])
save("forest.onnx", [
    h.make_node("TreeEnsembleClassifier", ["x"], ["label", "y"], name="forest",
                domain="ai.onnx.ml", classlabels_int64s=[0, 1], class_ids=[0, 1],
                class_nodeids=[1, 2], class_treeids=[0, 0], class_weights=[1.0, 1.0],
                nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"], nodes_nodeids=[0, 1, 2],
                nodes_treeids=[0, 0, 0], nodes_featureids=[0, 0, 0], nodes_values=[0.5, 0.0, 0.0],
                nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
                post_transform="NONE")], imports=["ai.onnx.ml"])
save("linear.onnx", [h.make_node("LinearClassifier", ["x"], ["label", "y"], name="linear",
                                 domain="ai.onnx.ml", coefficients=[1.0] * 4)],
     imports=["ai.onnx.ml"])
save("older-unknown.onnx", [h.make_node("Upsample", ["x"], ["y"], name="up", scales=[1.0, 2.0])],
     opset=6, ir=3)
save("opset-negative.onnx", [relu], opset=-6, ir=3)
save("opset-99.onnx", [relu], opset=99)
save("opset-none.onnx", [relu], opset=0)
save("string-weight.onnx", [add_w], weights=[weight(kind=T.STRING, string_data=[b"a"] * 4)])
save("complex-weight.onnx", [add_w], weights=[weight(kind=T.COMPLEX64, raw=ONES * 2)])
save("float8-weight.onnx", [add_w], weights=[weight(kind=17, raw=b"1234")])
save("unknown-weight.onnx", [add_w], weights=[weight(kind=77, raw=b"1234")])
save("string-input.onnx", [relu], inputs=[info("x", kind=T.STRING)])
save("sequence-input.onnx", [relu],
     inputs=[h.make_tensor_sequence_value_info("x", T.FLOAT, None)])
save("open-input.onnx", [relu], inputs=[info("x", None)])
save("rank-9-input.onnx", [relu], inputs=[info("x", [1] * 9)])
save("rank-9-weight.onnx", [add_w], weights=[weight(dims=[1] * 9, raw=ONES[:4])])
save("string-constant.onnx", [h.make_node("Constant", [], ["y"], name="words", value_string="a")])
sparse = onnx.SparseTensorProto(values=weight("thin", (1,), raw=ONES[:4]),
                                indices=weight("", (1,), T.INT64, int64_data=[2]), dims=[4])
save("sparse-weight.onnx", [relu], sparse_initializer=[sparse])

# Contradictions.
save("huge-weight.onnx", [add_w], weights=[weight(dims=(2**20, 2**20), raw=ONES)])
save("overflow-weight.onnx", [add_w], weights=[weight(dims=(2**33, 2**33), raw=ONES)])
save("negative-weight.onnx", [add_w], weights=[weight(dims=(-2, -2), raw=ONES)])
save("short-weight.onnx", [add_w], weights=[weight(raw=ONES[:15])])
save("long-weight.onnx", [add_w], weights=[weight(float_data=[1] * 5)])
save("wrong-field.onnx", [add_w], weights=[weight(kind=T.INT64, float_data=[1] * 4)])
save("big-uint64.onnx", [add_w], weights=[weight(kind=T.UINT64, uint64_data=[2**63, 0, 0, 0])])
save("big-int8.onnx", [add_w], weights=[weight(kind=T.INT8, int32_data=[0, 0, 0, 128])])
save("huge-input.onnx", [relu], inputs=[info("x", [2**40, 2**40])])
save("nameless-weight.onnx", [add_w], weights=[weight("", raw=ONES)])
save("cycle.onnx", [h.make_node("Add", ["x", "b"], ["a"], name="first"),
                    h.make_node("Relu", ["a"], ["b"], name="second"),
                    h.make_node("Relu", ["a"], ["y"])])
save("self-cycle.onnx", [h.make_node("Add", ["x", "y"], ["y"], name="loop")])
save("twice-node.onnx", [relu, h.make_node("Relu", ["x"], ["y"], name="second")])
save("twice-weight.onnx", [add_w], weights=[weight(raw=ONES)] * 2)
save("twice-input.onnx", [relu], inputs=[info("x")] * 2)
save("twice-input-node.onnx", [h.make_node("Relu", ["x"], ["x"], name="self")],
     outputs=[info("x")])
save("twice-output.onnx", [relu], outputs=[info("y")] * 2)
save("missing-value.onnx", [h.make_node("Add", ["x", "ghost"], ["y"], name="add")])
save("missing-output.onnx", [relu], outputs=[info("ghost")])
save("no-output.onnx", [relu], outputs=[])
save("no-nodes.onnx", [])
save("no-operator.onnx", [h.make_node("", ["x"], ["y"], name="blank")])
twice = h.make_node("LeakyRelu", ["x"], ["y"], name="leaky", alpha=1.0)
twice.attribute.add(name="alpha", f=2.0, type=onnx.AttributeProto.FLOAT)
save("twice-attribute.onnx", [twice])
save("graph-attribute.onnx", [h.make_node("Relu", ["x"], ["y"], name="relu", body=then)])
save("bad-attribute.onnx",
     [h.make_node("Relu", ["x"], ["y"], name="relu", t=weight(dims=(5,), raw=ONES))])
m = save("no-graph.onnx", [relu])
m.ClearField("graph")
with open("no-graph.onnx", "wb") as f:
    f.write(m.SerializeToString())
