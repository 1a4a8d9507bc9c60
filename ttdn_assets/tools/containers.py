"""Clips as their streams, packets and first picture tell them -> ``Clip``; the only importer of av.

The container's own words (duration, frame rate, frame count) are kept beside what the packets show, because they
differ in real files.  The demuxer is the one the content asks for, so that no file can make itself a playlist.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import statistics
import struct
import time
from array import array
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from ttdn_assets.errors import MediaError
from ttdn_assets.model import Audio

_DEMUXERS = {
    "mp4": "mov", "m4v": "mov", "mov": "mov", "3gp": "mov", "mkv": "matroska", "webm": "matroska", "avi": "avi",
    "mts": "mpegts", "mpg": "mpeg", "flv": "flv", "wmv": "asf", "mxf": "mxf", "dv": "dv",
}  # fmt: skip
_PRIMARIES = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020", 10: "smpte428",
    11: "smpte431", 12: "smpte432", 22: "ebu3213",
}  # fmt: skip
_TRANSFERS = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "linear", 11: "iec61966-2-4",
    13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 17: "smpte428", 18: "arib-std-b67",
}  # fmt: skip
_MATRICES = {
    0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc",
    10: "bt2020c", 14: "ictcp",
}  # fmt: skip
_FULL_RANGE = 2
_INTERLACED_ORDERS = (2, 3, 4, 5)
_FIRST_PICTURE_PACKETS = 250
_NEAR_RATE = 0.006
_ODD_STEP = 0.25
_PADDING_S = 0.1
_PADDING_SHARE = 0.01


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """One clip: its largest video stream, its first audible stream, and the container's tags.

    ``size_px`` is as coded; ``matrix`` is the display matrix of the first picture (a, b, c, d) where it has one.
    ``stream`` is the picture's number in the file, ``track`` the number that the container itself gives it.
    ``tags`` hold the bytes of each value as Latin-1 letters, because containers do not name their charset.
    """

    codec: str
    profile: str
    size_px: tuple[int, int]
    sample_aspect: float
    pix_fmt: str
    bit_depth: int
    has_alpha: bool
    full_range: bool
    primaries: str | None
    transfer: str | None
    matrix: str | None
    interlaced: bool
    display: tuple[float, float, float, float] | None
    spherical: bool
    frames: int
    fps: float
    vfr: bool
    duration_s: float
    video_s: float
    declared_s: float | None
    bitrate_bps: int | None
    audio: Audio | None
    audio_s: float | None
    complete: bool
    tags: dict[str, str]
    hidden_s: float = 0.0
    stream: int = 0
    track: int = 0


class _Track:
    """The time stamps and bytes of one stream's packets; what follows from them is asked when all are added."""

    def __init__(self, time_base: float) -> None:
        self.time_base = time_base
        self.starts = array("q")
        self.end = 0
        self.size_bytes = 0
        self.first = 0
        self.hidden = 0

    def add(self, packet: Any) -> None:
        self.size_bytes += packet.size
        at = packet.pts if packet.pts is not None else packet.dts
        self.first = min(self.first, at or 0)
        if packet.is_discard:
            self.hidden += packet.duration or 0
        if at is None or packet.is_discard:
            return
        self.starts.append(at)
        self.end = max(self.end, at + (packet.duration or 0))

    @property
    def span_s(self) -> tuple[float, float] | None:
        """Start and end in seconds; a last packet without a duration lasts as long as the usual one."""
        if not self.starts:
            return None
        first, last = min(self.starts), max(self.starts)
        end = self.end if self.end > last else last + self.usual_step
        return first * self.time_base, end * self.time_base

    @property
    def hidden_s(self) -> float:
        """How much comes before time 0, or is to be discarded elsewhere."""
        return max(self.hidden, -self.first) * self.time_base

    @cached_property
    def usual_step(self) -> float:
        steps = self.steps
        return statistics.median(steps) if steps else 0.0

    @cached_property
    def steps(self) -> list[int]:
        """The differences between successive distinct time stamps, in units of the time base."""
        ordered = sorted(set(self.starts))
        return [later - earlier for earlier, later in itertools.pairwise(ordered)]

    @cached_property
    def even_steps(self) -> list[int]:
        """Those of the steps that last no quarter longer or shorter than the usual one."""
        steps, usual = self.steps, self.usual_step
        return [step for step in steps if abs(step - usual) <= max(_ODD_STEP * usual, 2)]


