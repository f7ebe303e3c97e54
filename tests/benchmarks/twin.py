"""PyTorch twins of the benchmark networks, made from their ONNX files: the same weights, called as
a person would write the network in PyTorch. Knows the operators of networks.h and no others."""

import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as F


def _pair(values):
    assert len(set(values)) == 1, values
    return values[0]


def _attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


class Twin:
    """A network in eval mode whose parameters are frozen."""

    def __init__(self, path, dtype=torch.float32, channels_last=False):
        graph = onnx.load(path).graph
        self.weights = {}
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        for initializer in graph.initializer:
            array = onnx.numpy_helper.to_array(initializer)
            weight = torch.from_numpy(array.copy()).to(dtype)
            if weight.dim() == 4:
                weight = weight.contiguous(memory_format=self.format)
            self.weights[initializer.name] = weight
        self.dtype = dtype
        self.input = graph.input[0].name
        self.output = graph.output[0].name
        self.nodes = list(graph.node)
        self.uses = {}
        for node in self.nodes:
            for name in node.input:
                self.uses[name] = self.uses.get(name, 0) + 1
        self.steps = [(n.output[0], [x for x in n.input if x not in self.weights], self._step(n))
                      for n in self.nodes]

    def last_spatial(self, size):
        """The last value of more than one place: where Grad-CAM starts."""
        with torch.no_grad():
            values = self.run({self.input: torch.zeros(1, 3, size, size, dtype=self.dtype)},
                              keep=True)
        return [s[0] for s in self.steps if values[s[0]].dim() == 4 and
                values[s[0]].shape[-1] > 1][-1]

    def __call__(self, x):
        return self.run({self.input: x})[self.output]

    def run(self, values, until=None, after=None, keep=False):
        """Computes all nodes up to the value `until`, or those after the value `after`, letting go
        of what is read no more unless it is to be kept."""
        values = dict(values)
        left = dict(self.uses)
        started = after is None
        for name, inputs, step in self.steps:
            if started:
                values[name] = step(*[values[i] for i in inputs])
                for i in inputs:
                    left[i] -= 1
                    if left[i] == 0 and not keep:
                        del values[i]
            started = started or name == after
            if name == until:
                break
        return values

    def _step(self, node):
        kind, a = node.op_type, _attributes(node)
        w = [self.weights[i] for i in node.input if i in self.weights]
        alone = self.uses.get(node.input[0], 0) == 1
        if kind == "Conv":
            s, p, g = _pair(a["strides"]), _pair(a["pads"]), a["group"]
            bias = w[1] if len(w) > 1 else None
            return lambda x: F.conv2d(x, w[0], bias, s, p, 1, g)
        if kind == "BatchNormalization":
            return lambda x: F.batch_norm(x, w[2], w[3], w[0], w[1], False, 0.0, a["epsilon"])
        if kind == "Relu":
            return lambda x: F.relu(x, inplace=alone)
        if kind == "Clip":
            low, high = w[0].item(), w[1].item()
            return lambda x: F.hardtanh(x, low, high, inplace=alone)
        if kind == "MaxPool":
            k, s, p = _pair(a["kernel_shape"]), _pair(a["strides"]), _pair(a["pads"])
            return lambda x: F.max_pool2d(x, k, s, p, ceil_mode=bool(a["ceil_mode"]))
        if kind == "Add":
            return lambda x, y: x + y
        if kind == "Concat":
            return lambda *x: torch.cat(x, a["axis"])
        if kind == "GlobalAveragePool":
            return lambda x: F.adaptive_avg_pool2d(x, 1)
        if kind == "Flatten":
            return lambda x: torch.flatten(x, 1)
        if kind == "Gemm":
            return lambda x: F.linear(x, w[0], w[1])
        raise ValueError(f"no twin for {kind}")
