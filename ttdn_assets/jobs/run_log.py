"""The log a run leaves in the library."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path


class _LogFile(logging.FileHandler):
    """A log that is silent where the disk takes no more of it: the run itself tells what is wrong."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Let the line go."""

    def close(self) -> None:
        """Let go what was not written yet."""
        with contextlib.suppress(OSError):
            super().close()


@contextlib.contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Take what is logged while the block lasts into the library's log."""
    handler = _LogFile(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("ttdn_assets")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