@contextlib.contextmanager
def _opened(path: Path, format: str, limit_s: float) -> Iterator[Any]:
    """The open container; what av says of it becomes a MediaError.

    Raises:
        MediaError: ``video-broken``.
    """
    import av

    try:
        with av.open(
            str(path.absolute()),
            format=_DEMUXERS[format],
            metadata_encoding="latin-1",
            metadata_errors="replace",
            timeout=limit_s,
        ) as container:
            yield container
    except (av.FFmpegError, ValueError, IndexError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError("video-broken", {"path": path, "reason": reason}) from error


def read_clip(path: Path, *, format: str, limit_s: float) -> Clip:
    """Read all packets of the largest video and the chosen audio stream, and decode one picture.

    After ``limit_s`` seconds the rest is left unread (``complete`` is false) and the container's duration believed.

    Raises:
        MediaError: ``video-broken``, ``video-no-picture``, ``video-codec-unknown`` or ``video-undecodable``.
    """
    deadline = time.monotonic() + limit_s
    with _opened(path, format, limit_s) as container:
        picture = _first_picture(container, _largest_video(container, path), path)
    with _opened(path, format, limit_s) as container:  # No seeking back: what lies before time 0 would be passed over.
        return _read(container, path, picture, deadline)


def _read(container: Any, path: Path, picture: Any, deadline: float) -> Clip:
    video, audio = _largest_video(container, path), _chosen_audio(container)
    tracks = {stream.index: _Track(float(stream.time_base)) for stream in (video, audio) if stream is not None}
    complete = _collect(container, tracks, deadline)
    return _clip(container, video, audio, picture, tracks, complete)


def _largest_video(container: Any, path: Path) -> Any:
    """The stream with the largest picture, the first of equal ones; covers and thumbnails are none."""
    import av

    kinds = av.stream.Disposition
    unwanted = kinds.attached_pic | kinds.timed_thumbnails | kinds.still_image
    streams = [s for s in container.streams.video if not s.disposition & unwanted]
    if not streams:
        raise MediaError("video-no-picture", {"path": path})
    known = [stream for stream in streams if stream.codec_context is not None]
    if not known:
        raise MediaError("video-codec-unknown", {"path": path})
    return max(known, key=lambda stream: (stream.codec_context.width or 0) * (stream.codec_context.height or 0))


def _chosen_audio(container: Any) -> Any:
    """The sound that players choose: the first marked as the default, else the first."""
    import av

    default = av.stream.Disposition.default
    heard = [s for s in container.streams.audio if s.codec_context is not None and s.codec_context.channels]
    return next((s for s in heard if s.disposition & default), heard[0] if heard else None)


def _first_picture(container: Any, video: Any, path: Path) -> Any:
    """The first picture that can be decoded.

    Raises:
        MediaError: ``video-undecodable`` where the first packets hold none.
    """
    import av

    video.thread_type = "NONE"
    for count, packet in enumerate(container.demux(video)):
        try:
            for frame in packet.decode():
                return frame
        except av.FFmpegError:
            pass
        if count >= _FIRST_PICTURE_PACKETS:
            break
    raise MediaError("video-undecodable", {"path": path})


def _collect(container: Any, tracks: dict[int, _Track], deadline: float) -> bool:
    """Add every packet of the tracks' streams, up to the end or to the damage; false when time ran out."""
    import av

    streams = [container.streams[index] for index in tracks]
    with contextlib.suppress(av.FFmpegError):
        for count, packet in enumerate(container.demux(streams)):
            if packet.size:
                tracks[packet.stream_index].add(packet)
            if count % 512 == 0 and time.monotonic() > deadline:
                return False
    return True


def _clip(container: Any, video: Any, audio: Any, picture: Any, tracks: dict[int, _Track], complete: bool) -> Clip:
    context, track = video.codec_context, tracks[video.index]
    sound = tracks[audio.index] if audio is not None else None
    spans = [span for known in (track, sound) if known and (span := known.span_s)]
    measured = max(end for _, end in spans) - min(start for start, _ in spans) if spans else 0.0
    declared = container.duration / 1_000_000 if container.duration else None
    duration = _duration_s(measured, declared, complete)
    video_s = track.span_s[1] - track.span_s[0] if track.span_s else 0.0
    interlaced = bool(picture.interlaced_frame) or context.field_order in _INTERLACED_ORDERS
    components = picture.format.components
    return Clip(
        codec=context.codec.canonical_name,
        profile=context.profile or "",
        size_px=(context.width or picture.width, context.height or picture.height),
        sample_aspect=float(video.sample_aspect_ratio or 1) or 1.0,
        pix_fmt=picture.format.name,
        bit_depth=max(component.bits for component in components),
        has_alpha=any(component.is_alpha for component in components) or video.metadata.get("alpha_mode") == "1",
        full_range=_FULL_RANGE in (int(context.color_range or 0), int(picture.color_range or 0))
        or picture.format.name.startswith("yuvj"),
        primaries=_PRIMARIES.get(_known(context.color_primaries, picture.color_primaries)),
        transfer=_TRANSFERS.get(_known(context.color_trc, picture.color_trc)),
        matrix=_MATRICES.get(_known(context.colorspace, picture.colorspace)),
        interlaced=interlaced,
        display=_display_matrix(picture),
        spherical=any("SPHERICAL" in str(item.type) for item in picture.side_data),
        frames=len(set(track.starts)),
        fps=_fps(video, track, interlaced),
        vfr=_is_variable(track),
        duration_s=round(duration, 6),
        video_s=round(video_s, 6),
        declared_s=declared,
        bitrate_bps=round(track.size_bytes * 8 / video_s) if video_s > 0 else None,
        audio=_audio(audio, sound),
        audio_s=round(sound.span_s[1] - sound.span_s[0], 6) if sound and sound.span_s else None,
        complete=complete,
        tags={**video.metadata, **container.metadata},
        hidden_s=round(max(known.hidden_s for known in tracks.values()), 6),
        stream=video.index,
        track=video.id,
    )


def _duration_s(measured: float, declared: float | None, complete: bool) -> float:
    """The measured duration, or the stated one where it differs by no more than a last frame or sound padding may."""
    if declared is None:
        return measured
    if not complete:
        return max(measured, declared)
    return declared if abs(declared - measured) <= max(_PADDING_S, _PADDING_SHARE * measured) else measured


def _known(*values: Any) -> int:
    """The first colour tag that says something (2 is "unspecified")."""
    return next((int(value) for value in values if value is not None and int(value) != 2), 2)


def _display_matrix(picture: Any) -> tuple[float, float, float, float] | None:
    for item in picture.side_data:
        raw = bytes(item) if "DISPLAYMATRIX" in str(item.type) else b""
        if len(raw) >= 36:
            a, b, _, c, d, *_ = struct.unpack("=9i", raw[:36])
            return a, b, c, d
    return None


def _fps(video: Any, track: _Track, interlaced: bool) -> float:
    """Frames a second from the time stamps, set to the rate the file states where it is the same within its rounding.

    A pause of the recording does not count.  The two fields of an interlaced frame may come in packets of their own.
    """
    ordered = sorted(set(track.starts))
    stated = [float(rate) for rate in (video.average_rate, video.guessed_rate, video.base_rate) if rate]
    if len(ordered) < 2:
        return round(stated[0], 3) if stated else 0.0
    steps = track.steps
    counted = steps if _has_many_odd(track) else track.even_steps
    measured = len(counted) / (sum(counted) * track.time_base)
    if interlaced and stated and abs(measured - 2 * stated[0]) < _NEAR_RATE * measured:
        measured = stated[0]
    allowed = max(_NEAR_RATE * measured, _rounding(track, measured))
    near = [rate for rate in stated if abs(rate - measured) <= allowed]
    nearest: float = min(near, key=lambda rate: abs(rate - measured), default=measured)
    return round(nearest, 3)


def _rounding(track: _Track, fps: float) -> float:
    """How far the rate of a short clip may be off because its first and last stamp are rounded to the time base."""
    return fps * 2 * track.time_base / max(len(track.starts) / fps, track.time_base)


def _is_variable(track: _Track) -> bool:
    """Whether more than a stray frame lasts a quarter longer or shorter than the usual one, or one lasts very long."""
    steps, even = track.steps, track.even_steps
    usual = statistics.fmean(even) if even else 0.0
    return _has_many_odd(track) or sum(steps) > (1 + _NEAR_RATE) * usual * len(steps) + usual


def _has_many_odd(track: _Track) -> bool:
    steps = track.steps
    return len(steps) - len(track.even_steps) > max(1, len(steps) / 100)


def _audio(stream: Any, track: _Track | None) -> Audio | None:
    if stream is None or track is None:
        return None
    context, span = stream.codec_context, track.span_s
    seconds = span[1] - span[0] if span else 0.0
    return Audio(
        codec=context.codec.canonical_name,
        channels=context.channels,
        sample_rate_hz=context.sample_rate or 0,
        bitrate_bps=round(track.size_bytes * 8 / seconds) if seconds > 0 else None,
        stream=stream.index,
    )


def packets_sha256(path: Path, *, format: str, limit_s: float) -> str:
    """The SHA-256 over every video and audio stream's coded packets and when they play, however they are interleaved.

    Raises:
        MediaError: ``video-broken``.
    """
    with _opened(path, format, limit_s) as container:
        streams = [*container.streams.video, *container.streams.audio]
        digests = {stream.index: hashlib.sha256(_stream_kind(stream)) for stream in streams}
        spans: dict[int, tuple[float, float]] = {}
        for packet in container.demux(streams):
            if packet.size:
                digests[packet.stream_index].update(memoryview(packet))
            if packet.size and packet.pts is not None:
                at = float(packet.pts * packet.time_base)
                first, last = spans.get(packet.stream_index, (at, at))
                spans[packet.stream_index] = min(first, at), max(last, at)
    whole = hashlib.sha256(_timing(spans))
    for digest in digests.values():
        whole.update(digest.digest())
    return whole.hexdigest()


def _timing(spans: Mapping[int, tuple[float, float]]) -> bytes:
    """When each stream begins after the first, and how long it plays, as coarse as what writing it anew may change."""
    begins = min((first for first, _ in spans.values()), default=0.0)
    return " ".join(f"{first - begins:.1f}+{last - first:.1f}" for _, (first, last) in sorted(spans.items())).encode()


def _stream_kind(stream: Any) -> bytes:
    context = stream.codec_context
    return f"{stream.type}/{context.codec.canonical_name if context else ''}".encode()
