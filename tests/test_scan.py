"""A folder gives its sources in natural order with their companions; what is no media is told, what hides is not."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from media_bytes import box, clip, jpeg, xmp
from ttdn_assets.errors import UsageError
from ttdn_assets.model import Source
from ttdn_assets.scanning import scan

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
JPEG = jpeg()


def put(folder: Path, *names: str, data: bytes = JPEG) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def found(folder: Path) -> list[Source]:
    return list(scan(folder))


def names(folder: Path) -> list[str]:
    return [source.relative for source in scan(folder)]


def skipped(folder: Path) -> dict[str, str | None]:
    return {source.relative: source.skipped for source in scan(folder)}


def companions(folder: Path) -> dict[str, list[str]]:
    return {source.relative: sorted(Path(path).name for path in source.companions) for source in scan(folder)}


def test_sources_come_in_natural_order_files_before_folders(tmp_path: Path) -> None:
    put(tmp_path, "IMG_10.jpg", "IMG_9.jpg", "img_2.JPG", "a/1.jpg", "a/b/1.jpg", "B 2/1.jpg", "B 10/1.jpg")
    assert names(tmp_path) == [
        "img_2.JPG", "IMG_9.jpg", "IMG_10.jpg", "a/1.jpg", "a/b/1.jpg", "B 2/1.jpg", "B 10/1.jpg",
    ]  # fmt: skip
    assert names(tmp_path) == names(tmp_path)


def test_what_the_system_hides_is_not_told(tmp_path: Path) -> None:
    put(tmp_path, ".hidden.jpg", "._IMG_1.jpg", "Thumbs.db", "desktop.ini", ".DS_Store", "__MACOSX/a.jpg", ".git/a.jpg")
    put(tmp_path, "IMG_1.jpg")
    assert names(tmp_path) == ["IMG_1.jpg"]


@pytest.mark.parametrize("mark", ["ttdn.toml", "bagit.txt"])
def test_libraries_and_submissions_are_left_out(tmp_path: Path, mark: str) -> None:
    put(tmp_path, "a.jpg", "made/b.jpg", "made/sub/c.jpg")
    put(tmp_path, f"made/{mark}", data=b"")
    assert names(tmp_path) == ["a.jpg"]
    with pytest.raises(UsageError) as caught:
        found(tmp_path / "made")
    assert caught.value.code == "scan-library"


def test_what_is_no_media_is_told_with_its_reason(tmp_path: Path) -> None:
    contents = {
        "notes.txt": (b"xin ch\xc3\xa0o", "text"),
        "IMG_1.jpg.json": (b'{"title": "IMG_1.jpg"}', "text"),
        "art.psd": (b"8BPS\0\1", "picture-format"),
        "plan.pdf": (b"%PDF-1.7", "document"),
        "plan.docx": (b"PK\x03\x04", "document"),
        "lone.xmp": (xmp(""), "sidecar"),
        "lone.vi.srt": (b"1\n00:00:00,000 --> 00:00:01,000\n", "subtitles"),
        "captions.xlsx": (b"PK\x03\x04", "sheet"),
        "captions.csv": (b"file,vi\n", "sheet"),
        "DSC_1.NEF": (b"II*\0" + bytes(20), "raw"),
        "song.mp3": (b"ID3\3", "audio"),
        "song.ogg": (b"OggS\0\2" + bytes(22) + b"\x01vorbis", "audio"),
        "film.ogv": (b"OggS\0\2" + bytes(22) + b"\x80theora", "clip-format"),
        "film.rm": (b".RMF\0\0", "clip-format"),
        "nothing.dat": (b"", "empty"),
        "odd.bin": (bytes(range(256)), "unknown"),
        "broken.jpg": (b"", None),
        "json.webp": (b"{}", None),
        "picture.dat": (JPEG, None),
        "new.jxl": (b"\xff\x0a" + bytes(9), "picture-format"),
    }
    for name, (data, _) in contents.items():
        put(tmp_path, name, data=data)
    assert skipped(tmp_path) == {name: reason for name, (_, reason) in contents.items()}


def test_sidecars_and_raw_files_belong_to_the_picture(tmp_path: Path) -> None:
    put(tmp_path, "IMG_1.JPG", "IMG_1.CR2", "IMG_1.xmp", "IMG_1.jpg.xmp", "IMG_1.aae", "IMG_2.jpg", "IMG_20.xmp")
    assert companions(tmp_path) == {
        "IMG_1.JPG": ["IMG_1.CR2", "IMG_1.aae", "IMG_1.jpg.xmp", "IMG_1.xmp"],
        "IMG_2.jpg": [],
        "IMG_20.xmp": [],
    }


def test_the_sidecar_of_a_raw_file_follows_it(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "a.dng", "a.dng.xmp")
    assert companions(tmp_path) == {"a.jpg": ["a.dng", "a.dng.xmp"]}


def live_mov(path: Path) -> None:
    made = clip(path.with_suffix(".mp4"), *H264, sound=False)
    data = made.read_bytes()
    made.unlink()
    at = data.index(b"moov")
    size = int.from_bytes(data[at - 4 : at], "big")
    note = box(b"free", b"com.apple.quicktime.content.identifier")
    path.write_bytes(data[: at - 4] + (size + len(note)).to_bytes(4, "big") + data[at : at + size - 4] + note)


def test_a_live_photo_is_one_source_and_a_clip_of_its_own_is_another(tmp_path: Path) -> None:
    put(tmp_path, "IMG_1.HEIC", "IMG_2.JPG", "DSC_3.JPG")
    clip(tmp_path / "IMG_1.MOV", *H264, sound=False)
    live_mov(tmp_path / "IMG_2.MOV")
    clip(tmp_path / "DSC_3.MOV", *H264, sound=False)
    assert companions(tmp_path) == {
        "DSC_3.JPG": [],
        "DSC_3.MOV": [],
        "IMG_1.HEIC": ["IMG_1.MOV"],
        "IMG_2.JPG": ["IMG_2.MOV"],
    }


def test_subtitles_belong_to_the_clip_in_every_language(tmp_path: Path) -> None:
    clip(tmp_path / "clip.mp4", *H264, sound=False)
    put(tmp_path, "clip.srt", "clip.vi.srt", "clip.zh-Hans.vtt", "clip2.srt", data=b"1\n")
    assert companions(tmp_path) == {"clip.mp4": ["clip.srt", "clip.vi.srt", "clip.zh-Hans.vtt"], "clip2.srt": []}


def test_no_file_is_told_twice_and_none_is_lost(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "a.png", "a.heic", "a.mov", "a.dng", "a.xmp", "a.mp4", "a.srt", "a.b.jpg", "a.b.xmp", "a")
    sources = found(tmp_path)
    told = [source.path for source in sources] + [path for source in sources for path in source.companions]
    assert sorted(told) == sorted(str(path) for path in tmp_path.iterdir())


def test_one_file_is_a_source_with_its_companions(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "a.xmp", "b.jpg")
    (source,) = found(tmp_path / "a.jpg")
    assert (source.relative, source.path) == ("a.jpg", str(tmp_path / "a.jpg"))
    assert source.companions == (str(tmp_path / "a.xmp"),)


def test_a_relative_folder_or_file_gives_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.jpg", "a.xmp")
    monkeypatch.chdir(tmp_path)
    for given in (Path(), Path("a.jpg")):
        assert [(source.relative, source.path) for source in scan(given)] == [("a.jpg", str(tmp_path / "a.jpg"))]


def test_names_are_nfc_while_paths_stay_as_they_lie(tmp_path: Path) -> None:
    odd = [unicodedata.normalize("NFD", "Lễ hội.jpg"), "hoa 🌸.jpg", "đ" * 100 + ".jpg", "trailing .jpg", "CON.jpg"]
    odd += ["new\nline.jpg", "back\\slash.jpg", "tab\t.jpg"] if sys.platform != "win32" else []
    for name in odd:
        put(tmp_path, name)
    sources = found(tmp_path)
    assert {Path(source.path).name for source in sources} == {path.name for path in tmp_path.iterdir()}
    assert all(unicodedata.is_normalized("NFC", source.relative) for source in sources)
    assert all(Path(source.path).is_file() for source in sources)


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes only here")
def test_a_name_that_is_no_unicode_is_shown_with_a_sign(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/H\xb5 N\xe9i.jpg")).write_bytes(JPEG)
    except OSError:
        pytest.skip("the disk takes only Unicode names")
    (source,) = found(tmp_path)
    assert source.relative.encode() == "H\ufffd N\ufffdi.jpg".encode()
    assert Path(source.path).is_file()


def test_a_folder_with_the_name_of_a_picture_is_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "x.jpg/inside.jpg")
    assert names(tmp_path) == ["x.jpg/inside.jpg"]


@pytest.fixture
def links(tmp_path: Path) -> Path:
    try:
        (tmp_path / "probe").symlink_to(tmp_path)
    except OSError:
        pytest.skip("no symbolic links here")
    (tmp_path / "probe").unlink()
    return tmp_path


def test_links_in_circles_and_to_nothing_are_told(links: Path) -> None:
    put(links, "a/1.jpg")
    (links / "a" / "up").symlink_to(links)
    (links / "gone.jpg").symlink_to(links / "nowhere")
    (links / "self").symlink_to(links / "self")
    assert skipped(links) == {"a/1.jpg": None, "a/up": "link-loop", "gone.jpg": "link-broken", "self": "link-broken"}


def test_a_link_to_another_folder_is_followed(links: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    put(elsewhere, "1.jpg")
    (links / "album").symlink_to(elsewhere)
    assert names(links) == ["album/1.jpg"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert skipped(tmp_path) == {"pipe.jpg": "not-a-file"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is open to the superuser")
def test_a_closed_folder_is_told_and_a_closed_root_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "open/1.jpg", "closed/1.jpg")
    (tmp_path / "closed").chmod(0)
    try:
        assert skipped(tmp_path) == {"open/1.jpg": None, "closed": "folder-unreadable"}
        with pytest.raises(UsageError) as caught:
            found(tmp_path / "closed")
    finally:
        (tmp_path / "closed").chmod(0o755)
    assert caught.value.code == "scan-unreadable"


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        found(tmp_path / "gone")
    assert caught.value.code == "scan-missing"


def test_the_first_source_comes_before_the_rest_is_read(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "later/2.jpg")
    sources = scan(tmp_path)
    assert next(sources).relative == "1.jpg"
    put(tmp_path, "later/3.jpg")
    assert [source.relative for source in sources] == ["later/2.jpg", "later/3.jpg"]


def test_a_deep_tree_is_walked(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(40):
        folder /= "d"
    put(folder, "1.jpg")
    assert len(found(tmp_path)) == 1
