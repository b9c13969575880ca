"""Assignments: who answers for a measure and by when, from brackets, lines, clauses and cells of tables."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from haihe.boards.reader.clauses import clauses_of
from haihe.boards.reader.dues import due_of
from haihe.boards.reader.records import Assignment, Cell, Due, DueSource, Grid, Measure, Span
from haihe.boards.reader.rows import Row, rows_of
from haihe.boards.reader.units import (
    Parties,
    Role,
    first_leads,
    is_organ,
    is_unit,
    name_of,
    parties_of,
    says_who,
)

_REACH = 600  # characters behind a measure's own text in which a bracket still speaks of it
_OPEN, _CLOSE = r"（(【〔［\[", r"）)】〕］\]"
_BRACKET = re.compile(
    rf"[{_OPEN}]((?:[^{_OPEN}{_CLOSE}]{{1,400}}+|[（(][^（）()]{{0,100}}+[）)]){{1,40}}+)[{_CLOSE}]"
)
_WHO = re.compile(
    r"牵头|负责|职责|会同|(?:责任|主办|承办|实施|落实)[^，。；]{0,12}[：:]|(?:承办|落实|组织实施)$"
)
_LABEL = re.compile(r"(?:单位|部门|主体|机构|牵头|责任)(?:[（(][^（）()]*[）)])?\s?[：:]")
_ORDER: dict[Role, int] = {"lead": 0, "responsible": 1, "cooperate": 2}
_ORGANS = "局委办部厅署府院会"
_GLOSS = re.compile(r"以下|简称|原|即|含|如|包括|不含|除|见|设在|挂靠")
_BEHIND = re.compile(r"[ \t\u3000]*(?:[。；;]|[\r\n\u2028]|\Z)")
_LINE = (
    r"(?:主要|具体)?(?:牵头|责任|主办|承办|实施|负责)[^\n。：:（）]{0,8}[：:][^\n]*"
    r"(?:\n+[ \t\u3000*—-]*(?:牵头|责任|配合|协同|协办|参与|参加|支持|完成|时间|时限|进度)"
    r"[^\n。：:（）]{0,8}[：:][^\n]*)*"
)
_LINES = re.compile(rf"^[ \t\u3000*—-]*({_LINE})|[。；][ \u3000—]*({_LINE})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Tree:
    """The measures of a text, where each begins, and the first and last of each list."""

    measures: Sequence[Measure]
    starts: list[int]
    first: dict[int, int]
    last: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A stretch that says who, outside of tables."""

    start: int
    end: int
    parties: Parties


def assignments_of(
    text: str, measures: Sequence[Measure], grids: Sequence[Grid], *, year: int | None
) -> tuple[Assignment, ...]:
    """Who answers for which measure and by when, in the order of the text; `year` is the document's.

    What says so is a bracket at the end of a measure or of its list, a line under it (责任单位：…), the
    cells of its row, or else a clause in it (由…牵头，会同…). Where no lead is named all that answer lead, or
    the first alone if the document says that. The due date is the bracket's or cell's, else the sentence's.
    """
    tables = [(grid, rows) for grid in grids if (rows := rows_of(text, grid))]
    walls = [(grid.start, grid.end) for grid, _ in tables]
    first = first_leads(text)
    tree = _tree(measures)
    stated = [one for one in _statements(text, first) if not _inside(one.start, walls)]
    starts = [one.start for one in stated]
    found = [_stated(text, one, _holder(text, tree, one, starts), tree, year) for one in stated]
    held = {one.measure for one in found}
    for start, end, parties in clauses_of(text):
        at = _innermost(tree, start, end)
        if at is not None and at not in held and not _inside(start, walls):
            held.add(at)
            found.append(_stated(text, _Statement(start, end, parties), at, tree, year))
    for _, rows in tables:
        found += filter(None, (_tabled(text, row, tree, first, year) for row in rows))
    return tuple(sorted(found, key=lambda one: (one.start, one.task_start)))


def _tree(measures: Sequence[Measure]) -> _Tree:
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for at, measure in enumerate(measures):
        first.setdefault(measure.listing, at)
        last[measure.listing] = at
    return _Tree(measures, [measure.start for measure in measures], first, last)


