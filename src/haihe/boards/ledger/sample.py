"""A simulated plan (模拟数据) of the size of a real one, for trying out and for measuring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from haihe.boards.ledger.template import Line
from haihe.kit import resources

Choice = TypeVar("Choice")


class Chance(Protocol):
    """What `random.Random` is asked for."""

    def choice(self, given: Sequence[Choice], /) -> Choice:
        """One of those given."""

    def randint(self, first: int, last: int, /) -> int:
        """A whole number, both ends included."""

    def sample(self, given: Sequence[Choice], count: int, /) -> list[Choice]:
        """As many different ones of those given."""


def words() -> Mapping[str, Any]:
    """What the plan is made of (`params/sample.yaml`)."""
    written: Mapping[str, Any] = resources.definition("boards/ledger/params/sample.yaml")
    return written


def units() -> tuple[str, ...]:
    """The sixty simulated units."""
    said = words()
    return (
        *(f"样例市{name}" for name in said["bureaus"]),
        *(f"样例{name}政府" for name in said["districts"]),
    )


def lines(chance: Chance, year: int) -> tuple[Line, ...]:
    """The lines of the plan in the order of its tree; the same chances give the same plan."""
    return tuple(sorted(_lines(chance, year), key=lambda line: line.number))


def _lines(chance: Chance, year: int) -> Iterator[Line]:
    said = words()
    counts = said["counts"]
    aspects: list[tuple[int, ...]] = [(number,) for number in range(1, counts["aspect"] + 1)]
    for aspect, title in zip(aspects, said["aspects"], strict=True):
        yield Line(aspect, "aspect", title)
    tasks = _spread(aspects, counts["task"])
    for number in tasks:
        yield Line(number, "task", _title(chance, said), lead=(chance.choice(units()),))
    below = _spread(tasks, counts["project"] + counts["item"])
    projects = set(chance.sample(below, counts["project"]))
    for number in below:
        lead, *others = chance.sample(units(), chance.randint(1, 4))
        begin = date(year, 1, 1) + timedelta(chance.randint(0, 300))
        yield Line(
            number,
            "project" if number in projects else "item",
            _title(chance, said),
            lead=(lead,),
            cooperating=tuple(others),
            start_on=begin,
            due_on=begin + timedelta(chance.randint(30, 400)),
            stage="waiting",
        )


def _spread(above: Sequence[tuple[int, ...]], count: int) -> list[tuple[int, ...]]:
    """As many numbers, dealt out in turn under those above."""
    return sorted((*above[place % len(above)], place // len(above) + 1) for place in range(count))


def _title(chance: Chance, said: Mapping[str, Any]) -> str:
    return f"{chance.choice(said['verbs'])}{chance.choice(said['places'])}{chance.choice(said['objects'])}"
