"""A store that refuses, through the command line: one sentence, what to do, no secret, and no file touched before."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

pytestmark = pytest.mark.s3
WRONG = "a-secret-of-another-house"
Refused = Callable[[str], list[str]]


@pytest.fixture
def refused(drawn: Path, seaweed: str, aws: None, tmp_path: Path) -> Refused:
    """Runs ``ttdn prepare`` with a store, which must refuse; the lines it says, and nothing may have been rendered."""

    def run(store: str) -> list[str]:
        library = tmp_path / "library"
        library.mkdir(exist_ok=True)
        (library / "ttdn.toml").write_text(f'[store]\nendpoint = "{seaweed}"\n', encoding="utf-8")
        command = ["prepare", str(drawn), "--to", "x.photo", "--library", str(library), "--store", store]
        done = subprocess.run(
            [sys.executable, "-m", "ttdn_cli", "--ui", "en", *command],
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, ""), done.stderr
        assert "Traceback" not in done.stderr
        assert WRONG not in done.stderr
        assert not (library / "catalogue.sqlite3").exists()
        return done.stderr.splitlines()

    return run


def test_a_wrong_key_is_named_without_the_secret(
    refused: Refused, seaweed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = f"b{uuid.uuid4().hex[:20]}"
    boto3.client("s3", endpoint_url=seaweed, region_name="us-east-1").create_bucket(Bucket=bucket)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", WRONG)
    sentence, hint = refused(f"s3://{bucket}/kho")
    assert bucket in sentence
    assert "AWS_" in hint or "key" in hint.lower()


def test_a_missing_bucket_is_named(refused: Refused) -> None:
    sentence, hint = refused("s3://no-such-bucket-here/kho")
    assert "no-such-bucket-here" in sentence
    assert hint


def test_missing_credentials_are_asked_for(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    sentence, hint = refused("s3://kho/son-la")
    assert "s3://kho" in sentence or "kho" in sentence
    assert hint
