"""A clip to measure with, drawn where none is at hand: hand-held pans over textured scenes, with a voice-like sound."""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ttdn_assets.tools.ffmpeg import find_ffmpeg

SIZE_PX = (1920, 1080)
FPS = 30
PHOTOS = ("seeding_by_Clements_Engelhardt.jpg", "nexus6p_12mp_gps.jpg", "elephants.jpg", "thai.jpg", "astronaut.png")
VOICE = "0.2*sin(2*PI*(180+40*sin(2*PI*0.7*t))*t)*(0.5+0.5*sin(2*PI*3*t))+0.05*sin(2*PI*700*t)*(0.5+0.5*sin(2*PI*4*t))"


def draw_clip(path: Path, *, seconds: int) -> Path:
    """Draw ``seconds`` of 1080p30, H.264 and AAC as a phone writes them; over real photos where some are at hand."""
    scenes = list(_scenes())
    sound = ["-f", "lavfi", "-i", f"aevalsrc='{VOICE}':s=48000:d={seconds}"]
    picture = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{SIZE_PX[0]}x{SIZE_PX[1]}", "-r", str(FPS), "-i", "-"]
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    command = [str(find_ffmpeg()), "-y", "-loglevel", "error", *picture, *sound, *coded, "-shortest", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for frame in _frames(scenes, seconds * FPS):
            process.stdin.write(frame.tobytes())
        process.stdin.close()
    return path


def _scenes() -> Iterator[Any]:
    """Pictures somewhat larger than a frame: photos, else clouds of noise at every scale with hard edges in them."""
    folder = Path(os.environ.get("TTDN_TEST_MEDIA", "")) / "photos"
    photos = [folder / name for name in PHOTOS if (folder / name).is_file()]
    for photo in photos:
        picture: Any = cv2.imread(str(photo))
        scale = max(2200 / picture.shape[1], 1300 / picture.shape[0])
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        yield cv2.resize(picture, None, fx=scale, fy=scale, interpolation=kind)
    if not photos:
        yield from (_cloud(np.random.default_rng(seed)) for seed in range(4))


def _cloud(noise: np.random.Generator) -> Any:
    picture: Any = np.zeros((1300, 2300, 3))
    for power in range(2, 10):
        small = noise.normal(0, 1, (2**power * 13 // 8, 2**power * 23 // 8, 3))
        picture += cv2.resize(small, (2300, 1300), interpolation=cv2.INTER_CUBIC) / 1.5 ** (power - 2)
    picture = np.clip(110 + 28 * picture, 0, 255).astype(np.uint8)
    for _ in range(60):
        centre = (int(noise.integers(0, 2300)), int(noise.integers(0, 1300)))
        colour = [int(value) for value in noise.integers(0, 255, 3)]
        cv2.circle(picture, centre, int(noise.integers(5, 90)), colour, int(noise.integers(1, 6)), cv2.LINE_AA)
    return picture


def _frames(scenes: list[Any], count: int) -> Iterator[Any]:
    """Slow pans and zooms with the tremor of a hand and the grain of a sensor."""
    random = np.random.default_rng(1)
    grains = [random.normal(0, 2, (SIZE_PX[1], SIZE_PX[0], 1)).astype(np.int8) for _ in range(7)]
    each = math.ceil(count / len(scenes))
    for number in range(count):
        scene, share = scenes[number // each], number % each / each
        height, width = scene.shape[:2]
        across = min(width, height * 16 / 9) * 0.95 * (1 - 0.25 * share)
        zoom = SIZE_PX[0] / across
        x = width / 2 + 0.45 * (width - across) * math.sin(math.pi * share) + 2 * math.sin(0.37 * number)
        y = height / 2 + 0.4 * (height - across * 9 / 16) * math.cos(math.pi * share) + 2 * math.sin(0.51 * number)
        way = np.array([[zoom, 0, SIZE_PX[0] / 2 - x * zoom], [0, zoom, SIZE_PX[1] / 2 - y * zoom]])
        frame = cv2.warpAffine(scene, way, SIZE_PX, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        yield np.clip(frame.astype(np.int16) + grains[number % 7], 0, 255).astype(np.uint8)
