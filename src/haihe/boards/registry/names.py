"""Who is meant by a name as documents write it: short, and in the context of a jurisdiction.

`市发展改革委` in a paper of Tianjin is another body than in one of Baoding. A look-up gives every
organisation that may be meant, the nearest first, each with its reason; it decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from haihe.boards.registry.places import PlaceIndex, line_of, names_of
from haihe.boards.registry.records import NameKind, Organisation
from haihe.kit.errors import N_
from haihe.kit.text import folded

FULL = N_("its full name")
PLACE_ADDED = N_("its name once the place that the text leaves out is put before it")
_REASONS: Mapping[NameKind, str] = {
    "short": N_("its short name"),
    "former": N_("its former name"),
    "english": N_("its English name"),
}
_OWN_RANK = ("我市", "本市", "我省", "本省", "我区", "本区", "我县", "本县", "市", "省", "区", "县")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that a name may mean, and why.

    `distance` is 0 in the context's own place, 1 above or below it in the tree of places, 2 elsewhere or
    unknown.
    """

    key: str
    name: str
    reason: str
    distance: int


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Organisations by key, their names folded, and the places they lie in."""

    organisations: Mapping[str, Organisation]
    by_name: Mapping[str, tuple[tuple[str, str], ...]]
    places: PlaceIndex


def name_index_of(organisations: Iterable[Organisation], places: PlaceIndex) -> NameIndex:
    """An index of all the names of organisations, each with the reason it would give."""
    by_key = {organisation.key: organisation for organisation in organisations}
    by_name: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, organisation in by_key.items():
        by_name[folded(organisation.name)][key] = FULL
        for name in organisation.names:
            by_name[folded(name.text)].setdefault(key, _REASONS[name.kind])
    return NameIndex(by_key, {name: tuple(found.items()) for name, found in by_name.items()}, places)


def candidates(index: NameIndex, text: str, adcode: str | None = None) -> tuple[Candidate, ...]:
    """Every organisation that a name may mean in the context of a place, the nearest first.

    A name that leaves its place out (`市科技局`, `我区住建委`, `发展改革委`) means a body of the context or
    of a place above it, so it is also looked up with each of their names before it.
    """
    found: dict[str, Candidate] = {}
    for spelling, added in _spellings(index.places, text.strip(), adcode):
        for key, reason in index.by_name.get(folded(spelling), ()):
            organisation = index.organisations[key]
            distance = _distance(index.places, adcode, organisation.adcode)
            found.setdefault(
                key, Candidate(key, organisation.name, PLACE_ADDED if added else reason, distance)
            )
    return tuple(sorted(found.values(), key=lambda candidate: (candidate.distance, candidate.key)))


def _spellings(places: PlaceIndex, text: str, adcode: str | None) -> Iterator[tuple[str, bool]]:
    """A name as written, then with each place of its context before it; whether a place was added."""
    yield text, False
    rank = next((rank for rank in _OWN_RANK if text.startswith(rank)), "")
    for place in line_of(places, adcode or ""):
        for name in () if place.level == "region" else names_of(place):
            yield name + text, True
            if rank and place.name.endswith(rank[-1]):
                yield place.name + text.removeprefix(rank), True


def _distance(places: PlaceIndex, context: str | None, adcode: str | None) -> int:
    if context is None or adcode is None:
        return 2
    if context == adcode:
        return 0
    lines = [{place.adcode for place in line_of(places, code)} for code in (context, adcode)]
    return 1 if adcode in lines[0] or context in lines[1] else 2
