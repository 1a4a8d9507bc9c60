"""What keeps an asset in the house: words nobody approved, files that do not conform, rights and consent that lack.

A final bag and a shared link ask here; each reason is a finding of level error, and all are told, not the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.captions.guard import RULES, check_captions
from ttdn_assets.model import FIELDS, CaptionSet, Consent, Fact, Finding, Lang, Placement, Rights
from ttdn_assets.submissions.manifest import without_rejected
from ttdn_assets.terms import TermBase, load_terms

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
    terms: TermBase | None = None,
    today: dt.date | None = None,
) -> tuple[Finding, ...]:
    """Why these assets may not leave the house; empty where they may.

    Args:
        catalogue: where they are.
        assets: ids or their beginnings.
        languages: each must have an approved title or description.
        placements: where they are to go; without any, consent is asked for its end but not for its scope.
        terms: the term base their words are held against; the house's where ``None``.
        today: the day they leave.
    """
    day = today or dt.date.today()
    known = terms or load_terms()
    found = (_of_record(record, known, languages, placements, day) for record in catalogue.assets(assets))
    return tuple(finding for one in found for finding in one)


def _of_record(
    record: AssetRecord, terms: TermBase, languages: Sequence[Lang], placements: Sequence[Placement], today: dt.date
) -> Iterator[Finding]:
    source = record.files[0].relative if record.files else record.id[:12]
    possible = [one for one in placements if record.media is None or one.kind == record.media.kind]
    yield from unapproved(record.captions, source, languages)
    said = without_rejected(record.captions)
    found = standing(record.findings, said, record.facts, terms, source=source, languages=languages)
    yield from unfit(found, source, {placement.id for placement in placements})
    yield from unclear(record.rights, source, possible, today)


def standing(
    findings: Iterable[Finding],
    captions: CaptionSet,
    facts: Sequence[Fact],
    terms: TermBase,
    *,
    source: str,
    languages: Sequence[Lang],
) -> tuple[Finding, ...]:
    """What was found of an asset, where the guard speaks of its words as they stand now, not as they were when it ran.

    Args:
        findings: what the catalogue holds; that of the guard is left out.
        captions: the words that would leave the house.
        facts: what is known of the asset.
        terms: the term base.
        source: the file the findings are about.
        languages: those that should have words.
    """
    kept = (one for one in findings if one.rule not in RULES or not f"{one.subject} [".startswith(f"{source} ["))
    return (*kept, *check_captions(captions, facts, terms, subject=source, languages=languages))


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
