"""Values of the house as rows of the tables, and back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row as SqlRow

from ttdn_assets.catalogue.merge import Key, StoredText
from ttdn_assets.catalogue.records import AssetEntry, FileVersion, HistoryLine
from ttdn_assets.decoding import convert, decode
from ttdn_assets.model import (
    Box,
    Fact,
    Finding,
    FocalPoint,
    MediaFacts,
    PathPoint,
    Rendition,
    Subject,
    Text,
    TrackPoint,
)

Value = TypeVar("Value")
Values = dict[str, Any]
Whole = tuple[Any, ...]
"""The values of all columns of a table in their order, as the many rows of texts and facts are told."""
_MOMENT = dt.timedelta(milliseconds=1)


def now() -> str:
    """The time as it is written: ISO 8601 in UTC, to the millisecond."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


def after(at: str, *others: str | None) -> str:
    """The time ``at``, or one just after the latest of the others where that is not earlier: clocks are set back."""
    latest = max((one for one in others if one), default="")
    if at > latest:
        return at
    return (dt.datetime.fromisoformat(latest) + _MOMENT).isoformat(timespec="milliseconds")


def storable(value: str) -> str:
    """The text as every database takes it: without NUL, and bytes of a file name that are no UTF-8 as escapes."""
    try:
        value.encode()
    except UnicodeEncodeError:
        value = value.encode("utf-8", "backslashreplace").decode()
    return value.replace("\x00", "") if "\x00" in value else value


def to_json(value: object) -> str:
    """A value as JSON text."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace").decode()


def from_json(text: str | None, kind: type[Value]) -> Value | None:
    """The value of a JSON text; ``None`` stays ``None``."""
    return None if text is None else decode(text, kind)


class _Telling(MediaFacts, frozen=True, kw_only=True, omit_defaults=True):
    """Media facts as they are kept: what goes without saying is left out."""


def media_row(media: MediaFacts) -> Values:
    """The columns of ``assets`` that media facts fill."""
    return {
        "kind": media.kind,
        "width_px": media.size_px[0],
        "height_px": media.size_px[1],
        "taken_at": media.taken_at,
        "latitude_deg": media.gps.latitude_deg if media.gps else None,
        "longitude_deg": media.gps.longitude_deg if media.gps else None,
        "media": to_json(convert(media, _Telling, from_attributes=True)),
    }


def file_row(entry: AssetEntry, *, seen_at: str) -> Values:
    """The row of ``files`` for an entry, without its asset."""
    path, folder, relative = storable(entry.path), storable(entry.folder), storable(entry.relative)
    return {
        "path": path,
        "sha256": entry.sha256,
        "folder": folder,
        "relative": "" if path == folder + relative else relative,
        "size_bytes": entry.size_bytes,
        "mtime_ns": entry.mtime_ns,
        "seen_at": seen_at,
        "inputs": entry.inputs,
        "companions": to_json(entry.companions) if entry.companions else "[]",
        "missing": False,
    }


def relative_of(row: SqlRow[Any]) -> str:
    """The name below its folder of a row of ``files``."""
    return str(row.relative or row.path.removeprefix(row.folder))


def file_version(row: SqlRow[Any], *, facts: tuple[Fact, ...] = ()) -> FileVersion:
    """A row of ``files`` joined with its asset's ``id``."""
    return FileVersion(
        asset=row.id,
        sha256=row.sha256,
        path=row.path,
        folder=row.folder,
        relative=relative_of(row),
        size_bytes=row.size_bytes,
        mtime_ns=row.mtime_ns,
        seen_at=row.seen_at,
        inputs=row.inputs,
        companions=() if row.companions == "[]" else decode(row.companions, tuple[str, ...]),
        missing=row.missing,
        facts=facts,
    )


def fact_rows(facts: Iterable[Fact], *, asset: int, file: int) -> list[Whole]:
    """Rows of ``facts``, for ``claims.write_facts``."""
    return [
        (asset, file, position, (fact.kind, storable(fact.value), fact.term or ""), fact.source)
        for position, fact in enumerate(facts)
    ]


