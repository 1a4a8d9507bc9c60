"""What a worker holds at most, over one photo to every photo placement; and whether many photos take their share."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.photo_set import draw
from benchmarks.side_by_side import table
from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.jobs.work import Task, work_on
from ttdn_assets.model import Source
from ttdn_assets.placements import load_placements

HERE = Path(__file__).resolve()
SIZES = (((6000, 4000), 700), ((9640, 10330), 1500), ((20_000, 14_000), 2000))
"""Width and height, and the MB a worker may take."""

COUNTS = (10, 100, 1000)
AGAIN = 500
TARGETS = ["facebook.photo", "instagram.feed"]


def told_memory(root: Path) -> None:
    """Each size in a process of its own: what it peaks at, all libraries included."""
    if sys.platform == "win32":
        click.echo("memory: peaks cannot be read on this system")
        return
    root.mkdir()
    rows: list[list[object]] = []
    for size_px, allowed in SIZES:
        path = root / f"{size_px[0]}.jpg"
        _alone("draw", path, *size_px)
        ran = _alone("work", path, root / "library")
        files, seconds, peak, idle = ran.split()
        rows.append([f"{size_px[0] * size_px[1] / 1e6:.0f} MP", files, seconds, idle, peak, allowed])
    table("Memory of a worker, one JPEG to every photo placement", ["", "files", "s", "idle MB", "peak MB", "≤"], rows)


def _alone(*arguments: object) -> str:
    """What this file, run by itself, prints."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}
    argv = [sys.executable, str(HERE), *map(str, arguments)]
    return subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout


def told_slope(root: Path) -> None:
    """Whole runs with two workers: seconds a photo as photos grow, and a run again over what is done."""
    rows: list[list[object]] = []
    for count in (*COUNTS, AGAIN):
        folder = root / str(count)
        draw_many(folder, count)
        seconds = _ran_s(folder, root / f"library-{count}")
        rows.append([count, f"{seconds:.1f}", f"{1000 * seconds / count:.0f}", f"{_peak_mb():.0f}"])
    again = _ran_s(root / str(AGAIN), root / f"library-{AGAIN}")
    share = 100 * again / float(str(rows[-1][1]))
    rows.append([f"{AGAIN} again", f"{again:.1f}", f"{1000 * again / AGAIN:.0f}", f"{_peak_mb():.0f}"])
    table("Many photos of 3 MP, two workers", ["photos", "s", "ms a photo", "peak MB of the parent so far"], rows)
    click.echo(f"The second run on {AGAIN} takes {share:.1f} % of the first.")


def _ran_s(folder: Path, library: Path) -> float:
    started = time.perf_counter()
    run = prepare([folder], targets=TARGETS, library=library, store="", jobs=2)
    seconds = time.perf_counter() - started
    if not run.submissions:
        raise RuntimeError("nothing was packed")
    return seconds


def draw_many(folder: Path, count: int) -> None:
    """So many different photos."""
    folder.mkdir(parents=True)
    first = draw(folder / "0.jpg", (2048, 1536))
    with Image.open(first) as image:
        image.load()
        for number in range(1, count):
            ImageDraw.Draw(image).text((900, 700), f"{number}", fill=(250, 240, 20), font_size=120)
            image.save(folder / f"{number}.jpg", quality=88)
            ImageDraw.Draw(image).rectangle((880, 680, 1400, 860), fill=tuple(_colour(number)))


def _colour(number: int) -> Iterator[int]:
    yield from np.random.default_rng(number).integers(0, 255, 3).tolist()


def _peak_mb() -> float:
    if sys.platform == "win32":
        return 0.0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _work(path: Path, root: Path) -> None:
    """Do the work of one file here, and say how many files came of it, in how long, and what it took."""
    idle = _peak_mb()
    placements = tuple(one for one in load_placements().values() if one.kind == "photo")
    source = Source(path=str(path), relative=path.name)
    started = time.perf_counter()
    worked = work_on(Task(source=source, root=str(root), trace=str(root / "trace"), placements=placements))
    seconds = time.perf_counter() - started
    if worked.failure:
        raise RuntimeError(worked.failure.code)
    print(len(worked.renditions), f"{seconds:.1f}", f"{_peak_mb():.0f}", f"{idle:.0f}")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    Image.MAX_IMAGE_PIXELS = None
    if sys.argv[1] == "draw":
        draw(Path(sys.argv[2]), (int(sys.argv[3]), int(sys.argv[4])))
    else:
        _work(Path(sys.argv[2]), Path(sys.argv[3]))
