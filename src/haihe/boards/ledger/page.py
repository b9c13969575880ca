"""The pages of the ledger: registers, one of them, its review, one item; and its parts of other pages."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import (
    actions,
    cells,
    changes,
    edit_page,
    evidence_page,
    forms,
    period_page,
    records,
    review_page,
    rows,
    standing_actions,
    tree,
    tree_page,
    views_page,
)
from haihe.boards.ledger.kinds import Kind, kinds
from haihe.boards.ledger.periods import moment_of
from haihe.boards.ledger.rollup import lights_of, promises_in
from haihe.boards.ledger.themes import frames
from haihe.boards.ledger.units import by_urgency
from haihe.boards.ledger.views_page import drawn, frame_chosen
from haihe.kit.errors import N_
from haihe.kit.limits import TABLE_ROWS_MAX, TEXT_BYTES_MAX
from haihe.store.opening import the_store
from haihe.ui import language, link, number_link, page_at, phrase, tr, write
from haihe.ui.theme import LIGHTS

_Node = records.Node | None
_Standings = Sequence[records.Standing]
_PROJECTS = ("plan", "construction", "investment")


def mount() -> None:
    """Register the pages, and what other pages show of promises."""
    look.fill("nav", look.Entry(N_("Plans"), "/plans", "checklist"), order=20)
    look.fill("home", home_part, order=20)
    look.fill("document", document_part)
    look.fill("entity", entity_part)
    page_at("/plans")(plans)
    page_at("/plan/{plan_id}")(plan)
    page_at("/item/{node_id}")(item)


def _files(query: str, others: Mapping[str, str] = {}) -> Markup:
    return look.download_links(
        {form: f"{query}format={form.lower()}" for form in ("CSV", "xlsx")} | {**others}
    )


def _table(labels: Mapping[str, str], found: Iterable[cells.Cells], title: str = "") -> None:
    """A table of the columns that one of its rows fills, under a title; nothing where there is no row."""
    if shown := list(found):
        wanted = [name for name in labels if any(row[name] != "" for row in shown)]
        lines = ({name: drawn(row[name]) for name in wanted} for row in shown)
        columns = [look.Column(name, tr(labels[name])) for name in wanted]
        with look.section(tr(title)) if title else ui.element("div").classes("hai-fill"):
            write(look.plain_table(columns, lines), classes="hai-data hai-scroll")


def _write(content: object, tag: str, classes: str = "") -> None:
    write(drawn(content), tag, classes)


def _nothing() -> None:
    why = tr(N_("A plan is drafted from a document, or begun by hand or from a workbook under Plans."))
    look.empty_state(tr(N_("There are no registers yet.")), why, command="haihe read FILE --into NAME")


async def plans() -> None:
    """Every plan and register that the asker may see, by kind, and the form that begins one."""
    asker, chosen = await asker_now(), look.chosen("kind")
    with look.frame(tr(N_("Plans and registers"))):
        held = (await to_thread(actions.plans, the_store(), asker, None, TABLE_ROWS_MAX)).rows
        found = [one for one in held if not chosen or one.kind in chosen]
        if held:
            words = N_("{count} registers hold {accepted} accepted items; {drafts} drafts wait for review.")
            look.answer(tr(words, count=len(found), **cells.sums(found)))
            look.facets([look.Facet("kind", tr(N_("Kind")), cells.kind_counts(held, language()))])
            day, store = actions.today(), the_store()
            glances = await to_thread(standing_actions.glances_known, store, asker, found, day)
            _table(
                rows.PLAN_COLUMNS,
                (cells.plan_cells(one, glances.get(one.id), language()) for one in found),
            )
            write(_files("/api/v1/plans?"), "p")
        else:
            _nothing()
        if may(asker, "review_draft"):
            _offers(asker, [forms.begin_offer(actions.offered().values(), language())])
        look.coverage_line(tr(N_("All registers that you may see.")), as_of=actions.today())


async def plan(plan_id: int, review: bool = False, view: str = "", as_of: str = "") -> None:
    """A register: how it stands, by its tree or its stages, or in a review its drafts; figures; documents."""
    store, asker, day = the_store(), await asker_now(), actions.today()
    moment = moment_of(as_of)
    with look.frame(tr(N_("Register")), heading=False):
        held = await to_thread(actions.plan_at, store, asker, plan_id)
        review = moment is None and (review or bool(held.drafts and not held.accepted))
        shown = partial(actions.tree_of, store, asker, plan_id, day, review=review)
        if moment:
            shown = partial(actions.standings_as_of, store, asker, plan_id, day, moment)
        found = await to_thread(shown)
        numbers = await to_thread(actions.figures, store, asker, plan_id)
        ui.page_title(held.name)
        write(kinds()[held.kind].label[language()], "p", "hai-note")
        _write(cells.titled(cells.Link(held.name, f"/plan/{plan_id}"), held.tier), "h1")
        await look.draw("marking", f"plan/{plan_id}")
        if review:
            review_page.show(asker, held, found, numbers)
        else:
            period_page.ways(asker, held, as_of)
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
        tree_page.sums(held, found, whole=may(asker, "see_unpublished"))
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
        address = f"/api/v1/plans/{held.id}"
        whole = {tr(N_("workbook")): f"{address}/workbook", "JSON": f"{address}/tree.json"}
        if held.kind in _PROJECTS:
            whole["OC4IDS"] = f"{address}/oc4ids.json"
        with look.section(tr(N_("What is promised")), _files(f"/api/v1/plans/{held.id}/nodes?", whole)):
            views_page.views(held.id, view or "tree")
            _facets(kind, found, counts)
            tree_page.find(promises)
            await tree_page.show(kind, found, view)
    if may(asker, "review_draft"):
        _offers(asker, forms.add_offers(kind.below(None), language(), opened=not found), held.id)
        _take_in(asker, held)


def _offers(asker: Asker, offers: Iterable[forms.Offer], plan: int = 0, node: _Node = None) -> None:
    for offer in offers:
        evidence: list[int] = []
        with ui.element("details").style("width: 100%").props("open" if offer.opened else ""):
            write(offer.title, "summary", "nicegui-link")
            if offer.deed == "report" and node:
                evidence = evidence_page.chooser(asker, node.id)
            form = write(Markup(offer.html()), "form", "hai-form")  # noqa: S704  escaped where it is made
        sent = _Sent(asker, offer, plan, node, evidence)
        form.on("submit", partial(_send, sent), js_handler=forms.SUBMIT)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form that is sent: by whom, what it offered, of which register and node, and its evidence."""

    asker: Asker
    offer: forms.Offer
    plan: int
    node: _Node
    evidence: list[int]


