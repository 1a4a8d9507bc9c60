"""The catalogue keeps every asset once, never lets a machine undo a person, and survives other writers and a kill."""

from __future__ import annotations

import gc
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttdn_assets.catalogue import open_catalogue, schema
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.columns import packed, unpacked
from ttdn_assets.catalogue.merge import Key, StoredText, merge_texts, review_of, texts_of
from ttdn_assets.catalogue.place import _kind_of_mount, on_network_drive, place_findings
from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.errors import CatalogueError, UsageError
from ttdn_assets.model import (
    FIELDS,
    Box,
    CaptionSet,
    Fact,
    FactSource,
    Failure,
    Finding,
    Fit,
    FocalPoint,
    Gps,
    Kind,
    MediaFacts,
    Origin,
    OutcomeStatus,
    PathPoint,
    Rendition,
    Subject,
    Text,
    TextStatus,
    TrackPoint,
)

MEDIA = MediaFacts(
    kind="photo",
    format="jpeg",
    mime="image/jpeg",
    extension="jpg",
    size_px=(4000, 3000),
    stored_size_px=(4000, 3000),
    taken_at="2026-03-05T08:00:00+07:00",
    gps=Gps(20.85, 104.68),
)


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def words(origin: Origin = "composed", **titles: str) -> CaptionSet:
    return CaptionSet(title={lang: Text(value=value, origin=origin) for lang, value in titles.items()})


def rendition(name: str, *placements: str) -> Rendition:
    return Rendition(
        recipe=digest(name),
        path=f"renditions/{name}.jpg",
        kind="photo",
        format="jpeg",
        placements=placements,
        width_px=1080,
        height_px=1350,
        size_bytes=1,
        sha256=digest("bytes" + name),
    )


