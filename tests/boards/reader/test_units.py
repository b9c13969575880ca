from __future__ import annotations

import pytest

from haihe.boards.reader.units import first_leads, is_organ, is_unit, name_of, parties_of


@pytest.mark.parametrize(
    "words",
    [
        "市人力资源和社会保障局",
        "市委组织部（人才办）",
        "各区",
        "县级市",
        "各有关单位",
        "雄安新区管委会",
        "中国科协",
        "团市委",
        "国家发展改革委",
        "国网天津市电力公司",
        "各市（含定州、辛集市）人民政府",
        "人民银行",
        "公安部",
    ],
)
def test_the_name_of_an_organ_or_a_kind_of_units_reads_as_one(words: str) -> None:
    assert is_unit(words)


@pytest.mark.parametrize(
    "words", ["企业", "政府", "社会", "城市", "人才公寓", "全部", "干部", "附件", "党委领导", "二期"]
)
def test_other_words_name_no_unit(words: str) -> None:
    assert not is_unit(words)


def test_a_place_is_no_organ() -> None:
    assert is_organ("市科技局")
    assert not is_organ("各区")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市科技局、市财政局等有关单位", ["市科技局", "市财政局"]),
        ("市文化和旅游局和市体育局", ["市文化和旅游局", "市体育局"]),
        ("发展和改革委员会、经济和信息化局", ["发展和改革委员会", "经济和信息化局"]),
        ("市商务局及各区", ["市商务局", "各区"]),
        ("市委组织部（人才办），各区", ["市委组织部（人才办）", "各区"]),
        ("市人力资源和\n社会保障局 市财政局", ["市人力资源和社会保障局", "市财政局"]),
        ("之江实验室等", ["之江实验室"]),
        ("市科技局、市科技局", ["市科技局"]),
        ("中国（天津）自由贸易试验区管委会", ["中国（天津）自由贸易试验区管委会"]),
        ("1.市科技局 2.市教委", ["市科技局", "市教委"]),
    ],
)
def test_a_cell_gives_clean_names(text: str, names: list[str]) -> None:
    found = parties_of(text, (0, len(text)), role="responsible")
    assert found is not None
    assert [name_of(unit) for unit in found.lead] == names
    assert all(text[unit.start : unit.end] == unit.quote for unit in found.lead)


@pytest.mark.parametrize("cell", ["无", "—", "/", "", "-", "略"])
def test_an_empty_cell_names_nobody(cell: str) -> None:
    assert parties_of(cell, (0, len(cell)), role="cooperate") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("列第一位者为牵头单位，下同", True),
        ("责任单位中排在第一位的为牵头单位", True),
        ("各项任务排名首位的单位为牵头单位", True),
        ("第一个单位为牵头单位", True),
        ("牵头单位负总责", False),
        ("综合实力列全国第一位", False),
    ],
)
def test_a_document_may_say_that_the_first_leads(text: str, said: bool) -> None:
    assert first_leads(text) is said
