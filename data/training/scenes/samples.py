#!/usr/bin/python3
"""Draws the sample pictures of data/images/scenes/ and asks the shipped network about each.

Writes NAME.png, masks/NAME.png (255 on the object, on both where there are two),
masks/NAME.KIND.png for each object of a picture with two, and samples.json: what is drawn, where it
came from, what the network answers and whether Grad-CAM of the drawn kind peaks on the object.
"""

import argparse
import json
import os
from collections import namedtuple

import numpy as np
import torch
from PIL import Image

from check import WIDEN, load, widen
from generate import scene
from network import SIZE, grad_cam, logits, shrink
from objects import LABELS

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.normpath(os.path.join(HERE, '..', '..'))
SIDE = 512

Sample = namedtuple('Sample', 'name title seed index kinds turn', defaults=(None, 0))

# Seeds 77 to 79 are in no training set; chosen by eye for looks and for what they show.
SAMPLES = [
    Sample('fish', 'Fish at night', 77, 64),
    Sample('boat', 'Boat among confetti', 77, 80),
    Sample('butterfly', 'Butterfly over hills', 77, 281),
    Sample('cactus', 'Cactus in bloom', 77, 402),
    Sample('clock', 'Alarm clock in a corner', 77, 53),
    Sample('house', 'House on gingham', 77, 345),
    Sample('key', 'Key', 77, 66),
    Sample('mug', 'Mug with a heart', 77, 297),
    Sample('mushroom', 'Mushroom on stripes', 77, 8),
    Sample('umbrella', 'Umbrella', 77, 19),
    Sample('clock-and-mushroom', 'Two answers', 79, 32, ('mushroom', 'clock')),
    Sample('upside-down-mushroom', 'Upside down', 78, 238, None, 180),
]


def shrunk_mask(mask):
    return np.asarray(Image.fromarray(mask).resize((SIZE, SIZE), Image.BOX)) >= 128


def look(net, image, kind, mask):
    """Where Grad-CAM of `kind` falls: peak on the mask, share on the widened mask."""
    cam = grad_cam(net, shrink(image)[None], [kind])[0]
    small = shrunk_mask(mask)
    wide = widen(small.astype(np.uint8) * 255) > 0
    on = bool(small[np.unravel_index(cam.argmax(), cam.shape)])
    return on, round(float(cam[wide].sum() / max(cam.sum(), 1e-12)), 3)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--model', default=os.path.join(DATA, 'models', 'scenes.onnx'))
    p.add_argument('--out', default=os.path.join(DATA, 'images', 'scenes'))
    a = p.parse_args()
    torch.set_num_threads(1)
    net = load(a.model)
    os.makedirs(os.path.join(a.out, 'masks'), exist_ok=True)
    listed = []
    for s in SAMPLES:
        kinds = s.kinds and [LABELS.index(k) for k in s.kinds]
        drawn = scene(s.seed, s.index, SIDE, kinds, s.turn)

        def save(pixels, file):
            Image.fromarray(pixels).save(os.path.join(a.out, file), optimize=True)

        save(drawn.image, f'{s.name}.png')
        save(np.maximum.reduce(drawn.masks), f'masks/{s.name}.png')
        chance = logits(net, shrink(drawn.image)[None])[0].softmax(0)
        objects = []
        for kind, mask in zip(drawn.kinds, drawn.masks):
            on, mass = look(net, drawn.image, kind, mask)
            entry = {'label': kind, 'name': LABELS[kind], 'grad_cam_peak_on_object': on,
                     f'grad_cam_mass_widened_by_{WIDEN}': mass}
            if len(drawn.kinds) > 1:
                entry['mask'] = f'masks/{s.name}.{LABELS[kind]}.png'
                save(mask, entry['mask'])
            objects.append(entry)
        answers = [{'name': LABELS[k], 'probability': round(float(v), 3)}
                   for v, k in zip(*chance.topk(3))]
        listed.append({'file': s.name + '.png', 'mask': f'masks/{s.name}.png', 'title': s.title,
                       'model': 'scenes', 'seed': s.seed, 'index': s.index, 'turn': s.turn,
                       'objects': objects, 'answers': answers})
        said = '  '.join(f'{r["name"]} {r["probability"]:.3f}' for r in answers)
        peak = '  '.join(f'{o["name"]} {"on" if o["grad_cam_peak_on_object"] else "off"}'
                         for o in objects)
        print(f'{s.name:22}{said}   peak: {peak}')
    with open(os.path.join(a.out, 'samples.json'), 'w') as f:
        json.dump(listed, f, indent=1)
        f.write('\n')


if __name__ == '__main__':
    main()
