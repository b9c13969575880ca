"""My work (我的填报): what a unit has to report for a period, the most urgent first, and the form for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from haihe.boards.ledger.checks import NOTE_CHARACTERS_MAX
from haihe.boards.ledger.forms import box_html, forecast_box
from haihe.boards.ledger.records import Standing
from haihe.boards.ledger.units import by_urgency, finished_on, is_finished
from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.periods import first_day_of, last_day_of
from haihe.kit.words import say


@dataclass(frozen=True, slots=True)
class Work:
    """What units have to do in a period: what waits for a report, and what was reported on."""

    period: str
    waiting: tuple[Standing, ...]
    reported: tuple[Standing, ...]


def is_asked(standing: Standing, period: str) -> bool:
    """Whether a promise is to be reported on for a period: it was not finished before that."""
    if standing.node.start_on and standing.node.start_on > last_day_of(period):
        return False
    if not is_finished(standing):
        return True
    done = finished_on(standing)
    return done is not None and done >= first_day_of(period)


def work_of(asked: Sequence[Standing], period: str, reported: Collection[int]) -> Work:
    """What is asked for a period; `reported` are the nodes with a report for it."""
    return Work(
        period,
        tuple(by_urgency(one for one in asked if one.node.id not in reported)),
        tuple(by_urgency(one for one in asked if one.node.id in reported)),
    )


def form_of(standing: Standing, period: str, on: date, language: str) -> str:
    """The form for a promise as HTML, filled with its progress; its report speaks for a day."""
    node, report = standing.node, standing.node.report
    percent = round(100 * standing.progress) if standing.progress is not None else None
    words = {
        "progress": N_("Progress in per cent"),
        "note": N_("What was done"),
        "difficulty": N_("Difficulties, help needed"),
        "send": N_("Save and go on"),
    }
    return resources.text("boards/ledger/desk.html").format(
        node=node.id,
        period=period,
        day=on,
        percent="" if percent is None else percent,
        at=percent or 0,
        forecast=box_html(forecast_box(report, on, language)),
        longest=NOTE_CHARACTERS_MAX,
        **{name: escape(say(template, language)) for name, template in words.items()},
    )
