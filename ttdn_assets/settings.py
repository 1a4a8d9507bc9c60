"""The library folder and its ``ttdn.toml``: found, read, written.

A library is found by argument, else ``TTDN_LIBRARY``, else the nearest parent with ``ttdn.toml``, else
``./ttdn-library``.  Every value follows the same order: argument > environment > ttdn.toml > default.
"""

from __future__ import annotations

import errno
import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from ttdn_assets.decoding import convert
from ttdn_assets.errors import AssetsError, ToolError, UsageError
from ttdn_assets.model import LANGUAGES, Corner, Lang

SETTINGS_FILE = "ttdn.toml"
LIBRARY_VARIABLE = "TTDN_LIBRARY"
STORE_VARIABLE = "TTDN_STORE"
DEFAULT_FOLDER = "ttdn-library"


class Unit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who submits: its name, home province (a term id), contact, and the credit line written into every copy."""

    name: str = ""
    province: str | None = None
    contact: str = ""
    credit: str = ""


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where originals, renditions and submissions are kept; secrets come from the AWS variables or profile only.

    ``lock`` keeps originals and submissions from being deleted or changed for ``lock_days``, in a bucket made for it.
    """

    url: str | None = None
    endpoint: str | None = None
    region: str | None = None
    profile: str | None = None
    timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 60.0
    encryption: Literal["AES256", "aws:kms"] | None = None
    kms_key: str | None = None
    versioning: bool = False
    lock: Literal["governance", "compliance"] | None = None
    lock_days: Annotated[int, msgspec.Meta(gt=0)] = 365


class PlacementChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit's choice for one placement: cut long clips, force crop or padding."""

    trim: bool | None = None
    fit: Literal["auto", "crop", "pad"] | None = None


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one file may cost before it is given up."""

    pixels: Annotated[int, msgspec.Meta(gt=0)] = 300_000_000
    photo_s: Annotated[float, msgspec.Meta(gt=0)] = 120.0
    video_s: Annotated[float, msgspec.Meta(gt=0)] = 3600.0
    probe_s: Annotated[float, msgspec.Meta(gt=0)] = 30.0


class Video(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How clips are coded: by software, or faster and a little poorer by the graphics chip where it can."""

    encoder: Literal["software", "hardware"] = "software"


class Overlay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The unit's mark, a logo (a file in the library) and a line of text, on the placements or platforms listed.

    ``size`` is that of the logo's longer side, as a share of the picture's shorter one.
    """

    placements: tuple[str, ...] = ()
    logo: str = ""
    text: Annotated[str, msgspec.Meta(max_length=200)] = ""
    corner: Corner = "bottom-right"
    size: Annotated[float, msgspec.Meta(gt=0, le=0.5)] = 0.15
    opacity: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0


class Translation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who translates: packages installed here, or an OpenAI-compatible server; its key comes from the environment."""

    engine: Literal["argos", "http"] = "argos"
    url: str | None = None
    model: str | None = None
    timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 120.0


class ReportHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a report bears beside its figures: the authority above the unit, number and symbol, place, who gets it."""

    superior: str = ""
    symbol: str = ""
    place: str = ""
    recipients: tuple[str, ...] = ()
    signer: str = ""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``ttdn.toml`` as a value."""

    unit: Unit = Unit()
    languages: tuple[Lang, ...] = LANGUAGES
    targets: tuple[str, ...] = ()
    ui: Literal["vi", "en"] | None = None
    vietnam_spelling: Literal["Viet Nam", "Vietnam"] = "Viet Nam"
    timezone: Annotated[str, msgspec.Meta(pattern=r"^[+-]\d\d:\d\d$")] = "+07:00"
    database: str | None = None
    store: StoreSettings = StoreSettings()
    placements: dict[str, PlacementChoice] = {}
    limits: Limits = Limits()
    video: Video = Video()
    overlay: Overlay = Overlay()
    translation: Translation = Translation()
    report: ReportHead = ReportHead()


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """A library folder with its settings; the paths in it are properties, so that no one else spells them."""

    root: Path
    settings: Settings

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the catalogue."""
        return self.settings.database or f"sqlite:///{(self.root / 'catalogue.sqlite3').as_posix()}"

    @property
    def originals(self) -> Path:
        """Where originals lie that came from the store; all others lie where their people keep them."""
        return self.root / "originals"

    @property
    def renditions(self) -> Path:
        """Where made files lie."""
        return self.root / "renditions"

    @property
    def submissions(self) -> Path:
        """Where bags lie."""
        return self.root / "submissions"

    @property
    def models(self) -> Path:
        """Where translation packages lie."""
        return self.root / "models"

    @property
    def placements(self) -> Path:
        """The unit's own placement files."""
        return self.root / "placements"

    @property
    def terms(self) -> Path:
        """The unit's own term files."""
        return self.root / "terms"

    @property
    def log(self) -> Path:
        """The log of runs."""
        return self.root / "run.log"

    @property
    def lock(self) -> Path:
        """Held by the one ``prepare`` that runs."""
        return self.root / ".prepare.lock"


