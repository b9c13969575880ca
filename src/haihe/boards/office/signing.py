"""Sign-off (签批) as a state machine: which act is possible, for whom, and what has become of a docket.

    draft ──submit──▶ waiting at step 1 ──approve──▶ … ──approve──▶ signed
      ▲                     │    ▲
      └──return, withdraw───┘    └── approve; return to a step between waits there again

A docket (签批件) is what is put up for signature, one version after another; its acts are only ever added to.
A new version begins at the first step again; what was signed before stays with the version it was signed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from haihe.boards.office.circulation import Route
from haihe.boards.office.posts import REASON_CHARACTERS_MAX, Capacity, Roll, checked_reason
from haihe.kit.clock import REGION
from haihe.kit.errors import N_, Conflict, Forbidden, Invalid

Deed = Literal["draft", "submit", "approve", "return", "withdraw"]
Status = Literal["draft", "waiting", "returned", "withdrawn", "signed"]

DEED_LABELS: dict[Deed, str] = {
    "draft": N_("drafted"),
    "submit": N_("submitted"),
    "approve": N_("approved"),
    "return": N_("returned"),
    "withdraw": N_("withdrew"),
}
"""What can be done with a docket."""

STATUS_LABELS: dict[Status, str] = {
    "draft": N_("being drafted"),
    "waiting": N_("under way"),
    "returned": N_("sent back"),
    "withdrawn": N_("withdrawn"),
    "signed": N_("signed"),
}
"""What has become of a docket."""


def local(at: datetime) -> datetime:
    """A moment by the clocks of the region (UTC+8)."""
    return at.astimezone(REGION)


@dataclass(frozen=True, slots=True)
class Act:
    """What was done with a version: at which step and for which post, by which account, when.

    `acting` is the account's own post where it acted for another; `to` the step that it was returned to.
    """

    id: int
    deed: Deed
    version: int
    step: int
    post: int
    acting: int | None
    account: int
    name: str
    at: datetime
    note: str = ""
    to: int | None = None

    def of_version(self, version: int) -> Act:
        """The same act on another version."""
        return replace(self, version=version)


@dataclass(frozen=True, slots=True)
class Scan:
    """The stamped paper of a version, as a picture or PDF; `sha256` is the kept file."""

    id: int
    version: int
    sha256: str
    name: str
    kept_by: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """The content that is signed: its number from 1, the SHA-256 of its bytes, and its file name."""

    number: int
    sha256: str
    name: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Docket:
    """What is put up for signature: a subject, its route, and the post of each step."""

    id: int
    kind: str
    subject: str
    title: str
    route: Route
    posts: tuple[int, ...]
    urgency: str
    needed_on: date | None
    versions: tuple[Version, ...]
    acts: tuple[Act, ...]
    scans: tuple[Scan, ...] = ()

    @property
    def version(self) -> Version:
        """The newest version, the only one that can still be signed."""
        return self.versions[-1]

    @property
    def seen(self) -> int:
        """The number of the last act, by which a door says what its reader had before them."""
        return self.acts[-1].id if self.acts else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of a docket: its status, the step that is due, None when signed, and the last act."""

    status: Status
    step: int | None
    last: Act | None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who acts: an account by number and name, the moment, and the day it is in the region."""

    account: int
    name: str
    at: datetime
    on: date


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done, after having seen the act `seen`; `to` is the step to return to."""

    deed: Deed
    seen: int
    note: str = ""
    to: int = 0


def standing_of(steps: int, acts: Iterable[Act]) -> Standing:
    """What has become of a docket of so many steps after some acts."""
    found = Standing("draft", 0, None)
    for act in acts:
        match act.deed:
            case "draft":
                found = Standing("draft", 0, act)
            case "submit":
                found = Standing("waiting", 1, act)
            case "approve" if act.step + 1 == steps:
                found = Standing("signed", None, act)
            case "approve":
                found = Standing("waiting", act.step + 1, act)
            case "return":
                found = Standing("returned", act.to, act)
            case "withdraw":
                found = Standing("withdrawn", 0, act)
    return found


