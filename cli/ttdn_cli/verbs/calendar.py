"""``ttdn calendar``: what is commemorated and celebrated soon, and what there is to show for it."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.occasions import Upcoming, upcoming, write_calendar
from ttdn_assets.jobs.reporting import day_name
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import language, t


@verb("calendar")
@option("--days", type=click.IntRange(1, 3660), default=60, show_default=True, metavar="N", help="cli.calendar.days")
@option("--ics", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="cli.calendar.ics")
def command(days: int, ics: Path | None, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.calendar.help``."""
    found = upcoming(library, days=days, lang=language())
    for one in found:
        if as_json:
            json_line(msgspec.to_builtins(one))
        else:
            click.echo(f"{_days(one):<16}  {one.name}")
            counted = t("calendar.assets", {"n": one.assets, "unused": one.unused})
            click.secho(f"{'':<16}  {f'{_lunar(one.lunar)}; ' if one.lunar else ''}{counted}", dim=True)
    if ics is not None:
        write_calendar(found, ics, lang=language())
        click.echo(t("cli.calendar.written", {"path": str(ics), "n": len(found)}), err=True)


def _days(one: Upcoming) -> str:
    days = f"{one.first.day}/{one.first.month}–{one.last.day}/{one.last.month}/{one.last.year}"
    return day_name(one.first, "vi") if one.first == one.last else days


def _lunar(day: str) -> str:
    """The lunar day, or the month or months where only those are fixed."""
    code = "cli.calendar.lunar" if "/" in day else "cli.calendar.lunar-month"
    return t(code, {"day": "–".join(part.lstrip("0") for part in day.split(".."))})
