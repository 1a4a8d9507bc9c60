"""What is shipped, step by step: what each step costs a photo, and what it takes off its files."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.photo_set import LONG_EDGE, SIZES
from benchmarks.side_by_side import table
from ttdn_assets.geometry import CENTRE
from ttdn_assets.media.probe import probe
from ttdn_assets.model import MediaFacts, Placement, RenditionPlan, Subject
from ttdn_assets.renditions.checking.check import check_file
from ttdn_assets.renditions.photo import make_photos, open_picture
from ttdn_assets.renditions.planning.plan import plan
from ttdn_assets.renditions.watching.subject import find_subject
from ttdn_assets.settings import Limits, PlacementChoice
from ttdn_assets.tools import jpeg
from ttdn_assets.tools.cuts import Cutter
from ttdn_assets.tools.encode import encode_jpeg, has_fine_colour
from ttdn_assets.tools.pixels import Picture, thumbnail
from ttdn_assets.tools.quality import sufficient_quality

PLACEMENTS = (
    *(
        Placement(id=f"size.{width}x{height}", kind="photo", name={}, formats=("jpeg",), sizes_px=((width, height),))
        for width, height in SIZES
    ),
    Placement(id="size.whole", kind="photo", name={}, formats=("jpeg",), long_edge_px=LONG_EDGE),
)
QUALITY = 85


class Steps:
    """CPU seconds and bytes by step, in the order in which they first come."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.seconds: dict[str, float] = defaultdict(float)
        self.size_bytes: dict[str, int] = defaultdict(int)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what the block takes."""
        started = time.process_time()
        yield
        self.seconds[name] += time.process_time() - started


def told(paths: Sequence[Path], root: Path) -> None:
    """Table B."""
    steps = Steps()
    for path in (paths[0], *paths):
        if path is paths[0]:
            steps = Steps()
        _one(path, root, steps)
    rows: list[list[object]] = []
    before = 0
    for name, seconds in steps.seconds.items():
        size_bytes = steps.size_bytes.get(name, 0)
        saved = f"{100 * (1 - size_bytes / before):.1f} %" if size_bytes and before else ""
        kilobytes = f"{size_bytes / len(paths) / 1000:.0f}" if size_bytes else ""
        rows.append([name, f"{seconds / len(paths):.3f}", kilobytes, saved])
        before = size_bytes or before
    rows.append(["together", f"{sum(steps.seconds.values()) / len(paths):.3f}", "", ""])
    table("B. What is shipped, a photo with its eight files", ["", "CPU s", "kB", "saved"], rows)


def _one(path: Path, root: Path, steps: Steps) -> None:
    with steps.step("probe"):
        facts = probe(path)
    with steps.step("decode"):
        picture = open_picture(path, facts, limits=Limits(), placements=PLACEMENTS)
    with steps.step("find the subject"):
        subject = find_subject(picture, known_faces=facts.face_boxes)
    _coded(
        picture, _plans(path, facts, Subject(focal=CENTRE), fit="crop"), steps, "centre crops, quality 85, sequential"
    )
    plans = _plans(path, facts, subject, fit=None)
    with steps.step("whether colours need full resolution"):
        fine = has_fine_colour(thumbnail(picture, 1024))
    _better(picture, plans, steps, fine=fine)
    made = list(make_photos(picture, plans, root))
    by_id = {placement.id: placement for placement in PLACEMENTS}
    with steps.step("check every file"):
        broken = [f for one in made for name in one.placements for f in check_file(root / one.path, by_id[name])]
    if broken:
        raise RuntimeError(f"{path.name}: {broken[0]}")


def _plans(path: Path, facts: MediaFacts, subject: Subject, *, fit: str | None) -> tuple[RenditionPlan, ...]:
    choice = PlacementChoice(fit="crop") if fit else PlacementChoice()
    plans, _ = plan(
        facts,
        picture_sha256=path.stem,
        size_bytes=path.stat().st_size,
        placements=PLACEMENTS,
        subject=subject,
        choices={"size": choice},
    )
    return plans


def _coded(picture: Picture, plans: Sequence[RenditionPlan], steps: Steps, name: str) -> None:
    with steps.step(name):
        cutter = Cutter(picture)
        for one in plans:
            planes = cutter.planes(one.crop, one.size_px, fine=False)
            steps.size_bytes[name] += len(jpeg.coded(planes.luma, planes[1:], QUALITY))


def _better(picture: Picture, plans: Sequence[RenditionPlan], steps: Steps, *, fine: bool) -> None:
    """What the crop, the quality and the order of coefficients add; cutting is counted once, above."""
    framed, sufficient, shipped = (
        "crop or padding by the subject",
        "the lowest quality that suffices",
        "progressive, with a profile",
    )
    cutter = Cutter(picture)
    for one in plans:
        padded = one.fit == "pad"
        planes = cutter.padded(one.size_px, fine=fine) if padded else cutter.planes(one.crop, one.size_px, fine=fine)
        steps.seconds[framed] += 0.0
        steps.size_bytes[framed] += len(jpeg.coded(planes.luma, planes[1:], QUALITY))
        started = time.process_time()
        quality = sufficient_quality(planes.luma)
        searched = time.process_time()
        steps.size_bytes[sufficient] += len(jpeg.coded(planes.luma, planes[1:], quality))
        coded = time.process_time()
        steps.size_bytes[shipped] += len(encode_jpeg(planes, bytes_max=None, master=False, dpi=None))
        steps.seconds[sufficient] += searched - started
        steps.seconds[shipped] += time.process_time() - coded - (coded - started)
