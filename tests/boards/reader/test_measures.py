from __future__ import annotations

import json
from pathlib import Path

import pytest

from haihe.boards.reader.grids import grids_of
from haihe.boards.reader.layout import blocks_of
from haihe.boards.reader.measures import measures_of
from haihe.boards.reader.records import Measure, MeasureList


def lists(text: str) -> list[MeasureList]:
    return list(measures_of(text, blocks_of(text))[0])


def outline(text: str) -> list[tuple[int, str | None, str]]:
    return [(found.level, found.marker, found.title.quote) for found in measures_of(text, blocks_of(text))[1]]


@pytest.mark.parametrize(
    "text",
    [
        "要求如下：一是抓改革。二是抓开放。三是抓落实。",
        "要求如下：一是抓改革；二是抓开放；三是抓落实。",
        "要求如下：一要抓改革，二要抓开放，三要抓落实。",
        "要求如下：首先，抓改革。其次，抓开放。最后，抓落实。",
        "要求如下：第一，抓改革。第二，抓开放。第三，抓落实。",
        "要求如下：（一）抓改革。（二）抓开放。（三）抓落实。",
        "要求如下：\n1.抓改革\n2.抓开放\n3.抓落实",
        "要求如下：\n一、抓改革\n二、抓开放\n三、抓落实",
        "要求如下：①抓改革；②抓开放；③抓落实。",
        "要求如下：\n第一条 抓改革。\n第二条 抓开放。\n第三条 抓落实。",
    ],
)
def test_every_way_of_counting_makes_one_list_of_three(text: str) -> None:
    (found,) = lists(text)
    assert [measure.ordinal for measure in found.measures] == [1, 2, 3]
    assert [measure.title.quote.removeprefix("要") for measure in found.measures] == [
        "抓改革",
        "抓开放",
        "抓落实",
    ]
    assert found.lead is not None
    assert found.lead.quote == "要求如下："


@pytest.mark.parametrize(
    "text",
    [
        "统一是大势。唯一是好。",
        "一是抓改革。没有下文。",
        "增长1.5倍，达到2.6万家。",
        "按照（二）的要求办理。",
        "最后，会议结束。",
        "二是先来。一是后到。",
    ],
)
def test_a_lone_marker_or_a_number_in_a_sentence_is_no_list(text: str) -> None:
    assert not lists(text)


def test_lists_nest_and_a_number_of_a_higher_rank_closes_those_below() -> None:
    text = "一、总体要求\n（一）思想。甲。\n（二）目标。一是快。二是好。\n二、任务\n1.建设。\n2.管理。\n"
    assert outline(text) == [
        (1, "一、", "总体要求"),
        (2, "（一）", "思想"),
        (2, "（二）", "目标"),
        (3, "一是", "快"),
        (3, "二是", "好"),
        (1, "二、", "任务"),
        (2, "1.", "建设"),
        (2, "2.", "管理"),
    ]


def test_a_measure_stops_before_a_semicolon_and_keeps_its_full_stop() -> None:
    (found,) = lists("一是抓改革；二是抓开放。")
    assert [measure.quote for measure in found.measures] == ["一是抓改革", "二是抓开放。"]


def test_the_last_measure_ends_with_its_paragraph() -> None:
    (found,) = lists("一是抓改革。\n\n二是抓开放。\n\n会议还研究了其他事项。")
    assert found.quote == "一是抓改革。\n\n二是抓开放。"


def test_the_lead_is_the_sentence_that_counts_the_list_or_else_the_heading() -> None:
    counted, asked = (
        "形成了2个方面任务。会议随后进行。一是抓改革。二是抓开放。",
        "取得了哪些成效?\n\n会议随后进行。一是抓改革。二是抓开放。",
    )
    for text, lead in ((counted, "形成了2个方面任务。"), (asked, "取得了哪些成效?")):
        (found,) = lists(text)
        assert found.lead is not None
        assert found.lead.quote == lead


def test_aspects_of_a_text_on_measures_are_measures_with_parts() -> None:
    text = (
        "某地出台人才措施。 在引进方面，措施明确给予补贴；提供住房。 "
        "在培养方面，给予资助；安排培训。 在服务方面，开辟通道。"
    )
    assert [(level, title) for level, _, title in outline(text)] == [
        (1, "在引进方面，措施明确给予补贴"),
        (2, "给予补贴"),
        (2, "提供住房"),
        (1, "在培养方面，给予资助"),
        (2, "给予资助"),
        (2, "安排培训"),
        (1, "在服务方面，开辟通道"),
    ]


