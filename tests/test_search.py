"""Search finds Vietnamese with and without marks, Chinese by any part of a word, and takes whatever a person types."""

from __future__ import annotations

import hashlib
import string
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.records import AssetEntry, Query
from ttdn_assets.catalogue.words import folded_tokens, parse_terms
from ttdn_assets.errors import AssetsError
from ttdn_assets.model import CaptionSet, EmbeddedText, Fact, FactKind, MediaFacts, Rendition, Text

TITLES = {
    "son-la": {"vi": "Thành phố Sơn La", "en": "Son La city", "zh": "山罗市"},
    "dak-lak": {"vi": "Cà phê Đắk Lắk", "zh": "多乐省咖啡"},
    "truong-sa": {"vi": "Quần đảo Trường Sa", "zh": "长沙群岛"},
    "hoang-sa": {"vi": "Quần đảo Hoàng Sa", "zh": "黄沙群岛属于越南"},
    "ha-long": {"vi": "Vịnh Hạ Long buổi sớm", "zh": "下龙湾的早晨"},
    "duong": {"vi": "Trồng cây dương"},
    "lang-duong": {"vi": "Làng cổ Đường Lâm"},
    "hoa-ban": {"vi": "Mùa hoa ban nở", "en": "Ban flower season"},
    "ban-hoa": {"vi": "Bán hoa ở bản Áng"},
}


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def media(**changes: Any) -> MediaFacts:
    known: dict[str, Any] = {
        "kind": "photo", "format": "jpeg", "mime": "image/jpeg", "extension": "jpg",
        "size_px": (4, 3), "stored_size_px": (4, 3),
    }  # fmt: skip
    return MediaFacts(**known | changes)


def entry(name: str, **changes: Any) -> AssetEntry:
    titles = {lang: Text(value=value, origin="composed") for lang, value in TITLES.get(name, {}).items()}
    known: dict[str, Any] = {
        "path": f"/m/{name}.jpg", "relative": f"m/{name[::-1]}.jpg", "size_bytes": 1, "mtime_ns": 1,
        "sha256": digest(name), "media": media(), "captions": CaptionSet(title=titles),
    }  # fmt: skip
    return AssetEntry(**known | changes)


@pytest.fixture(scope="module")
def catalogue(new_url: Callable[[], str]) -> Iterator[Catalogue]:
    """Nine assets that only their titles tell apart; no test changes them."""
    with open_catalogue(new_url()) as opened:
        list(opened.record_all([entry(name) for name in TITLES], who="an"))
        yield opened


@pytest.fixture
def empty(new_url: Callable[[], str]) -> Iterator[Catalogue]:
    with open_catalogue(new_url()) as opened:
        yield opened


NAMES = {digest(name): name for name in TITLES}


def found(catalogue: Catalogue, text: str, **filters: Any) -> list[str]:
    return [NAMES.get(hit.asset, hit.asset) for hit in catalogue.search(Query(text=text, **filters)).hits]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("son la", "son-la"),
        ("Sơn La", "son-la"),
        ("SON LA", "son-la"),
        ("sơn la city", "son-la"),
        ("dak lak", "dak-lak"),
        ("Đắk Lắk", "dak-lak"),
        ("đak lak", "dak-lak"),
        ("truong sa", "truong-sa"),
        ("黄沙", "hoang-sa"),
        ("黄沙群", "hoang-sa"),
        ("龙湾", "ha-long"),
        ("湾", "ha-long"),
        ("多乐 ca phe", "dak-lak"),
        ("ha-long", "ha-long"),
        ('"buổi sớm"', "ha-long"),
        ("“buoi som”", "ha-long"),
        ("vin*", "ha-long"),
        ("quan dao -hoang", "truong-sa"),
        ('quan dao -"hoang sa"', "truong-sa"),
        ("quan dao -黄沙", "truong-sa"),
    ],
)
def test_each_way_of_typing_finds_its_asset(catalogue: Catalogue, typed: str, name: str) -> None:
    assert found(catalogue, typed) == [name]
    assert found(catalogue, unicodedata.normalize("NFD", typed)) == [name]


