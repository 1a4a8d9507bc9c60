"""Figures as Facebook, YouTube and TikTok export them find the publications in the log by link or by the post's id."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from made_assets import entry
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.jobs.publishing import import_publications, published
from ttdn_assets.model import Publication
from ttdn_assets.settings import Library, create_library

LINKS = {
    "facebook": "https://facebook.com/sonla/posts/900_124/",
    "youtube": "https://www.youtube.com/watch?v=abc_1-23",
    "tiktok": "https://www.tiktok.com/@sl/video/7301",
}
FACEBOOK_VI = """\
"ID bài viết","ID Trang","Tên Trang","Tiêu đề","Thời gian đăng","Liên kết cố định","Lượt hiển thị","Cảm xúc","Bình luận"
"124","9","Sở VHTTDL","Hoa ban","11/20/2026 08:30","https://www.facebook.com/sonla/posts/900_124","6789","120","14"
"""
FACEBOOK_EN = """\
Post ID,Page ID,Page name,Title,Publish time,Permalink,Post type,Date,Impressions,Reach,Reactions,Comments,Shares
900_124,9,So,"Hoa ban",11/20/2026 00:10,,Photos,Lifetime,6789,5000,120,14,30
"""
YOUTUBE = """\
Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Likes,Comments added
Total,,,,6789,12.3,4,120,14
abc_1-23,"Múa xòe","Nov 21, 2026",8,6789,12,4,120,14
"""
TIKTOK = """\
Time,Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views
2026-11-21,"Mộc Châu",https://m.tiktok.com/@sl/video/7301,2026-11-19,120,14,8,6789
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = create_library(tmp_path / "library")
    with open_catalogue(made.database_url) as catalogue:
        asset = catalogue.record(entry("a"), who="an")
        for target, url in LINKS.items():
            catalogue.publish(Publication(asset=asset, target=target, at="2026-11-19", url=url), who="an")
    return made


@pytest.mark.parametrize(
    ("target", "text"),
    [("facebook", FACEBOOK_VI), ("facebook", FACEBOOK_EN), ("youtube", YOUTUBE), ("tiktok", TIKTOK)],
)
def test_an_export_brings_its_figures(library: Library, tmp_path: Path, target: str, text: str) -> None:
    (tmp_path / "export.csv").write_text(text, encoding="utf-8-sig")
    done = import_publications(library, tmp_path / "export.csv", today=dt.date(2026, 11, 21))
    assert (done.added, done.counted, done.findings) == (0, 1, ())
    (one,) = published(library, target=target)
    assert (one.figures[0].views, one.figures[0].likes, one.figures[0].comments) == (6789, 120, 14)


def test_a_post_that_is_not_in_the_log_is_named(library: Library, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(FACEBOOK_EN.replace("900_124", "124"), encoding="utf-8")
    (told,) = import_publications(library, tmp_path / "export.csv").findings
    assert told.cause is not None
    assert (told.cause.code, told.cause.fields["url"]) == ("publication-unknown", "124")
