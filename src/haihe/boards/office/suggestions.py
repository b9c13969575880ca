"""What the columns of a table are most likely for, by their headings and their cells, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from haihe.boards.office.amounts import is_none, number_of
from haihe.boards.office.mapping import IGNORE, Column, Scheme, TableMapping
from haihe.boards.office.outlines import levels_for, marked
from haihe.boards.office.records import Cell, Reason
from haihe.boards.office.sheets import Table
from haihe.boards.office.vocabulary import Match, is_unit_like, matches, unit_in
from haihe.kit.errors import N_

_MANY = {"text", "lead", "cooperating", "number", IGNORE}
_DAYS = {"start_on", "due_on", "span", "forecast"}
_TITLES = ("aspect", "task", "project", "item")
_INSTEAD = {
    "begun_on": "start_on", "signed_on": "start_on", "finished_on": "due_on", "producing_on": "due_on",
    "capacity": "text", "place": "text", "investor": "lead",
}  # fmt: skip
_SOME_YEAR = re.compile(r"(?:19|20)\d\d|\d{1,2}月|[一二三四]季度|长期|持续|年底|半年")
_LEADS = re.compile(r"牵头|主办|主责")
_GROUPED_MAX = 0.7
_UNSURE = 0.3
_SURE = 0.9
_FIELDS_MIN = 2

BY_HEADING = N_("The heading says {word}.")
BY_HEADING_AND_CELLS = N_("The heading says {word}, and {fit} of {count} cells fit.")
BY_CELLS = N_("The heading is not known; {fit} of {count} cells look like it.")
BY_CELLS_INSTEAD = N_("The heading says {word}, but {fit} of {count} cells look like this.")
BY_PLACE = N_("What is to be done stands here: no two rows say the same.")
BY_GROUPS = N_("Rows are grouped by it.")
BESIDE_LEADS = N_("Another column names who leads.")
TWICE = N_("Another column is taken for this: {word}.")
NOTHING = N_("Nothing tells what it holds.")
NOT_KEPT = N_("{word} is not kept in a register of this kind.")


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a column, of rows that add nothing up."""

    cells: tuple[Cell, ...]
    carried: int
    rows: int

    def share(self, fits: Iterable[bool]) -> tuple[int, int]:
        return sum(fits), len(self.cells)

    @property
    def words(self) -> list[str]:
        return [cell.shown.strip() for cell in self.cells]

    @property
    def grouped(self) -> bool:
        """Whether rows share its cells: merged, repeated, or left empty below the first."""
        distinct = len(set(self.words))
        again = sum(one == other for one, other in pairwise(self.words))
        return bool(self.carried or again) or (distinct < _GROUPED_MAX * self.rows and self.rows > 2)


def suggested(tables: Sequence[Table], scheme: Scheme) -> TableMapping:
    """What the columns of tables of one shape are most likely for, each with the reason.

    Headings tell first; cells confirm or correct them, and tell alone where a heading is not known.
    """
    headings = tables[0].headings
    held = [_cells(tables, place) for place in headings]
    given = "".join(cell.shown for cell in tables[0].titles)
    found = [
        _suggested(heading, cells, scheme) for heading, cells in zip(headings.values(), held, strict=True)
    ]
    found = [
        replace(one, unit=unit_in(one.heading) or unit_in(given)) if _is_money(one.target, scheme) else one
        for one in found
    ]
    return TableMapping(scheme.kind, tuple(_titled(_alone(_led(found)), held, scheme)))


def _cells(tables: Sequence[Table], place: int) -> _Cells:
    rows = [row for table in tables for row in table.rows if row.kind == "row"]
    own = [row.cells[place] for row in rows if place in row.cells and place not in row.carried]
    kept = tuple(cell for cell in own if not is_none(cell))
    return _Cells(kept, sum(place in row.carried for row in rows), len(rows))


def _is_money(target: str, scheme: Scheme) -> bool:
    return scheme.fields.get(target) == "money"


