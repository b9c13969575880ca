"""Documents and their facts as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, insert

from haihe.boards.accounts import OPERATOR, Asker, may
from haihe.boards.accounts import actions as accounts
from haihe.boards.reader.documents import (
    AROUND_CHARACTERS,
    Document,
    Fact,
    FactCount,
    Listing,
    Sought,
    SourceContext,
    near,
    numbers_in,
    source_of,
)
from haihe.boards.reader.forms import FIELDS, checked, completed, suggested
from haihe.boards.reader.records import Span
from haihe.boards.reader.renewal import Renewal, fields_of, key_of
from haihe.boards.reader.verdicts import (
    DECIDED,
    PLACE,
    STANDING,
    Correction,
    Seen,
    clash_of,
    columns_of,
    corrected,
    names_in,
    no_fact,
    no_words,
    restored,
    twice_of,
)
from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import QUERY_CHARACTERS_MAX, TEXT_BYTES_MAX
from haihe.store.audit import AUDIT
from haihe.store.opening import Store
from haihe.store.schema import metadata
from haihe.store.search import matches, vector
from haihe.store.session import Session
from haihe.store.sources import SOURCE, keep, source_at

DOCUMENT = sa.Table(
    "document",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("characters", sa.Integer, nullable=False),
    sa.Column("dated", sa.Date),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("file_sha256", sa.Text, nullable=False),
    sa.Column("read_on", sa.Date, nullable=False),
    sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("title_terms", TSVECTOR, nullable=False),
    sa.Column("text_terms", TSVECTOR, nullable=False),
    sa.CheckConstraint("tier IN ('official', 'yearbook', 'press', 'ours', 'sample')", name="tier"),
    sa.Index(None, "title_terms", postgresql_using="gin"),
    sa.Index(None, "text_terms", postgresql_using="gin"),
)

ORIGIN = [DOCUMENT.c[name] for name in ("id", "sha256", "dated", "tier", "url", "read_on")]
"""What the facts of a document take from it."""

FACT = sa.Table(
    "fact",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("document_id", sa.BigInteger, sa.ForeignKey(DOCUMENT.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("about", sa.Integer, nullable=False),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("fields", JSONB, nullable=False),
    sa.Column("source_id", sa.Text, sa.ForeignKey(SOURCE.c.id), nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False, server_default="found"),
    sa.Column("correction", JSONB(none_as_null=True)),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("document_id", "kind", "start", "end", "about"),
    sa.CheckConstraint('0 <= start AND start < "end"', name="span"),
    sa.CheckConstraint("state IN ('found', 'accepted', 'rejected', 'corrected', 'added')", name="state"),
    sa.CheckConstraint("(state = 'corrected') = (correction IS NOT NULL)", name="correction"),
)
"""What the reader found, or somebody added; `correction` has span, words, source and fields that replace it.

