"""A clip -> ``MediaFacts``: its movie box, its packets, one decoded picture, and its tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from ttdn_assets.errors import MediaError
from ttdn_assets.geometry import upright_size
from ttdn_assets.media import dates, words
from ttdn_assets.media.movie import Movie, read_movie, turn_of_matrix
from ttdn_assets.media.subtitles import read_subtitles
from ttdn_assets.model import EmbeddedText, Finding, Gps, Hdr, MediaFacts, VideoFacts
from ttdn_assets.settings import Limits
from ttdn_assets.text import clean
from ttdn_assets.tools import charset, containers
from ttdn_assets.tools.containers import Clip
from ttdn_assets.tools.metadata import is_camera_default, plausible_gps
from ttdn_assets.tools.sniff import MEDIA
from ttdn_assets.tools.xmp_read import Xmp, language, read_xmp

_MOVIE_FORMATS = ("mp4", "m4v", "mov", "3gp")
_HDR: dict[str, Hdr] = {"smpte2084": "pq", "arib-std-b67": "hlg"}
_ISO6709 = re.compile(r"^([+-]\d{2,6}(?:\.\d+)?)([+-]\d{3,7}(?:\.\d+)?)")
_APPLE = "com.apple.quicktime."
_FIELDS: dict[str, Literal["title", "description", "author", "rights", "keywords"]] = {
    "title": "title",
    f"{_APPLE}title": "title",
    f"{_APPLE}displayname": "title",
    "description": "description",
    "synopsis": "description",
    "comment": "description",
    f"{_APPLE}description": "description",
    f"{_APPLE}comment": "description",
    "artist": "author",
    "author": "author",
    f"{_APPLE}author": "author",
    "copyright": "rights",
    f"{_APPLE}copyright": "rights",
    "keywords": "keywords",
    f"{_APPLE}keywords": "keywords",
}
_LANGUAGES = {"eng": "en", "vie": "vi", "zho": "zh", "chi": "zh"}
_LIE_S = 1.0
_LIE_SHARE = 0.05


def probe_video(path: Path, *, format: str, companions: Sequence[Path], limits: Limits, timezone: str) -> MediaFacts:
    """Read a clip.

    Raises:
        MediaError: ``video-encrypted``, ``video-cut``, ``video-broken``, ``video-no-picture``,
            ``video-codec-unknown``, ``video-undecodable`` or ``video-too-large``.
    """
    movie = _movie(path, format)
    clip = containers.read_clip(path, format=format, limit_s=limits.probe_s)
    if clip.size_px[0] * clip.size_px[1] > limits.pixels:
        pixels = clip.size_px[0] * clip.size_px[1]
        raise MediaError("video-too-large", {"path": path, "pixels": pixels, "limit": limits.pixels})
    rotation_deg, mirrored = _turn(movie, clip)
    square_px = (max(1, round(clip.size_px[0] * clip.sample_aspect)), clip.size_px[1])
    packets = [*words.sidecars(companions), *([read_xmp(movie.xmp)] if movie and movie.xmp else [])]
    tags = {key.casefold(): value for key, value in clip.tags.items()}
    subtitles, unreadable = read_subtitles(path, companions)
    media = MEDIA[format]
    return MediaFacts(
        kind="video",
        format=format,
        mime=media.mime,
        extension=media.extension,
        size_px=upright_size(square_px, 6 if rotation_deg in (90, 270) else 1),
        stored_size_px=clip.size_px,
        frames=max(1, clip.frames),
        bit_depth=clip.bit_depth,
        has_alpha=clip.has_alpha,
        colour="gray" if clip.pix_fmt.startswith("gray") else "rgb",
        hdr=_HDR.get(clip.transfer or ""),
        projection=_projection(movie, clip, packets),
        taken_at=_taken_at(tags, packets, timezone),
        gps=_gps(tags) or next((packet.gps for packet in packets if packet.gps), None),
        camera=_camera(tags),
        texts=words.tidy([*(text for packet in packets for text in packet.texts), *_texts(tags)]),
        video=_video_facts(clip, movie, rotation_deg, mirrored),
        subtitles={one.lang: one.sha256 for one in subtitles},
        findings=(*_findings(path, clip, movie, packets), *unreadable),
    )


def _movie(path: Path, format: str) -> Movie | None:
    if format not in _MOVIE_FORMATS:
        return None
    with path.open("rb") as stream:
        movie = read_movie(stream)
    if movie.encrypted:
        raise MediaError("video-encrypted", {"path": path})
    if not movie.has_moov:
        raise MediaError("video-cut", {"path": path})
    return movie


def _turn(movie: Movie | None, clip: Clip) -> tuple[int, bool]:
    if movie is not None:
        return movie.turns.get(clip.track, (0, False))
    return turn_of_matrix(*clip.display) if clip.display else (0, False)


def _video_facts(clip: Clip, movie: Movie | None, rotation_deg: int, mirrored: bool) -> VideoFacts:
    return VideoFacts(
        codec=clip.codec,
        profile=clip.profile,
        pix_fmt=clip.pix_fmt,
        bit_depth=clip.bit_depth,
        fps=clip.fps,
        vfr=clip.vfr,
        interlaced=clip.interlaced,
        duration_s=clip.duration_s,
        sample_aspect=clip.sample_aspect,
        rotation_deg=rotation_deg,
        mirrored=mirrored,
        full_range=clip.full_range,
        primaries=clip.primaries,
        transfer=clip.transfer,
        matrix=clip.matrix,
        bitrate_bps=clip.bitrate_bps,
        audio=clip.audio,
        picture_s=clip.video_s if clip.complete and clip.video_s > 0 else None,
        audio_s=clip.audio_s,
        moov_first=movie.moov_first if movie else None,
        edit_list=movie.edit_list if movie else None,
        has_alpha=clip.has_alpha,
        stream=clip.stream,
        hidden_s=clip.hidden_s,
    )


def _projection(movie: Movie | None, clip: Clip, packets: Sequence[Xmp]) -> str | None:
    named = (movie.projection if movie else None) or ("equirectangular" if clip.spherical else None)
    return named or next((packet.projection for packet in packets if packet.projection), None)


def _taken_at(tags: dict[str, str], packets: Sequence[Xmp], timezone: str) -> str | None:
    """Apple's local time with its zone, else the container's UTC time, else what XMP says."""
    local = dates.local_time(tags.get(f"{_APPLE}creationdate", ""), default=timezone)
    found = local or dates.utc_time(tags.get("creation_time", ""), default=timezone)
    return found or next((t for p in packets if (t := dates.local_time(p.taken_at, default=timezone))), None)


def _gps(tags: dict[str, str]) -> Gps | None:
    for name in (f"{_APPLE}location.iso6709", "location", *(key for key in tags if key.startswith("location-"))):
        if found := iso6709(tags.get(name, "")):
            return found
    return None


def iso6709(text: str) -> Gps | None:
    """A place written as ISO 6709: ``+21.0285+105.8542/``, or with minutes and seconds (``+2101.7+10551.25/``)."""
    match = _ISO6709.match(text.strip())
    if match is None:
        return None
    return plausible_gps(_degrees(match[1], 2), _degrees(match[2], 3))


def _degrees(text: str, digits: int) -> float:
    """Degrees, then minutes, then seconds run together; how many digits there are tells which are given."""
    whole, _, fraction = text[1:].partition(".")
    parts = [whole[:digits], *(whole[at : at + 2] for at in range(digits, len(whole), 2))]
    parts[-1] += f".{fraction}"
    value = sum(float(part) / scale for part, scale in zip(parts, (1, 60, 3600), strict=False))
    return -value if text.startswith("-") else value


def _camera(tags: dict[str, str]) -> str | None:
    for make, model in ((f"{_APPLE}make", f"{_APPLE}model"), ("make", "model"), ("com.android.manufacturer",) * 2):
        if name := " ".join(dict.fromkeys(part for key in (make, model) if (part := tags.get(key, "")))):
            return clean(charset.decode([name.encode("latin-1", "replace")]).values[0])
    return None


def _texts(tags: dict[str, str]) -> Iterator[EmbeddedText]:
    known = [(*_field(key), value) for key, value in tags.items()]
    wanted = [(field, lang, value.encode("latin-1", "replace")) for field, lang, value in known if field is not None]
    decoded = charset.decode([value for _, _, value in wanted])
    for (field, lang, _), text in zip(wanted, decoded.values, strict=True):
        value = clean(text)
        if value and not is_camera_default(value):
            yield EmbeddedText(field=field, value=value, lang=lang, source="exif")


def _field(
    key: str,
) -> tuple[Literal["title", "description", "author", "rights", "keywords"] | None, str | None]:
    """The field a tag fills and its language; ``title-vie`` is a title in Vietnamese."""
    name, _, tag = key.partition("-")
    return _FIELDS.get(name), (_LANGUAGES.get(tag) or language(tag)) if tag else None


def _findings(path: Path, clip: Clip, movie: Movie | None, packets: Sequence[Xmp]) -> tuple[Finding, ...]:
    found = list(words.findings_of(path, charsets=(), packets=packets, exif=True))
    declared = clip.declared_s or clip.duration_s
    if clip.complete and abs(declared - clip.duration_s) > max(_LIE_S, _LIE_SHARE * clip.duration_s):
        found.append(
            Finding(
                rule="duration-untrue",
                level="info",
                subject=path.name,
                measured=round(clip.duration_s, 2),
                allowed=round(declared, 2),
            )
        )
    if movie is not None and movie.needed_bytes > path.stat().st_size:
        found.append(Finding(rule="video-cut-short", level="warning", subject=path.name))
    return tuple(found)
