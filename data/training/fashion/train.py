#!/usr/bin/python3
"""Trains the Fashion-MNIST classifier and writes data/models/fashion.onnx and fashion.json.

The pictures are those of Debian's package dataset-fashion-mnist (Zalando SE, MIT licence).
Needs that, python3-torch 1.13, python3-onnx and python3-numpy.
"""

import argparse
import gzip
import os
import sys
import time

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from export import DATA, export, last_of, picture_input, sidecar, write_json, write_labels

FOLDER = '/usr/share/datasets/fashion-mnist'
MEAN, STD = 0.286, 0.353
LABELS = ['T-shirt', 'trousers', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag',
          'ankle boot']


def read(part, folder=FOLDER):
    """Pictures uint8 [N,28,28] and labels int64 [N] of 'train' or 't10k'."""
    with gzip.open(os.path.join(folder, part + '-images-idx3-ubyte.gz')) as f:
        images = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(os.path.join(folder, part + '-labels-idx1-ubyte.gz')) as f:
        labels = np.frombuffer(f.read(), np.uint8, offset=8).astype(np.int64)
    return images, labels


def block(c, k):
    return nn.Sequential(nn.Conv2d(c, k, 3, padding=1, bias=False), nn.BatchNorm2d(k), nn.ReLU())


class Net(nn.Module):
    """Five convolutions down to a 7x7 map, its mean, and one linear layer."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            block(1, 16), nn.MaxPool2d(2),                 # 14x14
            block(16, 32), block(32, 48), nn.MaxPool2d(2),  # 7x7
            block(48, 96), block(96, 96))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classify = nn.Linear(96, 10)

    def forward(self, x):
        return self.classify(self.pool(self.features(x)).flatten(1))


def load(path):
    """The network of an exported file, with batch normalisation that changes nothing."""
    weights = {w.name: torch.from_numpy(numpy_helper.to_array(w).copy())
               for w in onnx.load(path).graph.initializer}
    net = Net().eval()
    blocks = [b for b in net.features if isinstance(b, nn.Sequential)]
    with torch.no_grad():
        for i, (conv, norm, _) in enumerate(blocks, 1):
            conv.weight.copy_(weights[f'conv{i}.weight'])
            norm.bias.copy_(weights[f'conv{i}.bias'])
            norm.weight.fill_(1)
            norm.running_mean.fill_(0)
            norm.running_var.fill_(1 - norm.eps)
        net.classify.weight.copy_(weights['gemm1.weight'])
        net.classify.bias.copy_(weights['gemm1.bias'])
    return net


def prepare(images):
    return (torch.from_numpy(np.array(images)).unsqueeze(1).float() / 255 - MEAN) / STD


def logits(net, images, batch=500):
    with torch.no_grad():
        return torch.cat([net(prepare(images[i:i + batch]))
                          for i in range(0, len(images), batch)])


def augment(rng, images):
    """Mirror, and shift by up to 2 pixels."""
    images = np.where((rng.random(len(images)) < 0.5)[:, None, None], images[:, :, ::-1], images)
    dy, dx = rng.integers(0, 5, 2)
    return np.pad(images, ((0, 0), (2, 2), (2, 2)))[:, dy:dy + 28, dx:dx + 28]


def train(net, images, labels, epochs, batch, rate):
    rng = np.random.default_rng(2)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    steps = len(images) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, epochs * steps, pct_start=0.2)
    start = time.time()
    for epoch in range(epochs):
        net.train()
        order = rng.permutation(len(images))
        loss_sum = 0
        for i in range(steps):
            at = order[i * batch:(i + 1) * batch]
            loss = F.cross_entropy(net(prepare(augment(rng, images[at]))),
                                   torch.from_numpy(labels[at]), label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            loss_sum += loss.item()
        print(f'epoch {epoch + 1}/{epochs}  loss {loss_sum / steps:.4f}  '
              f'{time.time() - start:.0f} s', flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--epochs', type=int, default=5)
    p.add_argument('--batch', type=int, default=128)
    p.add_argument('--rate', type=float, default=5e-3)
    p.add_argument('--folder', default=FOLDER, help='with the four files of the data set')
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    net = Net()
    train(net, *read('train', a.folder), a.epochs, a.batch, a.rate)
    net.eval()
    images, labels = read('t10k', a.folder)
    said = logits(net, images).argmax(1).numpy()
    accuracy = round(float((said == labels).mean()), 4)
    kinds = {LABELS[k]: round(float((said == k)[labels == k].mean()), 3) for k in range(10)}
    print(f'accuracy {accuracy} on {len(labels)} test pictures; by kind {kinds}')
    path = os.path.join(DATA, 'models', 'fashion.onnx')
    graph = export(net, torch.zeros(1, 1, 28, 28), path, ['input'], 'logits',
                   {'input': {0: 'N'}, 'logits': {0: 'N'}})
    sidecar(path, graph, 'Fashion-MNIST, ten kinds of clothes', {
        'input': picture_input('input', 1, 28, MEAN, STD),
        'output': {'name': 'logits', 'shape': ['N', 10], 'kind': 'logits'},
        'labels': write_labels('fashion-mnist', LABELS),
        'last_conv_tensor': last_of(graph, 'Relu'),
        'accuracy': accuracy,
        'evaluation': {'set': 'Fashion-MNIST t10k', 'pictures': len(labels), 'by_kind': kinds},
    }, 'data/training/fashion/train.py')
    print(f'{path}: {os.path.getsize(path)} bytes')


if __name__ == '__main__':
    main()
