"""The words of a file that stand beside the steps of its signature."""

from __future__ import annotations

from io import BytesIO

from docx import Document

from haihe.boards.office.subject_intake import lines_of


def test_equal_numbers_in_a_row_are_all_shown_and_a_merged_cell_once() -> None:
    document, saved = Document(), BytesIO()
    table = document.add_table(rows=2, cols=4)
    for place, words in enumerate(("承接疏解", "3", "3", "0")):
        table.cell(0, place).text = words
    table.cell(1, 0).merge(table.cell(1, 2)).text = "合计"
    table.cell(1, 3).text = "6"
    document.save(saved)
    assert lines_of("简报.docx", saved.getvalue()) == ["承接疏解 | 3 | 3 | 0", "合计 | 6"]
