"""Industries that a text names: fields and classes, lists that say what they list, names with a bearer.

A field (人工智能) or class (制造业) counts wherever it stands; a subject of policy too (网络安全)
where a list or the next word says that an industry is meant.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import rjieba

from haihe.boards.reader.lexing import either, sound
from haihe.boards.reader.records import IndustryMention
from haihe.kit import resources

Extent = tuple[int, int]

_ITEM_MAX = 14  # characters of an item in a list
_BODY_MAX = 8  # characters before a bearer
_PLAIN = "(?![和与及对以向在为的于等或])[\u4e00-\u9fff]"
_ITEM = re.compile("[^、]+")
_FOLLOWED = re.compile("等?[、和及与]*")
_JOINT = re.compile("以?及|(?<!中)和|与")
_STOP = re.compile(
    r"等|为(?=重点|主导|核心|支柱|特色|龙头|引领|主线|代表|主攻)|(?=[0-9一二三四五六七八九十]+[条个类大])"
)
_RUN = re.compile(r"[^，,。；;：:！？（）()“”‘’《》\s]{2,400}")
_COUNTED = "[\u4e00-\u9fff]{2,14}(?=[0-9]+[个家项所户])"
_SORTED = re.compile(
    r"[分按从](?:行业|产业|领域)+(?:分类|划分|分布|分|来?看)[，,：:]"
    rf"(?P<items>(?:{_COUNTED}[0-9]+.[，,、]?){{2,30}})"
)
_NOUNS = frozenset(["n", "nz", "b"])


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The compiled patterns of params/industries.yaml."""

    known: re.Pattern[str]
    subject: re.Pattern[str]
    bearer: re.Pattern[str]
    bare: re.Pattern[str]
    works: re.Pattern[str]
    body: re.Pattern[str]
    kinds: re.Pattern[str]
    generic: re.Pattern[str]
    ending: re.Pattern[str]
    opener: re.Pattern[str]
    alone: re.Pattern[str]


@cache
def _grammar() -> _Grammar:
    params = resources.definition("boards/reader/params/industries.yaml")
    guards = params["not_before"], params["not_after"]
    classes, fields = either(params["classes"], *guards), either(params["fields"], *guards)
    bearers = either(params["bearers"], *guards)
    narrower = either(params["narrower"])
    chains = [*params["chains"], *params["groups"]]
    named = either([*chains, *params["fields"], *params["classes"]])
    subject = rf"(?:{narrower}?{named}|{_PLAIN}{{1,4}}?{either(params['heads'])})"
    qualifier = either([*params["generic"], *params["kinds"], *params["narrower"], "的"])
    core = either(params["core"])
    return _Grammar(
        known=re.compile(rf"{narrower}{{0,3}}{classes}(?:集群)?|{narrower}?{fields}(?:{core}?{bearers})?"),
        subject=re.compile(
            rf"{subject}(?:[与和]{subject})?(?={either(params['after_item'])}|[^\u4e00-\u9fff]|\Z)"
        ),
        bearer=re.compile(bearers),
        bare=re.compile(either(params["bare"])),
        works=re.compile(either(params["works"])),
        body=re.compile(
            rf"(?:、[\u4e00-\u9fff]{{2,6}}?){{0,2}}{either(params['body_words'])}{{0,6}}{either(params['bodies'])}"
        ),
        kinds=re.compile(
            rf"{narrower}?(?:{either(params['kinds'])}|{either(chains)}|{either(params['fields'])})+$"
        ),
        generic=re.compile(
            rf"(?:{either(params['generic'])}|[0-9一二两三四五六七八九十百千万亿多余+＋.级条个大类])*"
        ),
        ending=re.compile(
            rf"等?(?:[0-9一二两三四五六七八九十]+[条个类大]+)?(?!领域|方面|方向){qualifier}{{0,4}}?{either(params['list_ends'])}"
            "(?!企业|公司|单位|院校|人才|主管|协会|部门|组织|机构)|(?P<chief>为)"
        ),
        opener=re.compile(either(params["openers"])),
        alone=re.compile(
            rf"(?<![{params['alone_not_after']}]){either(params['alone'])}"
            rf"(?!{either(params['alone_not_before'])})(?={either(params['alone_before'])}|\Z)"
        ),
    )


def industries_of(text: str, organisations: Iterable[Extent] = ()) -> tuple[IndustryMention, ...]:
    """The industries that a text names, in order, none within the given spans of organisations."""
    grammar = _grammar()
    found = [match.span() for match in grammar.known.finditer(text)]
    found += [match.span() for match in grammar.alone.finditer(text)]
    found += _borne(text)
    found += _listed(text, found)
    found += _counted(text)
    kept: list[Extent] = []
    taken = bytearray(len(text))
    for start, end in organisations:
        taken[start:end] = b"\1" * (end - start)
    found = [(_beyond(taken, extent), extent[1]) for extent in set(found)]
    for start, end in sorted(set(found), key=lambda extent: (extent[0] - extent[1], extent[0])):
        if end - start > 1 and not any(taken[start:end]) and not _told_nothing(text, start, end):
            taken[start:end] = b"\1" * (end - start)
            kept.append((start, end))
    return tuple(IndustryMention(start, end, text[start:end], text[start:end]) for start, end in sorted(kept))


