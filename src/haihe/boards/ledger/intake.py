"""What comes into the ledger: drafts from a document, decisions on them, and reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from haihe.boards.ledger.drafting import Draft
from haihe.boards.ledger.records import Decision, Edit, Node, Return, Share
from haihe.boards.ledger.tables import (
    NODE,
    NODE_DECISION,
    NODE_FIGURE,
    NODE_THEME,
    NODE_UNIT,
    PLAN,
)
from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.source import Tier
from haihe.store.search import vector
from haihe.store.session import Session
from haihe.store.sources import keep

NOTE_CHARACTERS_MAX = 2_000

_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|Q[1-4])?")


def checked_name(name: str) -> str:
    """A plan's name without the space around it; raises Invalid for none or a long one."""
    kept = " ".join(name.split())
    if not 0 < len(kept) <= NAME_CHARACTERS_MAX:
        raise Invalid(
            N_("The name of the plan has {count} characters; it needs 1 to {limit}."),
            advice=N_("Choose a short name that people will know the plan by."),
            count=len(kept),
            limit=NAME_CHARACTERS_MAX,
        )
    return kept


def checked_return(given: Return, today: date) -> Return:
    """A report as it may be stored.

    Raises Invalid for one that says nothing, or whose progress, period, day or note cannot be.
    """
    note = given.note.strip()
    if given.progress is None and given.forecast_due_on is None and not note:
        raise Invalid(
            N_("The report says nothing."),
            advice=N_("Give the progress, a forecast or a note of what was done."),
        )
    if given.progress is not None and not 0 <= given.progress <= 1:
        raise Invalid(
            N_("A progress of {progress} cannot be."),
            advice=N_("Give a share from 0 to 1, where 1 is finished."),
            progress=given.progress,
        )
    if not _PERIOD.fullmatch(given.period):
        raise Invalid(
            N_("The period {period} is not known."),
            advice=N_("Write a year, a quarter or a month: 2023, 2023Q1 or 2023-06."),
            period=given.period[:20],
        )
    if given.reported_on > today:
        raise Invalid(
            N_("The report is of {day}, which is still to come."),
            advice=N_("Give today or a day before it."),
            day=given.reported_on,
        )
    if len(note) > NOTE_CHARACTERS_MAX:
        raise Invalid(
            N_("The note has {count} characters; it may have {limit}."),
            advice=N_("Say it more briefly, or attach it as a document."),
            count=len(note),
            limit=NOTE_CHARACTERS_MAX,
        )
    return replace(given, note=note)


def checked_edit(edit: Edit) -> Edit:
    """An edit as it may be stored; raises Invalid for no title, no weight, or a start after the due date."""
    title = " ".join(edit.title.split())
    if not 0 < len(title) <= NAME_CHARACTERS_MAX:
        raise Invalid(
            N_("The title has {count} characters; it needs 1 to {limit}."),
            advice=N_("Give a title that says what is promised."),
            count=len(title),
            limit=NAME_CHARACTERS_MAX,
        )
    if not 0 < edit.weight < float("inf"):
        raise Invalid(
            N_("A weight of {weight} cannot be."), advice=N_("Give a number above 0."), weight=edit.weight
        )
    if edit.start_on and edit.due_on and edit.start_on > edit.due_on:
        raise Invalid(
            N_("It would start on {start_on}, after it is due on {due_on}."),
            advice=N_("Change one of the two days."),
            start_on=edit.start_on,
            due_on=edit.due_on,
        )
    return replace(edit, title=title, text=edit.text.strip())


def plan_for(session: Session, name: str, tier: Tier) -> int:
    """The plan of a name, made where there is none, and locked against anybody else's drafts."""
    fresh = upsert(PLAN).values(name=name, tier=tier, created_at=session.actor.at).on_conflict_do_nothing()
    session.execute(fresh)
    return int(session.execute(select(PLAN.c.id).where(PLAN.c.name == name).with_for_update()).scalar_one())


def write_drafts(session: Session, plan: int, drafts: Sequence[Draft], entities: Mapping[str, int]) -> int:
    """Store the drafts whose sentence the plan does not have yet, and return how many there were.

    What is there already is left as it is, whatever somebody decided on it.
    """
    held = {
        row.source_id: (row.id, tuple(row.path))
        for row in session.execute(
            select(NODE.c.id, NODE.c.path, NODE.c.source_id).where(NODE.c.plan_id == plan)
        )
    }
    last: dict[tuple[int, ...], int] = {}
    for _, path in held.values():
        last[path[:-1]] = max(last.get(path[:-1], 0), path[-1])
    keep(session, (source for draft in drafts for source in _sources(draft)))
    added = 0
    places: list[tuple[int, tuple[int, ...]]] = []
    for draft in drafts:
        known = held.get(draft.source.id)
        if known is None:
            parent, above = places[draft.parent] if draft.parent is not None else (None, ())
            last[above] = last.get(above, 0) + 1
            path = (*above, last[above])
            known = _insert(session, draft, _columns(draft, plan, parent, path), entities), path
            added += 1
        places.append(known)
    return added


