"""What of a reading stands once somebody has decided on its facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from haihe.boards.reader.documents import Fact
from haihe.boards.reader.labels import marked_of
from haihe.boards.reader.records import Figure, Measure, Reading, Span
from haihe.boards.reader.renewal import Key, key_of
from haihe.boards.reader.verdicts import restored

Record = TypeVar("Record", bound=Span)

_KINDS = ("figures", "dates", "places", "assignments", "dues", "posts", "organisations", "industries")


def standing_of(found: Reading, facts: Iterable[Fact]) -> Reading:
    """A reading of a document as its facts stand: without what was struck out, and as corrected.

    A measure that was struck out stays, for others lie within it, and a plan drafted from it can reject it;
    what was added by hand is not in it.
    """
    known: dict[Key, Fact] = {}
    for fact in facts:
        first = restored(fact)
        about = first.fields["task_start"] if fact.kind == "assignment" else first.start
        known[fact.kind, first.start, first.end, about] = fact
    kinds: dict[str, Any] = {name: _standing(getattr(found, name), known) for name in _KINDS}
    measures = tuple(_corrected(one, known.get(key_of(one))) for one in found.measures)
    now = dict(zip(found.measures, measures, strict=True))
    lists = tuple(replace(one, measures=tuple(now[each] for each in one.measures)) for one in found.lists)
    return replace(found, lists=lists, measures=measures, **kinds)


def _standing(records: tuple[Record, ...], known: Mapping[Key, Fact]) -> tuple[Record, ...]:
    pairs = ((record, known.get(key_of(record))) for record in records)
    return tuple(
        _corrected(record, fact) for record, fact in pairs if fact is None or fact.state != "rejected"
    )


def _corrected(record: Record, fact: Fact | None) -> Record:
    """A record with what a correction changes of it."""
    if fact is None or fact.original is None:
        return record
    before = fact.original.fields
    changed = {name: value for name, value in fact.fields.items() if value != before.get(name)}
    if isinstance(record, Measure):
        start, end = marked_of(fact)
        words = fact.quote[start - fact.start : end - fact.start]
        changed["title"] = Span(start, end, words)
    elif isinstance(record, Figure):
        for name in changed.keys() & {"value", "normalized_value"}:
            changed[name] = _decimals(changed[name])
    own = {field.name for field in fields(record)}
    values = {name: tuple(one) if isinstance(one, list) else one for name, one in changed.items()}
    if "due" in values and "due_words" in own:
        values["due_words"] = None
    kept = {name: value for name, value in values.items() if name in own}
    return replace(record, start=fact.start, end=fact.end, quote=fact.quote, **kept)


def _decimals(value: Any) -> Decimal | tuple[Decimal, ...]:
    return tuple(map(_decimal, value)) if isinstance(value, list) else _decimal(value)


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))
