"""Places: units, regions, parks, ports and lines that a text names, with their codes.

A name in full, or a province's or city's short one, stands by itself; a county's short one (武清) needs
support: its province or city is named in the text, directly before it, or beside it in a list. A place at the
head of an organisation's name (天津大学) is part of that name and no place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from haihe.boards.reader.records import Alias, PlaceMention, Unit
from haihe.kit import resources

_HAN = "\u4e00-\u9fff"
_PUNCTUATION = "，。；：、！？,.;:!?（）()“”‘’\"'《》〈〉—…·~～ \t\n\r\u3000"
_STREET = re.compile(rf"[{_HAN}]{{2,5}}?(?:大街|大道|(?:路|街)(?=\d{{1,4}}号))")
_COUNTED = r"[0-9一二两三四五六七八九十百千][0-9一二三四五六七八九十百千余多]*[所家个名位项]"
_BRANCHED = ("大学", "学院", "中心", "研究院", "医院", "集团")
_BRACKETED = re.compile(r"[）)]")
_RUN_MAX = 4


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """An index of place names: what each may name and which need support.

    `lengths` holds the lengths of the names that begin with two characters, the longest first; `pairs` are
    those two characters as sorted numbers; `lines` finds names such as 津兴城际 and runs such as 京津冀.
    """

    names: Mapping[str, tuple[Alias, ...]]
    supported: frozenset[str]
    units: Mapping[str, Unit]
    lengths: Mapping[str, tuple[int, ...]]
    pairs: NDArray[np.uint64]
    lines: re.Pattern[str]

    def holds(self, above: str, below: str) -> bool:
        """Whether one unit lies in another, by their codes."""
        return above in self.above(below)

    def above(self, code: str | None) -> tuple[str, ...]:
        """The codes of the units that a unit lies in, the nearest first."""
        unit = self.units.get(code or "")
        parent = unit.parent if unit else None
        return (parent, *self.above(parent)) if parent else ()


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The compiled patterns of params/places.yaml."""

    facility: re.Pattern[str]
    types: dict[str, str]
    organisation: re.Pattern[str]
    joint: re.Pattern[str]
    breaks: re.Pattern[str]
    joined: re.Pattern[str]
    before: frozenset[str]
    after: frozenset[str]
    appellation: re.Pattern[str]


@dataclass(slots=True)
class _Hit:
    """A name found in a text, what it may name, and what was chosen."""

    start: int
    end: int
    options: tuple[Alias, ...]
    chosen: Alias | None = None


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _params() -> Any:
    return resources.definition("boards/reader/params/places.yaml")


def _tails(tails: Iterable[str], after: Mapping[str, str], before: Mapping[str, str]) -> str:
    """One of the tails, longest first, never where its neighbours make it another word."""
    return "|".join(
        (f"(?<![{before[tail]}])" if tail in before else "")
        + re.escape(tail)
        + (f"(?![{after[tail]}])" if tail in after else "")
        for tail in sorted(tails, key=len, reverse=True)
    )


@cache
def _grammar() -> _Grammar:
    params = _params()
    types = {tail: kind for kind, tails in params["tails"].items() for tail in tails}
    run = f"[{''.join(params['abbreviations'])}]{{2,3}}"
    bodies, wrong = params["organisations"], params["not_a_tail"]
    between = rf"(?P<between>[^{re.escape(_PUNCTUATION)}]{{0,16}}?)"
    joint = set(bodies["anywhere"]) - set(params["not_of_regions"])
    return _Grammar(
        facility=re.compile(
            rf"(?:[—\-·]?(?:{_either(params['modifiers'])}|{run})){{0,5}}?"
            rf"({_tails(types, params['not_after_tail'], {})})"
        ),
        types=types,
        organisation=re.compile(
            rf"(?:{_either(bodies['directly'])})|{between}(?:{_tails(bodies['anywhere'], {}, wrong)})"
        ),
        joint=re.compile(rf"{between}(?:{_tails(joint, {}, wrong)})"),
        breaks=re.compile(rf"{_either(params['breaks'])}|{_COUNTED}"),
        joined=re.compile(_either(params["joined"])),
        before=frozenset(params["single"]["before"]),
        after=frozenset(params["single"]["after"]),
        appellation=re.compile(rf"(?:{_either(params['titles'])})[{params['surnames']}]$"),
    )


