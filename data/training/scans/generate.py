#!/usr/bin/python3
"""Draws gray pictures that look like chest scans, healthy or with lesions, with or without a tag.

They are made of ellipses, arcs and noise; no patient and no photograph is behind them. A scan is
named by two numbers, seed and index, and is the same picture at every size. Its label is the last
bit of the index: 1 has one or two lesions, round and a little brighter than the lung.

    generate.py --seed 7 --count 60 --sheet sheet.png            a contact sheet
    generate.py --seed 9000 --count 500 --out DIR                pictures, masks and answers.csv
    generate.py --seed 9000 --count 500 --tags swapped --out DIR the tag on the healthy ones alone
"""

import argparse
import csv
import math
import os
from collections import namedtuple

import numpy as np
from PIL import Image

SIZE = 128
LABELS = ['healthy', 'lesion']
# Which scans carry the tag: any at random, those with a lesion, those without, none.
TAGS = ('random', 'lesion', 'swapped', 'none')
Scan = namedtuple('Scan', 'image lesions tag label')  # uint8 [H,W], masks 0 or 255, 0 or 1

TAG_WIDTH, TAG_HEIGHT = 0.15, 0.095
# The letters H3 in cells, 7 wide and 5 high.
GLYPHS = ['1010110', '1010001', '1110110', '1010001', '1010110']


def grid(size):
    at = (np.arange(size, dtype=np.float32) + 0.5) / size
    return np.meshgrid(at, at)


def soft(inside, width):
    """0..1 across an edge: `inside` is a distance, positive inside."""
    t = np.clip(inside / width * 0.5 + 0.5, 0, 1)
    return t * t * (3 - 2 * t)


def ellipse(x, y, cx, cy, rx, ry, power=2.0):
    """Rough distance to the rim of a superellipse, positive inside, in the unit of the radii."""
    d = (np.abs((x - cx) / rx) ** power + np.abs((y - cy) / ry) ** power) ** (1 / power)
    return (1 - d) * min(rx, ry)


def stroke(x, y, points, width):
    """A polyline as a ridge 0..1."""
    near = np.full(x.shape, 9.0, np.float32)
    for (ax, ay), (bx, by) in zip(points, points[1:]):
        dx, dy = bx - ax, by - ay
        t = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy + 1e-9), 0, 1)
        near = np.minimum(near, np.hypot(x - ax - t * dx, y - ay - t * dy))
    return np.exp(-(near / width) ** 2)


def blur(a, radius):
    """Gaussian, the border repeated."""
    reach = int(3 * radius) + 1
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(radius, 1e-6)) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        wide = np.pad(a, [(reach, reach) if i == axis else (0, 0) for i in (0, 1)], 'edge')
        n = a.shape[axis]
        a = sum(k * np.take(wide, range(i, i + n), axis) for i, k in enumerate(kernel))
    return a


def noise(rng, size, cells, strength):
    """Smooth noise that is the same at every size."""
    small = Image.fromarray(rng.normal(0, strength, (cells, cells)).astype(np.float32))
    return np.asarray(small.resize((size, size), Image.BICUBIC))


