"""A store is looked after: what is gone or corrupt is found and sent again, what nobody names is told and may go."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stores.small_library import contents, fill, sha256_of
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.jobs.sync import collect_garbage, pull, push, verify_store
from ttdn_assets.settings import Library
from ttdn_assets.stores import Store

Opener = Callable[[], Store]
KINDS = ("originals/", "renditions/", "submissions/2026-11-21-facebook/data/index")
LATER = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)


def spoil(store: Store, key: str, scratch: Path) -> None:
    """Put other bytes of the same length in the place of an object, as a failing disk would."""
    path = scratch / "spoilt"
    store.get(key, path)
    path.write_bytes(os.urandom(path.stat().st_size))
    store.delete(key)
    store.put(path, key, sha256_of(path.read_bytes()))


def one_of_each(store: Store) -> list[str]:
    return [next(key for key in sorted(contents(store)) if key.startswith(kind)) for kind in KINDS]


def test_a_store_that_is_well_is_told_so(library: Library, catalogue: Catalogue, opener: Opener) -> None:
    push(library, opener(), catalogue=catalogue)
    store = opener()
    for deep in (False, True):
        seen = verify_store(library, store, deep=deep, catalogue=catalogue)
        assert (seen.faults, seen.transfers) == ((), 0)
        assert seen.unchanged == len(contents(store))


def test_corrupt_objects_are_found_and_healed_from_this_machine(
    library: Library, catalogue: Catalogue, opener: Opener, tmp_path: Path
) -> None:
    store = opener()
    push(library, store, catalogue=catalogue)
    before, spoilt = contents(store), one_of_each(store)
    for key in spoilt:
        spoil(store, key, tmp_path)
    assert verify_store(library, opener(), catalogue=catalogue).faults == ()
    found = verify_store(library, opener(), deep=True, catalogue=catalogue)
    assert {(fault.subject, fault.failure.code) for fault in found.faults} == {(key, "store-corrupt") for key in spoilt}
    healed = verify_store(library, opener(), deep=True, repair=True, catalogue=catalogue)
    assert (healed.sent, healed.faults) == (len(spoilt), ())
    assert verify_store(library, opener(), deep=True, catalogue=catalogue).faults == ()
    assert contents(store) == before


def test_what_is_gone_is_found_without_reading_anything(library: Library, catalogue: Catalogue, opener: Opener) -> None:
    store = opener()
    push(library, store, catalogue=catalogue)
    gone = one_of_each(store)
    for key in gone:
        store.delete(key)
    found = verify_store(library, opener(), catalogue=catalogue)
    assert {(fault.subject, fault.failure.code) for fault in found.faults} == {
        (key, "store-object-missing") for key in gone
    }
    assert verify_store(library, opener(), repair=True, catalogue=catalogue).sent == len(gone)
    assert verify_store(library, opener(), catalogue=catalogue).faults == ()


def test_what_this_machine_has_not_whole_is_not_sent(
    library: Library, catalogue: Catalogue, opener: Opener, tmp_path: Path
) -> None:
    store = opener()
    push(library, store, catalogue=catalogue)
    key = next(key for key in contents(store) if key.startswith("originals/"))
    spoil(store, key, tmp_path)
    for path in (tmp_path / "media").iterdir():
        path.write_bytes(b"not what it was")
    tried = verify_store(library, opener(), deep=True, repair=True, catalogue=catalogue)
    assert [(fault.subject, fault.failure.code) for fault in tried.faults] == [(key, "store-corrupt")]
    assert key in contents(store)


def test_what_nobody_names_is_told_and_deleted_only_when_asked(
    library: Library, catalogue: Catalogue, opener: Opener, tmp_path: Path
) -> None:
    store = opener()
    push(library, store, catalogue=catalogue)
    before = contents(store)
    stray = tmp_path / "stray.jpg"
    stray.write_bytes(b"of an asset nobody knows")
    sha256 = sha256_of(stray.read_bytes())
    useless = {f"{kind}/{sha256[:2]}/{sha256}.jpg" for kind in ("originals", "renditions")} | {
        "submissions/2026-11-20-cut-off/data/media/a.jpg"
    }
    for key in useless:
        store.put(stray, key, sha256)
    young = collect_garbage(library, opener(), delete=True, catalogue=catalogue)
    assert (young.objects, young.young, young.deleted) == ((), len(useless), 0)
    told = collect_garbage(library, opener(), now=LATER, catalogue=catalogue)
    assert ({one.key for one in told.objects}, told.deleted, told.faults) == (useless, 0, ())
    assert contents(store).keys() == before.keys() | useless
    gone = collect_garbage(library, opener(), delete=True, now=LATER, catalogue=catalogue)
    assert gone.deleted == len(useless)
    assert contents(store) == before
    assert collect_garbage(library, opener(), now=LATER, catalogue=catalogue).objects == ()


def test_what_another_laptop_names_is_not_garbage(
    library: Library, catalogue: Catalogue, opener: Opener, elsewhere: Library, tmp_path: Path
) -> None:
    push(library, opener(), catalogue=catalogue)
    with open_catalogue(elsewhere.database_url) as other:
        fill(elsewhere, other, tmp_path / "theirs", number=8)
        push(elsewhere, opener(), catalogue=other)
    assert collect_garbage(library, opener(), now=LATER, catalogue=catalogue).objects == ()
    pull(library, opener(), catalogue=catalogue)
    assert collect_garbage(library, opener(), now=LATER, catalogue=catalogue).objects == ()


def test_nothing_is_deleted_while_a_record_cannot_be_read(
    library: Library, catalogue: Catalogue, opener: Opener, tmp_path: Path
) -> None:
    store = opener()
    push(library, store, catalogue=catalogue)
    path = tmp_path / "record.json"
    path.write_bytes(b"{")
    store.put(path, f"catalogue/{'0' * 64}.json", sha256_of(b"{"))
    stray = f"originals/ab/ab{'0' * 62}.jpg"
    store.put(path, stray, sha256_of(b"{"))
    tried = collect_garbage(library, opener(), delete=True, now=LATER, catalogue=catalogue)
    assert ([one.key for one in tried.objects], tried.deleted) == ([stray], 0)
    assert [fault.failure.code for fault in tried.faults] == ["store-record"]


@pytest.mark.parametrize("there", ["originals/ab/.ab.1234abcd.part.jpg"])
def test_what_a_killed_push_left_in_a_folder_is_told(
    library: Library, catalogue: Catalogue, tmp_path: Path, there: str
) -> None:
    from ttdn_assets.stores import open_store

    store = open_store(str(tmp_path / "kho"))
    push(library, store, catalogue=catalogue)
    left = tmp_path / "kho" / there
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"half")
    assert collect_garbage(library, store, delete=True, catalogue=catalogue).leftovers == ()
    found = collect_garbage(library, store, delete=True, now=LATER, catalogue=catalogue)
    assert [one.key for one in found.leftovers] == [there]
    assert not left.exists()
