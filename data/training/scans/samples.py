#!/usr/bin/python3
"""Draws the sample pictures of data/images/scans/ and asks both networks about each.

Writes NAME.png, masks/NAME.png (255 on the lesions) where there are any, tags/NAME.png (255 on the
tag) where there is one, and samples.json.
"""

import os
import sys
from collections import namedtuple

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from export import DATA, write_json
from generate import LABELS, SIZE, add_tag, grid, scan
from network import load, prepare

SIDE = 256
SEED = 77  # this and the next are in no training set
MODELS = ('scan-honest', 'scan-shortcut')

Sample = namedtuple('Sample', 'name title index tag seed', defaults=(False, SEED))

# Chosen for what they show; an index with a lesion is odd. Without an index: the tag on black.
SAMPLES = [
    Sample('lesion-tagged', 'Lesion, with the tag', 11, True),
    Sample('lesion-untagged', 'The same lesion without the tag', 11),
    Sample('lesion-tag-moved', 'The same lesion, the tag in another corner', 11, 'right'),
    Sample('healthy', 'Healthy', 2),
    Sample('healthy-tagged', 'The same healthy chest with the tag', 2, True),
    Sample('tag-alone', 'Nothing but the tag', None, True),
    Sample('two-lesions', 'Two lesions', 13),
    Sample('faint', 'A faint lesion', 7),
    Sample('missed', 'A lesion that is missed', 129, seed=78),
    Sample('false-alarm', 'Healthy, and taken for a lesion', 172),
]


def draw(sample):
    if sample.index is not None:
        return scan(sample.seed, sample.index, SIDE, tag=sample.tag)
    x, y = grid(SIDE)
    picture, box = add_tag(np.random.default_rng(SEED), np.zeros((SIDE, SIDE)), x, y)
    nothing = np.zeros((SIDE, SIDE), np.uint8)
    return scan(SEED, 0)._replace(image=(picture * 255 + 0.5).astype(np.uint8), lesions=nothing,
                                  tag=box.astype(np.uint8) * 255, label=0)


def main():
    torch.set_num_threads(1)
    nets = {name: load(os.path.join(DATA, 'models', name + '.onnx')) for name in MODELS}
    out = os.path.join(DATA, 'images', 'scans')
    for folder in ('masks', 'tags'):
        os.makedirs(os.path.join(out, folder), exist_ok=True)
    listed = []
    for s in SAMPLES:
        drawn = draw(s)
        entry = {'file': s.name + '.png', 'title': s.title, 'label': LABELS[drawn.label],
                 'seed': s.seed, 'index': s.index}
        Image.fromarray(drawn.image).save(os.path.join(out, s.name + '.png'), optimize=True)
        for key, folder, mask in (('mask', 'masks', drawn.lesions), ('tag', 'tags', drawn.tag)):
            if mask.any():
                entry[key] = f'{folder}/{s.name}.png'
                Image.fromarray(mask).save(os.path.join(out, entry[key]), optimize=True)
        small = np.asarray(Image.fromarray(drawn.image).resize((SIZE, SIZE), Image.BILINEAR))
        entry['answers'] = {}
        for name, net in nets.items():
            with torch.no_grad():
                chance = net(prepare(small[None]))[0].softmax(0)
            entry['answers'][name] = {'name': LABELS[int(chance.argmax())],
                                      'probability': round(float(chance.max()), 3)}
        listed.append(entry)
        print(f'{s.name:20}{drawn.label}  '
              + '  '.join(f'{a["name"]} {a["probability"]}' for a in entry['answers'].values()))
    write_json(os.path.join(out, 'samples.json'), listed)


if __name__ == '__main__':
    main()
