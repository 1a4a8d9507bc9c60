"""Faces found, and kept whole in each ratio, on composed pictures; beside them OpenCV's best cascade."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import click
import cv2
import numpy as np
from PIL import Image

from benchmarks.side_by_side import table
from drawn_faces import RATIOS, Composed, Pixels, composed, found, kept
from ttdn_assets.model import Box
from ttdn_assets.renditions.planning.frame import Wish
from ttdn_assets.renditions.watching.subject import LOOK_PX, find_subject
from ttdn_assets.tools.faces import find_faces
from ttdn_assets.tools.pixels import Picture, thumbnail

Finder = Callable[[Pixels], Sequence[Box]]


@click.command(help=__doc__)
@click.option("--pictures", default=60, show_default=True, help="How many are composed.")
@click.option("--backdrops", type=click.Path(path_type=Path, exists=True), help="A folder of photos without faces.")
def command(pictures: int, backdrops: Path | None) -> None:
    """Print what is found and what stays whole."""
    cv2.setNumThreads(1)
    shown = list(composed(pictures, _opened(backdrops) if backdrops else ()))
    looks = [thumbnail(_picture(one), LOOK_PX) for one in shown]
    finders: dict[str, Finder] = {"YuNet, as shipped": find_faces, "Haar frontalface_alt2": _haar}
    table(
        f"{len(shown)} pictures, {sum(len(one.faces) for one in shown)} faces of 4 to 40 % of the long edge",
        ["", "found", "false", "CPU ms"],
        [[name, *_found(finder, shown, looks)] for name, finder in finders.items()],
    )
    table(
        "Faces whole, of those a ratio can hold together",
        ["", *RATIOS, "all", "share"],
        [_whole("crop or padding by the rule", shown, "auto"), _whole("crop forced", shown, "crop")],
    )


def _picture(one: Composed) -> Picture:
    return Picture(Path(one.name), one.pixels, (one.pixels.shape[1], one.pixels.shape[0]))


def _opened(folder: Path) -> list[Pixels]:
    opened = []
    for path in sorted(folder.glob("*.jpg")):
        with Image.open(path) as image:
            image.thumbnail((1600, 1600))
            opened.append(np.asarray(image.convert("RGB")))
    return opened


def _haar(pixels: Pixels) -> list[Box]:
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml"))
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return [Box(*map(int, box)) for box in cascade.detectMultiScale(grey, 1.1, 3, minSize=(20, 20))]


def _found(finder: Finder, shown: Sequence[Composed], looks: Sequence[Pixels]) -> list[object]:
    right = wrong = 0
    seconds = []
    for one, look in zip(shown, looks, strict=True):
        started = time.process_time()
        boxes = finder(look)
        seconds.append(time.process_time() - started)
        scale = one.pixels.shape[1] / look.shape[1]
        seen = [Box(*(round(side * scale) for side in (b.x, b.y, b.width_px, b.height_px))) for b in boxes]
        right += sum(found(face, seen) for face in one.faces)
        wrong += sum(not any(found(face, [box]) for face in one.faces) for box in seen)
    return [right, wrong, 1000 * statistics.median(seconds)]


def _whole(title: str, shown: Iterable[Composed], wish: Wish) -> list[object]:
    subjects = [(_picture(one).size_px, one.faces, find_subject(_picture(one))) for one in shown]
    cells: list[object] = []
    could = whole = 0
    for ratio in RATIOS:
        judge = partial(kept, ratio=ratio, wish=wish)
        results = [judge(size_px, faces, subject) for size_px, faces, subject in subjects]
        cells.append(f"{sum(r.whole for r in results)}/{sum(r.could for r in results)}")
        could, whole = could + sum(r.could for r in results), whole + sum(r.whole for r in results)
    return [title, *cells, f"{whole}/{could}", f"{whole / could:.1%}"]
