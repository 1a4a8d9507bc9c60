"""What a run need not do again: which files are known, and which of their renditions lie where they should."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.catalogue.records import AssetRecord, FileVersion
from ttdn_assets.model import Finding, Placement, Rendition, RenditionPlan
from ttdn_assets.renditions.planning.overlay import Mark
from ttdn_assets.renditions.planning.plan import plan
from ttdn_assets.settings import Library


def same_bytes(path: Path, known: FileVersion) -> bool:
    """Whether size and time of change say that the file is as it was."""
    stat = path.stat()
    return (stat.st_size, stat.st_mtime_ns) == (known.size_bytes, known.mtime_ns)


def gone(paths: Iterable[str]) -> list[str]:
    """The paths where nothing lies any more; what may not be looked at, or was stored with escapes, is not gone."""
    return [path for path in paths if "\\ud" not in path and _is_gone(Path(path))]


def _is_gone(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def planned(
    record: AssetRecord, size_bytes: int, placements: Sequence[Placement], library: Library, *, mark: Mark | None = None
) -> tuple[tuple[RenditionPlan, ...], tuple[Finding, ...]] | None:
    """The plans of a known asset, made without opening it; ``None`` where too little is known.

    What came out too light for a placement before is not tried again.
    """
    if record.media is None or record.subject is None or record.picture_sha256 is None:
        return None
    plans, findings = plan(
        record.media,
        picture_sha256=record.picture_sha256,
        size_bytes=size_bytes,
        placements=placements,
        subject=record.subject,
        choices=library.settings.placements,
        languages=library.settings.languages,
        mark=mark,
    )
    light = {finding.placement for finding in record.findings if finding.rule == "plan-too-few-bytes"}
    kept = (
        msgspec.structs.replace(one, placements=tuple(name for name in one.placements if name not in light))
        for one in plans
    )
    return tuple(one for one in kept if one.placements), findings


def recipes_there(renditions: Iterable[Rendition], root: Path) -> frozenset[str]:
    """The recipes whose files lie in the library with the size they were written with."""
    return frozenset(one.recipe for one in renditions if _is_whole(root / one.path, one.size_bytes))


def _is_whole(path: Path, size_bytes: int) -> bool:
    try:
        return path.stat().st_size == size_bytes
    except OSError:
        return False


def due(plans: Sequence[RenditionPlan], renditions: Iterable[Rendition]) -> tuple[Rendition, ...]:
    """Of the renditions those that a plan asks for, each with the placements that plan serves."""
    wanted = {one.recipe: one.placements for one in plans}
    return tuple(
        msgspec.structs.replace(one, placements=wanted[one.recipe]) for one in renditions if wanted.get(one.recipe)
    )
