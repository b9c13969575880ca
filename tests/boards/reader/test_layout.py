from __future__ import annotations

from pathlib import Path

from haihe.boards.reader.layout import blocks_of
from haihe.boards.reader.repair import repaired

PAGE = """京津冀协同发展再上新台阶
三地联合印发行动方案

本报讯(记者 某某)1日,会议召开。

下一步如何推进?

第一段讲话。第二句。

凝心聚力 再谱新篇
某某会议召开

本报讯(记者 某某)2日,另一个会议召开。"""

PLAN = """某某行动方案

为推进某事，制定本方案。

一、总体要求

（一）指导思想。以某某为指导，推进工作。

1.加强领导。

二、主要任务
"""


def shape(text: str) -> list[tuple[str, int, str]]:
    return [
        (block.kind, block.level, block.quote[:6]) for block in blocks_of(text) if block.kind != "paragraph"
    ]


def test_titles_questions_and_articles_of_a_page_are_told_apart() -> None:
    assert shape(PAGE) == [
        ("article", 0, "京津冀协同发"),
        ("heading", 1, "京津冀协同发"),
        ("heading", 1, "三地联合印发"),
        ("heading", 2, "下一步如何推"),
        ("article", 0, "凝心聚力 再"),
        ("heading", 1, "凝心聚力 再"),
        ("heading", 1, "某某会议召开"),
    ]


def test_numbered_headings_have_levels_and_a_sentence_with_its_text_is_no_heading() -> None:
    assert shape(PLAN)[2:] == [
        ("heading", 1, "一、总体要求"),
        ("heading", 3, "1.加强领导"),
        ("heading", 1, "二、主要任务"),
    ]


def test_a_page_flattened_to_one_line_keeps_its_paragraphs() -> None:
    text = "标题在此\n\n第一段。 第二段。\u3000第三段，有 空格。"
    assert [block.quote for block in blocks_of(text) if block.kind == "paragraph"] == [
        "第一段。",
        "第二段。",
        "第三段，有 空格。",
    ]


def test_a_byte_order_mark_and_blank_lines_belong_to_no_block() -> None:
    (article, heading) = blocks_of("\ufeff\n\u3000标题在此\n\n")
    assert (article.start, article.quote, heading.quote) == (3, "标题在此", "标题在此")
    assert blocks_of("\n \n") == ()


def test_a_page_number_is_no_block_and_the_title_under_it_is_one() -> None:
    text = "—\n1\n—\n某市人工智能工作方案\n为推进工作，制定本方案。\n— 2 —\n一、总体要求"
    assert [block.quote for block in blocks_of(text) if block.kind != "article"] == [
        "某市人工智能工作方案",
        "为推进工作，制定本方案。",
        "一、总体要求",
    ]


def test_cells_beside_numbers_fields_and_the_signature_are_no_headings() -> None:
    text = (
        "某市工作方案\n为推进工作，制定本方案。\n赛道一：时空信息\n重点区域：某某县\n举措1：强化攻关。\n"
        "二、主要任务\n做好工作。\n企业名称\n1\n某某装备有限公司\n12.25\n吴兴区\n特此通知。\n某市科学技术局\n2025年1月10日"
    )
    assert [block.quote for block in blocks_of(text) if block.kind == "heading"] == [
        "某市工作方案",
        "赛道一：时空信息",
        "二、主要任务",
    ]


def test_the_headings_of_a_plan_wrapped_by_its_pages_are_those_of_its_contents(shared: Path) -> None:
    text = (shared / "documents/plans/huzhou.txt").read_bytes().decode()
    body = repaired(text[: text.index("附：1.")]).text
    assert [block.quote for block in blocks_of(body) if block.kind == "heading"] == [
        "湖州市人工智能创新发展工作方案",
        "一、现状分析",
        "二、发展目标",
        "三、特色赛道",
        "方向/赛道一：AI+时空信息",
        "方向/赛道二：智能驾驶",
        "方向/赛道三：AI+智能制造",
        "四、支撑能力建设",
        "五、保障措施",
    ]


def test_the_five_articles_of_a_newspaper_page_are_found(shared: Path) -> None:
    text = (shared / "documents/press-2023-06.txt").read_bytes().decode()
    assert [block.quote[:4] for block in blocks_of(text) if block.kind == "article"] == [
        "为使京津",
        "凝心铸魂",
        "天津市举",
        "智创科技",
        "团结奋斗",
    ]
