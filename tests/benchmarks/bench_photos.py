"""Photos to eight sizes each, two workers: like for like against other tools, and what is shipped step by step.

Like for like is a baseline JPEG of quality 85 with 4:2:0 colours of the centre crop, without looking for a subject.
The likeness is to a Lanczos filter in linear light; the worst difference of a rendition is to libvips with one decode
a photo.  CPU seconds are a photo's, of both workers together.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from PIL import Image

from benchmarks import photo_long, photo_steps
from benchmarks.photo_contenders import OURS, VIPS, WORKERS, Pair, contenders
from benchmarks.photo_likeness import Reference, grey_of, ssim
from benchmarks.photo_set import cuts, photos
from benchmarks.side_by_side import Rounds, median_s, paired, table, times_faster

Size = tuple[int, int]
Likeness = Mapping[str, Mapping[tuple[str, Size], float]]
"""SSIM by contender, then photo and size."""

WANTED = {
    "bound: our decoder and encoder": 0.65,
    "bound: OpenCV's": 0.65,
    VIPS: 1.7,
    "libvips thumbnail each": 2.8,
    "sharp each": 6.0,
    "Pillow each": 9.0,
    "ImageMagick each": 30.0,
}


@click.command("photos")
@click.option(
    "--photos", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="JPEGs to take."
)
@click.option("--rounds", default=5, show_default=True)
@click.option("--against/--no-against", default=True, show_default=True, help="Table A, with other tools.")
@click.option("--steps/--no-steps", default=True, show_default=True, help="Table B, what is shipped.")
@click.option("--memory", is_flag=True, help="Peak of a worker on 24, 99 and 280 MP.")
@click.option("--slope", is_flag=True, help="10, 100 and 1,000 photos; a second run on 500.")
def command(folder: Path | None, rounds: int, against: bool, steps: bool, memory: bool, slope: bool) -> None:
    """Photos: against other tools, like for like; what is shipped, step by step; memory; many photos."""
    Image.MAX_IMAGE_PIXELS = None
    with tempfile.TemporaryDirectory(prefix="ttdn-bench-", ignore_cleanup_errors=True) as scratch:
        root = Path(scratch)
        if against or steps:
            paths = photos(folder, root)
            if against:
                told_against(paths, root / "out", rounds=rounds)
            if steps:
                photo_steps.told(paths, root / "steps")
        if memory:
            photo_long.told_memory(root / "memory")
        if slope:
            photo_long.told_slope(root / "slope")


def told_against(paths: Sequence[Path], out: Path, *, rounds: int) -> None:
    """Table A, and the likeness of each size."""
    sizes_px = {path: _size_px(path) for path in paths}
    found = contenders(paths, sizes_px, out)
    pairs = {name: pair for name, pair in found.items() if isinstance(pair, Pair)}
    for pair in pairs.values():
        pair.run()
    times = paired({name: pair.run for name, pair in pairs.items()}, rounds=rounds)
    for pair in pairs.values():
        pair.close()
    alike = _likeness(paths, sizes_px, out, [name for name in pairs if not name.startswith("bound")])
    rows = [_row(name, found[name], times, alike, len(paths)) for name in found]
    megapixels = [width * height / 1e6 for width, height in sizes_px.values()]
    table(
        f"A. {len(paths)} photos of {min(megapixels):.0f} to {max(megapixels):.0f} MP, eight sizes, {WORKERS} workers, "
        f"{rounds} paired rounds",
        ["", "photos/s", "ours is ×", "wanted", "CPU s", "SSIM", "− libvips"],
        rows,
    )
    if VIPS in alike:
        _told_likeness(alike)


def _row(name: str, pair: Pair | str, times: Rounds, alike: Likeness, count: int) -> list[object]:
    wanted = WANTED.get(name, "")
    if isinstance(pair, str):
        return [f"{name}: {pair}", "", "", wanted, "", "", ""]
    cpu_s = f"{statistics.median(pair.cpu_s[1:]) / count:.3f}"
    speed = f"{count / median_s(times, name):.2f}"
    ratio = "" if name == OURS else f"{times_faster(times, OURS, than=name):.2f}"
    if name not in alike:
        return [name, speed, ratio, wanted, cpu_s, "", ""]
    worst = min(value - alike[VIPS][key] for key, value in alike[name].items()) if VIPS in alike else ""
    mean = statistics.mean(alike[name].values())
    return [name, speed, ratio, wanted, cpu_s, f"{mean:.4f}", f"{worst:+.4f}" if worst != "" else ""]


def _told_likeness(alike: Likeness) -> None:
    numbers = sorted({number for _, number in _numbered(alike[OURS])})
    rows: list[list[object]] = []
    for number in numbers:
        keys = [key for key, place in _numbered(alike[OURS]) if place == number]
        ours, theirs = ([alike[name][key] for key in keys] for name in (OURS, VIPS))
        worst = min(one - other for one, other in zip(ours, theirs, strict=True))
        size_px = keys[0][1] if len({key[1] for key in keys}) == 1 else (max(keys[0][1]), 0)
        title = f"{size_px[0]} x {size_px[1]}" if size_px[1] else f"long edge {size_px[0]}"
        rows.append([title, f"{statistics.mean(theirs):.4f}", f"{statistics.mean(ours):.4f}", f"{worst:+.4f}"])
    table("Likeness by size: SSIM to Lanczos in linear light", ["", "libvips", "ours", "worst difference"], rows)


def _numbered(values: Mapping[tuple[str, Size], float]) -> list[tuple[tuple[str, Size], int]]:
    """Each key with the place of its size among those of its photo."""
    seen: dict[str, int] = {}
    numbered = []
    for key in values:
        seen[key[0]] = seen.get(key[0], -1) + 1
        numbered.append((key, seen[key[0]]))
    return numbered


def _likeness(paths: Sequence[Path], sizes_px: Mapping[Path, Size], out: Path, names: Sequence[str]) -> Likeness:
    alike: dict[str, dict[tuple[str, Size], float]] = {name: {} for name in names}
    for path in paths:
        reference = Reference(path)
        for cut in cuts(sizes_px[path]):
            wanted = reference.grey(cut)
            for name in names:
                made = out / name.replace(" ", "-").replace(",", "") / f"{path.stem}.{cut[1][0]}x{cut[1][1]}.jpg"
                alike[name][path.stem, cut[1]] = ssim(grey_of(made), wanted)
    return alike


def _size_px(path: Path) -> Size:
    with Image.open(path) as image:
        return image.size
