"""Words and credit into a copy that leaves the house, without coding its picture or sound again.

JPEG, PNG, WebP, AVIF and TIFF carry the words as XMP and, AVIF aside, as EXIF for readers that know no XMP; an MP4
carries XMP and an item list, and an ``.xmp`` file lies beside it.  Every other format gets the ``.xmp`` file alone.
What metadata the file had is replaced; only a panorama's projection is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ttdn_assets.errors import MediaError
from ttdn_assets.model import Words
from ttdn_assets.text import clean
from ttdn_assets.tools import chunked, heif_write, jpeg_segments, mp4_boxes, tiff_write
from ttdn_assets.tools.exif_write import Resolution, cut_utf8, exif
from ttdn_assets.tools.files import copy_whole, os_errors, whole_file, write_whole
from ttdn_assets.tools.xmp_write import all_keywords, default_text, packet, panorama_of

SIDECAR = ".xmp"
_PHOTO_BYTES = 1 << 30
_TEXT_BYTES = 30_000
_SAME_FORMAT = {"jpg": "jpeg", "tif": "tiff", "m4v": "mp4", "mov": "mp4"}


def embed(
    source: Path, target: Path, words: Words, *, format: str, panorama: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """Copy ``source`` to ``target`` with ``words`` in it; the files written, the sidecar of a clip among them.

    Args:
        source: A rendition; it is not changed.
        target: The copy, made whole or not at all.
        words: What to write; a panorama's projection in the source is kept beside it.
        format: ``jpeg``, ``png``, ``webp``, ``avif``, ``tiff``, ``mp4``; any other is copied as it is and gets a
            sidecar.
        panorama: GPano properties by name, in place of those the source has.

    Raises:
        MediaError: ``embed-damaged`` where the source is not what ``format`` says.
        ToolError, InputError: What the system says of reading and writing.
    """
    kind = _SAME_FORMAT.get(format.lower(), format.lower())
    with os_errors(source):
        try:
            if kind in _PHOTOS:
                return (_photo(source, target, words, kind, panorama),)
            if kind == "mp4":
                _clip(source, target, words, panorama)
            else:
                copy_whole(source, target)
            return target, _sidecar(target, words, panorama)
        except (jpeg_segments.Damaged, ValueError) as error:
            raise MediaError("embed-damaged", {"path": source, "reason": str(error)}) from error


def _photo(source: Path, target: Path, words: Words, kind: str, panorama: Mapping[str, str] | None) -> Path:
    if source.stat().st_size > _PHOTO_BYTES:
        raise jpeg_segments.Damaged("over 1 GiB")
    data = source.read_bytes()
    written = _PHOTOS[kind](data, words, panorama)
    write_whole(target, written)
    return target


def _jpeg(data: bytes, words: Words, panorama: Mapping[str, str] | None) -> bytes:
    segments, rest = jpeg_segments.split(data)
    kept = panorama or panorama_of(jpeg_segments.xmp_of(segments))
    xmp = packet(words, panorama=kept, room_bytes=jpeg_segments.XMP_ROOM_BYTES)
    block = _exif(words, jpeg_segments.resolution_of(segments))
    return jpeg_segments.join(segments, rest, exif=block, xmp=xmp)


def _png(data: bytes, words: Words, panorama: Mapping[str, str] | None) -> bytes:
    chunks = chunked.png_chunks(data)
    kept = panorama or panorama_of(chunked.png_xmp(chunks))
    return chunked.png_join(chunks, exif=_exif(words, None), xmp=packet(words, panorama=kept).main)


def _webp(data: bytes, words: Words, panorama: Mapping[str, str] | None) -> bytes:
    chunks = chunked.webp_chunks(data)
    kept = panorama or panorama_of(chunked.webp_xmp(chunks))
    return chunked.webp_join(chunks, exif=_exif(words, None), xmp=packet(words, panorama=kept).main)


def _tiff(data: bytes, words: Words, panorama: Mapping[str, str] | None) -> bytes:
    kept = panorama or panorama_of(tiff_write.tiff_xmp(data))
    texts = {
        0x010E: clean(default_text(words.captions.description) or default_text(words.captions.title)),
        0x013B: clean(words.author),
        0x8298: clean(words.rights or words.credit),
    }
    coded = {tag: cut_utf8(value, _TEXT_BYTES) for tag, value in texts.items()}
    return tiff_write.tiff_with_words(data, texts=coded, xmp=packet(words, panorama=kept).main)


def _avif(data: bytes, words: Words, panorama: Mapping[str, str] | None) -> bytes:
    kept = panorama or panorama_of(heif_write.heif_xmp(data))
    return heif_write.heif_with_xmp(data, packet(words, panorama=kept).main)


_PHOTOS = {"jpeg": _jpeg, "png": _png, "webp": _webp, "tiff": _tiff, "avif": _avif}


def _exif(words: Words, resolution: Resolution | None) -> bytes:
    return exif(
        description=clean(default_text(words.captions.description) or default_text(words.captions.title)),
        author=clean(words.author),
        rights=clean(words.rights or words.credit),
        resolution=resolution,
    )


def _clip(source: Path, target: Path, words: Words, panorama: Mapping[str, str] | None) -> None:
    kept = panorama or panorama_of(mp4_boxes.xmp_of(source))
    items = {
        "©nam": clean(default_text(words.captions.title)),
        "©ART": clean(words.author or words.credit),
        "©cmt": clean(default_text(words.captions.description)),
        "desc": clean(default_text(words.captions.description)),
        "cprt": clean(words.rights or words.credit),
        "keyw": ", ".join(all_keywords(words)),
    }
    with whole_file(target) as partial:
        mp4_boxes.write_words(source, partial, items=items, xmp=packet(words, panorama=kept).main)


def _sidecar(target: Path, words: Words, panorama: Mapping[str, str] | None) -> Path:
    path = target.with_suffix(SIDECAR)
    write_whole(path, packet(words, panorama=panorama).main)
    return path
