"""Names as columns: what the comparers look at, for an engine that compares millions of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from haihe.boards.registry import comparers
from haihe.boards.registry.forms import Form, form_of
from haihe.boards.registry.keys import rare_keys_of, syllables
from haihe.boards.registry.lexicon import Lexicon, Word
from haihe.boards.registry.resolution import Mention

COLUMNS: Final[Mapping[str, str]] = {
    "sound": "string", "whole": "string", "keys": "array<string>",
    "latin": "boolean", "content": "string", "spelled": "string", "said": "string",
    "placed": "boolean", "adcodes": "array<string>", "above": "array<string>",
    "region": "string", "region_above": "array<string>",
    "branded": "boolean", "anchored": "boolean", "spread": "boolean",
    "kind": "string", "legal": "string", "grouped": "boolean", "ordinals": "string",
    "parted": "boolean", "branch": "string", "seated": "boolean", "branch_adcodes": "array<string>",
    "entity": "string", "scheme": "string", "code": "string", "old_code": "string", "stock": "string",
    "former": "array<string>",
}  # fmt: skip
"""The columns of a name and their types.

`sound` and `whole` are what its other spellings share: how its brand sounds, and all its words; null where
it has none, as codes are. `keys` are what few others have. `said` is what `level_of` reads; `spread` says
that it is of the whole country without a brand, `parted` that it is a branch, `seated` that the branch has a
place.
"""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_FORMS_HELD = 50_000
_LEVELS_HELD = 200_000

Value = str | bool | list[str] | None


def columns_of(lexicon: Lexicon, mentions: Sequence[Mention]) -> dict[str, list[Value]]:
    """Some mentions as columns, in their order."""
    rows = [_row(mention, form_of(lexicon, mention.name, mention.region)) for mention in mentions]
    return {column: [row[column] for row in rows] for column in COLUMNS}


def _row(mention: Mention, form: Form) -> dict[str, Value]:
    brand = "".join(word.text for word in form.words if word.does == "brand")
    adcodes = sorted(form.adcodes)
    code = mention.identifier
    old = {"uscc": code.value[8:17], "organisation": code.value}.get(code.scheme) if code else None
    return {
        "sound": syllables(brand) or None,
        "whole": f"{form.content}{''.join(adcodes)}" if form.content else "".join(form.latin) or None,
        "keys": list(rare_keys_of(form)),
        "latin": bool(form.latin),
        "content": form.content,
        "spelled": comparers.spelled(form),
        "said": _said(form, adcodes),
        "placed": bool(adcodes),
        "adcodes": adcodes,
        "above": sorted(form.above),
        "region": form.region or "",
        "region_above": sorted(form.region_above),
        "branded": form.branded,
        "anchored": form.anchored,
        "spread": comparers.nationwide(form),
        "kind": form.kind or "",
        "legal": form.legal,
        "grouped": form.group,
        "ordinals": " ".join(form.ordinals),
        "parted": bool(form.branch or form.branch_adcodes),
        "branch": form.branch,
        "seated": bool(form.branch_adcodes),
        "branch_adcodes": sorted(form.branch_adcodes),
        "entity": mention.entity,
        "scheme": code.scheme if code else None,
        "code": code.value if code else None,
        "old_code": old,
        "stock": form.stock,
        "former": list(form.former),
    }


def firsts_of(mentions: Sequence[Mention]) -> dict[str, list[int | None]]:
    """For each mention the first one of its code and of its entity, where that is another."""
    codes = [one.identifier.key if one.identifier else None for one in mentions]
    return {"same_code": _firsts(codes), "same_entity": _firsts([one.entity for one in mentions])}


def _firsts(keys: Sequence[str | None]) -> list[int | None]:
    first: dict[str, int] = {}
    found = (first.setdefault(key, number) if key else number for number, key in enumerate(keys))
    return [None if one == number else one for number, one in enumerate(found)]


def _said(form: Form, adcodes: Sequence[str]) -> str:
    """What `comparers.words` looks at, as a line of JSON."""
    words = [(word.text, word.does) for word in form.words]
    written = "" if form.content else form.written
    held = (written, words, form.content, form.kind, adcodes, form.legal, form.group, form.latin)
    return _JSON.encode(held)


@lru_cache(_FORMS_HELD)
def _form(said: str) -> Form:
    written, words, content, kind, adcodes, legal, group, latin = json.loads(said)
    return Form(
        written,
        tuple(Word(text, does) for text, does in words),
        content,
        kind,
        frozenset(adcodes),
        legal=legal,
        group=group,
        latin=tuple(latin),
    )


@lru_cache(_LEVELS_HELD)
def level_of(first: str, second: str) -> str:
    """The level of `comparers.words` for two names by their column `said`.

    An engine asks for it once for each level that it tries, so the last answers are kept.
    """
    return comparers.words(_form(first), _form(second)).level
