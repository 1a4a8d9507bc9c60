"""Language tags as file names carry them -> ours, and ours -> the locale that Facebook wants in a file's name."""

from __future__ import annotations

import re

from ttdn_assets.model import Lang

_TAG = re.compile(r"^([a-z]{2,3})(?:[-_]([a-z0-9]{2,8}))?$", re.IGNORECASE)
_TRADITIONAL = ("hant", "tw", "hk", "mo")


def language_of(tag: str) -> Lang | None:
    """The language of ``vi``, ``vi_VN``, ``vie``, ``zh-Hans`` or ``zh_TW``; ``None`` for what names none."""
    from babel.core import get_global

    match = _TAG.match(tag)
    if match is None:
        return None
    first, second = match[1].lower(), (match[2] or "").lower()
    known = get_global("language_aliases").get(first, first)
    if known not in get_global("likely_subtags"):
        return None
    return f"{known}-Hant" if known == "zh" and second in _TRADITIONAL else known


def locale_of(lang: Lang) -> str:
    """The language with the country where most speak it: ``vi_VN``, ``zh_CN``; a language nobody knows as it is."""
    from babel.core import get_global

    likely = get_global("likely_subtags").get(lang.replace("-", "_"), "").split("_")
    return f"{likely[0]}_{likely[-1]}" if len(likely) > 1 else lang
