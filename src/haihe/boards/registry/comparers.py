"""What two names say of whether they mean the same body: comparers, each a level with its reason.

Every comparer takes two forms and answers with one of its levels; `params/weights.yaml` says what each level
is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from haihe.boards.registry.abbreviations import Reading, corrected, reading_of, weak
from haihe.boards.registry.forms import Form
from haihe.boards.registry.lexicon import COUNTRY, Word
from haihe.boards.registry.spelling import sound_of
from haihe.boards.registry.translation import initials_of, translated
from haihe.kit.errors import N_

NUMERALS = frozenset("零一二三四五六七八九十百")
_SHORT_MAX = 0.35
_LOOSE_MAX = 0.8
_SLIGHT = 0.15
_TYPO_LENGTH_MIN = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one comparer found: its name, the level, and the reason in words."""

    comparer: str
    level: str
    reason: str


WORDS: Final = {
    "same": N_("the words of the names are the same"),
    "short": N_("one name is a usual short form of the other"),
    "brand": N_("one name is the brand of the other alone"),
    "loose": N_("one name may be a short form of the other"),
    "tail": N_("one name is the other without its beginning"),
    "sound": N_("one character differs and sounds the same"),
    "typo": N_("one character differs"),
    "head": N_("only the word for the kind of body differs"),
    "part": N_("one name lacks words that tell the other from its like"),
    "translated": N_("one name translates the other"),
    "rendered": N_("one name translates the other, in less usual words"),
    "initials": N_("one name is the initials of the other"),
    "near": N_("one name may translate the other"),
    "other": N_("the words of the names differ"),
}
PLACES: Final = {
    "same": N_("the places are the same"),
    "context": N_("the place fits the context"),
    "around": N_("the place of the office lies above the context or in it"),
    "nested": N_("one place lies in the other"),
    "unknown": N_("no place to compare"),
    "missing": N_("a name that every place has stands without its place"),
    "elsewhere": N_("the context is another place"),
    "different": N_("the places differ"),
}
KINDS: Final = {
    "same": N_("the kinds are the same"),
    "unknown": N_("one name leaves its kind open"),
    "different": N_("the kinds differ"),
}
FORMS: Final = {
    "same": N_("the legal forms are the same"),
    "open": N_("one name leaves its legal form open"),
    "changed": N_("the legal forms differ"),
    "group": N_("only one name says that it is a group"),
    "parent": N_("one is a group, the other a stock company"),
}
BRANCHES: Final = {
    "none": N_("neither is a branch"),
    "same": N_("both are the same branch"),
    "prefix": N_("one name puts the place of the branch first"),
    "different": N_("one is a branch and the other is not, or of another place"),
}
ORDINALS: Final = {
    "none": N_("neither is numbered"),
    "same": N_("the numbers are the same"),
    "different": N_("the numbers differ"),
}


def words(a: Form, b: Form) -> Comparison:
    """Whether the words that say who is meant agree: whole, shortened, but for a slip, or translated."""
    level = _latin(a, b) if a.latin or b.latin else _level(a, b)
    return Comparison("words", level, WORDS[level])


def _latin(a: Form, b: Form) -> str:
    if a.latin and b.latin:
        if a.latin == b.latin:
            return "same"
        short, full = sorted((a.latin, b.latin), key=len)
        return "initials" if len(short) == 1 and short[0] in initials_of(full) else "other"
    return translated(a.latin, b) if a.latin else translated(b.latin, a)


def _level(a: Form, b: Form) -> str:
    if not (a.content and b.content):
        places = a.adcodes == b.adcodes if a.adcodes else a.written == b.written
        return "same" if a.content == b.content and places else "other"
    if a.content == b.content:
        return "same"
    short, full = sorted((a, b), key=_length)
    pairs = [(one, other) for one, other in ((short, full), (full, short)) if _may_agree(one, other)]
    if not pairs:
        return "other"
    read = [_read(found, *pair) for pair in pairs for found in _readings(*pair)]
    best = next((level for level in ("short", "loose", "tail") if level in read), None)
    if best:
        if _in_full(short, full) or _is_arm(short, full) or _is_arm(full, short):
            return "part"
        return "brand" if best == "short" and _is_brand(short, full) else best
    if _renamed(short, full) or _renamed(full, short):
        return "head"
    return _slip(*pairs[0]) or ("part" if read else "other")


