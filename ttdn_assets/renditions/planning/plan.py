"""Facts and placements into the fewest files to make, and a reason for each placement that gets none.  No I/O.

Each placement is planned alone, from the source and its own figures.  Placements share one file exactly when, planned
alone, they would get the same one to the last parameter: so sharing lowers none, the order of placements means nothing,
and a target added later leaves what was made untouched.  So that figures which nobody reaches keep no two placements
apart, byte and bitrate caps are first cut to a roomy ceiling (``photo``, ``clip``) under which nothing is
lost.

A placement that cannot be satisfied gets a warning (rules ``plan-…``) with what was measured, what is allowed, and in
its sentence the repair; a photo asked for a clip's slot, or a clip for a photo's, gets an info, because a target names
a platform with slots for both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from ttdn_assets.model import LANGUAGES, Finding, Lang, MediaFacts, Placement, RenditionPlan, Subject
from ttdn_assets.renditions.planning import photo
from ttdn_assets.renditions.planning.clip import bytes_cap, plan_clip
from ttdn_assets.renditions.planning.frame import Frame, Wish, choose_frame
from ttdn_assets.renditions.planning.overlay import Mark, above_subtitles, is_left_out, plan_overlay
from ttdn_assets.renditions.planning.sphere import choose_sphere_frame, is_sphere
from ttdn_assets.settings import PlacementChoice

RENDERER = 4
"""Raised by hand when the same plan gives other pixels, so that files made before are made again."""

_EXTENSIONS = {"jpeg": "jpg"}


def plan(
    facts: MediaFacts,
    *,
    picture_sha256: str,
    size_bytes: int,
    placements: Sequence[Placement],
    subject: Subject,
    choices: Mapping[str, PlacementChoice],
    languages: Sequence[Lang] = LANGUAGES,
    mark: Mark | None = None,
) -> tuple[tuple[RenditionPlan, ...], tuple[Finding, ...]]:
    """The files to make, and the findings: why a placement gets none, and what a picture loses on the way.

    Args:
        facts: What the source is.
        picture_sha256: The digest of its coded picture without metadata.
        size_bytes: Its size as it lies on disk.
        placements: What to make it for; one given twice counts once.
        subject: What must stay in view, in pixels of the upright source.
        choices: The unit's choices by placement id, or by platform for all its placements.
        languages: The unit's, most important first: in which subtitles are drawn where a platform takes no file.
        mark: The unit's, to be drawn where it asks for it.
    """
    served: dict[RenditionPlan, list[str]] = {}
    findings: list[Finding] = []
    for placement in sorted({p.id: p for p in placements}.values(), key=lambda p: p.id):
        choice = choices.get(placement.id) or choices.get(placement.platform) or PlacementChoice()
        alone = plan_alone(
            facts,
            size_bytes=size_bytes,
            placement=placement,
            subject=subject,
            choice=choice,
            languages=languages,
            mark=mark,
        )
        if isinstance(alone, Finding):
            findings.append(alone)
        else:
            served.setdefault(alone, []).append(placement.id)
            if is_left_out(mark, placement):
                findings.append(Finding(rule="plan-overlay-left-out", level="info", placement=placement.id))
    plans = tuple(_named(alone, ids, picture_sha256) for alone, ids in served.items())
    return plans, (*findings, *_losses(facts, plans))


def plan_alone(
    facts: MediaFacts,
    *,
    size_bytes: int,
    placement: Placement,
    subject: Subject,
    choice: PlacementChoice,
    languages: Sequence[Lang] = LANGUAGES,
    mark: Mark | None = None,
) -> RenditionPlan | Finding:
    """The file one placement would get if it were the only one, still without recipe; or why it gets none."""
    if facts.kind != placement.kind:
        return _other_kind(placement)
    if min(facts.size_px) < 1:
        return Finding(rule="plan-no-picture", level="warning", placement=placement.id)
    wish: Wish = choice.fit or placement.fit
    choose = choose_sphere_frame if is_sphere(facts) else choose_frame
    frame = choose(facts.size_px, placement, subject, wish)
    if isinstance(frame, Finding):
        return frame
    if facts.kind == "photo":
        return _photo(facts, placement, frame, size_bytes=size_bytes, mark=mark)
    trim = placement.trim if choice.trim is None else choice.trim
    return _clip(facts, placement, frame, size_bytes=size_bytes, trim=trim, languages=languages, mark=mark)


def rendition_path(plan: RenditionPlan) -> str:
    """Where the file lies in the library, with forward slashes."""
    return f"renditions/{plan.recipe[:2]}/{plan.recipe}.{_EXTENSIONS.get(plan.format, plan.format)}"


def _photo(
    facts: MediaFacts, placement: Placement, frame: Frame, *, size_bytes: int, mark: Mark | None
) -> RenditionPlan | Finding:
    if fault := photo.weight_fault(facts, placement, size_bytes=size_bytes):
        return fault
    overlay = plan_overlay(mark, placement)
    copied = overlay is None and photo.conforms(facts, placement, frame, size_bytes=size_bytes)
    return RenditionPlan(
        recipe="",
        placements=(),
        kind="photo",
        format="jpeg",
        fit=frame.fit,
        size_px=frame.size_px,
        crop=frame.crop,
        copy=copied,
        bytes_min=None if copied else placement.bytes_min,
        bytes_max=None if copied else photo.bytes_cap(placement, frame.size_px),
        dpi=placement.dpi,
        overlay=overlay,
    )


def _clip(
    facts: MediaFacts,
    placement: Placement,
    frame: Frame,
    *,
    size_bytes: int,
    trim: bool,
    languages: Sequence[Lang],
    mark: Mark | None,
) -> RenditionPlan | Finding:
    overlay = plan_overlay(mark, placement)
    kept = overlay is None
    video = plan_clip(facts, placement, frame, size_bytes=size_bytes, trim=trim, languages=languages, kept=kept)
    if isinstance(video, Finding):
        return video
    if video.burned and overlay:
        overlay = above_subtitles(overlay)
    return RenditionPlan(
        recipe="",
        placements=(),
        kind="video",
        format="mp4",
        fit=frame.fit,
        size_px=frame.size_px,
        crop=frame.crop,
        copy=video.copy,
        bytes_max=bytes_cap(placement, video),
        overlay=overlay,
        video=video,
    )


def _other_kind(placement: Placement) -> Finding:
    if placement.kind == "photo":
        return Finding(rule="plan-photo-only", level="info", placement=placement.id)
    return Finding(rule="plan-clip-only", level="info", placement=placement.id)


def _named(alone: RenditionPlan, placements: Sequence[str], picture_sha256: str) -> RenditionPlan:
    """The plan with the placements it serves and its recipe, which does not depend on them."""
    inputs = [picture_sha256, RENDERER, msgspec.to_builtins(alone)]
    recipe = hashlib.sha256(msgspec.json.encode(inputs, order="deterministic")).hexdigest()
    return msgspec.structs.replace(alone, recipe=recipe, placements=tuple(placements))


def _losses(facts: MediaFacts, plans: Sequence[RenditionPlan]) -> list[Finding]:
    """What a reader should know about the files that are made."""
    if not plans:
        return []
    told: list[Finding] = []
    if facts.kind == "photo" and facts.frames > 1:
        told.append(Finding(rule="plan-first-frame", level="info", measured=facts.frames))
    if facts.has_alpha or (facts.video and facts.video.has_alpha):
        told.append(Finding(rule="plan-alpha-flattened", level="info"))
    if facts.hdr:
        told.append(Finding(rule="plan-hdr-to-sdr", level="info", measured=facts.hdr))
    if facts.projection:
        cut = [name for made in plans if made.fit != "whole" for name in made.placements]
        told += [Finding(rule="plan-projection-lost", level="info", placement=name) for name in sorted(cut)]
    for made in plans:
        if made.video and made.video.trimmed:
            told += [
                Finding(rule="plan-trimmed", level="info", placement=name, measured=made.video.duration_s)
                for name in made.placements
            ]
    return told
