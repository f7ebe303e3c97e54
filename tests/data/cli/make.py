#!/usr/bin/python3
"""Writes the small models that tests/cli uses.

Needs Debian's python3-onnx. Run in this folder; the results are committed, so that the tests need
neither Python nor that package. The networks know nothing: their weights are drawn at random.
"""

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as n

draw = np.random.RandomState(12)


def weight(name, *shape, scale=1.0):
    return n.from_array((scale * draw.standard_normal(shape)).astype(np.float32), name)


def save(name, nodes, inputs, outputs, weights=()):
    graph = h.make_graph(nodes, name, inputs, outputs, list(weights))
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 13)], producer_name="make")
    model.ir_version = 8
    onnx.checker.check_model(model)
    with open(name + ".onnx", "wb") as file:
        file.write(model.SerializeToString())


def info(name, *shape):
    return h.make_tensor_value_info(name, T.FLOAT, shape)


# A classifier of 16×16 pictures with five classes and a softmax; tiny.json and tiny.txt belong to it.
save("tiny", [
    h.make_node("Conv", ["x", "w1", "b1"], ["c1"], name="first", pads=[1, 1, 1, 1]),
    h.make_node("Relu", ["c1"], ["r1"], name="first/relu"),
    h.make_node("MaxPool", ["r1"], ["p1"], name="pool", kernel_shape=[2, 2], strides=[2, 2]),
    h.make_node("Conv", ["p1", "w2", "b2"], ["c2"], name="second", pads=[1, 1, 1, 1]),
    h.make_node("Relu", ["c2"], ["r2"], name="second/relu"),
    h.make_node("GlobalAveragePool", ["r2"], ["g"], name="mean"),
    h.make_node("Flatten", ["g"], ["f"], name="flat"),
    h.make_node("Gemm", ["f", "w3", "b3"], ["z"], name="classes", transB=1),
    h.make_node("Softmax", ["z"], ["p"], name="softmax", axis=1),
], [info("x", "N", 3, 16, 16)], [info("p", "N", 5)], [
    weight("w1", 4, 3, 3, 3, scale=0.4), weight("b1", 4, scale=0.1),
    weight("w2", 6, 4, 3, 3, scale=0.3), weight("b2", 6, scale=0.1),
    weight("w3", 5, 6, scale=2.0), weight("b3", 5, scale=0.1),
])

# A classifier of four numbers: it takes no pictures.
save("vector", [
    h.make_node("Gemm", ["x", "w"], ["h"], name="hidden"),
    h.make_node("Tanh", ["h"], ["t"], name="tanh"),
    h.make_node("Gemm", ["t", "v"], ["z"], name="scores"),
], [info("x", 1, 4)], [info("z", 1, 3)], [weight("w", 4, 6), weight("v", 6, 3)])

# Two inputs, and outputs whose names cannot be names of files.
save("two", [
    h.make_node("Add", ["a", "b"], ["sum/of:both"], name="add"),
    h.make_node("Sub", ["a", "b"], ["difference"], name="sub"),
], [info("a", "N", 2), info("b", "N", 2)], [info("sum/of:both", "N", 2), info("difference", "N", 2)])

# As Keras models come: pixels last, turned around by a Transpose at the start, and no sidecar.
save("keras", [
    h.make_node("Transpose", ["x"], ["t"], name="turn", perm=[0, 3, 1, 2]),
    h.make_node("Conv", ["t", "w1", "b1"], ["c"], name="conv", pads=[1, 1, 1, 1]),
    h.make_node("Relu", ["c"], ["r"], name="relu"),
    h.make_node("GlobalAveragePool", ["r"], ["g"], name="mean"),
    h.make_node("Flatten", ["g"], ["f"], name="flat"),
    h.make_node("Gemm", ["f", "w2", "b2"], ["z"], name="classes", transB=1),
    h.make_node("Softmax", ["z"], ["p"], name="softmax", axis=1),
], [info("x", None, 20, 16, 3)], [info("p", None, 4)], [
    weight("w1", 5, 3, 3, 3, scale=0.4), weight("b1", 5, scale=0.1),
    weight("w2", 4, 5, scale=2.0), weight("b2", 4, scale=0.1),
])

