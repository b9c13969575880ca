"""Tables as files: a header, and rows that each say where they come from.

Every table may have the columns `source` (an id of `sources.yaml`), `tier`, `quote` and `locator`. A row with
a quote cites that sentence of its source, at that locator; any other row is its own source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from haihe.boards.registry.grids import csv_rows
from haihe.boards.registry.records import Loaded, Reference
from haihe.kit.errors import N_, Invalid, Reject
from haihe.kit.source import TIERS, Source, Tier
from haihe.kit.text import decoded, sha256_of

CITED = ("source", "tier", "quote", "locator")

NO_SOURCE = N_("The list of sources has no such entry.")
NO_TIER = N_("The tiers are official, yearbook, press, ours and sample.")
NO_SPAN = N_("A place in a text is written char=START,END.")
UNEVEN = N_("The row does not have as many cells as the header.")


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows of a table may name: places by adcode and publications by id."""

    adcodes: Container[str]
    references: Mapping[str, Reference]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its number (the header is row 1), its cells by column and its source."""

    number: int
    cells: Mapping[str, str]
    source: Source

    def reject(self, column: str, reason: str) -> Reject:
        """This row as a bad one."""
        return Reject(self.number, column, self.cells.get(column, ""), reason)


def lines_of(content: bytes, name: str, columns: Mapping[str, bool], known: Known) -> Loaded[Line]:
    """The rows of a CSV file in UTF-8 or GB18030; `columns` says of each whether the file must have it.

    Raises Invalid for an empty, binary or undecodable file, one that is not CSV or too long, and a header
    with columns that are not known, named twice or missing.
    """
    text = decoded(content, name)
    table = csv_rows(text, name)
    header = [cell.strip() for cell in next(table, [])]
    _check_header(header, name, columns)
    sha256 = sha256_of(text)
    lines: list[Line] = []
    rejects: list[Reject] = []
    for number, row in enumerate(table, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            rejects.append(Reject(number, "", ",".join(row), UNEVEN))
            continue
        cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
        faults = [Reject(number, column, cells[column], reason) for column, reason in _faults(cells, known)]
        rejects.extend(faults)
        if not faults:
            itself = Source("row", sha256, f"row={number}", ",".join(row))
            lines.append(Line(number, cells, _cited(cells, itself, known)))
    return Loaded(tuple(lines), tuple(rejects))


def _check_header(header: list[str], name: str, columns: Mapping[str, bool]) -> None:
    unknown = [column for column in header if column not in columns]
    if unknown:
        raise Invalid(
            N_("{name} has columns that are not known: {unknown}."),
            advice=N_("The columns of this table are {known}."),
            name=name,
            unknown=", ".join(unknown),
            known=", ".join(columns),
        )
    twice = [column for column, count in Counter(header).items() if count > 1]
    if twice:
        raise Invalid(
            N_("{name} has columns twice: {twice}."),
            advice=N_("Keep one column of each name."),
            name=name,
            twice=", ".join(twice),
        )
    missing = [column for column, required in columns.items() if required and column not in header]
    if missing:
        raise Invalid(
            N_("{name} lacks columns: {missing}."),
            advice=N_("The first row names the columns. Add those that are missing."),
            name=name,
            missing=", ".join(missing),
        )


def _faults(cells: Mapping[str, str], known: Known) -> Iterator[tuple[str, str]]:
    """The columns of a row's citation that do not hold, with the reason."""
    if cells.get("source") and cells["source"] not in known.references:
        yield "source", NO_SOURCE
    if cells.get("tier") and cells["tier"] not in TIERS:
        yield "tier", NO_TIER
    if cells.get("locator") and Source("sentence", locator=cells["locator"]).span is None:
        yield "locator", NO_SPAN


def _cited(cells: Mapping[str, str], itself: Source, known: Known) -> Source:
    """The source of a faultless row: the sentence that it quotes, or else the row itself."""
    reference = known.references.get(cells.get("source", ""))
    tier = cast(Tier, cells.get("tier") or (reference.tier if reference else "ours"))
    url, read_on = (reference.url, reference.read_on) if reference else (None, None)
    if reference and cells.get("quote"):
        locator = cells.get("locator") or None
        return Source("sentence", reference.sha256, locator, cells["quote"], url, read_on, tier)
    return Source("row", itself.document_sha256, itself.locator, itself.quote, url, read_on, tier)
