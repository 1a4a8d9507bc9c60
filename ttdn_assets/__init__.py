"""How a Vietnamese province shows itself to the world: its media catalogued, captioned, rendered, submitted.

The house as built, from the ground up; each floor imports only lower ones, and rooms of one floor never each other
(``.importlinter`` holds this):

    model errors text geometry wording      frozen values, one error tree, sentences in vi, en, zh
    settings                                ttdn.toml and the library folder
    tools                                   one module per outside thing, the only importer of it
    placements  terms                       what each platform accepts; the trilingual term base: data with loaders
    media                                   a file to its facts and its picture digest
    scanning catalogue captions renditions submissions stores reports         the rooms
    jobs                                    what a user asks for: each joins rooms; ``prepare`` joins jobs
    (this module)                           the public names
    ttdn_cli                                verbs over them

One asset's way: scan, then in a worker, here or on a cluster, probe, plan, make, check; then in the parent captions and
the catalogue, one transaction an asset; then one bag per target; then the store.  Renditions hold pixels only; words
are written into the copies that are packed, so an edited comma packs again and encodes nothing.

Importing this module imports nothing heavy: each name below is fetched when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ttdn_assets.captions.compose import compose
    from ttdn_assets.captions.guard import check_captions
    from ttdn_assets.captions.translate import translate
    from ttdn_assets.jobs.forgetting import forget
    from ttdn_assets.jobs.library import open_library, report, search
    from ttdn_assets.jobs.merging import merge
    from ttdn_assets.jobs.prepare import prepare
    from ttdn_assets.jobs.submit import pack, verify
    from ttdn_assets.jobs.sync import pull, push
    from ttdn_assets.media.probe import probe
    from ttdn_assets.placements import load_placements
    from ttdn_assets.renditions.checking.check import check_file
    from ttdn_assets.scanning import scan
    from ttdn_assets.terms import load_terms

_HOMES = {
    "check_captions": "captions.guard",
    "check_file": "renditions.checking.check",
    "compose": "captions.compose",
    "forget": "jobs.forgetting",
    "load_placements": "placements",
    "load_terms": "terms",
    "merge": "jobs.merging",
    "open_library": "jobs.library",
    "pack": "jobs.submit",
    "prepare": "jobs.prepare",
    "probe": "media.probe",
    "pull": "jobs.sync",
    "push": "jobs.sync",
    "report": "jobs.library",
    "scan": "scanning",
    "search": "jobs.library",
    "translate": "captions.translate",
    "verify": "jobs.submit",
}

__all__ = [
    "check_captions",
    "check_file",
    "compose",
    "forget",
    "load_placements",
    "load_terms",
    "merge",
    "open_library",
    "pack",
    "prepare",
    "probe",
    "pull",
    "push",
    "report",
    "scan",
    "search",
    "translate",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from the room it lives in."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ttdn_assets' has no attribute {name!r}")
    return getattr(importlib.import_module(f"ttdn_assets.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
