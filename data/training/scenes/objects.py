"""The ten kinds of object. Each is drawn within about -1..1, y down, standing upright.

A drawing function takes the pen, a random generator and `pick`: pick() is a colour that stands
out from the background, pick(likely) one of `likely` where one of them does, more often than not.
Holes (a mug's handle, a key's ring) stay transparent: the alpha of the drawing is the true mask.
"""

import math

from pen import darken, lighten, mix, rgb

WHITE = rgb('#fbf7ee')
INK = rgb('#2a2735')
METAL = [rgb(t) for t in ('#d9b54a', '#c9ccd4', '#c07f4c', '#e3c877', '#99a2b3')]
WOOD = [rgb(t) for t in ('#9c6b43', '#7c5335', '#b98a5e')]
GREEN = [rgb(t) for t in ('#4f9d69', '#7cb36b', '#2f7f62', '#9cbf5a')]
CLAY = [rgb(t) for t in ('#c8704a', '#b85c45', '#d98e5f', '#e8e0d2')]
CAP = [rgb(t) for t in ('#d1414b', '#e2703a', '#b5505f', '#a9713f')]


def choose(rng, options):
    return options[int(rng.integers(len(options)))]


def uniform(rng, a, b):
    return float(rng.uniform(a, b))


def boat(pen, rng, pick):
    hull, sail, other = pick(), pick([WHITE]), pick()
    w = uniform(rng, 0.82, 0.98)
    deck = uniform(rng, 0.40, 0.50)
    mast = uniform(rng, -0.10, 0.08)
    top = -0.98
    wood = choose(rng, WOOD)

    pen.polygon([(mast, deck + 0.05), (mast, top)], close=False)
    pen.stroke(wood, 0.07)

    # Pennant
    pen.polygon([(mast, top), (mast + 0.30, top + 0.09), (mast, top + 0.18)])
    pen.fill(other, line=False)

    # Mainsail and jib, bellied by the wind
    foot = deck - uniform(rng, 0.08, 0.14)
    belly = uniform(rng, 0.10, 0.22)
    pen.curve((mast + 0.07, top + 0.24),
              ((mast + 0.42 + belly, top + 0.70), (w * 0.80, foot - 0.35), (w * 0.80, foot)),
              (mast + 0.07, foot))
    pen.fill(sail, 0.18)
    jib = mix(sail, other, 0.85)
    pen.curve((mast - 0.07, top + 0.36),
              ((mast - 0.22, top + 0.75), (-w * 0.62, foot - 0.25), (-w * 0.76, foot)),
              ((-w * 0.4, foot - 0.07), (mast - 0.2, foot - 0.05), (mast - 0.07, foot)))
    pen.fill(jib, 0.2)
    if rng.random() < 0.6:  # bands on the mainsail
        pen.curve((mast + 0.07, top + 0.24),
                  ((mast + 0.42 + belly, top + 0.70), (w * 0.80, foot - 0.35), (w * 0.80, foot)),
                  (mast + 0.07, foot))
        with pen.clip():
            y = foot - uniform(rng, 0.34, 0.44)
            pen.box(mast, y, w, y + uniform(rng, 0.12, 0.18))
            pen.flat(other, 0.9)

    # Hull
    bottom = 0.95
    tuck = uniform(rng, 0.52, 0.66)

    def outline():
        pen.curve((-w, deck - 0.02),
                  ((-w * 0.9, deck + 0.3), (-tuck - 0.1, bottom), (-tuck + 0.08, bottom)),
                  (tuck - 0.1, bottom),
                  ((tuck + 0.12, bottom), (w * 0.86, deck + 0.34), (w, deck - 0.06)),
                  ((w * 0.5, deck + 0.05), (-w * 0.5, deck + 0.05), (-w, deck - 0.02)))

    outline()
    pen.fill(hull, 0.26)
    outline()
    with pen.clip():
        pen.box(-1, deck + 0.11, 1, deck + 0.20)
        pen.flat(WHITE if rng.random() < 0.7 else other, 0.9)
        pen.box(-1, bottom - 0.13, 1, 1)
        pen.flat(darken(hull, 0.4), 0.7)


