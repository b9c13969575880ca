"""The sections of a brief that count: how a plan stands, by aspect, unit and month, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from haihe.boards.office.briefs import Column, Figure, Section, Sentence, Table, sentence
from haihe.boards.office.handouts import is_collective
from haihe.boards.office.matters import LATE, LIGHTS, Ground, Matter, Stand, count_of, lights_of, number_of
from haihe.boards.office.records import Unit
from haihe.boards.office.spans import dated, named
from haihe.kit.errors import N_
from haihe.kit.words import say

_NARROW, _WIDE = 8, 22


def headline_of(ground: Ground) -> Sentence:
    """The sentence that opens a brief; its figures are confirmed ones."""
    language = ground.asked.language
    sure = [one for one in ground.matters if one.stand.confirmed]
    facts: dict[str, object] = {"day": dated(ground.on, language), **figures_of(ground)}
    facts["plan"] = ground.asked.plan_name
    if not sure:
        words = N_(
            "As of {day}, {plan} has {items} items; none of their lights is confirmed, so those below, "
            "worked out by rule, are marked as not confirmed."
        )
        return sentence(words, language, **facts)
    words = N_(
        "As of {day}, {plan} has {items} items, of which {confirmed} have a confirmed light: {overdue} "
        "overdue, {behind} behind, {near} near their date, {on_track} on track, {unknown} unknown."
    )
    return sentence(words, language, **facts | _by_light(ground, sure)) + _turned(ground, sure)


def _turned(ground: Ground, sure: Iterable[Matter]) -> Sentence:
    """What became late and what no longer is, among items confirmed in this period and the one before."""
    language = ground.asked.language
    both = [(one, one.before) for one in sure if one.before and one.before.confirmed]
    if not both:
        return ()
    late = [one for one, before in both if one.late and before.light not in LATE]
    mended = [one for one, before in both if not one.late and before.light in LATE]
    return sentence(
        N_(" Against the period before, {late} became overdue or behind, and {mended} no longer are."),
        language,
        late=count_of(ground, late, say(N_("newly overdue or behind"), language)),
        mended=count_of(ground, mended, say(N_("no longer overdue or behind"), language)),
    )


def _by_light(ground: Ground, matters: Sequence[Matter]) -> dict[str, Figure]:
    return {
        light: count_of(
            ground,
            [one for one in matters if one.stand.light == light],
            say(words, ground.asked.language),
            f"?light={light}",
        )
        for light, words in LIGHTS.items()
    }


def figures_of(ground: Ground) -> dict[str, Figure]:
    """The counts of a brief by name, for its sentences and for templates."""
    language, matters = ground.asked.language, ground.matters
    reported = sum(one.said is not None for one in matters)
    confirmed = sum(one.stand.confirmed for one in matters)
    late = [one for one in matters if one.late]
    return {
        "items": number_of(ground, len(matters), say(N_("all items"), language)),
        "reported": number_of(ground, reported, say(N_("reported on for the period"), language)),
        "confirmed": number_of(ground, confirmed, say(N_("with a confirmed light"), language)),
        "late": count_of(ground, late, say(N_("overdue or behind"), language)),
        **_by_light(ground, matters),
    }


def overview(ground: Ground) -> Section:
    """How all items stand, confirmed or not."""
    language, period = ground.asked.language, named(ground.asked.period, ground.asked.language)
    figures = figures_of(ground)
    words = N_(
        "Of all {items} items {overdue} are overdue, {behind} behind, {near} near their date and {on_track} "
        "on track; of {unknown} the light is unknown. {reported} were reported on for {period}."
    )
    lines = [sentence(words, language, period=period, **figures)]
    before = [one.before for one in ground.matters if one.before]
    if before:
        late = [stand for stand in before if stand.light in LATE]
        what = say(N_("overdue or behind in the period before"), language)
        unsure = sum(not stand.confirmed for stand in late)
        then = number_of(ground, len(late), what, unconfirmed=unsure)
        words = N_("Overdue or behind are {late} items; in the period before they were {before}.")
        lines.append(sentence(words, language, late=figures["late"], before=then))
    return Section("overview", say(N_("How it stands"), language), tuple(lines))


def aspects(ground: Ground) -> Section:
    """The lights by aspect."""
    language = ground.asked.language
    groups = {
        title: [one for one in ground.matters if one.aspect == root] for root, title in ground.aspects.items()
    }
    table = _lit(ground, N_("Aspect"), groups, say(N_("Lights by aspect"), language))
    return Section("aspects", say(N_("By aspect"), language), (), table)


def units(ground: Ground) -> Section:
    """The lights by lead unit, the one with most overdue and behind first."""
    language = ground.asked.language
    groups = _led(ground.matters)
    order = sorted(
        groups, key=lambda name: (-sum(one.late for one in groups[name]), -len(groups[name]), name)
    )
    table = _lit(
        ground,
        N_("Lead unit"),
        {name: groups[name] for name in order},
        say(N_("Lights by lead unit"), language),
    )
    words = N_("An item of several lead units is counted for each of them.")
    return Section("units", say(N_("By unit"), language), ((say(words, language),),), table)


def _led(matters: Iterable[Matter]) -> dict[str, list[Matter]]:
    found: dict[str, list[Matter]] = {}
    for one in matters:
        for unit in one.leads:
            found.setdefault(unit.name, []).append(one)
    return found


def _lit(ground: Ground, label: str, groups: Mapping[str, Sequence[Matter]], title: str) -> Table:
    """How many items of each group show each light, how many are unconfirmed, and what changed."""
    language = ground.asked.language
    labels = (N_("Items"), *LIGHTS.values(), N_("To confirm"), N_("Late: change"))
    columns = [Column(say(label, language), _WIDE, prose=True)]
    columns += [Column(say(words, language), _NARROW) for words in labels]
    what = say(N_("by light, and overdue or behind against the period before"), language)
    rows = [((name,), *((f"{cell}",) for cell in _cells(group))) for name, group in groups.items()]
    heading = number_of(ground, 0, say(N_("{title}, {what}"), language, title=title, what=what))
    return Table((Figure(title, heading.note, heading.source),), tuple(columns), tuple(rows))


def _cells(group: Sequence[Matter]) -> list[object]:
    counts = lights_of(one.stand for one in group)
    known = [(one, one.before) for one in group if one.before]
    change = sum(one.late - (before.light in LATE) for one, before in known)
    unsure = sum(not one.stand.confirmed for one in group)
    return [len(group), *(counts[light] for light in LIGHTS), unsure, f"{change:+}" if change else 0]


def trend(ground: Ground) -> Section:
    """The lights at the end of each month gone by."""
    language, months = ground.asked.language, ground.months
    columns = [Column(say(N_("Month"), language), 20)]
    labels = (N_("Items"), *LIGHTS.values(), N_("To confirm"))
    columns += [Column(say(words, language), 10) for words in labels]
    rows = [((named(month, language),), *((cell,) for cell in _month(stands))) for month, stands in months]
    title = say(N_("Lights at the end of each month"), language)
    basis = number_of(ground, 0, title)
    table = Table((Figure(title, basis.note, basis.source),), tuple(columns), tuple(rows))
    lines: list[Sentence] = []
    if len(months) > 1:
        (first, start), (last, end) = months[0], months[-1]
        words = N_(
            "Overdue or behind were {before} items at the end of {first} and {after} at that of {last}."
        )
        facts = {"before": _late(ground, first, start), "after": _late(ground, last, end)}
        months_named = {"first": named(first, language), "last": named(last, language)}
        lines.append(sentence(words, language, **facts, **months_named))
    return Section("trend", say(N_("How it went"), language), tuple(lines), table)


def _month(stands: Sequence[Stand]) -> list[str]:
    counts = lights_of(stands)
    unsure = sum(not stand.confirmed for stand in stands)
    return [f"{cell}" for cell in (len(stands), *(counts[light] for light in LIGHTS), unsure)]


def _late(ground: Ground, month: str, stands: Sequence[Stand]) -> Figure:
    late = [stand for stand in stands if stand.light in LATE]
    language = ground.asked.language
    what = say(N_("overdue or behind at the end of {month}"), language, month=named(month, language))
    return number_of(ground, len(late), what, unconfirmed=sum(not stand.confirmed for stand in late))


def silent(ground: Ground) -> Section:
    """The units that have not reported on all they lead."""
    language, found = ground.asked.language, ground.silences
    heading, period = say(N_("Units that have not reported"), language), named(ground.asked.period, language)
    if not found:
        words = N_("Every unit has reported on all it leads for {period}.")
        return Section("silent", heading, (sentence(words, language, period=period),))
    nothing = [one for one in found if not one.reported]
    words = N_("{units} units have not reported in full for {period}, {nothing} of them on nothing.")
    what = say(N_("units that have not reported in full for {period}"), language, period=period)
    facts = {"units": number_of(ground, len(found), what), "nothing": number_of(ground, len(nothing), what)}
    labels = (N_("Items to report on"), N_("Reported"), N_("Not reported"))
    columns = [Column(say(N_("Lead unit"), language), 40, prose=True)]
    columns += [Column(say(words, language), 20) for words in labels]
    rows = tuple(
        ((one.unit.name,), (f"{one.items}",), (f"{one.reported}",), (f"{one.items - one.reported}",))
        for one in found
    )
    title = number_of(ground, 0, what)
    table = Table((Figure(heading, title.note, title.source),), tuple(columns), rows)
    return Section("silent", heading, (sentence(words, language, period=period, **facts),), table)


def unknown(ground: Ground) -> Section:
    """What the brief does not know, and where its footnotes lead."""
    language, figures = ground.asked.language, figures_of(ground)
    unsure = [one for one in ground.matters if not one.stand.confirmed]
    nobody = [one for one in ground.matters if all(is_collective(unit) for unit in one.leads)]
    sorts = (
        (len(ground.silences), N_("{count} units have not reported in full.")),
        (figures["unknown"], N_("Of {count} items the light is unknown.")),
        (
            number_of(ground, len(unsure), say(N_("with a light that is not confirmed"), language)),
            N_("The light of {count} items is not confirmed; it is the one that the rule gives."),
        ),
        (
            count_of(ground, nobody, say(N_("without a lead unit of its own"), language)),
            N_("{count} items name no lead unit, or only a class of units."),
        ),
    )
    lines = [sentence(words, language, count=count) for count, words in sorts if _number(count)]
    if not lines:
        lines.append((say(N_("Every unit has reported, and every light is known and confirmed."), language),))
    lines.append((say(N_("The addresses in the footnotes are those of the items in Haihe."), language),))
    return Section("unknown", say(N_("What is not known"), language), tuple(lines))


def _number(count: Figure | int) -> int:
    return int(count.words) if isinstance(count, Figure) else count


def silences_of(matters: Iterable[Matter]) -> list[tuple[Unit, int, int]]:
    """Lead units that have not reported on all their open items: items and how many have a report."""
    found: dict[str, tuple[Unit, int, int]] = {}
    for one in matters:
        if one.finished and one.said is None:
            continue
        for unit in one.leads:
            if not is_collective(unit):
                _, items, reported = found.get(unit.key, (unit, 0, 0))
                found[unit.key] = (unit, items + 1, reported + (one.said is not None))
    return [each for each in found.values() if each[2] < each[1]]
