"""What can be found in the house, kind by kind, each by the board that keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from haihe.boards.accounts import Asker
from haihe.boards.ledger import search_actions as ledger
from haihe.boards.reader import search_actions as reader
from haihe.boards.registry import search_actions as registry
from haihe.boards.registry.completion import initials_of
from haihe.kit.errors import N_
from haihe.kit.text import folded
from haihe.kit.words import LANGUAGES, Language, say
from haihe.store.opening import Store
from haihe.store.search import Asked, Hit, Hits
from haihe.ui.slots import filled

COMPLETED_MAX = 5

Find = Callable[[Store, Asker, Asked], Hits]


@dataclass(frozen=True, slots=True)
class Finder:
    """A kind of what can be found: its name in addresses, its label, and what finds it."""

    kind: str
    label: str
    find: Find


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind: the rows asked for, how many were found, and whether there are more yet."""

    kind: str
    label: str
    rows: tuple[Hit, ...]
    count: int
    more: bool


def pages(asked: Asked) -> Hits:
    """The pages of the house that are called so in any of its languages, or begin so by their initials."""
    word = folded(asked.words)
    found = [
        Hit(say(entry.label, asked.language), entry.path)
        for entry in filled("nav")
        if any(word in folded(say(entry.label, each)) for each in LANGUAGES)
        or initials_of(folded(say(entry.label, "zh"))).startswith(word)
    ]
    return Hits(found[asked.part] if word else [], len(found) if word else 0)


FINDERS = (
    Finder("pages", N_("Pages"), lambda _store, _asker, asked: pages(asked)),
    Finder("places", N_("Administrative places"), registry.places),
    Finder("organisations", N_("Organisations"), registry.organisations),
    Finder("items", N_("Items and tasks"), ledger.items),
    Finder("registers", N_("Plans and registers"), ledger.registers),
    Finder("documents", N_("Documents"), reader.documents),
)


def group_of(finder: Finder, found: Hits, language: Language) -> Group:
    """What a finder found, under its label."""
    return Group(finder.kind, say(finder.label, language), tuple(found.rows), found.count, found.more)


def completions(store: Store, asker: Asker, typed: str, language: Language) -> list[Group]:
    """What something typed may become, kind by kind, a few of each; kinds with nothing are left out."""
    few = slice(0, COMPLETED_MAX)
    asked = Asked(typed, few, language)
    bodies, places = registry.begun(store, asker, typed, language)
    found = {
        "pages": pages(asked).rows,
        "places": places[few],
        "organisations": bodies[few],
        "items": ledger.begun(store, asker, typed, COMPLETED_MAX),
        "registers": ledger.registers(store, asker, asked).rows,
        "documents": reader.titled(store, asker, typed, COMPLETED_MAX),
    }
    return [
        group_of(finder, Hits(rows, len(rows), more=False), language)
        for finder in FINDERS
        if (rows := found[finder.kind])
    ]
