"""The pages of the ledger: registers, one of them, its review, one item; and its parts of other pages."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent
from nicegui.events import UploadEventArguments

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import actions, cells, changes, forms, records, rows, tree
from haihe.boards.ledger.kinds import Kind, kinds
from haihe.boards.ledger.rollup import lights_of, promises_in
from haihe.boards.ledger.summary import asked
from haihe.boards.ledger.themes import frames
from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.limits import TABLE_ROWS_MAX, TEXT_BYTES_MAX
from haihe.store.opening import the_store
from haihe.ui import language, link, number_link, phrase, tr, write
from haihe.ui.theme import LIGHTS

_Node = records.Node | None
_Standings = Sequence[records.Standing]


def mount() -> None:
    """Register the pages, and what other pages show of promises."""
    look.fill("nav", look.Entry(N_("Plans"), "/plans", "checklist"), order=20)
    look.fill("home", home_part, order=20)
    look.fill("document", document_part)
    look.fill("entity", entity_part)
    look.fill("search", search_part, order=50)
    ui.page("/plans")(plans)
    ui.page("/plan/{plan_id}")(plan)
    ui.page("/item/{node_id}")(item)


async def _asker() -> Asker:
    return await to_thread(asking, ui.context.client.request)


_DRAWN: Mapping[type, Callable[[Any], Markup]] = {
    cells.Link: lambda one: link(one.text, one.href),
    cells.Cited: lambda one: number_link(one.text, one.source_id),
    cells.Lamp: lambda one: look.light(one.state, one.reason),
    cells.Bar: lambda one: look.share_bar(one.share),
    cells.Labels: lambda one: look.chips(one.labels),
    cells.Sample: lambda _: look.sample_mark(),
    tuple: lambda parts: Markup(" ").join(map(_drawn, parts)),
}


def _drawn(content: object) -> Markup:
    """What a cell holds as the look has it; several things stand beside each other."""
    return _DRAWN.get(type(content), look.value)(content)


def _files(query: str, others: Mapping[str, str] = {}) -> Markup:
    return look.download_links(
        {form: f"{query}format={form.lower()}" for form in ("CSV", "xlsx")} | {**others}
    )


def _table(labels: Mapping[str, str], found: Iterable[cells.Cells], title: str = "") -> None:
    """A table of the columns that one of its rows fills, under a title; nothing where there is no row."""
    if shown := list(found):
        wanted = [name for name in labels if any(row[name] != "" for row in shown)]
        drawn = ({name: _drawn(row[name]) for name in wanted} for row in shown)
        columns = [look.Column(name, tr(labels[name])) for name in wanted]
        with look.section(tr(title)) if title else ui.element("div").classes("hai-fill"):
            write(look.plain_table(columns, drawn), classes="hai-data hai-scroll")


def _write(content: object, tag: str, classes: str = "") -> None:
    write(_drawn(content), tag, classes)


def _nothing() -> None:
    why = tr(N_("A plan is drafted from a document, or begun by hand or from a workbook under Plans."))
    look.empty_state(tr(N_("There are no registers yet.")), why, command="haihe read FILE --into NAME")


async def plans() -> None:
    """Every plan and register that the asker may see, by kind, and the form that begins one."""
    asker, chosen = await _asker(), look.chosen("kind")
    with look.frame(tr(N_("Plans and registers"))):
        held = (await to_thread(actions.plans, the_store(), asker, None, TABLE_ROWS_MAX)).rows
        found = [one for one in held if not chosen or one.kind in chosen]
        if held:
            words = N_("{count} registers hold {accepted} accepted items; {drafts} drafts wait for review.")
            look.answer(tr(words, count=len(found), **cells.sums(found)))
            look.facets([look.Facet("kind", tr(N_("Kind")), cells.kind_counts(held, language()))])
            _table(rows.PLAN_COLUMNS, (cells.plan_cells(one, language()) for one in found))
            write(_files("/api/v1/plans?"), "p")
        else:
            _nothing()
        if may(asker, "review_draft"):
            _offers(asker, [forms.begin_offer(actions.offered().values(), language())])
        look.coverage_line(tr(N_("All registers that you may see.")), as_of=actions.today())


async def plan(plan_id: int, review: bool = False, view: str = "") -> None:
    """A register: how it stands, by its tree or its stages, or in a review its drafts; figures; documents."""
    store, asker, day = the_store(), await _asker(), actions.today()
    with look.frame(tr(N_("Register")), heading=False):
        held = await to_thread(actions.plan_at, store, asker, plan_id)
        review = review or bool(held.drafts and not held.accepted)
        found = await to_thread(partial(actions.tree_of, store, asker, plan_id, day, review=review))
        numbers = await to_thread(actions.figures, store, asker, plan_id)
        ui.page_title(held.name)
        write(kinds()[held.kind].label[language()], "p", "hai-note")
        _write(cells.titled(cells.Link(held.name, f"/plan/{plan_id}"), held.tier), "h1")
        if review:
            _review(asker, held, found, numbers)
        else:
            await _standing(asker, held, found, view)
        _table(rows.FIGURE_COLUMNS, cells.figure_cells(found, numbers), N_("Figures in its words"))
        documents = await to_thread(actions.documents_of, store, asker, plan_id)
        named = cells.links((one.title, f"/document/{one.id}") for one in documents)
        _table(rows.DOCUMENT_COLUMNS, named, N_("Drafted from"))
        words = N_("{accepted} items are accepted; an item counts once everything above it is accepted too.")
        look.coverage_line(tr(words, accepted=held.accepted), as_of=day)


async def _standing(asker: Asker, held: records.Plan, found: _Standings, view: str) -> None:
    promises, kind = promises_in(found), kinds()[held.kind]
    counts = lights_of(promises)
    if found:
        look.answer(_sentence(len(promises), counts, f"/plan/{held.id}"))
        write(look.light_strip(counts))
    else:
        why = tr(N_("Add the first entry below, or hand in a workbook made from the template."))
        look.empty_state(tr(N_("Nothing stands in this register yet.")), why)
    if held.drafts:
        words = tr(N_("Review {count} drafts"), count=held.drafts)
        _write(cells.Link(words, f"/plan/{held.id}?review=1"), "p")
    if found and may(asker, "publish"):
        public = held.published_at is not None
        deed = partial(actions.publish, the_store(), asker, held.id, published=not public)
        look.button(tr(N_("Withdraw")) if public else tr(N_("Publish")), partial(_do, deed))
    if found:
        whole = {tr(N_("workbook")): f"/api/v1/plans/{held.id}/workbook"}
        with look.section(tr(N_("What is promised")), _files(f"/api/v1/plans/{held.id}/nodes?", whole)):
            _facets(kind, found, counts)
            await (_lanes if view == "stages" else _tree)(kind, found)
    if may(asker, "review_draft"):
        _offers(asker, forms.add_offers(kind.below(None), language(), opened=not found), held.id)
        _take_in(asker, held)


def _offers(asker: Asker, offers: Iterable[forms.Offer], plan: int = 0, node: _Node = None) -> None:
    for offer in offers:
        with ui.element("details").style("width: 100%").props("open" if offer.opened else ""):
            write(offer.title, "summary", "nicegui-link")
            form = write(Markup(offer.html()), "form", "hai-form")  # noqa: S704  escaped where it is made
        form.on("submit", partial(_sent, asker, offer, plan, node), js_handler=forms.SUBMIT)


async def _sent(asker: Asker, offer: forms.Offer, plan: int, node: _Node, event: Sent) -> None:
    store, number = the_store(), node.id if node else 0
    match forms.asked(offer, node, event.args, actions.today(), language()):
        case (name, kind):
            begun = await to_thread(actions.begin_register, store, asker, name, kind)
            return ui.navigate.to(f"/plan/{begun}")
        case records.Edit() as edit if offer.deed == "add":
            await to_thread(actions.add_node, store, asker, plan, number or None, edit)
        case records.Edit() as edit:
            await to_thread(actions.edit_node, store, asker, number, edit)
        case records.Step() as step:
            await to_thread(actions.move_node, store, asker, number, step)
        case records.Return() as given:
            await to_thread(actions.report_on, store, asker, number, given)
    return ui.navigate.reload()


def _take_in(asker: Asker, held: records.Plan) -> None:
    """Handing in a workbook: what it would change, and the button that changes it."""
    empty = link(tr(N_("Empty template")), f"/api/v1/kinds/{held.kind}/template")
    with look.section(tr(N_("From a workbook")), empty):
        choose, place = look.button(tr(N_("Choose a workbook"))), ui.element("div").classes("hai-fill")

    async def take(event: UploadEventArguments) -> None:
        upload.reset()
        book = changes.Book(await event.file.read(), held.kind, held.tier)
        deed = partial(actions.import_book, the_store(), asker, held.name, book)
        found = rows.taken_of(await to_thread(partial(deed, dry_run=True)), language())
        counts = found.counts
        words = N_("{new} new, {changed} changed, {same} the same, {left} left; {rejects} cells not taken.")
        place.clear()
        with place:
            look.answer(tr(words, rejects=len(found.rejects), **counts))
            if count := counts["new"] + counts["changed"]:
                look.button(tr(N_("Take over {count} lines"), count=count), partial(_do, deed), main=True)
            _table(rows.REJECT_COLUMNS, (rows.reject_cells(one, language()) for one in found.rejects))
            _table(rows.CHANGE_COLUMNS, rows.change_cells(found.changes, language()))

    upload = ui.upload(on_upload=take, max_file_size=TEXT_BYTES_MAX, auto_upload=True)
    upload.props("accept=.xlsx").style("display: none")
    choose.on("click", js_handler=f"() => getElement({upload.id}).$refs.qRef.pickFiles()")


def _sentence(promises: int, counts: Mapping[str, int], path: str) -> Markup:
    words = N_("{promises} promises: {overdue} overdue, {behind} behind, {near} near their date.")
    late = {state: link(counts.get(state, 0), f"{path}?light={state}") for state in records.LATE}
    return phrase(words, promises=link(promises, path), **late)


async def _do(deed: Callable[[], object]) -> None:
    await to_thread(deed)
    ui.navigate.reload()


def _frame_chosen() -> records.Frame | None:
    known = {one.id: one for one in frames()}
    return known.get(next(iter(look.chosen("frame")), ""), next(iter(known.values()), None))


def _facets(kind: Kind, found: _Standings, counts: Mapping[str, int]) -> None:
    lights = {name: (tr(face.word), counts.get(name, 0)) for name, face in LIGHTS.items()}
    groups = cells.facets(kind, found, lights, _frame_chosen(), language())
    look.facets([look.Facet(*group) for group in groups])
    if kind.name == "plan":
        _frames()


def _frames() -> None:
    links = (link(one.label[language()], look.address(frame=[one.id], theme=[])) for one in frames())
    write(phrase(N_("Frames: {frames}"), frames=Markup(" · ").join(links)), "p", "hai-note")


def _cells(one: records.Standing) -> cells.Cells:
    return cells.node_cells(one, _frame_chosen(), language())


def _sought(found: _Standings) -> list[records.Standing] | None:
    frame = _frame_chosen()
    themes = [f"{frame.id}:{theme}" for theme in look.chosen("theme")] if frame else []
    return asked(found, records.Sought(themes, look.chosen("light"), stages=look.chosen("stage")))


async def _tree(kind: Kind, found: _Standings) -> None:
    """The tree, or what the address asks for as a list."""
    sought = _sought(found)
    under: dict[int | None, list[look.Node]] = {}
    for one in found if sought is None else sought:
        drawn = {name: _drawn(content) for name, content in _cells(one).items()}
        row = look.Node(str(one.node.id), drawn, bool(one.children) and sought is None)
        under.setdefault(one.node.parent if sought is None else None, []).append(row)

    async def children(node_id: str) -> Sequence[look.Node]:
        return under.get(int(node_id), [])

    columns = [look.Column(*label) for label in rows.columns_of(kind, language()).items()]
    roots = under.get(None, [])
    await look.tree_table(columns, roots, children, caption="", opened=[root.id for root in roots][:20])


async def _lanes(kind: Kind, found: _Standings) -> None:
    wanted = _sought(found)
    with look.cards():
        for lane in cells.lanes(kind, found if wanted is None else wanted, language()):
            with look.card(f"{lane.label} · {lane.count}", href=look.address(view=[], stage=[lane.name])):
                for lines in lane.cards:
                    _write(lines, "p")


def _review(asker: Asker, held: records.Plan, found: _Standings, numbers: cells.Numbers) -> None:
    """The nodes one under the other, to be accepted, edited or rejected by key or button."""
    styles, script = (resources.text(f"boards/ledger/review.{kind}") for kind in ("css", "js"))
    ui.add_head_html(f"<style>{styles}</style><script>{script}</script>")
    words = N_("{drafts} drafts wait for review; {accepted} items are accepted.")
    look.answer(tr(words, drafts=held.drafts, accepted=held.accepted))
    decides = may(asker, "review_draft")
    drafts = [one.node.id for one in found if one.node.state == "draft"]
    if decides and drafts:
        write(tr(N_("Keys: ↑ ↓ move, A accepts, R rejects, E edits, U undoes.")), "p", "hai-note")
        deed = partial(actions.accept, the_store(), asker, held.id, drafts)
        look.button(tr(N_("Accept all {count} drafts"), count=len(drafts)), partial(_do, deed), main=True)
    drawn = zip(
        found, map(_drawn, cells.review_lines(found, numbers, _frame_chosen(), language())), strict=True
    )
    lines = (forms.review_html(one.node, str(words), language(), decides=decides) for one, words in drawn)
    write(Markup("".join(lines)), "ol", "hai-review")  # noqa: S704  escaped where it is made
    ui.on("review", partial(_decide, asker, held.id))


async def _decide(asker: Asker, plan_id: int, event: Sent) -> None:
    node, store, deed = int(event.args["node"]), the_store(), event.args["deed"]
    if deed == "undo":
        await to_thread(actions.undo, store, asker, node)
    else:
        decide = actions.accept if deed == "accept" else actions.reject
        await to_thread(decide, store, asker, plan_id, [node])
    found = await to_thread(partial(actions.tree_of, store, asker, plan_id, actions.today(), review=True))
    ui.run_javascript(f"haiheLedger.decided({rows.states_json(found, language())})")


async def item(node_id: int) -> None:
    """A promise and its sentence, its light with reason and history, its reports, and the forms."""
    asker, today = await _asker(), actions.today()
    with look.frame(tr(N_("Item")), heading=False):
        held = await to_thread(actions.node_at, the_store(), asker, node_id, today)
        node = held.standing.node
        ui.page_title(node.title)
        _write(cells.above(held), "p", "hai-note")
        write(number_link(node.title, node.source_id) if node.source_id else node.title, "h1", "hai-answer")
        _write(cells.reason(held.standing, language()), "p")
        known = cells.particulars(held, _frame_chosen(), language())
        look.particulars((name, _drawn(content)) for name, content in known)
        if node.text:
            write(node.text, "blockquote")
        figures = cells.figure_cells([held.standing], {node.id: held.numbers})
        _table(rows.FIGURE_COLUMNS, figures, N_("Figures in its words"))
        labels = rows.columns_of(kinds()[node.register], language())
        _table(labels, map(_cells, held.carried), N_("Left undone before"))
        _table(labels, map(_cells, held.below), N_("What stands under it"))
        if happened := cells.moments(held, language()):
            with look.section(tr(N_("What happened"))):
                look.timeline([look.Moment(on, _drawn(what), why) for on, what, why in happened])
        _forms(asker, held)
        await look.draw("item", node_id)
        look.coverage_line(tr(N_("{count} reports."), count=len(held.reports)), as_of=today)


def _forms(asker: Asker, held: records.Item) -> None:
    node, said, reviews = held.standing.node, language(), may(asker, "review_draft")
    level = tree.level_of(node)
    offers: list[forms.Offer] = []
    if node.state == "accepted" and level.stages and actions.may_move(asker, node):
        with look.section(tr(N_("Stage"))):
            undo = partial(_do, partial(actions.undo, the_store(), asker, node.id)) if reviews else None
            look.stepper([look.Step(*step) for step in cells.steps(node, said)], undo)
            _offers(asker, forms.move_offers(node, said), node.plan, node)
    reports = may(asker, "report_item", actions.unit_to_report(asker, node))
    if reports and level.promise and node.state == "accepted":
        offers.append(forms.report_offer(node, actions.today(), said))
    if reviews:
        offers.append(forms.edit_offer(node, held.above[-1].kind if held.above else None, said))
        offers += forms.add_offers(kinds()[node.register].below(node.kind), said)
    _offers(asker, offers, node.plan, node)


async def home_part() -> None:
    """The sentence of the ledger, theme cards, what is overdue, and who answers for what."""
    found = await to_thread(actions.home_summary, the_store(), await _asker(), actions.today())
    if not found.promises:
        _nothing()
        return
    tier = max((one.tier for one in found.plans), key="sample".__eq__)
    _write(cells.titled(_sentence(found.promises, found.counts, "/"), tier), "p", "hai-answer")
    if shown := _frame_chosen():
        with look.section(shown.label[language()]):
            _frames()
            with look.cards():
                for label, face, gist, card in cells.theme_cards(shown, found.cards, language()):
                    with look.card(label, face=face):
                        write(gist, "p", "hai-note")
                        write(look.light_strip(card.counts))
                        _write(cells.changed(card), "p", "hai-note")
    state = next(iter({*look.chosen("light")} & {"behind", "near"}), "overdue")
    late = [one for one in found.late if one.light.state == state][: rows.LATE_SHOWN]
    with look.section(tr(LIGHTS[state].word).capitalize(), _files(f"/api/v1/ledger/late?light={state}&")):
        _table(rows.ITEM_COLUMNS, map(_cells, late))


async def document_part(document_id: int) -> None:
    """The plans that a document fed, and the button that drafts one of its name."""
    asker, store = await _asker(), the_store()
    words = N_("{plan}: {accepted} items accepted, {drafts} drafts.")
    for one in await to_thread(actions.fed_by, store, asker, document_id):
        write(phrase(words, plan=link(one.name, f"/plan/{one.id}"), **cells.sums([one])), "p")
    if may(asker, "read_document"):
        deed = partial(actions.draft_from, store, asker, None, document_id)
        look.button(tr(N_("Take up as a draft plan")), partial(_do, deed), main=True)


async def entity_part(entity: int) -> None:
    """The promises that a unit leads or cooperates in."""
    found = await to_thread(actions.answers_for, the_store(), await _asker(), entity, actions.today())
    if found:
        with look.section(tr(N_("What it answers for")), _files(f"/api/v1/entities/{entity}/promises?")):
            write(look.light_strip(lights_of(promises_in(found))))
            _table(rows.ITEM_COLUMNS, map(_cells, found))


async def search_part(words: str) -> None:
    """The promises that have the words."""
    found = await to_thread(actions.search, the_store(), await _asker(), words)
    with look.section(tr(N_("Plans")), tr(N_("{count} found"), count=len(found))):
        for one in found:
            _write(cells.titled(cells.link_of(one), one.tier), "p")
