"""The text of a workbook (xlsx, ECMA-376-1): each sheet under its name, from A1 on, as it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from haihe.boards.reader.formats import BUILTIN, shown
from haihe.boards.reader.parts import Parts, elements, name_of, parsed, part_of, related
from haihe.boards.reader.pipes import ABOVE, Row, row_line, text_from
from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import TEXT_BYTES_MAX

_KEY = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ON = frozenset({"1", "true"})
_ROWS_MAX, _COLUMNS_MAX = 1_048_576, 16_384
_CELL_CHARACTERS_MIN = 3
_PIPE = re.compile(r"(?<!\\)\|")
_FIELD = r'("(?:[^"]|"")*+"|[^{0}\r\n]*)({0}|\r\n|\r|\n|\Z)'
_Grid = dict[int, dict[int, str]]


@dataclass(frozen=True, slots=True)
class _Book:
    """What the cells of all sheets share."""

    strings: tuple[str, ...]
    formats: tuple[str, ...]
    epoch: datetime


def text_of(parts: Parts) -> str:
    """The canonical text of an xlsx by its parts: `# name` before the rows of each sheet that is not hidden.

    Formulas stand as the values that were last computed. Raises LookupError or ValueError, lxml's errors
    among them, where a part is missing or broken, and Invalid for a sheet whose cells reach too far.
    """
    path = next(link.path for link in related(parts) if link.kind == "officeDocument")
    links = related(parts, path)
    root = parsed(parts[path])
    settings = root.find("{*}workbookPr")
    since_1904 = settings is not None and settings.get("date1904") in _ON
    epoch = CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900
    book = _Book(
        _strings(part_of(parts, links, "sharedStrings")), _formats(part_of(parts, links, "styles")), epoch
    )
    places = {link.key: link.path for link in links if link.kind == "worksheet"}
    room = TEXT_BYTES_MAX
    lines: list[str] = []
    for sheet in root.iterfind("{*}sheets/{*}sheet"):
        place = places.pop(sheet.get(_KEY, ""), None)
        if place and sheet.get("state", "visible") == "visible":
            name = " ".join(sheet.get("name", "").split())
            grid, merged = _cells(parts[place], book)
            room -= _checked(grid, name, room)
            lines += ["", f"# {name}", *map(row_line, _rows(grid, merged))] if grid else []
    return text_from(lines)


def _checked(grid: _Grid, name: str, room: int) -> int:
    """The characters that a sheet takes at least; raises Invalid where there is no room for them."""
    if not grid:
        return 0
    height, width = max(grid), max(map(max, grid.values()))
    size = height * width * _CELL_CHARACTERS_MIN + sum(
        len(words) for row in grid.values() for words in row.values()
    )
    if height > _ROWS_MAX or width > _COLUMNS_MAX or size > room:
        raise Invalid(
            N_("The sheet {sheet} reaches to the cell {cell}; a text may have {limit} bytes."),
            advice=N_(
                "Delete what stands far outside the table, or save the table by itself, and read it again."
            ),
            sheet=name,
            cell=f"{get_column_letter(min(width, _COLUMNS_MAX))}{height}",
            limit=TEXT_BYTES_MAX,
        )
    return size


def _strings(root: etree._Element | None) -> tuple[str, ...]:
    return () if root is None else tuple(_words(entry) for entry in root.iterchildren("{*}si"))


def _words(entry: etree._Element) -> str:
    """The words of a string, without the readings that stand above them."""
    return "".join(
        node.text or ""
        for child in entry
        for node in ([child] if name_of(child) == "t" else child.iterchildren("{*}t"))
        if name_of(child) in {"t", "r"}
    )


def _formats(root: etree._Element | None) -> tuple[str, ...]:
    """The number format of each style of cells."""
    if root is None:
        return ()
    own = {node.get("numFmtId"): node.get("formatCode", "") for node in root.iterfind("{*}numFmts/{*}numFmt")}
    keys = [node.get("numFmtId", "0") for node in root.iterfind("{*}cellXfs/{*}xf")]
    return tuple(own.get(key) or BUILTIN.get(int(key), "General") for key in keys)


def _cells(part: bytes, book: _Book) -> tuple[_Grid, list[tuple[int, int, int, int]]]:
    """The cells of a sheet that are not empty, by row and column from 1, and its merged ranges."""
    grid: _Grid = {}
    merged = []
    at = 0
    for node in elements(part, "row", "mergeCell"):
        if name_of(node) == "mergeCell":
            first, _, last = node.get("ref", "").partition(":")
            merged.append((*coordinate_to_tuple(first), *coordinate_to_tuple(last or first)))
            continue
        at = int(node.get("r") or at + 1)
        column = 0
        for cell in node.iterchildren("{*}c"):
            place = cell.get("r")
            column = coordinate_to_tuple(place)[1] if place else column + 1
            words = _value(cell, book)
            if words.strip():
                grid.setdefault(at, {})[column] = words
    return grid, merged


def _value(cell: etree._Element, book: _Book) -> str:
    """A cell as it is shown."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        entry = cell.find("{*}is")
        return "" if entry is None else _words(entry)
    value = cell.findtext("{*}v") or ""
    if not value or kind in {"str", "e"}:
        return value
    if kind == "s":
        return book.strings[int(value)]
    if kind == "b":
        return "TRUE" if value in _ON else "FALSE"
    if kind == "d":
        return value.removesuffix("T00:00:00").replace("T", " ")
    style = int(cell.get("s", "0"))
    return shown(float(value), book.formats[style] if style < len(book.formats) else "General", book.epoch)


