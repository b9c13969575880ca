from __future__ import annotations

import csv
from pathlib import Path

import pytest

from haihe.boards.reader.names import names_of


def named(text: str) -> list[str]:
    return [found.quote for found in names_of(text).organisations]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("北京市科委、中关村管委会联合印发通知。", ["北京市科委", "中关村管委会"]),
        (
            "省发展改革委会同省工业和信息化厅、省财政厅落实。",
            ["省发展改革委", "省工业和信息化厅", "省财政厅"],
        ),
        ("党中央、国务院作出部署，教育部、科技部负责。", ["党中央", "国务院", "教育部", "科技部"]),
        ("市委书记、市长出席，市委宣传部部长主持。", ["市委", "市委宣传部"]),
        ("市委、市政府推进长三角一体化发展领导小组召开会议。", ["市委、市政府推进长三角一体化发展领导小组"]),
        ("燕山大学与河北港口集团有限公司签约。", ["燕山大学", "河北港口集团有限公司"]),
        ("学校建有先进陶瓷研究院、海洋工程装备研究院等机构。", ["先进陶瓷研究院", "海洋工程装备研究院"]),
        ("引进中国地质大学（北京）的团队。", ["中国地质大学（北京）"]),
        ("京东方A、宁德时代等企业参加。", ["京东方A", "宁德时代"]),
    ],
)
def test_bodies_and_names_in_full_are_found_each_by_itself(text: str, quotes: list[str]) -> None:
    assert named(text) == quotes


@pytest.mark.parametrize(
    "text",
    [
        "各地教育部门、企业和学校要加强合作，集团和联盟负责组织。",
        "建设高水平研究院和国家实验室，培育科技型企业。",
        "推动京津冀协同发展，打造国际科技创新中心。",
        "大学生在城市中心区就业，形成新的格局。",
        "京津优质学校与10所医院结对，三家公司落户。",
        "要认真办理，上市委托给代理机构。",
    ],
)
def test_words_that_name_no_body_are_left_out(text: str) -> None:
    assert named(text) == []


def test_the_name_of_a_short_form_is_its_fullest_one_in_the_document() -> None:
    found = names_of("河北省科学技术厅印发通知。省科学技术厅要求抓好落实。").organisations
    assert [one.name for one in found] == ["河北省科学技术厅", "河北省科学技术厅"]


def test_a_short_form_that_two_bodies_share_stays_as_it_is() -> None:
    found = names_of("北京市科技局、天津市科技局签约。市科技局要求落实。").organisations
    assert found[-1].name == "市科技局"


def test_an_alias_that_the_document_defines_is_known_from_there_on() -> None:
    found = names_of("渤海蓝源动力科技有限公司（以下简称“渤海蓝源”）签约。渤海蓝源将扩产。").organisations
    assert [one.quote for one in found] == ["渤海蓝源动力科技有限公司", "渤海蓝源", "渤海蓝源"]
    assert {one.name for one in found} == {"渤海蓝源动力科技有限公司"}


def test_the_universities_of_the_region_are_found_in_a_sentence(shared: Path) -> None:
    with (shared / "data/organisations/bth_universities_moe2025.csv").open(encoding="utf-8-sig") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    found = {name for name in names if named(f"会上，{name}与企业签署合作协议。") == [name]}
    assert len(found) >= 0.97 * len(names), sorted(set(names) - found)


def test_the_full_names_of_listed_companies_are_found_in_a_sentence(shared: Path) -> None:
    with (shared / "data/organisations/listed_companies_2025-06.csv").open(encoding="utf-8-sig") as file:
        names = [row["fullname"] for row in csv.DictReader(file)][::20]
    found = {name for name in names if named(f"近日，{name}在天津设立总部。") == [name]}
    assert len(found) >= 0.95 * len(names), sorted(set(names) - found)
