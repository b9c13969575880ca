"""Scorecards as somebody asks for them: of one register or of all, today and as history allows."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from sqlalchemy import func, select

from haihe.boards.accounts import Asker, require, units_of
from haihe.boards.ledger import actions, unit_actions
from haihe.boards.ledger.records import Node, Standing
from haihe.boards.ledger.rollup import counted, promises_in
from haihe.boards.ledger.scorecards import (
    Key,
    Rating,
    Score,
    Sight,
    Trend,
    days_before,
    judged_by_registers,
    rating_of,
    scores_of,
    trends,
)
from haihe.boards.ledger.sight_tables import nodes_seen, plan_seen
from haihe.boards.ledger.standing_actions import counts_alike
from haihe.boards.ledger.tables import NODE, PLAN
from haihe.boards.ledger.themes import frames
from haihe.boards.ledger.tree import accepted
from haihe.boards.registry import actions as registry
from haihe.kit.errors import N_, Invalid, NotFound
from haihe.kit.periods import checked_period
from haihe.store.opening import Store
from haihe.store.session import reading

ASSESSMENT = "assessment"
NODES_MAX = 20_000
"""So many nodes are added up at once; more take a register each."""

Level = Literal["province", "city", "county"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which scorecards are asked for: of a register, None all; by what; for a period.

    `frame` is that of the themes, `level` that of the places that jurisdictions are.
    """

    by: Sight
    period: str
    plan: int | None = None
    frame: str | None = None
    level: Level = "province"
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Board:
    """The scorecards asked for, how they changed, the scores of units, and the promises that they count.

    `places` are the names of jurisdictions by adcode, where they are what is asked for; `parts` are how many
    registers the asker sees a part of, which count in the scorecards of units of their own and in no others.
    """

    scores: tuple[Score, ...]
    trends: Mapping[str, Trend]
    ratings: Mapping[str, Rating]
    promises: tuple[Standing, ...]
    places: Mapping[str, str]
    parts: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    """The registers that an asker sees a part of, and the units whose part it is."""

    plans: Collection[int]
    units: Collection[int]

    def owned(self, node: Node) -> Node:
        """The node with no other lead units than those whose scorecards may count it."""
        if node.plan not in self.plans:
            return node
        shares = (one for one in node.shares if one.role == "cooperating" or one.entity in self.units)
        return replace(node, shares=tuple(shares))

    def counted(self, found: Iterable[Standing], by: Sight) -> list[Standing]:
        """The standings that may count: of the registers seen in part those that own units lead, by unit."""
        kept = []
        for one in found:
            if one.node.plan not in self.plans:
                kept.append(one)
            elif by == "unit" and (node := self.owned(one.node)).named("lead"):
                kept.append(replace(one, node=node))
        return kept


def board(store: Store, asker: Asker, wanted: Wanted) -> Board:
    """The scorecards that are asked for, as far as the asker may see; raises NotFound, Invalid."""
    require(asker, "see_published")
    checked_period(wanted.period)
    now = actions.today()
    quarter, year = days_before(now)
    part = _part_of(store, asker)
    found = {
        on: part.counted(promises(store, asker, wanted.plan, on), wanted.by) for on in (now, quarter, year)
    }
    reported = unit_actions.reported_in(store, asker, [one.node.id for one in found[now]], wanted.period)
    names, keys = _keys(store, asker, wanted, found[now])
    scores = {on: scores_of(_known(inside), keys, wanted.period, ()) for on, inside in found.items()}
    made = scores_of(found[now], keys, wanted.period, reported)
    ratings: dict[str, Rating] = {}
    if wanted.by == "unit":
        judged = judged_by_registers(map(part.owned, _sources(store, asker)))
        ratings = {one.key: rating_of(one, judged.get(one.key)) for one in made}
    changes = trends(made, scores[quarter], scores[year])
    parts = len(part.plans) if wanted.plan is None else int(wanted.plan in part.plans)
    return Board(made, changes, ratings, tuple(found[now]), names, parts)


def _part_of(store: Store, asker: Asker) -> _Part:
    units = units_of(asker, "see_unpublished")
    if units is None:
        return _Part((), ())
    with reading(store.engine) as connection:
        plans = connection.execute(select(PLAN.c.id).where(plan_seen(asker), ~counts_alike(asker)))
        return _Part(frozenset(plans.scalars()), units)