def entry(name: str = "a", **changes: Any) -> AssetEntry:
    known = AssetEntry(
        path=f"/media/{name}.jpg",
        relative=f"Mộc Châu/{name}.jpg",
        folder="/media",
        size_bytes=1000,
        mtime_ns=1,
        sha256=digest(name),
        picture_sha256=digest("picture " + name),
        media=MEDIA,
    )
    return msgspec.structs.replace(known, **changes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library" / "catalogue.sqlite3"


@pytest.fixture
def catalogue(new_url: Callable[[], str]) -> Iterator[Catalogue]:
    """What a catalogue promises, it keeps on SQLite and on PostgreSQL."""
    with open_catalogue(new_url()) as opened:
        yield opened


@pytest.fixture
def on_file(path: Path) -> Iterator[Catalogue]:
    """One in a SQLite file that a test looks into."""
    with open_catalogue(f"sqlite:///{path}") as opened:
        yield opened


def test_everything_of_an_entry_comes_back(catalogue: Catalogue) -> None:
    full = entry(
        facts=(Fact(kind="place", value="Mộc Châu", term="pl-moc-chau", source="folder"),),
        captions=CaptionSet(
            title={"vi": Text(value="Mộc Châu", origin="human")},
            alt_text={"zh": Text(value="木州", origin="machine", engine="argos 1.9")},
        ),
        subject=Subject(focal=FocalPoint(0.25, 0.5), box=Box(1, 2, 3, 4), origin="faces"),
        renditions=(rendition("r", "facebook.photo", "zalo.message_image"),),
        findings=(Finding(rule="too-small", level="warning", subject="a.jpg", measured=2.5, allowed=3000),),
        companions=("/media/a.xmp",),
        inputs="digest of inputs",
    )
    asset = catalogue.asset(catalogue.record(full, who="an"))
    assert asset.media == MEDIA
    assert (asset.facts, asset.captions, asset.subject) == (full.facts, full.captions, full.subject)
    assert (asset.renditions, asset.findings) == (full.renditions, full.findings)
    file = catalogue.file_at("/media/a.jpg")
    assert file is not None
    assert (file.size_bytes, file.mtime_ns, file.inputs, file.companions) == (1000, 1, full.inputs, full.companions)
    assert (asset.id, asset.status, asset.review, asset.missing) == (full.sha256, "done", "draft", False)


def test_a_failure_is_kept_and_leaves_what_was_known(catalogue: Catalogue) -> None:
    catalogue.record(entry(captions=words(vi="Hoa ban")), who="an")
    failure = Failure(code="photo-truncated", fields={"path": "/media/a.jpg"})
    catalogue.record(entry(status="failed", error=failure, media=None, picture_sha256=None), who="an")
    asset = catalogue.asset(digest("a"))
    assert (asset.status, asset.error, asset.media) == ("failed", failure, MEDIA)
    assert asset.captions.title["vi"].value == "Hoa ban"
    catalogue.record(entry(), who="an")
    assert catalogue.asset(digest("a")).error is None


def test_an_edit_of_metadata_joins_the_asset_with_its_words_crop_and_approval(catalogue: Catalogue) -> None:
    first = catalogue.record(entry(), who="an")
    catalogue.set_text(first, "title", "vi", "Mùa hoa ban", who="bình")
    catalogue.set_status(first, None, None, "approved", who="chi")
    catalogue.set_subject(first, Subject(focal=FocalPoint(0.1, 0.2), origin="hand"), who="bình")
    edited = entry(sha256=digest("a with keywords"), captions=words(vi="Ảnh"))
    assert catalogue.record(edited, who="an") == first
    asset = catalogue.asset(first)
    assert asset.captions.title["vi"] == Text(value="Mùa hoa ban", origin="human", status="approved")
    assert (asset.review, asset.subject) == ("approved", Subject(focal=FocalPoint(0.1, 0.2), origin="hand"))
    assert catalogue.known_bytes(digest("a")) == catalogue.known_bytes(edited.sha256) == first
    assert catalogue.asset_of_picture(digest("picture a")) == first
    assert [line.what for line in catalogue.history(first)][-1] == "joined"


def test_a_moved_file_is_found_again_by_its_digest(catalogue: Catalogue) -> None:
    first = catalogue.record(entry(facts=(Fact(kind="event", value="Cũ", source="folder"),)), who="an")
    assert catalogue.mark_missing(["/media/a.jpg", "/media/never.jpg"]) == 1
    assert catalogue.asset(first).missing
    assert catalogue.file_at("/media/a.jpg") is None
    moved = entry(path="/new/a.jpg", folder="/new", facts=(Fact(kind="event", value="Mới", source="folder"),))
    assert catalogue.record(moved, who="an") == first
    asset = catalogue.asset(first)
    assert [(file.path, file.missing) for file in asset.files] == [("/new/a.jpg", False), ("/media/a.jpg", True)]
    assert [fact.value for fact in asset.facts] == ["Mới"]
    assert catalogue.counts().assets == 1


def test_the_same_bytes_in_two_folders_are_one_asset_and_differing_facts_show(catalogue: Catalogue) -> None:
    def fact(term: str) -> tuple[Fact, ...]:
        return (Fact(kind="place", value=term, term=term, source="folder"),)

    one = catalogue.record(entry(facts=fact("pl-moc-chau")), who="an")
    assert catalogue.record(entry(path="/b/a.jpg", folder="/b", facts=fact("pl-sa-pa")), who="an") == one
    asset = catalogue.asset(one)
    assert [file.path for file in asset.files] == ["/media/a.jpg", "/b/a.jpg"]
    assert [finding.rule for finding in asset.findings] == ["facts-differ"]
    assert (asset.findings[0].measured, asset.findings[0].allowed) == ("pl-sa-pa", "pl-moc-chau")
    assert [file.path for file in catalogue.files("/b")] == ["/b/a.jpg"]


def test_other_bytes_under_the_same_name_are_another_asset(catalogue: Catalogue) -> None:
    old = catalogue.record(entry(), who="an")
    new = catalogue.record(entry(sha256=digest("b"), picture_sha256=digest("picture b")), who="an")
    assert new != old
    found = catalogue.file_at("/media/a.jpg")
    assert found is not None
    assert found.asset == new
    assert catalogue.asset(old).missing


def test_a_newer_machine_replaces_and_drops_only_drafts_of_machines(catalogue: Catalogue) -> None:
    asset = catalogue.record(entry(captions=words(vi="Cũ", en="Old", zh="旧")), who="an")
    catalogue.set_status(asset, "title", "en", "approved", who="chi")
    catalogue.record(entry(captions=words(vi="Mới")), who="an")
    titles = {lang: text.value for lang, text in catalogue.asset(asset).captions.title.items()}
    assert titles == {"vi": "Mới", "en": "Old"}
    assert not catalogue.set_text(asset, "title", "en", "Newest", who="argos", origin="machine")


def test_a_sheet_said_again_does_not_undo_a_later_edit_but_a_changed_sheet_does(catalogue: Catalogue) -> None:
    def title() -> str:
        return catalogue.asset(digest("a")).captions.title["vi"].value

    catalogue.record(entry(captions=words("human", vi="Trong bảng")), who="an")
    catalogue.set_text(digest("a"), "title", "vi", "Sửa tay", who="bình")
    catalogue.record(entry(captions=words("human", vi="Trong bảng")), who="an")
    assert title() == "Sửa tay"
    catalogue.record(entry(captions=words("human", vi="Bảng mới")), who="an")
    assert title() == "Bảng mới"


def test_an_entry_without_words_leaves_them(catalogue: Catalogue) -> None:
    asset = catalogue.record(
        entry(captions=words(vi="Hoa"), facts=(Fact(kind="topic", value="x", source="folder"),)), who="a"
    )
    catalogue.record(entry(), who="an")
    assert catalogue.asset(asset).captions.title["vi"].value == "Hoa"
    assert len(catalogue.asset(asset).facts) == 1


def test_editing_an_approved_text_makes_it_a_draft_and_history_tells_everything(catalogue: Catalogue) -> None:
    asset = catalogue.record(entry(captions=words(vi="Máy viết")), who="an")
    catalogue.set_status(asset, "title", "vi", "in_review", who="an")
    catalogue.set_status(asset, "title", "vi", "approved", who="chi")
    assert catalogue.asset(asset).review == "approved"
    catalogue.set_text(asset, "title", "vi", "Người viết", who="bình")
    assert catalogue.asset(asset).review == "draft"
    told = [(line.who, line.what, line.before, line.after) for line in catalogue.history(asset[:10])]
    assert told == [
        ("an", "added", None, "Mộc Châu/a.jpg"),
        ("an", "status", "draft", "in_review"),
        ("chi", "status", "in_review", "approved"),
        ("bình", "text", "Máy viết", "Người viết"),
        ("bình", "status", "approved", "draft"),
    ]
    assert catalogue.set_status(asset, None, "vi", "rejected", who="chi") == 1
    assert catalogue.set_status(asset, None, "vi", "rejected", who="chi") == 0
    assert catalogue.asset(asset).review == "rejected"


def test_an_empty_text_takes_it_away_and_a_status_needs_a_text(catalogue: Catalogue) -> None:
    asset = catalogue.record(entry(captions=words(vi="Hoa")), who="an")
    assert catalogue.set_text(asset, "title", "vi", "  ", who="bình")
    assert catalogue.asset(asset).captions == CaptionSet()
    with pytest.raises(UsageError, match="no text"):
        catalogue.set_status(asset, None, None, "approved", who="chi")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE history SET who = 'nobody'",
        "UPDATE history SET after = NULL, before = NULL",
        "DELETE FROM history",
        "INSERT OR REPLACE INTO history (number, at, who, asset_id, what) VALUES (1, 'x', 'x', 'x', 'x')",
    ],
)
def test_the_database_itself_refuses_to_change_history(on_file: Catalogue, path: Path, sql: str) -> None:
    on_file.record(entry(), who="an")
    raw = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="the history only grows"):
        raw.execute(sql)
    raw.close()


