"""Whatever boto3 or a server says becomes one ``StoreError`` with a sentence, a hint and no secret."""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from botocore import exceptions as said
from botocore.exceptions import BotoCoreError, ClientError

from ttdn_assets import wording
from ttdn_assets.errors import StoreError, UsageError
from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores import Store, open_store
from ttdn_assets.stores.s3_errors import s3_errors

SECRET = "testsecret123"
FAULTS = sorted(
    (kind for _, kind in inspect.getmembers(said, inspect.isclass) if issubclass(kind, (BotoCoreError, ClientError))),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.__name__)
def test_every_fault_of_botocore_is_a_store_error(kind: type[Exception]) -> None:
    with pytest.raises(StoreError) as caught, s3_errors("s3://bucket", "key"):
        raise kind.__new__(kind)
    for lang in ("vi", "en"):
        sentence, hint = wording.say_failure(caught.value.failure(), lang)
        assert "?" not in sentence
        assert hint


@pytest.mark.parametrize(
    ("code", "status", "ours"),
    [
        ("SignatureDoesNotMatch", 403, "store-auth"),
        ("AccessDenied", 403, "store-denied"),
        ("NoSuchBucket", 404, "store-bucket-missing"),
        ("NoSuchKey", 404, "store-object-missing"),
        ("BadDigest", 400, "store-corrupt"),
        ("XMinioStorageFull", 507, "store-full"),
        ("SlowDown", 503, "store-busy"),
        ("RequestTimeTooSkewed", 403, "store-clock"),
        ("AuthorizationHeaderMalformed", 400, "store-region"),
        ("EntityTooLarge", 400, "store-too-large"),
        ("NeverHeardOf", 507, "store-full"),
        ("NeverHeardOf", 418, "store-failed"),
        ("", 403, "store-denied"),
    ],
)
def test_what_servers_say_is_known(code: str, status: int, ours: str) -> None:
    answer = ClientError(
        {"Error": {"Code": code, "Message": SECRET}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]  # only what is read
        "PutObject",
    )
    with pytest.raises(StoreError) as caught, s3_errors("s3://bucket", "key"):
        raise answer
    assert caught.value.code == ours
    assert SECRET not in str(caught.value)


def opening(url: str, endpoint: str) -> Callable[[], Store]:
    return lambda: open_store(url, settings=StoreSettings(endpoint=endpoint))


def code_of(attempt: Callable[[], object]) -> str:
    with pytest.raises((StoreError, UsageError)) as caught:
        attempt()
    for text in (str(caught.value), *map(str, caught.value.fields.values())):
        assert SECRET not in text
        assert "Signature=" not in text
    return caught.value.code


@pytest.mark.s3
@pytest.mark.usefixtures("aws")
def test_wrong_credentials_and_missing_buckets_are_told_at_opening(
    seaweed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code_of(opening("s3://no-such-bucket", seaweed)) == "store-bucket-missing"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET[::-1])
    assert code_of(opening("s3://first", seaweed)) == "store-auth"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    assert code_of(opening("s3://first", seaweed)) == "store-auth"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert code_of(opening("s3://first", seaweed)) == "store-no-credentials"
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert code_of(opening("s3://first", seaweed)) == "store-no-credentials"


@pytest.mark.s3
@pytest.mark.usefixtures("aws")
def test_the_endpoint_of_the_environment_goes_before_the_one_of_the_settings(
    seaweed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", seaweed)
    assert opening("s3://first", "http://127.0.0.1:1")().capabilities.refuses_wrong_sha256
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    assert code_of(opening("s3://first", seaweed)) == "store-unreachable"


@pytest.mark.s3
@pytest.mark.usefixtures("aws")
def test_reading_writes_nothing(seaweed: str) -> None:
    store = open_store("s3://first/read", settings=StoreSettings(endpoint=seaweed), writing=False)
    assert list(store.iter("")) == []
    assert store.head("catalogue/a.json") is None


@pytest.mark.usefixtures("aws")
def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert code_of(opening("s3://bucket", address)) == "store-unreachable"


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("endpoint", ["not an address", "ftp://127.0.0.1", "http://"])
def test_an_endpoint_that_is_none_is_told(endpoint: str) -> None:
    assert code_of(opening("s3://bucket", endpoint)) in ("store-setup", "store-unreachable")


@pytest.mark.parametrize("url", ["", "ftp://x/y", "s3://", "s3:///x", "s3://b?x=1", "http://u:testsecret123@h/b"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    assert code_of(lambda: open_store(url)) == "store-url"


def test_secrets_do_not_belong_into_an_address() -> None:
    assert code_of(lambda: open_store(f"s3://key:{SECRET}@bucket/x")) == "store-url-secret"


def test_a_folder_on_a_drive_that_is_not_plugged_in_is_told(tmp_path: Path) -> None:
    assert code_of(lambda: open_store(str(tmp_path / "gone" / "store"))) == "store-unreachable"
    assert code_of(lambda: open_store(str(tmp_path / "store"), writing=False)) == "store-unreachable"
    (tmp_path / "file").write_bytes(b"")
    assert code_of(lambda: open_store(str(tmp_path / "file"))) == "store-unreachable"


@pytest.mark.s3
def test_links_last_a_week_at_most(store: Store) -> None:
    if store.capabilities.kind == "folder":
        assert store.url("catalogue/a.json", 60).startswith("file:")
        return
    for seconds in (0, 8 * 24 * 3600):
        assert code_of(partial(store.url, "catalogue/a.json", seconds)) == "store-expiry"
    assert "X-Amz-Signature" in store.url("catalogue/a.json", 60)
