"""The pages of the reader: the documents, one document with its facts, and the source of any number."""

from __future__ import annotations

from asyncio import to_thread
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from json import dumps
from typing import Annotated, TypeVar

from fastapi import Path
from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments, UploadEventArguments

from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.actions import actor_of, asking
from haihe.boards.reader import actions
from haihe.boards.reader.actions import ReadOptions
from haihe.boards.reader.documents import (
    KIND_LABELS,
    PART_CHARACTERS,
    SOURCE_LABELS,
    STATE_LABELS,
    TIER_LABELS,
    Document,
    Fact,
    Listing,
    Sought,
    address_of,
    marked_of,
    meaning_of,
    part_of,
)
from haihe.boards.reader.intake import ENDINGS, day_of
from haihe.kit import resources
from haihe.kit.errors import N_, HaiheError
from haihe.kit.limits import TEXT_BYTES_MAX
from haihe.kit.source import TIERS
from haihe.store import search, work
from haihe.store.opening import Store, the_store
from haihe.store.session import writing
from haihe.ui.address import address, chosen
from haihe.ui.frame import frame
from haihe.ui.language import phrase, tr
from haihe.ui.markup import button, download_links, link, number_link, sample_mark, value, write
from haihe.ui.reading import Span, highlighted_text
from haihe.ui.slots import Entry, draw, fill, filled
from haihe.ui.table import Cells, Column, Rows, Wanted, data_table
from haihe.ui.widgets import (
    Facet,
    Standing,
    answer,
    coverage_line,
    empty_state,
    facets,
    notice,
    particulars,
    progress,
    section,
    split,
)

Control = TypeVar("Control", bound=ui.element)

_FACTS_SHOWN_MAX = 5_000

_STATE_MARKS = {"found": "○", "accepted": "✓", "rejected": "✗", "corrected": "✎"}
_DEEDS = {
    "accept": (actions.accept_fact, "✓", N_("Accept the fact")),
    "reject": (actions.reject_fact, "✗", N_("Strike out the fact")),
    "undo": (actions.undo_fact, "↶", N_("Undo the decision")),
}


def mount() -> None:
    """Register the pages, and what other pages show of documents and sources."""
    fill("nav", Entry(N_("Documents"), "/documents", "description"), order=40)
    fill("source", show_source)
    fill("search", show_found)
    ui.page("/documents")(documents)
    ui.page("/document/{document_id}")(document)
    ui.page("/source/{source_id}")(source)


async def _asker() -> Asker:
    return await to_thread(asking, ui.context.client.request)


async def documents() -> None:
    """Every document that the asker may see, and a way to hand in another."""
    asker, store = await _asker(), the_store()
    with frame(tr(N_("Documents"))):
        newest, total = await to_thread(actions.documents_listed, store, asker, Listing(limit=1))
        for one in newest:
            words = N_("{total} documents have been read; the newest is {title}.")
            answer(phrase(words, total=f"{total:,}", title=link(one.title, f"/document/{one.id}")))
        if may(asker, "read_document"):
            with section(tr(N_("Read a document"))):
                _upload(asker)
        if total:
            await _table(asker)
        else:
            why, command = N_("What has been published is listed here."), None
            if may(asker, "read_document"):
                why, command = N_("Choose a file above, or read one at the command line."), "haihe read FILE"
            empty_state(tr(N_("There are no documents yet.")), tr(why), command=command)
        limits = {
            "endings": ", ".join(ENDINGS),
            "size": TEXT_BYTES_MAX >> 20,
            "count": f"{search.CHARACTERS_MAX:,}",
        }
        words = N_("Texts ({endings}) of at most {size} MB; search sees their first {count} characters.")
        coverage_line(tr(words, **limits), as_of=newest[0].read_on if newest else None)


async def _table(asker: Asker) -> None:
    columns = [
        Column("title", tr(N_("Document"))),
        Column("dated", tr(N_("Date"))),
        Column("tier", tr(N_("Tier"))),
        Column("facts", tr(N_("Facts")), numeric=True, sortable=False),
        Column("open_facts", tr(N_("To be checked")), numeric=True, sortable=False),
        Column("published", tr(N_("Published"))),
        Column("read_on", tr(N_("Read on"))),
    ]

    async def fetch(wanted: Wanted) -> Rows:
        falling = wanted.descending or not wanted.sort
        listing = Listing(wanted.words, wanted.sort, falling, wanted.offset, wanted.limit)
        found, total = await to_thread(actions.documents_listed, the_store(), asker, listing)
        return Rows([_cells(one) for one in found], total)

    sheets = {form: f"/api/v1/documents?format={form.lower()}" for form in ("CSV", "xlsx")}
    await data_table("documents", columns, fetch, caption="", downloads=sheets)


