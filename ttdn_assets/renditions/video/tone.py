"""HDR and wide-gamut pictures to SDR BT.709: PQ by filters where ffmpeg has zscale and tonemap, else by a colour table.

HLG always goes by the table: zscale takes its display light otherwise than BT.2100 says (a CIEDE2000 of 2.6 in the mean
instead of 0.5).  Both ways hold diffuse white at 203 cd/m² (ITU-R BT.2408-7, table 1), keep tones below 0.3 of it as
they are, bend those above smoothly (the curve ffmpeg calls mobius) so that 1,000 cd/m² becomes white, and clip what is
brighter or outside BT.709.  Dolby Vision profile 8.4 is coded as HLG and shown as that.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ttdn_assets.model import VideoFacts
from ttdn_assets.renditions.tolerances import is_large
from ttdn_assets.tools.ffmpeg import Capabilities
from ttdn_assets.tools.ffmpeg_graph import Filter

TABLE_NAME = "tone.cube"
TRANSFERS = ("smpte2084", "arib-std-b67")
WIDE = ("bt2020", "smpte431", "smpte432")

_WHITE_NITS = 203.0
_PEAK_NITS = 1000.0
_PEAK = _PEAK_NITS / _WHITE_NITS
_KNEE = 0.3
_TABLE_POINTS = 33

_PQ = (2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32)
"""m1, m2, c1, c2, c3 of SMPTE ST 2084."""
_HLG_A, _HLG_B, _HLG_C, _HLG_GAMMA = 0.17883277, 0.28466892, 0.55991073, 1.2
"""ITU-R BT.2100-2, table 5; gamma for a display of 1,000 cd/m²."""
_LUMA_2020 = (0.2627, 0.6780, 0.0593)
_TO_709 = (
    (1.660491, -0.587641, -0.072850),
    (-0.124550, 1.132900, -0.008349),
    (-0.018151, -0.100579, 1.118730),
)
"""Linear BT.2020 to BT.709, ITU-R BT.2087-0 inverted."""


def is_hdr(video: VideoFacts) -> bool:
    """Whether the clip is coded with PQ or HLG."""
    return video.transfer in TRANSFERS


def can_filter(video: VideoFacts, able: Capabilities, size_px: tuple[int, int]) -> bool:
    """Whether ``by_filters`` does on this ffmpeg what the table does, in little memory: it takes 12 bytes a pixel."""
    return not is_large(size_px) and video.transfer == "smpte2084" and {"zscale", "tonemap"} <= able.filters


def needs_zscale(video: VideoFacts) -> bool:
    """Whether colours must be carried from a wider gamut; without zscale only their matrix is."""
    return not is_hdr(video) and video.primaries in WIDE


def by_filters(video: VideoFacts) -> tuple[Filter, ...]:
    """Tone mapping in linear light; comes out as 8-bit limited BT.709."""
    return (
        _named(video, "bt2020"),
        Filter("zscale", {"transfer": "linear", "npl": _WHITE_NITS}),
        Filter("format", {"pix_fmts": "gbrpf32le"}),
        Filter("zscale", {"primaries": "bt709"}),
        Filter("tonemap", {"tonemap": "mobius", "param": _KNEE, "peak": round(_PEAK, 4), "desat": 0}),
        Filter("zscale", {"transfer": "bt709", "matrix": "bt709", "range": "limited"}),
        Filter("format", {"pix_fmts": "yuv420p"}),
    )


def by_table(video: VideoFacts) -> tuple[Filter, ...]:
    """The same through the colour table that ``table`` writes, in the working folder of the run."""
    given = {"in_color_matrix": "bt2020", "in_range": "pc" if video.full_range else "tv"}
    made = {"out_color_matrix": "bt709", "out_range": "tv"}
    return (
        Filter("scale", {**given, "flags": "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"}),
        Filter("format", {"pix_fmts": "gbrp10le"}),
        Filter("lut3d", {"file": TABLE_NAME, "interp": "tetrahedral"}),
        Filter("scale", {**made, "flags": "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"}),
        Filter("format", {"pix_fmts": "yuv420p"}),
    )


def narrowed(video: VideoFacts) -> tuple[Filter, ...]:
    """SDR colours of a wider gamut as BT.709; needs zscale."""
    options = {"primaries": "bt709", "transfer": "bt709", "matrix": "bt709", "range": "limited"}
    return _named(video, "bt709"), Filter("zscale", options), Filter("format", {"pix_fmts": "yuv420p"})


def _named(video: VideoFacts, primaries: str) -> Filter:
    """What the source's colours are, said outright: frames often do not carry it themselves."""
    known = video.primaries or primaries
    colours = {
        "color_primaries": known,
        "color_trc": video.transfer or "bt709",
        "colorspace": video.matrix or ("bt2020nc" if known == "bt2020" else "bt709"),
        "range": "pc" if video.full_range else "tv",
    }
    return Filter("setparams", colours)


