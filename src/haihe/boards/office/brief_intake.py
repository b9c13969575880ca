"""What the ledger knows of a period, taken in for a brief."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from haihe.boards.ledger import Correction, Period, PeriodLight, Report, Standing
from haihe.boards.office.counts import silences_of
from haihe.boards.office.matters import LIGHTS, Ground, Matter, Mended, Request, Said, Silence, Stand
from haihe.boards.office.records import LABELS, Reason, Unit
from haihe.kit.errors import N_
from haihe.kit.words import Language, say

_CORRECTED: Mapping[str, str] = {
    "progress": N_("Progress"),
    "light": N_("Light"),
    "forecast_due_on": N_("Now expected by"),
    "note": LABELS["note"],
    "difficulty": LABELS["difficulty"],
}
"""What a brief tells of a correction, by the field of its log."""

_WORDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a plan for a brief.

    `period` is the one asked for, `before` the one before it, `months` those in it that have begun; `reports`
    those for it or a part of it, by node; `places` the kept file and the cell that a report stood in.
    """

    tree: Sequence[Standing]
    period: Period
    before: Period
    months: Sequence[Period]
    reports: Mapping[int, Sequence[Report]]
    places: Mapping[int, tuple[str, str]]
    corrections: Sequence[Correction]
    since: datetime | None


def ground_of(asked: Request, found: Found) -> Ground:
    """What a brief is made of."""
    titles = {standing.node.id: standing.node.title for standing in found.tree}
    before = {one.standing.node.id: one for one in found.before.lights}
    monthly = {one.standing.node.id: one for one in found.months[-1].lights} if found.months else {}
    matters = tuple(
        _matter(_sure(one, monthly), found, before.get(one.standing.node.id)) for one in found.period.lights
    )
    return Ground(
        asked=asked,
        on=found.period.on,
        aspects={one.node.path[0]: one.node.title for one in found.tree if one.node.parent is None},
        matters=matters,
        silences=tuple(Silence(*each) for each in silences_of(matters)),
        mended=tuple(_mended(one, titles, asked.language) for one in found.corrections),
        since=found.since,
        months=tuple((one.period, tuple(map(_stand, one.lights))) for one in found.months),
    )


def _sure(one: PeriodLight, monthly: Mapping[int, PeriodLight]) -> PeriodLight:
    """The light of a longer period: one that was not issued for it is that of its last month."""
    last = monthly.get(one.standing.node.id)
    return replace(one, issued=last.issued) if last and last.confirmed and not one.confirmed else one


def _stand(one: PeriodLight) -> Stand:
    report = one.standing.node.report
    return Stand(one.light.state, one.confirmed, report.forecast_due_on if report else None)


def _matter(one: PeriodLight, found: Found, before: PeriodLight | None) -> Matter:
    node, reports = one.standing.node, found.reports.get(one.standing.node.id, ())
    return Matter(
        node=node.id,
        place=".".join(map(str, node.path)),
        title=node.title,
        aspect=node.path[0],
        leads=tuple(Unit(share.name, share.entity) for share in node.shares if share.role == "lead"),
        due_on=node.due_on,
        stand=_stand(one),
        reason=Reason(one.light.reason, one.light.facts),
        progress=one.standing.progress,
        said=_said(reports[0], found.places) if reports else None,
        before=_stand(before) if before else None,
        source_id=node.source_id,
    )


def _said(report: Report, places: Mapping[int, tuple[str, str]]) -> Said:
    sha256, at = places.get(report.id, (None, None))
    return Said(
        report.id, report.reported_on, report.note, report.forecast_due_on, report.difficulty, sha256, at
    )


def latest_of(found: Iterable[Mapping[int, Sequence[Report]]]) -> dict[int, list[Report]]:
    """The reports for several periods by node, the latest first."""
    held: dict[int, list[Report]] = {}
    for reports in found:
        for node, each in reports.items():
            held.setdefault(node, []).extend(each)
    for each in held.values():
        each.sort(key=lambda report: (report.reported_on, report.id), reverse=True)
    return held


def _mended(one: Correction, titles: Mapping[int, str], language: Language) -> Mended:
    then, now = (_fields(values, language) for values in (one.before or {}, one.after))
    changed = [name for name in now if then.get(name) != now[name]]
    nothing = say(N_("none"), language)
    before, after = (
        "；".join(f"{say(_CORRECTED[name], language)} {held.get(name, nothing)}" for name in changed)
        for held in (then, now)
    )
    title = titles.get(one.node, f"{one.node}")
    return Mended(one.id, one.node, title, one.period, before, after, one.reason, one.at)


def _fields(values: Mapping[str, Any], language: Language) -> dict[str, str]:
    found = {name: values[name] for name in _CORRECTED if values.get(name) not in {None, ""}}
    return {name: _told(name, value, language)[:_WORDS_MAX] for name, value in found.items()}


def _told(name: str, value: Any, language: Language) -> str:
    if name == "progress":
        return f"{value:.0%}"
    return say(LIGHTS[value], language) if name == "light" and value in LIGHTS else str(value)
