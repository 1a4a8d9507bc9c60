"""A large file that was cut off is taken up where it stopped, and nothing is sent that the server has."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores.s3 import S3Store
from ttdn_assets.stores.s3_client import make_client
from ttdn_assets.stores.s3_parts import PART_BYTES, PARTS_MAX, part_bytes

pytestmark = pytest.mark.s3


@pytest.mark.usefixtures("aws")
def test_a_cut_off_upload_goes_on_where_it_stopped(seaweed: str, tmp_path: Path) -> None:
    settings = StoreSettings(endpoint=seaweed)
    path = tmp_path / "clip.mp4"
    path.write_bytes(os.urandom(1 << 20) * 40)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    key = f"originals/{sha256[:2]}/{sha256}.mp4"
    client = make_client(settings)
    sent: list[int] = []

    def count(params: dict[str, int], **_: object) -> None:
        sent.append(params["PartNumber"])
        if params["PartNumber"] == 4 and len(sent) < 6:
            raise ClientError({"Error": {"Code": "SlowDown"}}, "UploadPart")

    client.meta.events.register("before-parameter-build.s3.UploadPart", count)
    store = S3Store(client, "first", "parts")
    with pytest.raises(Exception, match="overloaded"):
        store.put(path, key, sha256)
    assert store.head(key) is None
    cut_off = len(sent)
    sent += [0] * 6
    assert store.put(path, key, sha256)
    assert len(sent) - 6 - cut_off < 5
    assert store.get(key, tmp_path / "back.mp4") == sha256


def test_parts_are_never_more_than_a_server_takes() -> None:
    assert part_bytes(1) == PART_BYTES
    for size_bytes in (100 << 20, 80 << 30, 500 << 30, 5 << 40):
        assert -(-size_bytes // part_bytes(size_bytes)) <= PARTS_MAX
