"""What the office sets up to remind with: channels, addresses of posts, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import true
from sqlalchemy.exc import IntegrityError

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.office import chase_tables as tables
from haihe.boards.office import delivery_actions as delivery
from haihe.boards.office.channels import KIND_LABELS, Channel, Kind, Message, checked, host_of, named
from haihe.boards.office.chasing import Wording, checked_template, wordings_of
from haihe.boards.office.contacts import Contact, checked_contact
from haihe.kit.errors import N_, Conflict, Invalid, NotFound, Unavailable
from haihe.kit.text import sha256_of
from haihe.kit.words import say
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

RIGHT = "publish"
"""Who may speak for the office outside may also set up how."""


def channels(store: Store, asker: Asker) -> list[Channel]:
    """Every channel, without its secrets."""
    require(asker, RIGHT)
    with reading(store.engine) as connection:
        return tables.channels_where(connection, true())


def channel_at(store: Store, asker: Asker, wanted: int | str) -> Channel:
    """A channel by number, by name, or by its kind where one of it is switched on; raises NotFound."""
    found = channels(store, asker)
    here = [one for one in found if wanted in {one.id, one.name}]
    here = here or [one for one in found if one.active and one.kind == wanted]
    if len(here) == 1:
        return here[0]
    raise NotFound(
        N_("There is no one channel {name}."),
        advice=N_("The channels are: {names}."),
        name=str(wanted)[:50],
        names=", ".join(one.name for one in found) or "-",
    )


def add_channel(store: Store, asker: Asker, kind: Kind, name: str, given: Mapping[str, str]) -> Channel:
    """Set up a channel; raises Invalid for settings that do not fit, Forbidden for a private host."""
    require(asker, RIGHT)
    if kind not in KIND_LABELS:
        raise Invalid(
            N_("There are no channels of the kind {kind}."),
            advice=N_("The kinds are: {kinds}."),
            kind=str(kind)[:20],
            kinds=", ".join(KIND_LABELS),
        )
    settings, name = checked(kind, given, {}), named(name)
    delivery.check_host(host_of(kind, settings))
    try:
        with writing(store.engine, actor_of(asker)) as session:
            number = tables.put_channel(session, kind, name, settings)
            _noted(session, "add_channel", number, kind, name)
    except IntegrityError as error:
        raise _taken(name) from error
    return channel_at(store, asker, number)


def change_channel(store: Store, asker: Asker, channel: int, name: str, given: Mapping[str, str]) -> Channel:
    """Change what a channel is set up with; what is left empty stays as it is.

    Where the host changes the secrets are asked for again, or they would go to whoever owns the new one.
    """
    held = channel_at(store, asker, channel)
    with reading(store.engine) as connection:
        kept = tables.settings_of(connection, held.id)
    name = named(name or held.name)
    settings = checked(held.kind, given, kept)
    host = host_of(held.kind, settings)
    if host != held.host:
        settings = checked(held.kind, given, {key: kept[key] for key in kept if key not in held.secrets})
    delivery.check_host(host)
    try:
        with writing(store.engine, actor_of(asker)) as session:
            tables.change_channel(session, held, name, settings)
            _noted(session, "change_channel", held.id, held.kind, name)
    except IntegrityError as error:
        raise _taken(name) from error
    return channel_at(store, asker, held.id)


def switch_channel(store: Store, asker: Asker, channel: int, *, active: bool) -> None:
    """Switch a channel on or off; what waits for one that is off is not sent."""
    held = channel_at(store, asker, channel)
    with writing(store.engine, actor_of(asker)) as session:
        tables.switch_channel(session, held.id, active=active)
        _noted(
            session, "switch_on_channel" if active else "switch_off_channel", held.id, held.kind, held.name
        )


def remove_channel(store: Store, asker: Asker, channel: int) -> None:
    """Forget a channel with its secrets; the reminders that went through it keep its name."""
    held = channel_at(store, asker, channel)
    with writing(store.engine, actor_of(asker)) as session:
        tables.remove_channel(session, held.id)
        _noted(session, "remove_channel", held.id, held.kind, held.name)


def try_channel(store: Store, asker: Asker, channel: int, language: str) -> None:
    """Send a trial message at once, by mail to the sender itself; raises Unavailable if it is not taken."""
    held = channel_at(store, asker, channel)
    with reading(store.engine) as connection:
        settings = tables.settings_of(connection, held.id)
    at = actor_of(asker).at
    text = say(N_("Haihe can write here. Nothing needs to be done."), language)
    addresses = (settings["sender"],) if held.kind == "mail" else ()
    message = Message(say(N_("A trial message"), language), text, addresses)
    answer = delivery.delivered(store, held.kind, settings, message, sha256_of(f"{held.id} {at}"))
    with writing(store.engine, actor_of(asker)) as session:
        session.record(
            "try_channel", f"office/channel/{held.id}", {"taken": answer.taken, "note": answer.note}
        )
        session.commit()
    if not answer.taken:
        raise Unavailable(
            N_("{name} did not take the message: {note}"),
            advice=N_("Compare its settings with those of the robot or the mailbox."),
            name=held.name,
            note=answer.note,
        )


def _noted(session: Session, deed: str, channel: int, kind: str, name: str) -> None:
    session.record(deed, f"office/channel/{channel}", {"kind": kind, "name": name})
    session.commit()


def _taken(name: str) -> Conflict:
    return Conflict(N_("There is a channel {name} already."), advice=N_("Give it another name."), name=name)


def contacts(store: Store, asker: Asker) -> list[Contact]:
    """Where the posts of units are reached."""
    require(asker, RIGHT)
    with reading(store.engine) as connection:
        return tables.contacts(connection)


def put_contacts(store: Store, asker: Asker, given: Sequence[Contact]) -> int:
    """Keep addresses of posts, all or none; an empty address removes the one there was."""
    require(asker, RIGHT)
    found = [checked_contact(one) for one in given]
    if found:
        with writing(store.engine, actor_of(asker)) as session:
            tables.put_contacts(session, found)
            units = sorted({one.name for one in found})
            session.record("set_contacts", "office/contacts", {"units": units, "addresses": len(found)})
            session.commit()
    return len(found)


def wordings(store: Store, asker: Asker) -> tuple[Wording, ...]:
    """The words of every stage and language."""
    require(asker, RIGHT)
    with reading(store.engine) as connection:
        return wordings_of(tables.words_of(connection))


def put_wording(store: Store, asker: Asker, stage: str, language: str, text: str | None) -> None:
    """Keep the office's own words of a stage, or go back to those that are shipped; raises Invalid."""
    require(asker, RIGHT)
    if (stage, language) not in {(one.stage, one.language) for one in wordings_of({})}:
        raise NotFound(
            N_("There is no stage {stage} in the language {language}."),
            advice=N_("The stages are listed with their words."),
            stage=stage[:20],
            language=language[:20],
        )
    text = None if text is None else checked_template(text)
    with writing(store.engine, actor_of(asker)) as session:
        tables.put_words(session, stage, language, text)
        session.record("set_wording", f"office/wording/{stage}/{language}", {"own": text is not None})
        session.commit()
