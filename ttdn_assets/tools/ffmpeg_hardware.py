"""Which H.264 encoder of this machine's graphics chip works, proved by coding a few pictures with it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ttdn_assets.errors import ToolError
from ttdn_assets.tools.ffmpeg import Deadline, capabilities, run

HARDWARE = ("h264_videotoolbox", "h264_nvenc", "h264_qsv")
"""Apple, NVIDIA, Intel: a listing only says that ffmpeg was built for them."""

_TRIAL = "color=gray:size=640x360:rate=30:duration=0.2,format=yuv420p"
_TRIAL_S = 20.0


@cache
def hardware_encoder(binary: Path) -> str | None:
    """The first encoder that codes pictures on this machine, ``None`` where none does; asked once a process."""
    listed = capabilities(binary).encoders
    return next((name for name in HARDWARE if name in listed and _codes(binary, name)), None)


def _codes(binary: Path, encoder: str) -> bool:
    arguments = ["-f", "lavfi", "-i", _TRIAL, "-c:v", encoder, "-f", "null", "-"]
    try:
        run(arguments, deadline=Deadline(Path(encoder), _TRIAL_S), binary=binary)
    except ToolError:
        return False
    return True