def test_a_crop_set_by_hand_stays(catalogue: Catalogue) -> None:
    hand = Subject(focal=FocalPoint(0.2, 0.3), origin="hand")
    faces = Subject(focal=FocalPoint(0.5, 0.5), origin="faces")
    asset = catalogue.record(entry(subject=faces), who="an")
    assert catalogue.set_subject(asset, hand, who="bình")
    catalogue.record(entry(subject=faces), who="an")
    assert not catalogue.set_subject(asset, faces, who="an")
    assert catalogue.asset(asset).subject == hand


def test_the_way_of_a_subject_and_of_its_crop_come_back_as_they_were(catalogue: Catalogue) -> None:
    head = Box(10, 20, 30, 40)
    subject = Subject(
        focal=FocalPoint(0.1, 0.2),
        box=head,
        origin="faces",
        heads=(head,),
        track=(TrackPoint(0.0, head), TrackPoint(1.5, Box(50, 20, 30, 40))),
    )
    moved = (PathPoint(0.0, 0, 0), PathPoint(1.5, 40, 0))
    cut = msgspec.structs.replace(rendition("cut", "x.video"), crop=Box(0, 0, 90, 160), crop_path=moved)
    asset = catalogue.asset(catalogue.record(entry(subject=subject, renditions=(cut,)), who="an"))
    assert asset.subject == subject
    assert asset.renditions == (cut,)


