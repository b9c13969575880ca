from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.registry import Identifier, Organisation
from haihe.boards.registry.actions import completions, entities, entity_at, resolve_unit
from haihe.boards.registry.answers import Part, Sought, Upload
from haihe.boards.registry.interchange_actions import export
from haihe.boards.registry.judgement_actions import judge, judgements, undo
from haihe.boards.registry.judgements import Opinion, Verdict, chain_of, joined_of, ruled
from haihe.boards.registry.load_actions import load_file, load_pack
from haihe.kit.errors import Conflict, Forbidden, HaiheError, Invalid, NotFound, Unknown
from haihe.kit.source import Source
from haihe.store.opening import Store

STEWARD = Asker("steward", (Grant("steward"),), 1)
OPINIONS = some.lists(
    some.tuples(some.integers(1, 9), some.integers(1, 9), some.sampled_from(["same", "different"])),
    max_size=14,
)


def state(store: Store) -> tuple[bytes, bytes, list[object]]:
    listed = entities(store, PUBLIC, Sought(), Part(10_000)).rows
    return export(store, PUBLIC, "json"), export(store, PUBLIC, "csv"), list(listed)


@pytest.fixture
def small(store: Store) -> Store:
    """A store with the fictional pack."""
    load_pack(store, OPERATOR, "sample", lambda _: None)
    return store


def firms(store: Store, *lines: str) -> list[int]:
    """The numbers of firms that a table brings, by their stock codes."""
    table = "\n".join(["stock_code,name,short,adcode,industry,tier", *lines]).encode()
    load_file(store, OPERATOR, Upload("firms.csv", table, "company"))
    return [completions(store, PUBLIC, line.split(",")[0])[0].id for line in lines]


@given(OPINIONS)
def test_what_is_joined_is_what_can_be_reached(told: list[tuple[int, int, Verdict]]) -> None:
    """Brute force: an entity stands under the lowest number that it reaches over judgements `same`."""
    opinions = [Opinion(*one) for one in told]
    joined = joined_of(opinions)
    for start in range(1, 10):
        reached = {end for end in range(1, 10) if end == start or chain_of(opinions, start, end)}
        assert joined.get(start, start) == min(reached)
        for end in reached - {start}:
            chain = chain_of(opinions, start, end)
            assert (chain[0], chain[-1]) == (start, end)
            links = {one.pair for one in opinions if one.verdict == "same"}
            assert all((min(pair), max(pair)) in links for pair in pairwise(chain))


def test_rules_judge_by_lasting_codes_and_by_name_in_one_place() -> None:
    def body(name: str, adcode: str | None, *codes: tuple[str, str]) -> Organisation:
        identifiers = tuple(Identifier(*code) for code in codes)
        return Organisation("university", name, identifiers, Source("judgement"), adcode)

    old, new = ("moe", "4111014139"), ("moe", "4111010001")
    assert ruled(body("甲大学", None, old), body("甲大学", None, new)) == ("different", "code")
    unit, other = ("unit", "a"), ("unit", "b")
    assert ruled(body("甲大学", "120000", unit), body("甲大学", "120000", other)) == ("same", "name")
    assert ruled(body("甲大学", None, unit), body("甲大学", None, other)) is None
    assert ruled(body("甲大学", "120000", unit), body("甲大学", "110000", other)) is None


