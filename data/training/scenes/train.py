#!/usr/bin/python3
"""Trains the scenes classifier and writes data/models/scenes.onnx, scenes.json and the labels.

Every number is seeded and one thread computes, so the same machine gives the same network.
Needs python3-torch 1.13, python3-onnx, python3-numpy, python3-pil and python3-cairo.
"""

import argparse
import hashlib
import json
import math
import os
import tempfile
import time
from multiprocessing import Pool

import numpy as np
import onnx
import torch
from torch.nn import functional as F

import check
from generate import scene
from network import MEAN, SIZE, STD, Net, prepare, shrink
from objects import LABELS

DATA = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
TRAIN_SEED, HELD_OUT_SEED = 1, 9000


def training_picture(index):
    """One in four is drawn twice as large and shrunk, as the pictures of a person are."""
    large = index // len(LABELS) % 4 == 0
    return shrink(scene(TRAIN_SEED, index, 2 * SIZE if large else SIZE).image)


def training_set(count, folder, jobs):
    """The pictures [count,128,128,3], drawn once and kept in `folder`; labels follow the index."""
    path = os.path.join(folder, f'scenes-{source_hash()}-{count}.npy')
    if not os.path.exists(path):
        images = np.empty((count, SIZE, SIZE, 3), np.uint8)
        with Pool(jobs) as pool:
            for i, image in enumerate(pool.imap(training_picture, range(count), 64)):
                images[i] = image
        np.save(path + '.part.npy', images)
        os.replace(path + '.part.npy', path)
    return np.load(path), np.arange(count) % len(LABELS)


def source_hash():
    """Changes when the drawing changes."""
    h = hashlib.sha256()
    folder = os.path.dirname(os.path.abspath(__file__))
    for name in ('generate.py', 'ground.py', 'objects.py', 'pen.py'):
        with open(os.path.join(folder, name), 'rb') as f:
            h.update(f.read())
    return h.hexdigest()[:12]


def augment(rng, images):
    """Mirror, shift and relight a batch; all of it as likely in one class as in another."""
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        if rng.random() < 0.1:
            image = np.rot90(image, int(rng.choice((1, 3))))
        dy, dx = rng.integers(0, 17, 2)
        out.append(np.pad(image, ((8, 8), (8, 8), (0, 0)), 'reflect')[dy:dy + SIZE, dx:dx + SIZE])
    x = prepare(np.stack(out))
    n = len(out)
    gain = rng.uniform(0.75, 1.25, (n, 1, 1, 1)) * rng.uniform(0.92, 1.08, (n, 3, 1, 1))
    bias = rng.uniform(-0.15, 0.15, (n, 1, 1, 1))
    x = x * torch.from_numpy(gain) + torch.from_numpy(bias)
    return x.float().clamp(-1, 1).contiguous(memory_format=torch.channels_last)


