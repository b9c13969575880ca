"""What a new reading changes in the facts of a document: never what somebody decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from haihe.boards.reader.documents import Fact
from haihe.boards.reader.labels import marked_of
from haihe.boards.reader.records import Assignment, Measure, Span, row_of
from haihe.boards.reader.verdicts import DECIDED, restored

Key = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Renewal:
    """The records to add, the new fields of open facts by their ids, and the open facts that are gone."""

    added: tuple[Span, ...]
    changed: Mapping[int, Mapping[str, Any]]
    gone: tuple[int, ...]


def key_of(record: Span) -> Key:
    """What makes a record the same fact in the next reading: kind, words, and the task it is about.

    One cell of a table may answer for several measures; every other record is about itself.
    """
    about = record.task_start if isinstance(record, Assignment) else record.start
    return str(row_of(record)["kind"]), record.start, record.end, about


def fields_of(record: Span) -> dict[str, Any]:
    """The fields of a record beside its kind and place."""
    return {name: value for name, value in row_of(record).items() if name not in _PLACE}


def renewal_of(held: Sequence[tuple[Fact, int]], found: Iterable[Span]) -> Renewal:
    """How the facts held, each with what it is about, become those found.

    A record whose words meet a decided fact of its kind is that fact and is not added; open facts that were
    not found are gone. Of measures only the headings count, because measures lie within one another.
    """
    known = {(_kind_and_words(fact), about): fact for fact, about in held}
    taken = {place for fact, _ in held if fact.state in DECIDED for place in _places(fact)}
    added: dict[Key, Span] = {}
    changed: dict[int, Mapping[str, Any]] = {}
    seen: set[int] = set()
    for record in found:
        kind, start, end, about = key = key_of(record)
        fact = known.get(((kind, start, end), about))
        if fact is None:
            mark = record.title if isinstance(record, Measure) else record
            if not any((kind, place) in taken for place in range(mark.start, mark.end)):
                added.setdefault(key, record)
            continue
        seen.add(fact.id)
        fields = fields_of(record)
        if fact.state not in DECIDED and fields != fact.fields:
            changed[fact.id] = fields
    gone = (fact.id for fact, _ in held if fact.state not in DECIDED and fact.id not in seen)
    return Renewal(tuple(added.values()), changed, tuple(gone))


_PLACE = {"kind", "start", "end", "quote"}


def _kind_and_words(fact: Fact) -> tuple[str, int, int]:
    first = restored(fact)
    return fact.kind, first.start, first.end


def _places(fact: Fact) -> Iterable[tuple[str, int]]:
    """Every character of a fact's words, as they are and as the reader had found them."""
    for each in (fact, restored(fact)):
        for place in range(*marked_of(each)):
            yield fact.kind, place
