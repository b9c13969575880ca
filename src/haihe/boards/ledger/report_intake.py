"""What comes in on a promise: reports, each once and only while its period is open, and their evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from haihe.boards.ledger.columns import evidence_of, report_of, returned
from haihe.boards.ledger.period_tables import hold_open
from haihe.boards.ledger.periods import check_open
from haihe.boards.ledger.records import Evidence, Report, Return
from haihe.boards.ledger.report_tables import (
    EVIDENCE,
    REPORT,
    REPORT_EVIDENCE,
    evidence_among,
    keyed,
    proved,
)
from haihe.boards.ledger.tables import NODE
from haihe.kit.errors import N_, Conflict, Invalid
from haihe.store.session import Session


def take_reports(session: Session, plan: int, given: Mapping[int, Return]) -> list[Report]:
    """Store a report on each node of a plan; raises Conflict where its period is locked."""
    for period in sorted({one.period for one in given.values()}):
        check_open(hold_open(session, plan, period), period)
    return put_reports(session, given)


def put_reports(session: Session, given: Mapping[int, Return]) -> list[Report]:
    """Store a report on each node, in the order given."""
    _check_evidence(session, given)
    made = {"reported_at": session.actor.at, "reported_by": session.actor.name}
    rows = [returned(one) | {"node_id": node} | made for node, one in given.items()]
    fresh = insert(REPORT).returning(REPORT, sort_by_parameter_order=True)
    stored = [report_of(row) for row in session.execute(fresh, rows).mappings()] if rows else []
    proofs = [
        {"report_id": report.id, "evidence_id": number}
        for report in stored
        for number in dict.fromkeys(given[report.node].evidence)
    ]
    if proofs:
        session.execute(insert(REPORT_EVIDENCE), proofs)
        stored = proved(session.connection, stored)
    for report in stored:
        session.record("report", f"node/{report.node}", {"report": report.id, "progress": report.progress})
    return stored


def _check_evidence(session: Session, given: Mapping[int, Return]) -> None:
    for node, one in given.items():
        if one.evidence and (
            unknown := set(one.evidence) - evidence_among(session.connection, node, one.evidence)
        ):
            raise Invalid(
                N_("The item has no evidence {id}."),
                advice=N_("Hand the file in again on the page of the item."),
                id=min(unknown),
            )


def sent_before(session: Session, node: int, given: Return) -> Report | None:
    """The report that was sent with the same key before; raises Conflict where it said something else.

    Another one with a key for the node waits until the transaction ends.
    """
    if given.key is None:
        return None
    session.execute(select(NODE.c.id).where(NODE.c.id == node).with_for_update(key_share=True))
    held = keyed(session.connection, node, given.key)
    if held and (held.by, held.period, held.progress, held.note, held.forecast_due_on) != (
        session.actor.name, given.period, given.progress, given.note, given.forecast_due_on,
    ):  # fmt: skip
        raise Conflict(
            N_("Another report was sent with the same key."), advice=N_("Give each report a key of its own.")
        )
    return held


def put_evidence(session: Session, node: int, columns: Mapping[str, Any]) -> Evidence:
    """Note a piece of evidence for a node."""
    made = {"node_id": node, "kept_by": session.actor.name, "kept_at": session.actor.at}
    fresh = insert(EVIDENCE).values({**columns, **made}).returning(EVIDENCE)
    return evidence_of(session.execute(fresh).mappings().one())
