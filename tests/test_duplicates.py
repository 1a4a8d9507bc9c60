"""Copies of a picture are found however they were coded, cut, turned or coloured; what only resembles it is not.

Shots of a burst are told from copies by their time, clips by their frames and length, and the best original is named.
"""

from __future__ import annotations

import datetime as dt
import subprocess
from array import array
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from drawn_photos import Pixels, save
from ttdn_assets.catalogue.looks import AllLooks, FileHeld, Lookalike
from ttdn_assets.jobs.duplicates import Duplicates, find_duplicates, groups_in
from ttdn_assets.jobs.library import catalogue_of
from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.tools.ffmpeg import find_ffmpeg
from ttdn_assets.tools.looks import SIDE_PX, candidates, look_of
from ttdn_assets.tools.pixels import Picture

NOON = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)


@cache
def drawn(seed: int, size_px: tuple[int, int] = (240, 160)) -> Image.Image:
    """A made-up scene: hills under a sky, with patches of light and dark, as every seed puts them."""
    chance = np.random.default_rng(seed)
    width, height = size_px
    y, x = np.mgrid[0:height, 0:width] / height
    grey = 0.9 - 0.5 * y
    for _ in range(60):
        at_x, at_y, wide = chance.uniform(0, width / height), chance.uniform(0, 1), chance.uniform(0.02, 0.12)
        grey += chance.uniform(-0.5, 0.5) * np.exp(-(((x - at_x) / wide) ** 2 + ((y - at_y) / wide) ** 2))
    tint = chance.uniform(0.7, 1, 3)
    pixels: Pixels = np.clip(grey[..., None] * tint * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels)


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = image.size
    return image.crop(
        (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    )


def recompressed(image: Image.Image) -> Image.Image:
    out = BytesIO()
    image.save(out, "JPEG", quality=25)
    return Image.open(out)


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "reduced": lambda image: image.resize((image.width // 3, image.height // 3)),
    "recompressed": recompressed,
    "cropped": lambda image: cut(image, 0.025, 0.025, 0.025, 0.025),
    "cropped on one side": lambda image: cut(image, 0.05, 0, 0, 0),
    "cropped at a corner": lambda image: cut(image, 0, 0, 0.05, 0.05),
    "upright": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "upright the other way": lambda image: image.transpose(Image.Transpose.ROTATE_270),
    "upside down": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "straightened": lambda image: cut(image.rotate(2, Image.Resampling.BICUBIC), 0.03, 0.03, 0.03, 0.03),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.3),
    "without colours": lambda image: ImageOps.grayscale(image).convert("RGB"),
}


@cache
def look_drawn(seed: int) -> bytes:
    return look(drawn(seed))


def look(image: Image.Image) -> bytes:
    pixels = np.asarray(image.convert("RGB"))
    return look_of(Picture(path=Path("x"), pixels=pixels, size_px=image.size))


def asset(number: int, **known: Any) -> Lookalike:
    given: dict[str, Any] = {
        "id": f"{number:064x}", "kind": "photo", "size_px": (480, 320), "taken_at": None, "camera": None,
        "duration_s": None, "files": (FileHeld(path=f"/m/{number}.jpg", sha256=f"{number:064x}", size_bytes=number),),
    }  # fmt: skip
    return Lookalike(**given | known)


def all_looks(*known: tuple[Lookalike, list[bytes]]) -> AllLooks:
    owners = [place for place, (_, some) in enumerate(known) for _ in some]
    positions = [position for _, some in known for position in range(len(some))]
    return AllLooks(
        assets=tuple(one for one, _ in known),
        owners=array("q", owners),
        positions=array("q", positions),
        pixels=bytearray(b"".join(one for _, some in known for one in some)),
    )


def numbers(looks: AllLooks) -> list[tuple[str, list[int]]]:
    """The groups by reason, with the numbers of their assets, the best first."""
    return [(group.reason, [int(one.asset, 16) for one in group.files]) for group in groups_in(looks)]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_is_found_among_others(edit: str) -> None:
    others = [(asset(100 + seed), [look_drawn(100 + seed)]) for seed in range(40)]
    copies = [(asset(seed), [look(EDITS[edit](drawn(100 + seed)))]) for seed in range(12)]
    found = groups_in(all_looks(*others, *copies))
    pairs = {tuple(sorted(int(one.asset, 16) for one in group.files)) for group in found}
    assert pairs == {(seed, 100 + seed) for seed in range(12)}
    assert {group.reason for group in found} == {"copy"}


def test_what_shows_nothing_is_no_copy() -> None:
    black = look(Image.new("RGB", (64, 64)))
    grey = look(Image.new("RGB", (64, 64), (120, 121, 122)))
    assert numbers(all_looks((asset(1), [black]), (asset(2), [black]), (asset(3), [grey]), (asset(4), [grey]))) == []


def test_shots_within_seconds_are_a_burst_and_the_same_scene_later_is_similar() -> None:
    scene = drawn(1)

    def shot(number: int, seconds: float, camera: str = "A") -> tuple[Lookalike, list[bytes]]:
        moved = cut(scene, 0.01 * number, 0, 0, 0)
        return asset(number, taken_at=NOON + dt.timedelta(seconds=seconds), camera=camera), [look(moved)]

    assert numbers(all_looks(shot(1, 0), shot(2, 0.5), shot(3, 1))) == [("burst", [3, 2, 1])]
    assert numbers(all_looks(shot(1, 0), shot(2, 3600))) == [("similar", [2, 1])]
    assert numbers(all_looks(shot(1, 0), shot(2, 0))) == [("copy", [2, 1])]


def test_the_best_original_has_most_pixels_then_bytes_then_says_when() -> None:
    one = look(drawn(1))
    small = asset(9, size_px=(100, 100))
    light, heavy = asset(1), asset(2)
    assert numbers(all_looks((small, [one]), (light, [one]), (heavy, [one]))) == [("copy", [2, 1, 9])]
    plain, dated = asset(1), asset(1, id=f"{5:064x}", taken_at=NOON)
    assert numbers(all_looks((plain, [one]), (dated, [one]))) == [("copy", [5, 1])]


def clip(number: int, frames: list[Image.Image], duration_s: float) -> tuple[Lookalike, list[bytes]]:
    return asset(number, kind="video", duration_s=duration_s), [look(frame) for frame in frames]


def test_clips_match_by_most_frames_and_length_and_never_by_black_ones() -> None:
    black = Image.new("RGB", (480, 320))
    first = [black, *(drawn(seed) for seed in (1, 2, 3, 4))]
    coded = [black, *(recompressed(drawn(seed)) for seed in (1, 2, 3, 4))]
    other = [black, black, *(drawn(seed) for seed in (7, 8, 9))]
    titled = [black, drawn(1), *(drawn(seed) for seed in (11, 12, 13))]
    looks = all_looks(clip(1, first, 10), clip(2, coded, 10.1), clip(3, other, 10), clip(4, titled, 10))
    assert numbers(looks) == [("copy", [2, 1])]
    assert numbers(all_looks(clip(1, first, 10), clip(2, coded, 20))) == []
    assert numbers(all_looks(clip(1, [black] * 5, 10), clip(2, [black] * 5, 10))) == []


def test_many_of_one_scene_stay_few_comparisons() -> None:
    chance = np.random.default_rng(3)
    base = np.frombuffer(look(drawn(1)), np.uint8).astype(np.int16)
    crowd = np.clip(base + chance.integers(-3, 4, (3_000, SIDE_PX**2)), 0, 255).astype(np.uint8)
    pairs = sum(len(found) for _, found in candidates(crowd.reshape(-1, SIDE_PX, SIDE_PX)))
    assert pairs < 3_000 * 200


def encode(path: Path, *options: str) -> None:
    source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=10:d=3,fade=in:0:5"]
    subprocess.run([find_ffmpeg(), "-v", "error", "-y", *source, *options, str(path)], check=True)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Duplicates]:
    """A folder of photos and clips, catalogued, and what was found in it."""
    folder, root = tmp_path_factory.mktemp("media"), tmp_path_factory.mktemp("library")
    scene = drawn(1, (900, 600))
    save(folder / "scene.jpg", scene, quality=95)
    (folder / "again").mkdir()
    (folder / "again" / "scene.jpg").write_bytes((folder / "scene.jpg").read_bytes())
    bare = (folder / "scene.jpg").read_bytes()
    (folder / "titled.jpg").write_bytes(bare[:2] + b"\xff\xfe\x00\x07title" + bare[2:])
    save(folder / "small.jpg", scene.resize((450, 300)), quality=60)
    save(folder / "other.jpg", drawn(2, (900, 600)), quality=90)
    encode(folder / "clip.mp4", "-crf", "18")
    encode(folder / "clip-small.mp4", "-crf", "35", "-vf", "scale=160:90", "-g", "7")
    encode(folder / "mirror.mp4", "-vf", "hflip,hue=h=90,negate")
    prepare([folder], targets=[], library=root, who="an")
    with catalogue_of(root) as catalogue:
        assert len(catalogue.unseen()) >= 3
    return folder, find_duplicates(root, jobs=1)


