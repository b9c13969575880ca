"""Reading documents, looking at what they say, and deciding on it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select, text, tuple_, update

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.reader.dates import stated_date
from haihe.boards.reader.documents import (
    AROUND_CHARACTERS,
    Document,
    Fact,
    FactCount,
    Finding,
    Listing,
    Receipt,
    Sought,
    SourceContext,
    State,
    facts_in,
    near,
    numbers_in,
)
from haihe.boards.reader.intake import check_url, gazetteer, name_of, text_of
from haihe.boards.reader.reading import reading_of
from haihe.boards.reader.records import Reading
from haihe.boards.reader.tables import (
    DOCUMENT,
    FACT,
    document_of,
    documents_seen,
    fact_of,
    facts_seen,
    having,
    put_document,
    put_facts,
    visible,
)
from haihe.kit.cursor import Page, page_of
from haihe.kit.errors import N_, NotFound
from haihe.kit.limits import PAGE_ROWS_DEFAULT
from haihe.kit.source import Tier
from haihe.kit.text import sha256_of
from haihe.store import work
from haihe.store.opening import Store, the_store
from haihe.store.search import matches
from haihe.store.session import Actor, reading, writing
from haihe.store.sources import source_at

LONG_CHARACTERS = 200_000
"""A text longer than this is read by the worker, not while somebody waits."""

_SORTABLE = ("title", "dated", "tier", "read_on", "published")
_DEEDS = {"accepted": "accept", "rejected": "reject", "found": "undo"}
_ZONE = ZoneInfo("Asia/Shanghai")
_EXCERPT_CHARACTERS = 120
_FACTS_AT_ONCE = 2_000
_BEAT_S = 5.0


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What is known of a document beside its text: its day, its tier, its address on the web."""

    dated: date | None = None
    tier: Tier = "press"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    """A document handed in and not yet stored."""

    content: bytes
    name: str
    text: str
    sha256: str
    options: ReadOptions


def read_document(
    store: Store, asker: Asker, content: bytes, name: str, options: ReadOptions = ReadOptions()
) -> Document:
    """Read a text file and store the file, its canonical text and every fact with its source.

    The same text is the same document and is stored once; another date than before has its open facts dated
    anew. Raises Invalid as `intake.text_of`, and for an address that is none of the web.
    """
    require(asker, "read_document")
    draft = _draft(content, name, options)
    known = _known(store.engine, draft)
    if known is None:
        known = _kept(store, actor_of(asker), draft, _unheard)
    return document_at(store, asker, known)


def submit_document(
    store: Store, asker: Asker, content: bytes, name: str, options: ReadOptions = ReadOptions()
) -> Receipt:
    """Read a document at once, or have the worker read it when it is long; raises as `read_document`."""
    require(asker, "read_document")
    draft = _draft(content, name, options)
    if len(draft.text) <= LONG_CHARACTERS or _known(store.engine, draft) is not None:
        return Receipt(read_document(store, asker, content, name, options), None)
    arguments = {"file": store.files.keep(content), "name": draft.name, **asdict(options)}
    with writing(store.engine, actor_of(asker)) as session:
        job = work.ask(session, "read", arguments)
        session.commit()
    return Receipt(None, job)


def read_job(engine: Engine, actor: Actor, arguments: Mapping[str, Any], progress: work.Progress) -> int:
    """Read a long document for whoever asked (`haihe.store.work`); the result is the document's number."""
    store = the_store()
    dated = date.fromisoformat(arguments["dated"]) if arguments["dated"] else None
    options = ReadOptions(dated, arguments["tier"], arguments["url"])
    draft = _draft(store.files.content(arguments["file"]), arguments["name"], options)
    known = _known(engine, draft)
    return _kept(store, actor, draft, progress) if known is None else known


def try_document(
    store: Store, asker: Asker, content: bytes, name: str, options: ReadOptions = ReadOptions()
) -> tuple[str, Reading]:
    """The canonical text of a file and what it says, with nothing stored; raises as `read_document`."""
    require(asker, "read_document")
    draft = _draft(content, name, options)
    return draft.text, _read(store, draft, _unheard)


