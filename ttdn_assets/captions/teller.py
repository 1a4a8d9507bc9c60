"""Where and when a scene is, in the words of one language: places with what they lie in, dates, prepositions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ttdn_assets.captions import grammar
from ttdn_assets.captions.date_words import said, shown
from ttdn_assets.captions.names import english_place
from ttdn_assets.captions.scene import Scene
from ttdn_assets.model import Kind, Lang
from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.term import Term


class Teller:
    """What the sentences of one language need; each place is put into words once."""

    def __init__(self, scene: Scene, terms: TermBase, lang: Lang, kind: Kind) -> None:
        """Tell of ``scene`` in ``lang``; ``kind`` is the medium."""
        self.scene = scene
        self.terms = terms
        self.lang = lang
        self.kind = kind
        self._where: dict[bool, str] = {}

    def without_province(self) -> Teller:
        """The same, for words that name the province themselves."""
        return Teller(msgspec.structs.replace(self.scene, province=None), self.terms, self.lang, self.kind)

    def without_own_place(self) -> Teller:
        """The same, for words that name the place no term covers themselves."""
        return Teller(msgspec.structs.replace(self.scene, own_place=""), self.terms, self.lang, self.kind)

    def where(self, *, long: bool) -> str:
        """The place with what it lies in: ``Mộc Châu, tỉnh Sơn La``, ``山罗省木州``; empty where none is known."""
        if long not in self._where:
            self._where[long] = self._several(long=long) if self.scene.beside else self._one(long=long)
        return self._where[long]

    def _one(self, *, long: bool) -> str:
        scene, lang = self.scene, self.lang
        told = scene.province and scene.place and scene.province.name(lang) in scene.place.name(lang)
        around = None if told and lang == "zh" else scene.container
        names = [grammar.place_name(term, lang) for term in (scene.place, around) if term]
        if scene.own_place and (own := self._own_place()):
            names.insert(0, own)
        if scene.province and not any(scene.province.name(lang) in name for name in names):
            names.append(self._unit(scene.province, long=long))
        return self._within(names)

    def _several(self, *, long: bool) -> str:
        """Places one name tells together, those of one province with it: ``Mộc Châu và Vân Hồ, tỉnh Sơn La``."""
        scene, lang = self.scene, self.lang
        places = [term for term in (scene.place or scene.province, *scene.beside) if term]
        places.sort(key=lambda term: term is scene.province)
        if all(term.family == "prov" for term in places):
            heirs = [self.terms.today(term).id for term in places]
            last = [heir not in heirs[number + 1 :] for number, heir in enumerate(heirs)]
            units = [self._unit(term, long=long, heir=told) for term, told in zip(places, last, strict=True)]
            return grammar.listed(units, lang)
        if len({term.provinces for term in places}) == 1:
            names = [grammar.listed([grammar.place_name(term, lang) for term in places], lang)]
            around = [grammar.place_name(term, lang) for term in (scene.container,) if term]
            return self._within([*names, *around, *[self._unit(term, long=long) for term in (scene.province,) if term]])
        return grammar.listed([self._group(province, places) for province in dict.fromkeys(map(_only, places))], lang)

    def _group(self, province: str, places: Sequence[Term]) -> str:
        """Some places of one province with its name."""
        names = (grammar.place_name(term, self.lang) for term in places if _only(term) == province)
        inside = ("、" if self.lang == "zh" else ", ").join(names)
        unit = self._unit(self.terms[province], long=False) if province else ""
        return inside if not unit else f"{unit}{inside}" if self.lang == "zh" else f"{inside} ({unit})"

    def _unit(self, province: Term, *, long: bool, heir: bool = True) -> str:
        return grammar.province_name(province, self.lang, self.terms, long=long, heir=heir)

    def _within(self, names: Sequence[str]) -> str:
        return "".join(reversed(names)) if self.lang == "zh" else ", ".join(names)

    def _own_place(self) -> str:
        if self.lang == "vi":
            return self.scene.own_place
        own = english_place(self.scene.own_place) if self.lang == "en" else None
        return grammar.articled(own[1]) if own else ""

    def at(self, *, long: bool) -> str:
        """The place after its preposition, ``tại …``, ``in …``, ``在…``; empty where none is known."""
        place = self.where(long=long)
        if not place:
            return ""
        if self.lang == "en":
            own = english_place(self.scene.own_place)
            return f"{own[0] if own else grammar.preposition(self.scene.place)} {place}"
        return f"tại {place}" if self.lang == "vi" else f"在{place}"

    @property
    def date(self) -> str:
        """The date alone, empty where none is known."""
        return shown(self.scene.day, self.lang) if self.scene.day else ""

    @property
    def date_said(self) -> str:
        """The date as part of a sentence."""
        return said(self.scene.day, self.lang) if self.scene.day else ""


def _only(place: Term) -> str:
    """The province a place lies in; empty where there are several."""
    return place.provinces[0] if len(place.provinces) == 1 else ""
