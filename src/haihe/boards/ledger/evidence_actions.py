"""Evidence for reports: keep a file, cite a fact of a document, and hand the file out again."""

from __future__ import annotations

from pathlib import PurePath

from haihe.boards.accounts import Asker, require, require_part
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import actions, report_intake, report_tables
from haihe.boards.ledger.records import Evidence
from haihe.boards.reader import Sought
from haihe.boards.reader import actions as reader
from haihe.kit.errors import N_, Invalid, NotFound
from haihe.kit.limits import NAME_CHARACTERS_MAX, TABLE_ROWS_MAX, TEXT_BYTES_MAX
from haihe.store.opening import Store
from haihe.store.session import reading, writing

EVIDENCE_BYTES_MAX = TEXT_BYTES_MAX


def keep_evidence(store: Store, asker: Asker, node: int, name: str, content: bytes) -> Evidence:
    """Keep a file as evidence for a node, to be named in a report; raises Invalid for none or a large one."""
    _check(store, asker, node)
    kept = " ".join(PurePath(name.replace("\\", "/")).name.split())[-NAME_CHARACTERS_MAX:]
    if not content or not kept or len(content) > EVIDENCE_BYTES_MAX:
        raise Invalid(
            N_("{name} has {count} bytes; a file of evidence has 1 to {limit}."),
            advice=N_("Choose a file with something in it, or a smaller copy."),
            name=kept or "–",
            count=len(content),
            limit=EVIDENCE_BYTES_MAX,
        )
    columns = {"name": kept, "sha256": store.files.keep(content), "size_bytes": len(content)}
    with writing(store.engine, actor_of(asker)) as session:
        found = report_intake.put_evidence(session, node, columns)
        session.record("keep_evidence", f"node/{node}", {"evidence": found.id, "sha256": found.sha256})
        session.commit()
    return found


def cite_fact(store: Store, asker: Asker, node: int, document: int, fact: int) -> Evidence:
    """Take a fact of a document as evidence for a node, with its words; raises NotFound."""
    _check(store, asker, node)
    sought = Sought(limit=TABLE_ROWS_MAX)
    held = {each.id: each for each in reader.facts_of(store, asker, document, sought).rows}
    if fact not in held:
        raise NotFound(
            N_("The document has no fact {id} that you may see."),
            advice=N_("Open the document and choose one of its facts."),
            id=fact,
        )
    columns = {"name": held[fact].quote, "document_id": document, "fact_id": fact}
    with writing(store.engine, actor_of(asker)) as session:
        found = report_intake.put_evidence(session, node, columns)
        session.record("cite_fact", f"node/{node}", {"evidence": found.id, "fact": fact})
        session.commit()
    return found


def evidence_file(store: Store, asker: Asker, number: int) -> tuple[str, bytes]:
    """The name and content of a kept file; raises NotFound, also for one of an item that is not seen."""
    with reading(store.engine) as connection:
        node, found = report_tables.evidence_at(connection, number)
    actions.node_at(store, asker, node, actions.today())
    require_part(asker, "see_unpublished")
    if found.sha256 is None:
        raise NotFound(
            N_("Evidence {id} is a fact of a document, not a file."),
            advice=N_("Open the document."),
            id=number,
        )
    return found.name, store.files.content(found.sha256)


def _check(store: Store, asker: Asker, node: int) -> None:
    held = actions.node_at(store, asker, node, actions.today()).standing.node
    require(asker, "report_item", actions.unit_to_report(asker, held))
