"""Marking things, and stamping what leaves the house."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from haihe.boards.accounts.actions import actor_of
from haihe.boards.accounts.marking_tables import MARKING
from haihe.boards.accounts.markings import LEVEL_LABELS, Level, Marking, check_level
from haihe.boards.accounts.permissions import require
from haihe.boards.accounts.records import Asker
from haihe.boards.accounts.watermarks import Form, stamped
from haihe.kit.clock import REGION
from haihe.kit.errors import N_
from haihe.kit.words import say
from haihe.store.opening import Store
from haihe.store.session import reading, writing


def marking_at(store: Store, asker: Asker, subject: str) -> Marking | None:
    """As `marking_of`, for somebody who asks; raises Forbidden and Unknown."""
    require(asker, "see_unpublished")
    return marking_of(store, subject)


def marking_of(store: Store, subject: str) -> Marking | None:
    """How a thing (`plan/3`, `document/5`) is marked, None where nobody has marked it."""
    with reading(store.engine) as connection:
        row = connection.execute(select(MARKING).where(MARKING.c.subject == subject)).mappings().first()
    return Marking(**row) if row else None


def mark(store: Store, asker: Asker, subject: str, level: Level | None) -> None:
    """Mark a thing, or with None take its marking away; raises Invalid for a level that there is not."""
    require(asker, "mark")
    if level is not None:
        check_level(level)
    with writing(store.engine, actor_of(asker)) as session:
        session.execute(delete(MARKING).where(MARKING.c.subject == subject))
        if level is not None:
            row = {
                "subject": subject,
                "level": level,
                "marked_by": session.actor.name,
                "marked_at": session.actor.at,
            }
            session.execute(insert(MARKING).values(row))
        session.record("mark", subject, {"level": level})
        session.commit()


def exported(store: Store, asker: Asker, content: bytes, form: Form, of: tuple[str, str]) -> bytes:
    """A file as it leaves the house: stamped with who took it away, when, and how it is marked.

    `of` is what it was made from (`plan/3`) and the reader's language. Who took what away is noted in the
    audit chain. What the public sees, and CSV, which has no place for a stamp, stay as they are.
    """
    subject, language = of
    if asker.account is None:
        return content
    now, marking = datetime.now(UTC), marking_of(store, subject)
    with writing(store.engine, actor_of(asker)) as session:
        session.record("export", subject, {"form": form, "marking": marking.level if marking else None})
        session.commit()
    words = say(
        N_("Taken from Haihe by {name} on {time}"),
        language,
        name=asker.name,
        time=now.astimezone(REGION).strftime("%Y-%m-%d %H:%M"),
    )
    level = say(LEVEL_LABELS[marking.level], language) + " · " if marking else ""
    return stamped(content, form, level + words)
