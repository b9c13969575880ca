"""Which of millions of names are worth comparing, described in Ibis for `haihe.store.bulk`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from haihe.boards.registry.forms import Form
from haihe.boards.registry.spelling import sound_of

if TYPE_CHECKING:
    from ibis.expr.types import Table

BLOCK_MAX = 200
"""A key of more names than this tells too little and is left out."""


def strong_keys(form: Form) -> Iterator[str]:
    """The few keys of a name that its other spellings share: how its brand sounds, or all its words."""
    brand = "".join(word.text for word in form.words if word.does == "brand")
    if brand:
        yield sound_of(brand)
    yield f"={form.content}{''.join(sorted(form.adcodes))}" if form.content else f"={''.join(form.latin)}"


def key_rows(forms: Iterable[Form]) -> dict[str, list[object]]:
    """The strong keys of names, each with the number of its name, as columns."""
    rows = [(key, number) for number, form in enumerate(forms) for key in strong_keys(form)]
    return {"key": [key for key, _ in rows], "number": [number for _, number in rows]}


def candidates(keys: Table) -> Table:
    """The pairs of names (`first` < `second`) that share a key; the table has columns `key` and `number`."""
    sizes = keys.group_by("key").aggregate(size=keys.count())
    rare = keys.inner_join(sizes, "key").filter(lambda row: (row.size > 1) & (row.size <= BLOCK_MAX))
    left = rare.select("key", first="number")
    right = rare.select("key", second="number")
    pairs = left.inner_join(right, "key").filter(lambda row: row.first < row.second)
    return pairs.select("first", "second").distinct()
