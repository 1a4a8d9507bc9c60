"""A bucket as boto3 and the wire reach it, set up for servers that are not Amazon's too."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies, parse_timestamp

from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores.interruption import Interruption
from ttdn_assets.stores.s3_wire import ATTEMPTS, Wire

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 32
_CONNECT_S = 10
_REGION = "us-east-1"
"""What servers without regions expect in a signature."""


class Bucket(NamedTuple):
    """One bucket: ``wire`` carries files there, ``client`` does everything else."""

    client: S3Client
    wire: Wire
    name: str


def open_bucket(name: str, settings: StoreSettings, interruption: Interruption) -> Bucket:
    """The bucket: variables of the environment first, then ``settings``, then the AWS profile."""
    core = botocore.session.Session(profile=_profile(settings))
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_timestamp)
    client = _client(core, settings)
    address = _address(client, name)
    credentials = core.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    authorities = core.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE")
    wire = Wire(
        credentials,
        region=client.meta.region_name,
        address=address,
        authorities=authorities or str(get_cert_path(True)),
        proxy=get_environ_proxies(address).get(urlsplit(address).scheme, ""),
        interruption=interruption,
        connect_s=_CONNECT_S,
        timeout_s=settings.timeout_s,
    )
    return Bucket(client, wire, name)


def _client(core: botocore.session.Session, settings: StoreSettings) -> S3Client:
    """A client for any server.

    Addresses are path style unless the server is Amazon's; requests and presigned addresses are signed with version 4,
    which boto3 does not choose by itself for another endpoint.  Its own CRC checksums are left out where no one
    requires them: many servers refuse or mangle them (boto3#4392), and every transfer here carries a SHA-256.
    """
    session = boto3.session.Session(botocore_session=core)
    region = (
        os.environ.get("AWS_REGION")
        or os.environ.get("AWS_DEFAULT_REGION")
        or settings.region
        or session.region_name
        or _REGION
    )
    named = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    endpoint = named or settings.endpoint

    def made(*, path_style: bool) -> S3Client:
        config = _config(path_style=path_style, timeout_s=settings.timeout_s)
        return session.client("s3", endpoint_url=endpoint, region_name=region, config=config)

    client = made(path_style=bool(endpoint))
    return client if endpoint or _is_amazon(client) else made(path_style=True)


def _address(client: S3Client, bucket: str) -> str:
    """Where the objects of a bucket lie, in the style and at the endpoint boto3 chose."""
    signed = client.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "x"})
    return signed.partition("?")[0].removesuffix("x")


def _timestamp(text: str) -> dt.datetime:
    """A time of a listing, read by the standard library; botocore's own parser is half the cost of a long listing."""
    try:
        return dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return parse_timestamp(text)


def _profile(settings: StoreSettings) -> str | None:
    """The profile of ttdn.toml, unless the environment names credentials."""
    if os.environ.get("AWS_PROFILE") or os.environ.get("AWS_ACCESS_KEY_ID"):
        return None
    return settings.profile or None


def _config(*, path_style: bool, timeout_s: float) -> Config:
    style: dict[str, Any] = {"addressing_style": "path" if path_style else "auto"}
    return Config(
        signature_version="s3v4",
        s3=style,  # type: ignore[arg-type]  # the stub's TypedDict takes no plain dict
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=_CONNECT_S,
        read_timeout=timeout_s,
        max_pool_connections=CONNECTIONS,
        tcp_keepalive=True,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


def _is_amazon(client: S3Client) -> bool:
    host = urlsplit(client.meta.endpoint_url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn"))
