"""What is asked of ties: list them, add one, end one, and undo either."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.registry import link_tables as tables
from haihe.boards.registry.judgement_actions import RIGHT
from haihe.boards.registry.judgement_tables import group_of
from haihe.boards.registry.link_tables import LINK_EDIT
from haihe.boards.registry.links import Added, Bond, Ended, Ground, LinkEdit, link_kinds
from haihe.boards.registry.tables import ENTITY
from haihe.boards.registry.validity import Validity, is_moment
from haihe.kit.clock import REGION
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.kit.source import TIERS, Source
from haihe.store.opening import Store
from haihe.store.session import reading, writing

QUOTE_MAX = 2_000
ADDRESS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """A tie as a row of a table: its ends by number and name, its dates, its source and the edits to it."""

    start: int
    start_name: str
    kind: str
    end: int
    end_name: str
    since: str | None
    until: str | None
    note: str | None
    source_id: str
    tier: str
    added_by: int | None
    ended_by: int | None


def today() -> date:
    """The day it is in the region."""
    return datetime.now(REGION).date()


def rows(store: Store, asker: Asker, *, entity: int | None = None, kind: str | None = None) -> list[Row]:
    """The ties that stand, each as every source states it; all, of an entity or of a kind."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        members = list(group_of(connection, [entity])) if entity is not None else None
        bonds = tables.bonds_in(connection, members)
        heads = tables.heads_in(connection, (end for one in bonds for end in (one.start, one.end)))
    found = [_row(one, heads[one.start], heads[one.end]) for one in bonds if kind in (None, one.kind)]
    return sorted(found, key=lambda row: (row.kind, row.start_name, row.end_name, row.since or ""))


def _row(one: Bond, start: tuple[int, str], end: tuple[int, str]) -> Row:
    return Row(
        *start,
        one.kind,
        *end,
        since=one.validity.since,
        until=one.validity.until,
        note=one.note,
        source_id=one.source_id,
        tier=one.tier,
        added_by=one.edit,
        ended_by=one.ended_by,
    )


def add(store: Store, asker: Asker, added: Added) -> LinkEdit:
    """Tie two entities; raises NotFound, Invalid, and Conflict where they are tied so already."""
    require(asker, RIGHT)
    _check_ground(added.ground)
    _check_moments(added.since, added.until)
    start, end = added.start, added.end
    with writing(store.engine, actor_of(asker)) as session:
        _check_ends(session.connection, added)
        if link_kinds()[added.kind].symmetric:
            start, end = sorted((start, end))
        natural = (start, added.kind, end, added.since)
        stands = any(one.natural == natural for one in tables.bonds_in(session.connection, [start]))
        validity = Validity(added.since, added.until)
        made = None if stands else tables.make(session, "add", natural[:3], validity, _source(added.ground))
        if made is None:
            raise Conflict(
                N_("They are tied so already."),
                advice=N_("End that tie, or give another beginning."),
            )
        session.record("add_link", f"link_edit/{made.id}", _detail(made))
        session.commit()
    return made


def end(store: Store, asker: Asker, ended: Ended) -> LinkEdit:
    """Set the end of a tie; raises NotFound for no such tie, and Conflict where somebody ended it already."""
    require(asker, RIGHT)
    _check_ground(ended.ground)
    _check_moments(ended.since, ended.until)
    with writing(store.engine, actor_of(asker)) as session:
        bond = _meant(session.connection, ended)
        if bond is None:
            raise NotFound(
                N_("There is no such tie."),
                advice=N_("Its ends, its kind and its beginning must be those that the page shows."),
            )
        validity, ground = Validity(ended.since, ended.until), _source(ended.ground)
        made = tables.make(session, "end", bond.natural[:3], validity, ground)
        if made is None:
            raise Conflict(
                N_("Somebody has ended this tie already."),
                advice=N_("Undo that end first if it is wrong."),
            )
        session.record("end_link", f"link_edit/{made.id}", _detail(made))
        session.commit()
    return made


def undo(store: Store, asker: Asker, edit: int) -> LinkEdit:
    """Take an edit back: the tie stands as if it had never been made; raises NotFound and Conflict."""
    require(asker, RIGHT)
    with writing(store.engine, actor_of(asker)) as session:
        query = select(LINK_EDIT.c.id).where(LINK_EDIT.c.id == edit).with_for_update()
        if session.execute(query).first() is None:
            raise NotFound(
                N_("There is no edit {id} of a tie."),
                advice=N_("They are listed with the ties of an organisation."),
                id=edit,
            )
        (one,) = tables.edits_in(session.connection, LINK_EDIT.c.id == edit)
        if one.undone_at:
            raise Conflict(
                N_("Edit {id} was undone already, on {day} by {who}."),
                advice=N_("Nothing is left to do; add or end the tie again if you think otherwise."),
                id=edit,
                day=f"{one.undone_at:%Y-%m-%d}",
                who=one.undone_by,
            )
        tables.take_back(session, edit)
        session.record("undo_link", f"link_edit/{edit}", _detail(one))
        session.commit()
    return one


def _check_ground(ground: Ground) -> None:
    unwritten = not ground.quote.strip() or len(ground.quote) > QUOTE_MAX
    address = ground.url or ""
    wrong = bool(address) and not address.startswith(("http://", "https://"))
    if unwritten or wrong or len(address) > ADDRESS_MAX or ground.tier not in TIERS[:-1]:
        raise Invalid(
            N_("An edit of a tie needs the words of its source, of at most {limit} characters."),
            advice=N_("Quote the source; its address begins with http:// or https://."),
            limit=QUOTE_MAX,
        )


def _check_moments(*moments: str | None) -> None:
    for moment in moments:
        if moment is not None and not is_moment(moment):
            raise Invalid(
                N_("{words} is no date."),
                advice=N_("Write 2023, 2023-07 or 2023-07-20; 2017..2025 is some time between."),
                words=moment[:40],
            )


def _check_ends(connection: Connection, added: Added) -> None:
    query = select(ENTITY.c.id, ENTITY.c.kind).where(ENTITY.c.id.in_([added.start, added.end]))
    kinds = {row.id: row.kind for row in connection.execute(query)}
    for number in (added.start, added.end):
        if number not in kinds:
            raise NotFound(
                N_("There is no entity {id}."),
                advice=N_("Look for it by name on the page of organisations."),
                id=number,
            )
    link = link_kinds().get(added.kind)
    if link is None or added.start == added.end or not link.fits(kinds[added.start], kinds[added.end]):
        raise Invalid(
            N_("Such a tie does not fit between these two."),
            advice=N_("Choose another kind of tie, or the other way round."),
        )


def _meant(connection: Connection, ended: Ended) -> Bond | None:
    """The tie that somebody ends, at whichever of the joined entities it is stated."""
    members: list[Collection[int]] = [group_of(connection, [one]) for one in (ended.start, ended.end)]
    link = link_kinds().get(ended.kind)
    sides = [members, members[::-1]] if link and link.symmetric else [members]
    return next(
        (
            one
            for one in tables.bonds_in(connection, list(members[0]))
            for start, end in sides
            if one.start in start and one.end in end
            if (one.kind, one.validity.since) == (ended.kind, ended.since)
        ),
        None,
    )


def _source(ground: Ground) -> Source:
    return Source(
        "judgement", quote=ground.quote.strip(), url=ground.url or None, read_on=today(), tier=ground.tier
    )


def _detail(one: LinkEdit) -> dict[str, object]:
    return {"tie": [one.from_id, one.kind, one.to_id], "since": one.since, "until": one.until}
