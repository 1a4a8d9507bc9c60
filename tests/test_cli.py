"""The command line: exit codes, stdout as data, both languages, every verb with help that teaches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from ttdn_cli.app import VERBS


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


def ttdn(*arguments: str | Path, ui: str = "en", stdin: str | None = None, cwd: Path | None = None) -> Said:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("TTDN_", "AWS_"))}
    done = subprocess.run(
        [sys.executable, "-m", "ttdn_cli", *map(str, arguments)],
        env={**environment, "TTDN_UI": ui, "NO_COLOR": "1"},
        input=stdin,
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def library(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "library"
    said = ttdn("prepare", drawn, "--to", "instagram.feed,x.photo", "--library", folder)
    assert said.code == 0, said.err
    return folder


@pytest.mark.parametrize("ui", ["vi", "en"])
def test_every_verb_has_a_short_help_in_both_languages(ui: str) -> None:
    told = ttdn("--help", ui=ui).out
    assert all(f"\n  {verb} " in told for verb in VERBS)
    assert "cli." not in told


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_teaches_with_an_example(verb: str) -> None:
    told = ttdn(verb, "--help", ui="vi")
    assert told.code == 0
    assert "Ví dụ:" in told.out or "Lệnh:" in told.out
    assert "cli." not in told.out
    assert max(len(line) for line in told.out.splitlines()) <= 80


def test_usage_errors_are_said_in_vietnamese_and_exit_2() -> None:
    said = ttdn("prepare", "--nope", ui="vi")
    assert said.code == 2
    assert "Không có tùy chọn" in said.err


def test_the_language_asked_for_wins_over_the_variable() -> None:
    assert "Usage:" in ttdn("--ui", "en", "--help", ui="vi").out
    assert "Cách dùng:" in ttdn("prepare", "--ui", "vi", "--help", ui="en").out


def test_an_unknown_target_exits_2_and_names_what_to_do(drawn: Path, tmp_path: Path) -> None:
    said = ttdn("prepare", drawn, "--to", "facebok", "--library", tmp_path / "l")
    assert said.code == 2
    assert "facebok" in said.err
    assert "facebook" in said.err


def test_no_library_is_said_with_the_way_to_make_one(tmp_path: Path) -> None:
    said = ttdn("search", "son la", cwd=tmp_path)
    assert said.code == 2
    assert "ttdn init" in said.err


def test_search_finds_with_and_without_diacritics_and_in_chinese(library: Path) -> None:
    for words in ("moc chau", "Mộc Châu", "木州"):
        said = ttdn("search", words, "--library", library, "--json")
        assert said.code == 0
        assert len(said.lines) == 2, words


def test_prepare_prints_a_json_line_a_file_and_a_summary(drawn: Path, library: Path) -> None:
    said = ttdn("prepare", drawn, "--to", "instagram.feed,x.photo", "--library", library, "--json")
    *files, summary = said.lines
    assert len(files) == 5
    keys = {"source", "asset", "status", "facts", "renditions", "captions", "findings", "error"}
    assert all(set(line) == keys for line in files)
    assert isinstance(summary["summary"], dict)
    assert (summary["summary"]["unchanged"], summary["summary"]["encodes"]) == (4, 0)
    assert {"target", "path"} <= set(summary["submissions"][0])  # type: ignore[index]


def test_a_dry_run_tells_what_would_be_made_and_makes_nothing(drawn: Path, tmp_path: Path) -> None:
    said = ttdn("prepare", drawn, "--to", "instagram.feed", "--library", tmp_path / "l", "--dry-run")
    assert said.code == 0
    assert "instagram.feed" in said.out
    assert "MB" in said.out
    assert not (tmp_path / "l").exists()


def test_a_broken_file_makes_the_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "hỏng.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
    said = ttdn("prepare", tmp_path / "hỏng.jpg", "--to", "x.photo", "--library", tmp_path / "l", ui="vi")
    assert said.code == 1
    assert "hỏng.jpg" in said.out


def test_captions_go_to_a_sheet_and_come_back_as_human_words(media: Path, tmp_path: Path) -> None:
    import openpyxl

    shelf, sheet = tmp_path / "library", tmp_path / "captions.xlsx"
    assert ttdn("add", media, "--library", shelf).code == 0
    assert ttdn("captions", "export", sheet, "--library", shelf, ui="vi").code == 0
    book = openpyxl.load_workbook(sheet)
    table = book.worksheets[0]
    rows = [[str(cell.value) for cell in line] for line in table.iter_rows()]
    column = next(at for at, name in enumerate(rows[0]) if name.startswith("Mô tả") and "vi" in name.lower())
    row = next(at for at, line in enumerate(rows) if any("IMG_1.jpg" in value for value in line))
    table.cell(row + 1, column + 1).value = "Thiếu nữ Thái dưới tán hoa ban."
    book.save(sheet)
    said = ttdn("captions", "import", sheet, "--library", shelf)
    assert said.code == 0
    assert "Thiếu nữ Thái dưới tán hoa ban." in said.out
    assert "Thiếu nữ Thái dưới tán hoa ban." in ttdn("captions", "list", "--library", shelf).out
    ttdn("add", media, "--library", shelf)
    assert "Thiếu nữ Thái dưới tán hoa ban." in ttdn("captions", "list", "--library", shelf).out


def test_check_measures_a_file_that_this_program_did_not_make(drawn: Path, tmp_path: Path) -> None:
    photo = next(drawn.rglob("IMG_1.jpg"))
    said = ttdn("check", photo, "--placement", "instagram.feed", "--json")
    assert said.code == 1
    assert "GPS" in said.out or "gps" in said.out


def test_verify_notices_a_changed_file(library: Path, tmp_path: Path) -> None:
    import shutil

    bag = shutil.copytree(next((library / "submissions").iterdir()), tmp_path / "bag")
    assert ttdn("verify", bag).code == 0
    victim = next((bag / "data" / "media").iterdir())
    victim.write_bytes(victim.read_bytes() + b"x")
    said = ttdn("verify", bag)
    assert said.code == 1
    assert victim.name in said.out


def test_terms_match_reads_json_lines_and_counts_code_points() -> None:
    said = ttdn("terms", "match", "--json", stdin='"Lễ hội hoa ban ở Mộc Châu"\n"quần đảo Hoàng Sa"\n')
    first, second = said.lines
    found = {one["id"]: "".join(str(first["text"])[one["start"] : one["end"]]) for one in first["terms"]}  # type: ignore[attr-defined]
    assert found["pl-moc-chau"] == "Mộc Châu"
    assert [one["id"] for one in second["terms"]] == ["sov-hoang-sa"]  # type: ignore[attr-defined]


def test_placements_show_every_figure_with_its_source() -> None:
    said = ttdn("placements", "instagram.feed")
    assert "8,000,000" in said.out
    assert "P*" in said.out


def test_report_counts_what_the_library_holds(library: Path) -> None:
    told = ttdn("report", "--library", library, "--json").lines[0]
    assert told["assets"]["total"] == 4  # type: ignore[index]
    assert len(told["submissions"]) == 2  # type: ignore[arg-type]


def test_output_that_nobody_reads_any_more_is_no_error(library: Path) -> None:
    reader = f'"{sys.executable}" -c "import sys; sys.stdin.readline()"'
    command = f'"{sys.executable}" -m ttdn_cli placements --json | {reader}'
    done = subprocess.run(command, shell=True, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert "Traceback" not in done.stderr
