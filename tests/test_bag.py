"""A bag is whole, is found again by its contents, and every fault of it is told in one go."""

from __future__ import annotations

import threading
import zipfile
from pathlib import Path

import bagit
import pytest

from ttdn_assets.errors import InputError
from ttdn_assets.submissions.bag import aside, bag_info, close_bag, find_equal, put_in_place, verify, zip_bag
from ttdn_assets.submissions.manifest import CONTENTS
from ttdn_assets.wording import say_finding

# bagit passes the count of re.sub by position, which Python 3.13 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:'count' is passed as positional argument:DeprecationWarning")

INFO = {
    "Source-Organization": "Sở VHTTDL\ntỉnh Sơn La",
    "Bagging-Date": "2026-11-21",
    CONTENTS: "ab",
    "Contact-Name": "",
}


def make(submissions: Path, name: str = "bag", *, digest: str = "ab") -> Path:
    with aside(submissions) as folder:
        (folder / "data" / "media").mkdir()
        (folder / "data" / "media" / "a.jpg").write_bytes(b"a" * 3000)
        (folder / "data" / "index.html").write_text("<p>xin chào</p>", encoding="utf-8")
        close_bag(folder, {**INFO, CONTENTS: digest})
        return put_in_place(folder, submissions, name)


def rules(path: Path) -> list[tuple[str, str]]:
    found = verify(path)
    assert all("?" not in say_finding(one, lang) for one in found for lang in ("vi", "en", "zh"))
    return [(one.rule, one.subject) for one in found]


def test_a_bag_is_valid_for_the_library_of_congress(tmp_path: Path) -> None:
    path = make(tmp_path)
    bag = bagit.Bag(str(path))
    assert bag.validate()
    assert bag.version_info == (1, 0)
    assert sorted(bag.algorithms) == ["sha256", "sha512"]
    assert bag.info["Source-Organization"] == "Sở VHTTDL tỉnh Sơn La"
    assert bag.info["Payload-Oxum"] == "3016.2"
    assert "Contact-Name" not in bag.info
    assert rules(path) == []


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with aside(tmp_path) as folder:
            (folder / "data" / "x").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_second_bag_of_a_name_gets_a_number_and_contents_find_their_bag(tmp_path: Path) -> None:
    first, second, third = (make(tmp_path, digest=digest) for digest in ("aa", "bb", "cc"))
    assert [path.name for path in (first, second, third)] == ["bag", "bag-2", "bag-3"]
    assert find_equal(tmp_path, "bb") == second
    assert find_equal(tmp_path, "dd") is None
    (second / "data" / "index.html").unlink()
    assert find_equal(tmp_path, "bb") is None


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = make(tmp_path)
    (path / "data" / "media" / "a.jpg").write_bytes(b"b" * 3000)
    (path / "data" / "index.html").unlink()
    (path / "data" / "more.txt").write_text("more")
    (path / "bag-info.txt").write_text("Payload-Oxum: 3016.2\n")
    assert rules(path) == [
        ("bag-incomplete", "bag"),
        ("bag-file-missing", "data/index.html"),
        ("bag-file-unexpected", "data/more.txt"),
        ("bag-file-changed", "bag-info.txt"),
        ("bag-file-changed", "data/media/a.jpg"),
    ]


def test_a_file_left_out_of_one_manifest_is_told(tmp_path: Path) -> None:
    path = make(tmp_path)
    lines = (path / "manifest-sha512.txt").read_text().splitlines(keepends=True)
    (path / "manifest-sha512.txt").write_text(lines[0])
    assert ("bag-file-unlisted", "data/media/a.jpg") in rules(path)


@pytest.mark.parametrize(
    "declaration", ["", "BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n", "BagIt-Version: x\n", "\ufeffa: b"]
)
def test_a_wrong_declaration_is_told(tmp_path: Path, declaration: str) -> None:
    path = make(tmp_path)
    (path / "bagit.txt").write_text(declaration, encoding="utf-8")
    assert {"bag-incomplete", "bag-unreadable"} & {rule for rule, _ in rules(path)}


def test_a_manifest_that_points_outside_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path)
    with (path / "manifest-sha256.txt").open("a") as stream:
        stream.write("00  ../../etc/passwd\n")
    assert [rule for rule, _ in rules(path)] == ["bag-unreadable"]


def test_no_bag_at_all_is_an_error_that_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        verify(tmp_path)
    assert told.value.code == "bag-missing"


def test_the_zip_holds_the_bag_and_is_the_same_each_time(tmp_path: Path) -> None:
    path = make(tmp_path)
    first = zip_bag(path)
    second = zip_bag(path, tmp_path / "again.zip")
    assert first.name == "bag.zip"
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as packed:
        packed.extractall(tmp_path / "out")
    assert rules(tmp_path / "out" / "bag") == []


def test_bags_are_made_side_by_side_without_moving_the_working_folder(tmp_path: Path) -> None:
    here = Path.cwd()
    made: list[Path] = []
    threads = [threading.Thread(target=lambda: made.append(make(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Path.cwd() == here
    assert len({path.name for path in made}) == 8
    assert all(verify(path) == () for path in made)
    assert bag_info(made[0])[CONTENTS] == "ab"
