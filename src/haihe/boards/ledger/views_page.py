"""What the ways of looking at a register share: who asks, what is asked for, and how a cell is drawn."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker
from haihe.boards.ledger import actions, cells, records
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.rollup import lights_of, promises_in
from haihe.boards.ledger.summary import matching
from haihe.boards.ledger.themes import frames
from haihe.kit.errors import N_
from haihe.kit.limits import QUERY_CHARACTERS_MAX
from haihe.ui import language, link, number_link, phrase, tr, write
from haihe.ui.theme import LIGHTS

_CARRIED = ("light", "stage", "theme", "frame", "unit", "q")
_VIEWS: Mapping[str, tuple[str, str]] = {
    "tree": (N_("Tree"), ""),
    "stages": (N_("Stages"), "view=stages"),
    "timeline": (N_("Timeline"), "/timeline"),
    "calendar": (N_("Calendar"), "/calendar"),
}

_DRAWN: Mapping[type, Callable[[Any], Markup]] = {
    cells.Link: lambda one: link(one.text, one.href),
    cells.Cited: lambda one: number_link(one.text, one.source_id),
    cells.Lamp: lambda one: look.light(one.state, one.reason),
    cells.Bar: lambda one: look.share_bar(one.share, _of(one)),
    cells.Labels: lambda one: look.chips(one.labels),
    cells.Sample: lambda _: look.sample_mark(),
    tuple: lambda parts: look.joined(map(drawn, parts), " "),
}


def _of(one: cells.Bar) -> Markup | None:
    """A progress in words with how much it is made of; None where it is a node's own."""
    if one.share is None or one.of is None:
        return None
    part, whole = one.of
    title = tr(
        N_("The weighted mean of what is known below: {part} of {whole} report a progress."),
        part=part,
        whole=whole,
    )
    words = tr(N_("{part}/{whole} reported"), part=part, whole=whole)
    return Markup('<span title="{}">{:.0%} <small>{}</small></span>').format(title, one.share, words)


def drawn(content: object) -> Markup:
    """What a cell holds as the look has it; several things stand beside each other."""
    return _DRAWN.get(type(content), look.value)(content)


def files(path: str, query: Mapping[str, object] = {}, **others: str) -> dict[str, str]:
    """The addresses of a list as CSV and xlsx, and of what else it can be taken away as."""
    named = {"CSV": "csv", "xlsx": "xlsx"}
    return {
        name: f"{path}?{urlencode({**query, 'format': form}, doseq=True)}" for name, form in named.items()
    } | others


def table(labels: Mapping[str, str], found: Iterable[cells.Cells], numeric: Iterable[str] = ()) -> Markup:
    """A table of the columns that one of its rows fills."""
    rows = list(found)
    shown = [name for name in labels if any(row.get(name, "") not in ("", None) for row in rows)]
    columns = [look.Column(name, tr(labels[name]), numeric=name in set(numeric)) for name in shown]
    return look.plain_table(columns, ({name: drawn(row.get(name, "")) for name in shown} for row in rows))


def folded(labels: Mapping[str, str], found: Iterable[cells.Cells], downloads: Mapping[str, str]) -> None:
    """The table that stands beside a picture, folded away, and its files."""
    rows, shown = list(found), Markup("<span></span>")
    if rows:
        words = tr(N_("The same as a table"))
        block = Markup("<details><summary>{}</summary><div class=hai-scroll>{}</div></details>")
        shown = block.format(words, table(labels, rows))
    write(shown + look.download_links(downloads), classes="hai-numbers")


def frame_chosen() -> records.Frame | None:
    """The frame whose themes are shown: the one in the address, else the first."""
    known = {one.id: one for one in frames()}
    return known.get(next(iter(look.chosen("frame")), ""), next(iter(known.values()), None))


def asked() -> dict[str, Sequence[str]]:
    """What the address asks for, to be carried to another way of looking."""
    query: dict[str, Sequence[str]] = {
        name: given for name in _CARRIED if (given := tuple(filter(None, look.chosen(name))))
    }
    frame = frame_chosen()
    return query | ({"frame": [frame.id]} if frame and "theme" in query else {})


def sought() -> records.Sought:
    """Which promises the address asks for, in the words that the tree takes too."""
    frame = frame_chosen()
    themes = [f"{frame.id}:{theme}" for theme in look.chosen("theme")] if frame else []
    unit, words = (next(filter(None, look.chosen(name)), None) for name in ("unit", "q"))
    return records.Sought(
        themes,
        look.chosen("light"),
        unit,
        words=words and words[:QUERY_CHARACTERS_MAX],
        stages=look.chosen("stage"),
    )


async def register(store: Any, who: Asker, plan: int) -> tuple[records.Plan, list[records.Standing]]:
    """A register and how its nodes stand today, with its title drawn; raises NotFound."""
    held = await to_thread(actions.plan_at, store, who, plan)
    ui.page_title(held.name)
    write(drawn(cells.titled(cells.Link(held.name, f"/plan/{plan}"), held.tier)), "h1")
    return held, await to_thread(actions.tree_of, store, who, plan, actions.today())


def views(plan: int, here: str) -> None:
    """The ways of looking at a register, each with what is asked for; `here` is the one shown."""
    query = urlencode(asked(), doseq=True)
    parts = []
    for name, (words, where) in _VIEWS.items():
        path, own = (f"/plan/{plan}{where}", "") if where.startswith("/") else (f"/plan/{plan}", where)
        address = "?".join(filter(None, (path, "&".join(filter(None, (own, query))))))
        current = Markup(' aria-current="true"') if name == here else Markup("")
        parts.append(Markup('<a href="{}"{}>{}</a>').format(address, current, tr(words)))
    parts.append(link(tr(N_("Scorecards")), f"/scorecards?plan={plan}"))
    block = Markup('<div role="group" aria-label="{0}"><b>{0}</b>{1}</div>')
    write(block.format(tr(N_("View")), Markup("").join(parts)), "nav", "hai-facets")


def filters(held: records.Plan, found: Sequence[records.Standing]) -> list[records.Standing]:
    """The filters of a register, and the promises that are left of it."""
    promises, kind = promises_in(found), kinds()[held.kind]
    counts = lights_of(promises)
    lights = {name: (tr(face.word), counts.get(name, 0)) for name, face in LIGHTS.items()}
    groups = cells.facets(kind, promises, lights, frame_chosen(), language())
    shown = [look.Facet(*group) for group in groups if group[0] != "view"]
    if unit := look.chosen("unit"):
        shown.append(look.Facet("unit", tr(N_("Unit")), [(name, name, None) for name in unit[:1]]))
    look.facets(shown)
    return matching(promises, sought())


def sentence(count: int, counts: Mapping[str, int]) -> Markup:
    """How many promises are shown, and how many of them are late."""
    words = N_("{promises} promises: {overdue} overdue, {behind} behind, {near} near their date.")
    late = {state: link(counts.get(state, 0), look.address(light=[state])) for state in records.LATE}
    return phrase(words, promises=count, **late)
