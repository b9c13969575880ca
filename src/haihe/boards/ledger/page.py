"""The pages of the ledger: plans, one plan, its review, one item; and its parts of other pages."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from json import dumps

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import actions, forms, records, rows, tree
from haihe.boards.ledger.rollup import lights_of, promises_in
from haihe.boards.ledger.summary import matching
from haihe.boards.ledger.themes import frames
from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, number_link, phrase, tr, write
from haihe.ui.theme import LIGHTS

_Numbers = Mapping[int, Sequence[records.Number]]


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


def _titled(name: Markup | str, tier: str) -> Markup:
    return Markup("{} {}").format(name, look.sample_mark()) if tier == "sample" else Markup.escape(name)


def _files(query: str) -> Markup:
    return look.download_links({form: f"{query}format={form.lower()}" for form in ("CSV", "xlsx")})


def _columns(labels: Mapping[str, str]) -> list[look.Column]:
    return [look.Column(name, tr(label)) for name, label in labels.items()]


def _table(labels: Mapping[str, str], rows: Iterable[look.Cells]) -> None:
    write(look.plain_table(_columns(labels), rows), classes="hai-data hai-scroll")


def _node_link(node: records.Node) -> Markup:
    return link(node.title, f"/item/{node.id}")


def _nothing() -> None:
    why = tr(N_("A plan is drafted from a document and reviewed here before anything of it counts."))
    look.empty_state(tr(N_("There are no plans yet.")), why, command="haihe read FILE --into NAME")


async def plans(cursor: str = "") -> None:
    """Every plan that the asker may see."""
    with look.frame(tr(N_("Plans"))):
        found = await to_thread(actions.plans, the_store(), await _asker(), cursor or None)
        if not found.rows:
            _nothing()
            return
        words = N_("{count} plans hold {accepted} accepted items; {drafts} drafts wait for review.")
        accepted, drafts = sum(one.accepted for one in found.rows), sum(one.drafts for one in found.rows)
        look.answer(tr(words, count=len(found.rows), accepted=accepted, drafts=drafts))
        _table(rows.PLAN_COLUMNS, map(_plan_cells, found.rows))
        more = link(tr(N_("More plans")), f"/plans?cursor={found.next}") if found.next else ""
        write(Markup("{} {}").format(_files("/api/v1/plans?"), more), "p")
        look.coverage_line(tr(N_("All plans that you may see.")), as_of=actions.today())


def _plan_cells(one: records.Plan) -> look.Cells:
    return {
        "name": _titled(link(one.name, f"/plan/{one.id}"), one.tier),
        "accepted": one.accepted,
        "drafts": link(one.drafts, f"/plan/{one.id}?review=1") if one.drafts else 0,
        "published": one.published_at.date() if one.published_at else "–",
    }


async def plan(plan_id: int, review: bool = False) -> None:
    """A plan: how it stands, or in a review its drafts; the figures in its words; its documents."""
    store, asker, day = the_store(), await _asker(), actions.today()
    with look.frame(tr(N_("Plan")), heading=False):
        held = await to_thread(actions.plan_at, store, asker, plan_id)
        review = review or not held.accepted
        found = await to_thread(partial(actions.tree_of, store, asker, plan_id, day, review=review))
        numbers = await to_thread(actions.figures, store, asker, plan_id)
        ui.page_title(held.name)
        write(_titled(link(held.name, f"/plan/{plan_id}"), held.tier), "h1")
        if review:
            _review(asker, held, found, numbers)
        else:
            await _standing(asker, held, found)
        _figures([one.node for one in found], numbers)
        with look.section(tr(N_("Drafted from"))):
            for source in await to_thread(actions.documents_of, store, asker, plan_id):
                write(link(source.title, f"/document/{source.id}"), "p")
        words = N_("{accepted} items are accepted; an item counts once everything above it is accepted too.")
        look.coverage_line(tr(words, accepted=held.accepted), as_of=day)


async def _standing(asker: Asker, held: records.Plan, found: Sequence[records.Standing]) -> None:
    promises = promises_in(found)
    counts = lights_of(promises)
    look.answer(_sentence(len(promises), counts, f"/plan/{held.id}"))
    write(look.light_strip(counts))
    with ui.row():
        if held.drafts:
            words = tr(N_("Review {count} drafts"), count=held.drafts)
            look.button(words, partial(ui.navigate.to, f"/plan/{held.id}?review=1"), main=True)
        if may(asker, "publish"):
            public = held.published_at is not None
            deed = partial(actions.publish, the_store(), asker, held.id, published=not public)
            look.button(tr(N_("Withdraw")) if public else tr(N_("Publish")), partial(_do, deed))
    with look.section(tr(N_("What is promised")), _files(f"/api/v1/plans/{held.id}/nodes?")):
        _facets(promises, counts)
        await _tree(found)


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


def _themes(node: records.Node) -> dict[str, str]:
    return rows.themes_of(node, _frame_chosen(), language())


def _facets(promises: Sequence[records.Standing], counts: Mapping[str, int]) -> None:
    lights = [(one, tr(LIGHTS[one].word), counts[one]) for one in LIGHTS]
    groups = [look.Facet("light", tr(N_("Light")), lights)]
    if shown := _frame_chosen():
        held = [theme for one in promises for theme in _themes(one.node)]
        themes = [(one.id, one.label[language()], held.count(one.id)) for one in shown.themes]
        groups.append(look.Facet("theme", shown.label[language()], themes))
    look.facets(groups)
    _frames()


def _frames() -> None:
    links = (link(one.label[language()], look.address(frame=[one.id], theme=[])) for one in frames())
    write(phrase(N_("Frames: {frames}"), frames=Markup(" · ").join(links)), "p", "hai-note")


def _cells(one: records.Standing) -> look.Cells:
    node = one.node
    return {
        "title": Markup("<small>{}</small> ").format(rows.place_of(node))
        + _titled(_node_link(node), node.tier),
        "light": look.light(one.light.state, rows.reason_of(one.light, language())),
        "progress": look.share_bar(one.progress),
        "due": node.due_on or node.due_words or ("" if one.children else None),
        "lead": _units(node, "lead") or ("" if one.children else None),
        "themes": look.chips(_themes(node).values()),
    }


def _units(node: records.Node, role: str) -> Markup:
    shares = [share for share in node.shares if share.role == role]
    names = (link(one.name, f"/entity/{one.entity}") if one.entity else one.name for one in shares)
    return Markup(" · ").join(map(Markup.escape, names))


async def _tree(found: Sequence[records.Standing]) -> None:
    """The tree, or with a light or a theme in the address the promises that have them."""
    shown = _frame_chosen()
    themes = [f"{shown.id}:{theme}" for theme in look.chosen("theme")] if shown else []
    sought = records.Sought(themes, look.chosen("light"))
    flat = bool(sought.themes or sought.lights)
    under: dict[int | None, list[look.Node]] = {}
    for one in matching(promises_in(found), sought) if flat else found:
        row = look.Node(str(one.node.id), _cells(one), bool(one.children) and not flat)
        under.setdefault(None if flat else one.node.parent, []).append(row)

    async def children(node_id: str) -> Sequence[look.Node]:
        return under.get(int(node_id), [])

    columns, roots = _columns(rows.ITEM_COLUMNS), under.get(None, [])
    await look.tree_table(columns, roots, children, caption="", opened=[root.id for root in roots])


def _figures(nodes: Sequence[records.Node], numbers: _Numbers) -> None:
    cells = [
        {"figure": number_link(one.quote, one.source_id), "subject": one.subject, "period": one.period}
        | {"item": _node_link(node)}
        for node in nodes
        for one in numbers.get(node.id, ())
    ]
    if cells:
        with look.section(tr(N_("Figures in its words"))):
            _table(rows.FIGURE_COLUMNS, cells)


def _review(asker: Asker, held: records.Plan, found: Sequence[records.Standing], numbers: _Numbers) -> None:
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
    lines = (_review_row(one.node, numbers.get(one.node.id, ()), decides) for one in found)
    write(Markup("").join(lines), "ol", "hai-review")
    ui.on("review", partial(_decide, asker, held.id))


def _review_row(node: records.Node, numbers: Iterable[records.Number], decides: bool) -> Markup:
    press = Markup('<button type="button" tabindex="-1" data-deed="{}" title="{}">{}</button>')
    deeds = Markup("").join(press.format(deed, tr(label), mark) for deed, (mark, label) in tree.DEEDS.items())
    words = tr(tree.KIND_LABELS[node.kind])
    known = [number_link(words, node.source_id) if node.source_id else words]
    known += [number_link(number.quote, number.source_id) for number in numbers]
    known += [_units(node, "lead"), Markup.escape(node.due_on or node.due_words or "")]
    return Markup(resources.text("boards/ledger/review.html")).format(  # noqa: S704  a template is ours
        id=node.id,
        state=node.state,
        depth=len(node.path) - 1,
        place=rows.place_of(node),
        title=node.title,
        deeds=Markup("<span data-deeds>{}</span>").format(deeds) if decides else "",
        words=tr(tree.STATE_LABELS[node.state]),
        known=Markup(" · ").join(filter(None, known)),
        themes=look.chips(_themes(node).values()),
    )


async def _decide(asker: Asker, plan_id: int, event: GenericEventArguments) -> None:
    node, store = int(event.args["node"]), the_store()
    if event.args["deed"] == "undo":
        await to_thread(actions.undo, store, asker, node)
    else:
        deed = actions.accept if event.args["deed"] == "accept" else actions.reject
        await to_thread(deed, store, asker, plan_id, [node])
    found = await to_thread(partial(actions.tree_of, store, asker, plan_id, actions.today(), review=True))
    now = [[one.node.id, one.node.state, tr(tree.STATE_LABELS[one.node.state])] for one in found]
    ui.run_javascript(f"haiheLedger.decided({dumps(now)})")


async def item(node_id: int) -> None:
    """A promise and its sentence, its light with reason and history, its reports, and the forms."""
    asker, today = await _asker(), actions.today()
    with look.frame(tr(N_("Item")), heading=False):
        held = await to_thread(actions.node_at, the_store(), asker, node_id, today)
        node, light = held.standing.node, held.standing.light
        ui.page_title(node.title)
        above = [link(held.plan.name, f"/plan/{node.plan}"), *map(_node_link, held.above)]
        write(_titled(Markup(" › ").join(above), held.plan.tier), "p", "hai-note")
        write(number_link(node.title, node.source_id) if node.source_id else node.title, "h1", "hai-answer")
        write(Markup("{} {}").format(look.light(light.state), rows.reason_of(light, language())), "p")
        look.particulars((tr(name), content) for name, content in _known(held).items())
        write(node.text, "blockquote")
        _figures([node], {node.id: held.numbers})
        _course(held)
        _forms(asker, held)
        await look.draw("item", node_id)
        look.coverage_line(tr(N_("{count} reports."), count=len(held.reports)), as_of=today)


def _known(held: records.Item) -> dict[str, object]:
    node = held.standing.node
    known: dict[str, object] = {
        N_("Kind"): tr(tree.KIND_LABELS[node.kind]),
        N_("Themes"): look.chips(_themes(node).values()) or None,
        N_("Lead unit"): _units(node, "lead") or None,
        N_("Cooperating units"): _units(node, "cooperating") or None,
        N_("Start"): node.start_on,
        N_("Due"): Markup("{} {}").format(node.due_on or "", node.due_words or "").strip() or None,
        N_("Progress"): look.share_bar(held.standing.progress),
    }
    if held.cites:
        known[N_("Cites")] = _node_link(held.cites)
    if held.cited_by:
        known[N_("Cited by")] = Markup(" · ").join(map(_node_link, held.cited_by))
    return known


def _course(held: records.Item) -> None:
    """What was reported and which lights were shown, the latest first."""
    moments = [
        look.Moment(one.on, look.light(one.light.state), rows.reason_of(one.light, language()))
        for one in held.changes
    ]
    for one in held.reports:
        title = Markup("{} {}").format(one.period, look.share_bar(one.progress))
        moments.append(look.Moment(one.reported_on, title, rows.told(one, language())))
    if moments:
        with look.section(tr(N_("What happened"))):
            look.timeline(sorted(moments, key=lambda moment: str(moment.when), reverse=True))


def _forms(asker: Asker, held: records.Item) -> None:
    node, today, store = held.standing.node, actions.today(), the_store()
    reports = may(asker, "report_item", actions.unit_to_report(asker, node))
    if reports and node.kind != "aspect" and node.state == "accepted":
        with look.section(tr(N_("Report"))):
            deed = partial(actions.report_on, store, asker, node.id)
            _form(forms.return_fields(node, today), lambda written: deed(forms.return_of(written, today)))
    if may(asker, "review_draft"):
        with look.section(tr(N_("Edit"))):
            edit = partial(actions.edit_node, store, asker, node.id)
            _form(forms.edit_fields(node), lambda written: edit(forms.edit_of(node, written)))


def _form(fields: Iterable[forms.Field], send: Callable[[dict[str, str]], object]) -> None:
    submit = Markup("<button class=hai-button>{}</button>").format(tr(N_("Send")))
    form = write(Markup("").join([*map(_field, fields), submit]), "form", "hai-form")
    form.on("submit", lambda event: _do(partial(send, event.args)), js_handler=forms.SUBMIT)


def _field(one: forms.Field) -> Markup:
    options = (Markup("<option value={}>{}</option>").format(code, tr(words)) for code, words in one.options)
    part = Markup(forms.HTML[one.kind])  # noqa: S704  a template is ours
    return part.format(tr(one.label), one.name, one.value or "", Markup("").join(options))


async def home_part() -> None:
    """The sentence of the ledger, theme cards, what is overdue, and who answers for what."""
    found = await to_thread(actions.home_summary, the_store(), await _asker(), actions.today())
    if not found.promises:
        _nothing()
        return
    sample = "sample" if any(one.tier == "sample" for one in found.plans) else ""
    look.answer(_titled(_sentence(found.promises, found.counts, "/"), sample))
    if shown := _frame_chosen():
        with look.section(shown.label[language()]):
            _frames()
            with look.cards():
                for one in filter(lambda card: card.frame == shown.id, found.cards):
                    _theme_card(shown, one)
    state = next(iter({*look.chosen("light")} & {"behind", "near"}), "overdue")
    late = [one for one in found.late if one.light.state == state][: rows.LATE_SHOWN]
    with look.section(tr(LIGHTS[state].word).capitalize(), _files(f"/api/v1/ledger/late?light={state}&")):
        _table(rows.ITEM_COLUMNS, map(_cells, late))


def _theme_card(shown: records.Frame, one: records.ThemeCard) -> None:
    theme = next(theme for theme in shown.themes if theme.id == one.theme)
    with look.card(theme.label[language()], face=theme.icon):
        count = tr(N_("{count} promises"), count=sum(one.counts.values()))
        write(f"{theme.gist[language()]} · {count}", "p", "hai-note")
        write(look.light_strip(one.counts))
        if one.change and one.changed:
            lit = one.change.on, look.light(one.change.light.state), _node_link(one.changed)
            write(Markup("{} {} {}").format(*lit), "p", "hai-note")


async def document_part(document_id: int) -> None:
    """The plans that a document fed."""
    found = await to_thread(actions.fed_by, the_store(), await _asker(), document_id)
    words = N_("{plan}: {accepted} items accepted, {drafts} drafts.")
    for one in found:
        write(phrase(words, plan=_plan_cells(one)["name"], accepted=one.accepted, drafts=one.drafts), "p")


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
            write(_titled(_node_link(one), one.tier), "p")
