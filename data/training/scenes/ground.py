"""Backgrounds and clutter: everything in a scene that is not the object.

All sizes are fractions of the picture's side and all random numbers are drawn before a pixel is,
so a scene looks the same at 128 and at 512.
"""

import math

import cairo
import numpy as np
from PIL import Image

from pen import darken, lighten, mix, rgb


def palette(ground, accents):
    return [rgb(t) for t in ground.split()], [rgb(t) for t in accents.split()]


PALETTES = [
    palette('#f4e9d8 #e7d3b4', '#d1495b #edae49 #00798c #30638e #66a182 #7d4f50'),
    palette('#dcecf2 #b5d6e3', '#ef6f6c #465775 #f2b63c #3f8f92 #7f5a83 #2e5e4e'),
    palette('#31415f #22304a', '#f6c65b #ef8354 #e8e4d9 #7fc8c2 #e07aa8 #9bb8ed'),
    palette('#d3e6cb #b0d0a6', '#d64550 #f0a202 #35607a #8e4a76 #2f6f4f #f18f6b'),
    palette('#f8dbd4 #efbdb2', '#2a6f7f #c8414f #e9a13b #5b4b8a #3f8a6a #8c3d5a'),
    palette('#45415a #312d42', '#ffb86b #f2748c #8bd3c7 #f5e6c8 #a9a1f0 #e4d45c'),
    palette('#f9e6ac #efcf7a', '#c8443c #2d728f #3b8b5a #7c4d8b #e5763a #34495e'),
    palette('#d2cdea #b3abdb', '#e0475b #f3b33d #2b6777 #574b90 #3b9c80 #f2f0e4'),
    palette('#34665a #264d43', '#f4d35e #ee964b #f0ead6 #f2858f #9ad1b0 #c9b6e4'),
    palette('#ece9e4 #d5cfc6', '#c44536 #197278 #e3a72f #5d4e8c #4f8f5b #283d3b'),
    palette('#83bcc4 #5f9ea9', '#fff1d0 #dd4b4b #f4b942 #1f4e5f #703d57 #f7f7f2'),
    palette('#bcd8f2 #8fb9e2', '#e4572e #ffc145 #2e4a7d #a23b72 #2f8f6b #fff6e5'),
    palette('#c9745a #ad5943', '#f7e1b5 #2f5d62 #f3c04b #3c2f45 #a7d0cd #f4f1ea'),
    palette('#f2f0ea #c8dde0', '#e76f51 #2a9d8f #e9c46a #264653 #b5557a #7b6db5'),
    palette('#8d9f87 #70856b', '#fbe8c8 #e2574c #f4c95d #2d3047 #6d3b5e #e7efe6'),
    palette('#6f6ba3 #555089', '#ffd166 #ef798a #f7f4ea #7fd8be #fca17d #c5d6ff'),
]


# Noise

def cloud(rng, size, cells, octaves=4, stretch=1.0, fade=0.5):
    """Smooth noise [size,size], about -1..1; `stretch` > 1 draws it out along x."""
    total = np.zeros((size, size), np.float32)
    weight = 1.0
    norm = 0.0
    for _ in range(octaves):
        rows = max(2, round(cells))
        cols = max(2, round(cells / stretch))
        grid = rng.uniform(-1, 1, (rows + 1, cols + 1)).astype(np.float32)
        big = Image.fromarray(grid).resize((size, size), Image.BICUBIC)
        total += weight * np.asarray(big)
        norm += weight
        weight *= fade
        cells *= 2
    return total / norm


def blend(a, b, t):
    """Colours a and b mixed by the map t [H,W]."""
    t = np.clip(t, 0, 1)[..., None]
    return np.asarray(a, np.float32) * (1 - t) + np.asarray(b, np.float32) * t


def grid(size):
    """Pixel centres, x and y in 0..1."""
    p = (np.arange(size, dtype=np.float32) + 0.5) / size
    return np.meshgrid(p, p)


def along(size, angle):
    x, y = grid(size)
    return (x - 0.5) * math.cos(angle) + (y - 0.5) * math.sin(angle)


def band(wave, size, period):
    """A periodic ramp as soft-edged stripes 0..1, edges one pixel wide at any size."""
    tri = np.abs((wave / period) % 1.0 - 0.5) * 2
    sharp = max(period * size / 2, 1)
    return np.clip((tri - 0.5) * sharp + 0.5, 0, 1)


# Grounds: (rng, size, a, b, accents) to float32 [size,size,3]

def wash(rng, size, a, b, _):
    t = along(size, rng.uniform(0, 2 * math.pi)) + 0.5
    return blend(a, b, t + 0.35 * cloud(rng, size, 3, 3))


