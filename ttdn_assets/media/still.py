"""What a picture file's own structure says, before any of its metadata is understood."""

from __future__ import annotations

import msgspec

from ttdn_assets.model import Box, Hdr, NamedColour

BLOCK_BYTES_MAX = 16 << 20
"""A metadata block larger than this is left unread: real ones are kilobytes, a profile at most a few megabytes."""


class Still(msgspec.Struct, frozen=True, kw_only=True):
    """A picture file taken apart; every block is the raw bytes as found, empty where there is none.

    ``turned`` is the orientation that the container itself prescribes (HEIF ``irot`` and ``imir``), ``None`` where it
    prescribes nothing and the EXIF value counts; ``aperture`` is what is to be shown of ``stored_px``, where not all.
    ``exif`` is a TIFF structure, ``iim`` a run of IPTC datasets.  ``texts`` are key and text of a PNG; ``preview`` is
    where a raw file keeps its largest JPEG (offset, length).
    """

    format: str
    stored_px: tuple[int, int]
    bit_depth: int = 8
    colour: str = "rgb"
    has_alpha: bool = False
    frames: int = 1
    turned: int | None = None
    aperture: Box | None = None
    named_colour: NamedColour | None = None
    hdr: Hdr | None = None
    icc: bytes = b""
    exif: bytes = b""
    xmp: tuple[bytes, ...] = ()
    iim: bytes = b""
    texts: tuple[tuple[str, bytes], ...] = ()
    preview: tuple[int, int] | None = None


class BrokenStill(ValueError):
    """The structure of the file is not what its first bytes promised; the text says where."""


def colour_of(samples: int) -> str:
    """The colour mode of a picture with that many colour samples a pixel."""
    return {1: "gray", 2: "gray", 4: "cmyk"}.get(samples, "rgb")


def exif_body(block: bytes) -> bytes:
    """An EXIF block without the ``Exif`` prefix that some writers leave before the TIFF header."""
    return block[6:] if block.startswith(b"Exif\0") else block
