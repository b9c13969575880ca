"""The page of foreign tables: what the columns of a file are taken for, what that changes, its undoing."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

import yaml
from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments

from haihe import ui as look
from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.marking_actions import exported
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import mapping_actions, preview_actions
from haihe.boards.office.amounts import YUAN
from haihe.boards.office.form_page import table
from haihe.boards.office.intake import FILE_BYTES_MAX
from haihe.boards.office.mapping import Column, Scheme, as_yaml
from haihe.boards.office.mapping_intake import schemes
from haihe.boards.office.preview_actions import Mapped, Preview, Upload
from haihe.boards.office.previews import (
    EFFECT_LABELS,
    REJECT_COLUMNS,
    PreviewRow,
    ShapeRow,
    rejects_of,
    target_label,
)
from haihe.boards.office.sheet_intake import DOCUMENTS, WORKBOOKS
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_, HaiheError
from haihe.kit.limits import NAME_CHARACTERS_MAX, TABLE_ROWS_MAX
from haihe.kit.sheets import sheet
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

_ROWS_SHOWN = 200
_BEFORE_SHOWN = 8
_UNSURE = 0.75
_CHOSEN = """(event) => {
  const box = event.target;
  if (box.dataset.part) emit(box.dataset.shape, Number(box.dataset.column), box.dataset.part, box.value);
}"""
_PRESSED = "(event) => { if (event.target.dataset.uptake) emit(Number(event.target.dataset.uptake)); }"
_STACKED = "display: grid; gap: 1.5rem; grid-template-columns: minmax(0, 1fr)"
_HEAD = "background: color-mix(in srgb, var(--accent) 14%, transparent)"


@dataclass(slots=True)
class _Desk:
    """What stands open on the page: the file, where it is to go, and what is shown of it."""

    asker: Asker
    place: ui.element
    upload: Upload | None = None
    into: str = ""
    period: str = ""
    kind: str = ""

    @property
    def wanted(self) -> Upload:
        assert self.upload
        period, kind = self.period.strip() or None, self.kind or None
        return replace(self.upload, into=self.into.strip(), period=period, kind=kind, language=language())


def mount() -> None:
    """Register the page, and its place in the header."""
    look.fill("nav", look.Entry(N_("Foreign tables"), "/office/map", "table_view"), order=26)
    page_at("/office/map")(map_table)


async def map_table(into: str = "") -> None:
    """A table that somebody else made, on its way into a register."""
    asker = await asker_now()
    with look.frame(tr(N_("Foreign tables"))):
        require(asker, "review_draft")
        words = N_("A table of tasks or projects in any layout becomes a plan: choose it, check, confirm.")
        look.answer(tr(words))
        desk = _Desk(asker, ui.element("div").classes("hai-fill").style(_STACKED), into=into)
        await _wishes(desk)
        desk.place.move(target_index=-1)
        await _uptakes(asker)
        words = N_("Read are {endings}, at most {size} MB each. Nothing is stored before you confirm it.")
        endings = ", ".join((*WORKBOOKS, *DOCUMENTS))
        look.coverage_line(tr(words, endings=endings, size=FILE_BYTES_MAX >> 20), as_of=ledger.today())


async def _wishes(desk: _Desk) -> None:
    """The file, the register that it is for, and the period that it reports on."""
    found = await to_thread(ledger.plans, the_store(), desk.asker, None, TABLE_ROWS_MAX)

    async def take(name: str, content: bytes) -> None:
        desk.upload = Upload(name, content)
        await _show(desk)

    with ui.element("div").classes("hai-row"):
        look.choose_file(look.button(tr(N_("Choose a file"))), take, FILE_BYTES_MAX)
        with ui.column().classes("gap-0"):
            write(tr(N_("Into the register")), "small")
            names = [one.name for one in found.rows]
            into = ui.input(autocomplete=names).bind_value(desk, "into")
        with ui.column().classes("gap-0"):
            write(tr(N_("Kind, where it is new")), "small")
            labels = {name: kind.label[language()] for name, kind in ledger.offered().items()}
            kind = ui.select({"": tr(N_("the likeliest")), **labels}).bind_value(desk, "kind")
        with ui.column().classes("gap-0"):
            write(tr(N_("Reports on the period")), "small")
            period = ui.input(placeholder="2026-11").bind_value(desk, "period")
        for box, label in ((into, N_("Into the register")), (kind, N_("Kind, where it is new"))):
            box.props("outlined dense").props["aria-label"] = tr(label)
        into.props(f"maxlength={NAME_CHARACTERS_MAX}")
        period.props("outlined dense maxlength=7").props["aria-label"] = tr(N_("Reports on the period"))
        look.button(tr(N_("Show again")), partial(_show, desk))


async def _show(desk: _Desk) -> None:
    """What the file would change, in the place for it."""
    if desk.upload is None:
        look.notice(tr(N_("Choose a file first.")))
        return
    try:
        found = await to_thread(preview_actions.preview, the_store(), desk.asker, desk.wanted)
    except HaiheError as error:
        desk.place.clear()
        with desk.place:
            look.refusal(error)
        return
    row = preview_actions.row_of(found, language())
    desk.place.clear()
    with desk.place:
        _sentence(desk, found, row)
        for mapped, shape in zip(found.mapped, row.shapes, strict=True):
            _columns(desk, found, mapped, shape)
            _first_rows(mapped, shape)
        _after(row)
        _changes(row)
        _rejects(row)


def _sentence(desk: _Desk, found: Preview, row: PreviewRow) -> None:
    words = N_(
        "{file}: {tables} tables with {rows} rows; {new} items would be new and {changed} changed, {rejects} "
        "cells cannot be read."
    )
    tables = [one for shape in row.shapes for one in shape.tables]
    facts = {"file": row.file, "tables": len(tables), "rows": sum(one.rows for one in tables)}
    counts = {"new": row.counts["new"], "changed": row.counts["changed"], "rejects": len(row.rejects)}
    write(tr(words, **facts, **counts), "p", "hai-answer")
    moved = row.counts["new"] + row.counts["changed"]
    with ui.element("div").classes("hai-row"):
        if moved or row.reports:
            name = desk.into.strip() or tr(N_("a register"))
            words = N_("Take up {count} items into {name}")
            look.button(tr(words, count=moved, name=name), partial(_take_up, desk, found), main=True)
        look.button(tr(N_("Mapping as YAML")), partial(_save, found))
        if row.rejects:
            look.button(tr(N_("Cells that cannot be read, as xlsx")), partial(_save_rejects, desk, row))
    if row.reported:
        words = N_("{reported} rows say how things stand; name the period, and they are reported.")
        if row.reports is not None:
            words = N_(
                "Of {reported} rows that say how things stand {reports} are reported, {conflicts} wait."
            )
        facts = {"reported": row.reported, "reports": row.reports or 0, "conflicts": row.conflicts}
        write(tr(words, **facts), "p", "hai-note")


async def _take_up(desk: _Desk, found: Preview) -> None:
    try:
        done = await to_thread(mapping_actions.take_up, the_store(), desk.asker, desk.wanted, found.digest)
    except HaiheError as error:
        look.notice(error)
        return
    desk.place.clear()
    with desk.place:
        words = N_("{plan} has taken up {file}.")
        plan = link(desk.into.strip(), f"/plan/{done.plan}")
        write(phrase(words, plan=plan, file=desk.wanted.name), "p", "hai-answer")
        if done.uptake is not None:
            look.button(tr(N_("Take it back")), partial(_take_back, desk.asker, done.uptake))


async def _take_back(asker: Asker, uptake: int) -> None:
    try:
        await to_thread(mapping_actions.take_back, the_store(), asker, uptake)
    except HaiheError as error:
        look.notice(error)
        return
    ui.navigate.reload()


def _save(found: Preview) -> None:
    kept = yaml.safe_dump(as_yaml([one.mapping for one in found.mapped]), allow_unicode=True, sort_keys=False)
    ui.download.content(kept.encode(), f"{found.upload.name}.yaml")


async def _save_rejects(desk: _Desk, row: PreviewRow) -> None:
    content = sheet(*rejects_of(row, language()), "xlsx")
    of = f"plan/{row.plan}" if row.plan else "office/tables", language()
    content = await to_thread(exported, the_store(), desk.asker, content, "xlsx", of)
    ui.download.content(content, f"{row.file}.rejects.xlsx")


def _columns(desk: _Desk, found: Preview, mapped: Mapped, shape: ShapeRow) -> None:
    """What each column is taken for, with a choice for each."""
    scheme = schemes()[found.kind]
    names = "、".join(one.sheet for one in shape.tables)
    labels = {
        "heading": N_("Column heading"),
        "target": N_("Taken for"),
        "sure": N_("How sure"),
        "samples": N_("First cells"),
    }
    with look.section(tr(N_("Columns of {sheets}"), sheets=names)):
        for wrong in shape.sums_wrong:
            write(f"◆ {wrong.words}", "p")
        for note in _notes(shape):
            write(note, "p", "hai-note")
        cells = (
            {
                "heading": one.heading or Markup("–"),
                "target": _choice(mapped, place, scheme),
                "sure": Markup("<div>{} {:.0%}<br><small>{}</small></div>").format(
                    "●" if one.sure >= _UNSURE else "◆", one.sure, one.reason
                ),
                "samples": Markup("<small>{}</small>").format(" ／ ".join(filter(None, one.samples))[:120]),
            }
            for place, one in enumerate(shape.columns)
        )
        with ui.element("div") as held:
            table(labels, cells)
        held.on("change", partial(_chosen, desk, found), js_handler=_CHOSEN)


def _notes(shape: ShapeRow) -> Iterable[str]:
    """What is out of the ordinary in the tables."""
    for one in shape.tables:
        told = {
            N_("{sheet}: rows {numbers} add others up and are left out."): one.sums,
            N_("{sheet}: the header comes again in rows {numbers}."): one.again,
            N_("{sheet}: rows {numbers} are hidden, and read all the same."): one.hidden_rows,
            N_("{sheet}: columns {numbers} are hidden, and read all the same."): one.hidden_columns,
        }
        for words, numbers in told.items():
            if numbers:
                yield tr(words, sheet=one.sheet, numbers="、".join(map(str, numbers)))


def _choice(mapped: Mapped, place: int, scheme: Scheme) -> Markup:
    """The choice of what a column is taken for, and of an amount its unit."""
    column, shape = mapped.mapping.columns[place], mapped.mapping.shape
    targets = [(name, target_label(scheme, name, language())) for name in scheme.targets]
    boxes = [_select(shape, place, ("target", tr(N_("Taken for"))), targets, column.target)]
    if scheme.fields.get(column.target) == "money":
        units = [("", tr(N_("which unit?"))), *((unit, unit) for unit in YUAN)]
        boxes.append(_select(shape, place, ("unit", tr(N_("Unit"))), units, column.unit or ""))
    return Markup("<div>{}</div>").format(Markup(" ").join(boxes))


def _select(
    shape: str, place: int, part: tuple[str, str], options: Iterable[tuple[str, str]], value: str
) -> Markup:
    drawn = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            name, Markup(" selected") if name == value else "", words
        )
        for name, words in options
    )
    box = Markup('<select data-shape="{}" data-column="{}" data-part="{}" aria-label="{}" {}>{}</select>')
    return box.format(shape, place, *part, Markup('style="max-width: 11rem"'), drawn)


async def _chosen(desk: _Desk, found: Preview, event: GenericEventArguments) -> None:
    """Take a column for something else, and show what that changes."""
    shape, place, part, value = event.args
    held = {one.mapping.shape: one.mapping for one in found.mapped}
    column: Column = held[shape].columns[place]
    target, unit = (value, column.unit) if part == "target" else (column.target, value or None)
    desk.upload = replace(desk.wanted, mappings={**held, shape: held[shape].changed(place, target, unit)})
    desk.kind = found.kind
    await _show(desk)


def _first_rows(mapped: Mapped, shape: ShapeRow) -> None:
    """The first rows as they stand in the file, the header marked."""
    found = mapped.tables[0]
    cell = Markup("<td>{}</td>")
    lines = [
        Markup('<tr><th scope="row">{}</th><td colspan="{}">{}</td></tr>').format(
            "", len(found.headings), " ".join(one.shown for one in found.titles)
        )
    ] * bool(found.titles)
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(one.heading) for one in shape.columns)
    rows = "–".join(dict.fromkeys((str(found.head[0]), str(found.head[-1]))))
    lines.append(Markup('<tr style="{}"><th scope="row">{}</th>{}</tr>').format(_HEAD, rows, head))
    for row in found.rows[:_BEFORE_SHOWN]:
        words = Markup("").join(
            cell.format(row.cells[place].shown if place in row.cells else "") for place in found.headings
        )
        mark = {"sum": "Σ", "group": "▾"}.get(row.kind, "")
        lines.append(Markup('<tr><th scope="row">{} {}</th>{}</tr>').format(row.number, mark, words))
    with look.section(tr(N_("First rows as they stand"))):
        body = Markup('<table class="hai-table" style="min-width: 60rem"><tbody>{}</tbody></table>').format(
            Markup("").join(lines)
        )
        write(body, classes="hai-scroll").style("max-width: calc(100vw - 2rem)")


def _after(row: PreviewRow) -> None:
    """The first rows as they are read."""
    labels = {
        "number": N_("Number"),
        "level": N_("Level"),
        "title": N_("Title"),
        "values": N_("What it says"),
    }
    cells = (
        {
            "number": one.number,
            "level": one.level,
            "title": one.title,
            "values": Markup("<div>{}</div>").format(
                Markup("<br>").join(
                    Markup("<small>{}</small> {}").format(*pair) for pair in one.values.items()
                )
            ),
        }
        for one in row.entries[:_BEFORE_SHOWN]
    )
    with look.section(tr(N_("First rows as they are read"))):
        table(labels, cells)


def _changes(row: PreviewRow) -> None:
    if not (shown := [one for one in row.changes if one.effect in {"new", "changed"}]):
        return
    labels = {"effect": N_("Effect"), "number": N_("Number"), "title": N_("Title"), "what": N_("Difference")}
    with look.section(tr(N_("What would change"))):
        if len(shown) > _ROWS_SHOWN:
            words = N_("The first {shown} of {count} are shown.")
            write(tr(words, shown=_ROWS_SHOWN, count=len(shown)), "p", "hai-note")
        cells = (
            {
                "effect": tr(EFFECT_LABELS[one.effect]),
                "number": one.number,
                "title": one.title,
                "what": "；".join(one.differences),
            }
            for one in shown[:_ROWS_SHOWN]
        )
        table(labels, cells)


def _rejects(row: PreviewRow) -> None:
    if row.rejects:
        with look.section(tr(N_("Cells that cannot be read; their rows are not taken"))):
            cells = (
                {"cell": one.cell, "value": one.value, "reason": one.reason}
                for one in row.rejects[:_ROWS_SHOWN]
            )
            table(dict(REJECT_COLUMNS), cells)


async def _uptakes(asker: Asker) -> None:
    """What was taken up last, with a button that takes it back."""
    found = await to_thread(mapping_actions.uptakes, the_store(), asker)
    if not found:
        return
    labels = {
        "at": N_("Taken up on"),
        "file": N_("File"),
        "items": N_("Items"),
        "by": N_("By"),
        "undo": N_("Undone on"),
    }
    button = Markup('<button class="hai-button" type="button" data-uptake="{}">{}</button>')
    cells = (
        {
            "at": day_in_region(one.at),
            "file": link(one.file, f"/plan/{one.plan}"),
            "items": tr(N_("{new} new, {changed} changed"), new=len(one.new), changed=len(one.changed)),
            "by": one.by,
            "undo": day_in_region(one.undone_at)
            if one.undone_at
            else button.format(one.id, tr(N_("Take it back"))),
        }
        for one in found
    )
    with look.section(tr(N_("Taken up before"))), ui.element("div") as held:
        table(labels, cells)
    held.on("click", lambda event: _take_back(asker, int(event.args)), js_handler=_PRESSED)
