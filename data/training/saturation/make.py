#!/usr/bin/python3
"""Writes four functions of one or two numbers as ONNX files, with sidecars: where explanations can
be checked by hand, and where the gradient alone misleads.

    saturation     1 - relu (1 - x): flat from 1 on, where the gradient is 0 and the change is not
    product        x y: each number matters as much as the other one is large
    maximum        max (x, y): the gradient sees one of the two
    sine-ridge     sin (3 x) exp (-y^2): many slopes on the way from 0, and a way to go round

Needs python3-onnx and python3-numpy.
"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from export import DATA, sidecar, write_json

# Points to look at, with what is worth noticing there.
POINTS = {
    'saturation': [([0.0], 'nothing yet'), ([0.5], 'gradient 1'), ([0.9], 'gradient 1'),
                   ([1.5], 'gradient 0, yet f has risen by 1 since 0'),
                   ([2.0], 'as at 1.5, further on'), ([-1.0], 'below 0 the function goes on')],
    'product': [([1.0, 1.0], 'Integrated Gradients: half each'), ([2.0, 1.0], 'half each again'),
                ([2.0, 0.0], 'f is 0, and only y has a gradient'), ([-1.0, 2.0], 'both negative'),
                ([3.0, 3.0], '4.5 each'), ([0.0, 0.0], 'no gradient at all')],
    'maximum': [([1.0, 0.9], 'all to x'), ([0.9, 1.0], 'all to y: a small step, another answer'),
                ([1.0, 1.0], 'a tie: Shapley gives half each'), ([2.0, -1.0], 'y never counts'),
                ([-1.0, -2.0], 'the larger one, below 0'), ([0.5, 0.0], 'all to x')],
    'sine-ridge': [([0.5, 0.0], 'on the ridge'), ([1.0, 0.0], 'past the first top'),
                   ([2.1, 0.0], 'f is near 0 after a whole wave: the parts cancel'),
                   ([0.5, 1.5], 'y alone brings f down'), ([1.5, 1.5], 'both'),
                   ([-0.5, 0.0], 'below 0')],
}


def constant(name, values, shape=None):
    array = np.array(values, np.float32)
    return numpy_helper.from_array(array if shape is None else array.reshape(shape), name)


def column(name, at):
    """Picks column `at` of the input as [N,1]."""
    return (helper.make_node('Gather', ['input', f'at.{name}'], [name], name=name, axis=1),
            numpy_helper.from_array(np.array([at], np.int64), f'at.{name}'))


def saturation():
    return 1, [
        helper.make_node('Sub', ['one', 'input'], ['distance'], name='distance'),
        helper.make_node('Relu', ['distance'], ['rest'], name='rest'),
        helper.make_node('Sub', ['one', 'rest'], ['output'], name='output'),
    ], [constant('one', [1.0])]


def product():
    (x, at_x), (y, at_y) = column('x', 0), column('y', 1)
    return 2, [x, y, helper.make_node('Mul', ['x', 'y'], ['output'], name='output')], [at_x, at_y]


def maximum():
    (x, at_x), (y, at_y) = column('x', 0), column('y', 1)
    return 2, [x, y, helper.make_node('Max', ['x', 'y'], ['output'], name='output')], [at_x, at_y]


def sine_ridge():
    (x, at_x), (y, at_y) = column('x', 0), column('y', 1)
    return 2, [
        x, y,
        helper.make_node('Mul', ['x', 'three'], ['angle'], name='angle'),
        helper.make_node('Sin', ['angle'], ['wave'], name='wave'),
        helper.make_node('Mul', ['y', 'y'], ['square'], name='square'),
        helper.make_node('Neg', ['square'], ['fall'], name='fall'),
        helper.make_node('Exp', ['fall'], ['ridge'], name='ridge'),
        helper.make_node('Mul', ['wave', 'ridge'], ['output'], name='output'),
    ], [at_x, at_y, constant('three', [3.0])]


TRUTH = {
    'saturation': lambda p: 1 - max(1 - p[0], 0),
    'product': lambda p: p[0] * p[1],
    'maximum': max,
    'sine-ridge': lambda p: np.sin(3 * p[0]) * np.exp(-p[1] ** 2),
}
MADE = {
    'saturation': (saturation, '1 − relu(1 − x)'),
    'product': (product, 'x · y'),
    'maximum': (maximum, 'max(x, y)'),
    'sine-ridge': (sine_ridge, 'sin(3x) · exp(−y²)'),
}


def main():
    listed = []
    for name, (make, title) in MADE.items():
        width, nodes, weights = make()
        graph = helper.make_graph(
            nodes, name, [helper.make_tensor_value_info('input', TensorProto.FLOAT, ['N', width])],
            [helper.make_tensor_value_info('output', TensorProto.FLOAT, ['N', 1])], weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=7,
                                  producer_name='Salience data/training')
        onnx.checker.check_model(model)
        path = os.path.join(DATA, 'models', name + '.onnx')
        onnx.save(model, path)
        sidecar(path, graph, title, {
            'input': {'name': 'input', 'shape': ['N', width]},
            'output': {'name': 'output', 'shape': ['N', 1], 'kind': 'logits'},
        }, 'data/training/saturation/make.py')
        for point, note in POINTS[name]:
            listed.append({'model': name, 'input': point,
                           'output': round(float(TRUTH[name](point)), 6), 'note': note})
    write_json(os.path.join(DATA, 'functions', 'samples.json'), listed)


if __name__ == '__main__':
    main()
