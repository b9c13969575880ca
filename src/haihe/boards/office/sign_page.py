"""The pages of sign-off: what is to be signed, one document beside its steps, and what a code means."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.office import post_actions, sign_actions
from haihe.boards.office.circulation import routes, subject_kinds, urgencies
from haihe.boards.office.dockets import DOCKET_COLUMNS, DocketDetail, DocketRow, VersionRow, cell_of
from haihe.boards.office.form_page import Box, Written, form, keys, table
from haihe.boards.office.posts import PostRow
from haihe.boards.office.sign_actions import Proposal
from haihe.boards.office.signing import Deed, Wish
from haihe.boards.office.subject_intake import ENDINGS, FILE_BYTES_MAX, LINES_SHOWN_MAX
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

_LINES = {
    "same": Markup("<p>{}</p>"),
    "new": Markup("<p><ins>{}</ins></p>"),
    "gone": Markup("<p><del>{}</del></p>"),
}
_STATES = {"done": "✓", "now": "▶", "next": "○"}


def mount() -> None:
    """Register the pages, and their place in the header, on home and on the pages of entries."""
    look.fill("nav", look.Entry(N_("Sign-off"), "/office/sign", "draw"), order=27)
    look.fill("home", home_part, order=15)
    look.fill("item", item_part)
    page_at("/office/sign")(sign)
    page_at("/office/sign/{docket}")(docket)


async def sign(route: str = "office", kind: str = "other", subject: str = "") -> None:
    """What waits for the reader's signature, the form that puts something up, and what else is under way."""
    asker = await asker_now()
    with look.frame(tr(N_("Sign-off"))):
        found = await to_thread(sign_actions.dockets, the_store(), asker, language())
        posts = await to_thread(post_actions.posts, the_store(), asker, language())
        mine = await to_thread(post_actions.my_posts, the_store(), asker)
        look.answer(_sentence(found.mine, posts, mine))
        with look.cards():
            for row in found.mine:
                _card(row)
        if any(post.id in mine and post.level == "drafter" for post in posts):
            with look.section(tr(N_("Put up for signature"))):
                await _put_up(asker, posts, route if route in routes() else "office", kind, subject)
        _under_way(found.others, bool(found.mine))
        words = N_(
            "You see what has a post of your unit, what you signed, and with a role for all units everything."
        )
        look.coverage_line(tr(words), as_of=sign_actions.today())


def _sentence(rows: list[DocketRow], posts: list[PostRow], mine: list[int]) -> Markup:
    if rows:
        return phrase(N_("{count} documents wait for you."), count=len(rows))
    names = "、".join(f"{post.unit} {post.title}" for post in posts if post.id in mine)
    if names:
        return phrase(N_("Nothing waits for you as {posts}."), posts=names)
    to_posts = link(tr(N_("posts")), "/office/posts")
    return phrase(N_("You hold no post that signs; the page of {posts} says who does."), posts=to_posts)


def _card(row: DocketRow) -> None:
    with look.card(row.title, href=f"/office/sign/{row.id}"):
        marks = [row.urgency_label] if row.urgency != "normal" else []
        write(look.chips([*marks, row.kind_label, row.step_label]), "p")
        write(row.explanation, "p", "hai-note")
        if row.needed_on:
            write(tr(N_("Needed by {day}"), day=row.needed_on), "p")
        if row.acting:
            write(tr(N_("As {post}, acting"), post=row.acting), "p", "hai-note")


def _under_way(rows: list[DocketRow], some: bool) -> None:
    if rows:
        address = "/api/v1/office/sign?format="
        files = look.download_links({"CSV": f"{address}csv", "xlsx": f"{address}xlsx"})
        with look.section(tr(N_("Under way and signed")), files):
            table(dict(DOCKET_COLUMNS), map(_cells, rows))
    elif not some:
        why = tr(
            N_("A post that drafts puts documents up; then they go from post to post until they are signed.")
        )
        look.empty_state(
            tr(N_("Nothing is put up for signature.")), why, way=(tr(N_("Posts")), "/office/posts")
        )
    write(
        Markup(" · ").join(
            (link(tr(N_("Type a code")), "/office/code"), link(tr(N_("Posts")), "/office/posts"))
        ),
        "p",
    )


