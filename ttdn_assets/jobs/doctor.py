"""What of this machine, this library and its store is well, works in part, or is not there, and what that costs."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.errors import AssetsError, FieldValue, ToolMissing
from ttdn_assets.jobs.library import terms_of
from ttdn_assets.placements import load_placements
from ttdn_assets.settings import Library
from ttdn_assets.stores import open_store
from ttdn_assets.tools import ffmpeg
from ttdn_assets.tools.ffmpeg_hardware import hardware_encoder
from ttdn_assets.tools.files import free_bytes
from ttdn_assets.wording import say, say_failure, ui_language

CHECKS = (
    "python", "ffmpeg", "ffmpeg-filters", "encoder", "opencv", "heif", "translation", "models", "fonts", "library",
    "disk", "database", "terms", "placements", "store",
)  # fmt: skip
"""The names of the checks, in the order they are told; sentences are ``doctor.<name>.<status>``."""

STORE_NEEDS = ("refuses_wrong_sha256", "refuses_overwrite", "refuses_stale", "keeps_metadata", "copies", "resumes")
"""What a store should do (``stores.Capabilities``); what it does not is ``doctor.store.lacks.<name>``."""

STATUSES = ("ok", "degraded", "missing")
Status = Literal["ok", "degraded", "missing"]
_SPARE_BYTES = 5_000_000_000
_FILTERS = frozenset((
    "scale", "crop", "sendcmd", "overlay", "gblur", "fps", "bwdif", "ebur128", "alimiter", "zscale", "tonemap", "lut3d",
    "ass",
))  # fmt: skip
_FONT_SUFFIXES = {".ttf", ".otf", ".ttc"}
_HAN_FONTS = (
    "notosanscjk", "notosanssc", "notosanshans", "sourcehan", "msyh", "simsun", "simhei", "pingfang", "wqy", "stheiti",
    "hiragino sans gb", "droidsansfallback", "deng.ttf", "arphic", "uming", "ukai",
)  # fmt: skip
_FONT_FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/System/Library/Fonts",
    "/Library/Fonts", "~/Library/Fonts", "%WINDIR%/Fonts", "%LOCALAPPDATA%/Microsoft/Windows/Fonts",
)  # fmt: skip


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at.  ``fields`` are the values its sentence needs, such as a version or a path."""

    name: str
    status: Status
    fields: dict[str, FieldValue] = {}


def examine(library: Library, *, store: bool = False) -> tuple[Check, ...]:
    """Look at everything; nothing that fails keeps the rest from being looked at.

    Args:
        library: the library to look at; a folder that is not there yet is told as missing.
        store: whether to try the library's store too, by writing and deleting a small object.
    """
    looks: Mapping[str, Callable[[], Check | None]] = {
        "python": _python,
        "ffmpeg": _ffmpeg,
        "ffmpeg-filters": _ffmpeg_filters,
        "encoder": lambda: _encoder(library),
        "opencv": lambda: _package("opencv", "opencv-python-headless"),
        "heif": lambda: _package("heif", "pi-heif"),
        "translation": _translation,
        "models": lambda: _models(library),
        "fonts": _fonts,
        "library": lambda: _library(library),
        "disk": lambda: _disk(library),
        "database": lambda: _database(library),
        "terms": lambda: _terms(library),
        "placements": lambda: _placements(library),
        "store": lambda: _store(library) if store else None,
    }
    return tuple(check for name in CHECKS if (check := _looked(name, looks[name])) is not None)


def say_check(check: Check, lang: str) -> tuple[str, str]:
    """The sentence of a check and what to do, or what it would give; the second is empty where all is well."""
    code = f"doctor.{check.name}.{check.status}"
    return say(code, check.fields, lang), "" if check.status == "ok" else say(f"doctor.{check.name}.gives", lang=lang)


def _looked(name: str, look: Callable[[], Check | None]) -> Check | None:
    try:
        return look()
    except AssetsError as error:
        status: Status = "missing" if isinstance(error, ToolMissing) else "degraded"
        return Check(name=name, status=status, fields={"reason": say_failure(error.failure())[0]})
    except Exception as error:
        return Check(name=name, status="degraded", fields={"reason": type(error).__name__})


def _python() -> Check:
    fields: dict[str, FieldValue] = {
        "version": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count() or 1,
    }
    return Check(name="python", status="ok" if sys.version_info >= (3, 11) else "degraded", fields=fields)