def is_day_like(cell: Cell) -> bool:
    """Whether a cell reads as a day, a month or a year."""
    if not isinstance(cell.value, str | int | float | bool):
        return True
    number = number_of(cell)
    if number is not None:
        return 1990 <= number <= 2100 or (36526 <= number <= 73050 and number == int(number))
    return _SOME_YEAR.search(cell.shown) is not None and len(cell.shown) < 40


def _is_share(cell: Cell) -> bool:
    number = number_of(cell)
    return (
        cell.percent
        or cell.shown.strip().endswith(("%", "％"))
        or (number is not None and 0 <= number <= 100)
    )


def _fit(target: str, cells: _Cells, scheme: Scheme) -> tuple[int, int] | None:
    """How many of the filled cells fit a target, None where anything does."""
    kind = scheme.fields.get(target)
    if target in _DAYS or kind == "date":
        return cells.share(map(is_day_like, cells.cells))
    if target == "progress":
        return cells.share(map(_is_share, cells.cells))
    if target in {"lead", "cooperating"}:
        return cells.share(is_unit_like(re.split(r"[:：]", words)[-1]) for words in cells.words)
    if kind in {"number", "count", "money", "share"}:
        return cells.share(re.search(r"\d", words) is not None for words in cells.words)
    if target == "number":
        return cells.share(
            number_of(cell) is not None or bool(marked(cell.shown).style) for cell in cells.cells
        )
    return None


def _suggested(heading: str, cells: _Cells, scheme: Scheme) -> Column:
    """What a column is for by itself."""
    known = matches(heading, scheme.words) if heading else []
    said = next((one for match in known if (one := _kept(match, scheme))), None)
    if said is None:
        column = _by_cells(heading, cells)
        lost = known and known[0].target != "content"
        return replace(column, reason=Reason(NOT_KEPT, {"word": known[0].word})) if lost else column
    fit = _fit(said.target, cells, scheme)
    if fit is None or not fit[1]:
        return Column(
            heading, said.target, None, round(said.sure * 0.95, 2), Reason(BY_HEADING, {"word": said.word})
        )
    good, count = fit
    facts = {"word": said.word, "fit": good, "count": count}
    if said.target == "progress" and good * 2 < count:
        return Column(heading, "note", None, 0.7, Reason(BY_CELLS_INSTEAD, facts | {"fit": count - good}))
    sure = said.sure * (0.6 + 0.4 * good / count)
    if said.target in _DAYS and good * 4 < count:
        return Column(heading, "text", None, 0.5, Reason(BY_CELLS_INSTEAD, facts | {"fit": count - good}))
    return Column(heading, said.target, None, round(sure, 2), Reason(BY_HEADING_AND_CELLS, facts))


def _kept(match: Match, scheme: Scheme) -> Match | None:
    """A match as the kind of register holds it, None where it does not."""
    target = match.target
    if target not in scheme.targets and target != "content" and target not in _TITLES:
        target = _INSTEAD.get(target, "")
    return match._replace(target=target) if target else None


def _by_cells(heading: str, cells: _Cells) -> Column:
    tries = {
        "due_on": cells.share(
            (isinstance(cell.value, str) is False and is_day_like(cell))
            or bool(_SOME_YEAR.fullmatch(cell.shown))
            for cell in cells.cells
        ),
        "lead": cells.share(map(is_unit_like, cells.words)),
    }
    for target, (good, count) in tries.items():
        if count > 1 and good >= 0.8 * count:
            return Column(heading, target, None, 0.5, Reason(BY_CELLS, {"fit": good, "count": count}))
    return Column(heading, IGNORE, None, _UNSURE, Reason(NOTHING))


def _led(columns: Sequence[Column]) -> list[Column]:
    """Who answers beside a column of those who lead cooperates."""
    leads = [one for one in columns if one.target == "lead" and _LEADS.search(one.heading)]
    if not leads:
        return list(columns)
    return [
        replace(one, target="cooperating", reason=Reason(BESIDE_LEADS))
        if one.target == "lead" and not _LEADS.search(one.heading)
        else one
        for one in columns
    ]