def promises(store: Store, asker: Asker, plan: int | None, on: date) -> list[Standing]:
    """The promises of a register, or of all that the asker may see, as they stood on a day."""
    if plan is not None:
        return promises_in(actions.tree_of(store, asker, plan, on))
    inside = NODE.c.plan_id.in_(select(PLAN.c.id).where(PLAN.c.kind != ASSESSMENT, plan_seen(asker)))
    with reading(store.engine) as connection:
        count = connection.execute(select(func.count()).where(inside)).scalar_one()
        if count > NODES_MAX:
            raise Invalid(
                N_("All registers together have {count} entries; {limit} are added up at once."),
                advice=N_("Choose one register."),
                count=count,
                limit=NODES_MAX,
            )
        return promises_in(counted(nodes_seen(connection, asker, on, inside), on).values())


def rows_of(found: Board, key: str, measure: str) -> list[Standing]:
    """The promises that a number of a scorecard counts; raises NotFound for what is none."""
    for score in found.scores:
        if score.key == key and measure in score.rows:
            inside = set(score.rows[measure])  # type: ignore[index]  # looked for the line above
            return [one for one in found.promises if one.node.id in inside]
    raise NotFound(
        N_("There is no scorecard {key}."), advice=N_("Open it from the page of scorecards."), key=key[:80]
    )


def _known(found: Iterable[Standing]) -> list[Standing]:
    """Those that history reaches: something had been reported on them by then."""
    return [one for one in found if one.node.report or one.reported]


def _sources(store: Store, asker: Asker) -> list[Node]:
    inside = NODE.c.plan_id.in_(select(PLAN.c.id).where(PLAN.c.kind == ASSESSMENT, plan_seen(asker)))
    with reading(store.engine) as connection:
        return accepted(nodes_seen(connection, asker, actions.today(), inside))


def _keys(
    store: Store, asker: Asker, wanted: Wanted, found: Iterable[Standing]
) -> tuple[dict[str, str], Callable[[Node], Iterable[Key]]]:
    """Of what a node is a part in the sight asked for; and the names of jurisdictions."""
    if wanted.by == "theme":
        frame = next((one for one in frames() if one.id == wanted.frame), next(iter(frames()), None))
        labels = {one.id: one.label[wanted.language] for one in (frame.themes if frame else ())}
        name = frame.id if frame else ""
        return {}, lambda node: [
            (tag.theme, labels[tag.theme]) for tag in node.tags if tag.primary and tag.frame == name
        ]
    if wanted.by == "unit":
        return {}, lambda node: [
            (str(share.entity) if share.entity is not None else share.name, share.name)
            for share in node.shares
            if share.role == "lead"
        ]
    names, homes = _homes(store, asker, wanted.level, found)
    return names, lambda node: [
        (homes[share.entity], names[homes[share.entity]])
        for share in node.shares
        if share.role == "lead" and share.entity in homes
    ]


def _homes(
    store: Store, asker: Asker, level: Level, found: Iterable[Standing]
) -> tuple[dict[str, str], dict[int | None, str]]:
    """The names of the places that the map of a level draws, and the place that each leading unit is in.

    A unit that lies in none of them stands with its own place.
    """
    names = _drawn(store, asker, level)
    homes: dict[int | None, str] = {}
    leading = {share.entity for one in found for share in one.node.shares if share.role == "lead"}
    for entity, place in registry.entities_at(store, asker, filter(None, leading)).items():
        if place.adcode:
            code = place.adcode
            around = (code, f"{code[:4]}00", f"{code[:2]}0000")
            homes[entity] = next((each for each in around if each in names), code)
            names.setdefault(homes[entity], place.place or code)
    return names, homes


def _drawn(store: Store, asker: Asker, level: Level) -> dict[str, str]:
    try:
        _, content = registry.region_map(store, asker, level)
    except NotFound:
        return {}
    shapes = json.loads(content)["features"]
    return {str(one["properties"]["adcode"]): str(one["properties"]["name"]) for one in shapes}
