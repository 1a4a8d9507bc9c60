"""``ttdn doctor``: what is there, and what each missing thing would give."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.doctor import examine, say_check
from ttdn_assets.settings import StoreSettings, load_library
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import language

_MARKS = {"ok": ("✓", "green"), "degraded": ("!", "yellow"), "missing": ("✗", "red")}


@verb("doctor")
@option("--store", metavar="URL", help="cli.option.store")
def command(store: str | None, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.doctor.help``."""
    opened = load_library(library)
    if store:
        chosen: StoreSettings = msgspec.structs.replace(opened.settings.store, url=store)
        opened = msgspec.structs.replace(opened, settings=msgspec.structs.replace(opened.settings, store=chosen))
    checks = examine(opened, store=bool(opened.settings.store.url))
    for check in checks:
        sentence, hint = say_check(check, language())
        if as_json:
            json_line({**msgspec.to_builtins(check), "message": sentence, "hint": hint})
            continue
        mark, colour = _MARKS[check.status]
        click.echo(f"{click.style(mark, fg=colour)} {sentence}")
        if hint:
            click.secho(f"  → {hint}", dim=True)
    return 3 if any(check.name == "ffmpeg" and check.status == "missing" for check in checks) else 0
