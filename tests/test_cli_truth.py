"""What the command line tells is so: each thing counted once and named, nothing taken silently, nothing told anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from test_cli import ttdn
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import Query
from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.library import search
from ttdn_assets.settings import load_library


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two small pictures without facts, prepared for two placements; the folder and the library."""
    folder = tmp_path_factory.mktemp("truth")
    for number in (1, 2):
        (folder / "ảnh").mkdir(exist_ok=True)
        Image.effect_noise((200 + number, 250), 90).convert("RGB").save(folder / "ảnh" / f"a{number}.png")
    said = ttdn("prepare", folder / "ảnh", "--to", "instagram.feed,x.photo", "--library", folder / "l", ui="vi")
    assert said.code == 0, said.err
    (folder / "told.txt").write_text(said.out, encoding="utf-8")
    return folder / "ảnh", folder / "l"


def test_a_run_counts_each_finding_once_and_names_the_file(shelf: tuple[Path, Path]) -> None:
    media, library = shelf
    for told in (
        (library.parent / "told.txt").read_text(encoding="utf-8"),
        ttdn("prepare", media, "--to", "instagram.feed,x.photo", "--library", library, ui="vi").out,
        ttdn("prepare", media, "--to", "instagram.feed", "--library", library, "--dry-run", ui="vi").out,
    ):
        (small,) = [line for line in told.splitlines() if line.startswith("•") and "[instagram.feed]" in line]
        assert small.startswith(("• a1.png: ", "• a2.png: "))
        assert small.endswith("(×2)")


def test_a_submission_page_names_the_file_it_left_out(shelf: tuple[Path, Path]) -> None:
    bag = next((shelf[1] / "submissions").glob("*-x-photo*"))
    assert "needs-words" in (bag / "data" / "report.json").read_text(encoding="utf-8")
    assert '"subject": ""' not in (bag / "data" / "report.json").read_text(encoding="utf-8")


def test_a_run_that_makes_nothing_new_leaves_the_history_as_it_was(shelf: tuple[Path, Path]) -> None:
    media, library = shelf
    before = ttdn("history", "--library", library).out
    ttdn("prepare", media, "--to", "instagram.feed,x.photo", "--library", library)
    assert ttdn("history", "--library", library).out == before
    with open_catalogue(load_library(library).database_url) as catalogue:
        assert len(catalogue.submissions()) == 1


@pytest.mark.parametrize("verb", ["captions", "collection", "models", "posts", "published", "rights", "store", "terms"])
def test_a_verb_of_several_takes_the_language_for_its_help(verb: str) -> None:
    assert ttdn(verb, "--ui", "vi", "--help", ui="en").out.startswith("Cách dùng:")


def test_init_over_a_library_says_that_its_settings_are_kept(tmp_path: Path) -> None:
    first = ttdn("init", "--province", "sơn la", "--library", tmp_path / "l", "--json")
    assert first.lines[0]["new"] is True
    assert load_library(tmp_path / "l").settings.unit.province == "prov-son-la"
    said = ttdn("init", "--credit", "Sở VHTTDL", "--library", tmp_path / "l", ui="vi")
    assert said.code == 0
    assert "giữ nguyên" in said.out
    assert "ttdn.toml" in said.out


def test_init_refuses_a_province_that_is_not_there(tmp_path: Path) -> None:
    said = ttdn("init", "--province", "Xứ Mường", "--library", tmp_path / "l", ui="vi")
    assert said.code == 2
    assert "Xứ Mường" in said.err
    assert not (tmp_path / "l").exists()


def test_a_province_mistyped_in_the_settings_is_named_before_anything_is_made(shelf: tuple[Path, Path]) -> None:
    library = shelf[0].parent / "mistyped"
    ttdn("init", "--province", "Sơn La", "--library", library)
    settings = library / "ttdn.toml"
    settings.write_text(settings.read_text("utf-8").replace("prov-son-la", "prov-son-lo"), encoding="utf-8")
    for arguments in (["prepare", shelf[0], "--to", "x.photo"], ["calendar"]):
        said = ttdn(*arguments, "--library", library, ui="en")
        assert said.code == 2
        assert "prov-son-lo" in said.err
    assert "prov-son-lo" in ttdn("doctor", "--library", library, ui="en").out
    assert not (library / "catalogue.sqlite3").exists()


