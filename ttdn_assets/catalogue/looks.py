"""What the pictures of the catalogue look like in small: kept, read all at once, named where it is not known."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from ttdn_assets.catalogue.rows import Values
from ttdn_assets.catalogue.schema import assets, files, looks
from ttdn_assets.decoding import decode
from ttdn_assets.model import Kind, MediaFacts

_FACTS = (assets.c.number, assets.c.id, assets.c.kind, assets.c.width_px, assets.c.height_px, assets.c.taken_at)


class _Media(msgspec.Struct):
    """The part of ``MediaFacts`` that tells copies from shots."""

    class Clip(msgspec.Struct):
        duration_s: float

    camera: str | None = None
    video: Clip | None = None


class FileHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is there."""

    path: str
    sha256: str
    size_bytes: int


class Lookalike(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an asset where copies are sought: its files that are there, size, time, camera, length."""

    id: str
    kind: Kind | None
    size_px: tuple[int, int]
    taken_at: dt.datetime | None
    camera: str | None
    duration_s: float | None
    files: tuple[FileHeld, ...]


class AllLooks(msgspec.Struct, frozen=True, kw_only=True):
    """Every asset with a file that is there, and the looks of all of them, one after the other.

    The look with number n is of ``assets[owners[n]]``, its picture or the frame at ``positions[n]``.
    """

    assets: tuple[Lookalike, ...]
    owners: array[int]
    positions: array[int]
    pixels: bytearray


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """An asset of which no look is kept, with a file of it."""

    id: str
    path: str
    media: MediaFacts


def look_rows(asset: int, pixels: Sequence[bytes]) -> list[Values]:
    """Rows of ``looks``."""
    return [{"asset": asset, "position": place, "pixels": one} for place, one in enumerate(pixels)]


def all_looks(connection: Connection) -> AllLooks:
    """The looks of all assets of which a file is there."""
    held: dict[int, list[FileHeld]] = {}
    there = select(files.c.asset, files.c.path, files.c.sha256, files.c.size_bytes).where(~files.c.missing)
    for row in connection.execute(there.order_by(files.c.number)):
        held.setdefault(row.asset, []).append(FileHeld(path=row.path, sha256=row.sha256, size_bytes=row.size_bytes))
    places: dict[int, int] = {}
    known: list[Lookalike] = []
    for asset in connection.execute(select(*_FACTS, assets.c.media).order_by(assets.c.number)):
        if asset.number in held:
            places[asset.number] = len(known)
            known.append(_lookalike(asset, held[asset.number]))
    owners, positions, pixels = array("q"), array("q"), bytearray()
    for look in connection.execute(select(looks).order_by(looks.c.asset, looks.c.position)):
        if look.asset in places:
            owners.append(places[look.asset])
            positions.append(look.position)
            pixels += look.pixels
    return AllLooks(assets=tuple(known), owners=owners, positions=positions, pixels=pixels)


def _lookalike(row: Any, held: Sequence[FileHeld]) -> Lookalike:
    media = decode(row.media, _Media) if row.media else _Media()
    return Lookalike(
        id=row.id,
        kind=row.kind,
        size_px=(row.width_px or 0, row.height_px or 0),
        taken_at=_moment(row.taken_at),
        camera=media.camera,
        duration_s=media.video.duration_s if media.video else None,
        files=tuple(held),
    )


def _moment(written: str | None) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC) if moment else None


def unseen(connection: Connection) -> Iterator[Unseen]:
    """The assets of which no look is kept and a file is there, in the order they came."""
    file = (
        select(files.c.asset, func.min(files.c.path).label("path"))
        .where(~files.c.missing)
        .group_by(files.c.asset)
        .subquery()
    )
    chosen = (
        select(assets.c.id, assets.c.media, file.c.path)
        .join(file, file.c.asset == assets.c.number)
        .where(assets.c.media.is_not(None), assets.c.number.not_in(select(looks.c.asset)))
        .order_by(assets.c.number)
    )
    for row in connection.execute(chosen):
        yield Unseen(id=row.id, path=row.path, media=decode(row.media, MediaFacts))
