"""What the trainings of scans, fashion, shapes and sentiment share: an ONNX file and its sidecar."""

import hashlib
import json
import math
import os

import onnx
import torch

DATA = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
PARTS = ('weight', 'bias')  # names of what a layer holds, in the order of its inputs


def export(net, example, path, inputs, output, axes):
    """Writes the ONNX file, its nodes and tensors named by what they do: conv1, relu1, ...

    axes: names of the open axes of each input and output, as torch.onnx.export() takes them.
    Returns the graph.
    """
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.onnx.export(net, example, path, opset_version=13, input_names=inputs,
                      output_names=[output], dynamic_axes=axes)
    model = onnx.load(path)
    graph = model.graph
    weights = {w.name for w in graph.initializer}
    names, counts = {}, {}
    for node in graph.node:
        kind = node.op_type.lower()
        counts[kind] = counts.get(kind, 0) + 1
        node.name = f'{kind}{counts[kind]}'
        for i, name in enumerate(node.output):
            if name != output:
                names[name] = node.name if i == 0 else f'{node.name}.{i}'
        mine = [n for n in node.input if n in weights and n not in names]
        for part, name in zip(PARTS, mine):
            names[name] = f'{node.name}.{part}'
    for node in graph.node:
        node.input[:] = [names.get(n, n) for n in node.input]
        node.output[:] = [names.get(n, n) for n in node.output]
    for weight in graph.initializer:
        weight.name = names.get(weight.name, weight.name)
    del graph.value_info[:]
    graph.name = os.path.splitext(os.path.basename(path))[0]
    model.producer_name = 'Salience data/training'
    model.producer_version = ''
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return graph


def last_of(graph, op_type):
    """The output of the last node of a type."""
    return [n for n in graph.node if n.op_type == op_type][-1].output[0]


def picture_input(name, channels, side, mean, std, low=0, high=1):
    return {
        'name': name,
        'shape': ['N', channels, side, side],
        'layout': 'NCHW',
        'channel_order': 'GRAY' if channels == 1 else 'RGB',
        'value_range': [low, high],
        'mean': [mean] * channels,
        'std': [std] * channels,
        'formula': 'x = (v - mean) / std, v = pixel value scaled to value_range',
        'resize': {'size': [side, side], 'default': 'stretch'},
    }


def sidecar(path, graph, title, entries, source):
    """MODEL.json beside MODEL.onnx; `entries` come between the facts of the file and its source."""
    with open(path, 'rb') as f:
        content = f.read()
    side = {
        'name': os.path.splitext(os.path.basename(path))[0],
        'title': title,
        'file': os.path.basename(path),
        'sha256': hashlib.sha256(content).hexdigest(),
        'bytes': len(content),
        'opset': 13,
        **entries,
        'parameters': sum(math.prod(w.dims) for w in graph.initializer),
        'nodes': len(graph.node),
        'source': {'path': source, 'licence': 'MIT, as Salience itself'},
    }
    write_json(os.path.splitext(path)[0] + '.json', side)


def write_json(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        json.dump(value, f, indent=1, ensure_ascii=False)
        f.write('\n')


def write_labels(name, labels):
    path = os.path.join(DATA, 'labels', name + '.txt')
    with open(path, 'w') as f:
        f.write('\n'.join(labels) + '\n')
    return f'../labels/{name}.txt'