def test_a_folder_with_copies_is_grouped_with_reasons(found: tuple[Path, Duplicates]) -> None:
    folder, duplicates = found
    told = [
        (group.reason, [(Path(one.path).relative_to(folder).as_posix(), one.reason) for one in group.files])
        for group in duplicates.groups
    ]
    clips, photos = told
    assert photos[0] == clips[0] == "copy"
    assert dict(photos[1]) == {
        "titled.jpg": None,
        "scene.jpg": "picture",
        "again/scene.jpg": "picture",
        "small.jpg": "copy",
    }
    assert clips[1] == [("clip.mp4", None), ("clip-small.mp4", "copy")]
    assert duplicates.unseen == 0


def test_the_same_bytes_elsewhere_are_said_so() -> None:
    held = tuple(FileHeld(path=f"/m/{name}.jpg", sha256="0" * 64, size_bytes=1) for name in "ab")
    (group,) = groups_in(all_looks((asset(1, files=held), [])))
    assert [(one.path, one.reason) for one in group.files] == [("/m/a.jpg", None), ("/m/b.jpg", "bytes")]


def test_the_best_of_equal_files_is_one_that_is_at_hand(tmp_path: Path) -> None:
    (tmp_path / "b.jpg").write_bytes(b"x")
    held = tuple(FileHeld(path=str(tmp_path / name), sha256="0" * 64, size_bytes=1) for name in ("a.jpg", "b.jpg"))
    (group,) = groups_in(all_looks((asset(1, files=held), [])))
    assert [(Path(one.path).name, one.best, one.missing) for one in group.files] == [
        ("b.jpg", True, False),
        ("a.jpg", False, True),
    ]


def test_no_file_is_touched(found: tuple[Path, Duplicates]) -> None:
    folder, duplicates = found
    assert all(Path(one.path).is_file() for group in duplicates.groups for one in group.files)
    assert len(list(folder.rglob("*.*"))) == 8
