"""What a submission holds, as values: the items as they were packed, and the JSON files that tell of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from ttdn_assets.model import FIELDS, CaptionSet, Fact, Finding, Lang, Placement, Post, Text
from ttdn_assets.text import ascii_slug
from ttdn_assets.wording import say_finding

PACKER = 1
"""Raised by hand when the same contents would be packed differently."""

CONTENTS = "Contents-Digest"
"""The tag of ``bag-info.txt`` by which a bag of the same contents is found again."""

_NAME_LENGTH = 48
_SLOTS_LENGTH = 36
_ASPECT_TOLERANCE = 0.01
_AGENT = "ttdn_assets"


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the submission; ``path`` is from the payload folder, ``thumbnail`` a small JPEG.

    ``beside`` are a clip's poster and subtitles, in the same folder.
    """

    path: str
    kind: str
    format: str
    width_px: int
    height_px: int
    size_bytes: int
    placements: tuple[str, ...]
    sidecar: str | None = None
    beside: tuple[str, ...] = ()
    trimmed: bool = False
    thumbnail: bytes | None = None


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """One asset as it was packed."""

    name: str
    asset: str
    source: str
    media: tuple[Media, ...] = ()
    captions: CaptionSet = CaptionSet()
    posts: tuple[Post, ...] = ()
    findings: tuple[Finding, ...] = ()
    facts: tuple[Fact, ...] = ()
    author: str = ""
    credit: str = ""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the files of one bag are written from."""

    target: str
    target_name: dict[Lang, str]
    date: dt.date
    unit: str = ""
    contact: str = ""
    final: bool = False
    items: tuple[Packed, ...] = ()
    findings: tuple[Finding, ...] = ()
    placements: dict[str, Placement] = {}

    @property
    def status(self) -> str:
        """``approved`` or ``draft``."""
        return "approved" if self.final else "draft"

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Those of the whole and those of its items."""
        return (*self.findings, *(finding for item in self.items for finding in item.findings))


def file_name(number: int, asset: str, source: str, facts: Sequence[Fact]) -> str:
    """An ASCII name that says event, place and month where they are known, unique by number and asset."""
    told = {fact.kind: fact.value for fact in reversed(facts)}
    words = " ".join(told[kind] for kind in ("event", "place", "date") if kind in told)
    stem = source.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    slug = ascii_slug(words or stem, fallback="media", max_length=_NAME_LENGTH)
    return f"{slug}-{number:03d}-{asset[:6]}"


def slots_slug(placements: Iterable[str]) -> str:
    """The slots a file serves, as the end of its name."""
    slots = "-".join(dict.fromkeys(one.partition(".")[2] or one for one in placements))
    return ascii_slug(slots, fallback="file", max_length=_SLOTS_LENGTH)


def subject_slug(facts: Iterable[Fact], *, fallback: str) -> str:
    """What a submission is about: the event named most often, else the place."""
    counted: dict[str, Counter[str]] = {"event": Counter(), "place": Counter()}
    for fact in facts:
        if fact.kind in counted:
            counted[fact.kind][fact.value] += 1
    words = next((names.most_common(1)[0][0] for names in counted.values() if names), fallback)
    return ascii_slug(words, fallback="media", max_length=40)


def without_rejected(captions: CaptionSet) -> CaptionSet:
    """The texts that no reviewer has turned down."""
    kept: dict[str, dict[Lang, Text]] = {
        field: {lang: text for lang, text in getattr(captions, field).items() if text.status != "rejected"}
        for field in FIELDS
    }
    return CaptionSet(
        title=kept["title"],
        description=kept["description"],
        alt_text=kept["alt_text"],
        keywords=kept["keywords"],
    )


def by_language(captions: CaptionSet) -> dict[Lang, dict[str, str]]:
    """The words language by language, as ``prepare --json`` shows them."""
    languages = list(dict.fromkeys(lang for field in FIELDS for lang in getattr(captions, field)))
    return {
        lang: {field: texts[lang].value for field in FIELDS if lang in (texts := getattr(captions, field))}
        for lang in languages
    }


