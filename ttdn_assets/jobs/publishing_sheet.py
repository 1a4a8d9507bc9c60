"""Sheets of publications as platforms and officers give them: columns by heading, figures as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.captions.dates import find_dates
from ttdn_assets.captions.day import parse_iso
from ttdn_assets.errors import InputError
from ttdn_assets.model import Reach
from ttdn_assets.text import fold, nfc
from ttdn_assets.tools.files import os_errors
from ttdn_assets.tools.sheets import Table, Unreadable, read_csv, read_workbook

COUNTED = ("views", "likes", "comments", "shares", "reach")
_HEADING_ROWS = 30
_MOST = 10**15
# Searched in this order in the heading without marks and case: what is narrower stands first.
_COLUMNS = {
    "counted_at": r"ngay (?:dem|thong ke|so lieu|cap nhat)|counted|as of|figures? date|统计日期",
    "url": r"\burl\b|\blink\b|permalink|lien ket|duong dan|dia chi|链接|网址",
    "asset": r"\basset|\bma (?:tai san|tu lieu)|\bid (?:tai san|tu lieu)|^(?:id|ma)$|资产",
    "post": r"\b(?:post|video|reel|media|content) id\b|\bid (?:bai viet|bai dang|video)\b|^(?:content|noi dung)$",
    "source": r"\bfile\b|\b(?:ten )?tep\b|文件",
    "views": r"luot xem|\bviews?\b|plays?\b|luot hien thi|impressions?|播放|浏览|观看",
    "likes": r"\bthich\b|\blikes?\b|reactions?|cam xuc|点赞|喜欢",
    "comments": r"binh luan|\bcomments?\b|评论",
    "shares": r"chia se|\bshares?\b|reposts?|转发|分享",
    "reach": r"tiep can|\breach(?:ed)?\b|触达|覆盖",
    "target": r"noi dang|kenh|nen tang|target|platform|channel|平台|渠道",
    "at": r"ngay|\bdate\b|\btime\b|published|thoi gian|日期|时间",
}
_SCALES = {"k": 3, "n": 3, "nghin": 3, "ngan": 3, "m": 6, "tr": 6, "trieu": 6, "万": 4, "亿": 8}
_SUMS = ("total", "tong", "tong cong", "tong so")
_NUMBER = re.compile(r"([0-9]+(?:[.,\s][0-9]+)*)\s*([a-z万亿]*)")


class SheetLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: the asset by id or file name, where and when it went out, and what it reached.

    ``post`` is the id the platform itself gave, as it stands in the link.
    """

    number: int
    asset: str = ""
    post: str = ""
    target: str = ""
    at: str = ""
    url: str = ""
    reach: Reach | None = None


def read_lines(path: Path, *, today: str) -> list[SheetLine]:
    """The lines of a sheet that say anything; figures without a day of their own are of ``today``.

    Raises:
        InputError: ``published-damaged`` where it is no sheet, ``published-without-columns`` where no heading names a
            link or an asset.
    """
    with os_errors(path):
        try:
            tables = [read_csv(path)] if path.suffix.lower() in (".csv", ".tsv", ".txt") else read_workbook(path)
            for table in tables:
                lines = _lines(table, today)
                if lines is not None:
                    return lines
        except Unreadable as error:
            raise InputError("published-damaged", {"path": path, "reason": str(error)}) from error
    raise InputError("published-without-columns", {"path": path})


def _lines(table: Table, today: str) -> list[SheetLine] | None:
    for at, row in enumerate(table[:_HEADING_ROWS]):
        columns = _meanings(row)
        if columns.keys() & {"url", "asset", "source", "post"} and len(columns) > 1:
            found = (_line(values, columns, number, today) for number, values in enumerate(table[at + 1 :], at + 2))
            return [line for line in found if line.asset or line.url or line.post]
    return None


def _meanings(headings: Sequence[str]) -> dict[str, int]:
    """The place of each column that a heading names; the first of a meaning counts."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        folded = fold(re.sub(r"[_\-\s]+", " ", heading)).strip()
        meaning = next((name for name, words in _COLUMNS.items() if len(folded) <= 60 and re.search(words, folded)), "")
        if meaning:
            found.setdefault(meaning, place)
    return found


def _line(values: Sequence[str], columns: Mapping[str, int], number: int, today: str) -> SheetLine:
    def cell(name: str) -> str:
        place = columns.get(name, len(values))
        return nfc(values[place]).strip() if place < len(values) else ""

    at = day_of(cell("at"))
    counts = {name: count_of(cell(name)) for name in COUNTED}
    counted_at = day_of(cell("counted_at")) or today
    return SheetLine(
        number=number,
        asset=cell("asset") or cell("source").replace("\\", "/"),
        post="" if fold(cell("post")) in _SUMS else cell("post"),
        target=cell("target").casefold(),
        at=at,
        url=cell("url"),
        reach=Reach(at=counted_at, **counts) if any(value is not None for value in counts.values()) else None,
    )


def day_of(value: str) -> str:
    """The day a text means, ISO 8601; the text itself where it means none."""
    found = find_dates(value)
    day = parse_iso(value) or (found[0][0] if len(found) == 1 else None)
    first = day.first_date() if day is not None and day.day else None
    return first.isoformat() if first else value


def count_of(value: str) -> int | None:
    """A count as people write it: ``1.234``, ``1,234``, ``12,5K``, ``3 nghìn``, ``1.2 triệu``; else ``None``.

    One mark with three digits behind it groups thousands; with a scale, or with fewer digits, it marks decimals.
    """
    match = _NUMBER.fullmatch(fold(value).strip())
    if match is None or (match[2] and match[2] not in _SCALES):
        return None
    digits = re.sub(r"\s", "", match[1])
    parts = re.split(r"[.,]", digits)
    grouped = len(parts) > 1 and all(len(part) == 3 for part in parts[1:]) and not (match[2] and len(parts) == 2)
    if len(parts) > 2 and not grouped:
        return None
    whole = "".join(parts) if grouped or len(parts) == 1 else f"{parts[0]}.{parts[1]}"
    number = round(float(whole) * 10 ** _SCALES.get(match[2], 0)) if len(whole) <= 20 else _MOST
    return number if number < _MOST else None
