"""Review: hand texts in, approve them, reject them, and decide between what people wrote on different machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.catalogue.records import AssetRecord, Rival
from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.library import catalogue_of
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import FIELDS, Field, Lang, TextStatus
from ttdn_assets.settings import Library


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """What a review did with one asset: how many texts changed, and which places wait for somebody to decide."""

    asset: str
    source: str
    changed: int
    disputed: tuple[tuple[str, Lang], ...] = ()


def set_status(
    library: Library | Path | None,
    status: TextStatus,
    *,
    assets: Sequence[str] = (),
    field: Field | None = None,
    lang: Lang | None = None,
    who: str | None = None,
) -> Iterator[Reviewed]:
    """Give the texts of assets a status, each asset as it is done.

    Args:
        library: the library, or its folder.
        status: what they are from now on.
        assets: ids or their beginnings; all where empty.
        field: only texts of this field.
        lang: only texts in this language.
        who: the name written into the history; the system's user where ``None``.

    Raises:
        UsageError: an unknown asset, before anything is changed.
    """
    name = who or system_user()
    with catalogue_of(library) as catalogue:
        for asset in [catalogue.asset(one).id for one in assets] or [one.id for one in catalogue.assets()]:
            record = catalogue.asset(asset)
            there = _has_texts(record, field, lang)
            changed = catalogue.set_status(asset, field, lang, status, who=name) if there else 0
            disputed = dict.fromkeys((one.field, one.lang) for one in record.rivals if _is_meant(one, field, lang))
            source = record.files[0].relative if record.files else ""
            yield Reviewed(asset=asset, source=source, changed=changed, disputed=tuple(disputed))


def settle(
    library: Library | Path | None, asset: str, field: Field, lang: Lang, take: int, *, who: str | None = None
) -> str:
    """Take one of several texts people wrote in the same place, and approve it; the text.

    Args:
        library: the library, or its folder.
        asset: the asset's id or its beginning.
        field: of which field.
        lang: in which language.
        take: which, counted from 1 in the order they are shown in.
        who: the name written into the history; the system's user where ``None``.

    Raises:
        UsageError: ``text-undisputed`` where there are not so many.
    """
    name = who or system_user()
    with catalogue_of(library) as catalogue:
        record = catalogue.asset(asset)
        values = [one.value for one in record.rivals if (one.field, one.lang) == (field, lang)]
        if not 1 <= take <= len(values):
            raise UsageError("text-undisputed", {"asset": record.id[:12], "field": field, "lang": lang, "take": take})
        catalogue.settle(record.id, field, lang, values[take - 1], who=name)
        catalogue.set_status(record.id, field, lang, "approved", who=name)
    return values[take - 1]


def _has_texts(record: AssetRecord, field: Field | None, lang: Lang | None) -> bool:
    fields = FIELDS if field is None else (field,)
    return any(lang is None or lang in getattr(record.captions, one) for one in fields if getattr(record.captions, one))


def _is_meant(one: Rival, field: Field | None, lang: Lang | None) -> bool:
    return one.field in FIELDS and field in (None, one.field) and lang in (None, one.lang)
