"""The pages of the reader: the documents, one document with its facts, and the source of any number."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from json import dumps
from typing import Annotated, TypeVar

from fastapi import Path
from markupsafe import Markup
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.actions import actor_of
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.reader import actions, forms, labels
from haihe.boards.reader import documents as kept
from haihe.boards.reader import review as shown
from haihe.boards.reader.accuracy import accuracy, accuracy_words, sought_words
from haihe.boards.reader.intake import ENDINGS, day_of
from haihe.boards.reader.outline import TREE_KINDS, lines_of, tree_of
from haihe.boards.reader.verdicts import Correction
from haihe.boards.registry import actions as registry
from haihe.kit.errors import N_, HaiheError
from haihe.kit.limits import UPLOAD_BYTES_MAX
from haihe.kit.source import TIERS
from haihe.store import search, work
from haihe.store.opening import Store, the_store
from haihe.store.session import writing
from haihe.ui import language, link, page_at, phrase, tr, write
from haihe.ui.reading import marked

Control = TypeVar("Control", bound=ui.element)

_FACTS_SHOWN_MAX = 5_000
_FILES = {"CSV": "csv", "xlsx": "xlsx", "JSON lines": "jsonl", "Web Annotation": "webannotation"}


def mount() -> None:
    """Register the pages, and what other pages show of documents and sources."""
    look.fill("nav", look.Entry(N_("Documents"), "/documents", "description"), order=40)
    look.fill("source", show_source)
    page_at("/documents")(documents)
    page_at("/document/{document_id}")(document)
    page_at("/source/{source_id}")(source)


async def documents() -> None:
    """Every document that the asker may see, and a way to hand in another."""
    asker, store = await asker_now(), the_store()
    with look.frame(tr(N_("Documents"))):
        newest, total = await to_thread(actions.documents_listed, store, asker, kept.Listing(limit=1))
        for one in newest:
            words = N_("{total} documents have been read; the newest is {title}.")
            look.answer(phrase(words, total=f"{total:,}", title=link(one.title, f"/document/{one.id}")))
        if may(asker, "read_document"):
            with look.section(tr(N_("Read a document"))):
                _upload(asker)
        if total:
            await _table(asker)
        else:
            why, command = N_("What has been published is listed here."), None
            if may(asker, "read_document"):
                why, command = N_("Choose a file above, or read one at the command line."), "haihe read FILE"
            look.empty_state(tr(N_("There are no documents yet.")), tr(why), command=command)
        count, endings = f"{search.CHARACTERS_MAX:,}", ", ".join(ENDINGS)
        words = N_("Texts ({endings}) of at most {size} MB; search sees their first {count} characters.")
        known = tr(words, endings=endings, size=UPLOAD_BYTES_MAX >> 20, count=count)
        look.coverage_line(known, as_of=newest[0].read_on if newest else None)


async def _table(asker: Asker) -> None:
    columns = [
        look.Column("title", tr(N_("Document"))),
        look.Column("dated", tr(N_("Date"))),
        look.Column("tier", tr(N_("Tier"))),
        look.Column("facts", tr(N_("Facts")), numeric=True, sortable=False),
        look.Column("open_facts", tr(N_("To be checked")), numeric=True, sortable=False),
        look.Column("published", tr(N_("Published"))),
        look.Column("read_on", tr(N_("Read on"))),
    ]

    async def fetch(wanted: look.Wanted) -> look.Rows:
        falling = wanted.descending or not wanted.sort
        listing = kept.Listing(wanted.words, wanted.sort, falling, wanted.offset, wanted.limit)
        found, total = await to_thread(actions.documents_listed, the_store(), asker, listing)
        return look.Rows([_cells(one) for one in found], total)

    sheets = {form: f"/api/v1/documents?format={form.lower()}" for form in ("CSV", "xlsx")}
    await look.data_table("documents", columns, fetch, caption="", downloads=sheets)


def _cells(one: kept.Document) -> look.Cells:
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
    return look.sample_mark() if tier == "sample" else tr(labels.TIER_LABELS[tier])


def _upload(asker: Asker) -> None:
    tiers = {tier: tr(labels.TIER_LABELS[tier]) for tier in TIERS}
    with ui.row().classes("items-end"):
        dated = _field(N_("Date of the document"), lambda: ui.input().props("type=date"))
        tier = _field(N_("Tier"), lambda: ui.select(tiers, value="press"))
        url = _field(N_("Address on the web"), lambda: ui.input(placeholder="https://"))
        choose = look.button(tr(N_("Choose a file and read it")), main=True)
    standing = ui.element("div")

    async def take(name: str, content: bytes) -> None:
        try:
            options = kept.ReadOptions(day_of(dated.value), tier.value, url.value or None)
            handed = (content, name, options)
            receipt = await to_thread(actions.submit_document, the_store(), asker, *handed)
        except HaiheError as error:
            look.notice(error)
            return
        if receipt.document:
            ui.navigate.to(f"/document/{receipt.document.id}")
        elif receipt.job:
            with standing:
                _follow(asker, receipt.job)

    look.choose_file(choose, take, UPLOAD_BYTES_MAX, ENDINGS)


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

    async def standing() -> look.Standing:
        now = await to_thread(work.job_at, store.engine, job)
        if now.state == "done":
            ui.navigate.to(f"/document/{now.result}")
        words = tr(now.note) if now.note else tr(N_("Waiting for its turn."))
        return look.Standing(now.progress or None, words, done=now.state in ("done", "stopped", "failed"))

    def cancel() -> None:
        with writing(store.engine, actor_of(asker)) as session:
            work.cancel(session, job)
            session.commit()

    look.progress(standing, on_stop=partial(to_thread, cancel))


async def document(document_id: Annotated[int, Path(lt=2**63)]) -> None:
    """A text with its facts marked on the left, the facts or the plan on the right, and what it fed."""
    asker, store = await asker_now(), the_store()
    with look.frame(tr(N_("Document")), heading=False):
        one = await to_thread(actions.document_at, store, asker, document_id)
        ui.page_title(one.title)
        review = _Review(asker, one)
        await review.load()
        _head(asker, one, review)
        await look.draw("marking", f"document/{document_id}")
        if one.characters > kept.PART_CHARACTERS:
            write(_parts(one, review.start), "nav", "hai-facets")
        with look.split() as (left, right):
            with left:
                review.draw_text()
            with right.classes("hai-facts-pane"):
                review.draw_facts()
        ui.run_javascript("haiheReview.arrive()")
        background_tasks.create(to_thread(registry.resolve_unit, store, ""), name="names ready to accept")
        if look.filled("document"):
            with look.section(tr(N_("What it fed"))):
                await look.draw("document", document_id)
        error = accuracy_words(accuracy(), language())
        look.coverage_line(sought_words(language()), as_of=one.read_on, error=error)


def _head(asker: Asker, one: kept.Document, review: _Review) -> None:
    """The title, the answer in a sentence, what is known of the document, and what can be done with it."""
    mark = Markup(" ") + look.sample_mark() if one.tier == "sample" else ""
    write(Markup("{}{}").format(one.title, mark), "h1")
    look.answer(shown.answer(review.counts, language()))
    known = [look.value(one.dated) if one.dated else tr(N_("undated")), _tier(one.tier)]
    known += [
        link(one.name, f"/api/v1/documents/{one.id}/text"),
        *([link(one.url, one.url)] if one.url else []),
    ]
    known += [tr(N_("published")) if one.published else tr(N_("not published"))]
    write(Markup(" · ").join(known), "p", "hai-note")
    with ui.row():
        if may(asker, "publish"):
            words = tr(N_("Withdraw the document")) if one.published else tr(N_("Publish the document"))
            deed = partial(actions.publish_document, published=not one.published)
            look.button(words, partial(_change, deed, asker, one.id))
        if may(asker, "read_document"):
            look.button(tr(N_("Read it anew")), partial(_change, actions.read_again, asker, one.id))
        if may(asker, "review_draft") and one.open_facts:
            words = tr(N_("Accept all {count} that are open"), count=f"{one.open_facts:,}")
            look.button(words, partial(_change, actions.accept_facts, asker, one.id))


async def _change(deed: Callable[[Store, Asker, int], object], asker: Asker, document_id: int) -> None:
    done = await to_thread(deed, the_store(), asker, document_id)
    if isinstance(done, kept.Receipt) and done.job:
        _follow(asker, done.job)
    else:
        ui.navigate.reload()


def _parts(one: kept.Document, start: int) -> Markup:
    here, count = start // kept.PART_CHARACTERS, -(-one.characters // kept.PART_CHARACTERS)
    words = tr(N_("Part {number} of {count}"), number=here + 1, count=count)
    others = [(N_("Previous"), here - 1), (N_("Next"), here + 1)]
    turns = ((tr(label), str(part * kept.PART_CHARACTERS)) for label, part in others if 0 <= part < count)
    links = [link(label, look.address(at=[at])) for label, at in turns]
    return Markup("<div><b>{}</b>{}</div>").format(words, Markup("").join(links))


class _Review:
    """A part of a text and its facts, as one reader sees and decides on them."""

    def __init__(self, asker: Asker, one: kept.Document) -> None:
        self.asker, self.one = asker, one
        self.start, self.end = kept.part_of(one, next(iter(look.chosen("at")), ""))
        self.tree = look.chosen("view") == ("plan",)
        self.view = shown.View(language(), may(asker, "review_draft"), self.start, self.end)
        self.cited = look.chosen("source")

    async def load(self) -> None:
        """Fetch the text and what is known of it now."""
        store, asker, number = the_store(), self.asker, self.one.id
        self.counts = await to_thread(actions.fact_counts, store, asker, number)
        self.text = await to_thread(actions.text_at, store, asker, number, self.start, self.end)
        states = look.chosen("state")
        waiting = states[0] == "open" if len(states) == 1 else None
        sought = kept.Sought(look.chosen("kind"), (self.start, self.end), waiting, limit=_FACTS_SHOWN_MAX)
        facts = (await to_thread(actions.facts_of, store, asker, number, sought)).rows
        marks = shown.marks_of(facts, self.view)
        for source_id in self.cited:
            said = (await to_thread(actions.source_context, store, asker, source_id)).source
            if said.document_sha256 == self.one.sha256 and said.span:
                marks += shown.clipped(said.span, self.view, source_id, "sentence")
        self.spans = [look.Span(*mark) for mark in marks]
        if self.tree:
            sought = kept.Sought(TREE_KINDS, waiting=waiting, limit=_FACTS_SHOWN_MAX)
            facts = (await to_thread(actions.facts_of, store, asker, number, sought)).rows
        lines = tree_of(facts) if self.tree else lines_of(facts)
        self.lines = {line.fact.id: line for line in lines}

    def draw_text(self) -> None:
        """The text with its marks."""
        self.reading = look.highlighted_text(self.text, self.spans).props(f"data-start={self.start}")

    def draw_facts(self) -> None:
        """The facts as one element however many there are; a row and its mark in the text find each other."""
        look.facets([look.Facet(*group) for group in shown.groups(self.counts, language())])
        if self.view.decides:
            write(Markup(shown.tools(language())))  # noqa: S704  a template is ours
            write(self._progress(), "p", "hai-decided")
            write("", classes="hai-correct")
        files = (f"boards/reader/review.{kind}" for kind in ("css", "js"))
        self.list = look.walk(self._rows(), "hai-facts", *files).props(f'aria-label="{tr(N_("Facts"))}"')
        address = f"/api/v1/documents/{self.one.id}/facts?format="
        write(look.download_links({form: address + name for form, name in _FILES.items()}), "p")
        for event, answer in (("decide", self._decide), ("form", self._form), ("save", self._save)):
            ui.on(event, partial(self._try, answer))

    def _progress(self) -> str:
        return shown.progress_words(self.counts, TREE_KINDS if self.tree else forms.FIELDS, language())

    def _rows(self) -> Markup:
        return Markup("").join(Markup(shown.row(line, self.view)) for line in self.lines.values())  # noqa: S704

    async def _try(
        self, deed: Callable[[GenericEventArguments], Awaitable[None]], event: GenericEventArguments
    ) -> None:
        """Do what was asked; what cannot be done is said, and the page shows how things stand now."""
        try:
            await deed(event)
        except HaiheError as error:
            look.notice(error)
            await self._redraw(event.args.get("fact"))

    async def _redraw(self, fact_id: int | None, *, done: bool = False) -> None:
        await self.load()
        self.reading.content = str(marked(self.text, self.spans))
        self.list.content = str(self._rows())
        ui.run_javascript(f"haiheReview.redrawn({dumps([fact_id, self._progress(), done])})")

    async def _decide(self, event: GenericEventArguments) -> None:
        number, state, seen = int(event.args["fact"]), event.args["deed"], int(event.args["revision"])
        facts = await to_thread(actions.decide_fact, the_store(), self.asker, number, state, seen)
        if not facts:
            await self._redraw(None)
            return
        self.counts = await to_thread(actions.fact_counts, the_store(), self.asker, self.one.id)
        now = {fact.id: fact for fact in facts}
        line = self.lines[number]
        twins = tuple(now.get(twin.id, twin) for twin in line.twins)
        self.lines[number] = replace(line, fact=now[number], twins=twins)
        drawn = [shown.row(self.lines[number], self.view), [[fact.id, fact.state] for fact in facts]]
        ui.run_javascript(f"haiheReview.decided({dumps([number, *drawn, self._progress()])})")

    async def _form(self, event: GenericEventArguments) -> None:
        """Open the form of a fact, or of one to be added in the words that were selected."""
        asked = event.args
        if asked["fact"]:
            fact = self.lines[int(asked["fact"])].fact
            form = shown.Asked(fact.kind, fact.quote, forms.written(fact.fields, fact.kind, language()), fact)
        else:
            kind, words = asked["kind"] or "figure", asked["words"]
            values = forms.written(forms.suggested(kind, words), kind, language())
            form = shown.Asked(kind, words, values, span=(asked["start"], asked["end"]))
        ui.run_javascript(f"haiheReview.formed({dumps(shown.form(form, language()))})")

    async def _save(self, event: GenericEventArguments) -> None:
        asked, store = event.args, the_store()
        span = (int(asked["start"]), int(asked["end"])) if asked["end"] else None
        correction = Correction(forms.read(asked["kind"], asked["fields"]), span)
        if asked["fact"]:
            seen = (int(asked["fact"]), correction, int(asked["revision"]))
            number = (await to_thread(actions.correct_fact, store, self.asker, *seen))[0].id
        else:
            added = (self.one.id, asked["kind"], correction)
            number = (await to_thread(actions.add_fact, store, self.asker, *added)).id
        await self._redraw(number, done=True)


async def source(source_id: str) -> None:
    """Where a number or a statement came from."""
    with look.frame(tr(N_("Source"))):
        await look.draw("source", source_id)


async def show_source(source_id: str) -> None:
    """A source: the exact words with those around them, and the document that has them."""
    context = await to_thread(actions.source_context, the_store(), await asker_now(), source_id)
    said = context.source
    if said.quote:
        parts = (context.before, said.quote, context.after)
        write(Markup("{}<b>{}</b>{}").format(*parts), "blockquote")
    known: dict[str, object] = {N_("Kind"): tr(labels.SOURCE_LABELS[said.kind])}
    if context.document:
        known[N_("Document")] = link(context.document.title, kept.address_of(context))
        known[N_("Date")] = context.document.dated
    known[N_("Tier")] = _tier(said.tier)
    known[N_("Address on the web")] = link(said.url, said.url) if said.url else None
    known[N_("Place in it")] = said.locator
    known[N_("Read on")] = said.read_on
    look.particulars((tr(name), content) for name, content in known.items())
