"""Which theme of each frame a node's words name; frames and their words are data of the packs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from haihe.boards.ledger.records import Frame, Tag, Theme
from haihe.kit import resources

CHARACTERS_MIN = 3


@cache
def frames() -> tuple[Frame, ...]:
    """The frames of every pack that has `themes.yaml`."""
    return tuple(
        Frame(
            frame["id"],
            frame["label"],
            tuple(
                Theme(theme["id"], theme["label"], theme["gist"], theme["icon"], tuple(theme["words"]))
                for theme in frame["themes"]
            ),
        )
        for pack in resources.names("packs")
        for file in resources.names(f"packs/{pack}", "themes.yaml")
        for frame in resources.definition(f"packs/{pack}/{file}")
    )


def tags_of(text: str, frames: Iterable[Frame]) -> tuple[Tag, ...]:
    """The themes that a text names, in each frame the primary one first.

    The words of a theme that is not called by its name must cover three characters, as 教育 alone says
    too little. Primary
    is the theme called by its own name, else the one whose words cover most, else the one named first.
    """
    return tuple(
        Tag(frame.id, theme.id, primary=not place)
        for frame in frames
        for place, theme in enumerate(_ranked(text, frame.themes))
    )


def _ranked(text: str, themes: Sequence[Theme]) -> list[Theme]:
    ranks = []
    for order, theme in enumerate(themes):
        called = any(name in text for name in theme.label.values())
        found = _words_in(text, {*theme.words, *theme.label.values()})
        covered = sum(map(len, found))
        if called or covered >= CHARACTERS_MIN:
            ranks.append(((not called, -covered, min(map(text.find, found)), order), theme))
    return [theme for _, theme in sorted(ranks, key=lambda rank: rank[0])]


def _words_in(text: str, words: Iterable[str]) -> list[str]:
    """The words that a text has, the longest first, none inside another."""
    found = []
    for word in sorted(words, key=lambda word: (-len(word), word)):
        if word in text:
            found.append(word)
            text = text.replace(word, "\n")
    return found


def inherited(own: Sequence[Tag], above: Sequence[Tag]) -> tuple[Tag, ...]:
    """A node's themes: its own, and in a frame where its words name none, the primary one above it."""
    named = {tag.frame for tag in own}
    return (*own, *(tag for tag in above if tag.primary and tag.frame not in named))
