"""What lies beside a clip in a submission: a picture to stand for it, and subtitles where the platform takes a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ttdn_assets.errors import AssetsError
from ttdn_assets.media.probe import probe
from ttdn_assets.media.subtitles import Subtitles, srt
from ttdn_assets.model import Finding, Lang, Placement
from ttdn_assets.renditions.video_frames import poster
from ttdn_assets.tools.files import os_errors, write_whole
from ttdn_assets.tools.thumbnails import still_jpeg

_POSTER_BYTES_MAX = 2_000_000
"""What every platform's cover may weigh: YouTube's limit in the older copies of its page, the lowest of all."""

_LOCALES: dict[Lang, str] = {"vi": "vi_VN", "en": "en_US", "zh": "zh_CN", "zh-Hant": "zh_TW"}
"""Facebook refuses files that are not called ``name.ll_CC.srt``; the others take any name."""


def write_poster(clip: Path) -> tuple[Path | None, tuple[Finding, ...]]:
    """The frame that shows most as ``clip.poster.jpg``, at the clip's size; a warning where there is none.

    Raises:
        ToolError: ``disk-full``.
    """
    try:
        shown = poster(clip, probe(clip))
    except AssetsError as error:
        told = Finding(rule="poster-missing", level="warning", subject=clip.name, cause=error.failure())
        return None, (told,)
    target = clip.with_suffix(".poster.jpg")
    with os_errors(target):
        write_whole(target, still_jpeg(shown.pixels, bytes_max=_POSTER_BYTES_MAX))
    return target, ()


def write_subtitles(
    clip: Path, subtitles: Sequence[Subtitles], placements: Sequence[str], rules: Mapping[str, Placement]
) -> list[Path]:
    """The subtitle files of every language, where one of the clip's placements takes them.

    Raises:
        ToolError: ``disk-full``.
    """
    if all(rules[name].subtitles != "sidecar" for name in placements):
        return []
    written = []
    for one in subtitles:
        target = clip.with_suffix(f".{_LOCALES.get(one.lang, one.lang)}.srt")
        with os_errors(target):
            write_whole(target, srt(one).encode("utf-8"))
        written.append(target)
    return written
