"""How many edited copies are found among the pictures of a folder, how many wrong ones, and how the time grows.

Every picture of ``TTDN_TEST_MEDIA`` that has anything to see is edited as people do and sought among all others and
made-up ones.  Beside it stands ``imagehash``'s perceptual hash with the distance its users take, all pairs compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from benchmarks.side_by_side import peers_python, table
from ttdn_assets.tools.looks import SIDE_PX, as_array, is_plain, look_of
from ttdn_assets.tools.looks_alike import alike
from ttdn_assets.tools.pixels import Picture

EDGE_PX = 1200
PEER = """
import json, sys, imagehash
from PIL import Image
hashes = [imagehash.phash(Image.open(path)) for path in json.load(sys.stdin)]
print(json.dumps([(a, b) for a in range(len(hashes)) for b in range(a) if hashes[a] - hashes[b] <= 10]))
"""


def cropped(left: float, top: float, right: float, bottom: float) -> Callable[[Image.Image], Image.Image]:
    def edit(image: Image.Image) -> Image.Image:
        width, height = image.size
        right_px, bottom_px = round(width * (1 - right)), round(height * (1 - bottom))
        return image.crop((round(width * left), round(height * top), right_px, bottom_px))

    return edit


def recompressed(image: Image.Image) -> Image.Image:
    out = BytesIO()
    image.save(out, "JPEG", quality=30)
    return Image.open(out).convert("RGB")


def straightened(degrees: float) -> Callable[[Image.Image], Image.Image]:
    away = 0.5 * np.sin(np.radians(degrees))
    return lambda image: cropped(away, away, away, away)(image.rotate(degrees, Image.Resampling.BICUBIC))


def warmer(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    return Image.merge("RGB", (red.point(lambda v: min(255, v * 1.15)), green, blue.point(lambda v: v * 0.8)))


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "a third of the size": lambda image: image.resize((max(48, image.width // 3), max(48, image.height // 3))),
    "JPEG quality 30": recompressed,
    "5 % cropped, all around": cropped(0.025, 0.025, 0.025, 0.025),
    "5 % cropped, one side": cropped(0.05, 0, 0, 0),
    "5 % cropped, two sides": cropped(0, 0, 0.05, 0.05),
    "10 % cropped, all around": cropped(0.05, 0.05, 0.05, 0.05),
    "turned by 90°": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "turned by 180°": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "straightened by 2°": straightened(2),
    "straightened by 5°": straightened(5),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.35),
    "more contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.5),
    "warmer": warmer,
    "without colours": lambda image: ImageOps.grayscale(image).convert("RGB"),
}


@click.command()
@click.option("--among", default=20_000, show_default=True, help="So many made-up pictures stand beside the real ones.")
@click.option("--grow", default="20000,200000", show_default=True, help="Numbers of looks to time the search with.")
def command(among: int, grow: str) -> None:
    """Precision and recall of finding copies, and seconds by number of pictures."""
    real = pictures()
    find(real, among)
    for text in filter(None, grow.split(",")):
        looks = made_up(int(text)).tobytes()
        started = time.process_time()
        found = sum(1 for _ in alike(looks, range(int(text))))
        click.echo(f"{int(text):,} looks: {time.process_time() - started:.1f} CPU seconds, {found} pairs")


def pictures() -> list[Image.Image]:
    """The real pictures that show something, none twice."""
    found: list[Image.Image] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted((Path(os.environ["TTDN_TEST_MEDIA"]) / "photos").iterdir()):
            try:
                opened = Image.open(path)
                opened.draft("RGB", (EDGE_PX, EDGE_PX))
                image = ImageOps.exif_transpose(opened).convert("RGB")
            except Exception:
                continue
            image.thumbnail((EDGE_PX, EDGE_PX))
            if min(image.size) >= 64 and not is_plain(as_array([look(image)]))[0]:
                found.append(image)
    kept = [look(image) for image in found]
    again = {max(one.first, one.second) for one in alike(b"".join(kept), range(len(kept)))}
    return [image for number, image in enumerate(found) if number not in again]


def look(image: Image.Image) -> bytes:
    return look_of(Picture(path=Path("x"), pixels=np.asarray(image), size_px=image.size))


def find(real: Sequence[Image.Image], among: int) -> None:
    """Ours and the peer's answers to the same pictures: all originals and their edited copies."""
    names = [("", number) for number in range(len(real))]
    images = list(real)
    for name, edit in EDITS.items():
        for number, image in enumerate(real):
            names.append((name, number))
            images.append(edit(image))
    looks = b"".join([*map(look, images), made_up(among).tobytes()])
    ours = {(one.first, one.second) for one in alike(looks, range(len(images) + among))}
    answers = {"ours": ours, "imagehash": peer(images)}
    rows = []
    for name in EDITS:
        wanted = [(number, place) for place, (edit, number) in enumerate(names) if edit == name]
        recalls = [sum((a, b) in some or (b, a) in some for a, b in wanted) / len(wanted) for some in answers.values()]
        rows.append((name, *(f"{recall:.3f}" for recall in recalls)))
    table(f"Recall: {len(real)} pictures, {len(EDITS)} edits, {among:,} others", ("edit", *answers), rows)
    for name, some in answers.items():
        right = sum(a < len(names) and b < len(names) and names[a][1] == names[b][1] for a, b in some)
        click.echo(f"precision of {name}: {right / max(1, len(some)):.4f} of {len(some)} pairs")


def peer(images: Sequence[Image.Image]) -> set[tuple[int, int]]:
    python = peers_python("duplicates", ["imagehash"])
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{number}.png") for number in range(len(images))]
        for image, path in zip(images, paths, strict=True):
            small = image.copy()
            small.thumbnail((256, 256))
            small.save(path)
        done = subprocess.run([python, "-c", PEER], input=json.dumps(paths), capture_output=True, text=True, check=True)
    return {(first, second) for first, second in json.loads(done.stdout)}


def made_up(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Looks with the spectrum of photographs, most lighter above than below."""
    chance = np.random.default_rng(1)
    frequency = np.hypot(np.fft.fftfreq(SIDE_PX)[:, None], np.fft.fftfreq(SIDE_PX))
    frequency[0, 0] = np.inf
    looks = np.empty((count, SIDE_PX, SIDE_PX), np.uint8)
    sky = np.linspace(1, -1, SIDE_PX)[:, None]
    for start in range(0, count, 4096):
        some = looks[start : start + 4096]
        waves = np.fft.fft2(chance.normal(size=some.shape)) * frequency**-1.3
        grey = np.fft.ifft2(waves).real
        grey = grey / grey.std(axis=(1, 2), keepdims=True) + sky * chance.normal(0.5, 0.7, (len(some), 1, 1))
        some[:] = np.clip(128 + 40 * grey, 0, 255)
    return looks
