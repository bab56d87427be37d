"""The colours of a screenshot, read without an imaging library."""

import struct
import zlib
from collections import Counter
from pathlib import Path

import numpy as np


def colours(path: Path) -> Counter[str]:
    """How many pixels of a PNG have which colour, as `#rrggbb`. Eight bits, not interlaced."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert (depth, interlaced) == (8, 0)
            channels = {2: 3, 6: 4}[colour]
        packed += body if kind == b"IDAT" else b""
        at += length + 12
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * channels)
    pixels = _unfiltered(rows, channels).reshape(-1, channels)[:, :3]
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    return Counter({"#" + bytes(c).hex(): int(n) for c, n in zip(found, counts, strict=True)})


def _unfiltered(rows: np.ndarray, step: int) -> np.ndarray:
    above = np.zeros(rows.shape[1] - 1, np.uint8)
    done = []
    for row in rows:
        kind, line = row[0], row[1:].copy()
        if kind == 2:
            line += above
        elif kind:
            _from_the_left(kind, line, above, step)
        done.append(line)
        above = line
    return np.array(done)


def _from_the_left(kind: int, line: np.ndarray, above: np.ndarray, step: int) -> None:
    values, up = line.tolist(), above.tolist()
    for at, value in enumerate(values):
        left = values[at - step] if at >= step else 0
        corner = up[at - step] if at >= step else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up[at]) // 2
        else:
            way = left + up[at] - corner
            guess = min((left, up[at], corner), key=lambda it: abs(way - it))
        values[at] = (value + guess) % 256
    line[:] = values
