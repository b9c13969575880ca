"""Tables whose rows are fetched by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments, ValueChangeEventArguments

from haihe.kit.errors import N_
from haihe.kit.limits import PAGE_ROWS_DEFAULT, QUERY_CHARACTERS_MAX
from haihe.ui.address import chosen, keep
from haihe.ui.language import tr
from haihe.ui.markup import button, download_links, html, joined, value, write

Cells = Mapping[str, object]
"""A row: column name to Markup, text, number, date, or None for unknown; a name left out is an empty cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the rows and the address, and its heading in the reader's language."""

    name: str
    label: str
    numeric: bool = False
    sortable: bool = True
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows that a table asks for: `limit` rows from the `offset`-th, sorted, having the words."""

    offset: int = 0
    limit: int = PAGE_ROWS_DEFAULT
    sort: str | None = None
    descending: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one page, and how many there are in all."""

    rows: Sequence[Cells]
    total: int


Fetch = Callable[[Wanted], Awaitable[Rows]]

_SORT = """(event) => {
  const button = event.target.closest("button[data-column]");
  if (button) emit(button.dataset.column, button.closest("th").getAttribute("aria-sort") === "ascending");
}"""


def _numeric(column: Column) -> Markup:
    return Markup(' class="hai-numeric"') if column.numeric else Markup("")


def data_cells(columns: Iterable[Column], cells: Cells) -> Markup:
    """The cells of one row; each carries its heading, for the cards of a narrow screen."""
    return joined(
        cell for column in columns for cell in (_opening(column), value(cells.get(column.name, "")), _CLOSING)
    )


_CLOSING = Markup("</td>")


@lru_cache(maxsize=1024)
def _opening(column: Column) -> Markup:
    return html('<td data-label="{}"{}>', column.label, _numeric(column))


def head_row(columns: Iterable[Column]) -> Markup:
    """The headings of a table that does not sort."""
    return html(
        "<tr>{}</tr>",
        joined(html('<th scope="col"{}>{}</th>', _numeric(column), column.label) for column in columns),
    )


def plain_table(columns: Sequence[Column], rows: Iterable[Cells], caption: str = "") -> Markup:
    """A whole small table, such as the one beside a picture."""
    body = joined(html("<tr>{}</tr>", data_cells(columns, cells)) for cells in rows)
    title = html("<caption>{}</caption>", caption) if caption else Markup("")
    return html(
        '<table class="hai-table">{}<thead>{}</thead><tbody>{}</tbody></table>',
        title,
        head_row(columns),
        body,
    )


