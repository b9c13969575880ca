"""Reading documents, looking at what they say, and deciding on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Engine, Row, and_, func, select, text, true, update

from haihe.boards.accounts import OPERATOR, Asker, check_publishable, check_unclassified, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.accounts.marking_actions import marking_of
from haihe.boards.reader import tables
from haihe.boards.reader.dates import stated_date
from haihe.boards.reader.documents import (
    Document,
    Draft,
    Fact,
    FactCount,
    Listing,
    ReadOptions,
    Receipt,
    Sought,
    SourceContext,
    State,
    facts_in,
    no_document,
    numbers_in,
    title_of,
)
from haihe.boards.reader.forms import FIELDS
from haihe.boards.reader.intake import check_url, gazetteer, is_picture, name_of, text_of
from haihe.boards.reader.places import places_of
from haihe.boards.reader.reading import reading_of
from haihe.boards.reader.records import Reading
from haihe.boards.reader.renewal import renewal_of
from haihe.boards.reader.standing import standing_of
from haihe.boards.reader.tables import DOCUMENT, FACT, documents_seen, facts_where, put_facts
from haihe.boards.reader.verdicts import Correction, Seen, decided, names_in, nearest, said_before
from haihe.boards.registry import actions as registry
from haihe.kit.clock import day_in_region
from haihe.kit.cursor import Page, page_of
from haihe.kit.errors import N_
from haihe.kit.limits import PAGE_ROWS_DEFAULT, TABLE_ROWS_MAX
from haihe.kit.text import sha256_of
from haihe.store import work
from haihe.store.opening import Store, the_store
from haihe.store.session import Actor, Session, reading, writing

LONG_CHARACTERS = 200_000
"""A text longer than this is read by the worker, not while somebody waits."""

_DEEDS = {"accepted": "accept", "rejected": "reject", "found": "undo"}
_FACTS_AT_ONCE = 2_000
_BEAT_S = 5.0


def read_document(
    store: Store, asker: Asker, content: bytes, name: str, options: ReadOptions = ReadOptions()
) -> Document:
    """Read a text file and store the file, its canonical text and every fact with its source.

    The same text is the same document and is stored once; another date than before has its open facts dated
    anew. Raises Invalid as `intake.text_of`, and for an address that is none of the web.
    """
    require(asker, "read_document")
    return _taken(store, asker, draft_of(content, name, options))


def _taken(store: Store, asker: Asker, draft: Draft) -> Document:
    known = _known(store.engine, draft)
    if known is None:
        found = _read(store, draft.text, draft.options.dated, _unheard)
        known = _kept(store, actor_of(asker), draft, found, _unheard)
    return document_at(store, asker, known)


def keep_reading(store: Store, asker: Asker, draft: Draft, found: Reading) -> Document:
    """Store a draft and what was found in it elsewhere; what is stored already is no deed."""
    require(asker, "read_document")
    return document_at(store, asker, _kept(store, actor_of(asker), draft, found, _unheard))


def submit_document(
    store: Store, asker: Asker, content: bytes, name: str, options: ReadOptions = ReadOptions()
) -> Receipt:
    """Read a document, a long one or a picture by the worker; raises as `read_document`."""
    require(asker, "read_document")
    if not is_picture(content, name):
        draft = draft_of(content, name, options)
        if len(draft.text) <= LONG_CHARACTERS or _known(store.engine, draft) is not None:
            return Receipt(_taken(store, asker, draft), None)
    check_url(options.url)
    arguments = {"file": store.files.keep(content), "name": name_of(name), **asdict(options)}
    return Receipt(None, _asked(store, asker, arguments))


def read_again(store: Store, asker: Asker, document_id: int) -> Receipt:
    """Read a stored text anew, a long one by the worker; what somebody decided on stays as it is."""
    require(asker, "read_document")
    if document_at(store, asker, document_id).characters > LONG_CHARACTERS:
        return Receipt(None, _asked(store, asker, {"document": document_id}))
    _reread(store, actor_of(asker), document_id, _unheard)
    return Receipt(document_at(store, asker, document_id), None)


def _asked(store: Store, asker: Asker, arguments: Mapping[str, Any]) -> int:
    with writing(store.engine, actor_of(asker)) as session:
        job = work.ask(session, "read", arguments)
        session.commit()
    return job


def read_job(engine: Engine, actor: Actor, arguments: Mapping[str, Any], progress: work.Progress) -> int:
    """Read a long document for whoever asked (`haihe.store.work`); the result is the document's number."""
    store = the_store()
    if "document" in arguments:
        return _reread(store, actor, arguments["document"], progress)
    dated = date.fromisoformat(arguments["dated"]) if arguments["dated"] else None
    options = ReadOptions(dated, arguments["tier"], arguments["url"])
    draft = draft_of(store.files.content(arguments["file"]), arguments["name"], options)
    known = _known(engine, draft)
    return known or _kept(store, actor, draft, _read(store, draft.text, dated, progress), progress)


