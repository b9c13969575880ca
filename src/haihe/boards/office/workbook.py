"""The workbook that a unit is handed: locked where it reads, open where it writes, known by a digest."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from haihe.boards.office.records import CONFIDENCES, ENTRY, KEY, LABELS, TEXT_CHARACTERS_MAX, Handout, Line
from haihe.kit.errors import N_
from haihe.kit.words import Language, say

MARK = "haihe"
"""The name of the hidden sheet, and of the document property, that hold the fingerprint."""

SHEET = N_("Return")

_HEAD_ROWS = 3
_FIRST_ROW = _HEAD_ROWS + 3
_WIDTHS: Mapping[str, int] = {
    "place": 8, "title": 26, "text": 44, "due": 13, "cooperating": 18, "period_before": 11,
    "progress_before": 9, "note_before": 26, "forecast_before": 12, "progress": 10, "note": 42,
    "forecast": 14, "confidence": 9, "difficulty": 28, "evidence": 24,
}  # fmt: skip
_FORMATS: Mapping[str, str] = {"progress": "0%", "forecast": "yyyy-mm-dd"}
_THIN = Side(style="thin", color="BFC7CE")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEADING = PatternFill("solid", fgColor="E4E9ED")
_OPEN = PatternFill("solid", fgColor="FFF8DC")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_UNLOCKED = Protection(locked=False)


def head_of(handout: Handout) -> tuple[str, str, str]:
    """The rows above the table: plan and period, the unit, and how to fill it in."""
    asked = handout.asked
    facts = {
        "plan": asked.plan_name,
        "period": asked.period,
        "unit": handout.unit.name,
        "count": len(handout.lines),
        "day": asked.return_by,
    }
    templates = (
        N_("{plan}: return for {period}"),
        N_("{unit}: {count} items, to be returned by {day}"),
        N_(
            "Fill in the yellow cells only, and send the file back under any name. A row left empty is not "
            "reported. The lock guards against slips and has no password; what is changed in locked cells is "
            "shown to the office and not taken."
        ),
    )
    first, second, third = (plain(say(template, asked.language, **facts)) for template in templates)
    return first, second, third


def label_of(column: str, language: Language) -> str:
    """The heading of a column."""
    return say(LABELS[column], language)


def plain(words: str) -> str:
    r"""Words as a cell can hold them: no control characters, lines ended by a line feed, no space around.

    >>> plain(" a\r\nb\x0b ")
    'a\nb'
    """
    return ILLEGAL_CHARACTERS_RE.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()


def workbook_of(handout: Handout) -> bytes:
    """The workbook as an xlsx file."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = say(SHEET, handout.asked.language)
    _write_head(sheet, handout)
    for number, line in enumerate(handout.lines, _FIRST_ROW):
        _write_row(sheet, number, line)
    _validate(sheet, handout)
    _lay_out(sheet)
    _mark(book, handout)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write_head(sheet: Worksheet, handout: Handout) -> None:
    sizes, heights = (14, 11, 10), (26, 20, 34)
    for number, words in enumerate(head_of(handout), 1):
        cell = _words(sheet, number, 2, words)
        cell.font = Font(size=sizes[number - 1], bold=number == 1)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.merge_cells(start_row=number, end_row=number, start_column=2, end_column=len(LABELS))
        sheet.row_dimensions[number].height = heights[number - 1]
    for place, column in enumerate(LABELS, 1):
        _words(sheet, _HEAD_ROWS + 1, place, column)
        heading = _words(sheet, _HEAD_ROWS + 2, place, label_of(column, handout.asked.language))
        heading.font, heading.fill, heading.border = Font(bold=True), _HEADING, _BORDER
        heading.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    sheet.row_dimensions[_HEAD_ROWS + 1].hidden = True


def _write_row(sheet: Worksheet, number: int, line: Line) -> None:
    for place, column in enumerate(LABELS, 1):
        if column in ENTRY:
            cell = sheet.cell(number, place)
            cell.protection, cell.fill = _UNLOCKED, _OPEN
            cell.number_format = _FORMATS.get(column, "General")
        elif column == KEY:
            cell = sheet.cell(number, place, line.node)
        else:
            cell = _words(sheet, number, place, line.cells[column])
        cell.alignment, cell.border = _WRAPPED, _BORDER


def _words(sheet: Worksheet, row: int, column: int, words: str) -> Cell:
    """A cell of plain words, also where they begin as a formula does."""
    cell = sheet.cell(row, column, plain(words) or None)
    assert isinstance(cell, Cell)
    if cell.data_type == "f":
        cell.data_type = "s"
    return cell


def _validate(sheet: Worksheet, handout: Handout) -> None:
    language, last = handout.asked.language, _FIRST_ROW + max(len(handout.lines), 1) - 1
    choices = ",".join(say(words, language) for words in CONFIDENCES.values())
    rules = {
        "progress": (
            DataValidation("decimal", "0", "1", operator="between"),
            N_("Write a share from 0% to 100%."),
        ),
        "forecast": (
            DataValidation("date", "36526", operator="greaterThanOrEqual"),
            N_("Write a day, such as 2026-12-31."),
        ),
        "confidence": (DataValidation("list", f'"{choices}"'), N_("Choose one of the list.")),
    }
    limit = N_("Write at most {limit} characters.")
    for column in ("note", "difficulty", "evidence"):
        most = DataValidation("textLength", str(TEXT_CHARACTERS_MAX), operator="lessThanOrEqual")
        rules[column] = (most, limit)
    for column, (rule, words) in rules.items():
        letter = _letter(column)
        rule.allow_blank = True
        rule.showErrorMessage, rule.error = True, say(words, language, limit=TEXT_CHARACTERS_MAX)
        rule.add(f"{letter}{_FIRST_ROW}:{letter}{last}")
        sheet.add_data_validation(rule)


def _lay_out(sheet: Worksheet) -> None:
    """Widths, what stays in sight, how it prints, and the lock, which lets columns and rows be sized."""
    for column, width in _WIDTHS.items():
        sheet.column_dimensions[_letter(column)].width = width
    sheet.column_dimensions[_letter(KEY)].hidden = True
    sheet.freeze_panes = f"{_letter('text')}{_FIRST_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{_HEAD_ROWS + 2}:{_HEAD_ROWS + 2}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _letter(column: str) -> str:
    return get_column_letter(list(LABELS).index(column) + 1)


def _mark(book: Workbook, handout: Handout) -> None:
    """Put the fingerprint into a document property and, with what it is of, on a hidden sheet."""
    properties = book.custom_doc_props  # type: ignore[attr-defined]  # the stubs lack it
    properties.append(StringProperty(name=MARK, value=handout.digest))
    hidden = book.create_sheet(MARK)
    hidden.sheet_state = "veryHidden"
    hidden.protection.sheet = True
    for number, pair in enumerate(fingerprint_of(handout), 1):
        for place, words in enumerate(pair, 1):
            _words(hidden, number, place, words)
    book.security = WorkbookProtection(lockStructure=True)


def fingerprint_of(handout: Handout) -> Sequence[tuple[str, str]]:
    """What the hidden sheet says: the digest, what it is of, and the digest of each item."""
    asked = handout.asked
    return (
        ("digest", handout.digest),
        ("plan", asked.plan_name),
        ("period", asked.period),
        ("unit", handout.unit.name),
        *((f"{KEY} {line.node}", line.digest) for line in handout.lines),
    )
