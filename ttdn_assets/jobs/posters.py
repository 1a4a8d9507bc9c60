"""A small picture of a file, whatever it is, for the reviewer's page and the sheet."""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.model import Kind
from ttdn_assets.tools.thumbnails import frame_jpeg, thumbnail_jpeg


def poster(path: Path, *, kind: Kind, format: str, edge_px: int) -> bytes | None:
    """A JPEG of the picture, or of a frame of the clip; ``None`` where neither can be read."""
    if kind == "photo":
        return thumbnail_jpeg(path, edge_px=edge_px)
    return frame_jpeg(path, format=format, edge_px=edge_px)
