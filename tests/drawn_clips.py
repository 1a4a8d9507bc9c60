"""Clips the tests draw and encode themselves, plans for them, and what came out of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ttdn_assets.media.probe import probe
from ttdn_assets.model import Box, Fit, MediaFacts, PathPoint, Rendition, RenditionPlan, VideoPlan
from ttdn_assets.renditions.video.make import make_videos

MakeClip = Callable[..., Path]
Rgb = tuple[int, int, int]

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (235, 235, 235)
CORNERS = {(-1, -1): RED, (1, -1): GREEN, (-1, 1): BLUE, (1, 1): WHITE}
"""Colours by corner of the stored raster; x to the right, y downwards."""

H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p"]


def corners(size: str = "320x180", rate: str = "25", seconds: float = 1.0) -> list[str]:
    """Input options for four coloured quarters and a hair of noise, so that no encoder makes nothing of it."""
    width, height = (int(side) for side in size.split("x"))
    boxes = [
        f"drawbox=x={width // 2 * (x > 0)}:y={height // 2 * (y > 0)}:w={(width + 1) // 2}:h={(height + 1) // 2}"
        f":color=0x{r:02x}{g:02x}{b:02x}:t=fill"
        for (x, y), (r, g, b) in CORNERS.items()
    ]
    source = f"color=black:size={size}:rate={rate}:duration={seconds},format=gbrp,{','.join(boxes)}"
    return ["-f", "lavfi", "-i", source]


def tone(seconds: float = 1.0, layout: str = "mono", volume: float = 0.1) -> list[str]:
    wave = "|".join([f"{volume}*sin(2*PI*440*t)"] * {"mono": 1, "stereo": 2, "5.1": 6}[layout])
    return ["-f", "lavfi", "-i", f"aevalsrc=exprs='{wave}':channel_layout={layout}:duration={seconds}"]


def planned(
    facts: MediaFacts,
    size_px: tuple[int, int],
    *,
    fit: Fit = "whole",
    crop: Box | None = None,
    fps: float | None = 25.0,
) -> RenditionPlan:
    assert facts.video is not None
    video = VideoPlan(
        copy=False,
        fps=fps,
        duration_s=min(2.0, facts.video.duration_s),
        audio="encode" if facts.video.audio else "silence",
        video_bitrate_max_bps=8_000_000,
    )
    name = f"{size_px[0]}x{size_px[1]}{fit}{fps}"
    return RenditionPlan(
        recipe=name, placements=("a.b",), kind="video", format="mp4", fit=fit, size_px=size_px, crop=crop, video=video
    )


def clip_of(plan: RenditionPlan, video: VideoPlan) -> RenditionPlan:
    return msgspec.structs.replace(plan, video=video)


def make_one(path: Path, plan: RenditionPlan, root: Path) -> tuple[Path, Rendition]:
    (rendition,) = make_videos(path, probe(path), [plan], root, limit_s=100)
    return root / rendition.path, rendition


def whole_of(source: Path, **changes: Any) -> RenditionPlan:
    """The clip at its own size and length, its video plan changed so."""
    facts = probe(source)
    assert facts.video is not None
    plan = planned(facts, facts.size_px)
    assert plan.video is not None
    video = msgspec.structs.replace(plan.video, duration_s=facts.video.duration_s)
    return clip_of(plan, msgspec.structs.replace(video, **changes))


def frames_of(path: Path) -> list[Any]:
    import av

    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def patch(frame: Any, x: int, y: int) -> Any:
    """The mean colour well inside the corner (x, y), each -1 or 1."""
    height, width = frame.shape[:2]
    row, column = round(height * (0.5 + 0.3 * y)), round(width * (0.5 + 0.3 * x))
    return frame[row - 3 : row + 4, column - 3 : column + 4].reshape(-1, 3).mean(axis=0)


def shows(frame: Any, corner: tuple[int, int], colour: Rgb, *, within: float = 12) -> bool:
    found = patch(frame, *corner)
    assert np.abs(found - np.array(colour)).max() <= within, f"{corner}: {found} instead of {colour}"
    return True


def boxes_in(path: Path) -> list[bytes]:
    """The kinds of the top boxes, and of every box found inside the movie box by name."""
    data, at, kinds = path.read_bytes(), 0, []
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kinds.append(data[at + 4 : at + 8])
        if kinds[-1] == b"moov":
            kinds += [name for name in (b"edts", b"elst", b"udta", b"chap") if name in data[at : at + size]]
        at += max(8, size)
    return kinds


def path_length_px(path: Sequence[PathPoint]) -> float:
    """How far the crop travels, jumps at cuts left out."""
    return sum(math.dist((a.x, a.y), (b.x, b.y)) for a, b in pairwise(path) if b.t_s > a.t_s)


def place_at(path: Sequence[PathPoint], t_s: float) -> tuple[float, float]:
    """Where the crop's upper left corner is at a time; before the first point and after the last it stands."""
    for start, end in pairwise(path):
        if start.t_s <= t_s < end.t_s:
            share = (t_s - start.t_s) / (end.t_s - start.t_s)
            return start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share
    nearest = path[0] if t_s < path[0].t_s else path[-1]
    return float(nearest.x), float(nearest.y)