def standing(docket: Docket) -> Standing:
    """What has become of a docket."""
    return standing_of(len(docket.posts), docket.acts)


def possible(now: Standing) -> dict[Deed, int]:
    """What can be done with a docket as it stands, each with the step whose post may do it."""
    if now.step is None:
        return {"draft": 0}
    if now.step == 0:
        return {"submit": 0, "draft": 0}
    return {"approve": now.step, "return": now.step, "withdraw": 0}


def allowed(docket: Docket, roll: Roll, account: int | None, on: date) -> dict[Deed, Capacity]:
    """What an account may do with a docket on a day, each as what it would do it.

    Who drafted or submitted a version does not approve it.
    """
    found = {}
    own = _own(docket)
    for deed, step in possible(standing(docket)).items():
        capacity = roll.capacity(account, docket.posts[step], on)
        if capacity and not (deed == "approve" and account in own):
            found[deed] = capacity
    return found


def _own(docket: Docket) -> set[int]:
    """The accounts that drafted or submitted the newest version."""
    inside = (one for one in docket.acts if one.version == docket.version.number)
    return {one.account for one in inside if one.deed in ("draft", "submit")}


def done(docket: Docket, roll: Roll, signer: Signer, wish: Wish) -> Act:
    """The act that a wish comes to; its number is still to be given.

    Raises Conflict where somebody acted since it was seen, and where it cannot be done as things stand;
    Forbidden for an account that may not; Invalid for a return without a reason or to no earlier step.
    """
    check_seen(docket, roll, wish.seen)
    step = possible(standing(docket)).get(wish.deed)
    if step is None:
        raise Conflict(
            N_("As {title} stands, this cannot be done with it."),
            advice=N_("Load it again and look at where it stands now."),
            title=docket.title,
        )
    capacity = allowed(docket, roll, signer.account, signer.on).get(wish.deed)
    if capacity is None:
        raise _refused(docket, roll, signer.account, step)
    note = wish.note.strip()
    if wish.deed == "return":
        note = checked_reason(wish.note)
        if not 0 <= wish.to < step:
            raise Invalid(
                N_("It cannot be returned to the step {step}."),
                advice=N_("Choose an earlier step."),
                step=wish.to + 1,
            )
    elif len(note) > REASON_CHARACTERS_MAX:
        note = checked_reason(wish.note)
    to = wish.to if wish.deed == "return" else None
    by = capacity.post, capacity.acting, signer.account, signer.name, signer.at
    return Act(0, wish.deed, docket.version.number, step, *by, note, to)


def named_posts(
    route: Route, roll: Roll, signer: Signer, given: Sequence[int]
) -> tuple[tuple[int, ...], Capacity]:
    """The post of each step of a route, and as what the signer drafts; 0, or none given, is the only one.

    Of several posts of a level the only one of the drafter's unit is meant. Raises Forbidden for somebody who
    may sign for no such post, Invalid for a post of another level, and where it must be chosen.
    """
    mine = {one.post: one for one in roll.capacities(signer.account, signer.on)}
    found: list[int] = []
    for place, step in enumerate(route.steps):
        fit = [post.id for post in roll.posts.values() if post.level == step.level and post.id not in found]
        if not place:
            fit = [post for post in fit if post in mine]
            if not fit:
                raise Forbidden(
                    N_("Putting something up for signature is for a post that drafts."),
                    advice=N_("The page of posts says who holds one; an administrator hands them over."),
                )
        wanted = given[place] if place < len(given) else 0
        near = [post for post in fit if found and roll.posts[post].unit_id == roll.posts[found[0]].unit_id]
        only = [wanted] if wanted else fit if len(fit) == 1 else near
        if len(only) != 1 or only[0] not in fit:
            raise Invalid(
                N_("No post is chosen for the step {step}, or none of its level."),
                advice=N_("Choose the post that signs there; an administrator makes posts."),
                step=place + 1,
            )
        found += only
    return tuple(found), mine[found[0]]