class DataTable:
    """A table on a page; `refresh` fetches its rows again."""

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        fetch: Fetch,
        caption: str,
        downloads: Mapping[str, str],
    ) -> None:
        self._name = name
        self._columns = list(columns)
        self._fetch = fetch
        self._wanted = self._from_address()
        self._draw(caption, downloads)

    def _from_address(self) -> Wanted:
        first = {key: (*chosen(f"{self._name}.{key}"), "")[0] for key in ("page", "sort", "words")}
        sort = first["sort"].removeprefix("-")
        page = int(first["page"]) if first["page"].isascii() and first["page"].isdigit() else 1
        return Wanted(
            offset=PAGE_ROWS_DEFAULT * max(min(page, 10**6) - 1, 0),
            sort=sort if any(column.name == sort and column.sortable for column in self._columns) else None,
            descending=first["sort"].startswith("-"),
            words=first["words"][:QUERY_CHARACTERS_MAX],
        )

    def _draw(self, caption: str, downloads: Mapping[str, str]) -> None:
        with ui.element("div").classes("hai-data"):
            with ui.element("div").classes("hai-data-tools"):
                words = tr(N_("Filter"))
                sought = ui.input(placeholder=words, value=self._wanted.words, on_change=self._filter)
                sought.props(f"dense outlined clearable debounce=300 maxlength={QUERY_CHARACTERS_MAX}")
                sought.props["aria-label"] = words
                self._choice()
                write(download_links(downloads), "span")
            with ui.element("div").classes("hai-scroll"), ui.element("table").classes("hai-table") as table:
                table.on("click", self._sort, js_handler=_SORT)
                write(caption, "caption")
                self._head = write("", "thead")
                self._body = write("", "tbody")
            with ui.element("div").classes("hai-pager"):
                self._place = ui.label().props("role=status")
                self._back = button(tr(N_("Previous")), partial(self._turn, -1))
                self._next = button(tr(N_("Next")), partial(self._turn, 1))

    def _choice(self) -> None:
        with button(tr(N_("Columns"))), ui.menu(), ui.element("div").classes("hai-columns"):
            for place, column in enumerate(self._columns):
                box = ui.checkbox(column.label, value=column.shown, on_change=partial(self._show, place))
                box.props("dense")

    async def _show(self, place: int, event: ValueChangeEventArguments[bool]) -> None:
        self._columns[place] = replace(self._columns[place], shown=event.value)
        await self.refresh()

    async def _sort(self, event: GenericEventArguments) -> None:
        column, descending = event.args
        self._wanted = replace(self._wanted, offset=0, sort=column, descending=descending)
        await self._changed()

    async def _filter(self, event: ValueChangeEventArguments[str | None]) -> None:
        self._wanted = replace(self._wanted, offset=0, words=(event.value or "").strip())
        await self._changed()

    async def _turn(self, pages: int) -> None:
        self._wanted = replace(self._wanted, offset=max(self._wanted.offset + pages * self._wanted.limit, 0))
        await self._changed()

    async def _changed(self) -> None:
        now = self._wanted
        page = now.offset // now.limit + 1
        state = {
            "page": str(page) if page > 1 else "",
            "sort": ("-" if now.descending else "") + now.sort if now.sort else "",
            "words": now.words,
        }
        keep(**{f"{self._name}.{key}": [text] if text else [] for key, text in state.items()})
        await self.refresh()

    async def refresh(self) -> None:
        """Fetch the page of rows at hand again and draw it."""
        asked = self._wanted
        got = await self._fetch(asked)
        if asked != self._wanted:
            return
        shown = [column for column in self._columns if column.shown]
        self._head.content = str(self._heads(shown))
        lines = (html("<tr>{}</tr>", data_cells(shown, cells)) for cells in got.rows)
        self._body.content = str(joined(lines))
        last = asked.offset + len(got.rows)
        self._place.text = (
            tr(N_("{first}–{last} of {total}"), first=asked.offset + 1, last=last, total=f"{got.total:,}")
            if got.rows
            else tr(N_("Nothing matches."))
        )
        self._back.set_enabled(asked.offset > 0)
        self._next.set_enabled(last < got.total)

    def _heads(self, shown: Iterable[Column]) -> Markup:
        return html("<tr>{}</tr>", joined(self._head_cell(column) for column in shown))

    def _head_cell(self, column: Column) -> Markup:
        if not column.sortable:
            return html('<th scope="col"{}>{}</th>', _numeric(column), column.label)
        order = Markup("")
        if column.name == self._wanted.sort:
            order = html(' aria-sort="{}"', "descending" if self._wanted.descending else "ascending")
        return html(
            '<th scope="col"{}{}><button type="button" data-column="{}">{}</button></th>',
            _numeric(column),
            order,
            column.name,
            column.label,
        )


async def data_table(
    name: str,
    columns: Sequence[Column],
    fetch: Fetch,
    *,
    caption: str,
    downloads: Mapping[str, str] | None = None,
) -> DataTable:
    """A table with sort, filter, columns and pages, which the address keeps under `name`.

    `fetch` gives the rows wanted and must not block; `downloads` maps a format, such as CSV, to its address.
    """
    table = DataTable(name, columns, fetch, caption, downloads or {})
    await table.refresh()
    return table