def try_document(
    store: Store, asker: Asker, content: bytes, name: str, options: ReadOptions = ReadOptions()
) -> tuple[str, Reading]:
    """The canonical text of a file and what it says, with nothing stored; raises as `read_document`."""
    require(asker, "read_document")
    draft = draft_of(content, name, options)
    return draft.text, _read(store, draft.text, options.dated, _unheard)


def _unheard(_done: float, _note: str) -> None:
    """Progress that nobody waits for."""


def draft_of(content: bytes, name: str, options: ReadOptions = ReadOptions()) -> Draft:
    """A file as it would be stored; raises as `read_document`."""
    check_url(options.url)
    found = text_of(content, name)
    check_unclassified(found)
    return Draft(content, name_of(name), found, sha256_of(found), options)


def _known(engine: Engine, draft: Draft) -> int | None:
    with reading(engine) as connection:
        return tables.document_with(connection, draft.sha256, draft.options.dated)


def _read(store: Store, content: str, dated: date | None, progress: work.Progress) -> Reading:
    """What a text says; a sign of life at each beat, through which a cancelled job ends."""
    pool = ThreadPoolExecutor(1)
    task = pool.submit(reading_of, content, dated=dated, gazetteer=gazetteer(store))
    pool.shutdown(wait=False)
    while not wait([task], _BEAT_S).done:
        progress(0.1, N_("Reading the text."))
    return task.result()


def _kept(store: Store, actor: Actor, draft: Draft, found: Reading, progress: work.Progress) -> int:
    """Store a draft in one transaction; the number of its document, new or there before."""
    content = {
        "sha256": draft.sha256,
        "title": title_of(draft.text, draft.name),
        "name": draft.name,
        "text": draft.text,
        "dated": draft.options.dated or stated_date(draft.text),
        "tier": draft.options.tier,
        "url": draft.options.url,
        "file_sha256": store.files.keep(draft.content),
        "read_on": day_in_region(actor.at),
    }
    with writing(store.engine, actor) as session:
        session.execute(text("SET LOCAL lock_timeout = 0"))
        document, fresh = tables.put_document(session, content)
        number = int(document.id)
        if not fresh and draft.options.dated in (None, document.dated):
            return number
        if not fresh:
            session.execute(update(DOCUMENT).where(DOCUMENT.c.id == number).values(dated=draft.options.dated))
        moved = _renewed(session, document, found, progress)
        detail = {"sha256": draft.sha256, "dated": content["dated"], **moved}
        session.record("read_document" if fresh else "date_document", f"document/{number}", detail)
        session.commit()
    return number


def _reread(store: Store, actor: Actor, document_id: int, progress: work.Progress) -> int:
    """Bring the facts of a stored document in line with a new reading of its text."""
    this = DOCUMENT.c.id == document_id
    with reading(store.engine) as connection:
        held = connection.execute(select(DOCUMENT.c.text, DOCUMENT.c.dated).where(this)).one()
    found = _read(store, held.text, held.dated, progress)
    with writing(store.engine, actor) as session:
        document = session.execute(select(*tables.ORIGIN).where(this).with_for_update()).one()
        moved = _renewed(session, document, found, progress)
        if moved:
            session.record("read_again", f"document/{document_id}", moved)
            session.commit()
    return document_id


