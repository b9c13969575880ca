"""The sections of a brief that go item by item: done, put off, late, due, corrected, and to be decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from haihe.boards.office.briefs import (
    Column,
    Figure,
    Section,
    Sentence,
    Table,
    agenda_max,
    rows_max,
    sentence,
)
from haihe.boards.office.matters import (
    LIGHTS,
    Ground,
    Light,
    Matter,
    Mended,
    count_of,
    day_of,
    due_next,
    item_figure,
    leads_of,
    light_figure,
    number_of,
    share_of,
    worst_first,
)
from haihe.boards.office.spans import dated, named
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.kit.periods import neighbour
from haihe.kit.source import Source
from haihe.kit.words import say

_WORDS_MAX = 160


@dataclass(frozen=True, slots=True)
class _Cell:
    """A column of a table of items: its heading, share of the width, what it says, whether it is prose."""

    label: str
    width: int
    said: Callable[[Ground, Matter], Sentence]
    prose: bool = False


def _reason(ground: Ground, one: Matter) -> Sentence:
    return (say(one.reason.words, ground.asked.language, **one.reason.facts),)


def _words(ground: Ground, one: Matter) -> Sentence:
    if one.said is None:
        return (say(N_("not reported"), ground.asked.language),)
    between = "" if ground.asked.language == "zh" else " "
    words = between.join(filter(None, (one.said.note, one.said.difficulty)))
    short = words if len(words) <= _WORDS_MAX else f"{words[: _WORDS_MAX - 1]}…"
    return (short or say(N_("no words"), ground.asked.language),)


def _then(ground: Ground, one: Matter) -> Sentence:
    before = one.before.forecast_on if one.before else None
    return day_of(before or one.due_on, ground.asked.language)


def _now(ground: Ground, one: Matter) -> Sentence:
    return day_of(one.said.forecast_on if one.said else None, ground.asked.language)


_CELLS: Mapping[str, _Cell] = {
    "title": _Cell(N_("Item"), 30, lambda _, one: (f"{one.place} {one.title}",), prose=True),
    "leads": _Cell(N_("Lead unit"), 20, lambda at, one: (leads_of(one, at.asked.language),), prose=True),
    "due": _Cell(N_("By when"), 15, lambda at, one: day_of(one.due_on, at.asked.language)),
    "progress": _Cell(N_("Progress"), 11, lambda at, one: share_of(one, at.asked.language)),
    "light": _Cell(N_("Light"), 14, lambda at, one: (light_figure(at, one),)),
    "reason": _Cell(N_("Why"), 28, _reason, prose=True),
    "words": _Cell(N_("In the unit's words"), 30, _words, prose=True),
    "then": _Cell(N_("Expected before"), 15, _then),
    "now": _Cell(N_("Expected now"), 15, _now),
    "slip": _Cell(N_("Later by (d)"), 12, lambda at, one: (item_figure(at, one, f"{one.slip_days}"),)),
}
"""What tables of items can say, by the name of the column."""


def _table(ground: Ground, matters: Sequence[Matter], names: Sequence[str]) -> Table | None:
    if not matters:
        return None
    cells, language = [_CELLS[name] for name in names], ground.asked.language
    columns = tuple(Column(say(cell.label, language), cell.width, cell.prose) for cell in cells)
    rows = tuple(tuple(cell.said(ground, one) for cell in cells) for one in matters)
    return Table((), columns, rows)


def _rest(ground: Ground, count: int, what: str, query: str = "") -> tuple[Sentence, ...]:
    """That so many more items are not in a table, and where they are."""
    rest = count - rows_max()
    if rest <= 0:
        return ()
    words = N_("The table has the first {shown}; {rest} more are in Haihe.")
    facts = {"shown": rows_max(), "rest": number_of(ground, rest, what, query)}
    return (sentence(words, ground.asked.language, **facts),)


def done(ground: Ground) -> Section:
    """What was done in the period by what the units say, the late items first."""
    language = ground.asked.language
    heading, what = say(N_("What was done"), language), say(N_("reported on for the period"), language)
    found = worst_first(one for one in ground.matters if one.said)
    kept = [one for one in found if one.finished]
    if not found:
        return Section("done", heading, ((say(N_("Nothing was reported for the period."), language),),))
    words = N_("{count} items were reported on, {finished} of them as finished; the late ones stand first.")
    finished = count_of(ground, kept, say(N_("reported as finished"), language))
    line = sentence(words, language, count=count_of(ground, found, what), finished=finished)
    table = _table(ground, found[: rows_max()], ("title", "leads", "words", "progress", "light"))
    return Section("done", heading, (line, *_rest(ground, len(found), what)), table)


def slips(ground: Ground) -> Section:
    """The items that are now expected later than was said before."""
    language = ground.asked.language
    heading, what = say(N_("Put off"), language), say(N_("expected later than before"), language)
    found = sorted(
        (one for one in ground.matters if (one.slip_days or 0) > 0 and not one.finished),
        key=lambda one: -(one.slip_days or 0),
    )
    if not found:
        return Section("slips", heading, ((say(N_("No forecast was put off."), language),),))
    words = N_("{count} items are expected later than was said before, at most by {days} d.")
    longest = item_figure(ground, found[0], f"{found[0].slip_days}")
    line = sentence(words, language, count=count_of(ground, found, what), days=longest)
    names = ("title", "leads", "due", "then", "now", "slip")
    table = _table(ground, found[: rows_max()], names)
    return Section("slips", heading, (line, *_rest(ground, len(found), what)), table)


def overdue(ground: Ground) -> tuple[Section, ...]:
    """Every overdue item with the reason and the unit's own words, unit by unit."""
    return _named(ground, "overdue", say(N_("Overdue items"), ground.asked.language))