`about` is where the measure begins that an assignment answers for, of every other fact its own start.
"""

FACT_ENTITY = sa.Table(
    "fact_entity",
    metadata,
    sa.Column("fact_id", sa.BigInteger, sa.ForeignKey(FACT.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("entity_id", sa.BigInteger, sa.ForeignKey("entity.id", ondelete="SET NULL"), index=True),
)
"""What the registry knows of the names in a fact that holds: the entity, or null for none."""

FACTS = sa.select(
    *FACT.c,
    sa.select(sa.func.jsonb_object_agg(FACT_ENTITY.c.name, FACT_ENTITY.c.entity_id, type_=JSONB))
    .where(FACT_ENTITY.c.fact_id == FACT.c.id)
    .correlate(FACT)
    .scalar_subquery()
    .label("entities"),
)
start_now = sa.func.coalesce(FACT.c.correction["start"].as_integer(), FACT.c.start)
end_now = sa.func.coalesce(FACT.c.correction["end"].as_integer(), FACT.c.end)
_SORTABLE = ("title", "dated", "tier", "read_on", "published")
_IS_FACT = FACT.c.kind != "defect"


def visible(asker: Asker) -> sa.ColumnElement[bool]:
    """The documents that somebody may see: the public sees published ones only."""
    return sa.true() if may(asker, "see_unpublished") else DOCUMENT.c.published


def facts_seen(asker: Asker) -> sa.ColumnElement[bool]:
    """The facts that somebody may see of a visible document: the public sees those that hold."""
    return sa.true() if may(asker, "see_unpublished") else FACT.c.state.in_(STANDING)


def sought_facts(sought: Sought) -> sa.ColumnElement[bool]:
    """The facts that are sought, from where their page begins."""
    conditions: list[sa.ColumnElement[bool]] = [FACT.c.kind.in_(sought.kinds)] if sought.kinds else []
    if sought.within:
        conditions += [start_now < sought.within[1], end_now > sought.within[0]]
    if sought.waiting is not None:
        conditions.append(FACT.c.state.in_(DECIDED) != sought.waiting)
    if sought.cursor:
        after = sa.tuple_(*numbers_in(sought.cursor, 2))
        conditions.append(sa.tuple_(start_now, FACT.c.id) > after)
    return sa.and_(sa.true(), *conditions)


def having(words: str) -> sa.ColumnElement[bool]:
    """The documents that have words in title or text; all where there are no words."""
    words = words.strip()[:QUERY_CHARACTERS_MAX]
    if not words:
        return sa.true()
    return sa.or_(matches(DOCUMENT.c.title_terms, words), matches(DOCUMENT.c.text_terms, words))


def documents_seen(asker: Asker, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The visible documents that meet a condition, without their texts, with their visible facts counted."""
    held = sa.select(sa.func.count()).where(FACT.c.document_id == DOCUMENT.c.id, _IS_FACT, facts_seen(asker))
    held = held.correlate(DOCUMENT)
    counts = {"facts": held, "open_facts": held.where(FACT.c.state == "found")}
    columns = [column for column in DOCUMENT.c if column.name in Document.__dataclass_fields__]
    counted = [count.scalar_subquery().label(name) for name, count in counts.items()]
    return sa.select(*columns, *counted).where(visible(asker), condition)


def newest(
    connection: sa.Connection, asker: Asker, condition: sa.ColumnElement[bool], limit: int
) -> list[Document]:
    """The visible documents that meet a condition, newest first."""
    asked = documents_seen(asker, condition).order_by(DOCUMENT.c.id.desc()).limit(limit)
    return [document_of(row) for row in connection.execute(asked).mappings()]


def listed(connection: sa.Connection, asker: Asker, listing: Listing) -> tuple[list[Document], int]:
    """The documents that a table shows, and how many there are in all."""
    seen = documents_seen(asker, having(listing.words))
    column = DOCUMENT.c[listing.sort if listing.sort in _SORTABLE else "id"]
    order = column.desc().nulls_last() if listing.descending else column.asc().nulls_last()
    shown = seen.order_by(order, DOCUMENT.c.id.desc()).offset(listing.offset).limit(listing.limit)
    count = sa.select(sa.func.count()).select_from(DOCUMENT).where(visible(asker), having(listing.words))
    rows = connection.execute(shown).mappings().all()
    return [document_of(row) for row in rows], connection.execute(count).scalar_one()


def document_of(row: sa.RowMapping) -> Document:
    """The document of a row of `documents_seen`."""
    return Document(**{name: row[name] for name in Document.__dataclass_fields__})


def fact_of(row: sa.RowMapping) -> Fact:
    """The fact of a row of `FACTS`, as corrected where it is."""
    fact = Fact(
        **{name: row[name] for name in _AS_STORED}, entities=row["entities"] or {}, revision=row["revision"]
    )
    change = row["correction"]
    if change is None:
        return fact
    place = {name: change[name] for name in PLACE}
    return replace(corrected(fact, change["fields"], place), state=fact.state)


_AS_STORED = ("id", "document_id", "kind", "fields", "state", *PLACE)


def facts_where(
    connection: sa.Connection, *conditions: sa.ColumnElement[bool], limit: int | None = None
) -> list[Fact]:
    """The facts that meet conditions, in the order of the text."""
    asked = FACTS.where(*conditions).order_by(start_now, FACT.c.id).limit(limit)
    return [fact_of(row) for row in connection.execute(asked).mappings()]


def locked(session: Session, condition: sa.ColumnElement[bool]) -> list[tuple[Fact, int]]:
    """The facts that meet a condition, each with what it is about, kept from everybody else's changes."""
    rows = session.execute(FACTS.where(condition).order_by(FACT.c.id).with_for_update(of=FACT)).mappings()
    return [(fact_of(row), row["about"]) for row in rows]


