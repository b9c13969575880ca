from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from haihe.boards.registry import Known, Pack, kinds
from haihe.boards.registry.humans import A_PERSON, is_human
from haihe.boards.registry.intake import organisations_of
from haihe.boards.registry.properties import COLUMNS, values_of
from haihe.boards.registry.records import Identifier
from haihe.boards.registry.rows import lines_of

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹"
"""The thirty most frequent (公安部户政管理研究中心, 二〇二〇年全国姓名报告)."""

GIVEN = (
    *"伟芳娜敏静强磊军洋勇杰涛超",
    *("秀英", "桂英", "建国", "志强", "小明", "海燕", "子涵", "浩然", "文博", "晓东", "丽华", "立新", "俊杰"),
)


@pytest.mark.parametrize(
    "name",
    ["张伟", "王小明教授", "Zhang Wei", "Wang Xiaoming", "欧阳建国", "張偉", "张 伟", "市长张伟",
     "张伟（负责人）", "天津大学张伟教授", "买买提·艾力"],
)  # fmt: skip
def test_somebody_is_no_organisation(name: str) -> None:
    assert is_human(name)


@pytest.mark.parametrize(
    "name",
    ["张伟团队", "王某某院士工作站", "何云龙创新工作室", "李四光研究院", "党委书记", "常务副市长",
     "高级工程师", "黄骅港", "石家庄", "白洋淀", "文旅局", "国资委", "安监局",
     "Peng Cheng Laboratory", "TJDX", "", "·", "（）"],
)  # fmt: skip
def test_what_is_named_after_somebody_a_post_and_an_office_are_organisations(name: str) -> None:
    assert not is_human(name)


def test_nearly_every_usual_name_is_told() -> None:
    chance = random.Random(20201)
    names = {chance.choice(SURNAMES) + chance.choice(GIVEN) for _ in range(200)}
    assert sum(map(is_human, names)) >= 0.97 * len(names)


def test_no_firm_is_taken_for_the_man_it_is_named_after(shared: Path, jingjinji: Pack, sample: Pack) -> None:
    with (shared / "data/organisations/listed_companies_2025-06.csv").open(encoding="utf-8-sig") as table:
        listed = list(csv.DictReader(table))
    brands = ("张小泉", "马应龙", "王致和", "同仁堂", "李宁", "老干妈", "周大福", "李时珍医药集团有限公司")
    names = {name for row in listed for name in (row["name"], row["fullname"])} | {*brands}
    assert [name for name in names if is_human(name, branded=True)] == []
    assert [row["fullname"] for row in listed[::20] if is_human(row["fullname"])] == []
    for one in (*jingjinji.organisations, *sample.organisations):
        for name in (one.name, *(other.text for other in one.names)):
            assert not is_human(name, branded=one.kind == "company"), name


@pytest.mark.parametrize("kind", ["team", "laboratory", "post", "agency", "fund"])
def test_a_row_of_any_kind_that_names_somebody_is_rejected(kind: str) -> None:
    table = "unit_code,name,short\na-a,张伟,\na-b,张伟团队,\na-c,甲团队,\na-d,乙团队,乙队;王小明教授\n"
    loaded = organisations_of(table.encode(), "t.csv", kinds()[kind], Known((), {}))
    assert [one.name for one in loaded.rows] == ["张伟团队", "甲团队"]
    assert [(one.row, one.column, one.value, one.reason) for one in loaded.rejects] == [
        (2, "name", "张伟", A_PERSON),
        (5, "short", "王小明教授", A_PERSON),
    ]


def test_nobody_becomes_another_name_of_an_organisation() -> None:
    table = "key,property,value\nunit:t,short,张伟\nunit:t,short,张伟团队\nstock:1,short,李宁\n"
    lines = lines_of(table.encode(), "t.csv", COLUMNS, Known((), {}))
    held = {Identifier("unit", "t"): "team", Identifier("stock", "1"): "company"}
    loaded = values_of(lines, held)
    assert [one.value for one in loaded.rows] == ["张伟团队", "李宁"]
    assert [(one.row, one.reason) for one in loaded.rejects] == [(2, A_PERSON)]
