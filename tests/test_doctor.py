"""The examination looks at everything, is stopped by nothing, writes nothing but a store's probe, and can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ttdn_assets import wording
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.jobs.doctor import CHECKS, STATUSES, Check, examine, say_check
from ttdn_assets.settings import Library, Settings, StoreSettings, Video, create_library


def by_name(library: Library, *, store: bool = False) -> dict[str, Check]:
    return {check.name: check for check in examine(library, store=store)}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_check_has_its_sentences(lang: str) -> None:
    codes = {f"doctor.{name}.{status}" for name in CHECKS for status in (*STATUSES, "gives")}
    assert sorted(codes - wording.catalogue(lang).keys()) == []


def test_a_library_that_is_well(tmp_path: Path) -> None:
    library = create_library(tmp_path / "library")
    with open_catalogue(library.database_url):
        pass
    checks = by_name(library)
    assert list(checks) == [name for name in CHECKS if name != "store"]
    well = {name for name, check in checks.items() if check.status == "ok"}
    assert {"python", "ffmpeg", "opencv", "library", "database", "terms", "placements"} <= well
    for check in checks.values():
        for lang in ("vi", "en"):
            sentence, hint = say_check(check, lang)
            assert "?" not in sentence
            assert bool(hint) == (check.status != "ok")


def test_a_library_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    checks = by_name(Library(root=tmp_path / "none", settings=Settings()))
    assert (checks["library"].status, checks["database"].status) == ("missing", "missing")
    assert list(tmp_path.iterdir()) == []


def test_what_is_broken_is_named_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    library = create_library(tmp_path / "library")
    library.placements.mkdir()
    (library.placements / "own.toml").write_text("not toml", encoding="utf-8")
    (library.root / "catalogue.sqlite3").write_bytes(b"no database at all, but long enough to be looked at" * 20)
    checks = by_name(library)
    assert (checks["placements"].status, checks["database"].status) == ("degraded", "degraded")
    assert "own.toml" in say_check(checks["placements"], "en")[0]
    assert len(checks) == len(CHECKS) - 1


def test_the_store_is_tried_when_asked(tmp_path: Path) -> None:
    library = create_library(tmp_path / "library")
    assert by_name(library, store=True)["store"].status == "missing"
    stores = {"ok": tmp_path / "store", "degraded": tmp_path / "not" / "there"}
    for status, path in stores.items():
        settings = Settings(store=StoreSettings(url=str(path)))
        assert by_name(Library(root=library.root, settings=settings), store=True)["store"].status == status
    assert list(stores["ok"].iterdir()) == []


def test_a_graphics_chip_is_looked_for_only_where_it_is_asked_for(tmp_path: Path) -> None:
    plain = by_name(Library(root=tmp_path, settings=Settings()))["encoder"]
    assert (plain.status, plain.fields) == ("ok", {"encoder": "libx264"})
    asked = by_name(Library(root=tmp_path, settings=Settings(video=Video(encoder="hardware"))))["encoder"]
    assert (asked.status == "degraded") == (asked.fields["encoder"] == "libx264")
