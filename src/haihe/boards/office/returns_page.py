"""The part of the office's page that shows what came back, and takes it in."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.marking_actions import exported
from haihe.boards.ledger import REASON_CHARACTERS_MAX
from haihe.boards.office import actions
from haihe.boards.office.records import Inbox, Merge, Wanted
from haihe.boards.office.rows import (
    DIFFERENCE_COLUMNS,
    FILE_LABELS,
    LOCKED,
    DifferenceRow,
    MergeRow,
    cell_of,
    merge_row,
    table_of,
)
from haihe.kit.errors import N_, HaiheError
from haihe.kit.sheets import sheet
from haihe.store.opening import the_store
from haihe.ui import language, link, tr, write

_DIFFERENCES_SHOWN = 200
_CHOICES_SHOWN = 50
_OUTCOME_MARKS: Mapping[str, str] = {"conflict": "◆", "apply": "✓", "reject": "✗"}
_NUMERIC = {"items", "reported", "workdays_left"}
_SUBMIT = "(event) => { event.preventDefault(); emit(Object.fromEntries(new FormData(event.target))); }"


@dataclass(slots=True)
class Desk:
    """What stands open on the page: the returns that were handed in, and what was chosen among them."""

    asker: Asker
    plan: int
    period: str
    inbox: Inbox | None = None
    chosen: dict[int, str] = field(default_factory=dict)
    reason: str = ""

    @property
    def wanted(self) -> Wanted:
        """Which of the returns count."""
        chosen = frozenset(filter(None, self.chosen.values()))
        return Wanted(self.plan, self.period, chosen, reason=self.reason)


async def show(desk: Desk, place: ui.element) -> None:
    """What the returns would change, in the place for it."""
    assert desk.inbox
    try:
        found = await to_thread(actions.preview, the_store(), desk.asker, desk.inbox, desk.wanted)
    except HaiheError as error:
        look.notice(error)
        return
    row = merge_row(found, language())
    place.clear()
    with place, look.section(tr(N_("What came back"))):
        words = N_(
            "{files} files: {reports} items would be reported on, {conflicts} wait for a choice, {rejects} "
            "cells are not taken, {unchanged} rows are known already."
        )
        choices = _choices(row.differences)
        facts = {"files": len(row.files), "reports": row.reports, "conflicts": len(choices)}
        write(tr(words, rejects=row.outcomes["reject"], unchanged=row.unchanged, **facts), "p", "hai-answer")
        if row.locked and row.reports:
            _correct(desk, found, place)
        with ui.element("div").classes("hai-row"):
            if row.reports and not row.locked:
                deed = partial(_apply, desk, found, place)
                look.button(tr(N_("Report on {count} items"), count=row.reports), deed, main=True)
            if desk.chosen:
                words = tr(N_("Undo {count} choices"), count=len(desk.chosen))
                look.button(words, partial(_unchoose, desk, place))
            if row.differences:
                look.button(tr(N_("All differences as xlsx")), partial(_save, desk, row))
        if row.missing:
            write(tr(N_("Nothing came back from: {names}"), names="、".join(row.missing)), "p")
        _files(row)
        _conflicts(desk, choices, place)
        _differences(row)


def _correct(desk: Desk, found: Merge, place: ui.element) -> None:
    """The form that takes what came back for a locked period as corrections."""
    write(tr(LOCKED, period=found.period), "p")
    if not may(desk.asker, "publish"):
        write(tr(N_("Only who issues lights may correct; hand the files on.")), "p", "hai-note")
        return
    box = Markup(
        "<label>{}<input name=reason maxlength={} required></label><button class=hai-button>{}</button>"
    )
    words = tr(N_("Correct {count} items"), count=len(found.reports))
    form = write(box.format(tr(N_("Reason")), REASON_CHARACTERS_MAX, words), "form", "hai-form")

    async def send(event: GenericEventArguments) -> None:
        desk.reason = event.args["reason"].strip()
        await _apply(desk, found, place)

    form.on("submit", send, js_handler=_SUBMIT)


async def _apply(desk: Desk, found: Merge, place: ui.element) -> None:
    assert desk.inbox
    try:
        done = await to_thread(
            actions.collect, the_store(), desk.asker, desk.inbox, desk.wanted, found.digest
        )
    except HaiheError as error:
        look.notice(error)
        await show(desk, place)
        return
    words = N_("{count} items are corrected.") if done.locked else N_("{count} items are reported on.")
    look.notice(tr(words, count=len(done.reports)))
    ui.timer(1.5, ui.navigate.reload, once=True)


async def _save(desk: Desk, row: MergeRow) -> None:
    content = sheet(*table_of(row.differences, DIFFERENCE_COLUMNS, language()), "xlsx")
    of = f"plan/{desk.plan}", language()
    content = await to_thread(exported, the_store(), desk.asker, content, "xlsx", of)
    ui.download.content(content, f"{row.plan_name}-{row.period}-{tr(N_('differences'))}.xlsx")


def _files(row: MergeRow) -> None:
    """The files that were not read, and why."""
    odd = [file for file in row.files if file.outcome != "read"]
    if odd:
        labels = {"name": N_("File"), "outcome": N_("What became of it"), "reason": N_("Why")}
        cells = (
            {
                "name": file.name,
                "outcome": tr(FILE_LABELS[file.outcome]),
                "reason": f"{file.reason} {file.advice}",
            }
            for file in odd
        )
        table(labels, cells)


def _choices(differences: Iterable[DifferenceRow]) -> dict[int, dict[str, list[DifferenceRow]]]:
    """The rows in conflict by item and choice."""
    found: dict[int, dict[str, list[DifferenceRow]]] = {}
    for one in differences:
        if one.choice and one.node is not None:
            found.setdefault(one.node, {}).setdefault(one.choice, []).append(one)
    return found


def _conflicts(
    desk: Desk, choices: Mapping[int, Mapping[str, list[DifferenceRow]]], place: ui.element
) -> None:
    """Each item in conflict with its rows to choose from; nothing is chosen unless somebody does."""
    if len(choices) > 1:
        with ui.element("div").classes("hai-row"):
            for file, chosen in _by_file(choices).items():
                words = tr(N_("Take all {count} of {file}"), count=len(chosen), file=file)
                look.button(words, partial(_choose_all, desk, chosen, place))
    for node, rows in list(choices.items())[:_CHOICES_SHOWN]:
        first = next(iter(rows.values()))[0]
        with look.card(first.title, href=f"/item/{node}"):
            write(first.reason, "p", "hai-note")
            radio = Markup('<label><input type=radio name="row" value="{}"> {}</label>')
            lines = [radio.format(choice, _told(cells)) for choice, cells in rows.items()]
            button = Markup("<button class=hai-button>{}</button>").format(tr(N_("Take this one")))
            form = write(Markup("").join([*lines, button]), "form", "hai-fields")
            form.style("max-width: 100%; align-items: flex-start")
            form.on("submit", partial(_choose, desk, node, place), js_handler=_SUBMIT)
    if len(choices) > _CHOICES_SHOWN:
        words = N_("{count} more items wait for a choice; they follow once these are chosen.")
        write(tr(words, count=len(choices) - _CHOICES_SHOWN), "p", "hai-note")


def _by_file(choices: Mapping[int, Mapping[str, list[DifferenceRow]]]) -> dict[str, dict[int, str]]:
    """The rows in conflict that each file has, by item."""
    found: dict[str, dict[int, str]] = {}
    for node, rows in choices.items():
        for choice, cells in rows.items():
            found.setdefault(cells[0].file, {})[node] = choice
    return found


async def _choose_all(desk: Desk, chosen: Mapping[int, str], place: ui.element) -> None:
    desk.chosen |= chosen
    await show(desk, place)


def _told(cells: Iterable[DifferenceRow]) -> Markup:
    """A row as one line: unit, file and what it says."""
    said = Markup(" · ").join(
        Markup("{} {}<b>{}</b>").format(
            cell_of(one, "column", language()), f"{one.was} → " if one.was else "", one.becomes
        )
        for one in cells
    )
    one = next(iter(cells))
    return Markup("{} <small>({} {})</small>: {}").format(one.unit, one.file, one.at, said)


async def _choose(desk: Desk, node: int, place: ui.element, event: GenericEventArguments) -> None:
    if "row" in event.args:
        desk.chosen[node] = event.args["row"]
        await show(desk, place)


async def _unchoose(desk: Desk, place: ui.element) -> None:
    desk.chosen = {}
    await show(desk, place)


def _differences(row: MergeRow) -> None:
    shown = [one for one in row.differences if one.outcome != "conflict"]
    if not shown:
        return
    with look.section(tr(N_("Every difference"))):
        if len(shown) > _DIFFERENCES_SHOWN:
            words = N_("The first {shown} of {count} are shown; the file has all.")
            write(tr(words, shown=_DIFFERENCES_SHOWN, count=len(shown)), "p", "hai-note")
        labels = {name: words for name, words in DIFFERENCE_COLUMNS.items() if name != "file"}
        table(labels, ({name: _cell(one, name) for name in labels} for one in shown[:_DIFFERENCES_SHOWN]))


def _cell(one: DifferenceRow, column: str) -> object:
    words = cell_of(one, column, language())
    if column == "outcome":
        return f"{_OUTCOME_MARKS[one.outcome]} {words}"
    if column == "at":
        return Markup('<span title="{}">{}</span>').format(one.file, words)
    return link(words, f"/item/{one.node}") if column == "title" and one.node else words


def table(labels: Mapping[str, str], cells: Iterable[look.Cells]) -> None:
    """A table of the office under its headings."""
    columns = [look.Column(name, tr(label), numeric=name in _NUMERIC) for name, label in labels.items()]
    write(look.plain_table(columns, cells), classes="hai-data hai-scroll")