def _unheard(_done: float, _note: str) -> None:
    """Progress that nobody waits for."""


def _draft(content: bytes, name: str, options: ReadOptions) -> _Draft:
    check_url(options.url)
    found = text_of(content, name)
    return _Draft(content, name_of(name), found, sha256_of(found), options)


def _known(engine: Engine, draft: _Draft) -> int | None:
    """The document that has this text already, unless it is to be dated anew."""
    held = select(DOCUMENT.c.id, DOCUMENT.c.dated).where(DOCUMENT.c.sha256 == draft.sha256)
    with reading(engine) as connection:
        row = connection.execute(held).first()
    return row.id if row and draft.options.dated in (None, row.dated) else None


def _read(store: Store, draft: _Draft, progress: work.Progress) -> Reading:
    """What a draft says; a sign of life at each beat, through which a cancelled job ends."""
    pool = ThreadPoolExecutor(1)
    task = pool.submit(reading_of, draft.text, dated=draft.options.dated, gazetteer=gazetteer(store))
    pool.shutdown(wait=False)
    while not wait([task], _BEAT_S).done:
        progress(0.1, N_("Reading the text."))
    return task.result()


def _kept(store: Store, actor: Actor, draft: _Draft, progress: work.Progress) -> int:
    """Read and store a draft in one transaction; the number of its document, new or there before."""
    found = _read(store, draft, progress)
    facts = facts_in(found)
    content = {
        "sha256": draft.sha256,
        "title": _title_of(draft),
        "name": draft.name,
        "text": draft.text,
        "dated": draft.options.dated or stated_date(draft.text),
        "tier": draft.options.tier,
        "url": draft.options.url,
        "file_sha256": store.files.keep(draft.content),
        "read_on": actor.at.astimezone(_ZONE).date(),
    }
    with writing(store.engine, actor) as session:
        session.execute(text("SET LOCAL lock_timeout = 0"))
        document, fresh = put_document(session, content)
        number: int = document.id
        if not fresh and draft.options.dated in (None, document.dated):
            return number
        if not fresh:
            this = DOCUMENT.c.id == number
            session.execute(update(DOCUMENT).where(this).values(dated=draft.options.dated))
        for start in range(0, len(facts), _FACTS_AT_ONCE):
            progress(0.5 + 0.5 * start / len(facts), N_("Storing what was found."))
            put_facts(session, document, facts[start : start + _FACTS_AT_ONCE])
        detail = {"sha256": draft.sha256, "dated": content["dated"], "facts": len(facts)}
        session.record("read_document" if fresh else "date_document", f"document/{number}", detail)
        session.commit()
    return number


def _title_of(draft: _Draft) -> str:
    """The first line that says something."""
    lines = (line.strip("\ufeff#* \t\u3000") for line in draft.text.splitlines())
    return next(filter(None, lines), draft.name)[:100]


def document_at(store: Store, asker: Asker, document_id: int) -> Document:
    """The document with a number; raises NotFound, also for one that the asker may not see."""
    require(asker, "see_published")
    seen = documents_seen(asker, DOCUMENT.c.id == document_id)
    with reading(store.engine) as connection:
        row = connection.execute(seen).mappings().first()
    if row is None:
        raise NotFound(
            N_("There is no document {id} that you may see."),
            advice=N_("Look at the list of documents; one that is not published needs an account."),
            id=document_id,
        )
    return document_of(row)


def documents(
    store: Store, asker: Asker, q: str = "", cursor: str | None = None, limit: int = PAGE_ROWS_DEFAULT
) -> Page[Document]:
    """The documents that have the words of `q`, newest first."""
    require(asker, "see_published")
    asked = documents_seen(asker, having(q)).order_by(DOCUMENT.c.id.desc()).limit(limit + 1)
    if cursor:
        asked = asked.where(DOCUMENT.c.id < numbers_in(cursor, 1)[0])
    with reading(store.engine) as connection:
        rows = connection.execute(asked).mappings().all()
    return page_of([document_of(row) for row in rows], limit, lambda document: [document.id])


