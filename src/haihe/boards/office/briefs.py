"""The nouns of a brief: sentences and tables in which every figure carries its evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from string import Formatter
from typing import Any, Literal

from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.source import Source, Tier
from haihe.kit.text import sha256_of
from haihe.kit.words import Language, catalogue, say

BriefKind = Literal["month", "quarter", "circular", "meeting"]

KIND_LABELS: Mapping[BriefKind, str] = {
    "month": N_("Monthly brief"),
    "quarter": N_("Quarterly brief"),
    "circular": N_("Circular"),
    "meeting": N_("Meeting paper"),
}
"""The kinds of brief: 月报, 季报, 通报, 会议材料."""

UNCONFIRMED = N_("{words} (not confirmed)")
PARTLY = N_("{words} ({count} of them not confirmed)")


@dataclass(frozen=True, slots=True)
class Definition:
    """What a kind of brief holds: its sections in order, and whether issuing it locks the period."""

    sections: tuple[str, ...]
    locks: bool
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is printed, and its footnote: the words of it and the evidence they name.

    Where it is a `count`, so many of the things counted are not confirmed; any other figure has 0 or 1.
    """

    words: str
    note: str
    source: Source
    unconfirmed: int = 0
    count: bool = False


Sentence = tuple[str | Figure, ...]
"""Words and figures in their order."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether it holds words to be read."""

    label: str
    width: int
    prose: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of sentences under a title."""

    title: Sentence
    columns: tuple[Column, ...]
    rows: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a brief: its name among the sections of its kind, heading, sentences and table."""

    name: str
    heading: str
    sentences: tuple[Sentence, ...]
    table: Table | None = None
    level: int = 1


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief of a plan for a period; its figures stand as of the day `on`.

    Only confirmed figures are in the `headline`; `figures` are its counts by name, for templates.
    """

    kind: BriefKind
    plan: int
    plan_name: str
    tier: Tier
    period: str
    language: Language
    on: date
    title: str
    headline: Sentence
    figures: Mapping[str, Figure]
    sections: tuple[Section, ...]

    @property
    def digest(self) -> str:
        """What a person issues: SHA-256 of all that it says."""
        return sha256_of(json.dumps(written(self), ensure_ascii=False, sort_keys=True))


@dataclass(frozen=True, slots=True)
class Change:
    """A line that one brief has and the other lacks."""

    added: bool
    section: str
    words: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What issuing adds to a brief: who issues it, its number of the year, its version and the day.

    A draft has no number, no year and no day.
    """

    issuer: str = ""
    year: int | None = None
    number: int | None = None
    version: int = 1
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A brief as somebody looked at it before it is issued."""

    id: int
    brief: Brief
    period_digest: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """A brief that was issued; `superseded_by` is the version that took its place."""

    id: int
    plan: int
    kind: BriefKind
    period: str
    draft: int
    stamp: Stamp
    sha256: str
    template_sha256: str
    supersedes: int | None
    superseded_by: int | None
    reason: str
    by: str
    at: datetime


def definition_of(kind: BriefKind) -> Definition:
    """What a kind of brief holds (`params/briefs.yaml`)."""
    one = resources.definition("boards/office/params/briefs.yaml")["kinds"][kind]
    return Definition(tuple(one["sections"]), one["locks"], tuple(one["periods"]))


def rows_max() -> int:
    """How many rows a table of items has in a brief that does not name every one."""
    return int(resources.definition("boards/office/params/briefs.yaml")["rows_max"])


def agenda_max() -> int:
    """How many late items a meeting paper puts to the meeting one by one."""
    return int(resources.definition("boards/office/params/briefs.yaml")["agenda_max"])


def sentence(template: str, language: Language, **facts: object) -> Sentence:
    """A template in a language with its facts, of which figures and sentences stay what they are.

    >>> day, two = date(2026, 11, 30), Figure("2", "", Source("formula"))
    >>> [*map(type, sentence("{day}: {two} of {all:02}.", "en", day=day, two=two, all=5))]
    [<class 'str'>, <class 'haihe.boards.office.briefs.Figure'>, <class 'str'>]
    """
    found: list[str | Figure] = []
    for words, name, form, _ in Formatter().parse(catalogue(language).get(template, template)):
        found.append(words)
        if name is not None:
            fact = facts[name]
            parts = fact if isinstance(fact, tuple) else (fact,)
            found += [part if isinstance(part, Figure) else format(part, form or "") for part in parts]
    return _joined(found)


def _joined(parts: list[str | Figure]) -> Sentence:
    found: list[str | Figure] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


def shown(figure: Figure, language: Language) -> str:
    """The words of a figure, marked where it is not confirmed."""
    if not figure.unconfirmed:
        return figure.words
    partly = figure.count and figure.words != f"{figure.unconfirmed}"
    words = PARTLY if partly else UNCONFIRMED
    return say(words, language, words=figure.words, count=figure.unconfirmed)


def told(words: Sentence, language: Language) -> str:
    """A sentence as plain text."""
    return "".join(part if isinstance(part, str) else shown(part, language) for part in words)


def figures_in(brief: Brief) -> Iterator[Figure]:
    """Every figure of a brief in the order read."""
    for line in _sentences(brief):
        yield from (part for part in line if isinstance(part, Figure))


def _sentences(brief: Brief) -> Iterator[Sentence]:
    yield brief.headline
    for section in brief.sections:
        yield from section.sentences
        if section.table:
            yield section.table.title
            for row in section.table.rows:
                yield from row


def written(brief: Brief) -> dict[str, Any]:
    """A brief as JSON holds it."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(brief), default=str))
    return found


