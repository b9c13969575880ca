"""`haihe office remind` and `haihe office channels …`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions, channel_actions, chase_actions
from haihe.boards.office.channels import FIELDS, KIND_LABELS
from haihe.boards.office.chasing import FATE_LABELS, STAGE_LABELS
from haihe.boards.office.contacts import contacts_of
from haihe.boards.office.reminders import ChaseRow, Round, channel_row, chase_row
from haihe.boards.office.rows import cycle_row
from haihe.kit.errors import N_, Invalid
from haihe.kit.text import decoded
from haihe.kit.words import say, terminal_language
from haihe.store.disk import named
from haihe.store.opening import the_store
from haihe.store.session import row_json

chase = typer.Typer()
channels = typer.Typer(help="What reminders go through: robots, webhooks, e-mail.", no_args_is_help=True)
chase.add_typer(channels, name="channels")

Json = Annotated[bool, typer.Option("--json", help="Print lines of JSON.")]
Channel = Annotated[str, typer.Argument(help="The name of the channel.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="A setting that may be seen, as name=value; secrets are asked for."),
]


@chase.command("remind")
def remind(
    name: Annotated[str, typer.Argument(help="The name of the plan.")],
    period: Annotated[str, typer.Option(help="A month, a quarter or a year: 2026-11, 2026Q4, 2026.")],
    send: Annotated[bool, typer.Option("--send", help="Send the reminders through a channel.")] = False,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Note that they were given by hand.")] = False,
    channel: Annotated[
        str | None,
        typer.Option(
            help="wecom, dingtalk, webhook, mail, or the name of a channel; by default the only one."
        ),
    ] = None,
    unit: Annotated[list[str] | None, typer.Option(help="Only this unit, by name.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also those that were reminded today.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show texts and addressees.")] = False,
    as_json: Json = False,
) -> None:
    """Print what each unit has not returned as a reminder, or send it; as JSON how far every unit is."""
    store, language = the_store(), terminal_language(os.environ)
    order = actions.Order(name, period, language=language)
    units = frozenset(unit) if unit else None
    if not (send or by_hand or dry_run or channel):
        if as_json:
            typer.echo(row_json(cycle_row(actions.cycle(store, OPERATOR, order), actions.today())))
            return
        found = chase_actions.reminders(store, OPERATOR, order, chase_actions.Wish(units))
        typer.echo("\n\n".join(one.text for one in found))
        return
    through = _through(channel) if send or channel else None
    wish = chase_actions.Wish(units, through, again)
    given = (send or by_hand) and not dry_run
    act = chase_actions.remind if given else chase_actions.reminders
    found = act(store, OPERATOR, order, wish)
    asked = actions.cycle(store, OPERATOR, order).asked
    row = chase_row(found, Round(asked, through, actions.today(), not given), language)
    if given and send:
        chase_actions.deliver(store)
    _show(row, as_json=as_json)


def _through(channel: str | None) -> str:
    """The name of the channel that is meant, by default the only one that is switched on."""
    if channel is not None:
        return channel_actions.channel_at(the_store(), OPERATOR, channel).name
    active = [one for one in channel_actions.channels(the_store(), OPERATOR) if one.active]
    if len(active) != 1:
        raise Invalid(
            N_("{count} channels are switched on."),
            advice=N_("Name one with --channel, or set one up: haihe office channels add."),
            count=len(active),
        )
    return active[0].name


def _show(row: ChaseRow, *, as_json: bool) -> None:
    language = terminal_language(os.environ)
    if as_json:
        typer.echo(row_json(row))
        return
    for one in row.reminders:
        fate, stage = say(FATE_LABELS[one.fate], language), say(STAGE_LABELS[one.stage], language)
        typer.echo(f"{one.unit}\t{stage}\t{', '.join(one.addresses)}\t{fate}")
        if row.dry_run:
            typer.echo(f"{one.text}\n")
    counts = (f"{say(FATE_LABELS[fate], language)} {count}" for fate, count in row.fates.items())  # type: ignore[index]
    typer.echo("; ".join(counts), err=True)


@channels.command("list")
def list_channels(as_json: Json = False) -> None:
    """Print every channel, without its secrets."""
    for one in channel_actions.channels(the_store(), OPERATOR):
        if as_json:
            typer.echo(row_json(channel_row(one)))
        else:
            typer.echo(f"{'●' if one.active else '○'}\t{one.kind}\t{one.name}\t{one.host}")


@channels.command("add")
def add(
    kind: Annotated[str, typer.Argument(help="wecom, dingtalk, webhook or mail.")],
    name: Annotated[str, typer.Argument(help="What to call it, such as the group it writes to.")],
    settings: Settings = None,
) -> None:
    """Set up a channel; its secrets are asked for, and never shown again."""
    given = _pairs(settings)
    if kind in KIND_LABELS:
        given |= _secrets(kind)
    added = channel_actions.add_channel(the_store(), OPERATOR, kind, name, given)  # type: ignore[arg-type]
    typer.echo(f"{added.name}\t{added.host}")


@channels.command("set")
def change(
    name: Channel,
    settings: Settings = None,
    rename: Annotated[str | None, typer.Option(help="Another name.")] = None,
    secrets: Annotated[bool, typer.Option("--secrets", help="Ask for its secrets anew.")] = False,
) -> None:
    """Change what a channel is set up with; what is not given stays."""
    held = channel_actions.channel_at(the_store(), OPERATOR, name)
    given = _pairs(settings) | (_secrets(held.kind) if secrets else {})
    changed = channel_actions.change_channel(the_store(), OPERATOR, held.id, rename or held.name, given)
    typer.echo(f"{changed.name}\t{changed.host}")


@channels.command("switch")
def switch(
    name: Channel,
    on: Annotated[bool, typer.Option("--on/--off", help="On or off.")],
    plan: Annotated[
        str | None, typer.Option(help="Only the daily reminders of this plan through the channel.")
    ] = None,
) -> None:
    """Switch a channel on or off, or the daily reminders of a plan through it."""
    held = channel_actions.channel_at(the_store(), OPERATOR, name)
    if plan is None:
        channel_actions.switch_channel(the_store(), OPERATOR, held.id, active=on)
    else:
        number = ledger.plan_at(the_store(), OPERATOR, plan).id
        chase_actions.switch_round(the_store(), OPERATOR, number, held.id, on=on)


@channels.command("try")
def try_one(name: Channel) -> None:
    """Send a trial message through a channel at once."""
    held = channel_actions.channel_at(the_store(), OPERATOR, name)
    channel_actions.try_channel(the_store(), OPERATOR, held.id, terminal_language(os.environ))


@channels.command("remove")
def remove(name: Channel) -> None:
    """Forget a channel with its secrets; what it sent stays noted."""
    held = channel_actions.channel_at(the_store(), OPERATOR, name)
    channel_actions.remove_channel(the_store(), OPERATOR, held.id)


@channels.command("contacts")
def contacts(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV table: unit, post, reached by, address.", dir_okay=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Print where the posts of units are reached, or take in a table; the exit code is 1 on rejects."""
    store = the_store()
    if file is None:
        for one in channel_actions.contacts(store, OPERATOR):
            typer.echo(row_json(one) if as_json else f"{one.name}\t{one.post}\t{one.kind}\t{one.address}")
        return
    with named(file):
        content = file.read_bytes()
    found, rejects = contacts_of(
        decoded(content, file.name), chase_actions.unit_keys(store, OPERATOR), terminal_language(os.environ)
    )
    kept = channel_actions.put_contacts(store, OPERATOR, found)
    for reject in rejects:
        typer.echo(f"{file.name}:{reject.row}: {reject.reason}", err=True)
    typer.echo(say(N_("{count} addresses are kept."), terminal_language(os.environ), count=kept), err=True)
    if rejects:
        raise typer.Exit(1)


def _pairs(settings: Iterable[str] | None) -> dict[str, str]:
    return {name: value for name, _, value in (one.partition("=") for one in settings or ())}


def _secrets(kind: str) -> dict[str, str]:
    """Secrets, typed unseen, so that no list of commands keeps them."""
    fields = [field for field in FIELDS[kind] if field.secret]  # type: ignore[index]
    return {
        field.name: typer.prompt(
            say(field.label, terminal_language(os.environ)),
            hide_input=True,
            err=True,
            default=None if field.required else "",
            show_default=False,
        )
        for field in fields
    }
