"""A media file -> ``MediaFacts``: what it is by content, and everything its bytes tell.

Header only for photos; for clips the packets are read, because containers lie about duration and frame rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ttdn_assets.errors import AssetsError, MediaError
from ttdn_assets.media.probe_photo import probe_photo
from ttdn_assets.media.probe_video import probe_video
from ttdn_assets.model import MediaFacts
from ttdn_assets.settings import Limits
from ttdn_assets.tools.files import os_errors
from ttdn_assets.tools.sniff import MEDIA, head_of, sniff

_LIMITS = Limits()


def probe(
    path: Path, *, companions: Sequence[Path] = (), limits: Limits = _LIMITS, timezone: str = "+07:00"
) -> MediaFacts:
    """Read what a picture or clip is.

    Args:
        path: the file.
        companions: its sidecars; XMP among them is read as if it stood in the file, and before it.
        limits: pixels a picture may have, and seconds reading may take.
        timezone: the offset of clocks that do not say theirs.

    Raises:
        MediaError: the file is no media, broken, encrypted, too large or not supported; the code says which.
        InputError: the system does not let it be read.
    """
    with os_errors(path), path.open("rb") as stream:
        format = sniff(head_of(stream))
    if format == "empty":
        raise MediaError("file-empty", {"path": path})
    if format is None:
        raise MediaError("content-unknown", {"path": path})
    if format not in MEDIA:
        raise MediaError("not-media", {"path": path, "format": format})
    is_photo = MEDIA[format].kind == "photo"
    read = probe_photo if is_photo else probe_video
    try:
        with os_errors(path):
            return read(path, format=format, companions=companions, limits=limits, timezone=timezone)
    except AssetsError:
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        if is_photo:
            raise MediaError("photo-broken", {"path": path, "reason": reason}) from error
        raise MediaError("video-broken", {"path": path, "reason": reason}) from error
