"""What comes into the office: promises of the ledger as items, and workbooks that came back."""

from __future__ import annotations

import hashlib
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import PurePath
from string import ascii_uppercase
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from haihe.boards.ledger import Node, Report, Standing
from haihe.boards.office.records import (
    ENTRY,
    LABELS,
    Cell,
    Inbox,
    Item,
    Line,
    Read,
    Reason,
    Returned,
    Row,
    Unit,
)
from haihe.boards.office.workbook import MARK, plain
from haihe.kit.errors import N_, Invalid, Unavailable
from haihe.kit.words import LANGUAGES, say
from haihe.store.conversion import converted

FILE_BYTES_MAX = 16 * 1024 * 1024
UNPACKED_BYTES_MAX = 128 * 1024 * 1024
ROWS_MAX = 10_000
ENDINGS = (".xlsx", ".xls", ".et", ".ods")

_SHEET_ROWS_MAX = 1_048_576
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CODES = {code: code for code in LABELS} | {
    plain(say(words, language)): code for code, words in LABELS.items() for language in LANGUAGES
}
"""What names a column: its code in the hidden row, and its heading in every language."""
_RESAVE = N_("Open the file that was handed out, copy what was written into it, and send that.")


_Line = list[Cell | None]


def items_of(standings: Iterable[Standing], period: str) -> tuple[Item, ...]:
    """The promises of a plan as items; one that was reported finished for another period is finished."""
    return tuple(_item(standing.node, period) for standing in standings)


def _item(node: Node, period: str) -> Item:
    report = node.report
    cells = {
        "place": ".".join(map(str, node.path)),
        "title": node.title,
        "text": node.text,
        "due": f"{node.due_on or ''} {node.due_words or ''}".strip(),
        "cooperating": "、".join(node.named("cooperating")),
    } | _before(report)
    leads = {Unit(share.name, share.entity).key: share for share in node.shares if share.role == "lead"}
    finished = report is not None and report.period != period and (report.progress or 0) >= 1
    return Item(
        Line(node.id, {column: plain(words) for column, words in cells.items()}),
        tuple(Unit(share.name, share.entity) for share in leads.values()),
        finished,
    )


def _before(report: Report | None) -> dict[str, str]:
    if report is None:
        return dict.fromkeys(("period_before", "progress_before", "note_before", "forecast_before"), "")
    return {
        "period_before": report.period,
        "progress_before": "" if report.progress is None else f"{report.progress:.0%}",
        "note_before": report.note,
        "forecast_before": str(report.forecast_due_on or ""),
    }


