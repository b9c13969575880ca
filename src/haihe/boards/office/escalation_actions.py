"""Letters that tell posts of supervision orders which went up: written in the transaction of the step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from haihe.boards.accounts import Asker
from haihe.boards.ledger import escalation_actions as ledger
from haihe.boards.ledger.escalation_actions import Due, Risen
from haihe.boards.office import channel_actions, chase_actions
from haihe.boards.office.channels import MINUTE_MAX, Channel, Message
from haihe.boards.office.contacts import POST_LABELS, Contact
from haihe.boards.office.posts import Roll
from haihe.boards.office.records import Unit
from haihe.boards.office.sign_tables import roll_in
from haihe.kit.errors import N_
from haihe.kit.words import DEFAULT, say
from haihe.store import outbox
from haihe.store.opening import Store
from haihe.store.session import reading

_PREFIX = "office/channel/"
_LABELS = {str(post): words for post, words in POST_LABELS.items()}
_LABELS |= {"principal": N_("principal of the office")}


def escalate_due(store: Store, asker: Asker, on: date) -> int:
    """Note the steps that supervision orders have gone up by a day, and tell the posts; how many are new.

    They are told through the channels that remind the units of the register each day; without one the steps
    are noted alone.
    """
    channels: dict[int, list[Channel]] = {}
    for register, number in chase_actions.rounds(store, asker):
        channel = channel_actions.channel_at(store, asker, number)
        if channel.active:
            channels.setdefault(register, []).append(channel)
    with reading(store.engine) as connection:
        roll = roll_in(connection)
    desk = _Desk(channels, channel_actions.contacts(store, asker), roll, on)
    return ledger.escalate_due(store, asker, on, desk.letters)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What letters are written by: the channels of each register, addresses, and who holds which post."""

    channels: Mapping[int, Sequence[Channel]]
    contacts: Sequence[Contact]
    roll: Roll
    on: date

    def letters(self, due: Due, step: Risen) -> list[outbox.Letter]:
        """The letters that tell of a step, one for each channel that reaches somebody."""
        told = set(self._told(due, step))
        found = []
        for channel in self.channels.get(due.register, ()):
            here = (one for one in self.contacts if one.kind == channel.kind and (one.unit, one.post) in told)
            addresses = tuple(dict.fromkeys(one.address for one in here))
            if addresses or channel.kind != "mail":
                message = Message(_title(due), _text(due, step), addresses, None, _facts(due, step))
                key = f"supervision/{due.part}/{step.rise.name}/{step.due_on}/{channel.id}"
                minute_max = MINUTE_MAX.get(channel.kind)
                found.append(outbox.Letter(key, f"{_PREFIX}{channel.id}", asdict(message), minute_max))
        return found

    def _told(self, due: Due, step: Risen) -> Iterator[tuple[str, str]]:
        """The posts that are told, with the key of their unit; the principal is that of the drafters."""
        for post in step.rise.posts:
            if post != "principal":
                yield Unit(due.unit, due.entity).key, post
                continue
            for drafter in due.drafters:
                account = drafter.removeprefix("account/")
                held = self.roll.capacities(int(account), self.on) if account.isdecimal() else ()
                for one in held:
                    office = self.roll.posts[one.post]
                    yield Unit(office.unit, office.unit_id).key, "leader"


def _title(due: Due) -> str:
    return say(N_("Order {year}-{number}"), DEFAULT, year=due.number[0], number=due.number[1])


def _text(due: Due, step: Risen) -> str:
    posts = "、".join(say(_LABELS[post], DEFAULT) for post in step.rise.posts)
    why = say(step.reason.reason, DEFAULT, **step.reason.facts)
    return "\n".join((why, due.title, say(N_("Escalated to: {posts}"), DEFAULT, posts=posts)))


def _facts(due: Due, step: Risen) -> dict[str, object]:
    """What a program that takes a webhook goes by."""
    return {
        "order": list(due.number),
        "unit": due.unit,
        "step": step.rise.name,
        "due_on": step.due_on.isoformat(),
        "posts": list(step.rise.posts),
    }