def _inside(place: int, walls: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(walls, (place, place)) - 1
    return at >= 0 and place < walls[at][1]


def _statements(text: str, first: bool) -> list[_Statement]:
    """The brackets and labelled lines that say who, in order; none overlap."""
    read = (_bracketed(text, match, first) for match in _BRACKET.finditer(text))
    brackets = [one for one in read if one]
    ends = [one.end for one in brackets]
    lines = []
    for match in _LINES.finditer(text):
        start, end = match.span(1 if match[1] is not None else 2)
        end = start + len(text[start:end].rstrip())
        at = bisect_right(ends, start)
        if at < len(brackets) and brackets[at].start < end:
            continue
        parties = parties_of(text, (start, end), first=first) if says_who(text, (start, end)) else None
        if parties and any(is_unit(name_of(unit)) for unit in parties.lead):
            lines.append(_Statement(start, end, parties))
    return sorted([*brackets, *lines], key=lambda one: one.start)


def _bracketed(text: str, match: re.Match[str], first: bool) -> _Statement | None:
    """What a bracket says of who answers: it has a label, or stands at the end of a sentence."""
    start, end = match.span()
    closing = _BEHIND.match(text, end) is not None
    before = text[max(0, start - 3) : start].rstrip()[-1:]
    told = _WHO.search(match[1]) is not None
    if not (_LABEL.search(match[1]) or closing or (told and (before in "。；;！”" or not before))):
        return None
    if not told:
        return _bare(text, match) if closing and before not in _ORGANS else None
    if not says_who(text, match.span(1)):
        return None
    parties = parties_of(text, match.span(1), first=first)
    return _Statement(start, end, parties) if parties and parties.lead else None


def _bare(text: str, match: re.Match[str]) -> _Statement | None:
    """A bracket of names alone: units throughout, most of them organs."""
    if _GLOSS.match(match[1]) or match[1][-1] not in _ORGANS + "区县市团司等门位":
        return None
    parties = parties_of(text, match.span(1))
    if parties is None or parties.cooperate:
        return None
    names = [name_of(unit) for unit in parties.lead]
    whole = sum(map(len, names)) + len(names) - 1 >= len(match[1].removesuffix("等"))
    organs = sum(map(is_organ, names))
    return _Statement(*match.span(), parties) if whole and 2 * organs >= len(names) else None


def _innermost(tree: _Tree, start: int, end: int) -> int | None:
    """The innermost measure with a stretch in it."""
    at: int | None = bisect_right(tree.starts, start) - 1
    while at is not None and at >= 0 and tree.measures[at].end < end:
        at = tree.measures[at].parent
    return at if at is not None and at >= 0 else None


def _holder(text: str, tree: _Tree, one: _Statement, stated: Sequence[int]) -> int | None:
    """The measure that a statement speaks of.

    It is the one that it stands in or behind; where that is the last of a list without statements before it,
    and runs on in a paragraph or has the statement on a line below it, the one that holds the list.
    """
    at: int | None = _innermost(tree, one.start, one.end)
    if at is None:
        at = bisect_right(tree.starts, one.start) - 1
        if at < 0 or one.start - tree.measures[at].end > _REACH:
            return None
    apart = not text[text.rfind("\n", 0, one.start) + 1 : one.start].strip()
    while (parent := tree.measures[at].parent) is not None:
        measure = tree.measures[at]
        begins = tree.measures[tree.first[measure.listing]].start
        earlier = bisect_right(stated, one.start - 1) > bisect_right(stated, begins - 1)
        mid = text[text.rfind("\n", 0, measure.start) + 1 : measure.start].strip()
        if at != tree.last[measure.listing] or earlier or not (mid or apart):
            break
        at = parent
    return at


def _stated(text: str, one: _Statement, at: int | None, tree: _Tree, year: int | None) -> Assignment:
    """The assignment of a statement; without a measure it is of the paragraph that it stands in."""
    if at is None:
        line = text.rfind("\n", 0, one.start) + 1
        begins, ends = one.start - len(text[line : one.start].lstrip()), one.start
    else:
        begins, ends = tree.measures[at].start, tree.measures[at].end
    due = due_of(text, (one.start, one.end), year=year, bare=True)
    if due:
        return _assignment(text, one, (at, begins), due, "bracket")
    return _assignment(text, one, (at, begins), due_of(text, (begins, ends), year=year), "sentence")


def _tabled(text: str, row: Row, tree: _Tree, first: bool, year: int | None) -> Assignment | None:
    """The assignment of a row, whose span is the cell of those who lead or answer; None where nobody does."""
    named: list[tuple[Cell, Role, Parties]] = []
    for cell, role in row.units:
        place = (cell.start, cell.end)
        parties = parties_of(text, place, role=role, first=first and len(row.units) == 1)
        if parties:
            named.append((cell, role, parties))
    if not named:
        return None
    main, chief, parties = min(named, key=lambda entry: _ORDER[entry[1]])
    lead = () if chief == "cooperate" else parties.lead
    known = set(map(name_of, lead))
    rest = [unit for _, _, some in named for unit in some.lead + some.cooperate]
    cooperate = {name_of(unit): unit for unit in reversed(rest) if name_of(unit) not in known}
    everyone = Parties(lead, tuple(reversed(cooperate.values())), any(some.by_duty for _, _, some in named))
    at = bisect_right(tree.starts, row.task.start) - 1
    due = row.due and due_of(text, (row.due.start, row.due.end), year=year, bare=True)
    one, held = _Statement(main.start, main.end, everyone), (at, row.task.start)
    if row.due and due:
        whole = Due(row.due.start, row.due.end, row.due.quote, due.due)
        return _assignment(text, one, held, whole, "cell")
    said = due_of(text, (row.task.start, row.task.end), year=year)
    return _assignment(text, one, held, said, "sentence")


def _assignment(
    text: str, one: _Statement, held: tuple[int | None, int], due: Due | None, source: DueSource
) -> Assignment:
    lead, cooperate, by_duty = one.parties
    return Assignment(
        one.start,
        one.end,
        text[one.start : one.end],
        *held,
        tuple(map(name_of, lead)),
        tuple(map(name_of, cooperate)),
        by_duty,
        lead + cooperate,
        due.due if due else None,
        Span(due.start, due.end, due.quote) if due else None,
        source if due else None,
    )
