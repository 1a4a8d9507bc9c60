"""``ttdn posts``: how long a text is as a platform counts it."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.errors import UsageError
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.settings import load_library
from ttdn_assets.submissions.posts import limit_of, room
from ttdn_assets.text import length
from ttdn_cli.app import group_of, option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import t
from ttdn_cli.stdin import texts


@verb("posts count")
@click.argument("values", nargs=-1, metavar="[TEXT]...")
@option("--placement", required=True, metavar="ID", help="cli.posts.placement")
@option("--field", metavar="NAME", help="cli.posts.field")
def count(values: tuple[str, ...], placement: str, field: str | None, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.posts-count.help``."""
    known = load_placements(load_library(library).placements)
    [one] = (one for group in choose([placement], known).values() for one in group[:1])
    limit = limit_of(one, field)
    if limit is None:
        raise UsageError("post-field", {"placement": one.id, "fields": ", ".join(room(one)) or "–"})
    for value in values or texts(as_json=as_json):
        used = length(value, limit.unit)
        if as_json:
            json_line({"length": used, "unit": limit.unit, "allowed": limit.maximum})
        else:
            code = "cli.posts.over" if used > limit.maximum else "cli.posts.fits"
            click.echo(t(code, {"used": used, "allowed": limit.maximum, "unit": limit.unit, "field": limit.field}))


command = group_of("posts", count)
