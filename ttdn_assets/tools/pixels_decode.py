"""A picture file -> upright sRGB pixels, decoded once, refused when broken or oversized.

Decoding runs to the end of the file (a truncated one is an error, never a grey half), then strip by strip through
colour conversion and turning into one array, so that Pillow's own copy is the only second one.  A sound JPEG comes
straight from libjpeg-turbo as that array.  JPEGs are decoded at 1/2, 1/4 or 1/8 of their size by the transform itself
where the caller needs no more.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile

from ttdn_assets.errors import AssetsError, MediaError
from ttdn_assets.geometry import upright_size
from ttdn_assets.model import MediaFacts
from ttdn_assets.tools import jpeg
from ttdn_assets.tools.colour import Convert, converter, tone_mapper
from ttdn_assets.tools.files import os_errors
from ttdn_assets.tools.ifd import Directory, Tiff, integer, integers
from ttdn_assets.tools.opencv import opencv
from ttdn_assets.tools.pixels import Picture, Pixels
from ttdn_assets.tools.pixels_deep import LEVELS, Deep, deep_pixels

_FORMATS = ["JPEG", "PNG", "TIFF", "WEBP", "GIF", "AVIF", "BMP", "DIB"]
_STRIP_ROWS = 128
_SPARE = 1.6
"""A scaled decode keeps at least this many times the width needed, so that its edges and its grid do not show."""
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ROTATE = {3: "ROTATE_180", 6: "ROTATE_90_CLOCKWISE", 8: "ROTATE_90_COUNTERCLOCKWISE"}
"""What OpenCV turns in a third of the time."""
_CUT_SHORT = ("truncated", "not processed", "end of file", "end-of-file", "eof", "premature")


def decode(path: Path, facts: MediaFacts, *, pixels_max: int, scale_needed: float = 1.0) -> Picture:
    """The first picture of the file, upright, in sRGB.

    Args:
        path: the file.
        facts: what ``probe`` found; its ``orientation`` is what the decoder leaves to be done, its ``hdr`` the curve.
        pixels_max: more pixels than this are refused before anything is decoded.
        scale_needed: the share of the full width that is enough; a JPEG may then be decoded smaller.

    Raises:
        MediaError: ``photo-too-large``, ``photo-truncated``, ``photo-broken`` or ``photo-no-heic``.
    """
    _within(path, facts.stored_size_px, pixels_max=pixels_max)
    with _media_errors(path), contextlib.ExitStack() as stack:
        if (deep := deep_pixels(path, facts)) is not None:
            return _toned(path, facts, deep)
        stream = stack.enter_context(path.open("rb"))
        source = io.BytesIO(_largest_preview(path, stream)) if facts.format == "dng" else stream
        image = stack.enter_context(_open(path, source, facts))
        _within(path, image.size, pixels_max=pixels_max)
        if (shown := facts.aperture) is not None:
            image = image.crop((shown.x, shown.y, shown.x + shown.width_px, shown.y + shown.height_px))
        image = _framed(image)
        full_px = upright_size(image.size, facts.orientation)
        pixels = _sound_jpeg(image, source, scale_needed)
        if pixels is None:
            image.load()
        convert, is_srgb = converter(image, hdr=facts.hdr, named=facts.named_colour, adobe_rgb=facts.adobe_rgb)
        if pixels is None:
            pixels = _upright(image, facts.orientation, convert)
        else:
            pixels = _turned(pixels if is_srgb else _converted(pixels, convert), facts.orientation)
    copyable = is_srgb and facts.orientation == 1 and facts.format != "dng"
    return Picture(path, pixels, _claimed(full_px, facts), format=facts.format, copyable=copyable)


def _toned(path: Path, facts: MediaFacts, deep: Deep) -> Picture:
    assert facts.hdr is not None
    if (shown := facts.aperture) is not None:
        deep = deep[shown.y : shown.y + shown.height_px, shown.x : shown.x + shown.width_px]
    tone_map = tone_mapper(facts.hdr, facts.named_colour, levels=LEVELS)
    pixels = np.empty(deep.shape, np.uint8)
    for top in range(0, len(deep), _STRIP_ROWS):
        pixels[top : top + _STRIP_ROWS] = tone_map(deep[top : top + _STRIP_ROWS])
    upright = _turned(pixels, facts.orientation)
    return Picture(path, upright, (upright.shape[1], upright.shape[0]), format=facts.format)


def _within(path: Path, size_px: tuple[int, int], *, pixels_max: int) -> None:
    pixels = size_px[0] * size_px[1]
    if pixels > pixels_max:
        raise MediaError("photo-too-large", {"path": path, "pixels": pixels, "limit": pixels_max})


@contextlib.contextmanager
def _media_errors(path: Path) -> Iterator[None]:
    """Map whatever a decoder raises; Pillow alone raises SyntaxError, TypeError, ValueError, struct.error and more.

    Pillow's own limit on pixels is lifted inside, because the house has checked its own.
    """
    limit = Image.MAX_IMAGE_PIXELS
    try:
        Image.MAX_IMAGE_PIXELS = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (AssetsError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            with os_errors(path):
                raise
        reason = str(error) or type(error).__name__
        if any(sign in reason.lower() for sign in _CUT_SHORT):
            raise MediaError("photo-truncated", {"path": path}) from error
        raise MediaError("photo-broken", {"path": path, "reason": reason}) from error
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _open(path: Path, source: BinaryIO, facts: MediaFacts) -> Image.Image:
    if facts.format == "dng":
        return Image.open(source, formats=["JPEG"])
    if facts.format in ("heic", "heif", "hif"):
        if not _can_heif():
            raise MediaError("photo-no-heic", {"path": path})
        return Image.open(source, formats=["HEIF"])
    return Image.open(source, formats=_FORMATS)


@cache
def _can_heif() -> bool:
    """Whether Pillow can open HEIC here; there is no wheel of the decoder for Windows on ARM."""
    try:
        import pi_heif
    except ImportError:
        return False
    pi_heif.register_heif_opener(thumbnails=False)
    return True


def _framed(image: Image.Image) -> Image.Image:
    """Where the first frame of a GIF leaves part of the screen free, that part is clear, as browsers show it."""
    if not isinstance(image, ImageFile.ImageFile) or image.format != "GIF" or "transparency" in image.info:
        return image
    covered = image.tile[0][1]
    if covered == (0, 0, *image.size):
        return image
    seen = Image.new("L", image.size, 0)
    seen.paste(255, covered)
    whole = image.convert("RGBA")
    whole.putalpha(seen)
    return whole


def _draft_px(size_px: tuple[int, int], scale_needed: float) -> tuple[int, int]:
    part = next((part for part in (8, 4, 2) if part * scale_needed * _SPARE <= 1), 1)
    return max(1, size_px[0] // part), max(1, size_px[1] // part)


def _claimed(full_px: tuple[int, int], facts: MediaFacts) -> tuple[int, int]:
    """The size the facts state where it is the same picture larger (a raw file's preview), else what was decoded."""
    width, height = facts.size_px
    same_shape = abs(width * full_px[1] - height * full_px[0]) <= 0.02 * width * full_px[1]
    return facts.size_px if same_shape and width >= full_px[0] else full_px


def _sound_jpeg(image: Image.Image, source: BinaryIO, scale_needed: float) -> Pixels | None:
    """The stored pixels of an RGB JPEG, decoded apart from ``image``; ``None`` for any other, left for it to load."""
    if image.format not in ("JPEG", "MPO"):
        return None
    least_px = _draft_px(image.size, scale_needed)
    pixels = None
    if image.mode == "RGB":
        at = source.tell()
        source.seek(0)
        pixels = jpeg.decoded(source.read(), least_px)
        source.seek(at)
    if pixels is None:
        image.draft(None, least_px)
    return pixels


def _converted(pixels: Pixels, convert: Convert) -> Pixels:
    """The same array, converted in place."""
    for top in range(0, len(pixels), _STRIP_ROWS):
        strip = pixels[top : top + _STRIP_ROWS]
        strip[:] = convert(Image.fromarray(strip))
    return pixels


def _turned(pixels: Pixels, orientation: int) -> Pixels:
    cv2 = opencv()
    if orientation in _ROTATE and cv2 is not None:
        turned: Pixels = cv2.rotate(pixels, getattr(cv2, _ROTATE[orientation]))
        return turned
    if orientation in _TRANSPOSE:
        return np.asarray(Image.fromarray(pixels).transpose(_TRANSPOSE[orientation]))
    return pixels


def _upright(image: Image.Image, orientation: int, convert: Convert) -> Pixels:
    """All strips of the decoded image, converted, each put where it belongs in the upright picture."""
    width, height = image.size
    out: Pixels | None = None
    for top in range(0, height, _STRIP_ROWS):
        strip = image.crop((0, top, width, min(top + _STRIP_ROWS, height)))
        pixels = convert(strip.transpose(_TRANSPOSE[orientation]) if orientation in _TRANSPOSE else strip)
        if out is None:
            upright_w, upright_h = upright_size(image.size, orientation)
            out = np.empty((upright_h, upright_w, pixels.shape[2]), np.uint8)
        _place(pixels, out, top=top, orientation=orientation)
    if out is None:
        raise ValueError("a picture without rows")
    return out[..., :3] if out.shape[2] == 4 and out[..., 3].min() == 255 else out


def _place(strip: Pixels, out: Pixels, *, top: int, orientation: int) -> None:
    """Put the turned strip that began at stored row ``top``: stored rows become rows or columns, from either end."""
    rows = strip.shape[1] if orientation >= 5 else strip.shape[0]
    along = out.shape[1] if orientation >= 5 else out.shape[0]
    start = along - top - rows if orientation in (3, 4, 6, 7) else top
    if orientation >= 5:
        out[:, start : start + rows] = strip
    else:
        out[start : start + rows] = strip


_STRIP_OFFSETS, _STRIP_BYTES, _JPEG_OFFSET, _JPEG_BYTES = 273, 279, 513, 514


def _largest_preview(path: Path, stream: BinaryIO) -> bytes:
    """The largest JPEG in a DNG that a JPEG decoder can read, not the lossless kind (SOF3) that holds raw samples."""
    tiff = Tiff(stream)
    pages = list(tiff.pages())
    directories = [*pages, *(child for page in pages for child in tiff.children(page))]
    places = sorted((place for d in directories for place in _jpeg_places(d)), key=lambda place: -place[1])
    for offset, length in places:
        stream.seek(offset)
        data = stream.read(length)
        if data.startswith(b"\xff\xd8\xff") and b"\xff\xc3\x00" not in data[:4096]:
            if len(data) < length:
                raise MediaError("photo-truncated", {"path": path})
            return data
        if not data:
            raise MediaError("photo-truncated", {"path": path})
    raise ValueError("a raw picture without a preview")


def _jpeg_places(directory: Directory) -> Iterator[tuple[int, int]]:
    offsets, sizes = integers(directory, _STRIP_OFFSETS), integers(directory, _STRIP_BYTES)
    if len(offsets) == 1 == len(sizes):
        yield offsets[0], sizes[0]
    if offset := integer(directory, _JPEG_OFFSET, 0):
        yield offset, integer(directory, _JPEG_BYTES, 0)
