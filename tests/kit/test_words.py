from __future__ import annotations

from datetime import date

import pytest

from haihe.kit.cursor import cursor_of, page_of, values_of
from haihe.kit.errors import N_, HaiheError, Invalid, NotFound
from haihe.kit.source import Source, char_locator
from haihe.kit.words import explain, language_of, say


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9", "zh"),
        ("en-GB,en;q=0.8", "en"),
        ("zh-TW", "zh"),
        ("fr,de", "zh"),
        ("", "zh"),
        ("fr,en", "en"),
    ],
)
def test_a_browser_gets_its_language_and_chinese_otherwise(header: str, language: str) -> None:
    assert language_of(header) == language


def test_an_error_is_said_in_both_languages_with_its_facts() -> None:
    error = NotFound(N_("There is no job {job}."), advice=N_("Sign in and try again."), job=7)
    assert explain(error, "en") == ("There is no job 7.", "Sign in and try again.")
    assert explain(error, "zh") == ("没有后台工作 7。", "请登录后再试。")
    assert say("never translated {n}", "zh", n=1) == "never translated 1"


def test_every_kind_of_error_has_a_status_of_its_own() -> None:
    statuses = [kind.status for kind in HaiheError.__subclasses__()]
    assert len(statuses) == len(set(statuses))
    assert all(400 <= status < 600 for status in statuses)


def test_pages_follow_one_another_without_gap_or_repeat() -> None:
    everything = list(range(23))
    seen: list[int] = []
    cursor: str | None = None
    while True:
        start = values_of(cursor, 1)[0] + 1 if cursor else 0
        page = page_of(everything[start : start + 6], 5, lambda row: [row])
        seen += page.rows
        if page.next is None:
            break
        cursor = page.next
    assert seen == everything


@pytest.mark.parametrize("cursor", ["", "nonsense", "{}", cursor_of([1, 2]), "é"])
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        values_of(cursor, 1)


def test_equal_sources_have_one_address_and_different_ones_two() -> None:
    one = Source("sentence", "a" * 64, char_locator(3, 5), "74", read_on=date(2023, 6, 1), tier="press")
    same = Source("sentence", "a" * 64, "char=3,5", "74", read_on=date(2023, 6, 1), tier="press")
    other = Source("sentence", "a" * 64, "char=3,6", "74", read_on=date(2023, 6, 1), tier="press")
    assert one.id == same.id != other.id
    assert one.span == (3, 5)
    assert Source("row", locator="row=5").span is None
