from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haihe.boards.reader.layout import blocks_of
from haihe.boards.reader.places import Gazetteer
from haihe.boards.reader.reading import reading_of
from haihe.boards.reader.records import Span
from haihe.boards.reader.repair import repaired
from haihe.boards.reader.view import restored

WORDS = """
扎实做好 好选干部 均位列 推进工作，落实任务。 一、 （一） 1. 一是 附件： 来源：某报 | --- 第3页
图为会场 某某摄 12 2025年 （国发〔2025〕 号） 。 ， 、 ； ： “ ” （ ）
"""
PIECES = [
    *WORDS.split(),
    "— 13 —",
    "\n",
    "\n\n",
    "\r\n",
    "\f",
    "\u2028",
    " ",
    "\u3000",
    "\ufeff",
    "\ud800",
    "\u202e",
    "a",
]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=80).map("".join),
    st.lists(
        st.sampled_from(["推进工作，落实各项任务好", "好落实各项任务，推进工作", "三", "\n", "—\n1\n—"]),
        max_size=60,
    ).map("\n".join),
)
PROSE = "会议指出，今年以来各项工作取得新的进展。会议要求全市上下提高站位，切实抓好各项重点任务的落实"


def printed(text: str, width: int, seed: int, again: float = 0.0) -> str:
    """A text as a print has it: wrapped, a page number every 22 lines, some words read twice at a seam."""
    chance = random.Random(seed)
    lines: list[str] = []
    for paragraph in text.splitlines():
        cuts = [paragraph[at : at + width] for at in range(0, len(paragraph), width)] or [""]
        lines.append(cuts[0])
        for before, cut in pairwise(cuts):
            twice = before[-chance.randint(1, 4) :] if chance.random() < again else ""
            lines.append(twice + cut)
    numbered = [f"{line}\n— {at // 22} —" if at % 22 == 0 else line for at, line in enumerate(lines, 1)]
    return "\n".join(numbered)


def spans(value: Any) -> Iterator[Span]:
    """A record and every span within it."""
    if isinstance(value, tuple):
        for one in value:
            yield from spans(one)
    elif isinstance(value, Span):
        yield value
        for each in fields(value):
            yield from spans(getattr(value, each.name))


@settings(deadline=None, max_examples=400)
@given(text=TEXTS)
def test_of_any_text_the_view_leaves_out_what_its_defects_say_and_nothing_else(text: str) -> None:
    view = repaired(text)
    gone = {at for defect in view.defects for start, end in defect.left_out for at in range(start, end)}
    assert view.text == "".join(character for at, character in enumerate(text) if at not in gone)
    for defect in view.defects:
        assert text[defect.start : defect.end] == defect.quote
        assert all(defect.start <= start < end <= defect.end for start, end in defect.left_out)
    for place in range(len(view.text)):
        start, end = view.span(place, place + 1)
        assert text[start:end] == view.text[place]


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_of_any_damaged_text_every_record_is_its_exact_words(text: str, gazetteer: Gazetteer) -> None:
    view = repaired(text)
    found = restored(reading_of(view.text, dated=None, gazetteer=gazetteer), view, text)
    assert all(
        text[span.start : span.end] == span.quote
        for each in fields(found)
        for span in spans(getattr(found, each.name))
    )


