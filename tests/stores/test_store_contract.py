"""Every store keeps the same word: what was put is there, whole, verified, once; what is wrong is refused and named."""

from __future__ import annotations

import hashlib
import os
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ttdn_assets.errors import InputError, StoreError, UsageError
from ttdn_assets.stores import ObjectInfo, Store, open_store
from ttdn_assets.stores.keys import catalogue_key, check_key, digest_in, original_key, rendition_key, submission_key

KEY = "submissions/2026-11-21-facebook/data/media/anh-01.jpg"


def made(path: Path, data: bytes) -> tuple[Path, str]:
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def test_what_was_put_comes_back(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "Mộc Châu.jpg", os.urandom(100_000))
    assert store.put(path, KEY, sha256)
    assert store.get(KEY, tmp_path / "back.jpg") == sha256
    assert (tmp_path / "back.jpg").read_bytes() == path.read_bytes()
    found = store.head(KEY)
    assert found is not None
    assert (found.key, found.size_bytes, found.sha256) == (KEY, 100_000, sha256)


def test_the_same_bytes_are_sent_once(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "a.jpg", b"the same")
    assert [store.put(path, KEY, sha256) for _ in range(3)] == [True, False, False]


def test_other_bytes_replace_what_is_there(store: Store, tmp_path: Path) -> None:
    store.put(*_args(made(tmp_path / "a.json", b"old"), KEY))
    path, sha256 = made(tmp_path / "a.json", b"new")
    assert store.put(path, KEY, sha256)
    assert store.get(KEY, tmp_path / "b.json") == sha256


def _args(file: tuple[Path, str], key: str) -> tuple[Path, str, str]:
    return file[0], key, file[1]


def test_only_what_was_seen_is_replaced(store: Store, tmp_path: Path) -> None:
    assert store.replace(b"first", KEY, seen=None)
    seen = store.head(KEY)
    assert seen is not None
    assert seen.sha256 == hashlib.sha256(b"first").hexdigest()
    assert not store.replace(b"second", KEY, seen=None)
    assert store.replace(b"second", KEY, seen=seen)
    assert not store.replace(b"third", KEY, seen=seen)
    assert store.get(KEY, tmp_path / "back") == hashlib.sha256(b"second").hexdigest()
    now = store.head(KEY)
    store.delete(KEY)
    assert not store.replace(b"third", KEY, seen=now)
    assert store.head(KEY) is None


def test_what_is_under_way_ends_when_asked_and_nothing_half_done_is_left(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "clip.mp4", os.urandom(1 << 20) * 18)
    with store.interruption.now(), pytest.raises(StoreError) as told:
        store.put(path, KEY, sha256)
    assert told.value.code == "store-stopped"
    assert store.head(KEY) is None
    assert store.put(path, KEY, sha256)
    with store.interruption.now(), pytest.raises(StoreError):
        store.get(KEY, tmp_path / "back.mp4")
    assert not (tmp_path / "back.mp4").exists()
    assert store.get(KEY, tmp_path / "back.mp4") == sha256


def test_an_empty_file_is_a_file(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "empty", b"")
    assert store.put(path, KEY, sha256)
    assert not store.put(path, KEY, sha256)
    assert store.get(KEY, tmp_path / "again") == sha256


@pytest.mark.parametrize("size_bytes", [100, 17 << 20])
def test_a_file_that_is_not_what_was_hashed_is_not_stored(store: Store, tmp_path: Path, size_bytes: int) -> None:
    path, _ = made(tmp_path / "a.jpg", b"x" * size_bytes)
    with pytest.raises(InputError) as caught:
        store.put(path, KEY, hashlib.sha256(b"other").hexdigest())
    assert caught.value.code == "file-changed"
    assert store.head(KEY) is None
    assert list(store.iter("")) == []


def test_a_large_file_comes_back_whole(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "clip.mp4", os.urandom(1 << 20) * 21 + b"end")
    key = original_key(sha256, ".MP4")
    assert store.put(path, key, sha256)
    assert not store.put(path, key, sha256)
    assert store.get(key, tmp_path / "back.mp4", sha256=sha256) == sha256
    (listed,) = store.iter("originals/")
    assert (listed.size_bytes, listed.sha256) == (path.stat().st_size, sha256)


