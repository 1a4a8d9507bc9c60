"""Human words into other languages: names keep their form, what is wrong is named, people's words stay.

The packages are real and tiny, and wrong on purpose: they write South China Sea, 南海, Paracel Islands, 西沙, lose a
sea and change a year.  The network is blocked.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from ttdn_assets.captions.masking import POOLS, invented, kept, mask, names_in, restore
from ttdn_assets.captions.translate import Translated, translate
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.errors import ToolMissing, UsageError
from ttdn_assets.jobs.translating import TranslatedText, open_translator, translate_captions
from ttdn_assets.model import CaptionSet, Text
from ttdn_assets.settings import Library, create_library, load_library
from ttdn_assets.terms import TermBase, load_terms
from ttdn_assets.tools.argos import Argos
from ttdn_assets.tools.argos_package import install

TINY = Path(__file__).parent / "models"
PACKAGES = [TINY / "translate-vi_en.argosmodel", TINY / "translate-en_zh.argosmodel"]


def refuse(*_: object, **__: object) -> NoReturn:
    raise AssertionError("the network was asked for")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="module")
def terms() -> TermBase:
    return load_terms()


@pytest.fixture(scope="module")
def argos(tmp_path_factory: pytest.TempPathFactory) -> Argos:
    models = tmp_path_factory.mktemp("translate") / "models"
    for package in PACKAGES:
        install(str(package), models)
    return Argos(models)


def rules(found: Translated | TranslatedText) -> list[str]:
    return [finding.rule for finding in found.findings]


@pytest.mark.parametrize(
    ("vi", "en", "zh"),
    [
        ("Bình minh trên Biển Đông", "Sunrise over the East Sea", "东海日出"),
        (
            "Triển lãm ảnh về quần đảo Hoàng Sa",
            "Photo exhibition about the Hoang Sa archipelago",
            "关于黄沙群岛的摄影展",
        ),
        (
            "Triển lãm ảnh về Hoàng Sa và Trường Sa",
            "Photo exhibition about the Hoang Sa archipelago and the Truong Sa archipelago",
            "关于黄沙群岛和长沙群岛的摄影展",
        ),
        (
            "Năm 2025, tàu hải quân tuần tra trên Biển Đông",
            "Navy ships patrol the East Sea in 2025",
            "2025年海军舰艇在东海巡逻",
        ),
        ("Nông dân thu hoạch chè ở Mộc Châu", "Farmers harvest tea in Moc Chau", "农民在木州采茶"),
        ("Lễ hội hoa tại Đà Lạt năm 2026", "Flower festival in Da Lat, 2026", "2026年大叻花节"),
        ("Trẻ em vui Tết Trung thu", "Children enjoy Mid-Autumn Festival", "孩子们欢度中秋节"),
        (
            "Ruộng bậc thang mùa lúa chín. Các nghệ nhân biểu diễn múa xòe.",
            "Terraced fields in the ripe rice season. Artisans perform the xoe dance.",
            "稻熟时节的梯田。艺人表演摆手舞。",
        ),
    ],
)
def test_names_keep_their_form_through_both_hops(vi: str, en: str, zh: str, argos: Argos, terms: TermBase) -> None:
    for lang, wanted in (("en", en), ("zh", zh)):
        [found] = translate([vi], "vi", lang, translator=argos, terms=terms)
        assert (found.value, found.needs_review) == (wanted, False), found


def test_the_packages_alone_would_write_refused_names(argos: Argos) -> None:
    texts = ["Bình minh trên Biển Đông", "Triển lãm ảnh về quần đảo Hoàng Sa"]
    english = [offered[0] for offered in argos.translate(texts, "vi", "en")]
    assert english == ["Sunrise over the South China Sea", "Photo exhibition about the Paracel Islands"]
    assert [one[0] for one in argos.translate(english, "en", "zh")] == ["南海日出", "关于西沙群岛的摄影展"]


def test_a_name_lost_behind_one_mask_is_kept_behind_another(argos: Argos, terms: TermBase) -> None:
    assert argos.translate(["Hoàng hôn trên Địa Trung Hải"], "vi", "en")[0][0] == "Sunset over the sea"
    [found] = translate(["Hoàng hôn trên Biển Đông"], "vi", "en", translator=argos, terms=terms)
    assert (found.value, found.how, found.findings) == ("Sunset over the East Sea", "masked", ())


def test_a_name_lost_behind_every_mask_is_stitched_in_and_asks_for_a_person(argos: Argos, terms: TermBase) -> None:
    for lang, wanted in (("en", "The flag flies over the East Sea"), ("zh", "旗帜飘扬在东海")):
        [found] = translate(["Lá cờ tung bay giữa Biển Đông"], "vi", lang, translator=argos, terms=terms)
        assert (found.value, found.how, rules(found)) == (wanted, "split", ["translation-split"])


def test_a_changed_year_is_kept_as_it_is_and_named(argos: Argos, terms: TermBase) -> None:
    [found] = translate(["Lễ hội hoa năm 2024"], "vi", "en", translator=argos, terms=terms)
    assert (found.value, rules(found), found.needs_review) == ("Flower festival, 2025", ["date_changed"], True)


def test_the_country_may_not_be_lost(argos: Argos, terms: TermBase) -> None:
    for lang, name in (("en", "Viet Nam"), ("zh", "越南")):
        [found] = translate(["Bình minh trên Việt Nam"], "vi", lang, translator=argos, terms=terms)
        assert [one.allowed for one in found.findings if one.rule == "locked_term_missing"] == [name]


def test_names_alone_and_texts_without_words_need_no_engine(terms: TermBase) -> None:
    class Nothing:
        takes_names = False

        def hops(self, source: str, target: str) -> tuple[tuple[str, str], ...]:
            return ()

        def name(self, source: str, target: str) -> str:
            return "nothing"

        def translate(
            self, texts: Sequence[str], source: str, target: str, *, names: Sequence[Mapping[str, str]] = ()
        ) -> list[tuple[str, ...]]:
            raise AssertionError

    texts = ["Biển Đông", "7/5/2026", "", "Sơn La", "Biển Đông"]
    found = translate(texts, "vi", "en", translator=Nothing(), terms=terms)
    assert [one.value for one in found] == ["East Sea", "7/5/2026", "", "Son La", "East Sea"]
    assert [one.how for one in found] == ["term", "copied", "copied", "term", "term"]
    with pytest.raises(ToolMissing) as missing:
        translate(["Các cụ già mỉm cười"], "vi", "en", translator=Nothing(), terms=terms)
    assert missing.value.code == "translation-missing"


def test_english_and_chinese_sources_are_watched_too(argos: Argos, terms: TermBase) -> None:
    texts = ["Sunrise over the East Sea", "Flower festival in Da Lat, 2026", "Sunrise over the South China Sea"]
    good, city, bad = translate(texts, "en", "zh", translator=argos, terms=terms)
    assert (good.value, good.findings) == ("东海日出", ())
    assert (city.value, city.findings) == ("2026年大叻花节", ())
    assert "forbidden_rendering" in rules(bad)


@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize("lang", ["vi", "en", "zh"])
def test_masks_put_back_are_the_names_in_every_language(turn: int, lang: str, terms: TermBase) -> None:
    text = "Tàu từ Đà Nẵng ra Hoàng Sa trên Biển Đông, về Đà Nẵng"
    masked = mask(text, "vi", names_in(text, "vi", terms), turn=turn)
    assert masked is not None
    assert {one.term.id: one.times for one in masked.masks} == {
        "prov-da-nang": 2,
        "sov-hoang-sa": 1,
        "sov-bien-dong": 1,
    }
    assert not any(name in masked.text for name in ("Đà Nẵng", "Hoàng Sa", "Biển Đông"))
    said = " ".join(one.stand.forms(lang)[0] for one in masked.masks for _ in range(one.times))
    assert kept(masked.masks, said, lang)
    put_back = restore(masked.masks, said, lang)
    assert all(put_back.count(one.term.name(lang)) == one.times for one in masked.masks)


@pytest.mark.parametrize(
    "said",
    [
        "Sunrise over the sea",
        "Sunrise over the Mediterranean Sea and the Mediterranean Sea",
        "Sunrise over the Mediterranean Sea and the Red Sea",
        "Sunrise over the SMediterranean Sea",
        "Sunrise over the Mediterraneans",
        "Sunrise over the mediterranean sea",
    ],
)
def test_a_mask_that_is_lost_doubled_joined_by_another_glued_or_bent_is_noticed(said: str, terms: TermBase) -> None:
    text = "Bình minh trên Biển Đông"
    masked = mask(text, "vi", names_in(text, "vi", terms))
    assert masked is not None
    assert kept(masked.masks, "Sunrise over the Mediterranean", "en")
    assert not kept(masked.masks, said, "en")


def test_a_famous_name_the_text_speaks_of_itself_stands_in_for_none(terms: TermBase) -> None:
    text = "Từ Địa Trung Hải đến Biển Đông"
    masked = mask(text, "vi", names_in(text, "vi", terms))
    assert masked is not None
    assert masked.text == "Từ Địa Trung Hải đến Biển Baltic"
    assert invented(text, "From the Mediterranean to the East Sea", "en") == []
    assert invented("Du khách chụp ảnh", "Visitors take photos in Toronto", "en") == ["Toronto"]


def test_a_text_with_more_names_than_stand_ins_is_not_masked(terms: TermBase) -> None:
    places = ("Sơn La", "Lào Cai", "Đà Nẵng", "Huế", "Cần Thơ", "Hà Nội", "Cà Mau")
    text = "Từ " + ", ".join(places)
    assert len(POOLS["place"]) < len(places)
    assert mask(text, "vi", names_in(text, "vi", terms)) is None


# In the catalogue


def human(value: str) -> Text:
    return Text(value=value, origin="human")


def entry(name: str, captions: CaptionSet) -> AssetEntry:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return AssetEntry(
        path=f"/m/{name}",
        relative=name,
        size_bytes=1,
        mtime_ns=1,
        sha256=digest,
        picture_sha256=digest,
        captions=captions,
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = create_library(tmp_path / "library", name="Sở Văn hóa")
    words = {
        "bien.jpg": CaptionSet(
            title={"vi": human("Bình minh trên Biển Đông"), "en": Text(value="East Sea", origin="composed")},
            keywords={"vi": human("Biển Đông;múa xòe")},
        ),
        "co.jpg": CaptionSet(
            description={
                "vi": human("Lá cờ tung bay giữa Biển Đông"),
                "en": Text(value="East Sea", origin="composed"),
                "zh": human("国旗在东海上空飘扬"),
            }
        ),
        "nam.jpg": CaptionSet(title={"vi": human("Lễ hội hoa năm 2024")}),
        "may.jpg": CaptionSet(title={"vi": Text(value="Sơn La", origin="composed")}),
    }
    with open_catalogue(library.database_url) as catalogue:
        list(catalogue.record_all((entry(name, captions) for name, captions in words.items()), who="test"))
    return library


def words_of(library: Library) -> dict[str, CaptionSet]:
    with open_catalogue(library.database_url) as catalogue:
        return {record.files[0].relative: record.captions for record in catalogue.assets()}


def test_drafts_go_into_the_catalogue_and_people_are_never_written_over(library: Library) -> None:
    for package in PACKAGES:
        install(str(package), library.models)
    done = {(one.source, one.field, one.lang): one for one in translate_captions(library, who="Lan")}
    words = words_of(library)

    assert words["bien.jpg"].title["en"] == Text(
        value="Sunrise over the East Sea", origin="machine", engine="argos vi-en 0.1"
    )
    assert words["bien.jpg"].title["zh"].engine == "argos vi-en 0.1, en-zh 0.1"
    assert words["bien.jpg"].keywords["en"].value == "East Sea;xoe dance"
    assert words["co.jpg"].description["zh"] == human("国旗在东海上空飘扬")
    assert "may.jpg" not in {source for source, _, _ in done}

    year = done["nam.jpg", "title", "en"]
    assert (year.kept, rules(year)) == (True, ["date_changed"])
    assert year.findings[0].subject == "nam.jpg [title]"
    assert words["nam.jpg"].title["en"].status == "draft"

    doubtful = done["co.jpg", "description", "en"]
    assert (doubtful.kept, doubtful.value) == (False, "The flag flies over the East Sea")
    assert words["co.jpg"].description["en"].origin == "composed"
    with open_catalogue(library.database_url) as catalogue:
        assert {line.who for line in catalogue.history() if line.after == "东海日出"} == {"Lan"}
        noted = {(f.subject, f.lang, f.rule): f.measured for record in catalogue.assets() for f in record.findings}
    assert noted["co.jpg [description]", "en", "translation-offered"] == doubtful.value
    assert ("co.jpg [description]", "en", "translation-split") in noted
    assert ("nam.jpg [title]", "en", "date_changed") in noted


def test_translating_again_changes_nothing_and_only_what_is_asked_for(library: Library) -> None:
    for package in PACKAGES:
        install(str(package), library.models)
    assert {one.lang for one in translate_captions(library, languages=["en"])} == {"en"}
    before = words_of(library)
    list(translate_captions(library, languages=["en"]))
    assert words_of(library) == before
    [asset, *_] = [one.asset for one in translate_captions(library, languages=["zh"])]
    assert {one.asset for one in translate_captions(library, [asset[:8]])} == {asset}


def test_without_a_package_nothing_is_changed_and_the_hint_says_what_to_install(library: Library) -> None:
    install(str(PACKAGES[0]), library.models)
    before = words_of(library)
    with pytest.raises(ToolMissing) as missing:
        list(translate_captions(library))
    assert missing.value.fields == {"source": "vi", "target": "zh"}
    assert words_of(library) == before


def test_the_engine_is_the_one_of_the_settings(library: Library) -> None:
    toml = library.root / "ttdn.toml"
    text = toml.read_text("utf-8")
    toml.write_text(text + '\n[translation]\nengine = "http"\nurl = "http://localhost:1"\nmodel = "g"\n', "utf-8")
    configured = load_library(library.root)
    assert open_translator(configured).name("vi", "en") == "http g"
    assert open_translator(configured, "argos").name("vi", "vi") == "argos "
    with pytest.raises(UsageError) as refused:
        open_translator(library, "http")
    assert refused.value.code == "chat-settings"


def ttdn(library: Library, *arguments: str | Path, ui: str = "en") -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TTDN_")}
    return subprocess.run(
        [sys.executable, "-m", "ttdn_cli", *map(str, arguments), "--library", str(library.root)],
        env={**environment, "TTDN_UI": ui, "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_command_line_says_what_is_missing_installs_it_and_translates(library: Library) -> None:
    missing = ttdn(library, "captions", "translate", "--to", "en", ui="vi")
    assert missing.returncode == 3
    assert "ttdn models install" in missing.stderr
    installed = ttdn(library, "models", "install", PACKAGES[0], "--json")
    assert (json.loads(installed.stdout)["source"], installed.returncode) == ("vi", 0)
    done = ttdn(library, "captions", "translate", "--to", "en", "--json")
    assert done.returncode == 0, done.stderr
    lines = {(line["source"], line["field"]): line for line in map(json.loads, done.stdout.splitlines())}
    assert lines["bien.jpg", "title"]["value"] == "Sunrise over the East Sea"
    assert "2024" in lines["nam.jpg", "title"]["findings"][0]["message"]
    assert "vi-en  0.1" in ttdn(library, "models", "list").stdout
