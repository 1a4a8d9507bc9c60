"""One worker of a contender, in whatever interpreter has its library: ``photo_peer.py CONTENDER OUT``.

Reads a line of JSON a photo (path, name, and the cuts as x, y, width, height of the crop and the size to make), writes
its renditions as baseline JPEGs of quality 85 with 4:2:0 colours into OUT, and answers with the CPU seconds it took.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

os.environ["VIPS_CONCURRENCY"] = "1"

Ask = dict[str, Any]
Make = Callable[[Ask, Path], None]
QUALITY = 85


def target(ask: Ask, out: Path, cut: list[int]) -> Path:
    """Where the rendition of a cut goes."""
    return out / f"{ask['name']}.{cut[4]}x{cut[5]}.jpg"


def ours() -> Make:
    """The photo room as it is, at a fixed quality."""
    from ttdn_assets.media.probe import probe
    from ttdn_assets.model import Box
    from ttdn_assets.renditions.photo import open_picture
    from ttdn_assets.settings import Limits
    from ttdn_assets.tools import jpeg
    from ttdn_assets.tools.cuts import Cutter

    facts_of = cache(probe)

    def make(ask: Ask, out: Path) -> None:
        path = Path(ask["path"])
        cutter = Cutter(open_picture(path, facts_of(path), limits=Limits()))
        for cut in ask["cuts"]:
            planes = cutter.planes(Box(*cut[:4]), (cut[4], cut[5]), fine=False)
            target(ask, out, cut).write_bytes(jpeg.coded(planes.luma, planes[1:], QUALITY))

    return make


def bound() -> Make:
    """One decode and the eight encodes with our codecs; what is encoded was made before."""
    import simplejpeg

    ready: dict[str, list[Any]] = {}

    def make(ask: Ask, out: Path) -> None:
        pixels = simplejpeg.decode_jpeg(Path(ask["path"]).read_bytes(), fastupsample=True)
        if ask["name"] not in ready:
            ready[ask["name"]] = [_rough(pixels, cut) for cut in ask["cuts"]]
        for cut, reduced in zip(ask["cuts"], ready[ask["name"]], strict=True):
            target(ask, out, cut).write_bytes(simplejpeg.encode_jpeg(reduced, QUALITY, "RGB", "420", fastdct=False))

    return make


def bound_opencv() -> Make:
    """The same with OpenCV's codecs."""
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    ready: dict[str, list[Any]] = {}

    def make(ask: Ask, out: Path) -> None:
        coded = np.frombuffer(Path(ask["path"]).read_bytes(), np.uint8)
        pixels = cv2.imdecode(coded, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if ask["name"] not in ready:
            ready[ask["name"]] = [_rough(pixels, cut) for cut in ask["cuts"]]
        for cut, reduced in zip(ask["cuts"], ready[ask["name"]], strict=True):
            data = cv2.imencode(".jpg", reduced, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
            target(ask, out, cut).write_bytes(data.tobytes())

    return make


def _rough(pixels: Any, cut: list[int]) -> Any:
    import cv2

    x, y, width, height, to_w, to_h = cut
    return cv2.resize(pixels[y : y + height, x : x + width], (to_w, to_h), interpolation=cv2.INTER_AREA)


def vips() -> Make:
    """libvips, one decode a photo."""
    pyvips: Any = importlib.import_module("pyvips")
    pyvips.cache_set_max(0)

    def make(ask: Ask, out: Path) -> None:
        whole = pyvips.Image.new_from_file(ask["path"], access="sequential").copy_memory()
        for cut in ask["cuts"]:
            x, y, width, height, to_w, to_h = cut
            reduced = whole.crop(x, y, width, height).resize(to_w / width, vscale=to_h / height)
            reduced.jpegsave(str(target(ask, out, cut)), Q=QUALITY, subsample_mode="on", keep="none")

    return make


def vips_thumbnail() -> Make:
    """libvips, its thumbnail for each rendition."""
    pyvips: Any = importlib.import_module("pyvips")
    pyvips.cache_set_max(0)

    def make(ask: Ask, out: Path) -> None:
        for cut in ask["cuts"]:
            made = pyvips.Image.thumbnail(ask["path"], cut[4], height=cut[5], crop="centre")
            made.jpegsave(str(target(ask, out, cut)), Q=QUALITY, subsample_mode="on", keep="none")

    return make


def pillow() -> Make:
    """Pillow, opened for each rendition."""
    from PIL import Image

    def make(ask: Ask, out: Path) -> None:
        for cut in ask["cuts"]:
            x, y, width, height, to_w, to_h = cut
            with Image.open(ask["path"]) as image:
                made = image.resize((to_w, to_h), Image.Resampling.LANCZOS, box=(x, y, x + width, y + height))
                made.save(target(ask, out, cut), quality=QUALITY, subsampling=2)

    return make


def imagemagick() -> Make:
    """ImageMagick, one process for each rendition."""
    program = os.environ["TTDN_MAGICK"]

    def make(ask: Ask, out: Path) -> None:
        for cut in ask["cuts"]:
            x, y, width, height, to_w, to_h = cut
            crop = ["-crop", f"{width}x{height}+{x}+{y}", "+repage", "-resize", f"{to_w}x{to_h}!"]
            coded = ["-strip", "-sampling-factor", "4:2:0", "-quality", str(QUALITY)]
            subprocess.run([program, ask["path"], *crop, *coded, str(target(ask, out, cut))], check=True)

    return make


def main(contender: str, out: Path) -> None:
    """Answer line by line until there are no more."""
    make: Make = globals()[contender]()
    spent_s = sum(os.times()[:4])
    for line in sys.stdin:
        make(json.loads(line), out)
        before_s, spent_s = spent_s, sum(os.times()[:4])
        print(spent_s - before_s, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
