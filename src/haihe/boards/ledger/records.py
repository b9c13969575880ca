"""The nouns of the ledger: registers, the promises in them, what was reported, and the lights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from haihe.boards.ledger.kinds import Given
from haihe.boards.ledger.money import Money
from haihe.kit.errors import N_
from haihe.kit.limits import PAGE_ROWS_DEFAULT
from haihe.kit.source import Tier

NodeState = Literal["draft", "accepted", "rejected"]
Role = Literal["lead", "cooperating"]
LightState = Literal["on_track", "near", "behind", "overdue", "unknown"]
Decision = Literal["accept", "edit", "reject", "move"]
Confidence = Literal["high", "medium", "low"]

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
class Amount:
    """A figure that is reported: of what, how much, in which unit of measure."""

    name: str
    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a report (佐证): a kept file by its SHA-256, or a fact of a document and its words."""

    id: int
    name: str
    sha256: str | None = None
    size_bytes: int | None = None
    document_id: int | None = None
    fact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported of a promise; never changed afterwards.

    `progress` is from 0 to 1; `period` is the time reported on, such as 2023-06; `reported_on` the day it
    speaks for and `reported_at` the moment it came in; `by` the account, as the audit chain names it;
    `confidence` how sure the unit is of its forecast.
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
    confidence: Confidence | None = None
    difficulty: str = ""
    figures: tuple[Amount, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Light:
    """A light (亮灯) and why it is so: a template of the catalogues and the facts that fill it."""

    state: LightState
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Issued:
    """A light that the office gave for a period (核定), why, and what the rule gave then."""

    id: int
    node: int
    period: str
    state: LightState
    reason: str
    rule: Light
    by: str
    at: datetime

    @property
    def confirms(self) -> bool:
        """Whether the office left the light as the rule gave it."""
        return self.state == self.rule.state

    @property
    def light(self) -> Light:
        """The light with the rule's reason, or the office's where it changed it."""
        if self.confirms:
            return self.rule
        return Light(self.state, N_("The office judges: {reason}"), {"reason": self.reason})


@dataclass(frozen=True, slots=True)
class Correction:
    """An entry of the log of corrections (更正): what a locked period said before and says after, and why."""

    id: int
    node: int
    period: str
    subject: Literal["report", "light"]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    reason: str
    by: str
    at: datetime


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
    `entered` is the stage that it was brought to by hand, and the day; `rule` names its rule of lights;
    `told` says that all of it is here, not only its place and title; `issued` is the last light that the
    office gave; `version` goes up with each change; `returned` says on which day the first report for a
    period came in, where its rule looks at that.
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
    entered: tuple[str | None, date | None] = (None, None)
    rule: str | None = None
    issued: Issued | None = None
    returned: Mapping[str, date] = field(default_factory=dict)
    told: bool = True
    version: int = 1

    def named(self, role: Role) -> tuple[str, ...]:
        """The names of the units with a role, in the order written."""
        return tuple(share.name for share in self.shares if share.role == role)


@dataclass(frozen=True, slots=True)
class Plan:
    """A register of a kind: how many of its nodes are draft and accepted; public from `published_at` on.

    `rule` names its rule of lights where it has another one than its kind.
    """

    id: int
    name: str
    tier: Tier
    created_at: datetime
    published_at: datetime | None
    drafts: int
    accepted: int
    kind: str = "plan"
    rule: str | None = None

    @property
    def state(self) -> Literal["draft", "accepted"]:
        """`draft` until one of its nodes is accepted."""
        return "accepted" if self.accepted else "draft"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a node stands on a day.

    `light` is its own where it is itself a promise, else the worst below; `worst` is the worst of both.
    `progress` is its own last report or the weighted mean of what is known below it; `reported` of
    `promises` (itself among them) have a report; `counts` says how many of them show each light; `money` is
    what their fields of money give, by name.
    """

    node: Node
    light: Light
    worst: Light
    progress: float | None
    promises: int
    reported: int
    counts: Mapping[str, int]
    children: int
    money: Mapping[str, Money] = field(default_factory=dict)


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
    """Which page of a list is asked for, the day of its lights, and as of which moment; None is now."""

    on: date
    cursor: str | None = None
    limit: int = PAGE_ROWS_DEFAULT
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A node with all that its page shows.

    `above` are the nodes over it from the root down, `below` those that stand under it, `carried` what those
    before it left unfinished, `cited_by` the items that cite it; `reports`, `changes`, `moves`, `issued`
    and `corrections` begin with the latest.
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
    issued: tuple[Issued, ...] = ()
    corrections: tuple[Correction, ...] = ()


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
    """What a unit reports (报送); the action adds the node, the moment and the account.

    `evidence` are numbers of what was kept for the node before; a report sent twice with one `key` is one.
    """

    period: str
    reported_on: date
    progress: float | None = None
    note: str = ""
    forecast_due_on: date | None = None
    confidence: Confidence | None = None
    difficulty: str = ""
    figures: tuple[Amount, ...] = ()
    evidence: tuple[int, ...] = ()
    key: str | None = None
