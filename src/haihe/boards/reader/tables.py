"""Documents and their facts as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Row,
    RowMapping,
    Select,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, insert

from haihe.boards.accounts import Asker, may
from haihe.boards.reader.documents import Document, Fact
from haihe.boards.reader.records import Span, row_of
from haihe.kit.limits import QUERY_CHARACTERS_MAX
from haihe.kit.source import Source, char_locator
from haihe.store.schema import metadata
from haihe.store.search import matches, vector
from haihe.store.session import Session
from haihe.store.sources import SOURCE, keep

DOCUMENT = Table(
    "document",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("dated", Date),
    Column("tier", Text, nullable=False),
    Column("url", Text),
    Column("file_sha256", Text, nullable=False),
    Column("read_on", Date, nullable=False),
    Column("published", Boolean, nullable=False, server_default=false()),
    Column("title_terms", TSVECTOR, nullable=False),
    Column("text_terms", TSVECTOR, nullable=False),
    CheckConstraint("tier IN ('official', 'yearbook', 'press', 'ours', 'sample')", name="tier"),
    Index(None, "title_terms", postgresql_using="gin"),
    Index(None, "text_terms", postgresql_using="gin"),
)

FACT = Table(
    "fact",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("document_id", BigInteger, ForeignKey(DOCUMENT.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("fields", JSONB, nullable=False),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False, index=True),
    Column("state", Text, nullable=False, server_default="found"),
    UniqueConstraint("document_id", "kind", "start", "end"),
    CheckConstraint('0 <= start AND start < "end"', name="span"),
    CheckConstraint("state IN ('found', 'accepted', 'rejected', 'corrected')", name="state"),
)


def visible(asker: Asker) -> ColumnElement[bool]:
    """The documents that somebody may see: the public sees published ones only."""
    return true() if may(asker, "see_unpublished") else DOCUMENT.c.published


def facts_seen(asker: Asker) -> ColumnElement[bool]:
    """The facts that somebody may see of a visible document: the public sees accepted ones only."""
    return true() if may(asker, "see_unpublished") else FACT.c.state.in_(("accepted", "corrected"))


def having(words: str) -> ColumnElement[bool]:
    """The documents that have words in title or text; all where there are no words."""
    words = words.strip()[:QUERY_CHARACTERS_MAX]
    if not words:
        return true()
    return or_(matches(DOCUMENT.c.title_terms, words), matches(DOCUMENT.c.text_terms, words))


def documents_seen(asker: Asker, condition: ColumnElement[bool]) -> Select[Any]:
    """The visible documents that meet a condition, without their texts, with their visible facts counted."""
    held = select(func.count()).where(FACT.c.document_id == DOCUMENT.c.id, facts_seen(asker))
    held = held.correlate(DOCUMENT)
    counts = {"facts": held, "open_facts": held.where(FACT.c.state == "found")}
    columns = [column for column in DOCUMENT.c if column.name in Document.__dataclass_fields__]
    counted = [count.scalar_subquery().label(name) for name, count in counts.items()]
    return select(*columns, *counted).where(visible(asker), condition)


def document_of(row: RowMapping) -> Document:
    """The document of a row of `documents_seen`."""
    return Document(**{name: row[name] for name in Document.__dataclass_fields__})


def fact_of(row: RowMapping) -> Fact:
    """The fact of a row of the table."""
    return Fact(**{name: row[name] for name in Fact.__dataclass_fields__})


def put_document(session: Session, content: Mapping[str, Any]) -> tuple[Row[Any], bool]:
    """The row of a document, locked, and whether it is new; whoever else stores the same text is waited for.

    `content` has the columns but those that follow from the text.
    """
    derived = {
        "characters": len(content["text"]),
        "title_terms": vector(content["title"]),
        "text_terms": vector(content["text"]),
    }
    put = insert(DOCUMENT).values(**content, **derived).on_conflict_do_nothing(index_elements=["sha256"])
    fresh = session.execute(put.returning(DOCUMENT.c.id)).first() is not None
    columns = [DOCUMENT.c[name] for name in ("id", "sha256", "dated", "tier", "url", "read_on")]
    row = session.execute(select(*columns).where(DOCUMENT.c.sha256 == content["sha256"]).with_for_update())
    return row.one(), fresh


def put_facts(session: Session, document: Row[Any], records: Sequence[Span]) -> None:
    """Store facts of a document, each with its source; those that somebody decided on stay as they are."""
    rows, sources = [], []
    for record in records:
        place = char_locator(record.start, record.end)
        source = Source(
            "sentence", document.sha256, place, record.quote, document.url, document.read_on, document.tier
        )
        row = row_of(record)
        span = {name: row.pop(name) for name in ("kind", "start", "end", "quote")}
        rows.append(span | {"document_id": document.id, "fields": row, "source_id": source.id})
        sources.append(source)
    if rows:
        keep(session, sources)
        put = insert(FACT)
        again = put.on_conflict_do_update(
            index_elements=["document_id", "kind", "start", "end"],
            set_={"fields": put.excluded.fields},
            where=FACT.c.state == "found",
        )
        session.execute(again, rows)
