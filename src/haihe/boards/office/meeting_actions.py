"""What is asked of meetings; they are registers of the ledger of the kind `meeting`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from haihe.boards.accounts import Asker
from haihe.boards.ledger import Edit, Plan, Standing, Step
from haihe.boards.ledger import actions as ledger
from haihe.boards.office.meetings import DecisionRow, MeetingDetail, MeetingRow, TopicRow, minutes_of
from haihe.boards.office.prints import Paper
from haihe.kit.errors import N_, NotFound
from haihe.kit.limits import TABLE_ROWS_MAX
from haihe.kit.words import say
from haihe.store.opening import Store

KIND = "meeting"
_LATE = ("overdue", "behind")

today = ledger.today


@dataclass(frozen=True, slots=True)
class Called:
    """A meeting that is called: its series is the name of a register, begun where there is none."""

    series: str
    title: str
    held_on: date | None = None
    convened_by: str = ""
    members: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a meeting decided: who owns it and by when."""

    title: str
    lead: tuple[str, ...]
    due_on: date | None
    cooperating: tuple[str, ...] = ()
    text: str = ""


def registers(store: Store, asker: Asker, kind: str) -> list[Plan]:
    """The registers of a kind that the asker may see, the newest first."""
    return [one for one in ledger.plans(store, asker, None, TABLE_ROWS_MAX).rows if one.kind == kind]


def meetings(store: Store, asker: Asker, language: str) -> list[MeetingRow]:
    """Every meeting that the asker may see, the latest first."""
    rows = []
    for plan in registers(store, asker, KIND):
        found = ledger.tree_of(store, asker, plan.id, today())
        rows += [_row(plan, one, found, language) for one in found if one.node.kind == "meeting"]
    return sorted(rows, key=lambda row: (row.held_on or date.max, row.id), reverse=True)


def meeting_at(store: Store, asker: Asker, node: int, language: str) -> MeetingDetail:
    """A meeting with its agenda, its decisions, and what came of those before it; raises NotFound."""
    item = ledger.node_at(store, asker, node, today())
    held = item.standing.node
    if (held.register, held.kind) != (KIND, "meeting"):
        raise NotFound(
            N_("The entry {node} is no meeting."), advice=N_("Look at the list of meetings."), node=node
        )
    found = ledger.tree_of(store, asker, held.plan, today())
    inside = [one for one in found if one.node.path[: len(held.path)] == held.path and one.node.id != node]
    earlier = [one for one in found if one.node.kind == "meeting" and one.node.path < held.path]
    before = earlier[-1] if earlier else None
    titles = {one.node.path: one.node.title for one in found if one.node.kind == "meeting"}

    def decisions(within: Sequence[Standing], *paths: tuple[int, ...]) -> list[DecisionRow]:
        wanted = [one for one in within if one.node.kind == "decision"]
        return [
            _decision(one, titles[one.node.path[:1]], language)
            for one in wanted
            if not paths or any(one.node.path[: len(path)] == path for path in paths)
        ]

    last = before.node.path if before else None
    return MeetingDetail(
        meeting=_row(item.plan, item.standing, found, language),
        text=held.text,
        topics=[
            TopicRow(
                topic.node.id,
                topic.node.title,
                topic.node.text,
                str(topic.node.values.get("raised_by") or ""),
                decisions(inside, topic.node.path),
            )
            for topic in inside
            if topic.node.kind == "topic"
        ],
        decisions=decisions([one for one in inside if one.node.parent == node]),
        before=before.node.title if before else "",
        followed=decisions(found, last) if last else [],
        older=[row for row in decisions(item.carried) if before is None or row.meeting != before.node.title],
    )


def _row(plan: Plan, one: Standing, found: Sequence[Standing], language: str) -> MeetingRow:
    node = one.node
    inside = [each for each in found if each.node.path[: len(node.path)] == node.path]
    decided = [each for each in inside if each.node.kind == "decision"]
    stage = node.stage or "called"
    held, members = node.values.get("held_on"), node.values.get("members")
    return MeetingRow(
        id=node.id,
        plan=plan.id,
        plan_name=plan.name,
        title=node.title,
        stage=stage,
        stage_label=ledger.offered()[KIND].levels["meeting"].stages[stage].label[language],
        held_on=date.fromisoformat(held) if isinstance(held, str) else None,
        convened_by=str(node.values.get("convened_by") or ""),
        members=members if isinstance(members, list) else [],
        topics=sum(each.node.kind == "topic" for each in inside),
        decisions=len(decided),
        kept=sum(each.progress == 1 or each.node.stage == "done" for each in decided),
        late=sum(each.light.state in _LATE for each in decided),
    )


def _decision(one: Standing, meeting: str, language: str) -> DecisionRow:
    node = one.node
    return DecisionRow(
        id=node.id,
        meeting=meeting,
        title=node.title,
        text=node.text,
        lead=list(node.named("lead")),
        cooperating=list(node.named("cooperating")),
        due_on=node.due_on,
        stage=node.stage or "",
        progress=one.progress,
        light=one.light.state,
        reason=say(one.light.reason, language, **one.light.facts),
        note=node.report.note if node.report else "",
    )


def call_meeting(store: Store, asker: Asker, called: Called) -> int:
    """Put a meeting into its series, which is begun where there is none; returns its number."""
    known = {one.name: one.id for one in registers(store, asker, KIND)}
    series = " ".join(called.series.split())
    plan = known.get(series) or ledger.begin_register(store, asker, series, KIND)
    values = {
        "held_on": called.held_on.isoformat() if called.held_on else None,
        "convened_by": called.convened_by,
        "members": list(called.members),
    }
    return ledger.add_node(
        store, asker, plan, None, Edit(called.title, called.text, "meeting", values=values)
    )


def raise_topic(store: Store, asker: Asker, meeting: int, title: str, raised_by: str) -> int:
    """Put a topic on the agenda of a meeting; returns its number."""
    plan = ledger.node_at(store, asker, meeting, today()).plan.id
    edit = Edit(title, "", "topic", values={"raised_by": raised_by})
    return ledger.add_node(store, asker, plan, meeting, edit)


def decide(store: Store, asker: Asker, under: int, decided: Decided) -> int:
    """Note what was decided, under a topic or the meeting itself; returns its number."""
    plan = ledger.node_at(store, asker, under, today()).plan.id
    edit = Edit(
        decided.title,
        decided.text,
        "decision",
        due_on=decided.due_on,
        lead=decided.lead,
        cooperating=decided.cooperating,
    )
    return ledger.add_node(store, asker, plan, under, edit)


def minutes(store: Store, asker: Asker, node: int, language: str) -> Paper:
    """The minutes of a meeting, or its agenda while it is still to be held."""
    return minutes_of(meeting_at(store, asker, node, language), today(), language)


def hold(store: Store, asker: Asker, node: int, held_on: date) -> None:
    """Note that a meeting was held on a day."""
    step = Step("held", values={"held_on": held_on.isoformat()})
    ledger.move_node(store, asker, node, step)
