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


Step = Filter | Pad


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One file to write: the steps of its picture, of its sound, and the options before its name.

    ``picture`` or ``sound`` is ``None`` where the output has none; an empty tuple takes the input's stream as it is,
    for ``-c copy``.  ``silence_hz`` makes a stereo track of silence instead of the input's sound.
    """

    target: Path | str
    picture: tuple[Step, ...] | None = ()
    sound: tuple[Filter, ...] | None = ()
    silence_hz: int | None = None
    options: Options = {}


def arguments(source: Path, outputs: Sequence[Output], *, before: Options, shared: Sequence[Filter] = ()) -> list[str]:
    """The arguments of one run that decodes ``source`` once and writes every output.

    Args:
        source: The file to read; its first picture stream that is no cover and its first sound stream are used.
        outputs: What to write.
        before: Options before ``-i``.
        shared: What is done to the picture before it is split between the outputs.
    """
    import ffmpeg

    opened = ffmpeg.input(file_url(source), **before)
    filtered = [output for output in outputs if output.picture]
    pictures = _branches(_chain(opened["V:0"], shared), len(filtered), "split")
    heard = [output for output in outputs if output.sound and output.silence_hz is None]
    sounds = _branches(opened["a:0"], len(heard), "asplit")
    written = []
    for output in outputs:
        streams = []
        if output.picture is not None:
            streams.append(_steps(pictures.pop(0), output.picture) if output.picture else opened["V:0"])
        if output.silence_hz is not None:
            streams.append(_silence(output.silence_hz))
        elif output.sound is not None:
            streams.append(_chain(sounds.pop(0), output.sound) if output.sound else opened["a:0"])
        target = file_url(output.target) if isinstance(output.target, Path) else output.target
        written.append(ffmpeg.output(*streams, target, **output.options))
    compiled: list[str] = ffmpeg.merge_outputs(*written).get_args()
    return compiled


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


def _steps(stream: Any, steps: Sequence[Step]) -> Any:
    for step in steps:
        if isinstance(step, Pad):
            behind, front = _branches(stream, 2, "split")
            centred = {"x": "(W-w)/2", "y": "(H-h)/2", "format": "auto"}
            stream = _chain(behind, step.behind).overlay(_chain(front, step.front), **centred)
        else:
            stream = stream.filter(step.name, **step.options)
    return stream
