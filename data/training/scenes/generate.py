#!/usr/bin/python3
"""Draws the scenes: one object of ten kinds among clutter, with the object's true mask.

A scene is named by two numbers, seed and index, and is the same picture at every size.

    generate.py --seed 7 --count 60 --size 256 --sheet sheet.png   a contact sheet
    generate.py --seed 9000 --count 200 --size 128 --out DIR       pictures, masks and answers.csv
"""

import argparse
import csv
import math
import os
from collections import namedtuple

import cairo
import numpy as np
from PIL import Image, ImageFilter

import ground
from objects import KINDS, LABELS
from pen import Pen, distance, mix, surface_array

SIZE = 128
Scene = namedtuple('Scene', 'image masks kinds')  # uint8 [H,W,3], uint8 [H,W] each, label numbers


def blur(a, radius):
    """Gaussian blur of a map 0..1."""
    image = Image.fromarray((np.clip(a, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def layer(size):
    s = cairo.ImageSurface(cairo.FORMAT_ARGB32, size, size)
    c = cairo.Context(s)
    c.scale(size, size)
    return s, c


def over(picture, rgba, shadow, light, reach, dark):
    """Lay premultiplied rgba over the picture, with the shadow it casts away from the light."""
    size = picture.shape[0]
    if shadow:
        soft = blur(rgba[..., 3], reach * 0.55 * size)
        dx = round(-math.cos(light) * reach * size)
        dy = round(-math.sin(light) * reach * size)
        moved = np.zeros_like(soft)
        h = size
        moved[max(dy, 0):h + min(dy, 0), max(dx, 0):h + min(dx, 0)] = \
            soft[max(-dy, 0):h + min(-dy, 0), max(-dx, 0):h + min(-dx, 0)]
        picture = picture * (1 - dark * moved[..., None])
    return picture * (1 - rgba[..., 3:]) + rgba[..., :3]


def picker(rng, accents, behind):
    """Hands out colours that stand out from the colour behind."""
    clear = [c for c in accents if distance(c, behind) > 0.33]
    clear = clear or sorted(accents, key=lambda c: -distance(c, behind))[:2]

    def pick(likely=()):
        seen = [c for c in likely if distance(c, behind) > 0.22]
        if seen and rng.random() < 0.7:
            return seen[int(rng.integers(len(seen)))]
        return clear[int(rng.integers(len(clear)))]

    return pick


def draw_object(kind, rng, place, size, light, line, accents, small):
    """One object on a clear layer: premultiplied rgba."""
    x, y, side, turn, mirror = place
    n = len(small)
    s, cx, cy = int(n * side / 2), int(n * x), int(n * y)
    behind = small[max(cy - s, 0):cy + s + 1, max(cx - s, 0):cx + s + 1].mean((0, 1))
    surface, c = layer(size)
    c.translate(x, y)
    c.rotate(turn)
    c.scale(side / 2 * (-1 if mirror else 1), side / 2)
    KINDS[LABELS[kind]](Pen(c, light, line), rng, picker(rng, accents, behind))
    return surface_array(surface)


def scatter(rng, count, small, large, light, line, accents, size):
    """Clutter on a clear layer."""
    surface, c = layer(size)
    for _ in range(count):
        r = 0.5 * math.exp(rng.uniform(math.log(small), math.log(large)))
        x, y, turn = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0, 2 * math.pi)
        shape = ground.CLUTTER[int(rng.integers(len(ground.CLUTTER)))]
        colour = accents[int(rng.integers(len(accents)))]
        c.save()
        c.translate(x, y)
        c.rotate(turn)
        c.scale(r, r)
        shape(Pen(c, light, line * 0.16 / r), rng, colour)
        c.restore()
    return surface_array(surface)


def places(rng, count):
    """Centres and sizes: one object anywhere, or two that do not touch."""
    out = []
    lean = rng.uniform(-0.45, 0.45, count)
    if count == 1:
        side = rng.uniform(0.32, 0.65)
        margin = side / 2 + 0.01
        x, y = rng.uniform(margin, 1 - margin, 2)
        out.append((x, y, side, lean[0]))
    else:
        flip = rng.random() < 0.5
        for i in range(count):
            side = rng.uniform(0.38, 0.48)
            far = rng.uniform(0.25, 0.30) if (i == 0) != flip else rng.uniform(0.70, 0.75)
            out.append((far, rng.uniform(0.28, 0.72), side, lean[i]))
    return [(x, y, s, t, rng.random() < 0.5) for x, y, s, t in out]


def scene(seed, index, size=SIZE, kinds=None, turn=0.0):
    """The scene of (seed, index).

    kinds: label numbers, by default one that follows the index; two draw two objects.
    turn: degrees the objects are turned by, beyond the lean they have; no training scene is turned.
    """
    streams = np.random.SeedSequence([seed, index]).spawn(6)
    rng, r_ground, r_clutter, r_front, r_object, r_light = map(np.random.default_rng, streams)
    kinds = [index % len(LABELS)] if kinds is None else list(kinds)

    colours, accents = ground.PALETTES[int(rng.integers(len(ground.PALETTES)))]
    light = math.radians(rng.uniform(-150, -30))  # a lamp somewhere above
    line = 0.035 if rng.random() < 0.35 else 0.0
    count = int(rng.integers(5, 20))
    fade = rng.uniform(0.0, 0.35)
    spots = places(rng, len(kinds))

    # Colours are picked to stand out from a small fixed version, so that every size picks the same.
    small = ground.paint_ground(np.random.default_rng(streams[1]), 32, colours, accents)
    picture = ground.paint_ground(r_ground, size, colours, accents)
    tone = mix(*colours, 0.5)
    muted = [mix(c, tone, fade) for c in accents]
    clutter = scatter(r_clutter, count, 0.035, 0.16, light, line, muted, size)
    picture = over(picture, clutter, True, light, 0.010, 0.30)

    masks = []
    for kind, (x, y, side, lean, mirror) in zip(kinds, spots):
        place = x, y, side, lean + math.radians(turn), mirror
        rgba = draw_object(kind, r_object, place, size, light, line, accents, small)
        picture = over(picture, rgba, True, light, 0.028, 0.42)
        masks.append(rgba[..., 3])
    # A few crumbs lie in front, and take their share off the mask.
    front = scatter(r_front, int(r_front.integers(0, 4)), 0.02, 0.06, light, line, muted, size)
    picture = over(picture, front, True, light, 0.008, 0.25)
    masks = [m * (1 - front[..., 3]) for m in masks]

    # Light over the whole scene: a falling-off lamp, a tint, exposure, grain
    x, y = ground.grid(size)
    lx, ly = 0.5 + 0.6 * math.cos(light), 0.5 + 0.6 * math.sin(light)
    fall = 1 - r_light.uniform(0.0, 0.35) * np.clip(np.hypot(x - lx, y - ly) - 0.3, 0, 1.2)
    tint = 1 + r_light.uniform(-1, 1) * np.array([0.05, 0.0, -0.06])
    exposure = r_light.uniform(0.82, 1.08)
    picture = picture * fall[..., None] * (tint * exposure).astype(np.float32)
    strength = max(r_light.uniform(-0.02, 0.02), 0)  # every other scene is clean
    if strength:
        grain = Image.fromarray(r_light.normal(0, strength, (256, 256)).astype(np.float32))
        picture = picture + np.asarray(grain.resize((size, size), Image.BILINEAR))[..., None]

    image = (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
    return Scene(image, [(m >= 0.5).astype(np.uint8) * 255 for m in masks], kinds)


def sheet(scenes, columns, path, gap=4):
    """A contact sheet of equally large pictures."""
    size = scenes[0].shape[0]
    rows = (len(scenes) + columns - 1) // columns
    out = Image.new('RGB', (columns * (size + gap) + gap, rows * (size + gap) + gap), (24, 24, 28))
    for i, s in enumerate(scenes):
        at = gap + i % columns * (size + gap), gap + i // columns * (size + gap)
        out.paste(Image.fromarray(s), at)
    out.save(path)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--first', type=int, default=0, help='index of the first scene')
    p.add_argument('--count', type=int, default=60)
    p.add_argument('--size', type=int, default=SIZE, help='side in pixels')
    p.add_argument('--columns', type=int, default=10)
    p.add_argument('--sheet', help='write a contact sheet here')
    p.add_argument('--out', help='write pictures, masks and answers.csv into this folder')
    a = p.parse_args()
    scenes = [scene(a.seed, a.first + i, a.size) for i in range(a.count)]
    if a.sheet:
        sheet([s.image for s in scenes], a.columns, a.sheet)
    if a.out:
        os.makedirs(a.out, exist_ok=True)
        with open(os.path.join(a.out, 'answers.csv'), 'w', newline='') as f:
            rows = csv.writer(f)
            rows.writerow(['file', 'label', 'name'])
            for i, s in enumerate(scenes):
                name = f'{a.seed}-{a.first + i:05d}'
                Image.fromarray(s.image).save(os.path.join(a.out, name + '.png'))
                Image.fromarray(s.masks[0]).save(os.path.join(a.out, name + '.mask.png'))
                rows.writerow([name + '.png', s.kinds[0], LABELS[s.kinds[0]]])


if __name__ == '__main__':
    main()
