"""Nodes as they leave the house: flat rows for programs, tables and files, with their reasons in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import islice

from haihe.boards.ledger.changes import EFFECT_LABELS, Effect, Imported, told_differences, told_reject
from haihe.boards.ledger.kinds import Given, Kind
from haihe.boards.ledger.money import Money
from haihe.boards.ledger.records import (
    Confidence,
    Frame,
    Item,
    Light,
    LightState,
    Node,
    NodeState,
    Number,
    Plan,
    Report,
    Standing,
)
from haihe.boards.ledger.tree import STATE_LABELS, level_of
from haihe.boards.ledger.values import told as told_value
from haihe.kit.errors import N_, Reject
from haihe.kit.words import say

LATE_SHOWN = 12
CHANGES_SHOWN = 200

PLAN_COLUMNS: Mapping[str, str] = {
    "name": N_("Register"),
    "kind": N_("Kind"),
    "accepted": N_("Accepted"),
    "drafts": N_("Drafts"),
    "reported": N_("Reported"),
    "overdue": N_("Overdue"),
    "published": N_("Published on"),
}
ITEM_COLUMNS: Mapping[str, str] = {
    "title": N_("Item"),
    "light": N_("Light"),
    "stage": N_("Stage"),
    "progress": N_("Progress"),
    "due": N_("Due"),
    "lead": N_("Lead unit"),
    "themes": N_("Themes"),
}
FIGURE_COLUMNS: Mapping[str, str] = {
    "figure": N_("Figure"),
    "subject": N_("Of what"),
    "period": N_("Period"),
    "item": N_("Item"),
}


CONFIDENCE_WORDS: Mapping[Confidence, str] = {
    "high": N_("Confidence: high."),
    "medium": N_("Confidence: medium."),
    "low": N_("Confidence: low."),
}
DOCUMENT_COLUMNS: Mapping[str, str] = {"name": N_("Document")}
REJECT_COLUMNS: Mapping[str, str] = {
    "row": N_("Row"),
    "column": N_("Column"),
    "value": N_("Written"),
    "reason": N_("Why it is not taken"),
}
CHANGE_COLUMNS: Mapping[str, str] = {
    "place": N_("Number"),
    "title": N_("Title"),
    "effect": N_("Effect"),
    "differences": N_("What changes"),
}


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node and how it stands: `place` is its number in the plan, such as 1.2.3; `reason` is a sentence.

    `issued_light` is the last light that the office gave, for the period `issued_for`; `money` the sums in
    fen by field, each of how many that give one. Of a node whose asker may know the title only, neither
    progress nor money is told.
    """

    id: int
    plan: int
    parent: int | None
    place: str
    kind: str
    title: str
    text: str
    state: NodeState
    themes: tuple[str, ...]
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    start_on: date | None
    due_on: date | None
    due_words: str | None
    weight: float
    cites: int | None
    progress: float | None
    reported_on: date | None
    forecast_due_on: date | None
    light: LightState
    reason: str
    promises: int
    reported: int
    lights: Mapping[str, int]
    children: int
    source_id: str | None
    stage: str | None
    values: Mapping[str, Given]
    issued_light: LightState | None
    issued_for: str | None
    money: Mapping[str, Money]


@dataclass(frozen=True, slots=True)
class LightRow:
    """A light that a node took on a day, and the one it had before."""

    on: date
    light: LightState
    before: LightState | None
    reason: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A node with all that is known of it; `version` goes up with each change, for If-Match."""

    node: NodeRow
    plan: Plan
    above: tuple[int, ...]
    reports: tuple[Report, ...]
    lights: tuple[LightRow, ...]
    figures: tuple[Number, ...]
    cited_by: tuple[int, ...]
    version: int


def columns_of(kind: Kind, language: str) -> dict[str, str]:
    """The columns of a register's list with their labels, the themes of a plan last."""
    labels = {name: say(ITEM_COLUMNS[name], language) for name in kind.columns if name in ITEM_COLUMNS}
    labels |= {name: each.label[language] for name, each in kind.fields.items()}
    labels |= {name: label[language] for name, label in kind.roles.items()}
    themes = {"themes": say(ITEM_COLUMNS["themes"], language)} if kind.name == "plan" else {}
    return {name: labels[name] for name in kind.columns} | themes


def values_of(node: Node, language: str) -> dict[str, str]:
    """The fields of a node in words, by name, those that are filled."""
    fields = level_of(node).fields
    return {
        name: told_value(fields[name], node.values[name], language) for name in fields if name in node.values
    }


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A line of a workbook that changes a register; `number` is its place, such as 1.2.3."""

    number: str
    title: str
    effect: Effect
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a workbook does to a register: lines by effect, those that change something, and bad cells."""

    plan: int | None
    counts: Mapping[str, int]
    changes: tuple[ChangeRow, ...]
    rejects: tuple[Reject, ...]