@pytest.mark.database
class TestTheRegistry:
    def test_joined_entities_are_one_everywhere_and_apart_again_after_undo(self, small: Store) -> None:
        one, other = firms(
            small,
            "600001.SH,天津海蓝科技有限公司,海蓝,999901,纺织,press",
            "600002.SH,海蓝科技股份公司,,999902,软件,official",
        )
        before = state(small)
        given = judge(small, STEWARD, Opinion(other, one, "same", "更名公告"))
        assert (given.first, given.second, given.judged_by) == (one, other, "account/1")
        card = entity_at(small, PUBLIC, other)
        assert card == entity_at(small, PUBLIC, one)
        assert card.entity.id == one
        assert [each.id for each in card.joined] == [other]
        assert {"海蓝科技股份公司", "海蓝"} <= {fact.value for fact in card.names}
        assert {fact.value for fact in card.identifiers} == {"600001.SH", "600002.SH"}
        choices = {choice.name: [fact.value for fact in choice.facts] for choice in card.choices}
        assert choices["industry"] == ["软件", "纺织"], "an official source is believed before the press"
        assert choices["adcode"] == ["样例东湾区", "样例西岭区"], "that of the first"
        assert [each.id for each in completions(small, PUBLIC, "海蓝科技股份")] == [one]
        assert [each.id for each in resolve_unit(small, "海蓝科技股份公司")] == [one]
        assert other not in {each.id for each in entities(small, PUBLIC, Sought(), Part(10_000)).rows}
        (line,) = [line for line in export(small, PUBLIC, "json").decode().splitlines() if "600001" in line]
        assert '"referents": ["haihe-stock-600002.SH"]' in line
        undo(small, STEWARD, given.id)
        assert state(small) == before
        assert [each.id for each in resolve_unit(small, "海蓝科技股份公司")] == [other]

    def test_a_contradiction_is_refused_with_the_chain_that_makes_it(self, small: Store) -> None:
        a, b, c, d = firms(small, *(f"60000{n}.SH,{name}公司,,,," for n, name in enumerate("甲乙丙丁", 1)))
        judge(small, STEWARD, Opinion(a, b, "same"))
        judge(small, STEWARD, Opinion(c, b, "same"))
        with pytest.raises(Conflict, match="甲公司 = 乙公司 = 丙公司"):
            judge(small, STEWARD, Opinion(a, c, "different"))
        with pytest.raises(Conflict, match="judged already"):
            judge(small, STEWARD, Opinion(b, a, "unsure"))
        apart = judge(small, STEWARD, Opinion(d, b, "different"))
        with pytest.raises(
            Conflict, match=f"= 丁公司 would follow, but judgement {apart.id}|丁公司 = .* would follow"
        ):
            judge(small, STEWARD, Opinion(a, d, "same"))
        undo(small, STEWARD, apart.id)
        judge(small, STEWARD, Opinion(a, d, "same"))
        assert entity_at(small, PUBLIC, d).entity.id == a
        assert len(judgements(small, STEWARD, entity=c).rows) == 3

    def test_what_cannot_be_judged_is_refused(self, small: Store) -> None:
        """Entities 1 and 2 are places."""
        cases: list[tuple[Asker, Opinion, type[HaiheError]]] = [
            (PUBLIC, Opinion(1, 2, "same"), Unknown),
            (Asker("lead", (Grant("lead"),), 1), Opinion(1, 2, "same"), Forbidden),
            (STEWARD, Opinion(5, 5, "same"), Invalid),
            (STEWARD, Opinion(1, 2, "same"), Invalid),
            (STEWARD, Opinion(999_999, 999_998, "same"), NotFound),
        ]
        for asker, opinion, error in cases:
            with pytest.raises(error):
                judge(small, asker, opinion)
        with pytest.raises(NotFound):
            undo(small, STEWARD, 999_999)

    def test_two_at_once_never_contradict_each_other(self, small: Store) -> None:
        a, b, c = firms(small, *(f"60000{n}.SH,{name}公司,,,," for n, name in enumerate("甲乙丙", 1)))
        start = Barrier(3)

        def run(opinion: Opinion) -> bool:
            start.wait()
            try:
                judge(small, STEWARD, opinion)
            except Conflict:
                return False
            return True

        told = (Opinion(a, b, "same"), Opinion(b, c, "same"), Opinion(a, c, "different"))
        with ThreadPoolExecutor(3) as pool:
            assert sum(pool.map(run, told)) == 2
        standing = judgements(small, STEWARD).rows
        joined = joined_of(standing)
        for one in standing:
            together = joined.get(one.first, one.first) == joined.get(one.second, one.second)
            assert together == (one.verdict == "same")
        assert undo(small, STEWARD, standing[0].id)
        with pytest.raises(Conflict, match="undone already"):
            undo(small, STEWARD, standing[0].id)

    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seed=some.integers(0, 10**9))
    def test_judgements_undone_in_any_order_leave_the_first_state(self, small: Store, seed: int) -> None:
        chance = random.Random(seed)
        everybody = [one.id for one in entities(small, PUBLIC, Sought(("company", "agency"))).rows]
        before = state(small)
        given = shuffled_judgements(small, everybody, 15, chance)
        assert given
        for number in given:
            undo(small, STEWARD, number)
        assert state(small) == before


def shuffled_judgements(store: Store, everybody: list[int], count: int, chance: random.Random) -> list[int]:
    """Random judgements, those refused that contradict the others, in random order."""
    given = []
    while len(given) < count:
        first, second = chance.sample(everybody, 2)
        try:
            given.append(
                judge(store, STEWARD, Opinion(first, second, chance.choice(["same", "different"]))).id
            )
        except Conflict:
            count -= 1
    chance.shuffle(given)
    return given
