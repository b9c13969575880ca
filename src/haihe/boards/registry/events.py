"""What organisations did together: an event of cooperation, its day, its kinds and who took part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from haihe.kit import resources
from haihe.kit.source import Source
from haihe.kit.text import terms

ALIKE = 0.5
"""From which share of common words two reports of one day, of the same organisations, are of one event."""

_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?)?[年月]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of cooperation: its label by language, and the words that name it."""

    id: str
    label: Mapping[str, str]
    words: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as an event names it, and its role where one is stated (牵头, 甲方)."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that organisations did together, as one report tells it.

    `day` is a date, a month or a year, as exact as the report; `key` is the report's own number, or made
    of its day, title and address; `places` are adcodes.
    """

    key: str
    day: str
    title: str
    words: str
    kinds: tuple[str, ...]
    parties: tuple[Party, ...]
    places: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Report:
    """What tells whether two reports are of one event: who took part, and the words."""

    id: int
    day: str
    bodies: frozenset[str]
    title: str
    words: str


@cache
def sorts() -> Mapping[str, Sort]:
    """The kinds of cooperation in the order in which they are listed."""
    return {
        key: Sort(key, one["label"], re.compile("|".join(one["words"])) if one["words"] else None)
        for key, one in _definition()["kinds"].items()
    }


@cache
def headings() -> Mapping[str, str]:
    """The columns of a file of events by all that they may be called."""
    return {called: name for name, names in _definition()["columns"].items() for called in names}


def _definition() -> Any:
    return resources.definition("boards/registry/params/cooperation.yaml")


def kinds_in(*texts: str) -> tuple[str, ...]:
    """The kinds that the first text names which names any; of no text's words, the kind of the rest.

    >>> kinds_in("签署协议、共建研究院", ""), kinds_in("协同推进", "签约揭牌"), kinds_in("visit")
    (('agreement', 'platform'), ('agreement', 'platform'), ('visit',))
    """
    for text in texts:
        said = {part.strip() for part in re.split(r"[;；、,，]", text)}
        found = tuple(
            one.id
            for one in sorts().values()
            if (one.words and one.words.search(text)) or said & {one.id, *one.label.values()}
        )
        if found:
            return found
    return (next(one.id for one in sorts().values() if one.words is None),)


def day_in(text: str) -> str | None:
    """The day, month or year that is written, in ISO 8601; None where it is none.

    >>> [day_in(text) for text in ("2023年9月8日", "2023-10", "2024", "2023-02-30", "今年")]
    ['2023-09-08', '2023-10', '2024', None, None]
    """
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    parts = [int(part) for part in match.groups() if part]
    try:
        whole = date(*parts, *[1] * (3 - len(parts)))
    except ValueError:
        return None
    return whole.isoformat()[: (4, 7, 10)[len(parts) - 1]]


def firsts_of(reports: Iterable[Report]) -> dict[int, int]:
    """The first report of the same event, by every later one.

    Two are of one event where both name the same day and the same organisations and half of their words, or
    of the words of their titles, are common (Dice 1945, Measures of the amount of ecologic association
    between species); chains of such pairs are of one event.
    """
    alike: defaultdict[tuple[str, frozenset[str]], list[Report]] = defaultdict(list)
    for one in sorted(reports, key=lambda one: one.id):
        if len(one.day) == len("2023-06-01"):
            alike[one.day, one.bodies].append(one)
    firsts: dict[int, int] = {}
    for group in alike.values():
        for at, one in enumerate(group):
            same = {firsts.get(other.id, other.id) for other in group[:at] if _is_same(one, other)}
            if same:
                first = min(same)
                firsts |= {later: first for later, known in firsts.items() if known in same}
                firsts |= {other: first for other in (*same, one.id) if other != first}
    return firsts


def _is_same(one: Report, other: Report) -> bool:
    texts = ((one.title, other.title), (one.title + one.words, other.title + other.words))
    return any(_likeness(*pair) >= ALIKE for pair in texts)


def _likeness(one: str, other: str) -> float:
    first, second = (_pairs(text) for text in (one, other))
    return 2 * len(first & second) / ((len(first) + len(second)) or 1)


def _pairs(text: str) -> set[str]:
    return {term for term in terms(text) if len(term) > 1}


def parties_in(texts: Sequence[str]) -> tuple[Party, ...]:
    """Organisations, each with its role before a colon where it has one, none twice.

    >>> parties_in(["牵头：天津大学", "武清区人民政府", "天津大学"])
    (Party(name='天津大学', role='牵头'), Party(name='武清区人民政府', role=''))
    """
    found: dict[str, Party] = {}
    for text in texts:
        role, _, name = text.replace("：", ":").rpartition(":")
        if name.strip():
            found.setdefault(name.strip(), Party(name.strip(), role.strip()))
    return tuple(found.values())