def _ffmpeg() -> Check:
    path = ffmpeg.find_ffmpeg()
    fields: dict[str, FieldValue] = {"path": str(path), "version": ffmpeg.capabilities(path).version}
    return Check(name="ffmpeg", status="ok", fields=fields)


def _ffmpeg_filters() -> Check:
    can = ffmpeg.capabilities(ffmpeg.find_ffmpeg())
    lacking = sorted((_FILTERS - can.filters) | (ffmpeg.NEEDED_ENCODERS - can.encoders))
    return Check(name="ffmpeg-filters", status="degraded" if lacking else "ok", fields={"lacking": ", ".join(lacking)})


def _encoder(library: Library) -> Check:
    """What codes clips; the graphics chip is only looked for where the settings ask for it."""
    asked = library.settings.video.encoder == "hardware"
    found = hardware_encoder(ffmpeg.find_ffmpeg()) if asked else None
    fields: dict[str, FieldValue] = {"encoder": found or "libx264"}
    return Check(name="encoder", status="degraded" if asked and found is None else "ok", fields=fields)


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _package(name: str, distribution: str) -> Check:
    version = _version(distribution)
    fields: dict[str, FieldValue] = {"package": distribution, "version": version or ""}
    return Check(name=name, status="ok" if version else "missing", fields=fields)


def _translation() -> Check:
    """The owner's package and LibreTranslate's build of it install the same module: both together break it."""
    light, full = _version("argos-translate-lt"), _version("argostranslate")
    fields: dict[str, FieldValue] = {"version": light or full or ""}
    if light and full:
        return Check(name="translation", status="degraded", fields=fields)
    return Check(name="translation", status="ok" if light or full else "missing", fields=fields)


def _models(library: Library) -> Check:
    found = _entries(library.models)
    fields: dict[str, FieldValue] = {"path": str(library.models), "count": len(found), "names": ", ".join(found)}
    return Check(name="models", status="ok" if found else "missing", fields=fields)


def _entries(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def _fonts() -> Check:
    found = next((name for name in _font_files() if name.lower().startswith(_HAN_FONTS)), None)
    return Check(name="fonts", status="ok" if found else "missing", fields={"font": found or ""})


def _font_files() -> Iterator[str]:
    for named in _FONT_FOLDERS:
        folder = Path(os.path.expandvars(named)).expanduser()
        for _, _, names in os.walk(folder):
            yield from (name for name in names if Path(name).suffix.lower() in _FONT_SUFFIXES)


def _library(library: Library) -> Check:
    fields: dict[str, FieldValue] = {"path": str(library.root)}
    if not library.root.is_dir():
        return Check(name="library", status="missing", fields=fields)
    return Check(name="library", status="ok" if os.access(library.root, os.W_OK) else "degraded", fields=fields)


def _disk(library: Library) -> Check:
    free = free_bytes(library.root)
    fields: dict[str, FieldValue] = {"path": str(library.root), "free_gb": round(free / 1e9, 1)}
    return Check(name="disk", status="ok" if free >= _SPARE_BYTES else "degraded", fields=fields)


def _database(library: Library) -> Check:
    fields: dict[str, FieldValue] = {"kind": library.database_url.partition(":")[0].partition("+")[0]}
    if library.settings.database is None and not (library.root / "catalogue.sqlite3").exists():
        return Check(name="database", status="missing", fields=fields)
    with open_catalogue(library.database_url, create=False) as catalogue:
        wrong = catalogue.check()
        fields |= {"assets": catalogue.counts().assets, "reason": "; ".join(wrong[:3])}
    return Check(name="database", status="degraded" if wrong else "ok", fields=fields)


def _terms(library: Library) -> Check:
    terms_of(library)
    own = len([name for name in _entries(library.terms) if name.endswith(".tsv")])
    return Check(name="terms", status="ok", fields={"own": own})


def _placements(library: Library) -> Check:
    return Check(name="placements", status="ok", fields={"count": len(load_placements(library.placements))})


def _store(library: Library) -> Check:
    settings = library.settings.store
    if not settings.url:
        return Check(name="store", status="missing")
    opened = open_store(settings.url, settings=settings)
    can = msgspec.to_builtins(opened.capabilities)
    lacking = [say(f"doctor.store.lacks.{name}", lang=ui_language(None)) for name in STORE_NEEDS if not can[name]]
    fields: dict[str, FieldValue] = {"store": opened.label, "reason": "; ".join(lacking)}
    return Check(name="store", status="degraded" if lacking else "ok", fields=fields)
