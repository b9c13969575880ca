"""What a review shows of facts: the line of each, the form that corrects one, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from haihe.boards.reader import labels
from haihe.boards.reader.documents import Fact, FactCount
from haihe.boards.reader.forms import FIELDS, label_of
from haihe.boards.reader.outline import Line, progress_of
from haihe.boards.reader.verdicts import restored
from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.words import say

DEEDS: Mapping[str, tuple[str, str]] = {
    "accepted": ("✓", N_("Accept the fact (A)")),
    "rejected": ("✗", N_("Strike out the fact (R)")),
    "correct": ("✎", N_("Correct the fact (C)")),
    "found": ("↶", N_("Undo the decision (U)")),
}
"""What can be done with a fact: a state that it is given, or its form; the mark and the words of each."""

_ROW, _FORM = "boards/reader/review.html", "boards/reader/form.html"
_DEED = '<button type="button" tabindex="-1" data-deed="{}" title="{}">{}</button>'
_INPUT = '<label>{}<input name="{}" value="{}"></label>'
_OPTION = '<option value="{}"{}>{}</option>'
_TOOLS = '<p class="hai-note">{}</p><p><button type="button" class="hai-quiet" data-add>{}</button></p>'
_CHOICE = "<label>{}<select data-kinds>{}</select></label>"


@dataclass(frozen=True, slots=True)
class View:
    """How a review is shown: its language, whether its reader decides, and the stretch of text beside it."""

    language: str
    decides: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The form that is asked for: of a fact, or of one that is to be added in words [start, end)."""

    kind: str
    words: str
    values: Mapping[str, str]
    fact: Fact | None = None
    span: tuple[int, int] | None = None


Mark = tuple[int, int, str, str, str]
"""A stretch to mark in the part of a text that is shown: start and end in it, id, kind, words about it."""


def marks_of(facts: Iterable[Fact], view: View) -> list[Mark]:
    """What to mark of the facts that were not struck out."""
    return [
        mark
        for fact in facts
        if fact.state != "rejected"
        for mark in clipped(
            labels.marked_of(fact),
            view,
            str(fact.id),
            "measure" if fact.kind == "task" else fact.kind,
            labels.meaning_of(fact, view.language),
        )
    ]


def clipped(span: tuple[int, int], view: View, name: str, kind: str, title: str = "") -> list[Mark]:
    """The mark of a span as far as it is shown."""
    start, end = max(span[0], view.start) - view.start, min(span[1], view.end) - view.start
    return [(start, end, name, kind, title)] if start < end else []


def groups(
    counts: Iterable[FactCount], language: str
) -> list[tuple[str, str, list[tuple[str, str, int | None]]]]:
    """The filters of a review: each with its name in the address, its words, and its values with theirs."""
    held = list(counts)
    now = progress_of(held, FIELDS)
    values = {
        ("kind", N_("Facts")): {
            kind: (label, progress_of(held, [kind]).total) for kind, label in labels.KIND_LABELS.items()
        },
        ("state", N_("State")): {
            "open": (N_("open"), now.total - now.decided),
            "decided": (N_("decided"), now.decided),
        },
        ("view", N_("Shown")): {"plan": (N_("as a plan"), progress_of(held, ["task"]).total)},
    }
    return [
        (
            name,
            say(words, language),
            [(code, say(label, language), n) for code, (label, n) in each.items() if n],
        )
        for (name, words), each in values.items()
        if any(n for _, n in each.values())
    ]


def tools(language: str) -> str:
    """How the keyboard decides, and the button that adds a fact, as HTML."""
    keys = N_("Keys: ↑ ↓ move, A accepts, R strikes out, C corrects, U undoes, Enter goes to the text.")
    add = N_("Add a fact: select its words in the text, then press N or here")
    return _TOOLS.format(say(keys, language), say(add, language))


def row(line: Line, view: View) -> str:
    """The line of a fact, as HTML."""
    fact, language = line.fact, view.language
    further = "".join(f" · {part}" for part in _further(line, language))
    deeds = DEEDS.items() if view.decides and fact.kind in FIELDS else ()
    return resources.text(_ROW).format(
        id=fact.id,
        kind=fact.kind,
        state=fact.state,
        revision=fact.revision,
        twins=" ".join(str(twin.id) for twin in line.twins),
        at="" if view.start <= fact.start < view.end else fact.start,
        depth=line.depth,
        words=escape(labels.words_of(fact)),
        deeds="".join(_DEED.format(deed, say(label, language), mark) for deed, (mark, label) in deeds),
        name=say(labels.KIND_NAMES[fact.kind], language),
        source=fact.source_id,
        meaning=escape(labels.meaning_of(fact, language) or say(N_("Source"), language)),
        further=further,
        standing=f"{labels.STATE_MARKS[fact.state]} {say(labels.STATE_LABELS[fact.state], language)}",
    )


def _further(line: Line, language: str) -> Iterable[str]:
    """What the registry knows, what the reader had found, and where else it is said."""
    entities = line.fact.entities.items()
    yield from (f'<a href="/entity/{number}">{escape(name)}</a>' for name, number in entities if number)
    if unknown := say(N_("; "), language).join(escape(name) for name, number in entities if not number):
        yield say(N_("not in the registry: {names}"), language, names=unknown)
    if line.fact.original:
        first = restored(line.fact)
        said = " ".join(filter(None, (labels.words_of(first), labels.meaning_of(first, language))))
        yield say(N_("found as: {words}"), language, words=escape(said))
    if line.twins:
        yield say(N_("said before in the standfirst"), language)


def form(asked: Asked, language: str) -> str:
    """The form that corrects or adds a fact, as HTML."""
    fact = asked.fact
    fields = [
        _INPUT.format(say(label_of(asked.kind, name), language), name, escape(written))
        for name, written in asked.values.items()
    ]
    start, end = asked.span or ("", "")
    return resources.text(_FORM).format(
        fact=fact.id if fact else "",
        revision=fact.revision if fact else "",
        kind=asked.kind,
        start=start,
        end=end,
        title=say(N_("Correct a fact") if fact else N_("Add a fact"), language),
        hint=say(N_("Where the words are wrong, select others in the text and take them."), language),
        words=escape(asked.words),
        take=say(N_("Take the selected words"), language),
        fields="".join(fields if fact else [_choice(asked.kind, language), *fields]),
        save=say(N_("Save"), language),
        cancel=say(N_("Cancel"), language),
    )


def _choice(kind: str, language: str) -> str:
    options = (
        _OPTION.format(one, " selected" if one == kind else "", say(labels.KIND_NAMES[one], language))
        for one in FIELDS
    )
    return _CHOICE.format(say(N_("Kind"), language), "".join(options))


def progress_words(counts: Iterable[FactCount], kinds: Iterable[str], language: str) -> str:
    """How far a review has come, as a sentence."""
    now = progress_of(counts, kinds)
    words = N_("{decided} of {total} decided; {corrected} corrected or added, {rejected} struck out.")
    facts = {"decided": now.decided, "total": now.total, "corrected": now.corrected}
    return say(words, language, rejected=now.rejected, **facts)


def answer(counts: Iterable[FactCount], language: str) -> str:
    """How many facts of which kinds there are, as a sentence."""
    held = list(counts)
    totals = {kind: progress_of(held, [kind]).total for kind in FIELDS}
    total = sum(totals.values())
    parts = (f"{say(labels.KIND_LABELS[kind], language)} {n:,}" for kind, n in totals.items() if n)
    words = N_("{total} facts: {parts}.") if total else N_("No fact was found.")
    return say(words, language, total=f"{total:,}", parts=say(N_("; "), language).join(parts))
