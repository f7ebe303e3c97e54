#!/usr/bin/env python3
"""Writes what Pillow and NumPy make of synthetic pictures, for test-image.c and test-prepare.c.

Needs python3-pil and python3-numpy; Pillow 9.4 wrote the files here.
"""

import struct
import zlib

import numpy as np
from PIL import Image


def synthetic(width, height):
    """The picture of synthetic_new() in test-image.c."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * x * 7 + y * 31 + c * 83 + x * y * (c + 1)) % 256).astype(np.uint8)


def save(name, array):
    np.save(name, np.ascontiguousarray(array))


def resized():
    """from, scaled to, left, top, size of the window"""
    for w, h, sw, sh, left, top, ow, oh in [
        (37, 23, 16, 16, 0, 0, 16, 16),
        (16, 16, 40, 25, 0, 0, 40, 25),
        (100, 3, 7, 9, 0, 0, 7, 9),
        (5, 5, 5, 11, 0, 0, 5, 11),
        (1, 1, 4, 3, 0, 0, 4, 3),
        (300, 200, 9, 6, 0, 0, 9, 6),
        (90, 61, 53, 37, 10, 5, 32, 20),
        (8, 8, 64, 64, 30, 17, 12, 12),
    ]:
        picture = Image.fromarray(synthetic(w, h)).resize((sw, sh), Image.BILINEAR)
        picture = picture.crop((left, top, left + ow, top + oh))
        save(f"resize-{w}x{h}-{sw}x{sh}-{left}-{top}-{ow}x{oh}.npy", np.asarray(picture))


def gray():
    save("gray-64x48.npy", np.asarray(Image.fromarray(synthetic(64, 48)).convert("L")))


def blur_axis(x, axis, sigma):
    radius = int(4 * sigma + 0.5)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    pad = [(0, 0)] * x.ndim
    pad[axis] = (radius, radius)
    wide = np.pad(x, pad, mode="symmetric")
    return np.apply_along_axis(lambda line: np.convolve(line, kernel, mode="valid"), axis, wide)


def blurred():
    picture = synthetic(19, 13).astype(np.float64)
    for sigma in [0.5, 2, 9]:
        out = blur_axis(blur_axis(picture, 0, sigma), 1, sigma)
        save(f"blur-{sigma:g}.npy", out.astype(np.float32))


def orientations():
    """The same upright picture stored in all eight ways EXIF knows, without loss of pixels."""
    upright = synthetic(6, 4)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    for tag, array in stored.items():
        # 16-fold blocks of one colour survive JPEG's blocks nearly unchanged.
        big = np.repeat(np.repeat(array, 16, 0), 16, 1)
        exif = Image.Exif()
        exif[0x0112] = tag
        Image.fromarray(big).save(f"orientation-{tag}.jpg", quality=98, subsampling=0, exif=exif)


def pngs():
    rgb = synthetic(10, 7)
    alpha = (np.arange(70).reshape(7, 10) * 255 // 69).astype(np.uint8)
    Image.fromarray(np.dstack([rgb, alpha])).save("alpha.png")
    a = alpha.astype(int)[..., None]
    save("alpha.npy", ((rgb.astype(int) * a + 255 * (255 - a) + 127) // 255).astype(np.uint8))
    Image.fromarray(rgb[..., 0]).save("gray.png")
    Image.fromarray(rgb).quantize(16).save("palette.png")
    save("palette.npy", np.asarray(Image.fromarray(rgb).quantize(16).convert("RGB")))
    # 16 bits a channel, gray, by hand, as Pillow writes no RGB of that depth.
    deep = (rgb[..., 0].astype(np.uint16) * 256 + 200).astype(">u2")
    raw = b"".join(b"\0" + row.tobytes() for row in deep)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data))

    with open("deep.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 7, 16, 0, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
    # 60000 x 60000 pixels announced, none there: must be refused by the announcement.
    with open("huge.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(b"\0" * 100000)) + chunk(b"IEND", b""))
    Image.fromarray(rgb).save("rgb.png")
    with open("texts.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0))
                   + chunk(b"tEXt", b"Latin\0" + "Größe".encode("latin-1"))
                   + chunk(b"zTXt", b"Compressed\0\0" + zlib.compress(b"again and" + b" again and" * 2 + b" again"))
                   + chunk(b"iTXt", b"Unicode\0\1\0\0\0" + zlib.compress("猫".encode()))
                   + chunk(b"IDAT", zlib.compress(b"\0\1\2"))
                   + chunk(b"tEXt", b"Late\0behind") + chunk(b"IEND", b""))
    exif = Image.Exif()
    exif[0x0112] = 1
    Image.fromarray(np.repeat(np.repeat(rgb, 8, 0), 8, 1)).save("baseline.jpg", quality=90, exif=exif)
    Image.fromarray(np.repeat(np.repeat(rgb, 8, 0), 8, 1)).save("progressive.jpg", quality=90,
                                                               progressive=True)


resized()
gray()
blurred()
orientations()
pngs()
