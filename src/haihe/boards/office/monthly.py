"""A table that says how things stand, as a return of one unit, so that it is merged as every return is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from haihe.boards.office.merging import Batch, Present, candidates_of, merged
from haihe.boards.office.records import KEY, LABELS, Asked, Cell, Handout, Merge, Returned, Row, Unit
from haihe.boards.office.workbook import label_of


@dataclass(frozen=True, slots=True)
class Reported:
    """What a row says of how an item stands: the cells by column, and the row that they are in."""

    node: int
    at: str
    cells: Mapping[str, Cell]


def monthly_of(
    asked: Asked, file: tuple[str, str], rows: Sequence[Reported], present: Present, *, all_of_it: bool
) -> Merge:
    """What the rows of a file (its name and SHA-256) would report; whoever hands it in answers for the leads.

    An item that the period has a report on waits for a choice, unless the file counts for `all_of_it`.
    """
    name, sha256 = file
    unit = Unit(name)
    known = [one for one in rows if one.node in present.lines]
    handout = Handout(asked, unit, tuple(present.lines[one.node] for one in known))
    labels = {
        column: Cell("", words, words) for column in LABELS for words in [label_of(column, asked.language)]
    }
    returned = Returned(
        name, sha256, {"digest": handout.digest}, (), labels, tuple(_row(one, present) for one in known)
    )
    batch = Batch(asked.plan, asked.plan_name, asked.period, (returned,), {handout.digest: handout})
    leads = {one.node: {unit.key} for one in known}
    held = Present(present.lines, {**present.leads, **leads}, present.filed)
    found = merged(batch, held)
    return merged(batch, held, candidates_of(found, {name})) if all_of_it else found


def _row(one: Reported, present: Present) -> Row:
    """A row as it would have come back in a workbook that was handed out."""
    locked = {column: Cell(one.at, words, words) for column, words in present.lines[one.node].cells.items()}
    return Row(one.at, {KEY: Cell(one.at, str(one.node), str(one.node)), **locked, **one.cells})