def aliases() -> tuple[Alias, ...]:
    """The regions and areas of params/places.yaml that are no unit of GB/T 2260."""
    return tuple(
        Alias(
            name,
            region.get("canonical", region["names"][0]),
            region["type"],
            unit=region.get("unit"),
            members=tuple(region.get("members", ())),
        )
        for region in _params()["regions"]
        for name in region["names"]
    )


def gazetteer_of(units: Iterable[Sequence[Any]], further: Iterable[Alias] = ()) -> Gazetteer:
    """The index of units given as (adcode, name, level, parent) and of aliases beside the known ones.

    Levels are province, city and county; an alias takes the place of a unit of the same name.
    """
    listed = [Unit(*unit) for unit in units]
    words = frozenset(_params()["words"])
    names: dict[str, list[Alias]] = {}
    supported: set[str] = set()
    provinces = {_short(unit.name) for unit in listed if unit.level == "province"}
    for unit in sorted(listed, key=lambda unit: unit.adcode):
        taken = words if unit.level == "province" else words | provinces
        for surface in {unit.name} | ({_short(unit.name), _middle(unit.name)} - taken):
            if len(surface) < 2 or (len(surface) == 2 and surface.endswith("区")):
                continue
            names.setdefault(surface, []).append(Alias(surface, unit.name, "admin", unit.adcode, unit.adcode))
            if unit.level not in {"province", "city"} and (
                surface == _short(unit.name) or _short(unit.name) in words
            ):
                supported.add(surface)
    supported -= {unit.name for unit in listed if unit.level in {"province", "city"}}
    supported -= {_short(unit.name) for unit in listed if unit.level in {"province", "city"}}
    for alias in (*aliases(), *further):
        if len(alias.name) > 1:
            names[alias.name] = [alias]
            supported.discard(alias.name)
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[:2], set()).add(len(name))
    return Gazetteer(
        {name: tuple(options) for name, options in names.items()},
        frozenset(supported),
        {unit.adcode: unit for unit in listed},
        {pair: tuple(sorted(found, reverse=True)) for pair, found in lengths.items()},
        np.sort(_pairs("".join(lengths))[::2]),
        _lines({letter for name in names for letter in name}),
    )


def _pairs(text: str) -> NDArray[np.uint64]:
    """Each two neighbouring characters of a text as one number."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    return (letters[:-1] << np.uint64(32)) | letters[1:]


def _lines(letters: Iterable[str]) -> re.Pattern[str]:
    params = _params()
    short = "".join(params["abbreviations"])
    line = rf"[{short}][{''.join(sorted({*letters, *short}))}]{{1,2}}(?:{_either(params['lines'])})"
    return re.compile(rf"(?P<line>{line})|[{short}]{{1,{_RUN_MAX}}}")


@cache
def _rank() -> re.Pattern[str]:
    """A unit's name: its own, then its peoples and the word for its rank."""
    peoples = [f"{people}族" for people in _params()["peoples"]]
    peoples += [people for people in _params()["peoples"] if len(people) > 1]
    return re.compile(
        rf"(.{{2,}}?)(?:(?:{_either(peoples)})*自治([州县旗区])|(特别行政区|地区|林区|特区|新区|[省市县区旗盟]))"
    )


def _stem(name: str) -> tuple[str, str]:
    """A unit's name without its peoples and the word for its rank, and that word.

    >>> _stem("大厂回族自治县"), _stem("内蒙古自治区"), _stem("滨海新区"), _stem("北京市")
    (('大厂', '县'), ('内蒙古', '区'), ('滨海', '新区'), ('北京', '市'))
    """
    found = _rank().fullmatch(name)
    return (found[1], found[2] or found[3]) if found else (name, "")


def _short(name: str) -> str:
    return _stem(name)[0]


def _middle(name: str) -> str:
    """The short name with its rank, where the full one has more (大厂县, 恩施州)."""
    stem, rank = _stem(name)
    return stem + rank if "自治" in name and rank != "区" else name


