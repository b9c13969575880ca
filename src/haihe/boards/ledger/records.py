"""The nouns of the ledger: registers, the promises in them, what was reported, and the lights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from haihe.boards.ledger.kinds import Given
from haihe.kit.limits import PAGE_ROWS_DEFAULT
from haihe.kit.source import Tier

NodeState = Literal["draft", "accepted", "rejected"]
Role = Literal["lead", "cooperating"]
LightState = Literal["on_track", "near", "behind", "overdue", "unknown"]
Decision = Literal["accept", "edit", "reject", "move"]

LIGHT_STATES: tuple[LightState, ...] = ("overdue", "behind", "near", "unknown", "on_track")
"""Every light, the worst first."""

LATE: tuple[LightState, ...] = LIGHT_STATES[:3]
"""The lights that ask for something to be done."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme (主题) of a frame; `words` tell it in a text, `label` and `gist` are words by language."""

    id: str
    label: Mapping[str, str]
    gist: Mapping[str, str]
    icon: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A way of dividing the work into themes, such as the six priorities; several hold at once."""

    id: str
    label: Mapping[str, str]
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """That a node belongs to a theme of a frame; one theme of each frame is its primary one."""

    frame: str
    theme: str
    primary: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A unit's part in a promise: its name as written, and its number in the registry, None until resolved.

    `lead` is 牵头 (责任) 单位, `cooperating` 配合单位.
    """

    name: str
    role: Role
    entity: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """By when a promise is to be kept: the last allowed day, None where it is to go on, and the words."""

    on: date | None
    words: str


@dataclass(frozen=True, slots=True)
class Number:
    """A figure in the words of a node; `value` is None for a mix of several numbers."""

    quote: str
    value: Decimal | None
    unit: str | None
    subject: str | None
    period: str | None
    source_id: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported of a promise; never changed afterwards.

    `progress` is from 0 to 1; `period` is the time reported on, such as 2023-06; `reported_on` the day it
    speaks for and `reported_at` the moment it came in; `by` the account, as the audit chain names it.
    """

    id: int
    node: int
    period: str
    progress: float | None
    note: str
    forecast_due_on: date | None
    reported_on: date
    reported_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Light:
    """A light (亮灯) and why it is so: a template of the catalogues and the facts that fill it."""

    state: LightState
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A light that a node took on a day; `before` is the one it had."""

    node: int
    on: date
    light: Light
    before: LightState | None


@dataclass(frozen=True, slots=True)
class Move:
    """That a node was brought from one stage to another, by whom, when, and for going back why."""

    at: datetime
    by: str
    before: str | None
    after: str | None
    reason: str

    @property
    def stages(self) -> tuple[str, str]:
        """The stage before and the one after; empty where there was none."""
        return self.before or "", self.after or ""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a register, in a plan an aspect (方面), a task (任务), a project (项目) or an item (事项).

    `kind` is its level, and `register` the kind of its register. `path` holds the positions from the root
    down to this node, so that paths sort in the order of the tree; `source_id` is the sentence or row it
    came from; `cites` the project that an item serves; `report` the latest; `tier` that of its plan. It is
    in its `stage` since `stage_on`, None where that day is unknown; `values` are its fields by name.
    """

    id: int
    plan: int
    parent: int | None
    path: tuple[int, ...]
    kind: str
    title: str
    text: str
    state: NodeState
    source_id: str | None
    edited: bool = False
    shares: tuple[Share, ...] = ()
    tags: tuple[Tag, ...] = ()
    start_on: date | None = None
    due_on: date | None = None
    due_words: str | None = None
    weight: float = 1.0
    cites: int | None = None
    report: Report | None = None
    tier: Tier = "ours"
    register: str = "plan"
    stage: str | None = None
    stage_on: date | None = None
    values: Mapping[str, Given] = field(default_factory=dict)

    def named(self, role: Role) -> tuple[str, ...]:
        """The names of the units with a role, in the order written."""
        return tuple(share.name for share in self.shares if share.role == role)


@dataclass(frozen=True, slots=True)
class Plan:
    """A register of a kind: how many of its nodes are draft and accepted; public from `published_at` on."""

    id: int
    name: str
    tier: Tier
    created_at: datetime
    published_at: datetime | None
    drafts: int
    accepted: int
    kind: str = "plan"

    @property
    def state(self) -> Literal["draft", "accepted"]:
        """`draft` until one of its nodes is accepted."""
        return "accepted" if self.accepted else "draft"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a node stands on a day.

    `light` is its own where it is itself a promise, else the worst below; `worst` is the worst of both.
    `progress` is its own last report or the weighted mean of what is known below it; `reported` of
    `promises` (itself among them) have a report; `counts` says how many of them show each light.
    """

    node: Node
    light: Light
    worst: Light
    progress: float | None
    promises: int
    reported: int
    counts: Mapping[str, int]
    children: int


