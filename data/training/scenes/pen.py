"""Colours and a cairo pen that fills paths as if a lamp stood beside the picture."""

import math

import cairo
import numpy as np


def rgb(text):
    """'#d1495b' as three floats 0..1."""
    return tuple(int(text[i:i + 2], 16) / 255 for i in (1, 3, 5))


def mix(a, b, t):
    return tuple(x + (y - x) * t for x, y in zip(a, b))


def lighten(colour, t):
    return mix(colour, (1.0, 0.98, 0.93), t)


def darken(colour, t):
    # Shadows that turn towards blue look like light; shadows that turn grey look like dirt.
    return mix(colour, (0.06, 0.05, 0.14), t)


def distance(a, b):
    """Rough visible distance of two colours: luminance counts most."""
    d = np.subtract(a, b)
    return abs(float(d @ (0.30, 0.59, 0.11))) + 0.45 * float(np.linalg.norm(d))


class Pen:
    """Draws on a cairo context; `light` is the angle the light comes from, in the picture.

    Objects are drawn in their own coordinates, about -1..1, y down; the turn of the object is
    taken out of the light, so that a turned object is still lit from the picture's lamp.
    """

    def __init__(self, ctx, light, line=0.0):
        self.ctx = ctx
        self.light = light
        self.line = line
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        ctx.set_line_join(cairo.LINE_JOIN_ROUND)

    # Paths

    def curve(self, *points, close=True):
        """A start point, then triples of points for Bézier curves (or single points for lines)."""
        c = self.ctx
        c.move_to(*points[0])
        for p in points[1:]:
            if isinstance(p[0], tuple):
                c.curve_to(*p[0], *p[1], *p[2])
            else:
                c.line_to(*p)
        if close:
            c.close_path()

    def polygon(self, points, close=True):
        self.curve(*points, close=close)

    def smooth(self, points, close=True):
        """A closed Catmull-Rom curve through the points."""
        n = len(points)
        p = [np.asarray(q, float) for q in points]
        self.ctx.move_to(*p[0])
        for i in range(n if close else n - 1):
            a, b = p[(i - 1) % n], p[i]
            c, d = p[(i + 1) % n], p[(i + 2) % n]
            if not close:
                a = p[max(i - 1, 0)]
                d = p[min(i + 2, n - 1)]
            self.ctx.curve_to(*(b + (c - a) / 6), *(c - (d - b) / 6), *c)
        if close:
            self.ctx.close_path()

    def circle(self, x, y, r):
        self.ellipse(x, y, r, r)

    def ellipse(self, x, y, rx, ry, turn=0.0):
        c = self.ctx
        c.save()
        c.translate(x, y)
        c.rotate(turn)
        c.scale(max(rx, 1e-6), max(ry, 1e-6))
        c.new_sub_path()
        c.arc(0, 0, 1, 0, 2 * math.pi)
        c.close_path()
        c.restore()

    def box(self, x0, y0, x1, y1, r=0.0):
        c = self.ctx
        r = min(r, (x1 - x0) / 2, (y1 - y0) / 2)
        if r <= 0:
            c.rectangle(x0, y0, x1 - x0, y1 - y0)
            return
        c.new_sub_path()
        c.arc(x1 - r, y0 + r, r, -math.pi / 2, 0)
        c.arc(x1 - r, y1 - r, r, 0, math.pi / 2)
        c.arc(x0 + r, y1 - r, r, math.pi / 2, math.pi)
        c.arc(x0 + r, y0 + r, r, math.pi, 1.5 * math.pi)
        c.close_path()

    # Inking the current path

    def shaded(self, colour, depth, extents):
        x0, y0, x1, y1 = extents
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        m = self.ctx.get_matrix()
        angle = self.light - math.atan2(m.yx, m.xx)
        if m.xx * m.yy - m.xy * m.yx < 0:  # a mirrored object
            angle = math.pi - self.light + math.atan2(-m.yx, -m.xx)
        dx, dy = math.cos(angle), math.sin(angle)
        half = (abs(dx) * (x1 - x0) + abs(dy) * (y1 - y0)) / 2 + 1e-6
        g = cairo.LinearGradient(cx + dx * half, cy + dy * half, cx - dx * half, cy - dy * half)
        g.add_color_stop_rgb(0, *lighten(colour, depth))
        g.add_color_stop_rgb(0.45, *colour)
        g.add_color_stop_rgb(1, *darken(colour, depth))
        return g

    def fill(self, colour, depth=0.24, line=True):
        """Fill with light and shade, and outline when the scene's style has outlines."""
        c = self.ctx
        c.set_source(self.shaded(colour, depth, c.path_extents()))
        if line and self.line:
            c.fill_preserve()
            c.set_source_rgb(*darken(colour, 0.55))
            c.set_line_width(self.line)
            c.stroke()
        else:
            c.fill()

    def flat(self, colour, alpha=1.0):
        self.ctx.set_source_rgba(*colour, alpha)
        self.ctx.fill()

    def stroke(self, colour, width, depth=0.2, line=True):
        """Stroke the path as a bar of the given width."""
        c = self.ctx
        extents = c.stroke_extents()
        if line and self.line:
            c.set_source_rgb(*darken(colour, 0.55))
            c.set_line_width(width + self.line)
            c.stroke_preserve()
        c.set_source(self.shaded(colour, depth, extents))
        c.set_line_width(width)
        c.stroke()

    def hair(self, colour, width, alpha=1.0):
        self.ctx.set_source_rgba(*colour, alpha)
        self.ctx.set_line_width(width)
        self.ctx.stroke()

    def clip(self):
        """Use as `with pen.clip():` after a path: what is drawn inside stays inside it."""
        return Clip(self.ctx)


class Clip:
    def __init__(self, ctx):
        self.ctx = ctx
        ctx.save()
        ctx.clip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ctx.restore()


def surface_array(surface):
    """The surface as float32 [H,W,4], red green blue alpha, colours premultiplied, 0..1."""
    surface.flush()
    h, w = surface.get_height(), surface.get_width()
    a = np.frombuffer(surface.get_data(), np.uint8).reshape(h, surface.get_stride() // 4, 4)
    return a[:, :w, [2, 1, 0, 3]].astype(np.float32) / 255
