"""What the headings of a caption sheet mean: our own in three languages, and those officers write themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ttdn_assets.model import Lang, TextStatus
from ttdn_assets.text import fold, has_han, nfc, strip_marks
from ttdn_assets.wording import UI_LANGUAGES, catalogue

WORDED = ("title", "description", "alt_text", "keywords")
RIGHTS = ("author", "credit", "licence", "owner", "consent", "consent_scope", "consent_until", "unexhibited")
PLAIN = ("status", "place", "event", "date", "people", *RIGHTS, "notes", "asset", "stamp")
STATES: tuple[TextStatus, ...] = ("draft", "in_review", "approved", "rejected")

# Searched in this order in the heading without marks and case: what is narrower stands first.
_FIELDS = {
    "picture": r"xem truoc|thumbnail|preview|缩略图|预览",
    "asset": r"\basset|ma tai san|资产",
    "stamp": r"dau doi chieu|\bstamp\b|校验",
    "status": r"trang thai|\bstatus\b|\breview\b|状态",
    "consent_until": r"(?:dong y|chap thuan|consent).*(?:\bhan\b|den ngay|until|expir|ends?\b)|het han"
    r"|(?:同意|授权).*[期止]",
    "consent_scope": r"pham vi.*(?:dong y|chap thuan)"
    r"|(?:dong y|chap thuan|consent).*(?:pham vi|\bkenh\b|nen tang|scope|channel)"
    r"|(?:同意|授权).*(?:范围|渠道)",
    "unexhibited": r"chua (?:tung )?(?:trien lam|trung bay|cong bo|dat giai|du thi)|unexhibited|未曾?(?:展出|获奖|参展)"
    r"|not (?:been )?(?:exhibit|award|shown|priz)",
    "licence": r"giay phep|licen[cs]e|许可",
    "owner": r"so huu|\bowner|所有者|权利人",
    "consent": r"dong y|chap thuan|consent|同意|授权",
    "source": r"\b(?:ten )?(?:tep|file)(?: tin| anh)?\b|file ?name|duong dan|\bpath\b|文件",
    "alt_text": r"\balt\b|thay the|替代",
    "keywords": r"tu khoa|key ?word|\btags?\b|hashtag|关键词|关键字",
    "title": r"tieu de|\btitle\b|headline|\bten (?:anh|tac pham|video|clip|hinh)\b|标题|题目",
    "notes": r"ghi chu|\bnotes?\b|remark|备注",
    "description": r"chu thich|mo ta|thuyet minh|noi dung|caption|desc|说明|描述|图注",
    "author": r"tac gia|nguoi chup|nguoi quay|photographer|author|creator|作者|摄影",
    "credit": r"ban quyen|nguon|credit|copyright|来源|版权|署名",
    "place": r"dia diem|noi chup|dia danh|\bplace\b|location|地点",
    "event": r"su kien|le hoi|\bevent\b|活动|事件",
    "date": r"\bngay\b|thoi gian|\bdate\b|\btime\b|日期|时间",
    "people": r"nhan vat|nguoi trong|\bpeople\b|\bpersons?\b|人物",
}
# Searched in the heading with its marks: "ảnh" (picture) is not "Anh" (English).
_LANGS = {
    "zh": r"tiếng trung|tieng trung|tiếng hoa|tieng hoa|chinese|\bzh\b|\bcn\b|\(trung\)|中文|汉语|中\b",
    "en": r"tiếng anh|tieng anh|english|\ben\b|\beng\b|\(anh\)|英",
    "vi": r"tiếng việt|tieng viet|vietnamese|\bvi\b|\bvn\b|\(việt\)|\(viet\)|越",
}
_CODED = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*$")
_FILE_NAME = re.compile(r"[^\s].*\.[A-Za-z0-9]{2,5}")


class Meaning(NamedTuple):
    """A column's field; ``lang`` is ``None`` where the field has none or the heading does not say."""

    field: str
    lang: Lang | None = None


