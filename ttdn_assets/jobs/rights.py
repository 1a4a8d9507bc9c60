"""Rights and consent: as a row of a sheet says them, and as a person sets them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.captions.dates import find_dates
from ttdn_assets.captions.day import parse_iso
from ttdn_assets.jobs.library import catalogue_of
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import Consent, Lang, Placement, Rights, SheetRow
from ttdn_assets.settings import Library
from ttdn_assets.text import clean, fold

_YES = frozenset({"x", "v", "co", "dung", "roi", "chua", "yes", "y", "true", "1", "✓", "✔", "是", "未", "没有"})
_NO = frozenset({"khong", "sai", "da", "no", "n", "false", "0", "否", "不"})
_ALL = frozenset({"tatca", "moinentang", "moikenh", "all", "any", "全部", "所有"})
_ENDLESS = frozenset({"vothoihan", "khongthoihan", "khongxacdinh", "forever", "unlimited", "none", "无限期", "永久"})
_BETWEEN = re.compile(r"[;,/\n；，、]|\bvà\b|\band\b")


def set_rights(
    library: Library | Path | None, assets: Sequence[str], said: Rights, *, who: str | None = None
) -> dict[str, bool]:
    """Complete the rights of assets by what ``said`` says, all of them where none is named; whether each changed.

    Args:
        library: the library, or its folder.
        assets: ids or their beginnings.
        said: what is to hold from now on; what it leaves blank stays as it is.
        who: the name written into the history; the system's user where ``None``.

    Raises:
        UsageError: an unknown asset, before anything is changed.
    """
    name = who or system_user()
    with catalogue_of(library) as catalogue:
        known = {record.id: record.rights or Rights() for record in catalogue.assets(assets or None)}
        return {one: catalogue.set_rights(one, said.over(rights), who=name) for one, rights in known.items()}


def rights_of_row(row: SheetRow, targets: Collection[str], *, own_credit: str = "") -> Rights | None:
    """What a row of a sheet says of rights; ``None`` where it says nothing but the unit's own credit line.

    Args:
        row: as it was read.
        targets: the platforms and placements there are.
        own_credit: what an export writes into every row.
    """
    said = Rights(
        author=clean(row.author),
        credit=clean(row.credit) if clean(row.credit) != clean(own_credit) else "",
        licence=clean(row.licence),
        owner=clean(row.owner),
        consents=tuple(_consents(row, targets)),
        unexhibited=_answer(row.unexhibited),
    )
    return None if said == Rights() else said


def with_rights(row: SheetRow, rights: Rights, *, ui: Lang = "vi") -> SheetRow:
    """The row with its columns of rights filled in; consents of several scopes or ends stand in no single row."""
    scopes = {(one.targets, one.until) for one in rights.consents}
    targets, until = scopes.pop() if len(scopes) == 1 else ((), None)
    alike = rights.consents if not scopes else ()
    no = "không" if ui == "vi" else "no"
    return msgspec.structs.replace(
        row,
        author=rights.author or row.author,
        credit=rights.credit or row.credit,
        licence=rights.licence,
        owner=rights.owner,
        consent="; ".join(one.file for one in alike),
        consent_scope=", ".join(targets),
        consent_until=until or "",
        unexhibited={True: "x", False: no, None: ""}[rights.unexhibited],
    )


def known_targets(placements: Iterable[Placement]) -> frozenset[str]:
    """Every platform and placement a consent can name."""
    return frozenset(name for one in placements for name in (one.id, one.platform))


def _consents(row: SheetRow, targets: Collection[str]) -> Iterator[Consent]:
    if not (row.consent or row.consent_scope or row.consent_until):
        return
    files = [clean(one) for one in re.split(r"[;；\n]", row.consent) if clean(one)]
    for file in files or [""]:
        yield consent_of(file, row.consent_scope, row.consent_until, targets)


def consent_of(file: str, scope: str, until: str, targets: Collection[str]) -> Consent:
    """A consent as a person wrote it: whose scope names nothing known covers nothing known, and ends on what they said.

    Args:
        file: the signed paper, or the answer alone; a plain no means that people refused.
        scope: platforms or placements by id or name; all where empty.
        until: a date in any form that is read in names of folders, a month or a year.
        targets: the platforms and placements there are.
    """
    by_name = {_bare(name): name for name in targets}
    names = [by_name.get(_bare(one), clean(one)) for one in _BETWEEN.split(scope) if clean(one)]
    covered = () if any(_bare(name) in _ALL for name in names) else tuple(dict.fromkeys(names))
    return Consent(file=file, refused=_answer(file) is False, targets=covered, until=_last_day(until))


def _last_day(value: str) -> str | None:
    """The last day a text means, ISO 8601; the text itself where it is no date, ``None`` where there is no end."""
    value = clean(value)
    if not value or _bare(value) in _ENDLESS:
        return None
    found = find_dates(value)
    day = parse_iso(value) or (found[-1][0] if len(found) == 1 else None)
    if day is None or day.year is None or day.lunar:
        return value
    end = day.end or day
    year, month = end.year or day.year, end.month or 12
    return dt.date(year, month, end.day or calendar.monthrange(year, month)[1]).isoformat()


def _answer(value: str) -> bool | None:
    """What a person answered: yes, no, or nothing that could be understood."""
    bare = _bare(value)
    return True if bare in _YES else False if bare in _NO else None


def _bare(value: str) -> str:
    return re.sub(r"[\s._\-()]+", "", fold(value))
