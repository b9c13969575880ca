"""The page where reminding is set up: channels, addresses of posts, words."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Mapping
from functools import partial

from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.office import actions, channel_actions, chase_actions
from haihe.boards.office.channels import CHOICE_LABELS, FIELDS, KIND_LABELS, ONCE, Channel, Field, Kind
from haihe.boards.office.chasing import NEEDED, PLACES, STAGE_LABELS, TEMPLATE_CHARACTERS_MAX, Wording
from haihe.boards.office.contacts import ADDRESS_LABELS, CONTACT_COLUMNS, POST_LABELS, Contact
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import link, page_at, tr, write

_LANGUAGES: Mapping[str, str] = {"zh": N_("Chinese"), "en": N_("English wording")}


def mount() -> None:
    """Register the page."""
    page_at("/office/channels")(channels)


async def channels() -> None:
    """Every channel, where posts are reached, and the words of each stage."""
    asker, store = await asker_now(), the_store()
    with look.frame(tr(N_("Channels of reminders"))):
        found = await to_thread(channel_actions.channels, store, asker)
        kept = await to_thread(channel_actions.contacts, store, asker)
        words = N_("{count} channels are switched on; {addresses} addresses of {units} units are known.")
        active = sum(one.active for one in found)
        units = len({one.unit for one in kept})
        look.answer(tr(words, count=active, addresses=len(kept), units=units))
        write(link(tr(N_("To the reminders")), "/office/chase"), "p")
        with look.section(tr(N_("Channels"))):
            if not found:
                why = tr(
                    N_("Copy the address of a group's robot, or the account of a mailbox, into the form.")
                )
                look.empty_state(
                    tr(N_("No channel is set up.")), why, command="haihe office channels add wecom"
                )
            else:
                with look.cards():
                    for one in found:
                        _card(asker, one)
        with look.section(tr(N_("New channel"))):
            _new(asker)
        with look.section(tr(N_("Addresses"))):
            await _contacts(asker, kept)
        with look.section(tr(N_("Words of each stage"))):
            await _wordings(asker)
        look.coverage_line(
            tr(N_("Secrets are kept in the database, never shown and never written to a log.")),
            as_of=actions.today(),
        )


def _card(asker: Asker, one: Channel) -> None:
    with look.card(one.name, face="mail" if one.kind == "mail" else "smart_toy"):
        state = N_("switched on") if one.active else N_("switched off")
        pairs: list[tuple[str, object]] = [
            (tr(N_("Kind")), tr(KIND_LABELS[one.kind])),
            (tr(N_("State")), f"{'●' if one.active else '○'} {tr(state)}"),
            (tr(N_("Leads to")), one.host),
        ]
        labels = {field.name: field.label for field in FIELDS[one.kind]}
        shown = (name for name in labels if name != "host" and name in one.options)
        pairs += [(tr(labels[name]), _choice(one.options[name])) for name in shown]
        pairs += [(tr(labels[name]), "••••••") for name in one.secrets]
        look.particulars(pairs)
        write(tr(ONCE[one.kind]), "p", "hai-note")
        with ui.element("div").classes("hai-row"):
            look.button(tr(N_("Try it")), partial(_try, asker, one))
            turn = partial(channel_actions.switch_channel, the_store(), asker, one.id, active=not one.active)
            look.button(
                tr(N_("Switch off")) if one.active else tr(N_("Switch on")), partial(_then_reload, turn)
            )
            look.button(tr(N_("Change it")), partial(_change, asker, one))
            remove = partial(channel_actions.remove_channel, the_store(), asker, one.id)
            look.button(tr(N_("Remove")), partial(_sure, one.name, remove))


async def _try(asker: Asker, one: Channel) -> None:
    await to_thread(channel_actions.try_channel, the_store(), asker, one.id, look.language())
    look.notice(
        tr(
            N_(
                "{name} took the trial message.",
            ),
            name=one.name,
        )
    )


async def _then_reload(act: Callable[[], object]) -> None:
    await to_thread(act)
    ui.navigate.reload()


def _sure(name: str, act: Callable[[], object]) -> None:
    with ui.dialog(value=True) as dialog, ui.card():
        write(tr(N_("Remove {name} with its secrets?"), name=name), "p")
        with ui.element("div").classes("hai-row"):
            look.button(tr(N_("Remove")), partial(_then_reload, act), main=True)
            look.button(tr(N_("Leave it")), dialog.close)


def _change(asker: Asker, one: Channel) -> None:
    with ui.dialog(value=True) as dialog, ui.card():
        write(
            tr(N_("What is left empty stays as it is; for another host the secrets are needed again.")),
            "p",
            "hai-note",
        )
        name = ui.input(tr(N_("Name of the channel")), value=one.name).props("outlined stack-label")
        inputs = _inputs(one.kind, one.options)

        def keep() -> object:
            given = _values(inputs)
            return channel_actions.change_channel(the_store(), asker, one.id, name.value, given)

        with ui.element("div").classes("hai-row"):
            look.button(tr(N_("Keep it")), partial(_then_reload, keep), main=True)
            look.button(tr(N_("Leave it")), dialog.close)


def _new(asker: Asker) -> None:
    """The form of a channel; its fields are those of the kind that is chosen."""
    inputs: dict[str, ui.input | ui.select] = {}
    kinds = {kind: tr(label) for kind, label in KIND_LABELS.items()}
    with ui.element("div").classes("hai-fields"):
        kind = ui.select(kinds, value="wecom", label=tr(N_("Kind"))).props("outlined stack-label")
        name = ui.input(tr(N_("Name of the channel"))).props("outlined stack-label")
        rest = ui.element("div").classes("hai-fields")

    def draw() -> None:
        rest.clear()
        inputs.clear()
        with rest:
            inputs.update(_inputs(kind.value, {}))

    kind.on_value_change(draw)
    draw()

    def add() -> object:
        return channel_actions.add_channel(the_store(), asker, kind.value, name.value, _values(inputs))

    look.button(tr(N_("Set it up")), partial(_then_reload, add), main=True)


def _inputs(kind: Kind, now: Mapping[str, str]) -> dict[str, ui.input | ui.select]:
    return {field.name: _input(field, now.get(field.name, "")) for field in FIELDS[kind]}


def _input(field: Field, value: str) -> ui.input | ui.select:
    label = tr(field.label)
    if field.choices:
        chosen = value or field.choices[0]
        words = {code: _choice(code) for code in dict.fromkeys([*field.choices, chosen])}
        return ui.select(words, value=chosen, label=label).props("outlined stack-label")
    made = ui.input(label, value=value, password=field.secret).props("outlined stack-label")
    return made.props("autocomplete=new-password") if field.secret else made


def _choice(code: str) -> str:
    """A choice in words; what is no choice as it is."""
    return tr(CHOICE_LABELS[code]) if code in CHOICE_LABELS else code


def _values(inputs: Mapping[str, ui.input | ui.select]) -> dict[str, str]:
    return {name: str(one.value or "") for name, one in inputs.items()}


async def _contacts(asker: Asker, kept: list[Contact]) -> None:
    """Where posts are reached, and a form for one more."""
    units = await to_thread(chase_actions.unit_keys, the_store(), asker)
    words = N_(
        "E-mail needs a mailbox; robots write to their group anyway and mention the members named here."
    )
    write(tr(words), "p", "hai-note")
    if kept:
        columns = [look.Column(name, tr(label)) for name, label in CONTACT_COLUMNS.items()]
        rows = (
            {
                "name": one.name,
                "post": tr(POST_LABELS[one.post]),
                "kind": tr(ADDRESS_LABELS[one.kind]),
                "address": one.address,
            }
            for one in kept
        )
        write(look.plain_table(columns, rows), classes="hai-data hai-scroll")
    elif not units:
        why = tr(N_("Addresses are kept for units that workbooks were handed to."))
        look.empty_state(tr(N_("No unit is known yet.")), why, way=(tr(N_("Hand out")), "/office"))
        return
    posts = {code: tr(label) for code, label in POST_LABELS.items()}
    kinds = {code: tr(label) for code, label in ADDRESS_LABELS.items()}
    with ui.element("div").classes("hai-row"):
        unit = ui.select(
            sorted(units | {one.name: one.unit for one in kept}),
            label=tr(N_("Name of the unit")),
            with_input=True,
        )
        post = ui.select(posts, value="liaison", label=tr(N_("Post")))
        kind = ui.select(kinds, value="mail", label=tr(N_("Reached by")))
        address = ui.input(tr(N_("Address")))
        for one in (unit, post, kind, address):
            one.props("outlined stack-label").style("min-width: 12rem")

        def keep() -> object:
            name = unit.value or ""
            given = Contact(units.get(name, name), name, post.value, kind.value, address.value or "")
            return channel_actions.put_contacts(the_store(), asker, [given])

        look.button(tr(N_("Keep it")), partial(_then_reload, keep))
    write(
        tr(N_("An empty address removes the one there was; a table: haihe office channels contacts FILE.")),
        "p",
        "hai-note",
    )


async def _wordings(asker: Asker) -> None:
    """The words of each stage in the language of the reader, to be changed."""
    words = N_("In braces may stand: {places}. Needed: {needed}. At most {limit} characters.")
    places = " ".join(f"{{{name}}}" for name in PLACES)
    needed = " ".join(f"{{{name}}}" for name in NEEDED)
    write(tr(words, places=places, needed=needed, limit=TEMPLATE_CHARACTERS_MAX), "p", "hai-note")
    for one in await to_thread(channel_actions.wordings, the_store(), asker):
        parts = [
            STAGE_LABELS[one.stage],
            _LANGUAGES[one.language],
            *([N_("in own words")] if one.own else []),
        ]
        title = " · ".join(map(tr, parts))
        with ui.expansion(title):
            text = ui.textarea(value=one.text).props("outlined rows=6").style("width: min(44rem, 80vw)")
            text.props["aria-label"] = title
            with ui.element("div").classes("hai-row"):
                look.button(tr(N_("Keep it")), partial(_keep_words, asker, one, text))
                if one.own:
                    back = partial(
                        channel_actions.put_wording, the_store(), asker, one.stage, one.language, None
                    )
                    look.button(tr(N_("Back to the first words")), partial(_then_reload, back))


async def _keep_words(asker: Asker, one: Wording, text: ui.textarea) -> None:
    given = text.value or ""
    await to_thread(channel_actions.put_wording, the_store(), asker, one.stage, one.language, given)
    look.notice(tr(N_("The words are kept.")))