def _cells(row: DocketRow) -> look.Cells:
    cells = {name: cell_of(row, name) for name in DOCKET_COLUMNS}
    cells["title"] = link(row.title, f"/office/sign/{row.id}")
    cells["status_label"] = Markup('<span title="{}">{}</span>').format(row.explanation, row.status_label)
    return cells


@dataclass(slots=True)
class _Desk:
    file: tuple[str, bytes] | None = None


async def _put_up(asker: Asker, posts: list[PostRow], route: str, kind: str, subject: str) -> None:
    """The route as links, then the file and the form with a post for each of its steps."""
    desk = _Desk()
    ways = (
        Markup("<b>{}</b>").format(one.label[language()])
        if one.name == route
        else link(one.label[language()], look.address(route=[one.name]))
        for one in routes().values()
    )
    write(phrase(N_("Route: {routes}"), routes=Markup(" · ").join(ways)), "p")
    if subject:
        write(tr(N_("It is put up as it stands now; a later change asks for a new version.")), "p")
    else:
        chosen = ui.label().classes("hai-note")

        async def take(name: str, content: bytes) -> None:
            desk.file, chosen.text = (name, content), name

        look.choose_file(look.button(tr(N_("Choose the document"))), take, FILE_BYTES_MAX)
        write(", ".join(ENDINGS), "p", "hai-note")

    async def sent(written: Written) -> None:
        proposal = Proposal(
            kind=written["kind"],
            title=written["title"],
            subject=subject,
            file=desk.file,
            route=route,
            posts=tuple(
                int(written.get(f"post-{place}") or 0) for place in range(len(routes()[route].steps))
            ),
            urgency=written["urgency"],
            needed_on=date.fromisoformat(written["needed_on"]) if written["needed_on"] else None,
        )
        made = await to_thread(sign_actions.put_up, the_store(), asker, proposal)
        ui.navigate.to(f"/office/sign/{made}")

    form(tr(N_("What it is and who signs")), _put_up_boxes(posts, route, kind), tr(N_("Put up")), sent)


def _put_up_boxes(posts: list[PostRow], route: str, kind: str) -> Iterable[Box]:
    kinds = [(one.name, one.label[language()]) for one in subject_kinds().values()]
    yield Box("kind", tr(N_("Kind of document")), "choice", kind, kinds)
    yield Box("title", tr(N_("Title of the document")))
    soon = [(name, label[language()]) for name, label in urgencies().items()]
    yield Box("urgency", tr(N_("Urgency")), "choice", "normal", soon)
    yield Box("needed_on", tr(N_("Needed by")), "date")
    for place, step in enumerate(routes()[route].steps):
        fit = [(post.id, f"{post.unit} {post.title}") for post in posts if post.level == step.level]
        yield Box(f"post-{place}", step.label[language()], "choice", 0, [(0, tr(N_("the only one"))), *fit])


async def docket(docket: int) -> None:
    """A document beside its steps: what it says and what changed, who signed, and what the reader may do."""
    asker = await asker_now()
    with look.frame(tr(N_("Sign-off")), heading=False):
        found = await to_thread(sign_actions.docket_at, the_store(), asker, docket, language())
        lines = await to_thread(sign_actions.reading_of, the_store(), asker, docket)
        row = found.docket
        ui.page_title(row.title)
        keys()
        chips = [row.kind_label, *([row.urgency_label] if row.urgency != "normal" else []), row.status_label]
        write(look.chips(chips), "p")
        write(row.title, "h1")
        look.answer(row.explanation)
        if found.warning:
            write(f"▲ {found.warning}", "p", "hai-empty").props("role=alert")
        if row.mine:
            write(link(tr(N_("To what you can do")), "#acts"), "p")
        with look.split() as (document, steps):
            with document:
                _document(found, lines)
            with steps:
                _steps(found)
                _acts(asker, found)
                _history(found)
        _versions(asker, found)
        look.coverage_line(
            tr(N_("{count} acts; none is ever changed."), count=len(found.acts)), as_of=row.since.date()
        )


