"""Numbered lists that hold no measures: the enclosures of a document, and lists of names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from haihe.boards.reader.items import Item

_ENCLOSES = re.compile(r"附(?:件|表|录|图)?[：:]\s*\S{1,3}$")
_BEFORE = 8
_NAME = re.compile(
    r"[^，。；：！？]{2,40}(?:公司|集团|厂|合作社|事务所|大学|学院|医院|银行)(?:（[^（）]+）)?"
)
_BLANKS = re.compile(r"\s+")
_NAMES_SHARE = 0.6
"""How many items of a list are names before it counts as one of names: a page cuts through some of them."""


def measures_only(text: str, items: Sequence[Item]) -> list[Item]:
    """The items that lie in no catalogue, nor under an item that does; `items` have their ends."""
    told = {
        id(item.series): _is_catalogue(text, item.series.items)
        for item in items
        if item.series and item.series.opens is None
    }

    def stands(item: Item | None) -> bool:
        while item and item.series:
            if told.get(id(item.series)):
                return False
            item = item.series.under
        return True

    return [item for item in items if stands(item)]


def _is_catalogue(text: str, items: Sequence[Item]) -> bool:
    """Whether a list enumerates the enclosures (附件) or names organisations and says nothing of them."""
    if _ENCLOSES.search(text, max(0, items[0].start - _BEFORE), items[0].after):
        return True
    names = [item for item in items if _NAME.fullmatch(_BLANKS.sub("", text[item.after : item.end]))]
    return len(names) > 1 and len(names) >= _NAMES_SHARE * len(items)
