"""Who wins when a run brings words, crops and statuses an asset has already: pure rules, no database.

A person wins over every machine.  Among machines the newer wins, as long as nobody has taken the text up: only a draft
is replaced or dropped.  What the files of a person say again (a sheet, XMP) is no news and never undoes a later edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ttdn_assets.model import FIELDS, CaptionSet, Fact, Field, Finding, Lang, Subject, Text, TextStatus

Key = tuple[Field, Lang]


class StoredText(msgspec.Struct, frozen=True):
    """A text as it is kept, with what the files of a person last said in its place, and when a person changed it."""

    text: Text
    offered: str | None = None
    changed_at: str | None = None


def texts_of(captions: CaptionSet) -> dict[Key, Text]:
    """The texts of a caption set by field and language; empty ones are left out."""
    return {
        (field, lang): text for field in FIELDS for lang, text in getattr(captions, field).items() if text.value.strip()
    }


def captions_of(texts: Mapping[Key, Text]) -> CaptionSet:
    """The caption set that holds these texts."""
    by_field: dict[str, dict[Lang, Text]] = {field: {} for field in FIELDS}
    for (field, lang), text in texts.items():
        by_field[field][lang] = text
    return CaptionSet(
        title=by_field["title"],
        description=by_field["description"],
        alt_text=by_field["alt_text"],
        keywords=by_field["keywords"],
    )


def merge_texts(stored: Mapping[Key, StoredText], incoming: CaptionSet) -> dict[Key, StoredText]:
    """What an asset's texts are after a run that brought ``incoming``."""
    offers = texts_of(incoming)
    if not stored:
        return {key: StoredText(offer, _said(offer)) for key, offer in offers.items()}
    merged = {key: kept for key, kept in stored.items() if key in offers or not _is_outdated(kept)}
    for key, offer in offers.items():
        merged[key] = _merge_text(stored.get(key), offer)
    return merged


def _is_outdated(kept: StoredText) -> bool:
    """Whether a text that the run no longer brings said only what its facts no longer say.

    A translation does not come from facts, and stays.
    """
    return kept.text.origin == "composed" and kept.text.status == "draft"


def _is_machine_draft(kept: StoredText) -> bool:
    return kept.text.origin != "human" and kept.text.status == "draft"


def _said(offer: Text) -> str | None:
    """What a person's file says."""
    return offer.value if offer.origin == "human" else None


def _merge_text(kept: StoredText | None, offer: Text) -> StoredText:
    said = _said(offer)
    if kept is None:
        return StoredText(offer, said)
    if said is None:
        return StoredText(offer, kept.offered) if _is_machine_draft(kept) else kept
    if said == kept.offered and kept.text.origin == "human":
        return kept
    if said == kept.text.value:
        return StoredText(msgspec.structs.replace(kept.text, origin="human", engine=None), said)
    return StoredText(offer, said)


def merge_subject(stored: Subject | None, incoming: Subject | None) -> Subject | None:
    """The subject after a run: one set by hand stays unless another hand set the new one."""
    if incoming is None:
        return stored
    if stored is not None and stored.origin == "hand" and incoming.origin != "hand":
        return stored
    return incoming


def review_of(statuses: Iterable[TextStatus]) -> TextStatus:
    """What the statuses of its texts make an asset: one rejected text rejects it, all approved approve it."""
    found = set(statuses)
    if "rejected" in found:
        return "rejected"
    if found == {"approved"}:
        return "approved"
    return "in_review" if found & {"in_review", "approved"} and "draft" not in found else "draft"


def unite_facts(by_file: Iterable[tuple[Fact, ...]]) -> tuple[Fact, ...]:
    """The facts of several files, each once, in the order they came."""
    return tuple(dict.fromkeys(fact for facts in by_file for fact in facts))


def differing_facts(by_file: Mapping[str, tuple[Fact, ...]]) -> tuple[Finding, ...]:
    """``facts-differ`` for every kind of which copies of the same picture say different things."""
    found = []
    for kind in ("place", "event", "date"):
        said = {path: _values(facts, kind) for path, facts in by_file.items() if _values(facts, kind)}
        if len(set(said.values())) > 1:
            first, *others = said.items()
            path, values = next(other for other in others if other[1] != first[1])
            found.append(
                Finding(
                    rule="facts-differ",
                    level="warning",
                    subject=f"{first[0]}, {path}",
                    measured="; ".join(sorted(values)),
                    allowed="; ".join(sorted(first[1])),
                )
            )
    return tuple(found)


def _values(facts: tuple[Fact, ...], kind: str) -> frozenset[str]:
    return frozenset(fact.term or fact.value for fact in facts if fact.kind == kind)
