"""A register as a workbook: what is written comes back, what people write is read, what is bad is named."""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import BytesIO
from random import Random

import pytest
from openpyxl import Workbook, load_workbook

from haihe.boards.ledger import sample
from haihe.boards.ledger.kinds import Kind, kinds
from haihe.boards.ledger.lines import (
    NO_CITED,
    NO_DAY,
    NO_LEVEL,
    NO_NUMBER,
    NO_PARENT,
    NO_TITLE,
    NO_WEIGHT,
    TWICE,
    lines_of,
)
from haihe.boards.ledger.template import Line, book_of
from haihe.kit.errors import Invalid, Reject

PLAN = kinds()["plan"]


def read(content: bytes, kind: Kind) -> tuple[tuple[Line, ...], tuple[Reject, ...]]:
    filled = lines_of(content, kind)
    return filled.lines, filled.rejects


def book(*rows: list[object]) -> bytes:
    made = Workbook()
    page = made.active
    assert page is not None
    for row in rows:
        page.append(row)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_plan_of_full_size_comes_back_as_it_was_written(language: str) -> None:
    lines = sample.lines(Random(1), 2026)
    assert Counter(line.level for line in lines) == {"aspect": 7, "task": 25, "project": 98, "item": 1239}
    assert len({name for line in lines for name in line.lead}) == 60
    content = book_of(PLAN, "方案", lines, language, "模拟数据")
    assert read(content, PLAN) == (lines, ())
    pages = load_workbook(BytesIO(content)).worksheets
    assert all(any("模拟数据" in str(cell.value) for cell in page[1]) for page in pages)


def test_every_field_of_a_kind_comes_back() -> None:
    kind = kinds()["construction"]
    values = {
        "place": "120114",
        "investment_fen": 50_200_000_000_00,
        "axes": ["high_end", "green"],
        "begun_on": "2026-03-01",
    }
    lines = (
        Line((1,), "project", "样例厂房", stage="begun", values=values),
        Line((1, 1), "node", "封顶", due_on=date(2026, 9, 1), weight=0.5),
    )
    for language in ("zh", "en"):
        assert read(book_of(kind, "项目", lines, language), kind) == (lines, ())


def test_what_people_write_is_read() -> None:
    found, rejects = read(
        book(
            ["某某方案任务分工表"],
            ["填报说明：红色为必填"],
            ["层级", "标题", "牵头单位", "配合单位", "完成时限", "备注"],
            ["方面", "协同创新"],
            ["任务", "推进成果转化", "市科技局，市教委"],
            [None] * 6,
            ["事项", "建中试基地", "市科技局", "一区政府、二区政府", date(2026, 6, 30), "不读的一列"],
            ["事项", "编制清单", "市科技局", "", "2026-12-31"],
        ),
        PLAN,
    )
    assert rejects == ()
    assert [(line.number, line.title) for line in found] == [
        ((1,), "协同创新"),
        ((1, 1), "推进成果转化"),
        ((1, 1, 1), "建中试基地"),
        ((1, 1, 2), "编制清单"),
    ]
    assert found[1].lead == ("市科技局", "市教委")
    assert found[2].cooperating == ("一区政府", "二区政府")
    assert [line.due_on for line in found[2:]] == [date(2026, 6, 30), date(2026, 12, 31)]


def test_each_bad_cell_is_named_with_its_row_and_reason() -> None:
    header = ["编号", "层级", "标题", "完成时限", "权重", "服务项目"]
    found, rejects = read(
        book(
            header,
            ["1", "方面", "好的"],
            ["1", "方面", "重号"],
            ["2", "章", "没有这一级"],
            ["3.1", "任务", "上面没有"],
            ["1.1", "事项", "跨级", "六月底"],
            ["1.6", "任务", "年份写错", date(9202, 6, 30)],
            ["1.2", "任务", ""],
            ["1.x", "任务", "号不对"],
            ["1.4", "任务", "权重不对", None, -1],
            ["1.5", "任务", "引用不存在", None, None, "9.9.9"],
        ),
        PLAN,
    )
    assert [line.title for line in found] == ["好的"]
    assert {(reject.row, reject.column, reject.reason) for reject in rejects} >= {
        (3, "number", TWICE),
        (4, "level", NO_LEVEL),
        (5, "number", NO_PARENT),
        (6, "due_on", NO_DAY),
        (7, "due_on", NO_DAY),
        (8, "title", NO_TITLE),
        (9, "number", NO_NUMBER),
        (10, "weight", NO_WEIGHT),
        (11, "cites", NO_CITED),
    }


@pytest.mark.parametrize(
    "content",
    [b"", b"not a workbook", book(["标题"], ["没有层级"]), book_of(PLAN, "方案", (), "zh")[:400]],
)
def test_a_file_that_is_no_register_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        lines_of(content, PLAN)
    assert refused.value.advice


def test_a_sheet_without_end_is_refused() -> None:
    made = Workbook()
    made.worksheets[0].cell(60_000, 1, "x")
    file = BytesIO()
    made.save(file)
    with pytest.raises(Invalid, match="rows"):
        lines_of(file.getvalue(), PLAN)