async def _send(sent: _Sent, event: Sent) -> None:
    asker, offer, plan, node = sent.asker, sent.offer, sent.plan, sent.node
    store, number = the_store(), node.id if node else 0
    match forms.asked(offer, node, event.args, actions.today(), language()):
        case (name, kind):
            begun = await to_thread(actions.begin_register, store, asker, name, kind)
            return ui.navigate.to(f"/plan/{begun}")
        case records.Edit() as edit:
            await to_thread(actions.add_node, store, asker, plan, number or None, edit)
        case records.Step() as step:
            await to_thread(actions.move_node, store, asker, number, step, node.version if node else None)
        case records.Return() as given:
            given = replace(given, evidence=tuple(sent.evidence))
            await to_thread(actions.report_on, store, asker, number, given)
    return ui.navigate.reload()


def _take_in(asker: Asker, held: records.Plan) -> None:
    """Handing in a workbook: what it would change, and the button that changes it."""
    empty = link(tr(N_("Empty template")), f"/api/v1/kinds/{held.kind}/template")
    with look.section(tr(N_("From a workbook")), empty):
        choose, place = look.button(tr(N_("Choose a workbook"))), ui.element("div").classes("hai-fill")

    async def take(_: str, content: bytes) -> None:
        book = changes.Book(content, held.kind, held.tier)
        deed = partial(actions.import_book, the_store(), asker, held.name, book)
        found = rows.taken_of(await to_thread(partial(deed, dry_run=True)), language())
        counts = found.counts
        words = N_("{new} new, {changed} changed, {same} the same, {left} left; {rejects} cells not taken.")
        place.clear()
        with place:
            look.answer(tr(words, rejects=len(found.rejects), **counts))
            if count := counts["new"] + counts["changed"]:
                look.button(tr(N_("Take over {count} lines"), count=count), partial(_do, deed), main=True)
            _table(rows.REJECT_COLUMNS, map(asdict, found.rejects))
            _table(rows.CHANGE_COLUMNS, rows.change_cells(found.changes, language()))

    look.choose_file(choose, take, TEXT_BYTES_MAX, [".xlsx"])


def _sentence(promises: int, counts: Mapping[str, int], path: str) -> Markup:
    words = N_("{promises} promises: {overdue} overdue, {behind} behind, {near} near their date.")
    late = {state: link(counts.get(state, 0), f"{path}?light={state}") for state in records.LATE}
    return phrase(words, promises=link(promises, path), **late)


async def _do(deed: Callable[[], object]) -> None:
    await to_thread(deed)
    ui.navigate.reload()


def _facets(kind: Kind, found: _Standings, counts: Mapping[str, int]) -> None:
    lights = {name: (tr(face.word), counts.get(name, 0)) for name, face in LIGHTS.items()}
    groups = cells.facets(kind, found, lights, frame_chosen(), language())
    look.facets([look.Facet(*group) for group in groups if group[0] != "view"])
    if kind.name == "plan":
        _frames()


def _frames() -> None:
    links = (link(one.label[language()], look.address(frame=[one.id], theme=[])) for one in frames())
    write(phrase(N_("Frames: {frames}"), frames=Markup(" · ").join(links)), "p", "hai-note")


def _cells(one: records.Standing) -> cells.Cells:
    return cells.node_cells(one, frame_chosen(), language())