def butterfly(pen, rng, pick):
    wing, lower = pick(), pick()
    if rng.random() < 0.5:
        lower = mix(wing, lower, 0.35)
    edge = darken(wing, 0.55)
    dots = lighten(lower, 0.6)
    reach = uniform(rng, 0.88, 0.98)
    lift = uniform(rng, 0.66, 0.86)
    tail = uniform(rng, 0.62, 0.86)
    spots = int(rng.integers(1, 4))

    def upper(s, k):
        pen.curve((s * 0.05, -0.10),
                  ((s * 0.12, -0.10 - 0.5 * k), (s * 0.45 * k, -lift * k - 0.08),
                   (s * reach * k, -lift * k)),
                  ((s * (reach + 0.10) * k, -0.35 * k), (s * 0.75 * k, 0.02), (s * 0.05, 0.06)))

    def under(s, k):
        pen.curve((s * 0.05, 0.02),
                  ((s * 0.50 * k, -0.02), (s * 0.92 * k, 0.12 * k), (s * 0.76 * k, 0.45 * k)),
                  ((s * 0.66 * k, tail * k), (s * 0.30 * k, (tail + 0.16) * k),
                   (s * 0.24 * k, tail * k)),
                  ((s * 0.16, 0.5 * k), (s * 0.08, 0.3 * k), (s * 0.05, 0.02)))

    for s in (-1, 1):
        under(s, 1)
        pen.fill(darken(lower, 0.45), 0.15)
        under(s, 0.86)
        pen.fill(lower, 0.25, line=False)
        pen.ellipse(s * 0.45, 0.38, 0.13, 0.10)
        pen.flat(dots, 0.9)
        pen.ellipse(s * 0.45, 0.38, 0.06, 0.05)
        pen.flat(edge, 0.9)
    for s in (-1, 1):
        upper(s, 1)
        pen.fill(edge, 0.15)
        upper(s, 0.86)
        pen.fill(wing, 0.28, line=False)
        upper(s, 0.86)
        with pen.clip():  # veins and a bright field
            for a in (0.5, 0.85, 1.2):
                pen.polygon([(0, 0), (s * math.cos(a), -math.sin(a))], close=False)
                pen.hair(edge, 0.025, 0.5)
        pen.ellipse(s * 0.52, -0.42, 0.16, 0.13, -s * 0.6)
        pen.flat(lighten(wing, 0.55), 0.85)
        for i in range(spots):
            t = (i + 1) / (spots + 1)
            pen.circle(s * (reach - 0.07 - 0.10 * t), -lift + 0.14 + 0.5 * t, 0.05)
            pen.flat(dots, 0.95)
    for s in (-1, 1):
        pen.curve((0, -0.30), ((s * 0.04, -0.55), (s * 0.12, -0.72), (s * 0.26, -0.80)),
                  close=False)
        pen.stroke(INK, 0.045, line=False)
        pen.circle(s * 0.27, -0.80, 0.045)
        pen.flat(INK)
    pen.ellipse(0, 0.10, 0.085, 0.42)
    pen.fill(darken(edge, 0.4), 0.3)
    pen.circle(0, -0.32, 0.10)
    pen.fill(darken(edge, 0.4), 0.3)


