"""What keeps an asset in the house: words nobody approved, files that do not conform, rights and consent that lack.

A final bag and a shared link ask here; each reason is a finding of level error, and all are told, not the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.model import FIELDS, CaptionSet, Consent, Finding, Lang, Placement, Rights

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue
    from ttdn_assets.catalogue.records import AssetRecord

_DISPUTED = ("texts-differ", "rights-differ")


def unready(
    catalogue: Catalogue,
    assets: Sequence[str],
    *,
    languages: Sequence[Lang],
    placements: Sequence[Placement] = (),
    today: dt.date | None = None,
) -> tuple[Finding, ...]:
    """Why these assets may not leave the house; empty where they may.

    Args:
        catalogue: where they are.
        assets: ids or their beginnings.
        languages: each must have an approved title or description.
        placements: where they are to go; without any, consent is asked for its end but not for its scope.
        today: the day they leave.
    """
    day = today or dt.date.today()
    found = (_of_record(record, languages, placements, day) for record in catalogue.assets(assets))
    return tuple(finding for one in found for finding in one)


def _of_record(
    record: AssetRecord, languages: Sequence[Lang], placements: Sequence[Placement], today: dt.date
) -> Iterator[Finding]:
    source = record.files[0].relative if record.files else record.id[:12]
    possible = [one for one in placements if record.media is None or one.kind == record.media.kind]
    yield from unapproved(record.captions, source, languages)
    yield from unfit(record.findings, source, {placement.id for placement in placements})
    yield from unclear(record.rights, source, possible, today)


def unapproved(captions: CaptionSet, source: str, languages: Sequence[Lang]) -> Iterator[Finding]:
    """A finding for each language without a title or description, and for what is a draft, in review or rejected in it.

    ``allowed`` names the fields.
    """
    for lang in languages:
        texts = {field: text for field in FIELDS if (text := getattr(captions, field).get(lang)) is not None}
        if not {"title", "description"} & texts.keys():
            yield Finding(rule="not-captioned", level="error", subject=source, lang=lang)
        for status in dict.fromkeys(text.status for text in texts.values() if text.status != "approved"):
            fields = ", ".join(field for field, text in texts.items() if text.status == status)
            yield Finding(
                rule="not-approved", level="error", subject=source, lang=lang, measured=status, allowed=fields
            )


def unfit(findings: Iterable[Finding], source: str, placements: set[str]) -> Iterator[Finding]:
    """What was found to break a rule, of the asset or of its files for these placements, and what is in dispute."""
    for finding in findings:
        concerns = finding.placement is None or not placements or finding.placement in placements
        if finding.rule in _DISPUTED or (finding.level == "error" and concerns):
            subject = source if finding.rule in _DISPUTED else finding.subject or source
            yield msgspec.structs.replace(finding, level="error", subject=subject)


def unclear(rights: Rights | None, source: str, placements: Sequence[Placement], today: dt.date) -> Iterator[Finding]:
    """What the rights of an asset lack for these placements on this day."""
    if rights is None or not rights.named:
        yield Finding(rule="rights-missing", level="error", subject=source)
    for consent in rights.consents if rights else ():
        yield from _of_consent(consent, source, placements, today)
    for placement in placements:
        if placement.unexhibited and not (rights and rights.unexhibited):
            yield Finding(rule="contest-unconfirmed", level="error", subject=source, placement=placement.id)


def _of_consent(consent: Consent, source: str, placements: Sequence[Placement], today: dt.date) -> Iterator[Finding]:
    if consent.refused:
        yield Finding(rule="consent-refused", level="error", subject=source, measured=consent.file)
    if consent.until is not None:
        last = _day(consent.until)
        if last is None:
            yield Finding(
                rule="consent-unreadable", level="error", subject=source, measured=consent.until, allowed=consent.file
            )
        elif last < today:
            yield Finding(
                rule="consent-expired", level="error", subject=source, measured=consent.until, allowed=consent.file
            )
    for placement in placements if consent.targets else ():
        if not {placement.id, placement.platform} & set(consent.targets):
            scope = ", ".join(consent.targets)
            yield Finding(
                rule="consent-scope", level="error", subject=source, placement=placement.id, measured=consent.file,
                allowed=scope,
            )  # fmt: skip


def _day(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None
