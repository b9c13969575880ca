"""What returned workbooks would change: every cell is taken, in conflict, or refused with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from haihe.boards.office.entries import entry_of, is_filled
from haihe.boards.office.records import (
    ENTRY,
    KEY,
    LABELS,
    Cell,
    Difference,
    Entry,
    Filed,
    Handout,
    Line,
    Merge,
    Outcome,
    Read,
    Reason,
    Returned,
    Row,
    Taken,
)
from haihe.boards.office.workbook import head_of, label_of, plain
from haihe.kit.errors import N_

_TELLING = ("place", "title")
"""The locked cells that say which item a row is about."""

_PROMISED = ("place", "title", "text", "due", "cooperating")
"""The locked cells that say what is promised; the others tell what was reported."""

NOT_OURS = N_("It carries no fingerprint of a workbook that was handed out here.")
OTHER_PLAN = N_("It is a return for {plan}, not for {wanted}.")
OTHER_PERIOD = N_("It is a return for {period}, not for {wanted}.")
SAME_FILE = N_("It is the same file as {name}.")
LOCKED_CELL = N_("The cell is locked; what was changed in it is not taken.")
HEADING = N_("The heading is locked; what was changed in it is not taken.")
NOT_HANDED = N_("It stands outside of what was handed out and is not taken.")
ADDED = N_("The row was added; new items are added to the plan, not to a return.")
DELETED = N_("The row was deleted; nothing is reported on the item.")
COLUMN_GONE = N_("The column was deleted; nothing of it is taken.")
HELD = N_("Another cell of the row cannot be taken, so the whole row is not.")
WITHDRAWN = N_("The item no longer counts in the plan, so nothing is reported on it.")
ROW_MIXED = N_("The row names another item than was handed out in it; choose whether it is meant.")
DIFFER = N_("Two returns say different things of this item; choose one.")
REPORTED = N_("{by} reported on {on} for this period already; choose whether this is added after it.")
CHANGED = N_("{column} has changed since the file was handed out: it was {was}, now it is {becomes}.")
NOT_LEADING = N_("{unit} no longer leads the item; choose whether its return counts.")
NOT_CHOSEN = N_("Another return was chosen.")


@dataclass(frozen=True, slots=True)
class Present:
    """How things stand: the items that count, who leads each, and what the period has of them, by number."""

    lines: Mapping[int, Line]
    leads: Mapping[int, Collection[str]]
    filed: Mapping[int, Sequence[Filed]]


@dataclass(frozen=True, slots=True)
class Batch:
    """What came back, for which plan and period, with what had been handed out by digest."""

    plan: int | None
    plan_name: str
    period: str
    returned: Sequence[Returned]
    handed: Mapping[str, Handout]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that says something of an item; `doubts` are why it waits for a choice."""

    id: str
    node: int
    taken: Taken
    line: Line
    cells: Mapping[str, Cell]
    doubts: tuple[Reason, ...] = ()


@dataclass(slots=True)
class _Findings:
    """What a walk over the files finds."""

    files: list[Read] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)


def merged(batch: Batch, present: Present, chosen: Collection[str] = ()) -> Merge:
    """What the returns would change, with the rows that were `chosen` where they conflict.

    A row is taken whole or not at all; of a deleted row, an added one, or one that cannot be read, nothing
    is. The order of the files makes no difference to what is taken.
    """
    found = _Findings()
    seen: dict[str, str] = {}
    for file in sorted(batch.returned, key=lambda file: (file.name, file.sha256)):
        read = _placed(file, batch, seen)
        found.files.append(read)
        if read.outcome == "read":
            seen[file.sha256] = file.name
            _walk(file, batch.handed[file.fingerprint["digest"]], present, found)
    reports: dict[int, Taken] = {}
    unchanged = 0
    by_node: dict[int, list[Candidate]] = {}
    for candidate in found.candidates:
        by_node.setdefault(candidate.node, []).append(candidate)
    for node, candidates in by_node.items():
        differences, taken, known = _settled(candidates, present.filed.get(node, ()), chosen)
        found.differences += differences
        unchanged += known
        if taken:
            reports[node] = taken
    returning = {read.unit.key for read in found.files if read.unit and read.outcome != "refused"}
    missing = {
        one.unit.key: one.unit.name
        for one in batch.handed.values()
        if one.unit.key not in returning and any(line.node not in present.filed for line in one.lines)
    }
    return Merge(
        batch.plan,
        batch.plan_name,
        batch.period,
        tuple(found.files),
        tuple(found.differences),
        reports,
        unchanged,
        tuple(missing.values()),
    )


