"""A crop that moves: commands to ffmpeg's crop filter, read from a file while the frames pass."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from ttdn_assets.model import PathPoint, RenditionPlan
from ttdn_assets.tools.ffmpeg_graph import Filter

_AFTER_S = 1e9


def moving(plan: RenditionPlan, width_px: int, height_px: int) -> tuple[Filter, ...]:
    """The crop filter, and before it the one that moves it; the file must lie in the folder of the run."""
    size: dict[str, str | int | float] = {"w": width_px, "h": height_px, "x": 0, "y": 0, "exact": 1}
    return Filter("sendcmd", {"filename": _file_name(plan)}), Filter(_target(plan), size)


def write_moves(plan: RenditionPlan, scale: tuple[float, float], folder: Path) -> None:
    """Put the commands of one plan where ``moving`` looks for them.

    Args:
        plan: Its path is in upright source pixels.
        scale: How many pixels of the raster that is cut one of those is, across and down.
        folder: The working folder of the run.
    """
    path = plan.video.path if plan.video else ()
    if path:
        (folder / _file_name(plan)).write_text("".join(_commands(_target(plan), path, scale)), encoding="ascii")


def _commands(target: str, path: tuple[PathPoint, ...], scale: tuple[float, float]) -> Iterator[str]:
    """One line from each point to the next: the place is worked out anew for every frame between them."""
    first, last = path[0], path[-1]
    still = (PathPoint(0.0, first.x, first.y), *path, PathPoint(max(last.t_s, 0.0) + _AFTER_S, last.x, last.y))
    for start, end in pairwise(still):
        if end.t_s > start.t_s >= 0:
            x = _between(start.x * scale[0], end.x * scale[0])
            y = _between(start.y * scale[1], end.y * scale[1])
            yield f"{start.t_s:.6f}-{end.t_s:.6f} [expr] {target} x '{x}', [expr] {target} y '{y}';\n"


def _between(start: float, end: float) -> str:
    """The way from one number to another; TI goes from 0 to 1 in the interval."""
    return f"{start:.3f}+({end - start:.3f})*TI"


def _target(plan: RenditionPlan) -> str:
    return f"crop@{plan.recipe[:32]}"


def _file_name(plan: RenditionPlan) -> str:
    return f"{plan.recipe[:32]}.moves"