def _renewed(session: Session, document: Row[Any], found: Reading, progress: work.Progress) -> dict[str, Any]:
    """Bring the facts of a document in line with a reading of it; what that moved, for the audit chain."""
    held = tables.locked(session, FACT.c.document_id == document.id)
    renewal = renewal_of(held, facts_in(found))
    for start in range(0, len(renewal.added), _FACTS_AT_ONCE):
        progress(0.5 + 0.5 * start / len(renewal.added), N_("Storing what was found."))
        put_facts(session, document, renewal.added[start : start + _FACTS_AT_ONCE])
    tables.renew_facts(session, renewal)
    moved = {"added": len(renewal.added), "facts": list(renewal.changed), "gone": list(renewal.gone)}
    return {name: what for name, what in moved.items() if what}


def document_at(store: Store, asker: Asker, document_id: int) -> Document:
    """The document with a number; raises NotFound, also for one that the asker may not see."""
    require(asker, "see_published")
    seen = documents_seen(asker, DOCUMENT.c.id == document_id)
    with reading(store.engine) as connection:
        row = connection.execute(seen).mappings().first()
    if row is None:
        raise no_document(document_id)
    return tables.document_of(row)


def documents(
    store: Store, asker: Asker, q: str = "", cursor: str | None = None, limit: int = PAGE_ROWS_DEFAULT
) -> Page[Document]:
    """The documents that have the words of `q`, newest first."""
    require(asker, "see_published")
    before = DOCUMENT.c.id < numbers_in(cursor, 1)[0] if cursor else true()
    with reading(store.engine) as connection:
        rows = tables.newest(connection, asker, and_(tables.having(q), before), limit + 1)
    return page_of(rows, limit, lambda document: [document.id])