def test_a_new_rendition_takes_its_placements_over(catalogue: Catalogue) -> None:
    asset = catalogue.record(entry(renditions=(rendition("old", "facebook.photo", "x.photo"),)), who="an")
    catalogue.record(entry(renditions=(rendition("new", "facebook.photo"),)), who="an")
    made = {one.path: one.placements for one in catalogue.asset(asset).renditions}
    assert made == {"renditions/old.jpg": ("x.photo",), "renditions/new.jpg": ("facebook.photo",)}
    catalogue.record(entry(renditions=(rendition("newer", "x.photo"),)), who="an")
    assert {one.path for one in catalogue.asset(asset).renditions} == {"renditions/newer.jpg", "renditions/new.jpg"}
    catalogue.add_rendition(asset, rendition("last", "x.photo"), who="an")
    assert catalogue.forget_rendition(asset, digest("last"), who="an")
    assert not catalogue.forget_rendition(asset, digest("last"), who="an")
    assert {one.path for one in catalogue.asset(asset).renditions} == {"renditions/new.jpg"}


def test_forgetting_leaves_bare_history_and_names_the_bags(on_file: Catalogue, path: Path) -> None:
    secret = "Nguyễn Thị Bí Mật"
    facts = (Fact(kind="people", value=secret, source="officer"),)
    asset = on_file.record(entry(captions=words("human", vi=secret), facts=facts, relative=f"{secret}.jpg"), who="an")
    kept = on_file.record(entry("b"), who="an")
    on_file.set_text(asset, "title", "vi", f"{secret} cười", who="bình")
    on_file.add_submission("submissions/x", target="facebook", digest=digest("x"), assets=[asset, kept], who="an")
    held = on_file.forget(asset, who="chi")
    assert [bag.path for bag in held] == ["submissions/x"]
    lines = on_file.history(asset)
    assert [line.what for line in lines] == ["added", "text", "submission", "forgotten"]
    assert {(line.before, line.after) for line in lines} == {(None, None)}
    assert on_file.was_forgotten(digest("a"))
    assert on_file.was_forgotten(digest("other"), digest("picture a"))
    assert on_file.counts().assets == 1
    with pytest.raises(UsageError):
        on_file.asset(asset)
    on_file.close()
    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert secret.encode() not in left
    assert b"nguyen" not in left


def test_submissions_are_kept_once_a_path(catalogue: Catalogue) -> None:
    one, two = (catalogue.record(entry(name), who="an") for name in "ab")
    catalogue.add_submission("submissions/x", target="facebook", digest="1", assets=[one[:9]], who="an")
    catalogue.add_submission(
        "submissions/x", target="facebook", digest="2", assets=[one, two], review="approved", who="chi"
    )
    (bag,) = catalogue.submissions()
    assert (bag.digest, bag.review, set(bag.assets)) == ("2", "approved", {one, two})
    assert catalogue.asset(two).submissions == ("submissions/x",)


def test_an_asset_is_meant_by_the_beginning_of_its_id(catalogue: Catalogue) -> None:
    ids = sorted(catalogue.record(entry(str(number)), who="an") for number in range(40))
    assert catalogue.asset(ids[3][:12].upper()).id == ids[3]
    with pytest.raises(UsageError) as caught:
        catalogue.asset(next(one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1))
    assert caught.value.code == "asset-ambiguous"
    for unknown in ("", "zz", "%", "' OR 1=1 --", digest("nobody")):
        with pytest.raises(UsageError) as caught:
            catalogue.asset(unknown)
        assert caught.value.code == "asset-unknown"


def test_assets_come_in_the_order_asked_for_or_in_which_they_came(catalogue: Catalogue) -> None:
    names = [str(number) for number in range(450)]
    ids = list(catalogue.record_all((entry(name) for name in names), who="an", batch=100))
    assert ids == [digest(name) for name in names]
    assert [asset.id for asset in catalogue.assets()] == ids
    assert [asset.id for asset in catalogue.assets(ids[:3][::-1], kind="photo")] == ids[:3][::-1]
    assert list(catalogue.assets(kind="video")) == []


