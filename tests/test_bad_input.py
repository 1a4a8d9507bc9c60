"""Bad input: one sentence that says what to do, the right exit code; nothing is lost and nothing left half-made."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from misbehave import full_disk_work
from test_cli import Said, ttdn
from ttdn_assets.errors import AssetsError, ToolError
from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.jobs.readiness import check_writable, sole_run
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import Event
from ttdn_assets.settings import Library, Settings, load_library, unwritable
from ttdn_assets.tools.files import told_of
from ttdn_assets.wording import visible

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names or files")
not_as_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="rights do not bind this user or are kept otherwise"
)
ROOT_ON_LINUX = sys.platform == "linux" and os.geteuid() == 0
FAULTY = {
    *("zero.jpg", "noise.jpg", "cut.jpg"),
    *(() if sys.platform == "win32" else ("zero\x1b[31m\n.jpg",)),
    *(("zero�.jpg", "cut�.jpg") if sys.platform == "linux" else ()),
}
IMG_1 = "2026-05 Lễ hội hoa ban/Mộc Châu/IMG_1.jpg"
IMG_2 = "2026-05 Lễ hội hoa ban/Mộc Châu/IMG_2.jpg"
Told = tuple[Said, dict[str, dict[str, Any]], dict[str, Any]]


def draw(path: Path, *, seed: int, format: str = "JPEG") -> Path:
    """A picture of its own for each seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    small = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    with path.open("wb") as stream:
        Image.fromarray(small).resize((640, 480), Image.Resampling.BICUBIC).save(stream, format)
    return path


def partials(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if ".part" in path.name]


def assert_worded(said: Said, *named: str) -> None:
    """One sentence that names its object, one hint, no traceback, nothing on standard output."""
    lines = [line for line in said.err.splitlines() if line]
    assert "Traceback" not in said.err
    assert said.out == ""
    assert len(lines) == 2, said.err
    for name in named:
        assert name in lines[0]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# Usage: refused before anything is made


@pytest.fixture
def place(tmp_path: Path) -> Path:
    draw(tmp_path / "media" / "a.jpg", seed=1)
    return tmp_path


def library_of(place: Path, toml: str) -> Path:
    return write(place / "library" / "ttdn.toml", toml).parent


USAGE: dict[str, tuple[Callable[[Path], list[str | Path]], str]] = {
    "no folder": (lambda p: [p / "nowhere", "--to", "x.photo"], "nowhere"),
    "unknown target": (lambda p: [p / "media", "--to", "facebok"], "facebok"),
    "no target": (lambda p: [p / "media"], ""),
    "toml that is none": (lambda p: [p / "media", "--library", library_of(p, "unit = [\n")], "ttdn.toml"),
    "unknown key": (lambda p: [p / "media", "--library", library_of(p, 'languagez = ["vi"]\n')], "languagez"),
    "wrong type": (lambda p: [p / "media", "--library", library_of(p, "limits.pixels = 'many'\n")], "limits.pixels"),
    "library under a file": (
        lambda p: [p / "media", "--to", "x.photo", "--library", write(p / "file", "") / "library"],
        "library",
    ),
    "library in a bag": (
        lambda p: [
            *(p / "media", "--to", "x.photo"),
            *("--library", write(p / "bag" / "bagit.txt", "").parent / "data" / "library"),
        ],
        "bag",
    ),
    "library for media": (lambda p: [p / "media", "--to", "x.photo", "--library", p / "media"], "media"),
    "bag for media": (lambda p: [write(p / "bag" / "bagit.txt", "").parent, "--to", "x.photo"], "bag"),
    "store of no kind": (lambda p: [p / "media", "--to", "x.photo", "--store", "ftp://host/kho"], "ftp://host/kho"),
}


@pytest.mark.parametrize("ui", ["vi", "en"])
@pytest.mark.parametrize("case", USAGE)
def test_a_wrong_request_is_refused_in_one_sentence(case: str, ui: str, place: Path) -> None:
    arguments, named = USAGE[case]
    said = ttdn("prepare", *arguments(place), ui=ui, cwd=place)
    assert said.code == 2, said.err
    assert_worded(said, named)
    assert [path.name for path in (place / "media").iterdir()] == ["a.jpg"]
    assert not list(place.rglob("catalogue.sqlite3")) or case in ("bag for media",)


def test_a_library_that_is_a_file_is_refused(place: Path) -> None:
    said = ttdn("prepare", place / "media", "--to", "x.photo", "--library", write(place / "file", "kept"))
    assert (said.code, (place / "file").read_text(encoding="utf-8")) == (2, "kept")
    assert "file" in said.err.splitlines()[-1]


