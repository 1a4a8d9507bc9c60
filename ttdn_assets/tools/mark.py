"""A unit's mark, its logo over a line of text, as one picture with transparency; and that laid on another.

Letters are white with a dark rim and a soft shadow around it, so that they are legible over anything, snow or night.
"""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from ttdn_assets.geometry import contain
from ttdn_assets.tools.fonts import FACE, font_file, wrapped
from ttdn_assets.tools.planes import Planes, image_of, of_pixels

Rgba = NDArray[np.uint8]
Size = tuple[int, int]

_LOGO_KEPT_PX = 1024
_TEXT_SHARE, _TEXT_MIN_PX = 1 / 30, 16
_RIM_SHARE, _RIM_ALPHA = 0.09, 225
_GAP_SHARE = 1 / 80
_NO_LETTER = "\U0010fffd"


def logo_png(pixels: NDArray[np.uint8]) -> bytes:
    """A logo as a small PNG; ``pixels`` are sRGB, with alpha if there is any."""
    image = Image.fromarray(pixels).convert("RGBA")
    image = image.resize(contain(image.size, (_LOGO_KEPT_PX, _LOGO_KEPT_PX)), Image.Resampling.LANCZOS)
    return png(np.asarray(image))


def png(pixels: Rgba) -> bytes:
    """The picture as a PNG."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def undrawable(text: str) -> str:
    """The letters of the text that the font has no shape for."""
    face = ImageFont.truetype(font_file(), 40, index=FACE)
    missing = bytes(face.getmask(_NO_LETTER))
    seen = dict.fromkeys(letter for letter in text if not letter.isspace())
    return "".join(letter for letter in seen if bytes(face.getmask(letter)) == missing)


def drawn(
    logo: bytes,
    text: str,
    *,
    short_px: int,
    room_px: Size,
    logo_share: float,
    opacity: float,
    align: Literal["left", "right"],
) -> Rgba:
    """The mark for one picture, with even sides.

    Args:
        logo: a PNG; none where empty.
        text: one line, broken where it is wider than the room.
        short_px: the shorter side of the picture, which the sizes follow.
        room_px: the mark is no larger than this; even numbers.
        logo_share: the logo's longer side at most, as a share of ``short_px``; it is never enlarged.
        opacity: of all of it, 0 to 1.
        align: the side on which logo and text are flush.
    """
    parts = [_logo(logo, round(logo_share * short_px), room_px)] if logo else []
    parts += [_text(text, max(_TEXT_MIN_PX, round(short_px * _TEXT_SHARE)), room_px[0], align)] if text else []
    whole = _stacked(parts, round(short_px * _GAP_SHARE), align)
    if whole.width > room_px[0] or whole.height > room_px[1]:
        whole = whole.resize(contain(whole.size, room_px), Image.Resampling.LANCZOS)
    if opacity < 1:
        whole.putalpha(whole.getchannel("A").point([round(level * opacity) for level in range(256)]))
    return np.asarray(whole.crop((0, 0, whole.width + whole.width % 2, whole.height + whole.height % 2)))


def over(planes: Planes, mark: Rgba, at: tuple[int, int]) -> Planes:
    """The planes with the mark on them, its upper left corner at ``at``, both numbers even; only its place changes."""
    (x, y), (height, width) = at, mark.shape[:2]
    places = [(slice(y, y + height), slice(x, x + width))]
    half = 1 if planes.fine else 2
    places += [(slice(y // half, (y + height) // half), slice(x // half, (x + width) // half))] * 2
    ground = (np.ascontiguousarray(plane[place]) for plane, place in zip(planes, places, strict=True))
    mixed = image_of(Planes(*ground)).convert("RGBA")
    mixed.alpha_composite(Image.fromarray(mark))
    fresh = of_pixels(np.asarray(mixed.convert("RGB")), fine=planes.fine)
    copies = Planes(*(plane.copy() for plane in planes))
    for plane, place, values in zip(copies, places, fresh, strict=True):
        plane[place] = values
    return copies


def _logo(logo: bytes, side_px: int, room_px: Size) -> Image.Image:
    with Image.open(io.BytesIO(logo), formats=["PNG"]) as image:
        full = image.convert("RGBA")
    limit = min(side_px, *room_px)
    return full.resize(contain(full.size, (limit, limit)), Image.Resampling.LANCZOS)


def _text(text: str, text_px: int, room_px: int, align: Literal["left", "right"]) -> Image.Image:
    rim = max(2, round(text_px * _RIM_SHARE))
    around = 3 * rim
    face = ImageFont.truetype(font_file(), text_px, index=FACE)
    lines = "\n".join(wrapped(text, size_px=text_px, width_px=room_px - 2 * around))
    ruler = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = ruler.multiline_textbbox((0, 0), lines, font=face, align=align)
    size_px = int(right - left) + 2 * around + 1, int(bottom - top) + 2 * around + 1
    letters, rimmed = Image.new("L", size_px), Image.new("L", size_px)
    for layer, stroke in ((letters, 0), (rimmed, rim)):
        at = (around - left, around - top)
        ImageDraw.Draw(layer).multiline_text(at, lines, 255, face, align=align, stroke_width=stroke)
    shade = ImageChops.lighter(rimmed.point(lambda level: level * _RIM_ALPHA // 255), _soft(rimmed, rim))
    whole = Image.merge("RGBA", [*(Image.new("L", size_px) for _ in range(3)), ImageChops.lighter(shade, letters)])
    whole.paste((255, 255, 255, 255), mask=letters)
    return whole


def _soft(rimmed: Image.Image, rim: int) -> Image.Image:
    return rimmed.filter(ImageFilter.GaussianBlur(rim)).point(lambda level: level * 2 // 3)


def _stacked(parts: list[Image.Image], gap: int, align: Literal["left", "right"]) -> Image.Image:
    """The parts below each other."""
    width, height = max(part.width for part in parts), sum(part.height for part in parts) + gap * (len(parts) - 1)
    whole, y = Image.new("RGBA", (width, height)), 0
    for part in parts:
        whole.alpha_composite(part, (0 if align == "left" else width - part.width, y))
        y += part.height + gap
    return whole
