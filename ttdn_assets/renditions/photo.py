"""One photo's renditions: the original decoded once, every size cut from it, each file written whole.

A rendition holds pixels only: sRGB, upright, without EXIF, XMP, IPTC or a thumbnail.  The same picture, plans and
library versions give the same bytes.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ttdn_assets.errors import MediaError
from ttdn_assets.model import MediaFacts, Placement, Rendition, RenditionPlan
from ttdn_assets.renditions.overlay import marked
from ttdn_assets.renditions.planning.overlay import Mark
from ttdn_assets.renditions.planning.plan import rendition_path
from ttdn_assets.renditions.planning.sphere import is_sphere
from ttdn_assets.renditions.watching.subject import LOOK_PX
from ttdn_assets.settings import Limits
from ttdn_assets.tools.cuts import Cutter
from ttdn_assets.tools.encode import encode_jpeg, encode_pixels, has_fine_colour
from ttdn_assets.tools.files import os_errors, write_whole
from ttdn_assets.tools.pixels import Picture, thumbnail
from ttdn_assets.tools.pixels_decode import decode
from ttdn_assets.tools.strip import stripped

ROOM_BYTES = 64 * 1024
"""What is left free under a limit of bytes, for the words that go into the copies later."""

_FORMATS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp"}
_COLOUR_LOOK_PX = 1024


def open_picture(
    path: Path, facts: MediaFacts, *, limits: Limits, placements: Iterable[Placement] | None = None
) -> Picture:
    """The photo's upright sRGB pixels, decoded once.

    Args:
        path: the original.
        facts: what ``probe`` found.
        limits: more than ``limits.pixels`` is refused before decoding.
        placements: what will be made of it; a JPEG far larger than all of them need is decoded smaller.

    Raises:
        MediaError: ``photo-too-large``, ``photo-truncated``, ``photo-broken`` or ``photo-no-heic``.
        InputError: the file cannot be read.
    """
    needed = 1.0 if placements is None or is_sphere(facts) else _scale_needed(facts.size_px, placements)
    return decode(path, facts, pixels_max=limits.pixels, scale_needed=needed)


def _scale_needed(size_px: tuple[int, int], placements: Iterable[Placement]) -> float:
    """The share of the full width that serves every placement, cropped to any of its sizes."""
    width, height = size_px
    shares = [LOOK_PX / max(size_px)]
    for placement in placements:
        if placement.kind != "photo":
            continue
        if placement.keep_original or not (placement.sizes_px or placement.long_edge_px):
            return 1.0
        shares += [max(w / width, h / height) for w, h in placement.sizes_px]
        if placement.long_edge_px:
            shares.append(placement.long_edge_px / min(size_px))
    return min(1.0, max(shares))


def make_photos(
    picture: Picture, plans: Sequence[RenditionPlan], root: Path, *, mark: Mark | None = None
) -> Iterator[Rendition]:
    """Make and write each planned file under ``root``, with the unit's ``mark`` where its plan has one.

    Raises:
        MediaError: ``photo-format`` where a plan asks for a format that no encoder here writes.
        InputError, ToolError: the file cannot be written.
    """
    cutter = Cutter(picture)
    fine: bool | None = None
    for plan in plans:
        made = _copied(picture, plan)
        if made is None:
            fine = has_fine_colour(thumbnail(picture, _COLOUR_LOOK_PX)) if fine is None else fine
            made = _coded(cutter, plan, fine=fine, mark=mark)
        path = rendition_path(plan)
        with os_errors(root / path):
            write_whole(root / path, made.data)
        yield _rendition(plan, path, made)


class _Made(NamedTuple):
    data: bytes
    size_px: tuple[int, int]


def _copied(picture: Picture, plan: RenditionPlan) -> _Made | None:
    """The source's coded picture without metadata, where the plan asks for it and it is upright sRGB as it stands."""
    if not plan.copy or not picture.copyable or picture.format not in ("mpo", plan_format(plan)):
        return None
    with os_errors(picture.path):
        data = stripped(picture.path.read_bytes(), picture.format, dpi=plan.dpi)
    return _Made(data, picture.size_px) if data else None


def plan_format(plan: RenditionPlan) -> str:
    """The encoder's name of the plan's format.

    Raises:
        MediaError: ``photo-format``.
    """
    if plan.format not in _FORMATS:
        raise MediaError("photo-format", {"format": plan.format})
    return _FORMATS[plan.format]


def _coded(cutter: Cutter, plan: RenditionPlan, *, fine: bool, mark: Mark | None) -> _Made:
    format = plan_format(plan)
    bytes_max = plan.bytes_max - ROOM_BYTES if plan.bytes_max else None
    if format != "jpeg":
        pixels = cutter.pixels(plan.crop, plan.size_px)
        data = encode_pixels(pixels, format, bytes_max=bytes_max, dpi=plan.dpi)
        return _Made(data, (pixels.shape[1], pixels.shape[0]))
    padded = plan.fit == "pad"
    planes = cutter.padded(plan.size_px, fine=fine) if padded else cutter.planes(plan.crop, plan.size_px, fine=fine)
    planes = marked(planes, plan.overlay, mark)
    master = plan.copy or plan.bytes_min is not None
    data = encode_jpeg(planes, bytes_max=bytes_max, master=master, dpi=plan.dpi)
    return _Made(data, (planes.luma.shape[1], planes.luma.shape[0]))


def _rendition(plan: RenditionPlan, path: str, made: _Made) -> Rendition:
    return Rendition(
        recipe=plan.recipe,
        path=path,
        kind="photo",
        format=plan.format,
        placements=plan.placements,
        width_px=made.size_px[0],
        height_px=made.size_px[1],
        size_bytes=len(made.data),
        sha256=hashlib.sha256(made.data).hexdigest(),
        fit=plan.fit,
        crop=plan.crop,
        made_with=_made_with(),
    )


@cache
def _made_with() -> str:
    """The versions of what draws the pixels."""
    found = []
    for name in ("pillow", "simplejpeg", "av", "opencv-python-headless", "numpy"):
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)
