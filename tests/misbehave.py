"""Work that goes wrong in the ways real decoders do; a module of its own because worker processes import it by name."""

from __future__ import annotations

import os
import time
from pathlib import Path

from ttdn_assets.errors import InputError, ToolError
from ttdn_assets.jobs.pool import watchdog
from ttdn_assets.jobs.work import Task, Worked, work_on


def obey(order: str, folder: str = "") -> str:
    """Do what the name says, under a watchdog whose trace lies in ``folder``."""
    with watchdog(1.0, Path(folder) / order if folder else None):
        if order.startswith("abort"):
            os.abort()
        if order.startswith("hang"):
            while True:
                time.sleep(60)
        if order.startswith("raise"):
            raise InputError("file-vanished", {"path": order})
        time.sleep(0.05)
        return order.upper()


def dying_work(task: Task) -> Worked:
    """The real work, but IMG_2 ends the process."""
    with watchdog(60.0, Path(task.trace)):
        if task.source.relative.endswith("IMG_2.jpg"):
            os.abort()
    return work_on(task)


def hanging_work(task: Task) -> Worked:
    """The real work, but IMG_2 never ends."""
    with watchdog(2.0, Path(task.trace)):
        while task.source.relative.endswith("IMG_2.jpg"):
            time.sleep(60)
    return work_on(task)


def full_disk_work(task: Task) -> Worked:
    """The real work, but the disk is full when IMG_2 is to be written."""
    if task.source.relative.endswith("IMG_2.jpg"):
        raise ToolError("disk-full", {"path": task.root})
    return work_on(task)


def slow_work(task: Task) -> Worked:
    """The real work after a second, for which a file in ``TTDN_BEGUN`` bears the number of the process."""
    begun = Path(os.environ["TTDN_BEGUN"], f"begun-{os.getpid()}")
    begun.touch()
    time.sleep(1)
    begun.unlink()
    return work_on(task)
