"""The page of posts: who holds each, who acts for it, and the forms that change that."""

from __future__ import annotations

from asyncio import to_thread
from datetime import date
from functools import partial

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.office import post_actions
from haihe.boards.office.circulation import levels
from haihe.boards.office.form_page import Box, Written, form, table
from haihe.boards.office.posts import Deputy, DeputyRow, PostRow
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write


def mount() -> None:
    """Register the page."""
    page_at("/office/posts")(posts)


async def posts() -> None:
    """Every post, and for who may: a new post, handing over, and who acts for whom."""
    asker = await asker_now()
    with look.frame(tr(N_("Posts"))):
        rows = await to_thread(post_actions.posts, the_store(), asker, language())
        if rows:
            vacant = sum(not row.holder for row in rows)
            words = N_("{count} posts sign; {vacant} of them are vacant.")
            look.answer(phrase(words, count=len(rows), vacant=vacant))
            _table(asker, rows)
        else:
            why = tr(N_("Whoever signs does so as a post of a unit; an administrator makes posts here."))
            look.empty_state(tr(N_("There are no posts yet.")), why)
        if may(asker, "manage_accounts"):
            await _keep(asker, rows)
        _deputise(asker, [row for row in rows if _names(asker, row)], rows)
        look.coverage_line(tr(N_("All posts that sign, as they are held now.")), as_of=post_actions.today())


def _names(asker: Asker, row: PostRow) -> bool:
    """Whether the reader may say who acts for a post."""
    return may(asker, "manage_accounts") or (row.account is not None and row.account == asker.account)


def _table(asker: Asker, rows: list[PostRow]) -> None:
    labels = {
        "unit": N_("Unit of the post"),
        "title": N_("Post"),
        "level": N_("Level"),
        "holder": N_("Held by"),
        "since": N_("Held since"),
        "deputies": N_("Acting for it"),
    }
    table(labels, (_cells(row) for row in rows))
    for row in rows:
        for deputy in row.deputies if _names(asker, row) else ():
            words = N_("End: {acting} for {post}")
            label = tr(words, acting=deputy.acting, post=f"{row.unit} {row.title}")
            look.button(label, partial(_end, asker, deputy.id))


def _cells(row: PostRow) -> look.Cells:
    return {
        "unit": link(row.unit, f"/entity/{row.unit_id}"),
        "title": row.title,
        "level": row.level_label,
        "holder": row.holder or Markup("○ {}").format(tr(N_("vacant"))),
        "since": day_in_region(row.since) if row.since else "–",
        "deputies": Markup("<br>").join(map(_deputy, row.deputies)) or "–",
    }


def _deputy(one: DeputyRow) -> Markup:
    words = N_("{acting}, {since} to {until}: {reason}")
    facts = {"since": one.since_on, "until": one.until_on, "reason": one.reason}
    return Markup("{}{}").format("● " if one.running else "○ ", phrase(words, acting=one.acting, **facts))


async def _end(asker: Asker, deputy: int) -> None:
    await to_thread(post_actions.end_deputy, the_store(), asker, deputy)
    ui.navigate.reload()


async def _keep(asker: Asker, rows: list[PostRow]) -> None:
    """The forms of an administrator: a new post, and handing one over."""
    kept = await to_thread(accounts.accounts, the_store(), asker)
    open_accounts = [(one.id, f"{one.name} {one.title}".strip()) for one in kept if one.disabled_at is None]

    async def add(written: Written) -> None:
        given = written["unit"], written["title"], written["level"]
        await to_thread(post_actions.add_post, the_store(), asker, *given)
        ui.navigate.reload()

    async def hand(written: Written) -> None:
        account = int(written["account"]) or None
        deed = partial(post_actions.hand_over, the_store(), asker, int(written["post"]), account)
        await to_thread(deed, written["reason"])
        ui.navigate.reload()

    words = [(name, label[language()]) for name, label in levels().items()]
    form(
        tr(N_("Make a post")),
        [
            Box("unit", tr(N_("Unit: its name, or its number in the registry")), required=True),
            Box("title", tr(N_("Title of the post")), required=True),
            Box("level", tr(N_("Level")), "choice", "drafter", words),
        ],
        tr(N_("Make it")),
        add,
    )
    if rows:
        boxes = [
            _post_box("post", tr(N_("Post")), rows),
            Box("account", tr(N_("To")), "choice", 0, [(0, tr(N_("nobody: vacant"))), *open_accounts]),
            Box("reason", tr(N_("Reason")), required=True),
        ]
        form(tr(N_("Hand a post over")), boxes, tr(N_("Hand over")), hand)
        words_ = N_(
            "What was signed stays signed by who held the post then; what waits goes on to who holds it now."
        )
        write(tr(words_), "p", "hai-note")


def _deputise(asker: Asker, mine: list[PostRow], rows: list[PostRow]) -> None:
    if not mine or len(rows) < 2:
        return

    async def name(written: Written) -> None:
        days = date.fromisoformat(written["since"]), date.fromisoformat(written["until"])
        wanted = Deputy(0, int(written["post"]), int(written["acting"]), *days, written["reason"])
        await to_thread(post_actions.deputise, the_store(), asker, wanted)
        ui.navigate.reload()

    boxes = [
        _post_box("post", tr(N_("Post that is away")), mine),
        _post_box("acting", tr(N_("Post that acts for it")), rows),
        Box("since", tr(N_("First day")), "date", post_actions.today(), required=True),
        Box("until", tr(N_("Last day")), "date", post_actions.today(), required=True),
        Box("reason", tr(N_("Reason")), required=True),
    ]
    form(tr(N_("Name who acts for a post")), boxes, tr(N_("Name them")), name)


def _post_box(name: str, label: str, rows: list[PostRow]) -> Box:
    return Box(
        name, label, "choice", "", [(row.id, f"{row.unit} {row.title} ({row.holder or '–'})") for row in rows]
    )
