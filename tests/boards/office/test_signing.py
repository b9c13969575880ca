"""Sign-off against a small model that knows nothing of folds, rolls or capacities."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.office.approvals import approvals, is_signed
from haihe.boards.office.circulation import levels, route_at, routes, subject_kinds
from haihe.boards.office.posts import Deputy, Holding, Post, Roll, check_deputy
from haihe.boards.office.signing import (
    Act,
    Docket,
    Signer,
    Version,
    Wish,
    allowed,
    done,
    explained,
    named_posts,
    standing,
    to_sign,
)
from haihe.kit.errors import Conflict, Forbidden, HaiheError, Invalid
from haihe.kit.words import say

BEGIN = datetime(2026, 11, 2, 1, tzinfo=UTC)
DAY = date(2026, 11, 2)
LEVELS = ("drafter", "division", "deputy", "principal")
ACCOUNTS = range(1, 6)


def post(number: int, level: str, unit: int = 1) -> Post:
    return Post(number, unit, f"单位{unit}", f"岗位{number}", level)


POSTS = {number: post(number, level) for number, level in enumerate(LEVELS, 1)}


def roll_of(holders: dict[int, int], deputies: tuple[Deputy, ...] = ()) -> Roll:
    holdings = (
        Holding(one, account, f"账号{account}", BEGIN, None, "任命") for one, account in holders.items()
    )
    return Roll(POSTS, tuple(holdings), deputies)


def docket_of() -> Docket:
    return Docket(
        1, "other", "", "关于某事的通报", route_at("office"), (1, 2, 3, 4), "normal", None,
        (Version(1, "a" * 64, "通报.docx", "account/1", BEGIN),), (),
    )  # fmt: skip


@dataclass
class Model:
    """Sign-off told as a table of what is where; every right is looked up in plain lists."""

    holders: dict[int, int] = field(default_factory=lambda: {1: 1, 2: 2, 3: 3, 4: 4})
    acting: list[tuple[int, int, int, int]] = field(default_factory=list)  # post, by post, first, last day
    at: int = 0
    signed: bool = False
    authors: set[int] = field(default_factory=set)
    signatures: dict[int, int] = field(default_factory=dict)

    def may(self, account: int, place: int, day: int) -> bool:
        if self.holders.get(place) == account:
            return True
        return any(
            one == place and self.holders.get(by) == account and first <= day <= last
            for one, by, first, last in self.acting
        )

    def can(self, deed: str, account: int, day: int) -> bool:
        if deed == "draft":
            return (self.signed or self.at == 0) and self.may(account, 1, day)
        if self.signed:
            return False
        if deed == "submit":
            return self.at == 0 and self.may(account, 1, day)
        if deed == "withdraw":
            return self.at > 0 and self.may(account, 1, day)
        if deed == "approve" and account in self.authors:
            return False
        return self.at > 0 and self.may(account, self.at + 1, day)

    def do(self, deed: str, account: int, to: int) -> None:
        if deed == "draft":
            self.at, self.signed, self.authors, self.signatures = 0, False, {account}, {}
        elif deed == "submit":
            self.at, self.signatures = 1, {0: account}
            self.authors.add(account)
        elif deed == "withdraw":
            self.at, self.signatures = 0, {}
        elif deed == "return":
            self.at = to
            self.signatures = {step: one for step, one in self.signatures.items() if step < to}
        else:
            self.signatures[self.at] = account
            self.signed, self.at = self.at == 3, 0 if self.at == 3 else self.at + 1


MOVES = st.one_of(
    st.tuples(
        st.sampled_from([*["forward"] * 8, "submit", "approve", "return", "withdraw", "draft"]),
        st.sampled_from([*[0] * 12, *ACCOUNTS]),  # 0 is whoever the model would let
        st.integers(0, 3),
    ),
    st.tuples(st.just("hand over"), st.sampled_from(sorted(POSTS)), st.sampled_from([0, *ACCOUNTS])),
    st.tuples(st.just("deputise"), st.sampled_from(sorted(POSTS)), st.sampled_from(sorted(POSTS))),
    st.tuples(st.just("wait"), st.integers(1, 3), st.just(0)),
)


class World:
    """Sign-off and the model of it, side by side, through the same moves."""

    def __init__(self) -> None:
        self.model, self.roll, self.day = Model(authors={1}), roll_of({1: 1, 2: 2, 3: 3, 4: 4}), 0
        docket = docket_of()
        self.docket = replace(docket, acts=(_first(docket),))
        self.number = 1

    @property
    def on(self) -> date:
        return DAY + timedelta(self.day)

    def move(self, move: str, first: int, second: int) -> None:
        self.number += 1
        at = BEGIN + timedelta(days=self.day, seconds=self.number)
        if move == "wait":
            self.day += first
        elif move == "hand over":
            self.hand_over(first, second, at)
        elif move == "deputise":
            self.deputise(first, second)
        else:
            self.sign(self.forward() if move == "forward" else move, first, second, at)
        _agree(self.model, self.docket, self.roll, self.on, self.day)

    def forward(self) -> str:
        return "draft" if self.model.signed else "approve" if self.model.at else "submit"

    def hand_over(self, post: int, account: int, at: datetime) -> None:
        self.model.holders.pop(post, None)
        held = [
            replace(one, until=at) if (one.post, one.until) == (post, None) else one
            for one in self.roll.holdings
        ]
        if account:
            self.model.holders[post] = account
            held.append(Holding(post, account, f"账号{account}", at, None, "轮岗"))
        self.roll = replace(self.roll, holdings=tuple(held))

    def deputise(self, post: int, acting: int) -> None:
        deputy = Deputy(self.number, post, acting, self.on, self.on + timedelta(2), "出差")
        try:
            check_deputy(self.roll, deputy, self.on)
        except HaiheError:
            return
        self.roll = replace(self.roll, deputies=(*self.roll.deputies, deputy))
        self.model.acting.append((post, acting, self.day, self.day + 2))

    def sign(self, deed: str, account: int, to: int, at: datetime) -> None:
        account = account or next((one for one in ACCOUNTS if self.model.can(deed, one, self.day)), 5)
        to %= max(self.model.at, 1)
        may = self.model.can(deed, account, self.day)
        assert (deed in allowed(self.docket, self.roll, account, self.on)) == may
        signer = Signer(account, f"账号{account}", at, self.on)
        wish = Wish(deed, self.docket.seen, "理由", to)  # type: ignore[arg-type]
        try:
            act = replace(done(self.docket, self.roll, signer, wish), id=self.number)
        except (Forbidden, Conflict):
            assert not may
            return
        assert may
        if deed == "draft":
            version = Version(len(self.docket.versions) + 1, "b" * 64, "通报.docx", "", at)
            self.docket = replace(self.docket, versions=(*self.docket.versions, version))
            act = act.of_version(version.number)
        self.docket = replace(self.docket, acts=(*self.docket.acts, act))
        self.model.do(deed, account, to)


@settings(max_examples=40, deadline=None)
@given(st.lists(MOVES, min_size=20, max_size=40))
def test_nobody_signs_without_right_and_every_state_is_explained(moves: list[tuple[str, int, int]]) -> None:
    world = World()
    for move in moves:
        world.move(*move)


def _first(docket: Docket) -> Act:
    wish, signer = Wish("draft", 0), Signer(1, "账号1", BEGIN, DAY)
    return replace(done(docket, roll_of({1: 1}), signer, wish), id=1)


def _agree(model: Model, docket: Docket, roll: Roll, on: date, day: int) -> None:
    now = standing(docket)
    assert (now.status == "signed") == model.signed == is_signed(docket, docket.version.number)
    assert model.signed or now.step == model.at
    held = approvals(docket, docket.version.number)
    assert {step: act.account for step, act in held.items()} == model.signatures
    words, facts = explained(docket, roll, on)
    for language in ("zh", "en"):
        assert say(words, language, **facts)
    if now.step is not None:
        someone = any(model.may(account, now.step + 1, day) for account in ACCOUNTS)
        assert bool(facts["holder"]) == someone
    for account in ACCOUNTS:
        waits = any(model.can(deed, account, day) for deed in ("approve", "submit"))
        assert bool(to_sign([docket], roll, account, ["normal"], on)) == waits


def acted(docket: Docket, roll: Roll, *steps: tuple[str, int]) -> Docket:
    """A docket after some accounts did something."""
    for deed, account in steps:
        at = BEGIN + timedelta(hours=len(docket.acts))
        signer = Signer(account, f"账号{account}", at, DAY)
        act = done(docket, roll, signer, Wish(deed, docket.seen, "请补充依据"))  # type: ignore[arg-type]
        docket = replace(docket, acts=(*docket.acts, replace(act, id=len(docket.acts) + 1)))
    return docket


def test_a_return_needs_a_reason_and_an_earlier_step() -> None:
    roll = roll_of({1: 1, 2: 2, 3: 3, 4: 4})
    docket = acted(docket_of(), roll, ("draft", 1), ("submit", 1))
    signer = Signer(2, "账号2", BEGIN, DAY)
    for wish in (Wish("return", docket.seen, "  "), Wish("return", docket.seen, "理由", to=1)):
        with pytest.raises(Invalid):
            done(docket, roll, signer, wish)


def test_the_other_of_two_is_told_who_was_first_and_when() -> None:
    deputy = Deputy(1, 2, 3, DAY, DAY, "处长出差")
    roll = roll_of({1: 1, 2: 2, 3: 3, 4: 4}, (deputy,))
    docket = acted(docket_of(), roll, ("draft", 1), ("submit", 1))
    seen = docket.seen
    docket = acted(docket, roll, ("approve", 3))
    assert docket.acts[-1].acting == 3
    with pytest.raises(Conflict) as told:
        done(docket, roll, Signer(2, "账号2", BEGIN, DAY), Wish("approve", seen))
    assert "岗位2 (账号3)" in str(told.value)
    assert "2026-11-02 11:00:00" in str(told.value)


def test_acting_does_not_pass_on() -> None:
    deputies = (Deputy(1, 2, 3, DAY, DAY, "出差"), Deputy(2, 3, 4, DAY, DAY, "出差"))
    roll = roll_of({1: 1, 2: 2, 3: 3, 4: 4}, deputies)
    docket = acted(docket_of(), roll, ("draft", 1), ("submit", 1))
    assert "approve" in allowed(docket, roll, 3, DAY)
    assert not allowed(docket, roll, 4, DAY)
    assert not allowed(docket, roll, 3, DAY + timedelta(1))


def test_what_was_signed_stays_signed_by_who_held_the_post_then() -> None:
    before = roll_of({1: 1, 2: 2, 3: 3, 4: 4})
    docket = acted(docket_of(), before, ("draft", 1), ("submit", 1), ("approve", 2))
    after = roll_of({1: 1, 2: 5, 3: 3, 4: 4})
    docket = acted(docket, after, ("approve", 3), ("approve", 4))
    assert [act.account for act in approvals(docket, 1).values()] == [1, 2, 3, 4]
    assert standing(docket).status == "signed"


def test_the_posts_of_a_route_are_chosen_where_there_is_no_choice() -> None:
    others = {5: post(5, "deputy"), 6: post(6, "principal", unit=2), 7: post(7, "principal", unit=3)}
    roll = replace(roll_of({1: 1}), posts=POSTS | others)
    signer = Signer(1, "账号1", BEGIN, DAY)
    with pytest.raises(Invalid):
        named_posts(route_at("office"), roll, signer, ())
    assert named_posts(route_at("office"), roll, signer, (0, 0, 5))[0] == (1, 2, 5, 4)
    assert named_posts(route_at("joint"), roll, signer, (0, 0, 5, 0, 6, 7))[0] == (1, 2, 5, 4, 6, 7)
    with pytest.raises(Invalid):
        named_posts(route_at("joint"), roll, signer, (0, 0, 5, 0, 6, 6))
    with pytest.raises(Forbidden):
        named_posts(route_at("office"), roll, replace(signer, account=2), (1,))


def test_routes_hold_together() -> None:
    for route in routes().values():
        assert route.steps[0].level == "drafter"
        assert {step.level for step in route.steps} <= levels().keys()
        assert len(route.steps) >= 2
    assert {kind.route for kind in subject_kinds().values()} <= routes().keys()
