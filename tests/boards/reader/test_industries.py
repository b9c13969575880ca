from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.reader.industries import industries_of
from haihe.boards.reader.names import names_of


def named(text: str) -> list[str]:
    return [found.quote for found in industries_of(text)]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("推动现代服务业同先进制造业融合。", ["现代服务业", "先进制造业"]),
        ("打造世界级先进制造业集群，", ["世界级先进制造业集群"]),
        ("围绕低空经济、人工智能、新材料等领域", ["低空经济", "人工智能", "新材料"]),
        ("轻纺、绿色石化等12条重点产业链", ["轻纺", "绿色石化"]),
        ("发展新能源和智能网联汽车、网络安全等产业", ["新能源和智能网联汽车", "网络安全"]),
        ("全市工业增加值增长，战略性新兴产业发展。", ["工业", "战略性新兴产业"]),
        ("按行业分类，装备制造31个，现代物流16个。", ["装备制造", "现代物流"]),
        ("建设临港产业集聚高地，培育文旅产业。", ["临港产业", "文旅产业"]),
        ("以精密铸造、电力及储能设备、文化旅游为重点，", ["精密铸造", "电力及储能设备", "文化旅游"]),
        ("新型显示、航空物流和跨境电商三大产业", ["新型显示", "航空物流", "跨境电商"]),
        ("布局氢能、6G、光伏等未来产业", ["氢能", "6G", "光伏", "未来产业"]),
        ("农机装备产业与激光制造产业同步发展。", ["农机装备产业", "激光制造产业"]),
        ("围绕智能网联汽车、储能、智能仓储装备等领域", ["智能网联汽车", "储能", "智能仓储装备"]),
    ],
)
def test_industries_are_named_by_field_class_list_and_bearer(text: str, quotes: list[str]) -> None:
    assert named(text) == quotes


@pytest.mark.parametrize(
    "text",
    [
        "培育千亿级产业集群，强化优势产业，构建现代化产业体系。",
        "交通、生态、教育、能源、养老等领域主管部门",
        "农业农村局、工业和信息化局、某工业大学",
        "抓好创新链产业链人才链融合，完善产业图谱",
        "京津冀产业合作，加强网络安全，保障能源供应",
        "推进工业园区和老工业基地改造",
        "引导企业、高校、科研院所等建立产业创新机制",
        "生态、科技、水务、养老等领域行业主管部门",
        "氢能产业创新联合体、半导体材料与装备实验室、集成电路学院揭牌",
        "开展飞机租赁业务，推进农业机械化，召开互联网大会",
    ],
)
def test_subjects_of_policy_and_bare_bearers_are_none(text: str) -> None:
    assert named(text) == []


def test_an_industry_inside_an_organisation_is_part_of_its_name() -> None:
    assert names_of("天津人工智能研究院有限公司成立。").industries == ()


def test_a_place_before_an_industry_is_no_part_of_its_name() -> None:
    text = "安国中药材、白沟箱包等传统产业"
    found = industries_of(text, [(0, 2), (6, 8)])
    assert [industry.quote for industry in found] == ["中药材", "箱包"]


@given(
    st.text(
        alphabet="产业链集群等、和与为重点三大领域人工智能制造装备战略性新兴农机\ud800\n，A1", max_size=120
    )
)
def test_every_industry_is_a_span_of_the_text_and_none_overlap(text: str) -> None:
    found = industries_of(text)
    assert all(text[industry.start : industry.end] == industry.quote for industry in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_the_divisions_of_the_standard_are_known_by_their_names(shared: Path) -> None:
    with (shared / "data/codes/gbt4754_2017.csv").open(encoding="utf-8-sig") as file:
        divisions = [row["name"].strip() for row in csv.DictReader(file) if row["level"] == "2"]
    spoken = [name for name in divisions if name.endswith("业") and "、" not in name and "其他" not in name]
    found = [name for name in spoken if name in named(f"2024年，{name}投资增长5%。")]
    assert len(found) >= 0.85 * len(spoken), sorted(set(spoken) - set(found))
