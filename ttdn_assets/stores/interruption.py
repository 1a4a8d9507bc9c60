"""How what is under way in a store ends early: at its next piece, so that nobody waits for a long clip to arrive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from ttdn_assets.errors import StoreError


class Interruption:
    """Asked for by one thread, met by all that move bytes of the same store."""

    def __init__(self) -> None:
        self._asked = Event()

    @contextmanager
    def now(self) -> Iterator[None]:
        """Within the block whatever moves bytes ends with ``store-stopped``; afterwards the store is as before."""
        self._asked.set()
        try:
            yield
        finally:
            self._asked.clear()

    def asked(self, *moved: object) -> bool:
        """Whether to end; told how much has moved, as libcurl tells it, and not interested."""
        return self._asked.is_set()

    def check(self) -> None:
        """End here where it was asked for.

        Raises:
            StoreError: ``store-stopped``.
        """
        if self._asked.is_set():
            raise StoreError("store-stopped")

    def wait(self, seconds: float) -> None:
        """Wait, unless it is asked for meanwhile.

        Raises:
            StoreError: ``store-stopped``.
        """
        self._asked.wait(seconds)
        self.check()
