"""The pages of tables of names: one is handed in, and comes back with whom its rows mean."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, get_args

from fastapi import Path
from markupsafe import Markup
from nicegui import ui

from haihe.boards.accounts import Asker, may_part
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import resolution_actions
from haihe.boards.registry.answers import Turn
from haihe.boards.registry.grids import ENDINGS
from haihe.boards.registry.namesake_page import apart_words
from haihe.boards.registry.pieces_page import columns_of, files_of, switch
from haihe.boards.registry.rejects_page import rejects_table, short
from haihe.boards.registry.resolution_actions import RIGHT, Counts, Handed, Only
from haihe.kit.errors import N_, HaiheError
from haihe.kit.limits import UPLOAD_BYTES_MAX
from haihe.store.opening import the_store
from haihe.ui import choose_file, page_at, widgets
from haihe.ui.address import address, chosen
from haihe.ui.frame import frame
from haihe.ui.language import language, phrase, tr
from haihe.ui.markup import button, download_links, link, write
from haihe.ui.slots import Entry, fill
from haihe.ui.table import Cells, Column, Rows, Wanted, data_table, plain_table
from haihe.ui.widgets import answer, coverage_line, empty_state, notice, section

TABLES = "/entities/tables"
"""The address where tables of names are handed in."""

FILES = "/api/v1/resolutions"

_TITLE = N_("Names in a table")
_COLUMNS_MAX = 30
_STATES = {
    "waiting": N_("waiting"),
    "running": N_("at work"),
    "stopping": N_("being stopped"),
    "stopped": N_("stopped"),
    "done": N_("done"),
    "failed": N_("failed"),
}
_ENDED = "done", "stopped", "failed"
_TAKEN = {
    "name": N_("The name as somebody wrote it. It must be there; all other columns may be missing."),
    "region_context": N_(
        "The place it was written in, an adcode or a name: it says whose 市工信局 is meant."
    ),
    "identifier": N_("A unified social credit code, a code of the ministry of education or of a stock."),
    "address": N_("An address; it says the place where region_context does not."),
}
_ONLY = {
    "all": N_("All rows"),
    "doubtful": N_("Doubtful"),
    "nobody": N_("Nobody, or unclear"),
}


def mount() -> None:
    """Register the pages."""
    fill("nav", Entry(_TITLE, TABLES, "fact_check"), order=31)
    page_at(TABLES)(handing)
    page_at(f"{TABLES}/{{job:int}}")(handed)


async def handing() -> None:
    """Where a table is handed in, and those that somebody handed in before."""
    with frame(tr(_TITLE)):
        asker = await asker_now()
        answer(
            tr(
                N_(
                    "Hand in a table with a column name and take it back with the organisation that each row "
                    "means, how sure that is, and why."
                )
            )
        )
        if not may_part(asker, RIGHT):
            why = tr(
                N_("Tables are resolved for whoever has signed in with a role that sees the office's work.")
            )
            empty_state(
                tr(N_("Tables of names are handed in here.")), why, way=(tr(N_("Sign in")), "/sign-in")
            )
            return
        _form()
        await _mine(asker)
        with section(tr(N_("What a table has"))):
            rows = ({"column": name, "meaning": tr(words)} for name, words in _TAKEN.items())
            labels = {"column": N_("Column"), "meaning": N_("Meaning")}
            write(plain_table(columns_of(labels), rows), classes="hai-data hai-scroll")
            sample = phrase(N_("Other columns stay as they are. A sample table: {files}"), files=_sample())
            write(sample, "p", "hai-note")
        words = N_(
            "The file and what came of it are seen by whoever handed it in. The registry stays as it is."
        )
        write(tr(words), "p", "hai-coverage")


def _sample() -> Any:
    return download_links(files_of(f"{FILES}/sample"))


def _form() -> None:
    """What the names are compared with, and the button that takes a file."""
    ways = {False: tr(N_("with the registry")), True: tr(N_("with each other"))}
    with ui.element("div").classes("hai-row"):
        itself = ui.radio(ways, value=False).props("inline")
        itself.props["aria-label"] = tr(N_("What the names are compared with"))
        choose = button(tr(N_("Choose a file")), main=True)
    words = N_("CSV or xlsx of at most {size} MB. Hundreds of thousands of rows take some minutes.")
    write(tr(words, size=UPLOAD_BYTES_MAX >> 20), "p", "hai-note")

    async def take(name: str, content: bytes) -> None:
        try:
            hand_in = partial(resolution_actions.hand_in, itself=bool(itself.value))
            found = await to_thread(hand_in, the_store(), await asker_now(), content, name)
        except HaiheError as error:
            notice(error)
            return
        ui.navigate.to(f"{TABLES}/{found.job}")

    choose_file(choose, take, UPLOAD_BYTES_MAX, ENDINGS)


async def _mine(asker: Asker) -> None:
    """The tables that somebody handed in last."""
    found = await to_thread(resolution_actions.mine, the_store(), asker)
    if not found:
        return
    labels = {"file": N_("Table"), "state": N_("State"), "rows": N_("Rows"), "meant": N_("Mean somebody")}
    labels |= {"doubtful": N_("Doubtful"), "nobody": N_("Nobody, or unclear"), "bad": N_("Bad rows")}
    columns = [
        Column(name, tr(label), numeric=name not in ("file", "state")) for name, label in labels.items()
    ]
    with section(tr(N_("Your tables"))):
        write(plain_table(columns, map(_mine_cells, found)), classes="hai-data hai-scroll")


def _mine_cells(one: Handed) -> Cells:
    counts = one.counts
    told: Mapping[str, object] = {}
    if counts:
        names = ("rows", "meant", "doubtful", "nobody", "bad")
        told = {name: f"{getattr(counts, name):,}" for name in names}
        if one.itself:
            told = {**told, "meant": "", "nobody": ""}
    return {"file": link(short(one.file), f"{TABLES}/{one.job}"), "state": tr(_STATES[one.state]), **told}


async def handed(job: Annotated[int, Path(ge=1, lt=2**63)]) -> None:
    """A table that was handed in: how far it is, and what came of it."""
    with frame(tr(_TITLE)):
        asker = await asker_now()
        one = await to_thread(resolution_actions.handed_at, the_store(), asker, job)
        if one.counts is None:
            _standing(asker, one)
            return
        answer(_sentence(one.counts, one))
        await _result(asker, one, one.counts)
        words = N_("Doubtful is what is less than {share} likely.")
        coverage_line(tr(words, share=f"{resolution_actions.SURE:.0%}"), as_of=one.resolved_on)


def _standing(asker: Asker, one: Handed) -> None:
    """How far a table is, or why nothing came of it."""
    if one.state in _ENDED:
        what = tr(N_("{file} was not resolved."), file=short(one.file))
        why = tr(N_("It was stopped."))
        if one.state == "failed":
            why = tr(N_("Something went wrong here: {note}"), note=one.note)
        empty_state(what, why, way=(tr(N_("Hand in another table")), TABLES))
        return
    answer(tr(N_("{file} is being resolved."), file=short(one.file)))

    async def standing() -> widgets.Standing:
        try:
            now = await to_thread(resolution_actions.handed_at, the_store(), asker, one.job)
        except HaiheError:
            return widgets.Standing(None, "", done=True)
        words = now.note or N_("Waiting for its turn.")
        return widgets.Standing(now.progress or None, tr(words), done=now.state in _ENDED)

    stop = partial(to_thread, resolution_actions.stop, the_store(), asker, one.job)
    widgets.progress(standing, on_stop=stop, on_done=ui.navigate.reload)
    write(tr(N_("You may leave this page: the table is kept under “Your tables”.")), "p", "hai-note")


def _sentence(counts: Counts, one: Handed) -> str:
    words = N_(
        "{file}: {meant} of {rows} rows mean an organisation of the registry, {bodies} in all; doubtful "
        "rows: {doubtful}; rows of nobody known, or that cannot be told: {nobody}."
    )
    if one.itself:
        words = N_("{file}: {rows} rows name {bodies} organisations; doubtful rows: {doubtful}.")
    names = ("rows", "meant", "doubtful", "nobody", "bodies")
    numbers = {name: f"{getattr(counts, name):,}" for name in names}
    told = tr(words, file=short(one.file), **numbers)
    if counts.bad:
        told += " " + tr(N_("Bad rows: {bad}."), bad=f"{counts.bad:,}")
    return told


async def _result(asker: Asker, one: Handed, counts: Counts) -> None:
    only: Only = next((name for name in get_args(Only) if name in chosen("only")), "all")
    _switch({"all": counts.rows, "doubtful": counts.doubtful, "nobody": counts.nobody}, only)
    columns, rows = await to_thread(resolution_actions.file_of, the_store(), asker, one.job, only)

    async def fetch(wanted: Wanted) -> Rows:
        turn = Turn(wanted.offset, wanted.limit, wanted.sort, wanted.descending)
        found, total = await to_thread(resolution_actions.part_of, rows, wanted.words, turn)
        numbers = [row["entity"] for row in found if row["entity"] is not None]
        names = (
            {} if one.itself else await to_thread(resolution_actions.names_of, the_store(), asker, numbers)
        )
        return Rows([_cells(row, columns, names) for row in found], total)

    whom = N_("Group") if one.itself else N_("Organisation")
    labels = {"name": N_("Name in the table"), "entity": whom, "score": N_("Likely"), "reason": N_("Why")}
    sortable = {"name", "score", *(("entity",) if one.itself else ())}
    shown = [
        Column(name, tr(label), name == "score", sortable=name in sortable) for name, label in labels.items()
    ]
    shown += [
        Column(f"cell{at}", short(column), sortable=False, shown=False)
        for at, column in enumerate(columns[:_COLUMNS_MAX])
        if column != "name"
    ]
    files = files_of(f"{FILES}/{one.job}/rows", only=[only])
    await data_table("rows", shown, fetch, caption=tr(_ONLY[only]), downloads=files)
    if counts.bad:
        found = await to_thread(resolution_actions.rejects_of, the_store(), asker, one.job)
        rejects_table(found, download_links(files_of(f"{FILES}/{one.job}/rejects")))


def _switch(numbers: Mapping[str, int], only: str) -> None:
    """The ways to see some of the rows only."""
    counted = Markup("{} <small>{:,}</small>")
    ways = (
        (
            counted.format(tr(label), numbers[name]),
            address(only=[] if name == "all" else [name]),
            name == only,
        )
        for name, label in _ONLY.items()
    )
    switch(tr(N_("Rows")), ways)


def _cells(
    row: Mapping[str, Any], columns: Sequence[str], names: Mapping[int, tuple[str, str | None]]
) -> Cells:
    number = row["entity"]
    whom: object = ""
    if number is not None:
        whom = link(apart_words(*names[number]), f"/entity/{number}") if number in names else f"{number}"
    told = {f"cell{at}": short(row["cells"][at]) for at in range(min(len(columns), _COLUMNS_MAX))}
    score = f"{row['score']:.0%}" if number is not None else ""
    return {**told, "name": short(row["name"]), "entity": whom, "score": score, "reason": row[language()]}