def _alone(columns: Sequence[Column]) -> list[Column]:
    """Of several columns for what there is once, the surest stays; of those as sure the last, the latest."""
    best: dict[str, int] = {}
    for place, one in enumerate(columns):
        held = best.get(one.target)
        if held is None or one.sure >= columns[held].sure:
            best[one.target] = place
    kept = []
    for place, one in enumerate(columns):
        if (
            one.target in _MANY
            or one.target in _TITLES
            or one.target == "content"
            or best[one.target] == place
        ):
            kept.append(one)
        else:
            facts = {"word": columns[best[one.target]].heading}
            kept.append(replace(one, target=IGNORE, sure=_UNSURE, reason=Reason(TWICE, facts)))
    return kept


def _titled(columns: list[Column], held: Sequence[_Cells], scheme: Scheme) -> list[Column]:
    """The columns of titles with their levels: the last one whose rows differ names what is to be done.

    What stands before it groups the rows; contents besides are text.
    """
    titles = {*_TITLES, *(rule.name for rule in scheme.levels)}
    named = [place for place, one in enumerate(columns) if one.target in titles]
    contents = [place for place, one in enumerate(columns) if one.target == "content"]
    leaf = _leaf(named, contents, columns, held)
    if leaf is None:
        return columns
    groups = [
        place
        for place in named
        if place < leaf or (place > leaf and columns[place].target == "aspect" and held[place].grouped)
    ]
    wanted = columns[leaf].target if columns[leaf].target in titles else scheme.levels[-1].name
    levels = _levels(scheme, len(groups), wanted)
    groups = groups[len(groups) - (len(levels) - 1) :] if len(levels) > 1 else []
    for place in {*named, *contents} - {leaf, *groups}:
        columns[place] = replace(columns[place], target="text", sure=min(columns[place].sure, 0.7))
    for place, level in zip(groups, levels, strict=False):
        columns[place] = replace(columns[place], target=level, reason=Reason(BY_GROUPS))
    sure = columns[leaf].sure if columns[leaf].sure > _UNSURE else 0.5
    columns[leaf] = replace(columns[leaf], target=levels[-1], sure=sure, reason=Reason(BY_PLACE))
    return columns


def _levels(scheme: Scheme, groups: int, leaf: str) -> tuple[str, ...]:
    """The levels of so many columns of groups and, last, one of what is to be done; each once if possible.

    There are fewer where the kind of register has no room for as many.
    """
    last = scheme.levels[-1].name
    for count in range(groups, -1, -1):
        for once in (True, False):
            for wanted in (leaf, last, None):
                for made in (0, 1):
                    levels = levels_for(scheme.levels, [None] * (count + made) + [wanted])
                    if levels and (not once or len(set(levels)) == len(levels)):
                        return levels[made:]
    return (scheme.levels[0].name,)


def _leaf(
    named: Sequence[int], contents: Sequence[int], columns: Sequence[Column], held: Sequence[_Cells]
) -> int | None:
    """The column of what is to be done."""
    own = [place for place in named if not held[place].grouped and held[place].cells]
    projects = [place for place in own if columns[place].target == "project"]
    if own:
        return (projects or own)[-1]
    ungrouped = [place for place in contents if not held[place].grouped and held[place].cells]
    if ungrouped:
        return ungrouped[0]
    if named or contents:
        return (named or contents)[-1]
    free = [
        place
        for place, one in enumerate(columns)
        if one.target == "text" or (one.target == IGNORE and one.sure <= _UNSURE)
    ]
    free = [place for place in free if held[place].cells and not held[place].grouped]
    return max(free, key=lambda place: sum(map(len, held[place].words)), default=None)


def likely_kind(tables: Sequence[Table], schemes: Mapping[str, Scheme]) -> str:
    """The kind of register whose own fields most headings name; a plan where none stands out."""
    headings = [heading for table in tables for heading in table.headings.values() if heading]
    plan = schemes["plan"]

    def told(scheme: Scheme) -> int:
        own = scheme.fields.keys() - plan.fields.keys()
        best = [found[0] for heading in headings if (found := matches(heading, scheme.words))]
        return len({one.target for one in best if one.target in own and one.sure >= _SURE})

    found = {name: told(scheme) for name, scheme in schemes.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] >= _FIELDS_MIN else "plan"