def _cells(one: Document) -> Cells:
    return {
        "title": link(one.title, f"/document/{one.id}"),
        "dated": one.dated,
        "tier": _tier(one.tier),
        "facts": f"{one.facts:,}",
        "open_facts": f"{one.open_facts:,}",
        "published": tr(N_("yes")) if one.published else tr(N_("no")),
        "read_on": one.read_on,
    }


def _tier(tier: str) -> Markup | str:
    return sample_mark() if tier == "sample" else tr(TIER_LABELS[tier])


def _upload(asker: Asker) -> None:
    labels = {tier: tr(TIER_LABELS[tier]) for tier in TIERS}
    with ui.row().classes("items-end"):
        dated = _field(N_("Date of the document"), lambda: ui.input().props("type=date"))
        tier = _field(N_("Tier"), lambda: ui.select(labels, value="press"))
        url = _field(N_("Address on the web"), lambda: ui.input(placeholder="https://"))
        choose = button(tr(N_("Choose a file and read it")), main=True)
    standing = ui.element("div")

    async def take(event: UploadEventArguments) -> None:
        upload.reset()
        try:
            options = ReadOptions(day_of(dated.value), tier.value, url.value or None)
            content = await event.file.read()
            handed = (content, event.file.name, options)
            receipt = await to_thread(actions.submit_document, the_store(), asker, *handed)
        except HaiheError as error:
            notice(error)
            return
        if receipt.document:
            ui.navigate.to(f"/document/{receipt.document.id}")
        elif receipt.job:
            with standing:
                _follow(asker, receipt.job)

    def refuse() -> None:
        words = N_("The file has more than {size} MB; split it and read each part.")
        notice(tr(words, size=TEXT_BYTES_MAX >> 20))

    upload = ui.upload(on_upload=take, on_rejected=refuse, max_file_size=TEXT_BYTES_MAX, auto_upload=True)
    upload.props(f"accept={','.join(ENDINGS)}").style("display: none")
    choose.on("click", js_handler=f"() => getElement({upload.id}).$refs.qRef.pickFiles()")


def _field(label: str, draw_field: Callable[[], Control]) -> Control:
    """A field under its label."""
    with ui.column().classes("gap-0"):
        write(tr(label), "small")
        field = draw_field()
    field.props("outlined dense").props["aria-label"] = tr(label)
    return field


def _follow(asker: Asker, job: int) -> None:
    """The bar of a long reading, until its document can be opened."""
    store = the_store()

    async def standing() -> Standing:
        now = await to_thread(work.job_at, store.engine, job)
        if now.state == "done":
            ui.navigate.to(f"/document/{now.result}")
        words = tr(now.note) if now.note else tr(N_("Waiting for its turn."))
        return Standing(now.progress or None, words, done=now.state in ("done", "stopped", "failed"))

    def cancel() -> None:
        with writing(store.engine, actor_of(asker)) as session:
            work.cancel(session, job)
            session.commit()

    progress(standing, on_stop=partial(to_thread, cancel))


async def document(document_id: Annotated[int, Path(lt=2**63)]) -> None:
    """A text with its facts marked on the left, the facts by kind on the right, and what it fed."""
    asker, store = await _asker(), the_store()
    with frame(tr(N_("Document")), heading=False):
        one = await to_thread(actions.document_at, store, asker, document_id)
        total = Counter[str]()
        for each in await to_thread(actions.fact_counts, store, asker, document_id):
            total[each.kind] += each.count
        ui.page_title(one.title)
        styles, script = (resources.text(f"boards/reader/review.{kind}") for kind in ("css", "js"))
        ui.add_head_html(f"<style>{styles}</style><script>{script}</script>")
        _head(asker, one, total)
        start, end = part_of(one, next(iter(chosen("at")), ""))
        text = await to_thread(actions.text_at, store, asker, document_id, start, end)
        sought = Sought(chosen("kind"), (start, end), limit=_FACTS_SHOWN_MAX)
        facts = (await to_thread(actions.facts_of, store, asker, document_id, sought)).rows
        cited = await _cited(asker, one, start, end)
        if one.characters > PART_CHARACTERS:
            write(_parts(one, start), "nav", "hai-facets")
        with split() as (left, right):
            with left:
                spans = [_span(fact, start, end) for fact in facts if fact.state != "rejected"]
                highlighted_text(text, [*filter(None, spans), *cited])
            with right.classes("hai-facts-pane"):
                _facts(asker, one, total, facts)
        ui.run_javascript("haiheReview.arrive()")
        if filled("document"):
            with section(tr(N_("What it fed"))):
                await draw("document", document_id)
        _coverage(one)


