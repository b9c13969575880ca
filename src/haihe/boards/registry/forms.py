"""A name of an organisation as its parts: place, brand, trade, legal form, branch, in the order written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import rjieba

from haihe.boards.registry.lexicon import COUNTRY, PLACE_HEADS, Class, Kind, Lexicon, Word, split
from haihe.boards.registry.places import PlaceIndex, line_of
from haihe.boards.registry.spelling import spelling_of
from haihe.kit import resources

_LATIN = re.compile(r"[a-z0-9&]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
RANKS = "我本省市区县"
"""What a name begins with that says the rank of its place instead of its name."""

_RANK = re.compile(r"^[我本]?([省市区县])(?=[^场域块委])")
_ORDINAL = re.compile(
    r"第([一二三四五六七八九十百零]{1,8})"
    r"|(?<![零一二三四五六七八九十亿])([一二三四五六七八九十]{1,2})(?=中心医院|医院|附属|附院|院|中学|中$|小学|公局|航局|局|中心)"
)
_SPECIFIC: frozenset[Class] = frozenset({"brand", "trade", "discipline", "ordinal"})
_BRAND_LONG = 4
_BODIES = ("管理处", "办事处")
_SCHOOLS = ("中学", "小学", "学校", "幼儿园")
_FIRMS = ("分公司", "分行", "支行", "分店", "分厂")
_CLOSING: frozenset[Class] = frozenset({"head", "legal", "group"})
_STATE = ("国家", "全国")
_EVERYWHERE: frozenset[Kind] = frozenset({"government", "park", "hospital"})


@dataclass(frozen=True, slots=True)
class Form:
    """A name in parts.

    `words` are those that say who is meant, without legal form and branch; `content` is what of them is
    neither place nor filler, run together. `adcodes` are what its own place may be, `region` the place of its
    context, `above` and `region_above` each with what lies above it; `branch` is a part that is not the body
    itself, `branch_adcodes` where that part is; `ranked` says that it began with the rank of its place (市).
    """

    written: str
    words: tuple[Word, ...] = ()
    content: str = ""
    kind: Kind | None = None
    adcodes: frozenset[str] = frozenset()
    region: str | None = None
    above: frozenset[str] = frozenset()
    region_above: frozenset[str] = frozenset()
    legal: str = ""
    group: bool = False
    ordinals: tuple[str, ...] = ()
    branch: str = ""
    branch_adcodes: frozenset[str] = frozenset()
    latin: tuple[str, ...] = ()
    stock: str | None = None
    former: tuple[str, ...] = ()
    ranked: bool = False

    @property
    def branded(self) -> bool:
        """Whether it has a brand (字号)."""
        return any(word.does == "brand" for word in self.words)

    @property
    def anchored(self) -> bool:
        """Whether it means somebody even without a place: it has a brand or is of the whole country."""
        return bool(self.latin) or self.branded or self.nationwide

    @property
    def nationwide(self) -> bool:
        """Whether it says that it is of the whole country (中国银行, 国家发展改革委)."""
        state = self.kind == "government" and self.words[0].text in _STATE if self.words else False
        return state or any(word.text == COUNTRY for word in self.words)

    @property
    def local(self) -> bool:
        """Whether any place may have a body of its kind, so that the name alone says little (工信局)."""
        return self.ranked or self.kind in _EVERYWHERE

    @property
    def placeless(self) -> bool:
        """Whether it may mean bodies of several places and nothing says of which place it is."""
        if self.kind == "company" or len(self.adcodes) == 1 or (self.region and not self.ranked):
            return False
        telling = sum(word.does in _SPECIFIC for word in self.words)
        return self.ranked or (not self.anchored and (self.local or telling < 2))


def form_of(lexicon: Lexicon, written: str, region: str | None = None) -> Form:
    """The parts of a name that was found in the context of a place (adcode or name).

    A name that leaves its place out but says its rank (市工信局) takes the place of that rank above its
    context.
    """
    spelling = spelling_of(written)
    seats = [seat for seat in spelling.seats if seat in lexicon.place_names]
    text = spelling.text
    for seat in seats:
        text = text.replace(f"\0{seat}\0", "")
    text = text.replace("\0", "")
    context = _adcode(lexicon, region)
    if not _HAN.search(text):
        latin = tuple(_LATIN.findall(text))
        over = _above(lexicon, context or "")
        group = "group" in latin
        return Form(
            written, latin=latin, group=group, region=context, region_above=over, stock=spelling.stock
        )
    text, own, ranked = _own_place(lexicon, text, context)
    context = None if ranked and not own else context
    words = _nested(lexicon, _words(lexicon, text))
    if words and words[-1].does == "head" and lexicon.kinds[words[-1].text] != "company":
        words = _studied(words)
    else:
        words = _traded(_named(lexicon, words))
    main, branch = _parted(lexicon, words, text)
    legal = [lexicon.legal[word.text] for word in main if word.does == "legal"]
    kept = tuple(word for word in main if word.does not in ("legal", "group"))
    places = [word.text for word in main[: _prefix(main)] if word.does == "place"]
    adcodes = own or _adcodes(lexicon, places or seats, context)
    closing = max(
        (at for at, word in enumerate(main) if word.does in _SPECIFIC or word.does == "head"), default=0
    )
    return Form(
        written,
        kept,
        "".join(word.text for word in kept if word.does in _SPECIFIC or word.does == "head"),
        _kind(lexicon, main, branch),
        adcodes,
        context,
        frozenset().union(*(_above(lexicon, code) for code in adcodes)),
        _above(lexicon, context or ""),
        legal[-1] if legal else "",
        any(word.does == "group" for word in main[closing:]),
        tuple(word.text for word in kept if word.does == "ordinal"),
        "".join(word.text for word in branch if word.does in _SPECIFIC),
        _adcodes(lexicon, [word.text for word in branch if word.does == "place"], context),
        stock=spelling.stock,
        former=spelling.former,
        ranked=ranked,
    )


def _kind(lexicon: Lexicon, main: Sequence[Word], branch: Sequence[Word]) -> Kind | None:
    """What kind of body a name says it is; None where it leaves that open."""
    if any(word.does in ("legal", "group") for word in main) or (branch and branch[-1].text in _FIRMS):
        return "company"
    heads = [word.text for word in main if word.does == "head"]
    kind = lexicon.kinds[heads[-1]] if heads else "any"
    numbered = kind == "government" and any(word.does == "ordinal" for word in main)
    return None if kind == "any" or numbered else kind


def _own_place(lexicon: Lexicon, text: str, context: str | None) -> tuple[str, frozenset[str], bool]:
    """A name without the rank that it begins with (市, 我区), the places of that rank, and if it has one.

    They are the context or the nearest above it, or else those below it.
    """
    rank = _RANK.match(text)
    if not rank:
        return text, frozenset(), False
    line = line_of(lexicon.places, context or "")
    above = [place.adcode for place in line if place.name.endswith(rank[1])]
    own = frozenset(above[:1]) or _below(lexicon.places, context or "", rank[1])
    return text[rank.end() :], own, True


def _below(places: PlaceIndex, adcode: str, rank: str) -> frozenset[str]:
    """The places of a rank that lie in a place."""
    inside = places.under.get(adcode, ())
    ranked = (code for code in inside if places.by_code[code].name.endswith(rank))
    return frozenset(ranked).union(*(_below(places, code, rank) for code in inside))


def _words(lexicon: Lexicon, text: str) -> list[Word]:
    """The words of a name, its ordinals (第三, 一 before 局) taken out first."""
    words: list[Word] = []
    at = 0
    for found in _ORDINAL.finditer(text):
        words += [*split(lexicon, text[at : found.start()]), Word(found[1] or found[2], "ordinal")]
        at = found.end()
    return [*words, *split(lexicon, text[at:])]


def _named(lexicon: Lexicon, words: Sequence[Word]) -> list[Word]:
    """The words of a firm: the name of a county without its rank is the firm's brand (新华, 东方, 长安)."""
    found: list[Word] = []
    for word in words:
        small = word.does == "place" and word.text == lexicon.place_names[word.text]
        large = small and any(code.endswith("00") for code in lexicon.places.by_name[word.text])
        if word.does != "brand" and (large or not small):
            found.append(word)
        elif found and found[-1].does == "brand":
            found[-1] = Word(found[-1].text + word.text, "brand")
        else:
            found.append(Word(word.text, "brand"))
    return found