@pytest.mark.parametrize(
    ("damaged", "read"),
    [
        (f"{PROSE}，与会单位共同启\n\n动科技兴警行动计划。", f"{PROSE}，与会单位共同启动科技兴警行动计划。"),
        (f"{PROSE}，扎实做好\n\n好选干部、聚人才的工作。", f"{PROSE}，扎实做好选干部、聚人才的工作。"),
        (f"{PROSE}，扎实推进\n▶某区政务服务大厅 某某摄\n产业协同发展。", f"{PROSE}，扎实推进产业协同发展。"),
        (f"{PROSE}，扎实推进\n— 13 —\n产业协同发展。", f"{PROSE}，扎实推进产业协同发展。"),
        (f"{PROSE}，扎实推进\n—\n13\n—\n产业协同发展。", f"{PROSE}，扎实推进产业协同发展。"),
        (f"{PROSE}，由市委统战部\n\n部长出席并讲话。", f"{PROSE}，由市委统战部部长出席并讲话。"),
        (f"{PROSE}，一代又一代\n\n一代一代接续奋斗。", f"{PROSE}，一代又一代一代一代接续奋斗。"),
        (f"{PROSE}均位列百强。\n\n均位列人工智能专业群。", f"{PROSE}均位列百强。\n\n人工智能专业群。"),
        ("关于推进农业机械化和\n农机装备产业升级的意见", "关于推进农业机械化和农机装备产业升级的意见"),
        ("按照《国务院关于深入实施\n行动的意见》要求", "按照《国务院关于深入实施行动的意见》要求"),
    ],
)  # fmt: skip
def test_a_sentence_goes_on_over_what_print_put_into_it(damaged: str, read: str) -> None:
    assert repaired(damaged).text == read


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE}。\n\n{PROSE}。",
        f"{PROSE}，成效明显\n\n推动协同发展走深走实",
        f"{PROSE}，成效明显\n\n本报讯（记者 某某）1日，会议召开，部署工作。",
        f"{PROSE}，做好以下工作\n一是抓改革，促发展。\n二是抓开放，促合作。",
        f"{PROSE}，做好以下工作\n（一）抓改革，促发展。",
        "来源：某报\n作者：某某\n日期：2023-06-01",
        "| 序号 | 任务，措施 |\n| 1 | 推进工作，落实任务 |\n| 2 | 推进工作，落实任务 |",
        "序号,任务,单位,时限\n1,推进工作、落实好,甲局,2025年\n2,推进改革、开放好,乙局,2025年",
        "天津某某制造有限公司\n天津某某科技有限公司\n天津某某装备有限公司\n天津某某电子有限公司\n天津某某材料有限公司",
        f"{PROSE}。\n▶某大学党委书记 某某\n{PROSE}。",
        "",
        "\ufeff\n \n",
    ],
)
def test_titles_items_rows_and_whole_sentences_stay_apart(text: str) -> None:
    assert repaired(text).text == text


def test_a_caption_between_whole_sentences_and_a_double_headline_are_told_and_kept() -> None:
    caption = repaired(f"{PROSE}。\n▶某大学党委书记 某某\n{PROSE}。")
    assert [(defect.defect, defect.quote, defect.left_out) for defect in caption.defects] == [
        ("caption", "▶某大学党委书记 某某", ())
    ]
    heads = "京津冀协同发展再上新台阶三地联合印发行动方案 天津港加快建设世界一流智慧绿色港口群示范区"
    assert [defect.defect for defect in repaired(f"{heads}\n\n{PROSE}。").defects] == ["deck"]


def test_the_damage_of_the_newspaper_page_is_found_and_nothing_else(shared: Path) -> None:
    text = (shared / "documents/press-2023-06.txt").read_bytes().decode()
    gold = json.loads((shared / "documents/press-2023-06.gold.json").read_bytes())["ocr_defects"]
    found = repaired(text).defects
    kinds = {"column_break", "seam_duplicate", "caption"}

    def meets(row: dict[str, int], start: int, end: int) -> bool:
        return row["start"] < end and start < row["end"]

    missed = [
        row["quote"]
        for row in gold
        if row["kind"] in kinds and not any(meets(row, one.start, one.end) for one in found)
    ]
    false = [one.quote for one in found if not any(meets(row, one.start, one.end) for row in gold)]
    assert (missed, false) == ([], [])


