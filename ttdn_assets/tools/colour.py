"""Decoded pixels of any mode and profile -> sRGB, 8 bits a channel.

* ICC profiles by LittleCMS, relative colorimetric with black point compensation; a damaged profile counts as sRGB.
* CMYK without a profile: the Neugebauer equations (H. E. J. Neugebauer, 1937) over the sRGB values that offset inks on
  coated paper (SWOP) are commonly given, interpolated between coded values, which stands for the dots' gain.
* PQ and HLG: light by the functions of ITU-R BT.2100-2 (HLG with the system gamma 1.2 of a 1,000 cd/m² display), peak
  lowered to the reference white of 203 cd/m² (ITU-R BT.2408) by the knee of ITU-R BT.2390 §5.4.1 on the largest of
  the three channels, so that hues stay; then the primaries the file names to those of sRGB, and its curve.
* No profile, but a colour space named by ITU-T H.273 (AVIF, HEIF, PNG) or by EXIF (Adobe RGB): a profile is made of it.
* More than 8 bits of grey: whole numbers by their range, floating point as 0..1; a TIFF may count down from white.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageCms

from ttdn_assets.model import Hdr, NamedColour
from ttdn_assets.tools import icc

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Convert = Callable[[Image.Image], Pixels]
"""A strip as decoded -> (height, width, 3 or 4) sRGB."""

SRGB_PROFILE = icc.profile(icc.SRGB)

_ALPHA_MODES = ("RGBA", "LA", "PA", "La", "RGBa")
_PROFILE_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}
_SAME_LEVELS = 2
_CODE_STEPS = 16384
_BITS, _PHOTOMETRIC, _WHITE_IS_ZERO, _TWELVE_BITS = 258, 262, 0, 4095
_REFERENCE_WHITE_CD_M2 = 203.0
_SOURCE_PEAK_CD_M2 = 1000.0
_SPACES = {1: icc.SRGB, 9: icc.BT2020, 11: icc.DISPLAY_P3, 12: icc.DISPLAY_P3}
"""By primaries of ITU-T H.273."""

_CURVES = {4: (2.2,), 5: (2.8,), 8: (1.0,)}
"""By transfer of ITU-T H.273, where it is not sRGB's or one of video's, which pictures are shown as sRGB with."""

_PAPER, _CYAN, _MAGENTA, _YELLOW = (255, 255, 255), (0, 174, 239), (236, 0, 140), (255, 242, 0)
_BLUE, _GREEN, _RED, _CMY, _BLACK = (46, 49, 146), (0, 166, 81), (237, 28, 36), (54, 54, 57), (35, 31, 32)


def converter(
    image: Image.Image, *, hdr: Hdr | None, named: NamedColour | None = None, adobe_rgb: bool = False
) -> tuple[Convert, bool]:
    """How strips of ``image`` become sRGB, and whether its colours are sRGB as they stand.

    Args:
        image: as opened; its profile is looked at.
        hdr: the curve its values follow, where that is no common one.
        named: the colour space its container names.
        adobe_rgb: whether EXIF names Adobe RGB.
    """
    if hdr in ("pq", "hlg"):
        tone_map = tone_mapper(hdr, named, levels=256)
        return lambda strip: tone_map(_array(_base(strip, "RGB"))), False
    has_alpha = image.mode in _ALPHA_MODES or "transparency" in image.info
    mode = _base_mode(image)
    turn, deep = _profiled(image, mode, _stated_space(named, adobe_rgb=adobe_rgb)), _deep(image)
    if turn is None and mode == "CMYK":
        return _without_profile, False

    def plain(strip: Image.Image) -> Pixels:
        base = _base(strip, mode, deep)
        return _array(base if turn is None else turn(base))

    def with_alpha(strip: Image.Image) -> Pixels:
        if deep is not None:
            alpha = np.where(np.asarray(strip) == deep.clear, 0, 255)
            return np.dstack([plain(strip), alpha.astype(np.uint8)])
        full = strip.convert("RGBA")
        return np.dstack([plain(full.convert("RGB")), np.asarray(full.getchannel("A"))])

    return with_alpha if has_alpha else plain, turn is None and mode in ("RGB", "L")


def _base_mode(image: Image.Image) -> str:
    """The mode to look at colours in: grey, RGB, CMYK or Lab."""
    if image.mode in ("CMYK", "LAB"):
        return image.mode
    return "L" if image.mode in ("1", "L", "LA", "La") or _is_deep(image) else "RGB"


class _Deep(NamedTuple):
    """How grey of more than 8 bits is coded: its highest value, whether that is black, and the value not to be seen."""

    top: int = 65535
    negative: bool = False
    clear: int | None = None


def _deep(image: Image.Image) -> _Deep | None:
    """What the header says, which Pillow heeds up to 8 bits alone; ``None`` for a picture that has no more."""
    if not _is_deep(image):
        return None
    tags = getattr(image, "tag_v2", {})
    top = _TWELVE_BITS if tuple(tags.get(_BITS, ())) == (12,) else 65535
    return _Deep(top, tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO, image.info.get("transparency"))


def _is_deep(image: Image.Image) -> bool:
    return image.mode == "F" or image.mode.startswith("I")


def _base(strip: Image.Image, mode: str, deep: _Deep | None = None) -> Image.Image:
    if _is_deep(strip):
        strip = Image.fromarray(_eight_bits(np.asarray(strip), deep or _Deep()))
    return strip if strip.mode == mode else strip.convert(mode)


def _eight_bits(values: NDArray[Any], deep: _Deep) -> Pixels:
    """Deep grey values as 8 bits: 16-bit and 32-bit whole numbers by their range, floating point as 0..1."""
    if values.dtype.kind == "f":
        levels = np.asarray(np.rint(np.clip(np.nan_to_num(values), 0, 1) * 255), np.uint8)
    else:
        levels = ((np.clip(values, 0, deep.top).astype(np.uint32) * 255 + deep.top // 2) // deep.top).astype(np.uint8)
    return 255 - levels if deep.negative else levels


def _array(strip: Image.Image) -> Pixels:
    return np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"), np.uint8)


Turn = Callable[[Image.Image], Image.Image]


def _profiled(image: Image.Image, mode: str, stated: icc.Space | None) -> Turn | None:
    """The way to sRGB by the file's profile, else by the space it states; ``None`` where neither says another."""
    block = image.info.get("icc_profile") or (icc.profile(stated) if stated and stated != icc.SRGB else None)
    if mode == "LAB":
        block = None
    elif not block:
        return None if stated else _gamma(image, mode)
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        if not block:
            return _transform(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), "LAB")
        source = ImageCms.ImageCmsProfile(io.BytesIO(block))
        found = _PROFILE_MODES.get(source.profile.xcolor_space, "")
        return _transform(source, found) if found == mode or (found, mode) == ("RGB", "L") else None
    return None


