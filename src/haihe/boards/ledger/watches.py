"""What is watched (关注), and what is new of it as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from haihe.boards.ledger.comments import plain
from haihe.boards.ledger.judgements import LIGHT_WORDS
from haihe.boards.ledger.kinds import kinds
from haihe.kit.errors import N_
from haihe.kit.words import say

NEWS_SHOWN = 100
NEWS_DAYS = 30
"""How many days back the page of what is watched goes."""

WATCHES_MAX = 500
WORDS_SHOWN = 120

SubjectKind = Literal["item", "plan", "unit"]
NewsKind = Literal["report", "issued", "light", "decision", "undone", "correction", "comment"]

SUBJECT_LABELS: Mapping[SubjectKind, str] = {
    "item": N_("Item"),
    "plan": N_("Register"),
    "unit": N_("Unit"),
}
NEWS_LABELS: Mapping[NewsKind, str] = {
    "report": N_("Return of a unit"),
    "issued": N_("Light issued"),
    "light": N_("Light"),
    "decision": N_("Decision"),
    "undone": N_("Decision taken back"),
    "correction": N_("Correction"),
    "comment": N_("Comment"),
}

_DECISIONS = {
    "accept": N_("It was accepted."),
    "edit": N_("Its words, dates or units were edited."),
    "reject": N_("It was rejected."),
}


@dataclass(frozen=True, slots=True)
class Watched:
    """That somebody watches an item with all under it, a register, or all that a unit has a part in."""

    kind: SubjectKind
    number: int


@dataclass(frozen=True, slots=True)
class WatchRow:
    """What is watched, with its name and its address."""

    kind: SubjectKind
    number: int
    name: str
    address: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to an item: when, of which kind, and the facts that its sentence needs.

    `register` and `level` say in whose words its stages are; `unread` that it came after the last look.
    """

    at: datetime
    node: int
    title: str
    register: str
    level: str
    kind: NewsKind
    facts: Mapping[str, Any]
    unread: bool


@dataclass(frozen=True, slots=True)
class NewsRow:
    """Something that happened to an item that is watched, as a sentence."""

    at: datetime
    node: int
    title: str
    kind: NewsKind
    sentence: str
    unread: bool


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """What somebody watches, what is new of it, the latest first, and how much they have not read."""

    watches: tuple[WatchRow, ...]
    news: tuple[NewsRow, ...]
    unread: int


def news_row(one: News, language: str) -> NewsRow:
    """What happened as a sentence in a language."""
    return NewsRow(one.at, one.node, one.title, one.kind, sentence(one, language), one.unread)


def sentence(one: News, language: str) -> str:
    """What happened, without the title of the item."""
    facts = one.facts
    if one.kind == "report":
        return _report(facts, language)
    if one.kind == "issued":
        light = say(LIGHT_WORDS[facts["state"]], language)
        words = N_("The office issued {light} for {period}.")
        return say(words, language, light=light, period=facts["period"])
    if one.kind == "light":
        light = say(LIGHT_WORDS[facts["state"]], language)
        reason = say(facts["reason"], language, **facts["facts"])
        return say(N_("Now {light}: {reason}"), language, light=light, reason=reason)
    if one.kind == "decision":
        return _decision(one, language)
    if one.kind == "undone":
        return say(N_("The last decision on it was taken back."), language)
    if one.kind == "correction":
        subject = {"report": N_("What was reported for {period} was corrected: {reason}")}
        words = subject.get(facts["subject"], N_("The light of {period} was corrected: {reason}"))
        return say(words, language, period=facts["period"], reason=facts["reason"])
    words = plain(facts["text"])
    shown = words if len(words) <= WORDS_SHOWN else f"{words[:WORDS_SHOWN]}…"
    return say(N_("{author} comments: {words}"), language, author=facts["author"], words=shown)


def _report(facts: Mapping[str, Any], language: str) -> str:
    share, period, note = facts["progress"], facts["period"], facts["note"]
    shown = note if len(note) <= WORDS_SHOWN else f"{note[:WORDS_SHOWN]}…"
    if share is None:
        said = say(N_("Reported for {period}."), language, period=period)
    else:
        said = say(N_("Reported for {period}: {share}."), language, period=period, share=f"{share:.0%}")
    return f"{said} {shown}".strip()


def _decision(one: News, language: str) -> str:
    deed, after = one.facts["deed"], one.facts["after"]
    if deed in _DECISIONS:
        return say(_DECISIONS[deed], language)
    stage = kinds()[one.register].levels[one.level].stages.get(after or "")
    label = stage.label[language] if stage else after or ""
    return say(N_("It moved to the stage {stage}."), language, stage=label)