def twins_of(fact: Fact) -> sa.ColumnElement[bool]:
    """A fact and those that say the same in a standfirst and in the body it repeats."""
    first = restored(fact)
    home = first.fields.get("repeats")
    home = first.start if home is None else home
    there = sa.or_(FACT.c.start == home, FACT.c.fields["repeats"].as_integer() == home)
    same = sa.and_(
        FACT.c.document_id == fact.document_id, FACT.c.kind == fact.kind, FACT.c.quote == first.quote
    )
    return sa.or_(FACT.c.id == fact.id, sa.and_(same, there, FACT.c.state != "added"))


def held(store: Store, session: Session, seen: Seen) -> list[Fact]:
    """A fact that somebody decides on and those that repeat it, kept from everybody else's changes.

    Raises NotFound where it is gone, Conflict where somebody else changed it after it was seen.
    """
    fact = next((fact for fact, _ in locked(session, FACT.c.id == seen.fact_id)), None)
    if fact is None:
        raise no_fact(seen.fact_id)
    checked(fact.kind, {})
    if seen.revision not in (None, fact.revision):
        named = AUDIT.c.detail["facts"].contains([fact.id])
        asked = sa.select(AUDIT).where(named).order_by(AUDIT.c.id.desc()).limit(1)
        change = session.execute(asked).mappings().one_or_none()
        if change is None:
            raise Invalid(
                N_("The fact has had no revision {revision}."),
                advice=N_("Load it again and decide on what it says now."),
                revision=seen.revision,
            )
        if change["actor"] != session.actor.name:
            names = {f"account/{one.id}": one.name for one in accounts.accounts(store, OPERATOR)}
            raise clash_of(fact, {**change, "who": names.get(change["actor"], change["actor"])})
    others = (other for other, _ in locked(session, twins_of(fact)))
    return [fact, *(other for other in others if other.id != fact.id)]


def as_corrected(session: Session, held: Sequence[Fact], correction: Correction) -> list[Fact]:
    """Facts that say the same, as a correction has them; only the first takes other words."""
    first = held[0]
    fields = completed(first.kind, checked(first.kind, correction.fields), first.fields)
    place = passage(session, first.document_id, correction.span) if correction.span else {}
    return [corrected(first, fields, place), *(corrected(other, fields, {}) for other in held[1:])]


def as_added(session: Session, document_id: int, kind: str, correction: Correction) -> Fact:
    """A fact that somebody adds, stored; what follows from its words is filled in."""
    given = checked(kind, correction.fields)
    found = passage(session, document_id, correction.span or (0, 0))
    fields = completed(kind, {**suggested(kind, found["quote"]), **given}, {})
    checked(kind, {name: fields[name] for name in FIELDS[kind]})
    row = {**found, "document_id": document_id, "kind": kind, "about": found["start"], "fields": fields}
    put = insert(FACT).values(**row, state="added").on_conflict_do_nothing().returning(FACT.c.id)
    number = session.execute(put).scalar()
    if number is None:
        raise twice_of(found["quote"])
    return facts_where(session.connection, FACT.c.id == number)[0]


def passage(session: Session, document_id: int, span: tuple[int, int]) -> dict[str, Any]:
    """The words [start, end) of a document with their source, which is kept; raises Invalid for none."""
    start, end = span
    if not 0 <= start < end <= TEXT_BYTES_MAX:
        raise no_words(start, end)
    words = sa.func.substr(DOCUMENT.c.text, start + 1, end - start).label("quote")
    held = session.execute(sa.select(*ORIGIN, words).where(DOCUMENT.c.id == document_id)).one()
    if end > start + len(held.quote) or not held.quote.strip():
        raise no_words(start, end)
    source = source_of(held, Span(start, end, held.quote))
    keep(session, [source])
    return {"start": start, "end": end, "quote": held.quote, "source_id": source.id}


def put_document(session: Session, content: Mapping[str, Any]) -> tuple[sa.Row[Any], bool]:
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
    row = session.execute(sa.select(*ORIGIN).where(DOCUMENT.c.sha256 == content["sha256"]).with_for_update())
    return row.one(), fresh


