"""Contenders as pairs of waiting processes: what is timed is work, not starting."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.photo_set import cuts
from benchmarks.side_by_side import cache_folder, peers_python

HERE = Path(__file__).resolve().parent
WORKERS = 2
OURS, VIPS = "ours", "libvips, one decode"


class Pair:
    """Two workers of one contender; each takes the next photo when it is done with its last."""

    def __init__(self, argv: Sequence[str], asks: Sequence[str], environment: Mapping[str, str]) -> None:
        self._asks = asks
        self.cpu_s: list[float] = []
        self._workers = [
            subprocess.Popen(
                argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
            )
            for _ in range(WORKERS)
        ]

    def run(self) -> None:
        """All photos once; what it took of all cores is added to ``cpu_s``."""
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        for ask in self._asks:
            waiting.put(ask)
        answers: list[str] = []
        threads = [threading.Thread(target=_feed, args=(worker, waiting, answers)) for worker in self._workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if "" in answers:
            raise RuntimeError("a worker ended")
        self.cpu_s.append(sum(map(float, answers)))

    def close(self) -> None:
        """Let the workers end."""
        for worker in self._workers:
            if worker.stdin:
                worker.stdin.close()
            worker.wait()


def _feed(worker: subprocess.Popen[str], waiting: queue.SimpleQueue[str], answers: list[str]) -> None:
    """Ask and keep what is answered; nothing is answered by one that has ended."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    while True:
        try:
            worker.stdin.write(waiting.get_nowait() + "\n")
            worker.stdin.flush()
            answers.append(worker.stdout.readline())
        except queue.Empty:
            return
        except OSError:
            answers.append("")
            return


def contenders(paths: Sequence[Path], sizes_px: Mapping[Path, tuple[int, int]], out: Path) -> dict[str, Pair | str]:
    """Every contender by name, ready to run; or a sentence why it is missing."""
    asks = [
        json.dumps(
            {
                "path": str(path),
                "name": path.stem,
                "cuts": [[box.x, box.y, box.width_px, box.height_px, *size] for box, size in cuts(sizes_px[path])],
            }
        )
        for path in paths
    ]

    def pair(name: str, argv: Sequence[object], environment: Mapping[str, str] | None = None) -> Pair:
        folder = out / name.replace(" ", "-").replace(",", "")
        folder.mkdir(parents=True)
        return Pair([*map(str, argv), str(folder)], asks, environment or {})

    here = [sys.executable, HERE / "photo_peer.py"]
    found: dict[str, Pair | str] = {
        "bound: our decoder and encoder": pair("bound: our decoder and encoder", [*here, "bound"]),
        "bound: OpenCV's": pair("bound: OpenCV's", [*here, "bound_opencv"]),
        OURS: pair(OURS, [*here, "ours"]),
    }
    peers = _or_why(lambda: peers_python("photos", ["pyvips[binary]", "pillow"]))
    for name, function in ((VIPS, "vips"), ("libvips thumbnail each", "vips_thumbnail"), ("Pillow each", "pillow")):
        found[name] = peers if isinstance(peers, str) else pair(name, [peers, HERE / "photo_peer.py", function])
    found["sharp each"] = _sharp(pair)
    magick = _imagemagick()
    found["ImageMagick each"] = (
        pair("ImageMagick each", [*here, "imagemagick"], {"TTDN_MAGICK": magick, "MAGICK_THREAD_LIMIT": "1"})
        if magick
        else "not installed"
    )
    return found


def _or_why(get: Callable[[], Path]) -> Path | str:
    try:
        return get()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"cannot be installed ({type(error).__name__})"


def _sharp(pair: Callable[[str, Sequence[object], Mapping[str, str]], Pair]) -> Pair | str:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return "no node or npm here"
    folder = cache_folder() / "sharp"
    if not (folder / "node_modules" / "sharp").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        installed = subprocess.run([npm, "install", "--silent", "--prefix", folder, "sharp"], check=False)
        if installed.returncode:
            return "cannot be installed"
    return pair("sharp each", [node, HERE / "photo_peer.js"], {"NODE_PATH": str(folder / "node_modules")})


def _imagemagick() -> str | None:
    """A program that says it is ImageMagick; some systems have something else by one of its names."""
    for name in ("magick", "convert", "/usr/bin/convert"):
        program = shutil.which(name)
        if program is None:
            continue
        told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
        if "ImageMagick" in told.stdout:
            return program
    return None
