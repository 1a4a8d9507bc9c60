"""Two machines' records of one asset made one: pure rules, no database, and the same whichever comes first.

Everything is a set that only grows, or the best of several by an order of its own, so that joining is commutative,
associative and idempotent (a property test holds it to that):

* history, versions, files, facts, submissions, publications and their figures unite;
* a text is dead once a person who knew it put another in its place, as the united history tells; of what people wrote
  and is alive nothing is chosen: all of it stays as rivals, to be decided by a person;
* what people wrote or judged comes before what machines drafted, and a crop set by hand before one that was found;
* of a machine's values (media facts, drafts, renditions for one placement) the greatest is taken, whoever made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast, get_args

import msgspec

from ttdn_assets.catalogue.merge import Key, captions_of, review_of, unite_facts
from ttdn_assets.catalogue.publications import COUNTED, publication_name
from ttdn_assets.catalogue.records import Change, FileVersion, HistoryLine, Rival, SharedRecord, SubmissionRecord
from ttdn_assets.catalogue.rivals import RIGHTS
from ttdn_assets.catalogue.rows import to_json
from ttdn_assets.decoding import decode
from ttdn_assets.model import FIELDS, Finding, Publication, Reach, Rendition, Rights, Subject, Text

Value = TypeVar("Value")
Place = tuple[str, str]
_STATUSES = ("failed", "skipped", "unchanged", "done")
_CAUTION = ("approved", "in_review", "draft", "rejected")
_CHANGES = get_args(Change)
_FOUND_ANEW = ("facts-differ", "texts-differ", "rights-differ")


def join(records: Sequence[SharedRecord]) -> SharedRecord:
    """One record that says what all of these say; of one alone its plain form, in which equal records are equal."""
    forgotten_at = min((one.forgotten_at for one in records if one.forgotten_at), default=None)
    if forgotten_at is not None:
        return _bare(records, forgotten_at)
    added_at, asset = min((one.added_at, one.id) for one in records)
    lines = {line for one in records for line in one.history}
    texts = _texts(records, lines)
    shown = {place: shown_of(rivals) for place, rivals in texts.items()}
    rights = shown.pop(RIGHTS, None)
    captions = {place: text for place, text in shown.items() if text.value}
    subject = _subject(records, lines)
    files = _files(records, asset)
    status = max((one.status for one in records), key=_STATUSES.index)
    return SharedRecord(
        id=asset,
        picture_sha256=max(one.picture_sha256 or "" for one in records) or None,
        status=status,
        review=review_of(text.status for text in captions.values()),
        added_at=added_at,
        changed_at=max(one.changed_at for one in records),
        media=_best(one.media for one in records),
        error=_best(one.error for one in records) if status == "failed" else None,
        files=files,
        facts=unite_facts(file.facts for file in files),
        captions=captions_of(cast("dict[Key, Text]", captions)),
        subject=subject,
        renditions=_renditions(records, subject),
        findings=_findings(records),
        rights=decode(rights.value, Rights) if rights and rights.value else None,
        publications=_publications(records, lines, asset),
        versions=tuple(sorted({digest for one in records for digest in (one.id, *one.versions)})),
        texts=tuple(text for _, rivals in sorted(texts.items()) for text in rivals),
        history=tuple(sorted(lines, key=_line_order)),
        bags=_bags(records),
        collections=tuple(sorted({name for one in records for name in one.collections})),
    )


def _bare(records: Sequence[SharedRecord], forgotten_at: str) -> SharedRecord:
    """What is left where one machine forgot the asset: digests, bare lines, and what still holds it."""
    asset = min(one.id for one in records if one.forgotten_at == forgotten_at)
    lines = {msgspec.structs.replace(line, before=None, after=None) for one in records for line in one.history}
    return SharedRecord(
        id=asset,
        picture_sha256=None,
        status="skipped",
        review="draft",
        added_at=forgotten_at,
        changed_at=forgotten_at,
        publications=_publications(records, (), asset),
        versions=tuple(sorted({digest for one in records for digest in _digests(one)})),
        history=tuple(sorted(lines, key=_line_order)),
        bags=_bags(records),
        forgotten_at=forgotten_at,
    )


def _digests(record: SharedRecord) -> tuple[str, ...]:
    return (record.id, *record.versions, *([record.picture_sha256] if record.picture_sha256 else ()))


def shown_of(rivals: Sequence[Rival]) -> Text:
    """The text that is shown of those that stand in one place: the newest, for review where there are several."""
    best = max(rivals, key=lambda one: (one.origin == "human", one.changed_at or "", one.value))
    status = best.status if len(rivals) == 1 else "in_review"
    return Text(value=best.value, origin=best.origin, engine=best.engine, status=status)


def _texts(records: Sequence[SharedRecord], lines: Iterable[HistoryLine]) -> dict[Place, tuple[Rival, ...]]:
    """What stands in each place: what people wrote and is alive, else the greatest of the drafts."""
    left, emptied = _left(lines)
    by_place: dict[Place, dict[str, Rival]] = {}
    for one in (*(text for record in records for text in _texts_of(record)), *emptied):
        kept = by_place.setdefault((one.field, one.lang), {})
        kept[one.value] = max(one, kept.get(one.value, one), key=_newest)
    found = {place: _alive(texts.values(), left.get(place, {})) for place, texts in by_place.items()}
    return {place: rivals for place, rivals in found.items() if rivals}


def _texts_of(record: SharedRecord) -> Iterable[Rival]:
    """The texts of a record; one written before records told them has captions only."""
    if record.texts:
        return record.texts
    return (
        Rival(field=field, lang=lang, value=text.value, origin=text.origin, engine=text.engine, status=text.status)
        for field in FIELDS
        for lang, text in getattr(record.captions, field).items()
    )


def _left(lines: Iterable[HistoryLine]) -> tuple[dict[Place, dict[str, str]], list[Rival]]:
    """When people last put something else in place of each text; and where they took a text away, as empty texts."""
    left: dict[Place, dict[str, str]] = {}
    emptied: dict[Place, str] = {}
    for line in lines:
        if line.what not in ("text", "rights"):
            continue
        place = RIGHTS if line.what == "rights" else (line.field or "", line.lang or "")
        times = left.setdefault(place, {})
        times[line.before or ""] = max(line.at, times.get(line.before or "", ""))
        if not line.after:
            emptied[place] = max(line.at, emptied.get(place, ""))
    gone = [
        Rival(field=field, lang=lang, value="", origin="human", changed_at=at)
        for (field, lang), at in emptied.items()
        if (field, lang) != RIGHTS
    ]
    return left, gone


def _alive(texts: Iterable[Rival], left: Mapping[str, str]) -> tuple[Rival, ...]:
    alive = [one for one in texts if left.get(one.value, "") <= (one.changed_at or "")]
    people = [one for one in alive if one.changed_at is not None or one.origin == "human" or one.status != "draft"]
    written = [one for one in people if one.value]
    if written:
        return tuple(sorted(written, key=lambda one: one.value))
    return () if people else tuple(sorted(alive, key=lambda one: (one.value, _newest(one)))[-1:])


def _newest(one: Rival) -> tuple[Any, ...]:
    return (one.changed_at or "", one.origin == "human", _CAUTION.index(one.status), one.origin, one.engine or "")


def _files(records: Sequence[SharedRecord], asset: str) -> tuple[FileVersion, ...]:
    by_name: dict[tuple[str, str], list[FileVersion]] = {}
    for file in (file for one in records for file in one.files):
        by_name.setdefault((file.relative, file.sha256), []).append(file)
    return tuple(
        FileVersion(
            asset=asset,
            sha256=sha256,
            path=relative,
            folder="",
            relative=relative,
            size_bytes=max(file.size_bytes for file in found),
            mtime_ns=0,
            seen_at="",
            facts=max((file.facts for file in found), key=lambda facts: (len(facts), to_json(facts))),
        )
        for (relative, sha256), found in sorted(by_name.items())
    )


def _subject(records: Sequence[SharedRecord], lines: Iterable[HistoryLine]) -> Subject | None:
    set_at: dict[str, str] = {}
    for line in lines:
        if line.what == "subject" and line.after:
            set_at[line.after] = max(line.at, set_at.get(line.after, ""))
    subjects = [one.subject for one in records if one.subject is not None]
    return max(
        subjects, key=lambda one: (one.origin == "hand", set_at.get(to_json(one), ""), to_json(one)), default=None
    )


def _renditions(records: Sequence[SharedRecord], subject: Subject | None) -> tuple[Rendition, ...]:
    """One rendition a placement; those made for another crop than the one set by hand are of no use any more."""
    by_hand = subject is not None and subject.origin == "hand"
    useful = [one for record in records if not by_hand or record.subject == subject for one in record.renditions]
    made: dict[str, Rendition] = {}
    serving: dict[str, str] = {}
    for one in useful:
        bare = msgspec.structs.replace(one, placements=())
        made[one.recipe] = max(bare, made.get(one.recipe, bare), key=to_json)
        for name in one.placements:
            serving[name] = max(one.recipe, serving.get(name, ""))
    return tuple(
        msgspec.structs.replace(made[recipe], placements=tuple(sorted(n for n in serving if serving[n] == recipe)))
        for recipe in sorted(set(serving.values()))
    )


def _findings(records: Sequence[SharedRecord]) -> tuple[Finding, ...]:
    found = {to_json(finding): finding for one in records for finding in one.findings}
    return tuple(found[key] for key in sorted(found) if found[key].rule not in _FOUND_ANEW)


def _publications(records: Sequence[SharedRecord], lines: Iterable[HistoryLine], asset: str) -> tuple[Publication, ...]:
    struck: dict[str, str] = {}
    for line in lines:
        if line.what == "unpublished" and line.before:
            struck[line.before] = max(line.at, struck.get(line.before, ""))
    by_key: dict[tuple[str, str, str], list[Publication]] = {}
    for one in (one for record in records for one in record.publications):
        by_key.setdefault((one.at, one.target, one.url), []).append(one)
    united = (_united(found, asset) for _, found in sorted(by_key.items()))
    return tuple(one for one in united if struck.get(publication_name(one), "") <= one.added_at)


def _united(found: Sequence[Publication], asset: str) -> Publication:
    """One publication with all figures, the greatest of a day: what is counted grows."""
    newest = max(found, key=lambda one: (one.added_at, one.who))
    by_day: dict[str, list[Reach]] = {}
    for reach in (reach for one in found for reach in one.figures):
        by_day.setdefault(reach.at, []).append(reach)
    figures = tuple(
        Reach(at=at, **{name: _most(getattr(one, name) for one in counted) for name in COUNTED})
        for at, counted in sorted(by_day.items())
    )
    return msgspec.structs.replace(newest, asset=asset, figures=figures)


def _bags(records: Sequence[SharedRecord]) -> tuple[SubmissionRecord, ...]:
    by_name: dict[tuple[str, str], list[SubmissionRecord]] = {}
    for one in (bag for record in records for bag in record.bags):
        by_name.setdefault((one.path, one.digest), []).append(one)
    first = (min(found, key=to_json) for _, found in sorted(by_name.items()))
    return tuple(msgspec.structs.replace(one, assets=()) for one in first)


def _line_order(line: HistoryLine) -> tuple[Any, ...]:
    """Oldest first; of one moment, what a change is made of in the order it is told."""
    said = (line.field or "", line.lang or "", line.before or "", line.after or "")
    return (line.at, line.asset, _CHANGES.index(line.what), line.who, *said)


def _best(values: Iterable[Value | None]) -> Value | None:
    key: Callable[[Value], str] = to_json
    return max((one for one in values if one is not None), key=key, default=None)


def _most(counts: Iterable[int | None]) -> int | None:
    return max((one for one in counts if one is not None), default=None)
