"""What a brief says, counted again from the items that it is made of."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.office.briefs import (
    KIND_LABELS,
    Brief,
    BriefKind,
    Figure,
    Section,
    brief_of,
    definition_of,
    differences,
    figures_in,
    rows_max,
    told,
    written,
)
from haihe.boards.office.composition import composed, numeral
from haihe.boards.office.counts import silences_of
from haihe.boards.office.matters import (
    LATE,
    LIGHTS,
    Ground,
    Matter,
    Mended,
    Request,
    Said,
    Silence,
    Stand,
)
from haihe.boards.office.records import Language, Reason, Unit
from haihe.kit.source import Source

PERIODS: dict[BriefKind, str] = {
    "month": "2026-11",
    "quarter": "2026Q4",
    "circular": "2026-11",
    "meeting": "2026-11",
}
ON = date(2026, 11, 30)
UNITS = [Unit(f"样例市{name}局") for name in "科商交水农财"] + [Unit("各区")]


def matter(chance: Random, number: int) -> Matter:
    """An item with anything in it."""
    due_on = ON + timedelta(chance.randint(-60, 60)) if chance.random() < 0.9 else None
    said = None
    if chance.random() < 0.7:
        forecast = due_on + timedelta(chance.randint(-20, 40)) if due_on and chance.random() < 0.8 else None
        note = chance.choice(["完成<初稿>&会签", "开工", ""])
        said = Said(number, ON - timedelta(3), note, forecast, chance.choice(["", "缺地"]))
    lights = list(LIGHTS)
    return Matter(
        node=number,
        place=f"1.{number}",
        title=f"推进第{number}件实事",
        aspect=chance.randint(1, 3),
        leads=tuple(chance.sample(UNITS, chance.randint(0, 2))),
        due_on=due_on,
        stand=Stand(chance.choice(lights), chance.random() < 0.7),
        reason=Reason("{days} d late.", {"days": number}),
        progress=chance.choice([None, 0.2, 0.8, 1.0]),
        said=said,
        before=Stand(chance.choice(lights), chance.random() < 0.7) if chance.random() < 0.8 else None,
    )


def ground_of(seed: int, kind: BriefKind = "month", items: int = 40, language: Language = "zh") -> Ground:
    chance = Random(seed)
    matters = tuple(matter(chance, number) for number in range(1, items + 1))
    months = tuple((f"2026-{month}", tuple(one.stand for one in matters)) for month in (10, 11, 12))
    return Ground(
        Request(kind, 7, "样例计划", "sample", PERIODS[kind], language),
        ON,
        {1: "产业", 2: "交通", 3: "生态"},
        matters,
        tuple(Silence(*each) for each in silences_of(matters)),
        (
            Mended(
                4,
                1,
                "推进第1件实事",
                "2026-10",
                "进度 60%",
                "进度 40%",
                "误报",
                datetime(2026, 11, 5, tzinfo=UTC),
            ),
        ),
        datetime(2026, 11, 2, tzinfo=UTC),
        months,
    )


def section(brief: Brief, name: str) -> Section:
    return next(one for one in brief.sections if one.name == name)


def numbers(words: tuple[str | Figure, ...]) -> list[int]:
    return [int(part.words) for part in words if isinstance(part, Figure)]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 25), st.sampled_from(sorted(KIND_LABELS)))
def test_every_count_is_that_of_the_items(seed: int, items: int, kind: BriefKind) -> None:
    ground = ground_of(seed, kind, items)
    brief = composed(ground)
    lights = Counter(one.stand.light for one in ground.matters)
    assert {name: int(brief.figures[name].words) for name in LIGHTS} == {
        name: lights[name] for name in LIGHTS
    }
    assert {name: brief.figures[name].unconfirmed for name in LIGHTS} == {
        name: sum(one.stand.light == name and not one.stand.confirmed for one in ground.matters)
        for name in LIGHTS
    }
    assert brief_of(json.loads(json.dumps(written(brief), ensure_ascii=False))) == brief
    assert composed(ground).digest == brief.digest
    assert all(figure.note and figure.source.url for figure in figures_in(brief))
    names = {one.name for one in brief.sections}
    assert names >= set(definition_of(kind).sections)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_a_headline_counts_confirmed_lights_only(seed: int) -> None:
    ground = ground_of(seed, items=25)
    sure = [one for one in ground.matters if one.stand.confirmed]
    lights = Counter(one.stand.light for one in sure)
    both = [(one, one.before) for one in sure if one.before and one.before.confirmed]
    late = sum(one.stand.light in LATE and before.light not in LATE for one, before in both)
    mended = sum(one.stand.light not in LATE and before.light in LATE for one, before in both)
    brief = composed(ground)
    order = ("overdue", "behind", "near", "on_track", "unknown")
    expected = [len(ground.matters), len(sure), *(lights[light] for light in order), late, mended]
    assert numbers(brief.headline) == expected
    assert not any(part.unconfirmed for part in brief.headline if isinstance(part, Figure))
    assert "未确认" not in told(brief.headline, "zh")


def test_without_confirmed_lights_the_headline_has_none_and_the_rest_is_marked() -> None:
    ground = ground_of(1)
    matters = tuple(replace(one, stand=replace(one.stand, confirmed=False)) for one in ground.matters)
    brief = composed(replace(ground, matters=matters))
    assert numbers(brief.headline) == [40]
    assert "均未经确认" in told(brief.headline, "zh")
    overdue = sum(one.stand.light == "overdue" for one in matters)
    assert f"逾期{overdue}（未确认）项" in told(section(brief, "overview").sentences[0], "zh")
    light = section(brief, "done").table
    assert light
    assert all(told(row[-1], "zh").endswith("（未确认）") for row in light.rows)


def test_aspects_and_units_add_up_to_their_items() -> None:
    ground = ground_of(2)
    brief = composed(ground)
    aspects, units = section(brief, "aspects").table, section(brief, "units").table
    assert aspects
    assert units
    for row in aspects.rows:
        cells = [int(told(cell, "zh")) for cell in row[1:]]
        assert cells[0] == sum(cells[1:6])
    assert sum(int(told(row[1], "zh")) for row in aspects.rows) == len(ground.matters)
    leading = Counter(unit.name for one in ground.matters for unit in one.leads)
    assert {told(row[0], "zh"): int(told(row[1], "zh")) for row in units.rows} == leading
    change = {told(row[0], "zh"): int(told(row[-1], "zh")) for row in units.rows}
    for name in leading:
        known = [one for one in ground.matters if one.before and any(unit.name == name for unit in one.leads)]
        then = sum(bool(one.before) and one.before.light in LATE for one in known)
        assert change[name] == sum(one.stand.light in LATE for one in known) - then


def test_a_month_tells_what_was_put_off_who_is_silent_what_was_corrected_and_what_is_due() -> None:
    ground = ground_of(3, items=80)
    brief = composed(ground)
    slips = section(brief, "slips").table
    assert slips
    expected = [
        (one.said.forecast_on - one.due_on).days
        for one in ground.matters
        if one.said and one.said.forecast_on and one.due_on and (one.progress or 0) < 1
    ]
    expected = sorted((days for days in expected if days > 0), reverse=True)
    assert [int(told(row[-1], "zh").removesuffix("（未确认）")) for row in slips.rows] == expected[
        : rows_max()
    ]
    silent = section(brief, "silent").table
    assert silent
    for row in silent.rows:
        name, *cells = (told(cell, "zh") for cell in row)
        led = [one for one in ground.matters if any(unit.name == name for unit in one.leads)]
        asked = [one for one in led if one.said or (one.progress or 0) < 1]
        assert [*map(int, cells)] == [
            len(asked),
            sum(one.said is not None for one in asked),
            sum(one.said is None for one in asked),
        ]
    assert "各区" not in {told(row[0], "zh") for row in silent.rows}
    corrected = section(brief, "corrections").table
    assert corrected
    assert [told(cell, "zh") for cell in corrected.rows[0]] == [
        "推进第1件实事", "进度 60%", "进度 40%", "误报", "2026-11-05",
    ]  # fmt: skip
    due = [one for one in ground.matters if one.due_on and one.due_on.month == 12 and (one.progress or 0) < 1]
    assert numbers(section(brief, "due").sentences[0]) == [len(due)]
    words = " ".join(told(line, "zh") for line in section(brief, "unknown").sentences)
    assert f"{sum(one.stand.light == 'unknown' for one in ground.matters)}" in words
    assert f"{len(ground.silences)}个单位未报齐" in words


def test_what_was_done_begins_with_the_late_items() -> None:
    table = section(composed(ground_of(4)), "done").table
    assert table
    order = ["逾期", "滞后", "临期", "不详", "正常"]
    lights = [order.index(told(row[-1], "zh").removesuffix("（未确认）")) for row in table.rows]
    assert lights == sorted(lights)
    assert len(lights) == rows_max()


def test_a_circular_names_every_late_item_with_the_rule_and_the_unit_s_words() -> None:
    ground = ground_of(5, "circular", 200)
    brief = composed(ground)
    rows = [row for one in brief.sections if one.name == "unit" and one.table for row in one.table.rows]
    late = {one.title: one for one in ground.matters if one.stand.light in LATE}
    assert sorted(told(row[0], "zh").split(" ")[1] for row in rows) == sorted(late)
    for row in rows:
        one = late[told(row[0], "zh").split(" ")[1]]
        assert told(row[1], "zh") == f"{one.node} d late."
        assert told(row[2], "zh").startswith(one.said.note if one.said else "未报送")


def test_a_meeting_paper_asks_for_a_decision_on_each_late_item() -> None:
    ground = ground_of(6, "meeting", 60)
    points = [one for one in composed(ground).sections if one.name == "point"]
    assert points
    by_title = {f"{one.place} {one.title}": one for one in ground.matters}
    for point in points:
        one = by_title[point.heading.partition("）")[2]]
        asked = told(point.sentences[-1], "zh")
        assert asked.startswith("提请会议明确：")
        if one.said is None:
            assert "补报" in asked
        elif one.said.difficulty:
            assert one.said.difficulty in asked
        elif one.said.forecast_on and one.due_on and one.said.forecast_on > one.due_on:
            assert str(one.said.forecast_on) in asked
            assert str(one.due_on) in asked


def test_a_quarter_shows_its_months() -> None:
    trend = section(composed(ground_of(7, "quarter")), "trend")
    assert trend.table
    assert [told(row[0], "zh") for row in trend.table.rows] == ["2026年10月", "2026年11月", "2026年12月"]


def test_headings_are_numbered_and_english_needs_no_chinese() -> None:
    brief = composed(ground_of(8, "meeting", language="en"))
    assert brief.sections[0].heading == "1. How it stands"
    assert next(one.heading for one in brief.sections if one.level == 2).startswith("2.1 ")
    assert "京" not in brief.title
    chinese = [one.heading for one in composed(ground_of(8)).sections]
    assert [heading.partition("、")[0] for heading in chinese] == list("一二三四五六七八九")
    assert [numeral(number) for number in (9, 10, 11, 20, 99, 100)] == [
        "九",
        "十",
        "十一",
        "二十",
        "九十九",
        "100",
    ]


def test_differences_are_the_lines_that_changed() -> None:
    ground = ground_of(9)
    before = composed(ground)
    first = next(one for one in ground.matters if one.said)
    other = tuple(
        replace(one, said=replace(one.said, note="已竣工")) if one is first and one.said else one
        for one in ground.matters
    )
    after = composed(replace(ground, matters=other))
    assert differences(before, before) == ()
    changed = differences(before, after)
    assert {one.added for one in changed} <= {True, False}
    assert all(first.title in one.words for one in changed)


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure("5", "", Source("formula")), "5"),
        (Figure("5", "", Source("formula"), 2, count=True), "5（含未确认2）"),
        (Figure("5", "", Source("formula"), 5, count=True), "5（未确认）"),
        (Figure("38", "", Source("row"), 1), "38（未确认）"),
        (Figure("逾期", "", Source("formula"), 1), "逾期（未确认）"),
        (Figure("0", "", Source("formula"), 0), "0"),
    ],
)
def test_an_unconfirmed_figure_says_so(figure: Figure, words: str) -> None:
    assert told((figure,), "zh") == words
