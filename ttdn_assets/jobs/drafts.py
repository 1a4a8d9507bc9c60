"""What can be said of a submission before any file is touched: which renditions, which words, which posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ttdn_assets.captions.whereabouts import whereabouts
from ttdn_assets.media.subtitles import Subtitles
from ttdn_assets.model import CaptionSet, Fact, Finding, Placement, Post, Rendition, Whereabouts
from ttdn_assets.settings import Library
from ttdn_assets.submissions.manifest import file_name, without_rejected
from ttdn_assets.submissions.posts import Material, fit_posts
from ttdn_assets.terms.base import TermBase, load_terms

_WIDEST_BYTES = 4


class PackItem(msgspec.Struct, frozen=True, kw_only=True):
    """One asset of a submission, with the renditions that serve it; ``projection`` is that of a panorama.

    ``rights`` is the statement written into its copies; the credit line where it is empty.
    """

    asset: str
    source: str
    renditions: tuple[Rendition, ...]
    captions: CaptionSet = CaptionSet()
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    credit: str = ""
    author: str = ""
    rights: str = ""
    projection: str | None = None
    subtitles: tuple[Subtitles, ...] = ()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An item with what could be said of it before any file was touched."""

    name: str
    item: PackItem
    posts: tuple[Post, ...]
    findings: tuple[Finding, ...]
    where: Whereabouts = Whereabouts()


def only_for(item: PackItem, placements: Mapping[str, Placement]) -> PackItem:
    """The item with its renditions for these placements, in the placements' order, and without rejected texts."""
    order = list(placements)
    served = (
        msgspec.structs.replace(one, placements=tuple(name for name in one.placements if name in placements))
        for one in item.renditions
    )
    kept = sorted(
        (one for one in served if one.placements),
        key=lambda one: (min(order.index(name) for name in one.placements), one.recipe),
    )
    return msgspec.structs.replace(item, renditions=tuple(kept), captions=without_rejected(item.captions))


def drafts_of(items: Sequence[PackItem], library: Library, placements: Mapping[str, Placement]) -> list[Draft]:
    """Each item with its name in the bag, its posts, and what was found so far."""
    terms = load_terms(library.terms if library.terms.is_dir() else None)
    drafts = []
    for number, item in enumerate(items, 1):
        posts, found = _posts(item, library, placements, terms)
        bare = Finding(rule="pack-no-files", level="warning", subject=item.source)
        findings = (*item.findings, *(() if item.renditions else (bare,)), *found)
        name = file_name(number, item.asset, item.source, item.facts)
        where = whereabouts(item.facts, terms)
        drafts.append(Draft(name=name, item=item, posts=posts, findings=tuple(dict.fromkeys(findings)), where=where))
    return drafts


def _posts(
    item: PackItem, library: Library, placements: Mapping[str, Placement], terms: TermBase
) -> tuple[tuple[Post, ...], tuple[Finding, ...]]:
    material = Material(
        source=item.source,
        author=item.author,
        credit=item.credit or library.settings.unit.credit,
        place="; ".join(dict.fromkeys(fact.value for fact in item.facts if fact.kind == "place")),
        protected=_protected(item, placements, terms),
    )
    served = dict.fromkeys(name for one in item.renditions for name in one.placements)
    fitted = [
        fit_posts(placements[name], item.captions, languages=library.settings.languages, material=material)
        for name in served
    ]
    return tuple(post for posts, _ in fitted for post in posts), tuple(one for _, found in fitted for one in found)


def _protected(item: PackItem, placements: Mapping[str, Placement], terms: TermBase) -> tuple[str, ...]:
    """The names in the texts that may have to be shortened; looking for them in short ones would be wasted."""
    names = {name for one in item.renditions for name in one.placements}
    limits = [limit.maximum for name in names for limit in placements[name].texts]
    limits += [most for name in names if (most := placements[name].alt_text_max)]
    fields = (item.captions.title, item.captions.description, item.captions.alt_text)
    long = [
        text.value
        for field in fields
        for text in field.values()
        if _WIDEST_BYTES * len(text.value) > min(limits, default=1 << 30)
    ]
    return tuple(dict.fromkeys(match.surface for text in long for match in terms.match(text)))
