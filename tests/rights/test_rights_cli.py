"""From the command line: review, rights, publications, forgetting and merging, as an officer does them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from test_cli import Said, ttdn
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.settings import load_library

TARGETS = "x.photo"


@pytest.fixture(scope="module")
def made(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rights") / "library"
    said = ttdn("prepare", drawn, "--to", TARGETS, "--library", folder)
    assert said.code == 0, said.err
    return folder


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "library"))


def run(library: Path, *arguments: str | Path, ui: str = "en") -> Said:
    return ttdn(*arguments, "--library", library, ui=ui)


def ids(library: Path) -> list[str]:
    return [str(line["asset"]) for line in run(library, "rights", "show", "--json").lines]


def test_a_final_bag_is_refused_with_every_reason_of_every_asset_until_all_is_in_order(library: Path) -> None:
    said = run(library, "pack", "--to", TARGETS, "--final", ui="vi")
    assert said.code == 1
    assert "chưa được duyệt: tiêu đề, mô tả, văn bản thay thế, từ khóa (bản nháp)" in said.out
    assert said.out.count("Chưa ghi ") == len(run(library, "search", "--target", TARGETS, "--json").lines)
    told = run(library, "pack", "--to", TARGETS, "--final", "--json").lines[0]
    rules = {(finding["subject"], finding["rule"]) for finding in told["findings"]}  # type: ignore[attr-defined]
    assert {rule for _, rule in rules} >= {"not-approved", "rights-missing"}
    assert run(library, "captions", "approve", "--all", "--who", "Lò Thị Hoa").code == 0
    assert run(library, "rights", "set", "--all", "--owner", "Sở VHTTDL", "--licence", "CC BY 4.0").code == 0
    said = run(library, "pack", "--to", TARGETS, "--final")
    if said.code:
        assert "not-captioned" in {rule for _, rule in rules}, said.out
    asset = ids(library)[0]
    history = run(library, "history", asset, ui="vi").out
    assert "Lò Thị Hoa" in history
    assert "bản nháp" in history or "draft → approved" in history


def test_a_refused_name_written_since_the_last_run_is_told_in_a_bag_and_refuses_a_final_one(library: Path) -> None:
    asset = ids(library)[0]
    run(library, "rights", "set", asset, "--owner", "Sở VHTTDL")
    with open_catalogue(load_library(library).database_url) as catalogue:
        catalogue.set_text(asset, "title", "en", "Paracel Islands, China", who="an")
    run(library, "captions", "approve", asset)
    final = run(library, "pack", asset, "--to", TARGETS, "--final")
    assert final.code == 1
    assert "Paracel Islands" in final.out
    draft = run(library, "pack", asset, "--to", TARGETS)
    assert draft.code == 1
    assert "Paracel Islands" in draft.out
    with open_catalogue(load_library(library).database_url) as catalogue:
        catalogue.set_text(asset, "title", "en", "Mountains of Moc Chau", who="an")
    run(library, "captions", "approve", asset)
    assert run(library, "pack", asset, "--to", TARGETS, "--final").code == 0


def test_an_expired_consent_and_a_scope_are_named(library: Path) -> None:
    asset = ids(library)[0]
    run(library, "rights", "set", asset, "--owner", "Sở", "--consent", "giấy.pdf", "--for", "TikTok", "--until", "2025")
    shown = run(library, "rights", "show", asset).out
    assert "giấy.pdf  tiktok  2025-12-31" in shown
    said = run(library, "pack", asset, "--to", TARGETS, "--final", ui="vi")
    if "Không có gì để đóng gói" not in said.err:
        assert "đã hết hạn ngày 2025-12-31" in said.out
        assert "không bao gồm x.photo, chỉ cho: tiktok" in said.out


def test_nothing_is_done_to_all_without_saying_so(library: Path) -> None:
    for arguments in (("captions", "approve"), ("rights", "set", "--owner", "x")):
        said = run(library, *arguments)
        assert said.code == 2
        assert "--all" in said.err


def test_publications_are_typed_imported_listed_and_struck(library: Path, tmp_path: Path) -> None:
    first, second = ids(library)[:2]
    url = "https://www.facebook.com/p/1"
    added = run(library, "published", "add", first[:10], "--to", "facebook", "--on", "20/11/2026", "--url", url)
    assert added.code == 0, added.err
    sheet = tmp_path / "số liệu.csv"
    sheet.write_text(
        "Liên kết;Mã tư liệu;Nơi đăng;Ngày;Lượt xem;Thích;Tiếp cận\n"
        f"{url};;;;12,5K;1.234;=1+1\n"
        f";{second};TikTok;19/11/2026;3 nghìn;;\n"
        "javascript:alert(1);" + second + ";tiktok;2026-11-19;1;;\n"
        f";{second};nowhere;2026-11-19;1;;\n"
        "https://example.vn/unknown;;;;5;;\n",
        encoding="utf-8-sig",
    )
    said = run(library, "published", "import", sheet, "--json")
    assert said.code == 1
    told = said.lines[0]
    assert (told["added"], told["counted"]) == (1, 2)
    assert [finding["subject"] for finding in told["findings"]] == [  # type: ignore[attr-defined]
        "số liệu.csv:4", "số liệu.csv:5", "số liệu.csv:6",
    ]  # fmt: skip
    listed = run(library, "published", "list", "--json").lines
    assert [(one["at"], one["target"]) for one in listed] == [("2026-11-19", "tiktok"), ("2026-11-20", "facebook")]
    figures = listed[1]["figures"][0]  # type: ignore[index]
    assert (figures["views"], figures["likes"], figures["reach"]) == (12_500, 1_234, None)
    assert run(library, "published", "remove", second, "--to", "tiktok", "--on", "2026-11-19").code == 0
    assert len(run(library, "published", "list", "--json").lines) == 1


def test_forgetting_asks_and_then_leaves_nothing_but_what_is_not_ours(library: Path, drawn: Path) -> None:
    asset = str(run(library, "search", "--target", TARGETS, "--json").lines[0]["asset"])
    run(library, "published", "add", asset, "--to", "x", "--on", "2026-11-20")
    before = sum(1 for _ in (library / "renditions").rglob("*.jpg"))
    assert ttdn("forget", asset, "--library", library, stdin="n\n").code != 0
    said = run(library, "forget", asset, "--yes", "--json")
    assert said.code == 0, said.err
    done = said.lines[0]
    assert done["files"] == before - sum(1 for _ in (library / "renditions").rglob("*.jpg")) >= 1
    assert all(Path(path).is_file() for path in done["originals"])  # type: ignore[attr-defined]
    assert [bag["target"] for bag in done["bags"]] == [TARGETS]  # type: ignore[attr-defined]
    assert [one["target"] for one in done["publications"]] == ["x"]  # type: ignore[attr-defined]
    again = ttdn("prepare", drawn, "--to", TARGETS, "--library", library, "--json")
    left_out = [line for line in again.lines if "skipped-forgotten" in json.dumps(line.get("findings"))]
    assert [line["status"] for line in left_out] == ["skipped"]
    assert asset not in ids(library)
    assert sum(1 for _ in (library / "renditions").rglob("*.jpg")) == before - done["files"]


def test_a_merge_lists_what_two_people_wrote_and_one_settles_it(library: Path, made: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(made, tmp_path / "other"))
    asset = ids(library)[0]
    for folder, words in ((library, "Ban nở"), (other, "Hoa ban nở trắng")):
        sheet = folder / "words.csv"
        sheet.write_text(f"Tên tệp,Mã tài sản,Tiêu đề (tiếng Việt)\nx.jpg,{asset[:16]},{words}\n", encoding="utf-8-sig")
        assert run(folder, "captions", "import", sheet).code == 0
    said = run(library, "merge", other, ui="vi")
    assert said.code == 0, said.err
    assert "Ban nở ≠ Hoa ban nở trắng" in said.out
    assert run(library, "captions", "approve", asset).code == 1
    assert run(library, "captions", "settle", asset, "title", "vi", "2").out.strip() == "Hoa ban nở trắng"
    said = run(library, "merge", other, "--json")
    assert said.lines[0]["findings"] == []
    assert run(library, "merge", library).code == 2
