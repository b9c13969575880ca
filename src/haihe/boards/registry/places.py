"""The tree of places: who is under whom, and what a place is called."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from haihe.boards.registry.records import Level, Place

_PEOPLES = "维吾尔|哈萨克|柯尔克孜|蒙古|朝鲜|土家|布依|景颇|哈尼|傈僳|藏|回|苗|侗|壮|彝|白|傣|羌|黎|满"
_AUTONOMOUS = re.compile(rf"(.{{2,}}?)(?:(?:{_PEOPLES})族?)*自治[区州县旗]")
_ORDINARY = re.compile(r"(.{2,}?)(?:特别行政区|林区|新区|地区|[省市区县盟旗])")


@dataclass(frozen=True, slots=True)
class PlaceIndex:
    """Places by adcode, the adcodes under each, and the adcodes that bear a name."""

    by_code: Mapping[str, Place]
    under: Mapping[str, tuple[str, ...]]
    by_name: Mapping[str, tuple[str, ...]]


def place_index_of(places: Iterable[Place]) -> PlaceIndex:
    """An index of places, each adcode once."""
    by_code = {place.adcode: place for place in places}
    under, by_name = defaultdict(list), defaultdict(list)
    for place in by_code.values():
        if place.parent:
            under[place.parent].append(place.adcode)
        for name in names_of(place):
            by_name[name].append(place.adcode)
    return PlaceIndex(
        by_code,
        {code: tuple(sorted(codes)) for code, codes in under.items()},
        {name: tuple(sorted(codes)) for name, codes in by_name.items()},
    )


def line_of(index: PlaceIndex, adcode: str) -> tuple[Place, ...]:
    """A place and all above it, the lowest first; empty for an adcode that the index does not know."""
    line: list[Place] = []
    place = index.by_code.get(adcode)
    while place:
        line.append(place)
        place = index.by_code.get(place.parent) if place.parent else None
    return tuple(line)


def units_at(index: PlaceIndex, level: Level) -> tuple[Place, ...]:
    """The places of a level by adcode; a municipality (直辖市) stands at province and at city level.

    A province is a municipality when county units lie directly under it.
    """
    return tuple(
        place
        for _, place in sorted(index.by_code.items())
        if place.level == level or (level == "city" and is_municipality(index, place))
    )


def is_municipality(index: PlaceIndex, place: Place) -> bool:
    """Whether a province is a municipality (直辖市)."""
    return place.level == "province" and any(
        index.by_code[code].level == "county" for code in index.under.get(place.adcode, ())
    )


def short_name(name: str) -> str | None:
    """A place's name without the word for its rank; None where less than two characters would be left.

    >>> [short_name(name) for name in ("武清区", "青龙满族自治县", "内蒙古自治区", "雄安新区", "易县")]
    ['武清', '青龙', '内蒙古', '雄安', None]
    """
    match = _AUTONOMOUS.fullmatch(name) or _ORDINARY.fullmatch(name)
    return match[1] if match else None


def names_of(place: Place) -> tuple[str, ...]:
    """All that a place is called, its full name first."""
    short = short_name(place.name)
    return tuple(dict.fromkeys((place.name, *([short] if short else []), *place.aliases)))
