"""Remind units of what they have not returned: shown first, then noted by hand or sent by the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from haihe.boards.accounts import Asker, may, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions, channel_actions, delivery_actions
from haihe.boards.office import chase_tables as tables
from haihe.boards.office.channels import MINUTE_MAX, Channel, Message, room_of
from haihe.boards.office.chase_tables import OFFICE_CHANNEL, OFFICE_REMINDER
from haihe.boards.office.chasing import Known, Reminder, Sent, is_due, latest, reminder_for, text_of
from haihe.boards.office.tables import OFFICE_DISPATCH
from haihe.kit.errors import N_, Conflict, HaiheError, NotFound
from haihe.kit.limits import PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX
from haihe.store import outbox
from haihe.store.opening import Store
from haihe.store.session import reading, writing

HOUR = 9
"""From which hour of the region's day on the daily round is made."""

_PREFIX = "office/channel/"
_LETTERS_MAX = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to remind: all units with something open, or those named by key or name; by hand with no channel.

    `again` reminds also those that were reminded on the day `on`, which is today unless it is said.
    """

    units: frozenset[str] | None = None
    channel: int | str | None = None
    again: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """Which reminders are looked for."""

    plan: int | None = None
    period: str | None = None
    unit: str | None = None
    channel: str | None = None
    state: str | None = None
    since: date | None = None


def reminders(store: Store, asker: Asker, order: actions.Order, wish: Wish = Wish()) -> tuple[Reminder, ...]:
    """What each unit with something open would be told today; nothing is sent."""
    require(asker, "report_item")
    channel = _channel(store, asker, wish)
    cycle = actions.cycle(store, asker, order)
    known = _known(store, asker, cycle.asked.plan, cycle.asked.period)
    today = wish.on or actions.today()
    found = []
    for state in cycle.units:
        if state.waiting and (wish.units is None or wish.units & {state.unit.key, state.unit.name}):
            reminder = reminder_for(state, today, known, channel.kind if channel else None)
            if channel:
                room = room_of(channel, reminder.title, reminder.addresses)
                reminder = replace(reminder, text=text_of(state, today, known, room))
            if channel and channel.kind == "mail" and not reminder.addresses:
                reminder = replace(reminder, fate="nobody")
            elif reminder.fate == "today" and wish.again:
                reminder = replace(reminder, fate="ready")
            found.append(reminder)
    return tuple(found)


def remind(store: Store, asker: Asker, order: actions.Order, wish: Wish) -> tuple[Reminder, ...]:
    """Remind units: through a channel by letters in the outbox, by hand by a note that it was done.

    Who was reminded today, and who has no address, is left out and said so. Raises Conflict for a channel
    that is switched off.
    """
    require(asker, channel_actions.RIGHT)
    channel = _channel(store, asker, wish)
    found = reminders(store, asker, order, wish)
    return _given(store, asker, found, channel, wish.on or actions.today())


def _given(
    store: Store, asker: Asker, found: Iterable[Reminder], channel: Channel | None, on: date
) -> tuple[Reminder, ...]:
    """The reminders with what became of each; those that are ready are given, all in one transaction."""
    found, done = list(found), []
    letters = [_letter(store, asker, one, channel, on) if channel else None for one in found]
    with writing(store.engine, actor_of(asker)) as session:
        for reminder, letter in zip(found, letters, strict=True):
            fate = reminder.fate
            if fate == "ready":
                number = outbox.put(session, letter) if letter else None
                fate = "noted" if letter is None else "today" if number is None else "posted"
                if fate != "today":
                    tables.put_reminder(session, reminder, on, channel, number)
            done.append(replace(reminder, fate=fate))
        units = [one.state.unit.name for one in done if one.fate in {"noted", "posted"}]
        if units:
            asked = done[0].state.dispatch.handout.asked
            detail = {"period": asked.period, "channel": channel.name if channel else "", "units": units}
            session.record("remind", f"plan/{asked.plan}", detail)
            session.commit()
    return tuple(done)


def _letter(store: Store, asker: Asker, reminder: Reminder, channel: Channel, on: date) -> outbox.Letter:
    """A reminder as a letter; the key holds it back where one of the day is in the outbox already."""
    asked, unit = reminder.state.dispatch.handout.asked, reminder.state.unit
    key = f"reminder/{asked.plan}/{asked.period}/{unit.key}/{channel.id}/{on}"
    if reminder.last and reminder.last.on == on:
        key += f"/{reminder.last.id}"
    workbook = None
    if channel.kind == "mail":
        name, _ = actions.workbook_at(store, asker, reminder.state.dispatch.id)
        workbook = (name, reminder.state.dispatch.sha256)
    message = Message(reminder.title, reminder.text, reminder.addresses, workbook, _facts(reminder))
    return outbox.Letter(key, f"{_PREFIX}{channel.id}", asdict(message), MINUTE_MAX.get(channel.kind))


def _facts(reminder: Reminder) -> dict[str, Any]:
    """What a program that takes a webhook goes by."""
    state, asked = reminder.state, reminder.state.dispatch.handout.asked
    return {
        "plan": asked.plan_name,
        "period": asked.period,
        "unit": state.unit.name,
        "return_by": asked.return_by.isoformat(),
        "stage": reminder.stage,
        "workdays_left": reminder.left,
        "items": state.items,
        "open": len(state.waiting),
    }


def _channel(store: Store, asker: Asker, wish: Wish) -> Channel | None:
    if wish.channel is None:
        return None
    channel = channel_actions.channel_at(store, asker, wish.channel)
    if not channel.active:
        raise Conflict(
            N_("The channel {name} is switched off."), advice=N_("Switch it on first."), name=channel.name
        )
    return channel


def _known(store: Store, asker: Asker, plan: int, period: str) -> Known:
    with reading(store.engine) as connection:
        contacts = tables.contacts(connection) if may(asker, channel_actions.RIGHT) else []
        return Known(tables.words_of(connection), contacts, _sent(connection, plan, period))


def _sent(connection: Connection, plan: int, period: str) -> list[Sent]:
    of = (OFFICE_REMINDER.c.plan_id == plan) & (OFFICE_REMINDER.c.period == period)
    return tables.reminders_where(connection, of)


def last_reminded(store: Store, plan: int, period: str) -> Mapping[str, Sent]:
    """The last reminder of each unit, by the unit's key, for whoever has the plan before them."""
    with reading(store.engine) as connection:
        return latest(_sent(connection, plan, period))


