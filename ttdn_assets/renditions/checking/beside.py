"""What lies beside a clip, measured anew: its poster and its subtitles, however they were made.

The clip is the one of the same name in the same folder; where it is not there, what depends on it is left out.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from ttdn_assets.errors import AssetsError
from ttdn_assets.media.probe import probe
from ttdn_assets.media.subtitles import MARKUP
from ttdn_assets.model import MediaFacts, Placement
from ttdn_assets.renditions.checking.faults import Fault, broken, outside
from ttdn_assets.renditions.checking.photo import photo_faults
from ttdn_assets.renditions.checking.photo_bytes import read_photo
from ttdn_assets.renditions.checking.private import photo_marks
from ttdn_assets.renditions.tolerances import DURATION_TOLERANCE_S
from ttdn_assets.tools.key_pictures import detail_of

POSTER_ENDING = ".poster.jpg"
SUBTITLES_ENDING = ".srt"
_CLIP_ENDINGS = (".mp4", ".mov", ".m4v", ".webm", ".avi")
_BOM = b"\xef\xbb\xbf"
_EMPTY = 0.05
"""Grey levels from one pixel to the next, in the mean: less has a picture of one colour, or one that is all dark."""

_TIME = r"(\d{2,3}):([0-5]\d):([0-5]\d),(\d{3})"
_CUE = re.compile(rf"\d+\n{_TIME} --> {_TIME}\n(.+)", re.DOTALL)
_NAMED = re.compile(r".+\.[a-z]{2,3}_[A-Z]{2}\.srt")
_LANGUAGE = re.compile(r"\.[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?$")


class _Cue(NamedTuple):
    start_s: float
    end_s: float
    text: str


def lies_beside(path: Path) -> bool:
    """Whether a file of that name stands beside a clip."""
    return path.name.lower().endswith((POSTER_ENDING, SUBTITLES_ENDING))


def beside_faults(path: Path, placement: Placement, size_bytes: int) -> list[Fault]:
    """Every rule of the clip's placement that a poster or a subtitle file breaks."""
    if path.name.lower().endswith(POSTER_ENDING):
        return _poster_faults(path, placement, size_bytes)
    return _subtitle_faults(path, placement, size_bytes)


def _clip_beside(path: Path, stem: str) -> MediaFacts | None:
    for ending in _CLIP_ENDINGS:
        with contextlib.suppress(AssetsError):
            return probe(path.with_name(stem + ending))
    return None


def _poster_faults(path: Path, placement: Placement, size_bytes: int) -> list[Fault]:
    try:
        facts = probe(path)
        found = read_photo(path, facts.format)
    except (AssetsError, ValueError) as error:
        return [broken("file-broken", error.code if isinstance(error, AssetsError) else str(error), "")]
    faults = outside("file-bytes", size_bytes, None, placement.cover_bytes_max)
    if facts.format != "jpeg":
        faults.append(broken("file-format", facts.format, "jpeg"))
    faults += [*photo_faults(found, facts, placement), *photo_marks(found, facts)]
    clip = _clip_beside(path, path.name[: -len(POSTER_ENDING)])
    if clip is not None and clip.size_px != facts.size_px:
        faults.append(broken("file-poster-size", "{} × {}".format(*facts.size_px), "{} × {}".format(*clip.size_px)))
    if detail_of(path) < _EMPTY:
        faults.append(Fault("file-poster-empty", "", "", level="warning"))
    return faults


def _subtitle_faults(path: Path, placement: Placement, size_bytes: int) -> list[Fault]:
    faults = outside("file-bytes", size_bytes, None, placement.subtitles_bytes_max)
    if placement.subtitles_locale and not _NAMED.fullmatch(path.name):
        faults.append(broken("file-subtitles-name", "", f"{path.name.partition('.')[0]}.vi_VN.srt"))
    data = path.read_bytes()
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        return [*faults, broken("file-subtitles-charset", "?", "UTF-8")]
    if data.startswith(_BOM):
        faults.append(broken("file-subtitles-charset", "UTF-8 BOM", "UTF-8"))
    cues = list(_cues(text.replace("\r\n", "\n")))
    read = [cue for cue in cues if cue is not None]
    if not cues or len(read) < len(cues):
        faults.append(broken("file-subtitles-broken", cues.index(None) + 1 if cues else 1, ""))
    return [*faults, *_cue_faults(read, path)]


def _cues(text: str) -> Iterator[_Cue | None]:
    """Every block of the file: a number, a line of times and what is said; ``None`` for one that is none of that."""
    for block in re.split(r"\n{2,}", text.strip("\n")):
        if block:
            match = _CUE.fullmatch(block)
            if match is None:
                yield None
                continue
            *times, said = match.groups()
            yield _Cue(_seconds(times[:4]), _seconds(times[4:]), said)


def _seconds(parts: Sequence[str]) -> float:
    hours, minutes, seconds, milliseconds = map(int, parts)
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _cue_faults(cues: Sequence[_Cue], path: Path) -> Iterator[Fault]:
    """The first cue that is out of order, after the clip's end, or not plain text."""
    numbers = range(1, len(cues) + 1)
    disordered = [n for n, cue in zip(numbers, cues, strict=True) if cue.end_s <= cue.start_s]
    disordered += [n for n, (a, b) in enumerate(pairwise(cues), 2) if b.start_s < a.start_s]
    if disordered:
        yield broken("file-subtitles-order", min(disordered), "")
    if marked := next((n for n, cue in zip(numbers, cues, strict=True) if MARKUP.search(cue.text)), None):
        yield broken("file-subtitles-markup", marked, "")
    clip = _clip_beside(path, _LANGUAGE.sub("", path.name[: -len(SUBTITLES_ENDING)]))
    if clip is not None and clip.video is not None and cues:
        last_s = max(cue.end_s for cue in cues)
        yield from outside(
            "file-subtitles-late", last_s, None, round(clip.video.duration_s, 3), slack=DURATION_TOLERANCE_S
        )