def train(net, images, labels, epochs, batch, rate):
    rng = np.random.default_rng(2)
    decay = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW([{'params': decay, 'weight_decay': 0.02},
                                   {'params': plain, 'weight_decay': 0.0}], lr=rate)
    steps = len(images) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, epochs * steps, pct_start=0.15)
    start = time.time()
    for epoch in range(epochs):
        net.train()
        order = rng.permutation(len(images))
        loss_sum = hits = 0
        for i in range(steps):
            at = np.sort(order[i * batch:(i + 1) * batch])
            y = torch.from_numpy(labels[at])
            z = net(augment(rng, images[at]))
            loss = F.cross_entropy(z, y, label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            loss_sum += loss.item()
            hits += int((z.argmax(1) == y).sum())
        print(f'epoch {epoch + 1}/{epochs}  loss {loss_sum / steps:.4f}  training accuracy '
              f'{hits / steps / batch:.4f}  {time.time() - start:.0f} s', flush=True)


def export(net, path):
    """Writes the ONNX file, with names a person can read in place of the exporter's."""
    torch.onnx.export(net, torch.zeros(1, 3, SIZE, SIZE), path, opset_version=13,
                      input_names=['input'], output_names=['logits'],
                      dynamic_axes={'input': {0: 'N'}, 'logits': {0: 'N'}})
    model = onnx.load(path)
    graph = model.graph
    names = {}
    counts = {}
    last = None
    for node in graph.node:
        kind = {'Conv': 'conv', 'Relu': 'relu', 'MaxPool': 'pool', 'GlobalAveragePool': 'mean',
                'Flatten': 'flatten', 'Gemm': 'classify'}[node.op_type]
        counts[kind] = counts.get(kind, 0) + 1
        node.name = kind + (str(counts[kind]) if kind in ('conv', 'relu', 'pool') else '')
        if node.output[0] != 'logits':
            names[node.output[0]] = node.name
        for part, name in zip(('weight', 'bias'), node.input[1:]):
            names[name] = f'{node.name}.{part}'
        if kind == 'relu':
            last = node.name
    for node in graph.node:
        node.input[:] = [names.get(n, n) for n in node.input]
        node.output[:] = [names.get(n, n) for n in node.output]
    for weight in graph.initializer:
        weight.name = names[weight.name]
    del graph.value_info[:]
    graph.name = 'scenes'
    model.producer_name = 'Salience data/training/scenes'
    model.producer_version = ''
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return graph, last


def sidecar(path, graph, last, results):
    with open(path, 'rb') as f:
        content = f.read()
    low, high = (0 - MEAN) / STD, (1 - MEAN) / STD
    side = {
        'name': 'scenes',
        'title': 'Scenes, ten drawn objects, 128',
        'file': os.path.basename(path),
        'sha256': hashlib.sha256(content).hexdigest(),
        'bytes': len(content),
        'opset': 13,
        'input': {
            'name': 'input',
            'shape': ['N', 3, SIZE, SIZE],
            'layout': 'NCHW',
            'channel_order': 'RGB',
            'value_range': [0, 1],
            'mean': [MEAN] * 3,
            'std': [STD] * 3,
            'normalised_range': [low, high],
            'formula': 'x = (v - mean) / std, v = pixel value scaled to value_range; '
                       'mean and std are in channel_order',
            'resize': {'size': [SIZE, SIZE], 'default': 'stretch'},
        },
        'output': {'name': 'logits', 'shape': ['N', len(LABELS)], 'kind': 'logits'},
        'labels': '../labels/scenes.txt',
        'last_conv_tensor': last,
        'parameters': sum(math.prod(w.dims) for w in graph.initializer),
        'nodes': len(graph.node),
        'accuracy': results['accuracy'],
        'evaluation': results,
        'source': {
            'path': 'data/training/scenes/train.py',
            'licence': 'MIT, as Salience itself',
            'conversion': 'exported by PyTorch, batch normalisation folded into the convolutions, '
                          'nodes and tensors renamed',
        },
    }
    with open(os.path.splitext(path)[0] + '.json', 'w') as f:
        json.dump(side, f, indent=1)
        f.write('\n')


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--count', type=int, default=20000, help='training scenes')
    p.add_argument('--epochs', type=int, default=7)
    p.add_argument('--batch', type=int, default=64)
    p.add_argument('--rate', type=float, default=4e-3)
    p.add_argument('--jobs', type=int, default=1, help='processes that draw')
    p.add_argument('--cache', default=tempfile.gettempdir(),
                   help='folder for the drawn training set, 1 GB')
    p.add_argument('--held-out', type=int, default=2000, help='scenes for the accuracy')
    p.add_argument('--data', default=DATA, help='the folder with models/ and labels/')
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)

    start = time.time()
    images, labels = training_set(a.count, a.cache, a.jobs)
    print(f'{a.count} training scenes  {time.time() - start:.0f} s', flush=True)
    net = Net(len(LABELS)).to(memory_format=torch.channels_last)  # a sixth faster
    train(net, images, labels, a.epochs, a.batch, a.rate)
    net = net.eval().to(memory_format=torch.contiguous_format)
    spent = time.time() - start

    results = check.evaluate(net, HELD_OUT_SEED, a.held_out)
    check.report(results)
    for folder in ('models', 'labels'):
        os.makedirs(os.path.join(a.data, folder), exist_ok=True)
    path = os.path.join(a.data, 'models', 'scenes.onnx')
    graph, last = export(net, path)
    sidecar(path, graph, last, results['summary'])
    with open(os.path.join(a.data, 'labels', 'scenes.txt'), 'w') as f:
        f.write('\n'.join(LABELS) + '\n')
    print(f'{path}: {os.path.getsize(path)} bytes; drawn and trained in {spent / 60:.1f} minutes')


if __name__ == '__main__':
    main()
