"""The pairs that wait for a judgement, as rows, and what judgements already say of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Float,
    ForeignKey,
    Index,
    SmallInteger,
    Subquery,
    Table,
    Text,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    select,
)

from haihe.boards.registry.answers import Sought
from haihe.boards.registry.judgement_tables import JUDGEMENT, STANDING
from haihe.boards.registry.review import EDGES, Band, Doubt
from haihe.boards.registry.tables import ENTITY, JOINED, PLACE
from haihe.store.schema import metadata
from haihe.store.session import Session

DOUBTFUL = Table(
    "doubtful",
    metadata,
    Column("first", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), primary_key=True),
    Column("second", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), primary_key=True, index=True),
    Column("odds", Float, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("band", SmallInteger, nullable=False),
    Column("turn", Float, nullable=False),
    CheckConstraint("first < second", name="order"),
    Index("ix_doubtful_turn", "turn", "first", "second"),
)

_CHUNK_ROWS = 1_000

Ends = tuple[str, str, str | None, str | None]
"""The kinds of both ends of a pair, and their adcodes."""


def keep_doubts(session: Session, doubts: Sequence[Doubt]) -> None:
    """Put these pairs in place of all that waited."""
    session.execute(delete(DOUBTFUL))
    rows = [
        {
            "first": one.pair[0],
            "second": one.pair[1],
            "odds": one.odds,
            "reasons": list(one.reasons),
            "band": one.band,
            "turn": one.turn,
        }
        for one in doubts
    ]
    for start in range(0, len(rows), _CHUNK_ROWS):
        session.execute(insert(DOUBTFUL), rows[start : start + _CHUNK_ROWS])


def _said() -> Subquery:
    """Every pair with what judgements say of it, by itself or through others: None where nothing."""
    one, other, mine, theirs = (JOINED.alias(name) for name in ("one", "other", "mine", "theirs"))
    first = func.coalesce(one.c.head_id, JUDGEMENT.c.first)
    second = func.coalesce(other.c.head_id, JUDGEMENT.c.second)
    apart = (
        select(func.least(first, second).label("low"), func.greatest(first, second).label("high"))
        .select_from(JUDGEMENT)
        .outerjoin(one, one.c.entity_id == JUDGEMENT.c.first)
        .outerjoin(other, other.c.entity_id == JUDGEMENT.c.second)
        .where(STANDING, JUDGEMENT.c.verdict == "different")
        .distinct()
        .cte("apart")
    )
    head = func.coalesce(mine.c.head_id, DOUBTFUL.c.first)
    twin = func.coalesce(theirs.c.head_id, DOUBTFUL.c.second)
    verdict = case((head == twin, "same"), (apart.c.low.is_not(None), "different"), else_=JUDGEMENT.c.verdict)
    return (
        select(DOUBTFUL, verdict.label("verdict"))
        .outerjoin(mine, mine.c.entity_id == DOUBTFUL.c.first)
        .outerjoin(theirs, theirs.c.entity_id == DOUBTFUL.c.second)
        .outerjoin(
            apart, and_(apart.c.low == func.least(head, twin), apart.c.high == func.greatest(head, twin))
        )
        .outerjoin(
            JUDGEMENT,
            and_(STANDING, JUDGEMENT.c.first == DOUBTFUL.c.first, JUDGEMENT.c.second == DOUBTFUL.c.second),
        )
        .subquery("said")
    )


def waiting(connection: Connection, limit: int, sought: Sought = Sought()) -> list[Doubt]:
    """The next pairs that nothing is said of, in their order; `sought` is true of one end or the other."""
    said = _said()
    inside = select(PLACE.c.adcode).where(PLACE.c.within.overlap(list(sought.adcodes)))
    ends = ENTITY.c.id.in_((said.c.first, said.c.second))
    conditions: list[ColumnElement[bool]] = [said.c.verdict.is_(None)]
    if sought.kinds:
        conditions.append(exists().where(ends, ENTITY.c.kind.in_(sought.kinds)))
    if sought.adcodes:
        conditions.append(exists().where(ends, ENTITY.c.adcode.in_(inside)))
    query = select(said).where(*conditions).order_by(said.c.turn, said.c.first, said.c.second)
    return [
        Doubt((row.first, row.second), row.odds, tuple(row.reasons), row.band, row.turn)
        for row in connection.execute(query.limit(limit))
    ]


def ends_in(connection: Connection) -> dict[Ends, int]:
    """The kinds and adcodes of both ends of the pairs that nothing is said of, and how many have these."""
    said, one, other = _said(), ENTITY.alias("end_one"), ENTITY.alias("end_other")
    columns = (one.c.kind, other.c.kind, one.c.adcode, other.c.adcode)
    query = (
        select(*columns, func.count())
        .select_from(said)
        .join(one, one.c.id == said.c.first)
        .join(other, other.c.id == said.c.second)
        .where(said.c.verdict.is_(None))
        .group_by(*columns)
    )
    return {tuple(row[:4]): row[4] for row in connection.execute(query)}


def bands_in(connection: Connection) -> list[Band]:
    """The bands of score with what is known of their pairs; a pair that somebody left unsure is not known."""
    said = _said()
    count = {verdict: func.count().filter(said.c.verdict == verdict) for verdict in ("same", "different")}
    query = select(said.c.band, func.count().label("size"), count["same"], count["different"]).group_by(
        said.c.band
    )
    found = {row[0]: row for row in connection.execute(query)}
    return [
        Band(least, *found[band][1:]) if band in found else Band(least, 0, 0, 0)
        for band, least in enumerate(EDGES)
    ]


def waiting_count(connection: Connection) -> int:
    """How many pairs nothing is said of."""
    said = _said()
    counted = select(func.count()).select_from(said).where(said.c.verdict.is_(None))
    return int(connection.execute(counted).scalar_one())