def _transform(source: ImageCms.ImageCmsProfile, found: str) -> Turn | None:
    transform = ImageCms.buildTransform(
        source,
        ImageCms.ImageCmsProfile(io.BytesIO(SRGB_PROFILE)),
        found,
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )

    def turn(strip: Image.Image) -> Image.Image:
        turned = ImageCms.applyTransform(strip if strip.mode == found else strip.convert(found), transform)
        return strip if turned is None else turned

    return None if found in ("RGB", "L") and _changes_nothing(turn, found) else turn


def _changes_nothing(turn: Turn, mode: str) -> bool:
    """Whether the colours of a 9 x 9 x 9 cube stay within two levels: the profile says sRGB in its own words."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(27, 27, 3)
    probe = Image.fromarray(cube if mode == "RGB" else cube[..., 0].copy())
    before, after = _array(probe).astype(np.int16), _array(turn(probe)).astype(np.int16)
    return bool(np.abs(after - before).max() <= _SAME_LEVELS)


def _stated_space(named: NamedColour | None, *, adobe_rgb: bool) -> icc.Space | None:
    """The space that the container, else EXIF names."""
    if named is None:
        return icc.ADOBE_RGB if adobe_rgb else None
    space = _SPACES.get(named.primaries, icc.SRGB)
    return space._replace(curve=_CURVES.get(named.transfer, space.curve))


def _gamma(image: Image.Image, mode: str) -> Turn | None:
    """The curve of a PNG that states another gamma than sRGB's 1/2.2 and has no profile (PNG 3rd edition, gAMA)."""
    gamma = image.info.get("gamma")
    if image.format != "PNG" or "srgb" in image.info or not isinstance(gamma, float) or not 0.1 < gamma < 4:
        return None
    power = (1 / 2.2) / gamma
    if abs(power - 1) < 0.05:
        return None
    table = [round(255 * (level / 255) ** power) for level in range(256)]
    return lambda strip: strip.point(table * len(strip.getbands()))


