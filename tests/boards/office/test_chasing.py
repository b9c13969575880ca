"""Stages, words and who is told: what a unit reads, whatever it has open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.office import Asked, Dispatch, Handout, Line, Unit, UnitState
from haihe.boards.office.channels import Channel, Kind, Message, body_of, checked, host_of, room_of
from haihe.boards.office.chasing import (
    Known,
    checked_template,
    deadline_of,
    default_words,
    left_words,
    reminder_for,
    text_of,
)
from haihe.boards.office.contacts import Contact, contacts_of
from haihe.boards.office.records import Language
from haihe.kit.errors import Invalid

AT = datetime(2026, 9, 20, tzinfo=UTC)


def state(titles: list[str], due: date = date(2026, 10, 9), language: Language = "zh") -> UnitState:
    lines = tuple(
        Line(number, {"place": f"1.{number}", "title": title, "due": ""})
        for number, title in enumerate(titles, 1)
    )
    asked = Asked(1, "样例计划", "2026-09", due, language)
    dispatch = Dispatch(1, Handout(asked, Unit("样例市科技局"), lines), "", "account/1", AT)
    return UnitState(Unit("样例市科技局"), len(lines) + 1, 1, lines, dispatch)


def test_the_holidays_that_do_not_count_are_named() -> None:
    reminder = reminder_for(state(["建成平台"]), date(2026, 9, 29), Known())
    assert reminder.text == (
        "样例市科技局：贵单位承担的《样例计划》2 项任务中，2026-09 尚有 1 项未报送，请于 2026-10-09 前交回"
        "（还有 3 个工作日，国庆节 7 天不计）：\n1.1 建成平台"
    )
    asked = reminder.state.dispatch.handout.asked
    assert left_words(asked, date(2026, 10, 12), "zh") == "逾期 2 个工作日（2026-10-10 调休上班）"
    far = state([], date(2027, 10, 8)).dispatch.handout.asked
    assert "2027 年节假日安排尚未公布" in left_words(far, date(2027, 9, 28), "zh")


@pytest.mark.parametrize(
    ("today", "stage", "posts"),
    [
        (date(2026, 9, 21), "before", 1),
        (date(2026, 10, 8), "before", 1),
        (date(2026, 10, 9), "day", 1),
        (date(2026, 10, 10), "overdue", 2),
        (date(2026, 10, 11), "overdue", 2),
        (date(2026, 10, 12), "overdue", 2),
        (date(2026, 10, 13), "escalated", 3),
    ],
)
def test_a_unit_is_told_higher_up_the_longer_it_is_late(today: date, stage: str, posts: int) -> None:
    contacts = [
        Contact("样例市科技局", "样例市科技局", post, "mail", f"{post}@example.org")  # type: ignore[arg-type]
        for post in ("leader", "division", "liaison")
    ]
    reminder = reminder_for(state(["建成平台"]), today, Known(contacts=contacts), "mail")
    assert (reminder.stage, len(reminder.posts)) == (stage, posts)
    assert reminder.addresses == tuple(f"{post}@example.org" for post in reminder.posts)


def test_a_deadline_that_nobody_set_is_the_last_workday() -> None:
    assert [deadline_of(period) for period in ("2026-02", "2026Q1", "2026-05")] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 5, 29),
    ]


CHANNELS = [("wecom", "text"), ("wecom", "markdown"), ("dingtalk", "text"), ("dingtalk", "markdown")]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=80), max_size=120
    ),
    st.sampled_from(CHANNELS),
    st.lists(st.from_regex(r"[a-z]{1,30}", fullmatch=True), max_size=6),
)
def test_a_message_never_has_more_bytes_than_the_robot_takes(
    titles: list[str], way: tuple[Kind, str], mentioned: list[str]
) -> None:
    kind, form = way
    channel = Channel(1, kind, "群", True, {"form": form}, (), "")
    reminder = reminder_for(state(titles or ["事项"]), date(2026, 9, 29), Known())
    room = room_of(channel, reminder.title, tuple(mentioned))
    assert room is not None
    text = text_of(reminder.state, date(2026, 9, 29), Known(), room)
    body = body_of(kind, form, Message(reminder.title, text, tuple(mentioned)))
    content = body[body["msgtype"]].get("content") or body[body["msgtype"]]["text"]
    assert channel.bytes_max is not None
    assert len(content.encode()) <= channel.bytes_max
    lines = text.splitlines()[1:]
    more = lines.pop() if lines and lines[-1].startswith("……另有") else "……另有 0 项"
    assert len(lines) + int("".join(filter(str.isdigit, more))) == len(titles or ["事项"])


@pytest.mark.parametrize(
    "text",
    [
        "", "{unit} {plan}", "{unit} {plan} {day} {nobody}", "{unit.key} {plan} {day}",
        "{unit!r} {plan} {day}", "{unit:>9999999} {plan} {day}", "{unit} {plan} {day",
        "{} {unit} {plan} {day}",
        "{unit} {plan} {day} {0}", "{unit} {plan} {day} {list} {list}", "{unit[0]} {plan} {day}",
        "{unit} {plan} {day}" + "长" * 500,
    ],
)  # fmt: skip
def test_words_that_cannot_be_filled_in_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        checked_template(text)


def test_the_words_of_the_office_are_used_and_the_shipped_ones_can_be_filled() -> None:
    for text in default_words().values():
        assert checked_template(text) == text
    own = Known({("before", "zh"): checked_template("请{unit}尽快报《{plan}》，{day}前。{{急}}")})
    assert (
        text_of(state(["建成平台"]), date(2026, 9, 29), own)
        == "请样例市科技局尽快报《样例计划》，2026-10-09前。{急}"
    )


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("wecom", {}),
        ("wecom", {"address": "https://a/b", "form": "html"}),
        ("wecom", {"address": "https://a/b", "password": "x"}),
        ("wecom", {"address": "https://a/b\r\nHost: c"}),
        ("wecom", {"address": "ftp://a/b"}),
        ("wecom", {"address": "https://user:word@a/b"}),
        ("wecom", {"address": "https://a:99999/b"}),
        ("webhook", {"address": "https://a/b"}),
        ("mail", {"host": "a", "sender": "b@c", "port": "0"}),
        ("mail", {"host": "a", "sender": "b@c", "security": "perhaps"}),
    ],
)
def test_settings_that_do_not_fit_are_refused_without_being_repeated(
    kind: Kind, given: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        host_of(kind, checked(kind, given, {}))
    assert "https://" not in str(refused.value)


def test_a_table_of_addresses_is_read_in_any_language_and_bad_rows_are_named() -> None:
    table = (
        "\ufeff单位,岗位,联系方式,地址\n样例市科技局,联络员岗,企业微信 userid,zhang_san\n"
        "样例市商务局,leader,mail,a@example.org\n样例市商务局,处长,邮箱,a@b\n样例市商务局,liaison,邮箱,a b\n"
    )
    found, rejects = contacts_of(table, {"样例市科技局": "entity/7"}, "zh")
    assert [(one.unit, one.post, one.kind) for one in found] == [
        ("entity/7", "liaison", "wecom"),
        ("样例市商务局", "leader", "mail"),
    ]
    assert [reject.row for reject in rejects] == [4, 5]
    english = "Name of the unit,Post,Reached by,Address\nA,division in charge,mobile number in DingTalk,138\n"
    assert contacts_of(english, {}, "en")[1][0].reason.startswith("A: 138 is no address for dingtalk.")


def test_days_left_grow_less_by_one_each_workday() -> None:
    days = [date(2026, 9, 21) + timedelta(days=number) for number in range(19)]
    left = [reminder_for(state(["a"]), day, Known()).left for day in days]
    assert left == sorted(left, reverse=True)
    assert (left[0], left[-1]) == (8, 0)