def history(
    store: Store, asker: Asker, sought: Sought, limit: int = PAGE_ROWS_DEFAULT, offset: int = 0
) -> tuple[list[Sent], int]:
    """Who was reminded of what and when, the last first, and how many there are; -1 as limit gives all."""
    require(asker, "report_item")
    conditions = _conditions(store, asker, sought)
    rows = None if limit < 0 else min(limit, PAGE_ROWS_MAX)
    with reading(store.engine) as connection:
        found = tables.reminders_where(connection, *conditions, limit=rows, offset=offset)
        return found, tables.count_where(connection, *conditions)


def _conditions(store: Store, asker: Asker, sought: Sought) -> list[ColumnElement[bool]]:
    plans = [sought.plan] if sought.plan is not None else []
    seen = [ledger.plan_at(store, asker, plan).id for plan in plans]
    found: list[ColumnElement[bool]] = []
    if seen:
        found.append(OFFICE_REMINDER.c.plan_id.in_(seen))
    if sought.period:
        found.append(OFFICE_REMINDER.c.period == sought.period)
    if sought.unit:
        found.append((OFFICE_REMINDER.c.unit == sought.unit) | (OFFICE_REMINDER.c.name == sought.unit))
    if sought.channel is not None:
        found.append(OFFICE_REMINDER.c.channel == sought.channel)
    if sought.since:
        found.append(OFFICE_REMINDER.c.reminded_on >= sought.since)
    if sought.state:
        found.append(tables.state_is([sought.state]))
    return found


def resend(store: Store, asker: Asker, reminder: int) -> None:
    """Try a letter again that was given up; raises NotFound where there is none."""
    _turned(store, asker, reminder, outbox.revive)


def withdraw(store: Store, asker: Asker, reminder: int) -> None:
    """Take a letter back that waits to be sent; raises NotFound where there is none."""
    _turned(store, asker, reminder, outbox.withdraw)


