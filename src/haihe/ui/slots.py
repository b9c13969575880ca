"""Upward views: a low board's page opens a slot, a higher board fills it with functions of an id.

    nav        Entry values, drawn in the header
    banner     what stands under the header of every page; no argument
    account    the asker's sign-in state at the right of the header; no argument
    source     a source, in the drawer and on `/source/ID`; the source's id
    entity, document, item    what a board knows of one; its id
    marking    how a thing is marked, under its title; its subject, `plan/3`
    home, my-work    a part of these pages; no argument

A slot is filled while the site is mounted and only read afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the header: `label` is a template of the catalogues, `icon` a Material icon's name."""

    label: str
    path: str
    icon: str


_filled: defaultdict[str, list[tuple[int, Any]]] = defaultdict(list)


def fill(slot: str, content: Entry | Callable[..., Any], *, order: int = 100) -> None:
    """Add content to a slot: an `Entry` to `nav`, to every other a function, plain or async, that draws.

    Lower `order` comes first; equal orders keep the sequence of filling.
    """
    assert isinstance(content, Entry) == (slot == "nav"), slot
    assert all(there != content for _, there in _filled[slot]), f"{content} is in {slot} already"
    _filled[slot].append((order, content))
    _filled[slot].sort(key=lambda pair: pair[0])


def filled(slot: str) -> tuple[Any, ...]:
    """What a slot holds, in order."""
    return tuple(content for _, content in _filled[slot])


async def draw(slot: str, *arguments: object) -> None:
    """Call every function of a slot in order, waiting for those that are async."""
    for function in filled(slot):
        result = function(*arguments)
        if isawaitable(result):
            await result


def empty() -> None:
    """Take everything out of every slot, so that a site can be mounted afresh."""
    _filled.clear()