def halo(rng, size, a, b, _):
    cx, cy, r = rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), rng.uniform(0.5, 0.9)
    x, y = grid(size)
    d = np.hypot(x - cx, y - cy) / r
    return blend(lighten(a, 0.25), darken(b, 0.12), d)


def clouds(rng, size, a, b, _):
    t = cloud(rng, size, rng.uniform(2.5, 6), 5, fade=0.6)
    return blend(lighten(a, 0.1), darken(b, 0.08), 0.5 + 1.3 * t)


def stripes(rng, size, a, b, accents):
    angle = rng.uniform(0, math.pi)
    period = rng.uniform(0.07, 0.24)
    other = mix(b, accents[int(rng.integers(len(accents)))], rng.uniform(0.0, 0.3))
    bend = cloud(rng, size, 2, 2) * rng.uniform(0, 0.06)
    return blend(a, other, band(along(size, angle) + bend, size, period))


def gingham(rng, size, a, b, accents):
    angle = rng.uniform(-0.5, 0.5)
    period = rng.uniform(0.12, 0.30)
    other = mix(b, accents[int(rng.integers(len(accents)))], rng.uniform(0.0, 0.35))
    u = band(along(size, angle), size, period)
    v = band(along(size, angle + math.pi / 2), size, period)
    return blend(a, other, (u + v) / 2)


def checks(rng, size, a, b, _):
    angle = rng.uniform(-0.8, 0.8)
    period = rng.uniform(0.16, 0.36)
    u = band(along(size, angle), size, period)
    v = band(along(size, angle + math.pi / 2), size, period)
    return blend(a, b, u + v - 2 * u * v)


def planks(rng, size, a, b, _):
    tone = mix(mix(a, b, 0.5), rgb('#a9784f'), rng.uniform(0.2, 0.6))
    n = int(rng.integers(4, 8))
    shade = rng.uniform(-1, 1, n + 1)
    grain = cloud(rng, size, 22, 3, stretch=9)
    _, y = grid(size)
    which = np.minimum((y * n).astype(int), n)
    t = 0.5 + 0.35 * shade[which] + 0.55 * grain
    gap = np.abs((y * n + 0.5) % 1.0 - 0.5) / n * 128
    out = blend(lighten(tone, 0.14), darken(tone, 0.2), t)
    out *= 1 - 0.45 * np.clip(1.2 - gap, 0, 1)[..., None]
    return out if rng.random() < 0.5 else out.transpose(1, 0, 2)


def weave(rng, size, a, b, _):
    """Linen: two crossed thread directions."""
    u = cloud(rng, size, 64, 2, stretch=16)
    v = cloud(rng, size, 64, 2, stretch=16).T
    return blend(a, b, 0.5 + 0.55 * u + 0.55 * v) + 0.03 * cloud(rng, size, 3, 2)[..., None]


def canvas(size, colour=None):
    s = cairo.ImageSurface(cairo.FORMAT_RGB24, size, size)
    c = cairo.Context(s)
    c.scale(size, size)
    if colour is not None:
        c.set_source_rgb(*colour)
        c.paint()
    return s, c