def contents_digest(parts: object) -> str:
    """The SHA-256 that two submissions of the same contents share."""
    return hashlib.sha256(msgspec.json.encode([PACKER, parts], order="deterministic")).hexdigest()


def target_name(target: str, placements: Mapping[str, Placement]) -> dict[Lang, str]:
    """The placement's name, or what the names of a platform's slots share before the dash."""
    if target in placements:
        return placements[target].name
    first = next(iter(placements.values()), None)
    return {lang: name.partition(" – ")[0] for lang, name in first.name.items()} if first else {}


def whole_findings(packed: Iterable[Packed], placements: Mapping[str, Placement]) -> Iterator[Finding]:
    """What no file alone shows: too few or too many for one post, or of different ratios where one is asked."""
    media = [one for item in packed for one in item.media]
    for name, placement in placements.items():
        serving = [one for one in media if name in one.placements]
        if serving and len(serving) < placement.items_min:
            yield Finding(
                rule="items-few",
                level="warning",
                placement=name,
                measured=len(serving),
                allowed=placement.items_min,
            )
        if placement.items_max and 1 < placement.items_max < len(serving):
            yield Finding(
                rule="items-many",
                level="info",
                placement=name,
                measured=len(serving),
                allowed=placement.items_max,
            )
        ratios = [one.width_px / one.height_px for one in serving]
        if placement.same_aspect and ratios and max(ratios) > min(ratios) * (1 + _ASPECT_TOLERANCE):
            yield Finding(rule="aspect-mixed", level="warning", placement=name)


def tags(submission: Submission, digest: str) -> dict[str, str]:
    """What ``bag-info.txt`` says of the submission."""
    media = [one for item in submission.items for one in item.media]
    found = submission.all_findings
    return {
        "Source-Organization": submission.unit,
        "Contact-Name": submission.contact,
        "External-Description": f"{submission.target}: {len(submission.items)} assets, {len(media)} files",
        "Bagging-Date": submission.date.isoformat(),
        "Bag-Software-Agent": _AGENT,
        "Submission-Target": submission.target,
        "Review-Status": submission.status,
        "Asset-Count": str(len(submission.items)),
        "File-Count": str(len(media)),
        "Error-Count": str(sum(1 for one in found if one.level == "error")),
        "Warning-Count": str(sum(1 for one in found if one.level == "warning")),
        CONTENTS: digest,
    }


def captions_json(submission: Submission) -> bytes:
    """``captions.json``: each asset with its files and its words in every language, where each came from."""
    items = [
        {
            "name": item.name,
            "asset": item.asset,
            "source": item.source,
            "files": [media.path for media in item.media],
            "author": item.author,
            "credit": item.credit,
            "facts": item.facts,
            "captions": by_language(item.captions),
            "texts": item.captions,
            "posts": item.posts,
        }
        for item in submission.items
    ]
    return _pretty({"target": submission.target, "items": items})


def report_json(submission: Submission, *, ui: Lang) -> bytes:
    """``report.json``: what was packed, what was found, each finding as fields and as a sentence."""
    found = submission.all_findings
    media = [one for item in submission.items for one in item.media]
    return _pretty(
        {
            "target": submission.target,
            "date": submission.date.isoformat(),
            "status": submission.status,
            "unit": submission.unit,
            "counts": {
                "items": len(submission.items),
                "files": len(media),
                "bytes": sum(one.size_bytes for one in media),
                "posts": sum(len(item.posts) for item in submission.items),
                **{f"{level}s": sum(1 for one in found if one.level == level) for level in ("error", "warning")},
            },
            "files": [
                {
                    "path": one.path,
                    "source": item.source,
                    "placements": one.placements,
                    "width_px": one.width_px,
                    "height_px": one.height_px,
                    "size_bytes": one.size_bytes,
                    "beside": one.beside,
                }
                for item in submission.items
                for one in item.media
            ],
            "findings": [{**msgspec.to_builtins(one), "text": say_finding(one, ui)} for one in found],
        }
    )


def _pretty(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1) + b"\n"
