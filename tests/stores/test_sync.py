"""A library travels to its store and back: what is missing, nothing else, verified; a killed run is made good."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from stores.small_library import PHOTOS, bag, contents, files_below, fill, sha256_of
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.records import AssetEntry, Query
from ttdn_assets.errors import StoreError
from ttdn_assets.jobs.sync import pull, push
from ttdn_assets.model import Event
from ttdn_assets.settings import Library, create_library
from ttdn_assets.stores import ObjectInfo, Store
from ttdn_assets.submissions.bag import verify
from ttdn_assets.wording import say_failure

Opener = Callable[[], Store]


def test_a_push_sends_everything_once(library: Library, catalogue: Catalogue, opener: Opener) -> None:
    store = opener()
    events: list[Event] = []
    first = push(library, store, catalogue=catalogue, progress=events.append)
    assert (first.faults, first.missing, first.newer) == ((), (), ())
    kinds = [key.split("/")[0] for key in contents(store)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "originals": PHOTOS, "renditions": PHOTOS, "catalogue": PHOTOS,
        "submissions": sum(1 for path in library.submissions.rglob("*") if path.is_file()),
    }  # fmt: skip
    assert first.transfers == len(kinds) == len(events)
    assert first.copied == 2
    before = contents(store)
    second = push(library, opener(), catalogue=catalogue)
    assert (second.transfers, second.unchanged, second.size_bytes) == (0, first.transfers, 0)
    assert contents(store) == before


def test_only_what_is_new_travels(library: Library, catalogue: Catalogue, opener: Opener, tmp_path: Path) -> None:
    push(library, opener(), catalogue=catalogue)
    asset = fill(library, catalogue, tmp_path / "media", number=7)
    assert push(library, opener(), catalogue=catalogue).transfers == 3
    catalogue.set_text(asset, "title", "vi", "Mùa hoa ban", who="Lò Thị Hoa")
    assert push(library, opener(), catalogue=catalogue).transfers == 1


def test_what_the_store_lost_is_sent_again(library: Library, catalogue: Catalogue, opener: Opener) -> None:
    store = opener()
    push(library, store, catalogue=catalogue)
    lost = [
        next(key for key in contents(store) if key.startswith(prefix))
        for prefix in ("originals/", "renditions/", "catalogue/", "submissions/2026-11-21-facebook/data/index")
    ]
    for key in lost:
        store.delete(key)
    again = push(library, opener(), catalogue=catalogue)
    assert again.transfers == len(lost)
    assert set(lost) <= set(contents(store))


def test_a_push_that_was_killed_is_completed(library: Library, catalogue: Catalogue, opener: Opener) -> None:
    def stop(event: Event) -> None:
        if event.done == 5:
            raise KeyboardInterrupt

    store = opener()
    with pytest.raises(KeyboardInterrupt):
        push(library, store, catalogue=catalogue, progress=stop)
    assert not any(key.startswith("catalogue/") for key in contents(store))
    assert push(library, opener(), catalogue=catalogue).faults == ()
    assert push(library, opener(), catalogue=catalogue).transfers == 0


def test_a_changed_or_lost_file_keeps_no_other_from_going(
    library: Library, catalogue: Catalogue, opener: Opener, tmp_path: Path
) -> None:
    (tmp_path / "media" / "Mộc Châu 1.jpg").write_bytes(b"x" * 5000)
    (tmp_path / "media" / "Mộc Châu 2.jpg").unlink()
    result = push(library, opener(), catalogue=catalogue)
    assert [fault.failure.code for fault in result.faults] == ["file-changed"]
    assert all(say_failure(fault.failure, lang)[1] for fault in result.faults for lang in ("vi", "en"))
    assert [Path(path).name for path in result.missing] == ["Mộc Châu 2.jpg"]
    assert len([key for key in contents(opener()) if key.startswith("originals/")]) == 1


def test_an_empty_machine_is_made_like_the_first(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library
) -> None:
    push(library, opener(), catalogue=catalogue)
    with open_catalogue(elsewhere.database_url) as other:
        first = pull(elsewhere, opener(), catalogue=other, who="Vàng A Páo")
        assert (first.faults, first.missing, first.equal) == ((), (), PHOTOS)
        for folder in ("renditions", "submissions"):
            assert files_below(elsewhere.root / folder) == files_below(library.root / folder)
        assert verify(elsewhere.submissions / "2026-11-21-facebook") == ()
        for record in catalogue.assets():
            same = other.asset(record.id)
            assert (same.captions, same.facts, same.renditions) == (record.captions, record.facts, record.renditions)
            assert not same.missing
            for mine, theirs in zip(record.files, same.files, strict=True):
                assert (mine.relative, mine.sha256, mine.inputs) == (theirs.relative, theirs.sha256, theirs.inputs)
                assert Path(theirs.path) == elsewhere.originals / mine.relative
                assert Path(theirs.path).read_bytes() == Path(mine.path).read_bytes()
                assert Path(theirs.path).stat().st_mtime_ns == theirs.mtime_ns
        assert other.search(Query(text="hoa ban")).total == PHOTOS
        again = pull(elsewhere, opener(), catalogue=other)
        assert (again.transfers, again.faults, again.equal) == (0, (), PHOTOS)
        back = push(elsewhere, opener(), catalogue=other)
        assert (back.transfers, back.faults, back.missing) == (0, (), ())
    assert push(library, opener(), catalogue=catalogue).transfers == 0


def test_a_catalogue_that_does_not_take_what_it_is_given_is_told(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library
) -> None:
    push(library, opener(), catalogue=catalogue)
    with open_catalogue(elsewhere.database_url):
        pass
    with closing(sqlite3.connect(elsewhere.root / "catalogue.sqlite3")) as broken:
        broken.execute("CREATE TRIGGER lost AFTER INSERT ON texts BEGIN DELETE FROM texts WHERE asset = new.asset; END")
        broken.commit()
    with open_catalogue(elsewhere.database_url) as other:
        pulled = pull(elsewhere, opener(), catalogue=other)
    assert {fault.failure.code for fault in pulled.faults} == {"pull-differs"}
    assert (len(pulled.faults), pulled.equal) == (PHOTOS, 0)


def with_companions(library: Library, catalogue: Catalogue, folder: Path) -> str:
    """A photo with the raw file and the sidecar that belong to it."""
    asset = fill(library, catalogue, folder, number=9)
    (original,) = catalogue.asset(asset).files
    raw, sidecar = (Path(original.path).with_suffix(suffix) for suffix in (".CR3", ".xmp"))
    raw.write_bytes(b"raw" * 5000)
    sidecar.write_bytes(b"<x:xmpmeta/>")
    catalogue.record(
        AssetEntry(
            path=original.path, relative=original.relative, folder=original.folder, size_bytes=original.size_bytes,
            mtime_ns=original.mtime_ns, sha256=original.sha256, companions=(str(raw), str(sidecar)),
        ),
        who="Lò Thị Hoa",
    )  # fmt: skip
    return asset


def test_what_belongs_to_an_original_travels_with_it(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library, tmp_path: Path
) -> None:
    asset = with_companions(library, catalogue, tmp_path / "raw")
    assert push(library, opener(), catalogue=catalogue).faults == ()
    assert push(library, opener(), catalogue=catalogue).transfers == 0
    with open_catalogue(elsewhere.database_url) as other:
        pull(elsewhere, opener(), catalogue=other)
        (file,) = other.asset(asset).files
        assert [Path(one).name for one in file.companions] == ["Mộc Châu 9.CR3", "Mộc Châu 9.xmp"]
        assert [Path(one).read_bytes() for one in file.companions] == [b"raw" * 5000, b"<x:xmpmeta/>"]
        assert {Path(one).parent for one in file.companions} == {Path(file.path).parent}
        assert push(elsewhere, opener(), catalogue=other).transfers == 0


def test_originals_may_stay_in_the_store_and_come_later(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library, tmp_path: Path
) -> None:
    asset = with_companions(library, catalogue, tmp_path / "raw")
    push(library, opener(), catalogue=catalogue)
    with open_catalogue(elsewhere.database_url) as other:
        assert pull(elsewhere, opener(), catalogue=other, originals=False).faults == ()
        assert not elsewhere.originals.exists()
        assert all(record.missing for record in other.assets())
        assert pull(elsewhere, opener(), catalogue=other, originals=False).transfers == 0
        back = push(elsewhere, opener(), catalogue=other)
        assert (back.transfers, back.missing, back.newer) == (0, (), ())
        later = pull(elsewhere, opener(), catalogue=other)
        assert (later.transfers, later.faults) == (PHOTOS + 3, ())
        assert [len(record.files) for record in other.assets()] == [1] * (PHOTOS + 1)
        assert not any(record.missing for record in other.assets())
        assert len(other.asset(asset).files[0].companions) == 2
        assert pull(elsewhere, opener(), catalogue=other).transfers == 0
    (elsewhere.root / ".digests.sqlite3").unlink()
    assert push(elsewhere, opener()).transfers == 0
    assert pull(library, opener(), catalogue=catalogue).transfers == 0


def test_files_of_one_name_from_two_folders_both_come(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library, tmp_path: Path
) -> None:
    first = fill(library, catalogue, tmp_path / "one", number=5)
    other_bytes = tmp_path / "two" / "Mộc Châu 5.jpg"
    other_bytes.parent.mkdir()
    other_bytes.write_bytes(b"another picture of that name")
    second = catalogue.record(
        AssetEntry(
            path=str(other_bytes), relative=catalogue.asset(first).files[0].relative.upper(), size_bytes=28, mtime_ns=1,
            sha256=sha256_of(other_bytes.read_bytes()), status="failed",
        ),
        who="Lò Thị Hoa",
    )  # fmt: skip
    push(library, opener(), catalogue=catalogue)
    with open_catalogue(elsewhere.database_url) as other:
        assert pull(elsewhere, opener(), catalogue=other).faults == ()
        paths = [Path(other.asset(asset).files[0].path) for asset in (first, second)]
        assert [path.read_bytes() for path in paths] == [b"original 5" * 500, b"another picture of that name"]
        assert pull(elsewhere, opener(), catalogue=other).transfers == 0


def test_a_pull_that_was_killed_is_completed(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library
) -> None:
    def stop(event: Event) -> None:
        if event.source.endswith("data/media/b.jpg"):
            raise KeyboardInterrupt

    push(library, opener(), catalogue=catalogue)
    with pytest.raises(KeyboardInterrupt):
        pull(elsewhere, opener(), progress=stop)
    name = "2026-11-21-facebook"
    assert not (elsewhere.submissions / name / "bagit.txt").exists()
    assert pull(elsewhere, opener()).faults == ()
    assert verify(elsewhere.submissions / name) == ()
    assert files_below(elsewhere.submissions) == files_below(library.submissions)


def test_the_record_that_was_changed_last_stays(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library
) -> None:
    push(library, opener(), catalogue=catalogue)
    asset = next(record.id for record in catalogue.assets())
    with open_catalogue(elsewhere.database_url) as other:
        pull(elsewhere, opener(), catalogue=other)
        other.set_text(asset, "title", "vi", "Hoa ban nở trắng", who="Vàng A Páo")
        assert push(elsewhere, opener(), catalogue=other).transfers == 1
    assert len(push(library, opener(), catalogue=catalogue).newer) == 1
    assert pull(library, opener(), catalogue=catalogue).transfers == 1
    assert catalogue.asset(asset).captions.title["vi"].value == "Hoa ban nở trắng"
    assert not catalogue.asset(asset).missing


class Overtaken:
    """A store that another machine writes to right before a record is put."""

    def __init__(self, store: Store, other: Callable[[], object]) -> None:
        self._store, self._other = store, [other]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def replace(self, data: bytes, key: str, *, seen: ObjectInfo | None) -> bool:
        while self._other:
            self._other.pop()()
        return self._store.replace(data, key, seen=seen)


@pytest.mark.parametrize("known", [True, False], ids=["changed", "new"])
def test_a_record_that_two_machines_write_in_one_moment_keeps_what_both_say(
    known: bool, library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library, tmp_path: Path
) -> None:
    asset = next(record.id for record in catalogue.assets())
    with open_catalogue(elsewhere.database_url) as other:
        fill(elsewhere, other, tmp_path / "media", number=0)
        if known:
            push(library, opener(), catalogue=catalogue)
        other.set_text(asset, "title", "vi", "Hoa ban nở trắng", who="Vàng A Páo")
        catalogue.set_text(asset, "title", "en", "White ban flowers", who="Lò Thị Hoa")
        overtaken = cast(Store, Overtaken(opener(), lambda: push(elsewhere, opener(), catalogue=other)))
        assert push(library, overtaken, catalogue=catalogue).faults == ()
    third = create_library(tmp_path / "third")
    pull(third, opener())
    with open_catalogue(third.database_url) as found:
        titles = found.asset(asset).captions.title
    assert (titles["vi"].value, titles["en"].value) == ("Hoa ban nở trắng", "White ban flowers")


def test_what_a_stranger_put_into_the_store_does_no_harm(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library, tmp_path: Path
) -> None:
    store = opener()
    push(library, store, catalogue=catalogue)
    record = next(key for key in contents(store) if key.startswith("catalogue/"))
    path = tmp_path / "record.json"
    store.get(record, path)
    hostile = path.read_bytes().replace(b'"renditions/', b'"../../renditions/')
    path.write_bytes(hostile)
    store.put(path, record, sha256_of(hostile))
    path.write_bytes(b"{")
    broken = f"catalogue/{'0' * 64}.json"
    store.put(path, broken, sha256_of(b"{"))
    result = pull(elsewhere, opener())
    assert sorted({fault.failure.code for fault in result.faults}) == ["store-record"]
    assert not list(tmp_path.glob("renditions"))
    assert len(list(elsewhere.renditions.rglob("*.jpg"))) == PHOTOS - 1


def test_bytes_that_are_not_what_the_record_says_are_not_taken(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library, tmp_path: Path
) -> None:
    store = opener()
    push(library, store, catalogue=catalogue)
    key = next(key for key in contents(store) if key.startswith("renditions/"))
    other = tmp_path / "other"
    other.write_bytes(b"z" * contents(store)[key])
    store.put(other, key, sha256_of(other.read_bytes()))
    result = pull(elsewhere, opener())
    assert [(fault.subject, fault.failure.code) for fault in result.faults] == [(key, "store-corrupt")]
    assert len(list(elsewhere.renditions.rglob("*.jpg"))) == PHOTOS - 1


def test_another_bag_of_the_same_name_is_left_as_it_is(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library
) -> None:
    push(library, opener(), catalogue=catalogue)
    own = bag(elsewhere, "2026-11-21-facebook", payload={"media/a.jpg": b"mine"})
    before = files_below(own)
    result = pull(elsewhere, opener())
    assert [fault.failure.code for fault in result.faults] == ["pull-bag-differs"]
    assert files_below(own) == before


def test_what_was_forgotten_does_not_come_back(library: Library, catalogue: Catalogue, opener: Opener) -> None:
    push(library, opener(), catalogue=catalogue)
    asset = next(record.id for record in catalogue.assets())
    catalogue.forget(asset, who="Lò Thị Hoa")
    pull(library, opener(), catalogue=catalogue)
    assert asset not in {record.id for record in catalogue.assets()}


def test_a_store_that_vanishes_ends_the_run(library: Library, catalogue: Catalogue, tmp_path: Path) -> None:
    import shutil

    from ttdn_assets.stores import open_store

    store = open_store(str(tmp_path / "stick"))
    shutil.rmtree(tmp_path / "stick")
    (tmp_path / "stick").write_bytes(b"no folder")
    with pytest.raises(StoreError) as caught:
        push(library, store, catalogue=catalogue)
    assert caught.value.code == "store-unreachable"
