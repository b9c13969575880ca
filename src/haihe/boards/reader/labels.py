"""What is said of documents and facts: the words for each kind and state, and what a fact means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from haihe.boards.reader.documents import Fact
from haihe.kit.errors import N_
from haihe.kit.words import say

TIER_LABELS = {
    "official": N_("official"),
    "yearbook": N_("yearbook"),
    "press": N_("press"),
    "ours": N_("worked out here"),
    "sample": N_("sample"),
}
KIND_LABELS = {
    "figure": N_("Figures"),
    "date": N_("Dates"),
    "place": N_("Place names"),
    "task": N_("Measures"),
    "assignment": N_("Assignments"),
    "due": N_("Time limits"),
    "person": N_("Names and posts"),
    "organisation": N_("Organisations"),
    "industry": N_("Industries"),
    "defect": N_("Layout defects"),
}
KIND_NAMES = {
    "figure": N_("Figure"),
    "date": N_("Date"),
    "place": N_("Place name"),
    "task": N_("Measure"),
    "assignment": N_("Assignment"),
    "due": N_("Time limit"),
    "person": N_("Name and post"),
    "organisation": N_("Organisation"),
    "industry": N_("Industry"),
    "defect": N_("Layout defect"),
}
DEFECT_LABELS = {
    "line_break": N_("a line broken in a sentence"),
    "column_break": N_("a column broken in a sentence"),
    "seam_duplicate": N_("words doubled at a seam"),
    "standfirst": N_("a standfirst that the body repeats"),
    "caption": N_("a caption in a sentence"),
    "deck": N_("headlines run together"),
}
SOURCE_LABELS = {
    "sentence": N_("A sentence of a document"),
    "row": N_("A row of a table"),
    "formula": N_("A formula"),
    "judgement": N_("A judgement"),
}
STATE_LABELS = {
    "found": N_("to be checked"),
    "accepted": N_("checked"),
    "rejected": N_("struck out"),
    "corrected": N_("corrected"),
    "added": N_("added by hand"),
}
STATE_MARKS = {"found": "○", "accepted": "✓", "rejected": "✗", "corrected": "✎", "added": "＋"}


def marked_of(fact: Fact) -> tuple[int, int]:
    """The span to mark in the text: a fact's own, of a measure its heading, or its first line without one."""
    if fact.kind != "task":
        return fact.start, fact.end
    heading = fact.fields["title"]
    offset = fact.quote.find(heading)
    if offset < 0 or not heading:
        return fact.start, fact.start + len(fact.quote.splitlines()[0])
    return fact.start + offset, fact.start + offset + len(heading)


def words_of(fact: Fact) -> str:
    """The words that stand for a fact in a list: its own, of a measure its heading."""
    return str(fact.fields["title"]) if fact.kind == "task" else fact.quote


def meaning_of(fact: Fact, language: str) -> str:
    """What a fact says in plain units: the number, the day, who answers by when; empty where its words do."""
    fields = fact.fields
    if fact.kind == "assignment":
        return _assignment(fields, language)
    if fact.kind == "due":
        return due_of(fields, language)
    if fact.kind == "defect":
        return say(DEFECT_LABELS[fields["defect"]], language)
    parts: list[Any] = []
    if fact.kind == "figure":
        value = fields["normalized_value"]
        values = " : ".join(f"{one:,}" for one in (value if isinstance(value, list) else [value]))
        parts = [fields["qualifier"], values, fields["normalized_unit"], fields["change"], fields["period"]]
    elif fact.kind == "date":
        parts = [fields["iso"]]
    elif fact.kind == "place":
        parts = [fields["name"], fields["adcode"] or fields["unit"]]
    elif fact.kind == "person":
        return " · ".join(filter(None, (fields["title"], fields["organisation"])))
    elif fact.kind in {"organisation", "industry"} and fields["name"] != fact.quote:
        parts = [fields["name"]]
    return " ".join(str(part) for part in parts if part)


def _assignment(fields: Mapping[str, Any], language: str) -> str:
    """Who leads, who cooperates, and by when."""
    comma = say(N_("; "), language)
    parts = {
        N_("lead: {units}"): comma.join(fields["lead"]),
        N_("with: {units}"): comma.join(fields["cooperate"]),
        N_("due: {units}"): due_of(fields, language),
    }
    return " · ".join(say(words, language, units=units) for words, units in parts.items() if units)


def due_of(fields: Mapping[str, Any], language: str) -> str:
    """The last allowed day of an assignment, empty where none is said."""
    return say(N_("ongoing"), language) if fields["due"] == "ongoing" else fields["due"] or ""
