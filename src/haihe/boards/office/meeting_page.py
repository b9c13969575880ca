"""The pages of meetings: the list, and one meeting with what came of the last."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable
from datetime import date
from functools import partial

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import meeting_actions, request_actions
from haihe.boards.office.form_page import Box, Written, form, table
from haihe.boards.office.meeting_actions import Called, Decided
from haihe.boards.office.meetings import DecisionRow, MeetingDetail, MeetingRow
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

_DECISION_COLUMNS = {
    "title": N_("What was decided"),
    "lead": N_("Owned by"),
    "due_on": N_("By when"),
    "light": N_("Light"),
    "progress": N_("Progress"),
    "note": N_("What came of it"),
}


def mount() -> None:
    """Register the pages, and their place in the header."""
    look.fill("nav", look.Entry(N_("Meetings"), "/office/meetings", "groups"), order=28)
    page_at("/office/meetings")(meetings)
    page_at("/office/meetings/{node}")(meeting)


async def meetings() -> None:
    """Every meeting, the latest first, and the form that calls one."""
    asker = await asker_now()
    with look.frame(tr(N_("Meetings"))):
        rows = await to_thread(meeting_actions.meetings, the_store(), asker, language())
        if rows:
            late, decided = sum(row.late for row in rows), sum(row.decisions for row in rows)
            words = N_("{meetings} meetings decided {decisions} things; {kept} are finished and {late} late.")
            kept = sum(row.kept for row in rows)
            look.answer(phrase(words, meetings=len(rows), decisions=decided, kept=kept, late=late))
            _list(rows)
        else:
            why = tr(N_("A meeting decides who does what by when; the next one begins with what came of it."))
            look.empty_state(tr(N_("No meeting is called yet.")), why)
        if may(asker, "review_draft"):
            _call(asker, rows)
        requests = link(tr(N_("Requests between jurisdictions")), "/office/requests")
        write(requests, "p")
        look.coverage_line(tr(N_("All meetings that you may see.")), as_of=meeting_actions.today())


def _list(rows: Iterable[MeetingRow]) -> None:
    labels = {
        "title": N_("Meeting"),
        "series": N_("Series"),
        "stage": N_("Stage"),
        "held_on": N_("Held on"),
        "decisions": N_("Decisions"),
        "kept": N_("Finished"),
        "late": N_("Late"),
    }
    table(
        labels,
        (
            {
                "title": link(row.title, f"/office/meetings/{row.id}"),
                "series": link(row.plan_name, f"/plan/{row.plan}"),
                "stage": row.stage_label,
                "held_on": row.held_on or "–",
                "decisions": row.decisions,
                "kept": row.kept,
                "late": f"■ {row.late}" if row.late else 0,
            }
            for row in rows
        ),
    )


def _call(asker: Asker, rows: list[MeetingRow]) -> None:
    async def sent(written: Written) -> None:
        called = Called(
            series=written["series"],
            title=written["title"],
            held_on=_day(written["held_on"]),
            convened_by=written["convened_by"].strip(),
            members=_names(written["members"]),
            text=written["text"],
        )
        made = await to_thread(meeting_actions.call_meeting, the_store(), asker, called)
        ui.navigate.to(f"/office/meetings/{made}")

    boxes = [
        Box(
            "series",
            tr(N_("Series, such as the monthly dispatch meeting")),
            value=rows[0].plan_name if rows else "",
            required=True,
        ),
        Box("title", tr(N_("Title")), required=True),
        Box("held_on", tr(N_("Day of the meeting")), "date"),
        Box("convened_by", tr(N_("Convened by")), value=rows[0].convened_by if rows else ""),
        Box(
            "members",
            tr(N_("Members, with 、 between them")),
            value="、".join(rows[0].members) if rows else "",
        ),
        Box("text", tr(N_("On the meeting")), "area"),
    ]
    form(tr(N_("Call a meeting")), boxes, tr(N_("Call it")), sent)


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def _names(written: str) -> tuple[str, ...]:
    parts = (name.strip() for name in written.replace(",", "、").replace("，", "、").split("、"))
    return tuple(dict.fromkeys(filter(None, parts)))


async def meeting(node: int) -> None:
    """A meeting: first what came of the last decisions, then its agenda, what it decided, and the minutes."""
    asker = await asker_now()
    with look.frame(tr(N_("Meeting")), heading=False):
        found = await to_thread(meeting_actions.meeting_at, the_store(), asker, node, language())
        row = found.meeting
        ui.page_title(row.title)
        write(link(row.plan_name, f"/plan/{row.plan}"), "p", "hai-note")
        write(row.title, "h1")
        look.answer(_sentence(found))
        await _facts(found)
        _papers(node)
        if found.before:
            with look.section(tr(N_("What came of the decisions of {meeting}"), meeting=found.before)):
                _decisions(found.followed)
        if found.older:
            with look.section(tr(N_("Still open from earlier meetings"))):
                _decisions(found.older)
        _agenda(asker, found)
        look.coverage_line(
            tr(N_("Lights by the ledger's rule; a light opens its reason.")), as_of=meeting_actions.today()
        )


def _sentence(found: MeetingDetail) -> Markup:
    row = found.meeting
    words = N_("{topics} topics, {decisions} decisions; of the last meeting's {before}, {kept} are finished.")
    kept = sum(one.progress == 1 or one.stage == "done" for one in found.followed)
    return phrase(words, topics=row.topics, decisions=row.decisions, before=len(found.followed), kept=kept)


async def _facts(found: MeetingDetail) -> None:
    row = found.meeting
    names = [name for name in (row.convened_by, *row.members) if name]
    known = {
        name: await to_thread(request_actions.entity_of, the_store(), name) for name in dict.fromkeys(names)
    }

    def named(name: str) -> Markup:
        return link(name, f"/entity/{known[name]}") if known.get(name) else Markup.escape(name)

    look.particulars(
        [
            (tr(N_("Stage")), row.stage_label),
            (tr(N_("Held on")), row.held_on),
            (tr(N_("Convened by")), named(row.convened_by) if row.convened_by else None),
            (tr(N_("Members")), Markup("、").join(map(named, row.members)) or None),
        ]
    )
    if found.text:
        write(found.text, "blockquote")


def _papers(node: int) -> None:
    base = f"/api/v1/office/meetings/{node}/minutes?format="
    ways = (
        link(tr(N_("Minutes to print")), f"{base}html"),
        link(tr(N_("Minutes as docx")), f"{base}docx"),
        link(tr(N_("The entry in the ledger")), f"/item/{node}"),
    )
    write(Markup(" · ").join(ways), "p")


def _decisions(rows: list[DecisionRow]) -> None:
    if not rows:
        write(tr(N_("Nothing was decided.")), "p", "hai-note")
    table(_DECISION_COLUMNS, map(_cells, rows))


def _cells(row: DecisionRow) -> look.Cells:
    return {
        "title": link(row.title, f"/item/{row.id}"),
        "lead": "、".join(row.lead) or "–",
        "due_on": row.due_on or "–",
        "light": look.light(row.light, row.reason),
        "progress": look.share_bar(row.progress),
        "note": row.note or "–",
    }


def _agenda(asker: Asker, found: MeetingDetail) -> None:
    node, writes = found.meeting.id, may(asker, "review_draft")
    with look.section(tr(N_("Agenda and decisions"))):
        for place, topic in enumerate(found.topics, 1):
            raised = Markup(" <small>{}</small>").format(topic.raised_by) if topic.raised_by else ""
            write(Markup("{}. {}{}").format(place, link(topic.title, f"/item/{topic.id}"), raised), "h3")
            _decisions(topic.decisions)
            if writes:
                _decide(asker, topic.id, tr(N_("Note a decision on topic {number}"), number=place))
        if found.decisions or not found.topics:
            _decisions(found.decisions)
        if writes:
            _raise(asker, node)
            _decide(asker, node, tr(N_("Note a decision under no topic")))
            if found.meeting.stage == "called":
                _hold(asker, found.meeting)


def _raise(asker: Asker, node: int) -> None:
    async def sent(written: Written) -> None:
        given = written["title"], written["raised_by"].strip()
        await to_thread(meeting_actions.raise_topic, the_store(), asker, node, *given)
        ui.navigate.reload()

    boxes = [Box("title", tr(N_("Topic")), required=True), Box("raised_by", tr(N_("Raised by the unit")))]
    form(tr(N_("Put a topic on the agenda")), boxes, tr(N_("Put it on")), sent)


def _decide(asker: Asker, under: int, title: str) -> None:
    async def sent(written: Written) -> None:
        decided = Decided(
            written["title"], _names(written["lead"]), _day(written["due_on"]), _names(written["cooperating"])
        )
        await to_thread(meeting_actions.decide, the_store(), asker, under, decided)
        ui.navigate.reload()

    boxes = [
        Box("title", tr(N_("What was decided")), required=True),
        Box("lead", tr(N_("Owned by")), required=True),
        Box("cooperating", tr(N_("Cooperating units"))),
        Box("due_on", tr(N_("By when")), "date"),
    ]
    form(title, boxes, tr(N_("Note it")), sent)


def _hold(asker: Asker, row: MeetingRow) -> None:
    async def sent(written: Written) -> None:
        held = partial(meeting_actions.hold, the_store(), asker, row.id)
        await to_thread(held, date.fromisoformat(written["held_on"]))
        ui.navigate.reload()

    boxes = [Box("held_on", tr(N_("Held on")), "date", row.held_on or ledger.today(), required=True)]
    form(tr(N_("It was held")), boxes, tr(N_("Note it")), sent)
