"""Texts from every place of a file -> one clean list, and findings about what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.model import EmbeddedText, Finding
from ttdn_assets.text import nfc
from ttdn_assets.tools import charset
from ttdn_assets.tools.xmp_read import PACKET_BYTES_MAX, Region, Xmp, read_xmp

_TEXTS_MAX = 400
_CHARACTERS_MAX = 20_000


def tidy(texts: Iterable[EmbeddedText]) -> tuple[EmbeddedText, ...]:
    """The texts without repetitions, in order, wrong readings undone and monstrous lengths cut."""
    seen = dict.fromkeys(
        msgspec.structs.replace(text, value=charset.unmangle(nfc(text.value[:_CHARACTERS_MAX]))) for text in texts
    )
    return tuple(seen)[:_TEXTS_MAX]


def people(regions: Iterable[Region]) -> tuple[EmbeddedText, ...]:
    """The names written at face regions."""
    names = dict.fromkeys(region.name for region in regions if region.name)
    return tuple(EmbeddedText(field="people", value=name, lang=None, source="xmp") for name in names)


def sidecars(companions: Sequence[Path]) -> list[Xmp]:
    """Every XMP sidecar among the companions that can be read."""
    found: list[Xmp] = []
    for path in companions:
        if path.suffix.lower() == ".xmp" and path.stat().st_size <= PACKET_BYTES_MAX:
            found.append(read_xmp(path.read_bytes()))
    return found


def findings_of(
    path: Path, *, charsets: Iterable[str | None], packets: Iterable[Xmp], exif: bool
) -> tuple[Finding, ...]:
    """What a reader of the file should know about its words: repaired, unknown, or unreadable."""
    found: list[Finding] = []
    for name in dict.fromkeys(charsets):
        if name == charset.UNKNOWN:
            found.append(Finding(rule="charset-unknown", level="warning", subject=path.name))
        elif name is not None:
            found.append(Finding(rule="charset-repaired", level="info", subject=path.name, measured=name))
    if not all(packet.readable for packet in packets):
        found.append(Finding(rule="xmp-unreadable", level="warning", subject=path.name))
    if not exif:
        found.append(Finding(rule="exif-unreadable", level="warning", subject=path.name))
    return tuple(found)
