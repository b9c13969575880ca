"""How well a reading agrees with labels: precision, recall, F1 and their intervals by kind, and every fault.

Rows pair one to one with the labels of their kind: `exact` by equal spans, `overlap` where the intersection
is at least half of the union, the best pairs first. Intervals are percentile bootstraps (Efron and
Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13): of several documents the documents are drawn
anew, of one its sentences. Where no draw holds a fault, as at 1.0, the interval is a point.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from haihe.boards.reader.agreement import agreements, differences, duty_of
from haihe.kit.errors import N_, Invalid

Row = Mapping[str, Any]
Way = Literal["exact", "overlap"]
FaultKind = Literal["miss", "false_alarm", "wrong"]

LABELS = {
    "figure": "figures",
    "date": "dates",
    "person": "people",
    "organisation": "organisations",
    "place": "places",
    "task": "tasks",
    "industry": "industries",
    "assignment": "assignments",
}
"""The kinds of rows that are scored, and the lists of a file of labels that hold them."""

RESAMPLES = 2_000
"""How often an interval draws anew."""

_PERCENTILES = (2.5, 97.5)
_OVERLAP_MIN = 0.5
_AROUND_CHARACTERS = 20
_SENTENCE_END = re.compile(r"[。！？；\n]+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document, the rows that were read in it (`records.row_of`), and its labels."""

    name: str
    text: str
    rows: Sequence[Row]
    labels: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, None of nothing, and its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some are right."""

    right: int
    of: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many rows were read, how many are labelled, how many agree, and what follows."""

    right: int
    read: int
    labelled: int
    precision: Rate
    recall: Rate
    f1: Rate


@dataclass(frozen=True, slots=True)
class KindScore:
    """A kind in the documents that label it; fields of the rows that overlap, and of those that are exact.

    `parts` of assignments are the tuple (who leads, who helps, until when) and each of the three, of the rows
    that overlap: a part counts where it is filled.
    """

    documents: int
    exact: Agreement
    overlap: Agreement
    fields: Mapping[str, Share]
    fields_exact: Mapping[str, Share]
    parts: Mapping[str, Agreement]


@dataclass(frozen=True, slots=True)
class Fault:
    """A label without a row of its span, a row without a label, or one whose fields are wrong.

    `instead` are the words that were taken where a label was missed, `fields` what is wrong: as labelled, as
    read. `context` is the place in the text, its line breaks as spaces.
    """

    document: str
    kind: str
    fault: FaultKind
    start: int
    end: int
    quote: str
    context: str
    instead: str | None = None
    fields: Mapping[str, tuple[object, object]] | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """What a reading is worth; `traps` counts figures read in set phrases with a numeral (一基地三区)."""

    documents: int
    resampled: Literal["documents", "sentences"]
    kinds: Mapping[str, KindScore]
    traps: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Matched:
    """The rows and labels of a kind in one document, and which pair with which."""

    number: int
    document: Labelled
    kind: str
    rows: Sequence[Row]
    labels: Sequence[Row]
    pairs: Mapping[Way, Sequence[tuple[int, int]]]


class _Places(NamedTuple):
    """Where in a document rows agree with labels, where rows stand, and where labels do."""

    right: list[int]
    read: list[int]
    labelled: list[int]


_Counted = Sequence[tuple[int, _Places]]
_Value = Callable[[Row], object]

_WAYS: dict[Way, float] = {"exact": 1.0, "overlap": 0.5}
_PARTS: dict[str, _Value] = {
    "tuple": lambda row: tuple(duty_of(row).values()),
    "lead": lambda row: duty_of(row)["lead"],
    "cooperate": lambda row: duty_of(row)["cooperate"],
    "due": lambda row: duty_of(row)["due"],
}


