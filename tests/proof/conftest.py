"""Libraries made by ``ttdn prepare FOLDER --to all``, and what exiftool and ffprobe measured of every file in them."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from proof.proof_bags import OUTCOMES, Proof, bags_of
from proof.proof_measure import Measured, measure
from ttdn_assets.placements import load_placements

WITH_WORDS = "2026-05 Lễ hội hoa ban/Mộc Châu"
REAL = {
    WITH_WORDS: (
        "photos/heic-iphone.heic",
        "photos/pil_sample_cmyk.jpg",
        "photos/Landscape_6.jpg",
        "photos/Nikon D3100.jpg",
        "photos/panorama360.jpg",
        "videos/with-gps.mov",
        "videos/fixture-raw.mts",
    ),
    ".": (
        "photos/Channel_digital_image_CMYK_color.jpg",
        "photos/Iceland-P3.jpg",
        "photos/exiv2-bug1199.webp",
        "photos/frozenpond.mpo",
        "photos/paris_icc_exif_xmp.avif",
        "photos/IMG_5910.jpg",
        "photos/IMG_5910.xmp",
        "photos/pyexiv2_zh_metadata.jpg",
        "videos/hlg10-color-test.mp4",
        "videos/blue-go-video.mp4",
        "videos/christmas.mp4",
    ),
}
"""Phone HEIC, CMYK with and without a profile, Display P3, Adobe RGB, turned, stereo, AVIF, maker notes, a panorama,
words of their own; clips turned with GPS, interlaced, HLG, of varying rate, without sound."""


@pytest.fixture(scope="session")
def measuring_tools() -> None:
    """exiftool and ffprobe of the system."""
    missing = [name for name in ("exiftool", "ffprobe") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not on the PATH: {', '.join(missing)} (Debian: libimage-exiftool-perl, ffmpeg)")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One folder for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "proof"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", params=["drawn", "real", "named"])
def proof(request: pytest.FixtureRequest, measuring_tools: None, shared_folder: Path) -> Proof:
    """The drawn folder's library; that of real media with ``TTDN_TEST_MEDIA``; the one ``TTDN_PROOF_LIBRARY`` names."""
    kind = str(request.param)
    if kind == "named":
        named = os.environ.get("TTDN_PROOF_LIBRARY")
        if not named:
            pytest.skip("TTDN_PROOF_LIBRARY names no library")
        return proof_of(Path(named), shared_folder / "named.measured")
    media = Path(request.getfixturevalue("drawn" if kind == "drawn" else "real_media"))
    return prepared(media, shared_folder / kind, chosen=kind == "real")


@pytest.fixture(scope="session")
def drawn_proof(measuring_tools: None, drawn: Path, shared_folder: Path) -> Proof:
    """The drawn folder's library alone."""
    return prepared(drawn, shared_folder / "drawn")


def prepared(media: Path, library: Path, *, chosen: bool = False) -> Proof:
    """The library of ``media``, or of the chosen ones of it; made once a run, whichever worker asks first."""
    with filelock.FileLock(f"{library}.lock"):
        if not library.exists():
            part = library.with_suffix(".part")
            prepare_all(selected(media, library.with_suffix(".media")) if chosen else media, part)
            part.rename(library)
    return proof_of(library, library.with_suffix(".measured"))


def selected(media: Path, folder: Path) -> Path:
    """The real files of ``REAL``, some where the folder's name gives words, some where it gives none."""
    for under, names in REAL.items():
        (folder / under).mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(media / name, folder / under / Path(name).name)
    return folder


def prepare_all(media: Path, library: Path) -> None:
    """The command as an officer gives it; what it says of each file stays in the library as ``outcomes.jsonl``."""
    command = [sys.executable, "-m", "ttdn_cli", "prepare", str(media), "--to", "all", "--jobs", "2", "--json"]
    run = subprocess.run([*command, "--library", str(library)], capture_output=True, timeout=600, check=False)
    (library / OUTCOMES).write_bytes(run.stdout)
    assert run.returncode == 0, (run.stderr or run.stdout).decode(errors="replace")[-4000:]


def proof_of(library: Path, cache: Path) -> Proof:
    """Each file is measured once a run, whichever worker asks first."""
    bags = bags_of(library)
    with filelock.FileLock(f"{cache}.lock"):
        if not cache.exists():
            media = [path for bag in bags for path in bag.serves]
            clips = [path for bag in bags for path in bag.sidecars]
            sidecars = [path for bag in bags for path in bag.sidecars.values()]
            cache.write_bytes(pickle.dumps(measure([*media, *sidecars], clips)))
        measured: dict[Path, Measured] = pickle.loads(cache.read_bytes())
    return Proof(library, bags, load_placements(library / "placements"), measured)