def taken_of(found: Imported, language: str) -> Taken:
    """What a workbook does, in a language."""
    changes = tuple(
        ChangeRow(
            ".".join(map(str, change.line.number)),
            change.line.title,
            change.effect,
            told_differences(change, found.kind, language),
        )
        for change in found.changes
        if change.effect != "same"
    )
    rejects = tuple(told_reject(one, found.kind, language) for one in found.rejects)
    return Taken(found.plan, found.counts(), changes, rejects)


def themes_of(node: Node, frame: Frame | None, language: str) -> dict[str, str]:
    """The names of a node's themes in a frame, by id."""
    held = {tag.theme for tag in node.tags if frame and tag.frame == frame.id}
    return {theme.id: theme.label[language] for theme in (frame.themes if frame else ()) if theme.id in held}


def place_of(node: Node) -> str:
    """A node's number in its plan, such as 1.2.3."""
    return ".".join(map(str, node.path))


def reason_of(light: Light, language: str) -> str:
    """Why a light is as it is, as a sentence in a language."""
    return say(light.reason, language, **light.facts)


def told(report: Report, language: str) -> str:
    """What a report says besides its progress: note, difficulties, and what it expects how surely."""
    words = [report.note]
    if report.difficulty:
        words.append(say(N_("Difficulties: {words}"), language, words=report.difficulty))
    if report.forecast_due_on is not None:
        words.append(say(N_("Expected by {day}."), language, day=report.forecast_due_on))
    if report.confidence:
        words.append(say(CONFIDENCE_WORDS[report.confidence], language))
    return " · ".join(filter(None, words))


def row_of(standing: Standing, language: str) -> NodeRow:
    """A standing as a row in a language."""
    node, report = standing.node, standing.node.report
    return NodeRow(
        id=node.id,
        plan=node.plan,
        parent=node.parent,
        place=place_of(node),
        kind=node.kind,
        title=node.title,
        text=node.text,
        state=node.state,
        themes=tuple(f"{tag.frame}:{tag.theme}" for tag in node.tags),
        lead=node.named("lead"),
        cooperating=node.named("cooperating"),
        start_on=node.start_on,
        due_on=node.due_on,
        due_words=node.due_words,
        weight=node.weight,
        cites=node.cites,
        progress=standing.progress if node.told else None,
        reported_on=report.reported_on if report else None,
        forecast_due_on=report.forecast_due_on if report else None,
        light=standing.light.state,
        reason=reason_of(standing.light, language),
        promises=standing.promises,
        reported=standing.reported,
        lights=dict(standing.counts),
        children=standing.children,
        source_id=node.source_id,
        stage=node.stage,
        values=dict(node.values),
        issued_light=node.issued.state if node.issued else None,
        issued_for=node.issued.period if node.issued else None,
        money=standing.money if node.told else {},
    )


def detail_of(item: Item, language: str) -> Detail:
    """An item as a row in a language, with all that is known of it."""
    return Detail(
        node=row_of(item.standing, language),
        plan=item.plan,
        above=tuple(node.id for node in item.above),
        reports=item.reports,
        lights=tuple(
            LightRow(change.on, change.light.state, change.before, reason_of(change.light, language))
            for change in item.changes
        ),
        figures=item.numbers,
        cited_by=tuple(node.id for node in item.cited_by),
        version=item.standing.node.version,
    )


def cells_of(row: NodeRow) -> list[object]:
    """A row as the cells of a spreadsheet, in the order of its fields; several values share a cell."""
    return [_cell(getattr(row, field.name)) for field in fields(NodeRow)]


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if isinstance(value, Mapping):
        return "、".join(f"{name} {count}" for name, count in value.items())
    return value


def states_json(found: Iterable[Standing], language: str) -> str:
    """The versions, states and titles of nodes as the script of a review takes them."""
    nodes = (standing.node for standing in found)
    words = {state: say(label, language) for state, label in STATE_LABELS.items()}
    return json.dumps([[one.id, one.version, one.state, words[one.state], one.title] for one in nodes])


def change_cells(changes: Iterable[ChangeRow], language: str) -> Iterator[dict[str, object]]:
    """The lines of a workbook that change something, in words, the first `CHANGES_SHOWN`."""
    for change in islice(changes, CHANGES_SHOWN):
        yield {
            "place": change.number,
            "title": change.title,
            "effect": say(EFFECT_LABELS[change.effect], language),
            "differences": "; ".join(change.differences),
        }
