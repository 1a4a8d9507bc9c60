"""TIFF and DNG: directories -> ``Still``; and the strips and tiles, for a fingerprint.

TIFF 6.0; DNG 1.7 keeps its full picture in the directory whose NewSubfileType is 0, often a SubIFD, and previews in
the others.  A raw picture is worked with through its largest JPEG preview.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from ttdn_assets.media.jpeg import iim_of_photoshop
from ttdn_assets.media.png import pieces
from ttdn_assets.media.still import BrokenStill, Still
from ttdn_assets.tools.ifd import Directory, Tiff, data, integer, integers

_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_ORIENTATION = 274
_STRIP_OFFSETS, _SAMPLES, _STRIP_BYTES, _SUB_IFDS, _EXTRA_SAMPLES = 273, 277, 279, 330, 338
_TILE_OFFSETS, _TILE_BYTES, _JPEG_OFFSET, _JPEG_BYTES = 324, 325, 513, 514
_XMP, _IPTC, _PHOTOSHOP, _ICC, _DNG_VERSION = 700, 33723, 34377, 34675, 50706
_PICTURE_TAGS = (_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, 266, 278, 284, 317, 320, 322, 323, _ICC)
_CMYK, _CFA, _LINEAR_RAW = 5, 32803, 34892


def read_tiff(stream: BinaryIO) -> Still:
    """The first picture of a TIFF, or the full picture of a DNG.

    Raises:
        BrokenStill: no directory describes a picture.
    """
    tiff = _tiff(stream)
    pages = list(tiff.pages())
    if not pages:
        raise BrokenStill("no directory")
    first = pages[0]
    is_raw = _DNG_VERSION in first
    everything = [*pages, *tiff.children(first, _SUB_IFDS)] if is_raw else pages
    main = _main(everything) if is_raw else first
    bits, samples = integer(main, _BITS, 1), integer(main, _SAMPLES, 1)
    extra = len(integers(main, _EXTRA_SAMPLES))
    return Still(
        format="dng" if is_raw else "tiff",
        stored_px=_size(main),
        bit_depth=bits,
        colour=_colour(main, samples - extra),
        has_alpha=1 in integers(main, _EXTRA_SAMPLES) or 2 in integers(main, _EXTRA_SAMPLES),
        frames=1 if is_raw else max(1, sum(not integer(page, _SUBFILE, 0) & 1 for page in pages)),
        icc=data(first, _ICC),
        xmp=(packet,) if (packet := data(first, _XMP)) else (),
        iim=_iim(first, tiff.order),
        preview=_preview(stream, everything) if is_raw else None,
    )


def _tiff(stream: BinaryIO) -> Tiff:
    try:
        return Tiff(stream)
    except ValueError as error:
        raise BrokenStill(str(error)) from error


def _main(directories: list[Directory]) -> Directory:
    full = [d for d in directories if integer(d, _SUBFILE, 0) == 0 and integer(d, _WIDTH, 0)]
    return max(full or directories, key=lambda d: integer(d, _WIDTH, 0) * integer(d, _HEIGHT, 0))


def _size(directory: Directory) -> tuple[int, int]:
    width, height = integer(directory, _WIDTH, 0), integer(directory, _HEIGHT, 0)
    if width <= 0 or height <= 0:
        raise BrokenStill("no picture size")
    if not integers(directory, _STRIP_OFFSETS) and not integers(directory, _TILE_OFFSETS):
        raise BrokenStill("no picture data")
    return width, height


def _colour(directory: Directory, colour_samples: int) -> str:
    photometric = integer(directory, _PHOTOMETRIC, 2)
    if photometric in (_CFA, _LINEAR_RAW, 3):
        return "rgb"
    return "cmyk" if photometric == _CMYK else "gray" if colour_samples <= 2 else "rgb"


def _iim(directory: Directory, order: str) -> bytes:
    """IPTC datasets; some writers declare them as 32-bit numbers, which must be put back into bytes as they stood."""
    value = directory.get(_IPTC, b"")
    found = value if isinstance(value, bytes) else struct.pack(f"{order}{len(value)}I", *map(int, value))
    return found or iim_of_photoshop(data(directory, _PHOTOSHOP))


def _preview(stream: BinaryIO, directories: list[Directory]) -> tuple[int, int] | None:
    """Offset and length of the largest embedded JPEG that decoders for JPEG can read."""
    found: list[tuple[int, int]] = []
    for directory in directories:
        offsets, sizes = integers(directory, _STRIP_OFFSETS), integers(directory, _STRIP_BYTES)
        if len(offsets) == 1 == len(sizes) and integer(directory, _COMPRESSION, 1) in (6, 7):
            found.append((offsets[0], sizes[0]))
        if offset := integer(directory, _JPEG_OFFSET, 0):
            found.append((offset, integer(directory, _JPEG_BYTES, 0)))
    usable = [place for place in found if _is_baseline_jpeg(stream, place[0])]
    return max(usable, key=lambda place: place[1]) if usable else None


def _is_baseline_jpeg(stream: BinaryIO, offset: int) -> bool:
    """A JPEG (or one lost with the end of the file), but not the lossless kind (SOF3) of raw samples."""
    head = b"".join(pieces(stream, offset, 4096))
    return not head or (head.startswith(b"\xff\xd8\xff") and b"\xff\xc3\x00" not in head)


def coded_parts(stream: BinaryIO) -> Iterator[bytes]:
    """Of each directory the tags that say how to decode it, and its strips or tiles."""
    tiff = _tiff(stream)
    pages = list(tiff.pages())
    for directory in [*pages, *(child for page in pages for child in tiff.children(page, _SUB_IFDS))]:
        yield repr([integer(directory, _ORIENTATION, 1), *(directory.get(tag) for tag in _PICTURE_TAGS)]).encode()
        for offsets, sizes in ((_STRIP_OFFSETS, _STRIP_BYTES), (_TILE_OFFSETS, _TILE_BYTES)):
            for offset, size in zip(integers(directory, offsets), integers(directory, sizes), strict=False):
                yield from pieces(stream, offset, size)