def test_the_six_key_points_of_the_newspaper_page_are_one_list(shared: Path) -> None:
    text = (shared / "documents/press-2023-06.txt").read_bytes().decode()
    found = lists(text)
    assert [len(one.measures) for one in found] == [6, 4, 6, 3, 4, 4, 3]
    points, _, steps = found[:3]
    assert points.lead is not None
    assert points.lead.quote.endswith("可以概括为“六个重点”:")
    assert steps.lead is not None
    assert steps.lead.quote == "白向东表示,下一步,将做好六方面工作:"
    themes = ["一盘棋", "一条龙", "一卡通", "一道屏", "一张网", "一股绳"]
    assert all(theme in measure.quote for theme, measure in zip(themes, points.measures, strict=True))


@pytest.mark.parametrize("name", ["gwy-nongji", "sh-bci", "gz-talent"])
def test_published_plans_are_read_as_their_trees(name: str, shared: Path) -> None:
    text = (shared / f"documents/plans/{name}.txt").read_bytes().decode()
    gold = json.loads((shared / f"documents/plans/{name}.gold.json").read_bytes())
    start, end = gold["annotated_range"]
    read: list[Measure] = [one for one in measures_of(text, blocks_of(text))[1] if start <= one.start < end]
    assert [one.start for one in read] == [task["start"] for task in gold["tasks"]]
    assert [one.quote for one in read] == [
        text[task["start"] : task["body_end"]].strip() for task in gold["tasks"]
    ]
    assert [one.level for one in read] == [task["level"] for task in gold["tasks"]]


def test_an_excerpt_that_begins_within_a_chapter_keeps_the_levels_of_its_plan() -> None:
    text = "（六）甲。\n28.子。\n29.丑。\n三、乙\n（一）丙。\n30.寅。\n四、丁\n31.卯。\n"
    assert [(level, marker) for level, marker, _ in outline(text)] == [
        (2, "（六）"),
        (3, "28."),
        (3, "29."),
        (1, "三、"),
        (2, "（一）"),
        (3, "30."),
        (1, "四、"),
        (2, "31."),
    ]


TABLE = """一、任务
（一）修路。按期完成。
重点任务分工表
| 序号 | 任务名称 | 任务内容 | 责任单位 |
| 1 | 修路 | 修路。1.勘察；2.施工。 | 市交委 |
| 2 | 种树 | 种树100棵 | 市绿化局 |
二、保障
"""


def test_the_rows_of_a_table_are_a_list_under_its_caption() -> None:
    grids = grids_of(TABLE)
    found, measures = measures_of(TABLE, blocks_of(TABLE), grids)
    rows = next(one for one in found if one.measures[0].marker is None)
    assert rows.lead is not None
    assert rows.lead.quote == "重点任务分工表"
    assert [(row.ordinal, row.title.quote) for row in rows.measures] == [
        (1, "修路。1.勘察；2.施工。"), (2, "种树100棵"),
    ]  # fmt: skip
    assert rows.measures[0].quote == "修路。1.勘察；2.施工。 | 市交委 |"
    assert max(measure.end for measure in measures if measure.start < grids[0].start) <= grids[0].start
    assert [measure.level for measure in measures] == [1, 2, 1, 1, 1]


@pytest.mark.parametrize("name", ["huzhou", "zj-tasks"])
def test_published_tables_are_read_as_their_rows(name: str, shared: Path) -> None:
    text = (shared / f"documents/plans/{name}.txt").read_bytes().decode()
    gold = json.loads((shared / f"documents/plans/{name}.gold.json").read_bytes())
    start, end = gold["annotated_range"]
    read = [one for one in measures_of(text, blocks_of(text), grids_of(text))[1] if start <= one.start < end]
    rows = [task for task in gold["tasks"] if not task["quote"].startswith("附")]
    assert [(one.start, one.title.quote, one.end) for one in read] == [
        (task["start"], task["quote"], task["body_end"]) for task in rows
    ]
    if name == "zj-tasks":  # the other's caption is the lead of its list, not a measure above
        assert [one.level for one in read] == [task["level"] for task in rows]


@pytest.mark.parametrize(
    "text",
    [
        "附：1.重点任务分解表\n2.重点项目清单\n3.政策清单",
        "附件：\n1.重点任务分解表\n2.重点项目清单",
        "名单如下：\n1.甲乙科技有限公司\n2.零跑\n3.丙丁装备集团\n4.戊己大学",
    ],
)
def test_enclosures_and_names_are_no_measures(text: str) -> None:
    assert lists(text) == []


def test_measures_about_companies_are_measures() -> None:
    (found,) = lists("任务如下：\n1.引进甲公司，年内投产。\n2.扶持中小企业。\n3.组建集团")
    assert len(found.measures) == 3


def test_a_list_after_the_enclosures_goes_on_in_the_text() -> None:
    text = "附件：1.任务表\n2.清单\n附件1\n一、推进协作\n（一）建设平台。\n（二）引进人才。\n二、加强保障"
    assert outline(text) == [
        (1, "一、", "推进协作"),
        (2, "（一）", "建设平台"),
        (2, "（二）", "引进人才"),
        (1, "二、", "加强保障"),
    ]
