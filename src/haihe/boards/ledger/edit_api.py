"""Which version of a node a request has seen, and which an answer has (RFC 9110 §8.8.3, §13.1.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Response

from haihe.boards.accounts.request_actions import Speaks
from haihe.boards.ledger.records import Item
from haihe.boards.ledger.rows import Detail, detail_of
from haihe.kit.errors import N_, Invalid
from haihe.kit.words import Language

_TAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


def version_seen(
    if_match: Annotated[
        str | None,
        Header(
            description="The version that was seen, as ETag said; the change is refused for an older one."
        ),
    ] = None,
) -> int | None:
    """The version of If-Match; None without it, or for any."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise Invalid(
            N_("If-Match is {tag}, which is no version of a node."),
            advice=N_('Send what ETag said, such as "7", or leave it out.'),
            tag=if_match[:40],
        )
    return int(found[1])


@dataclass(frozen=True, slots=True)
class Version:
    """The version that whoever changes a node has seen, None for any; and the answer to them."""

    seen: int | None
    response: Response
    language: Language

    def of(self, item: Item) -> Detail:
        """The node as it is now."""
        return tagged(self.response, item, self.language)


def _version(
    response: Response,
    language: Speaks,
    seen: Annotated[int | None, Depends(version_seen)],
) -> Version:
    return Version(seen, response, language)


Versioned = Annotated[Version, Depends(_version)]


def tagged(response: Response, item: Item, language: Language) -> Detail:
    """A node with all that is known of it, its version in the ETag of the answer."""
    response.headers["ETag"] = f'"{item.standing.node.version}"'
    return detail_of(item, language)