def test_a_batch_may_hold_the_same_asset_twice(catalogue: Catalogue) -> None:
    entries = [entry(captions=words(vi="Một")), entry(path="/b.jpg", captions=words(vi="Hai")), entry("b")]
    assert list(catalogue.record_all(entries, who="an")) == [digest("a"), digest("a"), digest("b")]
    assert catalogue.asset(digest("a")).captions.title["vi"].value == "Hai"
    assert len(catalogue.asset(digest("a")).files) == 2


def test_a_batch_that_fails_leaves_nothing(catalogue: Catalogue) -> None:
    bad = entry("b", renditions=(msgspec.structs.replace(rendition("r"), kind=None),))
    with pytest.raises(CatalogueError):
        list(catalogue.record_all([entry("a"), bad], who="an"))
    assert catalogue.counts().assets == 0


def test_what_few_of_many_say_is_kept_of_them_alone_and_goes_again(catalogue: Catalogue) -> None:
    captions = words(vi="Hoa", en="Flower", zh="花")
    by_machine = CaptionSet(title={"en": Text(value="Flower", origin="machine", engine="argos 1.9")})
    plain = [entry(str(number), captions=captions) for number in range(700)]
    ids = list(catalogue.record_all([*plain[:-1], msgspec.structs.replace(plain[-1], captions=by_machine)], who="an"))
    first, last = catalogue.assets([ids[0], ids[-1]])
    assert (first.captions.title["en"].engine, last.captions.title["en"].engine) == (None, "argos 1.9")
    list(catalogue.record_all([plain[0], plain[-1]], who="an"))
    assert catalogue.asset(ids[-1]).captions.title["en"].engine is None


def test_the_garbage_collector_is_at_work_again_after_many_were_written_or_failed(catalogue: Catalogue) -> None:
    bad = entry("b", renditions=(msgspec.structs.replace(rendition("r"), kind=None),))
    adding = catalogue.record_all([entry("a"), bad], who="an", batch=1)
    next(adding)
    assert gc.isenabled()
    with pytest.raises(CatalogueError):
        next(adding)
    assert gc.isenabled()


def test_names_that_are_no_utf8_and_texts_with_nul_are_kept_readably(catalogue: Catalogue) -> None:
    strange = "/media/\udce1nh\x00.jpg"
    catalogue.record(
        entry(path=strange, relative=strange, captions=words(vi="Ảnh\x00 \ud800"), companions=(strange,)), who="a\udcff"
    )
    found = catalogue.file_at(strange)
    assert found is not None
    assert found.asset == digest("a")
    assert catalogue.asset(digest("a")).captions.title["vi"].value.startswith("Ảnh")


def test_counts_tell_by_kind_status_language_and_target(catalogue: Catalogue) -> None:
    asset = catalogue.record(
        entry(captions=words(vi="Hoa", en="Flower"), renditions=(rendition("r", "x.photo"),)), who="a"
    )
    catalogue.record(entry("b", media=msgspec.structs.replace(MEDIA, kind="video")), who="an")
    catalogue.record(entry("c", media=None, status="failed"), who="an")
    catalogue.set_status(asset, "title", "vi", "approved", who="chi")
    catalogue.mark_missing(["/media/b.jpg"])
    counts = catalogue.counts()
    assert (counts.assets, counts.missing, counts.submissions) == (3, 1, 0)
    assert counts.kinds == {"": 1, "photo": 1, "video": 1}
    assert counts.outcomes == {"done": 2, "failed": 1}
    assert (counts.languages, counts.approved, counts.targets) == ({"en": 1, "vi": 1}, {"vi": 1}, {"x": 1})


# Other writers, and accidents


WRITER = """
import hashlib, sys
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.model import CaptionSet, Text

url, who, count = sys.argv[1:]
with open_catalogue(url) as catalogue:
    for number in range(int(count)):
        name = f"/media/{number}.jpg"
        captions = CaptionSet(title={"vi": Text(value=who, origin="composed")})
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        entry = AssetEntry(path=name, relative=name, size_bytes=1, mtime_ns=1, sha256=sha256, captions=captions)
        catalogue.set_text(catalogue.record(entry, who=who), "title", "en", f"{who} {number}", who=who)
"""


