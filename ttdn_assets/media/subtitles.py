"""SubRip files beside a clip (``clip.vi.srt``) -> ``Subtitles``: plain cues in order, and the language they are in.

The language is the one the name tells, else the one the letters do.  Markup is dropped, the charset found out; what
holds no cue, or is larger than any talk, is told and left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from ttdn_assets.media.languages import language_of
from ttdn_assets.model import Finding, Lang
from ttdn_assets.text import clean, has_han
from ttdn_assets.tools import charset

_BYTES_MAX = 2_000_000
_CUES_MAX = 10_000
_LETTERS_MAX = 400
_LAST_S = 24 * 3600.0
_TIMES = re.compile(
    r"^[ \t]*(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3})[ \t]*-->[ \t]*(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3}).*$",
    re.MULTILINE,
)
MARKUP = re.compile(r"</?[A-Za-z][^<>\n]{0,100}>|\{\\[^{}\n]{0,200}\}|\{[bius]:?[^{}\n]{0,20}\}")
_NEXT_NUMBER = re.compile(r"\n[ \t]*\d+[ \t]*\n$")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_VIETNAMESE = re.compile(r"[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")


class Cue(NamedTuple):
    """What is said from one time to another, in lines."""

    start_s: float
    end_s: float
    text: str


class Subtitles(msgspec.Struct, frozen=True):
    """The cues of one language; ``sha256`` is of what they say and when, not of the file."""

    lang: Lang
    sha256: str
    cues: tuple[Cue, ...]


def read_subtitles(clip: Path, companions: Sequence[Path]) -> tuple[tuple[Subtitles, ...], tuple[Finding, ...]]:
    """The subtitles among a clip's companions, one a language, and a warning for each file that cannot be used."""
    found: dict[Lang, Subtitles] = {}
    findings: list[Finding] = []
    for path in companions:
        if path.suffix.lower() != ".srt":
            continue
        cues = _cues_of(path)
        if not cues:
            findings.append(Finding(rule="subtitles-unreadable", level="warning", subject=path.name))
            continue
        lang = _named_language(path, clip) or _written_language(cues)
        digest = hashlib.sha256(msgspec.json.encode(cues)).hexdigest()
        found.setdefault(lang, Subtitles(lang, digest, cues))
    return tuple(found.values()), tuple(findings)


def srt(subtitles: Subtitles) -> str:
    """The cues as a SubRip file without markup, as every platform reads it."""
    numbered = enumerate(subtitles.cues, 1)
    return "\n".join(f"{n}\n{_time(cue.start_s)} --> {_time(cue.end_s)}\n{cue.text}\n" for n, cue in numbered)


def within(subtitles: Sequence[Subtitles], duration_s: float) -> tuple[Subtitles, ...]:
    """What is said before a clip ends, which may have been cut; a language of which nothing is left goes."""
    kept = (
        msgspec.structs.replace(
            one,
            cues=tuple(cue._replace(end_s=min(cue.end_s, duration_s)) for cue in one.cues if cue.start_s < duration_s),
        )
        for one in subtitles
    )
    return tuple(one for one in kept if one.cues)


def _time(seconds: float) -> str:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{milliseconds:03d}"


def _cues_of(path: Path) -> tuple[Cue, ...]:
    """The cues of a file, by time; none where it is none, cannot be read or is too large."""
    try:
        if path.stat().st_size > _BYTES_MAX:
            return ()
        data = path.read_bytes()
    except OSError:
        return ()
    return tuple(sorted(islice(_cues(_decoded(data)), _CUES_MAX)))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return clean(data.decode("utf-16", "replace"))
    return clean(charset.decode([data]).values[0])


def _cues(text: str) -> Iterator[Cue]:
    """Every block of a line of times and the lines after it, up to an empty one or to the number of the next."""
    found = list(_TIMES.finditer(text))
    ends = [match.start() for match in found[1:]]
    for match, end in zip(found, [*ends, len(text)], strict=False):
        times = [int(part) for part in match.groups()]
        start_s, end_s = (h * 3600 + m * 60 + s + int(f"{ms:0<3}") / 1000 for h, m, s, ms in (times[:4], times[4:]))
        said = _NEXT_NUMBER.sub("", text[match.end() + 1 : end][: 4 * _LETTERS_MAX])
        said = _EMPTY_LINE.split(said, maxsplit=1)[0]
        lines = (" ".join(MARKUP.sub("", line).split()) for line in said.split("\n"))
        words = "\n".join(line for line in lines if line)[:_LETTERS_MAX]
        if words and start_s < end_s <= _LAST_S:
            yield Cue(round(start_s, 3), round(end_s, 3), words)


def _named_language(path: Path, clip: Path) -> Lang | None:
    """The language that ``clip.vi.srt``, ``clip.vi_VN.srt`` or ``clip.zh-Hans.srt`` names."""
    if len(path.stem) <= len(clip.stem):
        return None
    return language_of(path.stem[len(clip.stem) :].lstrip(".-_ "))


def _written_language(cues: Sequence[Cue]) -> Lang:
    text = " ".join(cue.text for cue in cues[:50])
    return "zh" if has_han(text) else "vi" if _VIETNAMESE.search(text) else "en"