async def item(node_id: int, as_of: str = "") -> None:
    """A promise and its sentence, its lights with reasons and history, its reports, and the forms."""
    asker, today, moment = await asker_now(), actions.today(), moment_of(as_of)
    with look.frame(tr(N_("Item")), heading=False):
        held = await to_thread(actions.node_at, the_store(), asker, node_id, today, moment)
        node = held.standing.node
        ui.page_title(node.title)
        _write(cells.above(held), "p", "hai-note")
        write(number_link(node.title, node.source_id) if node.source_id else node.title, "h1", "hai-answer")
        if tree.level_of(node).promise and node.state == "accepted":
            period_page.beside(held, held.reports[0].note if held.reports else "")
        else:
            _write(cells.reason(held.standing, language()), "p")
        known = cells.particulars(held, frame_chosen(), language())
        look.particulars((name, drawn(content)) for name, content in known)
        if node.text:
            write(node.text, "blockquote")
        figures = cells.figure_cells([held.standing], {node.id: held.numbers})
        _table(rows.FIGURE_COLUMNS, figures, N_("Figures in its words"))
        labels = rows.columns_of(kinds()[node.register], language())
        _table(labels, map(_cells, held.carried), N_("Left undone before"))
        _table(labels, map(_cells, held.below), N_("What stands under it"))
        if happened := cells.moments(held, language()):
            with look.section(tr(N_("What happened"))):
                look.timeline([look.Moment(on, drawn(what), why) for on, what, why in happened])
        period_page.log(held)
        if moment is None:
            _forms(asker, held)
        await look.draw("item", node_id)
        look.coverage_line(tr(N_("{count} reports."), count=len(held.reports)), as_of=today)


def _forms(asker: Asker, held: records.Item) -> None:
    node, said, reviews = held.standing.node, language(), may(asker, "review_draft")
    level = tree.level_of(node)
    if node.state == "accepted" and level.stages and actions.may_move(asker, node):
        with look.section(tr(N_("Stage"))):
            back = partial(actions.undo, the_store(), asker, node.id, node.version)
            steps = [look.Step(*step) for step in cells.steps(node, said)]
            look.stepper(steps, partial(_do, back) if reviews else None)
            _offers(asker, forms.move_offers(node, said), node.plan, node)
    reports = may(asker, "report_item", actions.unit_to_report(asker, node))
    if reports and level.promise and node.state == "accepted":
        _offers(asker, [forms.report_offer(node, actions.today(), said)], node.plan, node)
    if reviews:
        edit_page.draw(asker, held)
        _offers(asker, forms.add_offers(kinds()[node.register].below(node.kind), said), node.plan, node)


async def home_part() -> None:
    """The sentence of the ledger, theme cards, what is overdue, and who answers for what."""
    found = await to_thread(actions.home_summary, the_store(), await asker_now(), actions.today())
    if not found.promises:
        _nothing()
        return
    tier = max((one.tier for one in found.plans), key="sample".__eq__)
    _write(cells.titled(_sentence(found.promises, found.counts, "/"), tier), "p", "hai-answer")
    if shown := frame_chosen():
        with look.section(shown.label[language()]):
            _frames()
            with look.cards():
                for label, face, gist, card in cells.theme_cards(shown, found.cards, language()):
                    with look.card(label, face=face):
                        write(gist, "p", "hai-note")
                        write(look.light_strip(card.counts))
                        _write(cells.changed(card), "p", "hai-note")
    state = next(iter({*look.chosen("light")} & {"behind", "near"}), "overdue")
    late = found.late(state, rows.LATE_SHOWN)
    with look.section(tr(LIGHTS[state].word).capitalize(), _files(f"/api/v1/ledger/late?light={state}&")):
        _table(rows.ITEM_COLUMNS, map(_cells, late))


async def document_part(document_id: int) -> None:
    """The plans that a document fed, and the button that drafts one of its name."""
    asker, store = await asker_now(), the_store()
    words = N_("{plan}: {accepted} items accepted, {drafts} drafts.")
    for one in await to_thread(actions.fed_by, store, asker, document_id):
        write(phrase(words, plan=link(one.name, f"/plan/{one.id}"), **cells.sums([one])), "p")
    if may(asker, "read_document"):
        deed = partial(actions.draft_from, store, asker, None, document_id)
        look.button(tr(N_("Take up as a draft plan")), partial(_do, deed), main=True)


async def entity_part(entity: int) -> None:
    """The promises that a unit leads or cooperates in."""
    found = await to_thread(actions.answers_for, the_store(), await asker_now(), entity, actions.today())
    if found:
        with look.section(tr(N_("What it answers for")), _files(f"/api/v1/entities/{entity}/promises?")):
            write(look.light_strip(lights_of(found)))
            _table(rows.ITEM_COLUMNS, map(_cells, by_urgency(found, rows.LATE_SHOWN)))
            if len(found) > rows.LATE_SHOWN:
                write(link(tr(N_("All {count}"), count=len(found)), f"/units/{entity}"), "p")
