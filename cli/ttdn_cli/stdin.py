"""What a verb reads from standard input: JSON lines, or plain ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from ttdn_assets.decoding import decoder
from ttdn_assets.errors import UsageError

T = TypeVar("T")


def json_lines(kind: type[T]) -> Iterator[tuple[int, T]]:
    """The JSON values of standard input, one a line, with the number of their line; empty lines are passed over.

    Raises:
        UsageError: ``json-line`` where a line is no JSON of that kind.
    """
    values = decoder(kind)
    for number, line in enumerate(sys.stdin, 1):
        if line.strip():
            try:
                yield number, values.decode(line.lstrip("\ufeff"))
            except msgspec.DecodeError as error:
                raise UsageError("json-line", {"line": number, "reason": str(error)}) from error


def texts(*, as_json: bool) -> Iterator[str]:
    """Texts of standard input: JSON strings, or plain lines."""
    if as_json:
        yield from (text for _, text in json_lines(str))
    else:
        yield from (line.rstrip("\r\n") for line in sys.stdin)
