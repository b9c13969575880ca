"""Reading the audit chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, or_, select

from haihe.boards.accounts.permissions import require
from haihe.boards.accounts.records import Asker
from haihe.boards.accounts.tables import ACCOUNT
from haihe.kit.cursor import Page, page_of, values_of
from haihe.store.audit import AUDIT
from haihe.store.opening import Store
from haihe.store.session import reading

_ACCOUNT = "account/"
_READ = ("id", "at", "actor", "action", "subject", "detail")


@dataclass(frozen=True, slots=True)
class Line:
    """What was done: by whom (`account/3`, and the name that the account has), to what, when, in detail."""

    id: int
    at: datetime
    actor: str
    name: str | None
    action: str
    subject: str
    detail: Mapping[str, Any]


def audit_lines(store: Store, asker: Asker, words: str, cursor: str | None, limit: int) -> Page[Line]:
    """Lines of the chain, the newest first; `words` is an actor, an action or a subject, or its beginning."""
    require(asker, "see_audit")
    query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(AUDIT.c.id < bindparam("before", values_of(cursor, 1)[0], BigInteger))
    with reading(store.engine) as connection:
        named = connection.execute(select(ACCOUNT.c.id, ACCOUNT.c.name)).all()
        names = {f"{_ACCOUNT}{row.id}": row.name for row in named}
        if words:
            actors = [actor for actor, name in names.items() if name == words]
            columns = (AUDIT.c.actor, AUDIT.c.action, AUDIT.c.subject)
            starts = [column.startswith(words, autoescape=True) for column in columns]
            query = query.where(or_(*starts, AUDIT.c.actor.in_(actors), AUDIT.c.subject.in_(actors)))
        rows = connection.execute(query).mappings().all()
    lines = [Line(**{name: row[name] for name in _READ}, name=names.get(row["actor"])) for row in rows]
    return page_of(lines, limit, lambda line: [line.id])