def pixels(surface):
    surface.flush()
    h, w = surface.get_height(), surface.get_width()
    a = np.frombuffer(surface.get_data(), np.uint8).reshape(h, surface.get_stride() // 4, 4)
    return a[:, :w, 2::-1].astype(np.float32) / 255


def dots(rng, size, a, b, accents):
    s, c = canvas(size, a)
    other = mix(b, accents[int(rng.integers(len(accents)))], rng.uniform(0.0, 0.35))
    step = rng.uniform(0.09, 0.18)
    r = step * rng.uniform(0.16, 0.3)
    angle = rng.uniform(0, math.pi / 2)
    c.translate(0.5, 0.5)
    c.rotate(angle)
    n = int(0.75 / step) + 1
    for i in range(-n, n + 1):
        for j in range(-n, n + 1):
            c.new_sub_path()
            c.arc(i * step, (j + 0.5 * (i % 2)) * step, r, 0, 2 * math.pi)
    c.set_source_rgb(*other)
    c.fill()
    return pixels(s)


def hills(rng, size, a, b, accents):
    """Layers of rolling ground under a sky."""
    sky = rng.random() < 0.5
    top, low = (lighten(a, 0.3), a) if sky else (a, lighten(b, 0.3))
    s, c = canvas(size)
    g = cairo.LinearGradient(0, 0, 0, 1)
    g.add_color_stop_rgb(0, *darken(top, 0.05))
    g.add_color_stop_rgb(0.8, *lighten(low, 0.25))
    c.set_source(g)
    c.paint()
    layers = int(rng.integers(2, 5))
    tint = accents[int(rng.integers(len(accents)))]
    base = rng.uniform(0.35, 0.6)
    for i in range(layers):
        y0 = base + (1 - base) * i / layers
        amp, freq, phase = rng.uniform(0.02, 0.07), rng.uniform(0.6, 1.8), rng.uniform(0, 6.3)
        colour = mix(b, tint, 0.12 + 0.22 * i / layers)
        c.move_to(-0.1, 1.1)
        for k in range(0, 25):
            x = -0.1 + 1.2 * k / 24
            c.line_to(x, y0 + amp * math.sin(2 * math.pi * freq * x + phase))
        c.line_to(1.1, 1.1)
        c.close_path()
        g = cairo.LinearGradient(0, y0 - amp, 0, y0 + 0.4)
        g.add_color_stop_rgb(0, *lighten(colour, 0.12))
        g.add_color_stop_rgb(1, *darken(colour, 0.18))
        c.set_source(g)
        c.fill()
    return pixels(s)


def bokeh(rng, size, a, b, accents):
    s, c = canvas(size)
    g = cairo.LinearGradient(0, 0, rng.uniform(-0.5, 0.5), 1)
    g.add_color_stop_rgb(0, *darken(a, 0.1))
    g.add_color_stop_rgb(1, *darken(b, 0.3))
    c.set_source(g)
    c.paint()
    for _ in range(int(rng.integers(10, 22))):
        x, y, r = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.03, 0.13)
        colour = lighten(mix(a, accents[int(rng.integers(len(accents)))], 0.5), 0.3)
        alpha = rng.uniform(0.10, 0.30)
        g = cairo.RadialGradient(x, y, 0, x, y, r)
        g.add_color_stop_rgba(0, *colour, alpha * 0.7)
        g.add_color_stop_rgba(0.85, *colour, alpha)
        g.add_color_stop_rgba(1, *colour, 0)
        c.set_source(g)
        c.arc(x, y, r, 0, 2 * math.pi)
        c.fill()
    return pixels(s)


def terrazzo(rng, size, a, b, accents):
    s, c = canvas(size, a)
    tints = [mix(b, accents[int(k)], 0.35) for k in rng.integers(len(accents), size=3)] + [b]
    for _ in range(int(rng.integers(40, 80))):
        x, y, r = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.01, 0.035)
        n = int(rng.integers(4, 7))
        turn = rng.uniform(0, 6.3)
        for k in range(n):
            q = r * rng.uniform(0.6, 1.2)
            angle = turn + 2 * math.pi * k / n
            c.line_to(x + q * math.cos(angle), y + q * math.sin(angle))
        c.close_path()
        c.set_source_rgb(*tints[int(rng.integers(len(tints)))])
        c.fill()
    return pixels(s)


def waves(rng, size, a, b, _):
    """Rows of overlapping rings, as on Japanese paper."""
    s, c = canvas(size, a)
    r = rng.uniform(0.08, 0.15)
    line = mix(a, b, 1.4)
    c.set_line_width(r * 0.10)
    n = int(1 / r) + 2
    for j in range(-1, 2 * n):
        for i in range(-1, n):
            x, y = (2 * i + (j % 2)) * r, j * r * 0.5
            for k in (1.0, 0.7, 0.4):
                c.new_sub_path()
                c.arc(x, y, r * k, 0, 2 * math.pi)
                if k == 1.0:
                    c.set_source_rgb(*a)
                    c.fill_preserve()
                c.set_source_rgb(*[min(max(v, 0), 1) for v in line])
                c.stroke()
    return pixels(s)


def tiles(rng, size, a, b, accents):
    s, c = canvas(size, darken(b, 0.25))
    n = int(rng.integers(4, 8))
    gap = 0.008
    shift = rng.uniform(0, 0.5)
    high = 1 / (n * rng.uniform(1.0, 1.8))
    rows = int(1 / high) + 2
    tone = rng.uniform(-1, 1, (rows, n + 2))
    hue = accents[int(rng.integers(len(accents)))]
    for j in range(rows):
        for i in range(n + 2):
            x = (i - 1 + shift * (j % 2)) / n
            colour = mix(mix(a, b, 0.5 + 0.5 * tone[j, i]), hue, 0.10)
            c.rectangle(x + gap, j * high + gap, 1 / n - 2 * gap, high - 2 * gap)
            c.set_source_rgb(*colour)
            c.fill()
    return pixels(s)


GROUNDS = [wash, halo, clouds, stripes, gingham, checks, planks, weave, dots, hills, bokeh,
           terrazzo, waves, tiles]