def places_of(text: str, gazetteer: Gazetteer) -> tuple[PlaceMention, ...]:
    """Every place that a text names, in order; 北京市通州区 is two, 河北雄安新区 one."""
    hits = _hits(text, gazetteer)
    _choose(text, hits, gazetteer)
    found: list[PlaceMention] = []
    for hit, after in zip_longest(hits, hits[1:]):
        if hit.chosen is None or (found and hit.start < found[-1].end):
            continue
        mention = _facility(text, hit, after) or _mention(text, hit.start, hit.end, hit.chosen)
        if mention is not None:
            found.append(mention)
            if mention.adcode and (street := _STREET.match(text, mention.end)):
                found.append(PlaceMention(*street.span(), street[0], street[0], "street"))
    return tuple(found)


def _hits(text: str, gazetteer: Gazetteer) -> list[_Hit]:
    """Every name, line and run of abbreviations, leftmost and longest, without overlap."""
    spans: list[tuple[int, int, tuple[Alias, ...]]] = []
    for match in gazetteer.lines.finditer(text):
        option = Alias(match[0], match[0], "rail_line") if match["line"] else _run(text, match, gazetteer)
        if option:
            spans.append((*match.span(), (option,)))
    pairs = _pairs(text)
    at = np.minimum(np.searchsorted(gazetteer.pairs, pairs), len(gazetteer.pairs) - 1)
    for start in np.flatnonzero(gazetteer.pairs[at] == pairs).tolist():
        for length in gazetteer.lengths[text[start : start + 2]]:
            name = text[start : start + length]
            if name in gazetteer.names:
                if not _is_other_word(text, start, name):
                    spans.append((start, start + len(name), gazetteer.names[name]))
                break
    hits: list[_Hit] = []
    for start, end, options in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not hits or start >= hits[-1].end:
            hits.append(_Hit(start, end, options))
    return hits


def _is_other_word(text: str, start: int, name: str) -> bool:
    """Whether a name is part of another word (出海口) or of a person's name (董事长田金昌)."""
    before, after = text[max(0, start - 6) : start], text[start + len(name) : start + len(name) + 1]
    blocked = (before and before[-1] in _params()["not_after"].get(name, "")) or (
        after and after in _params()["not_before"].get(name, "")
    )
    return bool(blocked or _grammar().appellation.search(before))


def _run(text: str, match: re.Match[str], gazetteer: Gazetteer) -> Alias | None:
    """A run of abbreviations as a region (京津冀); one alone where its neighbours say so (在津落地)."""
    codes = tuple(_params()["abbreviations"][letter] for letter in match[0])
    if len(codes) > 1:
        return Alias(match[0], match[0], "region", members=codes) if len(set(codes)) == len(codes) else None
    grammar, after = _grammar(), text[match.end() : match.end() + 1]
    placed = text[max(0, match.start() - 1) : match.start()] in grammar.before
    if placed and (not after or after in _PUNCTUATION or after in grammar.after):
        unit = gazetteer.units.get(codes[0])
        return Alias(match[0], unit.name if unit else match[0], "admin", codes[0], codes[0])
    return None


def _choose(text: str, hits: Sequence[_Hit], gazetteer: Gazetteer) -> None:
    """Settle what each hit names; one that lacks support stays without a choice.

    What is settled is evidence for the rest, so the hits are gone through twice.
    """
    evidence: Counter[str] = Counter()
    known: set[str] = set()
    for hit in hits:
        if len(hit.options) == 1 and text[hit.start : hit.end] not in gazetteer.supported:
            evidence.update(_codes(hit.options[0], gazetteer))
    for _ in range(2):
        for index, hit in enumerate(hits):
            if hit.chosen is None:
                before, after = hits[index - 1] if index else None, hits[index + 1 : index + 2]
                hit.chosen = _beside(hit, before, gazetteer) or _listed(text, hit, [before, *after])
                known.update([hit.chosen.canonical] if hit.chosen else [])
                hit.chosen = hit.chosen or _likely(text[hit.start : hit.end], hit, evidence, known, gazetteer)
                evidence.update(_codes(hit.chosen, gazetteer) if hit.chosen else ())


