"""Which plans of a clip are made together: those that one decode feeds, and those that have one picture in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from ttdn_assets.model import MediaFacts, RenditionPlan
from ttdn_assets.renditions.tolerances import is_large

_TOGETHER_PX, _TOGETHER_LARGE_PX = 9_000_000, 4_500_000
"""Pixels of all pictures that one run codes: four of 1080p; half of that from a 4K source, whose frames take 12 MB and
more each; a 4K copy goes alone.  Such a run takes up to 0.9 GB, and 1.1 GB for an HDR clip in 4K."""


class Shared(NamedTuple):
    """A plan to code, and those that are the same but for having no sound: its coded picture serves them too."""

    plan: RenditionPlan
    silenced: tuple[RenditionPlan, ...] = ()


def is_copied(plan: RenditionPlan) -> bool:
    """Whether the source's coded picture is taken as it is."""
    return plan.copy or plan.clip.copy


def shared(facts: MediaFacts, plans: Sequence[RenditionPlan]) -> Iterator[tuple[Shared, ...]]:
    """The plans in groups that one decode serves; what is not coded again goes alone."""
    yield from ((Shared(plan),) for plan in plans if is_copied(plan))
    room_px = _TOGETHER_LARGE_PX if is_large(facts.stored_size_px) else _TOGETHER_PX
    group: list[Shared] = []
    for one in _by_picture([plan for plan in plans if not is_copied(plan)]):
        if group and _pixels(*group, one) > room_px:
            yield tuple(group)
            group = []
        group.append(one)
    if group:
        yield tuple(group)


def _pixels(*group: Shared) -> int:
    return sum(one.plan.size_px[0] * one.plan.size_px[1] for one in group)


def _by_picture(plans: Sequence[RenditionPlan]) -> list[Shared]:
    """One of each picture, longest first, so that the last to end has company for as long as there is any."""
    heard = [plan for plan in plans if plan.clip.audio != "none"]
    silent = {_picture(plan): plan for plan in plans if plan.clip.audio == "none"}
    served = [Shared(plan, (silent.pop(_picture(plan)),) if _picture(plan) in silent else ()) for plan in heard]
    found = [*served, *(Shared(plan) for plan in silent.values())]
    return sorted(found, key=lambda one: one.plan.clip.duration_s, reverse=True)


def _picture(plan: RenditionPlan) -> RenditionPlan:
    """What two plans of one picture have in common."""
    video = msgspec.structs.replace(plan.clip, audio="none", audio_rate_hz=0, audio_bitrate_bps=0)
    return msgspec.structs.replace(plan, recipe="", placements=(), video=video)