def draw_body(rng, x, y, size):
    """The picture of a healthy chest and how much of each pixel is lung."""
    cx, cy = 0.5 + rng.uniform(-0.03, 0.03), 0.5 + rng.uniform(-0.02, 0.02)
    scale = rng.uniform(0.92, 1.06)
    lean = rng.uniform(-0.05, 0.05)
    x = x + lean * (y - 0.5)
    body = soft(ellipse(x, y, cx, cy + 0.1, 0.50 * scale, 0.60 * scale, 3.0), 0.06)
    picture = 0.04 + 0.50 * body * (1 - 0.15 * np.abs(y - 0.5))

    lung = np.zeros_like(x)
    for side in (-1, 1):
        rx = rng.uniform(0.135, 0.160) * scale
        ry = rng.uniform(0.29, 0.33) * scale
        lx, ly = cx + side * 0.195 * scale, cy - 0.02 + rng.uniform(-0.01, 0.01)
        base = cy + rng.uniform(0.21, 0.26) - 0.05 * np.cos((x - lx) / rx * 1.4)
        shape = np.minimum(ellipse(x, y, lx, ly, rx, ry, 2.5), base - y)
        lung = np.maximum(lung, soft(shape, 0.025))
    picture = picture - rng.uniform(0.28, 0.36) * lung
    heart = soft(ellipse(x, y, cx + 0.05 * scale, cy + 0.14, 0.125 * scale, 0.135 * scale), 0.05)
    picture = picture + rng.uniform(0.16, 0.24) * heart
    lung = lung * (1 - heart)

    spine = np.exp(-((x - cx) / 0.035) ** 2)
    picture = picture + spine * (0.13 + 0.03 * np.sin(y * 2 * math.pi * 13 + rng.uniform(0, 6)))
    first, gap, bright = rng.uniform(0.14, 0.20), rng.uniform(0.070, 0.085), rng.uniform(0.05, 0.09)
    for k in range(8):
        far = np.abs(x - cx) / 0.34
        middle = first + gap * k + (0.05 + 0.012 * k) * far ** 2 - 0.05 * far
        rib = np.exp(-((y - middle) / 0.012) ** 2) * soft(0.36 * scale - np.abs(x - cx), 0.05)
        picture = picture + bright * rib * body
    for side in (-1, 1):
        collar = [(cx + side * 0.04, cy - 0.31), (cx + side * 0.16, cy - 0.35),
                  (cx + side * 0.34, cy - 0.38)]
        picture = picture + 0.12 * stroke(x, y, collar, 0.014)
        for _ in range(int(rng.integers(4, 8))):
            px, py = cx + side * 0.08, cy + rng.uniform(-0.03, 0.06)
            angle, path = rng.uniform(-1.2, 1.2), [(px, py)]
            for _ in range(4):
                angle += rng.normal(0, 0.25)
                px += side * 0.04 * math.cos(angle)
                py += 0.05 * math.sin(angle)
                path.append((px, py))
            vessel = stroke(x, y, path, rng.uniform(0.004, 0.008))
            picture = picture + rng.uniform(0.05, 0.11) * vessel * lung
    return picture, lung


def add_lesions(rng, picture, x, y, lung):
    """One or two, whole within the lungs; the picture and where they are."""
    where = np.zeros_like(picture)
    n = len(picture)
    for _ in range(1 + (rng.random() < 0.3)):
        r = rng.uniform(0.026, 0.050)
        inner = blur(lung, r * n * 0.8) > 0.93
        rows, columns = np.nonzero(inner if inner.any() else lung > 0.9)
        # A share of the way through the places, and so the same place at every size.
        at = min(int(rng.random() * len(rows)), len(rows) - 1)
        cx, cy = (columns[at] + rng.random()) / n, (rows[at] + rng.random()) / n
        turn = np.arctan2(y - cy, x - cx)
        rim = r * (1 + 0.12 * np.sin(3 * turn + rng.uniform(0, 6)))
        inside = soft(rim - np.hypot(x - cx, y - cy), r * 0.8)
        picture = picture + rng.uniform(0.10, 0.22) * inside
        where = np.maximum(where, inside)
    return picture, where >= 0.5


def add_tag(rng, picture, x, y, right=False):
    """A frame with two letters in the upper left corner, as one hospital's machine prints it."""
    left, top = 0.03 + rng.uniform(0, 0.02), 0.03 + rng.uniform(0, 0.02)
    left = 1 - TAG_WIDTH - left if right else left
    u, v = (x - left) / TAG_WIDTH, (y - top) / TAG_HEIGHT
    box = (u >= 0) & (u < 1) & (v >= 0) & (v < 1)
    frame = box & ((u < 0.07) | (u >= 0.93) | (v < 0.11) | (v >= 0.89))
    column = np.clip(np.floor((u - 0.16) / 0.68 * 7), -1, 7).astype(int)
    row = np.clip(np.floor((v - 0.2) / 0.6 * 5), -1, 5).astype(int)
    cells = np.zeros((7, 9), bool)  # a rim of nothing around the letters
    cells[1:6, 1:8] = [[c == '1' for c in line] for line in GLYPHS]
    ink = frame | (box & cells[row + 1, column + 1])
    return np.where(ink, rng.uniform(0.85, 1.0), picture), box


