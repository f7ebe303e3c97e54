#!/usr/bin/python3
"""Trains a tiny vision transformer on the scenes; writes data/models/shapes-vit.onnx and .json.

It sees the pictures of the scenes classifier, and takes over that one's first three convolutions
as they are, which spares most of the training: what is learnt here is the transformer. Run
../scenes/train.sh before if data/models/scenes.onnx is not there.
Needs python3-torch 1.13, python3-onnx, python3-numpy, python3-pil and python3-cairo.
"""

import argparse
import os
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Before this folder, so that `train` is the scenes' own.
sys.path[:0] = [os.path.join(HERE, '..', 'scenes'), os.path.join(HERE, '..')]

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F

import train as scenes
from export import DATA, export, picture_input, sidecar
from generate import scene
from network import MEAN, SIZE, STD, logits
from objects import LABELS
from vit import Vit


def take_over(net):
    """The scenes classifier's first three convolutions, not to be changed."""
    weights = {w.name: torch.from_numpy(numpy_helper.to_array(w).copy()) for w in
               onnx.load(os.path.join(DATA, 'models', 'scenes.onnx')).graph.initializer}
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if name.startswith('conv'):
                parameter.copy_(weights[name])
                parameter.requires_grad_(False)


def train(net, images, labels, epochs, batch, rate):
    rng = np.random.default_rng(2)
    learnt = [p for p in net.parameters() if p.requires_grad]
    decay = [p for p in learnt if p.ndim > 1]
    plain = [p for p in learnt if p.ndim <= 1]
    optimiser = torch.optim.AdamW([{'params': decay, 'weight_decay': 0.05},
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
            z = net(scenes.augment(rng, images[at]).contiguous())
            loss = F.cross_entropy(z, y, label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learnt, 1.0)
            optimiser.step()
            schedule.step()
            loss_sum += loss.item()
            hits += int((z.argmax(1) == y).sum())
        print(f'epoch {epoch + 1}/{epochs}  loss {loss_sum / steps:.4f}  training accuracy '
              f'{hits / steps / batch:.4f}  {time.time() - start:.0f} s', flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--count', type=int, default=16000, help='training scenes')
    p.add_argument('--epochs', type=int, default=7)
    p.add_argument('--batch', type=int, default=64)
    p.add_argument('--rate', type=float, default=1.5e-3)
    p.add_argument('--jobs', type=int, default=1, help='processes that draw')
    p.add_argument('--cache', default=tempfile.gettempdir(),
                   help='folder for the drawn training set, 0.8 GB')
    p.add_argument('--held-out', type=int, default=1000, help='scenes for the accuracy')
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    images, labels = scenes.training_set(a.count, a.cache, a.jobs)
    net = Vit(len(LABELS))
    take_over(net)
    train(net, images, labels, a.epochs, a.batch, a.rate)
    net.eval()
    held_out = [scene(scenes.HELD_OUT_SEED, i) for i in range(a.held_out)]
    said = logits(net, np.stack([s.image for s in held_out])).argmax(1).numpy()
    accuracy = round(float((said == [s.kinds[0] for s in held_out]).mean()), 4)
    print(f'accuracy {accuracy} on {a.held_out} scenes')
    path = os.path.join(DATA, 'models', 'shapes-vit.onnx')
    graph = export(net, torch.zeros(1, 3, SIZE, SIZE), path, ['input'], 'logits',
                   {'input': {0: 'N'}, 'logits': {0: 'N'}})
    sidecar(path, graph, 'Scenes, tiny vision transformer', {
        'input': picture_input('input', 3, SIZE, MEAN, STD),
        'output': {'name': 'logits', 'shape': ['N', len(LABELS)], 'kind': 'logits'},
        'labels': '../labels/scenes.txt',
        'accuracy': accuracy,
        'evaluation': {'seed': scenes.HELD_OUT_SEED, 'scenes': a.held_out, 'accuracy': accuracy},
    }, 'data/training/shapes/train.py')
    print(f'{path}: {os.path.getsize(path)} bytes')


if __name__ == '__main__':
    main()