@pytest.mark.parametrize(
    "typed", ["沙黄", '"sớm buổi"', "son xyz", "vinhh", '"bản ở hoa"', "!!!", "*", "-", '""', "🎉"]
)
def test_what_is_not_there_is_not_found(catalogue: Catalogue, typed: str) -> None:
    page = catalogue.search(Query(text=typed))
    assert (page.total, page.hits) == (0, ())


def test_marks_as_typed_rank_above_the_same_letters(catalogue: Catalogue) -> None:
    assert found(catalogue, "đường") == ["lang-duong", "duong"]
    assert found(catalogue, "dương") == ["duong", "lang-duong"]
    exact, other = catalogue.search(Query(text="dương")).hits
    assert (exact.exact, other.exact) == (True, False)
    assert set(found(catalogue, "duong")) == {"duong", "lang-duong"}


def test_words_in_a_row_rank_above_the_same_words_apart(catalogue: Catalogue) -> None:
    assert found(catalogue, "hoa ban") == ["hoa-ban", "ban-hoa"]
    assert found(catalogue, "ban hoa") == ["ban-hoa", "hoa-ban"]
    assert found(catalogue, '"hoa ban"') == ["hoa-ban"]


def test_a_word_left_out_with_marks_keeps_the_other_word(catalogue: Catalogue) -> None:
    assert found(catalogue, "duong -đường") == ["duong"]
    assert found(catalogue, "duong -duong") == []
    assert len(found(catalogue, "-sa")) == len(TITLES) - 2


def test_an_empty_query_lists_all_latest_first(empty: Catalogue) -> None:
    days = ["2026-01-02", "2026-03-01", "2025-12-31"]
    for day in days:
        empty.record(entry(day, media=media(taken_at=f"{day}T10:00:00+07:00")), who="an")
    empty.record(entry("undated"), who="an")
    hits = empty.search(Query()).hits
    assert [hit.taken_at and hit.taken_at[:10] for hit in hits] == [*sorted(days, reverse=True), None]


def test_every_kind_of_word_is_found(empty: Catalogue) -> None:
    named = EmbeddedText(field="people", value="Lò Văn Hưng", lang=None, source="iptc")
    full = entry(
        "x",
        relative="2026-05 Lễ hội/Bản Lác/IMG_0042.JPG",
        media=media(texts=(named,)),
        facts=(
            Fact(kind="people", value="Giàng A Páo", source="sheet"),
            Fact(kind="place", value="Mai Châu", source="gps"),
        ),
        captions=CaptionSet(
            title={"de": Text(value="Frühling", origin="human")},
            description={"en": Text(value="Weaving brocade", origin="human")},
            alt_text={"vi": Text(value="Hai em bé cười", origin="human")},
            keywords={"zh": Text(value="织锦; 春天", origin="human")},
        ),
    )
    asset = empty.record(full, who="an")
    for typed in (
        "le hoi", "ban lac", "img_0042", "0042", "van hung", "giang a pao", "mai chau", "fruhling", "brocade",
        "em be", "春天", "2026-05 lac brocade 织锦",
    ):  # fmt: skip
        assert found(empty, typed) == [asset], typed


def test_a_changed_text_is_found_by_its_new_words_only(empty: Catalogue) -> None:
    asset = empty.record(entry("hoa-ban"), who="an")
    empty.set_text(asset, "title", "vi", "Mùa mận chín", who="bình")
    assert found(empty, "mận chín") == ["hoa-ban"]
    assert found(empty, "nở") == []
    empty.record(entry("hoa-ban", path="/new/x.jpg", relative="Bản Lác/x.jpg"), who="an")
    assert found(empty, "bản lác") == ["hoa-ban"]
    empty.mark_missing(["/new/x.jpg"])
    assert found(empty, "bản lác") == []
    empty.forget(asset, who="an")
    assert found(empty, "mận") == []


