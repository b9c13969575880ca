"""Reports and their evidence as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Select,
    Table,
    Text,
    UniqueConstraint,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from haihe.boards.ledger.columns import evidence_of, report_of
from haihe.boards.ledger.records import Evidence, Report
from haihe.boards.ledger.tables import NODE
from haihe.kit.errors import N_, NotFound
from haihe.store.schema import metadata

REPORT = Table(
    "report",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), nullable=False),
    Column("period", Text, nullable=False),
    Column("progress", Float),
    Column("note", Text, nullable=False),
    Column("forecast_due_on", Date),
    Column("reported_on", Date, nullable=False),
    Column("reported_at", DateTime(timezone=True), nullable=False),
    Column("reported_by", Text, nullable=False),
    Column("confidence", Text),
    Column("difficulty", Text, nullable=False, server_default=""),
    Column("figures", JSONB, nullable=False, server_default="[]"),
    Column("key", Text),
    UniqueConstraint("node_id", "key"),
    CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
    CheckConstraint("confidence IN ('high', 'medium', 'low')", name="confidence"),
    Index(None, "node_id", "reported_on", "id"),
    Index(None, "reported_at"),
    Index(None, "node_id", "period"),
)
"""What was reported; `key` is the sender's, so that a report sent twice is one."""

EVIDENCE = Table(
    "evidence",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text),
    Column("size_bytes", BigInteger),
    Column("document_id", BigInteger, ForeignKey("document.id")),
    Column("fact_id", BigInteger),
    Column("kept_by", Text, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("(sha256 IS NULL) = (document_id IS NOT NULL)", name="one"),
)
"""What proves a report: a kept file, or a fact of a document as it read when it was cited."""

REPORT_EVIDENCE = Table(
    "report_evidence",
    metadata,
    Column("report_id", BigInteger, ForeignKey(REPORT.c.id, ondelete="CASCADE"), primary_key=True),
    Column("evidence_id", BigInteger, ForeignKey(EVIDENCE.c.id), primary_key=True),
)

_PROOFS = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_object(
                    *(part for name in Evidence.__dataclass_fields__ for part in (name, EVIDENCE.c[name]))
                ),
                EVIDENCE.c.id,
            )
        )
    )
    .join(REPORT_EVIDENCE, REPORT_EVIDENCE.c.evidence_id == EVIDENCE.c.id)
    .where(REPORT_EVIDENCE.c.report_id == REPORT.c.id)
    .scalar_subquery()
    .label("evidence")
)
_FIGURES = func.nullif(REPORT.c.figures, literal([], JSONB), type_=JSONB).label("figures")
_COLUMNS = [column for column in REPORT.c if column.name not in ("figures", "key")]
_LATEST = REPORT.c.reported_on.desc(), REPORT.c.id.desc()


def known_at(column: ColumnElement[datetime], as_of: datetime | None) -> ColumnElement[bool]:
    """Whether a row was there at a moment; None is now."""
    return true() if as_of is None else column <= as_of


def latest_reports(
    connection: Connection, nodes: Select[Any], on: date, period: str | None, as_of: datetime | None
) -> dict[int, Report]:
    """The latest report on each node by a day, or for a period whatever its day, without evidence.

    One step into the index for each node, however many reports it has.
    """
    spoken = REPORT.c.reported_on <= on
    asked = nodes.subquery()
    last = (
        select(*_COLUMNS, _FIGURES, null().label("evidence"))
        .where(REPORT.c.node_id == asked.c[0], known_at(REPORT.c.reported_at, as_of))
        .where(spoken if period is None else or_(spoken, REPORT.c.period == period))
        .order_by(*_LATEST)
        .limit(1)
        .lateral()
    )
    query = select(last).select_from(asked.join(last, true()))
    return {row["node_id"]: report_of(row) for row in connection.execute(query).mappings().all()}


def reports_of(connection: Connection, node: int, as_of: datetime | None = None) -> list[Report]:
    """The reports on a node, the latest first."""
    return _reports(connection, _proved(REPORT.c.node_id == node, known_at(REPORT.c.reported_at, as_of)))


def reports_in(
    connection: Connection, nodes: Any, period: str, as_of: datetime | None = None
) -> dict[int, list[Report]]:
    """The reports on nodes for a period, by node, the latest first."""
    inside = REPORT.c.node_id.in_(nodes)
    known = known_at(REPORT.c.reported_at, as_of)
    return by_node(_reports(connection, _proved(inside, REPORT.c.period == period, known)))


def reports_on(
    connection: Connection, nodes: Iterable[int], as_of: datetime | None = None
) -> dict[int, list[Report]]:
    """Every report on some nodes, by node, the latest first, without evidence."""
    wanted = REPORT.c.node_id.in_(list(nodes)), known_at(REPORT.c.reported_at, as_of)
    return by_node(_reports(connection, select(REPORT).where(*wanted).order_by(*_LATEST)))


def by_node(reports: Iterable[Report]) -> dict[int, list[Report]]:
    """Reports by the node that they are on, in the order given."""
    found: dict[int, list[Report]] = {}
    for report in reports:
        found.setdefault(report.node, []).append(report)
    return found


def keyed(connection: Connection, node: int, key: str) -> Report | None:
    """The report on a node that was sent with a key."""
    found = _reports(connection, _proved(REPORT.c.node_id == node, REPORT.c.key == key))
    return found[0] if found else None


def proved(connection: Connection, reports: Sequence[Report]) -> list[Report]:
    """Reports with their evidence, in the order given."""
    found = {
        one.id: one for one in _reports(connection, _proved(REPORT.c.id.in_([one.id for one in reports])))
    }
    return [found[one.id] for one in reports]


def _proved(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(REPORT, _PROOFS).where(*conditions).order_by(*_LATEST)


def _reports(connection: Connection, query: Select[Any]) -> list[Report]:
    return [report_of(row) for row in connection.execute(query).mappings()]


def returned_days(connection: Connection, nodes: Any, as_of: datetime | None) -> dict[int, dict[str, date]]:
    """By node and period, the day in the region on which the first report came in."""
    came = func.min(func.timezone("Asia/Shanghai", REPORT.c.reported_at)).label("came")
    query = select(REPORT.c.node_id, REPORT.c.period, came)
    query = query.where(REPORT.c.node_id.in_(nodes), known_at(REPORT.c.reported_at, as_of))
    found: dict[int, dict[str, date]] = {}
    for row in connection.execute(query.group_by(REPORT.c.node_id, REPORT.c.period)):
        found.setdefault(row.node_id, {})[row.period] = row.came.date()
    return found


def evidence_at(connection: Connection, number: int) -> tuple[int, Evidence]:
    """The node that a piece of evidence is for, and the evidence; raises NotFound."""
    row = connection.execute(select(EVIDENCE).where(EVIDENCE.c.id == number)).mappings().first()
    if row is None:
        raise NotFound(N_("There is no evidence {id}."), advice=N_("Open it again from its item."), id=number)
    return row["node_id"], evidence_of(row)


def evidence_among(connection: Connection, node: int, numbers: Sequence[int]) -> set[int]:
    """Which of these numbers are evidence kept for a node."""
    query = select(EVIDENCE.c.id).where(EVIDENCE.c.node_id == node, EVIDENCE.c.id.in_(numbers))
    return set(connection.execute(query).scalars())