def _codes(alias: Alias, gazetteer: Gazetteer) -> list[str]:
    """The units that a mention speaks for: its own, its members, and those above."""
    own = [code for code in (alias.adcode, *alias.members) if code]
    return own + [above for code in own for above in gazetteer.above(code)]


def _beside(hit: _Hit, before: _Hit | None, gazetteer: Gazetteer) -> Alias | None:
    """The option that lies in the unit named directly before (河北省三河)."""
    if before is None or before.chosen is None or before.end != hit.start or not before.chosen.adcode:
        return None
    above = before.chosen.adcode
    return next(
        (option for option in hit.options if option.adcode and gazetteer.holds(above, option.adcode)), None
    )


def _listed(text: str, hit: _Hit, neighbours: Iterable[_Hit | None]) -> Alias | None:
    """The one option of a hit in a list with a settled place (绍兴、江阴)."""
    for other in neighbours:
        if other and other.chosen and text[min(hit.end, other.end) : max(hit.start, other.start)] == "、":
            return hit.options[0] if len(hit.options) == 1 else None
    return None


def _likely(
    surface: str, hit: _Hit, evidence: Counter[str], known: set[str], gazetteer: Gazetteer
) -> Alias | None:
    """The option that the rest of the text speaks for; without any, a full name stays but has no code."""
    supported = surface in gazetteer.supported
    if supported and surface in _params()["cautious"]:
        return next((option for option in hit.options if option.canonical in known), None)
    if len(hit.options) == 1 and not supported:
        return hit.options[0]
    scores = {
        option: sum(evidence[code] for code in gazetteer.above(option.adcode)) for option in hit.options
    }
    best = max(scores.values())
    likely = [option for option, score in scores.items() if score == best]
    if best and (len(likely) == 1 or supported):
        return likely[0] if len(likely) == 1 else None
    if supported:
        return None
    high = [option for option in hit.options if option.adcode and option.adcode.endswith("00")]
    return min(high, key=lambda option: option.adcode or "") if high else Alias(surface, surface, "admin")


def _facility(text: str, hit: _Hit, after: _Hit | None) -> PlaceMention | None:
    """The airport or park that two short names in a row begin (北京大兴国际机场), or None."""
    if (
        after is None
        or after.start != hit.end
        or text[hit.end - 1] in "省市县区"
        or text[after.end - 1] in "省市县区"
    ):
        return None
    tail = _grammar().facility.match(text, after.end)
    if tail is None or _heads_organisation(text, tail.end(), joint=False):
        return None
    name = text[hit.start : tail.end()]
    return PlaceMention(hit.start, tail.end(), name, name, _grammar().types[tail[1]])


def _mention(text: str, start: int, end: int, alias: Alias) -> PlaceMention | None:
    """The mention of a settled place or of the park named after it; None where it heads an organisation."""
    grammar = _grammar()
    if _BRACKETED.match(text, end) and _in_name(text, start, end):
        return None
    narrow = len(alias.members) <= 2 or alias.type != "region"
    facility = grammar.facility.match(text, end) if narrow and alias.type != "rail_line" else None
    if _heads_organisation(text, facility.end() if facility else end, joint=alias.type == "region"):
        return None
    if facility:
        end = facility.end()
        return PlaceMention(start, end, text[start:end], text[start:end], grammar.types[facility[1]])
    return PlaceMention(
        start, end, text[start:end], alias.canonical, alias.type, alias.adcode, alias.unit, alias.members
    )


def _in_name(text: str, start: int, end: int) -> bool:
    """Whether a place in brackets is part of a name: 中国地质大学（北京）, 某某（浙江）有限公司."""
    if start == 0 or text[start - 1] not in "（(":
        return False
    return text.endswith(_BRANCHED, 0, start - 1) or _heads_organisation(text, end + 1, joint=False)


def _heads_organisation(text: str, end: int, *, joint: bool) -> bool:
    """Whether the name of an organisation goes on after a place (天津大学, 北京市科委)."""
    grammar = _grammar()
    body = (grammar.joint if joint else grammar.organisation).match(text, end)
    if body is None:
        return False
    between = grammar.joined.sub("", body["between"] or "")
    return not grammar.breaks.search(between) and ("和" not in between or body[0].endswith("公司"))
