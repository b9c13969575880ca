"""The shape of a table: what its headings say, whatever the month, by which its mapping is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from haihe.boards.office.sheets import Table
from haihe.boards.office.vocabulary import plain_heading
from haihe.kit.text import folded, sha256_of


def shape_of(headings: Iterable[str]) -> str:
    """The fingerprint of flattened headings, the same in every month: 16 hexadecimal digits of a SHA-256.

    >>> shape_of(["序号", "3月进展", "总投资（万元）"]) == shape_of(["序号", "4月 进展", "总投资（万元）"])
    True
    >>> shape_of(["序号", "总投资（万元）"]) == shape_of(["序号", "总投资（亿元）"])
    False
    """
    return sha256_of("\n".join(map(_kept, headings)))[:16]


def _kept(heading: str) -> str:
    """A heading without its period; its notes stay, as they may hold the unit."""
    note = folded(heading)[folded(heading).find("(") :] if "(" in folded(heading) else ""
    return "/".join(folded(plain_heading(part)) for part in heading.split("/")) + note


def by_shape(tables: Sequence[Table]) -> dict[str, list[Table]]:
    """Tables together with those of the same shape, such as the sheets of one workbook; the first first."""
    found: dict[str, list[Table]] = {}
    for table in tables:
        found.setdefault(shape_of(table.headings.values()), []).append(table)
    return found
