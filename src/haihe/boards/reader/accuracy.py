"""How well each kind of fact is found, as measured on labelled documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from haihe.boards.reader.forms import FIELDS
from haihe.boards.reader.labels import KIND_LABELS
from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.words import say


@dataclass(frozen=True, slots=True)
class Measured:
    """The F1 of a kind on exact spans with its 95 % interval."""

    f1: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What was measured of each kind, on how many documents, and when."""

    kinds: Mapping[str, Measured]
    documents: int
    measured_on: date


@cache
def accuracy() -> Accuracy:
    """The figures of `params/accuracy.yaml`; a kind that is not there was not measured."""
    held: Any = resources.definition("boards/reader/params/accuracy.yaml")
    told = {kind: (one["f1"], one["low"], one["high"]) for kind, one in held["f1"].items()}
    kinds = {kind: Measured(*figures) for kind, figures in told.items() if None not in figures}
    return Accuracy(kinds, held["documents"], held["measured_on"])


def accuracy_words(known: Accuracy, language: str) -> str:
    """How well each kind is found, with its interval, as a sentence."""
    shares = (
        f"{say(KIND_LABELS[kind], language)} {each.f1:.2f} ({each.low:.2f}–{each.high:.2f})"
        for kind, each in known.kinds.items()
    )
    if not known.kinds:
        return say(N_("not measured yet"), language)
    words = N_("F1 with its 95 % interval on {documents} labelled documents, {day}: {shares}")
    facts = {"documents": known.documents, "day": known.measured_on}
    return say(words, language, shares=say(N_("; "), language).join(shares), **facts)


def sought_words(language: str) -> str:
    """What is looked for in a text and what is not, as a sentence."""
    kinds = say(N_("; "), language).join(say(KIND_LABELS[kind], language) for kind in FIELDS)
    words = N_("Sought: {kinds}. Not sought: opinions, reasons, and what pictures show.")
    return say(words, language, kinds=kinds)
