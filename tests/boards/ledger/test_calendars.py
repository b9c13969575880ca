"""Months, and feeds as the programs read them that subscribe to them."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from haihe.boards.ledger import Light, Node, Report, Share, Standing
from haihe.boards.ledger.calendars import Feed, beside, entries_in, feed_of, month_of, weeks
from haihe.kit.errors import Invalid

BEGUN = {1: datetime(2026, 1, 15, 8, 0, 0, 5, tzinfo=UTC)}
FEED = Feed("样例计划", "https://haihe.example", "zh")
LATE = Light("overdue", "It was due on {due_on} ({days} d ago), and nothing has been reported.")


def standing(number: int, due_on: date | None, progress: float | None = None) -> Standing:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    report = Report(
        number, number, "2026-11", progress, "", date(2026, 12, 8), date(2026, 11, 1), at, "account/1"
    )
    title = "推进跨区域养老服务标准互认，完善数据共享、结算联办和监督机制，形成可推广的做法" * 2
    node = Node(number, 1, None, (number,), "item", f"{title}; {number}", "", "accepted", None)
    node = replace(node, due_on=due_on, shares=(Share("市民政局", "lead"),), report=report)
    light = replace(LATE, facts={"due_on": due_on, "days": 3})
    return Standing(node, light, light, progress, 1, 1, {"overdue": 1}, 0)


FOUND = [
    standing(1, date(2026, 11, 30), 0.5), standing(2, date(2026, 11, 3), 1.0),
    standing(3, date(2026, 12, 8), 0.2), standing(4, None),
]  # fmt: skip


def test_a_month_has_what_is_due_and_what_is_expected_on_another_day() -> None:
    def shown(month: date) -> list[tuple[int, str, int]]:
        return [(one.day.day, one.what, one.standing.node.id) for one in entries_in(FOUND, month)]

    assert shown(date(2026, 11, 1)) == [(3, "due", 2), (30, "due", 1)]
    assert shown(date(2026, 12, 1)) == [(8, "due", 3), (8, "forecast", 1), (8, "forecast", 4)]


def test_months_go_on_over_the_turn_of_the_year() -> None:
    assert beside(date(2026, 12, 1), 1) == "2027-01"
    assert beside(date(2026, 1, 1), -1) == "2025-12"
    assert month_of(None, date(2026, 11, 22)) == date(2026, 11, 1)
    flat = [day for week in weeks(date(2026, 11, 1)) for day in week]
    assert flat[0].weekday() == calendar.MONDAY
    assert {day.day for day in flat if day.month == 11} == set(range(1, 31))


@pytest.mark.parametrize("written", ["2026-13", "2026", "0001-01", "x"])
def test_what_is_no_month_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        month_of(written, date(2026, 11, 22))


def test_a_feed_is_read_back_with_all_day_due_dates() -> None:
    content = feed_of(FOUND, FEED, BEGUN)
    read = Calendar.from_ical(content)
    todos = read.walk("VTODO")
    assert [todo["due"].dt for todo in todos] == [date(2026, 11, 30), date(2026, 11, 3), date(2026, 12, 8)]
    assert [str(todo["status"]) for todo in todos] == ["IN-PROCESS", "COMPLETED", "IN-PROCESS"]
    assert str(todos[0]["url"]) == "https://haihe.example/item/1"
    assert "牵头单位：市民政局" in str(todos[0]["description"])
    events = Calendar.from_ical(feed_of(FOUND, replace(FEED, form="events"), BEGUN)).walk("VEVENT")
    assert [(one["dtend"].dt - one["dtstart"].dt).days for one in events] == [1, 1, 1]


def test_a_feed_keeps_to_the_lines_of_the_standard() -> None:
    """RFC 5545 §3.1: lines end with CRLF and have at most 75 octets; §3.6: what each part must have."""
    content = feed_of(FOUND, FEED, BEGUN)
    lines = content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    for name in (b"PRODID:", b"VERSION:2.0"):
        assert sum(line.startswith(name) for line in lines) == 1
    for name in (b"UID:", b"DTSTAMP:"):
        assert sum(line.startswith(name) for line in lines) == content.count(b"BEGIN:VTODO")


def test_the_uid_of_an_item_stays_and_is_no_other_houses() -> None:
    def uids(found: list[Standing], begun: dict[int, datetime]) -> list[str]:
        return [str(todo["uid"]) for todo in Calendar.from_ical(feed_of(found, FEED, begun)).walk("VTODO")]

    moved = [replace(one, node=replace(one.node, title="改了", due_on=date(2027, 1, 1))) for one in FOUND[:3]]
    assert uids(moved, BEGUN) == uids(FOUND, BEGUN)
    assert len(set(uids(FOUND, BEGUN))) == 3
    assert not set(uids(FOUND, BEGUN)) & set(uids(FOUND, {1: datetime(2026, 1, 16, tzinfo=UTC)}))