def _nested(lexicon: Lexicon, words: Sequence[Word]) -> list[Word]:
    """The words of a name, in front only places one inside the other (河北东方学院 is not in 东方)."""
    found: list[Word] = []
    inside: frozenset[str] = frozenset()
    front = True
    for word in words:
        front = front and (word.does == "place" or word.text == COUNTRY)
        codes = (
            frozenset(lexicon.places.by_name[word.text]) if word.does == "place" and front else frozenset()
        )
        stray = inside and codes and not any(_above(lexicon, code) & inside for code in codes)
        found.append(Word(word.text, "brand") if stray else word)
        inside = codes or inside
    return found


def _traded(words: Sequence[Word]) -> list[Word]:
    """The words of a firm: after brand and trade, what no list knows is more of its trade."""
    found: list[Word] = []
    for word in words:
        after = found and found[-1].does == "trade" and any(one.does == "brand" for one in found)
        found.append(
            Word(word.text, "trade") if after and word.does == "brand" and len(word.text) > 1 else word
        )
    return found


def _studied(words: Sequence[Word]) -> list[Word]:
    """The words of a public body, its long unknown stretches cut into the words of the language."""
    cut: list[Word] = []
    for word in words:
        if word.does == "head" and not any(one.does in _SPECIFIC or one.does == "head" for one in cut):
            cut.append(Word(word.text, "trade") if word is not words[-1] else word)
        elif word.does == "brand" and len(word.text) > _BRAND_LONG:
            parts = rjieba.cut(word.text)
            cut += [
                Word(part, "discipline" if len(part) > 1 and part is not parts[-1] else "brand")
                for part in parts
            ]
        else:
            cut.append(word)
    return cut