def _document(found: DocketDetail, lines: list[tuple[str, str]]) -> None:
    newest = found.versions[0]
    address = f"/api/v1/office/sign/{found.docket.id}/versions/{newest.number}"
    words = N_("Version {version}: {name}")
    write(phrase(words, version=newest.number, name=link(newest.name, address)), "p")
    if any(change != "same" for change, _ in lines):
        write(
            tr(N_("Underlined: new in this version. Struck out: gone since the one before.")), "p", "hai-note"
        )
    drawn = Markup("").join(_LINES[change].format(line) for change, line in lines[:LINES_SHOWN_MAX])
    text = write(drawn, "div", "hai-reading").style("max-height: 75vh; overflow-y: auto")
    text.props["tabindex"] = 0
    if found.docket.kind == "node":
        write(link(tr(N_("The entry in the ledger")), f"/item/{found.docket.subject}"), "p")


def _steps(found: DocketDetail) -> None:
    labels = {"label": N_("Step of signing"), "post": N_("Post"), "signed": N_("Signed by, on")}
    rows = []
    for step in found.steps:
        act = step.approval
        signed: object = step.holder or tr(N_("vacant"))
        if act:
            acting = (
                tr(N_("{name}, {post}, acting"), name=act.name, post=act.acting) if act.acting else act.name
            )
            opinion = Markup("<br><small>{}</small>").format(act.note) if act.note else ""
            signed = Markup("<span>{} <small>{:%Y-%m-%d %H:%M}</small>{}</span>").format(
                acting, act.at, opinion
            )
        label = Markup("{} {}").format(_STATES[step.state], step.label)
        if step.state == "now":
            label = Markup('<b aria-current="step">{}</b>').format(label)
        rows.append({"label": label, "post": step.post, "signed": signed})
    table(labels, rows)


def _acts(asker: Asker, found: DocketDetail) -> None:
    """What the reader may do, as forms that letters open."""
    write("", "div").props("id=acts")
    row = found.docket
    if row.acting:
        write(tr(N_("As {post}, acting"), post=row.acting), "p", "hai-note")
    note = Box("note", tr(N_("Opinion")), "area")
    offers: dict[Deed, tuple[str, list[Box], str]] = {
        "submit": (tr(N_("Submit")), [note], "S"),
        "approve": (tr(N_("Approve")), [note], "A"),
        "return": (tr(N_("Send back")), _return_boxes(found), "r"),
        "withdraw": (tr(N_("Withdraw from signing")), [note], "w"),
    }
    for deed, (words, boxes, key) in offers.items():
        if deed in row.mine:
            form(words, boxes, words, partial(_do, asker, found, deed), key=key)
    if "draft" in row.mine:
        _revise(asker, found)


def _return_boxes(found: DocketDetail) -> list[Box]:
    steps = [(place, step.label) for place, step in enumerate(found.steps[: found.docket.step])]
    return [
        Box("note", tr(N_("Reason")), "area", required=True),
        Box("to", tr(N_("Back to")), "choice", 0, steps),
    ]


async def _do(asker: Asker, found: DocketDetail, deed: Deed, written: Written) -> None:
    wish = Wish(deed, found.seen, written["note"], int(written.get("to") or 0))
    await to_thread(sign_actions.act, the_store(), asker, found.docket.id, wish)
    ui.navigate.reload()


