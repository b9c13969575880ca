"""How the same name is written: width, traditional characters, brackets, codes, and short forms of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

from opencc import OpenCC

from haihe.kit import resources

CHARACTERS_MAX = 120
"""A longer name is compared by its first characters only."""

_WORDS = "boards/registry/params/words.yaml"
_STOCK = re.compile(r"(?<![0-9a-z.])([034689][0-9]{5})(?:\.(?:sh|sz|bj))?(?![0-9a-z])")
_LISTED = re.compile(
    r"^(?:s?\*?st|xd|xr|dr|pt|[scn])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?:-?[ab]|-(?:u|w|uw|wd|v))$|^退(?=..)|退$|^民办(?=..)"
)
_OPEN, _CLOSE = r"(\[【<〔「『\"“‘《", r")\]】>〕」』\"”’》"
_BRACKETS = re.compile(rf"[{_OPEN}]([^{_OPEN}{_CLOSE}]*)[{_CLOSE}]")
_FORMER = re.compile(r"^(?:原名?|曾用名|前身)[::]?(?=.{2})")
_LOOSE_SPACE = re.compile(r"(?<=[^a-z0-9,.&]) | (?=[^a-z0-9&])")
_PART_FOLLOWS = "(?=$|[第附一二三四五].{0,6}院|.{2,6}(?:学院|学部|医院|实验室|研究院|中心)$)"
_DUTY_HEAD = "(?=(?:局|厅|委员会|委|办公室|办|部)$)"
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is compared: its canonical text, and what its brackets and codes said beside it."""

    text: str
    stock: str | None = None
    seats: tuple[str, ...] = ()
    former: tuple[str, ...] = ()


def plain(text: str) -> str:
    """A name in simplified characters of one width and case, without spaces around Chinese characters.

    >>> plain("ＴＣＬ中环 新能源（天津）"), plain("天津理工大學")
    ('tcl中环新能源(天津)', '天津理工大学')
    """
    return _LOOSE_SPACE.sub("", " ".join(simplified(text[:CHARACTERS_MAX]).split()))


def simplified(text: str) -> str:
    """A text in simplified characters of one width and case.

    >>> simplified("天津大學 ＴＪＤＸ")
    '天津大学 tjdx'
    """
    converted: str = _converter().convert(unicodedata.normalize("NFKC", text).casefold())
    return converted


def spelling_of(text: str) -> Spelling:
    """A name without its brackets, stock code and marks of the exchange, its short forms written out.

    What a bracket holds stays in the name unless it is a place (北京), a former name (原…) or says that the
    body itself is meant (总部).
    """
    bare = plain(text)
    codes = _STOCK.search(bare)
    if codes and _HAN.search(bare):
        bare = bare[: codes.start()] + bare[codes.end() :]
    seats: list[str] = []
    former: list[str] = []

    def kept(bracket: re.Match[str]) -> str:
        inner = bracket[1]
        if _FORMER.match(inner):
            former.append(_FORMER.sub("", inner))
        elif inner and inner not in _itself():
            seats.append(inner)
            return f"\0{inner}\0"
        return "" if inner in _itself() or _FORMER.match(inner) else inner

    if _BRACKETS.search(bare):
        bare = _BRACKETS.sub(kept, _BRACKETS.sub(kept, bare))
    if not _HAN.search(bare):
        return Spelling(bare, codes[1] if codes else None)
    bare = _heard(_LISTED.sub("", bare) or bare)
    return Spelling(
        canonical(bare.translate(_DIGITS)), codes[1] if codes else None, tuple(seats), tuple(former)
    )


def _heard(text: str) -> str:
    """A name with the last word that was meant where one that sounds alike is written (管尾会, 大雪)."""
    if text.endswith(_endings()[0]):
        return text
    for length in (4, 3, 2):
        meant = _endings()[1].get(sound_of(text[-length:])) if len(text) > length + 1 else None
        if meant and len(meant) == length:
            return text[:-length] + meant
    return text


@cache
def _endings() -> tuple[tuple[str, ...], Mapping[str, str]]:
    """What names end in, and by its sound what of it no other word sounds like."""
    written = resources.definition(_WORDS)
    heads = [head for heads in written["heads"].values() for head in heads]
    legal = [form for forms in written["legal"].values() for form in forms]
    ends = (*heads, *legal, *written["group"], *written["branches"], *written["trades"])
    meant = [head for head in (*heads, *legal) if len(head) > 2 or head in ("大学", "学院", "医院", "银行")]
    return ends, {sound_of(head): head for head in meant}


def sound_of(text: str) -> str:
    """The syllables of a text without tones."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  its tables take half a second

    return "".join(lazy_pinyin(text))


def canonical(text: str) -> str:
    """A plain name with the short forms that stand for one full form written out.

    >>> canonical("天津市发改委"), canonical("天津医大二院")
    ('天津市发展和改革委员会', '天津医科大学二院')
    """
    for ends, pattern, full in _rewriting():
        if not ends or text.endswith(ends):
            text = pattern.sub(partial(_full, full), text)
    return text


def _full(full: Mapping[str, str], found: re.Match[str]) -> str:
    return full[found.lastgroup or ""]


@cache
def _rewriting() -> tuple[tuple[tuple[str, ...], re.Pattern[str], dict[str, str]], ...]:
    """What a name must end in, the pattern of short forms, and the full form of each of its groups."""
    written = resources.definition(_WORDS)
    duties: dict[str, str] = written["duties"]
    short = {f"{one}大(?!学){_PART_FOLLOWS}": f"{full}大学" for one, full in written["universities"].items()}
    tables: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
        ((), written["same"]),
        (("大", "院", "部", "室", "心"), {f"(?<![中理化医]){one}": full for one, full in short.items()}),
        (
            ("局", "厅", "会", "委", "办", "室", "部"),
            {f"{one}{_DUTY_HEAD}": duties[one] for one in sorted(duties, key=len, reverse=True)},
        ),
        (
            ("委", "办", "府", "院"),
            {f"(?<={full})委$": "委员会" for full in duties.values()}
            | {f"(?<={full})办$": "办公室" for full in duties.values()}
            | {f"{one}$": full for one, full in written["bodies"].items()},
        ),
    )
    return tuple((ends, _alternatives(table), _groups(table)) for ends, table in tables)


def _alternatives(table: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<g{number}>{short})" for number, short in enumerate(table)))


def _groups(table: Mapping[str, str]) -> dict[str, str]:
    return {f"g{number}": full for number, full in enumerate(table.values())}


@cache
def _itself() -> frozenset[str]:
    return frozenset(resources.definition(_WORDS)["itself"])


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
