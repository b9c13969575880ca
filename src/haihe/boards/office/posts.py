"""Posts (岗位): who holds them, who acts for them, and so what an account may sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from haihe.boards.office.circulation import checked, levels
from haihe.kit.errors import N_, Conflict, Invalid
from haihe.kit.limits import NAME_CHARACTERS_MAX

REASON_CHARACTERS_MAX = 500


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a unit: `unit` is the name of the registry's entity `unit_id`, `level` one of the routes'."""

    id: int
    unit_id: int
    unit: str
    title: str
    level: str

    @property
    def words(self) -> str:
        """The post as it is written beside a signature."""
        return f"{self.unit} {self.title}"


@dataclass(frozen=True, slots=True)
class Holding:
    """That an account held a post from one moment to another; `until` is None while it does."""

    post: int
    account: int
    name: str
    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Deputy:
    """That the holder of the post `acting` acts (代理) for another from one day to another, both included."""

    id: int
    post: int
    acting: int
    since_on: date
    until_on: date
    reason: str
    ended_at: datetime | None = None

    def runs(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.ended_at is None and self.since_on <= on <= self.until_on


@dataclass(frozen=True, slots=True)
class Capacity:
    """For which post an account signs, and through which of its own posts where it acts for another."""

    post: int
    acting: int | None = None


@dataclass(frozen=True, slots=True)
class Roll:
    """Every post with who held it and who acted for it."""

    posts: Mapping[int, Post]
    holdings: tuple[Holding, ...]
    deputies: tuple[Deputy, ...]

    def holder(self, post: int) -> Holding | None:
        """Who holds a post now."""
        return next((one for one in self.holdings if one.post == post and one.until is None), None)

    def deputies_of(self, post: int, on: date) -> list[Deputy]:
        """Who acts for a post on a day."""
        return [one for one in self.deputies if one.post == post and one.runs(on)]

    def capacities(self, account: int, on: date) -> Iterator[Capacity]:
        """The posts that an account may sign for on a day: its own first, then those that it acts for.

        Acting does not pass on: who acts for a post does not act for those that its holder acts for.
        """
        own = [one.post for one in self.holdings if one.account == account and one.until is None]
        yield from map(Capacity, own)
        for one in self.deputies:
            if one.acting in own and one.post not in own and one.runs(on):
                yield Capacity(one.post, one.acting)

    def capacity(self, account: int | None, post: int, on: date) -> Capacity | None:
        """As what an account may sign for a post on a day; None where it may not."""
        if account is None:
            return None
        return next((one for one in self.capacities(account, on) if one.post == post), None)

    def words(self, capacity: Capacity) -> str:
        """The post that is signed for."""
        return self.posts[capacity.post].words


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """That a post acts for another; `running` on the day of the answer."""

    id: int
    acting: str
    since_on: date
    until_on: date
    reason: str
    running: bool


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with who holds it and who acts for it on a day."""

    id: int
    unit_id: int
    unit: str
    title: str
    level: str
    level_label: str
    holder: str
    account: int | None
    since: datetime | None
    deputies: list[DeputyRow]


def post_rows(roll: Roll, on: date, language: str) -> list[PostRow]:
    """Every post, unit by unit, with its holder and who acts for it now or later."""
    rows = []
    for post in roll.posts.values():
        holder = roll.holder(post.id)
        rows.append(
            PostRow(
                id=post.id,
                unit_id=post.unit_id,
                unit=post.unit,
                title=post.title,
                level=post.level,
                level_label=levels()[post.level][language],
                holder=holder.name if holder else "",
                account=holder.account if holder else None,
                since=holder.since if holder else None,
                deputies=[
                    DeputyRow(
                        one.id,
                        roll.posts[one.acting].words,
                        one.since_on,
                        one.until_on,
                        one.reason,
                        one.runs(on),
                    )
                    for one in roll.deputies
                    if one.post == post.id and one.ended_at is None and one.until_on >= on
                ],
            )
        )
    return rows


def checked_title(title: str, level: str) -> str:
    """The title of a new post without the space around it; raises Invalid, also for an unknown level."""
    checked(level, levels())
    kept = " ".join(title.split())
    if not 0 < len(kept) <= NAME_CHARACTERS_MAX:
        raise Invalid(
            N_("The title of the post has {count} characters; it needs 1 to {limit}."),
            advice=N_("Name the post as its unit does."),
            count=len(kept),
            limit=NAME_CHARACTERS_MAX,
        )
    return kept


def checked_reason(reason: str) -> str:
    """A reason without the space around it; raises Invalid for none or a long one."""
    kept = reason.strip()
    if not 0 < len(kept) <= REASON_CHARACTERS_MAX:
        raise Invalid(
            N_("The reason has {count} characters; it needs 1 to {limit}."),
            advice=N_("Say in a sentence why."),
            count=len(kept),
            limit=REASON_CHARACTERS_MAX,
        )
    return kept


def check_deputy(roll: Roll, wanted: Deputy, on: date) -> None:
    """Raise Invalid for days or a post that cannot be, Conflict where somebody acts for the post already."""
    if wanted.acting == wanted.post:
        raise Invalid(
            N_("{post} cannot act for itself."), advice=N_("Choose another post."), **_named(roll, wanted)
        )
    if not on <= wanted.until_on or wanted.since_on > wanted.until_on:
        raise Invalid(
            N_("Nobody can act for {post} from {since} to {until}."),
            advice=N_("Give a first and a last day; the last one is still to come."),
            since=wanted.since_on,
            until=wanted.until_on,
            **_named(roll, wanted),
        )
    for other in roll.deputies:
        apart = other.until_on < wanted.since_on or wanted.until_on < other.since_on
        if other.post == wanted.post and other.ended_at is None and not apart:
            raise Conflict(
                N_("{acting} acts for {post} from {since} to {until} already."),
                advice=N_("End that first, or choose other days."),
                since=other.since_on,
                until=other.until_on,
                **_named(roll, other),
            )


def _named(roll: Roll, deputy: Deputy) -> dict[str, str]:
    return {"post": roll.posts[deputy.post].words, "acting": roll.posts[deputy.acting].words}
