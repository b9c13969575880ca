"""The pieces that the pages of cooperation are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from nicegui import ui

from haihe.boards.registry.networks import (
    Body,
    Happening,
    Network,
    Scope,
    Tie,
    Told,
    address_of,
)
from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.ui.language import tr
from haihe.ui.markup import link, unit_mark

NETWORK = "/registry/network"
EVENTS = "/registry/events"
NAMES = "/registry/events/names"

PLACELESS = N_("no place known")


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows: everything known, what is asked of it, and the answers."""

    told: Told
    scope: Scope
    network: Network
    happenings: Sequence[Happening]
    between: Mapping[str, float]

    @property
    def centre(self) -> Body | None:
        """The organisation in the middle, where one is asked for."""
        return self.told.bodies[self.scope.bodies[0]] if self.scope.bodies else None

    @property
    def years(self) -> list[int]:
        """The years of the events, the latest last."""
        return sorted({one.year for one in self.happenings})

    @property
    def partners(self) -> list[Tie]:
        """The ties of the organisation in the middle."""
        centre = self.centre
        return [tie for tie in self.network.ties if centre and centre.id in (tie.first.id, tie.second.id)]


def dress() -> None:
    """Give a page the looks of its own that the pages of cooperation have."""
    ui.add_head_html(f"<style>{resources.text('boards/registry/network.css')}</style>")


def other(tie: Tie, one: Body) -> Body:
    """The other end of a tie."""
    return tie.second if tie.first.id == one.id else tie.first


def events_link(text: object, scope: Scope) -> Markup:
    """A number that opens the events that it counts."""
    words = f"{text:,}" if isinstance(text, int) else text
    return Markup('<a class="hai-number" href="{}">{}</a>').format(
        address_of(EVENTS, replace(scope, steps=1, least=1)), words
    )


def body_link(body: Body, scope: Scope) -> Markup:
    """An organisation, which leads to its partners."""
    return link(body.name, address_of(NETWORK, replace(scope, bodies=(body.id,), steps=1)))


def files_of_scope(path: str, scope: Scope) -> dict[str, str]:
    """The addresses of a list as files, by format."""
    there = address_of(path, scope)
    return {form: f"{there}{'&' if '?' in there else '?'}format={form.lower()}" for form in ("CSV", "xlsx")}


def region_words(told: Told, region: str) -> Markup:
    """A jurisdiction with its colour."""
    return unit_mark(told.regions.get(region) or tr(PLACELESS), region)
