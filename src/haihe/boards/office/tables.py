"""What was handed out and what returns said beside their reports, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Row,
    Table,
    Text,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from haihe.boards.ledger import Report
from haihe.boards.office.records import Asked, Dispatch, Entry, Filed, Handout, Line, Taken, Unit
from haihe.store.schema import metadata
from haihe.store.session import Session

OFFICE_DISPATCH = Table(
    "office_dispatch",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("plan_id", BigInteger, ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
    Column("period", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("digest", Text, nullable=False, index=True),
    Column("handout", JSONB, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("dispatched_by", Text, nullable=False),
    Column("dispatched_at", DateTime(timezone=True), nullable=False),
    Index(None, "plan_id", "period", "id"),
)
"""A workbook that was handed to a unit; `handout` is all that it says, `sha256` the kept file."""

OFFICE_RETURN = Table(
    "office_return",
    metadata,
    Column("report_id", BigInteger, ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
    Column("unit", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("confidence", Text),
    Column("difficulty", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    CheckConstraint("confidence IN ('high', 'medium', 'low')", name="confidence"),
)
"""What a returned row said beside its report, and the kept file and place that it stood in."""


def dispatches_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Dispatch]:
    """The workbooks handed out that meet conditions, the first handed out first."""
    rows = connection.execute(select(OFFICE_DISPATCH).where(*conditions).order_by(OFFICE_DISPATCH.c.id))
    return [
        Dispatch(row.id, handout_of(row.handout), row.sha256, row.dispatched_by, row.dispatched_at)
        for row in rows
    ]


def handout_of(written: Mapping[str, Any]) -> Handout:
    """A handout from the JSON that it is kept as."""
    asked = written["asked"]
    return Handout(
        Asked(**asked | {"return_by": date.fromisoformat(asked["return_by"])}),
        Unit(**written["unit"]),
        tuple(Line(line["node"], line["cells"]) for line in written["lines"]),
    )


def put_dispatches(session: Session, files: Iterable[tuple[Handout, str]]) -> None:
    """Note workbooks that are handed out, each with the SHA-256 of its file."""
    rows = [
        {
            "plan_id": handout.asked.plan,
            "period": handout.asked.period,
            "unit": handout.unit.key,
            "digest": handout.digest,
            "handout": asdict(handout),
            "sha256": sha256,
            "dispatched_by": session.actor.name,
            "dispatched_at": session.actor.at,
        }
        for handout, sha256 in files
    ]
    session.execute(insert(OFFICE_DISPATCH), rows)


def put_returns(session: Session, taken: Mapping[int, Taken]) -> None:
    """Keep what returned rows said beside their reports, by the number of the report."""
    rows = [
        {
            "report_id": report,
            "unit": one.unit.key,
            "digest": one.digest,
            "sha256": one.sha256,
            "file": one.file,
            "place": one.at,
            "confidence": one.entry.confidence,
            "difficulty": one.entry.difficulty,
            "evidence": one.entry.evidence,
        }
        for report, one in taken.items()
    ]
    session.execute(insert(OFFICE_RETURN), rows)


def filed_of(connection: Connection, reports: Mapping[int, Sequence[Report]]) -> dict[int, list[Filed]]:
    """Reports by node, with what returns said beside them."""
    numbers = [report.id for found in reports.values() for report in found]
    query = select(OFFICE_RETURN).where(OFFICE_RETURN.c.report_id.in_(numbers))
    beside = {row.report_id: row for row in connection.execute(query)}
    return {
        node: [_filed(report, beside.get(report.id)) for report in found] for node, found in reports.items()
    }


def _filed(report: Report, beside: Row[Any] | None) -> Filed:
    entry = Entry(report.progress, report.note, report.forecast_due_on)
    if beside:
        entry = replace(
            entry,
            confidence=beside.confidence,
            difficulty=beside.difficulty,
            evidence=beside.evidence,
        )
    return Filed(entry, report.by, report.reported_on)
