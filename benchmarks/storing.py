"""Storing a document with its facts: the reader's tables beside plain psycopg."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import section
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from reading import DATED, made_text
from sqlalchemy import make_url

from haihe.boards.reader import Span, dates_of, figures_of
from haihe.boards.reader.tables import put_document, put_facts
from haihe.kit.text import sha256_of
from haihe.store.opening import Store, using
from haihe.store.server import local_server
from haihe.store.session import Actor, writing

CHARACTERS = 8_000
ROUNDS = 15
ACTOR = Actor("benchmark", datetime(2023, 6, 1, tzinfo=UTC))

Rows = list[dict[str, Any]]


def silent(template: str, /, **facts: object) -> None:
    """Say nothing."""


def stored(store: Store, content: str, facts: Sequence[Span]) -> None:
    """Store a document and its facts as `read_document` does once it has read."""
    sha256 = sha256_of(content)
    columns = {"sha256": sha256, "title": content[:40], "name": "made.txt", "text": content, "tier": "ours"}
    with writing(store.engine, ACTOR) as session:
        further = {"dated": DATED, "url": None, "file_sha256": sha256, "read_on": DATED}
        document, _ = put_document(session, columns | further)
        put_facts(session, document, facts)
        session.record("read_document", f"document/{document.id}")
        session.commit()


def rows_of(connection: psycopg.Connection[Any], sha256: str) -> tuple[Rows, Rows, Rows]:
    """The rows of a stored document in document, source and fact."""
    cursor = connection.cursor(row_factory=dict_row)
    documents = cursor.execute("SELECT * FROM document WHERE sha256 = %s", [sha256]).fetchall()
    sources = cursor.execute("SELECT * FROM source WHERE document_sha256 = %s", [sha256]).fetchall()
    held = "SELECT * FROM fact WHERE document_id = %s"
    facts = cursor.execute(held, [documents[0]["id"]]).fetchall()
    return documents, sources, [row | {"fields": Jsonb(row["fields"])} for row in facts]


def put(connection: psycopg.Connection[Any], table: str, rows: Rows) -> None:
    names = list(rows[0])
    statement = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(map(sql.Placeholder, names)),
    )
    connection.cursor().executemany(statement, rows)


def put_all(connection: psycopg.Connection[Any], rows: tuple[Rows, Rows, Rows]) -> None:
    for table, some in zip(("document", "source", "fact"), rows, strict=True):
        put(connection, table, some)
    connection.commit()


def removed(connection: psycopg.Connection[Any], sha256: str) -> None:
    connection.execute("DELETE FROM document WHERE sha256 = %s", [sha256])
    connection.execute("DELETE FROM source WHERE document_sha256 = %s", [sha256])
    connection.commit()


def rounds(store: Store, content: str, facts: Sequence[Span]) -> list[tuple[float, float]]:
    """Seconds of ours and of the peer with the same rows, which are taken away after each turn."""
    address = make_url(store.owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    sha256 = sha256_of(content)
    taken = []
    with psycopg.connect(address) as connection:
        for _ in range(ROUNDS + 1):
            ours = section.seconds(lambda: stored(store, content, facts))
            rows = rows_of(connection, sha256)
            assert len(rows[2]) == len(facts)
            removed(connection, sha256)
            peer = section.seconds(lambda: put_all(connection, rows))  # noqa: B023 - called at once
            removed(connection, sha256)
            taken.append((ours, peer))
    return taken[1:]


def main() -> None:
    content = "".join(made_text().sentences)[:CHARACTERS]
    dates = dates_of(content, DATED)
    facts = [*dates, *figures_of(content, dates)]
    with TemporaryDirectory(prefix="haihe-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        with (
            local_server(home, report=silent, durable=False) as server,
            using(home, server.url, server.owner_url) as store,
        ):
            taken = rounds(store, content, facts)
    ours, peer = (median(side) for side in zip(*taken, strict=True))
    ratio = median(theirs / mine for mine, theirs in taken)
    head = ("facts", "psycopg's time ÷ Haihe's", "Haihe, ms", "psycopg, ms")
    row = (f"{len(facts)}", f"{ratio:.2f}", f"{ours * 1000:.0f}", f"{peer * 1000:.0f}")
    section.write(
        "Storing",
        f"""
Peer: psycopg's `executemany` with the same rows for the same tables. A document of {CHARACTERS:,}
characters, its facts and a source for each fact go into PostgreSQL in one transaction. Haihe's side makes
the rows from the records, with search vectors, ids of sources and the line of the audit chain, which the
peer does not have to do: it gets its rows ready. The difference is the price of that. Reading is not part
of it.

{section.table(head, [row])}

{section.versions("sqlalchemy", "psycopg")} Medians of {ROUNDS} rounds, without waiting for the disk.
""",
    )


if __name__ == "__main__":
    main()
