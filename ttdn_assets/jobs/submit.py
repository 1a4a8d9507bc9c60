"""Bags from what the catalogue holds: chosen assets for chosen targets; and bags checked again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.catalogue.records import AssetRecord
from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.clearance import standing, unclear
from ttdn_assets.jobs.library import catalogue_of, open_library, terms_of
from ttdn_assets.jobs.pack import PackItem, verify_bag
from ttdn_assets.jobs.pack import pack as pack_bag
from ttdn_assets.jobs.who import system_user
from ttdn_assets.media.subtitles import Subtitles, read_subtitles
from ttdn_assets.model import Finding, Placement, Progress, Rights, TextStatus, silent
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.settings import Library
from ttdn_assets.submissions.manifest import without_rejected
from ttdn_assets.terms import TermBase

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A bag for one target; ``path`` is relative to the library.  ``new`` is false where an equal bag was there."""

    target: str
    path: str
    new: bool
    items: int
    findings: tuple[Finding, ...] = ()


def pack(
    library: Library | Path | None,
    targets: Sequence[str],
    *,
    assets: Sequence[str] = (),
    final: bool = False,
    today: dt.date | None = None,
    who: str | None = None,
    progress: Progress = silent,
) -> tuple[Submission, ...]:
    """A bag for each target that has something to send, from renditions made before.

    Args:
        library: the library, or its folder.
        targets: platforms or placement ids; the library's own where empty.
        assets: ids or their beginnings; all where empty.
        final: an approved bag; refused, each reason named, where a caption is not approved, a file does not conform,
            or rights or consent lack.
        today: the date written on the bags.
        who: the name written into the history; the system's user where ``None``.
        progress: told of every step.

    Raises:
        UsageError: an unknown target or asset.
        CheckFailed: with ``final``, what is not approved or does not conform.
    """
    opened = library if isinstance(library, Library) else open_library(library)
    chosen = choose(targets or opened.settings.targets, load_placements(opened.placements))
    if not chosen:
        raise UsageError("no-targets")
    with catalogue_of(opened) as catalogue:
        ids = [catalogue.asset(asset).id for asset in assets] or [record.id for record in catalogue.assets()]
        date, name = today or dt.date.today(), who or system_user()
        packed = [
            pack_target(opened, catalogue, target, group, ids, final=final, today=date, who=name, progress=progress)
            for target, group in chosen.items()
        ]
    return tuple(one for one in packed if one is not None)


def pack_target(
    library: Library,
    catalogue: Catalogue,
    target: str,
    placements: Sequence[Placement],
    ids: Sequence[str],
    *,
    today: dt.date,
    who: str,
    final: bool = False,
    progress: Progress = silent,
) -> Submission | None:
    """The bag of one target, written into the catalogue; ``None`` where no rendition serves it."""
    wanted = {placement.id: placement for placement in placements}
    terms = terms_of(library)
    items: list[PackItem] = []
    left_out: list[Finding] = []
    obstacles: list[Finding] = []
    for record in catalogue.assets(ids):
        item = _item(record, wanted, library, terms)
        if item is None:
            left_out += _why_not(record, wanted)
        else:
            items.append(item)
            served = [one for one in placements if any(one.id in made.placements for made in item.renditions)]
            obstacles += unclear(record.rights, item.source, served, today) if final else ()
    if not items:
        return None
    result = pack_bag(
        target,
        items,
        library=library,
        placements=wanted,
        final=final,
        obstacles=obstacles,
        date=today,
        left_out=sorted(left_out, key=_by_rule),
        progress=progress,
    )
    path = result.path.relative_to(library.root).as_posix()
    assets = [item.asset for item in items]
    review: TextStatus = "approved" if final else "draft"
    catalogue.add_submission(path, target=target, digest=result.digest, assets=assets, review=review, who=who)
    return Submission(target=target, path=path, new=result.new, items=len(items), findings=result.findings)


def _item(record: AssetRecord, wanted: Mapping[str, Placement], library: Library, terms: TermBase) -> PackItem | None:
    """What an asset sends to a target; ``None`` where no rendition of it serves one of its placements.

    All in one order, whatever order runs wrote it in, so that the same contents give the same bag.
    """
    serving = tuple(
        msgspec.structs.replace(one, placements=tuple(sorted(name for name in one.placements if name in wanted)))
        for one in sorted(record.renditions, key=lambda one: one.recipe)
        if any(name in wanted for name in one.placements)
    )
    if not serving or not record.files:
        return None
    rights, source = record.rights or Rights(), record.files[0].relative
    said, languages = without_rejected(record.captions), library.settings.languages
    found = standing(record.findings, said, record.facts, terms, source=source, languages=languages)
    return PackItem(
        asset=record.id,
        source=source,
        renditions=serving,
        captions=record.captions,
        facts=record.facts,
        findings=tuple(sorted((one for one in found if _concerns(one, wanted)), key=_by_rule)),
        credit=rights.credit or library.settings.unit.credit,
        author=rights.author or _author(record),
        rights=rights_line(rights),
        projection=record.media.projection if record.media else None,
        subtitles=_subtitles(record),
    )


def _subtitles(record: AssetRecord) -> tuple[Subtitles, ...]:
    """What stands beside the clip now; nothing where its folder is not at hand."""
    path, companions = Path(record.files[0].path), map(Path, record.files[0].companions)
    return read_subtitles(path, tuple(companions))[0]


def _why_not(record: AssetRecord, wanted: Mapping[str, Placement]) -> Iterator[Finding]:
    """Why an asset sends nothing to a target, named after its file; that a photo is no clip needs no words."""
    source = record.files[0].relative if record.files else record.id
    for finding in record.findings:
        if finding.placement in wanted and finding.level != "info":
            yield msgspec.structs.replace(finding, subject=finding.subject or source)


def _by_rule(finding: Finding) -> tuple[str, ...]:
    return finding.subject, finding.placement or "", finding.rule, finding.lang or "", str(finding.measured)


def _concerns(finding: Finding, wanted: Mapping[str, Placement]) -> bool:
    """Whether a reviewer of this target wants to know it; that a photo is no clip, nobody does."""
    if finding.rule in ("plan-photo-only", "plan-clip-only"):
        return False
    return finding.placement is None or finding.placement in wanted


def rights_line(rights: Rights) -> str:
    """Whose an asset is and under which licence, as one line; empty where neither is known."""
    owner = f"© {rights.owner}" if rights.owner else ""
    return ". ".join(part for part in (owner, rights.licence) if part)


def _author(record: AssetRecord) -> str:
    texts = record.media.texts if record.media else ()
    return next((text.value for text in texts if text.field == "author"), "")


def verify(bags: Sequence[Path], *, progress: Progress = silent) -> dict[Path, tuple[Finding, ...]]:
    """Every fault of each bag: a file missing, added or changed."""
    return {bag: verify_bag(bag, progress=progress) for bag in bags}
