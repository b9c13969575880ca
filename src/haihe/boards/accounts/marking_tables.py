"""Markings as rows."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Table, Text

from haihe.store.schema import metadata

MARKING = Table(
    "marking",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("marked_by", Text, nullable=False),
    Column("marked_at", DateTime(timezone=True), nullable=False),
)