def meaning(heading: str) -> Meaning | None:
    """What a heading means, ``None`` where it means nothing to us."""
    own = _own_headings().get(_plain(heading))
    if own:
        return own
    folded = fold(_plain(heading))
    field = next((name for name, words in _FIELDS.items() if re.search(words, folded)), None)
    if field is None or (len(folded) > 60 and field != "source"):
        return None
    return Meaning(field, _lang(heading) if field in WORDED else None)


def meanings(heading_row: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[int, Meaning]:
    """What each column means; a column of file names is the source where no heading says so."""
    found = {place: told for place, heading in enumerate(heading_row) if (told := meaning(heading))}
    if not any(told.field == "source" for told in found.values()):
        named = _named_by_values(rows)
        if named is not None:
            found[named] = Meaning("source")
    shown = dict(enumerate(heading_row))
    return {place: _with_lang(told, shown.get(place, ""), found) for place, told in found.items()}


def _with_lang(told: Meaning, heading: str, found: dict[int, Meaning]) -> Meaning:
    """A worded column without a language: Vietnamese, unless another such column makes its own language tell."""
    if told.field not in WORDED or told.lang:
        return told
    taken = {other.lang for other in found.values() if other.field == told.field and other.lang}
    alike = [other for other in found.values() if other.field == told.field]
    if len(alike) == 1:
        return Meaning(told.field, "vi")
    own: Lang = "zh" if has_han(heading) else "vi" if strip_marks(heading) != heading else "en"
    return Meaning(told.field, own if own not in taken else "vi")


def _named_by_values(rows: Sequence[Sequence[str]]) -> int | None:
    names: Counter[int] = Counter()
    for row in rows[:200]:
        names.update(place for place, value in enumerate(row) if _FILE_NAME.fullmatch(value))
    place, count = next(iter(names.most_common(1)), (0, 0))
    return place if count and count * 2 >= sum(1 for row in rows[:200] if any(row)) else None


def _lang(heading: str) -> Lang | None:
    """The language a heading names, in words or, in brackets, by its BCP-47 code."""
    plain = _plain(heading)
    if coded := _CODED.search(heading):
        return coded[1].lower() if "-" not in coded[1] else coded[1]
    return next((lang for lang, words in _LANGS.items() if re.search(words, plain)), None)


def _plain(heading: str) -> str:
    """Lower case, one space between words, without the marks that join words."""
    return " ".join(re.sub(r"[_\-/.:*\s]+", " ", nfc(heading)).split()).casefold()


def heading(key: str, lang: Lang | None, ui: Lang) -> str:
    """The heading we write for a field, with its language where it has one."""
    words = catalogue(ui)
    name = words.get(f"sheet.{key}", key)
    return f"{name} ({words.get(f'sheet.lang.{lang}', lang)})" if lang else name


def _own_headings() -> dict[str, Meaning]:
    own: dict[str, Meaning] = {}
    for ui in UI_LANGUAGES:
        for field in ("source", "picture", *PLAIN):
            own[_plain(heading(field, None, ui))] = Meaning(field)
        for field in WORDED:
            for lang in _named_languages(ui):
                own[_plain(heading(field, lang, ui))] = Meaning(field, lang)
    return own


def _named_languages(ui: Lang) -> Iterator[Lang]:
    """The languages that have a name in one; a heading names any other by its code."""
    return (code.removeprefix("sheet.lang.") for code in catalogue(ui) if code.startswith("sheet.lang."))


def status_word(state: TextStatus, ui: Lang) -> str:
    """A review state as a sheet says it."""
    return catalogue(ui).get(f"sheet.status.{state}", state)


def status_of(word: str) -> TextStatus | None:
    """The review state a cell names in any language we write; ``None`` where it names none."""
    named = {fold(status_word(state, ui)): state for state in STATES for ui in UI_LANGUAGES}
    return named.get(fold(word.strip())) or next((state for state in STATES if state == word.strip()), None)