def fact_of(row: SqlRow[Any]) -> Fact:
    """A row of ``claims.FACTS``."""
    return Fact(kind=row.kind, value=row.value, term=row.term or None, source=row.source)


def text_row(asset: int, key: Key, stored: StoredText) -> Whole:
    """A row of ``texts``."""
    text, offered = stored.text, None if stored.offered is None else storable(stored.offered)
    said = (storable(text.value), text.origin, text.engine, text.status)
    return (asset, *key, *said, offered, stored.changed_at)


def stored_text(row: SqlRow[Any]) -> tuple[Key, StoredText]:
    """A row of ``texts``, with its key."""
    text = Text(value=row.value, origin=row.origin, engine=row.engine, status=row.status)
    return (row.field, row.lang), StoredText(text, row.offered, row.changed_at)


def subject_row(asset: int, subject: Subject) -> Values:
    """A row of ``subjects``."""
    return {
        "asset": asset,
        "focal_x": subject.focal.x,
        "focal_y": subject.focal.y,
        "box": to_json(subject.box) if subject.box else None,
        "origin": subject.origin,
        "heads": to_json(subject.heads) if subject.heads else None,
        "track": to_json(subject.track) if subject.track else None,
    }


def subject_of(row: SqlRow[Any]) -> Subject:
    """A row of ``subjects``."""
    return Subject(
        focal=FocalPoint(row.focal_x, row.focal_y),
        box=from_json(row.box, Box),
        origin=row.origin,
        heads=from_json(row.heads, tuple[Box, ...]) or (),
        track=from_json(row.track, tuple[TrackPoint, ...]) or (),
    )


_RENDITION = (
    "recipe", "path", "kind", "format", "width_px", "height_px", "size_bytes", "sha256", "fit", "trimmed", "made_with",
)  # fmt: skip


def rendition_row(asset: int, rendition: Rendition) -> Values:
    """A row of ``renditions``."""
    return {
        "asset": asset,
        **{name: getattr(rendition, name) for name in _RENDITION},
        "crop": to_json(rendition.crop) if rendition.crop else None,
        "crop_path": to_json(rendition.crop_path) if rendition.crop_path else None,
    }


def served_rows(asset: int, rendition: Rendition) -> list[Values]:
    """Rows of ``served``."""
    return [
        {"asset": asset, "placement": one, "recipe": rendition.recipe, "platform": one.partition(".")[0]}
        for one in dict.fromkeys(rendition.placements)
    ]


def rendition_of(row: SqlRow[Any], *, placements: tuple[str, ...]) -> Rendition:
    """A row of ``renditions``."""
    return Rendition(
        placements=placements,
        crop=from_json(row.crop, Box),
        crop_path=from_json(row.crop_path, tuple[PathPoint, ...]) or (),
        **{name: getattr(row, name) for name in _RENDITION},
    )


def finding_rows(asset: int, found: Iterable[Finding]) -> list[Values]:
    """Rows of ``findings``."""
    return [
        {"asset": asset, "position": place, "rule": one.rule, "level": one.level, "finding": to_json(one)}
        for place, one in enumerate(found)
    ]


def history_row(line: HistoryLine) -> Values:
    """A row of ``history``."""
    return {
        "at": line.at,
        "who": storable(line.who),
        "asset_id": line.asset,
        "what": line.what,
        "field": line.field,
        "lang": line.lang,
        "before": None if line.before is None else storable(line.before),
        "after": None if line.after is None else storable(line.after),
    }


def history_line(row: SqlRow[Any]) -> HistoryLine:
    """A row of ``history``."""
    return HistoryLine(
        at=row.at,
        who=row.who,
        asset=row.asset_id,
        what=row.what,
        field=row.field,
        lang=row.lang,
        before=row.before,
        after=row.after,
    )
