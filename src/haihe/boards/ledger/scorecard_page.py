"""Scorecards: units, themes and jurisdictions side by side, each number with its formula and its rows."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, cells, desk_actions, scorecard_actions, views_page
from haihe.boards.ledger.records import LATE, Plan
from haihe.boards.ledger.rollup import lights_of
from haihe.boards.ledger.rows import ITEM_COLUMNS
from haihe.boards.ledger.scorecard_actions import NODES_MAX, Board, Level, Wanted
from haihe.boards.ledger.scorecards import (
    FORMULAS,
    MEASURES,
    SIGHTS,
    Rating,
    Score,
    Share,
    Sight,
    weights,
)
from haihe.kit.errors import N_
from haihe.kit.limits import TABLE_ROWS_MAX
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, tr, write

ROWS_SHOWN = 200
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""The upper bounds of the classes of the map."""

LEVELS: Mapping[Level, str] = {
    "province": N_("provinces"),
    "city": N_("cities"),
    "county": N_("counties"),
}

_HEADINGS: Mapping[Sight, str] = {
    "unit": N_("Unit"),
    "theme": N_("Theme"),
    "jurisdiction": N_("Jurisdiction"),
}
PARTS: Mapping[str, str] = {
    "on_time": MEASURES["on_time"],
    "in_order": MEASURES["in_order"],
    "reported": MEASURES["reported"],
    "forecast": N_("Forecasts kept"),
    "registers": N_("Judged by others"),
}


def mount() -> None:
    """Register the page and its place in the header."""
    look.fill("nav", look.Entry(N_("Scorecards"), "/scorecards", "leaderboard"), order=22)
    page_at("/scorecards")(scorecards)


async def scorecards(by: str = "unit", plan: int | None = None, key: str = "", of: str = "") -> None:
    """Scorecards of one register or of all; with a key and a measure, the rows behind that number."""
    asker, store = await asker_now(), the_store()
    with look.frame(tr(N_("Scorecards"))):
        sight: Sight = "theme" if by == "theme" else "jurisdiction" if by == "jurisdiction" else "unit"
        period = next(iter(look.chosen("period")), "") or desk_actions.period_now()
        frame = views_page.frame_chosen()
        level: Level = next((each for each in LEVELS if each in look.chosen("level")), "province")
        wanted = Wanted(sight, period, plan, frame.id if frame else None, level, language())
        plans = (await to_thread(actions.plans, store, asker, None, TABLE_ROWS_MAX)).rows
        if plan is None and sum(one.accepted for one in plans) > NODES_MAX:
            wanted = replace(wanted, plan=plans[0].id)
        found = await to_thread(scorecard_actions.board, store, asker, wanted)
        if not found.promises:
            why, way = (
                tr(N_("They add up what stands in plans and other registers.")),
                (tr(N_("Plans")), "/plans"),
            )
            if found.parts:
                why, way = _left_out(found), (tr(SIGHTS["unit"]), look.address(by=[]))
            look.empty_state(tr(N_("There is nothing to add up yet.")), why, way=way)
            return
        _answer(found)
        if found.parts:
            write(_left_out(found), "p", "hai-note")
        _choices(plans, wanted)
        if sight == "jurisdiction":
            _map(found, wanted)
        _table(found, wanted)
        _notes(wanted)
        if key and of in MEASURES:
            _rows(found, wanted, (key, of))
        elif key in found.ratings:
            _parts(found, found.ratings[key])
        words = N_("{promises} promises of {units} scorecards; one of several lead units counts for each.")
        facts = {"promises": len(found.promises), "units": len(found.scores)}
        look.coverage_line(tr(words, **facts), as_of=actions.today())


def _answer(found: Board) -> None:
    counts = lights_of(found.promises)
    words = N_("{promises} promises: {overdue} overdue, {behind} behind, {near} near their date.")
    look.answer(tr(words, promises=len(found.promises), **{state: counts[state] for state in LATE}))
    write(look.light_strip(counts))


def _left_out(found: Board) -> str:
    """What is not counted of registers that are not published and that the asker sees a part of."""
    words = N_(
        "Of {count} registers that are not published you see the part of your own units: they count in the "
        "scorecards of these units, and nowhere else here."
    )
    return tr(words, count=found.parts)


