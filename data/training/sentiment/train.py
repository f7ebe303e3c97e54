#!/usr/bin/python3
"""Trains the sentiment classifier and writes data/models/sentiment.onnx, sentiment.json, its
vocabulary and the sample texts.

Needs python3-torch 1.13, python3-onnx and python3-numpy; takes half a minute.
"""

import argparse
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from export import DATA, export, sidecar, write_json, write_labels
from grammar import LABELS, review, vocabulary

TRAIN_SEED, HELD_OUT_SEED = 1, 9000
WIDTH = 24
# Chosen for what they show; `expected` is what a person would say.
SAMPLES = [
    ('good', 'positive', 'the food was good .'),
    ('not-good', 'negative', 'the food was not good .'),
    ('not-bad', 'positive', 'the old museum was not bad !'),
    ('but', 'positive', 'the room was awful but the staff was truly wonderful .'),
    ('but-turned', 'negative', 'the staff was truly wonderful but the room was awful .'),
    ('never', 'negative', 'i never liked the ending .'),
    ('neutral', 'neither', 'the chair was red .'),
    ('unknown', 'negative', 'the dentist was excruciating .'),
    ('double', 'positive', 'the plot was not not good .'),
    ('far', 'negative', 'the film was not , in the evening with friends , good .'),
]


class Net(nn.Module):
    """An embedding, two convolutions over seven words, the highest value, one linear layer."""

    def __init__(self, words):
        super().__init__()
        self.embed = nn.Embedding(words, WIDTH)
        self.near = nn.Conv1d(WIDTH, 48, 3, padding=1)
        self.far = nn.Conv1d(48, 48, 3, padding=2, dilation=2)
        self.classify = nn.Linear(48, 2)

    def forward(self, ids):
        x = self.embed(ids).permute(0, 2, 1)
        x = F.relu(self.far(F.relu(self.near(x))))
        return self.classify(x.amax(2))


def batch_of(seed, first, count, number):
    """Token numbers [count,T], shorter reviews padded, and labels."""
    reviews = [review(seed, i) for i in range(first, first + count)]
    ids = np.zeros((count, max(len(words) for words, _ in reviews)), np.int64)
    for row, (words, _) in zip(ids, reviews):
        row[:len(words)] = [number.get(w, 1) for w in words]
    return torch.from_numpy(ids), torch.tensor([label for _, label in reviews])


def answer(net, words, number):
    with torch.no_grad():
        return net(torch.tensor([[number.get(w, 1) for w in words]]))[0]


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--steps', type=int, default=1500)
    p.add_argument('--batch', type=int, default=32)
    p.add_argument('--held-out', type=int, default=2000, help='reviews for the accuracy')
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    words = vocabulary()
    number = {w: i for i, w in enumerate(words)}
    net = Net(len(words))
    rng = np.random.default_rng(2)
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.01)
    for step in range(a.steps):
        ids, y = batch_of(TRAIN_SEED, step * a.batch, a.batch, number)
        # A word in twenty is unknown, so that the network has seen that too.
        ids = torch.where(torch.from_numpy(rng.random(ids.shape) < 0.05) & (ids > 0), 1, ids)
        loss = F.cross_entropy(net(ids), y, label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 250 == 0:
            print(f'step {step}  loss {loss.item():.3f}', flush=True)
    net.eval()
    right = sum(int(answer(net, *[review(HELD_OUT_SEED, i)[0], number]).argmax() == i % 2)
                for i in range(a.held_out))
    accuracy = round(right / a.held_out, 4)
    print(f'accuracy {accuracy} on {a.held_out} reviews')
    path = os.path.join(DATA, 'models', 'sentiment.onnx')
    graph = export(net, torch.zeros(1, 9, dtype=torch.int64), path, ['ids'], 'logits',
                   {'ids': {0: 'N', 1: 'T'}, 'logits': {0: 'N'}})
    with open(os.path.join(DATA, 'labels', 'sentiment-words.txt'), 'w') as f:
        f.write('\n'.join(words) + '\n')
    sidecar(path, graph, 'Short reviews, glad or not', {
        'input': {'name': 'ids', 'shape': ['N', 'T']},
        'vocabulary': {'file': '../labels/sentiment-words.txt', 'unknown': '[unknown]',
                       'lowercase': True},
        'output': {'name': 'logits', 'shape': ['N', 2], 'kind': 'logits'},
        'labels': write_labels('sentiment', LABELS),
        'accuracy': accuracy,
        'evaluation': {'seed': HELD_OUT_SEED, 'reviews': a.held_out, 'accuracy': accuracy},
    }, 'data/training/sentiment/train.py')
    listed = []
    for name, expected, text in SAMPLES:
        chance = answer(net, text.split(), number).softmax(0)
        listed.append({'name': name, 'text': text, 'expected': expected, 'model': 'sentiment',
                       'answers': [{'name': LABELS[k], 'probability': round(float(v), 3)}
                                   for v, k in zip(*chance.topk(2))]})
        print(f'{name:12}{listed[-1]["answers"][0]}   {text}')
    write_json(os.path.join(DATA, 'texts', 'sentiment', 'samples.json'), listed)


if __name__ == '__main__':
    main()