def paint_ground(rng, size, ground, accents):
    a, b = ground if rng.random() < 0.5 else ground[::-1]
    kind = GROUNDS[int(rng.integers(len(GROUNDS)))]
    out = kind(rng, size, a, b, accents)
    return out + 0.035 * cloud(rng, size, 4, 3)[..., None]


# Clutter: small shapes that are none of the ten kinds

def stick(pen, rng, colour):
    bend = rng.uniform(-0.4, 0.4)
    pen.curve((-1, 0), ((-0.4, bend), (0.4, bend), (1, 0)), close=False)
    pen.stroke(colour, rng.uniform(0.16, 0.34))


def disc(pen, rng, colour):
    pen.circle(0, 0, 0.7)
    pen.fill(colour)


def ring(pen, rng, colour):
    pen.circle(0, 0, 0.66)
    pen.stroke(colour, rng.uniform(0.2, 0.42))


def triangle(pen, rng, colour):
    k = rng.uniform(0.6, 1.0)
    pen.polygon([(0, -0.9), (0.9 * k, 0.7), (-0.9 * k, 0.7)])
    pen.fill(colour)


def wedge(pen, rng, colour):
    pen.polygon([(-0.8, -0.8), (0.8, 0.7), (-0.8, 0.7)])
    pen.fill(colour)


def block(pen, rng, colour):
    k = rng.uniform(0.45, 0.9)
    pen.box(-0.9, -0.9 * k, 0.9, 0.9 * k, rng.uniform(0, 0.3))
    pen.fill(colour)


def half(pen, rng, colour):
    pen.ctx.arc(0, 0.3, 0.85, math.pi, 2 * math.pi)
    pen.ctx.close_path()
    pen.fill(colour)


def crescent(pen, rng, colour):
    pen.ctx.arc(0, 0, 0.85, 0.9, 2 * math.pi - 0.9)
    pen.ctx.curve_to(-0.05, -0.55, -0.05, 0.55, 0.85 * math.cos(0.9), 0.85 * math.sin(0.9))
    pen.ctx.close_path()
    pen.fill(colour)


def plus(pen, rng, colour):
    w = rng.uniform(0.18, 0.34)
    pen.polygon([(-w, -0.9), (w, -0.9), (w, -w), (0.9, -w), (0.9, w), (w, w),
                 (w, 0.9), (-w, 0.9), (-w, w), (-0.9, w), (-0.9, -w), (-w, -w)])
    pen.fill(colour)


def squiggle(pen, rng, colour):
    k = rng.uniform(0.4, 0.8)
    pen.curve((-1, 0), ((-0.6, -k), (-0.4, -k), (0, 0)), ((0.4, k), (0.6, k), (1, 0)), close=False)
    pen.stroke(colour, rng.uniform(0.16, 0.3))


def zigzag(pen, rng, colour):
    pen.polygon([(-1, 0.3), (-0.5, -0.3), (0, 0.3), (0.5, -0.3), (1, 0.3)], close=False)
    pen.stroke(colour, rng.uniform(0.16, 0.28))


def pebble(pen, rng, colour):
    n = 7
    r = rng.uniform(0.6, 1.0, n)
    pen.smooth([(r[i] * math.cos(2 * math.pi * i / n), 0.8 * r[i] * math.sin(2 * math.pi * i / n))
                for i in range(n)])
    pen.fill(colour)


def diamond(pen, rng, colour):
    k = rng.uniform(0.5, 1.0)
    pen.polygon([(0, -0.9), (0.9 * k, 0), (0, 0.9), (-0.9 * k, 0)])
    pen.fill(colour)


def arch(pen, rng, colour):
    pen.ctx.new_sub_path()
    pen.ctx.arc(0, 0.2, 0.7, math.pi, 2 * math.pi)
    pen.stroke(colour, rng.uniform(0.22, 0.4))


def bead_pair(pen, rng, colour):
    pen.circle(-0.45, 0, 0.38)
    pen.fill(colour)
    pen.circle(0.45, 0, 0.38)
    pen.fill(colour)


def leaf(pen, rng, colour):
    pen.curve((-0.95, 0), ((-0.4, -0.6), (0.4, -0.6), (0.95, 0)),
              ((0.4, 0.6), (-0.4, 0.6), (-0.95, 0)))
    pen.fill(colour)
    pen.polygon([(-0.8, 0), (0.8, 0)], close=False)
    pen.hair(darken(colour, 0.35), 0.08, 0.7)


CLUTTER = [stick, disc, ring, triangle, wedge, block, half, crescent, plus, squiggle, zigzag,
           pebble, diamond, arch, bead_pair, leaf]