def _choices(plans: list[Plan], wanted: Wanted) -> None:
    """What the scorecards are of, and of which register."""
    gone: dict[str, list[str]] = {"key": [], "of": []}
    by = [(look.address(by=[name], **gone), tr(words), name == wanted.by) for name, words in SIGHTS.items()]
    every = [(look.address(plan=[], **gone), tr(N_("All registers")), wanted.plan is None)]
    every += [
        (look.address(plan=[str(one.id)], **gone), one.name, one.id == wanted.plan)
        for one in plans[:ROWS_SHOWN]
        if one.accepted
    ]
    groups = [(N_("Scorecards"), by), (N_("Register"), every)]
    if wanted.by == "jurisdiction":
        levels = LEVELS.items()
        ways = [
            (look.address(level=[name], **gone), tr(words), name == wanted.level) for name, words in levels
        ]
        groups.append((N_("Places shown"), ways))
    for label, ways in groups:
        parts = (
            Markup('<a href="{}"{}>{}</a>').format(
                href, Markup(' aria-current="true"') if here else Markup(""), words
            )
            for href, words, here in ways
        )
        block = Markup('<div role="group" aria-label="{0}"><b>{0}</b>{1}</div>')
        write(block.format(tr(label), Markup("").join(parts)), "nav", "hai-facets")


def _query(wanted: Wanted) -> dict[str, str]:
    """The scorecards asked for, as an address of the API has them."""
    known = {"by": wanted.by, "period": wanted.period, "plan": wanted.plan, "frame": wanted.frame}
    if wanted.by == "jurisdiction":
        known["level"] = wanted.level
    return {name: str(value) for name, value in known.items() if value is not None}


def _table(found: Board, wanted: Wanted) -> None:
    downloads = views_page.files("/api/v1/scorecards", _query(wanted))
    columns = [look.Column("label", tr(_HEADINGS[wanted.by])), look.Column("lights", tr(N_("Light")))]
    if found.ratings:
        columns.insert(1, look.Column("score", tr(N_("Score")), numeric=True))
    columns += [look.Column(name, tr(words), numeric=True) for name, words in MEASURES.items()]
    columns.append(look.Column("quarter", tr(N_("Since last quarter")), numeric=True))
    columns.append(look.Column("year", tr(N_("Since last year")), numeric=True))
    with look.section(tr(N_("For {period}"), period=wanted.period), look.download_links(downloads)):
        rows = (_line(found, one, wanted) for one in found.scores[:ROWS_SHOWN])
        write(look.plain_table(columns, rows), classes="hai-data hai-scroll")


def _line(found: Board, one: Score, wanted: Wanted) -> dict[str, object]:
    rating, trend = found.ratings.get(one.key), found.trends[one.key]
    return {
        "label": _name(one, wanted),
        "score": _opens(one.key, "", f"{rating.score:.1f}") if rating and rating.score is not None else None,
        "lights": look.light_strip(one.counts),
        "on_time": _share(one, "on_time", one.on_time),
        "in_order": _share(one, "in_order", one.in_order),
        "reported": _share(one, "reported", one.reported),
        "forecast": None
        if one.slip_days_mean is None
        else _opens(one.key, "forecast", f"{one.slip_days_mean:+.0f}"),
        "quarter": _points(trend.quarter),
        "year": _points(trend.year),
    }


def _name(one: Score, wanted: Wanted) -> Markup | str:
    if wanted.by == "unit":
        return link(one.label, f"/units/{one.key}")
    if wanted.by == "jurisdiction":
        return link(look.unit_mark(one.label, one.key), f"/place/{one.key}")
    if wanted.plan is not None:
        return link(one.label, f"/plan/{wanted.plan}?{urlencode({'theme': one.key, 'frame': wanted.frame})}")
    return one.label


def _opens(key: str, of: str, words: object) -> Markup:
    """A number that opens its formula and the rows that it counts."""
    href = look.address(key=[key], of=[of] if of else [])
    return Markup('<a class="hai-number" href="{}#rows">{}</a>').format(href, words)