def _revise(asker: Asker, found: DocketDetail) -> None:
    async def put(file: tuple[str, bytes] | None) -> None:
        await to_thread(sign_actions.revise, the_store(), asker, found.docket.id, found.seen, file)
        ui.navigate.reload()

    async def take(name: str, content: bytes) -> None:
        await put((name, content))

    if found.docket.subject:
        if found.changed:
            look.button(tr(N_("Put in what it says now as a new version")), partial(put, None), main=True)
    else:
        look.choose_file(look.button(tr(N_("Put in a new version"))), take, FILE_BYTES_MAX)


def _history(found: DocketDetail) -> None:
    moments = []
    for act in found.acts:
        who = f"{act.post} ({act.name})" if not act.acting else f"{act.post} ({act.acting} {act.name})"
        title = phrase(N_("{who} {deed} version {version}"), who=who, deed=act.label, version=act.version)
        back = tr(N_("back to {step}"), step=act.returned_to) if act.returned_to else ""
        moments.append(
            look.Moment(f"{act.at:%Y-%m-%d %H:%M}", title, " · ".join(filter(None, (back, act.note))))
        )
    with look.section(tr(N_("What happened"))):
        look.timeline(moments)


def _versions(asker: Asker, found: DocketDetail) -> None:
    labels = {
        "number": N_("Version"),
        "state": N_("Stands"),
        "code": N_("Code"),
        "name": N_("Document"),
        "sheet": N_("Sheet for signature"),
        "scans": N_("Stamped scans"),
    }
    with look.section(tr(N_("Versions"))):
        table(labels, (_version_cells(found.docket.id, one) for one in found.versions))

        async def take(name: str, content: bytes) -> None:
            await to_thread(sign_actions.keep_scan, the_store(), asker, typed.value or "", (name, content))
            ui.navigate.reload()

        with ui.element("div").classes("hai-row"):
            typed = ui.input(tr(N_("Code under the square"))).props("outlined dense stack-label maxlength=90")
            look.choose_file(look.button(tr(N_("Keep a stamped scan"))), take, FILE_BYTES_MAX)
        words = N_(
            "PDF, PNG or JPEG. The typed code says which version it proves; it is not read from the scan."
        )
        write(tr(words), "p", "hai-note")


def _version_cells(docket: int, one: VersionRow) -> look.Cells:
    base = f"/api/v1/office/sign/{docket}"
    sheet = f"{base}/sheet?version={one.number}&format="
    states = [tr(N_("current")) if one.current else tr(N_("out of date"))]
    if one.signed:
        states.append(tr(N_("signed")))
    scans = (link(scan.name, f"{base}/scans/{scan.id}") for scan in one.scans)
    return {
        "number": one.number,
        "state": "、".join(states),
        "code": Markup("<code>{}</code>").format(one.code),
        "name": link(one.name, f"{base}/versions/{one.number}"),
        "sheet": Markup("<span>{} · {}</span>").format(
            link(tr(N_("print")), f"{sheet}html"), link("docx", f"{sheet}docx")
        ),
        "scans": Markup("<span>{}</span>").format(Markup(" · ").join(scans) or "–"),
    }


async def home_part() -> None:
    """How much waits for the reader's signature; nothing for who signs nothing."""
    asker = await asker_now()
    if asker.account is not None and not asker.must_change:
        found = await to_thread(sign_actions.dockets, the_store(), asker, language())
        if found.mine:
            count = link(len(found.mine), "/office/sign")
            write(phrase(N_("{count} documents wait for your signature."), count=count), "p", "hai-answer")


async def item_part(node: int) -> None:
    """Where an entry of the ledger stands in sign-off, and the way to put it up."""
    asker = await asker_now()
    mine = await to_thread(post_actions.my_posts, the_store(), asker)
    if not mine:
        return
    found = await to_thread(sign_actions.dockets, the_store(), asker, language())
    for row in [*found.mine, *found.others]:
        if (row.kind, row.subject) == ("node", str(node)):
            write(phrase(N_("Sign-off: {link}"), link=link(row.explanation, f"/office/sign/{row.id}")), "p")
    address = f"/office/sign?kind=node&route=deputy&subject={node}"
    write(link(tr(N_("Put up for signature")), address), "p")
