from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import select

from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.registry import namesake_actions
from haihe.boards.registry.actions import entity_at
from haihe.boards.registry.answers import Sought, Upload
from haihe.boards.registry.judgement_actions import judge, judgements, undo
from haihe.boards.registry.judgements import Opinion
from haihe.boards.registry.load_actions import load_file, load_pack
from haihe.boards.registry.review import EDGES, Band, doubts_of, quality_of
from haihe.boards.registry.review_actions import JOB, Waiting, facets, look, look_job, standing, waiting
from haihe.boards.registry.tables import ENTITY
from haihe.boards.registry.weights import Match, log_odds, weights
from haihe.kit.errors import Unknown
from haihe.store.opening import Store
from haihe.store.session import reading
from haihe.store.work import job_at, run_next

THRESHOLD = weights().threshold


def test_the_threshold_parts_two_bands() -> None:
    assert THRESHOLD in EDGES


def test_the_least_sure_come_first_and_no_band_is_forgotten() -> None:
    chance = Random(7)
    matches = {
        (number, number + 1): Match(log_odds(chance.uniform(0.001, 0.999)), ("why",))
        for number in range(2_000)
    }
    doubts = doubts_of(matches)
    assert {one.pair for one in doubts} == {pair for pair, one in matches.items() if one.score >= EDGES[0]}
    first = doubts[:200]
    counts = [sum(one.band == band for one in first) for band in range(len(EDGES))]
    assert min(counts) > 0
    assert counts[1] > counts[2] > counts[0] > counts[3]
    for band in range(len(EDGES)):
        inside = [matches[one.pair].score for one in doubts if one.band == band]
        early, late = inside[: len(inside) // 2], inside[len(inside) // 2 :]
        assert abs(sum(early) / len(early) - sum(late) / len(late)) < 0.2 * (max(inside) - min(inside))


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Brute force: populations whose truth is known, judged in part, again and again."""
    chance = Random(11)
    sizes, shares = (600, 300, 200, 900), (0.08, 0.45, 0.8, 0.97)
    truth = [
        [chance.random() < share for _ in range(size)] for size, share in zip(sizes, shares, strict=True)
    ]
    above = [EDGES[band] >= THRESHOLD for band in range(len(EDGES))]
    held = sum(sum(pairs) for pairs, over in zip(truth, above, strict=True) if over)
    right = {
        "precision": held / sum(len(pairs) for pairs, over in zip(truth, above, strict=True) if over),
        "recall": held / sum(map(sum, truth)),
    }
    inside = dict.fromkeys(right, 0)
    for _ in range(400):
        bands = []
        for least, pairs in zip(EDGES, truth, strict=True):
            judged = chance.sample(pairs, 60)
            bands.append(Band(least, len(pairs), sum(judged), 60 - sum(judged)))
        quality = quality_of(bands, THRESHOLD)
        for name, share in right.items():
            found = getattr(quality, name)
            inside[name] += found.low <= share <= found.high
    assert all(0.9 <= count / 400 <= 1 for count in inside.values()), inside


def test_what_was_not_sampled_is_unknown_and_what_was_judged_whole_is_certain() -> None:
    bands = [Band(least, 10, 0, 0) for least in EDGES]
    assert quality_of(bands, THRESHOLD).precision is None
    whole = [
        Band(least, 10, 9 if least >= THRESHOLD else 1, 1 if least >= THRESHOLD else 9) for least in EDGES
    ]
    found = quality_of(whole, THRESHOLD)
    assert found.precision
    assert found.recall
    assert (found.precision.low, found.precision.high) == pytest.approx((0.9, 0.9))
    assert found.recall.share == pytest.approx(27 / 28)
    above = [Band(one.least, 10, *((5, 5) if one.least >= THRESHOLD else (0, 0))) for one in bands]
    assert (quality_of(above, THRESHOLD).precision is None, quality_of(above, THRESHOLD).recall) == (
        False,
        None,
    )


@pytest.mark.database
def test_the_queue_from_the_job_to_the_last_judgement(store: Store) -> None:
    table = """unit_code,name,short
a,天津海蓝智能装备研究院,海蓝研究院
b,天津海蓝智能装备研究所,
c,天津市海蓝智能装备研究院,
d,河北绿源农业研究院,
e,河北绿源农业研究院,
f,天津海蓝装备研究院,
"""
    load_file(store, OPERATOR, Upload("i.csv", table.encode(), "institute"))
    assert waiting(store, OPERATOR) == []
    assert standing(store, OPERATOR).quality.precision is None
    with pytest.raises(Unknown):
        waiting(store, PUBLIC)
    job = look(store, OPERATOR)
    assert run_next(store.engine, {JOB: look_job}, lambda: datetime.now(UTC))
    found = job_at(store.engine, job)
    assert (found.state, found.progress) == ("done", 1.0)
    pairs = waiting(store, OPERATOR)
    assert found.result == {"pairs": len(pairs), "judged": 0}
    assert len(pairs) >= 4
    assert all(each.doubt.reasons for each in pairs)

    by_names = {frozenset((each.first.entity.name, each.second.entity.name)): each for each in pairs}
    twins = by_names[frozenset(("天津海蓝智能装备研究院", "天津市海蓝智能装备研究院"))]
    given = judge(store, OPERATOR, opinion(twins, "same"))
    left = waiting(store, OPERATOR)
    assert twins.doubt.pair not in {each.doubt.pair for each in left}
    assert all(entity_at(store, PUBLIC, each.first.entity.id) == each.first for each in left)
    other = by_names[frozenset(("天津海蓝智能装备研究院", "天津海蓝装备研究院"))]
    judge(store, OPERATOR, opinion(other, "different"))
    implied = {frozenset((each.first.entity.id, each.second.entity.id)) for each in waiting(store, OPERATOR)}
    assert frozenset((other.first.entity.id, other.second.entity.id)) not in implied, "also through the twin"
    for each in left:
        if each.doubt.pair in {one.doubt.pair for one in waiting(store, OPERATOR)}:
            judge(store, OPERATOR, opinion(each, "unsure"))
    assert waiting(store, OPERATOR) == []
    undo(store, OPERATOR, given.id)
    assert twins.doubt.pair in {each.doubt.pair for each in waiting(store, OPERATOR)}


@pytest.mark.database
def test_the_number_of_a_filter_is_that_of_the_pairs_behind_it(store: Store) -> None:
    """Brute force: every pair that waits is looked at."""
    load_pack(store, OPERATOR, "sample", lambda _: None)
    names = (
        "样例海蓝智能装备研究院",
        "样例海蓝智能装备研究所",
        "样例海蓝装备研究院",
        "样例海岚智能装备研究院",
    )
    for kind, adcode in (("institute", "999901"), ("company", "999902"), ("platform", "")):
        rows = [f"{kind}-{at},{name},{adcode}" for at, name in enumerate(names)]
        table = "\n".join(["unit_code,name,adcode", *rows])
        load_file(store, OPERATOR, Upload(f"{kind}.csv", table.encode(), kind))
    look(store, OPERATOR)
    assert run_next(store.engine, {JOB: look_job}, lambda: datetime.now(UTC))
    pairs = waiting(store, OPERATOR, limit=999)
    kinds = [{one.first.entity.kind, one.second.entity.kind} for one in pairs]
    placed = [bool(one.first.entity.adcode or one.second.entity.adcode) for one in pairs]
    assert len(set(map(frozenset, kinds))) > 2
    for sought in (Sought(), Sought(("company",)), Sought((), ("999900",)), Sought(("port",), ("999900",))):
        found = facets(store, OPERATOR, sought)
        for one in (*found.kinds, *found.places):
            asked = (
                Sought((one.code,), sought.adcodes)
                if one in found.kinds
                else Sought(sought.kinds, (one.code,))
            )
            behind = waiting(store, OPERATOR, asked, limit=999)
            assert one.count == len(behind), one
            assert one.count == sum(
                (not asked.kinds or not kind.isdisjoint(asked.kinds)) and (not asked.adcodes or lies)
                for kind, lies in zip(kinds, placed, strict=True)
            )
        assert {one.code for one in found.kinds} >= set(sought.kinds), "what is chosen stays"


@pytest.mark.database
def test_two_of_one_name_are_told_apart_by_the_place_above_them(filled: Store) -> None:
    rows = bearers(filled, "新华区人民政府")
    told = namesake_actions.apart(filled, PUBLIC, rows[:1])
    assert [told[number] for number in rows] == ["石家庄市", "沧州市"]
    (alone,) = bearers(filled, "武清区人民政府")
    assert namesake_actions.apart(filled, PUBLIC, [alone]) == {}
    around = namesake_actions.around(filled, PUBLIC, entity_at(filled, PUBLIC, rows[0]))
    assert around.line == (("130000", "河北省"), ("130100", "石家庄市"), ("130105", "新华区"))


def bearers(store: Store, name: str) -> list[int]:
    with reading(store.engine) as connection:
        query = select(ENTITY.c.id).where(ENTITY.c.name == name).order_by(ENTITY.c.adcode)
        return list(connection.execute(query).scalars())


@pytest.mark.database
def test_a_rule_does_not_insist(store: Store) -> None:
    table = "unit_code,name,adcode\na,样例东湾区科学院,999901\nb,样例东湾区科学院,999901\n"
    load_pack(store, OPERATOR, "sample", lambda _: None)
    load_file(store, OPERATOR, Upload("i.csv", table.encode(), "institute"))
    for expected in (1, 0):
        look(store, OPERATOR)
        run_next(store.engine, {JOB: look_job}, lambda: datetime.now(UTC))
        standing_now = judgements(store, OPERATOR).rows
        assert len(standing_now) == expected
        for one in standing_now:
            assert (one.verdict, one.rule) == ("same", "name")
            undo(store, OPERATOR, one.id)


def opinion(pair: Waiting, verdict: str) -> Opinion:
    return Opinion(*pair.doubt.pair, verdict)  # type: ignore[arg-type]
