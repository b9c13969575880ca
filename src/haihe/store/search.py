"""Full-text search in Chinese: characters and pairs of characters in a tsvector.

pg_trgm has no index for words of two characters such as 武清.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, cast, false
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from haihe.kit.text import terms

CHARACTERS_MAX = 60_000
"""As much of a text goes into its vector: PostgreSQL takes at most 1 MiB of words."""

_WORD_CHARACTERS_MAX = 100


def vector(text: str) -> ColumnElement[Any]:
    """The search vector of a text, to be stored in a TSVECTOR column with a GIN index.

    Only the first `CHARACTERS_MAX` characters count, and runs too long to be words are left out.
    """
    found = dict.fromkeys(terms(unicodedata.normalize("NFKC", text[:CHARACTERS_MAX])[:CHARACTERS_MAX]))
    words = " ".join(f"'{term}'" for term in found if len(term) <= _WORD_CHARACTERS_MAX)
    return cast(words, TSVECTOR)


def matches(column: ColumnElement[Any], query: str) -> ColumnElement[bool]:
    """Whether a stored vector has every pair of characters (or lone character) and word of the query."""
    asked = dict.fromkeys(terms(query))
    pairs = {character for term in asked if len(term) == 2 and not term.isascii() for character in term}
    needed = [term for term in asked if not (len(term) == 1 and term in pairs)]
    if not needed:
        return false()
    return column.op("@@")(cast(" & ".join(f"'{term}'" for term in needed), TSQUERY))
