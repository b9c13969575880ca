"""What each column of a table is taken for: suggested with a reason, changed by a person, kept as YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from haihe.boards.office.amounts import YUAN
from haihe.boards.office.outlines import LevelRule
from haihe.boards.office.records import ENTRY, Reason
from haihe.boards.office.shapes import shape_of
from haihe.boards.office.sheets import Table
from haihe.kit.errors import N_, Invalid

FORMAT = 1
_SHOWN_MAX = 80
IGNORE = "ignore"
FIXED: Mapping[str, str] = {
    "number": N_("Numbering"),
    "text": N_("Text"),
    "lead": N_("Lead units"),
    "cooperating": N_("Cooperating units"),
    "start_on": N_("Start"),
    "due_on": N_("Due"),
    "span": N_("From when to when"),
    "weight": N_("Weight"),
    "stage": N_("Stage"),
}
"""What a column of any register may hold besides titles and the fields of its kind."""

REPORTED: Mapping[str, str] = {
    name: ENTRY[name] for name in ("progress", "note", "forecast", "difficulty", "evidence")
}
"""What a column may say of how things stand, taken up as a report."""

CHOSEN = N_("Chosen by hand.")
REMEMBERED = N_("As it was for the last table of this shape.")


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a kind of register can hold: its levels, its fields with their type, their labels by language."""

    kind: str
    levels: tuple[LevelRule, ...]
    fields: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """What its levels and fields are called in any language."""
        return {name: tuple(label.values()) for name, label in self.labels.items()}

    @property
    def targets(self) -> tuple[str, ...]:
        """Everything that a column can be taken for."""
        return (*(level.name for level in self.levels), *FIXED, *self.fields, *REPORTED, IGNORE)


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is taken for: a target, of money its unit; how sure that is, from 0 to 1, and why."""

    heading: str
    target: str
    unit: str | None = None
    sure: float = 1.0
    reason: Reason = field(default_factory=lambda: Reason(CHOSEN))


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What the columns of a table are taken for, in their order, and the kind of register that it fills."""

    kind: str
    columns: tuple[Column, ...]

    @property
    def shape(self) -> str:
        """The fingerprint of the tables that it is for."""
        return shape_of(column.heading for column in self.columns)

    def changed(self, at: int, target: str, unit: str | None) -> TableMapping:
        """The mapping with another target for a column."""
        column = replace(self.columns[at], target=target, unit=unit, sure=1.0, reason=Reason(CHOSEN))
        return replace(self, columns=(*self.columns[:at], column, *self.columns[at + 1 :]))


def as_yaml(mappings: Sequence[TableMapping]) -> dict[str, Any]:
    """Mappings as a YAML file keeps them (docs/formats/office-mapping.schema.json)."""
    tables = [{"shape": one.shape, "columns": list(map(_column, one.columns))} for one in mappings]
    return {"format": FORMAT, "kind": mappings[0].kind, "tables": tables}


def _column(one: Column) -> dict[str, str]:
    return {"heading": one.heading, "target": one.target} | ({"unit": one.unit} if one.unit else {})


def mappings_of(written: Any, schemes: Mapping[str, Scheme]) -> tuple[TableMapping, ...]:
    """The mappings in the content of a YAML file; raises Invalid for one that is none, saying where."""
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        raise _unfit("format")
    scheme = schemes.get(str(written.get("kind")))
    if scheme is None:
        raise _unfit("kind")
    tables = written.get("tables")
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise _unfit("tables")
    return tuple(
        TableMapping(scheme.kind, tuple(_read(one, scheme) for one in table.get("columns") or ()))
        for table in tables
    )


def _read(one: Any, scheme: Scheme) -> Column:
    fits = (
        isinstance(one, dict) and isinstance(one.get("heading"), str) and one.get("target") in scheme.targets
    )
    if not fits or one.get("unit") not in {None, *YUAN}:
        raise _unfit(str(one)[:_SHOWN_MAX])
    return Column(one["heading"], one["target"], one.get("unit"))


def _unfit(where: str) -> Invalid:
    return Invalid(
        N_("This is no mapping of a table: {where} does not fit."),
        advice=N_("Save one with haihe office map FILE --save M.yaml and change that."),
        where=where,
    )


def fitted(mapping: TableMapping, table: Table) -> TableMapping | None:
    """A mapping for a table of its shape, with the headings as they are there; None for another shape."""
    headings = list(table.headings.values())
    if shape_of(headings) != mapping.shape:
        return None
    pairs = zip(mapping.columns, headings, strict=True)
    return replace(mapping, columns=tuple(replace(one, heading=words) for one, words in pairs))
