from __future__ import annotations

from haihe.boards.ledger import Frame, Tag, Theme, frames, tags_of
from haihe.boards.ledger.themes import inherited

FRAME = Frame(
    "f",
    {},
    (
        Theme("net", {"zh": "一张网"}, {}, "", ("港口", "铁路")),
        Theme("rope", {"zh": "一股绳"}, {}, "", ("帮扶", "港口", "对口支援")),
    ),
)


def themes(text: str) -> list[str]:
    return [tag.theme for tag in tags_of(text, [FRAME])]


def test_the_theme_called_by_name_is_primary() -> None:
    assert themes("港口、铁路和帮扶，拧成“一股绳”") == ["rope", "net"]


def test_else_the_one_with_more_words_and_then_the_one_named_first() -> None:
    assert themes("帮扶、港口、对口支援和铁路、港口") == ["rope", "net"]
    assert themes("铁路、港口群、帮扶") == ["net", "rope"]
    assert [tag.primary for tag in tags_of("铁路、港口群、帮扶", [FRAME])] == [True, False]


def test_one_short_word_makes_no_theme() -> None:
    assert themes("铁路") == []
    assert themes("铁路和港口") == ["net"]


def test_a_word_inside_a_longer_one_is_not_counted_twice() -> None:
    frame = Frame(
        "f", {}, (Theme("a", {}, {}, "", ("疏解", "承接疏解")), Theme("b", {}, {}, "", ("技术攻关", "攻关")))
    )
    assert [tag.theme for tag in tags_of("联合技术攻关，承接疏解", [frame])] == ["b", "a"]


def test_words_that_name_no_theme_have_none() -> None:
    assert themes("加强组织领导") == []


def test_a_frame_that_a_nodes_words_do_not_name_is_taken_from_above() -> None:
    own, above = Tag("f", "net", True), Tag("g", "x", True)
    assert inherited([own], [Tag("f", "rope", True), above, Tag("g", "y", False)]) == (own, above)


def test_the_frames_of_the_pack_tell_their_own_themes_apart() -> None:
    six = next(frame for frame in frames() if frame.id == "six-emphases")
    assert [theme.label["zh"] for theme in six.themes] == [
        "一盘棋",
        "一条龙",
        "一卡通",
        "一道屏",
        "一张网",
        "一股绳",
    ]
    for frame in frames():
        for theme in frame.themes:
            assert theme.icon
            assert tags_of(theme.label["zh"], [frame])[0].theme == theme.id
