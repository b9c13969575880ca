"""`haihe`, the command: the same actions as the pages, for whoever holds the data folder."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from haihe.app import worker
from haihe.app.say import complain, line, told
from haihe.boards.accounts.actions import renew_head
from haihe.boards.accounts.cli import account, audit
from haihe.boards.accounts.records import OPERATOR
from haihe.boards.ledger import actions as ledger
from haihe.boards.ledger.cli import plan
from haihe.boards.reader.cli import read_file, show, try_file
from haihe.boards.registry.cli import load
from haihe.kit.errors import N_, HaiheError
from haihe.store import backup as copies
from haihe.store import migrations
from haihe.store.archive import Manifest
from haihe.store.opening import opened, the_store
from haihe.store.settings import settings_of

app = typer.Typer(
    help="Haihe (海河): coordinated development of neighbouring jurisdictions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(account, name="account")
app.add_typer(audit, name="audit")
app.add_typer(plan, name="plan")
app.command("load")(load)

_OPENS_ITSELF = ("up", "doctor")


@app.callback()
def open_store(context: typer.Context) -> None:
    """Open the store for the command, and close it after."""
    if context.invoked_subcommand not in _OPENS_ITSELF and "--help" not in sys.argv:
        stack = ExitStack()
        context.call_on_close(stack.close)
        stack.enter_context(opened(settings_of(), _silent))


def _silent(template: str, /, **facts: object) -> None:
    """Opening says nothing, so that what a command answers stands alone."""


@app.command()
def up() -> None:
    """Start everything and serve the site until Ctrl-C."""
    from haihe.app import main  # noqa: PLC0415  the pages take two seconds to import

    main.up(settings_of(), line)


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="The document to read.", exists=True, dir_okay=False)],
    into: Annotated[str | None, typer.Option(help="Make a draft of the plan of this name from it.")] = None,
    dated: Annotated[datetime | None, typer.Option(help="The document's date.", formats=["%Y-%m-%d"])] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each fact as a line of JSON.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Print the canonical text and nothing else.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing.")] = False,
) -> None:
    """Read a Chinese document: its parts, measures, figures, dates and places."""
    day = dated.date() if dated else None
    if dry_run:
        try_file(the_store(), file, day, as_json=as_json, text=text)
        return
    store = the_store()
    document = read_file(store, file, day)
    if into is not None:
        drafted = ledger.draft_from(store, OPERATOR, into, document.id)
        line(
            N_("{plan} has {added} new drafts; {unchanged} were there. Review them in the site: /plan/{id}"),
            plan=into,
            added=drafted.added,
            unchanged=drafted.unchanged,
            id=drafted.plan,
        )
    show(store, document, as_json=as_json, text=text)


@app.command()
def work(
    on: Annotated[
        datetime | None, typer.Option(help="Work out the lights of this day.", formats=["%Y-%m-%d"])
    ] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Go on until the standard input closes.")] = False,
) -> None:
    """Run the long work that waits, and the lights of a day."""
    store = the_store()
    if stay:
        worker.stay(store)
        return
    day = on.date() if on else worker.today()
    lit = ledger.compute_lights(store, OPERATOR, day)
    line(
        N_("{count} lights of {day} worked out, {changed} of them changed; {jobs} jobs run."),
        count=lit.promises,
        changed=lit.changed,
        day=day,
        jobs=worker.run_all(store),
    )


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The archive to write.", dir_okay=False)]) -> None:
    """Write the database and the kept files to one archive."""
    store = the_store()
    manifest = copies.backup(store.owner_url, store.files.folder, file, line)
    line(N_("{file} holds {rows} rows of {tables} tables."), file=file, **_counts(manifest))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The archive to restore.", exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Give up what the database has now.")] = False,
) -> None:
    """Put the content of an archive into the database and the kept files, all of it or nothing."""
    store = the_store()
    store.engine.dispose()
    manifest = copies.restore(file, store.owner_url, store.files.folder, line, replace=replace)
    migrations.upgrade(store.owner_url, store.url)
    renew_head(store, OPERATOR, file.name)
    line(N_("{rows} rows of {tables} tables are back."), **_counts(manifest))


def _counts(manifest: Manifest) -> dict[str, int]:
    return {"rows": sum(manifest.tables.values()), "tables": len(manifest.tables)}


@app.command()
def doctor() -> None:
    """Look at what Haihe needs and say what to do; the exit code is 1 when something is missing."""
    from haihe.app.doctor import findings  # noqa: PLC0415  the engine takes one

    found = list(findings(settings_of()))
    for one in found:
        line("{mark} {name}: {seen}", mark="●" if one.sound else "■", name=told(one.name), seen=one.seen)
        if not one.sound and one.advice:
            line(N_("What to do: {advice}"), advice=told(one.advice))
    if not all(one.sound for one in found):
        raise typer.Exit(1)


def run() -> None:
    """The entry point: a HaiheError is printed and ends with exit code 1, Ctrl-C with 130."""
    try:
        app()
    except HaiheError as error:
        complain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
