"""A brief as a docx, by a template whose placeholders name its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate  # type: ignore[import-untyped]

from haihe.boards.office.briefs import Brief, Figure, Section, Sentence, Stamp, Table, shown
from haihe.boards.office.footnotes import fit, mark, with_footnotes
from haihe.boards.office.placeholders import environment
from haihe.boards.office.spans import dated
from haihe.kit.errors import N_
from haihe.kit.words import say

_WIDTH_TWIPS = 8844
_SIZE_HALFPOINTS, _HEAD_HALFPOINTS = 21, 18
"""五号 for cells, 小五 for their heads."""
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def docx_of(brief: Brief, stamp: Stamp, template: bytes) -> bytes:
    """A brief by a template that was checked; equal input gives equal bytes."""
    paper = DocxTemplate(BytesIO(template))
    notes = Notes()
    paper.render(context_of(brief, stamp, notes), environment(), autoescape=True)
    file = BytesIO()
    paper.save(file)
    return with_footnotes(file.getvalue(), notes.words)


@dataclass(slots=True)
class Notes:
    """The notes of a brief, as its figures are written."""

    words: list[str] = field(default_factory=list)

    def told(self, sentence: Sentence, language: str) -> str:
        """A sentence as text, each figure followed by the mark of its note."""
        return "".join(
            fit(part) if isinstance(part, str) else self._marked(part, language) for part in sentence
        )

    def _marked(self, figure: Figure, language: Any) -> str:
        self.words.append(figure.note)
        return fit(shown(figure, language)) + mark(len(self.words) - 1)


def context_of(brief: Brief, stamp: Stamp, notes: Notes) -> dict[str, Any]:
    """What the placeholders of a template name (`placeholders.py` lists them)."""
    language = brief.language
    sections = [_section(section, language, notes) for section in brief.sections]
    return {
        "title": fit(brief.title),
        "plan": fit(brief.plan_name),
        "period": brief.period,
        "kind": brief.kind,
        "stamp": stamped(brief, stamp),
        "issuer": fit(stamp.issuer),
        "number": numbered(stamp, language),
        "issued_on": dated(stamp.on, language) if stamp.on else "",
        "as_of": dated(brief.on, language),
        "headline": notes.told(brief.headline, language),
        "figures": {name: notes.told((figure,), language) for name, figure in brief.figures.items()},
        "sections": sections,
        "part": {section.name: words for section, words in zip(brief.sections, sections, strict=True)},
    }


def stamped(brief: Brief, stamp: Stamp) -> str:
    """What a brief says over its title: that it is a draft, that its data are simulated."""
    words = [N_("Draft")] if stamp.number is None else []
    words += [N_("Simulated data")] if brief.tier == "sample" else []
    return " · ".join(say(word, brief.language) for word in words)


def numbered(stamp: Stamp, language: str) -> str:
    """The number of an issued brief, with its version from the second on."""
    if stamp.number is None:
        return ""
    words = N_("{year}, No. {number}")
    if stamp.version > 1:
        words = N_("{year}, No. {number}, version {version}")
    return say(words, language, year=stamp.year, number=stamp.number, version=stamp.version)


def _section(section: Section, language: str, notes: Notes) -> dict[str, Any]:
    return {
        "name": section.name,
        "heading": fit(section.heading),
        "level": section.level,
        "sentences": [notes.told(line, language) for line in section.sentences],
        "table": Grid.of(section.table, language, notes) if section.table else "",
    }


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as templates have it: written as a whole by itself, or row by row by a loop."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    shape: Sequence[tuple[int, bool]]

    @classmethod
    def of(cls, table: Table, language: str, notes: Notes) -> Grid:
        """The table with its cells as text."""
        title = notes.told(table.title, language)
        rows = [[notes.told(cell, language) for cell in row] for row in table.rows]
        whole = sum(column.width for column in table.columns)
        shape = [(column.width * _WIDTH_TWIPS // whole, column.prose) for column in table.columns]
        return cls(title, [column.label for column in table.columns], rows, shape)

    def __html__(self) -> str:
        """The table as OOXML, its head repeated on every page and no row torn."""
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width, _ in self.shape)
        head = self._row(self.columns, head=True)
        rows = "".join(self._row(row) for row in self.rows)
        title = _line(self.title, "center", keep=True, bold=True) if self.title else ""
        return (
            f'{title}<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/>'
            '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
            f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>{_line('', 'left')}"
        )

    def _row(self, cells: Sequence[str], *, head: bool = False) -> str:
        repeated = "<w:tblHeader/>" if head else ""
        made = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f"{_line(words, 'left' if prose and not head else 'center', bold=head)}</w:tc>"
            for words, (width, prose) in zip(cells, self.shape, strict=True)
        )
        return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{made}</w:tr>"


def _line(words: str, side: str, *, keep: bool = False, bold: bool = False) -> str:
    """A paragraph of a table, single spaced and outside of the grid of the text."""
    size = _HEAD_HALFPOINTS if bold else _SIZE_HALFPOINTS
    return (
        f"<w:p><w:pPr>{'<w:keepNext/>' if keep else ''}"
        '<w:snapToGrid w:val="0"/><w:spacing w:before="20" w:after="20" w:line="280" w:lineRule="exact"/>'
        f'<w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="{side}"/></w:pPr>'
        f'<w:r><w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(words)}</w:t></w:r></w:p>'
    )