def writer(url: str, who: str, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, url, who, str(count)])


def test_two_processes_create_and_write_at_once(path: Path) -> None:
    url = f"sqlite:///{path}"
    children = [writer(url, who, 60) for who in ("an", "binh")]
    assert [child.wait(60) for child in children] == [0, 0]
    with open_catalogue(url, create=False) as catalogue:
        assert catalogue.counts().assets == 60
        assert catalogue.check() == ()
        assert len([line for line in catalogue.history() if line.what == "added"]) == 60


def test_threads_share_a_catalogue(catalogue: Catalogue) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda number: catalogue.record(entry(str(number)), who="an"), range(40)))
    assert len(ids) == catalogue.counts().assets == 40


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_kill_in_the_middle_of_a_transaction_leaves_a_whole_catalogue(on_file: Catalogue, path: Path) -> None:
    on_file.record(entry("before", captions=words(vi="Trước")), who="an")
    program = f"""
import sqlite3, sys, time
raw = sqlite3.connect({str(path)!r}, isolation_level=None)
raw.execute("PRAGMA cache_size = 1")
raw.execute("BEGIN IMMEDIATE")
for number in range(2000):
    raw.execute("INSERT INTO forgotten VALUES (?, ?)", (f"{{number:064}}", "x" * 40))
raw.execute("UPDATE texts SET value = 'half'")
print("in the middle", flush=True)
time.sleep(60)
"""
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "in the middle\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert on_file.check() == ()
    assert on_file.asset(digest("before")).captions.title["vi"].value == "Trước"
    assert not on_file.was_forgotten(f"{0:064}")
    on_file.record(entry("after"), who="an")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_run_that_is_killed_while_recording_keeps_whole_assets_only(path: Path) -> None:
    url = f"sqlite:///{path}"
    child = writer(url, "an", 100_000)
    until = time.monotonic() + 30
    with open_catalogue(url) as catalogue:
        while catalogue.counts().assets < 20:
            assert time.monotonic() < until
            time.sleep(0.01)
        child.kill()
        child.wait()
        assert catalogue.check() == ()
        kept = list(catalogue.assets())
        assert len(kept) >= 20
        assert all(asset.files and asset.captions.title["vi"].value == "an" for asset in kept)


def test_a_catalogue_another_holds_too_long_is_locked(path: Path) -> None:
    with open_catalogue(f"sqlite:///{path}", busy_s=0.1) as catalogue:
        raw = sqlite3.connect(path)
        raw.execute("BEGIN IMMEDIATE")
        catalogue.counts()
        with pytest.raises(CatalogueError) as caught:
            catalogue.record(entry(), who="an")
        raw.close()
        assert caught.value.code == "catalogue-locked"
        assert str(path) in str(caught.value)
        catalogue.record(entry(), who="an")


def code_of_opening(url: str, *, create: bool = True) -> str:
    with pytest.raises(CatalogueError) as caught:
        open_catalogue(url, create=create)
    return caught.value.code


def test_what_is_no_catalogue_is_told_apart(tmp_path: Path) -> None:
    garbage, foreign, folder = tmp_path / "garbage", tmp_path / "foreign", tmp_path / "folder"
    garbage.write_bytes(b"not a database at all" * 400)
    raw = sqlite3.connect(foreign)
    raw.execute("CREATE TABLE customers (name TEXT)")
    raw.close()
    folder.mkdir()
    assert code_of_opening(f"sqlite:///{garbage}") == "catalogue-corrupt"
    assert code_of_opening(f"sqlite:///{foreign}") == "catalogue-foreign"
    assert code_of_opening(f"sqlite:///{tmp_path / 'none'}", create=False) == "catalogue-missing"
    assert code_of_opening(f"sqlite:///{folder}") == "catalogue-unreachable"
    assert code_of_opening("mysql://root:secret@host/name") == "catalogue-url"
    assert code_of_opening("no url") == "catalogue-url"


def test_a_damaged_page_is_corrupt_not_a_crash(on_file: Catalogue, path: Path) -> None:
    list(on_file.record_all((entry(str(number)) for number in range(300)), who="an"))
    on_file.close()
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 512] = b"\xff" * 512
    path.write_bytes(data)
    with pytest.raises(CatalogueError) as caught, open_catalogue(f"sqlite:///{path}") as damaged:
        list(damaged.assets())
    assert caught.value.code == "catalogue-corrupt"