def check_seen(docket: Docket, roll: Roll, seen: int) -> None:
    """Raise Conflict where somebody acted after the act that was seen, and say who did what when."""
    since = [act for act in docket.acts if act.id > seen]
    if since:
        act = since[-1]
        raise Conflict(
            _BEFORE[act.deed],
            advice=N_("Load it again and look at where it stands now."),
            title=docket.title,
            who=f"{roll.posts[act.post].words} ({act.name})",
            at=f"{local(act.at):%Y-%m-%d %H:%M:%S}",
        )


_BEFORE: dict[Deed, str] = {
    "draft": N_("{who} put in a new version of {title} at {at}."),
    "submit": N_("{who} submitted {title} at {at}."),
    "approve": N_("{who} approved {title} at {at}."),
    "return": N_("{who} returned {title} at {at}."),
    "withdraw": N_("{who} withdrew {title} at {at}."),
}


def _refused(docket: Docket, roll: Roll, account: int, step: int) -> Forbidden:
    if step and account in _own(docket):
        return Forbidden(
            N_("Who drafted or submitted {title} does not approve it."),
            advice=N_("Somebody else who holds {post} or acts for it signs."),
            title=docket.title,
            post=roll.posts[docket.posts[step]].words,
        )
    return Forbidden(
        N_("This is for {post} to do."),
        advice=N_("Whoever holds that post, or acts for it, signs; the page of posts says who that is."),
        post=roll.posts[docket.posts[step]].words,
    )


def explained(docket: Docket, roll: Roll, on: date) -> tuple[str, dict[str, object]]:
    """Where a docket stands and what moves it on, as a template and its facts."""
    now = standing(docket)
    facts: dict[str, object] = {
        "version": docket.version.number,
        "day": local(now.last.at).date() if now.last else on,
    }
    if now.last:
        facts |= {"who": roll.posts[now.last.post].words, "note": now.last.note}
    if now.step is None:
        return N_("Version {version} is signed: {who}, {day}."), facts
    post = docket.posts[now.step]
    facts |= {"post": roll.posts[post].words, **_holder(roll, post, on)}
    if not facts["holder"]:
        return _VACANT[now.status], facts
    return _WAITS[now.status], facts


_WAITS: dict[Status, str] = {
    "draft": N_("Version {version} is a draft; {post} ({holder}) submits it."),
    "waiting": N_("Version {version} waits for {post} ({holder}) since {day}."),
    "returned": N_("{who} returned it to {post} ({holder}) on {day}: {note}"),
    "withdrawn": N_("{who} withdrew version {version} on {day}; {post} ({holder}) may submit it again."),
}
_VACANT: dict[Status, str] = {
    "draft": N_("Version {version} is a draft, and nobody holds {post}; it must be filled first."),
    "waiting": N_(
        "Version {version} waits for {post} since {day}, but nobody holds that post or acts for it."
    ),
    "returned": N_("{who} returned it to {post} on {day}, but nobody holds that post or acts for it: {note}"),
    "withdrawn": N_("{who} withdrew version {version} on {day}, and nobody holds {post} to submit it again."),
}


def _holder(roll: Roll, post: int, on: date) -> dict[str, str]:
    """Who may sign for a post on a day, in words; empty where nobody may."""
    holder = roll.holder(post)
    found = [holder.name] if holder else []
    for deputy in roll.deputies_of(post, on):
        acting = roll.holder(deputy.acting)
        if acting:
            found.append(f"{roll.posts[deputy.acting].words} {acting.name}")
    return {"holder": "、".join(found)}


def to_sign(
    dockets: Sequence[Docket], roll: Roll, account: int, order: Sequence[str], on: date
) -> list[Docket]:
    """What waits for an account, the most urgent first: by urgency, by the day it is needed, by waiting."""
    mine = [docket for docket in dockets if {"approve", "submit"} & allowed(docket, roll, account, on).keys()]
    return sorted(mine, key=lambda one: (order.index(one.urgency), one.needed_on or date.max, one.seen))
