"""Organisations that a text names: formal bodies, names in full with their tails, short forms and aliases.

A body of government is known by its rank and department (市发展改革委), a name in full by its tail, from
which a walk over the words to the left finds where it begins. A tail without a telling head names nothing
(高水平研究院, 国家实验室).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from haihe.boards.reader.lexing import Stretch, Word, either
from haihe.boards.reader.records import OrganisationMention
from haihe.kit import resources

Extent = tuple[int, int]

_WALK_MAX = 14  # words between a tail and the head of its name
_NAME_MAX = 40
_BRANDS_MAX = 2_000  # names without a tail that are looked for in the whole of a text
_NOMINAL = frozenset(["n", "nz", "nw", "vn", "an", "s", "LOC", "ORG", "PER"])
_ALIAS = re.compile(
    r"[（(](?:以下)?(?:简称|统称|下称)[:：]?[“\"「]?([^“”\"」、，,（）()]{2,16})[”\"」]?[）)]"
)
_SHARE = re.compile(r"[AB](?![A-Za-z0-9])")
_NUMBER = re.compile(r"第?[0-9一二三四五六七八九十百]+")
_BRANCH = re.compile(r"[（(][\u4e00-\u9fff]{2,6}[）)]")
_REGION = re.compile(r"[京津冀沪苏浙皖粤港澳晋鲁豫川渝]{2,}|.{0,6}[三两各多几四][省市地区县方]")
_COUNTED = re.compile(
    r"(?<![第0-9一二三四五六七八九十百])[0-9一两三四五六七八九十百千余多几数]+[所家个名位项校地方]"
)
_LEADING = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
_RARE = frozenset("局厅委办司处站社队馆")  # so common in other words that they are no cue
_CLOSING = {"”": "“", "）": "（", ")": "("}
_OF_GOVERNMENT = re.compile(r"[省市区县](?:人民)?政府.{2,}(?:组|指挥部|专班)")
_BOTH = re.compile(r"[省市区县]委[、和]$")


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The compiled patterns of params/organisations.yaml."""

    formal: re.Pattern[str]
    tail: re.Pattern[str]
    kinds: Mapping[str, str]
    seen_only: frozenset[str]
    single_only: frozenset[str]
    generic: re.Pattern[str]
    praise: frozenset[str]
    inner: frozenset[str]
    outer: frozenset[str]
    listed: re.Pattern[str]
    placed: re.Pattern[str]
    designations: tuple[str, ...]


@cache
def _grammar() -> _Grammar:
    params = resources.definition("boards/reader/params/organisations.yaml")
    tails: dict[str, list[str]] = params["tails"]
    kinds = {tail: kind for kind, group in tails.items() for tail in group}
    return _Grammar(
        formal=_formal(params),
        tail=re.compile(either(kinds, params["not_before"], params["not_after"])),
        kinds=kinds,
        seen_only=frozenset(params["seen_only"]),
        single_only=frozenset(params["not_of_regions"]),
        generic=re.compile(rf"(?:{either(params['generic'])}|{either(kinds)})*"),
        praise=frozenset(params["praise"]),
        inner=frozenset(params["inner"]),
        outer=frozenset(params["outer"]),
        placed=re.compile(rf"{either(params['provinces'])}|[\u4e00-\u9fff]{{2,5}}?[省市区县州]"),
        designations=tuple(params["designations"]),
        listed=re.compile(
            rf"(?:、[^、，。；：\s]{{2,12}})*等[^、，。；：\s]{{0,6}}?{either(params['listed_as'])}"
        ),
    )


def _formal(params: Any) -> re.Pattern[str]:
    """Bodies known by their form: 党中央, 市委组织部, 省人民政府, 市发展改革委, 教育部."""
    bodies = either(params["bodies"], after=params["body_not_before"])
    chambers = either(params["chambers"], after=params["chamber_not_before"])
    rank = f"(?:[我本](?=[省市区县]))?(?<![{params['not_before_rank']}])[{''.join(params['ranks'])}]"
    group = rf"[^，,。；;：:、\s的了在“”]{{2,16}}?{either(params['tails']['group'])}"
    office = rf"{either(params['party'])}{either(params['party_bodies'])}(?![门署分员])"
    party = rf"{rank}委(?:{group}|{office}|党校)?"
    department = either(params["departments"]) + bodies
    single = f"{either(params['single'])}(?![{params['single_not_before']}])|{either(params['enterprises'])}"
    return re.compile(
        rf"{single}|(?:中共)?{party}(?![员托派屈婉])|{rank}(?:{chambers}|{department})|{department}"
    )