def test_an_empty_file_left_by_a_crash_becomes_a_catalogue(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with open_catalogue(f"sqlite:///{path}") as catalogue:
        assert catalogue.counts().assets == 0


def test_a_read_only_catalogue_can_be_read_but_not_written(path: Path) -> None:
    with open_catalogue(f"sqlite:///{path}") as catalogue:
        catalogue.record(entry(), who="an")
    uri = f"sqlite:///file:{path.as_posix()}?mode=ro&uri=true"
    with open_catalogue(uri, create=False) as catalogue:
        assert catalogue.counts().assets == 1
        with pytest.raises(CatalogueError) as caught:
            catalogue.record(entry("b"), who="an")
        assert caught.value.code == "catalogue-read-only"


def test_no_password_is_told() -> None:
    with pytest.raises(CatalogueError) as caught:
        open_catalogue("postgresql+psycopg://officer:s3cret@127.0.0.1:1/ttdn?connect_timeout=1")
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(caught.value.__cause__)


def test_a_network_drive_is_told_from_a_disk(tmp_path: Path) -> None:
    mounts = (
        "/dev/sda / ext4 rw 0 0\nserver:/x /mnt/my\\040share nfs4 rw 0 0\n/dev/sdb /mnt/my\\040share/disk ext4 rw 0 0\n"
    )
    assert _kind_of_mount(Path("/mnt/my share/library"), mounts) == "nfs4"
    assert _kind_of_mount(Path("/mnt/my share/disk/library"), mounts) == "ext4"
    assert _kind_of_mount(Path("/home"), mounts) == "ext4"
    assert isinstance(on_network_drive(tmp_path), bool)
    assert place_findings("postgresql+psycopg://host/name") == ()


# The rules, for every combination

_TEXTS = st.builds(
    Text,
    value=st.sampled_from(["một", "hai", "ba"]),
    origin=st.sampled_from(["human", "composed", "machine"]),
    status=st.sampled_from(["draft", "in_review", "approved", "rejected"]),
)
_CAPTIONS = st.builds(CaptionSet, title=st.dictionaries(st.sampled_from(["vi", "en"]), _TEXTS))


@given(first=_CAPTIONS, second=_CAPTIONS)
def test_no_machine_ever_touches_what_a_person_wrote_or_decided(first: CaptionSet, second: CaptionSet) -> None:
    stored = merge_texts({}, first)
    merged = merge_texts(stored, second)
    offers = texts_of(second)
    for key, kept in stored.items():
        by_machine = key not in offers or offers[key].origin != "human"
        if by_machine and (kept.text.origin == "human" or kept.text.status != "draft"):
            assert merged[key] == kept
    assert merge_texts(merged, second) == merged


@given(stored=_TEXTS, said=_TEXTS)
def test_the_same_words_again_change_nothing(stored: Text, said: Text) -> None:
    offer = msgspec.structs.replace(said, origin="human")
    before: dict[Key, StoredText] = {("title", "vi"): StoredText(stored, offer.value)}
    after = merge_texts(before, CaptionSet(title={"vi": offer}))
    if stored.origin == "human":
        assert after == before


def test_review_sums_up_the_texts() -> None:
    assert review_of([]) == "draft"
    assert review_of(["approved", "approved"]) == "approved"
    assert review_of(["approved", "draft"]) == "draft"
    assert review_of(["approved", "in_review"]) == "in_review"
    assert review_of(["approved", "rejected"]) == "rejected"


def test_every_word_of_the_model_has_its_place_for_ever() -> None:
    for kind, said in (
        (schema.FIELD, FIELDS),
        (schema.ORIGIN, get_args(Origin)),
        (schema.STATUS, get_args(TextStatus)),
        (schema.OUTCOME, get_args(OutcomeStatus)),
        (schema.SOURCE, get_args(FactSource)),
        (schema.KIND, get_args(Kind)),
        (schema.FIT, get_args(Fit)),
    ):
        assert set(kind.words) == set(said)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.binary(min_size=32, max_size=32))
def test_digests_and_whatever_stands_for_them_come_back(value: str | bytes) -> None:
    name = value.hex() if isinstance(value, bytes) else value
    stored = packed(name)
    assert stored is not None
    assert unpacked(stored) == name