def brief_of(kept: Mapping[str, Any]) -> Brief:
    """The brief that was written as JSON."""
    return Brief(
        **{name: kept[name] for name in ("kind", "plan", "plan_name", "tier", "period", "language", "title")},
        on=date.fromisoformat(kept["on"]),
        headline=_sentence_of(kept["headline"]),
        figures={name: _figure_of(one) for name, one in kept["figures"].items()},
        sections=tuple(_section_of(one) for one in kept["sections"]),
    )


def _section_of(kept: Mapping[str, Any]) -> Section:
    table = kept["table"] and Table(
        _sentence_of(kept["table"]["title"]),
        tuple(Column(**column) for column in kept["table"]["columns"]),
        tuple(tuple(map(_sentence_of, row)) for row in kept["table"]["rows"]),
    )
    sentences = tuple(map(_sentence_of, kept["sentences"]))
    return Section(kept["name"], kept["heading"], sentences, table, kept["level"])


def _sentence_of(kept: list[Any]) -> Sentence:
    return tuple(part if isinstance(part, str) else _figure_of(part) for part in kept)


def _figure_of(kept: Mapping[str, Any]) -> Figure:
    source = dict(kept["source"])
    read_on = source["read_on"] and date.fromisoformat(source["read_on"])
    return Figure(
        kept["words"],
        kept["note"],
        Source(**source | {"read_on": read_on}),
        kept["unconfirmed"],
        kept["count"],
    )


def differences(before: Brief, after: Brief) -> tuple[Change, ...]:
    """The lines that one brief says otherwise than another, in the order read."""
    old, new = _lines(before), _lines(after)
    found: list[Change] = []
    for same, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if same != "equal":
            found += [Change(False, *line) for line in old[start:end]]
            found += [Change(True, *line) for line in new[begin:stop]]
    return tuple(found)


def _lines(brief: Brief) -> list[tuple[str, str]]:
    found = [("", brief.title), ("", told(brief.headline, brief.language))]
    for section in brief.sections:
        found += [(section.heading, told(line, brief.language)) for line in section.sentences]
        if section.table:
            rows = ((told(cell, brief.language) for cell in row) for row in section.table.rows)
            found += [(section.heading, " | ".join(row)) for row in rows]
    return found
