"""What is put up for signature as it leaves the house: flat rows for programs, pages and papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from haihe.boards.office.approvals import CHANGED, approvals, is_signed
from haihe.boards.office.circulation import subject_kinds, urgencies
from haihe.boards.office.codes import Code
from haihe.boards.office.posts import Roll
from haihe.boards.office.signing import (
    DEED_LABELS,
    STATUS_LABELS,
    Act,
    Deed,
    Docket,
    Status,
    Version,
    allowed,
    explained,
    local,
    standing,
)
from haihe.kit.errors import N_
from haihe.kit.words import say

DOCKET_COLUMNS: Mapping[str, str] = {
    "title": N_("To be signed"),
    "kind_label": N_("Kind of document"),
    "urgency_label": N_("Urgency"),
    "status_label": N_("Stands"),
    "step_label": N_("At the step"),
    "version": N_("Version"),
    "since": N_("Since when"),
    "needed_on": N_("Needed by"),
}
"""The table of what is put up for signature."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a docket: an account (None where there is none), on which day, in which language."""

    account: int | None
    on: date
    language: str


@dataclass(frozen=True, slots=True)
class DocketRow:
    """A docket in a list: `explanation` says in words where it stands; `mine` what the reader may do."""

    id: int
    kind: str
    kind_label: str
    subject: str
    title: str
    route: str
    urgency: str
    urgency_label: str
    needed_on: date | None
    version: int
    status: Status
    status_label: str
    step: int | None
    step_label: str
    since: datetime
    explanation: str
    mine: list[Deed]
    acting: str


@dataclass(frozen=True, slots=True)
class ActRow:
    """What was done with a version, by the post and the account that then held it."""

    deed: Deed
    label: str
    version: int
    step: int
    step_label: str
    post: str
    acting: str
    name: str
    at: datetime
    note: str
    returned_to: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step with its post, who holds that now, and the approval of the newest version if there is one."""

    name: str
    label: str
    post_id: int
    post: str
    holder: str
    state: str
    approval: ActRow | None


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A scan of the stamped paper of a version."""

    id: int
    name: str
    sha256: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version; `current` is the one that is valid, `signed` whether it was signed to the end."""

    number: int
    sha256: str
    code: str
    name: str
    made_at: datetime
    current: bool
    signed: bool
    scans: list[ScanRow]


@dataclass(frozen=True, slots=True)
class DocketDetail:
    """A docket with all that its page shows; `changed` where its content is no longer what was put up."""

    docket: DocketRow
    changed: bool
    warning: str
    seen: int
    steps: list[StepRow]
    versions: list[VersionRow]
    acts: list[ActRow]


def docket_row(docket: Docket, roll: Roll, reader: Reader) -> DocketRow:
    """A docket as a row of a list."""
    now, language = standing(docket), reader.language
    may = allowed(docket, roll, reader.account, reader.on)
    words, facts = explained(docket, roll, reader.on)
    through = {one.acting for one in may.values() if one.acting is not None}
    return DocketRow(
        id=docket.id,
        kind=docket.kind,
        kind_label=subject_kinds()[docket.kind].label[language],
        subject=docket.subject,
        title=docket.title,
        route=docket.route.name,
        urgency=docket.urgency,
        urgency_label=urgencies()[docket.urgency][language],
        needed_on=docket.needed_on,
        version=docket.version.number,
        status=now.status,
        status_label=say(STATUS_LABELS[now.status], language),
        step=now.step,
        step_label="" if now.step is None else docket.route.steps[now.step].label[language],
        since=local(docket.acts[-1].at),
        explanation=say(words, language, **facts),
        mine=list(may),
        acting="、".join(roll.posts[post].words for post in sorted(through)),
    )


def act_row(act: Act, docket: Docket, roll: Roll, language: str) -> ActRow:
    """An act as a row of the history."""
    steps = docket.route.steps
    return ActRow(
        deed=act.deed,
        label=say(DEED_LABELS[act.deed], language),
        version=act.version,
        step=act.step,
        step_label=steps[act.step].label[language],
        post=roll.posts[act.post].words,
        acting=roll.posts[act.acting].words if act.acting is not None else "",
        name=act.name,
        at=local(act.at),
        note=act.note,
        returned_to=steps[act.to].label[language] if act.to is not None else "",
    )


def _step_rows(docket: Docket, roll: Roll, language: str) -> list[StepRow]:
    now, given = standing(docket).step, approvals(docket, docket.version.number)
    rows = []
    for place, (step, post) in enumerate(zip(docket.route.steps, docket.posts, strict=True)):
        holder, act = roll.holder(post), given.get(place)
        rows.append(
            StepRow(
                name=step.name,
                label=step.label[language],
                post_id=post,
                post=roll.posts[post].words,
                holder=holder.name if holder else "",
                state="now" if place == now else "done" if act else "next",
                approval=act_row(act, docket, roll, language) if act else None,
            )
        )
    return rows


def version_row(docket: Docket, version: Version, *, changed: bool) -> VersionRow:
    """A version as a row; it is no longer current where a newer one or a change of the content came after."""
    return VersionRow(
        number=version.number,
        sha256=version.sha256,
        code=Code(docket.id, version.number, version.sha256).printed,
        name=version.name,
        made_at=local(version.made_at),
        current=version == docket.version and not changed,
        signed=is_signed(docket, version.number),
        scans=[
            ScanRow(scan.id, scan.name, scan.sha256, local(scan.kept_at))
            for scan in docket.scans
            if scan.version == version.number
        ],
    )


def detail_of(docket: Docket, roll: Roll, reader: Reader, *, changed: bool) -> DocketDetail:
    """A docket with all that its page shows."""
    warning = say(CHANGED, reader.language, version=docket.version.number) if changed else ""
    return DocketDetail(
        docket=docket_row(docket, roll, reader),
        changed=changed,
        warning=warning,
        seen=docket.seen,
        steps=_step_rows(docket, roll, reader.language),
        versions=[version_row(docket, one, changed=changed) for one in reversed(docket.versions)],
        acts=[act_row(act, docket, roll, reader.language) for act in reversed(docket.acts)],
    )


def cell_of(row: DocketRow, column: str) -> object:
    """What a column of the table says of a docket."""
    found = getattr(row, column)
    return found.date() if isinstance(found, datetime) else "–" if found is None else found


def table_of(rows: Iterable[DocketRow], language: str) -> tuple[list[str], list[list[object]]]:
    """The columns in words and the rows of a file."""
    labels = [say(words, language) for words in DOCKET_COLUMNS.values()]
    return labels, [[cell_of(row, name) for name in DOCKET_COLUMNS] for row in rows]