def _placed(file: Returned, batch: Batch, seen: Mapping[str, str]) -> Read:
    """Which unit a file is of, or why it is not read."""
    handed = batch.handed.get(file.fingerprint.get("digest", ""))
    if handed is None:
        plan, period = file.fingerprint.get("plan"), file.fingerprint.get("period")
        reason = Reason(NOT_OURS)
        if batch.plan is not None and plan and plan != plain(batch.plan_name):
            reason = Reason(OTHER_PLAN, {"plan": plan, "wanted": batch.plan_name})
        elif batch.plan is not None and period and period != batch.period:
            reason = Reason(OTHER_PERIOD, {"period": period, "wanted": batch.period})
        return Read(file.name, file.sha256, None, "refused", reason)
    if file.sha256 in seen:
        return Read(
            file.name, file.sha256, handed.unit, "same", Reason(SAME_FILE, {"name": seen[file.sha256]})
        )
    return Read(file.name, file.sha256, handed.unit, "read")


def _walk(file: Returned, handout: Handout, present: Present, found: _Findings) -> None:
    """Compare a file, cell by cell, with what was handed out."""
    lines = {str(line.node): line for line in handout.lines}
    by_title = _only({(line.cells["place"], line.cells["title"]): line for line in handout.lines}, lines)
    found.differences += _about_sheet(file, handout)
    met: set[int] = set()
    for row in file.rows:
        line = lines.get(_words(row, KEY)) or by_title.get((_words(row, "place"), _words(row, "title")))
        if line is None:
            found.differences += _added(file, handout, row)
            continue
        met.add(line.node)
        found.differences += _locked(file, handout, row, line)
        candidate = _candidate(file, handout, row, line)
        entry, wrong = entry_of(row.cells)
        withdrawn = line.node not in present.lines
        if wrong or (withdrawn and entry != Entry()):
            held = dict.fromkeys(row.cells, Reason(WITHDRAWN if withdrawn else HELD)) | wrong
            found.differences += _entries(candidate, "reject", held)
        elif entry != Entry():
            taken, doubts = replace(candidate.taken, entry=entry), _doubts(row, line, handout, present)
            found.candidates.append(replace(candidate, taken=taken, doubts=doubts))
    for line in handout.lines:
        if line.node not in met:
            found.differences.append(
                Difference(
                    file.name, handout.unit.name, "", line.node, line.cells["title"], "", line.cells["title"],
                    "", "reject", Reason(DELETED),
                )
            )  # fmt: skip


def _only(
    titles: Mapping[tuple[str, str], Line], lines: Mapping[str, Line]
) -> Mapping[tuple[str, str], Line]:
    """The items that place and title tell apart; none where some share them."""
    return titles if len(titles) == len(lines) else {}


def _words(row: Row, column: str) -> str:
    cell = row.cells.get(column)
    return plain(cell.shown) if cell else ""


def _about_sheet(file: Returned, handout: Handout) -> Iterator[Difference]:
    """What is not as it was handed out above and beside the rows."""
    for was, cell in zip(head_of(handout), file.head, strict=False):
        if plain(cell.shown) != was:
            yield _difference(file, handout, cell, was, HEADING)
    for column in LABELS:
        heading = file.labels.get(column)
        was = label_of(column, handout.asked.language)
        if heading is None:
            yield Difference(
                file.name, handout.unit.name, "", None, "", column, was, "", "reject", Reason(COLUMN_GONE)
            )
        elif plain(heading.shown) != was:
            yield _difference(file, handout, heading, was, HEADING)
    for cell in (*file.head[len(head_of(handout)) :], *file.strays):
        yield _difference(file, handout, cell, "", NOT_HANDED)


def _difference(file: Returned, handout: Handout, cell: Cell, was: str, words: str) -> Difference:
    """A cell outside of the rows that was changed; it is never taken."""
    return Difference(
        file.name, handout.unit.name, cell.at, None, "", "", was, cell.shown, "reject", Reason(words)
    )


def _added(file: Returned, handout: Handout, row: Row) -> Iterator[Difference]:
    written = [cell.shown for cell in (*row.cells.values(), *row.strays) if is_filled(cell)]
    if written:
        becomes = " | ".join(written)
        yield Difference(
            file.name, handout.unit.name, row.at, None, "", "", "", becomes, "reject", Reason(ADDED)
        )


