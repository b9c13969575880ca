"""What returns would change: by cases, and with workbooks edited at random, every cell followed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import count
from random import Random

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from haihe.boards.office import Asked, Batch, Entry, Handout, Line, Merge, Present, Unit, merged, workbook_of
from haihe.boards.office import merging as reasons
from haihe.boards.office.intake import returned_of
from haihe.boards.office.records import ENTRY, LABELS, LOCKED, Difference, Filed

ASKED = Asked(1, "样例计划", "2026-11", date(2026, 11, 30))
UNITS = (Unit("市科技局", 7), Unit("市商务局"), Unit("市教委", 9))
COLUMN = {name: place for place, name in enumerate(LABELS, 1)}
FIRST = 6


def line(node: int) -> Line:
    cells = {name: f"{name}-{node}" for name in LOCKED}
    return Line(node, cells | {"place": f"1.1.{node}", "title": f"推进第{node}件实事"})


def handout(unit: Unit, *nodes: int) -> Handout:
    return Handout(ASKED, unit, tuple(line(node) for node in nodes))


HANDED = [handout(UNITS[0], 1, 2, 3, 4), handout(UNITS[1], 3, 5, 6), handout(UNITS[2], 7, 8)]
FILES = {each.digest: workbook_of(each) for each in HANDED}
NOW = Present(
    {node: line(node) for node in range(1, 9)},
    {
        node: {each.unit.key for each in HANDED if node in {one.node for one in each.lines}}
        for node in range(1, 9)
    },
    {},
)


def opened(handed: Handout) -> Workbook:
    return load_workbook(BytesIO(FILES[handed.digest]))


def saved(book: Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def filled(handed: Handout, entries: Mapping[tuple[int, str], object]) -> bytes:
    """The workbook with cells written: by the place of the row from 0, and the column."""
    book = opened(handed)
    for (row, column), value in entries.items():
        book.worksheets[0].cell(FIRST + row, COLUMN[column]).value = value
    return saved(book)


def merge(
    *files: tuple[str, bytes],
    present: Present = NOW,
    chosen: Collection[str] = (),
    batch: Batch | None = None,
) -> Merge:
    read = [returned_of(content, name) for name, content in files]
    batch = batch or Batch(1, "样例计划", "2026-11", read, {each.digest: each for each in HANDED})
    return merged(replace(batch, returned=read), present, chosen)


def brief(found: Merge) -> list[tuple[str, int | None, str, str]]:
    return [(one.outcome, one.node, one.column, one.becomes) for one in found.differences]


def only(found: Merge) -> Difference:
    (difference,) = found.differences
    return difference


def test_an_untouched_return_changes_nothing() -> None:
    found = merge(*((f"{place}.xlsx", FILES[each.digest]) for place, each in enumerate(HANDED)))
    assert (found.differences, found.reports, found.missing, found.unchanged) == ((), {}, (), 0)


def test_what_was_written_is_taken_and_who_did_not_return_is_named() -> None:
    file = filled(
        HANDED[0], {(0, "progress"): 0.6, (0, "note"): "已招标", (0, "forecast"): date(2026, 12, 25)}
    )
    found = merge(("a.xlsx", file))
    assert brief(found) == [
        ("apply", 1, "progress", "60%"),
        ("apply", 1, "note", "已招标"),
        ("apply", 1, "forecast", "2026-12-25"),
    ]
    assert [one.was for one in found.differences] == [
        "progress_before-1",
        "note_before-1",
        "forecast_before-1",
    ]
    assert found.reports[1].entry == Entry(0.6, "已招标", date(2026, 12, 25))
    assert found.missing == ("市商务局", "市教委")


def test_two_equal_returns_are_one_and_two_that_differ_wait_for_a_choice() -> None:
    first, second = (filled(HANDED[0], {(0, "note"): words}) for words in ("甲", "乙"))
    same = merge(("a.xlsx", first), ("b.xlsx", first))
    assert [read.outcome for read in same.files] == ["read", "same"]
    equal = merge(("a.xlsx", first), ("b.xlsx", filled(HANDED[0], {(0, "note"): " 甲"})))
    assert (len(equal.reports), equal.unchanged) == (1, 1)
    found = merge(("a.xlsx", first), ("b.xlsx", second))
    assert brief(found) == [("conflict", 1, "note", "甲"), ("conflict", 1, "note", "乙")]
    assert found.reports == {}
    choice = found.differences[1].choice
    assert choice
    taken = merge(("a.xlsx", first), ("b.xlsx", second), chosen=[choice])
    assert brief(taken) == [("apply", 1, "note", "乙"), ("reject", 1, "note", "甲")]
    both = [str(one.choice) for one in found.differences]
    assert merge(("a.xlsx", first), ("b.xlsx", second), chosen=both).reports == {}


def test_two_lead_units_of_one_item_are_heard_both() -> None:
    files = [
        ("a.xlsx", filled(HANDED[0], {(2, "note"): "甲"})),
        ("b.xlsx", filled(HANDED[1], {(0, "note"): "乙"})),
    ]
    found = merge(*files)
    assert {(one.unit, one.becomes) for one in found.differences} == {("市科技局", "甲"), ("市商务局", "乙")}
    assert {one.outcome for one in found.differences} == {"conflict"}
    files[1] = ("b.xlsx", filled(HANDED[1], {(0, "note"): "甲"}))
    assert len(merge(*files).reports) == 1


def test_a_changed_locked_cell_is_named_and_not_taken() -> None:
    found = merge(("a.xlsx", filled(HANDED[0], {(1, "due"): "2027-12-31", (1, "note"): "已招标"})))
    assert brief(found) == [("reject", 2, "due", "2027-12-31"), ("apply", 2, "note", "已招标")]
    assert (found.differences[0].at, found.differences[0].was) == ("填报!E7", "due-2")


def test_words_under_the_title_of_another_item_wait_for_a_choice() -> None:
    found = merge(("a.xlsx", filled(HANDED[0], {(0, "title"): "推进第2件实事", (0, "note"): "乙"})))
    assert brief(found) == [("reject", 1, "title", "推进第2件实事"), ("conflict", 1, "note", "乙")]
    assert found.reports == {}


def test_a_report_made_in_the_meantime_is_never_overwritten() -> None:
    filed = Filed(Entry(0.5, "站内已报"), "account/3", date(2026, 11, 20))
    present = replace(NOW, filed={1: [filed]})
    file = filled(HANDED[0], {(0, "progress"): 0.6})
    found = merge(("a.xlsx", file), present=present)
    assert brief(found) == [("conflict", 1, "progress", "60%")]
    reason = only(found).reason
    assert reason
    assert reason.facts == {"by": "account/3", "on": date(2026, 11, 20)}
    chosen = merge(("a.xlsx", file), present=present, chosen=[str(only(found).choice)])
    assert chosen.reports[1].entry == Entry(0.6)
    same = filled(HANDED[0], {(0, "progress"): 0.5, (0, "note"): "站内已报"})
    again = merge(("a.xlsx", same), present=present)
    assert (again.differences, again.reports, again.unchanged) == ((), {}, 1)


def test_an_item_that_changed_after_it_was_handed_out_is_shown_as_it_was_and_is() -> None:
    moved = replace(NOW, lines={**NOW.lines, 1: Line(1, {**line(1).cells, "due": "2027-06-30"})})
    found = merge(("a.xlsx", filled(HANDED[0], {(0, "note"): "甲"})), present=moved)
    reason = only(found).reason
    assert only(found).outcome == "conflict"
    assert reason
    assert (reason.facts["was"], reason.facts["becomes"]) == ("due-1", "2027-06-30")
    gone = replace(NOW, lines={node: one for node, one in NOW.lines.items() if node != 1})
    assert only(merge(("a.xlsx", filled(HANDED[0], {(0, "note"): "甲"})), present=gone)).outcome == "reject"
    other = replace(NOW, leads={**NOW.leads, 1: {"市商务局"}})
    found = merge(("a.xlsx", filled(HANDED[0], {(0, "note"): "甲"})), present=other)
    assert (only(found).outcome, found.reports) == ("conflict", {})


def test_one_bad_cell_keeps_the_whole_row_back() -> None:
    found = merge(("a.xlsx", filled(HANDED[0], {(0, "progress"): "约六成", (0, "note"): "甲"})))
    assert brief(found) == [("reject", 1, "progress", "约六成"), ("reject", 1, "note", "甲")]


def test_a_file_of_another_plan_period_or_house_is_refused_with_its_reason() -> None:
    def refusal(batch: Batch) -> tuple[str, Merge]:
        found = merge(("a.xlsx", filled(HANDED[0], {(0, "note"): "甲"})), batch=batch)
        (read,) = found.files
        assert read.outcome == "refused"
        assert read.reason
        return read.reason.words, found

    handed = {each.digest: each for each in HANDED[1:]}
    for batch, words in (
        (Batch(2, "别的计划", "2026-11", [], handed), reasons.OTHER_PLAN),
        (Batch(1, "样例计划", "2026-12", [], handed), reasons.OTHER_PERIOD),
        (Batch(1, "样例计划", "2026-11", [], handed), reasons.NOT_OURS),
        (Batch(None, "", "", [], {}), reasons.NOT_OURS),
    ):
        said, found = refusal(batch)
        assert said == words
        assert (found.differences, found.reports) == ((), {})


# Workbooks edited at random

tokens = count()
Edit = Callable[[Random, Workbook], None]


def token() -> str:
    return f"词{next(tokens)}词"


def rows_of(sheet: Worksheet) -> list[int]:
    return [row for row in range(FIRST, sheet.max_row + 1) if sheet.cell(row, 1).value is not None]


def write_entry(random: Random, book: Workbook) -> None:
    sheet = book.worksheets[0]
    rows = rows_of(sheet)
    if rows:
        column = random.choice(["note", "difficulty", "evidence", "confidence", "progress", "forecast"])
        values = {"confidence": ["高", "low"], "progress": [0.25, 0.5, 1], "forecast": [date(2026, 12, 25)]}
        value = random.choice([*values.get(column, []), token()])
        sheet.cell(random.choice(rows), COLUMN[column]).value = value


def change_locked(random: Random, book: Workbook) -> None:
    sheet = book.worksheets[0]
    row = random.choice([*rows_of(sheet), 1, 2, 5])
    column = (
        2 if row < 4 else random.choice([COLUMN[name] for name in LABELS if name not in ENTRY or row == 5])
    )
    sheet.cell(row, column).value = random.choice([token(), None]) if row > 5 else token()


def delete_row(random: Random, book: Workbook) -> None:
    sheet = book.worksheets[0]
    if rows := rows_of(sheet):
        sheet.delete_rows(random.choice(rows))


def insert_row(random: Random, book: Workbook) -> None:
    sheet = book.worksheets[0]
    row = random.randint(FIRST, sheet.max_row + 1)
    sheet.insert_rows(row)
    for name in random.sample(sorted(set(COLUMN) - {"node"}), 3):
        sheet.cell(row, COLUMN[name]).value = token()


def copy_row(random: Random, book: Workbook) -> None:
    sheet = book.worksheets[0]
    if rows := rows_of(sheet):
        row, last = random.choice(rows), sheet.max_row + 1
        for column in COLUMN.values():
            sheet.cell(last, column).value = sheet.cell(row, column).value
        sheet.cell(last, COLUMN["note"]).value = token()


def swap_rows(random: Random, book: Workbook) -> None:
    sheet = book.worksheets[0]
    rows = rows_of(sheet)
    if len(rows) > 1:
        first, second = random.sample(rows, 2)
        for column in range(1, sheet.max_column + 1):
            one, other = sheet.cell(first, column), sheet.cell(second, column)
            one.value, other.value = other.value, one.value


def rename_sheet(random: Random, book: Workbook) -> None:
    book.worksheets[0].title = f"表{next(tokens)}"


def scribble(random: Random, book: Workbook) -> None:
    if random.random() < 0.5:
        book.create_sheet()["C3"] = token()
    else:
        book.worksheets[0].cell(random.randint(1, 12), random.randint(len(LABELS) + 1, 30)).value = token()


EDITS: list[Edit] = [
    write_entry, write_entry, write_entry, change_locked, delete_row, insert_row, copy_row, swap_rows,
    rename_sheet, scribble,
]  # fmt: skip


def swap_columns(random: Random, book: Workbook) -> None:
    """The last edit, as the others find columns by their old places."""
    sheet = book.worksheets[0]
    first, second = random.sample(sorted(COLUMN.values()), 2)
    for row in range(4, sheet.max_row + 1):
        one, other = sheet.cell(row, first), sheet.cell(row, second)
        one.value, other.value = other.value, one.value
        one.number_format, other.number_format = other.number_format, one.number_format


def words_in(content: bytes) -> set[str]:
    """Every word in the visible sheets of a workbook, read apart from the office's own reading."""
    book = load_workbook(BytesIO(content))
    return {
        str(cell)
        for sheet in book.worksheets
        if sheet.title != "haihe"
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    }