def cue() -> str:
    """A pattern of what a clause must hold to name an organisation."""
    grammar = _grammar()
    return f"{grammar.formal.pattern}|{either(set(grammar.kinds) - _RARE)}|{grammar.listed.pattern}"


def organisations_in(text: str, stretch: Stretch) -> list[Extent]:
    """The spans of the organisations in a stretch, in order and apart."""
    grammar = _grammar()
    found = [
        (_widened(text, match.start(), stretch), match.end())
        for match in grammar.formal.finditer(text, stretch.start, stretch.end)
    ]
    for match in grammar.tail.finditer(text, stretch.start, stretch.end):
        start = _head(text, stretch, match)
        if start is not None:
            branch = _BRANCH.match(text, match.end()) if match[0] in {"大学", "学院"} else None
            found.append((start, branch.end() if branch else match.end()))
    found.extend(_seen(text, stretch))
    return _apart(_joined(text, extent) for extent in found)


def _apart(found: Iterable[Extent]) -> list[Extent]:
    """The spans in order, of any that overlap the one that begins first, then the longest."""
    kept: list[Extent] = []
    for start, end in sorted(set(found), key=lambda extent: (extent[0], -extent[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _widened(text: str, start: int, stretch: Stretch) -> int:
    """Where a body's name begins once the place before it is taken in (北京市 + 发展改革委)."""
    word = stretch.words[stretch.at(start)]
    if word.start < start and word.tag in {"LOC", "ORG"} and not _REGION.match(text, word.start, start):
        start = _lead(text, word)
    elif word.start < start:
        return start
    while start in stretch.ends and stretch.words[stretch.ends[start]].tag == "LOC":
        start = stretch.words[stretch.ends[start]].start
    return start


def _lead(text: str, word: Word) -> int:
    """Where a word begins without the marks before it (▶天津理工大学)."""
    leading = _LEADING.search(text, word.start, word.end)
    return leading.start() if leading else word.start


def _joined(text: str, extent: Extent) -> Extent:
    """A group of the party and the government is one: 市委、市政府推进京津冀协同发展领导小组."""
    start, end = extent
    both = _BOTH.search(text, max(0, start - 4), start) if _OF_GOVERNMENT.match(text, start, end) else None
    return (both.start(), end) if both else extent


def _head(text: str, stretch: Stretch, tail: re.Match[str]) -> int | None:
    """Where the name that ends in a tail begins, None where it is no name."""
    grammar = _grammar()
    kind = grammar.kinds[tail[0]]
    last = stretch.at(tail.end() - 1)
    if stretch.words[last].end != tail.end() or tail[0] in grammar.seen_only:
        return None
    first, anchored = _walk(text, stretch, last, kind)
    start = _lead(text, stretch.words[first])
    body = text[start : tail.start()]
    if not 2 < tail.end() - start <= _NAME_MAX or not body or _COUNTED.search(body):
        return None
    if _many(body + tail[0]):
        return None
    if anchored:
        return start
    start = _trimmed(text, stretch, first, tail.start())
    plain = kind != "strong" or grammar.generic.fullmatch(text, start, tail.start())
    return None if plain else start


def _many(said: str) -> bool:
    """Whether a name tells of no one body: a region's schools (京津学校), or what a city is to be."""
    grammar = _grammar()
    plural = bool(_REGION.match(said)) and said.endswith(tuple(grammar.single_only))
    return plural or said.endswith(grammar.designations)


def _trimmed(text: str, stretch: Stretch, first: int, end: int) -> int:
    """Where a name begins without the praise before it (优质, 新)."""
    word = stretch.words[first]
    while word.end < end and text[word.start : word.end] in _grammar().praise:
        first += 1
        word = stretch.words[first]
    return word.start


def _walk(text: str, stretch: Stretch, last: int, kind: str) -> tuple[int, bool]:
    """The first word of the name that ends with a word, and whether a place or a proper name heads it."""
    words, first = stretch.words, last
    own = text[words[last].start : words[last].end]
    anchored = _proper(own, words[last])
    for index in range(last - 1, max(-1, last - 1 - _WALK_MAX), -1):
        word, said = words[index], text[words[index].start : words[index].end]
        if said in _CLOSING:
            return _enclosed(text, stretch, index, kind) or (first, anchored)
        if said in {"与", "和", "及"} and _element(text, stretch, index, words[last].end):
            anchored = False
        elif word.tag in {"LOC", "ORG"}:
            if kind != "group" and word.tag == "ORG" and _closed(said):
                break
            first, anchored = index, anchored or not _grammar().generic.fullmatch(said)
        elif _ends(said, word, kind, anchored):
            break
        elif kind != "group" or not anchored:
            first, anchored = index, anchored or (word.tag == "nz" and own != "中心")
    return first, anchored


def _ends(said: str, word: Word, kind: str, anchored: bool) -> bool:
    """Whether a name begins behind a word: one that names do not hold, or any before its head."""
    headed = anchored and kind != "group" and said not in {"中国", "中共", "国家"}
    return headed or not _within(said, word, kind)


def _proper(said: str, word: Word) -> bool:
    """Whether the analyser sees a name in a tail's own word, and the word tells more than the tail."""
    grammar = _grammar()
    if not 3 < len(said) <= _NAME_MAX:
        return False
    plain = grammar.generic.fullmatch(said) or (said.endswith("中心") and not grammar.placed.match(said))
    return word.tag in {"ORG", "LOC"} and not plain


def _element(text: str, stretch: Stretch, index: int, end: int) -> bool:
    """Whether a word joins two nouns of a name that is an element of a list (、材料与技术研究院、)."""
    if text[end : end + 1] not in {"、", "等"}:
        return False
    for before in range(index - 1, max(-1, index - 6), -1):
        word = stretch.words[before]
        if text[word.start : word.end] == "、":
            return before < index - 1
        if word.tag not in {"n", "nz", "vn", "a"}:
            return False
    return False


def _enclosed(text: str, stretch: Stretch, closing: int, kind: str) -> tuple[int, bool] | None:
    """The head of a name with words between marks: “通武廊”…工作组, 某某（浙江）有限公司."""
    opening = _CLOSING[text[stretch.words[closing].start]]
    for index in range(closing - 1, max(-1, closing - 8), -1):
        if text[stretch.words[index].start : stretch.words[index].end] == opening:
            break
    else:
        return None
    if opening == "“":
        return (index, True) if kind == "group" else None
    named = index > 0 and stretch.words[index - 1].tag in {"ORG", "nz", "LOC", "PER", "n"}
    return (index - 1, True) if named else None


def _closed(said: str) -> bool:
    """Whether a name is complete with its own tail, so that another one begins after it."""
    return any(said.endswith(tail) for tail in _grammar().kinds if len(tail) > 1)


def _within(said: str, word: Word, kind: str) -> bool:
    """Whether a word may stand inside a name."""
    grammar = _grammar()
    if said in grammar.outer:
        return False
    if word.tag in _NOMINAL or said in grammar.inner:
        return True
    if word.tag in {"a", "f", "m"}:
        return word.tag != "m" or bool(_NUMBER.fullmatch(said))
    return kind == "group" and word.tag in {"v", "vd", "ad", "d"} and len(said) > 1


def _seen(text: str, stretch: Stretch) -> Iterator[Extent]:
    """What the analyser takes for an organisation, where its tail or its list bears that out."""
    grammar = _grammar()
    for word in stretch.words:
        said = text[word.start : word.end]
        if word.tag != "ORG" or len(said) < 3 or _COUNTED.search(said) or _many(said):
            continue
        share = _SHARE.match(text, word.end)
        if share:
            yield word.start, share.end()
        elif (_tailed(said) and _proper(said, word)) or grammar.listed.match(text, word.end):
            yield _widened(text, _lead(text, word), stretch), word.end


def _tailed(said: str) -> bool:
    """Whether a name ends in a tail."""
    return any(match.end() == len(said) for match in _grammar().tail.finditer(said))


def mentions_of(text: str, found: Iterable[Extent]) -> tuple[OrganisationMention, ...]:
    """The mentions at the given spans and of their aliases; a name is its fullest form in the document."""
    extents = _apart(found)
    aliases = {
        alias[1]: text[start:end] for start, end in extents if (alias := _ALIAS.match(text, end)) is not None
    }
    names = _fullest({text[start:end] for start, end in extents}) | aliases
    brands = {text[start:end] for start, end in extents if not _known(text[start:end])} | set(aliases)
    if brands:
        pattern = either(sorted(brands)[:_BRANDS_MAX])
        extents = _apart([*extents, *(match.span() for match in re.finditer(pattern, text))])
    return tuple(
        OrganisationMention(start, end, text[start:end], names[text[start:end]]) for start, end in extents
    )


def _known(name: str) -> bool:
    """Whether a name is known by its form, wherever it stands."""
    return _tailed(name) or _grammar().formal.search(name) is not None


def _fullest(quotes: Iterable[str]) -> dict[str, str]:
    """The one longest form in a document that ends in each quote, else the quote."""
    said = sorted(quotes, key=lambda quote: (-len(quote), quote))
    by_end: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for quote in said:
        longer = {names[other] for other in by_end.get(quote, ())}
        names[quote] = longer.pop() if len(longer) == 1 else quote
        for cut in range(1, min(len(quote) - 1, 9)):
            by_end.setdefault(quote[cut:], []).append(quote)
    return names
