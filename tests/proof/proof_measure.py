"""What exiftool and ffprobe read from a file, and where its boxes stand: no code of the project has a part in it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

Tags = Mapping[str, Any]
"""exiftool's tags by ``group:name``, numbers as the text they were written in."""

_SECONDS = 300
_FILES_A_CALL = 200
_BOXES_INSIDE = {b"moov", b"trak", b"edts"}
_PACKET = "packet=stream_index,pts_time,duration_time,size"


class Clip(NamedTuple):
    """ffprobe's streams and container, the picture's packet times in playing order, and the boxes by path."""

    streams: list[dict[str, Any]]
    duration_s: float
    times_s: list[float]
    end_s: float
    picture_bytes: int
    boxes: list[str]

    @property
    def pictures(self) -> list[dict[str, Any]]:
        return [one for one in self.streams if one["codec_type"] == "video"]

    @property
    def sounds(self) -> list[dict[str, Any]]:
        return [one for one in self.streams if one["codec_type"] == "audio"]

    @property
    def steps_s(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.times_s, self.times_s[1:], strict=False)]

    @property
    def fps(self) -> float:
        """The mean rate of the packets; what the stream declares where there is one picture only."""
        if len(self.times_s) < 2:
            return float(Fraction(self.pictures[0]["r_frame_rate"]))
        return (len(self.times_s) - 1) / (self.times_s[-1] - self.times_s[0])


class Measured(NamedTuple):
    """One file as others see it; ``clip`` only where ffprobe was asked."""

    path: Path
    size_bytes: int
    tags: Tags
    clip: Clip | None

    def number(self, *names: str) -> float | None:
        """The first of the tags that is there, as a number."""
        return next((float(self.tags[name]) for name in names if name in self.tags), None)


def read_tags(paths: Sequence[Path]) -> dict[Path, Tags]:
    """Every tag of every file; exiftool is started once for some hundred files."""
    found: dict[Path, Tags] = {}
    for start in range(0, len(paths), _FILES_A_CALL):
        some = paths[start : start + _FILES_A_CALL]
        options = ["-json", "-G1", "-struct", "-n", "-ee", "-charset", "filename=utf8"]
        listed = "\n".join(str(path) for path in some).encode()
        told = json.loads(_told(["exiftool", *options, "-@", "-"], listed), parse_int=str, parse_float=str)
        found |= dict(zip(some, told, strict=True))
    return found


def read_clip(path: Path) -> Clip:
    """Streams, container and packets by ffprobe; boxes by walking the file."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", "-show_packets"]
    command += ["-show_entries", f"stream:format:{_PACKET}", str(path)]
    told = json.loads(_told(command))
    shown = [one["index"] for one in told["streams"] if one["codec_type"] == "video"]
    packets = [one for one in told["packets"] if one["stream_index"] in shown[:1] and "pts_time" in one]
    times_s = sorted(float(one["pts_time"]) for one in packets)
    with path.open("rb") as file:
        boxes = list(_boxes(file, path.stat().st_size))
    return Clip(
        streams=told["streams"],
        duration_s=float(told["format"]["duration"]),
        times_s=times_s,
        end_s=max((float(one["pts_time"]) + float(one.get("duration_time", 0)) for one in packets), default=0.0),
        picture_bytes=sum(int(one["size"]) for one in packets),
        boxes=boxes,
    )


def measure(paths: Sequence[Path], clips: Sequence[Path]) -> dict[Path, Measured]:
    """Everything about ``paths``, of which ``clips`` are for ffprobe as well."""
    return {
        path: Measured(path, path.stat().st_size, tags, read_clip(path) if path in clips else None)
        for path, tags in read_tags(paths).items()
    }


def _told(command: Sequence[str], given: bytes | None = None) -> bytes:
    run = subprocess.run(command, input=given, capture_output=True, timeout=_SECONDS, check=False)
    assert run.stdout, run.stderr.decode(errors="replace")
    return run.stdout


def _boxes(file: BinaryIO, end: int, inside: str = "") -> Iterator[str]:
    """Paths such as ``moov/trak/edts/elst``, in the order of the file."""
    while (start := file.tell()) + 8 <= end:
        head = file.read(8)
        size, name = int.from_bytes(head[:4], "big"), head[4:]
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        stop = start + size if size else end
        assert start + 8 <= stop <= end, f"{name!r} at {start} runs over its end"
        path = f"{inside}/{name.decode('latin-1')}".lstrip("/")
        yield path
        if name in _BOXES_INSIDE:
            yield from _boxes(file, stop, path)
        file.seek(stop)
