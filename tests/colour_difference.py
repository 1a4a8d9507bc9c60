"""How different two colours look: CIEDE2000 of sRGB pictures (Sharma, Wu, Dalal 2005), written from its formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

_TO_XYZ = np.array(
    [(0.4124564, 0.2126729, 0.0193339), (0.3575761, 0.7151522, 0.1191920), (0.1804375, 0.0721750, 0.9503041)]
)
_WHITE = np.array((0.95047, 1.0, 1.08883))
_SEVEN = 25.0**7


def lab_of(rgb: Any) -> Any:
    """CIE L*a*b* (D65) of sRGB, 0 to 255."""
    signal = np.asarray(rgb, float) / 255
    light = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    ratio = light @ _TO_XYZ / _WHITE
    bent = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = np.moveaxis(bent, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def delta_e_2000(one: Any, other: Any) -> Any:
    """The difference of two arrays of L*a*b*."""
    (l1, a1, b1), (l2, a2, b2) = (
        np.moveaxis(np.asarray(one, float), -1, 0),
        np.moveaxis(np.asarray(other, float), -1, 0),
    )
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    grey = 1 + 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + _SEVEN)))
    c1, c2 = np.hypot(a1 * grey, b1), np.hypot(a2 * grey, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1 * grey)) % 360, np.degrees(np.arctan2(b2, a2 * grey)) % 360
    colourless = c1 * c2 == 0
    turn = np.where(colourless, 0, (h2 - h1 + 180) % 360 - 180)
    mean_h = np.where(colourless, h1 + h2, h1 + turn / 2) % 360
    d_l, d_c = l2 - l1, c2 - c1
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    wave = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * wave
    twist = -np.sin(2 * np.radians(30 * np.exp(-(((mean_h - 275) / 25) ** 2)))) * 2
    twist = twist * np.sqrt(mean_c**7 / (mean_c**7 + _SEVEN))
    parts = d_l / s_l, d_c / s_c, d_h / s_h
    return np.sqrt(parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2 + twist * parts[1] * parts[2])