def test_whole_published_texts_are_left_alone(shared: Path) -> None:
    documents = shared / "documents"
    for path in [
        *documents.glob("pages/*.txt"),
        *(documents / f"plans/{name}.txt" for name in ("gz-talent", "sh-bci", "zj-tasks")),
    ]:
        text = path.read_bytes().decode()
        assert repaired(text).text == text, path.name
    plan = (documents / "plans/gwy-nongji.txt").read_bytes().decode()
    assert [defect.quote for defect in repaired(plan).defects] == [
        "国务院关于加快推进农业机械化和\n农机装备产业转型升级的指导意见"
    ]


def test_a_plan_wrapped_by_its_pages_reads_in_whole_paragraphs(shared: Path) -> None:
    text = (shared / "documents/plans/huzhou.txt").read_bytes().decode()
    view = repaired(text[: text.index("附：1.")])
    blocks = [block for block in blocks_of(view.text) if block.kind == "paragraph"]
    broken = [block.quote[-20:] for block in blocks if block.quote[-1] not in "。；"]
    assert [words for words in broken if "重点区域" not in words and "零部件）" not in words] == []
    assert len(blocks) == 33


@pytest.mark.parametrize(
    ("width", "again", "floors"),
    [
        (28, 0.0, (0.995, 0.97)),
        (28, 0.05, (0.99, 0.93)),
        (20, 0.05, (0.99, 0.88)),
        (40, 0.05, (0.99, 0.9)),
    ],
)
def test_a_printed_text_says_what_the_published_one_says(
    width: int, again: float, floors: tuple[float, float], shared: Path, gazetteer: Gazetteer
) -> None:
    """The shares of the facts and of the measures that both say, of those that either says."""

    def said(text: str) -> tuple[Counter[tuple[str, str]], Counter[str]]:
        found = reading_of(text, dated=None, gazetteer=gazetteer)
        facts = (*found.figures, *found.dates, *found.places)
        return Counter((type(one).__name__, one.quote) for one in facts), Counter(
            one.quote for one in found.measures
        )

    both, either = [0, 0], [0, 0]
    documents = shared / "documents"
    for path in [
        *documents.glob("pages/*.txt"),
        documents / "plans/gwy-nongji.txt",
        documents / "plans/gz-talent.txt",
    ]:
        text = path.read_bytes().decode()
        published, read = said(text), said(repaired(printed(text, width, len(text), again)).text)
        for kind in (0, 1):
            both[kind] += (published[kind] & read[kind]).total()  # type: ignore[operator]
            either[kind] += (published[kind] | read[kind]).total()  # type: ignore[operator]
    assert both[0] / either[0] >= floors[0]
    assert both[1] / either[1] >= floors[1]


def test_abstracts_cut_in_mid_sentence_are_joined_and_whole_ones_are_not(shared: Path) -> None:
    rows = (shared / "data/texts/csl_title_abstract_dev.tsv").read_bytes().decode().splitlines()
    abstracts = [max(row.split("\t"), key=len) for row in rows]
    whole = "\n\n".join(abstracts)
    assert len(repaired(whole).defects) <= 0.01 * len(abstracts)
    chance = random.Random(7)
    joined = count = 0
    for abstract in abstracts:
        place = chance.randrange(len(abstract))
        clear = abstract[place - 1 : place + 1].isalnum() and 60 <= place <= len(abstract) - 60
        if clear and abstract[-1] in "。.":
            count += 1
            joined += repaired(f"{abstract[:place]}\n\n{abstract[place:]}").text == abstract
    assert count > 100
    assert joined / count >= 0.9


@pytest.mark.parametrize(
    "unit",
    [
        "推进工作，落实\n",
        "推进各项工作，落实各项任务，抓好各项整改，完成全年目标好\n",
        "推进工作",
        "（（（（（（（（\n",
        "好推进各项工作，落实各项任务，好\n",
        "1\n",
        "—\n1\n—\n",
        "\n",
    ],
)
def test_time_grows_with_the_length_of_the_text_only(unit: str) -> None:
    def seconds(count: int) -> float:
        text = unit * count
        start = time.process_time()
        repaired(text)
        return time.process_time() - start

    assert seconds(80_000) <= 20 * seconds(20_000) + 0.1