def inbox_of(files: Iterable[tuple[str, bytes]]) -> Inbox:
    """Files by name and content, each read or refused with its reason."""
    returned: list[Returned] = []
    refused: list[Read] = []
    contents: dict[str, bytes] = {}
    for name, content in files:
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            returned.append(returned_of(content, name))
            contents[sha256] = content
        except (Invalid, Unavailable) as error:
            reason = Reason(error.message, error.facts)
            refused.append(Read(name, sha256, None, "refused", reason, Reason(error.advice, error.facts)))
    return Inbox(tuple(returned), tuple(refused), contents)


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet with items: the cells above, the headings, the rows, the codes of its columns, and the rest."""

    head: list[Cell]
    labels: dict[str, Cell]
    rows: list[Row]
    strays: list[Cell]


def returned_of(content: bytes, name: str) -> Returned:
    """A workbook that came back; one in another format goes through LibreOffice.

    Raises Invalid for what is no workbook, is encrypted, has macros, is too large or lacks its table, and
    Unavailable where LibreOffice is needed and not installed.
    """
    sheets, property_mark = _read(as_xlsx(content, name), name)
    marks = {row[0].shown: row[1].shown for row in sheets.pop(MARK, ()) if len(row) > 1 and row[0] and row[1]}
    tables = [found for rows in sheets.values() if (found := _table(rows))]
    if not tables:
        raise Invalid(
            N_("{name} has no table of items: the row of headings is gone."), advice=_RESAVE, name=name
        )
    first, *others = tables
    known = {cell.shown for cell in (*first.head, *first.labels.values())}
    beside = [cell for other in others for cell in (*other.head, *other.labels.values())]
    strays = [cell for cell in beside if cell.shown not in known]
    strays += [cell for one in tables for cell in one.strays]
    strays += [cell for rows in sheets.values() if not _table(rows) for row in rows for cell in _filled(row)]
    return Returned(
        name,
        hashlib.sha256(content).hexdigest(),
        marks or property_mark,
        tuple(first.head),
        first.labels,
        tuple(row for one in tables for row in one.rows),
        tuple(strays),
    )


def _table(rows: Sequence[_Line]) -> _Table | None:
    """The table of a sheet, None where it has no row that names most of its columns."""
    place = next((place for place, row in enumerate(rows) if len(_codes(row)) >= len(ENTRY)), None)
    if place is None:
        return None
    codes = _codes(rows[place])
    headings = rows[place]
    below = place + 1
    strays: list[Cell] = []
    if below < len(rows) and len(_codes(rows[below])) >= len(ENTRY):
        headings, below = rows[below], below + 1
        codes |= {
            column: code
            for column, code in _codes(headings).items()
            if column not in codes and code not in codes.values()
        }
        strays += [cell for column, cell in _placed(rows[place]) if cell.shown != codes.get(column)]
    labels = {codes[column]: cell for column, cell in _placed(headings) if column in codes}
    strays += [cell for column, cell in _placed(headings) if column not in codes]
    head = [cell for row in rows[:place] for cell in _filled(row)]
    found = []
    for row in rows[below:]:
        cells = {codes[column]: cell for column, cell in _placed(row) if column in codes}
        beside = tuple(cell for column, cell in _placed(row) if column not in codes)
        if cells or beside:
            first = next(iter((*cells.values(), *beside)))
            found.append(Row(_row_of(first.at), cells, beside))
    return _Table(head, labels, found, strays)


def _codes(row: _Line) -> dict[int, str]:
    """The columns that a row names, by code or heading, each once."""
    found: dict[int, str] = {}
    for column, cell in _placed(row):
        code = _CODES.get(plain(cell.shown))
        if code and code not in found.values():
            found[column] = code
    return found


def _placed(row: _Line) -> Iterator[tuple[int, Cell]]:
    return ((column, cell) for column, cell in enumerate(row) if cell)


def _filled(row: _Line) -> Iterator[Cell]:
    return (cell for cell in row if cell)


def _row_of(at: str) -> str:
    """The row of a cell.

    >>> _row_of("Return!F7")
    'Return!7'
    """
    sheet, _, place = at.rpartition("!")
    return f"{sheet}!{place.lstrip(ascii_uppercase)}"


def is_xlsx(content: bytes, name: str) -> bool:
    """Whether a file is an xlsx workbook that can be opened; False for another kind of workbook.

    Raises Invalid for anything else.
    """
    if len(content) > FILE_BYTES_MAX:
        raise Invalid(
            N_("{name} has {size} bytes; a return may have {limit}."),
            advice=N_("Send pictures and documents beside the workbook, not in it."),
            name=name,
            size=len(content),
            limit=FILE_BYTES_MAX,
        )
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise Invalid(
                N_("{name} is protected by a password for opening."),
                advice=N_("Save it without one and send it again."),
                name=name,
            )
        return False
    if not content.startswith(_ZIP):
        raise Invalid(
            N_("{name} is no workbook; what is collected are {endings}."),
            advice=_RESAVE,
            name=name,
            endings=", ".join(ENDINGS),
        )
    inside, unpacked = _contents(content, name)
    if any("vbaproject" in part.lower() for part in inside):
        raise Invalid(
            N_("{name} has macros, which are not accepted."),
            advice=N_("Save it as a plain workbook (.xlsx) and send that."),
            name=name,
        )
    if unpacked > UNPACKED_BYTES_MAX:
        raise Invalid(
            N_("{name} unpacks to {size} bytes; a return may have {limit}."),
            advice=_RESAVE,
            name=name,
            size=unpacked,
            limit=UNPACKED_BYTES_MAX,
        )
    if "xl/workbook.xml" in inside:
        return True
    if "content.xml" in inside:
        return False
    raise _damaged(name)


def _contents(content: bytes, name: str) -> tuple[list[str], int]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged(name) from error
    return [part.filename for part in parts], sum(part.file_size for part in parts)


def _damaged(name: str) -> Invalid:
    return Invalid(N_("{name} cannot be opened; it is damaged or no workbook."), advice=_RESAVE, name=name)


def as_xlsx(content: bytes, name: str) -> bytes:
    """A workbook as xlsx, where need be by LibreOffice; raises as `is_xlsx` and `converted`."""
    if is_xlsx(content, name):
        return content
    book = converted(content, name, PurePath(name).suffix.lower() or ".xls", ".xlsx")
    is_xlsx(book, name)
    return book


def _read(content: bytes, name: str) -> tuple[dict[str, list[_Line]], dict[str, str]]:
    """The cells of every sheet by row, and the fingerprint in the document's properties."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content), read_only=True)
            sheets = {sheet.title: list(_grid(sheet, name)) for sheet in book.worksheets}
            if any(cell.formula for rows in sheets.values() for row in rows for cell in _filled(row)):
                values = load_workbook(BytesIO(content), read_only=True, data_only=True)
                computed = {sheet.title: list(_grid(sheet, name)) for sheet in values.worksheets}
                sheets = {title: _computed(rows, computed[title]) for title, rows in sheets.items()}
        properties = book.custom_doc_props.props  # type: ignore[attr-defined]  # the stubs lack it
        marks = {each.name: str(each.value) for each in properties}
    except Invalid:
        raise
    except Exception as error:
        raise _damaged(name) from error
    return sheets, {"digest": marks[MARK]} if MARK in marks else {}