@dataclass(frozen=True, slots=True)
class Sought:
    """Which nodes of a plan are asked for; None and nothing are any.

    `themes` are each a frame and a theme, such as six-emphases:chessboard; `unit` is the name of a unit or
    its number in the registry; `parent` a node, or 0 for the plan itself; `review` asks for drafts and
    rejected nodes as well; `kind` is a level.
    """

    themes: Collection[str] = ()
    lights: Collection[str] = ()
    unit: str | None = None
    kind: str | None = None
    words: str | None = None
    parent: int | None = None
    review: bool = False
    stages: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page of a list is asked for, and the day that its lights are of."""

    on: date
    cursor: str | None = None
    limit: int = PAGE_ROWS_DEFAULT


@dataclass(frozen=True, slots=True)
class Item:
    """A node with all that its page shows.

    `above` are the nodes over it from the root down, `below` those that stand under it, `carried` what those
    before it left unfinished, `cited_by` the items that cite it; `reports`, `changes` and `moves` begin with
    the latest.
    """

    plan: Plan
    standing: Standing
    above: tuple[Node, ...]
    reports: tuple[Report, ...]
    changes: tuple[Change, ...]
    numbers: tuple[Number, ...]
    cites: Node | None
    cited_by: tuple[Node, ...]
    moves: tuple[Move, ...] = ()
    below: tuple[Standing, ...] = ()
    carried: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """A unit's part in the ledger: the lights of the promises it leads and of those it cooperates in."""

    name: str
    entity: int | None
    lead: Mapping[str, int]
    cooperating: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ThemeCard:
    """What is promised under a theme, and the change of light there that matters most, with its node."""

    frame: str
    theme: str
    counts: Mapping[str, int]
    change: Change | None
    changed: Node | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole ledger on a day, as home shows it: of `promises`, `reported` have a report.

    `late` are those that are overdue, behind or near, the worst and oldest first; `places` says how many
    promises show each light by the adcode of the leading units.
    """

    on: date
    plans: tuple[Plan, ...]
    promises: int
    reported: int
    counts: Mapping[str, int]
    late: tuple[Standing, ...]
    cards: tuple[ThemeCard, ...]
    units: tuple[Answering, ...]
    places: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Lit:
    """What a run over the lights did: promises looked at, and lights that changed."""

    promises: int
    changed: int


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person made of a node; every field replaces the old value."""

    title: str
    text: str
    kind: str
    start_on: date | None = None
    due_on: date | None = None
    due_words: str | None = None
    weight: float = 1.0
    cites: int | None = None
    lead: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    values: Mapping[str, Given] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """The stage that a node is to enter, with the fields filled on the way; going back needs a reason."""

    stage: str
    reason: str = ""
    values: Mapping[str, Given] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Return:
    """What a unit reports (报送); the action adds the node, the moment and the account."""

    period: str
    reported_on: date
    progress: float | None = None
    note: str = ""
    forecast_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """What reading a document into a plan did: nodes added, and nodes that were there already."""

    plan: int
    added: int
    unchanged: int
