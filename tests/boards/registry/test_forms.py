from __future__ import annotations

import pytest

from haihe.boards.registry import PlaceIndex
from haihe.boards.registry.forms import Form, form_of, place_in
from haihe.boards.registry.lexicon import Lexicon, lexicon_of
from haihe.boards.registry.spelling import canonical, plain


@pytest.fixture(scope="module")
def lexicon(places: PlaceIndex) -> Lexicon:
    return lexicon_of(places, ["天津医科大学临床医学院"])


def parts(form: Form) -> str:
    return " ".join(f"{word.text}/{word.does}" for word in form.words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("天津工业大学", "天津/place 工业/trade 大学/head"),
        ("京东方科技集团股份有限公司", "京东方/brand 科技/trade"),
        ("中国建筑一局（集团）有限公司", "中国/generic 建筑/trade 一/ordinal 局/head"),
        ("天津理工大學", "天津/place 理工/discipline 大学/head"),
        ("３６０安全科技", "三六零/brand 安全/trade 科技/trade"),
        ("北京市经信局", "北京市/place 经济和信息化/discipline 局/head"),
    ],
)
def test_a_name_falls_into_its_parts(lexicon: Lexicon, name: str, words: str) -> None:
    assert parts(form_of(lexicon, name)) == words


def test_legal_form_and_group_are_told_apart(lexicon: Lexicon) -> None:
    group, stock = (form_of(lexicon, name) for name in ("天津港（集团）有限公司", "天津港股份有限公司"))
    assert (group.legal, group.group, stock.legal, stock.group) == ("limited", True, "stock", False)
    subsidiary = form_of(lexicon, "中国雄安集团数字城市科技有限公司")
    assert not subsidiary.group


def test_a_body_without_its_place_takes_that_of_its_rank(lexicon: Lexicon) -> None:
    assert form_of(lexicon, "市工信局", "120114").adcodes == {"120000"}
    assert form_of(lexicon, "省工信厅", "130600").adcodes == {"130000"}
    assert form_of(lexicon, "省工信厅", "河北").adcodes == {"130000"}
    assert form_of(lexicon, "市工信局").adcodes == frozenset()
    assert form_of(lexicon, "市场监管局", "天津").content == "市场监督管理局"


def test_the_smallest_place_in_front_counts(lexicon: Lexicon) -> None:
    assert form_of(lexicon, "天津市武清区人民政府").adcodes == {"120114"}
    assert form_of(lexicon, "河北雄安新区管委会").adcodes == {"133100"}


@pytest.mark.parametrize(
    ("name", "content", "adcodes"),
    [
        ("北京银行股份有限公司天津分行", "银行", {"120000"}),
        ("北京银行（天津分行）", "银行", {"120000"}),
        ("京津冀国家技术创新中心雄安中心", "技术创新中心", {"133100"}),
        ("中国移动通信集团河北有限公司", "移动通信", {"130000"}),
        ("曙光数据技术（北京）股份有限公司", "曙光数据技术", set()),
    ],
)
def test_a_branch_is_cut_off_with_its_place(
    lexicon: Lexicon, name: str, content: str, adcodes: set[str]
) -> None:
    form = form_of(lexicon, name)
    assert (form.content, form.branch_adcodes) == (content, adcodes)


def test_a_department_is_its_university_and_an_independent_college_is_not(lexicon: Lexicon) -> None:
    university = form_of(lexicon, "天津医科大学").content
    assert form_of(lexicon, "天津医科大学护理学院").content == university
    assert form_of(lexicon, "天津医科大学临床医学院").content != university
    assert form_of(lexicon, "天津商业大学宝德学院").content.endswith("宝德学院")


def test_a_code_in_a_name_is_no_part_of_it(lexicon: Lexicon) -> None:
    form = form_of(lexicon, "曙光信息产业股份有限公司(603019.SH)")
    assert (form.stock, form.content) == ("603019", "曙光信息产业")


def test_marks_of_the_exchange_are_no_part_of_a_name(lexicon: Lexicon) -> None:
    assert form_of(lexicon, "*ST国华").content == form_of(lexicon, "国华").content
    assert form_of(lexicon, "京东方A").content == "京东方"


def test_a_last_word_that_was_misheard_is_mended(lexicon: Lexicon) -> None:
    assert form_of(lexicon, "北京化工大雪").content == form_of(lexicon, "北京化工大学").content


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("市发改委", "市发展和改革委员会"),
        ("天师大", "天师范大学"),
        ("天津农商行", "天津农村商业银行"),
        ("化工大学", "化工大学"),
    ],
)
def test_short_forms_with_one_full_form_are_written_out(short: str, full: str) -> None:
    assert canonical(plain(short)) == full


def test_an_address_says_its_place(lexicon: Lexicon) -> None:
    assert place_in(lexicon, "天津市武清区杨村镇泉旺路1号") == "120114"
    assert place_in(lexicon, "泉旺路1号") is None
    assert place_in(lexicon, "泉旺路1号", "", "120114") == place_in(lexicon, "天津武清") == "120114"


def test_a_rank_is_that_of_the_context_of_what_lies_above_it_or_else_below_it(lexicon: Lexicon) -> None:
    assert form_of(lexicon, "市工信局", "天津市武清区").adcodes == {"120000"}
    assert form_of(lexicon, "区工信局", "120114").adcodes == {"120114"}
    districts = form_of(lexicon, "区工信局", "120000").adcodes
    assert {"120101", "120114"} <= districts
    assert all(code[:2] == "12" and code != "120000" for code in districts)
    assert form_of(lexicon, "省工信局", "120000").placeless


@pytest.mark.parametrize(
    ("name", "region", "placeless"),
    [
        ("市工信局", None, True),
        ("市规资局", None, True),
        ("桥西区政府", None, True),
        ("人民医院", None, True),
        ("市工信局", "120000", False),
        ("天津市工信局", None, False),
        ("国家发展改革委", None, False),
        ("天津大学", None, False),
        ("农业银行", None, False),
        ("市北高新股份有限公司", None, False),
        ("国家合成生物技术创新中心", None, False),
    ],
)
def test_what_every_place_has_leaves_its_place_open(
    lexicon: Lexicon, name: str, region: str | None, placeless: bool
) -> None:
    assert form_of(lexicon, name, region).placeless == placeless
