"""Who answers for what by when, in the ways that published plans say it."""

from __future__ import annotations

import gc
import importlib.util
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.reader import Assignment, assignments_of, blocks_of, grids_of, measures_of, row_of
from haihe.boards.reader.records import Measure

Case = tuple[str, list[str], list[str], bool, str | None]


def read(text: str, year: int | None = 2024) -> tuple[tuple[Measure, ...], list[Assignment]]:
    grids = grids_of(text)
    _, measures = measures_of(text, blocks_of(text), grids)
    return measures, list(assignments_of(text, measures, grids, year=year))


def only(text: str, year: int | None = 2024) -> Assignment:
    (found,) = read(text, year)[1]
    return found


BRACKETS: list[Case] = [
    (
        "（责任单位：市发改委、市财政局；完成时限：2024年12月底）",
        ["市发改委", "市财政局"],
        [], False, "2024-12-31",
    ),
    (
        "（责任单位：市教委，完成时间：6月底前）",
        ["市教委"],
        [], False, "2024-06-30",
    ),
    (
        "（牵头单位：市科技局；责任单位：市教委、各区人民政府）",
        ["市科技局"],
        ["市教委", "各区人民政府"], False, None,
    ),
    (
        "（牵头单位:市科技局 配合单位:市教委 市财政局）",
        ["市科技局"],
        ["市教委", "市财政局"], False, None,
    ),
    (
        "（市发展改革委牵头，市级有关部门、各区人民政府按职责分工负责）",
        ["市发展改革委"],
        ["市级有关部门", "各区人民政府"], True, None,
    ),
    (
        "（市教委、市财政局等按职责分工负责）",
        ["市教委", "市财政局"],
        [], True, None,
    ),
    (
        "（市教委、市财政局等有关部门按照各自职责分工负责）",
        ["市教委", "市财政局"],
        [], True, None,
    ),
    (
        "（市商务局、市税务局和滨海新区政府负责）",
        ["市商务局", "市税务局", "滨海新区政府"],
        [], False, None,
    ),
    (
        "（市规划和自然资源局、市住房和城乡建设委及各区负责）",
        ["市规划和自然资源局", "市住房和城乡建设委", "各区"],
        [], False, None,
    ),
    (
        "（各市（含定州、辛集市）人民政府，雄安新区管委会负责）",
        ["各市（含定州、辛集市）人民政府", "雄安新区管委会"],
        [], False, None,
    ),
    (
        "（省科技厅会同省教育厅、省财政厅负责）",
        ["省科技厅"],
        ["省教育厅", "省财政厅"], False, None,
    ),
    (
        "（市委组织部（人才办）、市人社局负责）",
        ["市委组织部（人才办）", "市人社局"],
        [], False, None,
    ),
    (
        "（责任单位：市发改委（牵头）、市工信局）",
        ["市发改委"],
        ["市工信局"], False, None,
    ),
    (
        "（市经济和信息化局牵头，2024年底前完成）",
        ["市经济和信息化局"],
        [], False, "2024-12-31",
    ),
    (
        "（市城市管理委牵头，市水务局、市园林绿化局配合，长期坚持）",
        ["市城市管理委"],
        ["市水务局", "市园林绿化局"], False, "ongoing",
    ),
    (
        "（国家发展改革委、工业和信息化部、国家能源局等按职责分工负责，地方各级人民政府负责落实）",
        ["国家发展改革委", "工业和信息化部", "国家能源局", "地方各级人民政府"],
        [], True, None,
    ),
    (
        "（主办单位：区卫健委；协办单位：区教育局、各街道）",
        ["区卫健委"],
        ["区教育局", "各街道"], False, None,
    ),
    (
        "（责任领导：副市长；牵头部门：市民政局）",
        ["市民政局"],
        [], False, None,
    ),
    (
        "（牵头责任单位：省发展改革委；配合责任单位：省交通运输厅）",
        ["省发展改革委"],
        ["省交通运输厅"], False, None,
    ),
    (
        "【责任单位：市农业农村局、各涉农区】",
        ["市农业农村局", "各涉农区"],
        [], False, None,
    ),
    (
        "（市科技局、市委网信办）",
        ["市科技局", "市委网信办"],
        [], False, None,
    ),
    (
        "（市交通运输委、天津港集团分别牵头，海河传媒中心、市公安交管局参与）",
        ["市交通运输委", "天津港集团"],
        ["海河传媒中心", "市公安交管局"], False, None,
    ),
    (
        "（市财政局负责，市审计局、各区政府（管委会）配合，第三季度前完成）",
        ["市财政局"],
        ["市审计局", "各区政府（管委会）"], False, "2024-09-30",
    ),
    (
        "（责任单位：市人力资源\n和社会保障局）",
        ["市人力资源和社会保障局"],
        [], False, None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("bracket", "lead", "cooperate", "by_duty", "due"), BRACKETS)
def test_a_closing_bracket_says_who_and_when(
    bracket: str, lead: list[str], cooperate: list[str], by_duty: bool, due: str | None
) -> None:
    for text in (
        f"一、工作任务\n1.推进合作。建立机制。{bracket}\n2.抓好落实。",
        f"一、工作任务\n1.推进合作，建立机制{bracket}。\n2.抓好落实。",
    ):
        measures, (found,) = read(text)
        assert found.quote == bracket
        assert (list(found.lead), list(found.cooperate)) == (lead, cooperate)
        assert (found.by_duty, found.due) == (by_duty, due)
        assert found.measure is not None
        assert measures[found.measure].title.quote.startswith("推进合作")
        assert found.task_start == text.index("1.")


@pytest.mark.parametrize(
    "bracket",
    [
        "（见附件）",
        "（2021—2025年）",
        "（含农村）",
        "（二期）",
        "（鼓励企业参与）",
        "（县级市）",
        "（天津）",
        "（试行）",
        "（党委领导、政府负责、社会协同）",
        "（由负责人签字）",
        "（如学校、医院）",
        "（以下简称市工信局）",
        "（国发〔2018〕42号）",
    ],
)
def test_a_bracket_that_names_no_unit_is_no_assignment(bracket: str) -> None:
    assert read(f"一、任务\n1.推进合作{bracket}。\n2.抓好落实{bracket}。\n")[1] == []


@pytest.mark.parametrize(
    ("lines", "lead", "cooperate", "due"),
    [
        ("责任单位：市发改委、市财政局", ["市发改委", "市财政局"], [], None),
        (
            "牵头单位：市发改委\n　　配合单位：市财政局、各区\n　　完成时限：2024年6月底",
            ["市发改委"], ["市财政局", "各区"], "2024-06-30",
        ),
    ],
)  # fmt: skip
def test_lines_under_a_measure_say_who_without_a_bracket(
    lines: str, lead: list[str], cooperate: list[str], due: str | None
) -> None:
    found = only(f"一、任务\n1.推进合作。建立机制。\n　　{lines}\n2.抓好落实。\n")
    assert (found.quote, list(found.lead), list(found.cooperate), found.due) == (lines, lead, cooperate, due)
    assert found.task_start == len("一、任务\n")


@pytest.mark.parametrize(
    ("sentence", "lead", "cooperate"),
    [
        (
            "由市发展改革委牵头，会同市财政局、市科技局制定实施方案",
            ["市发展改革委"],
            ["市财政局", "市科技局"],
        ),
        ("由市教委牵头，各区人民政府配合，建设示范学校", ["市教委"], ["各区人民政府"]),
        ("市商务局会同市税务局完善政策", ["市商务局"], ["市税务局"]),
        ("市水务局负责编制防洪预案", ["市水务局"], []),
        ("市规划和自然资源局、市住房城乡建设委负责统筹布局", ["市规划和自然资源局", "市住房城乡建设委"], []),
    ],
)
def test_a_sentence_says_who_where_no_bracket_does(
    sentence: str, lead: list[str], cooperate: list[str]
) -> None:
    found = only(f"一、任务\n1.推进合作。{sentence}，2024年底前完成。\n2.抓好落实。\n")
    assert (list(found.lead), list(found.cooperate)) == (lead, cooperate)
    assert (found.due, found.due_source) == ("2024-12-31", "sentence")


@pytest.mark.parametrize(
    "sentence",
    [
        "各项目牵头单位对项目负总责，主要负责人负责抓总",
        "形成党委统一领导、组织部门牵头抓总的格局",
        "建立由市委牵头的协调机制",
        "谁主管谁负责，落实企业主体责任",
    ],
)
def test_a_sentence_on_responsibility_alone_is_no_assignment(sentence: str) -> None:
    assert read(f"一、任务\n1.健全机制。{sentence}。\n2.抓好落实。\n")[1] == []


def test_the_first_leads_where_the_document_says_so() -> None:
    text = (
        "1.抓改革。（发展改革委、财政部等负责。列第一位者为牵头单位，下同）\n2.抓开放。（商务部、海关总署负责）\n"
        "3.抓落实。（教育部、科技部牵头负责）\n"
    )
    found = read(text)[1]
    assert [one.lead for one in found] == [("发展改革委",), ("商务部",), ("教育部", "科技部")]
    assert [one.cooperate for one in found] == [("财政部",), ("海关总署",), ()]


def test_a_bracket_behind_a_list_speaks_of_what_holds_the_list() -> None:
    within = "1.推进合作。一是建机制；二是建平台。（责任单位：市教委）\n2.抓好落实。\n"
    below = "（一）推进合作。\n1.建机制。\n2.建平台。\n（责任单位：市教委）\n（二）抓好落实。\n"
    for text in (within, below):
        assert only(text).task_start == 0


def test_each_item_keeps_its_own_bracket() -> None:
    text = "1.推进合作。一是建机制（市教委负责）；二是建平台（市科技局负责）。\n2.抓好落实。\n"
    measures, found = read(text)
    assert [measures[one.measure or 0].title.quote[:3] for one in found] == ["建机制", "建平台"]


TABLE = """| 序号 | 重点任务 | 具体举措 | 责任分工 || 完成时限 | 备注 |
| ^^ | ^^ | ^^ | 牵头单位 | 配合单位 | ^^ | ^^ |
| 1 | 建平台 | 建中试平台 | 市科技局 | 市财政局、各区 | 2024年6月 |  |
| 2 | ^^ | 建数据平台（一期） | ^^ | 无 | 持续推进 |  |
| 3 | 育企业 | 培育企业30家 | 市工信局牵头，有关部门参与 |  | — |  |
"""


def test_the_cells_of_a_row_say_who_and_when() -> None:
    measures, found = read(TABLE)
    assert [measure.title.quote for measure in measures] == [
        "建平台", "建中试平台", "建数据平台（一期）", "育企业", "培育企业30家",
    ]  # fmt: skip
    assert [measure.level for measure in measures] == [1, 2, 2, 1, 2]
    assert [(one.lead, one.cooperate, one.due) for one in found] == [
        (("市科技局",), ("市财政局", "各区"), "2024-06-30"),
        (("市科技局",), (), "ongoing"),
        (("市工信局",), ("有关部门",), None),
    ]
    assert [TABLE[one.task_start :].partition(" |")[0] for one in found] == [
        "建中试平台", "建数据平台（一期）", "培育企业30家",
    ]  # fmt: skip


def test_the_rows_of_a_workbook_say_who_and_when() -> None:
    text = (
        "# 任务\n| 任务分工表 |||||\n"
        "| 编号 | 工作任务 | 责任部门 | 协同部门 | 时间节点 |\n| 一、产业协作 |||||\n"
        "| 1 | 招商引资 | 市商务局 | 市工信局\u2028市财政局 | 2024-09 |\n"
    )
    measures, (found,) = read(text)
    assert [(measure.level, measure.title.quote) for measure in measures] == [
        (1, "一、产业协作"),
        (2, "招商引资"),
    ]
    assert (found.lead, found.cooperate, found.due) == (("市商务局",), ("市工信局", "市财政局"), "2024-09-30")


def test_a_table_without_those_who_answer_holds_no_measures() -> None:
    text = "| 序号 | 项目名称 | 总投资（亿元） |\n| --- | --- | --- |\n| 1 | 一期工程 | 12.5 |\n"
    assert read(text) == ((), [])


@pytest.fixture(scope="module")
def plans(shared: Path) -> Path:
    return shared / "documents/plans"


@pytest.mark.parametrize("name", ["gwy-nongji", "gz-talent", "huzhou", "sh-bci", "zj-tasks"])
def test_published_plans_are_assigned_as_annotated(plans: Path, name: str) -> None:
    spec = importlib.util.spec_from_file_location("referee", plans.parent / "score_assignments.py")
    assert spec is not None
    assert spec.loader is not None
    referee: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(referee)
    text = (plans / f"{name}.txt").read_bytes().decode()
    gold = json.loads((plans / f"{name}.gold.json").read_bytes())
    start, end = gold["annotated_range"]
    found = [one for one in read(text, None)[1] if start <= one.start < end]
    counts = referee.count(gold["assignments"], [row_of(one) for one in found], False)
    assert referee.prf(*counts["tuple"])["f1"] >= 0.97
    assert [one.task_start for one in found] == [row["task_start"] for row in gold["assignments"]]
    units = {(unit.start, unit.end) for one in found for unit in one.units}
    assert units == {(unit["start"], unit["end"]) for unit in gold["units"]}


PIECES = """
（ ） 【 】 牵头单位： 责任单位： 配合单位： 完成时限： 牵头， 配合 负责 等 会同 由 按职责分工 市科技局
市财政局 各区 和 、 ， 。 ； 2024年底前 一、 （一） 1. 2. 一是 二是 | || ^^ --- 序号 任务 责任单位 完成时限
列第一位者为牵头单位 持续推进 " , 无
"""
TEXTS = st.text(max_size=150) | st.lists(
    st.sampled_from([*PIECES.split(), "|\n|", "\n", "\u2028", "\ud800"]), max_size=60
).map("".join)


@settings(deadline=None, max_examples=300)
@given(text=TEXTS, year=st.none() | st.integers(1900, 2100))
def test_of_any_text_every_assignment_is_its_exact_words(text: str, year: int | None) -> None:
    measures, found = read(text, year)
    for one in found:
        assert one.lead or one.cooperate
        assert len(one.units) == len(one.lead) + len(one.cooperate)
        assert one.measure is None or measures[one.measure].start == one.task_start
        for span in (one, *one.units, *([one.due_words] if one.due_words else [])):
            assert text[span.start : span.end] == span.quote


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is collected meanwhile: what other tests left would be counted with what is timed."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_any_text_is_read_in_time_that_grows_with_its_length(shared: Path) -> None:
    plain = (shared / "documents/plans/gwy-nongji.txt").read_bytes().decode()
    for piece in (
        plain,
        "（" * 100 + "市科技局",
        "（市科技局、" * 50,
        "由市科技局、" * 50,
        "责任单位：\n",
        "市科技局会同",
    ):
        took = []
        for length in (20_000, 80_000):
            text = (piece * (length // len(piece) + 1))[:length]
            begun = time.process_time()
            assignments_of(text, (), (), year=2024)
            took.append(time.process_time() - begun)
        assert took[1] < 10 * took[0] + 0.5
