"""On PostgreSQL the catalogue keeps the same promises as on SQLite, with the same code."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.database import open_database
from ttdn_assets.catalogue.migrate import migrate
from ttdn_assets.catalogue.records import AssetEntry, Query
from ttdn_assets.catalogue.schema import METADATA
from ttdn_assets.errors import CatalogueError
from ttdn_assets.model import CaptionSet, Fact, FocalPoint, MediaFacts, Rendition, Subject, Text

NewUrl = Callable[[], str]
TITLES = {
    "son-la": {"vi": "Thành phố Sơn La", "zh": "山罗市"},
    "hoang-sa": {"vi": "Quần đảo Hoàng Sa", "zh": "黄沙群岛属于越南"},
    "duong": {"vi": "Trồng cây dương"},
    "lang-duong": {"vi": "Làng cổ Đường Lâm"},
    "hoa-ban": {"vi": "Mùa hoa ban nở"},
    "ban-hoa": {"vi": "Bán hoa ở bản Áng"},
}


@pytest.fixture
def new_url(postgresql: NewUrl) -> NewUrl:
    """Each call makes an empty database on the server."""
    return postgresql


@pytest.fixture
def catalogue(new_url: NewUrl) -> Iterator[Catalogue]:
    with open_catalogue(new_url()) as opened:
        yield opened


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def entry(name: str) -> AssetEntry:
    media = MediaFacts(
        kind="photo", format="jpeg", mime="image/jpeg", extension="jpg", size_px=(4, 3), stored_size_px=(4, 3)
    )
    made = Rendition(
        recipe=digest("r" + name), path="r.jpg", kind="photo", format="jpeg", placements=("x.photo",),
        width_px=1, height_px=1, size_bytes=3_000_000_000, sha256="0" * 64,
    )  # fmt: skip
    return AssetEntry(
        path=f"/m/{name}.jpg",
        relative=f"{name[::-1]}.jpg",
        size_bytes=5_000_000_000,
        mtime_ns=1_790_000_000_000_000_000,
        sha256=digest(name),
        media=media,
        facts=(Fact(kind="place", value="Mộc Châu", term="pl-moc-chau", source="folder"),),
        captions=CaptionSet(
            title={lang: Text(value=value, origin="composed") for lang, value in TITLES.get(name, {}).items()}
        ),
        subject=Subject(focal=FocalPoint(0.5, 0.5)),
        renditions=(made,),
    )


def found(catalogue: Catalogue, typed: str) -> list[str]:
    names = {digest(name): name for name in TITLES}
    return [names[hit.asset] for hit in catalogue.search(Query(text=typed)).hits]


def test_assets_come_back_and_people_win(catalogue: Catalogue) -> None:
    full = entry("hoa-ban")
    asset = catalogue.record(full, who="an")
    catalogue.set_text(asset, "title", "vi", "Sửa tay", who="bình")
    catalogue.set_status(asset, None, None, "approved", who="chi")
    assert catalogue.record(full, who="an") == asset
    kept = catalogue.asset(asset[:8])
    assert kept.captions.title["vi"] == Text(value="Sửa tay", origin="human", status="approved")
    assert (kept.media, kept.facts, kept.renditions) == (full.media, full.facts, full.renditions)
    assert kept.files[0].mtime_ns == full.mtime_ns
    assert catalogue.counts().targets == {"x": 1}
    catalogue.add_submission("submissions/1", target="x", digest="d", assets=[asset], who="an")
    catalogue.add_submission("submissions/1", target="x", digest="e", assets=[asset], who="an")
    assert [(bag.digest, bag.assets) for bag in catalogue.submissions()] == [("e", (asset,))]


def test_search_answers_as_on_sqlite(catalogue: Catalogue) -> None:
    list(catalogue.record_all([entry(name) for name in TITLES], who="an"))
    assert found(catalogue, "son la") == found(catalogue, "Sơn La") == found(catalogue, "罗市") == ["son-la"]
    assert found(catalogue, "黄沙群") == ["hoang-sa"]
    assert found(catalogue, "đường") == ["lang-duong", "duong"]
    assert found(catalogue, "dương") == ["duong", "lang-duong"]
    assert found(catalogue, "hoa ban") == ["hoa-ban", "ban-hoa"]
    assert found(catalogue, '"hoa ban"') == found(catalogue, "hoa ban -ang") == ["hoa-ban"]
    assert found(catalogue, "duong -đường") == ["duong"]
    assert found(catalogue, "tro* ca*") == ["duong"]
    for hostile in ("'", "\\", "a & | ! <->", "\x00 :*", '"', "😀", "x" * 5000, "a " * 3000, "\ud800"):
        found(catalogue, hostile)
    assert catalogue.reindex() == len(TITLES)
    catalogue.set_text(digest("ban-hoa"), "description", "vi", "x" * 5_000 + " hoa 黄" * 300_000, who="an")
    assert found(catalogue, "ang xx*") == ["ban-hoa"]
    assert found(catalogue, "đường -dương") == ["lang-duong"]


def test_history_only_grows_but_forgets_contents(new_url: NewUrl) -> None:
    url = new_url()
    with open_catalogue(url) as catalogue:
        asset = catalogue.record(entry("hoa-ban"), who="an")
        database = open_database(url, create=False, busy_s=5)
        for sql in ("UPDATE history SET who = 'x'", "DELETE FROM history", "TRUNCATE history"):
            with pytest.raises(CatalogueError, match="the history only grows"), database.writing() as connection:
                connection.execute(text(sql))
        database.engine.dispose()
        catalogue.forget(asset, who="chi")
        assert [(line.what, line.after) for line in catalogue.history(asset)] == [("added", None), ("forgotten", None)]
        assert catalogue.was_forgotten(asset)


WRITER = """
import hashlib, sys
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import AssetEntry
with open_catalogue(sys.argv[1]) as catalogue:
    for number in range(40):
        sha256 = hashlib.sha256(str(number).encode()).hexdigest()
        name = f"/m/{number}.jpg"
        catalogue.record(AssetEntry(path=name, relative=name, size_bytes=1, mtime_ns=1, sha256=sha256), who="an")
