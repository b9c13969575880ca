"""Ties between entities: their kinds in `schema/links.yaml`, and tables of them.

A tie that one source ends and another does not is stated twice; both stand side by side, the believed
one first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from haihe.boards.registry.answers import Link, Span
from haihe.boards.registry.kinds import FOLDER, LINKS, NOT_ITS_FORM, kinds, line_of_kind
from haihe.boards.registry.records import Identifier, Loaded, Tie
from haihe.boards.registry.rows import CITED, Line
from haihe.boards.registry.validity import Validity, is_moment, overlap
from haihe.kit import resources
from haihe.kit.errors import N_, Reject
from haihe.kit.source import TIERS, Tier

Deed = Literal["add", "end"]

COLUMNS = dict.fromkeys(("from", "kind", "to"), True) | dict.fromkeys(
    ("since", "until", "note", *CITED), False
)
"""The columns of a table of ties, and whether it must have them."""

NO_ENTITY = N_("There is no entity with this key.")
NO_LINK = N_("There is no tie of this kind.")
OTHER_END = N_("A tie of this kind does not have such an entity at this end.")
ITSELF = N_("An entity is not tied to itself.")


@dataclass(frozen=True, slots=True)
class LinkKind:
    """A kind of tie: what its second end is to the first and the reverse, by language, and their kinds.

    Neither end of a `symmetric` one is the first.
    """

    name: str
    label: Mapping[str, str]
    inverse: Mapping[str, str]
    start: str
    end: str
    symmetric: bool = False

    def fits(self, start: str, end: str) -> bool:
        """Whether entities of two kinds can be tied so."""
        return self.start in line_of_kind(start) and self.end in line_of_kind(end)


@cache
def link_kinds() -> Mapping[str, LinkKind]:
    """Every kind of tie by name; a definition that does not hold together is a bug."""
    written: dict[str, Any] = resources.definition(f"{FOLDER}/{LINKS}")
    found = {name: LinkKind(name, **one) for name, one in written.items()}
    for one in found.values():
        assert {one.start, one.end} <= kinds().keys(), one.name
        assert one.label.keys() >= {"zh", "en"} <= one.inverse.keys(), one.name
    return found


def label_of(kind: str, outward: bool, language: str) -> str:
    """What the other end of a tie is to this one, in words."""
    one = link_kinds()[kind]
    return (one.label if outward else one.inverse)[language]


def keys_in(lines: Iterable[Line]) -> set[Identifier]:
    """The entities that a table of ties names."""
    return {identifier_of(line.cells[column]) for line in lines for column in ("from", "to")}


def identifier_of(key: str) -> Identifier:
    """An identifier by its key, such as `moe:4111010001`."""
    scheme, _, value = key.partition(":")
    return Identifier(scheme, value)


def ties_of(lines: Loaded[Line], held: Mapping[Identifier, str]) -> Loaded[Tie]:
    """The ties that a table states; `held` says of which kind each known entity is."""
    ties, rejects = [], list(lines.rejects)
    for line in lines.rows:
        faults = _faults(line, held)
        rejects += faults
        if not faults:
            cells = line.cells
            validity = Validity(cells.get("since") or None, cells.get("until") or None)
            ends = identifier_of(cells["from"]), identifier_of(cells["to"])
            ties.append(Tie(cells["kind"], *ends, line.source, validity, cells.get("note") or None))
    return Loaded(tuple(ties), tuple(sorted(rejects, key=lambda reject: reject.row)))


def _faults(line: Line, held: Mapping[Identifier, str]) -> list[Reject]:
    ends = {column: held.get(identifier_of(line.cells[column])) for column in ("from", "to")}
    faults = [line.reject(column, NO_ENTITY) for column, kind in ends.items() if kind is None]
    if line.cells["from"] == line.cells["to"]:
        faults.append(line.reject("to", ITSELF))
    link = link_kinds().get(line.cells["kind"])
    if link is None:
        faults.append(line.reject("kind", NO_LINK))
    elif not faults:
        stated = {"from": link.start, "to": link.end}
        faults += [
            line.reject(column, OTHER_END)
            for column, kind in ends.items()
            if stated[column] not in line_of_kind(kind or "")
        ]
    return faults + moment_faults(line)


def moment_faults(line: Line) -> list[Reject]:
    """The dates of a row that are none."""
    return [
        line.reject(column, NOT_ITS_FORM)
        for column in ("since", "until")
        if line.cells.get(column) and not is_moment(line.cells[column])
    ]


@dataclass(frozen=True, slots=True)
class Bond:
    """A tie as one source states it, its ends by number; `edit` is the number of the edit that added it.

    `ended_by` is the edit that set its end, whose source is `end_source_id`.
    """

    start: int
    kind: str
    end: int
    validity: Validity
    source_id: str
    tier: Tier
    read_on: date | None = None
    note: str | None = None
    edit: int | None = None
    ended_by: int | None = None
    end_source_id: str | None = None

    @property
    def natural(self) -> tuple[int, str, int, str | None]:
        """What an edit that ends it names."""
        return self.start, self.kind, self.end, self.validity.since


@dataclass(frozen=True, slots=True)
class LinkEdit:
    """A tie that somebody added or ended by hand, who did so and when, and who undid it."""

    id: int
    deed: Deed
    from_id: int
    kind: str
    to_id: int
    since: str | None
    until: str | None
    source_id: str
    made_by: str
    made_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What an edit by hand rests on: the words of its source, where they stand, and the source's tier."""

    quote: str
    url: str | None = None
    tier: Tier = "ours"


