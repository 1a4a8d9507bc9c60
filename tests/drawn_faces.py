"""Pictures composed of real faces at known places: small and large, tilted, mirrored, dark, blurred, at the borders.

The photos and where they are from stand in ``cases/faces/faces.toml``.
"""

from __future__ import annotations

import io
import math
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from drawn_photos import scenery
from ttdn_assets.geometry import crop_to_ratio, holds, union
from ttdn_assets.model import Box, Placement, Subject
from ttdn_assets.renditions.planning.frame import Wish, choose_frame

Pixels = NDArray[np.uint8]
FOLDER = Path(__file__).parent / "cases" / "faces"
RATIOS = {"9:16": (900, 1600), "4:5": (800, 1000), "1:1": (1000, 1000), "1.91:1": (1910, 1000), "16:9": (1600, 900)}
SIZES_PX = ((1200, 800), (800, 1200), (1600, 900), (900, 1600), (1000, 1000))
SHARES = (0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4)
TILTS_DEG = (0, 25, -15, 8, -25, 15)
_PLACES_TRIED = 60


class Cutout(NamedTuple):
    """A photo of one person, opaque around head and shoulders, and the face in it."""

    image: Image.Image
    face: Box


class Composed(NamedTuple):
    """A picture and its faces, hairline to chin."""

    name: str
    pixels: Pixels
    faces: tuple[Box, ...]


@cache
def cutouts() -> tuple[Cutout, ...]:
    known = tomllib.loads((FOLDER / "faces.toml").read_text(encoding="utf-8"))["face"]
    return tuple(_cutout(FOLDER / entry["file"], Box(*entry["face"])) for entry in known)


def _cutout(path: Path, face: Box) -> Cutout:
    """The photo with everything but head and shoulders faded out, so that no frame gives the face away."""
    image = Image.open(path).convert("RGB")
    mask = Image.new("L", image.size, 0)
    x, y, width, height = face.x, face.y, face.width_px, face.height_px
    head = (x - 0.45 * width, y - 0.4 * height, x + 1.45 * width, y + 1.5 * height)
    ImageDraw.Draw(mask).ellipse(head, fill=255)
    image.putalpha(mask.filter(ImageFilter.GaussianBlur(width / 14)))
    return Cutout(image, face)


def composed(count: int, backdrops: Sequence[Pixels] = ()) -> Iterator[Composed]:
    """That many pictures, the same on every run, over ``backdrops`` in turn, else over drawn scenery."""
    random = np.random.default_rng(20)
    for number in range(count):
        size = SIZES_PX[number % len(SIZES_PX)]
        picture = Image.fromarray(backdrops[number % len(backdrops)] if backdrops else scenery(*size)).convert("RGB")
        people = (1, 1, 2, 1, 3)[number % 5]
        share = SHARES[number % len(SHARES)] if people == 1 else min(0.2, SHARES[(number * 3) % len(SHARES)])
        faces: list[Box] = []
        for person in range(people):
            cutout = cutouts()[(number + person * 2) % len(cutouts())]
            tilt = TILTS_DEG[(number + person) % len(TILTS_DEG)]
            height_px = share * max(picture.size) * random.uniform(0.85, 1.15)
            placed = turned(cutout, height_px, tilt, mirrored=(number + person) % 3 == 0)
            if (face := _pasted(picture, placed, faces, random)) is not None:
                faces.append(face)
        if faces:
            yield Composed(f"{number}: {people} at {share:.0%}", _spoilt(picture, number), tuple(faces))


def turned(cutout: Cutout, height_px: float, tilt_deg: float = 0, *, mirrored: bool = False) -> Cutout:
    """The cutout with its face that high before it is tilted about its middle."""
    image, (x, y, width, height) = cutout.image, _sides(cutout.face)
    scale = height_px / height
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    middle = [(x + width / 2) * scale, (y + height / 2) * scale]
    if mirrored:
        image, middle[0] = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), image.width - middle[0]
    image = image.rotate(tilt_deg, Image.Resampling.BICUBIC, center=(middle[0], middle[1]))
    a, b, angle = width * scale / 2, height * scale / 2, math.radians(tilt_deg)
    half_w = math.hypot(a * math.cos(angle), b * math.sin(angle))
    half_h = math.hypot(a * math.sin(angle), b * math.cos(angle))
    left, top = round(middle[0] - half_w), round(middle[1] - half_h)
    return Cutout(image, Box(left, top, round(2 * half_w), round(2 * half_h)))


def _sides(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.width_px, box.height_px


def _pasted(picture: Image.Image, cutout: Cutout, taken: Sequence[Box], random: np.random.Generator) -> Box | None:
    """Where the face lies, at a place that hides none of those there already, which may be at the very border."""
    face = cutout.face
    room = picture.width - face.width_px, picture.height - face.height_px
    if min(room) <= 0:
        return None
    for _ in range(_PLACES_TRIED):
        x, y = int(random.uniform(0, room[0])), int(random.uniform(0, room[1]))
        placed = Box(x, y, face.width_px, face.height_px)
        if all(abs(x - other.x) > 2 * face.width_px or abs(y - other.y) > 2.4 * face.height_px for other in taken):
            picture.paste(cutout.image, (x - face.x, y - face.y), cutout.image)
            return placed
    return None


def _spoilt(picture: Image.Image, number: int) -> Pixels:
    """The picture as bad light, bad lenses and bad coders leave it."""
    way = number % 7
    if way in (1, 4):
        picture = ImageEnhance.Brightness(picture).enhance(0.55 if way == 1 else 1.35)
    elif way == 2:
        picture = ImageEnhance.Contrast(picture).enhance(0.6)
    elif way == 3:
        picture = picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 900))
    elif way == 5:
        coded = io.BytesIO()
        picture.save(coded, "JPEG", quality=35)
        picture = Image.open(coded).convert("RGB")
    elif way == 6:
        picture = picture.convert("L").convert("RGB")
    return np.asarray(picture)


class Kept(NamedTuple):
    """Of the faces that a ratio can hold: how many there are, stay whole, and are cut; padded frames keep all."""

    could: int
    whole: int
    padded: int


def kept(size_px: tuple[int, int], faces: Sequence[Box], subject: Subject, ratio: str, wish: Wish = "auto") -> Kept:
    """What a ratio makes of the faces of one picture; nothing is asked of a ratio that cannot hold them together."""
    shape = RATIOS[ratio]
    largest = crop_to_ratio(size_px, shape[0] / shape[1])
    together = union(tuple(faces))
    if together.width_px > largest.width_px or together.height_px > largest.height_px:
        return Kept(0, 0, 0)
    frame = choose_frame(
        size_px, Placement(id="a.photo", kind="photo", name={}, formats=("jpeg",), sizes_px=(shape,)), subject, wish
    )
    assert isinstance(frame, tuple)
    crop = frame.crop
    whole = len(faces) if crop is None else sum(holds(crop, face) for face in faces)
    return Kept(len(faces), whole, len(faces) if frame.fit == "pad" else 0)


def found(face: Box, seen: Sequence[Box]) -> bool:
    """Whether one of the boxes seen lies on the face."""
    x, y = face.x + face.width_px / 2, face.y + face.height_px / 2
    return any(
        abs(box.x + box.width_px / 2 - x) < face.width_px / 2
        and abs(box.y + box.height_px / 2 - y) < face.height_px / 2
        and 0.4 < box.width_px / face.width_px < 2.5
        for box in seen
    )
