"""Tables of names as files: a row is a mention, whatever other columns it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from haihe.boards.registry.forms import place_in
from haihe.boards.registry.grids import csv_rows, limited, sheet_rows
from haihe.boards.registry.identifiers import identifier_of
from haihe.boards.registry.kinds import NO_SUCH_CODE, REQUIRED
from haihe.boards.registry.lexicon import Lexicon
from haihe.boards.registry.resolution import Mention
from haihe.boards.registry.rows import UNEVEN
from haihe.kit.errors import N_, Invalid, Reject
from haihe.kit.limits import TABLE_BYTES_MAX
from haihe.kit.text import decoded

ADDED = ("entity_id", "score", "reason")
"""The columns that resolving adds to a table."""

_UNIFIED = re.compile(r"[0-9A-Z]{18}")


@dataclass(frozen=True, slots=True)
class MentionTable:
    """A table with a column `name`: its header, its good rows as written and as mentions, its bad ones."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mentions: tuple[Mention, ...]
    rejects: tuple[Reject, ...]


def mention_table(content: bytes, file: str, lexicon: Lexicon) -> MentionTable:
    """The mentions in a CSV (UTF-8 or GB18030) or xlsx file; columns that are not known are kept as they are.

    `region_context` is an adcode or the name of a place, and where it is empty the `address` says it; an
    `identifier` of no known form says nothing. Raises Invalid for a file that is no such table, is too long,
    or has no column `name`.
    """
    is_workbook = file.casefold().endswith(".xlsx")
    table = (
        _sheet_rows(content, file) if is_workbook else csv_rows(decoded(content, file, TABLE_BYTES_MAX), file)
    )
    columns = tuple(cell.strip() for cell in next(table, ()))
    if "name" not in columns:
        raise Invalid(
            N_("{name} lacks columns: {missing}."),
            advice=N_("The first row names the columns. Add those that are missing."),
            name=file,
            missing="name",
        )
    rows, mentions, rejects = [], [], []
    for number, row in enumerate(table, start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        fault = _fault(number, cells, even=len(row) == len(columns))
        if fault:
            rejects.append(fault)
        else:
            rows.append(tuple(row))
            region = cells.get("region_context") or place_in(lexicon, cells.get("address", ""))
            mentions.append(Mention(cells["name"], region, identifier_of(cells.get("identifier", ""))))
    return MentionTable(columns, tuple(rows), tuple(mentions), tuple(rejects))


def _fault(number: int, cells: dict[str, str], *, even: bool) -> Reject | None:
    if not even:
        return Reject(number, "", ",".join(cells.values()), UNEVEN)
    if not cells["name"]:
        return Reject(number, "name", "", REQUIRED)
    code = cells.get("identifier", "").upper()
    if _UNIFIED.fullmatch(code) and identifier_of(code) is None:
        return Reject(number, "identifier", code, NO_SUCH_CODE)
    return None


def _sheet_rows(content: bytes, file: str) -> Iterator[Sequence[str]]:
    """The rows of the first sheet, each as long as the header."""
    told = (["" if value is None else str(value) for value in row] for row in sheet_rows(content, file))
    header = next(told, [])
    while header and not header[-1]:
        header.pop()
    yield from limited(chain([header], (row[: len(header)] for row in told)), file)