def _length(form: Form) -> tuple[int, int, str]:
    return len(form.content), len(spelled(form)), form.content


def spelled(form: Form) -> str:
    """The words of a name but for its fillers, run together."""
    return "".join(word.text for word in form.words if word.does != "generic")


def _may_agree(short: Form, full: Form) -> bool:
    """Whether all characters of the shorter name but one are in the longer one: what else cannot be read."""
    held = spelled(full)
    return sum(character not in held for character in short.content) <= 1


def _readings(short: Form, full: Form) -> list[Reading]:
    """The readings of the shorter name as the longer one, without its place and, if that differs, with it."""
    texts = [short.content] if short.adcodes & full.adcodes else [short.content, spelled(short)]
    return [one for text in texts if (one := reading_of(text, full))]


def _read(reading: Reading, short: Form, full: Form) -> str:
    telling = any(word.does not in ("head", "place", "generic") for word in short.words)
    if reading.after > (_LOOSE_MAX if telling else _SLIGHT):
        return "part"
    if reading.before > _LOOSE_MAX:
        inside = any(word.does == "head" for word in full.words[:-1])
        placed = short.adcodes or any(word.text == COUNTRY for word in short.words)
        return "tail" if telling and (inside or not placed) else "part"
    return "short" if reading.before + reading.after <= _SHORT_MAX else "loose"


def _in_full(a: Form, b: Form) -> bool:
    """Whether both are whole names of firms, of which none is a short form of the other."""
    return {a.legal, b.legal} <= {"stock", "limited"}


def _is_arm(group: Form, full: Form) -> bool:
    """Whether a name with a trade is an arm of the group of its brand (京东集团, 京东物流股份有限公司)."""
    further = any(word.does == "trade" and word.text not in group.content for word in full.words)
    return group.group and not full.group and further


def _is_brand(short: Form, full: Form) -> bool:
    """Whether a name is the brand of a firm without the trade that the other one has (京东, 京东物流)."""
    bare = all(word.does in ("brand", "place", "generic") for word in short.words)
    trades = [word for word in full.words if word.does in ("trade", "head") and word.text not in weak()]
    return bare and short.branded and bool(trades) and full.kind in ("company", None)


def _renamed(short: Form, full: Form) -> bool:
    """Whether only the word for the kind of school differs (城市建设学院, 城建大学)."""
    ends = [form.words[-1] for form in (short, full) if form.words]
    if len(ends) < 2 or {short.kind, full.kind} != {"university"} or ends[0] == ends[1]:
        return False
    if short.adcodes != full.adcodes:
        return False
    before = short.content.removesuffix(ends[0].text)
    reading = reading_of(before, full)
    return reading is not None and _read(reading, short, full) == "short"


def _slip(short: Form, full: Form) -> str | None:
    """Whether one character was mistaken: for one that sounds alike, or in a word that no list knows."""
    for ours, theirs in ((short.content, full.content), (spelled(short), spelled(full))):
        if len(ours) >= _TYPO_LENGTH_MIN and OSA.distance(ours, theirs, score_cutoff=1) == 1:
            mine, other = _strange(ours, theirs), _strange(theirs, ours)
            if NUMERALS & {*mine, *other}:
                return None
            changed = {*short.words} ^ {*full.words}
            if sound_of(mine) == sound_of(other) and any(word.does == "brand" for word in changed):
                return "sound"
            return "typo" if _is_slip(changed, placed=short.adcodes == full.adcodes) else None
    if _in_full(short, full):
        return None
    mended = corrected(short, spelled(full))
    reading = reading_of(mended, full) if mended and mended in spelled(full) else None
    return "sound" if reading and _read(reading, short, full) == "short" else None


