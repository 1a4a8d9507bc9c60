"""What boto3 and S3 servers say, mapped once to the house's ``StoreError``.

A message carries the server's error code or the kind of failure, never its text: servers and libraries repeat
addresses, signatures and key ids there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from boto3.exceptions import Boto3Error
from botocore import exceptions as said
from botocore.exceptions import BotoCoreError, ClientError

from ttdn_assets.errors import StoreError

_BY_CODE = {
    "store-auth": (
        "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "ExpiredTokenException",
        "TokenRefreshRequired", "AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException",
        "InvalidSecurity", "NotSignedUp", "AccountProblem", "Unauthorized", "401",
    ),
    "store-clock": ("RequestTimeTooSkewed", "RequestExpired"),
    "store-denied": ("AccessDenied", "AllAccessDisabled", "Forbidden", "MethodNotAllowed", "403"),
    "store-bucket-missing": ("NoSuchBucket", "InvalidBucketName"),
    "store-region": (
        "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException",
        "301", "307",
    ),
    "store-object-missing": ("NoSuchKey", "NotFound", "NoSuchVersion", "NoSuchUpload", "404"),
    "store-corrupt": (
        "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "InvalidPart",
        "InvalidPartOrder", "IncompleteBody",
    ),
    "store-full": (
        "QuotaExceeded", "QuotaExceededException", "InsufficientStorage", "XMinioStorageFull", "StorageFull",
        "ServiceQuotaExceededException", "507",
    ),
    "store-too-large": ("EntityTooLarge", "413"),
    "store-busy": (
        "SlowDown", "ServiceUnavailable", "RequestLimitExceeded", "Throttling", "ThrottlingException", "InternalError",
        "InternalFailure", "RequestTimeout", "BandwidthLimitExceeded", "429", "500", "502", "503", "504",
    ),
}  # fmt: skip
_CODES = {code: ours for ours, codes in _BY_CODE.items() for code in codes}

_BY_CLASS: tuple[tuple[str, tuple[type[BotoCoreError], ...]], ...] = (
    (
        "store-no-credentials",
        (
            said.NoCredentialsError,
            said.PartialCredentialsError,
            said.CredentialRetrievalError,
            said.ProfileNotFound,
            said.TokenRetrievalError,
            said.NoAuthTokenError,
            said.UnauthorizedSSOTokenError,
            said.SSOError,
            said.RefreshWithMFAUnsupportedError,
        ),
    ),
    ("store-tls", (said.SSLError,)),
    ("store-corrupt", (said.ChecksumError,)),
    ("store-busy", (said.ConnectionClosedError, said.ReadTimeoutError, said.IncompleteReadError)),
    ("store-unreachable", (said.HTTPClientError, said.ConnectionError)),
    (
        "store-setup",
        (
            said.ParamValidationError,
            said.ValidationError,
            said.NoRegionError,
            said.InvalidRegionError,
            said.InvalidConfigError,
            said.ConfigParseError,
            said.ConfigNotFound,
            said.EndpointProviderError,
            said.UnsupportedSignatureVersionError,
        ),
    ),
)


@contextlib.contextmanager
def s3_errors(store: str, key: str = "") -> Iterator[None]:
    """Let nothing of boto3 out of the block but a ``StoreError`` that names the store and the object.

    Raises:
        StoreError: ``store-auth``, ``store-no-credentials``, ``store-clock``, ``store-denied``,
            ``store-bucket-missing``, ``store-region``, ``store-object-missing``, ``store-corrupt``, ``store-full``,
            ``store-too-large``, ``store-busy``, ``store-tls``, ``store-unreachable``, ``store-setup`` or
            ``store-failed``.
    """
    try:
        yield
    except ClientError as error:
        code = error_code(error)
        raise StoreError(_code_for(error), {"store": store, "key": key, "reason": code}) from error
    except (BotoCoreError, Boto3Error) as error:
        ours = next((ours for ours, kinds in _BY_CLASS if isinstance(error, kinds)), "store-failed")
        raise StoreError(ours, {"store": store, "key": key, "reason": type(error).__name__}) from error
    except ValueError as error:
        raise StoreError("store-setup", {"store": store, "key": key, "reason": "endpoint"}) from error


def error_code(error: ClientError) -> str:
    """The error code a server gave: letters and digits only."""
    code = str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
    return "".join(letter for letter in code if letter.isalnum() and letter.isascii())[:60] or "unknown"


def http_status(error: ClientError) -> int:
    """The HTTP status of the answer; 0 where there is none."""
    return int(getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)


def _code_for(error: ClientError) -> str:
    return _CODES.get(error_code(error)) or _CODES.get(str(http_status(error))) or "store-failed"
