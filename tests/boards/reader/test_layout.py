from __future__ import annotations

from pathlib import Path

from haihe.boards.reader.layout import blocks_of

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


def test_the_five_articles_of_a_newspaper_page_are_found(shared: Path) -> None:
    text = (shared / "documents/press-2023-06.txt").read_bytes().decode()
    assert [block.quote[:4] for block in blocks_of(text) if block.kind == "article"] == [
        "为使京津",
        "凝心铸魂",
        "天津市举",
        "智创科技",
        "团结奋斗",
    ]
