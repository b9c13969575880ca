"""Facts for other tools: as annotations of the web, and as the cells of one table.

Web Annotation Data Model, W3C Recommendation of 23 February 2017, https://www.w3.org/TR/annotation-model/.
Its text positions count code points (4.2.5), as the reader's do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from haihe.boards.reader.documents import Fact
from haihe.boards.reader.records import (
    Assignment,
    DateMention,
    Defect,
    Due,
    Figure,
    IndustryMention,
    Measure,
    OrganisationMention,
    PlaceMention,
    PostMention,
)
from haihe.kit.errors import N_, Invalid
from haihe.kit.sheets import sheet
from haihe.kit.text import sha256_of

Row = Mapping[str, Any]

AROUND_CHARACTERS = 32
"""How many characters before and after a quote an annotation holds, so that it is found in a changed text."""

_OWN = ("kind", "start", "end", "quote", "state")
_RECORDS = (
    Figure,
    DateMention,
    PlaceMention,
    Measure,
    PostMention,
    OrganisationMention,
    IndustryMention,
    Assignment,
    Due,
    Defect,
)
_FIELDS = (each.name for record in _RECORDS for each in fields(record) if each.name != "due_words")
COLUMNS = tuple(dict.fromkeys((*_OWN, *_FIELDS, "due_quote", "due_start", "due_end")))
"""The columns of a table of facts, the same for every document."""


FORMS = (".jsonl", ".csv", ".jsonld")
"""The endings of files of facts: a line of JSON for each, a table, web annotations."""


def form_of(name: str) -> str:
    """The form that a file of facts is to have, by its ending; raises Invalid for another."""
    form = f".{name.rpartition('.')[2].lower()}"
    if form not in FORMS:
        raise Invalid(
            N_("{file} has no ending that facts are written in: {endings}."),
            advice=N_("Name a file with one of these endings."),
            file=name,
            endings=", ".join(FORMS),
        )
    return form


def facts_file(
    form: str, text: str, rows: Sequence[Row], url: str | None = None, title: str | None = None
) -> bytes:
    """Facts of a text as a file of a form, in UTF-8."""
    if form == ".csv":
        return sheet(COLUMNS, fact_cells(rows), "csv")
    if form == ".jsonl":
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
    return json.dumps(annotations_of(text, rows, url, title), ensure_ascii=False, indent=1).encode()


def fact_row(fact: Fact) -> dict[str, Any]:
    """A stored fact as the flat row of a record (`records.row_of`), with its state."""
    return {**{name: getattr(fact, name) for name in _OWN}, **fact.fields}


def fact_cells(rows: Iterable[Row]) -> Iterator[list[object]]:
    """Facts as the cells of COLUMNS; a list is JSON, and a cell is None where a fact has no such field."""
    for row in rows:
        values = (row.get(name) for name in COLUMNS)
        yield [
            json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value for value in values
        ]


def annotations_of(
    text: str, rows: Iterable[Row], url: str | None = None, title: str | None = None
) -> dict[str, Any]:
    """An AnnotationCollection in JSON-LD with one annotation for each fact that nobody rejected.

    The target is the document's address, or `urn:sha256:` with the hash of its canonical text where it has
    none; the positions are those of that text. The kind is a tag, the fields are described in JSON, and what
    somebody decided is an assessment.
    """
    name = f"urn:sha256:{sha256_of(text)}"
    source = {"source": url, "state": {"type": "TimeState", "cached": name}} if url else {"source": name}
    items = [
        {
            "id": f"{name}#{row['kind']}={row['start']},{row['end']}",
            "type": "Annotation",
            "motivation": "tagging",
            **_maker(row),
            "body": _bodies(row),
            "target": {"type": "SpecificResource", **source, "selector": _selectors(text, row)},
        }
        for row in rows
        if row.get("state") != "rejected"
    ]
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{name}#facts",
        "type": "AnnotationCollection",
        **({"label": title} if title else {}),
        "total": len(items),
        "first": {"id": f"{name}#facts-1", "type": "AnnotationPage", "startIndex": 0, "items": items},
    }


def _maker(row: Row) -> dict[str, Any]:
    """Who made an annotation; of one that was added by hand it is not told."""
    return {} if row.get("state") == "added" else {"creator": {"type": "Software", "name": "Haihe"}}


def _bodies(row: Row) -> list[dict[str, Any]]:
    said = {name: value for name, value in row.items() if name not in _OWN}
    bodies = [
        {"type": "TextualBody", "purpose": "tagging", "value": row["kind"]},
        {
            "type": "TextualBody",
            "purpose": "describing",
            "format": "application/json",
            "value": json.dumps(said, ensure_ascii=False),
        },
    ]
    if row.get("state", "found") != "found":
        bodies.append({"type": "TextualBody", "purpose": "assessing", "value": row["state"]})
    return bodies


def _selectors(text: str, row: Row) -> list[dict[str, Any]]:
    start, end = row["start"], row["end"]
    return [
        {"type": "TextPositionSelector", "start": start, "end": end},
        {
            "type": "TextQuoteSelector",
            "exact": row["quote"],
            "prefix": text[max(start - AROUND_CHARACTERS, 0) : start],
            "suffix": text[end : end + AROUND_CHARACTERS],
        },
    ]
