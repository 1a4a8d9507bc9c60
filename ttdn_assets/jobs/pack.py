"""A submission: copies of renditions with their words in them, checked anew, with everything a reviewer needs, bagged.

The bag is built aside and renamed into place, then never modified.  The same contents give the same bag again,
whatever the day; other contents give a new one.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.captions.embed import embed
from ttdn_assets.captions.sheet import row_of, write_sheet
from ttdn_assets.decoding import convert
from ttdn_assets.errors import AssetsError, CheckFailed, ToolError
from ttdn_assets.jobs.beside_clip import write_beside
from ttdn_assets.jobs.clearance import unapproved, unfit
from ttdn_assets.jobs.drafts import Draft, PackItem, drafts_of, only_for
from ttdn_assets.model import (
    Event,
    Finding,
    Lang,
    Placement,
    Progress,
    Rendition,
    Words,
    silent,
)
from ttdn_assets.renditions.checking.check import check_file
from ttdn_assets.settings import Library
from ttdn_assets.submissions.bag import (
    PAYLOAD,
    aside,
    close_bag,
    find_equal,
    put_in_place,
    sweep_aside,
    verify,
)
from ttdn_assets.submissions.gallery import gallery_html
from ttdn_assets.submissions.manifest import (
    Media,
    Packed,
    Submission,
    captions_json,
    contents_digest,
    report_json,
    slots_slug,
    subject_slug,
    tags,
    target_name,
    whole_findings,
)
from ttdn_assets.submissions.posts import post_text
from ttdn_assets.submissions.schema_org import SUFFIX as JSON_LD
from ttdn_assets.submissions.schema_org import json_ld
from ttdn_assets.tools.files import free_bytes, os_errors, write_whole
from ttdn_assets.tools.thumbnails import thumbnail_jpeg
from ttdn_assets.wording import say_failure

__all__ = ["PackItem", "PackResult", "pack", "verify_bag"]

_STALE_S = 24 * 3600.0
_ROOM = 1.05
_ROOM_MORE_BYTES = 16 << 20
_MANY = 400
_EDGE_PX, _EDGE_MANY_PX = 320, 200


class PackResult(msgspec.Struct, frozen=True, kw_only=True):
    """The bag; ``new`` is false where one of the same contents was there, ``digest`` is that of the contents."""

    path: Path
    findings: tuple[Finding, ...]
    new: bool
    digest: str


def pack(
    target: str,
    items: Sequence[PackItem],
    *,
    library: Library,
    placements: Mapping[str, Placement],
    date: dt.date,
    final: bool = False,
    obstacles: Sequence[Finding] = (),
    left_out: Sequence[Finding] = (),
    progress: Progress = silent,
) -> PackResult:
    """Pack ``items`` for ``target``.

    Args:
        target: A platform or a placement, as it was asked for; part of the bag's name.
        items: The assets; a file that cannot be packed becomes a finding.
        library: Where the renditions lie, where the bag goes, who sends it.
        placements: What the target's slots accept, by id; renditions for others are left out.
        date: The day written on the bag.
        final: Make an approved bag: every text approved in every language of the library, every file conforming.
        obstacles: What else keeps an approved bag from being made, such as rights that lack.
        left_out: Why other assets send nothing; told in the report.
        progress: Told of every item.

    Raises:
        CheckFailed: ``pack-nothing`` where no file could be packed; with ``final`` ``pack-not-approved``, with each
            reason as a finding.
        ToolError: ``disk-full``, before anything is written where that can be foreseen.
    """
    ordered = sorted(items, key=lambda one: (one.source, one.asset))
    chosen = [only_for(item, placements) for item in ordered]
    drafts = drafts_of(chosen, library, placements)
    if final and (reasons := _reasons(ordered, drafts, obstacles, library, placements)):
        raise CheckFailed("pack-not-approved", {"target": target}, reasons)
    rules = [msgspec.structs.replace(one, figures=()) for _, one in sorted(placements.items())]
    digest = contents_digest([target, final, library.settings.unit, drafts, rules, left_out])
    with os_errors(library.submissions):
        library.submissions.mkdir(parents=True, exist_ok=True)
        sweep_aside(library.submissions, older_than_s=_STALE_S, now_s=time.time())
    if (equal := _made_before(library, digest)) is not None:
        return equal
    _require_room(chosen, library)
    with aside(library.submissions) as folder:
        packed = tuple(_packed(drafts, folder / PAYLOAD, library, placements, progress))
        found = (*whole_findings(packed, placements), *left_out)
        submission = _submission(target, packed, library, placements, date=date, final=final, findings=found)
        _refuse(submission)
        failed = [finding for finding in submission.all_findings if finding.rule == "pack-file-failed"]
        if failed:
            digest = contents_digest([digest, failed])
            if (equal := _made_before(library, digest)) is not None:
                return equal
        _write_payload(submission, folder / PAYLOAD, library)
        close_bag(folder, tags(submission, digest))
        if faults := verify(folder):
            raise CheckFailed("pack-invalid", {"target": target}, faults)
        slug = subject_slug((fact for item in chosen for fact in item.facts), fallback=library.root.name)
        name = f"{date.isoformat()}-{target.replace('.', '-')}-{slug}"
        path = put_in_place(folder, library.submissions, name)
    return PackResult(path=path, findings=submission.all_findings, new=True, digest=digest)


def _reasons(
    items: Sequence[PackItem],
    drafts: Sequence[Draft],
    obstacles: Sequence[Finding],
    library: Library,
    placements: Mapping[str, Placement],
) -> tuple[Finding, ...]:
    """Everything that speaks against an approved bag, by asset; the files are measured only where something does."""
    found = [
        *obstacles,
        *(one for item in items for one in unapproved(item.captions, item.source, library.settings.languages)),
    ]
    found += [one for draft in drafts for one in unfit(draft.findings, draft.item.source, set(placements))]
    if found:
        found += [
            fault
            for draft in drafts
            for rendition in draft.item.renditions
            if (path := library.root / rendition.path).is_file()
            for name in rendition.placements
            for fault in check_file(path, placements[name], source=draft.item.source)
            if fault.level == "error"
        ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.subject))


def verify_bag(path: Path, *, progress: Progress = silent) -> tuple[Finding, ...]:
    """Every fault of a bag; empty where it is complete and unchanged.

    Raises:
        InputError: ``bag-missing`` where there is no bag at ``path``.
    """
    found = verify(path)
    progress(Event(stage="verify", done=1, total=1, source=path.name))
    return found


def _made_before(library: Library, digest: str) -> PackResult | None:
    """The bag of these contents that is there already; one that lacks a file has a digest of its own."""
    equal = find_equal(library.submissions, digest)
    if equal is None:
        return None
    return PackResult(path=equal, findings=_findings_of(equal), new=False, digest=digest)


def _findings_of(bag: Path) -> tuple[Finding, ...]:
    """What was found when a bag was packed, as its report tells."""
    try:
        report = msgspec.json.decode((bag / PAYLOAD / "report.json").read_bytes())
        return convert(report["findings"], tuple[Finding, ...])
    except (OSError, KeyError, TypeError, msgspec.MsgspecError):
        return ()


def _require_room(items: Sequence[PackItem], library: Library) -> None:
    needed = _ROOM * sum(one.size_bytes for item in items for one in item.renditions) + _ROOM_MORE_BYTES
    if needed > free_bytes(library.submissions):
        raise ToolError("disk-full", {"path": library.submissions})


def _packed(
    drafts: Sequence[Draft], payload: Path, library: Library, placements: Mapping[str, Placement], progress: Progress
) -> Iterator[Packed]:
    total = sum(len(draft.item.renditions) for draft in drafts)
    edge_px = _EDGE_PX if total <= _MANY else _EDGE_MANY_PX
    taken: set[str] = set()
    for number, draft in enumerate(drafts, 1):
        media: list[Media] = []
        findings = list(draft.findings)
        for rendition in draft.item.renditions:
            path = payload / "media" / _free_name(draft.name, rendition, taken)
            try:
                one, found = _copy(rendition, path, draft, library, placements, edge_px=edge_px)
            except AssetsError as error:
                if error.code == "disk-full":
                    raise
                sentence = say_failure(error.failure(), _ui(library))[0]
                findings.append(
                    Finding(rule="pack-file-failed", level="error", subject=draft.item.source, measured=sentence)
                )
                continue
            media.append(one)
            findings.extend(found)
        yield Packed(
            name=draft.name,
            asset=draft.item.asset,
            source=draft.item.source,
            media=tuple(media),
            captions=draft.item.captions,
            posts=draft.posts,
            findings=tuple(
                msgspec.structs.replace(one, subject=one.subject or draft.item.source)
                for one in dict.fromkeys(findings)
            ),
            facts=draft.item.facts,
            author=draft.item.author,
            credit=draft.item.credit or library.settings.unit.credit,
        )
        progress(Event(stage="pack", done=number, total=len(drafts), source=draft.item.source))


def _copy(
    rendition: Rendition,
    path: Path,
    draft: Draft,
    library: Library,
    placements: Mapping[str, Placement],
    *,
    edge_px: int,
) -> tuple[Media, list[Finding]]:
    """One rendition copied with its words, what is told of it beside it, and what its placements say of the copy."""
    item = draft.item
    words = _words(draft, rendition, library)
    panorama = _panorama(item, rendition)
    written = embed(library.root / rendition.path, path, words, format=rendition.format, panorama=panorama)
    found = [fault for name in rendition.placements for fault in check_file(path, placements[name], source=path.name)]
    folder = path.parent.parent
    shown, beside = path, list[Path]()
    if rendition.kind == "video":
        written_beside = write_beside(path, item.subtitles, [placements[name] for name in rendition.placements])
        found += written_beside.findings
        shown = written_beside.poster or path
        beside = [*written_beside.files]
    media = Media(
        path=path.relative_to(folder).as_posix(),
        kind=rendition.kind,
        format=rendition.format,
        width_px=rendition.width_px,
        height_px=rendition.height_px,
        size_bytes=path.stat().st_size,
        placements=rendition.placements,
        sidecar=written[1].relative_to(folder).as_posix() if len(written) > 1 else None,
        trimmed=rendition.trimmed,
        thumbnail=thumbnail_jpeg(shown, edge_px=edge_px),
    )
    told_of = path.with_suffix(JSON_LD)
    write_whole(told_of, json_ld(words, media, licence=item.rights))
    beside.append(told_of)
    named = tuple(one.relative_to(folder).as_posix() for one in beside)
    return msgspec.structs.replace(media, beside=named), found


def _words(draft: Draft, rendition: Rendition, library: Library) -> Words:
    """What is written into one file: a padded picture has pixels that a machine made."""
    item = draft.item
    credit = item.credit or library.settings.unit.credit
    return Words(
        captions=item.captions,
        credit=credit,
        author=item.author,
        rights=item.rights or credit,
        where=draft.where,
        source_type="algorithmicallyEnhanced" if rendition.fit == "pad" else "",
    )


def _panorama(item: PackItem, rendition: Rendition) -> dict[str, str] | None:
    """The GPano properties of a whole panorama, which viewers need to show it as one."""
    if item.projection is None or rendition.kind != "photo" or rendition.fit != "whole":
        return None
    width, height = str(rendition.width_px), str(rendition.height_px)
    return {
        "ProjectionType": item.projection,
        "UsePanoramaViewer": "True",
        "FullPanoWidthPixels": width,
        "FullPanoHeightPixels": height,
        "CroppedAreaImageWidthPixels": width,
        "CroppedAreaImageHeightPixels": height,
        "CroppedAreaLeftPixels": "0",
        "CroppedAreaTopPixels": "0",
    }


def _free_name(name: str, rendition: Rendition, taken: set[str]) -> str:
    """A file name whose stem no other file of the bag has, so that a sidecar is its own; it is taken from now on."""
    stem = f"{name}-{slots_slug(rendition.placements)}"
    choices = (stem, f"{stem}-{rendition.width_px}x{rendition.height_px}", f"{stem}-{rendition.recipe[:8]}")
    free = next((one for one in choices if one not in taken), choices[-1])
    taken.add(free)
    return free + Path(rendition.path).suffix.lower()


def _submission(
    target: str,
    packed: tuple[Packed, ...],
    library: Library,
    placements: Mapping[str, Placement],
    *,
    date: dt.date,
    final: bool,
    findings: tuple[Finding, ...],
) -> Submission:
    unit = library.settings.unit
    return Submission(
        target=target,
        target_name=target_name(target, placements),
        date=date,
        unit=unit.name,
        contact=unit.contact,
        final=final,
        items=packed,
        findings=findings,
        placements=dict(placements),
    )


def _refuse(submission: Submission) -> None:
    """Raise where there is nothing to send, or a final bag would hold what does not conform."""
    fields = {"target": submission.target}
    if not any(item.media for item in submission.items):
        raise CheckFailed("pack-nothing", fields, submission.all_findings)
    errors = [finding for finding in submission.all_findings if finding.level == "error"]
    if submission.final and errors:
        raise CheckFailed("pack-not-approved", fields, errors)


def _write_payload(submission: Submission, payload: Path, library: Library) -> None:
    languages = library.settings.languages
    ui = _ui(library)
    captions, posts = payload / "captions", payload / "posts"
    with os_errors(payload):
        captions.mkdir()
        posts.mkdir()
        (captions / "captions.json").write_bytes(captions_json(submission))
        (payload / "report.json").write_bytes(report_json(submission, ui=ui))
        page = gallery_html(submission, languages=languages, ui=ui)
        (payload / "index.html").write_text(page, encoding="utf-8", newline="\n")
        for item in submission.items:
            for post in item.posts:
                slot = post.placement.partition(".")[2]
                (posts / f"{item.name}.{slot}.{post.lang}.txt").write_text(
                    post_text(post, post.lang), encoding="utf-8", newline="\n"
                )
    rows = [
        row_of(item.source, item.captions, asset=item.asset, facts=item.facts, author=item.author, credit=item.credit)
        for item in submission.items
    ]
    pictures = {item.source: one.thumbnail for item in submission.items for one in item.media[:1] if one.thumbnail}
    write_sheet(rows, captions / "captions.xlsx", languages=languages, ui=ui, pictures=pictures)


def _ui(library: Library) -> Lang:
    return library.settings.ui or "vi"
