"""Where and when a scene is, in the words of one language: places with what they lie in, dates, prepositions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ttdn_assets.captions import grammar
from ttdn_assets.captions.date_words import said, shown
from ttdn_assets.captions.names import english_place
from ttdn_assets.captions.scene import Scene
from ttdn_assets.model import Kind, Lang
from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.term import Term


class Teller(NamedTuple):
    """What the sentences of one language need."""

    scene: Scene
    terms: TermBase
    lang: Lang
    kind: Kind

    def where(self, *, long: bool) -> str:
        """The place with what it lies in: ``Mộc Châu, tỉnh Sơn La``, ``山罗省木州``; empty where none is known."""
        scene, lang = self.scene, self.lang
        if scene.beside:
            return self._several(long=long)
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
        scene, lang, terms = self.scene, self.lang, self.terms
        places = [term for term in (scene.place or scene.province, *scene.beside) if term]
        places.sort(key=lambda term: term is scene.province)
        if all(term.family == "prov" for term in places):
            return grammar.listed([self._unit(term, long=long) for term in places], lang)
        groups: dict[str, list[Term]] = {}
        for term in places:
            groups.setdefault(term.provinces[0] if len(term.provinces) == 1 else "", []).append(term)
        if len(groups) == 1:
            names = grammar.listed([grammar.place_name(term, lang) for term in places], lang)
            around = [names, *([grammar.place_name(scene.container, lang)] if scene.container else [])]
            return self._within([*around, *([self._unit(scene.province, long=long)] if scene.province else [])])
        told = []
        for province, group in groups.items():
            inside = ("、" if lang == "zh" else ", ").join(grammar.place_name(term, lang) for term in group)
            unit = self._unit(terms[province], long=False) if province else ""
            told.append(inside if not unit else f"{unit}{inside}" if lang == "zh" else f"{inside} ({unit})")
        return grammar.listed(told, lang)

    def _unit(self, province: Term, *, long: bool) -> str:
        return grammar.province_name(province, self.lang, self.terms, long=long)

    def _within(self, names: Sequence[str]) -> str:
        return "".join(reversed(names)) if self.lang == "zh" else ", ".join(names)

    def _own_place(self) -> str:
        if self.lang == "vi":
            return self.scene.own_place
        own = english_place(self.scene.own_place) if self.lang == "en" else None
        return own[1] if own else ""

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
