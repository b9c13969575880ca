"""Random texts and damaged real ones through the whole reader: exact words or a HaiheError, never a fault."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from haihe.boards.reader import Gazetteer, Span, reading_of, row_of
from haihe.boards.reader.annotations import COLUMNS, annotations_of, fact_cells
from haihe.boards.reader.documents import facts_in, records_in
from haihe.boards.reader.intake import text_of
from haihe.kit.errors import HaiheError

SECONDS = float(os.environ.get("HAIHE_FUZZ_SECONDS", "20"))
SOAK_SECONDS = 3600.0
CHARACTERS_MAX = 3_000
SCHEMA = Path(__file__).parents[3] / "docs/formats/annotation.schema.json"

OWN = """
天津市贯彻落实京津冀协同发展规划重点任务分工表
一、总体要求
（一）到2025年，全市新能源汽车产量超过50万辆，占地区生产总值的比重为3.5%，比上年提高1.2个百分点。
（二）建设1—2家产业园。（市发展改革委牵头，市科技局、各区人民政府按职责分工负责；2024年12月底前完成）
1. 支持龙头企业“揭榜挂帅”。责任单位：市工业和信息化局、武清区政府；完成时限：持续推进
一是在承接疏解上下功夫；二是6月底前，引进央企二三级公司近百家；三是推动“一基地三区”建设。
市政府副秘书长张某某（兼市政务服务办主任）说，本报记者 李某某 摄 ▶图为会议现场 — 13 —
| 序号 | 重点任务 | 责任单位 | 完成时限 |
| 1 | 建设平台 | 市科技局 | 2024年6月 |
| ^^ | 引进企业 || 长期坚持 |
序号,任务,责任单位
1,"建设""平台""
二期",市科技局
"""
ODD = [
    *"\n\r\t \u3000\ufeff\u2028\u202e\u200b\ud800\x00|^\"'，。；：、（）《》“”—％０",
    "\r\n",
    "\n\n",
    "😀",
    "𠮷",
    "é",
]
NUMBERS = [
    "0",
    "９",
    "1e9",
    "12345678901234567890",
    "一",
    "十",
    "廿",
    "〇",
    "两万亿",
    "百分之",
    "1—2",
    "2023年13月32日",
    "-",
    ".",
]


def cases(texts: list[str]) -> Iterator[tuple[int, str]]:
    """A text for each number, always the same one: damaged, shuffled, repeated or made up."""
    number = 0
    while True:
        chance = random.Random(number)
        yield number, chance.choice(WAYS)(texts, chance)
        number += 1


def stretch(texts: list[str], chance: random.Random) -> str:
    text = chance.choice(texts)
    start = chance.randrange(len(text))
    return text[start : start + chance.randint(1, CHARACTERS_MAX)]


def damaged(texts: list[str], chance: random.Random) -> str:
    """A stretch with characters lost, doubled, swapped and put in."""
    text = [*stretch(texts, chance)]
    for _ in range(chance.randint(1, 60)):
        at = chance.randrange(len(text) + 1)
        text[at : at + chance.choice((0, 1, 1, 3))] = chance.choice(
            (*ODD, *NUMBERS, "", "".join(text[at : at + 9]))
        )
    return "".join(text)


def shuffled(texts: list[str], chance: random.Random) -> str:
    lines = stretch(texts, chance).splitlines(keepends=True) + stretch(texts, chance).splitlines(
        keepends=True
    )
    chance.shuffle(lines)
    return "".join(lines)


def repeated(texts: list[str], chance: random.Random) -> str:
    return stretch(texts, chance)[: chance.randint(1, 30)] * chance.randint(2, 80)


def wrapped(texts: list[str], chance: random.Random) -> str:
    """A stretch hard-wrapped, with page numbers."""
    text, width = stretch(texts, chance).replace("\n", ""), chance.randint(2, 40)
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return "\n".join(f"{line}\n— {at} —" if at % 20 == 19 else line for at, line in enumerate(lines))


def made_up(texts: list[str], chance: random.Random) -> str:
    known = [*"".join(texts)[:20_000], *ODD, *NUMBERS]
    return "".join(chance.choices(known, k=chance.randint(1, 400)))


def any_characters(texts: list[str], chance: random.Random) -> str:
    return "".join(
        chr(chance.choice((chance.randrange(0x110000), chance.randrange(128)))) for _ in range(200)
    )


WAYS: list[Callable[[list[str], random.Random], str]] = [
    damaged, damaged, damaged, shuffled, repeated, wrapped, made_up, any_characters,
]  # fmt: skip


def spans_in(value: Any) -> Iterator[Span]:
    """Every span in a record and in what it holds."""
    if isinstance(value, Span):
        yield value
    if isinstance(value, tuple):
        for one in value:
            yield from spans_in(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from spans_in(getattr(value, field.name))


def check(text: str, dated: date | None, gazetteer: Gazetteer, schema: Draft202012Validator) -> int:
    """Read a text as a file and as it stands; how many spans were right."""
    for ending in (".txt", ".csv"):
        with suppress(HaiheError):
            assert text_of(text.encode("utf-8", "surrogatepass"), f"a{ending}") == text
    found = reading_of(text, dated=dated, gazetteer=gazetteer)
    count = 0
    for span in spans_in(found):
        assert 0 <= span.start <= span.end <= len(text)
        assert text[span.start : span.end] == span.quote
        count += 1
    rows = [row_of(record) for record in records_in(found)]
    json.dumps(rows)
    facts = [row_of(fact) for fact in facts_in(found)]
    assert all(len(cells) == len(COLUMNS) for cells in fact_cells(facts))
    said = annotations_of(text, facts)
    schema.validate(said)
    assert said["total"] == len(facts)
    return count


@pytest.mark.parametrize(
    "seconds",
    [SECONDS, pytest.param(max(SECONDS, SOAK_SECONDS), marks=pytest.mark.soak)],
    ids=["short", "soak"],
)
def test_of_any_text_there_are_exact_words_or_a_message(
    seconds: float, gazetteer: Gazetteer, request: pytest.FixtureRequest
) -> None:
    texts, schema = [OWN], Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    folder = Path(os.environ.get("HAIHE_SHARED", Path(__file__).parents[4] / "shared")) / "documents"
    texts += [file.read_bytes().decode() for file in sorted(folder.rglob("*.txt"))]
    until, right = time.monotonic() + seconds, 0
    for number, text in cases(texts):
        try:
            right += check(text, random.Random(number).choice((None, date(2023, 6, 1))), gazetteer, schema)
        except Exception as fault:
            fault.add_note(f"case {number}: {text!r}")
            raise
        if time.monotonic() > until:
            break
    assert number > 10
    assert right > 1_000
