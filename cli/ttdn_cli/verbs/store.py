"""``ttdn store``: what is in the store, looked after."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.library import open_library, store_of
from ttdn_assets.jobs.sync import Fault, collect_garbage, verify_store
from ttdn_cli.app import group_of, option, verb
from ttdn_cli.output import json_line, megabytes
from ttdn_cli.progress import shown
from ttdn_cli.speech import t, t_failure


@verb("store verify")
@option("--store", metavar="URL", help="cli.option.store")
@option("--deep", is_flag=True, help="cli.store-verify.deep")
@option("--repair", is_flag=True, help="cli.store-verify.repair")
def verify(store: str | None, deep: bool, repair: bool, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.store-verify.help``."""
    opened = open_library(library)
    with shown() as progress:
        found = verify_store(
            opened, store_of(opened, store, writing=repair), deep=deep, repair=repair, progress=progress
        )
    if as_json:
        json_line({"well": found.unchanged, "repaired": found.sent, "faults": msgspec.to_builtins(found.faults)})
    else:
        _tell_faults(found.faults)
        counts = {"well": found.unchanged, "repaired": found.sent, "wrong": len(found.faults)}
        click.secho(t("cli.store-verify.counts", {**counts}), bold=True)
    return int(found.failed)


@verb("store gc")
@option("--store", metavar="URL", help="cli.option.store")
@option("--yes", is_flag=True, help="cli.store-gc.yes")
def gc(store: str | None, yes: bool, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.store-gc.help``."""
    opened = open_library(library)
    with shown() as progress:
        found = collect_garbage(opened, store_of(opened, store, writing=False), delete=yes, progress=progress)
    if as_json:
        json_line(msgspec.to_builtins(found))
        return int(bool(found.faults))
    for key in (*(one.key for one in found.objects), *(one.key for one in found.leftovers)):
        click.echo(key)
    _tell_faults(found.faults)
    fields: dict[str, str | int | float | None] = {
        "objects": len(found.objects),
        "size": megabytes(found.size_bytes) if found.size_bytes else "0 MB",
        "leftovers": len(found.leftovers),
        "young": found.young,
        "deleted": found.deleted,
    }
    click.secho(t("cli.store-gc.counts", fields), bold=True)
    return int(bool(found.faults))


def _tell_faults(faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        click.secho(f"✗ {fault.subject}: {t_failure(fault.failure)[0]}", fg="red")


command = group_of("store", verify, gc)