def _turned(store: Store, asker: Asker, reminder: int, deed: Any) -> None:
    require(asker, channel_actions.RIGHT)
    number = select(OFFICE_REMINDER.c.outbox_id).where(OFFICE_REMINDER.c.id == reminder)
    with writing(store.engine, actor_of(asker)) as session:
        letter = session.execute(number).scalar_one_or_none()
        if letter is None or not deed(session, [letter]):
            raise NotFound(
                N_("The reminder {id} has no letter that this can be done with."),
                advice=N_("Look at its state again: it may have been sent meanwhile."),
                id=reminder,
            )
        session.commit()


def rounds(store: Store, asker: Asker) -> list[tuple[int, int]]:
    """The plans whose units are reminded each day, with the channel."""
    require(asker, "report_item")
    with reading(store.engine) as connection:
        return tables.rounds(connection)


def switch_round(store: Store, asker: Asker, plan: int, channel: int, *, on: bool) -> None:
    """Remind the units of a plan each day through a channel, or no longer."""
    held, seen = channel_actions.channel_at(store, asker, channel), ledger.plan_at(store, asker, plan)
    with writing(store.engine, actor_of(asker)) as session:
        tables.put_round(session, seen.id, held.id, on=on)
        deed = "switch_on_reminders" if on else "switch_off_reminders"
        session.record(deed, f"plan/{seen.id}", {"channel": held.name})
        session.commit()


def unit_keys(store: Store, asker: Asker) -> dict[str, str]:
    """The keys of the units that were handed anything, by name: what their addresses are kept under."""
    require(asker, channel_actions.RIGHT)
    name = OFFICE_DISPATCH.c.handout["unit"]["name"].astext.label("name")
    with reading(store.engine) as connection:
        rows = connection.execute(select(name, OFFICE_DISPATCH.c.unit).distinct())
        return {row.name: row.unit for row in rows}


def remind_due(store: Store, asker: Asker, on: date) -> int:
    """The daily round: remind the units whose stage it is, where that is switched on; how many letters.

    Safe to run again: a unit is reminded once at each stage, and once a day.
    """
    count = 0
    for plan, number in rounds(store, asker):
        channel = channel_actions.channel_at(store, asker, number)
        if not channel.active:
            continue
        for period in _periods(store, plan):
            found = reminders(store, asker, actions.Order(plan, period), Wish(channel=number, on=on))
            due = [one for one in found if is_due(one, on)]
            count += sum(one.fate == "posted" for one in _given(store, asker, due, channel, on))
    return count


def _periods(store: Store, plan: int) -> list[str]:
    """The periods that a plan was handed out for."""
    handed = select(OFFICE_DISPATCH.c.period).where(OFFICE_DISPATCH.c.plan_id == plan).distinct()
    with reading(store.engine) as connection:
        return list(connection.execute(handed.order_by(OFFICE_DISPATCH.c.period)).scalars())


def deliver(store: Store) -> int:
    """Send the letters that are due now, at most some hundreds; how many were tried."""
    count = 0
    while count < _LETTERS_MAX and outbox.send_next(store.engine, lambda taken: _send(store, taken), _now):
        count += 1
    return count


def _send(store: Store, taken: outbox.Taken) -> outbox.Refused | None:
    """Send a letter through its channel; what the other side refuses for good is given up."""
    number = int(taken.letter.channel.removeprefix(_PREFIX))
    with reading(store.engine) as connection:
        active = tables.channels_where(connection, OFFICE_CHANNEL.c.id == number, OFFICE_CHANNEL.c.active)
        settings = tables.settings_of(connection, number)
    if not active:
        return outbox.Refused("the channel is switched off or removed", again=False)
    channel, content = active[0], taken.letter.content
    workbook = content["workbook"] if settings.get("workbook") == "yes" else None
    message = Message(
        content["title"],
        content["text"],
        tuple(content["addresses"]),
        tuple(workbook) if workbook else None,
        content["facts"],
    )
    try:
        answer = delivery_actions.delivered(store, channel.kind, settings, message, taken.letter.key)
    except HaiheError as error:
        return outbox.Refused(str(error), again=False)
    return None if answer.taken else outbox.Refused(answer.note, answer.again, answer.delay)


def _now() -> datetime:
    return datetime.now(UTC)
