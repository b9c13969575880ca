"""The page where a table is loaded into the registry: what it would bring, its bad rows, and the deed."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import PurePath

from nicegui import ui

from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.marking_actions import exported
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import load_actions, templates
from haihe.boards.registry.answers import Outcome, Tally, Upload
from haihe.boards.registry.grids import ENDINGS
from haihe.boards.registry.load_actions import RIGHT
from haihe.boards.registry.pieces_page import columns_of, files_of
from haihe.boards.registry.rejects import COLUMNS, cells_of, told_of
from haihe.boards.registry.rejects_page import rejects_table, short
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_, HaiheError, Reject
from haihe.kit.limits import TEXT_BYTES_MAX
from haihe.kit.sheets import SheetFormat, sheet
from haihe.store.opening import the_store
from haihe.ui import choose_file, page_at
from haihe.ui.address import address, chosen
from haihe.ui.frame import frame
from haihe.ui.language import language, phrase, tr
from haihe.ui.markup import button, download_links, link, write
from haihe.ui.slots import Entry, fill
from haihe.ui.table import Column, plain_table
from haihe.ui.widgets import answer, empty_state, notice, refusal, section

LOADS = "/entities/loads"
"""The address where tables are loaded."""

_TITLE = N_("Load a table")
_KIND = "company"
_WOULD = N_(
    "{file}: {added} would be added and {changed} changed, {unchanged} are as they are; bad rows: {bad}."
)
_DONE = N_(
    "{file} is loaded: {added} were added and {changed} changed, {unchanged} were as they are; "
    "bad rows: {bad}."
)


def mount() -> None:
    """Register the page."""
    fill("nav", Entry(_TITLE, LOADS, "upload_file"), order=32)
    page_at(LOADS)(loads)


async def loads() -> None:
    """What is loaded, of which kind, and from which columns."""
    with frame(tr(_TITLE)):
        asker = await asker_now()
        words = N_(
            "Bring organisations, figures, dated values or ties in: you see what would change before it does."
        )
        answer(tr(words))
        if not may(asker, RIGHT):
            why = tr(
                N_("Tables are loaded by stewards and administrators; ask one of them, or for that role.")
            )
            way = None if asker.account else (tr(N_("Sign in")), "/sign-in")
            empty_state(tr(N_("Tables are loaded here.")), why, way=way)
            return
        kinds = {name: words[language()] for name, words in templates.loadable().items()}
        kind = next((one for one in chosen("kind") if one in kinds), _KIND)
        _form(kinds, kind)
        await _past(asker, kinds)
        _columns(kind, kinds[kind])
        words = N_(
            "All good rows are stored together or not at all, and every value has the row or the sentence it "
            "came from as its source."
        )
        write(tr(words), "p", "hai-coverage")


def _form(kinds: Mapping[str, str], kind: str) -> None:
    """What the rows are, the button that takes a file, and the place for what it would bring."""
    with ui.element("div").classes("hai-row"):
        label = tr(N_("What its rows are"))
        with ui.column().classes("gap-0"):
            write(label, "small")
            choice = ui.select(dict(kinds), value=kind).props("dense outlined options-dense")
        choice.props["aria-label"] = label
        choice.on_value_change(lambda event: ui.navigate.to(address(kind=[event.value])))
        choose = button(tr(N_("Choose a file")), main=True)
    words = N_("CSV or xlsx of at most {size} MB. Nothing is stored before you confirm it.")
    write(tr(words, size=TEXT_BYTES_MAX >> 20), "p", "hai-note")
    place = ui.element("div").props("role=status").style("display: grid; gap: 1rem")

    async def take(name: str, content: bytes) -> None:
        await _show(place, Upload(name, content, kind))

    choose_file(choose, take, TEXT_BYTES_MAX, ENDINGS)


async def _show(place: ui.element, upload: Upload) -> None:
    """What a file would bring, and the button that brings it."""
    place.clear()
    with place:
        write(tr(N_("{file} is being looked through."), file=short(upload.name)), "p", "hai-note")
    try:
        look = partial(load_actions.load_file, dry=True)
        found = await to_thread(look, the_store(), await asker_now(), upload)
    except HaiheError as error:
        place.clear()
        with place:
            refusal(error)
        return
    total = _total(found)
    with _drawn(place, upload, found):
        if total.moved:
            words = tr(N_("Load the good rows: {count}"), count=f"{total.moved + total.unchanged:,}")
            button(words, partial(_load, place, upload, total), main=True)
        else:
            write(tr(N_("There is nothing to load: no good row says anything new.")), "p", "hai-note")


async def _load(place: ui.element, upload: Upload, shown: Tally) -> None:
    """Load a table and say what that did, and where that is not what was shown before."""
    try:
        done = await to_thread(load_actions.load_file, the_store(), await asker_now(), upload)
    except HaiheError as error:
        notice(error)
        return
    with _drawn(place, upload, done):
        kind = f"?kind={upload.kind}" if upload.kind not in templates.KINDS else ""
        write(link(tr(N_("To the list")), f"/entities{kind}"), "span")
        if _total(done) != shown:
            words = N_(
                "Somebody changed the registry in between, so this is not quite what was shown before."
            )
            write(tr(words), "p", "hai-note")


@contextmanager
def _drawn(place: ui.element, upload: Upload, found: Outcome) -> Iterator[None]:
    """What a load did or would do, as a sentence; what can be done now, and its bad rows."""
    total = _total(found)
    rejects = [one for rows in found.rejects.values() for one in rows]
    numbers = {name: f"{getattr(total, name):,}" for name in ("added", "changed", "unchanged")}
    bad = f"{len({one.row for one in rejects}):,}"
    place.clear()
    with place:
        words = _DONE if found.stored else _WOULD
        write(tr(words, file=short(upload.name), bad=bad, **numbers), "p", "hai-answer")
        with ui.element("div").classes("hai-row"):
            yield
            if rejects:
                button(tr(N_("Bad rows as CSV")), partial(_save, upload.name, rejects, "csv"))
                button(tr(N_("Bad rows as xlsx")), partial(_save, upload.name, rejects, "xlsx"))
        if rejects:
            rejects_table(rejects)


def _total(found: Outcome) -> Tally:
    return sum(found.counts.values(), Tally())


async def _save(file: str, rejects: Sequence[Reject], form: SheetFormat) -> None:
    content = sheet(COLUMNS, cells_of(told_of(rejects, language())), form)
    asker, of = await asker_now(), ("loads", language())
    content = await to_thread(exported, the_store(), asker, content, form, of)
    ui.download.content(content, f"{PurePath(file).stem}.rejects.{form}")


async def _past(asker: Asker, kinds: Mapping[str, str]) -> None:
    """The tables that were loaded last."""
    found = await to_thread(load_actions.past, the_store(), asker)
    if not found:
        return
    labels = {"file": N_("Table"), "kind": N_("Kind"), "by": N_("Loaded by"), "at": N_("Loaded on")}
    numbers = {"added": N_("Added"), "changed": N_("Changed"), "bad": N_("Bad rows")}
    columns = columns_of(labels) + [Column(name, tr(label), numeric=True) for name, label in numbers.items()]
    rows = (
        {
            "file": short(one.file),
            "kind": kinds.get(one.kind, one.kind),
            "by": one.by,
            "at": day_in_region(one.at),
            **{name: f"{getattr(one, name):,}" for name in numbers},
        }
        for one in found
    )
    with section(tr(N_("Loaded last"))):
        write(plain_table(columns, rows), classes="hai-data hai-scroll")


def _columns(kind: str, words: str) -> None:
    """The columns of a kind's table with what they mean, and an empty one to fill in."""
    labels = {"column": N_("Column"), "must": N_("Must be there"), "meaning": N_("Meaning")}
    rows = (
        {"column": one.name, "must": tr(N_("yes")) if one.required else "", "meaning": one.meaning}
        for one in templates.headings_of(kind, language())
    )
    empty = download_links(files_of(f"/api/v1/loads/templates/{kind}"))
    with section(tr(N_("Columns: {kind}"), kind=words), phrase(N_("Empty table: {files}"), files=empty)):
        write(plain_table(columns_of(labels), rows), classes="hai-data hai-scroll")