def documents_listed(store: Store, asker: Asker, listing: Listing) -> tuple[list[Document], int]:
    """The documents that a table shows, and how many there are in all."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        return tables.listed(connection, asker, listing)


def text_at(store: Store, asker: Asker, document_id: int, start: int = 0, end: int | None = None) -> str:
    """The canonical text of a document, or the characters [start, end) of it."""
    document_at(store, asker, document_id)
    stretch = (start + 1,) if end is None else (start + 1, end - start)
    asked = select(func.substr(DOCUMENT.c.text, *stretch)).where(DOCUMENT.c.id == document_id)
    with reading(store.engine) as connection:
        return str(connection.execute(asked).scalar_one())


def reading_at(store: Store, asker: Asker, document_id: int) -> Reading:
    """What a document says, read anew from its stored text, without what was struck out and as corrected."""
    document, words = document_at(store, asker, document_id), text_at(store, asker, document_id)
    facts = facts_of(store, asker, document_id, Sought(waiting=False, limit=TABLE_ROWS_MAX)).rows
    return standing_of(reading_of(words, dated=document.dated, gazetteer=gazetteer(store)), facts)


def facts_of(store: Store, asker: Asker, document_id: int, sought: Sought = Sought()) -> Page[Fact]:
    """The facts of a document in the order of its text, as corrected; the public sees those that hold."""
    document_at(store, asker, document_id)
    conditions = (FACT.c.document_id == document_id, tables.facts_seen(asker), tables.sought_facts(sought))
    with reading(store.engine) as connection:
        rows = facts_where(connection, *conditions, limit=sought.limit + 1)
    return page_of(rows, sought.limit, lambda fact: [fact.start, fact.id])


def fact_counts(store: Store, asker: Asker, document_id: int) -> list[FactCount]:
    """How many facts of a document stand at which state, by kind."""
    document_at(store, asker, document_id)
    with reading(store.engine) as connection:
        return tables.counts(connection, FACT.c.document_id == document_id, tables.facts_seen(asker))


def source_context(store: Store, asker: Asker, source_id: str) -> SourceContext:
    """A source, with the words around it where it is a sentence of a document that the asker may see.

    The sentence itself is for whoever holds its address, which is its hash: a page that shows the number,
    such as a published promise, gave it to them. Raises NotFound for no such source.
    """
    require(asker, "see_published")
    with reading(store.engine) as connection:
        return tables.context_of(connection, asker, source_id)


def publish_document(store: Store, asker: Asker, document_id: int, *, published: bool = True) -> Document:
    """Let everybody see a document and those of its facts that hold, or take it back from the public."""
    require(asker, "publish")
    document_at(store, asker, document_id)
    if published:
        check_publishable(marking_of(store, f"document/{document_id}"))
    change = update(DOCUMENT).where(DOCUMENT.c.id == document_id, DOCUMENT.c.published.is_not(published))
    with writing(store.engine, actor_of(asker)) as session:
        if session.execute(change.values(published=published)).rowcount:
            deed = "publish_document" if published else "withdraw_document"
            session.record(deed, f"document/{document_id}")
            session.commit()
    return document_at(store, asker, document_id)


def decide_fact(
    store: Store, asker: Asker, fact_id: int, state: State, revision: int | None = None
) -> list[Fact]:
    """Accept or reject a fact, or take back what was said of it (`found`): it is again what the reader found.

    Answers with it and those that repeat it as they stand now; one that was added by hand and is not accepted
    is gone. Raises Conflict where somebody else changed the fact after the `revision` that the asker saw.
    """
    require(asker, "review_draft")
    with writing(store.engine, actor_of(asker)) as session:
        changes = [(one, decided(one, state)) for one in tables.held(store, session, Seen(fact_id, revision))]
        return _settled(store, session, (f"{_DEEDS[state]}_fact", f"fact/{fact_id}"), changes)


def correct_fact(
    store: Store, asker: Asker, fact_id: int, correction: Correction, revision: int | None = None
) -> list[Fact]:
    """Say what a fact is instead; what the reader found is kept beside it. As `decide_fact`.

    Raises Invalid for a field or a place that cannot be.
    """
    require(asker, "review_draft")
    with writing(store.engine, actor_of(asker)) as session:
        held = tables.held(store, session, Seen(fact_id, revision))
        after = tables.as_corrected(session, held, correction)
        return _settled(store, session, ("correct_fact", f"fact/{fact_id}"), [*zip(held, after, strict=True)])


def add_fact(store: Store, asker: Asker, document_id: int, kind: str, correction: Correction) -> Fact:
    """Add a fact that the reader missed, in the words [start, end) of the correction.

    Fields that are not given follow from the words. Raises Invalid as `correct_fact`, and Conflict where the
    reader found a fact of this kind in these words.
    """
    require(asker, "review_draft")
    document_at(store, asker, document_id)
    with writing(store.engine, actor_of(asker)) as session:
        fact = tables.as_added(session, document_id, kind, correction)
        return _settled(store, session, ("add_fact", f"fact/{fact.id}"), [(None, fact)])[0]


def accept_facts(store: Store, asker: Asker, document_id: int, kinds: tuple[str, ...] = ()) -> int:
    """Say that all open facts of a document, or those of some kinds, are right; how many they were."""
    require(asker, "review_draft")
    document_at(store, asker, document_id)
    waiting = tables.sought_facts(Sought(kinds or tuple(FIELDS), waiting=True))
    with writing(store.engine, actor_of(asker)) as session:
        held = tables.locked(session, and_(FACT.c.document_id == document_id, waiting))
        changes = [(fact, decided(fact, "accepted")) for fact, _ in held]
        return len(_settled(store, session, ("accept_facts", f"document/{document_id}"), changes))


def _settled(
    store: Store, session: Session, deed: tuple[str, str], changes: Sequence[tuple[Fact | None, Fact | None]]
) -> list[Fact]:
    """Write what became of facts (before, after) and what the registry knows of them; those that stand."""
    standing = [after for _, after in changes if after]
    moved = [(before, after) for before, after in changes if before != after]
    if moved:
        tables.put_changes(session, moved, _entities(store, standing))
        numbers = [one.id for pair in moved if (one := pair[0] or pair[1])]
        was = [said_before(before) for before, _ in moved if before]
        session.record(*deed, {"facts": numbers, "was": was})
        session.commit()
    return facts_where(session.connection, FACT.c.id.in_([fact.id for fact in standing]))


def _entities(store: Store, facts: Sequence[Fact]) -> dict[str, int | None]:
    """What the registry knows by the names in facts, in the context of the place that the title names."""
    names = {name: fact.document_id for fact in facts for name in names_in(fact)}
    if not names:
        return {}
    title = document_at(store, OPERATOR, next(iter(names.values()))).title
    home = next((place.adcode for place in places_of(title, gazetteer(store)) if place.adcode), None)
    return {name: nearest(registry.resolve_unit(store, name, home)) for name in names}
