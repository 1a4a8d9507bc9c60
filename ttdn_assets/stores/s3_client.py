"""A boto3 client set up for servers that are not Amazon's too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from ttdn_assets.settings import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 32
_REGION = "us-east-1"
"""What servers without regions expect in a signature."""


def make_client(settings: StoreSettings) -> S3Client:
    """The client: variables of the environment first, then ``settings``, then the AWS profile.

    Addresses are path style unless the server is Amazon's; requests and presigned addresses are signed with version 4,
    which boto3 does not choose by itself for another endpoint.  Its own CRC checksums are left out where no one
    requires them: many servers refuse or mangle them (boto3#4392), and every transfer here carries a SHA-256.
    """
    session = boto3.session.Session(profile_name=_profile(settings))
    region = (
        os.environ.get("AWS_REGION")
        or os.environ.get("AWS_DEFAULT_REGION")
        or settings.region
        or session.region_name
        or _REGION
    )
    named = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    endpoint = named or settings.endpoint
    client = session.client("s3", endpoint_url=endpoint, region_name=region, config=_config(path_style=bool(endpoint)))
    if not endpoint and not _is_amazon(client):
        return session.client("s3", region_name=region, config=_config(path_style=True))
    return client


def _profile(settings: StoreSettings) -> str | None:
    """The profile of ttdn.toml, unless the environment names credentials."""
    if os.environ.get("AWS_PROFILE") or os.environ.get("AWS_ACCESS_KEY_ID"):
        return None
    return settings.profile or None


def _config(*, path_style: bool) -> Config:
    style: dict[str, Any] = {"addressing_style": "path" if path_style else "auto"}
    return Config(
        signature_version="s3v4",
        s3=style,  # type: ignore[arg-type]  # the stub's TypedDict takes no plain dict
        retries={"mode": "standard", "total_max_attempts": 4},
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=CONNECTIONS,
        tcp_keepalive=True,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


def _is_amazon(client: S3Client) -> bool:
    host = urlsplit(client.meta.endpoint_url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn"))
