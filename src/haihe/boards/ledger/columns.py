"""Nodes and reports between the columns of their tables and the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from haihe.boards.ledger.drafting import Draft
from haihe.boards.ledger.kinds import kinds, reached
from haihe.boards.ledger.records import (
    Amount,
    Edit,
    Evidence,
    Issued,
    Node,
    Plan,
    Report,
    Return,
    Share,
    Tag,
)

Row = Any
"""A row by the names of its columns, as SQLAlchemy has it."""

DAYS = "start_on", "due_on", "stage_on"
"""The days that a decision keeps of a node, as JSON has them."""


@dataclass(frozen=True, slots=True)
class Around:
    """What other tables know of a node: units, themes, last report, issued light, rule."""

    shares: tuple[Share, ...] = ()
    tags: tuple[Tag, ...] = ()
    report: Report | None = None
    issued: Issued | None = None
    rule: str | None = None
    returned: Mapping[str, date] = field(default_factory=dict)


def node_of(row: Row, around: Around) -> Node:
    """The node of a row of the table with what other tables know of it."""
    report, kind = around.report, kinds()[row["register"]]
    progress = report.progress if report else None
    stage = reached(kind.levels[row["kind"]], row["stage"], progress)
    return Node(
        id=row["id"],
        plan=row["plan_id"],
        parent=row["parent_id"],
        path=tuple(row["path"]),
        kind=row["kind"],
        title=row["title"],
        text=row["text"],
        state=row["state"],
        source_id=row["source_id"],
        edited=row["edited"],
        shares=around.shares,
        tags=around.tags,
        start_on=row["start_on"],
        due_on=row["due_on"],
        due_words=row["due_words"],
        weight=row["weight"],
        cites=row["cites_id"],
        report=report,
        tier=row["tier"],
        register=row["register"],
        stage=stage,
        stage_on=row["stage_on"] if stage == row["stage"] or not report else report.reported_on,
        values=row["values"] or {},
        entered=(row["stage"], row["stage_on"]),
        rule=around.rule,
        issued=around.issued,
        returned=around.returned,
        version=row["version"],
    )


def report_of(row: Row) -> Report:
    """The report of a row of the table, with its evidence where the row has it."""
    return Report(
        id=row["id"],
        node=row["node_id"],
        period=row["period"],
        progress=row["progress"],
        note=row["note"],
        forecast_due_on=row["forecast_due_on"],
        reported_on=row["reported_on"],
        reported_at=row["reported_at"],
        by=row["reported_by"],
        confidence=row["confidence"],
        difficulty=row["difficulty"],
        figures=tuple(Amount(name, Decimal(value), unit) for name, value, unit in row["figures"] or ()),
        evidence=tuple(map(evidence_of, row.get("evidence") or ())),
    )


def evidence_of(row: Row) -> Evidence:
    """The evidence of a row of the table."""
    return Evidence(**{name: row[name] for name in Evidence.__dataclass_fields__})


def returned(given: Return) -> dict[str, Any]:
    """The columns that a report writes."""
    written = {name: getattr(given, name) for name in Return.__dataclass_fields__ if name != "evidence"}
    return written | {"figures": [[one.name, str(one.value), one.unit] for one in given.figures]}


def drafted(draft: Draft, plan: int, parent: int | None, path: tuple[int, ...]) -> dict[str, Any]:
    """The columns of a draft that goes to a place in a plan."""
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
        "stage": kinds()["plan"].levels[draft.kind].first,
    }


def begun(plan: Plan, parent: int | None, path: Sequence[int], edit: Edit) -> dict[str, Any]:
    """The columns of a new node that somebody wrote, accepted and in its first stage."""
    stage = kinds()[plan.kind].levels[edit.kind].first
    made = {"plan_id": plan.id, "parent_id": parent, "path": list(path), "state": "accepted", "stage": stage}
    return written(edit) | made | {"edited": False}


def written(edit: Edit) -> dict[str, Any]:
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
        "values": dict(edit.values),
        "edited": True,
    }


def standing_before(node: Node) -> dict[str, Any]:
    """What a decision may change of a node, to be brought back when it is undone."""
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
        "stage": node.entered[0],
        "stage_on": node.entered[1],
        "values": dict(node.values),
        "shares": [[share.name, share.role, share.entity] for share in node.shares],
    }


def as_it_was(row: Row, before: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a node with what the node was before a decision."""
    columns = {name: value for name, value in before.items() if name != "shares"}
    days = {name: columns[name] and date.fromisoformat(columns[name]) for name in DAYS if name in columns}
    return dict(row) | columns | days


def shares_before(before: Mapping[str, Any]) -> tuple[Share, ...]:
    """The units of a node before a decision."""
    return tuple(Share(*share) for share in before["shares"])