def _head(asker: Asker, one: Document, total: Mapping[str, int]) -> None:
    """The title, the answer in a sentence, what is known of the document, and what can be done with it."""
    mark = Markup(" ") + sample_mark() if one.tier == "sample" else ""
    write(Markup("{}{}").format(one.title, mark), "h1")
    words = N_("{figures} figures, {dates} dates, {places} places, {tasks} measures; {waiting} unchecked.")
    numbers = {f"{kind}s": f"{total.get(kind, 0):,}" for kind in KIND_LABELS}
    answer(tr(words, waiting=f"{one.open_facts:,}", **numbers))
    known = [
        value(one.dated) if one.dated else tr(N_("undated")),
        _tier(one.tier),
        link(one.name, f"/api/v1/documents/{one.id}/text"),
        *([link(one.url, one.url)] if one.url else []),
        tr(N_("published")) if one.published else tr(N_("not published")),
    ]
    write(Markup(" · ").join(known), "p", "hai-note")
    with ui.row():
        if may(asker, "publish"):
            words = tr(N_("Withdraw the document")) if one.published else tr(N_("Publish the document"))
            deed = actions.withdraw_document if one.published else actions.publish_document
            button(words, partial(_change, deed, asker, one.id))
        if may(asker, "review_draft") and one.open_facts:
            words = tr(N_("Accept all {count} that are open"), count=f"{one.open_facts:,}")
            button(words, partial(_change, actions.accept_facts, asker, one.id))


async def _change(deed: Callable[[Store, Asker, int], object], asker: Asker, document_id: int) -> None:
    await to_thread(deed, the_store(), asker, document_id)
    ui.navigate.reload()


def _parts(one: Document, start: int) -> Markup:
    here, count = start // PART_CHARACTERS, -(-one.characters // PART_CHARACTERS)
    words = tr(N_("Part {number} of {count}"), number=here + 1, count=count)
    others = [(N_("Previous"), here - 1), (N_("Next"), here + 1)]
    links = [
        link(tr(label), address(at=[str(part * PART_CHARACTERS)]))
        for label, part in others
        if 0 <= part < count
    ]
    return Markup("<div><b>{}</b>{}</div>").format(words, Markup("").join(links))


async def _cited(asker: Asker, one: Document, start: int, end: int) -> list[Span]:
    """The sentences that the address asks for beside the facts, within a part of the text."""
    found = []
    for source_id in chosen("source"):
        said = (await to_thread(actions.source_context, the_store(), asker, source_id)).source
        if said.document_sha256 == one.sha256 and said.span and start <= said.span[0] < end:
            found.append(Span(said.span[0] - start, min(said.span[1], end) - start, source_id, "sentence"))
    return found


def _span(fact: Fact, start: int, end: int) -> Span | None:
    """The mark of a fact within a part of the text; of a measure only its heading."""
    first, last = marked_of(fact)
    first, last = max(first, start) - start, min(last, end) - start
    kind = "measure" if fact.kind == "task" else fact.kind
    return Span(first, last, str(fact.id), kind, meaning_of(fact)) if first < last else None


