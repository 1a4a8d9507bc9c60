"""A page of links leads newsrooms to what may leave the house, for as long as was said, and to nothing else."""

from __future__ import annotations

import datetime as dt
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from PIL import Image

from stores.small_library import bag, fill, sha256_of
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.errors import CheckFailed, UsageError
from ttdn_assets.jobs.sharing import share
from ttdn_assets.model import Consent, Rights
from ttdn_assets.settings import Library
from ttdn_assets.stores import Store

Opener = Callable[[], Store]
NAME = "2026-11-21-facebook-xong"


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        body: bytes = answer.read()
    return body


def links_in(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'<a href="([^"]+)"', page)]


@pytest.fixture
def approved(library: Library, catalogue: Catalogue) -> str:
    """An asset with every word approved and its rights in order, and a real picture to look at."""
    asset = next(record.id for record in catalogue.assets())
    for lang, title in (("vi", "Hoa ban <một>"), ("en", "Flowers <one>"), ("zh", "花开时节")):
        catalogue.set_text(asset, "title", lang, title, who="Lò Thị Hoa")
    catalogue.set_status(asset, None, None, "approved", who="Lò Thị Hoa")
    catalogue.set_rights(asset, Rights(author="Vàng A Páo", credit="Sở VHTTDL Sơn La"), who="Lò Thị Hoa")
    return asset


def test_an_asset_is_shared_as_a_page_with_links_that_work(
    library: Library, catalogue: Catalogue, approved: str, opener: Opener
) -> None:
    made = share(library, opener(), approved[:12])
    page = fetched(made.url).decode()
    for said in ("Hoa ban &lt;một&gt;", "Flowers &lt;one&gt;", "Vàng A Páo", "Photos and clips to use", "Ảnh và video"):
        assert said in page
    (link,) = links_in(page)
    (rendition,) = catalogue.asset(approved).renditions
    assert sha256_of(fetched(link)) == rendition.sha256
    assert made.files == 1
    assert "<script" not in page


def test_what_is_not_approved_is_refused_with_every_reason(
    library: Library, catalogue: Catalogue, opener: Opener, approved: str, tmp_path: Path
) -> None:
    draft = fill(library, catalogue, tmp_path / "media", number=7)
    store = opener()
    with pytest.raises(CheckFailed) as caught:
        share(library, store, draft)
    assert {"rights-missing", "not-captioned"} <= {finding.rule for finding in caught.value.findings}
    catalogue.set_rights(approved, Rights(author="x", consents=(Consent(file="a.pdf", until="2026-01-01"),)), who="x")
    with pytest.raises(CheckFailed) as caught:
        share(library, store, approved, now=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    assert [finding.rule for finding in caught.value.findings] == ["consent-expired"]
    assert list(store.iter("")) == []


def packed(library: Library, catalogue: Catalogue, asset: str, *, review: str) -> Path:
    words = {lang: {"title": "Mùa hoa ban"} for lang in ("vi", "en")}
    item = {"files": ["media/a.jpg"], "captions": words, "author": "", "credit": "", "asset": asset}
    picture = library.root / "a.jpg"
    Image.new("RGB", (640, 480), "teal").save(picture)
    made = bag(
        library,
        NAME,
        payload={
            "media/a.jpg": picture.read_bytes(),
            "captions/captions.json": json.dumps({"target": "facebook", "items": [item]}).encode(),
        },
    )
    path = made.relative_to(library.root).as_posix()
    catalogue.add_submission(
        path, target="facebook", digest="0" * 64, assets=[asset], review="approved" if review else "draft", who="Hoa"
    )
    return made


def test_a_submission_is_shared_when_it_is_approved(
    library: Library, catalogue: Catalogue, approved: str, opener: Opener
) -> None:
    folder = packed(library, catalogue, approved, review="")
    with pytest.raises(CheckFailed) as caught:
        share(library, opener(), NAME)
    assert [finding.rule for finding in caught.value.findings] == ["share-draft"]
    path = f"submissions/{NAME}"
    catalogue.add_submission(path, target="facebook", digest="0" * 64, assets=[approved], review="approved", who="x")
    for what in (NAME, path, str(folder)):
        page = fetched(share(library, opener(), what).url).decode()
        assert "data:image/jpeg;base64," in page
        (link,) = links_in(page)
        assert fetched(link) == (folder / "data" / "media" / "a.jpg").read_bytes()


@pytest.mark.s3
@pytest.mark.usefixtures("aws")
def test_links_end_when_they_were_said_to(library: Library, catalogue: Catalogue, approved: str, seaweed: str) -> None:
    from stores.conftest import new_bucket
    from ttdn_assets.settings import StoreSettings
    from ttdn_assets.stores import open_store

    store = open_store(f"s3://{new_bucket(seaweed)}/kho", settings=StoreSettings(endpoint=seaweed))
    made = share(library, store, approved, days=3)
    assert "X-Amz-Expires=259200" in made.url
    assert "X-Amz-Expires=259200" in links_in(fetched(made.url).decode())[0]
    assert "filename" in links_in(fetched(made.url).decode())[0]
    with pytest.raises(urllib.error.HTTPError):
        fetched(made.url.replace("259200", "604800"))
    for days in (0, 8):
        with pytest.raises(UsageError, match="cannot live"):
            share(library, store, approved, days=days)
