"""Words composed anew from the facts of the catalogue, after terms, patterns or settings changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.captions.compose import compose
from ttdn_assets.captions.guard import check_captions
from ttdn_assets.jobs.library import catalogue_of, open_library, terms_of
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import FIELDS, CaptionSet, Finding
from ttdn_assets.settings import Library


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """What was composed for one asset, and how many texts of the catalogue it changed."""

    asset: str
    source: str
    captions: CaptionSet
    changed: int
    findings: tuple[Finding, ...] = ()


def compose_captions(
    library: Library | Path | None, assets: Sequence[str] = (), *, who: str | None = None
) -> Iterator[Composed]:
    """Compose the words of assets, all of them where none is named, and keep them as drafts.

    What a person wrote or took up, and what a machine translated from a person's words, stays.
    """
    opened = library if isinstance(library, Library) else open_library(library)
    terms, settings, name = terms_of(opened), opened.settings, who or system_user()
    with catalogue_of(opened) as catalogue:
        for record in list(catalogue.assets(assets or None)):
            said = compose(
                record.facts,
                terms,
                languages=settings.languages,
                kind=record.media.kind if record.media else "photo",
                taken_at=record.media.taken_at if record.media else None,
                spelling=settings.vietnam_spelling,
            )
            changed = 0
            for field in FIELDS:
                standing = getattr(record.captions, field)
                for lang, text in getattr(said, field).items():
                    old = standing.get(lang)
                    if old is None or (old.origin == "composed" and old.value != text.value):
                        changed += catalogue.set_text(
                            record.id, field, lang, text.value, who=name, origin=text.origin, engine=text.engine
                        )
            source = record.files[0].relative if record.files else record.id[:8]
            found = check_captions(said, record.facts, terms, subject=source, languages=settings.languages)
            yield Composed(asset=record.id, source=source, captions=said, changed=changed, findings=found)
