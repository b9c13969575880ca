"""Who was judged to be the same: judgements of pairs, the groups that they make, and why one cannot stand.

Two entities that are judged the same are joined under one number, the lowest of their group; no row of theirs
is changed, so what an undone judgement leaves is what the standing ones say, in whatever order it happens.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from haihe.boards.registry.records import Organisation
from haihe.kit.errors import N_, Conflict

Verdict = Literal["same", "different", "unsure"]
Rule = Literal["code", "name"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
RULES: Mapping[Rule, str] = {
    "code": N_("one register gave them different codes"),
    "name": N_("their full names, kinds and places are the same"),
}
LASTING = frozenset({"uscc", "moe"})
"""Schemes that give a body one code for good (GB 32100-2015, 4.1; 教育部 学校代码)."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is said of two entities: whether they are the same, and the reason."""

    first: int
    second: int
    verdict: Verdict
    reason: str = ""

    @property
    def pair(self) -> tuple[int, int]:
        """The two numbers, the smaller first.

        >>> Opinion(7, 3, "same").pair
        (3, 7)
        """
        return min(self.first, self.second), max(self.first, self.second)


@dataclass(frozen=True, slots=True)
class Judgement:
    """An opinion that was given: by whom and when, by which rule if by one, and whether it was undone."""

    id: int
    first: int
    second: int
    verdict: Verdict
    reason: str
    rule: Rule | None
    judged_by: str
    judged_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


Stated = Opinion | Judgement


def joined_of(standing: Iterable[Stated]) -> dict[int, int]:
    """The number under which each entity stands that is joined to one with a lower number.

    >>> joined_of([Opinion(3, 5, "same"), Opinion(5, 9, "same"), Opinion(1, 9, "different")])
    {5: 3, 9: 3}
    """
    heads: dict[int, int] = {}

    def head_of(member: int) -> int:
        while member in heads:
            member = heads[member]
        return member

    for one in standing:
        if one.verdict == "same":
            low, high = sorted((head_of(one.first), head_of(one.second)))
            if low != high:
                heads[high] = low
    return {member: head_of(member) for member in sorted(heads)}


def chain_of(standing: Iterable[Stated], start: int, end: int) -> tuple[int, ...]:
    """The shortest way from one entity to another over judgements that they are the same; empty for none.

    >>> chain_of([Opinion(1, 2, "same"), Opinion(3, 2, "same")], 1, 3)
    (1, 2, 3)
    """
    beside: defaultdict[int, list[int]] = defaultdict(list)
    for one in standing:
        if one.verdict == "same":
            beside[one.first].append(one.second)
            beside[one.second].append(one.first)
    came: dict[int, int | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came:
        here = waiting.popleft()
        for other in beside[here]:
            if other not in came:
                came[other] = here
                waiting.append(other)
    chain: list[int] = []
    at: int | None = end if end in came else None
    while at is not None:
        chain.append(at)
        at = came[at]
    return tuple(reversed(chain))


def check(opinion: Opinion, standing: Sequence[Judgement], names: Mapping[int, str]) -> None:
    """Raise Conflict where an opinion cannot stand beside the judgements on the same entities.

    `standing` are all those on members of the groups of the two, `names` what these are called.
    """
    for one in standing:
        if opinion.pair == (one.first, one.second):
            raise Conflict(
                N_("{first} and {second} were judged already, on {day} by {who}: judgement {id}."),
                advice=N_("Undo that judgement first if it is wrong."),
                first=names[one.first],
                second=names[one.second],
                day=f"{one.judged_at:%Y-%m-%d}",
                who=one.judged_by,
                id=one.id,
            )
    if opinion.verdict == "different":
        _check_apart(opinion, standing, names)
    elif opinion.verdict == "same":
        _check_together(opinion, standing, names)


def _check_apart(opinion: Opinion, standing: Sequence[Judgement], names: Mapping[int, str]) -> None:
    chain = chain_of(standing, opinion.first, opinion.second)
    if chain:
        raise Conflict(
            N_("They cannot be judged different, because judgements say: {chain}."),
            advice=N_("Undo the link of this chain that is wrong, then judge again."),
            chain=_told(chain, names),
        )


def _check_together(opinion: Opinion, standing: Sequence[Judgement], names: Mapping[int, str]) -> None:
    for one in standing:
        if one.verdict != "different":
            continue
        for start, end in ((one.first, one.second), (one.second, one.first)):
            before = chain_of(standing, start, opinion.first)
            after = chain_of(standing, opinion.second, end)
            if before and after:
                raise Conflict(
                    N_("They cannot be judged the same: {chain} would follow, but judgement {id} says no."),
                    advice=N_("Undo the judgement that is wrong, then judge again."),
                    chain=_told((*before, *after), names),
                    id=one.id,
                )


def _told(chain: Iterable[int], names: Mapping[int, str]) -> str:
    return " = ".join(names[one] for one in chain)


def ruled(a: Organisation, b: Organisation) -> tuple[Verdict, Rule] | None:
    """What the rules say of two entities, None where they say nothing."""
    codes, others = (
        {one.scheme: one.value for one in body.identifiers if one.scheme in LASTING} for body in (a, b)
    )
    if any(codes[scheme] != others[scheme] for scheme in codes.keys() & others.keys()):
        return "different", "code"
    if a.adcode and (a.name, a.kind, a.adcode) == (b.name, b.kind, b.adcode):
        return "same", "name"
    return None