def _facts(asker: Asker, one: Document, total: Mapping[str, int], facts: Sequence[Fact]) -> None:
    """The facts as one element however many there are; a row and its mark in the text find each other."""
    values = [(kind, tr(label), total[kind]) for kind, label in KIND_LABELS.items() if total.get(kind)]
    facets([Facet("kind", tr(N_("Facts")), values)])
    decides = may(asker, "review_draft")
    if decides and facts:
        words = N_("Keys: ↑ ↓ move, A accepts, R strikes out, U undoes, Enter goes to the text.")
        write(tr(words), "p", "hai-note")
    rows = (_row(fact, place, decides=decides) for place, fact in enumerate(facts))
    write(Markup("").join(rows), "ol", "hai-facts").props["aria-label"] = tr(N_("Facts"))
    files = {form: f"/api/v1/documents/{one.id}/facts?format={form.lower()}" for form in ("CSV", "xlsx")}
    write(download_links(files), "p")

    async def decide(event: GenericEventArguments) -> None:
        deed = _DEEDS[event.args["deed"]][0]
        fact = await to_thread(deed, the_store(), asker, int(event.args["fact"]))
        ui.run_javascript(f"haiheReview.decided(...{dumps((fact.id, fact.state, _state(fact)))})")

    ui.on("decide", decide)


def _state(fact: Fact) -> str:
    return f"{_STATE_MARKS[fact.state]} {tr(STATE_LABELS[fact.state])}"


def _row(fact: Fact, place: int, *, decides: bool) -> Markup:
    words = fact.fields["title"] if fact.kind == "task" else fact.quote
    press = Markup('<button type="button" tabindex="-1" data-deed="{}" title="{}">{}</button>')
    buttons = Markup("").join(
        press.format(deed, tr(label), mark) for deed, (_, mark, label) in _DEEDS.items()
    )
    return Markup(
        '<li id="fact-{id}" data-id="{id}" data-state="{state}" tabindex="{tab}"><b>{words}</b>'
        "<small>{source} · <i>{standing}</i></small>{buttons}</li>"
    ).format(
        id=fact.id,
        state=fact.state,
        tab=-1 if place else 0,
        words=words,
        source=number_link(meaning_of(fact) or tr(N_("Source")), fact.source_id),
        standing=_state(fact),
        buttons=Markup("<span>{}</span>").format(buttons) if decides else "",
    )


def _coverage(one: Document) -> None:
    """What is looked for in a text and how well it was found on labelled ones."""
    measured = resources.definition("boards/reader/params/accuracy.yaml")
    known = {kind: share for kind, share in measured["f1"].items() if share is not None}
    shares = ", ".join(f"{tr(KIND_LABELS[kind])} {share:.2f}" for kind, share in known.items())
    words = N_("Sought: figures, dates, places and measures; not yet people, organisations and industries.")
    how = N_("F1 on {documents} labelled documents: {shares}") if known else N_("not measured yet")
    coverage_line(tr(words), as_of=one.read_on, error=tr(how, documents=measured["documents"], shares=shares))


async def source(source_id: str) -> None:
    """Where a number or a statement came from."""
    with frame(tr(N_("Source"))):
        await draw("source", source_id)


async def show_source(source_id: str) -> None:
    """A source: the exact words with those around them, and the document that has them."""
    context = await to_thread(actions.source_context, the_store(), await _asker(), source_id)
    said = context.source
    if said.quote:
        parts = (context.before, said.quote, context.after)
        write(Markup("{}<b>{}</b>{}").format(*parts), "blockquote")
    known: dict[str, object] = {N_("Kind"): tr(SOURCE_LABELS[said.kind])}
    if context.document:
        known[N_("Document")] = link(context.document.title, address_of(context))
        known[N_("Date")] = context.document.dated
    known[N_("Tier")] = _tier(said.tier)
    known[N_("Address on the web")] = link(said.url, said.url) if said.url else None
    known[N_("Place in it")] = said.locator
    known[N_("Read on")] = said.read_on
    particulars((tr(name), content) for name, content in known.items())


async def show_found(words: str) -> None:
    """The documents that have the words, each with the first place where it has them."""
    found = await to_thread(actions.search, the_store(), await _asker(), words)
    with section(tr(N_("Documents")), tr(N_("{count} found"), count=len(found))):
        if not found:
            write(tr(N_("No document that you may see has these words.")), "p")
        for each in found:
            title = link(each.document.title, f"/document/{each.document.id}")
            parts = map(Markup.escape, each.excerpt.split(words))
            excerpt = Markup("<b>{}</b>").format(words).join(parts)
            write(Markup("<h3>{}</h3><p>…{}…</p>").format(title, excerpt), "article", "hai-card")
