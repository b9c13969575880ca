from __future__ import annotations

from datetime import date
from pathlib import Path

from haihe.boards.ledger import Draft, Due, Frame, Origin, Theme, drafts_of
from haihe.boards.reader import Reading, gazetteer_of, reading_of

PRESS = """可以概括为“六个重点”:
一是在承接疏解上下功夫,下好“一盘棋”,建设7个平台。
二是在协同创新上下功夫,抓好“一条龙”,落地项目74个。
下一步,将做好两方面工作:
一是加力抓落实。
二是持续推进改革。
"""
FORMAL = """关于区域协同的行动计划
一、推进产业协作
（一）培育集群。围绕产业链编制图谱。
1.编制产业链图谱。逐链列出清单。（责任单位：市工信局、市数据局；完成时限：2026年6月底前）
2.样例二期项目。总投资12亿元。（责任单位：市科技局）
（二）共建平台。
二、加强保障
（一）健全机制。按月调度。
"""
FRAMES = (
    Frame(
        "emphases",
        {"zh": "重点"},
        (
            Theme("chessboard", {"zh": "一盘棋"}, {}, "", ("承接疏解", "共建平台")),
            Theme("dragon", {"zh": "一条龙"}, {}, "", ("协同创新", "产业协作")),
        ),
    ),
)


def read(text: str, dated: date | None = None) -> Reading:
    return reading_of(text, dated=dated, gazetteer=gazetteer_of(()))


def draft(text: str, dated: date | None = None) -> list[Draft]:
    return list(drafts_of(read(text, dated), Origin("0" * 64, "文件", text, dated, tier="press"), FRAMES))


def outline(drafts: list[Draft]) -> list[tuple[str, str, str | None]]:
    return [
        (each.kind, each.title, None if each.parent is None else drafts[each.parent].title) for each in drafts
    ]


def test_each_list_of_a_press_page_is_an_aspect_under_its_lead_sentence() -> None:
    lead, following = "可以概括为“六个重点”", "下一步,将做好两方面工作"
    assert outline(draft(PRESS)) == [
        ("aspect", lead, None),
        ("task", "在承接疏解上下功夫,下好“一盘棋”,建设7个平台", lead),
        ("task", "在协同创新上下功夫,抓好“一条龙”,落地项目74个", lead),
        ("aspect", following, None),
        ("task", "加力抓落实", following),
        ("task", "持续推进改革", following),
    ]


def test_a_formally_numbered_plan_keeps_its_levels_and_tells_projects_from_items() -> None:
    assert outline(draft(FORMAL)) == [
        ("aspect", "推进产业协作", None),
        ("task", "培育集群", "推进产业协作"),
        ("item", "编制产业链图谱", "培育集群"),
        ("project", "样例二期项目", "培育集群"),
        ("task", "共建平台", "推进产业协作"),
        ("aspect", "加强保障", None),
        ("task", "健全机制", "加强保障"),
    ]


def test_what_stands_below_an_item_becomes_an_item_beside_it() -> None:
    text = "一、方面\n（一）任务。\n1.事项。一是细节。二是要点。\n2.工程。\n"
    drafts = draft(text)
    assert [(each.kind, each.title) for each in drafts if each.parent == 1] == [
        ("item", "事项"), ("item", "细节"), ("item", "要点"), ("project", "工程"),
    ]  # fmt: skip


def test_chapters_without_lists_of_their_own_are_tasks_under_their_lead() -> None:
    drafts = draft("提出三点意见:\n一、提高认识。\n二、狠抓落实。\n")
    assert [each.kind for each in drafts] == ["aspect", "task", "task"]


def test_a_list_without_lead_or_heading_is_its_own_source() -> None:
    aspect, task, _ = draft("（一）提高认识。\n（二）狠抓落实。\n")
    assert (aspect.title, aspect.source.quote) == ("文件", "（一）提高认识。\n（二）狠抓落实。")
    assert task.source.quote == "（一）提高认识。"


def test_every_node_cites_exactly_its_words() -> None:
    for text in (PRESS, FORMAL):
        for each in draft(text):
            start, end = each.source.span
            assert text[start:end] == each.source.quote == each.text
            assert (each.source.kind, each.source.tier) == ("sentence", "press")