# A classifier of pictures of any size.
save("any-size", [
    h.make_node("Conv", ["x", "w1", "b1"], ["c1"], name="first", pads=[1, 1, 1, 1], strides=[2, 2]),
    h.make_node("Relu", ["c1"], ["r1"], name="first/relu"),
    h.make_node("Conv", ["r1", "w2"], ["c2"], name="second", pads=[1, 1, 1, 1]),
    h.make_node("Relu", ["c2"], ["r2"], name="second/relu"),
    h.make_node("GlobalAveragePool", ["r2"], ["g"], name="mean"),
    h.make_node("Flatten", ["g"], ["f"], name="flat"),
    h.make_node("Gemm", ["f", "w3"], ["z"], name="classes"),
], [info("x", "N", 3, "H", "W")], [info("z", "N", 3)], [
    weight("w1", 4, 3, 3, 3, scale=0.4), weight("b1", 4, scale=0.1),
    weight("w2", 5, 4, 3, 3, scale=0.3), weight("w3", 5, 3, scale=2.0)])

# Axes left open, but a network that works at 224×224 alone.
save("one-size", [
    h.make_node("Conv", ["x", "w"], ["c"], name="patches", kernel_shape=[2, 2], strides=[32, 32]),
    h.make_node("Flatten", ["c"], ["f"], name="flat"),
    h.make_node("Gemm", ["f", "v"], ["z"], name="classes"),
], [info("x", "N", 3, "H", "W")], [info("z", "N", 3)], [
    weight("w", 2, 3, 2, 2), weight("v", 98, 3)])

# A score a class at every place, and a skip that fits only at sizes that halve twice.
save("map", [
    h.make_node("Conv", ["x", "w1"], ["c1"], name="first", pads=[1, 1, 1, 1]),
    h.make_node("Relu", ["c1"], ["r1"], name="first/relu"),
    h.make_node("MaxPool", ["r1"], ["p1"], name="pool", kernel_shape=[4, 4], strides=[4, 4]),
    h.make_node("ConvTranspose", ["p1", "w2"], ["u"], name="up", strides=[4, 4]),
    h.make_node("Concat", ["r1", "u"], ["k"], name="skip", axis=1),
    h.make_node("Conv", ["k", "w3"], ["z"], name="classes"),
    h.make_node("Softmax", ["z"], ["p"], name="softmax", axis=1),
], [info("x", "N", 3, "H", "W")], [info("p", "N", 4, "H", "W")], [
    weight("w1", 3, 3, 3, 3, scale=0.4), weight("w2", 3, 2, 4, 4, scale=0.5),
    weight("w3", 4, 5, 1, 1, scale=2.0)])

# A picture, and two inputs beside it; what classifies is the second output.
save("several", [
    h.make_node("Conv", ["x", "w1"], ["c1"], name="first", pads=[1, 1, 1, 1]),
    h.make_node("Relu", ["c1"], ["r1"], name="first/relu"),
    h.make_node("GlobalAveragePool", ["r1"], ["g"], name="mean"),
    h.make_node("Flatten", ["g"], ["features"], name="flat"),
    h.make_node("Mul", ["features", "gain"], ["m"], name="gain"),
    h.make_node("Gemm", ["m", "w2"], ["logits"], name="classes"),
    h.make_node("Gather", ["w3", "domain"], ["d"], name="domain"),
    h.make_node("Add", ["logits", "d"], ["shifted"], name="shift"),
], [h.make_tensor_value_info("domain", T.INT64, ["N"]), info("gain", "N", 1),
    info("x", "N", 3, 8, 8)],
    [info("features", "N", 6), info("logits", "N", 3), info("shifted", "N", 3)], [
    weight("w1", 6, 3, 3, 3, scale=0.4), weight("w2", 6, 3), weight("w3", 4, 3)])
