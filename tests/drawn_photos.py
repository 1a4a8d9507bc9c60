"""Pictures that tests draw, and the facts of them that a probe would give."""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ttdn_assets.model import Hdr, MediaFacts, RenditionPlan

Pixels = NDArray[np.uint8]

CORNERS = ((220, 40, 40), (40, 200, 40), (40, 60, 220), (230, 210, 40))
"""Upper left, upper right, lower left, lower right of ``four_corners``."""


def four_corners(width: int, height: int) -> Pixels:
    """Four plain quarters, so that every turn and flip shows."""
    pixels = np.empty((height, width, 3), np.uint8)
    for colour, rows, columns in zip(CORNERS, (0, 0, 1, 1), (0, 1, 0, 1), strict=True):
        part_h, part_w = height // 2, width // 2
        pixels[rows * part_h : height if rows else part_h, columns * part_w : width if columns else part_w] = colour
    return pixels


@cache
def scenery(width: int, height: int) -> Pixels:
    """A smooth sky over a textured slope: something like a photograph, the same on every run."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    noise = np.random.default_rng(7).normal(0, 5, (height, width, 1))
    sky = np.stack([90 + 60 * y / height, 140 + 50 * y / height, 220 - 30 * y / height], -1)
    slope = np.stack([80 + 40 * np.sin(x / 17), 110 + 30 * np.cos(y / 11), 60 + 20 * np.sin((x + y) / 23)], -1)
    below = (y > height * (0.55 + 0.1 * np.sin(x / width * 6)))[..., None]
    pixels = np.clip(np.where(below, slope + noise, sky), 0, 255).astype(np.uint8)
    pixels.flags.writeable = False
    return pixels


def noise(width: int, height: int) -> Pixels:
    return np.random.default_rng(11).integers(0, 256, (height, width, 3), dtype=np.uint8)


def save(path: Path, picture: Pixels | Image.Image, **options: Any) -> Path:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(path, **options)
    return path


def facts(path: Path, *, orientation: int = 1, hdr: Hdr | None = None) -> MediaFacts:
    with Image.open(path) as image:
        width, height = image.size
        name = (image.format or "").lower()
    size_px = (height, width) if orientation >= 5 else (width, height)
    return MediaFacts(
        kind="photo",
        format=name,
        mime=f"image/{name}",
        extension=path.suffix[1:],
        size_px=size_px,
        stored_size_px=(width, height),
        orientation=orientation,
        hdr=hdr,
    )


def photo_plan(size_px: tuple[int, int], **changes: Any) -> RenditionPlan:
    given: dict[str, Any] = {
        "recipe": hashlib.sha256(repr((size_px, sorted(changes.items()))).encode()).hexdigest(),
        "placements": ("facebook.photo",),
        "kind": "photo",
        "format": "jpeg",
        "fit": "whole",
        "size_px": size_px,
    }
    return RenditionPlan(**{**given, **changes})


def coded(picture: Pixels, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, format, **options)
    return out.getvalue()
