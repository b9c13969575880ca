"""Tables of names as files: a row is a mention, whatever other columns it has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from haihe.boards.registry.forms import place_in
from haihe.boards.registry.grids import csv_rows, is_workbook, sheet_table
from haihe.boards.registry.identifiers import identifier_of
from haihe.boards.registry.kinds import NO_SUCH_CODE, REQUIRED
from haihe.boards.registry.lexicon import Lexicon
from haihe.boards.registry.resolution import ALONE, MAY_MEAN, NOBODY, SEVERAL, Mention, Resolved
from haihe.boards.registry.rows import UNEVEN
from haihe.boards.registry.spelling import plain
from haihe.kit.errors import N_, Invalid, Reject
from haihe.kit.limits import TABLE_BYTES_MAX
from haihe.kit.text import decoded

ADDED = ("entity_id", "score", "reason")
"""The columns that resolving adds to a table."""

_UNIFIED = re.compile(r"[0-9A-Z]{18}")


NO_NAME = N_("the row has no name")
OTHERWISE = N_("the registry has this name, but not with this code")
UNREAD = N_("the row does not have as many cells as the header")
WRONG_CODE = N_(
    "the code is wrong (its check digit, or the way it begins), so that the name alone was looked at"
)


@dataclass(frozen=True, slots=True)
class MentionTable:
    """A table with a column `name`: its header, all its rows as long as that, and what each mentions.

    A mention is None where the row cannot be resolved; a fault says why, or what of the row was not used.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mentions: tuple[Mention | None, ...]
    faults: tuple[str | None, ...]
    rejects: tuple[Reject, ...]

    @property
    def named(self) -> list[Mention]:
        """The mentions of the rows that can be resolved."""
        return [one for one in self.mentions if one]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row was resolved to: its group and the entity's key if it has any, how sure, and why.

    `facts` are those of all the reasons.
    """

    group: int | None
    entity: str | None
    score: float
    reasons: tuple[str, ...]
    facts: Mapping[str, str]


def mention_table(content: bytes, file: str, lexicon: Lexicon) -> MentionTable:
    """The mentions in a CSV (UTF-8 or GB18030) or xlsx file; columns that are not known are kept as they are.

    `region_context` is an adcode, the name of a place or an address, and where it says none the `address`
    does; an `identifier` of no known form says nothing. No row is left out but blank ones: a bad one is told
    as a reject beside. Raises Invalid for a file that is no such table, is too long, or has no column `name`.
    """
    table = (
        sheet_table(content, file, _cell)
        if is_workbook(file)
        else csv_rows(decoded(content, file, TABLE_BYTES_MAX), file)
    )
    columns = tuple(cell.strip() for cell in next(table, ()))
    if "name" not in columns:
        raise Invalid(
            N_("{name} lacks columns: {missing}."),
            advice=N_("The first row names the columns. Add those that are missing."),
            name=file,
            missing="name",
        )
    rows: list[tuple[str, ...]] = []
    mentions: list[Mention | None] = []
    faults: list[str | None] = []
    rejects: list[Reject] = []
    for number, row in enumerate(table, start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        fault, reject = _fault(number, cells, row, even=len(row) == len(columns))
        rows.append((*row, *[""] * len(columns))[: len(columns)])
        mentions.append(None if fault in (NO_NAME, UNREAD) else _mention(cells, lexicon))
        faults.append(fault)
        rejects += [reject] if reject else []
    return MentionTable(columns, tuple(rows), tuple(mentions), tuple(faults), tuple(rejects))


def _mention(cells: Mapping[str, str], lexicon: Lexicon) -> Mention:
    region = place_in(lexicon, cells.get("region_context", ""), cells.get("address", ""))
    return Mention(cells["name"], region, identifier_of(cells.get("identifier", "")))


def _fault(
    number: int, cells: Mapping[str, str], row: Sequence[str], *, even: bool
) -> tuple[str | None, Reject | None]:
    """What is wrong with a row, as a reason and as a reject."""
    if not even:
        return UNREAD, Reject(number, "", ",".join(row), UNEVEN)
    if not cells["name"]:
        return NO_NAME, Reject(number, "name", "", REQUIRED)
    code = cells.get("identifier", "").upper()
    if _UNIFIED.fullmatch(code) and identifier_of(code) is None:
        return WRONG_CODE, Reject(number, "identifier", code, NO_SUCH_CODE)
    return None, None


def answers_of(
    table: MentionTable,
    found: Iterable[Resolved],
    entities: Mapping[int, str] | None,
    names: Collection[str] = (),
) -> list[Answer]:
    """What each row of a table was resolved to, by what the rows with a name were.

    `entities` are those of groups, None where the rows were resolved among themselves alone; `names` are
    those that the registry has.
    """
    each = list(found)
    rows = Counter(one.group for one in each)
    rest = iter(each)
    held = {plain(name) for name in names} if any(one.identifier for one in table.named) else set()
    answers = []
    for one, fault in zip(table.mentions, table.faults, strict=True):
        told = next(rest) if one else None
        if entities is None and told and rows[told.group] == 1:
            told = Resolved(told.group, 1.0, (ALONE,))
        answer = _answer(told, fault, entities)
        if NOBODY in answer.reasons and one and one.identifier and plain(one.name) in held:
            answer = replace(answer, reasons=(OTHERWISE,))
        answers.append(answer)
    return answers


def _answer(one: Resolved | None, fault: str | None, entities: Mapping[int, str] | None) -> Answer:
    first = (fault,) if fault else ()
    if one is None:
        return Answer(None, None, 0.0, first, {})
    if entities is not None and one.rivals:
        return Answer(one.group, None, 0.0, (*first, SEVERAL), one.facts)
    if entities is None or one.group in entities:
        entity = (entities or {}).get(one.group)
        return Answer(one.group, entity, one.score, (*first, *one.reasons), one.facts)
    why = (MAY_MEAN,) if MAY_MEAN in one.reasons else (NOBODY,)
    return Answer(one.group, None, 0.0, (*first, *why), one.facts)


def _cell(value: object) -> str:
    return "" if value is None else str(value)