def test_filters_narrow_and_join(empty: Catalogue) -> None:
    def fact(kind: FactKind, term: str) -> Fact:
        return Fact(kind=kind, value=term.upper(), term=term, source="folder")

    made = Rendition(
        recipe="r", path="r.jpg", kind="photo", format="jpeg", placements=("zalo.article_image",),
        width_px=1, height_px=1, size_bytes=1, sha256="0",
    )  # fmt: skip
    photo = empty.record(
        entry(
            "hoa-ban",
            media=media(taken_at="2026-03-05T23:30:00+07:00"),
            facts=(fact("place", "pl-moc-chau"), fact("topic", "flowers"), fact("event", "ev-hoa-ban")),
            renditions=(made,),
        ),
        who="an",
    )
    video = empty.record(entry("son-la", media=media(kind="video"), facts=(fact("place", "pl-son-la"),)), who="an")
    failed = empty.record(entry("broken", media=None, status="failed"), who="an")
    empty.set_status(photo, "title", "vi", "approved", who="chi")
    empty.add_submission("submissions/1", target="zalo", digest="d", assets=[photo], who="an")
    empty.mark_missing(["/m/son-la.jpg"])

    def only(**filters: Any) -> set[str]:
        page = empty.search(Query(**filters))
        assert page.total == len(page.hits)
        return {hit.asset for hit in page.hits}

    assert only(kind="video") == {video}
    assert only(places=("pl-moc-chau", "pl-nowhere")) == only(places=("PL-MOC-CHAU",)) == {photo}
    assert only(places=("pl-moc-chau", "pl-son-la")) == {photo, video}
    assert only(topics=("flowers",)) == only(events=("ev-hoa-ban",)) == {photo}
    assert only(topics=("pl-moc-chau",)) == set()
    assert only(language="zh") == {video}
    assert only(language="vi", status="approved") == {photo}
    assert only(status="approved") == set()
    assert only(outcome="failed") == {failed}
    assert only(target="zalo") == only(target="zalo.article_image") == {photo}
    assert only(target="zalo.message_image") == only(target="x") == set()
    assert only(unused=True) == {photo, video, failed}
    assert only(missing=True) == {video}
    assert only(missing=False) == {photo, failed}
    assert only(taken_from="2026-03-05", taken_to="2026-03-05") == {photo}
    assert only(taken_from="2026", taken_to="2026") == only(taken_to="2026-03") == {photo}
    assert only(taken_from="2026-03-06") == only(taken_to="2026-03-04") == set()
    assert only(text="hoa ban", kind="photo", target="zalo") == {photo}
    assert only(text="hoa ban", kind="video") == set()


def test_pages_follow_each_other_and_count_all(empty: Catalogue) -> None:
    ids = list(empty.record_all([entry(f"n{number}", relative="hoa.jpg") for number in range(25)], who="an"))
    seen: list[str] = []
    for offset in range(0, 30, 10):
        page = empty.search(Query(text="hoa", offset=offset, limit=10))
        assert (page.total, page.offset) == (25, offset)
        seen += [hit.asset for hit in page.hits]
    assert sorted(seen) == sorted(ids)
    assert empty.search(Query(text="hoa", offset=99, limit=10)).total == 25
    assert empty.search(Query(text="hoa", limit=0)).total == 25


def test_a_word_or_text_without_end_is_kept_and_found(empty: Catalogue) -> None:
    endless = Text(value="x" * 100_000 + " hoa " * 60_000, origin="human")
    asset = empty.record(entry("any", captions=CaptionSet(title={"vi": endless})), who="an")
    assert found(empty, "x" * 100_000) == found(empty, "hoa xxx*") == [asset]


def test_an_index_whose_words_are_not_known_any_more_is_made_anew(empty: Catalogue) -> None:
    """As after a release that splits words in another way: what stands in the index cannot be said again."""
    said = CaptionSet(title={"vi": Text(value="Hoa ban nở", origin="human")})
    first, second = (empty.record(entry(name, captions=said), who="an") for name in ("a", "b"))
    with empty._database.writing() as connection:
        connection.execute(text("UPDATE assets SET document = 1"))
    empty.set_text(first, "title", "vi", "Mùa gặt", who="an")
    assert [hit.asset for hit in empty.search(Query(text="hoa ban")).hits] == [second]
    assert [hit.asset for hit in empty.search(Query(text="mùa gặt")).hits] == [first]
    with empty._database.reading() as connection:
        assert 1 not in connection.execute(text("SELECT document FROM assets")).scalars().all()