def score_of(documents: Sequence[Labelled], generator: np.random.Generator) -> Score:
    """The score of documents pooled; each kind in those documents alone that label it.

    Rows outside a document's `annotated_range` do not count; a label with a `body_end` reaches to there.
    """
    assert documents
    numbered = [*enumerate(documents)]
    matched = {
        kind: found
        for kind, key in LABELS.items()
        if (found := [_matched(number, one, kind) for number, one in numbered if key in one.labels])
    }
    counted: dict[tuple[str, str], _Counted] = {}
    for kind, found in matched.items():
        for way in _WAYS:
            counted[kind, way] = [(one.number, _places(one, way, lambda _: True)) for one in found]
    for part, value in _PARTS.items() if "assignment" in matched else ():
        duties = matched["assignment"]
        counted["assignment", part] = [(one.number, _places(one, "overlap", value)) for one in duties]
    agreed = dict(zip(counted, _agreed(documents, [*counted.values()], generator), strict=True))
    return Score(
        documents=len(documents),
        resampled="documents" if len(documents) > 1 else "sentences",
        kinds={
            kind: KindScore(
                documents=len(found),
                exact=agreed[kind, "exact"],
                overlap=agreed[kind, "overlap"],
                fields=_fields(found, "overlap"),
                fields_exact=_fields(found, "exact"),
                parts={part: agreed[kind, part] for part in _PARTS if (kind, part) in agreed},
            )
            for kind, found in matched.items()
        },
        traps=sum(map(_traps, documents)),
        faults=tuple(fault for found in matched.values() for one in found for fault in _faults(one)),
    )


def labels_of(content: bytes, name: str, text: str) -> dict[str, Any]:
    """The labels of a text from a file of them; raises Invalid where words do not stand where it says."""
    try:
        labels: dict[str, Any] = json.loads(content)
        for label in (label for key in LABELS.values() for label in labels.get(key, ())):
            if text[label["start"] : label["end"]] != label["quote"]:
                raise Invalid(
                    N_("{file} is not of this text: {quote} does not stand at {start}."),
                    advice=N_("Name the labels of this very text; they count code points from 0."),
                    file=name,
                    quote=label["quote"],
                    start=label["start"],
                )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(
            N_("{file} is no file of labels: {reason}."),
            advice=N_("docs/formats/reader-labels.schema.json has the form of labels."),
            file=name,
            reason=f"{type(error).__name__} {error}",
        ) from error
    return labels


def _matched(number: int, document: Labelled, kind: str) -> _Matched:
    first, last = document.labels.get("annotated_range", (0, len(document.text) + 1))
    rows = [row for row in document.rows if row.get("kind") == kind and first <= row["start"] < last]
    labels = [{**label, "end": _end(label, document.text)} for label in document.labels[LABELS[kind]]]
    pairs = {way: _pairs(rows, labels, least, by_label=kind == "assignment") for way, least in _WAYS.items()}
    return _Matched(number, document, kind, rows, labels, pairs)


def _end(label: Row, text: str) -> int:
    """Where a label ends: a task of which the heading is labelled, with its body."""
    body = text[label["start"] : label.get("body_end", label["end"])]
    return int(label["start"]) + len(body.rstrip()) if "body_end" in label else int(label["end"])


def _pairs(
    rows: Sequence[Row], labels: Sequence[Row], least: float, *, by_label: bool
) -> list[tuple[int, int]]:
    """Which row goes with which label, the best first; among equals the row that begins first.

    `by_label` takes equals in the order of the labels instead.
    """
    order = sorted(range(len(labels)), key=lambda index: labels[index]["start"])
    starts = [labels[index]["start"] for index in order]
    near: list[tuple[float, int, int, int, int]] = []
    for number, row in enumerate(rows):
        start, end = row["start"], row["end"]
        for place in range(bisect_left(starts, 2 * start - end), bisect_left(starts, end)):
            index = order[place]
            shared = shared_of(row, labels[index])
            if shared >= least:
                before = (index, number) if by_label else (start, number)
                near.append((-shared, *before, number, index))
    rows_taken: set[int] = set()
    labels_taken: set[int] = set()
    pairs = []
    for *_, number, index in sorted(near):
        if number not in rows_taken and index not in labels_taken:
            rows_taken.add(number)
            labels_taken.add(index)
            pairs.append((number, index))
    return pairs


def shared_of(one: Row, other: Row) -> float:
    """The intersection of two spans over their union: 1.0 where they are equal, 0.0 where they do not meet.

    >>> shared_of({"start": 0, "end": 4}, {"start": 1, "end": 5})
    0.6
    """
    both = min(one["end"], other["end"]) - max(one["start"], other["start"])
    return both / (max(one["end"], other["end"]) - min(one["start"], other["start"])) if both > 0 else 0.0


