"""A picture file -> ``MediaFacts``, from its structure, its metadata, and what its decoder says of the header."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

from ttdn_assets.errors import MediaError
from ttdn_assets.geometry import upright_size
from ttdn_assets.media import dates, words
from ttdn_assets.media.bmp import read_bmp
from ttdn_assets.media.faces import face_boxes
from ttdn_assets.media.gif import read_gif
from ttdn_assets.media.heif import read_heif
from ttdn_assets.media.icc import profile_name
from ttdn_assets.media.jpeg import read_jpeg
from ttdn_assets.media.png import pieces, read_png
from ttdn_assets.media.riff import read_webp
from ttdn_assets.media.still import BrokenStill, Still
from ttdn_assets.media.tiff import read_tiff
from ttdn_assets.model import Box, EmbeddedText, Finding, MediaFacts
from ttdn_assets.settings import Limits
from ttdn_assets.tools import metadata, still_headers
from ttdn_assets.tools.metadata import Exif, Iptc
from ttdn_assets.tools.sniff import MEDIA
from ttdn_assets.tools.xmp_read import Xmp, read_xmp

_READERS: dict[str, Callable[[BinaryIO], Still]] = {
    "jpeg": read_jpeg,
    "png": read_png,
    "tiff": read_tiff,
    "webp": read_webp,
    "gif": read_gif,
    "bmp": read_bmp,
    "heic": lambda stream: read_heif(stream, format="heic"),
    "avif": lambda stream: read_heif(stream, format="avif"),
}
_PNG_FIELDS: dict[str, Literal["title", "description", "author", "rights"]] = {
    "title": "title",
    "description": "description",
    "comment": "description",
    "author": "author",
    "copyright": "rights",
}


def probe_photo(path: Path, *, format: str, companions: Sequence[Path], limits: Limits, timezone: str) -> MediaFacts:
    """Read a picture's header and metadata.

    Raises:
        MediaError: ``photo-broken``, ``photo-too-large``, ``raw-no-preview`` or ``photo-no-heic``.
    """
    with path.open("rb") as stream:
        still = _structure(path, stream, format)
        _check_pixels(path, still, limits)
        exif = _exif(stream, still)
        preview_px = _preview_size(path, stream, still)
    iptc = metadata.read_iptc(still.iim)
    packets = [*words.sidecars(companions), *(read_xmp(packet) for packet in still.xmp)]
    opened = None if still.format == "dng" else still_headers.open_header(path, format=still.format)
    aperture = _aperture(still)
    given_px = (aperture.width_px, aperture.height_px) if aperture else opened.size_px if opened else still.stored_px
    turn, orientation = _turns(still, exif)
    size_px = upright_size(given_px, orientation)
    regions = [region for packet in packets for region in packet.regions]
    media = MEDIA[still.format]
    return MediaFacts(
        kind="photo",
        format=still.format,
        mime=media.mime,
        extension=media.extension,
        size_px=size_px,
        stored_size_px=still.stored_px,
        orientation=orientation,
        aperture=aperture,
        frames=max(still.frames, opened.frames if opened else 1),
        bit_depth=still.bit_depth,
        has_alpha=still.has_alpha,
        colour=still.colour,
        icc_name=profile_name(still.icc),
        named_colour=still.named_colour,
        adobe_rgb=exif.adobe_rgb and not still.icc,
        hdr=still.hdr or ("gain_map" if any(packet.gain_map for packet in packets) else None),
        projection=next((packet.projection for packet in packets if packet.projection), None),
        taken_at=_taken_at(exif, iptc, packets, timezone),
        gps=exif.gps or next((packet.gps for packet in packets if packet.gps), None),
        camera=exif.camera or next((packet.camera for packet in packets if packet.camera), None),
        face_boxes=face_boxes(regions, size_px, turn),
        texts=words.tidy(_texts(still, exif, iptc, packets)),
        findings=_findings(path, exif, iptc, packets, preview_px, size_px),
    )


def _structure(path: Path, stream: BinaryIO, format: str) -> Still:
    try:
        return _READERS[format](stream)
    except BrokenStill as error:
        raise MediaError("photo-broken", {"path": path, "reason": str(error)}) from error


def _check_pixels(path: Path, still: Still, limits: Limits) -> None:
    width, height = still.stored_px
    if width * height > limits.pixels:
        raise MediaError("photo-too-large", {"path": path, "pixels": width * height, "limit": limits.pixels})


def _exif(stream: BinaryIO, still: Still) -> Exif:
    if still.format in ("tiff", "dng"):
        return metadata.read_exif(stream)
    return metadata.read_exif(still.exif) if still.exif else Exif()


def _turns(still: Still, exif: Exif) -> tuple[int, int]:
    """How the stored picture is turned to be upright, and how much of that the decoder leaves to be done.

    HEIC decoders carry out what the container prescribes, then the EXIF value repeats it; without a prescription the
    EXIF value counts.  AVIF decoders here hand over the stored picture; its EXIF value is void by the standard.
    TIFF decoders turn the picture themselves.
    """
    if still.format == "avif":
        return still.turned or 1, still.turned or 1
    if still.format == "heic" and still.turned is not None:
        return still.turned, 1
    return exif.orientation, 1 if still.format == "tiff" else exif.orientation


def _aperture(still: Still) -> Box | None:
    """What the decoder leaves to be cut: that of AVIF gives all that is stored, that of HEIC what is to be shown."""
    return still.aperture if still.format == "avif" else None


def _preview_size(path: Path, stream: BinaryIO, still: Still) -> tuple[int, int] | None:
    """The size of the JPEG that stands for a raw picture.

    Raises:
        MediaError: ``raw-no-preview`` where there is none.
    """
    if still.format != "dng":
        return None
    if still.preview is not None:
        preview = io.BytesIO(b"".join(pieces(stream, *still.preview)))
        with contextlib.suppress(BrokenStill):
            return read_jpeg(preview).stored_px
        return None
    raise MediaError("raw-no-preview", {"path": path})


def _taken_at(exif: Exif, iptc: Iptc, packets: Sequence[Xmp], timezone: str) -> str | None:
    """EXIF's time, else that of XMP, else that of IPTC.

    Where EXIF names no zone, another of them that tells the same time may.
    """
    others = [*(packet.taken_at for packet in packets), f"{iptc.local}{iptc.offset}"]
    local = dates.moment(exif.local)
    same = [when for text in others if (when := dates.moment(text)) and when.replace(tzinfo=None) == local]
    offset = exif.offset or next((when.isoformat()[-6:] for when in same if when.tzinfo), "")
    found = dates.local_time(exif.local, offset=offset, utc=exif.utc, default=timezone)
    return found or next((time for text in others if (time := dates.local_time(text, default=timezone))), None)


def _texts(still: Still, exif: Exif, iptc: Iptc, packets: Sequence[Xmp]) -> list[EmbeddedText]:
    named = [
        EmbeddedText(field=_PNG_FIELDS[key.casefold()], value=value, lang=None, source="exif")
        for key, body in still.texts
        if key.casefold() in _PNG_FIELDS and (value := body.decode("utf-8", "replace").strip())
    ]
    regions = [region for packet in packets for region in packet.regions]
    return [
        *(text for packet in packets for text in packet.texts),
        *words.people(regions),
        *iptc.texts,
        *exif.texts,
        *(text for text in named if not metadata.is_camera_default(text.value)),
    ]


def _findings(
    path: Path,
    exif: Exif,
    iptc: Iptc,
    packets: Sequence[Xmp],
    preview_px: tuple[int, int] | None,
    size_px: tuple[int, int],
) -> tuple[Finding, ...]:
    found = words.findings_of(path, charsets=(iptc.charset, exif.charset), packets=packets, exif=exif.readable)
    if preview_px is not None and max(preview_px) < max(size_px):
        measured, allowed = (f"{size[0]} × {size[1]}" for size in (preview_px, size_px))
        found += (Finding(rule="raw-preview", level="info", subject=path.name, measured=measured, allowed=allowed),)
    return found
