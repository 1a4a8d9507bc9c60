"""Assets as a run would record them, without files."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.model import CaptionSet, Fact, MediaFacts, Origin, Text, TextStatus

MEDIA = MediaFacts(
    kind="photo", format="jpeg", mime="image/jpeg", extension="jpg", size_px=(4, 3), stored_size_px=(4, 3)
)


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def words(value: str, origin: Origin = "composed", status: TextStatus = "draft", lang: str = "vi") -> CaptionSet:
    return CaptionSet(title={lang: Text(value=value, origin=origin, status=status)})


def entry(name: str, **changes: Any) -> AssetEntry:
    made = AssetEntry(
        path=f"/media/{name}.jpg",
        relative=f"Mộc Châu/{name}.jpg",
        folder="/media/",
        size_bytes=1000,
        mtime_ns=1,
        sha256=digest(name),
        picture_sha256=digest("picture " + name),
        media=MEDIA,
        facts=(Fact(kind="place", value="Mộc Châu", source="folder"),),
        captions=words("Hoa ban"),
    )
    return msgspec.structs.replace(made, **changes)
