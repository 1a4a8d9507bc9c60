"""An event's name with the number an officer wrote beside it: of its anniversary, or of its edition."""

from __future__ import annotations

import re

from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term
from ttdn_assets.terms.view import bare_of

_ANNIVERSARY = re.compile(
    r"(?:(?:ky niem|mung)?\s*(?:lan thu\s*)?(?P<n>\d{1,4})\s*nam|ky niem"
    r"|(?P<en>\d+)(?:st|nd|rd|th) anniversary of(?: the)?)\s*$"
)
_ANNIVERSARY_ZH = re.compile(r"(\d+)\s*周年")
_EDITION = re.compile(
    r"^[\s,(]*lan (?:thu\s+(?P<said>[ivxlc]+|\d+|[a-z]+(?:\s+(?:mot|hai|ba|tu|nam|sau|bay|tam|chin))?)"
    r"|(?P<short>[ivxlc]+|\d{1,2}))(?![a-z\d])"
)


def counted_name(match: TermMatch, term: Term, words: str) -> str:
    """The name of the term; an event keeps the officer's words for its anniversary and edition."""
    if term.family != "ev":
        return term.vi
    text = _plain(words)
    before = _ANNIVERSARY.search(text[: match.start])
    inner = _plain(match.surface)
    edition = _EDITION.match(text[match.end :]) or _EDITION.match(inner[max(inner.find("lan thu"), 0) :])
    after = _ANNIVERSARY_ZH.match(text[match.end :])
    years = (after and after[1]) or (before and (before["n"] or before["en"]))
    lead = f"Kỷ niệm {years} năm " if years else "Kỷ niệm " if before else ""
    number = edition and (edition["said"] or edition["short"])
    return f"{lead}{term.vi}" + (f" lần thứ {number.upper()}" if number else "")


def _plain(text: str) -> str:
    """The text folded, character for character."""
    return bare_of(text.lower() if len(text.lower()) == len(text) else text).replace("_", " ")
