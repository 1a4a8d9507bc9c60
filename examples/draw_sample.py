"""Draw and encode a small folder of media as an officer keeps it: named by event and place, EXIF and GPS inside.

    python examples/draw_sample.py examples/sample

Nothing in it is a photograph; the pictures are drawn so that the folder may be given to anyone.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageFilter

MOC_CHAU = (20.8353, 104.6819)
SON_LA = (21.3270, 103.9141)
LONG_SAP = (20.7686, 104.4876)


def sky(size_px: tuple[int, int], top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Image.Image:
    """A vertical gradient with the grain a real sensor has."""
    width, height = size_px
    share = np.linspace(0, 1, height)[:, None, None]
    pixels = np.array(top) * (1 - share) + np.array(bottom) * share
    grain = np.random.default_rng(7).normal(0, 3, (height, width, 1))
    return Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8))


def ridge(width_px: int, seed: int, base_px: float, rise_px: float) -> list[tuple[float, float]]:
    """A mountain line: a sum of sines, so that it is the same on every machine."""
    phases = np.random.default_rng(seed).uniform(0, 6.28, 5)
    xs = np.arange(0, width_px + 8, 8)
    line = sum(np.sin(xs / width_px * 6.28 * (k + 1) * 1.3 + phases[k]) / (k + 1) for k in range(5))
    return [(float(x), base_px - rise_px * float(y)) for x, y in zip(xs, np.asarray(line), strict=True)]


def landscape(size_px: tuple[int, int], *, seed: int, blossom: bool) -> Image.Image:
    """Mountain ridges behind each other, a low sun, terraces in front, and a branch of white flowers where asked."""
    width, height = size_px
    picture = sky(size_px, (92, 140, 190), (250, 214, 170))
    draw = ImageDraw.Draw(picture, "RGBA")
    sun = 0.06 * height
    draw.ellipse((0.68 * width - sun, 0.3 * height - sun, 0.68 * width + sun, 0.3 * height + sun), fill=(255, 236, 190))
    for layer in range(5):
        shade = (70 - 8 * layer, 110 - 12 * layer, 110 - 16 * layer)
        points = ridge(width, seed + layer, height * (0.45 + 0.1 * layer), height * 0.06)
        draw.polygon([(0, height), *points, (width, height)], fill=shade)
    picture = picture.filter(ImageFilter.GaussianBlur(height / 900))
    draw = ImageDraw.Draw(picture, "RGBA")
    for step in range(9):
        points = ridge(width, seed + 40, height * (0.86 + 0.017 * step), height * 0.012)
        draw.line(points, fill=(150 + 8 * step, 190, 90, 200), width=max(2, height // 220))
    if blossom:
        draw_blossoms(draw, size_px, seed)
    return picture


def draw_blossoms(draw: ImageDraw.ImageDraw, size_px: tuple[int, int], seed: int) -> None:
    """A dark branch with five-petalled white and pink flowers across the upper left."""
    width, height = size_px
    dice = np.random.default_rng(seed)
    branch = [(0.0, height * 0.3), (width * 0.25, height * 0.24), (width * 0.5, height * 0.1)]
    draw.line(branch, (70, 52, 44), height // 70)
    for _ in range(26):
        share = float(dice.uniform(0, 0.5))
        x, y = share * width, height * (0.3 - 0.38 * share) + float(dice.normal(0, 0.03)) * height
        radius = height * float(dice.uniform(0.012, 0.022))
        for petal in range(5):
            angle = petal * 1.2566
            cx, cy = x + radius * np.cos(angle), y + radius * np.sin(angle)
            draw.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=(255, 244, 248))
        draw.ellipse((x - radius / 2, y - radius / 2, x + radius / 2, y + radius / 2), fill=(226, 120, 160))


def exif(taken: str, place: tuple[float, float], orientation: int = 1) -> Image.Exif:
    """Camera, time with its offset, and place, as a phone writes them."""
    data = Image.Exif()
    data[ExifTags.Base.Make] = "Sample"
    data[ExifTags.Base.Model] = "Drawn"
    data[ExifTags.Base.Orientation] = orientation
    details = data.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = taken
    details[ExifTags.Base.OffsetTimeOriginal] = "+07:00"
    gps = data.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", degrees(place[0])
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", degrees(place[1])
    return data


def degrees(value: float) -> tuple[float, float, float]:
    """Degrees, minutes, seconds."""
    minutes = (value % 1) * 60
    return (float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 2))


def clip(path: Path, picture: Image.Image, *, seconds: int, rate: int = 30) -> None:
    """A slow pan over the picture with a quiet tone, as H.264 and AAC."""
    still = path.with_suffix(".png")
    picture.save(still)
    pan = f"crop=w=iw*0.8:h=ih*0.8:x='(iw-ow)*t/{seconds}':y='(ih-oh)/2',scale=1920:1080"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
    command += ["-loop", "1", "-framerate", str(rate), "-i", str(still)]
    command += ["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000", "-t", str(seconds), "-vf", pan]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p"]
    command += ["-c:a", "aac", "-ac", "2"]
    subprocess.run([*command, str(path)], check=True, timeout=300)
    still.unlink()


def draw_sample(folder: Path, *, scale: float = 1.0) -> None:
    """Fill ``folder``; ``scale`` below 1 draws smaller pictures and a shorter clip, for tests."""
    ban = folder / "2026-05 Lễ hội hoa ban" / "Mộc Châu"
    coffee = folder / "2026-10 Lễ hội Cà phê tỉnh Sơn La"
    gate = folder / "20260415 Giao lưu hữu nghị biên giới Việt Nam - Lào" / "Cửa khẩu Lóng Sập"
    for path in (ban, coffee, gate):
        path.mkdir(parents=True, exist_ok=True)
    wide, tall = (round(4608 * scale), round(3072 * scale)), (round(3072 * scale), round(4096 * scale))
    photo = landscape(wide, seed=3, blossom=True)
    photo.save(ban / "IMG_1.jpg", quality=92, exif=exif("2026:05:07 06:12:40", MOC_CHAU))
    turned = landscape(tall, seed=11, blossom=True).transpose(Image.Transpose.ROTATE_90)
    turned.save(ban / "IMG_2.jpg", quality=92, exif=exif("2026:05:07 06:30:02", MOC_CHAU, orientation=6))
    landscape(wide, seed=21, blossom=False).save(
        coffee / "thu hoạch cà phê.jpg", quality=92, exif=exif("2026:10:23 08:05:00", SON_LA)
    )
    panned = landscape((2400, 1350), seed=31, blossom=False)
    clip(gate / "VID_20260415_081500.mp4", panned, seconds=max(4, round(8 * scale)))
    (folder / "ghi chú.txt").write_text("Ảnh và clip vẽ bằng máy, dùng để thử.\n", encoding="utf-8")


if __name__ == "__main__":
    draw_sample(Path(sys.argv[1] if len(sys.argv) > 1 else "examples/sample"))
