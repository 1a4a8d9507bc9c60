"""What a run tells while it lasts: outcomes as they come, findings of the run itself, and how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable

from ttdn_assets.jobs.spool import Spool
from ttdn_assets.model import Event, Finding, Outcome, Progress

Each = Callable[[Outcome], None]


class Telling:
    """One run's outcomes and progress; touched by the thread that runs it alone."""

    def __init__(self, progress: Progress, each: Each | None) -> None:
        self.progress, self._each = progress, each
        self.outcomes = Spool[Outcome]()
        self.findings: list[Finding] = []
        self.total = 0
        self._expected_bytes = self._worked_bytes = 0
        self._started = time.monotonic()

    def scanned(self, source: str, number: int) -> None:
        """One more source was found."""
        self.progress(Event(stage="scan", done=number, total=0, source=source))

    def begin(self, expected_bytes: int) -> None:
        """The work begins; the sources it is to read weigh this much together."""
        self._started, self._expected_bytes = time.monotonic(), expected_bytes

    def outcome(self, outcome: Outcome, worked_bytes: int = 0) -> None:
        """A source has come to its outcome; ``worked_bytes`` is what was read for it."""
        self._worked_bytes += worked_bytes
        self.outcomes.append(outcome)
        self.in_hand(outcome.source)
        if self._each:
            self._each(outcome)

    def in_hand(self, source: str) -> None:
        """How far the run is; the time left goes by bytes, because a clip takes as long as many photos."""
        left_s = None
        if self._worked_bytes:
            spent_s = time.monotonic() - self._started
            left_s = spent_s * (self._expected_bytes - self._worked_bytes) / self._worked_bytes
        self.progress(Event(stage="files", done=len(self.outcomes), total=self.total, source=source, left_s=left_s))
