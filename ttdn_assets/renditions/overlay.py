"""The unit's mark: its logo read once and judged before any file is touched, then drawn over photos and clips.

It is drawn anew for every size, inside what the app leaves free and never nearer to an edge than 4 % of the shorter
side.  It changes nothing of what the file's DigitalSourceType says: a person chose it, no machine made the picture up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from ttdn_assets.errors import AssetsError, UsageError
from ttdn_assets.media.probe import probe
from ttdn_assets.model import OverlayPlan, Placement, RenditionPlan
from ttdn_assets.placements import choose
from ttdn_assets.renditions.planning.overlay import Mark
from ttdn_assets.settings import SETTINGS_FILE, Library, Limits, Overlay
from ttdn_assets.text import clean
from ttdn_assets.tools import mark as drawing
from ttdn_assets.tools.ffmpeg_graph import Laid
from ttdn_assets.tools.files import os_errors
from ttdn_assets.tools.pixels_decode import decode
from ttdn_assets.tools.planes import Planes

LOGO_BYTES, LOGO_PIXELS = 20_000_000, 50_000_000
_EDGE_SHARE = 0.04
_LEAST_ROOM_PX = 16


def load_mark(library: Library, placements: Mapping[str, Placement]) -> Mark | None:
    """The mark that ttdn.toml asks for; ``None`` where it asks for none.

    Raises:
        UsageError: ``overlay-empty``, ``overlay-letters``, ``logo-missing``, ``logo-svg``, ``logo-too-large``,
            ``logo-unusable`` or ``target-unknown``.
    """
    wanted = library.settings.overlay
    if not wanted.placements:
        return None
    text, file = clean(wanted.text), library.root / SETTINGS_FILE
    if not text and not wanted.logo:
        raise UsageError("overlay-empty", {"path": file})
    if lacking := drawing.undrawable(text):
        raise UsageError("overlay-letters", {"path": file, "letters": lacking})
    given = _logo_bytes(library.root / wanted.logo) if wanted.logo else b""
    ids = frozenset(one.id for group in choose(wanted.placements, placements).values() for one in group)
    return Mark(
        placements=ids,
        sha256=_digest(given, text, wanted),
        logo=_logo_png(library.root / wanted.logo) if given else b"",
        text=text,
        corner=wanted.corner,
        size=wanted.size,
        opacity=wanted.opacity,
    )


def _digest(logo: bytes, text: str, wanted: Overlay) -> str:
    inputs = [hashlib.sha256(logo).hexdigest(), text, wanted.size, wanted.opacity]
    return hashlib.sha256(msgspec.json.encode(inputs)).hexdigest()


def _logo_bytes(path: Path) -> bytes:
    if not path.is_file():
        raise UsageError("logo-missing", {"path": path})
    with os_errors(path):
        if path.stat().st_size > LOGO_BYTES:
            raise UsageError("logo-too-large", {"path": path})
        data = path.read_bytes()
    if b"<svg" in data[:4096].lower():
        raise UsageError("logo-svg", {"path": path})
    return data


def _logo_png(path: Path) -> bytes:
    """The logo by the way that photos take: any format, profile and turn; what is hostile is refused there."""
    try:
        facts = probe(path, limits=Limits(pixels=LOGO_PIXELS))
        if facts.kind == "photo":
            return drawing.logo_png(decode(path, facts, pixels_max=LOGO_PIXELS).pixels)
        reason = facts.format
    except AssetsError as error:
        if error.code == "photo-too-large":
            raise UsageError("logo-too-large", {"path": path}) from error
        reason = str(error)
    raise UsageError("logo-unusable", {"path": path, "reason": reason})


class _Room(NamedTuple):
    """Where the mark may be, in even pixels; ``right`` and ``bottom`` are the first that are outside."""

    left: int
    top: int
    right: int
    bottom: int


def room(overlay: OverlayPlan, size_px: tuple[int, int]) -> _Room:
    """What the app leaves free of a picture of that size."""
    (width, height), zone = size_px, overlay.zone
    edge = _EDGE_SHARE * min(size_px)
    left, top = (2 * ceil(max(edge, share * side) / 2) for share, side in ((zone.left, width), (zone.top, height)))
    right, bottom = (
        int(side - max(edge, share * side)) // 2 * 2 for share, side in ((zone.right, width), (zone.bottom, height))
    )
    return _Room(left, top, right, bottom)


class _Placed(NamedTuple):
    pixels: drawing.Rgba
    at: tuple[int, int]


def _placed(mark: Mark, overlay: OverlayPlan, size_px: tuple[int, int]) -> _Placed | None:
    """The mark and its place on a picture of that size; ``None`` on one too small to hold any."""
    free = room(overlay, size_px)
    room_px = free.right - free.left, free.bottom - free.top
    if min(room_px) < _LEAST_ROOM_PX:
        return None
    align: Literal["left", "right"] = "left" if overlay.corner.endswith("left") else "right"
    pixels = drawing.drawn(
        mark.logo,
        mark.text,
        short_px=min(size_px),
        room_px=room_px,
        logo_share=mark.size,
        opacity=mark.opacity,
        align=align,
    )
    height, width = pixels.shape[:2]
    x = free.left if align == "left" else free.right - width
    y = free.top if overlay.corner.startswith("top") else free.bottom - height
    return _Placed(pixels, (x, y))


def marked(planes: Planes, overlay: OverlayPlan | None, mark: Mark | None) -> Planes:
    """A photo's planes with the mark, where its plan has one."""
    if overlay is None or mark is None:
        return planes
    placed = _placed(mark, overlay, (planes.luma.shape[1], planes.luma.shape[0]))
    return planes if placed is None else drawing.over(planes, placed.pixels, placed.at)


def marking(plan: RenditionPlan, mark: Mark | None, folder: Path) -> tuple[Laid, ...]:
    """The step that lays the mark on a clip, where its plan has one; the picture is put into ``folder``."""
    placed = _placed(mark, plan.overlay, plan.size_px) if plan.overlay and mark else None
    if placed is None:
        return ()
    file = folder / f"{plan.recipe[:32]}.mark.png"
    file.write_bytes(drawing.png(placed.pixels))
    return (Laid(file, *placed.at),)