def _rows(grid: _Grid, merged: list[tuple[int, int, int, int]]) -> list[Row]:
    """The rows of a sheet from A1 to the last used cell, with merged cells as lines write them."""
    height, width = max(grid), max(map(max, grid.values()))
    spans: dict[tuple[int, int], int] = {}
    for top, left, bottom, right in merged:
        columns = min(right, width) - left + 1
        for row in range(top, min(bottom, height) + 1) if columns > 0 else ():
            spans[row, left] = columns
            if row > top and grid.get(top, {}).get(left):
                grid.setdefault(row, {})[left] = ABOVE
    return [list(_row(grid.get(row, {}), row, width, spans)) for row in range(1, height + 1)]


def _row(
    cells: dict[int, str], row: int, width: int, spans: dict[tuple[int, int], int]
) -> Iterator[tuple[str, int]]:
    column = 1
    while column <= width:
        columns = spans.get((row, column), 1)
        yield cells.get(column, ""), columns
        column += columns


def cell_of(text: str, start: int) -> str | None:
    r"""The address of the cell that holds a character of the text of a workbook (重点任务!C5) or of CSV (C5).

    None where the character is in no cell.

    >>> text = "# 重点任务\n| 任务 | 单位 |\n| 建 | 市局 |\n"
    >>> cell_of(text, text.index("市局")), cell_of('任务,单位\n"建,\n设",市局\n', 13)
    ('重点任务!B2', 'B2')
    """
    line = text.rfind("\n", 0, start) + 1
    if not text.startswith("|", line):
        return _field_of(text, start)
    heading = f"\n{text[:line]}".rfind("\n# ")
    column = len(_PIPE.findall(text[line:start]))
    if heading < 0 or not column:
        return None
    row = text.count("\n", heading, line)
    return f"{text[heading + 2 : text.index(chr(10), heading)]}!{get_column_letter(column)}{row}"


def _field_of(text: str, start: int) -> str | None:
    """The address of a field of a text whose first line has commas, tabs or semicolons, the most frequent."""
    first = text.partition("\n")[0]
    mark = max(",\t;", key=first.count)
    row = column = 1
    for field in re.finditer(_FIELD.format(mark), text) if mark in first else ():
        if field.start() <= start < field.end(1):
            return f"{get_column_letter(column)}{row}"
        if field.end() > start:
            return None
        row, column = (row, column + 1) if field[2] == mark else (row + 1, 1)
    return None
