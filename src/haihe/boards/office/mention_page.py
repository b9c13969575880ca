"""Comments on the page of an item, and on home and my work what they ask of the reader's posts and units."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from functools import partial

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker, units_of
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import comment_actions
from haihe.boards.ledger.comment_actions import COMMENT_CHARACTERS_MAX, Mention
from haihe.boards.office import mention_actions
from haihe.boards.office.mentions import CommentRow, MentionedRow
from haihe.kit.clock import REGION
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import link, tr, write

_SUBMIT = """(event) => {
  event.preventDefault();
  emit({ text: haiheMentions.told(event.target) });
}"""


def mount() -> None:
    """Register the comments of an item, and what waits for the reader."""
    look.fill("item", item_part, order=60)
    look.fill("home", asked_part, order=11)
    look.fill("my-work", asked_part, order=20)


async def _asker() -> Asker | None:
    """Who looks at the page; None for the public, which sees no comments."""
    asker = await asker_now()
    return None if units_of(asker, "see_unpublished") == frozenset() else asker


async def item_part(node: int) -> None:
    """The comments on an item, and the form for another one."""
    asker = await _asker()
    if asker is None:
        return
    writes = mention_actions.may_write(asker)
    found = await to_thread(mention_actions.comments_on, the_store(), asker, node)
    if not (found or writes):
        return
    with look.section(tr(N_("Comments")), str(len(found)) if found else ""):
        place = ui.element("div").classes("hai-fill")
        with place:
            _draw(asker, found)
        if writes:
            _form(asker, node, place)


async def _redraw(asker: Asker, node: int, place: ui.element) -> None:
    found = await to_thread(mention_actions.comments_on, the_store(), asker, node)
    place.clear()
    with place:
        _draw(asker, found)


def _draw(asker: Asker, found: Sequence[CommentRow]) -> None:
    place = ui.context.slot.parent
    with ui.element("ol").classes("hai-news"):
        for one in found:
            with ui.element("li").props(f"id=comment-{one.id}"):
                at = one.at.astimezone(REGION)
                write(Markup('<time datetime="{0:%Y-%m-%dT%H:%M}">{0:%m-%d %H:%M}</time>').format(at), "span")
                with ui.element("div"):
                    write(_said(one))
                    if one.own:
                        _own(asker, one, place)


def _own(asker: Asker, one: CommentRow, place: ui.element) -> None:
    """The button of whoever wrote a comment, which withdraws it or shows it again."""

    async def change() -> None:
        deed = partial(mention_actions.withdraw, the_store(), asker, one.id, back=one.withdrawn)
        await to_thread(deed)
        await _redraw(asker, one.node, place)

    look.button(tr(N_("Show it again")) if one.withdrawn else tr(N_("Withdraw the comment")), change)


def _said(one: CommentRow) -> Markup:
    """Who wrote a comment and what it says, with those it mentions and whether they answered."""
    author = Markup("<strong>{}</strong>").format(one.author)
    if one.withdrawn and not one.text:
        gone = tr(N_("This comment was withdrawn."))
        return author + Markup('<p class="hai-unknown">{}</p>').format(gone)
    words = Markup("").join(
        Markup.escape(part) if isinstance(part, str) else _named(part)
        for part in comment_actions.parts(one.text)
    )
    shown = Markup('<p class="hai-words">{}</p>').format(words)
    if one.withdrawn:
        return author + Markup(" <small>{}</small><del>{}</del>").format(tr(N_("withdrawn")), shown)
    waits = [each.words for each in one.mentions if each.settled_at is None]
    notes = tr(N_("Waits for {names}."), names="、".join(waits)) if waits else ""
    if one.mentions and not waits:
        notes = tr(N_("All that it mentions have answered."))
    return author + shown + (Markup("<small>{}</small>").format(notes) if notes else "")


def _named(one: Mention) -> Markup:
    """A post or a unit that is mentioned; a unit leads to its page."""
    words = f"@{one.words}"
    if one.kind == "unit":
        return link(words, f"/units/{one.number}")
    return Markup('<span class="hai-mention">{}</span>').format(words)


def _form(asker: Asker, node: int, place: ui.element) -> None:
    """The form for a comment, which offers posts and units after @."""
    look.dress("boards/office/mention.js")
    box = Markup(
        '<label>{label}<textarea name="text" rows="3" maxlength="{longest}" required data-mentions="{node}" '
        'aria-autocomplete="list" aria-controls="mentions" placeholder="{hint}"></textarea></label>'
        '<ul id="mentions" class="hai-offers" role="listbox" aria-label="{list}" hidden></ul>'
        "<button class=hai-button>{send}</button>"
    ).format(
        label=tr(N_("Write a comment")),
        longest=COMMENT_CHARACTERS_MAX,
        node=node,
        hint=tr(N_("@ asks a post or a unit, which finds it on its home page")),
        list=tr(N_("Posts and units")),
        send=tr(N_("Comment on it")),
    )
    form = write(box, "form", "hai-form hai-comment")

    async def send(event: Sent) -> None:
        await to_thread(mention_actions.write, the_store(), asker, node, event.args["text"])
        await _redraw(asker, node, place)
        ui.run_javascript(f"haiheMentions.clear(getHtmlElement({form.id}))")

    form.on("submit", send, js_handler=_SUBMIT)


async def asked_part() -> None:
    """What comments ask of the reader's posts and units; nothing where nothing waits."""
    asker = await _asker()
    if asker is None:
        return
    found = await to_thread(mention_actions.mentioned, the_store(), asker)
    if found:
        count = tr(N_("{count} wait"), count=len(found))
        with look.section(tr(N_("You are asked")), count), ui.element("ol").classes("hai-news"):
            for one in found:
                _asked(asker, one)


def _asked(asker: Asker, one: MentionedRow) -> None:
    """A comment that waits for an answer, with the button that says it is dealt with, and back."""
    place = ui.element("li")

    async def change(*, back: bool) -> None:
        await to_thread(partial(mention_actions.settle, the_store(), asker, one.id, back=back))
        show(settled=not back)

    def show(*, settled: bool) -> None:
        place.clear()
        with place:
            at = one.at.astimezone(REGION)
            write(Markup('<time datetime="{0:%Y-%m-%dT%H:%M}">{0:%m-%d %H:%M}</time>').format(at), "span")
            with ui.element("div"):
                title = link(one.title, f"/item/{one.node}")
                said = Markup("{} <small>{} → {}</small><p>{}</p>")
                write(said.format(title, one.author, one.mentioned, one.words))
                words = N_("Dealt with; take that back") if settled else N_("Dealt with")
                look.button(tr(words), partial(change, back=settled))

    show(settled=False)
