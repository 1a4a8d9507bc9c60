"""One row of the term base."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

from ttdn_assets.model import Lang

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the term base; ``zh`` and the other main forms are what is written, aliases are only recognised."""

    id: str
    kind: str
    vi: str
    en: str
    zh: str
    aliases_vi: tuple[str, ...] = ()
    aliases_en: tuple[str, ...] = ()
    aliases_zh: tuple[str, ...] = ()
    forbidden_en: tuple[str, ...] = ()
    forbidden_zh: tuple[str, ...] = ()
    source: str = ""
    notes: dict[str, str] = {}

    @property
    def family(self) -> str:
        """What kind of name it is, one of ``FAMILIES``."""
        return self.id.partition("-")[0]

    @property
    def locked(self) -> bool:
        """Whether its wording is fixed: it may be neither left out of a translation nor said otherwise."""
        return self.notes.get("locked") == "yes"

    @property
    def pictured(self) -> bool:
        """Whether pictures may be of the place itself: of islands under occupation they tell the cause."""
        return self.notes.get("pictured") != "no"

    def name(self, lang: Lang) -> str:
        """The form to write in ``vi``, ``en`` or ``zh``."""
        return {"vi": self.vi, "en": self.en, "zh": self.zh}[lang]

    def surfaces(self, lang: Lang) -> tuple[str, ...]:
        """All forms to recognise in one language, the main one first."""
        aliases = {"vi": self.aliases_vi, "en": self.aliases_en, "zh": self.aliases_zh}[lang]
        return (self.name(lang), *aliases)

    def forbidden(self, lang: Lang) -> tuple[str, ...]:
        """The renderings refused in ``en`` or ``zh``."""
        return {"en": self.forbidden_en, "zh": self.forbidden_zh}.get(lang, ())

    def day(self, key: str) -> dt.date | None:
        """The date in the note ``key``, ``None`` where it holds none."""
        value = self.notes.get(key, "")
        return dt.date.fromisoformat(value) if _ISO_DAY.fullmatch(value) else None

    def valid_on(self, when: dt.date) -> bool:
        """Whether the unit existed on that day."""
        first, end = self.day("valid_from"), self.day("valid_to")
        return (first is None or first <= when) and (end is None or when < end)

    @property
    def provinces(self) -> tuple[str, ...]:
        """The ids of the provinces it lies in; empty for regions and for what has no place."""
        if self.family == "prov":
            return (self.id,)
        listed = self.notes.get("prov", "") or self.notes.get("admin", "")
        return tuple(part for part in listed.split(",") if part.startswith("prov-"))