def behind(ground: Ground) -> tuple[Section, ...]:
    """Every item that is behind, likewise."""
    return _named(ground, "behind", say(N_("Items that are behind"), ground.asked.language))


def _named(ground: Ground, light: Light, heading: str) -> tuple[Section, ...]:
    language = ground.asked.language
    found = worst_first(one for one in ground.matters if one.stand.light == light)
    if not found:
        return (Section(light, heading, ((say(N_("There are none."), language),),)),)
    units: dict[str, list[Matter]] = {}
    for one in found:
        units.setdefault(leads_of(one, language), []).append(one)
    count = count_of(ground, found, say(LIGHTS[light], language), f"?light={light}")
    words = N_("There are {count}; the unit that leads most of them stands first.")
    parts = [
        Section("unit", unit, (), _table(ground, held, ("title", "reason", "words", "light")), level=2)
        for unit, held in sorted(units.items(), key=lambda each: (-len(each[1]), each[0]))
    ]
    return Section(light, heading, (sentence(words, language, count=count),)), *parts


def due(ground: Ground) -> Section:
    """What is due in the period that follows."""
    language, found = ground.asked.language, due_next(ground)
    period = named(neighbour(ground.asked.period, 1), language)
    heading = say(N_("Due in {period}"), language, period=period)
    if not found:
        return Section("due", heading, ((say(N_("There are none."), language),),))
    words = N_("{count} items that are not finished are due in {period}.")
    line = sentence(words, language, count=count_of(ground, found, heading), period=period)
    table = _table(ground, found[: rows_max()], ("title", "leads", "due", "progress", "light"))
    return Section("due", heading, (line, *_rest(ground, len(found), heading)), table)


def corrections(ground: Ground) -> Section:
    """What was corrected in locked periods since the last brief."""
    language, found = ground.asked.language, ground.mended
    heading = say(N_("Corrections"), language)
    since = dated(day_in_region(ground.since), language) if ground.since else ""
    words = N_("No correction was made.") if not since else N_("No correction was made since {since}.")
    if not found:
        return Section("corrections", heading, (sentence(words, language, since=since),))
    count = number_of(ground, len(found), heading)
    words = N_("{count} corrections were made to locked periods.")
    labels = ((N_("Item"), 28), (N_("Was"), 18), (N_("Becomes"), 18), (N_("Reason"), 24), (N_("Made on"), 14))
    columns = tuple(
        Column(say(label, language), width, prose=place < 4) for place, (label, width) in enumerate(labels)
    )
    rows = tuple(_mended(ground, one) for one in found)
    return Section(
        "corrections", heading, (sentence(words, language, count=count),), Table((), columns, rows)
    )


def _mended(ground: Ground, one: Mended) -> tuple[Sentence, ...]:
    language, address = ground.asked.language, f"/item/{one.node}"
    words = N_("Correction {number} for {period}. See {address}")
    facts = {"number": f"{one.number}", "period": named(one.period, language), "address": address}
    source = Source(
        "judgement", quote=one.reason, url=address, read_on=day_in_region(one.at), tier=ground.asked.tier
    )
    figure = Figure(f"{day_in_region(one.at)}", say(words, language, **facts), source)
    return (one.title,), (one.before,), (one.after,), (one.reason,), (figure,)


def agenda(ground: Ground) -> tuple[Section, ...]:
    """The late items as points of an agenda, each with the decision that is asked for; then the others."""
    language = ground.asked.language
    heading, what = say(N_("Points to decide"), language), say(N_("overdue or behind"), language)
    found = worst_first(one for one in ground.matters if one.late)
    if not found:
        return (Section("agenda", heading, ((say(N_("No item is late."), language),),)),)
    words = N_("{count} items are overdue or behind; the {shown} longest overdue are put to the meeting.")
    shown = found[: agenda_max()]
    line = sentence(words, language, count=count_of(ground, found, what), shown=len(shown))
    points = (_point(ground, one) for one in shown)
    rest = found[agenda_max() : agenda_max() + rows_max()]
    others = say(N_("Other late items"), language)
    table = _table(ground, rest, ("title", "leads", "due", "progress", "light"))
    more = _rest(ground, len(found) - agenda_max(), what, "?light=overdue")
    last = (Section("others", others, more, table, level=2),) if rest else ()
    return (Section("agenda", heading, (line,)), *points, *last)


def _point(ground: Ground, one: Matter) -> Section:
    language = ground.asked.language
    facts = {
        "leads": leads_of(one, language),
        "due": day_of(one.due_on, language),
        "progress": share_of(one, language),
        "light": light_figure(ground, one),
        "reason": _reason(ground, one),
        "words": _words(ground, one),
    }
    lines = [
        sentence(
            N_("Led by {leads}; due {due}; progress {progress}; light: {light}. {reason}"), language, **facts
        )
    ]
    if one.said:
        lines.append(sentence(N_("The unit says: {words}"), language, **facts))
    lines.append(
        sentence(N_("The meeting is asked to decide: {wanted}"), language, wanted=_decision(one, language))
    )
    return Section("point", f"{one.place} {one.title}", tuple(lines), level=2)


def _decision(one: Matter, language: str) -> str:
    """What the meeting is asked, by what is known of the item."""
    said = one.said
    if said is None:
        return say(N_("by when the lead unit reports, and how the item goes on."), language)
    if said.difficulty:
        words = N_("how the difficulty is solved: {difficulty}")
        return say(words, language, difficulty=said.difficulty)
    if said.forecast_on and one.due_on and said.forecast_on > one.due_on:
        words = N_("whether {forecast} is accepted as the new date, or by what means {due} is kept.")
        return say(words, language, forecast=said.forecast_on, due=one.due_on)
    return say(N_("by which date the item is finished, and by what means."), language)
