import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

# Your own perceptron in place of this one; pictures of 8×8 pixels, 0 to 16, as rows of 64.
pictures, digits = load_digits(return_X_y=True)
net = MLPClassifier((32,), random_state=1, max_iter=800).fit(pictures / 16, digits)

nodes, weights, x = [helper.make_node("Flatten", ["input"], ["x0"])], [], "x0"
for i, (w, b) in enumerate(zip(net.coefs_, net.intercepts_), 1):
    last = i == len(net.coefs_)
    weights += [numpy_helper.from_array(w.astype(np.float32), f"w{i}"),
                numpy_helper.from_array(b.astype(np.float32), f"b{i}")]
    nodes.append(helper.make_node("Gemm", [x, f"w{i}", f"b{i}"], ["logits" if last else f"z{i}"]))
    if not last:
        nodes.append(helper.make_node("Relu", [f"z{i}"], [f"x{i}"]))
        x = f"x{i}"
graph = helper.make_graph(
    nodes, "digits",
    [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 1, 8, 8])],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])], weights)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7),
          "digits.onnx")
with open("digits.json", "w") as f:
    json.dump({"input": {"shape": ["N", 1, 8, 8], "value_range": [0, 1], "mean": [0], "std": [1]},
               "output": {"kind": "logits"}}, f)
