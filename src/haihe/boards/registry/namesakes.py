"""Organisations of one name, told apart by their places (新华区人民政府 of 石家庄市 and of 沧州市)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from haihe.kit.text import folded


@dataclass(frozen=True, slots=True)
class Called:
    """An organisation by number, its name, and the places that it lies in, the nearest first."""

    id: int
    name: str
    places: tuple[str, ...] = ()


def told_apart(called: Iterable[Called]) -> dict[int, str]:
    """The place that tells each apart that shares its name: the nearest that is not in the name already.

    A place where another of the same name lies tells nothing; where no place tells, none is given.

    >>> told_apart([Called(1, "新华区人民政府", ("新华区", "石家庄市", "河北省")),
    ...             Called(2, "新华区人民政府", ("新华区", "沧州市", "河北省")), Called(3, "武清区人民政府")])
    {1: '石家庄市', 2: '沧州市'}
    """
    by_name: defaultdict[str, list[Called]] = defaultdict(list)
    for one in called:
        by_name[folded(one.name)].append(one)
    found: dict[int, str] = {}
    for same in by_name.values():
        for one in same:
            elsewhere = {place for other in same if other.id != one.id for place in other.places}
            telling = (place for place in one.places if place not in elsewhere and place not in one.name)
            place = next(telling, None) if len(same) > 1 else None
            if place:
                found[one.id] = place
    return found