def _locked(file: Returned, handout: Handout, row: Row, line: Line) -> Iterator[Difference]:
    """The locked cells of a row that were changed, and what stands beside it."""
    known = {KEY: str(line.node), **line.cells}
    place = file.name, handout.unit.name
    for column, was in known.items():
        cell = row.cells.get(column)
        if column in file.labels and _words(row, column) != plain(was):
            at, shown = (cell.at, cell.shown) if cell else (row.at, "")
            reason = Reason(LOCKED_CELL)
            yield Difference(*place, at, line.node, line.cells["title"], column, was, shown, "reject", reason)
    for cell in row.strays:
        reason = Reason(NOT_HANDED)
        yield Difference(
            *place, cell.at, line.node, line.cells["title"], "", "", cell.shown, "reject", reason
        )


def _candidate(file: Returned, handout: Handout, row: Row, line: Line) -> Candidate:
    taken = Taken(Entry(), handout.unit, handout.digest, file.name, file.sha256, row.at)
    cells = {column: cell for column, cell in row.cells.items() if column in ENTRY and is_filled(cell)}
    return Candidate(f"{file.sha256[:12]}:{row.at}", line.node, taken, line, cells)


def _doubts(row: Row, line: Line, handout: Handout, present: Present) -> tuple[Reason, ...]:
    """Why a row that can be read waits for a choice all the same."""
    doubts = []
    if any(column in row.cells and _words(row, column) != plain(line.cells[column]) for column in _TELLING):
        doubts.append(Reason(ROW_MIXED))
    now = present.lines[line.node].cells
    for column in _PROMISED:
        if now[column] != line.cells[column]:
            facts = {
                "column": Reason(LABELS[column]),
                "was": line.cells[column] or "–",
                "becomes": now[column] or "–",
            }
            doubts.append(Reason(CHANGED, facts))
    if handout.unit.key not in present.leads[line.node]:
        doubts.append(Reason(NOT_LEADING, {"unit": handout.unit.name}))
    return tuple(doubts)


def _settled(
    candidates: Sequence[Candidate], filed: Sequence[Filed], chosen: Collection[str]
) -> tuple[list[Difference], Taken | None, int]:
    """What becomes of the rows about one item: differences, what is taken, rows that say nothing new."""
    known = [one.entry for one in filed]
    fresh = [one for one in candidates if one.taken.entry not in known]
    unchanged = len(candidates) - len(fresh)
    if not fresh:
        return [], None, unchanged
    wanted = {one.taken.entry: one for one in fresh if one.id in chosen}
    if len(wanted) == 1:
        (kept,) = wanted.values()
    else:
        reason = _clash(fresh, filed)
        if reason:
            found = [
                difference
                for one in fresh
                for difference in _entries(
                    one, "conflict", dict.fromkeys(one.cells, (one.doubts or (reason,))[0])
                )
            ]
            return found, None, unchanged
        kept = next(one for one in fresh if not one.doubts)
    found = _entries(kept, "apply", {})
    others = [one for one in fresh if one.taken.entry != kept.taken.entry]
    for one in others:
        found += _entries(one, "reject", dict.fromkeys(one.cells, Reason(NOT_CHOSEN)))
    return found, kept.taken, len(candidates) - len(others) - 1


def _clash(fresh: Sequence[Candidate], filed: Sequence[Filed]) -> Reason | None:
    """Why nobody but the office can say which row about an item counts."""
    if filed:
        return Reason(REPORTED, {"by": filed[0].by, "on": filed[0].on})
    if len({one.taken.entry for one in fresh}) > 1:
        return Reason(DIFFER)
    return next((one.doubts[0] for one in fresh), None) if all(one.doubts for one in fresh) else None


def _entries(one: Candidate, outcome: Outcome, reasons: Mapping[str, Reason]) -> list[Difference]:
    """The filled cells of a row, all with one outcome; in a conflict they can be chosen together."""
    return [
        Difference(
            one.taken.file,
            one.taken.unit.name,
            cell.at,
            one.node,
            one.line.cells["title"],
            column,
            one.line.cells.get(f"{column}_before", ""),
            cell.shown,
            outcome,
            reasons.get(column),
            one.id if outcome == "conflict" else None,
        )
        for column, cell in one.cells.items()
    ]


def candidates_of(found: Merge, files: Collection[str]) -> frozenset[str]:
    """The rows in conflict that stand in files of these names."""
    return frozenset(one.choice for one in found.differences if one.choice and one.file in files)
