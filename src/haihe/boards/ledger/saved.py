"""Saved views (保存的视图): addresses of this house under a name, for one account or for the whole office."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import NAME_CHARACTERS_MAX

ADDRESS_CHARACTERS_MAX = 2_000
VIEWS_MAX = 100
"""As many views may an account keep, and as many does the office share."""

_SUBJECT = re.compile(r"/(plan|item)/(\d{1,18})(?:/|$)", re.ASCII)
_BOX = re.compile(r"\{\w+(:int)?\}")

Subject = tuple[Literal["plan", "item"], int]


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody wants to keep: an address under a name, for the whole office where it is `shared`."""

    name: str
    address: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved view as an account sees it.

    `changeable` says whether it may rename and remove it, `there` whether the address still leads to a page
    of the house, about something that the account sees.
    """

    id: int
    name: str
    address: str
    shared: bool
    own: bool
    changeable: bool
    there: bool


def checked_view_name(name: str) -> str:
    """The name of a view without the space around it; raises Invalid for none or a long one."""
    kept = " ".join(name.split())
    if not 0 < len(kept) <= NAME_CHARACTERS_MAX:
        raise Invalid(
            N_("The name of the view has {count} characters; it needs 1 to {limit}."),
            advice=N_("Say in a few words what it shows."),
            count=len(kept),
            limit=NAME_CHARACTERS_MAX,
        )
    return kept


def checked_address(address: str, pages: Collection[str]) -> str:
    """An address as it may be saved; raises Invalid for what is no path of one of the pages of this house."""
    parts = urlsplit(address) if len(address) <= ADDRESS_CHARACTERS_MAX else None
    inside = parts and not parts.scheme and not parts.netloc and address.isprintable() and "\\" not in address
    if not (parts and inside and is_page(parts.path, pages)):
        raise Invalid(
            N_("{address} is no page of this house that can be saved."),
            advice=N_("Open the page with its filters and save it there."),
            address=address[:80],
        )
    return address


def is_page(path: str, pages: Iterable[str]) -> bool:
    """Whether a path is one of some pages; a page may have boxes for names and numbers.

    >>> is_page("/plan/7/timeline", ["/plan/{plan_id}/timeline"]), is_page("/place/x", ["/place/{place:int}"])
    (True, False)
    """
    return any(re.fullmatch(_pattern(page), path, re.ASCII) for page in pages)


def _pattern(page: str) -> str:
    boxes = [r"\d+" if found[1] else "[^/]+" for found in _BOX.finditer(page)]
    words = [re.escape(each) for each in _BOX.sub("\0", page).split("\0")]
    return "".join(word + box for word, box in zip(words, [*boxes, ""], strict=True))


def subject_of(address: str) -> Subject | None:
    """The register or item that an address is about; None for another page.

    >>> subject_of("/plan/12/timeline?light=overdue"), subject_of("/plans")
    (('plan', 12), None)
    """
    found = _SUBJECT.match(urlsplit(address).path)
    return (found[1], int(found[2])) if found else None  # type: ignore[return-value]  # the pattern's words
