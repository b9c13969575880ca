"""Drafts of briefs and the briefs that were issued, as rows; neither is ever changed or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from haihe.boards.office.briefs import Brief, Draft, Issue, Stamp, brief_of, figures_in, written
from haihe.boards.office.tables import OFFICE_RETURN
from haihe.store import sources
from haihe.store.schema import metadata
from haihe.store.session import Session

_KIND = "kind IN ('month', 'quarter', 'circular', 'meeting')"
_LOCK = 0x6272

BRIEF_DRAFT = Table(
    "brief_draft",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("plan_id", BigInteger, ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("period_digest", Text, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(_KIND, name="kind"),
    Index(None, "plan_id", "kind", "period", "id"),
)
"""A draft: all that a brief says; `period_digest` is the ledger's, of the period as it stood."""

BRIEF = Table(
    "brief",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "draft_id", BigInteger, ForeignKey(BRIEF_DRAFT.c.id, ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("plan_id", BigInteger, ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("template_sha256", Text, nullable=False),
    Column("supersedes_id", BigInteger, ForeignKey("brief.id", ondelete="CASCADE"), index=True),
    Column("reason", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(_KIND, name="kind"),
    CheckConstraint("(version = 1) = (supersedes_id IS NULL)", name="version"),
    CheckConstraint("(version = 1) OR (reason <> '')", name="reason"),
    UniqueConstraint("plan_id", "kind", "year", "number", "version"),
)
"""An issued brief: its draft, number of the year and version, its file and the template it was made by."""


@dataclass(frozen=True, slots=True)
class Made:
    """The file of a brief and its template, by SHA-256, the brief that it supersedes, and why."""

    sha256: str
    template_sha256: str
    supersedes: int | None
    reason: str


def drafts_where(connection: Connection, *conditions: ColumnElement[bool], limit: int = 50) -> list[Draft]:
    """The drafts that meet conditions, the latest first."""
    query = select(BRIEF_DRAFT).where(*conditions).order_by(BRIEF_DRAFT.c.id.desc()).limit(limit)
    return [
        Draft(row.id, brief_of(row.content), row.period_digest, row.made_by, row.made_at)
        for row in connection.execute(query)
    ]


def put_draft(session: Session, brief: Brief, period_digest: str) -> Draft:
    """Keep a draft, and what its figures rest on."""
    sources.keep(session, (figure.source for figure in figures_in(brief)))
    row = {
        "plan_id": brief.plan,
        "kind": brief.kind,
        "period": brief.period,
        "digest": brief.digest,
        "period_digest": period_digest,
        "content": written(brief),
        "made_by": session.actor.name,
        "made_at": session.actor.at,
    }
    number = session.execute(insert(BRIEF_DRAFT).values(row).returning(BRIEF_DRAFT.c.id)).scalar_one()
    return Draft(number, brief, period_digest, session.actor.name, session.actor.at)


def issues_where(connection: Connection, *conditions: ColumnElement[bool], limit: int = 500) -> list[Issue]:
    """The issued briefs that meet conditions, the latest first."""
    later = BRIEF.alias()
    query = select(BRIEF, later.c.id.label("superseded_by")).outerjoin(
        later, later.c.supersedes_id == BRIEF.c.id
    )
    rows = connection.execute(query.where(*conditions).order_by(BRIEF.c.id.desc()).limit(limit))
    return [_issue(row) for row in rows]


def _issue(row: Row[Any]) -> Issue:
    return Issue(
        row.id,
        row.plan_id,
        row.kind,
        row.period,
        row.draft_id,
        Stamp(row.issuer, row.year, row.number, row.version, row.issued_on),
        row.sha256,
        row.template_sha256,
        row.supersedes_id,
        row.superseded_by,
        row.reason,
        row.issued_by,
        row.issued_at,
    )


def next_stamp(session: Session, brief: Brief, issuer: str, on: date) -> tuple[Stamp, Issue | None]:
    """The stamp of a brief to be issued, and the one it supersedes; nobody else numbers until it is."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK, brief.plan)))
    inside = (BRIEF.c.plan_id == brief.plan) & (BRIEF.c.kind == brief.kind)
    before = issues_where(session.connection, inside, BRIEF.c.period == brief.period, limit=1)
    if before:
        held = before[0].stamp
        return Stamp(issuer, held.year, held.number, held.version + 1, on), before[0]
    last = select(func.coalesce(func.max(BRIEF.c.number), 0)).where(inside, BRIEF.c.year == on.year)
    return Stamp(issuer, on.year, session.execute(last).scalar_one() + 1, 1, on), None


def put_issue(session: Session, draft: Draft, stamp: Stamp, made: Made) -> Issue:
    """Note that a brief is issued."""
    row = {
        "draft_id": draft.id,
        "plan_id": draft.brief.plan,
        "kind": draft.brief.kind,
        "period": draft.brief.period,
        "issuer": stamp.issuer,
        "year": stamp.year,
        "number": stamp.number,
        "version": stamp.version,
        "sha256": made.sha256,
        "template_sha256": made.template_sha256,
        "supersedes_id": made.supersedes,
        "reason": made.reason,
        "issued_on": stamp.on,
        "issued_by": session.actor.name,
        "issued_at": session.actor.at,
    }
    number = session.execute(insert(BRIEF).values(row).returning(BRIEF.c.id)).scalar_one()
    return issues_where(session.connection, BRIEF.c.id == number)[0]


def places_of(connection: Connection, reports: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The kept file and the cell that reports stood in, by report; those of the form have none."""
    columns = OFFICE_RETURN.c
    query = select(columns.report_id, columns.sha256, columns.place).where(columns.report_id.in_(reports))
    return {row.report_id: (row.sha256, row.place) for row in connection.execute(query)}
