"""What people change in the catalogue by hand: what every crop must keep in view."""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.library import catalogue_of
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import FocalPoint, Subject
from ttdn_assets.settings import Library


def set_focus(library: Library | Path | None, asset: str, *, x: float, y: float, who: str | None = None) -> str:
    """Set by hand the point that every crop of an asset keeps in view; the asset's id.

    Args:
        library: the library, or its folder.
        asset: the asset's id or its beginning.
        x: share of the upright picture's width, 0 (left) to 1 (right).
        y: share of its height, 0 (top) to 1 (bottom).
        who: the name written into the history; the system's user where ``None``.

    Raises:
        UsageError: ``focus-outside`` where a share is not between 0 and 1.
    """
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise UsageError("focus-outside", {"x": x, "y": y})
    with catalogue_of(library) as catalogue:
        record = catalogue.asset(asset)
        subject = Subject(focal=FocalPoint(x, y), origin="hand")
        catalogue.set_subject(record.id, subject, who=who or system_user())
        return record.id
