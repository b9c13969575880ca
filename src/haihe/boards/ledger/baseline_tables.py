"""Baselines as rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Index, Row, Table, Text

from haihe.boards.ledger.baselines import Baseline
from haihe.boards.ledger.tables import PLAN
from haihe.store.schema import metadata

BASELINE = Table(
    "baseline",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("plan_id", BigInteger, ForeignKey(PLAN.c.id, ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("removed_at", DateTime(timezone=True)),
    Index("ix_baseline_name", "plan_id", "name", unique=True, postgresql_where="removed_at IS NULL"),
)
"""Moments of registers under names; what a register was then is read from what the ledger keeps anyway."""


def baseline_of(row: Row[Any]) -> Baseline:
    """The baseline of a row of the table."""
    return Baseline(row.id, row.plan_id, row.name, row.at)