def _share(one: Score, of: str, share: Share) -> Markup | None:
    if share.value is None:
        return None
    words = _opens(one.key, of, f"{share.value:.0%}")
    told = f"{share.part}/{share.whole}"
    if of == "on_time" and share.interval:
        low, high = share.interval
        told += f" · {low:.0%}–{high:.0%}"
    return Markup("<span>{} <small>{}</small></span>").format(words, told)


def _points(change: float | None) -> str | None:
    return None if change is None else tr(N_("{points} points"), points=f"{100 * change:+.0f}")


def _notes(wanted: Wanted) -> None:
    """How each number is worked out."""
    lines = [(tr(MEASURES[name]), tr(words, period=wanted.period)) for name, words in FORMULAS.items()]
    words = N_(
        "The share in order today, less that on the last day of the quarter before, or on this day last year."
    )
    lines.append((tr(N_("Since last quarter or year")), tr(words)))
    if wanted.by == "unit":
        given = weights()
        parts = tr(N_(", ")).join(f"{tr(PARTS[name])} {weight:g}" for name, weight in given.items())
        words = N_("Σ weight × part ÷ Σ weight of the parts that are known, out of 100. Weights: {parts}.")
        lines.append((tr(N_("Score")), tr(words, parts=parts)))
    with look.section(tr(N_("How it is worked out"))):
        look.particulars(lines)


def _rows(found: Board, wanted: Wanted, asked: tuple[str, str]) -> None:
    key, of = asked
    rows = scorecard_actions.rows_of(found, key, of)
    label = next(one.label for one in found.scores if one.key == key)
    query = {**_query(wanted), "key": key, "measure": of}
    files = look.download_links(views_page.files("/api/v1/scorecards/rows", query))
    write("", "span").props("id=rows")
    with look.section(f"{label} · {tr(PARTS[of])} · {len(rows)}", files):
        frame = views_page.frame_chosen()
        drawn = (cells.node_cells(one, frame, language()) for one in rows[:ROWS_SHOWN])
        write(views_page.table(ITEM_COLUMNS, drawn), classes="hai-data hai-scroll")


def _parts(found: Board, rating: Rating) -> None:
    """The parts of a unit's score as bars, with their weights."""
    write("", "span").props("id=rows")
    one = next(each for each in found.scores if each.key == rating.key)
    words = N_("{unit}: {score} of 100; {known} of the weights are known.")
    score = "–" if rating.score is None else f"{rating.score:.1f}"
    reasons = [
        look.Reason(
            tr(N_("{part} (weight {weight})"), part=tr(PARTS[name]), weight=f"{weights()[name]:g}"),
            part or 0.0,
            tr(N_("unknown")) if part is None else f"{part:.0%}",
        )
        for name, part in rating.parts.items()
    ]
    with look.section(tr(N_("What the score is made of"))):
        look.reason_list(tr(words, unit=one.label, score=score, known=f"{rating.known:.0%}"), reasons)


def _map(found: Board, wanted: Wanted) -> None:
    """The jurisdictions by the share of promises that are overdue, where the registry draws them."""
    if not found.scores:
        why = tr(N_("A promise counts where its lead unit lies; none of the lead units has a known place."))
        what = tr(N_("The map stands here once lead units have places."))
        look.empty_state(what, why, way=(tr(N_("Units to resolve")), "/registry/review"))
        return
    held = {one.key: one for one in found.scores}
    units = [
        look.UnitValue(adcode, name, *_late(held[adcode].counts))
        if adcode in held
        else look.UnitValue(adcode, name, None)
        for adcode, name in found.places.items()
    ]
    if units:
        title = tr(N_("Promises that are overdue, by the jurisdiction of the lead unit"))
        upper = {share: f"{share:.0%}" for share in _SHARES}
        shown = look.UnitMap(
            f"/api/v1/maps/{wanted.level}.geojson", title, units, look.Scale("overdue", upper)
        )
        look.unit_map(shown, on_press=lambda adcode: ui.navigate.to(f"/place/{adcode}"))


def _late(counts: Mapping[str, int]) -> tuple[float, str]:
    total = sum(counts.values())
    late = counts.get("overdue", 0)
    return late / total, f"{late / total:.0%} ({late}/{total})"
