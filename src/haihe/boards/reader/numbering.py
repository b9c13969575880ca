"""The automatic numbers of a word-processing document, which are not in the words of its paragraphs.

Levels, restarts and styles follow ECMA-376-1, 17.9; the numerals follow 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset({"0", "false", "off"})
_PLACE = re.compile(r"%([1-9])")
_HAN = "零一二三四五六七八九"
_LEGAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_BY_DIGIT = str.maketrans("0123456789", "〇一二三四五六七八九")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_NUMBER_MAX = 9_999
_PATTERN_MAX = 100


def numeral(number: int, form: str) -> str:
    """A number in one of the forms of ST_NumberFormat; in digits where a form is not known or ends before it.

    >>> [numeral(n, "chineseCountingThousand") for n in (1, 10, 12, 20, 105, 110, 2023)]
    ['一', '十', '十二', '二十', '一百零五', '一百一十', '二千零二十三']
    >>> numeral(3, "ideographTraditional"), numeral(14, "upperRoman"), numeral(28, "lowerLetter")
    ('丙', 'XIV', 'bb')
    """
    if form in {"none", "bullet"}:
        return ""
    if not 0 < number <= _NUMBER_MAX:
        return str(number)
    series = _SERIES.get(form, "")
    if number <= len(series):
        return series[number - 1]
    return _WRITTEN[form](number) if form in _WRITTEN else str(number)


def _counted(number: int) -> str:
    words = ""
    for step, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // step % 10
        if digit:
            words += _HAN[digit] + unit
        elif words and number % step and not words.endswith("零"):
            words += "零"
    return words.removeprefix("一") if 10 <= number < 20 else words


def _lettered(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    words = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        words += letters * count
    return words


_SERIES = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
}
_WRITTEN: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "japaneseCounting"), _counted),
    **dict.fromkeys(("taiwaneseCounting", "taiwaneseCountingThousand"), _counted),
    **dict.fromkeys(
        ("chineseLegalSimplified", "ideographLegalTraditional"),
        lambda number: _counted(number).translate(_LEGAL),
    ),
    **dict.fromkeys(
        ("ideographDigital", "taiwaneseDigital"), lambda number: str(number).translate(_BY_DIGIT)
    ),
    **dict.fromkeys(("decimalFullWidth", "decimalFullWidth2"), lambda number: str(number).translate(_WIDE)),
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": _lettered,
    "upperLetter": lambda number: _lettered(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}


@dataclass(frozen=True, slots=True)
class Level:
    """How the numbers of a level look: `pattern` with %1 to %9 for levels, `follow` what stands after."""

    start: int
    form: str
    pattern: str
    follow: str
    restart: int | None
    legal: bool
    style: str | None


@dataclass(slots=True)
class Numbers:
    """The running numbers of one document: `marker` is asked once for each paragraph, in their order."""

    lists: dict[str, tuple[str, dict[int, Level]]]
    restarts: dict[str, dict[int, int]]
    styled: dict[str, tuple[str, int]]
    counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    begun: set[str] = field(default_factory=set)

    def marker(self, style: str | None, properties: etree._Element | None) -> str:
        """The number of the next paragraph and what follows it, empty where it has none."""
        key, depth = self._place(style, properties)
        if key not in self.lists:
            return ""
        abstract, levels = self.lists[key]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self.counts[abstract]
        if key not in self.begun:
            self.begun.add(key)
            for at, start in self.restarts.get(key, {}).items():
                counts[at] = start - 1
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for at in [at for at in counts if at > depth]:
            restart = levels[at].restart if at in levels else None
            if restart is None or depth < restart:
                del counts[at]
        return self._written(levels, counts, level)

    def _place(self, style: str | None, properties: etree._Element | None) -> tuple[str, int]:
        """The list and level of a paragraph: its own, else those of its style."""
        key, depth = self.styled.get(style or "", ("", 0))
        if properties is not None:
            own = _value(properties, "numId")
            key, depth = own or key, _whole(_value(properties, "ilvl"), 0 if own else depth)
        return key, depth

    def _written(self, levels: dict[int, Level], counts: dict[int, int], level: Level) -> str:
        def number(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            known = levels.get(at)
            start, form = (known.start, known.form) if known else (1, "decimal")
            return numeral(counts.get(at, start), "decimal" if level.legal else form)

        if level.form == "bullet":
            return ""
        marker = _PLACE.sub(number, level.pattern)
        return f"{marker} " if marker and level.follow != "nothing" and marker.isascii() else marker


def numbers_of(numbering: etree._Element | None, styles: etree._Element | None) -> Numbers:
    """The numbers of a document from its parts numbering and styles."""
    if numbering is None:
        return Numbers({}, {}, {})
    abstracts = {node.get(f"{_W}abstractNumId", ""): node for node in numbering.iter(f"{_W}abstractNum")}
    named = {_value(node, "styleLink"): key for key, node in abstracts.items() if _value(node, "styleLink")}
    lists: dict[str, tuple[str, dict[int, Level]]] = {}
    restarts: dict[str, dict[int, int]] = {}
    for node in numbering.iter(f"{_W}num"):
        key, abstract = node.get(f"{_W}numId", ""), _value(node, "abstractNumId") or ""
        if abstract in abstracts:
            abstract = named.get(_value(abstracts[abstract], "numStyleLink"), abstract)
            levels = _levels(abstracts[abstract])
            restarts[key] = {}
            for override in node.iter(f"{_W}lvlOverride"):
                depth = _whole(override.get(f"{_W}ilvl"), 0)
                levels |= _levels(override)
                start = _value(override, "startOverride")
                if start is not None:
                    restarts[key][depth] = _whole(start, 1)
                    if depth in levels:
                        levels[depth] = replace(levels[depth], start=restarts[key][depth])
            lists[key] = (abstract, levels)
    return Numbers(lists, restarts, _styled(styles, lists))


def _levels(parent: etree._Element) -> dict[int, Level]:
    found = {}
    for node in parent.iterchildren(f"{_W}lvl"):
        restart, legal = _value(node, "lvlRestart"), node.find(f"{_W}isLgl")
        found[_whole(node.get(f"{_W}ilvl"), 0)] = Level(
            _whole(_value(node, "start"), 0),
            _value(node, "numFmt") or "decimal",
            (_value(node, "lvlText") or "")[:_PATTERN_MAX],
            _value(node, "suff") or "tab",
            None if restart is None else _whole(restart, 0),
            legal is not None and legal.get(f"{_W}val") not in _OFF,
            _value(node, "pStyle"),
        )
    return found


def _styled(
    styles: etree._Element | None, lists: dict[str, tuple[str, dict[int, Level]]]
) -> dict[str, tuple[str, int]]:
    """The list and level of each style that numbers its paragraphs, itself or by the style it is based on."""
    nodes = (
        {node.get(f"{_W}styleId", ""): node for node in styles.iter(f"{_W}style")}
        if styles is not None
        else {}
    )
    found: dict[str, tuple[str, int]] = {}
    for name in nodes:
        key, depth, at, seen = None, None, name, set[str]()
        while at in nodes and at not in seen:
            seen.add(at)
            own = nodes[at].find(f"{_W}pPr/{_W}numPr")
            if own is not None:
                key = key or _value(own, "numId")
                depth = _value(own, "ilvl") if depth is None else depth
            at = _value(nodes[at], "basedOn") or ""
        if key is not None:
            levels = lists[key][1] if key in lists else {}
            linked = next((at for at, level in levels.items() if level.style == name), _whole(depth, 0))
            found[name] = (key, linked)
    return found


def _value(node: etree._Element, name: str) -> str | None:
    child = node.find(f"{_W}{name}")
    return None if child is None else child.get(f"{_W}val")


def _whole(written: str | None, otherwise: int) -> int:
    return int(written) if written and written.lstrip("-").isdecimal() else otherwise
