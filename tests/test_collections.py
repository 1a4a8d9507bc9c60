"""Assets are kept together under a name, in their order; a saved search finds anew; originals go out with a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from drawn_photos import save, scenery
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.records import AssetEntry, Query
from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.model import CaptionSet, Fact, Text
from ttdn_cli.app import Verbs

IDS = [f"{number:064x}" for number in range(1, 5)]


def entry(asset: str) -> AssetEntry:
    title = CaptionSet(title={"vi": Text(value=f"Lễ hội {int(asset, 16)}", origin="human")})
    place = Fact(kind="place", value="Mộc Châu", term="pl-moc-chau", source="folder")
    return AssetEntry(
        path=f"/m/{asset}.jpg", relative=f"{asset}.jpg", size_bytes=1, mtime_ns=1, sha256=asset, captions=title,
        facts=(place,) if int(asset, 16) % 2 else (),
    )  # fmt: skip


@pytest.fixture
def catalogue(new_url: Callable[[], str]) -> Iterator[Catalogue]:
    with open_catalogue(new_url()) as opened:
        list(opened.record_all(map(entry, IDS), who="an"))
        yield opened


def test_assets_stay_in_the_order_they_were_added_each_once(catalogue: Catalogue) -> None:
    kept = catalogue.collections
    assert kept.add("Hoa ban", [IDS[2], IDS[0], IDS[2]], who="an") == 2
    assert kept.add("Hoa ban", [IDS[0], IDS[1]], who="bình") == 1
    assert kept.ids("Hoa ban") == [IDS[2], IDS[0], IDS[1]]
    assert [(one.name, one.assets, one.who) for one in kept.all()] == [("Hoa ban", 3, "an")]
    assert {hit.asset for hit in catalogue.search(Query(collection="Hoa ban", text="le hoi")).hits} == set(IDS[:3])
    assert kept.leave_out("Hoa ban", [IDS[0], IDS[3]]) == 1
    assert kept.ids("Hoa ban") == [IDS[2], IDS[1]]
    catalogue.forget(IDS[1], who="an")
    assert kept.ids("Hoa ban") == [IDS[2]]
    kept.drop("Hoa ban")
    assert kept.all() == []
    assert catalogue.asset(IDS[2]).id == IDS[2]


def test_a_saved_search_finds_what_is_there_now(catalogue: Catalogue) -> None:
    kept = catalogue.collections
    kept.save("Mộc Châu", Query(text="le hoi", places=("pl-moc-chau",), offset=10, limit=1), who="an")
    assert kept.ids("Mộc Châu") == [IDS[2], IDS[0]]
    catalogue.record(entry(f"{7:064x}"), who="an")
    assert kept.ids("Mộc Châu") == [f"{7:064x}", IDS[2], IDS[0]]
    kept.save("Mộc Châu", Query(text="3"), who="an")
    assert kept.ids("Mộc Châu") == [IDS[2]]


def test_names_are_kept_apart(catalogue: Catalogue) -> None:
    kept = catalogue.collections
    kept.save("tìm", Query(text="x"), who="an")
    kept.add("chọn", [IDS[0]], who="an")
    for code, call in (
        ("collection-is-search", lambda: kept.add("tìm", [IDS[0]], who="an")),
        ("collection-holds-assets", lambda: kept.save("chọn", Query(text="x"), who="an")),
        ("collection-unknown", lambda: kept.ids("không có")),
        ("collection-name", lambda: kept.add(" ", [IDS[0]], who="an")),
        ("asset-unknown", lambda: kept.add("mới", ["f" * 64], who="an")),
    ):
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.code == code
    assert [one.name for one in kept.all()] == ["chọn", "tìm"]


def test_facets_count_what_was_found(catalogue: Catalogue) -> None:
    catalogue.set_status(IDS[0], None, None, "approved", who="an")
    counted = catalogue.facets(Query(text="le hoi"))
    assert counted["status"] == {"draft": 3, "approved": 1}
    assert counted["place"] == {"pl-moc-chau": 2}
    assert counted["language"] == {"vi": 4}
    assert catalogue.facets(Query(text="le hoi", status="approved"))["place"] == {"pl-moc-chau": 1}
    assert catalogue.facets(Query(text="!!!")) == {}


def test_a_collection_is_shown_and_its_originals_copied(tmp_path: Path) -> None:
    photos, library = tmp_path / "anh" / "Mộc Châu", tmp_path / "library"
    photos.mkdir(parents=True)
    save(photos / "Hoa ban.jpg", scenery(64, 48))
    save(photos / "Đồi chè.jpg", scenery(48, 64))
    prepare([tmp_path / "anh"], targets=[], library=library, who="an")
    run, verbs = CliRunner(), Verbs("ttdn")

    def lines(*words: str) -> list[dict[str, Any]]:
        done = run.invoke(verbs, [*words, "--library", str(library), "--json"])
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines()]

    sheet = tmp_path / "sheet.html"
    hits = lines("search", "--place", "prov-son-la", "--contact-sheet", str(sheet), "--save", "Sơn La")
    assert len(hits) == 2
    assert sheet.read_text(encoding="utf-8").count("data:image/jpeg;base64,") == 2
    assert [one["name"] for one in lines("collection", "list")] == ["Sơn La"]
    assert len(lines("collection", "show", "Sơn La")) == 2
    assert lines("collection", "add", "Chọn", str(hits[0]["asset"])[:12]) == [{"name": "Chọn", "added": 1}]
    (done,) = lines("collection", "export", "Sơn La", str(tmp_path / "out"))
    assert sorted(done["copied"]) == sorted(path.name for path in (tmp_path / "out").glob("*.jpg"))
    (photos / "Hoa ban.jpg").unlink()
    missing = run.invoke(verbs, ["collection", "export", "Sơn La", str(tmp_path / "less"), "--library", str(library)])
    assert "Hoa ban.jpg" in missing.stderr