def put_facts(session: Session, document: sa.Row[Any], records: Sequence[Span]) -> None:
    """Store facts of a document, each with its source; those that are there already stay as they are."""
    rows, sources = [], []
    for record in records:
        kind, start, end, about = key_of(record)
        source = source_of(document, record)
        place = {"kind": kind, "start": start, "end": end, "about": about, "quote": record.quote}
        rows.append(place | {"document_id": document.id, "fields": fields_of(record), "source_id": source.id})
        sources.append(source)
    if rows:
        keep(session, sources)
        session.execute(insert(FACT).on_conflict_do_nothing(), rows)


def renew_facts(session: Session, renewal: Renewal) -> None:
    """Give open facts their new fields, and take away those that are gone."""
    for number, fields in renewal.changed.items():
        change = sa.update(FACT).where(FACT.c.id == number)
        session.execute(change.values(fields=fields, revision=FACT.c.revision + 1))
    if renewal.gone:
        session.execute(sa.delete(FACT).where(FACT.c.id.in_(renewal.gone)))


def put_changes(
    session: Session, changes: Iterable[tuple[Fact | None, Fact | None]], known: Mapping[str, int | None]
) -> None:
    """Write what became of facts (before, after), and what the registry knows of the names in them."""
    moved = list(changes)
    standing = [after for _, after in moved if after]
    gone = [before.id for before, after in moved if before and not after]
    session.execute(sa.delete(FACT).where(FACT.c.id.in_(gone)))
    if standing:
        rows = [{"number": after.id, **columns_of(after)} for after in standing]
        names = rows[0].keys() - {"number"}
        values = {name: sa.bindparam(name, type_=FACT.c[name].type) for name in names}
        session.execute(sa.update(FACT).where(FACT.c.id == sa.bindparam("number")).values(values), rows)
    put_entities(session, standing, known)


def put_entities(session: Session, facts: Iterable[Fact], known: Mapping[str, int | None]) -> None:
    """Note what the registry knows of the names in facts, and forget what was noted before."""
    pairs = {fact.id: names_in(fact) for fact in facts}
    session.execute(sa.delete(FACT_ENTITY).where(FACT_ENTITY.c.fact_id.in_(pairs)))
    rows = [
        {"fact_id": number, "name": name, "entity_id": known.get(name)}
        for number, names in pairs.items()
        for name in names
    ]
    if rows:
        session.execute(insert(FACT_ENTITY), rows)


def context_of(connection: sa.Connection, asker: Asker, source_id: str) -> SourceContext:
    """A source, with the words around it where it is a sentence of a document that the asker may see."""
    source = source_at(connection, source_id)
    said = sa.or_(FACT.c.source_id == source.id, FACT.c.correction["source_id"].as_string() == source.id)
    held = documents_seen(asker, DOCUMENT.c.sha256 == source.document_sha256)
    row = connection.execute(held).mappings().first()
    if row is None:
        return SourceContext(source)
    document = document_of(row)
    if source.span is None:
        return SourceContext(source, document)
    start, end = source.span
    first = max(start - AROUND_CHARACTERS, 0)
    around = sa.func.substr(DOCUMENT.c.text, first + 1, end - first + AROUND_CHARACTERS)
    this = sa.select(FACT.c.id).where(FACT.c.document_id == document.id, said).order_by(FACT.c.id).limit(1)
    words = connection.execute(sa.select(around).where(DOCUMENT.c.id == document.id)).scalar_one()
    beside = near(words[: start - first], words[end - first :])
    return SourceContext(source, document, *beside, connection.execute(this).scalar())


def counts(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[FactCount]:
    """How many facts stand at which state, by kind."""
    columns = (FACT.c.kind, FACT.c.state)
    asked = sa.select(*columns, sa.func.count()).where(*conditions).group_by(*columns).order_by(*columns)
    return [FactCount(*row) for row in connection.execute(asked)]


def document_with(connection: sa.Connection, sha256: str, dated: date | None) -> int | None:
    """The document that has a text already, unless it is to be dated anew."""
    held = sa.select(DOCUMENT.c.id, DOCUMENT.c.dated).where(DOCUMENT.c.sha256 == sha256)
    row = connection.execute(held).first()
    return row.id if row and dated in (None, row.dated) else None
