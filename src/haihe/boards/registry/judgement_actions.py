"""What is asked of judgements: give one, undo one, look at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of, names_of
from haihe.boards.registry import judgement_tables as tables
from haihe.boards.registry.answers import Part
from haihe.boards.registry.judgement_tables import JUDGEMENT, STANDING
from haihe.boards.registry.judgements import Judgement, Opinion, Rule, check
from haihe.boards.registry.namesake_tables import kinds_in
from haihe.boards.registry.states import PLACE_KIND
from haihe.kit.cursor import Page, page_of, values_of
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

RIGHT = "review_draft"
"""What somebody must be allowed who judges."""

REASON_MAX = 2_000


def judge(store: Store, asker: Asker, opinion: Opinion) -> Judgement:
    """Say whether two entities are the same; those that are stand under one number from then on.

    Raises NotFound for no such entity, Invalid for a pair that cannot be judged, and Conflict for one that
    was judged already or whose verdict other judgements contradict.
    """
    require(asker, RIGHT)
    if opinion.first == opinion.second or len(opinion.reason) > REASON_MAX:
        raise Invalid(
            N_("A judgement is of two entities, with a reason of at most {limit} characters."),
            advice=N_("Name two different entities and say briefly why."),
            limit=REASON_MAX,
        )
    with writing(store.engine, actor_of(asker)) as session:
        tables.lock(session)
        _check_kinds(session, opinion)
        given = given_in(session, opinion)
        session.record("judge", f"judgement/{given.id}", _detail(given))
        session.commit()
    return given


def given_in(session: Session, opinion: Opinion, rule: Rule | None = None) -> Judgement:
    """Give a judgement where the lock is held, and join what it says is the same."""
    members = tables.group_of(session.connection, opinion.pair)
    standing = tables.standing_on(session.connection, members)
    concerned = {number for one in standing for number in (one.first, one.second)} | members
    accounts = names_of(session.connection, {one.judged_by for one in standing})
    told = [replace(one, judged_by=accounts.get(one.judged_by, one.judged_by)) for one in standing]
    check(opinion, told, tables.names_of(session.connection, concerned))
    given = tables.give(session, opinion, rule)
    if opinion.verdict == "same":
        tables.rejoin(session, opinion.pair)
    return given


def undo(store: Store, asker: Asker, judgement: int) -> Judgement:
    """Take a judgement back: what it joined stands as if it had never been given.

    Raises NotFound for no such judgement and Conflict for one that was undone already.
    """
    require(asker, RIGHT)
    with writing(store.engine, actor_of(asker)) as session:
        tables.lock(session)
        found = tables.judgements_in(session.connection, JUDGEMENT.c.id == judgement)
        if not found:
            raise NotFound(
                N_("There is no judgement {id}."),
                advice=N_("They are listed at /api/v1/judgements."),
                id=judgement,
            )
        (one,) = found
        if one.undone_at:
            raise Conflict(
                N_("Judgement {id} was undone already, on {day} by {who}."),
                advice=N_("Nothing is left to do; judge the pair again if you think otherwise."),
                id=judgement,
                day=f"{one.undone_at:%Y-%m-%d}",
                who=names_of(session.connection, [one.undone_by or ""]).get(
                    one.undone_by or "", one.undone_by
                ),
            )
        tables.take_back(session, judgement)
        if one.verdict == "same":
            tables.rejoin(session, (one.first, one.second))
        session.record("undo_judgement", f"judgement/{judgement}", _detail(one))
        session.commit()
    return one


def judgements(
    store: Store, asker: Asker, part: Part = Part(), *, entity: int | None = None
) -> Page[Judgement]:
    """The standing judgements by number, all or those on an entity and what is joined with it."""
    require(asker, RIGHT)
    after = values_of(part.cursor, 1)[0] if part.cursor else 0
    if type(after) is not int:
        values_of("", 1)
    conditions = [STANDING, JUDGEMENT.c.id > after]
    with reading(store.engine) as connection:
        if entity is not None:
            members = tables.group_of(connection, [entity])
            conditions.append(JUDGEMENT.c.first.in_(members) | JUDGEMENT.c.second.in_(members))
        found = tables.judgements_in(connection, *conditions)
    return page_of(found[: part.limit + 1], part.limit, lambda one: [one.id])


def names(store: Store, given: Iterable[Judgement]) -> dict[int, str]:
    """What the entities are called that judgements are on."""
    with reading(store.engine) as connection:
        return tables.names_of(connection, (number for one in given for number in (one.first, one.second)))


def givers(store: Store, given: Iterable[Judgement]) -> dict[str, str]:
    """The names of the accounts that gave judgements, by what these have for them."""
    with reading(store.engine) as connection:
        return names_of(connection, {one.judged_by for one in given})


def _check_kinds(session: Session, opinion: Opinion) -> None:
    kinds = kinds_in(session.connection, opinion.pair)
    for number in opinion.pair:
        if number not in kinds:
            raise NotFound(
                N_("There is no entity {id}."),
                advice=N_("Look for it by name on the page of organisations."),
                id=number,
            )
        if kinds[number] == PLACE_KIND:
            raise Invalid(
                N_("Entity {id} is a place; places are told apart by their codes and not judged."),
                advice=N_("Judge organisations only."),
                id=number,
            )


def _detail(one: Judgement) -> dict[str, object]:
    return {"pair": [one.first, one.second], "verdict": one.verdict, "rule": one.rule}
