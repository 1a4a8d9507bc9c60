"""The guard finds what may not be printed and leaves alone what only looks like it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ttdn_assets.captions.figures import differing, stated
from ttdn_assets.captions.guard import check_captions
from ttdn_assets.captions.script import traditional
from ttdn_assets.model import CaptionSet, Fact, Finding, Text
from ttdn_assets.terms.base import load_terms

TERMS = load_terms()
CASES = Path(__file__).parent / "cases"
SAYING = {
    "vi": "Chiều nay, các đại biểu nói về {} trong buổi lễ.",
    "en": "This afternoon delegates spoke of {} at the ceremony.",
    "zh": "今天下午，代表们在仪式上谈到{}。",
}


def rows(name: str) -> list[dict[str, str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]


def check(*facts: Fact, **texts: str) -> list[Finding]:
    words = {lang: Text(value=value, origin="machine") for lang, value in texts.items()}
    found = check_captions(CaptionSet(description=words), facts, TERMS, subject="a.jpg")
    return [finding for finding in found if finding.rule != "needs-words"]


def rules(**texts: str) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.lang) for finding in check(**texts)]


@pytest.mark.parametrize(
    "text",
    ["越南海岸的日出。", "越南海洋经济。", "越南海军。", "越南海关。", "河南海滩。", "越南沙巴的春天。",
     "超越战争的友谊。", "跨越战线。", "春台湾。", "春台湾的日出。", "广西沙滩。",
     "东海。", "黄沙群岛。", "长沙群岛。", "人民议会。"],
)  # fmt: skip
def test_chinese_that_only_looks_refused(text: str) -> None:
    assert check(zh=text) == []


@pytest.mark.parametrize(
    "text",
    ["War Invalids and Martyrs Day.", "Socialist Republic of Vietnam.", "The Socialist Republic of Viet Nam.",
     "Vietnam War Veterans' Association.", "Viet Nam War Veterans' Association.", "People's Republic of China.",
     "Hoang Sa (Paracel Islands).", "Hoang Sa (Paracel) archipelago.", "Truong Sa (Spratly Islands).",
     'The illegal "cow\'s tongue line".', "Ho Chi Minh City.", "President Ho Chi Minh.", "East Sea."],
)  # fmt: skip
def test_english_that_only_looks_refused(text: str) -> None:
    assert check(en=text) == []


@pytest.mark.parametrize(
    ("lang", "text", "measured"),
    [
        ("zh", "南海的日出。", "南海"),
        ("zh", "在南海巡逻。", "南海"),
        ("zh", "南中国海。", "南中国海"),
        ("zh", "西沙群岛。", "西沙群岛"),
        ("zh", "南沙群岛。", "南沙群岛"),
        ("zh", "越战。", "越战"),
        ("zh", "越南战争。", "越南战争"),
        ("zh", "中华民国。", "中华民国"),
        ("zh", "寮国的佛塔。", "寮国"),
        ("en", "The South China Sea.", "South China Sea"),
        ("en", "the south china sea.", "south china sea"),
        ("en", "The Paracel Islands.", "Paracel Islands"),
        ("en", "The Spratlys.", "Spratlys"),
        ("en", "The Republic of Vietnam.", "Republic of Vietnam"),
        ("en", "After the Vietnam War.", "Vietnam War"),
        ("en", "NVA soldiers.", "NVA"),
        ("en", "The nine-dash line.", "nine-dash line"),
        ("en", "Viet Nam's claim to the islands.", "Viet Nam's claim to"),
    ],
)
def test_refused_everywhere(lang: str, text: str, measured: str) -> None:
    found = check(**{lang: text})
    assert [(f.rule, f.level, f.measured) for f in found] == [("forbidden_rendering", "error", measured)]


@pytest.mark.parametrize(
    ("vi", "lang", "text", "measured"),
    [
        ("Tết Nguyên đán.", "zh", "元旦。", "元旦"),
        ("Đồng bào Mông.", "zh", "蒙古族同胞。", "蒙古族"),
        ("Đồng bào Mông.", "en", "Mongolian people.", "Mongolian"),
        ("Phụ nữ Thái.", "zh", "泰国人。", "泰国人"),
        ("Chè Shan tuyết.", "en", "Snow, a sweet soup.", "sweet soup"),
        ("Bơ Đắk Lắk.", "en", "Dak Lak butter.", "butter"),
        ("Nhãn Sông Mã.", "zh", "马江标签。", "标签"),
        ("Cơm lam.", "en", "Blue rice.", "Blue rice"),
        ("Rượu cần.", "en", "Need wine.", "Need wine"),
        ("40 năm Đổi mới.", "zh", "改革开放40年。", "改革开放40年"),
        ("Quốc hội.", "en", "The Parliament.", "Parliament"),
        ("UBND tỉnh.", "zh", "省人民政府。", "省人民政府"),
        ("Sở Văn hóa, Thể thao và Du lịch.", "zh", "文化局。", "文化局"),
        ("Cà phê chè Sơn La.", "en", "Son La tea coffee.", "tea coffee"),
        ("Hoa mận.", "zh", "梅花。", "梅花"),
        ("Thông tin đối ngoại.", "en", "Foreign information.", "Foreign information"),
        ("Phù Yên.", "zh", "富安。", "富安"),
    ],
)
def test_refused_where_the_source_names_the_term(vi: str, lang: str, text: str, measured: str) -> None:
    found = check(vi=vi, **{lang: text})
    assert measured in [f.measured for f in found if f.rule == "forbidden_rendering"]
    assert [f for f in check(**{lang: text}) if f.rule == "forbidden_rendering"] == []


def test_new_year_s_day_itself_is_yuandan() -> None:
    assert check(vi="Tết Dương lịch.", zh="元旦。") == []


def test_a_fact_names_a_term_too() -> None:
    fact = Fact(kind="product", value="chè", term="pr-che-g", source="folder")
    assert [f.measured for f in check(fact, en="A sweet soup.")] == ["sweet soup"]


def test_locked_names_stand_as_often_as_in_the_vietnamese() -> None:
    vi = "Quần đảo Hoàng Sa và Biển Đông."
    assert check(vi=vi, en="The Hoang Sa archipelago and the East Sea.", zh="黄沙群岛与东海。") == []
    assert rules(vi=vi, en="The islands and the East Sea.") == [("locked_term_missing", "en")]
    assert rules(vi=vi, zh="黄沙群岛、黄沙群岛与东海。") == [("locked_term_missing", "zh")]
    assert check(vi="Hai quần đảo Hoàng Sa và Trường Sa.", en="The Hoang Sa and Truong Sa archipelagoes.") == []
    assert check(vi="Hoàng Sa, Trường Sa.", zh="黄沙和长沙两个群岛。") == []


@pytest.mark.parametrize(
    ("vi", "en", "zh"),
    [
        ("1.000 tỷ đồng", "1 trillion VND", "1万亿越盾"),
        ("15 tỷ đồng", "15 billion VND", "150亿越盾"),
        ("2,5 triệu lượt khách", "2.5 million visitor arrivals", "250万人次游客"),
        ("1.500 ha", "1,500 ha", "1500公顷"),
        ("ngày 7/5/2026", "7 May 2026", "2026年5月7日"),
        ("từ ngày 7 đến ngày 9/5/2026", "7-9 May 2026", "2026年5月7日至9日"),
        ("tháng 5/2026", "May 2026", "2026年5月"),
        ("lần thứ IX", "9th", "第九届"),
        ("Đại hội lần thứ XIV", "14th Congress", "第十四次代表大会"),
        ("lần thứ hai, năm 2026", "2nd, 2026", "2026年第二届"),
        ("Kỷ niệm 72 năm", "72nd anniversary", "72周年"),
        ("ngày 15 tháng Giêng âm lịch", "the 15th day of the 1st lunar month", "农历正月十五"),
        ("nhà giàn DK1", "DK1 platform", "DK1高脚屋"),
        ("tăng 12,5%", "up 12.5%", "增长12.5%"),
    ],
)
def test_numbers_and_dates_are_the_same_in_three_languages(vi: str, en: str, zh: str) -> None:
    assert differing(stated(vi, "vi"), stated(en, "en")) is None
    assert differing(stated(vi, "vi"), stated(zh, "zh")) is None
    assert differing(stated(en, "en"), stated(zh, "zh")) is None


def test_a_lost_or_changed_number_is_found() -> None:
    assert rules(vi="Lễ hội năm 2026.", en="The festival in 2025.") == [("date_changed", "en")]
    assert rules(vi="3.000 du khách.", zh="300名游客。") == [("number_changed", "zh")]
    assert rules(vi="Ngày 7/5/2026.", en="In May 2026.") == [("date_changed", "en")]


def test_what_was_left_in_another_language() -> None:
    assert rules(en="Lễ hội hoa ban in Moc Chau.") == [("untranslated", "en")]
    assert rules(zh="木州的lễ hội hoa ban。") == [("untranslated", "zh")]
    assert rules(zh="游客在木州take many photos。") == [("untranslated", "zh")]
    assert check(en="Artisan Nguyễn Thị Hoa in Moc Chau.") == []
    assert check(zh="艺人Nguyễn Thị Hoa在木州。") == []
    assert check(zh="野花椒（mắc khén）。") == []
    assert check(zh="更多内容请见Vietnam.vn。") == []


def test_script_loops_and_punctuation() -> None:
    assert rules(en="山罗 in spring.") == [("wrong_script", "en")]
    assert rules(vi="Mộc Châu 木州.") == [("wrong_script", "vi")]
    assert rules(zh="Spring in the hills.")[0] == ("wrong_script", "zh")
    assert rules(zh="國慶節。") == [("wrong_script", "zh")]
    assert rules(zh="木州,山罗。") == rules(zh="木州 山罗。") == rules(zh="木州很美.") == [("punctuation", "zh")]
    assert rules(zh="阴性阳性阴性阳性阴性阳性。") == [("repetition", "zh")]
    assert rules(en="The flower the flower the flower.") == [("repetition", "en")]
    assert check(zh="2026年5月7日，山罗省木州（越南）：“羊蹄甲花节”。") == []


def test_the_term_base_s_own_chinese_is_simplified_and_passes() -> None:
    assert [term.id for term in TERMS.terms.values() if traditional(term.zh)] == []


def test_every_main_form_of_the_term_base_passes_the_guard() -> None:
    for term in TERMS.terms.values():
        if term.family != "ph":
            found = [f for f in check(en=term.en, zh=term.zh) if f.rule == "forbidden_rendering"]
            assert found == [], term.id


def test_nothing_is_changed_and_findings_name_file_and_field() -> None:
    (finding,) = check(zh="南海。")
    assert (finding.subject, finding.allowed) == ("a.jpg [description]", "东海")


def human(**texts: str) -> list[Finding]:
    words = {lang: Text(value=value, origin="human") for lang, value in texts.items() if value}
    return list(check_captions(CaptionSet(description=words), (), TERMS, subject="", languages=()))


@pytest.mark.parametrize("row", rows("guard_clean.tsv"), ids=lambda row: "".join(row.values())[:40])
def test_careful_words_of_people_are_left_alone(row: dict[str, str]) -> None:
    assert human(**row) == []


@pytest.mark.parametrize("row", rows("guard_planted.tsv"), ids=lambda row: f"{row['rule']}-{row['text'][:30]}")
def test_every_planted_fault_is_found(row: dict[str, str]) -> None:
    found = human(vi=row["vi"], **{row["lang"]: row["text"]})
    assert (row["rule"], row["lang"]) in {(one.rule, one.lang) for one in found}


def saying(lang: str, name: str) -> str:
    return SAYING[lang].format(name)


def refused_forms() -> Iterator[tuple[str, str]]:
    for term in TERMS.family("sov"):
        for lang in ("en", "zh"):
            for form in term.forbidden(lang):
                yield lang, re.sub(r"\s*[(（].*[)）]$", "", form)


def test_every_refused_form_of_sovereignty_is_found_in_a_sentence_whatever_its_source() -> None:
    forms = list(refused_forms())
    assert len(forms) > 120
    for lang, form in forms:
        for vi in ("", "Một buổi chiều đẹp trời, các đại biểu gặp nhau."):
            found = human(vi=vi, **{lang: saying(lang, form)})
            assert "forbidden_rendering" in {one.rule for one in found}, form


def test_every_locked_name_that_is_left_out_is_found() -> None:
    for term in TERMS.family("sov"):
        for lang, nothing in (("en", "it"), ("zh", "此事")) if term.locked else ():
            found = human(vi=saying("vi", term.vi), **{lang: saying(lang, nothing)})
            assert "locked_term_missing" in {one.rule for one in found}, (term.id, lang)


def swaps() -> Iterator[tuple[str, str, str, str]]:
    """Each name of the term base with another of its kind that is no part of it."""
    for family in ("sov", "pl", "prov", "eth", "ev", "ag"):
        terms = TERMS.family(family)
        for term, other in zip(terms, (*terms[1:], terms[0]), strict=True):
            if term.kind != other.kind or not TERMS.match(saying("vi", term.vi)):
                continue
            for lang in ("en", "zh"):
                mine, theirs = ([one.lower() for one in t.surfaces(lang)] for t in (term, other))
                if not any(a in b or b in a for a in mine for b in theirs):
                    yield lang, f"dân tộc {term.vi}" if family == "eth" else term.vi, term.name(lang), other.name(lang)


def test_a_name_of_the_term_base_in_another_s_place_is_found_and_the_right_one_is_left_alone() -> None:
    cases = list(swaps())
    assert len(cases) > 550
    for lang, vi, right, wrong in cases:
        names = {"term_missing", "locked_term_missing"}
        assert names & {one.rule for one in human(vi=saying("vi", vi), **{lang: saying(lang, wrong)})}, (vi, wrong)
        assert [
            one for one in human(vi=saying("vi", vi), **{lang: saying(lang, right)}) if one.rule != "punctuation"
        ] == []


def test_the_command_line_reads_json_lines_and_names_the_rules() -> None:
    lines = [
        {
            "vi": "Bình minh trên Biển Đông, năm 2026.",
            "en": "Dawn over the South China Sea, 2025.",
            "zh": "2026年东海日出。",
        },
        {"vi": "Hoa ban nở.", "en": "Ban flowers bloom.", "zh": "羊蹄甲花开。"},
    ]
    said = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n"
    command = [sys.executable, "-m", "ttdn_cli", "captions", "check", "--json"]
    done = subprocess.run(command, input=said, capture_output=True, encoding="utf-8", check=False)
    found = [[one["rule"] for one in json.loads(line)["findings"]] for line in done.stdout.splitlines()]
    assert (sorted(found[0]), found[1], done.returncode) == (
        ["date_changed", "forbidden_rendering", "locked_term_missing"],
        [],
        1,
    )
    broken = subprocess.run(command, input='{"vi": 3}\n', capture_output=True, encoding="utf-8", check=False)
    assert broken.returncode == 2