def _parted(lexicon: Lexicon, words: list[Word], text: str) -> tuple[list[Word], list[Word]]:
    """The words of the body, and those of a branch of it; a department is the body itself."""
    starts = [
        at + 1
        for at in range(len(words) - 1)
        if words[at].does in _CLOSING and words[at + 1].does not in _CLOSING and at
    ]
    last = starts[-1] if starts else 0
    final = words[last:]
    if last and text not in lexicon.known and _is_inner(lexicon, words[last - 1], final):
        return words[:last], []
    school = _school(words)
    if school:
        return words[:school], [Word("".join(word.text for word in words[school:]), "trade")]
    places = [
        at for at in range(1, len(words)) if words[at].does == "place" and words[at - 1].does != "place"
    ]
    for at in places:
        rest = [word for word in words[at:] if word.does != "place"]
        closed = all(word.does in ("branch", "legal") or word.text in PLACE_HEADS for word in rest)
        if closed and any(word.does != "place" for word in words[:at]):
            return words[:at], words[at:]
    if words and words[-1].does == "branch":
        at = last or len(words) - 1
        return words[:at], words[at:]
    return words, []


def _school(words: Sequence[Word]) -> int:
    """Where in the name of a university that of a school of it begins (附属中学); 0 where there is none."""
    for at in range(2, len(words)):
        if words[at].text == "附属" and words[at - 1].text != "附属" and words[-1].text in _SCHOOLS:
            return at - (words[at - 1].does == "ordinal")
    return 0


def _is_inner(lexicon: Lexicon, head: Word, final: Sequence[Word]) -> bool:
    """Whether what follows the head of a body is an inner part that acts in its name (工信局规划处)."""
    if head.text == "大学":
        return _is_department(final)
    text = "".join(word.text for word in final)
    bureau = lexicon.kinds.get(head.text) == "government"
    return bureau and text.endswith(("处", "科")) and not text.endswith(_BODIES)


def _is_department(unit: Sequence[Word]) -> bool:
    """Whether the last part of a name is an inner part of the body (教育学部, 食品学院)."""
    departments = _departments()
    text = "".join(word.text for word in unit)
    if text in departments or any(text.endswith(one) for one in ("学部", "系", "教研室")):
        return True
    taught = all(word.does in ("discipline", "trade", "generic") for word in unit[:-1])
    return len(unit) > 1 and unit[-1].text == "学院" and taught


@cache
def _departments() -> frozenset[str]:
    return frozenset(resources.definition("boards/registry/params/words.yaml")["departments"])


def _prefix(words: Sequence[Word]) -> int:
    """How many words at the beginning are places, after the country."""
    outside = (at for at, word in enumerate(words) if word.does != "place" and word.text != COUNTRY)
    return next(outside, len(words))


def _adcode(lexicon: Lexicon, region: str | None) -> str | None:
    """The adcode of a place given by adcode, name or address, of a province before its like (河北)."""
    if not region or region in lexicon.places.by_code:
        return region or None
    return _only(_adcodes(lexicon, [region], None)) or _addressed(lexicon, region)


def _only(codes: frozenset[str]) -> str | None:
    return next(iter(codes)) if len(codes) == 1 else None


def _adcodes(lexicon: Lexicon, names: Sequence[str], context: str | None) -> frozenset[str]:
    """What the last of some places one inside the other may be, by those before it and by the context."""
    found: frozenset[str] = frozenset()
    for name in names:
        codes = frozenset(lexicon.places.by_name.get(name, ()))
        inside = frozenset(code for code in codes if _above(lexicon, code) & found)
        found = inside or codes or found
    if len(found) > 1:
        provinces = frozenset(code for code in found if code.endswith("0000"))
        return provinces or _near(lexicon, found, context) or found
    return found


def _near(lexicon: Lexicon, codes: frozenset[str], context: str | None) -> frozenset[str]:
    """Those of some places nearest to a context: in one line with it, in its city, in its province."""
    if context is None:
        return frozenset()
    line = _above(lexicon, context)
    in_line = frozenset(code for code in codes if code in line or context in _above(lexicon, code))
    in_city, in_province = (
        frozenset(code for code in codes if code[:digits] == context[:digits]) for digits in (4, 2)
    )
    return in_line or in_city or in_province


def _above(lexicon: Lexicon, code: str) -> frozenset[str]:
    return frozenset(place.adcode for place in line_of(lexicon.places, code))


def place_in(lexicon: Lexicon, *written: str) -> str | None:
    """The adcode of the place that the first of some adcodes, names and addresses says that says any.

    None where all are unknown or mean several.
    """
    return next(filter(None, (_adcode(lexicon, one) for one in written)), None)


def _addressed(lexicon: Lexicon, address: str) -> str | None:
    words = split(lexicon, spelling_of(address).text.replace("\0", ""))
    names = [word.text for word in words[: _prefix(words)] if word.does == "place"]
    return _only(_adcodes(lexicon, names, None))
