"""``ttdn show``: everything known of one asset."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.catalogue.records import AssetRecord
from ttdn_assets.jobs.library import show
from ttdn_assets.model import FIELDS, Rendition
from ttdn_cli.app import verb
from ttdn_cli.output import json_line, megabytes, point, tell_findings
from ttdn_cli.speech import t
from ttdn_cli.verbs.rights import rights_lines


@verb("show")
@click.argument("asset", metavar="ASSET")
def command(asset: str, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.show.help``."""
    record = show(library, asset)
    if as_json:
        json_line(msgspec.to_builtins(record))
    else:
        _tell(record)


def _tell(record: AssetRecord) -> None:
    click.secho(f"{record.id[:16]}  {t('review.' + record.review)}", bold=True)
    for file in record.files:
        click.echo(f"  {t('cli.missing') + ' ' if file.missing else ''}{file.path}")
    _tell_media(record)
    for fact in record.facts:
        click.echo(f"  {t('fact.' + fact.kind):<12} {fact.value}  [{t('from.' + fact.source)}]")
    for field in FIELDS:
        for lang, text in sorted(getattr(record.captions, field).items()):
            told = f"{t('origin.' + text.origin)}, {t('review.' + text.status)}"
            click.echo(f"  {t('field.' + field)} {lang}: {text.value}  [{told}]")
            for number, rival in enumerate((one for one in record.rivals if (one.field, one.lang) == (field, lang)), 1):
                click.secho(f"    {number}. {rival.value}  [{t('review.' + rival.status)}]", fg="yellow")
    for line in rights_lines(record.rights):
        click.echo(f"  {line}")
    for shown in record.publications:
        click.echo(f"  {shown.at}  {shown.target}  {shown.url}".rstrip())
    for one in record.renditions:
        size = f"{one.width_px}×{one.height_px}"
        click.echo(f"  {size:>11} {megabytes(one.size_bytes):>8}  {', '.join(one.placements)}")
        click.secho(f"              {one.path}{_cut(one)}", dim=True)
    tell_findings(record.findings, verbose=True)


def _cut(one: Rendition) -> str:
    """What of the picture it shows."""
    if one.crop is None:
        return f"  {t('cli.show.padded')}" if one.fit == "pad" else ""
    size, at = f"{one.crop.width_px}×{one.crop.height_px}", f"{one.crop.x},{one.crop.y}"
    if not one.crop_path:
        return f"  {t('cli.show.cut', {'size': size, 'at': at})}"
    to = f"{one.crop_path[-1].x},{one.crop_path[-1].y}"
    return f"  {t('cli.show.followed', {'size': size, 'at': at, 'to': to})}"


def _tell_media(record: AssetRecord) -> None:
    media = record.media
    if media is None:
        return
    size = f"{media.size_px[0]}×{media.size_px[1]}"
    length = f"  {media.video.duration_s:.1f} s  {media.video.fps:.4g} fps" if media.video else ""
    click.echo(f"  {media.format}  {size}{length}  {media.taken_at or ''}  {media.camera or ''}".rstrip())
    if media.gps:
        click.echo(f"  {media.gps.latitude_deg:.5f}, {media.gps.longitude_deg:.5f}")
    if record.subject:
        origin = t("subject." + record.subject.origin)
        click.echo(f"  {t('cli.show.focus')} {point(record.subject.focal)}  [{origin}]")
