#!/usr/bin/python3
"""Writes the sample pictures of data/images/fashion/ and asks the network about each.

They are pictures of the test set, 28x28 as they come, and their licence is that of Fashion-MNIST.
"""

import os

import torch
from PIL import Image

from train import DATA, LABELS, load, logits, read, write_json

# Name, title, index in the test set; the network has not learnt from any of these.
SAMPLES = [
    ('t-shirt', 'T-shirt', 19),
    ('trousers', 'Trousers', 2),
    ('pullover', 'Pullover with letters', 20),
    ('sandal', 'Sandal', 11),
    ('bag', 'Bag', 34),
    ('ankle-boot', 'Ankle boot', 0),
    ('closed-trousers', 'Trousers without a gap', 787),
    ('long-t-shirt', 'A very long T-shirt', 1111),
    ('high-sneaker', 'A sneaker like a boot', 2914),
    ('shirt-or-coat', 'A shirt like a coat', 1643),
    ('wide-t-shirt', 'A T-shirt as wide as a bag', 2599),
    ('odd-shirt', 'A shirt like a bag', 1645),
]


def main():
    torch.set_num_threads(1)
    net = load(os.path.join(DATA, 'models', 'fashion.onnx'))
    images, labels = read('t10k')
    out = os.path.join(DATA, 'images', 'fashion')
    os.makedirs(out, exist_ok=True)
    listed = []
    for name, title, index in SAMPLES:
        Image.fromarray(images[index]).save(os.path.join(out, name + '.png'), optimize=True)
        chance = logits(net, images[index:index + 1])[0].softmax(0)
        answers = [{'name': LABELS[k], 'probability': round(float(v), 3)}
                   for v, k in zip(*chance.topk(3))]
        listed.append({'file': name + '.png', 'title': title, 'model': 'fashion', 'index': index,
                       'label': LABELS[labels[index]], 'answers': answers})
        print(f'{name:16}{LABELS[labels[index]]:12}'
              + '  '.join(f'{a["name"]} {a["probability"]:.2f}' for a in answers))
    write_json(os.path.join(out, 'samples.json'), listed)


if __name__ == '__main__':
    main()
