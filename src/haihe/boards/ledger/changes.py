"""What a workbook would change in a register, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from haihe.boards.ledger.records import Edit, Node
from haihe.boards.ledger.template import Filled, Line
from haihe.boards.ledger.tree import STATE_LABELS
from haihe.kit.errors import N_, Reject
from haihe.kit.source import Tier

Effect = Literal["new", "changed", "same", "left"]

EFFECT_LABELS: Mapping[Effect, str] = {
    "new": N_("new"),
    "changed": N_("changed"),
    "same": N_("unchanged"),
    "left": N_("not in the file, stays as it is"),
}

OTHER_LEVEL = N_("In the register another level has this number.")

_COMPARED = tuple(each.name for each in fields(Line) if each.name not in ("number", "values", "row"))


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
    """What a workbook does to a register: its number where it is there, the changes and the bad cells."""

    plan: int | None
    changes: tuple[LineChange, ...]
    rejects: tuple[Reject, ...]

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


def changes_of(filled: Filled, nodes: Sequence[Node]) -> tuple[tuple[LineChange, ...], tuple[Reject, ...]]:
    """What each line does, in the order of the tree, which nodes are left, and which lines are not taken.

    A column that the workbook lacks changes nothing.
    """
    held = {node.path: node for node in nodes}
    lines = {line.number: line for line in lines_of_nodes(nodes)}
    found: list[LineChange] = []
    rejects: list[Reject] = []
    for line in filled.lines:
        node = held.get(line.number)
        if node is None:
            found.append(LineChange("new", line))
        elif node.kind != line.level:
            rejects.append(Reject(line.row or 0, "level", line.title, OTHER_LEVEL))
        else:
            found.append(_change(merged(lines[node.path], line, filled.columns), lines[node.path], node))
    given = {line.number for line in filled.lines}
    left = (node for node in nodes if node.path not in given and node.state == "accepted")
    found += (LineChange("left", lines[node.path], node.id) for node in left)
    return tuple(sorted(found, key=lambda change: change.line.number)), tuple(rejects)


def merged(held: Line, line: Line, columns: frozenset[str]) -> Line:
    """A line of the register with what a workbook says in the columns that it has."""
    names = [name for name in _COMPARED if name in columns and (name != "stage" or line.stage)]
    kept = {name: value for name, value in held.values.items() if name not in columns}
    return replace(held, **{name: getattr(line, name) for name in names}, values=kept | dict(line.values))


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