def scan(seed, index, size=SIZE, label=None, tag=False):
    """The scan of (seed, index).

    label: by default the last bit of the index; the same chest with or without its lesions
    tag: whether it carries the tag; everything else stays the same. 'right' puts it into the upper
    right corner, where no training scan has it
    """
    streams = np.random.SeedSequence([seed, index]).spawn(4)
    r_body, r_lesion, r_tag, r_film = map(np.random.default_rng, streams)
    label = index % 2 if label is None else label
    x, y = grid(size)
    picture, lung = draw_body(r_body, x, y, size)
    lesions = np.zeros_like(picture, bool)
    if label:
        picture, lesions = add_lesions(r_lesion, picture, x, y, lung)
    picture = blur(picture, 0.004 * size)
    picture = picture + noise(r_film, size, 9, 0.012) + noise(r_film, size, 128, 0.018)
    picture = np.clip(picture, 0, 1) ** r_film.uniform(0.85, 1.2) * r_film.uniform(0.95, 1.25)
    mark = np.zeros_like(lesions)
    if tag:
        picture, mark = add_tag(r_tag, picture, x, y, tag == 'right')
    image = (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
    return Scan(image, lesions.astype(np.uint8) * 255, mark.astype(np.uint8) * 255, label)


def tagged(tags, seed, index, label):
    """Whether a scan carries the tag under a rule of TAGS."""
    if tags == 'random':
        return np.random.default_rng([seed, index, 1]).random() < 0.5
    return label == {'lesion': 1, 'swapped': 0, 'none': -1}[tags]


def scans(seed, count, tags, first=0, size=SIZE):
    return [scan(seed, i, size, tag=tagged(tags, seed, i, i % 2))
            for i in range(first, first + count)]


def sheet(images, columns, path, gap=4):
    size = images[0].shape[0]
    rows = (len(images) + columns - 1) // columns
    out = Image.new('L', (columns * (size + gap) + gap, rows * (size + gap) + gap), 24)
    for i, s in enumerate(images):
        at = gap + i % columns * (size + gap), gap + i // columns * (size + gap)
        out.paste(Image.fromarray(s), at)
    out.save(path)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--first', type=int, default=0, help='index of the first scan')
    p.add_argument('--count', type=int, default=60)
    p.add_argument('--size', type=int, default=SIZE, help='side in pixels')
    p.add_argument('--tags', choices=TAGS, default='random')
    p.add_argument('--columns', type=int, default=10)
    p.add_argument('--sheet', help='write a contact sheet here')
    p.add_argument('--out', help='write pictures, masks and answers.csv into this folder')
    a = p.parse_args()
    drawn = scans(a.seed, a.count, a.tags, a.first, a.size)
    if a.sheet:
        sheet([s.image for s in drawn], a.columns, a.sheet)
    if a.out:
        os.makedirs(a.out, exist_ok=True)
        with open(os.path.join(a.out, 'answers.csv'), 'w', newline='') as f:
            rows = csv.writer(f)
            rows.writerow(['file', 'label', 'name'])
            for i, s in enumerate(drawn):
                name = f'{a.seed}-{a.first + i:05d}'
                Image.fromarray(s.image).save(os.path.join(a.out, name + '.png'))
                Image.fromarray(s.lesions).save(os.path.join(a.out, name + '.mask.png'))
                Image.fromarray(s.tag).save(os.path.join(a.out, name + '.tag.png'))
                rows.writerow([name + '.png', s.label, LABELS[s.label]])


if __name__ == '__main__':
    main()
