"""Every clip leaves in SDR BT.709, limited range, 4:2:0, tagged, whatever it was coded in.

Patches of known colours come out within a CIEDE2000 of 1 in the mean and 2 at most; those of HDR clips are as near to
what the documented curve makes of their light.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from colour_difference import delta_e_2000, lab_of
from drawn_clips import CORNERS, MakeClip, corners, frames_of, make_one, planned, shows
from ttdn_assets.media.probe import probe
from ttdn_assets.model import MediaFacts
from ttdn_assets.renditions.video import tone
from ttdn_assets.renditions.video.filters import shown
from ttdn_assets.tools import ffmpeg


@pytest.mark.parametrize("pixels", ["yuvj420p", "yuv422p10le", "yuv444p"])
def test_other_samplings_and_ranges_keep_their_colours(pixels: str, make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(*corners(), "-c:v", "libx264", "-crf", "10", "-preset", "ultrafast", "-pix_fmt", pixels)
    made, _ = make_one(path, planned(probe(path), (320, 180)), tmp_path)
    for corner, colour in CORNERS.items():
        assert shows(frames_of(made)[0], corner, colour, within=16)


@pytest.mark.parametrize("transfer", tone.TRANSFERS)
def test_hdr_becomes_sdr_alike_with_and_without_zscale(transfer: str, make_clip: MakeClip, tmp_path: Path) -> None:
    hdr = f"color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
    ramp = "gradients=size=320x180:rate=25:duration=0.4:c0=black:c1=white:x0=0:y0=0:x1=319:y1=0:speed=0.00001"
    path = make_clip(
        *("-f", "lavfi", "-i", f"{ramp},format=yuv420p10le,setparams={hdr}", "-c:v", "libx265", "-preset", "ultrafast"),
        *("-x265-params", "log-level=none", "-tag:v", "hvc1", "-pix_fmt", "yuv420p10le"),
    )
    facts = probe(path)
    assert facts.hdr in ("pq", "hlg")
    assert facts.video is not None
    plan = planned(facts, (320, 180))
    made, _ = make_one(path, plan, tmp_path)
    assert probe(made).hdr is None
    levels = frames_of(made)[2][90].mean(axis=1)
    assert levels[0] < 30
    assert levels[-1] > 240
    assert np.all(np.diff(levels[::16]) >= -2)
    able = ffmpeg.capabilities(ffmpeg.find_ffmpeg())
    poorer = msgspec.structs.replace(able, filters=able.filters - {"zscale"})
    assert "lut3d" in [step.name for step in shown(facts, (), (320, 180), poorer)]
    by_table = pictures_by(path, facts, poorer, tmp_path)
    by_filters = pictures_by(path, facts, able, tmp_path)
    assert float(np.abs(by_table - by_filters).mean()) < 3


def pictures_by(path: Path, facts: MediaFacts, able: ffmpeg.Capabilities, folder: Path) -> Any:
    steps = ",".join(
        step.name + "=" + ":".join(f"{key}={value}" for key, value in step.options.items())
        for step in shown(facts, (), (320, 180), able)
    )
    tone.write_table(facts.video, folder)
    options = ["-i", f"file:{path}", "-vf", steps, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    ran = ffmpeg.run(options, deadline=ffmpeg.Deadline(path, 30), folder=folder, capture=True)
    return np.frombuffer(ran.stdout, np.uint8).astype(float)


PATCH_PX = 32
COLOURS = np.array([(r, g, b) for r in (20, 100, 180, 240) for g in (20, 100, 180, 240) for b in (20, 120, 230)])
ACROSS = 8
SIZE_PX = (ACROSS * PATCH_PX, len(COLOURS) // ACROSS * PATCH_PX)
FINE = "flags=accurate_rnd+full_chroma_int+full_chroma_inp"

CODED = {
    "601, tagged": f"scale=out_color_matrix=smpte170m:{FINE},format=yuv420p,setparams=colorspace=smpte170m",
    "601, small and untagged": f"scale=out_color_matrix=smpte170m:{FINE},format=yuv420p",
    "709, 10 bits, 4:2:2": f"scale=out_color_matrix=bt709:{FINE},format=yuv422p10le,setparams=colorspace=bt709",
    "709, full range, 4:4:4": (
        f"scale=out_color_matrix=bt709:out_range=pc:{FINE},format=yuv444p,setparams=colorspace=bt709:range=pc"
    ),
    "601, full range": (
        f"scale=out_color_matrix=smpte170m:out_range=pc:{FINE},format=yuvj420p,setparams=colorspace=bt470bg"
    ),
    "2020": (
        "format=gbrp,setparams=color_primaries=bt709:color_trc=bt709:colorspace=gbr:range=pc,"
        "zscale=primaries=2020:transfer=2020_10:matrix=2020_ncl:range=limited,format=yuv420p10le"
    ),
}


def picture_of(colours: Any) -> Any:
    """The colours as squares."""
    rows = np.asarray(colours).reshape(-1, ACROSS, 3)
    return np.repeat(np.repeat(rows, PATCH_PX, 0), PATCH_PX, 1)


def colours_of(path: Path) -> Any:
    """What a player shows of each square: the mean of its middle, by the tags that the file must have."""
    options = ["-i", f"file:{path}", "-frames:v", "1", "-vf", "scale=in_color_matrix=bt709:in_range=tv:out_range=pc"]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    ran = ffmpeg.run([*options, *raw], deadline=ffmpeg.Deadline(path, 30), capture=True)
    shown = np.frombuffer(ran.stdout, np.uint8).reshape(SIZE_PX[1] // PATCH_PX, PATCH_PX, ACROSS, PATCH_PX, 3)
    return shown[:, 8:-8, :, 8:-8].mean(axis=(1, 3)).reshape(-1, 3)


def differences(path: Path, wanted: Any) -> Any:
    video = probe(path).video
    assert video is not None
    assert (video.pix_fmt, video.full_range) == ("yuv420p", False)
    assert (video.primaries, video.transfer, video.matrix) == ("bt709", "bt709", "bt709")
    return delta_e_2000(lab_of(colours_of(path)), lab_of(wanted))


def coded_from(
    pixels: Any, pix_fmt: str, steps: str, make_clip: MakeClip, folder: Path, coder: str = "libx264"
) -> Path:
    raw = folder / "raw"
    raw.write_bytes(pixels.tobytes() * 5)
    size = f"{SIZE_PX[0]}x{SIZE_PX[1]}"
    given = ["-f", "rawvideo", "-pix_fmt", pix_fmt, "-s", size, "-r", "25", "-i", f"file:{raw}", "-vf", steps]
    quiet = ["-x265-params", "log-level=none", "-tag:v", "hvc1"] if coder == "libx265" else []
    return make_clip(*given, "-c:v", coder, "-preset", "ultrafast", "-crf", "8", *quiet)


@pytest.mark.parametrize("coding", CODED)
def test_known_colours_stay_what_they_are(coding: str, make_clip: MakeClip, tmp_path: Path) -> None:
    pixels = picture_of(COLOURS).astype(np.uint8)
    path = coded_from(pixels, "rgb24", CODED[coding], make_clip, tmp_path)
    made, _ = make_one(path, planned(probe(path), SIZE_PX), tmp_path / "out")
    off = differences(made, COLOURS)
    assert (off.mean() <= 1, off.max() <= 2) == (True, True), f"mean {off.mean():.2f}, most {off.max():.2f}"


LIGHTS = np.array([(r, g, b) for r in (0.02, 0.2, 0.7, 1.5) for g in (0.02, 0.2, 0.7, 1.5) for b in (0.03, 0.3, 1.0)])
"""Linear BT.709 light, 1 being diffuse white (203 cd/m2)."""
TO_2020 = np.array([(0.627404, 0.329283, 0.043313), (0.069097, 0.919540, 0.011362), (0.016391, 0.088013, 0.895595)])


def pq(nits: Any) -> Any:
    power = (nits / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(nits: Any) -> Any:
    """The signal by which a display of 1,000 cd/m2 shows this light."""
    shown = nits / 1000
    luma = shown @ np.array((0.2627, 0.6780, 0.0593))
    scene = shown * luma[..., None] ** (1 / 1.2 - 1)
    return np.where(
        scene <= 1 / 12, np.sqrt(3 * scene), 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    )


def toned(light: Any) -> Any:
    """What the documented curve makes of it, for a BT.1886 display: straight up to 0.3, then bent to 1 at 4.93."""
    knee, peak = 0.3, 1000 / 203
    most = light.max(axis=-1, keepdims=True)
    a = -knee * knee * (peak - 1) / (knee * knee - 2 * knee + peak)
    b = (knee * knee - 2 * knee * peak + peak) / (peak - 1)
    bent = (b * b + 2 * b * knee + knee * knee) / (b - a) * (most + a) / (most + b)
    return 255 * np.clip(light * np.where(most <= knee, 1, bent / most), 0, 1) ** (1 / 2.4)


@pytest.mark.parametrize(("transfer", "signal"), [("smpte2084", pq), ("arib-std-b67", hlg)])
def test_hdr_colours_become_what_the_curve_says(
    transfer: str, signal: Callable[[Any], Any], make_clip: MakeClip, tmp_path: Path
) -> None:
    coded = np.rint(np.clip(signal(LIGHTS @ TO_2020.T * 203), 0, 1) * 65535)
    planes = np.ascontiguousarray(np.moveaxis(picture_of(coded).astype("<u2")[..., [1, 2, 0]], -1, 0))
    steps = (
        f"scale=out_color_matrix=bt2020:out_range=tv:{FINE},format=yuv420p10le,"
        f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
    )
    path = coded_from(planes, "gbrp16le", steps, make_clip, tmp_path, "libx265")
    made, _ = make_one(path, planned(probe(path), SIZE_PX), tmp_path / "out")
    off = differences(made, toned(LIGHTS))
    assert (off.mean() <= 1, off.max() <= 2) == (True, True), f"mean {off.mean():.2f}, most {off.max():.2f}"


def test_the_measure_agrees_with_published_pairs() -> None:
    one = [(50, 2.6772, -79.7751), (50, 0, 0), (60.2574, -34.0099, 36.2677), (22.7233, 20.0904, -46.6940)]
    other = [(50, 0, -82.7485), (50, -1, 2), (60.4626, -34.1751, 39.4387), (23.0331, 14.9730, -42.5619)]
    assert np.allclose(delta_e_2000(one, other), (2.0425, 2.3669, 1.2644, 2.0373), atol=1e-4)
