"""Work in several processes: order, faults, and an end for all."""

from __future__ import annotations

import operator
import time
from contextlib import closing

import psutil

from haihe.kit.errors import HaiheError, Unavailable
from haihe.kit.text import decoded
from haihe.store.processes import answers


def workers() -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return [one for one in found if "spawn_main" in " ".join(one.cmdline())]


def test_answers_come_in_order_and_a_fault_costs_its_thing_alone() -> None:
    found = dict(answers(operator.floordiv, 60, [5, 0, 4, 3], 2))
    assert [*found] == [5, 0, 4, 3]
    assert {thing: answer for thing, answer in found.items() if thing} == {5: 12, 4: 15, 3: 20}
    assert isinstance(found[0], Unavailable)
    assert "ZeroDivisionError" in str(found[0])


def test_what_is_refused_comes_back_as_it_was_said() -> None:
    ((_, answer),) = answers(decoded, b"", ["a.txt"], 1)
    assert isinstance(answer, HaiheError)
    assert str(answer) == "a.txt is empty."
    assert answer.advice


def test_nothing_to_do_starts_nothing() -> None:
    assert not [*answers(operator.floordiv, 60, [], 2)]
    assert not workers()


def test_closing_ends_what_is_still_at_work() -> None:
    with closing(answers(operator.call, time.sleep, [0, 600], 2)) as found:
        assert next(found) == (0, None)
        assert workers()
    assert not workers()
