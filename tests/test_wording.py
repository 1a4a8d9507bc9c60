"""Every code the library can raise or find has its sentence in Vietnamese and English, with the same fields."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ttdn_assets import wording
from ttdn_assets.errors import CheckFailed, InputError
from ttdn_assets.model import Finding
from ttdn_assets.wording import say_finding

PACKAGE = Path(wording.__file__).parent
CLI = PACKAGE.parent / "cli" / "ttdn_cli"
ERRORS = {
    "AssetsError", "InputError", "UsageError", "MediaError", "ToolError", "ToolMissing", "TimeLimit",
    "StoreError", "CatalogueError", "LibraryBusy", "CheckFailed",
}  # fmt: skip


def codes_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Name, ast.Attribute)):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if name in ERRORS and isinstance(first, str):
            yield f"error.{first}"
        if name == "say" and isinstance(first, str):
            yield first
        for keyword in node.keywords:
            if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
                if name == "Finding" and keyword.arg == "rule":
                    yield f"finding.{keyword.value.value}"
                if name == "Failure" and keyword.arg == "code":
                    yield f"error.{keyword.value.value}"


def all_codes() -> set[str]:
    sources = [*PACKAGE.rglob("*.py"), *CLI.rglob("*.py")]
    return {code for path in sources for code in codes_in(path)}


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_code_in_the_source_has_a_sentence(lang: str) -> None:
    missing = sorted(all_codes() - wording.catalogue(lang).keys())
    assert missing == []


def test_both_languages_hold_the_same_codes_with_the_same_fields() -> None:
    vi, en = wording.catalogue("vi"), wording.catalogue("en")
    assert sorted(vi.keys() ^ en.keys()) == []
    assert [code for code in en if fields_of(en[code]) != fields_of(vi[code])] == []


def test_every_error_tells_what_to_do_next() -> None:
    en = wording.catalogue("en")
    errors = [c for c in en if c.startswith("error.") and not c.endswith(".hint")]
    assert [code for code in errors if f"{code}.hint" not in en] == []


def test_numbers_are_written_the_way_the_language_does() -> None:
    assert wording.number(1234567, "vi") == "1.234.567"
    assert wording.number(1234.5, "vi") == "1.234,5"
    assert wording.number(1234.5, "en") == "1,234.5"


def test_an_unknown_code_is_shown_with_its_fields_instead_of_lost() -> None:
    assert wording.say("error.never-heard-of", {"path": "a.jpg"}, "vi") == "error.never-heard-of {'path': 'a.jpg'}"


def test_errors_pickle_with_their_fields() -> None:
    import pickle

    for error in (InputError("file-vanished", {"path": "a.jpg"}), CheckFailed("x", {"n": 1}, ())):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.code, again.fields) == (type(error), error.code, error.fields)
        assert str(again) == str(error)


def test_the_interface_language_is_the_chosen_one_then_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTDN_UI", "vi")
    assert wording.ui_language("en") == "en"
    assert wording.ui_language(None) == "vi"


def test_a_finding_names_languages_and_sources_as_people_do() -> None:
    missing = Finding(rule="needs-words", level="warning", subject="a.jpg", lang="zh")
    assert "bằng tiếng Trung;" in say_finding(missing, "vi")
    assert "in Chinese;" in say_finding(missing, "en")
    assert "bằng xx;" in say_finding(msgspec.structs.replace(missing, lang="xx"), "vi")
    apart = Finding(
        rule="facts-conflict", level="warning", subject="a.jpg", measured="Mộc Châu (folder)", allowed="Huế (gps)"
    )
    assert "Mộc Châu (tên thư mục)" in say_finding(apart, "vi")
    assert "Huế (GPS)" in say_finding(apart, "vi")