@dataclass(frozen=True, slots=True)
class Added:
    """A tie that somebody adds, its ends by number, from when until when, and the ground for it."""

    start: int
    kind: str
    end: int
    ground: Ground
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The end that somebody sets to a tie that began at `since`, and the ground for it."""

    start: int
    kind: str
    end: int
    until: str
    ground: Ground
    since: str | None = None


def standing(stated: Iterable[Bond], ends: Iterable[Bond]) -> list[Bond]:
    """Ties with the ends that somebody set to them."""
    ended = {one.natural: one for one in ends}
    return [_ended(one, ended.get(one.natural)) for one in stated]


def _ended(one: Bond, end: Bond | None) -> Bond:
    if end is None:
        return one
    validity = replace(one.validity, until=end.validity.until)
    return replace(one, validity=validity, ended_by=end.edit, end_source_id=end.source_id)


def links_of(
    bonds: Iterable[Bond], members: Sequence[int], heads: Mapping[int, tuple[int, str]]
) -> tuple[Link, ...]:
    """The ties of an entity that is these members, to others under the number and name in `heads`.

    What several sources state of one tie in one span of time is one: the source of the higher tier is
    believed, of one tier the one that was read later, and where they differ the others stand beside it.
    """
    sides: defaultdict[tuple[str, bool, int], list[Bond]] = defaultdict(list)
    for one in bonds:
        outward = one.start in members
        other = heads[one.end if outward else one.start][0]
        if other not in members:
            sides[one.kind, outward or link_kinds()[one.kind].symmetric, other].append(one)
    names = dict(heads.values())
    found = [_link(key, spell, names[key[2]]) for key, stated in sides.items() for spell in _spells(stated)]
    return tuple(sorted(found, key=lambda link: (link.kind, link.name, link.id, link.since or "")))


def _spells(stated: Sequence[Bond]) -> list[list[Bond]]:
    """Statements of one tie, those of one span of time together, the believed one first."""
    spells: list[list[Bond]] = []
    for one in sorted(
        stated, key=lambda one: (TIERS.index(one.tier), -(one.read_on or date.min).toordinal())
    ):
        spell = next((spell for spell in spells if overlap(spell[0].validity, one.validity)), None)
        if spell is None:
            spells.append([one])
        else:
            spell.append(one)
    return spells


def _link(key: tuple[str, bool, int], spell: Sequence[Bond], name: str) -> Link:
    best, *others = spell
    spans = {one.validity: Span(one.validity.since, one.validity.until, one.source_id) for one in others}
    spans.pop(best.validity, None)
    kind, outward, other = key
    return Link(
        kind,
        outward,
        other,
        name,
        best.source_id,
        best.validity.since,
        best.validity.until,
        best.note,
        best.edit,
        best.ended_by,
        best.end_source_id,
        tuple(spans.values()),
    )
