"""What lies beside a clip in a submission: a picture to stand for it, and subtitles where the platform takes a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.errors import AssetsError
from ttdn_assets.media.languages import locale_of
from ttdn_assets.media.probe import probe
from ttdn_assets.media.subtitles import Subtitles, srt, within
from ttdn_assets.model import Finding, MediaFacts, Placement
from ttdn_assets.renditions.checking.beside import POSTER_ENDING, SUBTITLES_ENDING
from ttdn_assets.renditions.checking.check import check_file
from ttdn_assets.renditions.video.frames import poster
from ttdn_assets.tools.files import os_errors, write_whole
from ttdn_assets.tools.thumbnails import still_jpeg

_POSTER_BYTES_MAX = 2_000_000
"""What the poster may weigh where the placement does not say: YouTube's limit, the lowest that one states."""


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """The files that were written beside a clip, and what was found of them."""

    poster: Path | None = None
    subtitles: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The poster first."""
        return (*([self.poster] if self.poster else []), *self.subtitles)


def write_beside(clip: Path, subtitles: Sequence[Subtitles], placements: Iterable[Placement]) -> Beside:
    """Write the poster as ``clip.poster.jpg``, subtitles as ``clip.vi_VN.srt``, and check both as they lie there.

    Args:
        clip: The copy that is sent.
        subtitles: What stands beside its original; written where one of the placements takes a file of that weight.
        placements: Those the clip is for.

    Raises:
        ToolError: ``disk-full``.
    """
    served = tuple(placements)
    told: list[Finding] = []
    facts = probe(clip)
    shown = _written_poster(clip, facts, served, told)
    duration_s = facts.video.duration_s if facts.video else 0.0
    written = tuple(_written_subtitles(clip, within(subtitles, duration_s), served, told))
    found = [fault for one in served if shown for fault in check_file(shown, one, source=shown.name)]
    found += [fault for path, one in written for fault in check_file(path, one, source=path.name)]
    paths = tuple(dict.fromkeys(path for path, _ in written))
    return Beside(poster=shown, subtitles=paths, findings=(*told, *found))


def _written_poster(clip: Path, facts: MediaFacts, placements: Sequence[Placement], told: list[Finding]) -> Path | None:
    """The frame that shows most, at the clip's size; a warning where there is none."""
    try:
        shown = poster(clip, facts)
    except AssetsError as error:
        told.append(Finding(rule="poster-missing", level="warning", subject=clip.name, cause=error.failure()))
        return None
    target = clip.with_suffix(POSTER_ENDING)
    limits = [one.cover_bytes_max for one in placements if one.cover_bytes_max]
    with os_errors(target):
        write_whole(target, still_jpeg(shown.pixels, bytes_max=min([_POSTER_BYTES_MAX, *limits])))
    return target


def _written_subtitles(
    clip: Path, subtitles: Sequence[Subtitles], placements: Sequence[Placement], told: list[Finding]
) -> Iterator[tuple[Path, Placement]]:
    """Each file with each placement that takes it; what is too heavy for one is told, and left out if for all."""
    for one in subtitles:
        data = srt(one).encode("utf-8")
        target = clip.with_suffix(f".{locale_of(one.lang)}{SUBTITLES_ENDING}")
        for placement in placements:
            if placement.subtitles != "sidecar":
                continue
            if placement.subtitles_bytes_max is not None and len(data) > placement.subtitles_bytes_max:
                told.append(_too_heavy(target, placement, len(data)))
                continue
            with os_errors(target):
                write_whole(target, data)
            yield target, placement


def _too_heavy(target: Path, placement: Placement, size_bytes: int) -> Finding:
    return Finding(
        rule="subtitles-too-heavy",
        level="warning",
        subject=target.name,
        placement=placement.id,
        measured=size_bytes,
        allowed=placement.subtitles_bytes_max,
    )