def test_a_file_that_is_gone_is_the_files_fault(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        store.put(tmp_path / "gone.jpg", KEY, "0" * 64)
    assert caught.value.code == "file-vanished"


def test_what_is_not_there_is_named(store: Store, tmp_path: Path) -> None:
    assert store.head(KEY) is None
    store.delete(KEY)
    for attempt in (
        lambda: store.get(KEY, tmp_path / "x"),
        lambda: store.copy(KEY, KEY + ".copy", "0" * 64),
    ):
        with pytest.raises(StoreError) as caught:
            attempt()
        assert caught.value.code == "store-object-missing"
    assert not (tmp_path / "x").exists()


def test_bytes_other_than_expected_are_never_left_behind(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "a.jpg", b"one thing")
    store.put(path, KEY, sha256)
    (tmp_path / "mine.jpg").write_bytes(b"mine")
    with pytest.raises(StoreError) as caught:
        store.get(KEY, tmp_path / "mine.jpg", sha256=hashlib.sha256(b"another").hexdigest())
    assert caught.value.code == "store-corrupt"
    assert (tmp_path / "mine.jpg").read_bytes() == b"mine"
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_a_copy_is_made_in_the_store_and_verified(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "a.jpg", b"a picture")
    key = rendition_key(sha256, "jpg")
    store.put(path, key, sha256)
    store.copy(key, KEY, sha256)
    found = store.head(KEY)
    assert found is not None
    assert found.size_bytes == 9
    assert store.get(KEY, tmp_path / "b.jpg", sha256=sha256) == sha256


def test_a_copy_of_something_else_is_refused(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "a.jpg", b"a picture")
    store.put(path, KEY, sha256)
    with pytest.raises(StoreError) as caught:
        store.copy(KEY, KEY + ".copy", hashlib.sha256(b"another").hexdigest())
    assert caught.value.code == "store-corrupt"
    assert store.head(KEY + ".copy") is None


def test_a_listing_tells_every_object_below_a_prefix(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "a.jpg", b"x")
    keys = [
        "submissions/a/b", "submissions/a-b", "submissions/a/b-c/d", "submissions/Lễ hội hoa ban.jpg",
        original_key(sha256, "jpg"),
    ]  # fmt: skip
    for key in keys:
        store.put(path, key, sha256)
    assert {one.key for one in store.iter("")} == set(keys)
    assert {one.key for one in store.iter("submissions/a/")} == {"submissions/a/b", "submissions/a/b-c/d"}
    assert {one.key for one in store.iter("submissions/a")} == set(keys[:3])
    assert [one.sha256 for one in store.iter("originals/")] == [sha256]
    assert list(store.iter("nothing/")) == []


def test_deleting_deletes(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "a.jpg", b"x")
    store.put(path, KEY, sha256)
    store.delete(KEY)
    assert store.head(KEY) is None
    assert list(store.iter("")) == []


def test_trying_the_store_leaves_nothing_in_it(store: Store) -> None:
    assert store.capabilities.kind in ("folder", "s3")
    assert list(store.iter("")) == []


def test_many_threads_put_at_once(store: Store, tmp_path: Path) -> None:
    files = [made(tmp_path / f"{number}.jpg", f"picture {number % 4}".encode()) for number in range(16)]
    failed: list[Exception] = []

    def send(path: Path, sha256: str) -> None:
        try:
            store.put(path, original_key(sha256, "jpg"), sha256)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=send, args=file) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(list(store.iter("originals/"))) == 4


def test_a_folder_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda _: open_store(str(tmp_path / "store")), range(200)))
    assert len(opened) == 200
    assert list((tmp_path / "store").iterdir()) == []


def test_the_address_of_an_object_gives_its_bytes(store: Store, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path / "a.jpg", b"to be shared")
    store.put(path, KEY, sha256)
    with urllib.request.urlopen(store.url(KEY, 60)) as answer:
        assert answer.read() == b"to be shared"


@pytest.mark.parametrize(
    "key",
    [
        "", "/etc/passwd", "../up", "a/../b", "a//b", "a/./b", "a\\b", "C:/x", "a/", ".hidden/x", "a/con.txt", "a/b.",
        "a/b ", "a\nb", "So\u031bn La", "x" * 1000, "a/\ud800",
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_one_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_key(key)
    assert caught.value.code == "store-key"


def test_keys_say_where_things_lie() -> None:
    sha256 = "ab" + "0" * 62
    assert original_key(sha256, ".JPG") == f"originals/ab/{sha256}.jpg"
    assert rendition_key(sha256, "mp4") == f"renditions/ab/{sha256}.mp4"
    assert original_key(sha256, "../x") == f"originals/ab/{sha256}.bin"
    assert catalogue_key(sha256) == f"catalogue/{sha256}.json"
    assert submission_key("2026-x", "data/a.jpg") == "submissions/2026-x/data/a.jpg"
    assert digest_in(original_key(sha256, "jpg")) == sha256
    assert digest_in(f"originals/ff/{sha256}.jpg") is None
    assert digest_in(catalogue_key(sha256)) is None
    with pytest.raises(UsageError):
        original_key("not a digest", "jpg")


def test_an_object_is_a_value() -> None:
    assert ObjectInfo(key="a", size_bytes=1) == ObjectInfo(key="a", size_bytes=1)
