"""Rights and consent as officers write them into a sheet, fail closed: what is not understood lets nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ttdn_assets.captions.embed import embed
from ttdn_assets.captions.sheet import read_sheet, write_sheet
from ttdn_assets.jobs.publishing_sheet import count_of, day_of
from ttdn_assets.jobs.rights import consent_of, known_targets, rights_of_row, with_rights
from ttdn_assets.jobs.submit import rights_line
from ttdn_assets.model import Consent, Rights, SheetRow, Words
from ttdn_assets.placements import load_placements

TARGETS = known_targets(load_placements().values())


@pytest.mark.parametrize(
    ("heading", "value", "expected"),
    [
        ("Tác giả", "Lò Văn Ban", Rights(author="Lò Văn Ban")),
        ("Người chụp", "Lò Văn Ban", Rights(author="Lò Văn Ban")),
        ("Giấy phép", "CC BY 4.0", Rights(licence="CC BY 4.0")),
        ("许可", "CC BY 4.0", Rights(licence="CC BY 4.0")),
        ("Chủ sở hữu quyền tác giả", "Sở VHTTDL", Rights(owner="Sở VHTTDL")),
        ("Owner", "Sở VHTTDL", Rights(owner="Sở VHTTDL")),
        ("Bản quyền", "Báo Sơn La", Rights(credit="Báo Sơn La")),
        ("Văn bản đồng ý", "giấy 1.pdf; giấy 2.pdf",
         Rights(consents=(Consent(file="giấy 1.pdf"), Consent(file="giấy 2.pdf")))),
        ("Consent file", "a.pdf", Rights(consents=(Consent(file="a.pdf"),))),
        ("Đồng ý sử dụng hình ảnh", "Không", Rights(consents=(Consent(file="Không", refused=True),))),
        ("Consent until", "12/2027", Rights(consents=(Consent(file="", until="2027-12-31"),))),
        ("Phạm vi đồng ý", "Facebook, Vietnam.vn",
         Rights(consents=(Consent(file="", targets=("facebook", "vietnamvn")),))),
        ("Chưa triển lãm, chưa đạt giải", "x", Rights(unexhibited=True)),
        ("Chưa từng triển lãm", "đã", Rights(unexhibited=False)),
        ("Not exhibited or awarded before", "yes", Rights(unexhibited=True)),
        ("未曾展出或获奖", "是", Rights(unexhibited=True)),
        ("Nguồn", "Sở VHTTDL Sơn La", None),
        ("Ghi chú", "đẹp", None),
    ],
)  # fmt: skip
def test_columns_in_three_languages_are_understood(
    heading: str, value: str, expected: Rights | None, tmp_path: Path
) -> None:
    sheet = tmp_path / "rights.csv"
    sheet.write_text(f'Tên tệp,{heading!r}\na.jpg,"{value}"\n'.replace("'", '"'), encoding="utf-8-sig")
    row = read_sheet(sheet)["a.jpg"]
    assert rights_of_row(row, TARGETS, own_credit="Sở VHTTDL Sơn La") == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("", None), ("vô thời hạn", None), ("2027-05-01", "2027-05-01"), ("1/5/2027", "2027-05-01"),
        ("2027", "2027-12-31"), ("02/2028", "2028-02-29"), ("khi nào xong việc", "khi nào xong việc"),
        ("31/02/2027", "31/02/2027"),
    ],
)  # fmt: skip
def test_the_last_day_is_the_last_that_was_meant_or_no_day_at_all(until: str, expected: str | None) -> None:
    assert consent_of("a.pdf", "", until, TARGETS).until == expected


def test_a_scope_that_names_nothing_known_covers_nothing_known() -> None:
    assert consent_of("a.pdf", "tờ rơi", "", TARGETS).targets == ("tờ rơi",)
    assert consent_of("a.pdf", "Facebook và TikTok", "", TARGETS).targets == ("facebook", "tiktok")
    assert consent_of("a.pdf", "x.photo; tất cả", "", TARGETS).targets == ()


def test_what_is_written_out_is_read_back(tmp_path: Path) -> None:
    rights = Rights(
        author="=cmd()",
        credit="Báo",
        licence="CC0",
        owner="Sở",
        consents=(Consent(file="a.pdf", targets=("facebook",), until="2027-01-01"),),
        unexhibited=False,
    )
    for name in ("a.csv", "a.xlsx"):
        write_sheet([with_rights(SheetRow(source="a.jpg"), rights)], tmp_path / name)
        assert rights_of_row(read_sheet(tmp_path / name)["a.jpg"], TARGETS) == rights


def test_consents_of_different_ends_are_left_out_of_the_row_and_so_unchanged() -> None:
    consents = (Consent(file="a", until="2027-01-01"), Consent(file="b"))
    row = with_rights(SheetRow(source="a.jpg"), Rights(owner="Sở", consents=consents))
    said = rights_of_row(row, TARGETS)
    assert said is not None
    assert said.over(Rights(consents=consents)).consents == consents


def test_author_credit_and_rights_are_written_into_the_copies(tmp_path: Path, drawn: Path) -> None:
    source = next(drawn.rglob("*.jpg"))
    rights = Rights(owner="Sở VHTTDL", licence="CC BY 4.0")
    words = Words(author="Lò Văn Ban", credit="Báo Sơn La", rights=rights_line(rights))
    (copy,) = embed(source, tmp_path / "copy.jpg", words, format="jpeg")
    data = copy.read_bytes().decode("utf-8", "replace")
    for said in ("Lò Văn Ban", "Báo Sơn La", "© Sở VHTTDL. CC BY 4.0"):
        assert said in data


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0), ("1.234", 1234), ("1,234", 1234), ("1 234 567", 1_234_567), ("12,5K", 12_500), ("12.5k", 12_500),
        ("3 nghìn", 3000), ("1.2 triệu", 1_200_000), ("1,2 Tr", 1_200_000), ("3万", 30_000), ("1.234K", 1234),
        ("", None), ("-5", None), ("=1+1", None), ("1.2.3", None), ("nan", None), ("1e9", None), ("9" * 400, None),
        ("٣", None), ("12 lượt", None),
    ],
)  # fmt: skip
def test_figures_are_read_as_people_write_them_or_not_at_all(value: str, expected: int | None) -> None:
    assert count_of(value) == expected


@pytest.mark.parametrize(("value", "expected"), [("20/11/2026", "2026-11-20"), ("2026-11-20", "2026-11-20"), ("", "")])
def test_days_of_publications(value: str, expected: str) -> None:
    assert day_of(value) == expected