def cactus(pen, rng, pick):
    green, clay, bloom = pick(GREEN), pick(CLAY), pick([rgb('#e86a92'), rgb('#f2c14e')])
    half = uniform(rng, 0.21, 0.28)
    head = uniform(rng, -0.96, -0.86)
    rib = darken(green, 0.32)

    arms = []
    for s in (-1, 1):
        if s == 1 or rng.random() < 0.85:
            y = uniform(rng, -0.12, 0.16)
            arms.append((s, y, y - uniform(rng, 0.30, 0.48), half + uniform(rng, 0.28, 0.36)))
    width = half * uniform(rng, 0.95, 1.15)
    for s, y, up, out in arms:
        pen.curve((0, y), (s * (out - 0.14), y),
                  ((s * out, y), (s * out, y), (s * out, y - 0.16)), (s * out, up), close=False)
        pen.stroke(green, width, 0.26)
        pen.curve((s * half, y), (s * (out - 0.14), y),
                  ((s * out, y), (s * out, y), (s * out, y - 0.16)), (s * out, up), close=False)
        pen.hair(rib, 0.035, 0.6)
    pen.box(-half, head, half, 0.62, half)
    pen.fill(green, 0.3)
    for x in (-0.5, 0, 0.5):
        pen.polygon([(x * half, head + 0.16 + 0.1 * abs(x)), (x * half, 0.5)], close=False)
        pen.hair(rib, 0.035, 0.6)
    for i in range(9):  # spines
        x = (i % 3 - 1) * half * 0.5 + 0.04
        y = head + 0.25 + (i // 3) * 0.32 + 0.10 * (i % 2)
        pen.polygon([(x - 0.04, y - 0.03), (x, y), (x + 0.04, y - 0.03)], close=False)
        pen.hair(lighten(green, 0.75), 0.028, 0.9)
    if rng.random() < 0.65:
        for k in range(5):
            a = math.pi * (1.1 + 0.2 * k)
            pen.ellipse(0.11 * math.cos(a), head + 0.02 + 0.11 * math.sin(a), 0.10, 0.06, a)
            pen.fill(bloom, 0.2, line=False)
        pen.circle(0, head - 0.01, 0.06)
        pen.flat(lighten(bloom, 0.6))
    # Pot
    low = uniform(rng, 0.33, 0.40)
    pen.polygon([(-0.48, 0.50), (0.48, 0.50), (low, 0.98), (-low, 0.98)])
    pen.fill(clay, 0.28)
    if rng.random() < 0.5:
        pen.polygon([(-0.48, 0.50), (0.48, 0.50), (low, 0.98), (-low, 0.98)])
        with pen.clip():
            for i in range(7):
                x = -0.6 + i * 0.2
                pen.polygon([(x, 0.84), (x + 0.1, 0.74), (x + 0.2, 0.84)], close=False)
                pen.hair(lighten(clay, 0.6), 0.04, 0.9)
    pen.box(-0.56, 0.40, 0.56, 0.58, 0.05)
    pen.fill(lighten(clay, 0.1), 0.24)


def clock(pen, rng, pick):
    case, bells = pick(), pick(METAL)
    face = WHITE if rng.random() < 0.75 else lighten(pick(), 0.75)
    cy, r = 0.10, 0.76
    for s in (-1, 1):  # feet
        pen.polygon([(s * 0.42, 0.68), (s * 0.60, 0.95)], close=False)
        pen.stroke(darken(case, 0.25), 0.13)
    pen.curve((-0.28, -0.82), ((-0.22, -1.06), (0.22, -1.06), (0.28, -0.82)), close=False)
    pen.stroke(bells, 0.06)
    for s in (-1, 1):  # bells
        pen.ctx.save()
        pen.ctx.translate(s * 0.47, -0.62)
        pen.ctx.rotate(s * 0.60)
        pen.ctx.move_to(-0.30, 0.06)
        pen.ctx.curve_to(-0.30, -0.36, 0.30, -0.36, 0.30, 0.06)
        pen.ctx.close_path()
        pen.fill(bells, 0.34)
        pen.ctx.restore()
    pen.circle(0, cy, r)
    pen.fill(case, 0.32)
    pen.circle(0, cy, r * 0.80)
    pen.fill(darken(face, 0.10), 0.10, line=False)
    pen.circle(0, cy + 0.015, r * 0.77)
    pen.flat(face)
    for i in range(12):
        a = i * math.pi / 6
        inner = 0.60 if i % 3 == 0 else 0.66
        pen.polygon([(r * inner * math.sin(a), cy - r * inner * math.cos(a)),
                     (r * 0.71 * math.sin(a), cy - r * 0.71 * math.cos(a))], close=False)
        pen.hair(INK, 0.05 if i % 3 == 0 else 0.03, 0.9)
    minute = int(rng.integers(0, 12)) * 5
    hour = int(rng.integers(0, 12)) + minute / 60
    hand = INK if rng.random() < 0.6 else darken(case, 0.4)
    for a, length, width in ((hour * math.pi / 6, 0.36, 0.085),
                             (minute * math.pi / 30, 0.56, 0.06)):
        pen.polygon([(-0.08 * r * math.sin(a), cy + 0.08 * r * math.cos(a)),
                     (length * r * math.sin(a), cy - length * r * math.cos(a))], close=False)
        pen.hair(hand, width)
    pen.circle(0, cy, 0.06)
    pen.flat(pick([rgb('#d1414b')]))


def fish(pen, rng, pick):
    body, fin = pick(), pick()
    if rng.random() < 0.4:
        fin = mix(body, fin, 0.4)
    belly = lighten(body, 0.55)
    high = uniform(rng, 0.40, 0.56)

    def outline():
        pen.curve((-0.98, 0.04),
                  ((-0.78, -high * 0.95), (-0.20, -high * 1.25), (0.50, -0.10)),
                  (0.50, 0.12),
                  ((-0.10, high * 1.30), (-0.74, high * 1.05), (-0.98, 0.04)))

    notch = uniform(rng, 0.66, 0.78)
    spread = uniform(rng, 0.42, 0.58)
    pen.curve((0.40, 0.0),
              ((0.60, -0.12), (0.72, -spread), (0.99, -spread)),
              ((0.92, -0.25), (notch, -0.10), (notch, 0.02)),
              ((notch, 0.12), (0.92, 0.25), (0.99, spread)),
              ((0.72, spread), (0.58, 0.14), (0.40, 0.04)))
    pen.fill(fin, 0.26)
    crest = uniform(rng, 0.22, 0.40)
    pen.curve((-0.48, -high * 0.75),
              ((-0.36, -high - crest), (0.04, -high - crest * 0.8), (0.30, -high * 0.35)))
    pen.fill(fin, 0.26)
    pen.curve((-0.10, high * 0.80), ((0.0, high + 0.26), (0.16, high + 0.22), (0.24, high * 0.45)))
    pen.fill(fin, 0.26)

    outline()
    pen.fill(body, 0.3)
    outline()
    with pen.clip():
        pen.ellipse(-0.30, high * 0.95, 0.85, high * 0.62)
        pen.flat(belly, 0.75)
        pattern = rng.random()
        if pattern < 0.4:  # bands
            for x in (-0.30, 0.00, 0.28):
                pen.curve((x, -1), ((x + 0.14, -0.3), (x + 0.14, 0.3), (x, 1)), close=False)
                pen.hair(fin, 0.10, 0.85)
        elif pattern < 0.8:  # scales
            for row in range(-3, 4):
                for col in range(5):
                    x = -0.36 + col * 0.18 + 0.09 * (row % 2)
                    pen.ctx.new_sub_path()
                    pen.ctx.arc(x, row * 0.14, 0.09, -1.3, 1.3)
            pen.hair(darken(body, 0.4), 0.03, 0.6)
        pen.ctx.new_sub_path()
        pen.ctx.arc(-0.86, 0.04, 0.36, -0.95, 0.95)
        pen.hair(darken(body, 0.45), 0.05, 0.8)
    pen.curve((-0.24, 0.10), ((-0.08, 0.02), (0.10, 0.16), (0.06, 0.30)),
              ((-0.06, 0.34), (-0.22, 0.26), (-0.24, 0.10)))
    pen.fill(fin, 0.3)
    pen.circle(-0.66, -0.06, 0.125)
    pen.flat(WHITE)
    pen.circle(-0.68, -0.05, 0.075)
    pen.flat(INK)
    pen.circle(-0.71, -0.09, 0.03)
    pen.flat(WHITE)
    pen.curve((-0.95, 0.13), ((-0.90, 0.18), (-0.85, 0.19), (-0.80, 0.17)), close=False)
    pen.hair(darken(body, 0.55), 0.04)


def house(pen, rng, pick):
    wall, roof, door = pick([WHITE, rgb('#f2d7a6')]), pick(CAP), pick()
    half = uniform(rng, 0.64, 0.76)
    eave = uniform(rng, -0.16, -0.02)
    ridge = uniform(rng, -0.92, -0.80)
    glass = rgb('#ffe08a') if rng.random() < 0.5 else rgb('#9fd3e8')
    frame = WHITE if rng.random() < 0.6 else darken(wall, 0.5)

    side = choose(rng, (-1, 1))
    x = side * uniform(rng, 0.34, 0.44)
    pen.box(x - 0.11, -0.92, x + 0.11, -0.2)
    pen.fill(mix(roof, rgb('#8a5a4a'), 0.6), 0.25)
    pen.box(x - 0.15, -0.98, x + 0.15, -0.87, 0.02)
    pen.fill(mix(roof, rgb('#8a5a4a'), 0.5), 0.25)

    pen.polygon([(-half, 0.95), (-half, eave), (0, ridge + 0.1), (half, eave), (half, 0.95)])
    pen.fill(wall, 0.18)
    if rng.random() < 0.5:  # boards
        pen.polygon([(-half, 0.95), (-half, eave), (0, ridge + 0.1), (half, eave), (half, 0.95)])
        with pen.clip():
            for i in range(12):
                y = ridge + 0.2 + 0.14 * i
                pen.polygon([(-1, y), (1, y)], close=False)
                pen.hair(darken(wall, 0.4), 0.02, 0.5)
    # Roof: a thick angle with overhang
    over = half + uniform(rng, 0.16, 0.22)
    slope = (eave - ridge) / half
    drop = ridge + slope * over
    thick = uniform(rng, 0.17, 0.24)
    pen.polygon([(0, ridge - 0.06), (over, drop - 0.02), (over - 0.02, drop + thick - 0.02),
                 (0, ridge + thick + 0.06), (-over + 0.02, drop + thick - 0.02),
                 (-over, drop - 0.02)])
    pen.fill(roof, 0.3)

    def window(cx, cy, w, h):
        pen.box(cx - w - 0.04, cy - h - 0.04, cx + w + 0.04, cy + h + 0.04, 0.02)
        pen.flat(frame)
        pen.box(cx - w, cy - h, cx + w, cy + h)
        pen.fill(glass, 0.22, line=False)
        pen.polygon([(cx, cy - h), (cx, cy + h)], close=False)
        pen.hair(frame, 0.04)
        pen.polygon([(cx - w, cy), (cx + w, cy)], close=False)
        pen.hair(frame, 0.04)

    at = -side * uniform(rng, 0.22, 0.32) if rng.random() < 0.75 else 0.0
    pen.box(at - 0.18, 0.38, at + 0.18, 0.95, 0.04)
    pen.fill(door, 0.25)
    pen.circle(at + 0.10, 0.68, 0.035)
    pen.flat(rgb('#f4d06f'))
    if at:
        window(side * 0.30, 0.52, 0.17, 0.17)
        window(-half * 0.42, 0.10, 0.12, 0.12)
        window(half * 0.42, 0.10, 0.12, 0.12)
    else:
        window(-0.44, 0.46, 0.13, 0.16)
        window(0.44, 0.46, 0.13, 0.16)
    pen.circle(0, ridge + 0.46, 0.12)
    pen.flat(frame)
    pen.circle(0, ridge + 0.46, 0.085)
    pen.fill(glass, 0.2, line=False)
    pen.box(-half - 0.06, 0.91, half + 0.06, 1.0, 0.03)
    pen.fill(darken(wall, 0.35), 0.2)


def key(pen, rng, pick):
    metal = pick(METAL)
    bow = int(rng.integers(3))
    width = uniform(rng, 0.20, 0.25)
    c = pen.ctx
    c.save()
    c.rotate(math.pi / 4 * choose(rng, (-1, 1)))
    # Shaft, collar and bit
    pen.box(-0.35, -width / 2, 1.0, width / 2, 0.05)
    pen.fill(metal, 0.3)
    end = uniform(rng, 0.90, 0.95)
    teeth = int(rng.integers(2, 4))
    long = [uniform(rng, 0.28, 0.46) for _ in range(teeth)]
    for i, reach in enumerate(long):
        x = end - i * 0.235
        pen.box(x - 0.145, width / 2 - 0.06, x, width / 2 + reach, 0.03)
        pen.fill(metal, 0.28)
    pen.box(-0.30, -width / 2 + 0.02, 0.99, width / 2 - 0.02, 0.04)
    pen.fill(metal, 0.3, line=False)
    pen.box(-0.28, -width * 0.85, -0.14, width * 0.85, 0.04)
    pen.fill(lighten(metal, 0.15), 0.3)
    # Bow, with its hole
    thick = uniform(rng, 0.19, 0.24)
    if bow == 0:
        pen.circle(-0.66, 0, 0.42)
        pen.stroke(metal, thick, 0.36)
        pen.circle(-0.66, 0, 0.44)
        pen.hair(lighten(metal, 0.6), 0.05, 0.7)
    elif bow == 1:
        for x, y in ((-0.92, 0), (-0.56, -0.34), (-0.56, 0.34)):
            pen.circle(x, y, 0.25)
            pen.stroke(metal, thick * 0.9, 0.34)
        for x, y in ((-0.92, 0), (-0.56, -0.34), (-0.56, 0.34)):
            pen.circle(x, y, 0.26)
            pen.hair(lighten(metal, 0.6), 0.04, 0.7)
    else:
        pen.box(-1.06, -0.46, -0.30, 0.46, 0.20)
        pen.stroke(metal, thick, 0.34)
        pen.box(-1.07, -0.47, -0.29, 0.47, 0.21)
        pen.hair(lighten(metal, 0.6), 0.05, 0.7)
    pen.polygon([(-0.08, -width * 0.22), (0.88, -width * 0.22)], close=False)
    pen.hair(lighten(metal, 0.7), 0.045, 0.8)
    c.restore()


def mug(pen, rng, pick):
    body, band = pick(), pick([WHITE])
    inside = darken(body, 0.35)
    drink = choose(rng, [rgb('#5b3a29'), rgb('#8a5a3b'), rgb('#b4762f'), rgb('#c9b458')])
    w0 = uniform(rng, 0.58, 0.66)
    w1 = w0 * uniform(rng, 0.80, 1.0)
    top, bottom = -0.72, uniform(rng, 0.78, 0.92)
    shift = -0.28
    tilt = uniform(rng, 0.15, 0.21)

    # Handle
    h0, h1 = top + uniform(rng, 0.26, 0.36), bottom - uniform(rng, 0.28, 0.40)
    out = shift + w0 + uniform(rng, 0.46, 0.56)
    pen.curve((shift + w0 - 0.10, h0),
              ((out, h0 - 0.14), (out + 0.08, h0 + 0.12), (out, (h0 + h1) / 2 + 0.05)),
              ((out - 0.06, h1 - 0.02), (shift + w1 + 0.15, h1 + 0.06),
               (shift + w1 - 0.06, h1 + 0.02)),
              close=False)
    pen.stroke(darken(body, 0.08), uniform(rng, 0.17, 0.22), 0.25)

    def outline():
        pen.curve((shift - w0, top),
                  (shift - w1 - 0.01, bottom - 0.18),
                  ((shift - w1, bottom + 0.10), (shift - w1 * 0.5, bottom + 0.12),
                   (shift, bottom + 0.12)),
                  ((shift + w1 * 0.5, bottom + 0.12), (shift + w1, bottom + 0.10),
                   (shift + w1 + 0.01, bottom - 0.18)),
                  (shift + w0, top))

    outline()
    pen.fill(body, 0.34)
    outline()
    with pen.clip():
        style = rng.random()
        if style < 0.35:
            y = uniform(rng, -0.05, 0.25)
            pen.curve((-1.2, y - 0.02), ((-0.8, y + 0.14), (0.2, y + 0.14), (0.6, y - 0.02)),
                      close=False)
            pen.hair(band, uniform(rng, 0.16, 0.26), 0.92)
        elif style < 0.65:
            s = uniform(rng, 0.20, 0.26)
            x, y = shift, 0.22
            pen.curve((x, y + s),
                      ((x - 2 * s, y - 0.2 * s), (x - s, y - 1.5 * s), (x, y - 0.4 * s)),
                      ((x + s, y - 1.5 * s), (x + 2 * s, y - 0.2 * s), (x, y + s)))
            pen.flat(band, 0.95)
        elif style < 0.85:
            for i in range(8):
                x = shift - 0.45 + 0.30 * (i % 4)
                y = 0.02 + 0.36 * (i // 4) + 0.18 * (i % 2)
                pen.circle(x, y, 0.085)
                pen.flat(band, 0.95)
        pen.box(shift - w0 + 0.09, top + 0.10, shift - w0 + 0.20, bottom - 0.12, 0.05)
        pen.flat((1, 1, 1), 0.30)
    # Rim and drink
    pen.ellipse(shift, top, w0, tilt)
    pen.fill(lighten(body, 0.35), 0.15)
    pen.ellipse(shift, top + 0.015, w0 - 0.07, tilt - 0.045)
    pen.fill(inside, 0.1, line=False)
    pen.ellipse(shift, top + 0.015, w0 - 0.07, tilt - 0.045)
    with pen.clip():
        pen.ellipse(shift, top + 0.07, w0 - 0.10, tilt - 0.05)
        pen.fill(drink, 0.25, line=False)


def mushroom(pen, rng, pick):
    cap, stem = pick(CAP), choose(rng, [rgb('#f3e7d0'), rgb('#e9d5b5'), rgb('#fbf4e6')])
    dots = WHITE if rng.random() < 0.75 else darken(cap, 0.35)
    w = uniform(rng, 0.84, 0.97)
    lip = uniform(rng, 0.00, 0.14)
    peak = uniform(rng, -0.96, -0.80)
    foot = uniform(rng, 0.30, 0.42)
    waist = uniform(rng, 0.22, 0.28)

    pen.curve((-waist, lip - 0.05),
              ((-waist - 0.02, 0.4), (-foot, 0.62), (-foot, 0.80)),
              ((-foot, 1.0), (foot, 1.0), (foot, 0.80)),
              ((foot, 0.62), (waist + 0.02, 0.4), (waist, lip - 0.05)))
    pen.fill(stem, 0.3)
    # Gills: the underside of the cap
    pen.ellipse(0, lip, w * 0.93, 0.19)
    pen.fill(darken(stem, 0.22), 0.15)
    for i in range(-6, 7):
        edge = i * w * 0.135, lip + 0.17 - 0.0035 * i * i
        pen.polygon([(i * 0.025, lip - 0.02), edge], close=False)
        pen.hair(darken(stem, 0.5), 0.018, 0.5)
    # Ring on the stem
    if rng.random() < 0.6:
        y = lip + uniform(rng, 0.26, 0.34)
        pen.curve((-waist - 0.03, y), ((-0.1, y + 0.08), (0.1, y + 0.08), (waist + 0.03, y)),
                  (waist + 0.10, y + 0.13),
                  ((0.1, y + 0.22), (-0.1, y + 0.22), (-waist - 0.10, y + 0.13)))
        pen.fill(lighten(stem, 0.4), 0.18)

    def dome():
        pen.curve((-w, lip),
                  ((-w * 1.02, (peak + lip) / 2 - 0.20), (-w * 0.58, peak), (0, peak)),
                  ((w * 0.58, peak), (w * 1.02, (peak + lip) / 2 - 0.20), (w, lip)),
                  ((w * 0.92, lip + 0.12), (w * 0.6, lip + 0.02), (0, lip + 0.01)),
                  ((-w * 0.6, lip + 0.02), (-w * 0.92, lip + 0.12), (-w, lip)))

    dome()
    pen.fill(cap, 0.34)
    dome()
    with pen.clip():
        jitter = rng.uniform(-0.05, 0.05, (7, 2))
        size = rng.uniform(0.8, 1.25, 7)
        spots = [(-0.66, -0.20, 0.11), (-0.34, -0.50, 0.13), (-0.18, -0.13, 0.12),
                 (0.10, -0.72, 0.12), (0.26, -0.34, 0.15), (0.62, -0.42, 0.10), (0.68, -0.08, 0.10)]
        for (x, y, r), (dx, dy), k in zip(spots, jitter, size):
            pen.ellipse((x + dx) * w, y * (lip - peak) + dy + lip * 0.6, r * k, r * k * 0.85, x)
            pen.fill(dots, 0.14, line=False)


def umbrella(pen, rng, pick):
    one, two = pick(), pick()
    if rng.random() < 0.45:
        two = darken(one, 0.22)
    panels = int(choose(rng, (4, 5, 6)))
    rim = uniform(rng, -0.06, 0.06)
    peak = -0.84
    handle = choose(rng, WOOD + [INK])
    grip = uniform(rng, 0.17, 0.22)
    side = choose(rng, (-1, 1))
    # Shaft and crook
    pen.curve((0, peak - 0.10), (0, 0.78),
              ((0, 0.78 + grip * 1.3), (side * 2 * grip, 0.78 + grip * 1.3),
               (side * 2 * grip, 0.78)),
              close=False)
    pen.stroke(handle, 0.10, 0.25)

    w = 0.98
    edges = [w * math.sin((i / panels - 0.5) * math.pi) * 0.995 for i in range(panels + 1)]

    def rib(x, t):
        """A point of the rib that ends at x: t = 0 at the peak."""
        a = t * math.pi / 2
        return x * math.sin(a), rim + (peak - rim) * math.cos(a)

    def panel(i):
        c = pen.ctx
        c.move_to(0, peak)
        for k in range(1, 13):
            c.line_to(*rib(edges[i], k / 12))
        x0, x1 = edges[i], edges[i + 1]
        rise = min(0.16, 0.42 * (x1 - x0) + 0.03)
        c.curve_to(x0 + (x1 - x0) * 0.25, rim - rise, x0 + (x1 - x0) * 0.75, rim - rise, x1, rim)
        for k in range(11, -1, -1):
            c.line_to(*rib(edges[i + 1], k / 12))
        c.close_path()

    # The far inside of the canopy, seen under the scallops
    for i in range(panels):
        panel(i)
    pen.fill(mix(one, two, 0.5), 0.2)
    for i in range(panels):
        panel(i)
        across = (edges[i] + edges[i + 1]) / 2
        lit = -across * math.cos(pen.light) * -0.28
        colour = one if i % 2 == 0 else two
        pen.fill(lighten(colour, lit) if lit > 0 else darken(colour, -lit), 0.16, line=False)
    for i in range(1, panels):
        c = pen.ctx
        c.move_to(0, peak)
        for k in range(1, 13):
            c.line_to(*rib(edges[i], k / 12))
        pen.hair(darken(one, 0.5), 0.02, 0.6)
    pen.circle(0, peak - 0.08, 0.055)
    pen.fill(handle, 0.2)


KINDS = {f.__name__: f for f in (boat, butterfly, cactus, clock, fish, house, key, mug, mushroom,
                                 umbrella)}
LABELS = list(KINDS)
