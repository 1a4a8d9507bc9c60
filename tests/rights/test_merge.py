"""Catalogues of several laptops become one: by content, in any order, twice as well as once; words are never chosen."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from made_assets import MEDIA, digest, entry, words
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.records import Query, SharedRecord
from ttdn_assets.model import FocalPoint, Publication, Reach, Rendition, Rights, Subject

NewUrl = Callable[[], str]
NAMES = ("a", "b")


@pytest.fixture
def pair(new_url: NewUrl) -> Iterator[tuple[Catalogue, Catalogue]]:
    with open_catalogue(new_url()) as first, open_catalogue(new_url()) as second:
        yield first, second


def take(mine: Catalogue, theirs: Catalogue) -> dict[str, str]:
    return dict(mine.take_in(list(theirs.shared()), who="chi"))


def told(catalogue: Catalogue) -> tuple[Any, ...]:
    """All that two machines can agree on, in one order."""
    shared = sorted(catalogue.shared(), key=lambda one: (one.id, one.forgotten_at or ""))
    bare = [msgspec.structs.replace(one, versions=()) if one.forgotten_at else one for one in shared]
    bags = sorted((bag.path.partition("~")[0], bag.digest, bag.assets) for bag in catalogue.submissions())
    lines = sorted({msgspec.json.encode(line) for line in catalogue.history()})
    reviews = {record.id: record.review for record in catalogue.assets()}
    return bare, bags, lines, reviews, sorted(catalogue.publications(), key=lambda one: msgspec.json.encode(one))


def test_what_one_laptop_alone_knows_comes_whole(pair: tuple[Catalogue, Catalogue]) -> None:
    mine, theirs = pair
    full = entry(
        "a",
        captions=words("Hoa ban", "human"),
        rights=Rights(owner="Sở"),
        subject=Subject(focal=FocalPoint(0.2, 0.4), origin="hand"),
        renditions=(rendition("r", "facebook.photo"),),
    )
    asset = theirs.record(full, who="an")
    theirs.set_status(asset, None, None, "approved", who="bình")
    theirs.publish(Publication(asset=asset, target="facebook", at="2026-11-20", url="https://fb.com/1"), who="an")
    theirs.add_submission("submissions/1", target="facebook", digest="d" * 64, assets=[asset], who="an")
    assert take(mine, theirs) == {asset: "added"}
    got = mine.asset(asset)
    assert got.captions == theirs.asset(asset).captions
    assert (got.rights, got.subject, got.renditions) == (Rights(owner="Sở"), full.subject, full.renditions)
    assert got.missing
    assert [one.url for one in got.publications] == ["https://fb.com/1"]
    assert mine.history() == theirs.history()
    assert [hit.asset for hit in mine.search(Query(text="hoa ban")).hits] == [asset]
    assert told(mine) == told(theirs)
    assert take(mine, theirs) == {asset: "unchanged"}


def rendition(name: str, *placements: str) -> Rendition:
    return Rendition(
        recipe=digest(name), path=f"renditions/{name}.jpg", kind="photo", format="jpeg", placements=placements,
        width_px=1, height_px=1, size_bytes=1, sha256=digest("bytes " + name),
    )  # fmt: skip


def test_an_edit_known_to_its_editor_wins_over_what_it_replaced(pair: tuple[Catalogue, Catalogue]) -> None:
    mine, theirs = pair
    asset = mine.record(entry("a", captions=words("Bản đầu", "human")), who="an")
    take(theirs, mine)
    theirs.set_text(asset, "title", "vi", "Bản sửa", who="bình")
    theirs.set_status(asset, None, None, "approved", who="chi")
    take(theirs, mine)
    assert take(mine, theirs) == {asset: "changed"}
    title = mine.asset(asset).captions.title["vi"]
    assert (title.value, title.status, mine.disputed()) == ("Bản sửa", "approved", [])
    assert told(mine) == told(theirs)


def test_words_two_people_wrote_apart_are_listed_and_one_decides(pair: tuple[Catalogue, Catalogue]) -> None:
    mine, theirs = pair
    asset = mine.record(entry("a"), who="an")
    theirs.record(entry("a"), who="an")
    mine.set_text(asset, "title", "vi", "Ban nở", who="an")
    theirs.set_text(asset, "title", "vi", "Hoa ban nở trắng", who="bình")
    theirs.set_status(asset, None, None, "approved", who="bình")
    take(mine, theirs)
    take(theirs, mine)
    assert told(mine) == told(theirs)
    record = mine.asset(asset)
    assert [one.value for one in record.rivals] == ["Ban nở", "Hoa ban nở trắng"]
    assert record.captions.title["vi"].status == record.review == "in_review"
    assert [one.rule for one in record.findings] == ["texts-differ"]
    assert mine.set_status(asset, None, None, "approved", who="chi") == 0
    assert not mine.set_text(asset, "title", "vi", "máy", origin="machine", who="chi")
    mine.record(entry("a"), who="an")
    assert mine.disputed() == [asset]
    assert mine.settle(asset, "title", "vi", "Ban nở", who="chi")
    mine.set_status(asset, None, None, "approved", who="chi")
    take(theirs, mine)
    assert take(mine, theirs) == {asset: "unchanged"}
    kept = theirs.asset(asset)
    assert (kept.captions.title["vi"].value, kept.review, kept.rivals) == ("Ban nở", "approved", ())
    assert told(mine) == told(theirs)


def test_rights_written_apart_wait_for_a_person_too(pair: tuple[Catalogue, Catalogue]) -> None:
    mine, theirs = pair
    asset = mine.record(entry("a"), who="an")
    take(theirs, mine)
    mine.set_rights(asset, Rights(owner="Sở"), who="an")
    theirs.set_rights(asset, Rights(owner="Trung tâm"), who="bình")
    take(mine, theirs)
    assert [one.rule for one in mine.asset(asset).findings] == ["rights-differ"]
    mine.set_rights(asset, Rights(owner="Sở"), who="chi")
    assert mine.asset(asset).rivals == ()
    take(theirs, mine)
    assert theirs.asset(asset).rights == Rights(owner="Sở")
    assert theirs.disputed() == []


def test_copies_of_one_picture_with_other_metadata_become_one_asset(pair: tuple[Catalogue, Catalogue]) -> None:
    mine, theirs = pair
    picture = digest("picture a")
    first = mine.record(entry("a", picture_sha256=None), who="an")
    mine.record(entry("b", picture_sha256=picture), who="an")
    theirs.record(entry("a", picture_sha256=picture), who="bình")
    theirs.record(entry("b", picture_sha256=picture), who="bình")
    assert mine.counts().assets == 2
    take(mine, theirs)
    take(theirs, mine)
    assert mine.counts().assets == theirs.counts().assets == 1
    assert told(mine) == told(theirs)
    assert {line.asset for line in mine.history(first)} == {digest("a"), digest("b")}
    assert mine.asset(digest("b")).id == mine.asset(digest("a")).id


def test_what_was_forgotten_on_one_laptop_is_forgotten_on_all(pair: tuple[Catalogue, Catalogue]) -> None:
    mine, theirs = pair
    asset = mine.record(entry("a", captions=words("Bí mật", "human")), who="an")
    take(theirs, mine)
    theirs.set_text(asset, "title", "vi", "Bí mật hơn", who="bình")
    theirs.add_submission("submissions/1", target="x", digest="d", assets=[asset], who="an")
    before = list(theirs.shared())
    mine.forget(asset, who="chi")
    assert take(theirs, mine) == {asset: "forgotten"}
    assert theirs.counts().assets == 0
    assert theirs.was_forgotten(asset)
    assert all(line.before is line.after is None for line in theirs.history(asset))
    assert dict(mine.take_in(before, who="an")) == {asset: "forgotten"}
    assert mine.counts().assets == 0
    assert take(mine, theirs) == take(theirs, mine) == {asset: "unchanged"}
    assert told(mine) == told(theirs)


def test_bags_of_the_same_name_stand_beside_each_other(pair: tuple[Catalogue, Catalogue]) -> None:
    mine, theirs = pair
    asset = mine.record(entry("a"), who="an")
    take(theirs, mine)
    for catalogue, contents in ((mine, "d"), (theirs, "e")):
        catalogue.add_submission("submissions/1", target="x", digest=contents * 64, assets=[asset], who="an")
    take(mine, theirs)
    take(theirs, mine)
    assert [bag.path for bag in mine.submissions()] == ["submissions/1", "submissions/1~eeeeeeee"]
    assert told(mine) == told(theirs)


def test_figures_of_one_publication_unite(pair: tuple[Catalogue, Catalogue]) -> None:
    mine, theirs = pair
    asset = mine.record(entry("a"), who="an")
    one = Publication(asset=asset, target="facebook", at="2026-11-20", figures=(Reach(at="2026-11-21", views=10),))
    mine.publish(one, who="an")
    take(theirs, mine)
    theirs.publish(msgspec.structs.replace(one, figures=(Reach(at="2026-11-21", views=30, likes=2),)), who="an")
    mine.publish(msgspec.structs.replace(one, figures=(Reach(at="2026-11-22", views=40),)), who="an")
    take(mine, theirs)
    (got,) = mine.publications()
    assert got.figures == (Reach(at="2026-11-21", views=30, likes=2), Reach(at="2026-11-22", views=40))


# Any three laptops, any order.

TEXTS = st.sampled_from(["một", "hai", "ba", ""])
STEPS = st.one_of(
    st.tuples(st.just("record"), st.sampled_from(NAMES), st.sampled_from(["human", "composed"]), TEXTS),
    st.tuples(st.just("text"), st.sampled_from(NAMES), TEXTS),
    st.tuples(st.just("status"), st.sampled_from(NAMES), st.sampled_from(["draft", "approved", "rejected"])),
    st.tuples(st.just("rights"), st.sampled_from(NAMES), st.sampled_from(["Sở", "Trung tâm"])),
    st.tuples(st.just("subject"), st.sampled_from(NAMES), st.sampled_from([0.1, 0.9])),
    st.tuples(st.just("publish"), st.sampled_from(NAMES), st.integers(0, 5)),
    st.tuples(st.just("strike"), st.sampled_from(NAMES)),
    st.tuples(st.just("bag"), st.sampled_from(NAMES), st.sampled_from("de")),
    st.tuples(st.just("forget"), st.just("b")),
    st.tuples(st.just("merge"), st.integers(0, 2)),
)
RUNS = st.lists(st.tuples(st.integers(0, 2), STEPS), min_size=1, max_size=14)


def perform(catalogues: list[Catalogue], at: int, step: tuple[Any, ...]) -> None:
    catalogue, who = catalogues[at], f"người {at}"
    what, name, *rest = step
    if what == "merge":
        take(catalogue, catalogues[name])
    elif what == "record":
        if not catalogue.was_forgotten(digest(name)):
            catalogue.record(entry(name, captions=words(rest[1], rest[0]), relative=f"{at % 2}/{name}.jpg"), who=who)
    elif any(one.id == digest(name) for one in catalogue.assets()):
        act(catalogue, digest(name), what, rest, who)


def act(catalogue: Catalogue, asset: str, what: str, rest: list[Any], who: str) -> None:
    publication = Publication(asset=asset, target="facebook", at="2026-11-20")
    if what == "text":
        catalogue.set_text(asset, "title", "vi", rest[0], who=who)
    elif what == "status" and catalogue.asset(asset).captions.title:
        catalogue.set_status(asset, None, None, rest[0], who=who)
    elif what == "rights":
        catalogue.set_rights(asset, Rights(owner=rest[0]), who=who)
    elif what == "subject":
        catalogue.set_subject(asset, Subject(focal=FocalPoint(rest[0], 0.5), origin="hand"), who=who)
    elif what == "publish":
        counted = Reach(at="2026-11-21", views=rest[0])
        catalogue.publish(msgspec.structs.replace(publication, figures=(counted,)), who=who)
    elif what == "strike":
        catalogue.unpublish(publication, who=who)
    elif what == "bag":
        catalogue.add_submission("submissions/1", target="x", digest=rest[0] * 64, assets=[asset], who=who)
    elif what == "forget":
        catalogue.forget(asset, who=who)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(run=RUNS)
def test_three_laptops_agree_in_whatever_order_they_merge(run: list[tuple[int, tuple[Any, ...]]]) -> None:
    with TemporaryDirectory() as folder, ExitStack() as held:

        def new(name: str) -> Catalogue:
            return held.enter_context(open_catalogue(f"sqlite:///{Path(folder) / name}.sqlite3"))

        laptops = [new(f"laptop{number}") for number in range(3)]
        for at, step in run:
            perform(laptops, at, step)
        exports: list[list[SharedRecord]] = [list(laptop.shared()) for laptop in laptops]
        results = []
        for number, order in enumerate(itertools.permutations(range(3))):
            joined = new(f"joined{number}")
            for at in (*order, order[0]):
                list(joined.take_in(exports[at], who="chi"))
            results.append(told(joined))
        assert all(result == results[0] for result in results[1:])
        again = [*joined.take_in(list(joined.shared()), who="chi")]
        assert {what for _, what in again} <= {"unchanged"}
        for first, second in ((0, 1), (1, 2), (2, 0), (0, 1)):
            take(laptops[first], laptops[second])
        take(laptops[2], laptops[0])
        assert told(laptops[0])[0] == told(laptops[2])[0]


def test_media_are_those_of_the_contents(pair: tuple[Catalogue, Catalogue]) -> None:
    mine, theirs = pair
    asset = theirs.record(entry("a"), who="an")
    take(mine, theirs)
    assert mine.asset(asset).media == MEDIA
