"""A library of three photos and a bag, small enough to send anywhere and back."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.model import CaptionSet, Fact, MediaFacts, Rendition, Text
from ttdn_assets.settings import Library
from ttdn_assets.stores import Store
from ttdn_assets.submissions.bag import aside, close_bag, put_in_place

PHOTOS = 3


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fill(library: Library, catalogue: Catalogue, folder: Path, *, number: int) -> str:
    """One photo with a rendition, as a run would leave it; the id of its asset."""
    original = folder / f"Mộc Châu {number}.jpg"
    original.parent.mkdir(parents=True, exist_ok=True)
    original.write_bytes(f"original {number}".encode() * 500)
    made = f"rendition {number}".encode() * 300
    recipe = sha256_of(f"recipe {number}".encode())
    path = f"renditions/{recipe[:2]}/{recipe}.jpg"
    (library.root / path).parent.mkdir(parents=True, exist_ok=True)
    (library.root / path).write_bytes(made)
    size = original.stat().st_size
    return catalogue.record(
        AssetEntry(
            path=str(original),
            relative=f"2026-05 Lễ hội/{original.name}",
            folder=str(folder),
            size_bytes=size,
            mtime_ns=original.stat().st_mtime_ns,
            sha256=sha256_of(original.read_bytes()),
            picture_sha256=sha256_of(f"picture {number}".encode()),
            media=MediaFacts(
                kind="photo", format="jpeg", mime="image/jpeg", extension="jpg", size_px=(4, 3), stored_size_px=(4, 3)
            ),
            facts=(Fact(kind="place", value="Mộc Châu", source="folder"),),
            captions=CaptionSet(
                title={"vi": Text(value=f"Hoa ban số {number}", origin="human", status="approved")},
                description={"en": Text(value="Ban flowers", origin="composed")},
            ),
            renditions=(
                Rendition(
                    recipe=recipe, path=path, kind="photo", format="jpeg", placements=("facebook.photo",), width_px=4,
                    height_px=3, size_bytes=len(made), sha256=sha256_of(made),
                ),
            ),
            findings=(),
        ),
        who="Lò Thị Hoa",
    )  # fmt: skip


def bag(library: Library, name: str, *, payload: dict[str, bytes]) -> Path:
    library.submissions.mkdir(exist_ok=True)
    with aside(library.submissions) as folder:
        for relative, data in payload.items():
            path = folder / "data" / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        close_bag(folder, {"Source-Organization": "Sở VHTTDL Sơn La"})
        return put_in_place(folder, library.submissions, name)


def contents(store: Store) -> dict[str, int]:
    return {one.key: one.size_bytes for one in store.iter("")}


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
