"""A large file that was cut off is taken up where it stopped, and nothing is sent that the server has."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stores.fault_proxy import FaultProxy, Request
from ttdn_assets.errors import StoreError
from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores import open_store
from ttdn_assets.stores.s3_parts import PART_BYTES, PARTS_MAX, part_bytes

pytestmark = pytest.mark.s3


def is_part(number: int) -> Callable[[Request], bool]:
    return lambda request: request.method == "PUT" and f"partNumber={number}&" in f"{request.path}&"


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("kind", ["originals", "submissions"])
def test_a_cut_off_upload_goes_on_where_it_stopped(proxy: FaultProxy, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(os.urandom(1 << 20) * 40)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    key = f"originals/{sha256[:2]}/{sha256}.mp4" if kind == "originals" else "submissions/2026-11-21-x/data/clip.mp4"
    store = open_store("s3://first/parts", settings=StoreSettings(endpoint=proxy.endpoint))
    with proxy.doing("AccessDenied", is_part(4), times=1), pytest.raises(StoreError):
        store.put(path, key, sha256)
    assert store.head(key) is None
    assert [one.key for one in store.leftovers() if one.key == key]
    proxy.seen.clear()
    assert store.put(path, key, sha256)
    assert sum("partNumber=" in request.path for request in proxy.seen) < 3
    assert store.get(key, tmp_path / "back.mp4") == sha256
    assert not [one for one in store.leftovers() if one.key == key]


@pytest.mark.usefixtures("aws")
def test_parts_of_another_file_under_the_same_name_are_not_taken_up(proxy: FaultProxy, tmp_path: Path) -> None:
    key, path = "submissions/2026-11-21-y/data/clip.mp4", tmp_path / "clip.mp4"
    store = open_store("s3://first/parts", settings=StoreSettings(endpoint=proxy.endpoint))
    same = os.urandom(1 << 20) * 16
    path.write_bytes(same + b"one end" * 100_000)
    with proxy.doing("AccessDenied", is_part(3), times=1), pytest.raises(StoreError):
        store.put(path, key, hashlib.sha256(path.read_bytes()).hexdigest())
    path.write_bytes(same + b"the other" * 100_000)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert store.put(path, key, sha256)
    found = store.head(key)
    assert found is not None
    assert found.sha256 == sha256
    assert store.get(key, tmp_path / "back.mp4") == sha256


@pytest.mark.usefixtures("aws")
def test_what_nobody_takes_up_can_be_thrown_away(proxy: FaultProxy, tmp_path: Path) -> None:
    path, sha256 = tmp_path / "clip.mp4", hashlib.sha256(b"x" * (17 << 20)).hexdigest()
    path.write_bytes(b"x" * (17 << 20))
    store = open_store("s3://first/left", settings=StoreSettings(endpoint=proxy.endpoint))
    with proxy.doing("AccessDenied", is_part(2), times=1), pytest.raises(StoreError):
        store.put(path, f"originals/{sha256[:2]}/{sha256}.mp4", sha256)
    (left,) = store.leftovers()
    store.discard(left)
    assert list(store.leftovers()) == []


def test_parts_are_never_more_than_a_server_takes() -> None:
    assert part_bytes(1) == PART_BYTES
    for size_bytes in (100 << 20, 80 << 30, 500 << 30, 5 << 40):
        assert -(-size_bytes // part_bytes(size_bytes)) <= PARTS_MAX
