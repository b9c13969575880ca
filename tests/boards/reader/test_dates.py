from __future__ import annotations

from datetime import date

import pytest

from haihe.boards.reader.dates import dates_of, stated_date

PRINTED = date(2023, 6, 2)


def isos(text: str, dated: date | None = PRINTED) -> dict[str, str | None]:
    return {found.quote: found.iso for found in dates_of(text, dated)}


@pytest.mark.parametrize(
    ("text", "quote", "iso"),
    [
        ("5月31日召开", "5月31日", "2023-05-31"),
        ("今年3月制定", "今年3月", "2023-03"),
        ("去年以来", "去年", "2022"),
        ("一季度，", "一季度", "2023-Q1"),
        ("今年上半年，", "今年上半年", "2023-H1"),
        ("2024年前三季度", "2024年前三季度", "2024-01/2024-09"),
        ("“十四五”时期", "“十四五”", "2021/2025"),
        ("十五五规划", "十五五", "2026/2030"),
        ("2025年初，", "2025年初", "2025"),
        ("日期：2026-05-11 来源", "2026-05-11", "2026-05-11"),
        ("二〇二三年六月一日", "二〇二三年六月一日", "2023-06-01"),
        ("2025京津冀教育", "2025", "2025"),
        ("(记者)1日,全市", "1日", "2023-06-01"),
        ("(记者)30日,全市", "30日", "2023-05-30"),
        ("12月30日报道", "12月30日", "2022-12-30"),
        ("12月30日前完成", "12月30日", "2023-12-30"),
        ("上世纪80年代", "上世纪80年代", "1980/1989"),
        ("今天，", "今天", "2023-06-02"),
        ("1—5月，", "1—5月", "2023-01/2023-05"),
        ("2月30日", "2月30日", None),
    ],
)
def test_a_date_is_found_with_its_iso_form(text: str, quote: str, iso: str | None) -> None:
    assert isos(text) == {quote: iso}


@pytest.mark.parametrize(
    "text",
    [
        "近年来",
        "当天",
        "目前",
        "每年",
        "近5年",
        "3个月",
        "5日内",
        "年度考核",
        "日前",
        "2025家企业",
        "第2023号",
    ],
)
def test_what_names_no_time_is_left_out(text: str) -> None:
    assert not isos(text)


def test_without_the_documents_date_the_year_stays_open() -> None:
    assert isos("5月31日召开，今年3月制定", None) == {"5月31日": None, "今年3月": None}


def test_a_year_named_earlier_in_the_sentence_holds() -> None:
    assert isos("2021年3月1日立项，5月2日开工。5月3日") == {
        "2021年3月1日": "2021-03-01",
        "5月2日": "2021-05-02",
        "5月3日": "2023-05-03",
    }


def test_a_day_continues_the_month_before_it() -> None:
    assert isos("2月26日至27日", date(2023, 8, 1)) == {"2月26日": "2023-02-26", "27日": "2023-02-27"}


def test_the_text_states_its_own_date() -> None:
    text = "关于印发方案的通知\n各区：\n今年落实。\n2025年1月10日\n"
    assert stated_date(text) == date(2025, 1, 10)
    assert isos(text, None)["今年"] == "2025"
    assert stated_date("2025年1月10日召开会议。") is None


def test_the_year_of_the_title_stands_in_for_a_date() -> None:
    assert isos("2025京津冀教育协同发展工作会议召开\n\n7月23日，会议", None)["7月23日"] == "2025-07-23"


def test_a_range_of_years_is_two_dates() -> None:
    assert list(isos("2021—2025年，")) == ["2021", "2025年"]
