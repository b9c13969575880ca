"""The bad rows of a table in the reader's words, and as the rows of a table of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace

from haihe.kit.errors import Reject
from haihe.kit.words import Language, say

COLUMNS = tuple(field.name for field in fields(Reject))


def told_of(rejects: Iterable[Reject], language: Language) -> tuple[Reject, ...]:
    """Bad rows with their reasons in a language."""
    return tuple(replace(one, reason=say(one.reason, language)) for one in rejects)


def told_by_file(
    rejects: Mapping[str, Sequence[Reject]], language: Language
) -> dict[str, tuple[Reject, ...]]:
    """The bad rows of each file with their reasons in a language."""
    return {name: told_of(found, language) for name, found in rejects.items()}


def cells_of(rejects: Iterable[Reject]) -> Iterator[tuple[object, ...]]:
    """Bad rows as the cells under `COLUMNS`."""
    return (tuple(getattr(one, name) for name in COLUMNS) for one in rejects)