def _beyond(taken: bytearray, extent: Extent) -> int:
    """Where an extent begins behind the name that stands before the industry: 保定电力装备."""
    start, end = extent
    while start < end and taken[start]:
        start += 1
    return start


def _told_nothing(text: str, start: int, end: int) -> bool:
    """Whether a name has no telling word left, or belongs to a body's: 氢能产业创新联合体."""
    grammar = _grammar()
    return bool(grammar.bare.fullmatch(text, start, end) or grammar.body.match(text, end))


def _borne(text: str) -> Iterator[Extent]:
    """Names that end with a bearer and have a telling word before it: 新质智造产业, 临港产业."""
    for bearer in _grammar().bearer.finditer(text):
        start = _begun(text, bearer.start())
        if start is not None and bearer.start() - start > 1:
            yield start, bearer.end()


def _begun(text: str, end: int) -> int | None:
    """Where the telling words before a bearer begin, None where none tells which industry is meant."""
    grammar = _grammar()
    window = max(0, end - _ITEM_MAX)
    telling = grammar.kinds.search(text, window, end)
    first = telling.start() if telling else end
    for word, tag in reversed(rjieba.tag(sound(text[window:first]), True)):
        start = first - len(word)
        if end - start > _BODY_MAX or grammar.generic.fullmatch(word):
            break
        if tag not in _NOUNS and not grammar.works.fullmatch(word):
            break
        first = start
    return first if first < end else None


def _listed(text: str, sure: Iterable[Extent]) -> Iterator[Extent]:
    """The items of a list that ends by saying that it lists industries, or has a sure one among them."""
    starts = sorted(start for start, _ in sure)
    grammar = _grammar()
    for items, end in _lists(text):
        ending = grammar.ending.match(text, end)
        known = sum(bisect_left(starts, item[0]) < bisect_left(starts, item[1]) for item in items)
        told = ending is not None and (known > 0 or ending["chief"] is None)
        if not told and (not known or known * 2 < len(items)):
            continue
        for start, stop in items:
            if told or grammar.subject.fullmatch(text, start, stop):
                yield start, stop


def _counted(text: str) -> Iterator[Extent]:
    """The items of a count by industry: 按行业分类，智能制造与装备31个，现代服务16个."""
    for sorting in _SORTED.finditer(text):
        for item in re.finditer(_COUNTED, sorting["items"]):
            yield sorting.start("items") + item.start(), sorting.start("items") + item.end()


def _lists(text: str) -> Iterator[tuple[list[Extent], int]]:
    """Runs of items joined by 、, and where each run ends."""
    grammar = _grammar()
    for run in _RUN.finditer(text):
        if "、" not in run[0] and "等" not in run[0]:
            continue
        start = run.start()
        for stop in [*(run.start() + stop.start() for stop in _STOP.finditer(run[0])), run.end()]:
            if stop < start:
                continue
            items = [piece.span() for piece in _ITEM.finditer(text, start, stop)]
            ending = grammar.ending.match(text, stop)
            begun = _FOLLOWED.match(text, ending.end() if ending else stop)
            start = begun.end() if begun else stop
            if not items or (len(items) < 2 and stop == run.end()):
                continue
            items[0] = (_opened(text, items[0]), items[0][1])
            items[-1:] = _parted(text, items[-1]) if stop < run.end() else [_closed(text, items[-1])]
            if all(1 < end - begin <= _ITEM_MAX for begin, end in items):
                yield items, min(stop, items[-1][1])


def _parted(text: str, item: Extent) -> list[Extent]:
    """The last item of a list, two where 和 or 及 joins the last two: A、B和C等产业."""
    grammar = _grammar()
    joint = _JOINT.search(text, *item)
    if not joint or grammar.known.fullmatch(text, *item) or joint.end() + 2 > item[1]:
        return [item]
    parts = [(item[0], joint.start()), (joint.end(), item[1])]
    if joint[0] == "与" and not all(grammar.known.fullmatch(text, *part) for part in parts):
        return [item]
    return parts


def _opened(text: str, item: Extent) -> int:
    """Where the first item begins, behind the verb before it."""
    start = item[0]
    for opener in _grammar().opener.finditer(text, *item):
        if opener.end() < item[1]:
            start = opener.end()
    return start


def _closed(text: str, item: Extent) -> Extent:
    """The last item of a list without 等: the subject it begins with."""
    subject = _grammar().subject.match(text, *item)
    return (item[0], subject.end()) if subject else item
