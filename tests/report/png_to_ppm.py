#!/usr/bin/env python3
"""png_to_ppm.py IN.png OUT.ppm: an 8-bit RGB or RGBA picture without interlacing as binary PPM, with nothing but the standard library.

Alpha is dropped. Source of the filters: PNG specification (ISO/IEC 15948), section 9.
"""
import struct
import sys
import zlib


def chunks(data):
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, data[at + 8:at + 8 + length]
        at += 12 + length


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def unfilter(kind, row, above, width):
    """Undo one row's filter in place; width: bytes of a pixel."""
    for i in range(len(row) if kind else 0):
        left = row[i - width] if i >= width else 0
        corner = above[i - width] if i >= width else 0
        guess = (0, left, above[i], (left + above[i]) // 2, 0)[kind] if kind < 4 else paeth(left, above[i], corner)
        row[i] = (row[i] + guess) & 255


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    parts = list(chunks(data))
    columns, rows, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", dict(parts)[b"IHDR"])
    if depth != 8 or colour not in (2, 6) or interlace:
        sys.exit("only 8-bit RGB and RGBA without interlacing")
    width = 3 if colour == 2 else 4
    raw = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    stride = columns * width
    above = bytearray(stride)
    with open(sys.argv[2], "wb") as out:
        out.write(b"P6\n%d %d\n255\n" % (columns, rows))
        for y in range(rows):
            at = y * (stride + 1)
            row = bytearray(raw[at + 1:at + 1 + stride])
            unfilter(raw[at], row, above, width)
            pixels = bytearray(3 * columns)
            for k in range(3):
                pixels[k::3] = row[k::width]
            out.write(pixels)
            above = row


main()
