#!/usr/bin/env python3
"""Prints the knots of engine/image/colormap.c and the reference colours of test-colormap.c.

Needs python3-numpy and python3-matplotlib, whose tables of viridis, inferno, magma and turbo are the
published ones. Coolwarm is computed from its paper's formula alone.
"""

import matplotlib
import numpy as np

KNOTS = 33
POSITIONS = [0, 16, 51, 85, 100, 128, 170, 204, 230, 255]


def text(colour):
    return "0x%02x%02x%02x" % tuple(int(v) for v in np.rint(colour))


def fit(table):
    """Least squares with both ends exact."""
    t = np.linspace(0, KNOTS - 1, len(table))
    i = np.minimum(t.astype(int), KNOTS - 2)
    a = np.zeros((len(table), KNOTS))
    a[np.arange(len(table)), i] = 1 - (t - i)
    a[np.arange(len(table)), i + 1] = t - i
    ends = a[:, [0]] * np.rint(table[0]) + a[:, [-1]] * np.rint(table[-1])
    inner = np.linalg.lstsq(a[:, 1:-1], table - ends, rcond=None)[0]
    knots = np.vstack([table[0], np.clip(inner, 0, 255), table[-1]])
    return knots, np.abs(a @ np.rint(knots) - table).max()


# Moreland, Diverging Color Maps for Scientific Visualization (Expanded), 2009.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def msh(rgb):
    c = np.asarray(rgb) / 255
    linear = np.where(c > 0.04045, ((c + 0.055) / 1.055) ** 2.4, c / 12.92)
    x = TO_XYZ @ linear / WHITE
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    lab = np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
    m = np.linalg.norm(lab)
    return np.array([m, np.arccos(lab[0] / m), np.arctan2(lab[2], lab[1])])


def rgb(v):
    lab = v[0] * np.array([np.cos(v[1]), np.sin(v[1]) * np.cos(v[2]), np.sin(v[1]) * np.sin(v[2])])
    y = (lab[0] + 16) / 116
    f = np.array([y + lab[1] / 500, y, y - lab[2] / 200])
    x = np.where(f > 0.206893, f ** 3, (f - 16 / 116) / 7.787) * WHITE
    c = np.linalg.inv(TO_XYZ) @ x
    c = np.where(c > 0.0031308, 1.055 * np.maximum(c, 0) ** (1 / 2.4) - 0.055, 12.92 * c)
    return np.clip(c, 0, 1) * 255


def adjusted_hue(saturated, m):
    if saturated[0] >= m:
        return saturated[2]
    spin = saturated[1] * np.sqrt(m * m - saturated[0] ** 2) / (saturated[0] * np.sin(saturated[1]))
    return saturated[2] + spin if saturated[2] > -np.pi / 3 else saturated[2] - spin


def coolwarm(t):
    a, b = msh((59, 76, 192)), msh((180, 4, 38))
    m = max(a[0], b[0], 88)
    if t < 0.5:
        b, t = np.array([m, 0, adjusted_hue(a, m)]), 2 * t
    else:
        a, t = np.array([m, 0, adjusted_hue(b, m)]), 2 * t - 1
    return rgb((1 - t) * a + t * b)


for name in ["viridis", "inferno", "magma", "turbo"]:
    table = np.array(matplotlib.colormaps[name].colors) * 255
    knots, error = fit(table)
    print(name, "largest error %.2f" % error)
    print("  ", ", ".join(text(k) for k in knots))
    print("  ", ", ".join(text(table[p]) for p in POSITIONS))
print("coolwarm")
print("  ", ", ".join(text(coolwarm(i / (KNOTS - 1))) for i in range(KNOTS)))
