"""A bucket does what ttdn.toml asks for what it keeps, or is refused at once; ``doctor`` tells what a server lacks."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from stores.conftest import new_bucket, raw_client
from stores.small_library import sha256_of
from ttdn_assets.errors import StoreError
from ttdn_assets.jobs.doctor import STORE_NEEDS, examine, say_check
from ttdn_assets.settings import Library, Settings, StoreSettings
from ttdn_assets.stores import open_store
from ttdn_assets.wording import say, ui_language

pytestmark = [pytest.mark.s3, pytest.mark.usefixtures("aws")]
KEY = "submissions/2026-11-21-x/data/a.jpg"


def test_objects_are_encrypted_where_that_is_asked(seaweed: str, tmp_path: Path) -> None:
    bucket, path = new_bucket(seaweed), tmp_path / "a.jpg"
    store = open_store(f"s3://{bucket}/kho", settings=StoreSettings(endpoint=seaweed, encryption="AES256"))
    for key, size_bytes in ((KEY, 1000), ("submissions/2026-11-21-x/data/clip.mp4", 17 << 20)):
        path.write_bytes(b"x" * size_bytes)
        store.put(path, key, sha256_of(path.read_bytes()))
        assert raw_client(seaweed).head_object(Bucket=bucket, Key=f"kho/{key}")["ServerSideEncryption"] == "AES256"
        assert store.get(key, tmp_path / "back") == sha256_of(path.read_bytes())


def test_former_versions_are_kept_where_that_is_asked(seaweed: str, tmp_path: Path) -> None:
    bucket, path = new_bucket(seaweed), tmp_path / "record.json"
    store = open_store(f"s3://{bucket}/kho", settings=StoreSettings(endpoint=seaweed, versioning=True))
    for text in (b"one", b"two"):
        path.write_bytes(text)
        store.put(path, KEY, sha256_of(text))
    versions = raw_client(seaweed).list_object_versions(Bucket=bucket, Prefix=f"kho/{KEY}")["Versions"]
    assert len(versions) == 2


def test_originals_and_submissions_are_locked_where_that_is_asked(seaweed: str, tmp_path: Path) -> None:
    bucket, path = f"b{uuid.uuid4().hex[:20]}", tmp_path / "a.jpg"
    client = raw_client(seaweed)
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    settings = StoreSettings(endpoint=seaweed, lock="governance", lock_days=1)
    store = open_store(f"s3://{bucket}/kho", settings=settings)
    path.write_bytes(b"x")
    renditions = f"renditions/{sha256_of(b'x')[:2]}/{sha256_of(b'x')}.jpg"
    for key in (KEY, renditions):
        store.put(path, key, sha256_of(b"x"))
    locked = client.head_object(Bucket=bucket, Key=f"kho/{KEY}")
    assert locked["ObjectLockMode"] == "GOVERNANCE"
    assert "ObjectLockMode" not in client.head_object(Bucket=bucket, Key=f"kho/{renditions}")
    with pytest.raises(client.exceptions.ClientError):
        client.delete_object(Bucket=bucket, Key=f"kho/{KEY}", VersionId=locked["VersionId"])


@pytest.mark.parametrize("asked", [{"versioning": True}, {"lock": "compliance"}], ids=lambda asked: next(iter(asked)))
def test_a_server_that_does_not_do_what_is_asked_is_refused(rclone: str, asked: dict[str, object]) -> None:
    settings = StoreSettings(endpoint=rclone, **asked)  # type: ignore[arg-type]  # one of several settings
    with pytest.raises(StoreError) as caught:
        open_store(f"s3://{new_bucket(rclone)}/kho", settings=settings)
    assert caught.value.code == "store-unprotected"
    assert next(iter(asked)) in str(caught.value)


def told(endpoint: str, root: Path) -> tuple[str, str]:
    settings = Settings(store=StoreSettings(url=f"s3://{new_bucket(endpoint)}/kho", endpoint=endpoint))
    (check,) = [one for one in examine(Library(root=root, settings=settings), store=True) if one.name == "store"]
    return check.status, say_check(check, "en")[0]


def test_the_doctor_names_what_a_weak_server_lacks(seaweed: str, rclone: str, tmp_path: Path) -> None:
    assert told(seaweed, tmp_path)[0] == "ok"
    status, sentence = told(rclone, tmp_path)
    assert status == "degraded"
    capabilities = open_store(f"s3://{new_bucket(rclone)}/kho", settings=StoreSettings(endpoint=rclone)).capabilities
    lacking = [name for name in STORE_NEEDS if not getattr(capabilities, name)]
    assert {"refuses_wrong_sha256", "refuses_overwrite", "refuses_stale"} <= set(lacking)
    for name in lacking:
        assert say(f"doctor.store.lacks.{name}", lang=ui_language(None)) in sentence
