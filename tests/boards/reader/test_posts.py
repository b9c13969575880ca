from __future__ import annotations

import pytest

from haihe.boards.reader.names import names_of


def posts(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(found.name, found.title, found.organisation) for found in names_of(text).posts]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("市财政局副局长赵卫国介绍，资金已到位。", [("赵卫国", "副局长", "市财政局")]),
        ("河北省副省长李建华出席。", [("李建华", "副省长", "河北省人民政府")]),
        (
            "市委常委、市委组织部部长周文博讲话。",
            [("周文博", "市委常委、市委组织部部长", "市委;市委组织部")],
        ),
        ("河北省科技厅党组成员、副厅长高志强说。", [("高志强", "党组成员、副厅长", "河北省科技厅")]),
        ("■ 本报记者 吴晓敏 郑海涛", [("吴晓敏", "记者", "本报"), ("郑海涛", "记者", "本报")]),
        (
            "（记者 王　磊 通讯员 赵敏）昨天，会议召开。",
            [("王磊", "记者", None), ("赵敏", "通讯员", None)],
        ),
        ("▶燕山大学党委书记 孙立民", [("孙立民", "党委书记", "燕山大学")]),
        ("郭长河（党委书记）主持会议。", [("郭长河", "党委书记", None)]),
        ("特斯拉首席执行官埃隆·马斯克来访。", [("埃隆·马斯克", "特斯拉首席执行官", None)]),
        ("国务院总理李强会见法国总统马克龙。", [("李强", "总理", "国务院"), ("马克龙", "总统", "法国")]),
        ("南开大学教授林晓和出席活动。", [("林晓和", "教授", "南开大学")]),
    ],
)
def test_a_name_has_the_title_and_the_body_beside_it(
    text: str, found: list[tuple[str, str | None, str | None]]
) -> None:
    assert posts(text) == found


def test_a_later_mention_is_found_without_a_title() -> None:
    text = "市科协主席何旭出席。\n何旭向科技工作者致以问候，对何旭的讲话反响热烈。"
    assert posts(text) == [("何旭", "主席", "市科协"), ("何旭", None, None), ("何旭", None, None)]


def test_the_name_of_a_doctrine_gives_no_title() -> None:
    assert posts("以习近平新时代中国特色社会主义思想为指导。") == [("习近平", None, None)]
    assert posts("贯彻习近平总书记重要讲话精神。") == [("习近平", "总书记", "中共中央")]


@pytest.mark.parametrize(
    "text",
    [
        "优势产业成龙配套、成链成群，德治教化入人心。",
        "记者从会上了解到，主任高度重视，局长要求抓好落实。",
        "代表团、委员会和领导小组分别召开会议。",
        "吴江区、武清区、和平区协同发展。",
    ],
)
def test_ordinary_words_are_no_names(text: str) -> None:
    assert posts(text) == []