def _places(one: _Matched, way: Way, value: _Value) -> _Places:
    """The places of the rows and labels that have a value; a paired row counts where its label stands."""
    starts = [int(label["start"]) for label in one.labels]
    beside = {number: starts[index] for number, index in one.pairs[way]}
    wanted = [value(label) for label in one.labels]
    given = [value(row) for row in one.rows]
    return _Places(
        [starts[index] for number, index in one.pairs[way] if given[number] == wanted[index] is not None],
        [beside.get(number, int(one.rows[number]["start"])) for number in _valued(given)],
        [starts[index] for index in _valued(wanted)],
    )


def _valued(values: Sequence[object]) -> list[int]:
    return [number for number, value in enumerate(values) if value is not None]


def _agreed(
    documents: Sequence[Labelled], counted: Sequence[_Counted], generator: np.random.Generator
) -> Iterator[Agreement]:
    """The agreement of each measure, with all intervals from the same draws."""
    drawn = _drawn(documents, counted)
    number = len(drawn)
    totals = drawn.sum(axis=0)
    draws = np.empty((RESAMPLES, *totals.shape))
    for turn in range(RESAMPLES):
        weights = np.bincount(generator.integers(0, number, number), minlength=number)
        draws[turn] = np.tensordot(weights, drawn, axes=1)
    for index, (right, read, labelled) in enumerate(totals.tolist()):
        rights, reads, labels = draws[:, index].T
        yield Agreement(
            right,
            read,
            labelled,
            _rate(right, read, rights, reads),
            _rate(right, labelled, rights, labels),
            _rate(2 * right, read + labelled, 2 * rights, reads + labels),
        )


def _drawn(documents: Sequence[Labelled], counted: Sequence[_Counted]) -> NDArray[np.int64]:
    """Right, read and labelled (last axis) of each measure in each document, or sentence of the only one."""
    only = documents[0] if len(documents) == 1 else None
    ends = [match.end() for match in _SENTENCE_END.finditer(only.text)] if only else []
    counts = np.zeros((len(ends) + 1 if only else len(documents), len(counted), 3), np.int64)
    for index, measure in enumerate(counted):
        for number, places in measure:
            for which, starts in enumerate(places):
                at = np.searchsorted(ends, starts, side="right") if only else np.full(len(starts), number)
                counts[:, index, which] += np.bincount(at, minlength=len(counts))
    return counts


def _rate(part: int, whole: int, parts: NDArray[np.float64], wholes: NDArray[np.float64]) -> Rate:
    if not whole:
        return Rate(None, None, None)
    some = wholes > 0
    low, high = np.percentile(parts[some] / wholes[some], _PERCENTILES)
    return Rate(part / whole, float(low), float(high))


def _fields(found: Sequence[_Matched], way: Way) -> dict[str, Share]:
    shares: dict[str, Share] = {}
    for one in found:
        for number, index in one.pairs[way]:
            for name, right in agreements(one.kind, one.rows[number], one.labels[index]).items():
                before = shares.get(name, Share(0, 0))
                shares[name] = Share(before.right + right, before.of + 1)
    return shares


def _traps(document: Labelled) -> int:
    terms = document.labels.get("numeral_terms", ())
    figures = [row for row in document.rows if row.get("kind") == "figure"]
    return sum(any(shared_of(row, term) >= _WAYS["overlap"] for term in terms) for row in figures)


def _faults(one: _Matched) -> Iterator[Fault]:
    """What is wrong with a kind in a document; spans of assignments need only overlap."""
    agreed = one.pairs["overlap" if one.kind == "assignment" else "exact"]
    found = {index for _, index in agreed}
    beside = {index: one.rows[number]["quote"] for number, index in one.pairs["overlap"]}
    for index, label in enumerate(one.labels):
        if index not in found:
            yield _fault(one, label, "miss", instead=beside.get(index))
    right = {number for number, _ in agreed}
    for number, row in enumerate(one.rows):
        if number not in right:
            yield _fault(one, row, "false_alarm")
    for number, index in one.pairs["overlap"]:
        row, label = one.rows[number], one.labels[index]
        if wrong := differences(one.kind, row, label):
            yield _fault(
                one, label, "wrong", fields={name: (label.get(name), row.get(name)) for name in wrong}
            )


def _fault(one: _Matched, at: Row, fault: FaultKind, **more: Any) -> Fault:
    text, start, end = one.document.text, at["start"], at["end"]
    around = text[max(start - _AROUND_CHARACTERS, 0) : end + _AROUND_CHARACTERS]
    context = " ".join(around.split())
    return Fault(one.document.name, one.kind, fault, start, end, at["quote"], context, **more)