def documents_listed(store: Store, asker: Asker, listing: Listing) -> tuple[list[Document], int]:
    """The documents that a table shows, and how many there are in all."""
    require(asker, "see_published")
    seen = documents_seen(asker, having(listing.words))
    column = DOCUMENT.c[listing.sort if listing.sort in _SORTABLE else "id"]
    order = column.desc().nulls_last() if listing.descending else column.asc().nulls_last()
    shown = seen.order_by(order, DOCUMENT.c.id.desc()).offset(listing.offset).limit(listing.limit)
    count = select(func.count()).select_from(DOCUMENT).where(visible(asker), having(listing.words))
    with reading(store.engine) as connection:
        rows = connection.execute(shown).mappings().all()
        total = connection.execute(count).scalar_one()
    return [document_of(row) for row in rows], total


def search(store: Store, asker: Asker, query: str, limit: int = PAGE_ROWS_DEFAULT) -> list[Finding]:
    """The documents that have the words in their titles, then those in their texts, newest first."""
    require(asker, "see_published")
    query = query.replace("\0", " ").strip()
    place = func.greatest(func.strpos(DOCUMENT.c.text, query) - _EXCERPT_CHARACTERS // 3, 1)
    excerpt = func.substr(DOCUMENT.c.text, place, _EXCERPT_CHARACTERS).label("excerpt")
    asked = documents_seen(asker, having(query)).add_columns(excerpt)
    asked = asked.order_by(matches(DOCUMENT.c.title_terms, query).desc(), DOCUMENT.c.id.desc()).limit(limit)
    with reading(store.engine) as connection:
        rows = connection.execute(asked).mappings().all()
    return [Finding(document_of(row), " ".join(row["excerpt"].split())) for row in rows]


def text_at(store: Store, asker: Asker, document_id: int, start: int = 0, end: int | None = None) -> str:
    """The canonical text of a document, or the characters [start, end) of it."""
    document_at(store, asker, document_id)
    stretch = (start + 1,) if end is None else (start + 1, end - start)
    asked = select(func.substr(DOCUMENT.c.text, *stretch)).where(DOCUMENT.c.id == document_id)
    with reading(store.engine) as connection:
        return str(connection.execute(asked).scalar_one())


def reading_at(store: Store, asker: Asker, document_id: int) -> Reading:
    """What a document says, read anew from its stored text."""
    document = document_at(store, asker, document_id)
    return reading_of(text_at(store, asker, document_id), dated=document.dated, gazetteer=gazetteer(store))


def facts_of(store: Store, asker: Asker, document_id: int, sought: Sought = Sought()) -> Page[Fact]:
    """The facts of a document in the order of its text; the public sees those that were accepted."""
    document_at(store, asker, document_id)
    asked = select(FACT).where(FACT.c.document_id == document_id, facts_seen(asker))
    if sought.kinds:
        asked = asked.where(FACT.c.kind.in_(sought.kinds))
    if sought.within:
        asked = asked.where(FACT.c.start < sought.within[1], FACT.c.end > sought.within[0])
    if sought.cursor:
        start, number = numbers_in(sought.cursor, 2)
        asked = asked.where(tuple_(FACT.c.start, FACT.c.id) > tuple_(start, number))
    asked = asked.order_by(FACT.c.start, FACT.c.id).limit(sought.limit + 1)
    with reading(store.engine) as connection:
        rows = connection.execute(asked).mappings().all()
    return page_of([fact_of(row) for row in rows], sought.limit, lambda fact: [fact.start, fact.id])


def fact_counts(store: Store, asker: Asker, document_id: int) -> list[FactCount]:
    """How many facts of a document stand at which state, by kind."""
    document_at(store, asker, document_id)
    columns = (FACT.c.kind, FACT.c.state)
    asked = select(*columns, func.count()).where(FACT.c.document_id == document_id, facts_seen(asker))
    with reading(store.engine) as connection:
        return [FactCount(*row) for row in connection.execute(asked.group_by(*columns).order_by(*columns))]


def source_context(store: Store, asker: Asker, source_id: str) -> SourceContext:
    """A source, with the words around it where it is a sentence of a document that the asker may see.

    The sentence itself is for whoever holds its address, which is its hash: a page that shows the number,
    such as a published promise, gave it to them. Raises NotFound for no such source.
    """
    require(asker, "see_published")
    with reading(store.engine) as connection:
        source = source_at(connection, source_id)
        held = select(DOCUMENT.c.id).where(DOCUMENT.c.sha256 == source.document_sha256)
        number = connection.execute(held).scalar()
        fact_id = connection.execute(
            select(FACT.c.id).where(FACT.c.source_id == source_id).order_by(FACT.c.id).limit(1)
        ).scalar()
    if number is None:
        return SourceContext(source)
    try:
        document = document_at(store, asker, number)
    except NotFound:
        return SourceContext(source)
    if source.span is None:
        return SourceContext(source, document)
    start, end = source.span
    before = text_at(store, asker, number, max(start - AROUND_CHARACTERS, 0), start)
    after = text_at(store, asker, number, end, end + AROUND_CHARACTERS)
    return SourceContext(source, document, *near(before, after), fact_id)


def publish_document(store: Store, asker: Asker, document_id: int) -> Document:
    """Let everybody see a document and those of its facts that were accepted."""
    return _set_published(store, asker, document_id, published=True)


def withdraw_document(store: Store, asker: Asker, document_id: int) -> Document:
    """Take a document back from the public."""
    return _set_published(store, asker, document_id, published=False)


def _set_published(store: Store, asker: Asker, document_id: int, *, published: bool) -> Document:
    require(asker, "publish")
    document_at(store, asker, document_id)
    change = update(DOCUMENT).where(DOCUMENT.c.id == document_id, DOCUMENT.c.published.is_not(published))
    with writing(store.engine, actor_of(asker)) as session:
        if session.execute(change.values(published=published)).rowcount:
            deed = "publish_document" if published else "withdraw_document"
            session.record(deed, f"document/{document_id}")
            session.commit()
    return document_at(store, asker, document_id)


def accept_fact(store: Store, asker: Asker, fact_id: int) -> Fact:
    """Say that a fact is right."""
    return _decide(store, asker, fact_id, "accepted")


def reject_fact(store: Store, asker: Asker, fact_id: int) -> Fact:
    """Say that a fact is none."""
    return _decide(store, asker, fact_id, "rejected")


def undo_fact(store: Store, asker: Asker, fact_id: int) -> Fact:
    """Take back what was said of a fact."""
    return _decide(store, asker, fact_id, "found")


def accept_facts(store: Store, asker: Asker, document_id: int, kinds: tuple[str, ...] = ()) -> int:
    """Say that all open facts of a document, or those of some kinds, are right; how many they were."""
    require(asker, "review_draft")
    document_at(store, asker, document_id)
    change = update(FACT).where(FACT.c.document_id == document_id, FACT.c.state == "found")
    if kinds:
        change = change.where(FACT.c.kind.in_(kinds))
    with writing(store.engine, actor_of(asker)) as session:
        count = session.execute(change.values(state="accepted")).rowcount
        if count:
            session.record("accept_facts", f"document/{document_id}", {"kinds": kinds, "facts": count})
            session.commit()
    return count


def _decide(store: Store, asker: Asker, fact_id: int, state: State) -> Fact:
    require(asker, "review_draft")
    held = select(FACT).where(FACT.c.id == fact_id).with_for_update()
    with writing(store.engine, actor_of(asker)) as session:
        row = session.execute(held).mappings().first()
        if row is None:
            raise NotFound(
                N_("There is no fact {id}."),
                advice=N_("Load the document again; it may have been read anew."),
                id=fact_id,
            )
        if row["state"] != state:
            session.execute(update(FACT).where(FACT.c.id == fact_id).values(state=state))
            session.record(f"{_DEEDS[state]}_fact", f"fact/{fact_id}", {"was": row["state"]})
            session.commit()
    return replace(fact_of(row), state=state)
