"""What is put up for signature: its bytes, and how one version of its words differs from another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Content:
    """What is signed: its title, the name of its file, and its bytes."""

    title: str
    name: str
    content: bytes


def compared(before: Sequence[str], after: Sequence[str]) -> list[tuple[Change, str]]:
    """The lines of a later version, each with whether it is new, and those that are gone where they stood.

    >>> compared(["a", "b"], ["b", "c"])
    [('gone', 'a'), ('same', 'b'), ('new', 'c')]
    """
    found: list[tuple[Change, str]] = []
    for deed, begin, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if deed == "equal":
            found += [("same", line) for line in after[first:last]]
        else:
            found += [("gone", line) for line in before[begin:end]]
            found += [("new", line) for line in after[first:last]]
    return found