def test_facets_are_told_in_the_users_words_and_counted_by_their_codes(tmp_path: Path) -> None:
    (tmp_path / "Lễ hội hoa ban Mộc Châu 2025").mkdir()
    Image.effect_noise((200, 250), 90).convert("RGB").save(tmp_path / "Lễ hội hoa ban Mộc Châu 2025" / "a.png")
    ttdn("add", tmp_path, "--library", tmp_path / "l")
    told = ttdn("search", "--facets", "--library", tmp_path / "l", ui="vi").out
    assert "Loại: ảnh 1" in told
    assert "Trạng thái: bản nháp 1" in told
    assert "Mộc Châu 1" in told
    assert "tiếng Anh 1" in told
    assert "pl-moc-chau" not in told
    facets: Any = ttdn("search", "--facets", "--library", tmp_path / "l", "--json").lines[-1]["facets"]
    assert facets["kind"] == {"photo": 1}
    assert facets["place"]["pl-moc-chau"] == 1


def test_search_leaves_out_a_word_and_still_refuses_unknown_options(shelf: tuple[Path, Path]) -> None:
    library = shelf[1]
    assert len(ttdn("search", "-khong", "--library", library, "--json").lines) == 2
    said = ttdn("search", "--knd", "photo", "--library", library, ui="vi")
    assert said.code == 2
    assert "--kind" in said.err


@pytest.mark.parametrize("date", ["2026-13", "2026-02-30", "hôm qua", "5/2026 8/2026"])
def test_search_refuses_what_is_no_date(shelf: tuple[Path, Path], date: str) -> None:
    with pytest.raises(UsageError) as refused:
        search(shelf[1], Query(taken_from=date))
    assert refused.value.code == "date-unreadable"


def test_search_reads_dates_as_people_write_them(shelf: tuple[Path, Path]) -> None:
    assert ttdn("search", "--from", "2026-13", "--library", shelf[1]).code == 2
    for date in ("2026", "2026-05", "2026-05-07", "5/2026", "tháng 5/2026", "7/5/2026", ""):
        search(shelf[1], Query(taken_from=date, taken_to=date))


def test_a_crop_and_its_history_are_told_as_crop_takes_them(shelf: tuple[Path, Path]) -> None:
    library = shelf[1]
    asset = str(ttdn("search", "--library", library, "--json").lines[0]["asset"])
    assert "0.35,0.6 " in ttdn("crop", asset, "--focus", "0.35,0.6", "--library", library, ui="vi").out
    told = ttdn("history", asset, "--library", library, ui="vi").out
    assert "→ 0.35,0.60 [" in told
    assert "{" not in told


def test_a_platform_measures_a_file_by_the_placements_of_its_kind(tmp_path: Path) -> None:
    Image.effect_noise((1080, 1080), 90).convert("RGB").save(tmp_path / "a.jpg")
    told = ttdn("check", tmp_path / "a.jpg", "--placement", "tiktok", "--json")
    assert [line["placement"] for line in told.lines] == ["tiktok.photo"]
    assert (told.code, ttdn("check", tmp_path / "a.jpg", "--placement", "tiktok.video").code) == (0, 1)


def test_the_library_s_own_language_is_spoken_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "ttdn.toml").write_text('ui = "vi"\n', encoding="utf-8")
    assert ttdn("report", "--library", tmp_path, "--help", ui="").out.startswith("Cách dùng:")
    assert ttdn("report", f"--library={tmp_path}", "--help", ui="en").out.startswith("Usage:")


def test_an_export_goes_into_no_folder_that_holds_anything_else(shelf: tuple[Path, Path], tmp_path: Path) -> None:
    library, out = shelf[1], tmp_path / "out"
    first, second = (str(line["asset"]) for line in ttdn("search", "--library", library, "--json").lines)
    ttdn("collection", "add", "Báo", first, second, "--library", library)
    for _ in range(2):
        assert ttdn("collection", "export", "Báo", out, "--library", library).code == 0
        (out / "Thumbs.db").touch()
    before = sorted(out.iterdir())
    ttdn("collection", "remove", "Báo", first, "--library", library)
    said = ttdn("collection", "export", "Báo", out, "--library", library, ui="vi")
    assert (said.code, sorted(out.iterdir())) == (2, before)
    assert "thư mục trống" in said.err