def _sources(draft: Draft) -> Iterable[Any]:
    yield draft.source
    yield from (source for _, source in draft.numbers)


def _columns(draft: Draft, plan: int, parent: int | None, path: tuple[int, ...]) -> dict[str, Any]:
    return {
        "plan_id": plan,
        "parent_id": parent,
        "path": list(path),
        "kind": draft.kind,
        "title": draft.title,
        "text": draft.text,
        "source_id": draft.source.id,
        "due_on": draft.due.on if draft.due else None,
        "due_words": draft.due.words if draft.due else None,
        "terms": vector(f"{draft.title} {draft.text}"),
    }


def _insert(session: Session, draft: Draft, columns: Mapping[str, Any], entities: Mapping[str, int]) -> int:
    node: int = session.execute(insert(NODE).values(columns).returning(NODE.c.id)).scalar_one()
    shares = [replace(share, entity=entities.get(share.name)) for share in draft.shares]
    put_shares(session, node, shares)
    if draft.tags:
        rows = [
            {"node_id": node, "frame": tag.frame, "theme": tag.theme, "primary": tag.primary}
            for tag in draft.tags
        ]
        session.execute(insert(NODE_THEME), rows)
    if draft.numbers:
        rows = [
            {
                "node_id": node,
                "source_id": source.id,
                "position": position,
                "quote": number.quote,
                "value": number.value,
                "unit": number.unit,
                "subject": number.subject,
                "period": number.period,
            }
            for position, (number, source) in enumerate(draft.numbers)
        ]
        session.execute(insert(NODE_FIGURE), rows)
    return node


def put_shares(session: Session, node: int, shares: Sequence[Share]) -> None:
    """Replace the units of a node."""
    session.execute(delete(NODE_UNIT).where(NODE_UNIT.c.node_id == node))
    if shares:
        rows = [
            {
                "node_id": node,
                "position": position,
                "name": share.name,
                "role": share.role,
                "entity_id": share.entity,
            }
            for position, share in enumerate(shares)
        ]
        session.execute(insert(NODE_UNIT), rows)


def decide(session: Session, node: Node, kind: Decision, values: Mapping[str, Any]) -> None:
    """Change a node, and note what it was before."""
    row = {
        "node_id": node.id,
        "kind": kind,
        "before": _before(node),
        "decided_by": session.actor.name,
        "decided_at": session.actor.at,
    }
    session.execute(insert(NODE_DECISION).values(row))
    session.execute(update(NODE).where(NODE.c.id == node.id).values(values))


def edited(edit: Edit) -> dict[str, Any]:
    """The columns that an edit writes."""
    return {
        "title": edit.title,
        "text": edit.text,
        "kind": edit.kind,
        "start_on": edit.start_on,
        "due_on": edit.due_on,
        "due_words": edit.due_words,
        "weight": edit.weight,
        "cites_id": edit.cites,
        "edited": True,
        "terms": vector(f"{edit.title} {edit.text}"),
    }


def _before(node: Node) -> dict[str, Any]:
    return {
        "state": node.state,
        "edited": node.edited,
        "title": node.title,
        "text": node.text,
        "kind": node.kind,
        "start_on": node.start_on,
        "due_on": node.due_on,
        "due_words": node.due_words,
        "weight": node.weight,
        "cites_id": node.cites,
        "shares": [[share.name, share.role, share.entity] for share in node.shares],
    }


def restore(session: Session, node: int, decision: int, before: Mapping[str, Any]) -> None:
    """Bring a node back to what it was before a decision."""
    days = {
        name: date.fromisoformat(before[name]) if before[name] else None for name in ("start_on", "due_on")
    }
    columns = {name: value for name, value in before.items() if name != "shares"} | days
    columns["terms"] = vector(f"{before['title']} {before['text']}")
    session.execute(update(NODE).where(NODE.c.id == node).values(columns))
    put_shares(session, node, [Share(*share) for share in before["shares"]])
    undone = update(NODE_DECISION).where(NODE_DECISION.c.id == decision)
    session.execute(undone.values(undone_at=session.actor.at))
