"""Filters as links, each with the number of what one sees after pressing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from haihe.ui.markup import html, joined, write


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter: its words, the address after a press on it, its number, and whether it holds now."""

    words: Markup | str
    href: str
    count: int
    now: bool = False


def options(groups: Mapping[str, Sequence[Choice]], note: str) -> None:
    """Groups of filters by their words, and what all their numbers count; an empty group is left out."""
    shown = (
        html('<div role="group" aria-label="{}"><b>{}</b>{}</div>', name, name, joined(map(_link, choices)))
        for name, choices in groups.items()
        if choices
    )
    write(html('{}<p class="hai-note">{}</p>', joined(shown), note), "nav", "hai-facets")


def _link(one: Choice) -> Markup:
    current = html(' aria-current="true"') if one.now else ""
    count = f"{one.count:,}"
    return html('<a href="{}"{}>{} <small>{}</small></a>', one.href, current, one.words, count)
