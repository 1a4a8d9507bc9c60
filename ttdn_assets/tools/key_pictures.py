"""The moment of a clip that shows most, looked for among its key frames: encoders set one where a scene begins."""

from __future__ import annotations

import contextlib
import time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ttdn_assets.tools.ffmpeg import DEMUXERS

_EDGE_PX = 640
_FEW, _STEP = 5, 8
_EARLY_S = 0.5
_EARLY_SHARE = 0.8
"""A frame from the first half second must show a quarter more than another one: clips begin with shake and fades."""


def best_moment_s(path: Path, *, format: str, stream: int | None, limit_s: float) -> float | None:
    """The time of the frame with most detail that is neither dark nor blown out; ``None`` where none is decoded.

    A clip with few key frames is looked at a few times a second.

    Args:
        path: The clip.
        format: Ours; its demuxer is used.
        stream: The picture's number in the file, ``None`` for the first.
        limit_s: After so many seconds the best one so far is taken.
    """
    deadline = time.monotonic() + limit_s
    found = _judged(path, format, stream, deadline, keys=True)
    if len(found) < _FEW:
        found += _judged(path, format, stream, deadline, keys=False)
    return max(found)[1] if found else None


def _judged(path: Path, format: str, stream: int | None, deadline: float, *, keys: bool) -> list[tuple[float, float]]:
    """How much there is to see in each key frame, or in every few frames, and its time from the clip's start."""
    import av

    found: list[tuple[float, float]] = []
    with contextlib.suppress(av.FFmpegError), av.open(str(path.absolute()), format=DEMUXERS[format]) as container:
        video = container.streams.video[0] if stream is None else container.streams[stream]
        video.codec_context.skip_frame = "NONKEY" if keys else "DEFAULT"
        start_s = (container.start_time or 0) / av.time_base
        frames: Any = container.decode(video)
        for frame in islice(frames, None, None, None if keys else _STEP):
            if frame.time is not None:
                found.append((_shown(frame), max(0.0, float(frame.time) - start_s)))
            if time.monotonic() > deadline:
                break
    return found


def _shown(frame: Any) -> float:
    scale = min(1.0, _EDGE_PX / max(frame.width, frame.height))
    small = frame.reformat(max(2, round(frame.width * scale)), max(2, round(frame.height * scale)), "gray")
    share = _EARLY_SHARE if (frame.time or 0.0) < _EARLY_S else 1.0
    return share * detail(small.to_ndarray())


def detail_of(picture: Path) -> float:
    """How much there is to see in a picture file that Pillow opens; see ``detail``."""
    with Image.open(picture) as image:
        image.draft("L", (_EDGE_PX, _EDGE_PX))
        small = image.convert("L")
        small.thumbnail((_EDGE_PX, _EDGE_PX))
        return detail(np.asarray(small))


def detail(grey: Any) -> float:
    """How much there is to see: the mean step between neighbours, 0 for an empty picture, less for dark ones.

    A blurred frame has smaller steps than a sharp one of the same scene; a black or white one has none.

    Args:
        grey: Rows of 8-bit luma.
    """
    levels = grey.astype(np.int16)
    steps = float(np.abs(np.diff(levels, axis=0)).mean() + np.abs(np.diff(levels, axis=1)).mean())
    mean = float(levels.mean())
    return steps * min(1.0, mean / 40, (255 - mean) / 20)
