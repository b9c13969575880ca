"""What organisations can be typed as, as rows, and whom the beginning of such a word finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Table,
    Text,
    delete,
    false,
    func,
    insert,
    select,
    text,
)

from haihe.boards.registry.completion import TYPED_MAX, typed_of
from haihe.boards.registry.places import names_of
from haihe.boards.registry.records import Place
from haihe.boards.registry.tables import ENTITY, ENTITY_NAME, JOINED
from haihe.kit.text import folded
from haihe.store.schema import metadata
from haihe.store.search import Bound, among, newest
from haihe.store.session import Session

TYPED = Table(
    "typed",
    metadata,
    Column("entity_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), primary_key=True),
    Column("text", Text, primary_key=True),
    Index("ix_typed_text", "text", postgresql_ops={"text": "text_pattern_ops"}),
)

_CHUNK_ROWS = 5_000
_BEGINNING_MAX = 200
_INSIDE = Bound(200, first=1_000, spread=True)


def bring_in_line(session: Session, places: Iterable[Place]) -> None:
    """Write what organisations can be typed as that have been stored or changed since this was last done."""
    starts = frozenset(folded(name) for place in places for name in names_of(place))
    stale = select(ENTITY.c.id, ENTITY.c.name).where(
        ~select(TYPED).where(TYPED.c.entity_id == ENTITY.c.id).exists()
    )
    names: dict[int, list[str]] = {row.id: [row.name] for row in session.execute(stale)}
    for start in range(0, len(names), _CHUNK_ROWS):
        chunk = list(names)[start : start + _CHUNK_ROWS]
        others = select(ENTITY_NAME.c.entity_id, ENTITY_NAME.c.text).where(ENTITY_NAME.c.entity_id.in_(chunk))
        for row in session.execute(others):
            names[row.entity_id].append(row.text)
        rows = [{"entity_id": one, "text": word} for one in chunk for word in typed_of(names[one], starts)]
        session.execute(insert(TYPED), rows)


def forget(session: Session, entities: Sequence[int]) -> None:
    """Take out what changed entities could be typed as."""
    session.execute(delete(TYPED).where(TYPED.c.entity_id.in_(entities)))


def beginnings(connection: Connection, typed: str, limit: int) -> dict[int, str]:
    """The entities that something typed may become, with the shortest word of each that it begins.

    Of very many only the first in the order of the words are looked at, so that the work has a bound.
    """
    head = func.coalesce(JOINED.c.head_id, TYPED.c.entity_id)
    beginning = (
        select(head.label("id"), TYPED.c.text)
        .outerjoin(JOINED, JOINED.c.entity_id == TYPED.c.entity_id)
        .where(begins(typed))
        .order_by(text("typed.text USING ~<~"))
        .limit(limit)
    )
    rows = sorted(connection.execute(beginning).all(), key=lambda row: (-len(row.text), row.text))
    return {row.id: row.text for row in rows}


def begins(typed: str) -> ColumnElement[bool]:
    """Whether something typed begins the word of a row."""
    word = folded(typed)[:TYPED_MAX]
    return TYPED.c.text.like(_escaped(word) + "%") if word else false()


def heads_of(connection: Connection, entities: Sequence[int]) -> list[int]:
    """Entities by their numbers, those that are joined to another one as that one."""
    query = select(JOINED.c.entity_id, JOINED.c.head_id).where(among(JOINED.c.entity_id, entities))
    heads = {row.entity_id: row.head_id for row in connection.execute(query)}
    return list(dict.fromkeys(heads.get(entity, entity) for entity in entities))


def begun_with(connection: Connection, typed: str) -> list[int]:
    """The entities with a name that something typed begins, the shortest names first."""
    begun = beginnings(connection, typed, _BEGINNING_MAX)
    return sorted(begun, key=lambda entity: (len(begun[entity]), begun[entity], entity))


def holding(connection: Connection, typed: str) -> list[int]:
    """Entities with something typed inside a name, the shortest names first."""
    inside = newest(connection, ENTITY.c.search, typed, bound=_INSIDE)
    named = select(ENTITY.c.id, ENTITY.c.name).where(among(ENTITY.c.id, heads_of(connection, inside.ids)))
    rows = sorted(connection.execute(named).all(), key=lambda row: (len(row.name), row.name, row.id))
    return [row.id for row in rows]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
