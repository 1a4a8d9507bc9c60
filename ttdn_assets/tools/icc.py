"""Colour profiles of three primaries and one curve, written byte for byte the same on every run.

The layout is ICC.1:2010 (version 4.3): header, tag table, tags.  Columns are the primaries as XYZ adapted to D50 by
Bradford, as their owners publish them: sRGB (IEC 61966-2-1, ICC's own v4 profile), Display P3 (Apple), BT.2020
(ITU-R BT.2020-2, adapted), Adobe RGB (Adobe RGB (1998) Color Image Encoding, adapted).
"""

from __future__ import annotations

import struct
from typing import NamedTuple

XYZ = tuple[float, float, float]

_D50: XYZ = (0.9642, 1.0, 0.8249)
_D65_TO_D50 = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


class Space(NamedTuple):
    """An RGB colour space: its name, the XYZ of its red, green and blue, and its curve as ICC's function type 3.

    The curve is (g, a, b, c, d): ``Y = (aX + b)^g`` from ``X = d`` on, ``Y = cX`` below; a single number is a power.
    """

    name: str
    red: XYZ
    green: XYZ
    blue: XYZ
    curve: tuple[float, ...] = _SRGB_CURVE


SRGB = Space("sRGB", (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141))
DISPLAY_P3 = Space("Display P3", (0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
BT2020 = Space("BT.2020", (0.67348, 0.27904, -0.00193), (0.16567, 0.67534, 0.02998), (0.12505, 0.04561, 0.79686))

ADOBE_RGB = Space(
    "Adobe RGB", (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457), (2.19921875,)
)


def profile(space: Space) -> bytes:
    """The display profile of a colour space, about 480 bytes."""
    kind = {1: 0, 5: 3}[len(space.curve)]
    curve = b"para" + struct.pack(">IHH", 0, kind, 0) + _fixed(*space.curve)
    tags = {
        b"desc": _text(space.name),
        b"cprt": _text("CC0"),
        b"wtpt": b"XYZ " + bytes(4) + _fixed(*_D50),
        b"chad": b"sf32" + bytes(4) + _fixed(*_D65_TO_D50),
        b"rXYZ": b"XYZ " + bytes(4) + _fixed(*space.red),
        b"gXYZ": b"XYZ " + bytes(4) + _fixed(*space.green),
        b"bXYZ": b"XYZ " + bytes(4) + _fixed(*space.blue),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _joined(tags)


def _joined(tags: dict[bytes, bytes]) -> bytes:
    """Header, table and tags; equal tags are stored once."""
    places: dict[bytes, int] = {}
    body, start = b"", 128 + 4 + 12 * len(tags)
    for data in tags.values():
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
    table = b"".join(struct.pack(">4sII", name, places[data], len(data)) for name, data in tags.items())
    head = struct.pack(
        ">I4sI4s4s4s6H4s4sIII8sI12s",
        start + len(body), b"", 0x04300000, b"mntr", b"RGB ", b"XYZ ", 2026, 1, 1, 0, 0, 0,
        b"acsp", b"", 0, 0, 0, b"", 0, _fixed(*_D50),
    )  # fmt: skip
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _fixed(*values: float) -> bytes:
    """Numbers as s15Fixed16."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _text(value: str) -> bytes:
    coded = value.encode("utf-16-be")
    return b"mluc" + struct.pack(">III2s2sII", 0, 1, 12, b"en", b"US", len(coded), 28) + coded
