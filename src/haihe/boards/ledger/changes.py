"""What a workbook would change in a register, before anything is changed, and what it may not change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from haihe.boards.ledger.endings import open_below
from haihe.boards.ledger.kinds import MISSING, Kind, Level, Stage, faults_of, is_back, reached, unmet
from haihe.boards.ledger.lines import NO_CITED, NO_PARENT
from haihe.boards.ledger.records import Edit, Node
from haihe.boards.ledger.template import Filled, Line, label_of
from haihe.boards.ledger.tree import STATE_LABELS, accepted, level_of
from haihe.boards.ledger.values import told
from haihe.kit.errors import N_, Reject
from haihe.kit.source import Tier
from haihe.kit.words import say

Effect = Literal["new", "changed", "same", "left"]

EFFECT_LABELS: Mapping[Effect, str] = {
    "new": N_("new"),
    "changed": N_("changed"),
    "same": N_("unchanged"),
    "left": N_("not in the file, stays as it is"),
}

OTHER_LEVEL = N_("In the register another level has this number.")
GUARDED = N_("No workbook changes this: it is moved step by step on its page under Supervision.")
GOES_BACK = N_("No workbook moves an entry back: do that on its page, with the reason.")
ENDS_FIRST = N_("It would start after it is due.")
STILL_OPEN = N_("Something under it is still open; bring that to its end first.")
NO_CITATION = N_("An item cites a project of the same plan.")

_FIXED = tuple(each.name for each in fields(Line) if each.name not in ("values", "row"))
_COMPARED = tuple(name for name in _FIXED if name != "number")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a node that a line would change."""

    field: str
    was: object
    becomes: object


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a line does to the register; a node that the workbook does not have is `left` as it is.

    `line` is the node as it becomes, `node` its number where the register has it already.
    """

    effect: Effect
    line: Line
    node: int | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook as it is handed in, and the kind and tier of the register that it fills."""

    content: bytes
    kind: str = "plan"
    tier: Tier = "ours"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a workbook does to a register: its number, None in a trial, changes, bad cells and its kind."""

    plan: int | None
    changes: tuple[LineChange, ...]
    rejects: tuple[Reject, ...]
    kind: Kind

    def counts(self) -> dict[str, int]:
        """How many lines there are of each effect."""
        effects = [change.effect for change in self.changes]
        return {effect: effects.count(effect) for effect in EFFECT_LABELS}


def line_of(node: Node, numbers: Mapping[int, tuple[int, ...]]) -> Line:
    """A node as a line; `numbers` are the paths of the nodes, for the project that it cites."""
    return Line(
        number=node.path,
        level=node.kind,
        title=node.title,
        text=node.text,
        lead=node.named("lead"),
        cooperating=node.named("cooperating"),
        start_on=node.start_on,
        due_on=node.due_on,
        due_words=node.due_words,
        weight=node.weight,
        cites=numbers.get(node.cites) if node.cites is not None else None,
        stage=node.stage,
        values=dict(node.values),
    )


def lines_of_nodes(nodes: Sequence[Node]) -> tuple[Line, ...]:
    """The nodes of a register as lines, in the order of the tree."""
    numbers = {node.id: node.path for node in nodes}
    return tuple(line_of(node, numbers) for node in sorted(nodes, key=lambda node: node.path))


def changes_of(
    filled: Filled, nodes: Sequence[Node], kind: Kind
) -> tuple[tuple[LineChange, ...], tuple[Reject, ...]]:
    """What each line does, in the order of the tree, which nodes are left, and which lines are not taken.

    A column that the workbook lacks changes nothing. A line moves a node as its page does, and never back.
    """
    held = {node.path: node for node in nodes}
    lines = {line.number: line for line in lines_of_nodes(nodes)}
    counted = {node.path for node in accepted(nodes)}
    taken: dict[tuple[int, ...], LineChange] = {}
    rejects: list[Reject] = []
    for line in filled.lines:
        node = held.get(line.number)
        if node is None:
            change = LineChange("new", line)
        elif node.kind != line.level:
            rejects.append(_reject(line, "level", OTHER_LEVEL))
            continue
        else:
            was = lines[node.path]
            change = _change(_unsaid(merged(was, line, filled.columns), was, node, counted), was, node)
        faults = _faults(change, node, kind.levels[line.level], inside=line.number[:-1] in held)
        taken[line.number] = change
        for column, reason in faults:
            taken.pop(line.number, None)
            rejects.append(_reject(change.line, column, reason))
    taken, fallen = _standing(taken, held, kind)
    given = {line.number for line in filled.lines}
    left = (node for node in nodes if node.path not in given and node.state == "accepted")
    found = (*taken.values(), *(LineChange("left", lines[node.path], node.id) for node in left))
    return tuple(sorted(found, key=lambda change: change.line.number)), (*rejects, *fallen)


def _unsaid(line: Line, was: Line, node: Node, counted: Collection[tuple[int, ...]]) -> Line:
    """A line without what only looks like a change since it was written out.

    Reports show a stage by themselves, and what does not count is not written out.
    """
    if line.stage and line.stage != was.stage:
        shown = reached(level_of(node), line.stage, node.report.progress if node.report else None)
        line = replace(line, stage=was.stage) if shown == was.stage else line
    return replace(line, cites=was.cites) if line.cites is None and was.cites not in counted else line


def _faults(
    change: LineChange, node: Node | None, level: Level, *, inside: bool
) -> Iterator[tuple[str, str]]:
    """The columns of a line that may not be so, and why; `inside` says that what it stands under is there."""
    line, changed = change.line, {one.field for one in change.differences}
    if level.guarded and (node or inside):
        columns = sorted(changed) if node else ["level"]
        yield from ((name if name != "state" else "number", GUARDED) for name in columns)
        return
    if node and "stage" in changed and line.stage and is_back(level, node.stage, line.stage):
        yield "stage", GOES_BACK
    dated = node is None or changed & {"start_on", "due_on"}
    if dated and line.start_on and line.due_on and line.start_on > line.due_on:
        yield "start_on", ENDS_FIRST
    yield from ((name, MISSING) for name in _missing(line, node, level, changed))


def _missing(line: Line, node: Node | None, level: Level, changed: Collection[str]) -> Iterable[str]:
    """The fields that a new node lacks; of one that is there those emptied or needed by its next stage."""
    lacking = [name for name, reason in faults_of(level, line.values) if reason == MISSING]
    if line.stage:
        lacking += unmet(level, line.stage, line.values, level.first)
    if node:
        lacking = [name for name in lacking if name in changed]
        if line.stage and "stage" in changed:
            lacking += unmet(level, line.stage, line.values, node.stage)
    return dict.fromkeys(lacking)


def _standing(
    taken: Mapping[tuple[int, ...], LineChange], held: Mapping[tuple[int, ...], Node], kind: Kind
) -> tuple[dict[tuple[int, ...], LineChange], list[Reject]]:
    """The lines without those that would stand under, cite or close what the others do not let them."""
    there = {path: node.kind for path, node in held.items() if node.state != "rejected"}
    kept, rejects = dict(taken), list[Reject]()
    while True:
        levels = there | {number: change.line.level for number, change in kept.items()}
        found = [(change, _loose(change, kind.levels[change.line.level], levels)) for change in kept.values()]
        fallen = [(change.line, fault) for change, fault in found if fault]
        fallen = fallen or [(line, ("stage", STILL_OPEN)) for line in _unended(kept, held, kind)]
        if not fallen:
            return kept, rejects
        rejects += [_reject(line, *fault) for line, fault in fallen]
        for line, _ in fallen:
            del kept[line.number]


def _loose(change: LineChange, level: Level, levels: Mapping[tuple[int, ...], str]) -> tuple[str, str] | None:
    line, above = change.line, change.line.number[:-1]
    if above and levels.get(above) not in level.under:
        return "number", NO_PARENT
    cites = change.effect == "new" or any(one.field == "cites" for one in change.differences)
    if cites and line.cites and levels.get(line.cites) != level.cites:
        return "cites", NO_CITATION if line.cites in levels else NO_CITED
    return None


def _unended(
    kept: Mapping[tuple[int, ...], LineChange], held: Mapping[tuple[int, ...], Node], kind: Kind
) -> list[Line]:
    """The lines that move a node to its end while something under it would still be open."""
    moved = [change for change in kept.values() if any(one.field == "stage" for one in change.differences)]
    ended = [one for one in moved if kind.levels[one.line.level].stages[one.line.stage or ""].when]
    if not ended:
        return []
    numbers = {path: node.id for path, node in held.items()}
    after = {node.id: node for node in held.values()}
    plan = next(iter(after.values())).plan
    for new, (path, change) in enumerate(kept.items(), 1):
        number, line = numbers.setdefault(path, -new), change.line
        fresh = Node(number, plan, numbers.get(path[:-1]), path, line.level, line.title, "", "accepted", None)
        stage = line.stage or kind.levels[line.level].first
        after[number] = replace(after.get(number, fresh), state="accepted", register=kind.name, stage=stage)
    return [one.line for one in ended if open_below(after[numbers[one.line.number]], after)]


def _reject(line: Line, column: str, reason: str) -> Reject:
    said = line.values.get(column) if column not in _FIXED else getattr(line, column)
    return Reject(line.row or 0, column, "" if said is None else _plain(column, said), reason)


def merged(held: Line, line: Line, columns: frozenset[str]) -> Line:
    """A line of the register with what a workbook says in the columns that it has."""
    names = [name for name in _COMPARED if name in columns and (name != "stage" or line.stage)]
    kept = {name: value for name, value in held.values.items() if name not in columns}
    said = {name: getattr(line, name) for name in (*names, "row")}
    return replace(held, **said, values=kept | dict(line.values))


def edit_of(line: Line, numbers: Mapping[tuple[int, ...], int]) -> Edit:
    """A line as an edit; `numbers` are those of the nodes by path."""
    return Edit(
        title=line.title,
        text=line.text,
        kind=line.level,
        start_on=line.start_on,
        due_on=line.due_on,
        due_words=line.due_words,
        weight=line.weight,
        cites=numbers.get(line.cites) if line.cites else None,
        lead=line.lead,
        cooperating=line.cooperating,
        values=line.values,
    )


def _change(becomes: Line, was: Line, node: Node) -> LineChange:
    differences = tuple(differences_of(was, becomes))
    if node.state != "accepted":
        state = Difference("state", STATE_LABELS[node.state], STATE_LABELS["accepted"])
        differences = (*differences, state)
    return LineChange("changed" if differences else "same", becomes, node.id, differences)


def differences_of(was: Line, becomes: Line) -> Iterator[Difference]:
    """The fields in which a line is another one than it was."""
    for name in _COMPARED:
        before, after = getattr(was, name), getattr(becomes, name)
        if before != after:
            yield Difference(name, before, after)
    for name in sorted(was.values.keys() | becomes.values.keys()):
        if was.values.get(name) != becomes.values.get(name):
            yield Difference(name, was.values.get(name), becomes.values.get(name))


def told_differences(change: LineChange, kind: Kind, language: str) -> tuple[str, ...]:
    """What a line would change, field by field in words: label, before and after."""
    level = kind.levels[change.line.level]
    return tuple(
        f"{_label(kind, one.field, language)}: "
        f"{said(level, one.field, one.was, language)} → {said(level, one.field, one.becomes, language)}"
        for one in change.differences
    )


def told_reject(one: Reject, kind: Kind, language: str) -> Reject:
    """A bad cell in words: its column as its header says, a stage or level by its label, and the reason."""
    known: Mapping[str, Stage | Level] = kind.stages if one.column == "stage" else kind.levels
    named = known.get(one.value) if one.column in ("stage", "level") else None
    value = named.label[language] if named else one.value
    column = label_of(kind.fields.get(one.column, one.column), language)
    return Reject(one.row, column, value, say(one.reason, language))


def said(level: Level, name: str, value: object, language: str) -> str:
    """What a node has in a column or a field, in words."""
    if value in (None, "", (), []):
        return "–"
    if name in level.fields:
        return told(level.fields[name], value, language)  # type: ignore[arg-type]  # the values of fields
    if name == "stage" and value in level.stages:
        return level.stages[str(value)].label[language]
    if name == "state":
        return say(STATE_LABELS.get(value, str(value)), language)  # type: ignore[call-overload]  # or in words already
    return _plain(name, value)


def _label(kind: Kind, name: str, language: str) -> str:
    if field := kind.fields.get(name):
        return field.label[language]
    return say(N_("State"), language) if name == "state" else label_of(name, language)


def _plain(name: str, value: object) -> str:
    if isinstance(value, tuple | list):
        return ("." if name in ("number", "cites") else "、").join(map(str, value))
    return str(value)