def test_units_due_dates_and_words_come_from_the_bracket() -> None:
    item = draft(FORMAL)[2]
    assert [(share.name, share.role) for share in item.shares] == [("市工信局", "lead"), ("市数据局", "lead")]
    assert item.due.on == date(2026, 6, 30)


def test_the_first_unit_leads_where_the_document_says_so() -> None:
    item = draft("责任单位中列第一位者为牵头单位，其余为配合单位。\n" + FORMAL)[2]
    assert [(share.name, share.role) for share in item.shares] == [
        ("市工信局", "lead"), ("市数据局", "cooperating"),
    ]  # fmt: skip


def test_the_year_of_a_due_date_is_the_documents() -> None:
    text = "工作如下:\n一是6月底前完成。\n二是年底前完成。\n"
    assert [each.due and each.due.on for each in draft(text, dated=date(2023, 6, 1))] == [
        None, date(2023, 6, 30), date(2023, 12, 31),
    ]  # fmt: skip
    assert [each.due for each in draft(text)] == [None, None, None]


def test_a_node_takes_the_theme_it_names_or_else_the_one_above() -> None:
    drafts = draft(FORMAL)
    assert [[tag.theme for tag in each.tags] for each in drafts[:5]] == [
        ["dragon"], ["dragon"], ["dragon"], ["dragon"], ["chessboard"],
    ]  # fmt: skip


def test_a_figure_stands_with_the_innermost_words_and_its_own_source() -> None:
    drafts = draft(PRESS)
    found = {number.quote: (each.title, source) for each in drafts for number, source in each.numbers}
    assert set(found) == {"六个", "7个", "74个", "两方面"}
    title, source = found["74个"]
    assert title.startswith("在协同创新")
    assert found["7个"][0].startswith("在承接疏解")
    assert PRESS[slice(*source.span)] == "74个"


def test_a_mix_of_numbers_has_no_single_value() -> None:
    task = draft("工作如下:\n一是三次产业结构为6.2∶35.7∶58.1。\n二是抓落实。\n")[1]
    assert task.numbers[0][0].value is None
    assert task.numbers[0][0].quote == "6.2∶35.7∶58.1"


def test_the_rows_of_a_table_are_tasks_and_items_in_the_words_of_their_cells() -> None:
    text = (
        "重点任务分解表\n\n| 序号 | 举措 | 任务 | 责任单位 | 协同单位 | 时间节点 |\n"
        "| 1 | 建平台 | 建中试平台 | 市科技局 | 市财政局 | 2026年6月 |\n"
        "| 2 | ^^ | 建数据平台 | 市数据局 | 无 | 持续推进 |\n"
        "| 3 | 育企业 | 培育企业30家 | 市工信局 | 无 | 2027年底 |\n"
    )
    drafts = draft(text)
    assert outline(drafts) == [
        ("aspect", "重点任务分解表", None),
        ("task", "建平台", "重点任务分解表"),
        ("item", "建中试平台", "建平台"),
        ("item", "建数据平台", "建平台"),
        ("task", "育企业", "重点任务分解表"),
        ("item", "培育企业30家", "育企业"),
    ]
    pilot, data = drafts[2:4]
    assert [(share.name, share.role) for share in pilot.shares] == [
        ("市科技局", "lead"), ("市财政局", "cooperating"),
    ]  # fmt: skip
    assert pilot.due == Due(date(2026, 6, 30), "2026年6月")
    assert data.due == Due(None, "持续推进")


def test_how_things_stand_is_no_promise() -> None:
    text = """行动计划
一、现状分析
（一）产业基础。已有企业百家。
（二）主要短板。一是规模不大。二是创新不足。
二、重点任务
（一）培育集群。编制图谱。
（二）共建平台。引进项目。
"""
    assert outline(draft(text)) == [
        ("aspect", "重点任务", None),
        ("task", "培育集群", "重点任务"),
        ("task", "共建平台", "重点任务"),
    ]


def test_a_title_is_whole_where_a_page_was_turned_in_it(shared: Path) -> None:
    text = (shared / "documents/plans/huzhou.txt").read_text("utf-8")
    titles = [each.title for each in draft(text)]
    assert not [title for title in titles if "\n" in title or "—" in title]
    assert "推进人工智能+绿色家居" in titles
    assert len(titles) == 34
