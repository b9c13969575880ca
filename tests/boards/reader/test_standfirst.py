from __future__ import annotations

import json
from pathlib import Path

from haihe.boards.reader.layout import blocks_of
from haihe.boards.reader.places import Gazetteer
from haihe.boards.reader.reading import reading_of
from haihe.boards.reader.records import Reading
from haihe.boards.reader.standfirst import repeats_linked

HEAD = "一季度，北京投资来源单位在津新设机构261家，重点产业链增加值同比增长3.5%。"
BODY = (
    "负责人介绍，错位承接有序推进，北京投资来源单位在津新设机构261家，落地重大项目74个。"
    "重点产业链增加值同比增长3.5%，另有项目261家。"
)
PAGE = f"天津推动协同发展取得新成效\n\n{HEAD}\n\n{BODY}\n"


def read(text: str, gazetteer: Gazetteer) -> Reading:
    return reading_of(text, dated=None, gazetteer=gazetteer, named=False)


def standfirsts(reading: Reading) -> list[str]:
    return [defect.quote for defect in reading.defects if defect.defect == "standfirst"]


def test_the_facts_of_a_standfirst_lead_to_the_same_facts_of_the_body(gazetteer: Gazetteer) -> None:
    found = read(PAGE, gazetteer)
    assert standfirsts(found) == [HEAD]
    first = PAGE.index(BODY)
    links = {figure.quote: figure.repeats for figure in found.figures if figure.start < first}
    assert links == {"261家": PAGE.index("261家", first), "3.5%": PAGE.index("3.5%", first)}
    assert all(figure.repeats is None for figure in found.figures if figure.start >= first)


def test_a_fact_that_the_body_gives_otherwise_is_not_linked(gazetteer: Gazetteer) -> None:
    found = read(
        PAGE.replace("74个。重点产业链增加值同比增长3.5%", "74个。重点产业链增加值同比增长3.8%"), gazetteer
    )
    assert {figure.quote for figure in found.figures if figure.repeats is not None} == {"261家"}


def test_a_news_lead_an_item_and_a_paragraph_further_down_are_no_standfirsts(gazetteer: Gazetteer) -> None:
    for page in (
        PAGE.replace("一季度，北京", "本报讯（记者 某某）一季度，北京"),
        PAGE.replace(HEAD, HEAD.removesuffix("。")),
        PAGE.replace(HEAD, f"会议全面总结了一年来各项工作的进展情况并作出部署。\n\n{HEAD}"),
    ):
        assert standfirsts(read(page, gazetteer)) == []


def test_the_standfirsts_of_the_newspaper_page_are_those_that_were_labelled(
    shared: Path, gazetteer: Gazetteer
) -> None:
    text = (shared / "documents/press-2023-06.txt").read_bytes().decode()
    gold = json.loads((shared / "documents/press-2023-06.gold.json").read_bytes())
    found = read(text, gazetteer)
    assert standfirsts(found) == [row["quote"] for row in gold["headings"] if row["kind"] == "standfirst"]
    twice = {figure.quote: text[figure.repeats :] for figure in found.figures if figure.repeats is not None}
    assert set(twice) == {"261家", "12条", "3.5%"}
    assert all(rest.startswith(quote) for quote, rest in twice.items())


def test_no_published_plan_or_page_and_no_abstract_has_one(shared: Path, gazetteer: Gazetteer) -> None:
    documents = shared / "documents"
    for path in (*documents.glob("plans/*.txt"), *documents.glob("pages/*.txt")):
        assert standfirsts(read(path.read_bytes().decode(), gazetteer)) == [], path.name
    rows = (shared / "data/texts/csl_title_abstract_dev.tsv").read_bytes().decode().splitlines()
    text = "\n\n".join("\n".join(sorted(row.split("\t"), key=len)) for row in rows)
    assert standfirsts(repeats_linked(Reading(blocks_of(text), (), (), (), (), ()), text)) == []
