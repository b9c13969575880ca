"""Posts: the names in a text with the title and the body that stand beside them.

The analyser proposes names; a title before or behind, what the next words say its bearer does, or a byline
bears one out. A name that is borne out once is found wherever else the text has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import rjieba

from haihe.boards.reader.lexing import Stretch, either, sound
from haihe.boards.reader.records import PostMention
from haihe.kit import resources

Extent = tuple[int, int]

_TITLE_REACH = 90  # characters before a name within which its titles stand
_TITLE_MAX = 16  # characters from a body's name to the end of a title
_WORDS_MAX = 5
_NAMES_MAX = 5_000  # different names that are looked for in the whole of a text
_WINDOW = 8  # characters around a short name that tell whether it is a word
_SPACE = " \t\u3000\xa0"
_GAP = re.compile(rf"[{_SPACE}]{{0,4}}")
_FOREIGN = re.compile(r"[\u4e00-\u9fff]{1,8}(?:[·•‧・][\u4e00-\u9fffA-Z]{1,10})+")
_DOTS = re.compile(r"[\u4e00-\u9fffA-Z](?:[·•‧・][\u4e00-\u9fffA-Z]+?)*[·•‧・][\u4e00-\u9fffA-Z]")
_HAN = re.compile("[\u4e00-\u9fff]+")
_MARK = re.compile(r"[，,、；;：:。（）()“”‘’《》\s■▶●◆▲△▼◎【】]")
_JOINS = re.compile(r"[、，,]|兼|兼任|、兼|及|和")
_FREE = re.compile(rf"{_MARK.pattern}|[和与同以向对受由等是把将在]")
_LISTED = re.compile(r"[、\s]")
_BRACKET = re.compile(r"[（(]([^（()）]{2,30})[）)]")
_STRAY = "说称任等在为是已也将就曾并从向对到来去率赴摄带被把给让还又都则即同从以于的了着过"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible name in a text, whether its surroundings bear it out, and its title and body."""

    start: int
    end: int
    sure: bool
    title: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The compiled patterns of params/titles.yaml."""

    head: re.Pattern[str]
    ends: re.Pattern[str]
    press: re.Pattern[str]
    signed: re.Pattern[str]
    byline: re.Pattern[str]
    behind: re.Pattern[str]
    does: re.Pattern[str]
    doctrine: re.Pattern[str]
    caption: re.Pattern[str]
    captions: dict[str, str]
    bodies: dict[str, str]
    bodies_of_places: dict[str, str]
    name: re.Pattern[str]


@cache
def _grammar() -> _Grammar:
    params = resources.definition("boards/reader/params/titles.yaml")
    surname = _surname(params)
    heads, press = either(params["heads"]), either(params["press"])
    spaced = rf"{surname}(?:[\u3000 ]{{1,2}}[\u4e00-\u9fff]|[\u4e00-\u9fff]{{1,2}})(?![\u4e00-\u9fff])"
    posted = rf"(?P<own>{either(params['press_org'])})?(?P<title>{press})"
    return _Grammar(
        head=re.compile(heads),
        ends=re.compile(rf".*(?:{heads}|{press})$", re.DOTALL),
        press=re.compile(posted),
        signed=re.compile(spaced),
        byline=re.compile(rf"{posted}[:：{_SPACE}]+(?P<names>{spaced}(?:[{_SPACE}、]+(?!{press}){spaced})*)"),
        behind=re.compile(either(params["behind"])),
        does=re.compile(rf"(?:[{_SPACE}]?{either(params['does'])})"),
        doctrine=re.compile(either(params["doctrines"])),
        caption=re.compile(rf"[{_SPACE}/／]{{0,2}}({either(params['captions'])})(?=[{_SPACE}）)\r\n。]|\Z)"),
        captions=params["captions"],
        bodies=params["bodies"],
        bodies_of_places=params["bodies_of_places"],
        name=re.compile(rf"{surname}[\u4e00-\u9fff]{{1,2}}"),
    )


@cache
def cue() -> str:
    """A pattern of what a clause must hold to name a post: a name beside a title, a deed or other names."""
    params = resources.definition("boards/reader/params/titles.yaml")
    name = rf"{_surname(params)}[\u4e00-\u9fff]{{1,2}}"
    title = either([*params["heads"], *params["press"]])
    then = either([*params["does"], *params["behind"], *params["doctrines"]])
    behind = rf"{then}|[（(:：]|[{_SPACE}/／]{either(params['captions'])}|(?:[、{_SPACE}]{name}){{2}}"
    return rf"{title}[{_SPACE}:：]{{0,3}}{_surname(params)}|{name}(?:{behind})|[·•‧・]"


def _surname(params: Any) -> str:
    return f"(?:{either(params['compound'])}|[{params['surnames']}])"


def candidates_in(text: str, stretch: Stretch, organisations: Iterable[Extent]) -> list[Candidate]:
    """The possible names of a stretch, given the spans of the organisations in it."""
    bodies = tuple(organisations)
    bylines = {(one.start, one.end): one for one in _bylines(text, stretch)}
    found: list[Candidate] = []
    for start, end in sorted({*_proposed(text, stretch), *_titled(text, stretch), *bylines}):
        if any(body[0] < end and start < body[1] for body in bodies):
            continue
        one = bylines.get((start, end)) or _candidate(text, stretch, (start, end), bodies)
        if found and _LISTED.fullmatch(text, found[-1].end, start):
            found[-1], one = _side_by_side(text, found[-1], one)
        found.append(one)
    return found


def _side_by_side(text: str, first: Candidate, second: Candidate) -> tuple[Candidate, Candidate]:
    """Two names in a row: each bears the other out, and a post of the press goes on to the next."""
    if first.sure and not second.sure and _grammar().press.fullmatch(first.title or ""):
        return first, replace(first, start=second.start, end=second.end)
    alike = all(_grammar().name.fullmatch(text, one.start, one.end) for one in (first, second))
    return replace(first, sure=first.sure or alike), replace(second, sure=second.sure or first.sure or alike)


def _proposed(text: str, stretch: Stretch) -> Iterator[Extent]:
    """What the analyser takes for a name, put right at its end, and names with a middle dot."""
    for match in _DOTS.finditer(text, stretch.start, stretch.end):
        first, last = stretch.at(match.start()), stretch.at(match.end() - 1)
        start, end = stretch.words[first].start, stretch.words[last].end
        names = any(word.tag == "PER" for word in stretch.words[first : last + 1])
        if names and _FOREIGN.fullmatch(text, start, end):
            yield start, end
    for index, word in enumerate(stretch.words):
        if word.tag == "PER" and _HAN.fullmatch(text, word.start, word.end):
            yield word.start, _completed(text, stretch, index)


def _completed(text: str, stretch: Stretch, index: int) -> int:
    """The end of a name of which the analyser cut off the last character (元英|进, 卜显|和|出席)."""
    words, word = stretch.words, stretch.words[index]
    if word.end - word.start != 2 or index + 1 == len(words):
        return word.end
    rest = words[index + 1]
    said = text[rest.start : rest.end]
    if (
        len(said) != 1
        or not _HAN.fullmatch(said)
        or said in _STRAY
        or not _grammar().name.match(text, word.start)
    ):
        return word.end
    then = words[index + 2] if index + 2 < len(words) else None
    if _grammar().behind.match(text, rest.end):
        return rest.end
    closed = then is None or then.tag == "w" or (then.tag in {"v", "vd"} and then.end - then.start > 1)
    if said in "和与及":
        closed = then is not None and then.tag == "v" and then.end - then.start > 1
    return rest.end if closed else word.end


def _titled(text: str, stretch: Stretch) -> Iterator[Extent]:
    """Names directly behind a title that the analyser took for other words."""
    grammar = _grammar()
    for title in grammar.head.finditer(text, stretch.start, stretch.end):
        index = stretch.starts.get(title.end())
        if index is None or stretch.words[index].tag == "PER":
            continue
        for end in (title.end() + 3, title.end() + 2):
            if end not in stretch.ends or not grammar.name.fullmatch(text, title.end(), end):
                continue
            after = text[end : end + 1]
            tagged = rjieba.tag(text[title.end() : end], True)
            if (
                len(tagged) == 1
                and tagged[0][1] == "nr"
                and (not after or _MARK.match(after) or grammar.does.match(text, end))
            ):
                yield title.end(), end
                break


def _bylines(text: str, stretch: Stretch) -> Iterator[Candidate]:
    """The names behind 记者 and its like, several in a row: 本报记者 徐丽 孟若冰."""
    grammar = _grammar()
    for byline in grammar.byline.finditer(text, stretch.start, stretch.end):
        for name in grammar.signed.finditer(text, *byline.span("names")):
            yield Candidate(*name.span(), True, byline["title"], byline["own"])


def _candidate(text: str, stretch: Stretch, name: Extent, bodies: tuple[Extent, ...]) -> Candidate:
    """A name with what stands before and behind it."""
    grammar, (start, end) = _grammar(), name
    title, organisation = _before(text, stretch, start, bodies)
    if grammar.doctrine.match(text, end):
        return Candidate(start, end, True)
    if title is None:
        title, organisation = _behind(text, end)
    if title is None and (caption := grammar.caption.match(text, end)):
        title = grammar.captions[caption[1]]
        organisation = next((text[slice(*body)] for body in bodies if body[1] == start), None)
    says = bool(grammar.does.match(text, end)) or (
        text.startswith((":", "："), end) and (start == 0 or bool(_MARK.match(text, start - 1)))
    )
    sure = title is not None or says or "·" in text[start:end]
    return Candidate(start, end, sure, title, organisation)


def _behind(text: str, end: int) -> tuple[str | None, str | None]:
    """The title directly behind a name or in brackets behind it: 刘东志（党委书记）."""
    grammar = _grammar()
    if behind := grammar.behind.match(text, end):
        return behind[0], grammar.bodies.get(behind[0])
    bracket = _BRACKET.match(text, end)
    if bracket and grammar.ends.match(bracket[1]):
        return bracket[1], None
    return None, None


def _before(
    text: str, stretch: Stretch, start: int, bodies: tuple[Extent, ...]
) -> tuple[str | None, str | None]:
    """The title before a name, several joined by 、 or a comma, and the bodies in it joined by ;.

    A title that begins with its only body goes without it (市委组织部 | 副部长).
    """
    end = start
    while end > stretch.start and text[end - 1] in _SPACE:
        end -= 1
    first = _part(text, stretch, end, bodies)
    if first is None or start - end > 4:
        return None, None
    while (
        start - first < _TITLE_REACH
        and (mark := _JOINS.fullmatch(text, first - 1, first))
        and first - 1 > stretch.start
    ):
        before = _part(text, stretch, mark.start(), bodies)
        if before is None or _named(stretch, mark.start()):
            break
        if mark[0] in "，," and before > stretch.start and not _MARK.match(text, before - 1):
            break
        first = before
    return _told(text, stretch, (first, end), bodies)


def _named(stretch: Stretch, end: int) -> bool:
    """Whether a name ends at a place."""
    return end in stretch.ends and stretch.words[stretch.ends[end]].tag == "PER"


def _part(text: str, stretch: Stretch, end: int, bodies: tuple[Extent, ...]) -> int | None:
    """Where the one title that ends at a place begins, with its body; None where there is none."""
    window = text[max(stretch.start, end - _TITLE_MAX) : end]
    if not _grammar().ends.match(window):
        return None
    near = [body for body in bodies if body[1] <= end and end - body[1] <= _TITLE_MAX]
    if near and not _MARK.search(text[near[-1][1] : end]) and not _says(text, stretch, near[-1][1], end):
        first = near[-1][0]
        for body in reversed(near[:-1]):
            first = body[0] if body[1] == first else first
        return first
    index = stretch.ends.get(end)
    if index is None:
        return None
    first = index
    while (
        first > 0
        and index - first < _WORDS_MAX
        and stretch.words[first - 1].tag in {"n", "nz", "vn", "LOC", "ORG", "a"}
    ):
        first -= 1
    return stretch.words[first].start


def _says(text: str, stretch: Stretch, start: int, end: int) -> bool:
    """Whether more than a title stands between two places: a name, or a verb and its object."""
    between = [word for word in stretch.words if start <= word.start and word.end <= end]
    return any(
        word.tag == "PER" or (word.tag == "v" and _grammar().does.match(text, word.start)) for word in between
    )


def _told(text: str, stretch: Stretch, extent: Extent, bodies: tuple[Extent, ...]) -> tuple[str, str | None]:
    """A stretch of titles as a title and its bodies."""
    start, end = extent
    title = text[start:end]
    press = _grammar().press.fullmatch(title)
    if press:
        return press["title"], press["own"]
    inside = [text[slice(*body)] for body in bodies if start <= body[0] and body[1] <= end]
    if len(inside) == 1 and title.startswith(inside[0]):
        return title[len(inside[0]) :].strip(_SPACE), inside[0]
    if inside:
        return title, ";".join(dict.fromkeys(inside))
    last = start
    while last in stretch.starts and stretch.words[stretch.starts[last]].tag == "LOC":
        last = stretch.words[stretch.starts[last]].end
    if start < last < end:
        of_place = _grammar().bodies_of_places.items()
        body = next((body for office, body in of_place if title.endswith(office)), "")
        return text[last:end], text[start:last] + body
    return title, _grammar().bodies.get(title)


def mentions_of(text: str, candidates: Iterable[Candidate]) -> tuple[PostMention, ...]:
    """The mentions among the candidates of a whole text, in order and apart."""
    listed = sorted(candidates, key=lambda one: (one.start, -one.end))
    sure = {text[one.start : one.end] for one in listed if one.sure}
    kept: list[Candidate] = []
    for one in _everywhere(text, sure, listed):
        borne = one.sure or text[one.start : one.end] in sure or _plain(text, one)
        if borne and (not kept or one.start >= kept[-1].end):
            kept.append(one)
    return tuple(
        PostMention(
            one.start,
            one.end,
            text[one.start : one.end],
            re.sub(r"\s", "", text[one.start : one.end]),
            one.title,
            one.organisation,
        )
        for one in kept
    )


def _plain(text: str, one: Candidate) -> bool:
    """Whether a name that nothing bears out is one by its form and stands free on a side."""
    name = text[one.start : one.end]
    if len(name) != 3 or not _grammar().name.fullmatch(name):
        return False
    free = one.start == 0 or bool(_FREE.match(text, one.start - 1)) or bool(_FREE.match(text, one.end))
    tagged = rjieba.tag(name, True)
    return free and len(tagged) == 1 and tagged[0][1] == "nr"


def _everywhere(text: str, sure: set[str], listed: list[Candidate]) -> list[Candidate]:
    """The candidates, and wherever else a name that is borne out stands, a short one only as a word."""
    names = sorted(sure, key=lambda name: (-len(name), name))[:_NAMES_MAX]
    if not names:
        return listed
    known = {(one.start, one.end) for one in listed}
    added = [
        Candidate(start, end, True)
        for start, end in (match.span() for match in re.finditer(either(names), text))
        if (start, end) not in known and (end - start > 2 or _word(text, start, end))
    ]
    return sorted([*listed, *added], key=lambda one: (one.start, -one.end))


def _word(text: str, start: int, end: int) -> bool:
    """Whether a name of two characters is a word where it stands, at most with a preposition at its end."""
    first = max(0, start - _WINDOW)
    for word, begun, _ in rjieba.tokenize(sound(text[first : end + _WINDOW])):
        if begun == start - first:
            return word[:2] == text[start:end] and (len(word) == 2 or (len(word) == 3 and word[2] in _STRAY))
    return False