def notes_in(content: bytes) -> dict[str, set[str]]:
    """The notes that stand in rows with each item's key, read by the hidden row of codes."""
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    codes = {cell.value: cell.column for cell in sheet[4]}
    found: dict[str, set[str]] = {}
    for row in range(FIRST, sheet.max_row + 1):
        key, note = (sheet.cell(row, codes[name]).value for name in ("node", "note"))
        found.setdefault(str(key), set()).add(str(note or ""))
    return found


@pytest.mark.parametrize("seed", range(30))
def test_every_cell_of_a_return_edited_at_random_is_accounted_for(seed: int) -> None:
    random = Random(seed)
    files: list[tuple[str, bytes]] = []
    returned = random.sample(HANDED, random.randint(1, len(HANDED)))
    for handed in returned:
        book = opened(handed)
        for _ in range(random.randint(0, 8)):
            random.choice(EDITS)(random, book)
        if random.random() < 0.3:
            swap_columns(random, book)
        files.append((f"{handed.unit.name}.xlsx", saved(book)))
        if random.random() < 0.3:
            write_entry(random, book)
            files.append((f"{handed.unit.name} (2).xlsx", saved(book)))
    found = merge(*files)
    said = "\n".join(one.becomes for one in found.differences)
    gone = {str(one.was) for one in found.differences}
    deleted = {one.node for one in found.differences if one.reason and one.reason.words == reasons.DELETED}
    before = {each.unit.name: words_in(FILES[each.digest]) for each in HANDED}
    for (name, content), read in zip(sorted(files), found.files, strict=True):
        assert (read.name, read.outcome) in {(name, "read"), (name, "same")}
        assert read.unit
        now = words_in(content)
        for word in now - before[read.unit.name]:
            if word.startswith("词") or "词" in word:
                assert word in said, (name, word)
        lost = {
            (each.node, word)
            for handed in returned
            if handed.unit == read.unit
            for each in handed.lines
            for word in each.cells.values()
            if word not in now
        }
        assert all(node in deleted or word in gone for node, word in lost), (name, lost, gone)
    for node, taken in found.reports.items():
        notes = notes_in(dict(files)[taken.file])
        assert taken.entry.note in notes.get(str(node), {note for each in notes.values() for note in each})
    touched = {one.node for one in found.differences}
    assert set(found.reports) <= touched
    assert set(found.missing) == {each.unit.name for each in HANDED if each not in returned}
    applied = {one.node for one in found.differences if one.outcome == "apply"}
    assert applied == set(found.reports)


@pytest.mark.parametrize("seed", range(5))
def test_applying_the_same_returns_again_adds_nothing(seed: int) -> None:
    random = Random(seed)
    files = []
    for handed in HANDED:
        book = opened(handed)
        for _ in range(6):
            write_entry(random, book)
        files.append((f"{handed.unit.name}.xlsx", saved(book)))
    first = merge(*files)
    filed = {
        node: [Filed(taken.entry, "account/1", date(2026, 11, 30))] for node, taken in first.reports.items()
    }
    again = merge(*files, present=replace(NOW, filed=filed))
    assert first.reports
    assert again.reports == {}
    assert {one.outcome for one in again.differences} <= {"reject", "conflict"}
