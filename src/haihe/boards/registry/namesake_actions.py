"""What is asked of names that several bear: which place tells each apart, and what stands around them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from haihe.boards.accounts import Asker, require
from haihe.boards.registry import namesake_tables
from haihe.boards.registry.answers import Card
from haihe.boards.registry.namesake_tables import Line
from haihe.boards.registry.namesakes import told_apart
from haihe.store.opening import Store
from haihe.store.session import reading


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around an organisation: its places, the outermost first, and those that it is tied to.

    `kinds` are theirs by number; `apart` is the place that tells one apart from another of its name.
    """

    line: Line
    kinds: dict[int, str]
    apart: dict[int, str]


def apart(store: Store, asker: Asker, entities: Collection[int]) -> dict[int, str]:
    """The place that tells each apart that shares its name with another organisation."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        return told_apart(namesake_tables.called_in(connection, entities))


def around(store: Store, asker: Asker, card: Card) -> Around:
    """What stands around an organisation."""
    require(asker, "see_published")
    ends = {one.id for one in card.links}
    with reading(store.engine) as connection:
        adcode = card.entity.adcode or ""
        line = namesake_tables.lines_in(connection, [adcode]).get(adcode, ())
        kinds = namesake_tables.kinds_in(connection, ends)
        called = namesake_tables.called_in(connection, {card.entity.id, *ends})
    return Around(line, kinds, told_apart(called))