def _without_profile(strip: Image.Image) -> Pixels:
    ink = np.asarray(strip).astype(np.float32) / 255
    c, m, y, k = np.split(ink, 4, axis=-1)

    def between(none: ArrayLike, full: ArrayLike, share: NDArray[Any]) -> Floats:
        low, high = np.asarray(none, np.float32), np.asarray(full, np.float32)
        return np.asarray(low + (high - low) * share, np.float32)

    without_yellow = between(between(_PAPER, _CYAN, c), between(_MAGENTA, _BLUE, c), m)
    with_yellow = between(between(_YELLOW, _GREEN, c), between(_RED, _CMY, c), m)
    colours = between(without_yellow, with_yellow, y)
    black = colours * (np.asarray(_BLACK, np.float32) / 255)
    return np.clip(np.rint(between(colours, black, k)), 0, 255).astype(np.uint8)


def tone_mapper(hdr: Hdr, named: NamedColour | None, *, levels: int) -> Callable[[NDArray[Any]], Pixels]:
    """PQ or HLG codes, 0 to ``levels`` - 1 -> sRGB; what depends on one value alone is looked up."""
    codes = np.linspace(0, 1, levels, dtype=np.float32)
    light_of = _pq_light(codes) if hdr == "pq" else _hlg_scene(codes)
    to_srgb = _to_srgb(_SPACES.get(named.primaries, icc.BT2020) if named else icc.BT2020)
    largest = _pq_light(np.linspace(0.02, 1, 512, dtype=np.float32))
    gain = _knee(largest) / largest / _REFERENCE_WHITE_CD_M2
    steps = np.linspace(0, 1, _CODE_STEPS + 1)
    coded = np.where(steps <= 0.0031308, steps * 12.92, 1.055 * steps ** (1 / 2.4) - 0.055)
    code_of = np.rint(coded * 255).astype(np.uint8)

    def tone_map(code: NDArray[Any]) -> Pixels:
        light = light_of[code] if hdr == "pq" else _hlg_display(light_of[code])
        lowered = light * np.interp(light.max(-1), largest, gain).astype(np.float32)[..., None]
        linear = np.clip(lowered @ to_srgb.T, 0, 1)
        return np.asarray(code_of[np.rint(linear * _CODE_STEPS).astype(np.intp)], np.uint8)

    return tone_map


def _to_srgb(space: icc.Space) -> Floats:
    """The matrix from light of a space's primaries to light of sRGB's."""
    there, here = (np.array([one.red, one.green, one.blue]).T for one in (space, icc.SRGB))
    return np.asarray(np.linalg.solve(here, there), np.float32)


_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def _pq_light(code: Floats) -> Floats:
    """The light of PQ code values, cd/m²."""
    root = np.power(np.clip(code, 0, 1), 1 / _M2)
    light = 10_000 * np.power(np.maximum(root - _C1, 0) / (_C2 - _C3 * root), 1 / _M1)
    return np.asarray(light, np.float32)


def _pq_code(light: Floats) -> Floats:
    power = np.power(np.clip(light / 10_000, 0, 1), _M1)
    return np.asarray(np.power((_C1 + _C2 * power) / (1 + _C3 * power), _M2), np.float32)


def _hlg_scene(code: Floats) -> Floats:
    """The light of the scene, 0..1, that HLG code values stand for."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.asarray(np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12), np.float32)


def _hlg_display(scene: Floats) -> Floats:
    """The light a 1,000 cd/m² display makes of it."""
    luma = scene @ np.array([0.2627, 0.678, 0.0593], np.float32)
    return np.asarray(scene * (_SOURCE_PEAK_CD_M2 * np.power(np.maximum(luma, 1e-6), 0.2))[..., None], np.float32)


def _knee(light: Floats) -> Floats:
    """Light with its peak of 1,000 lowered to 203 cd/m²; what is darker than the knee stays."""
    peak = _pq_code(np.array([_SOURCE_PEAK_CD_M2, _REFERENCE_WHITE_CD_M2], np.float32))
    top = float(peak[1] / peak[0])
    start = 1.5 * top - 0.5
    level = np.clip(_pq_code(light) / peak[0], 0, 1)
    t = np.clip((level - start) / (1 - start), 0, 1)
    curve = (2 * t**3 - 3 * t**2 + 1) * start + (t**3 - 2 * t**2 + t) * (1 - start) + (-2 * t**3 + 3 * t**2) * top
    return _pq_light(np.asarray(np.where(level < start, level, curve) * peak[0], np.float32))
