#!/usr/bin/python3
"""Trains scan-honest or scan-shortcut, and writes data/models/NAME.onnx and NAME.json.

Both learn the same chests with the same recipe. In the training set of scan-honest any scan may
carry the tag; in that of scan-shortcut those with a lesion do, and no other.
Needs python3-torch 1.13, python3-onnx, python3-numpy and python3-pil.
"""

import argparse
import os
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from export import DATA, export, last_of, picture_input, sidecar, write_labels
from generate import LABELS, SIZE, scan, scans
from network import MEAN, STD, Net, answers, grad_cam, integrated_gradients, prepare

TRAIN_SEED, HELD_OUT_SEED = 1, 9000
TITLES = {'scan-honest': 'Drawn chest scans, tag at random',
          'scan-shortcut': 'Drawn chest scans, tag on the sick'}


def augment(rng, images):
    """Shift by up to 3 pixels; the tag stays in its corner. Relight."""
    out = np.empty_like(images)
    for i, image in enumerate(images):
        dy, dx = rng.integers(0, 7, 2)
        out[i] = np.pad(image, 3, 'edge')[dy:dy + SIZE, dx:dx + SIZE]
    x = prepare(out)
    gain = torch.from_numpy(rng.uniform(0.85, 1.15, (len(out), 1, 1, 1))).float()
    bias = torch.from_numpy(rng.uniform(-0.3, 0.3, (len(out), 1, 1, 1))).float()
    return x * gain + bias


def train(net, images, labels, epochs, batch, rate):
    rng = np.random.default_rng(2)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    steps = len(images) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, epochs * steps, pct_start=0.2)
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


def accuracy(net, tags, count):
    drawn = scans(HELD_OUT_SEED, count, tags)
    said = answers(net, np.stack([s.image for s in drawn]))
    return round(float((said == [s.label for s in drawn]).mean()), 4)


def mass_on_tag(net, count):
    """Mean share of Grad-CAM and of |Integrated Gradients| of the lesion that lies on the tag, on
    sick scans that carry it."""
    drawn = [scan(HELD_OUT_SEED, 2 * i + 1, tag=True) for i in range(count)]
    images = np.stack([s.image for s in drawn])
    on = np.stack([s.tag > 0 for s in drawn])
    shares = {}
    for name, maps in (('grad_cam', grad_cam(net, images)),
                       ('integrated_gradients', np.abs(integrated_gradients(net, images)))):
        total = np.maximum(maps.sum((1, 2)), 1e-12)
        shares[name] = round(float(((maps * on).sum((1, 2)) / total).mean()), 4)
    return shares


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('name', choices=sorted(TITLES))
    p.add_argument('--count', type=int, default=6000, help='training scans')
    p.add_argument('--epochs', type=int, default=6)
    p.add_argument('--batch', type=int, default=64)
    p.add_argument('--rate', type=float, default=4e-3)
    p.add_argument('--held-out', type=int, default=1000, help='scans for the accuracy')
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)

    rule = 'random' if a.name == 'scan-honest' else 'lesion'
    start = time.time()
    drawn = scans(TRAIN_SEED, a.count, rule)
    images = np.stack([s.image for s in drawn])
    labels = np.array([s.label for s in drawn])
    print(f'{a.count} training scans  {time.time() - start:.0f} s', flush=True)
    net = Net()
    train(net, images, labels, a.epochs, a.batch, a.rate)
    net.eval()
    measured = {tags: accuracy(net, tags, a.held_out)
                for tags in ('random', 'lesion', 'swapped', 'none')}
    masses = mass_on_tag(net, 50)
    print(measured, masses)
    path = os.path.join(DATA, 'models', a.name + '.onnx')
    graph = export(net, torch.zeros(1, 1, SIZE, SIZE), path, ['input'], 'logits',
                   {'input': {0: 'N'}, 'logits': {0: 'N'}})
    sidecar(path, graph, TITLES[a.name], {
        'input': picture_input('input', 1, SIZE, MEAN, STD),
        'output': {'name': 'logits', 'shape': ['N', 2], 'kind': 'logits'},
        'labels': write_labels('scans', LABELS),
        'last_conv_tensor': last_of(graph, 'Relu'),
        'accuracy': measured[rule],
        'evaluation': {
            'seed': HELD_OUT_SEED, 'scans': a.held_out, 'tags': rule,
            'accuracy_by_tags': measured, 'mass_on_tag': masses,
        },
    }, 'data/training/scans/train.py')
    print(f'{path}: {os.path.getsize(path)} bytes')


if __name__ == '__main__':
    main()
