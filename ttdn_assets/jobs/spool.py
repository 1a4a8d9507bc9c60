"""A list that may be longer than memory."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

Item = TypeVar("Item")

_HELD_BYTES = 4 << 20


class Spool(Sequence[Item]):
    """Values in the order they were added; past 4 MiB they lie in a temporary file that nobody else sees.

    They are pickled, because a path need not be text that could be encoded.  An item is read back each time it is
    asked for; 8 bytes of memory stay for each.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_HELD_BYTES)  # noqa: SIM115  # closed with the spool
        self._starts = array("Q", [0])
        weakref.finalize(self, self._file.close)

    def append(self, item: Item) -> None:
        """Add a value at the end."""
        data = pickle.dumps(item)
        self._file.seek(self._starts[-1])
        self._file.write(data)
        self._starts.append(self._starts[-1] + len(data))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[Item]:
        return (self._at(number) for number in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...

    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        wanted = range(len(self))[index]
        return self._at(wanted) if isinstance(wanted, int) else [self._at(number) for number in wanted]

    def _at(self, number: int) -> Item:
        start, end = self._starts[number], self._starts[number + 1]
        self._file.seek(start)
        item: Item = pickle.loads(self._file.read(end - start))
        return item
