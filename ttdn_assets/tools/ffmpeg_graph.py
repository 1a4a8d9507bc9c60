"""Filter graphs described as plain values and compiled to ffmpeg's arguments; the only importer of ffmpeg-python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ttdn_assets.tools.ffmpeg import file_url

Value = str | int | float
Options = Mapping[str, Value | None]


class Filter(NamedTuple):
    """One filter with its named options."""

    name: str
    options: Mapping[str, Value] = {}


class Pad(NamedTuple):
    """A picture laid in the middle of another made of the same one: two chains that start at one split."""

    behind: tuple[Filter, ...]
    front: tuple[Filter, ...]


class Laid(NamedTuple):
    """A PNG, transparent where it is, laid on the picture with its upper left corner at a place."""

    picture: Path
    x: int
    y: int


class Streams(NamedTuple):
    """Which streams of the input are used, as ffmpeg specifies them: numbers, or the first that is no cover."""

    picture: str = "V:0"
    sound: str = "a:0"


FIRST = Streams()
Step = Filter | Pad | Laid


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One file to write: the steps of its picture, of its sound, and the options before its name.

    ``picture`` or ``sound`` is ``None`` where the output has none; an empty tuple takes the input's stream as it is,
    for ``-c copy``.  ``silence_hz`` makes a stereo track of silence instead of the input's sound.
    """

    target: Path | str
    picture: tuple[Step, ...] | None = ()
    sound: tuple[Step, ...] | None = ()
    silence_hz: int | None = None
    options: Options = {}


def arguments(source: Path, outputs: Sequence[Output], *, before: Options, streams: Streams = FIRST) -> list[str]:
    """The arguments of one run that decodes ``source`` once and writes every output.

    Steps that several outputs begin with are done once, and what comes out is split between them.

    Args:
        source: The file to read.
        outputs: What to write.
        before: Options before ``-i``.
        streams: Which of its streams to use.
    """
    import ffmpeg

    opened = ffmpeg.input(file_url(source), **before)
    picture, sound = opened[streams.picture], opened[streams.sound]
    pictures = _grown(picture, {at: one.picture for at, one in enumerate(outputs) if one.picture}, "split")
    heard = {at: one.sound for at, one in enumerate(outputs) if one.sound and one.silence_hz is None}
    sounds = _grown(sound, heard, "asplit")
    written = []
    for at, output in enumerate(outputs):
        used = [] if output.picture is None else [pictures.get(at, picture)]
        if output.silence_hz is not None:
            used.append(_silence(output.silence_hz))
        elif output.sound is not None:
            used.append(sounds.get(at, sound))
        target = file_url(output.target) if isinstance(output.target, Path) else output.target
        written.append(ffmpeg.output(*used, target, **output.options))
    compiled: list[str] = ffmpeg.merge_outputs(*written).get_args()
    return compiled


def _grown(stream: Any, chains: Mapping[int, Sequence[Step]], splitter: str) -> dict[int, Any]:
    """Where each chain ends that starts at ``stream``; a step in which several agree so far is one filter."""
    ends: dict[int, Any] = {}
    alike: list[tuple[Step | None, dict[int, Sequence[Step]]]] = []
    for at, chain in chains.items():
        first = chain[0] if chain else None
        members = next((members for step, members in alike if step == first and first is not None), None)
        if members is None:
            members = {}
            alike.append((first, members))
        members[at] = chain[1:]
    for branch, (step, members) in zip(_branches(stream, len(alike), splitter), alike, strict=True):
        if step is None:
            ends |= dict.fromkeys(members, branch)
        else:
            ends |= _grown(_stepped(branch, step), members, splitter)
    return ends


def _silence(rate_hz: int) -> Any:
    import ffmpeg

    return ffmpeg.input(f"anullsrc=channel_layout=stereo:sample_rate={rate_hz}", f="lavfi")["a:0"]


def _branches(stream: Any, count: int, splitter: str) -> list[Any]:
    if count < 2:
        return [stream] * count
    split = stream.filter_multi_output(splitter, count)
    return [split.stream(index) for index in range(count)]


def _chain(stream: Any, filters: Sequence[Filter]) -> Any:
    for step in filters:
        stream = stream.filter(step.name, **step.options)
    return stream


def _above(picture: Path) -> Any:
    """The picture in the colours of the video it is laid on: limited-range BT.709."""
    import ffmpeg

    read = ffmpeg.input(file_url(picture), f="png_pipe")["v:0"]
    return read.filter("scale", out_color_matrix="bt709", out_range="tv").filter("format", pix_fmts="yuva420p")


def _stepped(stream: Any, step: Step) -> Any:
    if isinstance(step, Filter):
        return _chain(stream, (step,))
    if isinstance(step, Laid):
        return stream.overlay(_above(step.picture), x=step.x, y=step.y, format="yuv420")
    behind, front = _branches(stream, 2, "split")
    centred = {"x": "(W-w)/2", "y": "(H-h)/2", "format": "auto"}
    return _chain(behind, step.behind).overlay(_chain(front, step.front), **centred)
