"""An ICC profile -> its name (ICC.1:2022, 7.3 and 10.15; version 2 wrote the name as ASCII)."""

from __future__ import annotations

from ttdn_assets.media.boxes import number
from ttdn_assets.text import clean

_TAGS_MAX = 100
_NAME_BYTES_MAX = 1024


def profile_name(profile: bytes) -> str | None:
    """The description of the profile, in English where it has several; ``None`` where it has none or is damaged."""
    if profile[36:40] != b"acsp":
        return None
    for at in range(132, 132 + 12 * min(number(profile, 128, 4), _TAGS_MAX), 12):
        if profile[at : at + 4] == b"desc":
            start = number(profile, at + 4, 4)
            return _description(profile[start : start + number(profile, at + 8, 4)])
    return None


def _description(tag: bytes) -> str | None:
    if tag.startswith(b"desc"):
        length = min(number(tag, 8, 4), _NAME_BYTES_MAX)
        return clean(tag[12 : 12 + length].split(b"\0")[0].decode("ascii", "replace")) or None
    if not tag.startswith(b"mluc"):
        return None
    names: dict[bytes, str] = {}
    for at in range(16, 16 + 12 * min(number(tag, 8, 4), _TAGS_MAX), 12):
        length, start = min(number(tag, at + 4, 4), _NAME_BYTES_MAX), number(tag, at + 8, 4)
        names.setdefault(tag[at : at + 2], clean(tag[start : start + length].decode("utf-16-be", "replace")))
    return names.get(b"en") or next(iter(names.values()), None) or None
