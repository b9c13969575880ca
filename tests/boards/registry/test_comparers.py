from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.registry import PlaceIndex
from haihe.boards.registry import comparers as compare
from haihe.boards.registry.forms import form_of
from haihe.boards.registry.lexicon import Lexicon, lexicon_of
from haihe.boards.registry.weights import Match, match_of, weights


@pytest.fixture(scope="session")
def lexicon(places: PlaceIndex) -> Lexicon:
    return lexicon_of(places)


def match(lexicon: Lexicon, a: str, b: str, region: str | None = None) -> Match:
    return match_of(form_of(lexicon, a, region), form_of(lexicon, b, region), weights())


SAME = [
    ("北理工", "北京理工大学"),
    ("天大", "天津大学"),
    ("天津职技师大", "天津职业技术师范大学"),
    ("天津医大二院", "天津医科大学第二医院"),
    ("中交一航局", "中交第一航务工程局有限公司"),
    ("工行天津市分行", "中国工商银行股份有限公司天津市分行"),
    ("河北移动", "中国移动通信集团河北有限公司"),
    ("曙光数创", "曙光数据基础设施创新技术（北京）股份有限公司"),
    ("保定高新区管委会", "保定高新技术产业开发区管理委员会"),
    ("Beijing University of Chinese Medicine", "北京中医药大学"),
    ("Bank of Tianjin", "天津银行股份有限公司"),
    ("天津科计大学", "天津科技大学"),
]
DIFFERENT = [
    ("天津大学", "天津工业大学"),
    ("天津工业大学", "天津理工大学"),
    ("天津大学", "天津大学仁爱学院"),
    ("天津市第一中心医院", "天津市第三中心医院"),
    ("北京银行股份有限公司", "北京银行股份有限公司天津分行"),
    ("天津港股份有限公司", "天津港（集团）有限公司"),
    ("中交一公局", "中交一航局"),
    ("北京以岭药业有限公司", "石家庄以岭药业股份有限公司"),
    ("河钢集团", "河钢资源股份有限公司"),
    ("北京中医药大学", "天津中医药大学"),
    ("北京理工大学", "北京化工大学"),
    ("中国建筑", "中国建筑科学研究院有限公司"),
    ("Tianjin University", "天津理工大学"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_forms_of_one_name_are_likelier_one_body_than_not(lexicon: Lexicon, a: str, b: str) -> None:
    assert match(lexicon, a, b).score > weights().threshold


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_names_of_two_bodies_are_likelier_two(lexicon: Lexicon, a: str, b: str) -> None:
    assert match(lexicon, a, b).score < weights().threshold


def test_the_context_decides_between_bodies_of_one_name(lexicon: Lexicon) -> None:
    tianjin = form_of(lexicon, "天津市工业和信息化局")
    asked = [form_of(lexicon, "市工信局", region) for region in ("120000", "130600")]
    assert [match_of(one, tianjin, weights()).score > weights().threshold for one in asked] == [True, False]


def test_a_bar_outweighs_everything(lexicon: Lexicon) -> None:
    found = match(lexicon, "北京银行天津分行", "北京银行石家庄分行")
    assert found.barred
    assert found.score == 0
    assert compare.BRANCHES["different"] in found.reasons


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from("天津大学工业理科技医院第一三中心北京银行分有限公司集团委员会 a&(（"), max_size=14
    ),
    st.data(),
)
def test_comparing_is_the_same_both_ways_and_never_fails(
    lexicon: Lexicon, letters: list[str], data: st.DataObject
) -> None:
    a = "".join(letters)
    b = "".join(data.draw(st.permutations(letters)))
    there, back = match(lexicon, a, b, "120000"), match(lexicon, b, a, "120000")
    assert (there.odds, there.barred) == (back.odds, back.barred)


def test_every_level_has_its_weight(lexicon: Lexicon) -> None:
    stated = {
        "words": compare.WORDS, "place": compare.PLACES, "kind": compare.KINDS,
        "form": compare.FORMS, "branch": compare.BRANCHES, "ordinal": compare.ORDINALS,
    }  # fmt: skip
    assert {name: set(levels) for name, levels in weights().levels.items()} == {
        name: set(levels) for name, levels in stated.items()
    }
