"""A forgotten asset is gone from library and store, stays away, and laptops that share the store forget it too."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any, cast

import pytest

from made_assets import digest, entry, words
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.errors import StoreError
from ttdn_assets.jobs.forgetting import forget
from ttdn_assets.jobs.merging import merge
from ttdn_assets.jobs.sync import pull, push
from ttdn_assets.model import Rendition
from ttdn_assets.settings import Library, create_library
from ttdn_assets.stores import Store, open_store
from ttdn_assets.stores.keys import share_key
from ttdn_assets.tools.files import file_sha256


def made(library: Library, name: str, contents: str) -> Rendition:
    data = contents.encode() * 100
    recipe = digest("recipe " + name)
    path = library.root / "renditions" / recipe[:2] / f"{recipe}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Rendition(
        recipe=recipe, path=path.relative_to(library.root).as_posix(), kind="photo", format="jpeg",
        placements=("x.photo",), width_px=4, height_px=3, size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip


def fill(library: Library, folder: Path) -> None:
    """Three photos; the renditions of the second and third are the same bytes."""
    folder.mkdir(exist_ok=True)
    with open_catalogue(library.database_url) as catalogue:
        for name, contents in (("a", "one"), ("b", "same"), ("c", "same")):
            original = folder / f"{name}.jpg"
            original.write_bytes(name.encode() * 50)
            stat = original.stat()
            catalogue.record(
                entry(
                    name,
                    path=str(original),
                    relative=original.name,
                    folder=str(folder),
                    size_bytes=stat.st_size,
                    mtime_ns=stat.st_mtime_ns,
                    sha256=hashlib.sha256(original.read_bytes()).hexdigest(),
                    captions=words(f"Ảnh {name}", "human"),
                    renditions=(made(library, name, contents),),
                ),
                who="an",
            )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    opened = create_library(tmp_path / "library")
    fill(opened, tmp_path / "media")
    return opened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))


def id_of(name: str) -> str:
    return hashlib.sha256(name.encode() * 50).hexdigest()


def keys(store: Store) -> set[str]:
    return {info.key for info in store.iter("")}


def test_library_and_store_hold_nothing_of_it_and_the_original_is_told(
    library: Library, store: Store, tmp_path: Path
) -> None:
    push(library, store)
    before = keys(store)
    done = forget(library, id_of("a")[:10], store=store, who="chi")
    assert (done.files, done.objects) == (1, 3)
    assert done.originals == (str(tmp_path / "media" / "a.jpg"),)
    assert (tmp_path / "media" / "a.jpg").is_file()
    gone = before - keys(store)
    assert {key.partition("/")[0] for key in gone} == {"originals", "renditions"}
    left = tmp_path / "left.json"
    store.get(f"catalogue/{id_of('a')}.json", left)
    assert "Ảnh a" not in left.read_text(encoding="utf-8")
    assert b"nh a" not in b"".join(path.read_bytes() for path in library.root.glob("catalogue.sqlite3*"))
    assert list(library.root.glob(".forgotten*")) == []


def test_shared_pages_that_lead_to_it_are_revoked(library: Library, store: Store, tmp_path: Path) -> None:
    with open_catalogue(library.database_url) as catalogue:
        rendition = catalogue.asset(id_of("a")).renditions[0].sha256
        bag = "submissions/2026-11-21-x-a"
        catalogue.add_submission(bag, target="x", digest="d", assets=[id_of("a")], who="an")
    pages = {"one": f"renditions/{rendition[:2]}/{rendition}.jpg", "two": f"/{bag}/data/media/a.jpg", "three": "other"}
    for name, link in pages.items():
        page = tmp_path / f"{name}.html"
        page.write_text(f"<a href='https://kho.vn/{link}'>", encoding="utf-8")
        store.put(page, share_key(dt.date(2026, 11, 21), name), file_sha256(page))
    done = forget(library, id_of("a"), store=store, who="chi")
    assert done.links == 2
    assert [info.key for info in store.iter("shares/")] == ["shares/2026-11-21-three.html"]
    assert [one.path for one in done.bags] == [bag]


def test_bytes_another_asset_needs_stay(library: Library, store: Store) -> None:
    push(library, store)
    done = forget(library, id_of("b"), store=store)
    assert done.files == 0
    assert len([key for key in keys(store) if key.startswith("renditions/")]) == 2
    with open_catalogue(library.database_url) as catalogue:
        (kept,) = catalogue.asset(id_of("c")).renditions
    assert (library.root / kept.path).is_file()


def test_a_push_does_not_bring_it_back_and_a_pull_forgets_it_elsewhere(
    library: Library, store: Store, tmp_path: Path
) -> None:
    elsewhere = create_library(tmp_path / "elsewhere")
    push(library, store)
    pull(elsewhere, store, who="bình")
    forget(library, id_of("a"), store=store, who="chi")
    assert push(library, store).transfers == 0
    with open_catalogue(elsewhere.database_url) as other:
        (rendition,) = other.asset(id_of("a")).renditions
        assert (elsewhere.root / rendition.path).is_file()
        pull(elsewhere, store, catalogue=other, who="bình")
        assert other.was_forgotten(id_of("a"))
        assert id_of("a") not in {record.id for record in other.assets()}
        assert not (elsewhere.root / rendition.path).exists()
        assert push(elsewhere, store, catalogue=other).sent == 0
    assert not any(id_of("a") in key for key in keys(store) if not key.startswith("catalogue/"))


def test_a_merge_of_the_folder_or_of_the_store_forgets_it_too(library: Library, store: Store, tmp_path: Path) -> None:
    sides: tuple[Path | Store, ...] = (library.root, store)
    for number, side in enumerate(sides):
        other = create_library(tmp_path / f"other{number}")
        fill(other, tmp_path / f"media{number}")
        if number == 0:
            push(library, store)
            forget(library, id_of("a"), store=store, who="chi")
        done = merge(other, side)
        assert done.forgotten == 1
        with open_catalogue(other.database_url) as catalogue:
            assert {record.id for record in catalogue.assets()} == {id_of("b"), id_of("c")}
        assert sum(1 for _ in (other.root / "renditions").rglob("*.jpg")) == 2
        assert merge(other, side).forgotten == 0


class Refusing:
    """A store that deletes nothing."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def delete(self, key: str) -> None:
        raise StoreError("store-failed", {"store": "kho", "reason": key})


def test_a_store_that_refuses_leaves_the_asset_known_so_that_it_can_be_done_again(
    library: Library, store: Store
) -> None:
    push(library, store)
    with pytest.raises(StoreError):
        forget(library, id_of("a"), store=cast(Store, Refusing(store)))
    with open_catalogue(library.database_url) as catalogue:
        assert catalogue.asset(id_of("a")).id == id_of("a")