def _grid(sheet: Any, name: str) -> Iterator[_Line]:
    """The rows of a sheet, whatever it says of its own size."""
    sheet.reset_dimensions()
    filled = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        line = [_cell(sheet.title, number, column, cell) for column, cell in enumerate(cells, 1)]
        filled += any(line)
        if filled > ROWS_MAX or number > _SHEET_ROWS_MAX:
            raise Invalid(
                N_(
                    "A sheet of {name} has more than {limit} rows; a return has those it was handed out with."
                ),
                advice=_RESAVE,
                name=name,
                limit=ROWS_MAX,
            )
        yield line


def _cell(sheet: str, row: int, column: int, cell: Any) -> Cell | None:
    value = cell.value
    if value is None or value == "":
        return None
    at = f"{sheet}!{get_column_letter(column)}{row}"
    if cell.data_type == "f":
        formula = str(getattr(value, "text", value))
        return Cell(at, None, formula, formula=formula)
    percent = "%" in (cell.number_format or "")
    if not isinstance(value, str | int | float | date):
        value = str(value)
    return Cell(at, value, _shown(value, percent=percent), percent)


def _shown(value: str | float | date | bool, *, percent: bool) -> str:
    """A value as a person reads it in its cell."""
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == value.time().min else str(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if percent:
        return f"{round(100 * value, 6):g}%"
    return str(int(value)) if float(value).is_integer() else str(value)


def _computed(rows: Sequence[_Line], values: Sequence[_Line]) -> list[_Line]:
    """The rows with the values that their formulas had when the file was saved."""
    found: list[_Line] = []
    for row, known in zip(rows, values, strict=False):
        found.append([_with_value(cell, known[column]) for column, cell in enumerate(row)])
    return found


def _with_value(cell: Cell | None, known: Cell | None) -> Cell | None:
    if cell is None or cell.formula is None or known is None:
        return cell
    return replace(known, formula=cell.formula)
