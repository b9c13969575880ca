from __future__ import annotations

from decimal import Decimal

import pytest

from haihe.boards.reader.dates import dates_of
from haihe.boards.reader.figures import figures_of
from haihe.boards.reader.records import Figure


def read(text: str) -> list[Figure]:
    return list(figures_of(text, dates_of(text)))


def one(text: str) -> Figure:
    (figure,) = read(text)
    return figure


@pytest.mark.parametrize(
    ("text", "quote", "written", "plain"),
    [
        ("总投资额502亿元。", "502亿元", ("502", "亿元"), ("50200000000", "CNY")),
        ("在校生2.9万余人,", "2.9万余人", ("2.9", "万人"), ("29000", "人")),
        ("完成投资5100多亿元，", "5100多亿元", ("5100", "亿元"), ("510000000000", "CNY")),
        ("总建筑面积达4100多万平方米，", "4100多万平方米", ("4100", "万平方米"), ("41000000", "m2")),
        ("发布人才措施十六条", "十六条", ("16", "条"), ("16", "条")),
        ("集聚百余家企业", "百余家", ("100", "家"), ("100", "家")),
        ("工业增加值占比６７．１％。", "６７．１％", ("67.1", "％"), ("0.671", "ratio")),
        ("占比百分之三十。", "百分之三十", ("30", "%"), ("0.3", "ratio")),
        ("产业项目占比超过9成。", "9成", ("9", "成"), ("0.9", "ratio")),
        (
            "浓度为38.6微克/立方米，",
            "38.6微克/立方米",
            ("38.6", "微克/立方米"),
            ("0.0000000000386", "t/立方米"),
        ),
        ("总量翻两番。", "两番", ("2", "番"), ("4", "times")),
        ("五大平原新城", "五大", ("5", "大"), ("5", "个")),
        ("一批千亿级产业集群", "千亿级", ("1000", "亿级"), ("100000000000", "CNY")),
        ("出口12.7亿美元。", "12.7亿美元", ("12.7", "亿美元"), ("1270000000", "USD")),
        ("协同发展指数为154.1，", "154.1", ("154.1", None), ("154.1", "index")),
        ("自然指数位列第99名,", "第99名", ("99", "名"), ("99", "rank")),
        ("居全市第三。", "第三", ("3", "名"), ("3", "rank")),
    ],
)
def test_a_figure_has_its_words_value_and_plain_unit(
    text: str, quote: str, written: tuple[str, str | None], plain: tuple[str, str]
) -> None:
    figure = one(text)
    assert (figure.quote, figure.value, figure.unit) == (quote, Decimal(written[0]), written[1])
    assert (figure.normalized_value, figure.normalized_unit) == (Decimal(plain[0]), plain[1])


@pytest.mark.parametrize(
    ("text", "quote", "qualifier"),
    [
        ("签约超300项", "超300项", "超"),
        ("进入全球前1%。", "前1%", "前"),
        ("住房不低于200平方米的", "200平方米", "不低于"),
        ("给予最高3亿元支持", "3亿元", "最高"),
        ("入职后5年内，", "5年", "内"),
        ("引领未来五年发展", "五年", "未来"),
        ("实验室突破40项核心技术", "40项", None),
        ("企业10家以上。", "10家以上", "以上"),
        ("赋能近5万家企业", "近5万家", "近"),
        ("最近5家企业", "5家", None),
    ],
)
def test_a_bound_of_one_character_is_inside_and_longer_wording_outside(
    text: str, quote: str, qualifier: str | None
) -> None:
    figure = one(text)
    assert (figure.quote, figure.qualifier) == (quote, qualifier)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("增加值同比增长3.5%。", "同比增长"),
        ("GDP增速达6.2%，", "增速"),
        ("同比提高1.8个百分点。", "同比提高"),
        ("高于全市0.8个百分点，", None),
        ("城镇化率提高到75%。", None),
        ("新增225项事项", None),
        ("出口下降4.7%；", "下降"),
    ],
)
def test_change_is_told_only_of_a_growth_or_a_difference(text: str, change: str | None) -> None:
    assert one(text).change == change


def test_percentage_points_are_not_per_cent() -> None:
    assert one("提高1.8个百分点").normalized_unit == "percentage_point"


def test_figures_that_are_joined_share_their_change() -> None:
    assert [figure.change for figure in read("分别增长5%、6%和7%。")] == ["增长"] * 3


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("给予2000万元至5000万元", [2 * 10**7, 5 * 10**7]),
        ("招引1—2家企业", [1, 2]),
        ("奖励10至20万元。", [10**5, 2 * 10**5]),
    ],
)
def test_a_range_is_two_figures_with_the_unit_filled_in(text: str, values: list[int]) -> None:
    assert [figure.normalized_value for figure in read(text)] == values


def test_an_industry_mix_is_one_figure_of_several_values() -> None:
    assert one("结构为6.2∶35.7∶58.1。").value == (Decimal("6.2"), Decimal("35.7"), Decimal("58.1"))


@pytest.mark.parametrize(
    "text",
    [
        "“一基地三区”加快建设",
        "落实“十项行动”，",
        "做到两个维护、增强四个意识",
        "PM2.5浓度",
        "电话010—84661166",
        "市委十二届三次全会",
        "第十二届三次全会",
        "党的二十大报告",
        "第四届展览",
        "三省市主要领导",
        "科技兴警三年行动计划",
        "千年大计",
        "2023年，",
        "一批项目、一个目标",
        "每万人口拥有量",
        "“1+3+4”现代产业体系",
        "科技第一生产力",
        "三次产业协调",
        "国发〔2018〕42号",
        "5G和3D打印",
        "数十家单位",
        "《关于促进就业的十条措施》",
    ],
)
def test_numerals_that_count_nothing_are_no_figures(text: str) -> None:
    assert not read(text)


def test_a_quoted_count_that_announces_a_list_is_a_figure() -> None:
    assert one("可以概括为“六个重点”:").quote == "六个"


def test_the_date_before_is_the_period_and_the_noun_after_is_the_subject() -> None:
    figure = one("2024年，签署37项合作协议。")
    assert (figure.period, figure.subject) == ("2024", "合作协议")


def test_a_number_in_a_title_is_none_behind_several_dates_in_it() -> None:
    found = read("印发《关于2023年1月和2024年2月两批3项改革的通知》，建成5项。")
    assert [figure.quote for figure in found] == ["5项"]
