"""Views: a text with parts of it left out for reading, and the way back to the characters it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from haihe.boards.reader.records import Assignment, Defect, Mention, Reading, Span

_Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What is read of a text: its characters in their order without those that were left out, and why.

    `origins[i]` is where the i-th kept stretch begins in the original of `length` characters, `places[i]`
    where it begins in `text`; `defects` are spans of the original.
    """

    text: str
    length: int
    origins: _Places
    places: _Places
    defects: tuple[Defect, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return len(self.text) == self.length

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the view stands in the original, from its first character to behind its last.

        An empty span stands before the character that follows it, and behind the last one at the end.
        """
        assert 0 <= start <= end <= len(self.text)
        if self.whole:
            return start, end
        if start == end:
            place = self._origin(start) if start < len(self.text) else self._behind(end)
            return place, place
        return self._origin(start), self._behind(end)

    def _origin(self, place: int) -> int:
        at = int(self.places.searchsorted(place, "right")) - 1
        return int(self.origins[at]) + place - int(self.places[at])

    def _behind(self, place: int) -> int:
        return self._origin(place - 1) + 1 if place else 0


def view_of(text: str, left_out: Iterable[tuple[int, int]], defects: tuple[Defect, ...] = ()) -> View:
    r"""A text without some ranges, which are in order and apart.

    >>> view = view_of("扎实做好\n\n好选干部", [(4, 7)])
    >>> view.text, view.span(2, 5)
    ('扎实做好选干部', (2, 8))
    """
    bounds = [0, *chain.from_iterable(left_out), len(text)]
    assert all(before <= after for before, after in pairwise(bounds))
    kept = [(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True) if start < end]
    origins = np.array([start for start, _ in kept], dtype=np.int64)
    ends = np.cumsum([end - start for start, end in kept], dtype=np.int64)
    places = np.concatenate(([0], ends[:-1])).astype(np.int64) if kept else ends
    return View("".join([text[start:end] for start, end in kept]), len(text), origins, places, defects)


def restored(reading: Reading, view: View, original: str) -> Reading:
    """A reading of a view as one of its original: every span, within others too, and the view's defects.

    `original[start:end] == quote` holds of every record; the quote of one across something left out holds it.
    """
    assert len(original) == view.length
    found = reading if view.whole else _Way(view, original).reading(reading)
    defects = sorted((*found.defects, *view.defects), key=lambda defect: (defect.start, -defect.end))
    return replace(found, defects=tuple(defects)) if view.defects else found


@dataclass(frozen=True, slots=True)
class _Way:
    """The way from a view back to its original."""

    view: View
    original: str

    def reading(self, reading: Reading) -> Reading:
        return Reading(**{each.name: self._back(getattr(reading, each.name)) for each in fields(reading)})

    def _back(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._back(one) for one in value)
        return self._record(value) if isinstance(value, Span) else value

    def _record(self, record: Span) -> Span:
        start, end = self.view.span(record.start, record.end)
        changed: dict[str, Any] = {"start": start, "end": end, "quote": self.original[start:end]}
        for each in fields(record):
            value = getattr(record, each.name)
            if isinstance(value, (Span, tuple)):
                changed[each.name] = self._back(value)
        if isinstance(record, Mention) and record.repeats is not None:
            changed["repeats"] = self._start(record.repeats)
        elif isinstance(record, Assignment):
            changed["task_start"] = self._start(record.task_start)
        elif isinstance(record, Defect):
            changed["left_out"] = tuple(self.view.span(*one) for one in record.left_out)
        return replace(record, **changed)

    def _start(self, place: int) -> int:
        return self.view.span(place, min(place + 1, len(self.view.text)))[0]