def find_library(chosen: Path | None = None, start: Path | None = None) -> Path:
    """The folder of the library: the one chosen, else by variable, else the nearest parent, else ``./ttdn-library``."""
    if chosen is not None:
        return chosen.absolute()
    if named := os.environ.get(LIBRARY_VARIABLE):
        return Path(named).absolute()
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    return here / DEFAULT_FOLDER


def load_settings(root: Path) -> Settings:
    """The settings of a library; the defaults where it has no ``ttdn.toml`` yet.

    Raises:
        UsageError: ``settings-invalid`` with file and reason, which names the key.
    """
    path = root / SETTINGS_FILE
    if not path.exists():
        return Settings()
    try:
        return convert(tomllib.loads(path.read_text(encoding="utf-8-sig")), Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise UsageError("settings-invalid", {"path": path, "reason": str(error)}) from error
    except OSError as error:
        raise UsageError("settings-unreadable", {"path": path, "reason": error.strerror or str(error)}) from error


def load_library(chosen: Path | None = None) -> Library:
    """The library folder and its settings, without creating anything."""
    root = find_library(chosen)
    return Library(root=root, settings=load_settings(root))


_TEMPLATE = """\
# The settings of this media library.  Every line may be left out.

languages = ["vi", "en", "zh"]
targets = [{targets}]
vietnam_spelling = "Viet Nam"        # or "Vietnam"

[unit]
name = {name}
province = {province}        # a term id, see: ttdn terms show "Sơn La"
contact = ""
credit = {credit}        # written into every copy that leaves the house

# [store]
# url = "s3://bucket/prefix"        # credentials come from the AWS variables or profile
# endpoint = "https://s3.example.vn"
# encryption = "AES256"        # or "aws:kms"; also: versioning = true, lock = "governance", lock_days = 365

# [translation]
# engine = "argos"        # packages from "ttdn models install"; or "http", a server that speaks as OpenAI's does
# url = "http://localhost:11434"
# model = "gemma3:12b"

# [video]
# encoder = "hardware"        # the graphics chip codes clips, faster and a little poorer, where it can

# [overlay]        # the unit's mark on what it sends, on these placements alone
# placements = ["facebook", "tiktok.video"]
# logo = "logo.png"        # lies in this folder; any picture, best a PNG with transparency
# text = "© Sở VHTTDL tỉnh Sơn La"
# corner = "bottom-right"        # or bottom-left, top-right, top-left
# size = 0.15        # the logo's longer side, as a share of the picture's shorter one
# opacity = 1.0

# [report]
# superior = "UBND tỉnh Sơn La"
# symbol = "Số:      /BC-SVHTTDL"
# place = "Sơn La"
# recipients = ["Bộ VHTTDL (để báo cáo)", "UBND tỉnh", "Lưu: VT"]
# signer = "Giám đốc"

# [placements."facebook.reel"]
# trim = true        # cut clips that are too long instead of leaving them out
"""


def create_library(
    root: Path, *, name: str = "", province: str = "", credit: str = "", targets: tuple[str, ...] = ()
) -> Library:
    """Create the folder with a commented ``ttdn.toml`` unless it has one, and open it.

    Raises:
        UsageError: ``library-read-only`` where the folder cannot be written, ``library-in-bag`` where it would spoil
            a submission.
        ToolError: ``disk-full``.
    """
    bag = next((folder for folder in (root, *root.parents) if (folder / "bagit.txt").is_file()), None)
    if bag is not None:
        raise UsageError("library-in-bag", {"path": root, "bag": bag})
    path = root / SETTINGS_FILE
    try:
        root.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            quoted = ", ".join(_toml_string(target) for target in targets)
            text = _TEMPLATE.format(
                targets=quoted,
                name=_toml_string(name),
                province=_toml_string(province),
                credit=_toml_string(credit),
            )
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise unwritable(root, error) from error
    return Library(root=root, settings=load_settings(root))


def unwritable(root: Path, error: OSError) -> AssetsError:
    """Why nothing can be written into a library: a full disk, or ``library-read-only``."""
    if error.errno == errno.ENOSPC:
        return ToolError("disk-full", {"path": root})
    return UsageError("library-read-only", {"path": root, "reason": error.strerror or str(error)})


def _toml_string(value: str) -> str:
    return msgspec.json.encode(value).decode()