def write_table(video: VideoFacts | None, folder: Path) -> None:
    """Put the colour table of an HDR clip where ``by_table`` looks for it."""
    if video is not None and is_hdr(video):
        (folder / TABLE_NAME).write_text(table(video.transfer or ""), encoding="ascii")


def table(transfer: str) -> str:
    """The colour table for PQ or HLG in BT.2020, in the format ``.cube`` (red changes fastest)."""
    lines = [f"LUT_3D_SIZE {_TABLE_POINTS}"]
    lines += [f"{red:.6f} {green:.6f} {blue:.6f}" for red, green, blue in _entries(transfer)]
    return "\n".join(lines) + "\n"


def _entries(transfer: str) -> Iterator[tuple[float, ...]]:
    steps = [index / (_TABLE_POINTS - 1) for index in range(_TABLE_POINTS)]
    lights = [_pq_light(step) if transfer == "smpte2084" else _hlg_scene(step) for step in steps]
    for blue in lights:
        for green in lights:
            for red in lights:
                shown = (red, green, blue) if transfer == "smpte2084" else _hlg_shown(red, green, blue)
                yield _mapped(shown)


def _pq_light(signal: float) -> float:
    """Light as a multiple of diffuse white."""
    m1, m2, c1, c2, c3 = _PQ
    power = signal ** (1 / m2)
    return float((max(power - c1, 0.0) / (c2 - c3 * power)) ** (1 / m1) * 10_000 / _WHITE_NITS)


def _hlg_scene(signal: float) -> float:
    """Scene light, 0..1."""
    if signal <= 0.5:
        return signal * signal / 3
    return float((2.718281828459045 ** ((signal - _HLG_C) / _HLG_A) + _HLG_B) / 12)


def _hlg_shown(red: float, green: float, blue: float) -> tuple[float, float, float]:
    """What a display of 1,000 cd/m² shows, as multiples of diffuse white."""
    luma = sum(weight * light for weight, light in zip(_LUMA_2020, (red, green, blue), strict=True))
    gain = luma ** (_HLG_GAMMA - 1) * _PEAK if luma > 0 else 0.0
    return red * gain, green * gain, blue * gain


def _mapped(light: tuple[float, float, float]) -> tuple[float, ...]:
    narrow = [max(0.0, sum(weight * part for weight, part in zip(row, light, strict=True))) for row in _TO_709]
    brightest = max(*narrow, 1e-6)
    scale = _bent(brightest) / brightest
    return tuple(_signal(min(1.0, part * scale)) for part in narrow)


def _bent(light: float) -> float:
    """The mobius curve: straight up to the knee, then bent so that the peak becomes 1."""
    if light <= _KNEE:
        return light
    a = -_KNEE * _KNEE * (_PEAK - 1) / (_KNEE * _KNEE - 2 * _KNEE + _PEAK)
    b = (_KNEE * _KNEE - 2 * _KNEE * _PEAK + _PEAK) / (_PEAK - 1)
    return (b * b + 2 * b * _KNEE + _KNEE * _KNEE) / (b - a) * (light + a) / (light + b)


def _signal(light: float) -> float:
    """What makes a display of ITU-R BT.1886 show this light."""
    return float(light ** (1 / 2.4))