def _is_slip(changed: Iterable[Word], *, placed: bool) -> bool:
    """Whether words that differ in one character are one: long ones, or one of a list and one of none.

    Two brands of two characters, and two words of a list (理工, 化工), are meant to differ; a short word is
    taken for a listed one only where the places are the same.
    """
    unlisted = [word for word in changed if word.does == "brand"]
    long = all(len(word.text) >= _TYPO_LENGTH_MIN for word in unlisted)
    named = any(word.does in ("trade", "discipline") for word in changed)
    return bool(unlisted) and (long or (placed and named and len(unlisted) == 1))


def _strange(text: str, other: str) -> str:
    """What of a text is not at the same place of another one."""
    return "".join(mine for mine, theirs in zip(text, other, strict=False) if mine != theirs)


def place(a: Form, b: Form) -> Comparison:
    """Whether the places agree: those of the names first, then those of their contexts."""
    level = _place(a, b)
    return Comparison("place", level, PLACES[level])


def _place(a: Form, b: Form) -> str:
    exact = {"government", "park"} & {a.kind, b.kind} or not (a.branded or b.branded)
    if a.adcodes and b.adcodes:
        if a.adcodes & b.adcodes:
            return "same"
        nested = a.adcodes & b.above or b.adcodes & a.above
        return "nested" if nested and not exact else "different"
    if a.adcodes or b.adcodes:
        own, other = (a, b) if a.adcodes else (b, a)
        if nationwide(other) and not (own.branded or own.branch_adcodes or other.branch_adcodes):
            return "different"
        if other.region is None:
            return "unknown" if other.anchored else "missing"
        if own.adcodes & other.region_above or other.region in own.above:
            office = "government" in (a.kind, b.kind) and other.region not in own.adcodes
            return "around" if office else "context"
        return "elsewhere" if other.anchored or other.kind == "company" else "different"
    if a.region and b.region:
        near = a.region in b.region_above or b.region in a.region_above
        return "context" if near else "elsewhere" if a.anchored or b.anchored else "different"
    return "unknown" if a.anchored or b.anchored or "company" in (a.kind, b.kind) else "missing"


def nationwide(form: Form) -> bool:
    """Whether a name without a brand says that it is of the whole country (中国银行)."""
    return form.nationwide and not form.branded


def kind(a: Form, b: Form) -> Comparison:
    """Whether both names say the same kind of body."""
    level = "unknown" if a.kind is None or b.kind is None else "same" if a.kind == b.kind else "different"
    return Comparison("kind", level, KINDS[level])


def form(a: Form, b: Form) -> Comparison:
    """Whether legal form and group agree; a group (集团有限公司) is not the stock company of its name."""
    listed = {a.legal, b.legal} <= {"stock", "limited"}
    if listed and a.legal != b.legal:
        level = "parent" if a.group != b.group else "changed"
    elif a.group != b.group:
        level = "parent" if (b if a.group else a).legal == "stock" else "group"
    else:
        level = "same" if listed else "open"
    return Comparison("form", level, FORMS[level])


def branch(a: Form, b: Form) -> Comparison:
    """Whether both are the body, or both the same branch of it: a branch is not its parent."""
    mine, theirs = (bool(one.branch or one.branch_adcodes) for one in (a, b))
    if not mine and not theirs:
        level = "none"
    elif mine and theirs:
        here = a.branch_adcodes & b.branch_adcodes or not (a.branch_adcodes and b.branch_adcodes)
        level = "same" if here and (a.branch == b.branch or not (a.branch and b.branch)) else "different"
    else:
        part, whole = (a, b) if mine else (b, a)
        first = part.branch_adcodes & whole.adcodes and not (part.branch or part.adcodes or whole.legal)
        level = "prefix" if first else "different"
    return Comparison("branch", level, BRANCHES[level])


def ordinal(a: Form, b: Form) -> Comparison:
    """Whether the numbers in the names agree (第一中心医院, 第三中心医院)."""
    level = "same" if a.ordinals == b.ordinals else "different"
    if not (a.ordinals and b.ordinals):
        level = "none" if not (a.ordinals or b.ordinals) or a.latin or b.latin else "different"
    return Comparison("ordinal", level, ORDINALS[level])


COMPARERS: Final[tuple[Callable[[Form, Form], Comparison], ...]] = (words, place, kind, form, branch, ordinal)
"""Every comparer of names, the one that weighs most first."""