"""


def test_two_processes_create_and_write_at_once(new_url: NewUrl) -> None:
    url = new_url()
    children = [subprocess.Popen([sys.executable, "-c", WRITER, url]) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    with open_catalogue(url, create=False) as catalogue:
        assert catalogue.counts().assets == 40
        assert len([line for line in catalogue.history() if line.what == "added"]) == 40


def test_a_catalogue_of_version_1_is_brought_to_the_schema_of_the_metadata(new_url: NewUrl) -> None:
    url = new_url()
    engine = create_engine(url)
    with engine.begin() as connection:
        migrate(connection, to="0001")
    engine.dispose()
    for one in (url, new_url()):
        database = open_database(one, create=True, busy_s=5)
        with database.reading() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = [
                change for change in compare_metadata(context, METADATA) if "search_index" not in str(change)
            ]
        database.engine.dispose()
        assert differences == []


def test_a_server_that_is_not_there_is_worded(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        open_catalogue(f"postgresql+psycopg://an:s3cret@/x?host={tmp_path}")
    assert caught.value.code == "catalogue-unreachable"
    assert "s3cret" not in str(caught.value)


def test_a_catalogue_another_holds_too_long_is_locked(new_url: NewUrl) -> None:
    url = new_url()
    holder = open_database(url, create=True, busy_s=5)
    with open_catalogue(url, busy_s=0.1) as other, holder.writing():
        with pytest.raises(CatalogueError) as caught:
            other.record(entry("hoa-ban"), who="an")
        assert caught.value.code == "catalogue-locked"
    holder.engine.dispose()
