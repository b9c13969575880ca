"""A brief as HTML: part of a page of the site, or a file of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from haihe.boards.office.briefs import Brief, Figure, Section, Sentence, Stamp, Table, figures_in, shown
from haihe.boards.office.paper import numbered, stamped
from haihe.boards.office.spans import dated
from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.words import say


def html_of(brief: Brief, stamp: Stamp) -> str:
    """A brief as a file that shows in any browser, its notes at the end."""
    language = "zh-CN" if brief.language == "zh" else "en"
    style = resources.text("boards/office/brief.css")
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(brief.title)}</title><style>{style}</style></head>"
        f"<body>{part_of(brief, stamp, site=False)}</body></html>\n"
    )


def part_of(brief: Brief, stamp: Stamp, *, site: bool = True) -> str:
    """A brief as part of a page; on the site a figure opens its source, elsewhere its note."""
    return f'<article class="brief">{"".join(_Writer(brief, site=site).parts(stamp))}</article>'


class _Writer:
    """Writes a brief, numbering its notes as it goes."""

    def __init__(self, brief: Brief, *, site: bool) -> None:
        self._brief, self._site, self._notes = brief, site, 0

    def parts(self, stamp: Stamp) -> Iterator[str]:
        """The whole of it."""
        brief = self._brief
        if words := stamped(brief, stamp):
            yield f'<p class="stamp">{escape(words)}</p>'
        if stamp.issuer:
            yield f'<p class="issuer">{escape(stamp.issuer)}</p>'
            yield f'<p class="number">{escape(numbered(stamp, brief.language))}</p>'
        yield f"<h1>{escape(brief.title)}</h1><p>{self._told(brief.headline)}</p>"
        for section in brief.sections:
            yield from self._section(section)
        if stamp.issuer and stamp.on:
            yield f'<p class="signature">{escape(stamp.issuer)}<br>{dated(stamp.on, brief.language)}</p>'
        heading = escape(say(N_("Notes"), brief.language))
        yield f"<h2>{heading}</h2><ol>{''.join(_notes(brief))}</ol>"

    def _section(self, section: Section) -> Iterator[str]:
        yield f"<h{section.level + 1}>{escape(section.heading)}</h{section.level + 1}>"
        for line in section.sentences:
            yield f"<p>{self._told(line)}</p>"
        if section.table:
            yield self._table(section.table)

    def _table(self, table: Table) -> str:
        title = f"<caption>{self._told(table.title)}</caption>" if table.title else ""
        head = "".join(f'<th scope="col">{escape(column.label)}</th>' for column in table.columns)
        rows = "".join(f"<tr>{self._row(row, table)}</tr>" for row in table.rows)
        return (
            '<div class="hai-data hai-scroll"><table>'
            f"{title}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def _row(self, row: Sequence[Sentence], table: Table) -> str:
        return "".join(
            f'<td class="{"prose" if column.prose else ""}">{self._told(cell)}</td>'
            for cell, column in zip(row, table.columns, strict=True)
        )

    def _told(self, words: Sentence) -> str:
        return "".join(escape(part) if isinstance(part, str) else self._figure(part) for part in words)

    def _figure(self, figure: Figure) -> str:
        self._notes += 1
        words, note, key = escape(shown(figure, self._brief.language)), escape(figure.note), figure.source.id
        mark = f'<sup><a id="mark-{self._notes}" href="#note-{self._notes}">{self._notes}</a></sup>'
        if self._site:
            number = (
                f'<a class="hai-number" href="/source/{key}" data-source="{key}" title="{note}">{words}</a>'
            )
            return f"{number}{mark}"
        return f"{words}{mark}"


def _notes(brief: Brief) -> Iterator[str]:
    for number, figure in enumerate(figures_in(brief), 1):
        yield f'<li id="note-{number}">{escape(figure.note)} <a href="#mark-{number}">↩</a></li>'
