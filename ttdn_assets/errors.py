"""Everything that can go wrong, as one tree.

AssetsError
├── InputError        what was given cannot be used; the same call will fail again
│   ├── UsageError    an unknown target, an invalid setting, a folder that is not there
│   └── MediaError    one media file is broken, hostile or not supported
├── ToolError         an outside program failed; trying again may help
│   ├── ToolMissing   it is not installed
│   └── TimeLimit     it took longer than it may
├── StoreError        the object store refused or did not answer
├── CatalogueError    the database cannot be read or written
├── LibraryBusy       another run holds the library
└── CheckFailed       something written breaks a rule; ``findings`` says what

Each error has a ``code`` and ``fields``; ``wording.say("error." + code, fields, lang)`` makes the sentence and
``error.<code>.hint`` says what to do next.  They pickle, because workers raise them in other processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath

from ttdn_assets.model import Failure, Finding

FieldValue = str | int | float
AnyField = FieldValue | PathLike[str]


class AssetsError(Exception):
    """The base of every error this library raises on purpose."""

    def __init__(self, code: str, fields: Mapping[str, AnyField] | None = None) -> None:
        """Keep the message code and the values its sentence needs."""
        super().__init__(code, fields)
        self.code = code
        self.fields: dict[str, FieldValue] = {
            key: fspath(value) if isinstance(value, PathLike) else value for key, value in (fields or {}).items()
        }

    def __str__(self) -> str:
        """The sentence in English, for logs and for callers who do not word errors themselves."""
        from ttdn_assets.wording import say

        return say(f"error.{self.code}", self.fields, "en")

    def failure(self) -> Failure:
        """The same as a value that can be stored and worded later."""
        return Failure(code=self.code, fields=self.fields)


class InputError(AssetsError):
    """What was given cannot be used; the same call will fail again."""


class UsageError(InputError):
    """The request itself is wrong: an unknown target, an invalid setting, a folder that is not there."""


class MediaError(InputError):
    """One media file is broken, hostile or not supported."""


class ToolError(AssetsError):
    """An outside program failed; ``fields`` may hold ``command`` and ``stderr_tail``."""


class ToolMissing(ToolError):
    """An outside program or model is not installed."""


class TimeLimit(ToolError):
    """Work on one file took longer than it may."""


class StoreError(AssetsError):
    """The object store refused or did not answer."""


class CatalogueError(AssetsError):
    """The database cannot be read or written."""


class LibraryBusy(AssetsError):
    """Another run holds the library."""


class CheckFailed(AssetsError):
    """Something written breaks a rule."""

    def __init__(
        self, code: str, fields: Mapping[str, AnyField] | None = None, findings: Sequence[Finding] = ()
    ) -> None:
        """Keep the findings beside the code."""
        super().__init__(code, fields)
        self.args = (code, fields, findings)
        self.findings = tuple(findings)