@not_as_root
def test_what_may_not_be_read_or_written_is_named(place: Path) -> None:
    shut, fixed = place / "shut", place / "fixed"
    shut.mkdir(mode=0o000)
    fixed.mkdir(mode=0o555)
    try:
        unreadable = ttdn("prepare", shut, "--to", "x.photo", "--library", place / "library")
        read_only = ttdn("prepare", place / "media", "--to", "x.photo", "--library", fixed)
        store = ttdn("prepare", place / "media", "--to", "x.photo", "--library", place / "l", "--store", fixed)
    finally:
        shut.chmod(0o755)
        fixed.chmod(0o755)
    assert (unreadable.code, read_only.code, store.code) == (2, 2, 1)
    assert_worded(unreadable, "shut")
    assert_worded(read_only, "fixed")
    assert "fixed" in store.err


@pytest.mark.parametrize("verb", ["search x", "show x", "pack", "verify", "push", "report", "history"])
def test_other_verbs_ask_for_a_library_that_is_there(verb: str, tmp_path: Path) -> None:
    said = ttdn(*verb.split(), "--library", tmp_path / "none")
    assert said.code == 2
    assert_worded(said, "none")
    assert not (tmp_path / "none").exists()


def test_a_store_that_is_a_file_is_refused_before_work(place: Path) -> None:
    store = write(place / "kho", "kept")
    said = ttdn("prepare", place / "media", "--to", "x.photo", "--library", place / "library", "--store", store)
    assert said.code == 1
    assert_worded(said, "kho")
    assert not list((place / "library").glob("renditions/*/*"))


@pytest.mark.parametrize("ui", ["vi", "en"])
def test_a_second_run_at_once_is_asked_to_wait(ui: str, place: Path) -> None:
    (place / "library").mkdir()
    with sole_run(load_library(place / "library")):
        said = ttdn("prepare", place / "media", "--to", "x.photo", "--library", place / "library", ui=ui)
    assert said.code == 1
    assert_worded(said, "library")


# Folders that hold nothing to prepare


def test_folders_without_media_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "texts" / "ghi chú.txt", "xin chào")
    for name in ("empty", "texts"):
        said = ttdn("prepare", tmp_path / name, "--to", "x.photo", "--library", tmp_path / "library")
        assert said.code == 0
        assert f"No photo or clip was found in {tmp_path / name}" in said.out


# Names and files of every hostile kind, in one folder


def hostile_names() -> list[str]:
    plain = [
        unicodedata.normalize("NFD", "Lễ hội Mộc Châu.jpg"),
        "😀🎉.jpg",
        "-rf.jpg",
        "--help.jpg",
        "100% {path} [b].jpg",
    ]
    return plain if sys.platform == "win32" else [*plain, "a\nb.jpg", "a\\b.jpg", "x" * 251 + ".jpg"]


