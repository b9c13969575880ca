"""A brief of the state of a plan: its title, its headline, and the sections of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from haihe.boards.office import agenda, counts
from haihe.boards.office.briefs import Brief, BriefKind, Section, definition_of
from haihe.boards.office.matters import Ground
from haihe.boards.office.spans import named
from haihe.kit.errors import N_
from haihe.kit.words import Language, say

TITLES: Mapping[BriefKind, str] = {
    "month": N_("{plan}: brief for {period}"),
    "quarter": N_("{plan}: quarterly brief for {period}"),
    "circular": N_("Circular on the progress of {plan} in {period}"),
    "meeting": N_("{plan}: paper for the meeting on {period}"),
}

SECTIONS: Mapping[str, Callable[[Ground], Section | tuple[Section, ...]]] = {
    "overview": counts.overview,
    "trend": counts.trend,
    "aspects": counts.aspects,
    "units": counts.units,
    "done": agenda.done,
    "slips": agenda.slips,
    "overdue": agenda.overdue,
    "behind": agenda.behind,
    "agenda": agenda.agenda,
    "silent": counts.silent,
    "corrections": agenda.corrections,
    "due": agenda.due,
    "unknown": counts.unknown,
}
"""What writes each section that a kind of brief can have."""


def composed(ground: Ground) -> Brief:
    """The brief that was asked for; the same ground always gives the same brief."""
    asked = ground.asked
    written: list[Section] = []
    for name in definition_of(asked.kind).sections:
        found = SECTIONS[name](ground)
        written += [found] if isinstance(found, Section) else found
    facts = {"plan": asked.plan_name, "period": named(asked.period, asked.language)}
    return Brief(
        asked.kind,
        asked.plan,
        asked.plan_name,
        asked.tier,
        asked.period,
        asked.language,
        ground.on,
        say(TITLES[asked.kind], asked.language, **facts),
        counts.headline_of(ground),
        counts.figures_of(ground),
        tuple(_numbered(written, asked.language)),
    )


def _numbered(sections: Iterable[Section], language: Language) -> Iterable[Section]:
    """Sections with their numbers before their headings: 一、 and （一） (GB/T 9704-2012, 7.3.3)."""
    above = below = 0
    for section in sections:
        above, below = (above + 1, 0) if section.level == 1 else (above, below + 1)
        number = above if section.level == 1 else below
        if language == "zh":
            words = f"{numeral(number)}、" if section.level == 1 else f"（{numeral(number)}）"
        else:
            words = f"{number}. " if section.level == 1 else f"{above}.{below} "
        yield replace(section, heading=f"{words}{section.heading}")


def numeral(number: int) -> str:
    """A number in Chinese; from 100 on in digits.

    >>> numeral(7), numeral(10), numeral(23)
    ('七', '十', '二十三')
    """
    if number > 99:
        return f"{number}"
    digits = ("", *"一二三四五六七八九")
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else f"{digits[tens if tens > 1 else 0]}十"
    return f"{before}{digits[ones]}"
