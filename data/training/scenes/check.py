#!/usr/bin/python3
"""Measures the scenes classifier on unseen scenes: how often it is right, and where it looks.

- accuracy: share of held-out scenes whose highest logit is the drawn kind
- pointing game: share of scenes whose highest Grad-CAM pixel lies on the object, exactly
- mass: share of the Grad-CAM map that lies on the object, its mask widened by 4 pixels of 128

    check.py                          the shipped model, 2000 scenes
    check.py --seed 5 --count 500     other scenes
"""

import argparse
import os

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from PIL import Image, ImageFilter

from generate import scene
from network import Net, grad_cam, logits
from objects import LABELS

WIDEN = 4


def widen(mask, by=WIDEN):
    """The mask with every pixel spread over a square of 2 by + 1."""
    return np.asarray(Image.fromarray(mask).filter(ImageFilter.MaxFilter(2 * by + 1)))


def load(path):
    """The network of an exported file, with batch normalisation that changes nothing."""
    weights = {w.name: torch.from_numpy(numpy_helper.to_array(w).copy())
               for w in onnx.load(path).graph.initializer}
    net = Net(len(LABELS)).eval()
    blocks = [b for b in net.features if len(list(b.children())) == 3]
    with torch.no_grad():
        for i, block in enumerate(blocks, 1):
            block[0].weight.copy_(weights[f'conv{i}.weight'])
            block[1].bias.copy_(weights[f'conv{i}.bias'])
            block[1].weight.fill_(1)
            block[1].running_mean.fill_(0)
            block[1].running_var.fill_(1 - block[1].eps)
        net.classify.weight.copy_(weights['classify.weight'])
        net.classify.bias.copy_(weights['classify.bias'])
    return net


def evaluate(net, seed, count, looked=500):
    """Accuracy on `count` scenes; where Grad-CAM of the true class falls on the first `looked`."""
    looked = min(looked, count)
    scenes = [scene(seed, i) for i in range(count)]
    images = np.stack([s.image for s in scenes])
    labels = np.array([s.kinds[0] for s in scenes])
    answers = logits(net, images).argmax(1).numpy()
    cams = grad_cam(net, images[:looked], labels[:looked])
    on = np.zeros(looked, bool)
    near = np.zeros(looked, bool)
    mass = np.zeros(looked)
    for i, cam in enumerate(cams):
        mask = scenes[i].masks[0] > 0
        wide = widen(scenes[i].masks[0]) > 0
        top = np.unravel_index(cam.argmax(), cam.shape)
        on[i], near[i] = mask[top], wide[top]
        mass[i] = cam[wide].sum() / max(cam.sum(), 1e-12)
    confusion = np.zeros((len(LABELS), len(LABELS)), int)
    np.add.at(confusion, (labels, answers), 1)
    return {
        'summary': {
            'seed': seed,
            'scenes': count,
            'accuracy': round(float((answers == labels).mean()), 4),
            'looked_at': looked,
            'pointing_game': round(float(on.mean()), 4),
            'pointing_game_widened': round(float(near.mean()), 4),
            'grad_cam_mass_widened': round(float(mass.mean()), 4),
            'widened_by': WIDEN,
        },
        'confusion': confusion,
        'per_kind': [(confusion[k, k] / max(confusion[k].sum(), 1),
                      on[labels[:looked] == k].mean(), mass[labels[:looked] == k].mean())
                     for k in range(len(LABELS))],
        'wrong': [(int(i), int(labels[i]), int(answers[i]))
                  for i in np.flatnonzero(answers != labels)],
    }


def report(results):
    s = results['summary']
    print(f'accuracy {s["accuracy"]:.4f} on {s["scenes"]} scenes of seed {s["seed"]}')
    print(f'Grad-CAM on the first {s["looked_at"]}: pointing game {s["pointing_game"]:.3f} '
          f'({s["pointing_game_widened"]:.3f} with {s["widened_by"]} pixels of tolerance), '
          f'mass on the widened mask {s["grad_cam_mass_widened"]:.3f}')
    print(f'{"kind":10}{"accuracy":>10}{"pointing":>10}{"mass":>8}   answers')
    for k, (a, p, m) in enumerate(results['per_kind']):
        answers = ' '.join(f'{n:3}' for n in results['confusion'][k])
        print(f'{LABELS[k]:10}{a:10.3f}{p:10.3f}{m:8.3f}   {answers}')
    wrong = [f'{i} {LABELS[a]} {LABELS[b]}' for i, a, b in results['wrong']]
    print('wrong (index, drawn, answered): ' + (', '.join(wrong[:40]) or 'none'), flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--model', default=os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                                   '..', '..', 'models', 'scenes.onnx'))
    p.add_argument('--seed', type=int, default=9000)
    p.add_argument('--count', type=int, default=2000)
    a = p.parse_args()
    torch.set_num_threads(1)
    report(evaluate(load(a.model), a.seed, a.count))


if __name__ == '__main__':
    main()
