"""What is asked of millions of names and their pairs, described in Ibis for `haihe.store.bulk`."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import ibis

from haihe.boards.registry.levels import BAR, CONDITIONS
from haihe.boards.registry.weights import DIGITS

if TYPE_CHECKING:
    from ibis.expr.types import Table

BLOCK_MAX = 200
"""A sound or words that more names share tell too little and bring no names together."""
RARE_MAX = 10
"""Of `keys`, of which a name has many, those count that no more names share."""

_KEYS = ("sound", "whole")


def blocked(names: Table) -> Table:
    """Names with the keys that are rare enough to compare by, null where they are not."""
    sizes = {key: names.count().over(ibis.window(group_by=key)) for key in _KEYS}
    compared = names.mutate(
        **{key: ibis.ifelse(size <= BLOCK_MAX, names[key], None) for key, size in sizes.items()}
    )
    held = names.select("unique_id", key=names["keys"].unnest())
    sizes_held = held.group_by("key").aggregate(size=held.count())
    rare = held.semi_join(sizes_held.filter(sizes_held["size"].between(2, RARE_MAX)), "key")
    keys = rare.group_by(named="unique_id").aggregate(keys=rare["key"].collect())
    return compared.drop("keys").left_join(keys, compared["unique_id"] == keys["named"]).drop("named")


def pairs_of(predicted: Table) -> Table:
    """What Splink says of pairs, in log odds: `first` < `second`, `odds`, and what each comparer weighs."""
    weights = {comparer: predicted[f"mw_{comparer}"] * log(2) for comparer in CONDITIONS}
    odds = (predicted.match_weight * log(2)).round(DIGITS)
    return predicted.select(
        first="unique_id_l",
        second="unique_id_r",
        odds=ibis.ifelse(odds < BAR / 2, float("-inf"), odds),
        **weights,
    )


def disputed(pairs: Table, parts: Table, least: float) -> Table:
    """The pairs within those parts (`cluster_id` of `node_id`) in which a pair speaks against being one."""
    first = parts.select(first="node_id", part="cluster_id")
    second = parts.select(second="node_id", other="cluster_id")
    inside = pairs.inner_join(first, "first").inner_join(second, "second")
    inside = inside.filter(inside.part == inside.other).select("part", "first", "second", "odds")
    return inside.semi_join(inside.filter(inside.odds <= least), "part")


def best(pairs: Table, groups: Table) -> Table:
    """For each name with another in its group (`name`, `group`) the pair that says most for it."""
    first = groups.select(first="name", mine="group")
    second = groups.select(second="name", theirs="group")
    inside = pairs.inner_join(first, "first").inner_join(second, "second")
    inside = inside.filter(inside.mine == inside.theirs).drop("mine", "theirs")
    ends = inside.mutate(name="first").union(inside.mutate(name="second"))
    order = [ends.odds.desc(), ends.first, ends.second]
    rank = ibis.row_number().over(ibis.window(group_by="name", order_by=order))
    return ends.mutate(rank=rank).filter(lambda row: row["rank"] == 0).select("name", "odds", *CONDITIONS)