@pytest.fixture(scope="module")
def hostile(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "media"
    for seed, name in enumerate([*hostile_names(), "x.jpg/in.jpg", "sub1/twin.jpg"]):
        draw(folder / name, seed=seed)
    draw(folder / "png.jpg", seed=100, format="PNG")
    (folder / "sub2").mkdir()
    shutil.copy(folder / "sub1" / "twin.jpg", folder / "sub2" / "twin.jpg")
    shutil.copy(next(drawn.rglob("*.mp4")), folder / "clip.jpg")
    (folder / "zero.jpg").write_bytes(b"")
    (folder / "noise.jpg").write_bytes(bytes(range(256)) * 8)
    (folder / "cut.jpg").write_bytes((folder / "-rf.jpg").read_bytes()[:2000])
    (folder / "captions.xlsx").write_bytes(b"PK\x03\x04 and nothing more")
    if sys.platform != "win32":
        (folder / "loop").symlink_to(".")
        (folder / "self.jpg").symlink_to("self.jpg")
        (folder / "dangling.jpg").symlink_to("nowhere.jpg")
        os.mkfifo(folder / "fifo.jpg")
        (folder / "zero\x1b[31m\n.jpg").write_bytes(b"")
    if sys.platform == "linux":
        for name, size_bytes in (("zero\udcff.jpg", 0), ("cut\udcff.jpg", 2000)):
            fault = folder / name
            fault.write_bytes((folder / "-rf.jpg").read_bytes()[:size_bytes])
        shutil.copy(draw(folder / "plain.jpg", seed=101), folder / "\udcff\udcfe.jpg")
    return folder


def run_hostile(folder: Path, *, ui: str) -> Told:
    library = folder.parent / "library"
    said = ttdn("prepare", folder, "--to", "x.photo", "--library", library, "--jobs", "2", "--json", ui=ui)
    files: list[dict[str, Any]]
    *files, last = map(dict, said.lines)
    return said, {str(line["source"]): line for line in files}, last


@pytest.fixture(scope="module")
def hostile_run(hostile: Path) -> Told:
    return run_hostile(hostile, ui="en")


def test_every_hostile_file_comes_to_an_outcome(hostile: Path, hostile_run: Told) -> None:
    said, files, _ = hostile_run
    assert (said.code, said.err) == (1, "")
    good = [*hostile_names(), "x.jpg/in.jpg", "sub1/twin.jpg", "sub2/twin.jpg", "png.jpg", "clip.jpg"]
    assert {files[unicodedata.normalize("NFC", name)]["status"] for name in good} == {"done"}
    assert {name for name, line in files.items() if line["status"] == "failed"} == FAULTY
    assert files["sub1/twin.jpg"]["asset"] == files["sub2/twin.jpg"]["asset"]
    assert partials(hostile.parent / "library") == []


@posix_only
def test_links_and_pipes_are_skipped_with_their_reason(
    hostile_run: Told,
) -> None:
    files = hostile_run[1]
    for name in ("loop", "self.jpg", "dangling.jpg", "fifo.jpg"):
        assert files[name]["status"] == "skipped"
        (finding,) = files[name]["findings"]
        assert name in finding["message"]


@pytest.mark.skipif(sys.platform != "linux", reason="the file system takes UTF-8 names only")
def test_a_name_that_is_no_text_is_prepared(
    hostile_run: Told,
) -> None:
    assert hostile_run[1]["��.jpg"]["status"] == "done"


def test_the_next_run_tells_only_the_faults_and_in_vietnamese(hostile: Path, hostile_run: Told) -> None:
    english = hostile_run[1]
    said, files, last = run_hostile(hostile, ui="vi")
    assert said.code == 1
    assert {line["status"] for line in files.values()} == {"unchanged", "skipped", "failed"}
    for name in FAULTY - {"cut�.jpg"}:
        for told in (english[name]["error"], files[name]["error"]):
            assert isinstance(told, dict)
            assert visible(name) in told["message"]
            assert "?" not in told["message"]
            assert told["message"] == visible(told["message"])
            assert told["hint"]
        assert english[name]["error"] != files[name]["error"]
    (sheet,) = last["findings"]
    assert sheet["rule"] == "sheet-unreadable"
    assert "Không đọc được" in sheet["message"]
    assert "captions.xlsx" in sheet["message"]
    assert sheet["hint"]


def test_two_folders_may_hold_the_same_names(tmp_path: Path) -> None:
    draw(tmp_path / "a" / "x.jpg", seed=1)
    draw(tmp_path / "b" / "x.jpg", seed=2)
    (tmp_path / "b" / "y.jpg").write_bytes(b"")
    done = prepare(
        [tmp_path / "a", tmp_path / "b", tmp_path / "a"], targets=["x.photo"], library=tmp_path / "l", jobs=1
    )
    assert [outcome.status for outcome in done.outcomes if outcome.source == "x.jpg"] == ["done", "done"]
    assert len({outcome.asset for outcome in done.outcomes if outcome.asset}) == 2
    assert len({rendition.path for outcome in done.outcomes for rendition in outcome.renditions}) == 2
    assert done.submissions[0].items == 2


def test_a_file_that_grows_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    growing = draw(tmp_path / "media" / "growing.jpg", seed=1)
    over = threading.Event()

    def grow() -> None:
        with growing.open("ab") as stream:
            while not over.is_set():
                stream.write(b"\0" * 1000)
                stream.flush()
                over.wait(0.002)

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        first = prepare([tmp_path / "media"], targets=["x.photo"], library=tmp_path / "library", jobs=1)
    finally:
        over.set()
        thread.join()
    statuses = [
        prepare([tmp_path / "media"], targets=["x.photo"], library=tmp_path / "library", jobs=1).outcomes[0].status
        for _ in range(2)
    ]
    assert len(first.outcomes) == 1
    assert statuses == ["done", "unchanged"]


# A full disk


def test_a_full_disk_ends_the_run_and_the_next_completes_it(media: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    with pytest.raises(ToolError, match="The disk is full") as caught:
        prepare([media], targets=["x.photo"], library=library, jobs=1, work=full_disk_work)
    assert caught.value.code == "disk-full"
    done = {one.source: one.status for one in prepare([media], targets=["x.photo"], library=library, jobs=1).outcomes}
    assert done[IMG_1] == "unchanged"
    assert done[IMG_2] == "done"
    assert partials(library) == []


def test_a_full_disk_is_told_from_one_that_may_not_be_written(tmp_path: Path) -> None:
    full, fixed = OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EROFS, "Read-only file system")
    assert unwritable(tmp_path, full).code == told_of(full, tmp_path).code == "disk-full"
    assert unwritable(tmp_path, fixed).code == "library-read-only"
    with pytest.raises(AssetsError, match="cannot be written"):
        check_writable(Library(root=write(tmp_path / "file", ""), settings=Settings()))


class SmallDisk:
    """A file system of its own, whose size can be changed while it is in use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hold(self, size_bytes: int, *, anew: bool = False) -> None:
        options = f"size={size_bytes}" if anew else f"remount,size={size_bytes}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.folder], check=True, capture_output=True)

    def close(self) -> None:
        """Let nobody write, not even root."""
        subprocess.run(["mount", "-o", "remount,ro", self.folder], check=True, capture_output=True)

    def fill(self) -> None:
        """Leave no more room than a small file needs."""
        self.hold(shutil.disk_usage(self.folder).used + 50_000)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    if not ROOT_ON_LINUX:
        pytest.skip("only root on Linux may mount a small disk")
    disk = SmallDisk(tmp_path / "disk")
    disk.folder.mkdir()
    try:
        disk.hold(4_000_000, anew=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", "--lazy", disk.folder], check=False, capture_output=True)


def test_a_disk_that_is_too_small_is_told_before_work(media: Path, small_disk: SmallDisk) -> None:
    said = ttdn("prepare", media, "--to", "x.photo", "--library", small_disk.folder / "library")
    assert said.code == 2
    assert_worded(said, "library", " MB free")


def test_a_disk_that_may_not_be_written_is_named(place: Path, small_disk: SmallDisk) -> None:
    (small_disk.folder / "kho").mkdir()
    small_disk.close()
    arguments = ("prepare", place / "media", "--to", "x.photo", "--library")
    library = ttdn(*arguments, small_disk.folder / "library")
    store = ttdn(*arguments, place / "library", "--store", small_disk.folder / "kho")
    assert (library.code, store.code) == (2, 1)
    assert_worded(library, "disk/library", "Read-only")
    assert_worded(store, "disk/kho")


def test_a_library_that_may_not_be_written_can_be_read(place: Path, small_disk: SmallDisk) -> None:
    library = small_disk.folder / "library"
    small_disk.hold(400_000_000)
    assert ttdn("add", place / "media", "--library", library).code == 0
    small_disk.close()
    found = ttdn("search", "--library", library, "--json")
    assert (found.code, bool(found.out), found.err.count("\n")) == (0, True, 1)
    assert ttdn("report", "--library", library).code == 0
    written = ttdn("rights", "set", "--all", "--owner", "x", "--library", library)
    assert written.code == 1
    assert_worded(written, "catalogue.sqlite3")


@pytest.mark.parametrize("name", ["r.docx", "r.xlsx", "r.html"])
def test_a_report_for_which_there_is_no_room_is_named_and_leaves_nothing(
    place: Path, small_disk: SmallDisk, name: str
) -> None:
    assert ttdn("add", place / "media", "--library", place / "library").code == 0
    small_disk.hold(4_000)
    said = ttdn("report", "--period", "2026", "--out", small_disk.folder / name, "--library", place / "library")
    assert said.code == 1
    assert_worded(said, name)
    assert not (small_disk.folder / name).exists()
    assert "Traceback" not in said.err


def test_a_full_disk_is_told_as_full_by_whoever_opens_the_catalogue(place: Path, small_disk: SmallDisk) -> None:
    library = small_disk.folder / "library"
    small_disk.hold(400_000_000)
    assert ttdn("add", place / "media", "--library", library).code == 0
    small_disk.hold(shutil.disk_usage(small_disk.folder).used)
    said = ttdn("search", "--library", library)
    assert (said.code, "disk" in said.err.lower(), "full" in said.err) == (1, True, True)


def test_a_disk_that_fills_up_during_work_loses_nothing(media: Path, small_disk: SmallDisk) -> None:
    library = small_disk.folder / "library"
    small_disk.hold(400_000_000)

    def fill(event: Event) -> None:
        if event.stage == "files" and event.source == IMG_1:
            small_disk.fill()

    with pytest.raises(AssetsError) as caught:
        prepare([media], targets=["vietnamvn", "facebook"], library=library, jobs=1, progress=fill)
    assert caught.value.code == "disk-full"
    assert partials(library / "renditions") == []
    small_disk.hold(400_000_000)
    said = ttdn("prepare", media, "--to", "vietnamvn,facebook", "--library", library)
    assert said.code == 0, said.err
    assert ttdn("verify", "--library", library).code == 0


@posix_only
def test_a_user_without_a_name_can_work(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54_321_987)
    assert system_user() == "?"
