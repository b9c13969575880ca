"""Tables in random layouts are read back as the tree that they were made from."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from haihe.boards.office.branches import branches_of
from haihe.boards.office.mapping_intake import Context, Reading, schemes
from haihe.boards.office.outlines import placed
from haihe.boards.office.shapes import by_shape
from haihe.boards.office.sheet_intake import tables_in
from haihe.boards.office.subtotals import summed
from haihe.boards.office.suggestions import suggested

ASPECTS = ("科技创新", "产业协作", "交通一体化", "生态环境联防联治", "公共服务共建共享", "体制机制改革")
VERBS = ("推进", "建设", "完善", "实施", "健全", "优化")
OBJECTS = (
    "京津冀国家技术创新中心", "氢能产业园", "市域（郊）铁路", "白洋淀治理工程", "跨省通办事项",
    "医保异地结算", "数据中心集群", "机器人产业链", "生物医药产业园", "智能网联汽车示范区",
    "职业教育联盟", "联合实验室",
)  # fmt: skip
UNITS = (
    "市发展改革委", "市科技局", "市工业和信息化局", "市交通运输委", "市生态环境局", "武清区政府",
    "宝坻区政府", "市教委", "市卫生健康委", "滨海新区政府", "市人力资源和社会保障局", "天津港集团",
)  # fmt: skip
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Leaf:
    """What a row of a made table says."""

    title: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    due: date | None
    due_words: str | None
    wan: Decimal | None


MISTAKE_WAN = 350
"""What is too much in a wrong sum: no other sum comes to it by chance, as all amounts are whole hundreds."""


@dataclass(frozen=True)
class Layout:
    """A made workbook, and what a right reading of it finds: the titles from the top down and the leaf."""

    content: bytes
    expected: list[tuple[tuple[str, ...], Leaf]]
    sums_wrong: int
    depth: int
    groups: str


def due_cell(random: Random, style: str) -> tuple[object, date | None, str | None]:
    """A cell of a day in a style, the last day that it allows, and the words for what goes on."""
    year, month = random.randint(2024, 2027), random.randint(1, 12)
    last = date(year, month, monthrange(year, month)[1])
    if style == "mixed":
        style = random.choice(
            ["excel", "dotted", "month", "month end", "slash", "iso", "year", "always", "serial"]
        )
    if style == "excel":
        return last, last, None
    if style == "serial":
        return (last - date(1899, 12, 30)).days, last, None
    if style == "dotted":
        typed = (
            float(f"{year}.{month}") if month not in {1, 10} and random.random() < 0.5 else f"{year}.{month}"
        )
        return typed, last, None
    if style == "month":
        return f"{year}年{month}月", last, None
    if style == "month end":
        return f"{year}年{month}月底前", last, None
    if style == "slash":
        return f"{year}/{month}/{last.day}", last, None
    if style == "iso":
        return last.isoformat(), last, None
    if style == "year":
        return f"{year}年底前", date(year, 12, 31), None
    return random.choice(["长期", "持续推进"]), None, "long"


def money_cell(random: Random, wan: Decimal | None, style: str) -> object:
    """An amount in a style."""
    if wan is None:
        return random.choice(["-", "/", "—", "无", None])
    if style == "mixed":
        style = random.choice(["万元", "亿元", "wan in cell", "yi in cell", "about in cell"])
    if style == "亿元":
        return float(wan / 10_000)
    if style == "wan in cell":
        return f"{wan}万元"
    if style == "yi in cell":
        return f"{(wan / 10_000).normalize():f}亿元"
    if style == "about in cell":
        return f"约{wan}万元"
    if style == "wide":
        return f"{wan:,}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return random.choice([int(wan), f"{wan:,}", str(wan)])


class Maker:
    """Draws a tree and writes it in a random layout."""

    def __init__(self, seed: int) -> None:
        self.random = random = Random(seed)
        self.leaf_word = random.choice(["项目名称", "工作事项", "具体任务"])
        self.money = self.leaf_word == "项目名称" and random.random() < 0.8
        self.depth = random.choice([1, 2, 3])
        self.groups = (
            random.choice(["merged", "blank", "repeated", "across", "numbered"]) if self.depth > 1 else "none"
        )
        self.units = random.choice(["two", "one", "split", "lead only"])
        self.days = random.choice(["mixed", "excel", "dotted", "month", "month end", "slash", "iso", "year"])
        self.unit = random.choice(["万元", "亿元"])
        self.unit_in = random.choice(["heading", "title"])
        self.amounts = random.choice(["plain", "plain", "cells", "wide"])
        self.head_rows = random.choice([1, 2, 3])
        self.merge_head = random.random() < 0.7
        self.ordinal = random.random() < 0.8 or self.groups == "numbered"
        self.subtotals = self.money and self.depth > 1 and random.random() < 0.6
        self.wrong = 0
        self.used: set[str] = set()
        self.expected: list[tuple[tuple[str, ...], Leaf]] = []
        self.columns = self.drawn()

    def title(self) -> str:
        while True:
            words = f"{self.random.choice(VERBS)}{self.random.choice(OBJECTS)}"
            words += self.random.choice(["", "二期", "（续建）", "试点", "扩能提升"]) + self.random.choice(
                ["", "工作", "工程"]
            )
            if words not in self.used:
                self.used.add(words)
                return words

    def leaf(self) -> tuple[Leaf, object]:
        """What a row says, and its cell of the day."""
        names = self.random.sample(UNITS, 4)
        lead = tuple(names[: self.random.randint(1, 2)])
        if self.units == "split":
            lead = tuple(sorted(lead, key=lambda name: not name.startswith("市")))
        others = tuple(names[2 : 2 + self.random.randint(0, 2)]) if self.units != "lead only" else ()
        wan = Decimal(self.random.randint(1, 400) * 100) if self.random.random() < 0.85 else None
        due, day, words = due_cell(self.random, self.days)
        return Leaf(self.title(), lead, others, day, words, wan if self.money else None), due

    def drawn(self) -> list[tuple[str, str]]:
        """The columns: what each holds, and its heading as a path."""
        found = [("ordinal", self.random.choice(["序号", "编号"]))] if self.ordinal else []
        if self.groups in {"merged", "blank", "repeated"}:
            found += [("group 0", self.random.choice(["方面", "所属领域", "类别"]))]
            found += [("group 1", self.random.choice(["重点任务", "主要任务"]))] if self.depth > 2 else []
        found += [("title", self.leaf_word)]
        if self.money:
            word = "总投资" + (f"（{self.unit}）" if self.unit_in == "heading" else "")
            found.append(("money", word))
        above = "责任分工/" if self.head_rows > 1 else ""
        last = ("cooperating", "配合单位")
        found += {
            "two": [("lead", f"{above}牵头单位"), ("cooperating", f"{above}配合单位")],
            "one": [("both", "责任单位")],
            "split": [("lead city", "牵头单位/市级"), ("lead district", "牵头单位/区级"), last],
            "lead only": [("lead", "责任单位")],
        }[self.units]  # fmt: skip
        found.append(("due", self.random.choice(["完成时限", "完成时间", "时间节点"])))
        if self.random.random() < 0.4:
            found.append(("other", self.random.choice(["备注", "联系人及电话", "责任人"])))
        return found

    def cells(
        self, leaf: Leaf, due: object, number: object, chain: Sequence[str | None]
    ) -> dict[str, object]:
        split = (
            [name for name in leaf.lead if name.startswith("市")],
            [one for one in leaf.lead if not one.startswith("市")],
        )
        mark = self.random.choice(["、", "，", "；", "\n"]) if self.units != "one" else "、"
        both = f"牵头：{'、'.join(leaf.lead)}" + (
            f"；配合：{'、'.join(leaf.cooperating)}" if leaf.cooperating else ""
        )
        if self.random.random() < 0.5 and leaf.cooperating:
            both = f"{'、'.join(leaf.lead)}牵头，{'、'.join(leaf.cooperating)}配合"
        style = self.unit if self.amounts == "plain" else "mixed" if self.amounts == "cells" else "wide"
        if style == "mixed":
            style = self.random.choice(["wan in cell", "yi in cell", "about in cell", self.unit])
        if style == "wide" and self.unit == "亿元":
            style = "亿元"
        return {
            "ordinal": number,
            "group 0": chain[0] if chain else None,
            "group 1": chain[1] if len(chain) > 1 else None,
            "title": leaf.title,
            "money": money_cell(self.random, leaf.wan, style) if self.money else None,
            "lead": mark.join(leaf.lead),
            "cooperating": mark.join(leaf.cooperating),
            "both": both,
            "lead city": mark.join(split[0]),
            "lead district": mark.join(split[1]),
            "due": due,
            "other": self.random.choice(["", "见附件", "张处长 022-88888888"]),
        }

    def made(self) -> Layout:
        self.book = Workbook()
        del self.book["Sheet"]
        for part in range(self.random.choice([1, 1, 1, 2])):
            self.sheet: Worksheet = self.book.create_sheet(f"表{part + 1}")
            self.at = self.count = 1
            self.above()
            total = sum((self.group(*top) for top in self.tops(part)), Decimal(0))
            if self.subtotals:
                self.sum(self.random.choice(["合计", "总计"]), total)
            if self.random.random() < 0.3:
                self.line("注：完成时限为最终时限，各单位应倒排工期。")
        content = BytesIO()
        self.book.save(content)
        return Layout(content.getvalue(), self.expected, self.wrong, self.depth, self.groups)

    def above(self) -> None:
        """The title, the unit, an instruction, and the header."""
        if self.random.random() < 0.8:
            self.line("京津冀协同发展2026年重点工作任务分解表")
        if self.money and self.unit_in == "title":
            self.sheet.cell(self.at, len(self.columns), f"单位：{self.unit}")
            self.at += 1
        if self.random.random() < 0.4:
            self.line("填表说明：请各单位于每月5日前填报，一律填写全称。")
        self.header()

    def tops(self, part: int) -> list[tuple[int, str]]:
        names = ASPECTS[part * 3 : part * 3 + self.random.randint(1, 3)] if self.depth > 1 else [""]
        return list(enumerate(names))

    def group(self, number: int, top: str) -> Decimal:
        """The rows under one of the topmost titles; what they add up to."""
        chains: list[tuple[str, ...]] = [(top,)] if self.depth > 1 else [()]
        if self.depth > 2:
            chains = [(top, self.title()) for _ in range(self.random.randint(1, 3))]
        if self.groups == "across":
            self.line(f"{NUMERALS[number]}、{top}")
        if self.groups == "numbered":
            self.row({"ordinal": str(number + 1), "title": top})
        begun = self.at
        added = sum(
            (self.chain((number, place), chain, begun) for place, chain in enumerate(chains)), Decimal(0)
        )
        if self.groups == "merged" and self.at - 1 > begun:
            self.merge_down("group 0", begun)
        if self.subtotals:
            off = self.random.random() < 0.3
            self.wrong += off
            self.sum(self.random.choice(["小计", "小  计"]), added + MISTAKE_WAN * off)
        if self.random.random() < 0.15:
            self.header()
        return added

    def chain(self, place: tuple[int, int], chain: tuple[str, ...], begun: int) -> Decimal:
        """The rows under one chain of titles; what they add up to."""
        above = [place[0] + 1, place[1] + 1] if self.depth > 2 else [place[0] + 1]
        if self.depth > 2 and self.groups == "across":
            self.line(f"（{NUMERALS[place[1]]}）{chain[1]}")
        if self.depth > 2 and self.groups == "numbered":
            self.row({"ordinal": ".".join(map(str, above)), "title": chain[1]})
        first, added = self.at, Decimal(0)
        for one in range(self.random.randint(1, 4)):
            leaf, due = self.leaf()
            number: object = self.count
            if self.groups == "numbered":
                number = ".".join(map(str, [*above, one + 1]))
            shown: tuple[str | None, ...] = chain if self.groups == "repeated" or one == 0 else ()
            if one == 0 and (self.groups == "merged" or (self.groups == "blank" and self.depth > 2)):
                shown = (chain[0] if self.at == begun else None, *chain[1:2])
            self.row(self.cells(leaf, due, number, shown))
            self.count += 1
            added += leaf.wan or 0
            self.expected.append((chain, leaf))
        if self.groups == "merged" and self.depth > 2 and self.at - 1 > first:
            self.merge_down("group 1", first)
        if self.random.random() < 0.05:
            self.at += 1
        return added

    def line(self, words: str) -> None:
        self.sheet.cell(self.at, 1, words)
        self.merge(self.at, self.at, 1, len(self.columns))
        self.at += 1

    def merge(self, top: int, bottom: int, left: int, right: int) -> None:
        self.sheet.merge_cells(start_row=top, end_row=bottom, start_column=left, end_column=right)

    def header(self) -> None:
        deepest = max(heading.count("/") + 1 for _, heading in self.columns)
        rows = max(deepest, min(self.head_rows, deepest + self.merge_head))
        last = self.at + rows - 1
        above = ""
        for place, (_, heading) in enumerate(self.columns, 1):
            top, _, below = heading.partition("/")
            if top != above or not below:
                self.sheet.cell(
                    self.at, place, self.random.choice([top, " ".join(top)]) if len(top) == 2 else top
                )
                start = place
            if below:
                self.sheet.cell(self.at + 1, place, below)
                self.merge(self.at + 1, last, place, place)
            elif self.merge_head:
                self.merge(self.at, last, place, place)
            following = self.columns[place][1] if place < len(self.columns) else ""
            if below and self.merge_head and not following.startswith(f"{top}/"):
                self.merge(self.at, self.at, start, place)
            above = top
        self.at += rows

    def row(self, cells: dict[str, Any]) -> None:
        for place, (kind, _) in enumerate(self.columns, 1):
            if cells.get(kind) not in (None, ""):
                self.sheet.cell(self.at, place, cells[kind])
        self.at += 1

    def merge_down(self, kind: str, first: int) -> None:
        place = [name for name, _ in self.columns].index(kind) + 1
        self.merge(first, self.at - 1, place, place)

    def sum(self, words: str, wan: Decimal) -> None:
        self.row({self.columns[0][0]: words, "money": float(wan if self.unit == "万元" else wan / 10_000)})


def read(layout: Layout) -> tuple[list[tuple[tuple[str, ...], Leaf]], int]:
    """What the wizard makes of a workbook without being touched, and how many sums it finds wrong."""
    scheme, found, wrong = schemes()["plan"], [], 0
    tables = [summed(table) for table in tables_in(layout.content, "表.xlsx")]
    wrong = sum(one.off_by != 0 for _, sums in tables for one in sums)
    for group in by_shape([table for table, _ in tables]).values():
        mapping = suggested(group, scheme)
        branches = branches_of(group, mapping, scheme, "根")
        places = placed(branches, {})
        reading = Reading(group, mapping, scheme, Context(2026))
        for branch in branches:
            if branch not in places or not branch.rows:
                continue
            said, rejects = reading.said(branch)
            assert not rejects, rejects
            chain: list[str] = []
            above = branch.parent
            while above:
                chain.insert(0, above.title)
                above = above.parent
            cells = said.cells
            names = [
                tuple(filter(None, str(cells.get(role) or "").split("、")))
                for role in ("lead", "cooperating")
            ]
            due = cells.get("due_on")
            words = "long" if "due_words" in cells and due is None else None
            money = cells.get("investment_fen")
            found.append((tuple(chain), Leaf(branch.title, names[0], names[1], due, words, money)))  # type: ignore[arg-type]
    return found, wrong


def differences(layout: Layout) -> list[str]:
    """What a reading has otherwise than it was made."""
    found, wrong = read(layout)
    if layout.groups == "numbered":
        found = [one for one in found if one[1].lead]
    if layout.depth == 1:
        found = [((), leaf) for _, leaf in found]
    told = [f"{each}" for each in layout.expected if each not in found]
    if len(found) != len(layout.expected):
        told.append(f"{len(found)} rows, not {len(layout.expected)}")
    if wrong != layout.sums_wrong:
        told.append(f"{wrong} wrong sums, not {layout.sums_wrong}")
    return told


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_a_table_in_any_layout_is_read_as_the_tree_it_was_made_from(seed: int) -> None:
    layout = Maker(seed).made()
    assert differences(layout) == []
