"""The names objects have in a store, which are the same in a bucket and in a folder.

originals/<aa>/<sha256>.<ext>      renditions/<aa>/<sha256>.<ext>      named by their contents
submissions/<bag>/…                the files of a bag
catalogue/<asset>.json             what the catalogue knows about one asset
shares/<day>-<chance>.html         a page of links for whoever holds its address
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from pathlib import PurePosixPath

from ttdn_assets.errors import UsageError

ORIGINALS = "originals/"
RENDITIONS = "renditions/"
SUBMISSIONS = "submissions/"
CATALOGUE = "catalogue/"
SHARES = "shares/"
LINKS_DAYS_MAX = 7
"""The longest a presigned address lives: Amazon S3 User Guide, "Expiration time for presigned URLs"."""
PROBES = ".ttdn-probe/"
"""Objects written to learn what a store can do lie here; no key of the house begins with a dot."""

_BYTES_MAX = 900
_SEGMENT_BYTES_MAX = 200
_FORBIDDEN = frozenset('\\:*?"<>|')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_ADDRESSED = re.compile(r"(?:originals|renditions)/([0-9a-f]{2})/(\1[0-9a-f]{62})\.[a-z0-9]{1,8}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")


def original_key(sha256: str, extension: str) -> str:
    """Where the bytes of an original lie; ``extension`` may have a dot."""
    return _addressed(ORIGINALS, sha256, extension)


def rendition_key(sha256: str, extension: str) -> str:
    """Where the bytes of a rendition lie; ``extension`` may have a dot."""
    return _addressed(RENDITIONS, sha256, extension)


def submission_key(bag: str, relative: str) -> str:
    """Where a file of a bag lies; ``relative`` is its path in the bag, with forward slashes."""
    return check_key(f"{SUBMISSIONS}{bag}/{relative}")


def catalogue_key(asset: str) -> str:
    """Where the record of an asset lies."""
    return check_key(f"{CATALOGUE}{_digest(asset)}.json")


def share_key(day: dt.date, chance: str) -> str:
    """Where a page of links lies."""
    return check_key(f"{SHARES}{day.isoformat()}-{chance}.html")


def digest_in(key: str) -> str | None:
    """The SHA-256 that a key named by contents tells; ``None`` for other keys."""
    match = _ADDRESSED.fullmatch(key)
    return match[2] if match else None


def check_key(key: str) -> str:
    """The key itself, when it can be an object's name and a path on every system.

    Raises:
        UsageError: ``store-key`` for a key that climbs, is absolute, hidden, not NFC, too long, or holds what Windows
            refuses.
    """
    if not key or len(key.encode("utf-8", "replace")) > _BYTES_MAX or not unicodedata.is_normalized("NFC", key):
        raise UsageError("store-key", {"key": key})
    if not all(_is_name(segment) for segment in key.split("/")):
        raise UsageError("store-key", {"key": key})
    return key


def _is_name(segment: str) -> bool:
    return (
        0 < len(segment.encode("utf-8", "replace")) <= _SEGMENT_BYTES_MAX
        and not segment.startswith(".")
        and not segment.endswith((".", " "))
        and segment.isprintable()
        and not _FORBIDDEN.intersection(segment)
        and not _DEVICES.fullmatch(PurePosixPath(segment).name.partition(".")[0])
    )


def _addressed(prefix: str, sha256: str, extension: str) -> str:
    plain = extension.lower().removeprefix(".")
    if not _EXTENSION.fullmatch(plain):
        plain = "bin"
    return f"{prefix}{_digest(sha256)[:2]}/{sha256}.{plain}"


def _digest(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise UsageError("store-key", {"key": sha256})
    return sha256