def test_the_index_can_be_made_anew(empty: Catalogue) -> None:
    list(empty.record_all([entry(name) for name in TITLES], who="an"))
    before = {typed: found(empty, typed) for typed in ("hoa ban", "黄沙", "đường")}
    assert empty.reindex() == len(TITLES)
    assert {typed: found(empty, typed) for typed in before} == before


def test_of_a_large_answer_the_newest_are_ranked_and_its_pages_hold_each_asset_once(empty: Catalogue) -> None:
    count, early, late = 5_100, 50, 4_000
    titles = {early: "lễ hội, lễ hội, lễ hội", late: "lễ hội, lễ hội, lễ hội", late + 1: "le hoi le hoi le hoi le hoi"}
    entries = [
        entry(f"n{number}", captions=CaptionSet(title={"vi": Text(value=title, origin="human")}))
        for number in range(count)
        for title in [titles.get(number, "lễ hội")]
    ]
    ids = list(empty.record_all(entries, who="an"))
    assert found(empty, "lễ hội", limit=1) == [ids[late]], "the most relevant of the newest"
    filters: tuple[dict[str, Any], ...] = ({}, {"kind": "photo"})
    for more in filters:
        pages = [empty.search(Query(text="lễ hội", limit=700, offset=at, **more)) for at in range(0, count, 700)]
        assert {page.total for page in pages} == {count}
        told = [hit.asset for page in pages for hit in page.hits]
        assert sorted(told) == sorted(ids)
        assert (told[0], told[-1]) == (ids[late], ids[late + 1]), (
            "without marks it is found last, as often as it says it"
        )
        assert told.index(ids[early]) > 2_000


_PIECES = [*"\"*-()^:{}+~,.;'\\%_ \x00\n", *"abLađ黄", "AND ", "OR ", "NOT ", "NEAR(", "{title} : "]
_HOSTILE = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@given(_HOSTILE | st.text())
@example('"')
@example("' OR 1=1; DROP TABLE assets; --")
@example("title:x")
@example("a AND NOT")
@example("NEAR(a b, 3)")
@example('-"')
@example("x" * 10_000)
@example("a " * 5_000)
@example("\ud800 \x00")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nothing_a_person_types_makes_search_fail(catalogue: Catalogue, typed: str) -> None:
    page = catalogue.search(Query(text=typed))
    assert page.total == len(page.hits) <= len(TITLES)


@given(st.text(alphabet=string.ascii_letters + "ăâđêôơưáàảãạếềểễệ黄沙龙湾 -_.0123456789", min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_whatever_was_written_is_found_as_it_was_written(empty: Catalogue, value: str) -> None:
    asset = empty.record(entry("any", captions=CaptionSet(title={"vi": Text(value=value, origin="human")})), who="an")
    if folded_tokens(value):
        assert found(empty, f'"{value}"') == [asset]


def test_terms_keep_what_was_typed_beside_its_folded_form() -> None:
    terms = parse_terms('Đường "Lâm Bình" hoa* -黄沙 -')
    assert [(term.folded, term.exact, term.prefix) for term in terms.wanted] == [
        (("duong",), ("đường",), False),
        (("lam", "binh"), ("lâm", "bình"), False),
        (("hoa",), ("hoa",), True),
    ]
    assert [term.folded for term in terms.unwanted] == [("黄", "沙")]


def test_search_of_an_unopened_catalogue_is_worded(tmp_path: Path) -> None:
    with pytest.raises(AssetsError) as caught:
        open_catalogue(f"sqlite:///{tmp_path / 'none.sqlite3'}", create=False)
    assert caught.value.code == "catalogue-missing"


def test_importing_the_room_imports_nothing_heavy() -> None:
    program = "import sys, ttdn_assets.catalogue, ttdn_assets.catalogue.records; assert 'sqlalchemy' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
