"""Subtitles drawn into the picture: one line's height is a twelfth of the shorter side, inside what apps leave free."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ttdn_assets.media.subtitles import Cue, Subtitles
from ttdn_assets.model import RenditionPlan
from ttdn_assets.tools.ffmpeg import capabilities, find_ffmpeg
from ttdn_assets.tools.ffmpeg_graph import Filter
from ttdn_assets.tools.fonts import FAMILY, LINE_HEIGHT, font_file, wrapped

_FILTER = "ass"
_FONTS = "fonts"
_LINE_SHARE = 1 / 12
_UPRIGHT = 0.7
"""Width over height up to which a clip is shown full screen under an app's buttons."""

_OUTLINE_SHARE = 0.06
_BREAK = r"\N"
_HEADER = """\
[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,{font},{size},&H00FFFFFF,&H20000000,&H80000000,0,1,{outline},0,2,{left},{right},{below},1

[Events]
Format: Layer, Start, End, Style, Text
"""


class _Margins(NamedTuple):
    left: float
    right: float
    below: float


_WIDE = _Margins(0.05, 0.05, 0.05)
_PHONE = _Margins(0.06, 0.235, 0.36)
"""Shares of width and height that are kept free: Meta asks for 6 % at the sides and 35 % below; TikTok's buttons take
250 of 1080 pixels at the right."""


def can_burn() -> bool:
    """Whether this machine's ffmpeg can draw subtitles."""
    return _FILTER in capabilities(find_ffmpeg()).filters


def burning(plan: RenditionPlan) -> tuple[Filter, ...]:
    """The filter that draws the plan's subtitles; it reads what ``write_burned`` has put into the folder of the run."""
    if plan.video is None or plan.video.burned is None:
        return ()
    return (Filter(_FILTER, {"filename": _file_name(plan), "fontsdir": _FONTS}),)


def write_burned(plan: RenditionPlan, subtitles: Sequence[Subtitles], folder: Path) -> None:
    """Put the subtitles that the plan names by digest, and the font, where ``burning`` looks for them."""
    if plan.video is None or plan.video.burned is None:
        return
    cues = next((one.cues for one in subtitles if one.sha256 == plan.video.burned), ())
    (folder / _file_name(plan)).write_text(script(cues, plan.size_px), encoding="utf-8", newline="\n")
    if not (folder / _FONTS).exists():
        (folder / _FONTS).mkdir()
        shutil.copyfile(font_file(), folder / _FONTS / font_file().name)


def script(cues: Sequence[Cue], size_px: tuple[int, int]) -> str:
    """The cues as an ASS script for pictures of this size, broken into lines that fit."""
    width, height = size_px
    margins = _PHONE if width / height < _UPRIGHT else _WIDE
    line_px = min(size_px) * _LINE_SHARE
    room_px = width * (1 - margins.left - margins.right)
    header = _HEADER.format(
        width=width,
        height=height,
        font=FAMILY,
        size=round(line_px, 1),
        outline=round(line_px * _OUTLINE_SHARE, 1),
        left=round(width * margins.left),
        right=round(width * margins.right),
        below=round(height * margins.below),
    )
    return header + "".join(_events(cues, line_px / LINE_HEIGHT, room_px))


def _events(cues: Sequence[Cue], size_px: float, room_px: float) -> Iterator[str]:
    for cue in cues:
        lines = wrapped(_harmless(cue.text), size_px=size_px, width_px=room_px)
        yield f"Dialogue: 0,{_time(cue.start_s)},{_time(cue.end_s)},Default,{_BREAK.join(lines)}\n"


def _harmless(text: str) -> str:
    """The text without what the script language takes for commands."""
    return text.replace("\\", "⧵").replace("{", "(").replace("}", ")")


def _time(seconds: float) -> str:
    whole, hundredths = divmod(round(seconds * 100), 100)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}.{hundredths:02d}"


def _file_name(plan: RenditionPlan) -> str:
    return f"{plan.recipe[:32]}.ass"
