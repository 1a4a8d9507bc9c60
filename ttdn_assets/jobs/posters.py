"""A small picture of a file, whatever it is, for the reviewer's page and the sheet."""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.model import Kind
from ttdn_assets.tools.thumbnails import thumbnail_jpeg


def poster(path: Path, *, kind: Kind, edge_px: int) -> bytes | None:
    """A JPEG of the picture, or of a frame of the clip; ``None`` where neither can be read."""
    return thumbnail_jpeg(path, edge_px=edge_px) if kind == "photo" else None
