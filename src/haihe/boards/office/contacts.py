"""Where the posts of units are reached, and tables of that."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Literal

from haihe.kit.errors import N_, Invalid, Reject
from haihe.kit.words import LANGUAGES, explain, say

Post = Literal["liaison", "division", "leader"]

POST_LABELS: Mapping[Post, str] = {
    "liaison": N_("liaison post"),
    "division": N_("division in charge"),
    "leader": N_("post in charge of the unit"),
}
"""Who is told, by post."""

ADDRESS_LABELS: Mapping[str, str] = {
    "wecom": N_("WeCom userid"),
    "dingtalk": N_("mobile number in DingTalk"),
    "mail": N_("mailbox"),
}
"""What a post is reached by on each kind of channel."""

CONTACT_COLUMNS: Mapping[str, str] = {
    "name": N_("Name of the unit"),
    "post": N_("Post"),
    "kind": N_("Reached by"),
    "address": N_("Address"),
}
"""The table of addresses."""

_ADDRESSES: Mapping[str, re.Pattern[str]] = {
    "wecom": re.compile(r"[\w.@-]{1,64}", re.ASCII),
    "dingtalk": re.compile(r"\+?[\d-]{6,20}", re.ASCII),
    "mail": re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,190}", re.ASCII),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a post of a unit is reached on a kind of channel; `unit` is its key, `name` its name."""

    unit: str
    name: str
    post: Post
    kind: str
    address: str


def checked_contact(given: Contact) -> Contact:
    """An address of a post that can be written to, or an empty one; raises Invalid."""
    fit, address, name = _ADDRESSES.get(given.kind), given.address.strip(), given.name.strip()
    if fit is None or given.post not in POST_LABELS or not name:
        raise Invalid(
            N_("{name}: {post} cannot be reached by {kind}."),
            advice=N_("The posts are {posts}; they are reached by {kinds}."),
            name=name[:50] or "-",
            post=str(given.post)[:20] or "-",
            kind=given.kind[:20] or "-",
            posts=", ".join(POST_LABELS),
            kinds=", ".join(ADDRESS_LABELS),
        )
    if address and not fit.fullmatch(address):
        raise Invalid(
            N_("{name}: {address} is no address for {kind}."),
            advice=N_("Write a userid for wecom, a mobile number for dingtalk, a mailbox for mail."),
            name=name[:50],
            address=address[:50],
            kind=given.kind,
        )
    return Contact(given.unit.strip() or name, name, given.post, given.kind, address)


def contacts_of(table: str, units: Mapping[str, str], language: str) -> tuple[list[Contact], list[Reject]]:
    """The addresses of a CSV table with the columns of `CONTACT_COLUMNS`, and the rows that are none.

    Headings, posts and channels may be written in any language or as codes; `units` are keys by
    name, `language` that of the reasons.
    """
    found, rejects = [], []
    heads = _codes(CONTACT_COLUMNS)
    for number, row in enumerate(csv.DictReader(StringIO(table.removeprefix("\ufeff"))), 2):
        cells = {heads.get((head or "").strip(), ""): value or "" for head, value in row.items() if head}
        post = _codes(POST_LABELS).get(cells.get("post", "").strip(), cells.get("post", ""))
        kind = _codes(ADDRESS_LABELS).get(cells.get("kind", "").strip(), cells.get("kind", ""))
        name = cells.get("name", "").strip()
        given = Contact(units.get(name, name), name, post, kind, cells.get("address", ""))  # type: ignore[arg-type]
        try:
            found.append(checked_contact(given))
        except Invalid as error:
            rejects.append(Reject(number, "address", given.address[:50], " ".join(explain(error, language))))
    return found, rejects


def _codes(labels: Mapping[str, str] | Mapping[Post, str]) -> dict[str, str]:
    """The code that each word stands for, in every language and as itself."""
    words = {say(label, language): code for language in LANGUAGES for code, label in labels.items()}
    return words | {code: code for code in labels}
