"""The photos that are timed, and the eight sizes that are made of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from ttdn_assets.geometry import crop_to_ratio, fit_long_edge
from ttdn_assets.model import Box

Size = tuple[int, int]
Cut = tuple[Box, Size]

SIZES = ((1440, 1800), (1080, 1350), (1080, 1080), (1080, 1920), (1920, 1080), (1280, 720), (1600, 900))
LONG_EDGE = 2560
_PIXELS = (12_000_000, 22_500_000)
_LARGE = 60_000_000
_CROPS = ((0.05, 0.1, 4900, 3700), (0.45, 0.5, 5000, 4000))
"""Where crops of a very large photo begin, as shares of its sides, and their width and height."""

_ORIENTATION = 274


def cuts(size_px: Size) -> list[Cut]:
    """The centre crop of each size, and the whole picture at its long edge."""
    whole = Box(0, 0, *size_px)
    return [(crop_to_ratio(size_px, w / h), (w, h)) for w, h in SIZES] + [(whole, fit_long_edge(size_px, LONG_EDGE))]


def photos(chosen: Path | None, folder: Path) -> list[Path]:
    """JPEGs of 12 to 22 MP that stand upright, and crops of larger ones, put into ``folder``; drawn where none is."""
    media = os.environ.get("TTDN_TEST_MEDIA")
    source = chosen or (Path(media) / "photos" if media else None)
    found = list(_suitable(source, folder)) if source else []
    return found or [_drawn(folder / f"drawn-{number}.jpg", number) for number in range(6)]


def _suitable(source: Path, folder: Path) -> Iterator[Path]:
    for path in sorted(source.glob("*.jp*g")):
        try:
            with Image.open(path) as image:
                pixels = image.width * image.height
                if image.mode != "RGB" or image.getexif().get(_ORIENTATION, 1) != 1:
                    continue
                if _PIXELS[0] <= pixels <= _PIXELS[1]:
                    yield _copy(path, folder / f"{path.stem.replace(' ', '_')}.jpg")
                elif pixels >= _LARGE:
                    yield from _crops(image, folder / path.stem)
        except (OSError, Image.DecompressionBombError):
            continue


def _copy(path: Path, to: Path) -> Path:
    to.write_bytes(path.read_bytes())
    return to


def _crops(image: Image.Image, stem: Path) -> Iterator[Path]:
    for number, (left, top, width, height) in enumerate(_CROPS):
        x, y = int(left * image.width), int(top * image.height)
        path = stem.with_name(f"{stem.name}-crop{number}.jpg")
        image.crop((x, y, x + width, y + height)).save(path, quality=92)
        yield path


def draw(path: Path, size_px: Size, *, seed: int = 0) -> Path:
    """A JPEG with the sky, texture, edges and grain of a photo, drawn tile by tile so that it may be very large."""
    grain = np.random.default_rng(seed)
    edge = 1024
    y, x = np.mgrid[0:edge, 0:edge].astype(np.float32)
    waves = 40 * np.sin(x / (5 + seed % 7)) * np.cos(y / 13) + 50 * np.sin((x * y) / 40_000)
    tile = np.stack([110 + waves, 120 + 0.8 * waves + 20 * (x > y), 140 - y / 16 + 0.5 * waves], -1)
    tile += grain.normal(0, 6, (edge, edge, 1))
    patch = Image.fromarray(np.clip(tile, 0, 255).astype(np.uint8))
    image = Image.new("RGB", size_px)
    for top in range(0, size_px[1], edge):
        for left in range(0, size_px[0], edge):
            image.paste(patch.rotate(90 * ((left + top) // edge % 4)), (left, top))
    image.save(path, quality=92, subsampling=2)
    return path


def _drawn(path: Path, number: int) -> Path:
    width = 4000 + 300 * number
    return draw(path, (width, width * 3 // 4), seed=number)
