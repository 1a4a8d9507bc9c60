"""Values of a type out of JSON and tables, in any number of threads.

msgspec learns a type when it first meets it, and two threads that meet one in the same moment end the whole process
(seen in 0.22).  So each type is learnt alone, and used by all from then on.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_LEARNING = Lock()
_LEARNT: dict[Any, msgspec.json.Decoder[Any]] = {}


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """The decoder of a type; it raises ``msgspec.DecodeError`` for what is no JSON, or none of the type."""
    with _LEARNING:
        return _LEARNT.get(kind) or _LEARNT.setdefault(kind, msgspec.json.Decoder(kind))


def decode(data: bytes | str, kind: type[T]) -> T:
    """A value of a type from JSON.

    Raises:
        msgspec.DecodeError: it is no JSON, or none of the type.
    """
    return decoder(kind).decode(data)


def convert(value: object, kind: type[T], *, from_attributes: bool = False) -> T:
    """A value of a type from tables and lists, or from another struct's attributes.

    Raises:
        msgspec.ValidationError: it is none of the type.
    """
    decoder(kind)
    return msgspec.convert(value, kind, from_attributes=from_attributes)
